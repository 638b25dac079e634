"""Promise: docs/misconceptions.md names, for each of forty questions, a cell that answers it."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "misconceptions.md"
SHOWS = re.compile(r"\bassert\b|\bclaim\(")  # what would fail if the answer were another one


@dataclass(frozen=True)
class Row:
    number: int
    question: str
    lesson: str  # "[1](../notebooks/01_counting_weights.ipynb)"
    heading: str
    line: str

    @property
    def notebook(self) -> Path:
        return DOCUMENT.parent / re.search(r"\]\((.+?)\)", self.lesson)[1]


def read_row(line: str) -> Row:
    number, question, lesson, heading, code = line.strip("| \n").split(" | ")
    return Row(int(number), question, lesson, heading, code.strip("`"))


ROWS = [
    read_row(line)
    for line in DOCUMENT.read_text("utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]


@cache  # forty rows, eight notebooks
def code_under_headings(path: Path) -> list[tuple[str, object]]:
    """Each code cell with the last heading above it."""
    heading, found = "", []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            found.append((heading, cell))
        else:
            heading = ([heading, *re.findall(r"^#+ (.+)$", cell.source, re.MULTILINE)])[-1]
    return found


def test_there_are_forty_rows_in_order():
    assert [row.number for row in ROWS] == list(range(1, 41))


def test_no_question_stands_there_twice():
    assert len({row.question for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"row {row.number}")
def test_a_cell_answers_the_question(row):
    assert row.notebook.exists(), f"no such notebook: {row.notebook.name}"
    assert row.lesson.startswith(f"[{int(row.notebook.name[:2])}](")
    code = code_under_headings(row.notebook)
    holding = [
        position
        for position, (_, cell) in enumerate(code)
        if row.line in map(str.strip, cell.source.splitlines())
    ]
    assert len(holding) == 1, f"{len(holding)} cells have the line {row.line!r}"
    heading, cell = code[holding[0]]
    assert heading == row.heading
    assert cell.execution_count is not None, "the cell was never run"
    if "raises-exception" not in cell.metadata.get("tags", []):
        assert all(output.output_type != "error" for output in cell.outputs)
    shown = [other.source for above, other in code[holding[0] :][:2] if above == heading]
    assert SHOWS.search("\n".join(shown)), "no assert or claim in this cell or the next"
