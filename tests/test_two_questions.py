"""Promise: docs/two-questions.md judges each sentence, and names a cell that shows it."""

import re
from itertools import groupby
from pathlib import Path

import pytest
from pointers import Row, code_under_headings, complaint, rows_of

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "two-questions.md"
ROWS = rows_of(PAGE)
VERDICTS = {"true", "half", "outdated", "false"}
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def test_the_page_begins_with_both_questions_and_two_sentences_for_each():
    title, *paragraphs = PAGE.read_text("utf-8").split("\n\n")[:3]
    assert title.startswith("# ")
    for paragraph, asked in zip(
        paragraphs, ("Inception model", "pretrained GoogLeNet"), strict=True
    ):
        question, answer = re.fullmatch(r"\*\*(.+?\?)\*\*\s(.+)", paragraph, re.DOTALL).groups()
        assert asked in question
        assert len(re.findall(r"[.](\s|$)", answer)) == 2


def test_the_rows_are_numbered_and_no_sentence_stands_there_twice():
    for _, rows in groupby(ROWS, key=lambda row: row.table):
        assert [int(number) for number in (row.cells[0] for row in rows)] == list(
            range(1, 1 + max(int(row.cells[0]) for row in ROWS if row.table == _))
        )
    assert len({row.cells[1] for row in ROWS}) == len(ROWS) >= 25


@each_row
def test_a_sentence_has_a_verdict_and_a_reason(row):
    assert len(row.cells) == 7
    assert row.cells[2] in VERDICTS
    assert re.fullmatch(r"\S.{20,200}\.", row.cells[3])


@each_row
def test_a_cell_shows_it(row):
    assert not complaint(row)


@each_row
def test_its_numbers_stand_in_the_section(row):
    code = code_under_headings(row.notebook)
    section = "".join(str(cell) for heading, cell in code if heading == row.heading)
    shown = set(re.findall(r"\d+", re.sub(r"(?<=\d)[,_](?=\d{3})", "", section)))
    said = re.findall(r"\d[\d,]+", f"{row.cells[1]} {row.cells[3]}")
    assert {number.replace(",", "") for number in said} <= shown


def test_people_find_the_page():
    assert "](docs/two-questions.md)" in (ROOT / "README.md").read_text("utf-8")
    assert "](two-questions.md)" in (ROOT / "docs" / "misconceptions.md").read_text("utf-8")


# --- can it be red? -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "stale", "told"),
    [
        (-3, "[1](../notebooks/01_gone.ipynb)", "there is no notebook 01_gone.ipynb"),
        (
            -3,
            "[2](../notebooks/01_counting_weights.ipynb)",
            "names one lesson and links to another",
        ),
        (-1, "`numbers = 3_562`", "0 cells of 01_counting_weights.ipynb have the line"),
        (-2, "Numbers", "stands under 'Arrays, numbers and bytes' now, not under 'Numbers'"),
        (-1, "`my_length = ...`", ""),
    ],
)
def test_a_stale_row_says_what_it_does_not_find(place, stale, told):
    (right,) = [row for row in ROWS if row.line.startswith("numbers = sum(")]
    assert not complaint(right)
    cells = list(right.cells)
    cells[place] = stale
    found = complaint(Row(PAGE, tuple(cells), right.table))
    assert told in found
    assert found.startswith(right.name)
