"""Promise: docs/glossary.md explains the words that the lessons set in bold, and only such words.

Read from sources/lessons, of which the notebooks are built. The links of the documents themselves
are followed in test_notebooks.
"""

import re
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted((ROOT / "sources" / "lessons").glob("*.py"))
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
LINK = "](../docs/glossary.md)"
MOST_WORDS = 3  # more in bold is a sentence or a title, not a term
ENTRY = r"^- \*\*(?P<term>.+?)\*\*(?P<text>.+?)\[Lesson (?P<number>\d)\]\((?P<path>.+?)\)$"
ENTRIES = {m["term"]: m for m in re.finditer(ENTRY, GLOSSARY, re.MULTILINE | re.DOTALL)}
EMPHASIS = {  # said with stress; no terms
    "2",
    "go on moving",
    "is",
    "known",
    "last",
    "new",
    "not",
    "old",
    "one filter",
    "setting",
    "silently ignored",
    "that nobody does",
    "vertical",
    "who does not",
    "x",
    "zero",
    "freeze each batchnormalization",
}


def prose(lesson: Path) -> str:
    """The text cells of a lesson."""
    cells = jupytext.read(lesson, fmt="py:percent").cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


PROSE = {int(lesson.name[:2]): prose(lesson) for lesson in LESSONS}


def stem(phrase: str) -> str:
    """The same for freeze, freezes and freezing, for slot and slots; in any case."""
    words = re.findall(r"[\w-]+", phrase.lower())
    return " ".join(re.sub(r"(ing|es|ed|e|s)$", "", word) for word in words)


def bold(text: str) -> list[str]:
    """Short phrases in bold that could be terms; labels ("Predict.", "Time:") end in a sign."""
    phrases = [" ".join(phrase.split()) for phrase in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)]
    return [
        phrase
        for phrase in phrases
        if not re.search("[.:,]", phrase) and len(phrase.split()) <= MOST_WORDS
    ]


def lessons(test):
    return pytest.mark.parametrize("number", PROSE)(test)


def entries(test):
    return pytest.mark.parametrize("term", ENTRIES)(test)


def test_every_entry_was_read():
    assert len(ENTRIES) == len(re.findall(r"^- ", GLOSSARY, re.MULTILINE)) >= 40


def test_the_entries_stand_in_order():
    terms = [term.lower() for term in ENTRIES]
    assert terms == sorted(terms) and len({*map(stem, terms)}) == len(terms)


@lessons
def test_every_term_in_bold_is_explained(number):
    known = {*map(stem, ENTRIES)}
    unknown = [
        term
        for term in bold(PROSE[number])
        if stem(term) not in known and term.lower() not in EMPHASIS
    ]
    assert not unknown, "explain it in docs/glossary.md, or list it as EMPHASIS"


def test_no_exception_is_left_over():
    used = {term.lower() for text in PROSE.values() for term in bold(text)}
    assert used >= EMPHASIS


@entries
def test_every_entry_is_short_and_used_in_the_lesson_it_names(term):
    entry = ENTRIES[term]
    number = int(entry["number"])
    assert (ROOT / "docs" / entry["path"]).name.startswith(f"{number:02}_")
    assert f" {stem(term)} " in f" {stem(PROSE[number])} "
    assert 20 < len(" ".join(entry["text"].split())) <= 240


@entries
def test_no_term_is_set_in_bold_before_the_lesson_that_its_entry_names(term):
    in_bold = [number for number, text in PROSE.items() if stem(term) in map(stem, bold(text))]
    assert int(ENTRIES[term]["number"]) <= min(in_bold, default=9)


@lessons
def test_every_lesson_links_to_the_glossary_after_its_summary(number):
    summary = PROSE[number].partition("\n## In short\n")[2].partition("\n## ")[0]
    assert LINK in summary and PROSE[number].count(LINK) == 1
