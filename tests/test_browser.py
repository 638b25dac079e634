"""A learner's way in a real browser: open a lesson, run it, do a task wrong, then right."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter

from tools import lab as make_lab

ROOT = Path(__file__).resolve().parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Without these, Chromium's own background requests are refused, many at a time, where the network
# is closed; --no-sandbox is what lets it run as root, as it does in CI.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HANG = (
    1200  # seconds: no wait is for a time, each is for an event, which a hang alone can keep away
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3 * HANG)]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import Error, sync_playwright

    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    where = {"executable_path": found} if found else {"channel": "chrome"}  # as Chrome installs it
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(args=FLAGS, timeout=HANG * 1000, **where)
        except Error:
            message = f"no browser: neither Chrome nor one of {', '.join(BROWSERS)} on PATH"
            pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
        yield chromium
        chromium.close()


def new_page(browser, **options):
    page = browser.new_page(**options)
    page.set_default_timeout(HANG * 1000)
    return page


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A copy of the checkout, so that nothing a browser saves can reach it."""
    copy = tmp_path_factory.mktemp("course")
    for folder in ("notebooks", "exercises", "solutions", "docs", "helpers", "tools"):
        ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignore)
    return copy


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(course):
    """The address of a JupyterLab that `make lab` starts in the copy, on a free loopback port."""
    port = free_port()
    # JupyterLab otherwise keeps only the visible cells in the page.
    tracker = course / "settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    tracker.parent.mkdir(parents=True)
    tracker.write_text('{"windowingMode": "none"}')
    command = [
        sys.executable,
        "tools/lab.py",
        "--no-browser",
        f"--port={port}",
        "--port-retries=0",
        "--IdentityProvider.token=course",
        "--expose-app-in-browser",  # as `jupyterapp`, which knows what a kernel does
    ]
    environment = os.environ | {
        "JUPYTERLAB_SETTINGS_DIR": str(course / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(course / "workspaces"),
        "PYTHONPATH": str(course),  # the copy's helpers, not the checkout's
    }
    log = (course / "lab.log").open("w")
    server = subprocess.Popen(command, cwd=course, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(f"{address}/api/status?token=course", server, course / "lab.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=HANG)
        log.close()


def wait_until_up(url: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + HANG
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=HANG).close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start: {log.read_text()[-2000:]}")


@pytest.fixture
def open_notebook(browser, lab):
    """Open a notebook in a new page, with a new kernel that is idle."""
    pages = []

    def opened(path: str):
        for session in json.loads(ask(f"{lab}/api/sessions")):
            ask(f"{lab}/api/sessions/{session['id']}", method="DELETE")
        page = new_page(browser, viewport={"width": 1300, "height": 1400})
        pages.append(page)
        page.goto(f"{lab}/lab/tree/{path}?token=course&reset")
        page.wait_for_function(IDLE)
        return page

    yield opened
    for page in pages:
        page.close()


@pytest.fixture
def open_and_run(open_notebook):
    """Open a notebook and run all its cells."""

    def opened(path: str):
        page = open_notebook(path)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        page.wait_for_function(EVERY_CELL_HAS_RUN)
        page.wait_for_function(IDLE)
        return page

    return opened


def ask(url: str, method: str = "GET") -> bytes:
    header = {"Authorization": "token course"}
    request = urllib.request.Request(url, method=method, headers=header)
    with urllib.request.urlopen(request, timeout=HANG) as reply:
        return reply.read()


# The notebook in front has its kernel, is connected to it, and the kernel has nothing to do.
IDLE = """() => {
    const context = window.jupyterapp?.shell.currentWidget?.sessionContext;
    const kernel = context?.isReady && context.session?.kernel;
    return kernel && kernel.connectionStatus == 'connected' && kernel.status == 'idle';
}"""
# A cell that waits or runs shows a star instead of its number.
EVERY_CELL_HAS_RUN = """() => {
    const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputArea-prompt')];
    return prompts.length && prompts.every(prompt => /\\[\\d+\\]/.test(prompt.innerText));
}"""
HAS_SAID = """([cell, number]) =>
    cell.querySelector('.jp-InputArea-prompt').innerText.includes(`[${number}]`)
    && cell.querySelector('.jp-OutputArea').innerText.trim()
"""


def outputs(page) -> str:
    return "\n".join(page.locator(".jp-OutputArea").all_inner_texts())


def cell_with(page, text: str):
    return page.locator(".jp-CodeCell", has_text=text).first


def answer(page, cell_text: str, code: str, check_text: str) -> str:
    """Replace a cell's code, run it and the check below it; the check's message."""
    cell, check = cell_with(page, cell_text), cell_with(page, check_text)
    editor, check = cell.locator(".cm-content").element_handle(), check.element_handle()
    prompts = page.locator(".jp-CodeCell .jp-InputArea-prompt").all_inner_texts()
    last = max(int(number) for number in re.findall(r"\d+", " ".join(prompts)))
    editor.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(code)
    page.wait_for_function(
        "([editor, code]) => editor.innerText.trim() == code", arg=[editor, code]
    )
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    page.wait_for_function(HAS_SAID, arg=[check, last + 2])
    return check.query_selector(".jp-OutputArea").inner_text()


def test_lesson_1_runs_and_shows_the_three_counts(open_and_run):
    page = open_and_run("notebooks/01_counting_weights.ipynb")
    seen = outputs(page)
    for count in ("3,562", "330", "3,232"):
        assert count in seen
    assert page.locator(".jp-RenderedText[data-mime-type*='error']").count() == 0
    pictures = page.locator(".jp-OutputArea img").all()
    assert pictures and all(picture.get_attribute("alt") for picture in pictures)


def test_lesson_1_opens_as_a_copy_that_shows_no_answer_and_keeps_what_is_saved(
    open_notebook, lab, course
):
    name = "notebooks/01_counting_weights.ipynb"
    original = (course / name).read_bytes()
    page = open_notebook(name)
    prediction = cell_with(page, "my_hidden, my_output, my_total = ...")
    prediction.locator(".cm-content").click()
    assert not outputs(page).strip() and not page.locator(".jp-OutputArea img").count()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("my_hidden, my_output, my_total = 3200, 320, 3520")
    page.keyboard.press("ControlOrMeta+s")
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    assert "3200, 320, 3520" in (course / "work" / name).read_text("utf-8")
    assert (course / name).read_bytes() == original


def test_a_wrong_prediction_is_told_and_is_known_after_a_restart(open_notebook, lab, course):
    assert "/lab/tree/START.ipynb" in (course / "lab.log").read_text()  # what `make lab` opens
    page = open_notebook("notebooks/01_counting_weights.ipynb")
    cell_with(page, "my_hidden, my_output, my_total").locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("my_hidden, my_output, my_total = 3200, 320, 3520")
    reveal = cell_with(page, "predictions.sizes.reveal")
    reveal.locator(".cm-content").click()
    for command in ("run-all-above", "run-cell"):
        page.evaluate(f"() => window.jupyterapp.commands.execute('notebook:{command}')")
    told = reveal.locator(".jp-OutputArea table").first.inner_text()
    told += reveal.locator(".jp-OutputArea").inner_text()
    assert "the kernels alone. But every unit has a bias as well." in told and "✗" in told
    kept = json.loads((course / "work/progress.json").read_text("utf-8"))
    assert kept["predictions"] == {"01_counting_weights/sizes": "a surprise"}
    page = open_notebook("START.ipynb")  # with a new kernel
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("() => document.body.innerText.includes('◐ 1 of')")
    assert "You were last in 1 · Counting weights" in outputs(page)


def test_exercise_1_says_what_was_wrong_and_then_right(open_and_run):
    page = open_and_run("exercises/01_counting_weights/01_counting_weights.ipynb")
    assert outputs(page).count("not attempted yet") == 8
    check = "tasks.dense_layer.check"
    message = answer(page, "total = ...", "total = 50176", check)
    assert "`total` is 50,176. That is the kernel alone" in message and "Traceback" not in message
    assert "✓  One Dense layer: right" in answer(page, "total = 50176", "total = 50240", check)


def test_learners_see_no_grading_menus(open_notebook):
    page = open_notebook("exercises/01_counting_weights/01_counting_weights.ipynb")
    menus = page.locator(".lm-MenuBar").inner_text()
    assert "Kernel" in menus and "Nbgrader" not in menus
    assert page.get_by_role("button", name="Validate").count() == 0


def test_the_copy_is_what_was_opened(lab, course):
    names = {item["name"] for item in json.loads(ask(f"{lab}/api/contents/notebooks"))["content"]}
    assert {path.name for path in (course / "notebooks").glob("*.ipynb")} <= names


root_only = pytest.mark.skipif(
    getattr(os, "geteuid", lambda: 1)() != 0, reason="only root is refused by JupyterLab"
)


@root_only
def test_for_root_it_listens_on_loopback_alone_and_says_so(lab, course):
    assert "You are root: JupyterLab runs as root" in (course / "lab.log").read_text()
    port = int(lab.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):  # it would be taken by who listens everywhere
        socket.create_connection(("127.0.0.2", port)).close()


@root_only
def test_without_the_flag_root_is_refused(course, monkeypatch):
    make_lab.bring_up_to_date(course)
    monkeypatch.setattr(make_lab, "ROOT", course)
    words = make_lab.arguments("notebooks/01.ipynb", ["--no-browser"])
    words = [word for word in words if word != "--allow-root"]
    command = [sys.executable, "-m", "jupyterlab", f"--port={free_port()}", *words]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    assert done.returncode == 1 and "Running as root is not recommended" in done.stderr


def test_others_get_no_flag(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert "--allow-root" not in make_lab.arguments("notebooks/01.ipynb", [])
    monkeypatch.delattr(os, "geteuid")  # as on Windows
    assert "--allow-root" not in make_lab.arguments("notebooks/01.ipynb", [])


NOTEBOOKS = sorted([*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("solutions/*/*.ipynb")])


# Not ours to choose: nbconvert's code colours, prompts and links, and the colours that Keras gives
# the numbers of a summary. Everything else, tables, pictures and prose, is.
OTHERS = {
    "exclude": [
        [".highlight"],
        [".jp-InputPrompt"],
        [".jp-OutputPrompt"],
        ["pre > span[style*='color']"],
    ]
}
RULES = {"rules": {"link-in-text-block": {"enabled": False}}}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_rendered_notebook_breaks_no_accessibility_rule(browser, path, tmp_path):
    from axe_playwright_python.sync_playwright import Axe

    exporter = HTMLExporter(mathjax_url="", require_js_url="", embed_images=True)
    html, _ = exporter.from_notebook_node(nbformat.read(path, as_version=4))
    page = new_page(browser)
    page.set_content(html)
    found = Axe().run(page, context=OTHERS, options=RULES).response["violations"]
    page.close()
    places = [(rule["id"], node["html"][:150]) for rule in found for node in rule["nodes"]]
    assert not places
