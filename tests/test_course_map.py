"""Promise: a learner sees what is done and how much is left, and can print what was shown."""

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import record
from helpers.course_map import CERTIFICATE, certificate, course_map


def notebook(path, title, minutes, cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    head = new_markdown_cell(f"# {title}\n\n**Time:** {minutes}. **You need:** nothing.")
    asked = [
        cell
        for heading, code in cells.items()
        for cell in (new_markdown_cell(f"## {heading}"), new_code_cell(code))
    ]
    nbformat.write(new_notebook(cells=[head, *asked]), path)


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Two lessons and exercises, and what a learner may leave beside them."""
    reveals = {"How many?": "predictions.a.reveal(said=1)", "Why?": "predictions.b.reveal(said=1)"}
    checks = {"Task 1: one": "tasks.one.check(x)", "Task 2: <two>": "tasks.two.check(x)"}
    notebook(
        tmp_path / "notebooks/01_counting.ipynb",
        "1 · Counting",
        "about 30 minutes, and 10 more to dig deeper",
        reveals,
    )
    notebook(tmp_path / "notebooks/02_steps.ipynb", "2 · Steps", "about 21 minutes", {})
    for name in ("01_counting", "02_steps"):
        notebook(
            tmp_path / f"exercises/{name}/{name}.ipynb", "Exercise", "about 20 minutes", checks
        )
    copies = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.ipynb")]
    (tmp_path / record.MARK).write_text(json.dumps({name: ["", ""] for name in copies}))
    for name in ("01_counting_2026-01-01_10.00.00", "01 mine", "09_mine"):
        (tmp_path / f"notebooks/{name}.ipynb").write_text("not even a notebook")
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path


def test_at_the_beginning_everything_is_left(work):
    course = course_map()
    assert [part.title for part in course.lessons] == ["1 · Counting", "2 · Steps"]
    assert course.routes() == {"whole course": 40 + 21 + 20 + 20, "core only": 51,
                               "I only fine-tune": 0}  # fmt: skip
    assert "Begin with [1 · Counting](notebooks/01_counting.ipynb)." in str(course)
    assert "1 h 41 min left" in str(course) and "51 min left" in str(course)


def test_what_is_done_is_not_left(work):
    record.keep("predictions", "01_counting/a", "a surprise")
    record.keep("tasks", "counting/one", "right")
    record.keep("tasks", "counting/two", "right")
    course = course_map()
    assert course.routes()["core only"] == 15 + 21
    assert course.routes()["whole course"] == 20 + 21 + 0 + 20
    assert "◐ 1 of 2" in str(course) and "✓ 2 of 2" in str(course)
    assert course.last().name == "exercises/01_counting/01_counting.ipynb"
    assert "You were last in [Exercise](exercises/01_counting/01_counting.ipynb)." in str(course)


def test_a_broken_notebook_has_nothing_in_it(work):
    (work / "notebooks/02_steps.ipynb").write_text("cut o")
    assert [part.whole for part in course_map().lessons] == [40, 0]
    assert "[02_steps](notebooks/02_steps.ipynb) | ? |" in str(course_map())


def test_an_exercise_stands_beside_its_lesson_though_another_is_gone(work):
    (work / "exercises/01_counting/01_counting.ipynb").unlink()
    first, second = str(course_map()).splitlines()[4:6]
    assert "1 · Counting" in first and first.endswith("| – | – |")
    assert "2 · Steps" in second and "exercises/02_steps" in second


def a_page_in_latin(work):
    (work / "docs").mkdir()
    (work / "docs/your-own-model.md").write_bytes("für".encode("latin-1"))


def a_folder_for_a_page(work):
    (work / "docs/your-own-model.md").mkdir(parents=True)


def deep_json(work):
    (work / "notebooks/01_counting.ipynb").write_text("[" * 200_000)


def a_cell_that_is_none(work):
    (work / "notebooks/01_counting.ipynb").write_text('{"cells": [3]}')


def many_digits(work):
    notebook(work / "notebooks/01_counting.ipynb", "1", f"about {'1' * 5000} minutes", {})


def half_a_character(work):
    notebook(work / "notebooks/01_counting.ipynb", "1 \\ud800", "about 1 minutes", {})
    page = (work / "notebooks/01_counting.ipynb").read_text()
    (work / "notebooks/01_counting.ipynb").write_text(page.replace("\\\\ud800", "\\ud800"))


def a_spoilt_memory(work):
    (work / record.MARK).write_text("[3]")


ODD = [a_page_in_latin, a_folder_for_a_page, deep_json, a_cell_that_is_none, many_digits]
ODD += [half_a_character, a_spoilt_memory]


@pytest.mark.parametrize("leave", ODD)
def test_whatever_a_learner_leaves_the_map_is_shown(work, leave):
    leave(work)
    assert "min left" in str(course_map()).encode().decode()


def test_title_and_time_are_of_the_first_text_and_a_copied_cell_counts_once(work):
    path = work / "notebooks/01_counting.ipynb"
    page = nbformat.read(path, 4)
    page.cells[0].source = "# 1 · a|b [c] <d>\n\n**Time:** about 7 minutes."
    page.cells += [
        new_code_cell(page.cells[2].source),
        new_markdown_cell("# Mine\n\nabout 99 minutes"),
    ]
    page.cells.append(new_code_cell("## a comment\npredictions.a.reveal(said=1)"))
    nbformat.write(page, path)
    (lesson, _), text = course_map().lessons, str(course_map())
    assert (lesson.whole, lesson.todo) == (7, ("How many?", "Why?"))
    assert r"[1 · a\|b \[c\] \<d>](notebooks/01_counting.ipynb)" in text


def test_the_certificate_says_what_was_shown_and_gives_no_grade(work):
    with pytest.raises(ValueError, match="no task is right yet"):
        certificate()
    record.keep("tasks", "counting/two", "right")
    assert certificate(" Ada <L>\n").startswith("It is work/certificate.html")
    page = (work / CERTIFICATE).read_text("utf-8")
    assert "<b>Ada &lt;L&gt;</b>" in page and "<li>&lt;two&gt;</li>" in page and ">one<" not in page
    assert not {"%", "points", "grade", " of "} & set(page.split("</style>")[1].split())
    certificate()
    assert "______" in (work / CERTIFICATE).read_text("utf-8")


def test_an_edited_certificate_is_kept_and_a_link_is_not_written_through(work, monkeypatch):
    record.keep("tasks", "counting/two", "right")
    (work / "mine.html").write_text("my own page")
    (work / CERTIFICATE).symlink_to(work / "mine.html")
    told = certificate()
    (aside,) = work.glob("certificate_*")
    assert told.endswith(f" The earlier one is kept as {aside.name}.")
    assert (work / "mine.html").read_text() == "my own page"
    page = (work / CERTIFICATE).read_text("utf-8")
    assert certificate() == "It is work/certificate.html: open it in a browser, and print it."

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        certificate("Ada")
    assert page in [path.read_text("utf-8") for path in work.glob("certificate*")]


def test_a_name_that_is_none_is_refused(work):
    with pytest.raises(TypeError, match="name should be a text, not 3"):
        certificate(3)


def test_elsewhere_it_says_how_to_open_the_course(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for asked in (course_map, certificate):
        with pytest.raises(ValueError, match="make lab"):
            asked()
