"""The built notebooks are what their sources give, and a build never destroys anything."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools import build

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = build.chapters()
SOLUTIONS = [chapter for chapter in CHAPTERS if chapter.is_solution]


def name(chapter):
    return str(chapter.source.relative_to(ROOT / "sources").with_suffix(""))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=name)
def test_stored_notebook_is_its_source_plus_outputs(chapter):
    stored = nbformat.read(chapter.target, as_version=4)
    assert build.as_bytes(stored) == chapter.target.read_bytes(), "not written by make build"
    for cell in stored.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    assert build.as_bytes(stored) == build.as_bytes(build.unexecuted(chapter)), "run make build"


@pytest.mark.parametrize("chapter", SOLUTIONS, ids=name)
def test_exercise_is_what_the_solution_gives(chapter):
    derived = build.derived_exercise(chapter.source.stem, chapter.target.read_bytes())
    assert chapter.exercise.read_bytes() == derived, "run make build"


def test_every_built_notebook_has_a_source():
    built = {*ROOT.glob("notebooks/*"), *ROOT.glob("solutions/*/*"), *ROOT.glob("exercises/*/*")}
    known = {path for c in CHAPTERS for path in (c.target, c.exercise)}
    assert {path for path in built if path.suffix == ".ipynb"} == known


def test_a_teachers_nbgrader_gives_the_same_exercises(tmp_path):
    shutil.copytree(ROOT / "solutions", tmp_path / "solutions")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    binaries = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": binaries + os.pathsep + os.environ["PATH"]}
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "--force"]
    for chapter in SOLUTIONS:
        subprocess.run(
            [*command, chapter.source.stem],
            cwd=tmp_path,
            env=environment,
            check=True,
            capture_output=True,
        )
        released = tmp_path / chapter.exercise.relative_to(ROOT)
        assert released.read_bytes() == chapter.exercise.read_bytes()


# --- a small course of its own, so that failures can be provoked ---------------------------------


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A checkout with one lesson and one solution that need no TensorFlow, built and committed."""
    monkeypatch.setattr(build, "ROOT", tmp_path)
    for folder in ("lessons", "solutions"):
        (tmp_path / "sources" / folder).mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    (tmp_path / "sources/lessons/01_a.py").write_text("# %%\nprint(1 + 1)\n")
    (tmp_path / "sources/solutions/01_a.py").write_text(
        "# %% answer a\nx = ...\n### BEGIN SOLUTION\nx = 2\n### END SOLUTION\n"
    )
    build.build()
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def git(folder, *words):
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"]
    subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True)


def commit(folder):
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "as built")


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*.ipynb")}


def test_building_twice_changes_no_byte(course):
    before = contents(course)
    assert len(before) == 3
    build.build()
    assert contents(course) == before


def test_only_one_chapter_is_built_and_an_unknown_one_is_named(course):
    (course / "sources/lessons/02_b.py").write_text("# %%\nprint(3)\n")
    assert [path.name for path in build.build("02")] == ["02_b.ipynb"]
    with pytest.raises(build.BuildError, match="'09'"):
        build.build("09")


def test_a_failing_cell_is_named_and_leaves_the_files_as_they_were(course):
    before = contents(course)
    (course / "sources/solutions/01_a.py").write_text("# %%\nx = 1\n# %%\n1 / 0\n")
    (course / "sources/lessons/01_a.py").write_text("# %%\nprint('new')\n")
    with pytest.raises(build.BuildError, match=r"solutions.01_a.py, cell 1: division by zero"):
        build.build()
    assert contents(course) == before


@pytest.mark.parametrize(
    "header",
    [
        "anwser a",
        "answer",
        "answer a b",
        "answer a 1",
        "check a",
        "check a two",
        "essay a 1",
        "[markdown] essay a",
        "[markdown] answer a",
        "[markdown] check a 1",
    ],
)
def test_a_header_that_is_not_understood_is_named_and_nothing_is_written(course, header):
    before = contents(course)
    (course / "sources/solutions/01_a.py").write_text(f"# %%\nx = 1\n\n# %% {header}\nx\n")
    title = header.removeprefix("[markdown] ")
    expected = (
        rf"^sources.solutions.01_a.py, cell 1: the header of this \w+ cell, '{title}', is none"
    )
    with pytest.raises(build.BuildError, match=expected):
        build.build()
    assert contents(course) == before


def test_a_learners_work_is_never_overwritten(course):
    exercise = course / "exercises/01_a/01_a.ipynb"
    exercise.write_text(exercise.read_text().replace("pass  # your code here", "x = 42"))
    source = course / "sources/solutions/01_a.py"
    source.write_text(source.read_text().replace("x = 2", "x = 3").replace("x = ...", "x = None"))
    with pytest.raises(build.BuildError, match=r"exercises.01_a.01_a.ipynb has changes"):
        build.build()
    assert "x = 42" in exercise.read_text()
    commit(course)  # once the work is safe in git, the build may go on
    build.build()
    assert "x = 42" not in exercise.read_text()


def test_an_author_may_build_again_before_committing(course):
    source = course / "sources/solutions/01_a.py"
    for start in ("None", "0"):
        source.write_text(source.read_text().replace("x = ...", f"x = {start}"))
        build.build()
