"""Promise: a learner works in copies, which stay up to date; nothing of a learner's is lost."""

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers import record
from tools import lab

LESSON, OTHER = "notebooks/01_a.ipynb", "notebooks/02_b.ipynb"
EXERCISE, SOLUTION = "exercises/01_a/01_a.ipynb", "solutions/01_a/01_a.ipynb"


def write(path: Path, code: str, output: str = "the answer") -> None:
    """An executed notebook of two cells."""
    shown = [new_output("stream", text=output)]
    code_cell = new_code_cell(code, id="b", execution_count=1, outputs=shown)
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=[new_markdown_cell("Predict", id="a"), code_cell]), path)


def code(path: Path) -> str:
    return nbformat.read(path, as_version=4).cells[1].source


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def course(tmp_path) -> Path:
    """A small course, in a folder with a space in its name."""
    root = tmp_path / "my course"
    for name in (LESSON, OTHER, EXERCISE, SOLUTION):
        write(root / name, f"x = 1  # {name}")
    (root / "docs").mkdir()
    (root / "docs/glossary.md").write_text("words")
    return root


@pytest.fixture
def work(course) -> Path:
    lab.bring_up_to_date(course)
    return course / "work"


def run_it(path: Path, change: str = "") -> None:
    """What JupyterLab saves after a run, and after a change if there is one."""
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["language_info"] = {"name": "python", "version": "3.13.1"}
    notebook.cells[1].execution_count = 7
    notebook.cells[1].outputs = [new_output("stream", text="my output")]
    notebook.cells[1].source += change
    nbformat.write(notebook, path)


def new_versions(course: Path) -> None:
    for name in (LESSON, OTHER, EXERCISE, SOLUTION):
        write(course / name, "x = 2")
    (course / "docs/glossary.md").write_text("more words")


# --- copies --------------------------------------------------------------------------------------


def test_a_fresh_clone_gets_copies_without_outputs_and_stays_as_it_is(course):
    before = everything(course)
    (line,) = lab.bring_up_to_date(course)
    work = course / "work"
    assert line.startswith("Made in work/") and "and 2 more" in line
    for name in (LESSON, OTHER, EXERCISE):
        cell = nbformat.read(work / name, as_version=4).cells[1]
        assert (cell.source, cell.outputs, cell.execution_count) == (f"x = 1  # {name}", [], None)
    for name in (SOLUTION, "docs/glossary.md"):
        assert (work / name).read_bytes() == (course / name).read_bytes()
    assert {p: c for p, c in everything(course).items() if work not in p.parents} == before


def test_an_unchanged_set_up_writes_nothing_and_says_nothing(course, work, monkeypatch):
    monkeypatch.setattr(lab, "write", lambda *_: pytest.fail("written"))
    assert lab.bring_up_to_date(course) == []


def test_what_was_only_run_gets_the_new_version(course, work):
    for name in (LESSON, EXERCISE, SOLUTION):
        run_it(work / name)
    new_versions(course)
    (line,) = lab.bring_up_to_date(course)
    assert line.startswith("A new version took the place of what you had not changed: ")
    assert {code(work / name) for name in (LESSON, OTHER, EXERCISE, SOLUTION)} == {"x = 2"}
    assert (work / "docs/glossary.md").read_text() == "more words"


def test_new_outputs_of_the_course_change_solutions_only(course, work):
    for name in (LESSON, SOLUTION):
        run_it(work / name)
        write(course / name, f"x = 1  # {name}", output="said better")
    mine = (work / LESSON).read_bytes()
    lab.bring_up_to_date(course)
    assert (work / LESSON).read_bytes() == mine
    assert (work / SOLUTION).read_bytes() == (course / SOLUTION).read_bytes()


def change_code(path: Path) -> None:
    run_it(path, "\nmy_total = 3200")


def change_text(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source += " I wonder why."
    nbformat.write(notebook, path)


def add_a_cell(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(new_code_cell(""))
    nbformat.write(notebook, path)


def half_a_file(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:90])


def lock(path: Path) -> None:
    path.chmod(0o444)


def link_elsewhere(path: Path) -> None:
    elsewhere = path.parents[3] / "elsewhere.ipynb"
    path.rename(elsewhere)
    try:
        path.symlink_to(elsewhere)
    except OSError:
        pytest.skip("no symbolic links here")


TOUCHES = [change_code, change_text, add_a_cell, half_a_file, lock, link_elsewhere]


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_was_touched_is_kept_and_one_line_says_so(course, work, touch):
    touch(work / LESSON)
    mine = (work / LESSON).read_bytes()
    new_versions(course)
    kept = lab.bring_up_to_date(course)[-1]
    assert f"another version of {LESSON}; yours is kept" in kept and "\n" not in kept
    assert kept.endswith(f"make reset ONLY={LESSON}") and lab.chosen(course, LESSON) == [LESSON]
    assert (work / LESSON).read_bytes() == mine and code(work / OTHER) == "x = 2"
    assert lab.bring_up_to_date(course) == [kept]


@pytest.mark.parametrize("touch", TOUCHES)
def test_a_reset_takes_the_course_s_and_keeps_the_old_one_beside_it(course, work, touch):
    touch(work / LESSON)
    mine = (work / LESSON).read_bytes()
    new_versions(course)
    lines = lab.reset(course, "01")
    (kept,) = (work / "notebooks").glob("01_a_*.ipynb")
    assert lines[0] == f"Yours is kept as work/notebooks/{kept.name}."
    assert re.fullmatch(r"01_a_\d{4}-\d\d-\d\d_\d\d\.\d\d\.\d\d\.ipynb", kept.name)
    assert kept.read_bytes() == mine and code(work / LESSON) == "x = 2"
    new_versions(course)
    assert lab.bring_up_to_date(course) == []


def test_two_resets_in_a_second_keep_both(course, work, monkeypatch):
    class Stopped(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2030, 1, 2, 3, 4, 5)

    monkeypatch.setattr(record, "datetime", Stopped)
    for answer in ("first", "second", "third"):
        run_it(work / EXERCISE, answer)
        lab.reset(course, "exercises/01")
    kept = sorted((work / EXERCISE).parent.glob("01_a_2030*"))
    assert [code(path).split("ipynb")[-1] for path in kept] == ["first", "second", "third"]


def test_a_reset_leaves_the_others_alone_and_what_is_as_new(course, work):
    change_code(work / OTHER)
    before = everything(work)
    assert lab.reset(course, "01") == []
    assert everything(work) == before


@pytest.mark.parametrize("only", ["", " ", "09", "a"])
def test_a_reset_of_nothing_stops_in_a_line(course, work, only):
    with pytest.raises(SystemExit, match="^lab stopped: no notebook's name starts with"):
        lab.reset(course, only)


# --- what may go wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", "1", '{"notebooks/01_a.ipynb": 1}', '{"a": ["b"]}', "\udcff"]
)
def test_without_its_memory_what_is_changed_counts_as_the_learner_s(course, work, text):
    change_code(work / LESSON)
    mine = (work / LESSON).read_bytes()
    memory = work / lab.MEMORY
    memory.unlink()
    if text is not None:
        memory.write_bytes(text.encode(errors="surrogateescape"))
    lab.bring_up_to_date(course)  # all but the lesson say what the course says: known again
    new_versions(course)
    lab.bring_up_to_date(course)
    assert (work / LESSON).read_bytes() == mine and code(work / OTHER) == "x = 2"


def test_with_its_memory_lost_an_old_version_counts_as_the_learner_s(course, work):
    new_versions(course)
    (work / lab.MEMORY).unlink()
    before = everything(work)
    (line,) = lab.bring_up_to_date(course)
    assert "yours is kept" in line and everything(work).items() >= before.items()


def test_what_is_deleted_is_made_again_and_what_is_renamed_or_new_is_left_alone(course, work):
    change_code(work / LESSON)
    (work / LESSON).rename(work / "notebooks/01 mine.ipynb")
    (work / "my notes").mkdir()
    (work / "my notes/a b.ipynb").write_text("not even a notebook")
    before = everything(work)
    shutil.rmtree(work / "exercises")
    lab.bring_up_to_date(course)
    assert everything(work).items() >= before.items()
    assert code(work / LESSON) == f"x = 1  # {LESSON}"


def shown(work: Path) -> str:
    return nbformat.read(work / lab.START, 4).cells[1].outputs[0].data["text/markdown"]


def test_the_start_page_shows_where_one_stands(course, work):
    write(course / LESSON, "predictions.a.reveal(said=my_a, seen=1)\npredictions.b.reveal(")
    assert "Begin with [" in shown(work)
    lab.bring_up_to_date(course)
    kept = {"version": 1, "predictions": {"01_a/a": "held"}, "last": {"predictions": "01_a/a"}}
    (work / "progress.json").write_text(json.dumps(kept))
    assert lab.bring_up_to_date(course) == []
    assert "You were last in [01_a](notebooks/01_a.ipynb)." in shown(work)
    assert "◐ 1 of 2" in shown(work)


def change_start(work: Path, change) -> None:
    page = nbformat.read(work / lab.START, 4)
    change(page)
    nbformat.write(page, work / lab.START)


def test_in_a_start_page_in_which_somebody_wrote_only_the_map_is_made_anew(course, work):
    change_start(work, lambda page: page.cells[3].update(source='certificate("Ada")'))
    mine = texts_and_code(work / lab.START)
    (work / "progress.json").write_text('{"version": 1, "last": {"tasks": "a/x"}}')
    assert lab.bring_up_to_date(course) == []
    assert "You were last in [" in shown(work) and texts_and_code(work / lab.START) == mine
    before = everything(work)
    assert lab.bring_up_to_date(course) == [] and everything(work) == before


def texts_and_code(path: Path) -> list[str]:
    return [cell.source for cell in nbformat.read(path, 4).cells]


def test_a_start_page_of_older_wording_is_made_anew(course, work, monkeypatch):
    run_it(work / lab.START)
    monkeypatch.setattr(lab, "_WELCOME", "# Better words")
    assert lab.bring_up_to_date(course) == []
    assert texts_and_code(work / lab.START)[0] == "# Better words"


def test_a_cut_start_page_is_set_aside_and_told(course, work):
    half_a_file(work / lab.START)
    cut = (work / lab.START).read_bytes()
    (line,) = lab.bring_up_to_date(course)
    (kept,) = work.glob("START_*")
    assert line == f"{lab.START} could not be read; it is kept as {kept.name}, and made anew."
    assert kept.read_bytes() == cut and "Begin with [" in shown(work)


def test_a_start_page_behind_a_link_is_written_there_and_a_locked_one_is_left(course, work):
    (work / lab.START).rename(course / "mine.ipynb")
    (work / lab.START).symlink_to(course / "mine.ipynb")
    (work / "progress.json").write_text('{"version": 1, "last": {"tasks": "a/x"}}')
    assert lab.bring_up_to_date(course) == []
    assert (work / lab.START).is_symlink() and "You were last in [" in shown(work)
    (course / "mine.ipynb").chmod(0o444)
    (work / "progress.json").unlink()
    (line,) = lab.bring_up_to_date(course)
    assert f"Not up to date in work/: {lab.START} (" in line and "You were last" in shown(work)


def test_what_the_map_cannot_read_stops_nothing(course, work, monkeypatch):
    monkeypatch.setattr("helpers.course_map.CourseMap.__repr__", lambda _: 1 / 0)
    assert lab.bring_up_to_date(course) == [
        "Not up to date in work/: START.ipynb (division by zero)."
    ]


def test_with_its_memory_lost_all_lessons_are_on_the_map(course, work):
    for touch, name in ((change_code, LESSON), (lock, OTHER)):
        touch(work / name)
    new_versions(course)
    (work / lab.MEMORY).unlink()
    lab.bring_up_to_date(course)
    assert f"({LESSON})" in shown(work) and f"({OTHER})" in shown(work)


def test_a_reset_forgets_what_was_predicted_in_that_lesson(course, work):
    kept = {"01_a/x": "a surprise", "02_b/x": "held"}
    (work / "progress.json").write_text(json.dumps({"version": 1, "predictions": kept}))
    assert lab.reset(course, "exercises/01") == []
    assert lab.reset(course, "01") == ["What you predicted in 01_a is forgotten."]
    assert json.loads((work / "progress.json").read_text())["predictions"] == {"02_b/x": "held"}


def test_copies_of_read_only_files_can_be_written(course):
    for path in everything(course):
        path.chmod(0o444)
    lab.bring_up_to_date(course)
    assert all(os.stat(path).st_mode & 0o200 for path in everything(course / "work"))


@pytest.mark.parametrize("name", ["work/notebooks", f"work/{LESSON}", "work/exercises/01_a"])
def test_a_link_to_the_course_s_own_files_stops(course, name):
    link, own = course / name, course / name.removeprefix("work/")
    link.parent.mkdir(parents=True)
    try:
        link.symlink_to(own)
    except OSError:
        pytest.skip("no symbolic links here")
    before = everything(course)
    for asked in (lab.bring_up_to_date, lambda root: lab.reset(root, "01")):
        with pytest.raises(SystemExit, match=r"remove the link"):
            asked(course)
    assert everything(course) == before


def test_a_work_that_is_a_file_stops(course):
    (course / "work").write_text("my essay")
    with pytest.raises(SystemExit, match=r"^lab stopped: work is not a folder.*\.$"):
        lab.bring_up_to_date(course)
    assert (course / "work").read_text() == "my essay"


def test_a_full_disk_loses_nothing_and_the_next_time_it_goes_on(course, work, monkeypatch):
    change_code(work / OTHER)
    before = everything(work)
    new_versions(course)

    def full(path, content):
        with path.open("wb") as file:
            file.write(content[:20])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        *_, line = lab.bring_up_to_date(course)
        assert f"Not up to date in work/: {LESSON} ({os.strerror(errno.ENOSPC)})" in line
        assert everything(work) == before
        lab.reset(course, "02")
    (kept,) = (work / "notebooks").glob("02_b_*")
    assert kept.read_bytes() == before[work / OTHER]
    lab.bring_up_to_date(course)
    assert {code(work / name) for name in (LESSON, OTHER)} == {"x = 2"}


def test_an_update_that_was_cut_off_before_it_was_noted_goes_on(course, work, monkeypatch):
    old_memory = (work / lab.MEMORY).read_bytes()
    new_versions(course)
    lab.bring_up_to_date(course)
    (work / lab.MEMORY).write_bytes(old_memory)
    assert lab.bring_up_to_date(course) == []
    write(course / LESSON, "x = 3")
    lab.bring_up_to_date(course)
    assert code(work / LESSON) == "x = 3"


def test_a_spoilt_original_is_named_and_the_others_come(course):
    (course / LESSON).write_text("<<<<<<< HEAD\n{}\n")
    made, failed = lab.bring_up_to_date(course)
    assert failed.startswith(f"Not up to date in work/: {LESSON} (") and OTHER in made
    assert not (course / "work" / LESSON).exists()


# --- the real course -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Path:
    """The copies of the real course."""
    root = tmp_path_factory.mktemp("real")
    for folder in {pattern.split("/")[0] for pattern in lab.COPIED}:
        ignore = shutil.ignore_patterns(".ipynb_checkpoints")
        shutil.copytree(lab.ROOT / folder, root / folder, ignore=ignore)
    lab.bring_up_to_date(root)
    return root / "work"


def texts(path: Path) -> str:
    if path.suffix == ".md":
        return path.read_text("utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def test_every_link_holds_inside_work(real):
    pages = [*real.rglob("*.ipynb"), *real.rglob("*.md")]
    links = [
        (page, (page.parent / unquote(target)).resolve())
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", texts(page))
        if not re.match(r"\w+:", target)
    ]
    assert len(links) > 100
    assert not [
        link for link in links if not (link[1].exists() and real.resolve() in link[1].parents)
    ]


@pytest.mark.parametrize("folder", ["", "notebooks", "exercises/01_counting_weights"])
def test_nothing_there_hides_the_package(real, folder):
    find = "import importlib.util as u; print(u.find_spec('helpers').origin)"
    done = subprocess.run([sys.executable, "-c", find], cwd=real / folder, capture_output=True)
    assert Path(done.stdout.decode().strip()).name == "__init__.py"


def test_copying_loads_nothing_slow():
    """Neither Keras nor JupyterLab, nor what only authors have."""
    code = "import json, sys; sys.argv = ['lab.py', '--help']\nfrom tools import lab\n"
    code += "print(json.dumps([name.partition('.')[0] for name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=lab.ROOT, capture_output=True)
    loaded = set(json.loads(done.stdout))
    assert "nbformat" in loaded
    assert not loaded & {"keras", "tensorflow", "numpy", "helpers", "jupyterlab", "nbgrader"}


# --- the command ---------------------------------------------------------------------------------


@pytest.fixture
def opened(course, monkeypatch):
    """What JupyterLab is given."""
    given = []
    fake = SimpleNamespace(LabApp=SimpleNamespace(launch_instance=given.append))
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", fake)  # the true one takes seconds
    monkeypatch.setattr(lab, "ROOT", course)
    return given


@pytest.mark.parametrize(
    "words, page",
    [
        ([], lab.START),
        (["--only", "02"], OTHER),
        (["--only=exercises/01"], EXERCISE),
        (["--only", "work/exercises/01_a/01_a.ipynb"], EXERCISE),
    ],
)
def test_it_opens_the_copy(course, opened, words, page):
    lab.main(words)
    (given,) = opened
    assert f"--notebook-dir={course / 'work'}" in given
    assert f"--LabApp.default_url=/lab/tree/{page}" in given


@pytest.mark.parametrize("address", [["--ip", "0.0.0.0"], ["--ip=::"], ["--ServerApp.ip=::"]])
def test_what_is_not_its_own_goes_to_jupyterlab_in_order(opened, capsys, address):
    lab.main(["--no-browser", "--only", "02", *address])
    given = opened[0]
    place = given.index("--no-browser")
    assert given[place + 1 :] == address and "--ip=127.0.0.1" not in given  # taken once only
    assert "127.0.0.1" not in capsys.readouterr().out
    lab.main(["--port=1"])
    assert "--ip=127.0.0.1" in opened[1]


def test_copies_and_resets_open_nothing(course, opened, capsys):
    lab.main(["--copies"])
    change_code(course / "work" / LESSON)
    lab.main(["--reset", "01"])
    assert opened == [] and "Yours is kept as work/notebooks/01_a_" in capsys.readouterr().out


def test_what_does_not_exist_is_said_in_a_line(course, opened):
    with pytest.raises(SystemExit, match="starts with '09'; name one as 03 or exercises/03"):
        lab.main(["--only", "09"])
    (course / LESSON).write_text("no notebook")
    with pytest.raises(SystemExit, match=r"lab stopped: .*01_a.ipynb could not be made"):
        lab.main(["--only", "01"])
    assert opened == []
