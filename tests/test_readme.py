"""Promise: the README's map of the course is true: titles, links, tasks and minutes."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
MAP = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "README.md").read_text("utf-8").splitlines()
    if re.match(r"\| \d", line)
]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# The pace behind the minutes: an assumption, the same for every notebook.
WORDS, LINES = 200, 15  # of prose and of code, a minute
PREDICTION, TASK = 0.7, 2.2  # minutes each


def link(cell: str) -> tuple[str, Path]:
    text, target = re.fullmatch(r"\[(.+)\]\((.+)\)", cell).groups()
    return text, ROOT / target


def sources(path: Path, kind: str) -> str:
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == kind)


def estimated_minutes(path: Path) -> float:
    prose, code = sources(path, "markdown"), sources(path, "code")
    words, lines = len(re.findall(r"\w+", prose)), len([s for s in code.splitlines() if s.strip()])
    extra = prose.count("**Predict.**") * PREDICTION + code.count(".check(") * TASK
    return words / WORDS + lines / LINES + extra


def test_the_map_has_every_lesson_in_order():
    assert [link(row[1])[1] for row in MAP] == LESSONS
    assert [row[0] for row in MAP] == [str(number) for number in range(1, len(LESSONS) + 1)]


@pytest.mark.parametrize("row", MAP, ids=lambda row: row[0])
def test_title_tasks_and_links(row):
    title, lesson = link(row[1])
    assert sources(lesson, "markdown").splitlines()[0] == f"# {row[0]} · {title}"
    tasks, exercise = link(row[3])
    assert exercise == ROOT / "exercises" / lesson.stem / lesson.name
    assert tasks == f"{sources(exercise, 'code').count('.check(')} tasks and a question"


@pytest.mark.parametrize("row", MAP, ids=lambda row: row[0])
@pytest.mark.parametrize("place", [1, 3], ids=["lesson", "exercise"])
def test_minutes_are_the_notebooks_own_and_fit_its_length(row, place):
    path, minutes = link(row[place])[1], int(row[place + 1])
    assert f"**Time:** about {minutes} minutes" in sources(path, "markdown")
    solved = Path(str(path).replace("exercises", "solutions"))  # the learner writes those lines
    assert minutes == pytest.approx(estimated_minutes(solved), rel=0.25)
