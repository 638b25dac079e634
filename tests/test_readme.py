"""Promise: the README's map of the course is true: titles, links, tasks and minutes."""

import re
from pathlib import Path

import nbformat
import pytest

from tools.times import MOST, times

ROOT = Path(__file__).resolve().parents[1]
MAP = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "README.md").read_text("utf-8").splitlines()
    if re.match(r"\| \d", line)
]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# The pace behind the minutes of an exercise: an assumption, the same for every one.
ALL_WORDS, LINES = 200, 15  # of prose and of code, a minute
TASK = 2.2  # minutes each


def link(cell: str) -> tuple[str, Path]:
    text, target = re.fullmatch(r"\[(.+)\]\((.+)\)", cell).groups()
    return text, ROOT / target


def sources(path: Path, kind: str) -> str:
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == kind)


def estimated_minutes(exercise: Path) -> float:
    solved = ROOT / "solutions" / exercise.stem / exercise.name  # the learner writes those lines
    prose, code = sources(solved, "markdown"), sources(solved, "code")
    lines = len([line for line in code.splitlines() if line.strip()])
    read = len(re.findall(r"\w+", prose)) / ALL_WORDS + lines / LINES
    return read + code.count(".check(") * TASK


def test_the_map_has_every_lesson_in_order():
    assert [link(row[1])[1] for row in MAP] == LESSONS
    assert [row[0] for row in MAP] == [str(number) for number in range(1, len(LESSONS) + 1)]


@pytest.mark.parametrize("row", MAP, ids=lambda row: row[0])
def test_title_tasks_and_links(row):
    title, lesson = link(row[1])
    assert sources(lesson, "markdown").splitlines()[0] == f"# {row[0]} · {title}"
    tasks, exercise = link(row[4])
    assert exercise == ROOT / "exercises" / lesson.stem / lesson.name
    assert tasks == f"{sources(exercise, 'code').count('.check(')} tasks and a question"


@pytest.mark.parametrize("row", MAP, ids=lambda row: row[0])
def test_the_minutes_of_a_lesson_are_computed_and_its_core_is_no_longer_than_promised(row):
    lesson = link(row[1])[1]
    found = times(lesson.stem, nbformat.read(lesson, as_version=4).cells)
    assert (row[2], row[3]) == (str(found.core), str(found.whole)), "run make build"
    assert f"**Time:** {found}." in sources(lesson, "markdown")
    assert found.core <= MOST


@pytest.mark.parametrize("row", MAP, ids=lambda row: row[0])
def test_the_minutes_of_an_exercise_are_its_own_and_fit_its_length(row):
    exercise, minutes = link(row[4])[1], int(row[5])
    assert f"**Time:** about {minutes} minutes" in sources(exercise, "markdown")
    assert minutes == pytest.approx(estimated_minutes(exercise), rel=0.25)
