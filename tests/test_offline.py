"""The course runs with no network, from a read-only copy whose path has spaces and other letters.

A slice of what `make matrix` runs over the whole course: a lesson that opens pictures, data sets
and stored results, and a solution. The home folder is new and empty, as on somebody's first day.
"""

import os
import socket
import subprocess
import sys
import sysconfig
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from tools.matrix.runs import differences, proof
from tools.matrix.settings import (
    ALONE,
    CUT_OFF,
    MOUNTED,
    ODD_PATH,
    Setting,
    Unavailable,
    command,
    copy_checkout,
)

LESSON = "notebooks/04_sobel_filter.ipynb"
SOLUTION = "solutions/01_counting_weights/01_counting_weights.ipynb"


def require_namespaces() -> None:
    """Skip where this user may have no namespaces; under CI on Linux that is a failure."""
    try:
        command([*CUT_OFF, "ip link set lo up"])
    except Unavailable as reason:
        message = f"no namespace without network here: {reason}"
        if os.environ.get("CI") and sys.platform == "linux":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory) -> Setting:
    """A copy of the checkout with a .venv that has this one's packages, but the copy's helpers."""
    require_namespaces()
    folder = tmp_path_factory.mktemp("offline") / ODD_PATH.name
    copy_checkout(folder)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / ".venv"], check=True)
    packages = Path(sysconfig.get_path("purelib"))
    own = folder / ".venv" / packages.relative_to(sys.prefix)
    # Of a folder named in a .pth file Python reads no further .pth: not the editable helpers here.
    (own / "course.pth").write_text(f"{folder}\n{packages}\n", encoding="utf-8")
    home = folder.parent / "home"
    home.mkdir()
    return Setting(
        "read-only, odd path, no network",
        {"HOME": str(home)},
        {**ALONE, "writable": False, "folder": ODD_PATH.name, "course of this folder": True},
        (*CUT_OFF, f'ip link set lo up && {MOUNTED} && exec "$@"', str(folder)),
        folder,
        folder / ".venv" / "bin" / "python",
    )


def test_the_copy_is_what_runs_and_is_cut_off_and_read_only(elsewhere):
    facts = proof(elsewhere)
    assert (facts["network"], facts["writable"]) == (["lo"], False)


@pytest.mark.parametrize("notebook", [LESSON, SOLUTION])
def test_it_runs_there_with_the_same_outputs(elsewhere, notebook):
    before = set(elsewhere.root.rglob("*"))
    assert differences(elsewhere, notebook) == {}
    assert set(elsewhere.root.rglob("*")) == before


def test_a_notebook_that_connects_or_writes_beside_itself_would_be_seen(elsewhere, tmp_path):
    """Without the namespaces the same cells pass, so it is the namespaces that stop them."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connects = f"import socket\nsocket.create_connection({server.getsockname()!r}).close()"
        writes = "open('left behind', 'w').close()"
        cells = [nbformat.v4.new_code_cell(s, execution_count=1) for s in (connects, writes)]
        path = elsewhere.root / "notebooks" / "99_rude.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        stopped = differences(elsewhere, f"notebooks/{path.name}")
        free = differences(replace(elsewhere, prefix=()), f"notebooks/{path.name}")
    assert "ConnectionRefusedError" in stopped["Cell 0"]
    assert "Read-only file system" in stopped["Cell 1"]
    assert (len(stopped), free) == (2, {})
    for left in (path, path.with_name("left behind")):
        left.unlink()
