"""Promise: what a learner predicts is read, told and kept; every wrong idea gets its sentence."""

import json
import re
from importlib import import_module
from pathlib import Path

import jupytext
import nbformat
import numpy as np
import pytest

from helpers import record
from helpers.predictions.core import HELD, NOT_READ, NOT_SAID, SURPRISED, Idea, Prediction
from helpers.predictions.kinds import Choice, Names, Number, Order, Unread, yes_or_no
from helpers.predictions.lesson import Lesson
from tools.predictions import seen_in, stored, stored_beside

ROOT = Path(__file__).resolve().parents[1]
ROOMS = sorted(ROOT.glob("helpers/predictions/*.py"))
OF_THE_CORE = {"__init__", "core", "kinds", "lesson", "shown"}
NOTEBOOKS = {path.stem[3:]: path for path in sorted(ROOT.glob("notebooks/*.ipynb"))}
LESSONS = {
    room: import_module(f"helpers.predictions.{room}").lesson
    for room in NOTEBOOKS
    if (ROOT / f"helpers/predictions/{room}.py").exists()
}
EVERY = [(room, name) for room, lesson in LESSONS.items() for name in lesson.predictions]
JUNK = ["what?", None, True, 3, 1e99, float("nan"), [], [1], {}, object(), "...", np.arange(50)]


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """A new session each time; and no stored file is near."""
    monkeypatch.delenv("PYTEST_VERSION")
    for lesson in LESSONS.values():
        for each in lesson.predictions.values():
            monkeypatch.setattr(each, "outcome", NOT_SAID)


def built(room):
    return json.loads(stored_beside(NOTEBOOKS[room]).read_text("utf-8"))["predictions"]


def seen_of(room, name):
    (found,) = (each for each in built(room) if each["name"] == name)
    right = [part["right"] for part in found["parts"]]
    return right[0] if len(right) == 1 else right


def with_answer(prediction, right, part, answer):
    values = [right] if len(prediction.parts) == 1 else list(right)
    values[list(prediction.parts).index(part)] = answer
    return values[0] if len(values) == 1 else values


# --- every prediction of every lesson -------------------------------------------------------------


def test_every_lesson_has_its_module():
    assert set(LESSONS) == set(NOTEBOOKS)
    assert {path.stem for path in ROOMS} == {*NOTEBOOKS, *OF_THE_CORE}


@pytest.mark.parametrize(("room", "name"), EVERY)
def test_the_right_answer_holds(room, name):
    prediction, seen = LESSONS[room].predictions[name], seen_of(room, name)
    told = prediction.reveal(said=seen, seen=seen)
    assert told.outcome == HELD and "probably" not in repr(told), told
    assert prediction.why in repr(told) and "✗" not in repr(told)


@pytest.mark.parametrize(("room", "name"), EVERY)
def test_every_wrong_idea_is_told_its_sentence(room, name):
    prediction, seen = LESSONS[room].predictions[name], seen_of(room, name)
    right = prediction._right(seen)
    for part, kind in prediction.parts.items():
        told_of: dict = {}
        for answer, says in prediction.wrong_ideas(part):
            if kind.same(answer, right[part]):  # an option that may be wrong elsewhere
                assert isinstance(kind, Choice), f"{part}: {says} is right"
                continue
            told = prediction.reveal(said=with_answer(prediction, seen, part, answer), seen=seen)
            assert told.outcome == SURPRISED and says in repr(told) and says, (part, answer)
            assert told_of.setdefault(str(answer), says) == says, f"{part}: two ideas, {answer}"
        if isinstance(kind, Choice):
            wrong = {option for option in kind.options if not kind.same(option, right[part])}
            assert wrong <= set(told_of), f"{part}: a wrong option without a sentence"


@pytest.mark.parametrize(("room", "name"), EVERY)
def test_untouched_is_one_neutral_line_and_junk_is_asked_for(room, name):
    prediction, seen = LESSONS[room].predictions[name], seen_of(room, name)
    dots = ... if len(prediction.parts) == 1 else (...,) * len(prediction.parts)
    told = prediction.reveal(said=dots, seen=seen)
    assert told.outcome == NOT_SAID and repr(told) == "○ No prediction was written here."
    for odd in JUNK:
        for said in (odd, (odd,) * len(prediction.parts)):
            told = prediction.reveal(said=said, seen=seen)
            assert len(repr(told)) < 2000 and told._repr_html_().startswith("<")
            assert told.outcome != NOT_READ or "Please write" in repr(told)


@pytest.mark.parametrize(("room", "name"), EVERY)
def test_a_prediction_stands_where_it_says(room, name):
    source = (ROOT / f"sources/lessons/{NOTEBOOKS[room].stem}.py").read_text("utf-8")
    before, _, _ = source.partition(f"predictions.{name}.reveal(")
    assert before != source
    headings = re.findall(r"^# ## (.+(?:\n# (?!##).+)*)", before, re.M)
    assert LESSONS[room].predictions[name].under == headings[-1].split("\n#\n")[0]


@pytest.mark.parametrize("room", LESSONS)
def test_what_is_stored_is_what_the_notebook_showed(room):
    notebook = nbformat.read(NOTEBOOKS[room], 4)
    assert set(seen_in(notebook)) == set(LESSONS[room].predictions)
    found = stored(NOTEBOOKS[room].stem, notebook)
    assert stored_beside(NOTEBOOKS[room]).read_bytes() == found, "run make build"


@pytest.mark.parametrize("room", LESSONS)
def test_no_prediction_of_a_lesson_is_left_unread(room):
    source = ROOT / f"sources/lessons/{NOTEBOOKS[room].stem}.py"
    cells = [c.source for c in jupytext.read(source).cells if c.cell_type == "code"]
    text = "\n".join(cells)
    for cell in cells:
        for line in re.findall(r"^(my_.+?) = \.\.\.", cell, re.M):
            for name in re.findall(r"my_\w+", line):
                later = text[text.index(cell) + len(cell) :]
                assert re.search(rf"\b{name}\b(?! = \.)", later), f"{name} is never read"
    predicts = source.read_text("utf-8").count("**Predict.**")
    assert predicts == text.count(".reveal(") == len(LESSONS[room].predictions)


@pytest.mark.parametrize("room", LESSONS)
def test_a_class_can_vote_on_five_of_them(room):
    votes = [
        each
        for each in LESSONS[room].predictions.values()
        if any(isinstance(k, Choice) and 2 <= len(k.options) <= 5 for k in each.parts.values())
    ]
    assert len(votes) >= 5


# --- how answers are read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "said", "read"),
    [
        (Number(), "3,232", 3232),
        (Number(), " 3 232 ", 3232),
        (Number(), "-1e3", -1000),
        (Number(), "two", 2),
        (Number(), np.float32(0.5), 0.5),
        (Number(), [7], 7),
        (Number(percent=True), 15, 0.15),
        (Number(percent=True), "15 %", 0.15),
        (Number(percent=True), 0.15, 0.15),
        (Choice({"moved": "", "still": ""}), "Moved", "moved"),
        (Choice({"moved": "", "still": ""}), "s", "still"),
        (Choice({"0": "", "64": ""}), 64, "64"),
        (Choice({"0": "", "64": ""}), 64.0, "64"),
        (Choice({"(1, 5)": "", "-1.22": ""}), (1, 5), "(1, 5)"),
        (Choice({"(1, 5)": "", "-1.22": ""}), [1, 5], "(1, 5)"),
        (Choice({"(1, 5)": "", "-1.22": ""}), -1.22, "-1.22"),
        (yes_or_no("", ""), True, "yes"),
        (yes_or_no("", ""), np.bool_(False), "no"),
        (Names(("m/a/kernel", "m/a/bias", "m/b/kernel")), "b/kernel", ("m/b/kernel",)),
        (Names(("m/a/kernel", "m/a/bias", "m/b/kernel")), {"a"}, ("m/a/kernel", "m/a/bias")),
        (Names(("m/a/kernel", "m/b/kernel")), "A/kernel and b", ("m/a/kernel", "m/b/kernel")),
        (Names(("a", "b")), [], ()),
        (Names(("a", "b")), "none", ()),
        (Order("ABC"), "b c a", "BCA"),
        (Order("ABC"), ["B", "C"], "BC"),
    ],
)
def test_an_answer_is_read_as_a_person_would(kind, said, read):
    assert kind.read(said) == read


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Number(), "many"),
        (Number(), True),
        (Number(), [1, 2]),
        (Number(), float("inf")),
        (Choice({"moved": "", "mean": ""}), "m"),
        (Choice({"moved": "", "mean": ""}), 3.5),
        (Names(("a/kernel", "b/kernel")), "gamma"),
        (Order("ABC"), "ABD"),
        (Order("ABC"), "AAB"),
    ],
)
def test_what_cannot_be_read_is_asked_for(kind, said):
    with pytest.raises(Unread, match=r"\w"):
        kind.read(said)


def area(**options):
    return Prediction(
        "Areas",
        "How large is it?",
        {"area": Number(), "edge": Number()},
        "the sides are multiplied.",
        [
            Idea("added; multiply.", area=lambda n: n.width + n.height),
            Idea("the edge counts twice.", edge=7),
        ],
        {"width": 3, "height": 4},
        **options,
    )


def test_an_idea_holds_for_other_numbers():
    other = area()
    other.given = {"width": 10, "height": 20}
    assert "added; multiply." in repr(other.reveal(said=(30, 60), seen=(200, 60)))
    assert "added" not in repr(area().reveal(said=(30, 14), seen=(12, 14)))


def test_parts_are_told_apart_with_signs():
    told = area().reveal(said=(7, ...), seen=(12, 14))
    assert repr(told).splitlines() == [
        "      you said  it is",
        "area  7         12     ✗",
        "edge  …         14     ○",
        "What you probably thought: added; multiply.",
        "Why: the sides are multiplied.",
    ]
    html = told._repr_html_()
    assert html.count("<tr>") == 3 and 'title="a surprise"' in html and "color" not in html


def test_only_the_first_answer_of_a_session_counts():
    prediction = area()
    prediction.reveal(said=(7, 14), seen=(12, 14))
    assert prediction.reveal(said=(12, 14), seen=(12, 14)).outcome == HELD
    assert prediction.outcome == SURPRISED


@pytest.mark.parametrize("said", [3, (1, 2, 3), "7, 14", {"area": 1}])
def test_one_answer_for_two_is_asked_for(said):
    told = area().reveal(said=said, seen=(12, 14))
    assert told.outcome == NOT_READ and "2 answers, for my_area, my_edge" in repr(told)


def test_a_lesson_that_shows_too_little_is_refused():
    with pytest.raises(ValueError, match="seen should have 2 values"):
        area().reveal(said=(1, 2), seen=(12, 14, 3))


def test_a_run_that_differs_from_the_build_fails_in_a_test(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lesson = Lesson("09_areas", {"area": area()})
    built = json.dumps(lesson.as_json({"area": (12, 14)}))
    (tmp_path / "09_areas.predictions.json").write_text(built)
    lesson.predictions["area"].reveal(said=(..., ...), seen=(12, 15))  # a learner's own numbers
    monkeypatch.setenv("PYTEST_VERSION", "9")
    lesson.predictions["area"].reveal(said=(..., ...), seen=(12, 14))
    with pytest.raises(AssertionError, match="edge is 15, and was 14"):
        lesson.predictions["area"].reveal(said=(..., ...), seen=(12, 15))


# --- the tally, and what is kept ------------------------------------------------------------------


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A learner's folder, as tools/lab.py makes it."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / record.MARK).write_text("{}")
    monkeypatch.chdir(tmp_path / "notebooks")
    return tmp_path


def two_lessons():
    first = Lesson("01_areas", {"area": area(), "other": area()})
    return first, Lesson("02_more", {"third": area()}, before=first)


def test_the_tally_says_what_held_and_leads_back(work):
    first, _ = two_lessons()
    assert repr(first.tally()) == "None of the 2 predictions of this lesson was written down."
    first.predictions["area"].reveal(said=(7, 14), seen=(12, 14))
    first.predictions["other"].reveal(said=(12, 14), seen=(12, 14))
    assert "1 held, 1 was a surprise; 0 not written down (yet)." in repr(first.tally())
    html = first.tally()._repr_html_()
    assert '<a href="#Areas">How large is it?</a>' in html and html.count("multiplied") == 1


def test_a_surprise_is_asked_again_in_the_next_lesson_after_a_restart(work):
    first, second = two_lessons()
    assert "No surprise of yours is known" in repr(second.again())
    first.predictions["area"].reveal(said=(7, 14), seen=(12, 14))
    first, second = two_lessons()  # a new kernel
    assert first.outcomes() == {"area": SURPRISED, "other": NOT_SAID}
    assert "How large is it?" in repr(second.again())
    assert '<a href="01_areas.ipynb#Areas">' in second.again()._repr_html_()


def test_a_first_lesson_has_none_before():
    assert "answer the three above" in repr(two_lessons()[0].again())


def test_nothing_is_kept_outside_of_a_learners_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    record.keep("tasks", "a/b", "right")
    assert list(tmp_path.iterdir()) == [] and record.kept("tasks") == {}


def test_what_is_kept_is_there_again_and_the_rest_stays(work):
    record.keep("tasks", "a/b", "right")
    record.keep("predictions", "c/d", HELD)
    assert record.kept("tasks") == {"a/b": "right"} and record.kept("predictions") == {"c/d": HELD}
    assert [path.name for path in work.glob("[!.]*.json*")] == ["progress.json"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"version": 0, "tasks": {}}', b'{"version": 1, "tasks": 3}',
     b'{"version": 1, "tasks": {"a": []}}'],
)  # fmt: skip
def test_a_file_that_is_not_understood_is_set_aside(work, content, capsys):
    (work / "progress.json").write_bytes(content)
    record.keep("tasks", "a/b", "right")
    (aside,) = work.glob("progress_*.json")
    assert aside.read_bytes() == content and record.kept("tasks") == {"a/b": "right"}
    assert f"kept as {aside.name}" in capsys.readouterr().out


def test_a_full_disk_loses_nothing(work, monkeypatch, capsys):
    record.keep("tasks", "a/b", "right")
    monkeypatch.setattr(record.os, "replace", full)
    record.keep("tasks", "c/d", "right")
    assert "could not be kept" in capsys.readouterr().out
    assert record.kept("tasks") == {"a/b": "right"}
    assert [path.name for path in work.glob("*progress*")] == ["progress.json"]


def full(*_):
    raise OSError(28, "No space left on device")


def test_bad_sections_are_refused():
    with pytest.raises(ValueError, match="one of tasks, predictions, last, not 'marks'"):
        record.kept("marks")
    with pytest.raises(ValueError, match="one of tasks, predictions, last, not 'marks'"):
        record.keep("marks", "a", "b")
