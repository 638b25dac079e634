"""Promise: docs/misconceptions.md names, for each of forty questions, a cell that answers it."""

from pathlib import Path

import pytest
from pointers import complaint, rows_of

ROWS = rows_of(Path(__file__).resolve().parents[1] / "docs" / "misconceptions.md")


def test_there_are_forty_rows_in_order():
    assert [int(row.cells[0]) for row in ROWS] == list(range(1, 41))


def test_no_question_stands_there_twice():
    assert len({row.cells[1] for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"row {row.cells[0]}")
def test_a_cell_answers_the_question(row):
    assert not complaint(row)
