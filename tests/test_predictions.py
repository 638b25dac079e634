"""Promise: what a learner predicts is read, told and kept; every wrong idea gets its sentence."""

import itertools
import json
import re
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import jupytext
import nbformat
import numpy as np
import pytest

from helpers import record
from helpers.predictions.core import HELD, NOT_READ, NOT_SAID, SURPRISED, Idea, Prediction
from helpers.predictions.kinds import Choice, Names, Number, yes_or_no
from helpers.predictions.lesson import Lesson
from helpers.predictions.shown import thought
from tools.predictions import seen_in, stored_beside, to_store

ROOT = Path(__file__).resolve().parents[1]
ROOMS = sorted(ROOT.glob("helpers/predictions/*.py"))
OF_THE_CORE = {"__init__", "core", "kinds", "lesson", "shown", "written"}
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


def only(prediction, answers):
    """What a learner writes who answers these parts alone."""
    said = [answers.get(part, ...) for part in prediction.parts]
    return said[0] if len(said) == 1 else said


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
    right, told_of = prediction._right(seen), {}
    for answers, says in prediction.wrong_ideas():
        wrong = [p for p, kind in prediction.parts.items()
                 if p in answers and not kind.same(answers[p], right[p])]  # fmt: skip
        if not wrong:  # an option that may be wrong elsewhere
            assert isinstance(prediction.parts[next(iter(answers))], Choice), f"{says} is right"
            continue
        told = prediction.reveal(said=only(prediction, answers), seen=seen)
        assert told.outcome == SURPRISED and says and thought(says) in repr(told), answers
        assert told_of.setdefault(str(answers), says) == says, f"two ideas, {answers}"
    for part, kind in prediction.parts.items():
        if isinstance(kind, Choice):
            wrong = {option for option in kind.options if not kind.same(option, right[part])}
            without = {o for o in wrong if not kind.options[o]} - {
                answers[part] for answers, _ in prediction.wrong_ideas() if [*answers] == [part]
            }
            assert not without, f"{part}: a wrong option without a sentence"


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
    found = to_store(NOTEBOOKS[room].stem, notebook)
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


class Weight:
    """As a Keras variable: its value is no name."""

    def __init__(self, path):
        self.path, self.name = path, path.rpartition("/")[2]

    def numpy(self):
        return np.zeros(3)


COUNT, SHARE, OF_100 = Number(), Number(percent=True), Number(of=100)
MOVED = Choice({"moved": "", "still": ""})
COUNTS = Choice({"0": "", "64": "", "300": "", "34432": "", "3562": ""})
SHAPES = Choice({"(1, 5, 3, 8)": "", "(1, 5, 8, 3)": "", "-1.22": ""})
LAYERS = Choice({"first": "", "last": "", "first and last": "", "all three": ""})
ARRAYS = Choice({"none": "", "vector_u": "", "kernel and vector_u": ""})
PERCENT = Choice({"95 %": "", "70 %": "", "10 %": ""})
TOTALS = Choice(
    {"smaller": "", "equal": "", "larger by about 660": "", "larger by about 7,000": ""}
)
SUSPECTS = Choice(dict.fromkeys("ABCO", ""))
WHO = Choice({"sound": "", "nobody": "", "both": ""})
YES = yes_or_no("", "")
GRADIENT = Choice({"None": "", "zeros": ""})
HIDDEN, OUTPUT = ("m/hidden/kernel", "m/hidden/bias"), ("m/output/kernel", "m/output/bias")
PATHS = Names((*HIDDEN, *OUTPUT))
NORM = Names(("m/norm/moving_mean", "m/norm/moving_variance", "m/norm/gamma"))
ROWS = Names(tuple("012345"))
READ = [
    (COUNT, {
        3232: [3232, "3,232", " 3 232 ", "3'232", "3 232", "3\u2009232", "~3232", "≈ 3,232",
               "ca. 3232", "about 3232", "~ 3232",
               "3232.", "3232 numbers", "'3232'", [3232], {3232}, ((3232,),),
               np.int64(3232), np.array([3232]), Decimal(3232)],
        -4: ["-4", "−4", -4.0],
        0.875: ["0,875", "0.875", "7/8", np.float32(0.875), Fraction(7, 8)],
        0.03: ["0,03"],
        0: ["none", "zero"],
        2: ["two"],
        -1000: ["-1e3"],
    }),
    (SHARE, {
        0.15: [15, "15 %", 0.15],
        0.7: ["70 per cent", "70 percent", "70%"],
        0.265: ["26,5 %", "26.5 %"],
    }),
    (OF_100, {10: [10, "10 %"]}),
    (MOVED, {"moved": ["Moved", "m", "‘moved’"], "still": ["s", " STILL. "]}),
    (COUNTS, {
        "64": [64, 64.0, "64", "64.0", "+64", "~64"],
        "300": ["about 300", "300 steps", "300."],
        "34432": ["34,432", "34 432"],
        "0": [0, "zero", np.float32(0)],
    }),
    (SHAPES, {
        "(1, 5, 3, 8)": [(1, 5, 3, 8), [1, 5, 3, 8], "(1,5,3,8)", "1, 5, 3, 8",
                         np.array([1, 5, 3, 8])],
        "-1.22": [-1.22, "−1.22"],
    }),
    (LAYERS, {
        "first and last": [["first", "last"], {"last", "first"}, "last and first", "First & last"],
        "first": ["first", ["first"]],
        "all three": ["all", "all 3"],
    }),
    (ARRAYS, {"kernel and vector_u": ["vector_u, kernel"], "none": [None, "None"]}),
    (PERCENT, {"70 %": [70, "70%", "70 percent", "~70 %"]}),
    (TOTALS, {"larger by about 660": [660, "~660", "larger by 660"], "equal": ["e"]}),
    (SUSPECTS, {"A": ["A.", "suspect A", "a", "(A)"]}),
    (YES, {"yes": [True, "True", "TRUE", "Yes!", "ja", 1, "y"], "no": [np.bool_(False), 0, "No."]}),
    (GRADIENT, {"None": [None, "none"]}),
    (PATHS, {
        ("m/output/kernel",): ["output/kernel", "Output Kernel", "output.kernel", "output/kernel:0",
                               "`output/kernel`", "['m/output/kernel']", Weight("m/output/kernel"),
                               [Weight("m/output/kernel")], {"output/kernel/"}],
        OUTPUT: ["output", {"output"}, "OUTPUT/kernel and output/bias",
                 "output/kernel + output/bias", "output/kernel\noutput/bias",
                 SimpleNamespace(name="output")],
        (*HIDDEN, *OUTPUT): ["all", "everything", "hidden output", "kernel & bias"],
        (): [[], {}, None, "none", "nothing", [None]],
    }),
    (NORM, {("m/norm/moving_mean",): ["norm.moving_mean", "moving mean"]}),
    (ROWS, {tuple("123"): ["1-3", [1.0, 2.0, 3.0], np.array([1, 2, 3]), "1, 2 and 3"]}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said", "read"),
    [(k, said, read) for k, table in READ
     for read, every in table.items() for said in every],
)  # fmt: skip
def test_an_answer_is_read_as_a_person_would(kind, said, read):
    assert kind.read(said) == read


class Fails:
    """An object of a learner that raises whenever it is looked at."""

    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __len__ = __iter__ = __repr__
    numpy = property(__repr__)


IN_ITSELF: list = []
IN_ITSELF.append(IN_ITSELF)
ANYTHING = [Fails(), IN_ITSELF, 10**400, itertools.count(), "1" * 20_000 + "x", "?",
            (each for each in "ab"), range(10**9), np.zeros(10**4)]  # fmt: skip
UNREAD = [
    (COUNT, ["many", True, None, [1, 2], float("inf"), "3,2,3,2", "1 2 3", "3.232", "10 %", "<4",
            "7 thousand", "10k", "4 or 5", 1j]),
    (SHARE, ["1,2,3"]),
    (COUNTS, [6, 30, (30, 30), "3", True, "4 or 64"]),
    (LAYERS, ["f and m", "l and a", 2]),
    (ARRAYS, ["kernel"]),
    (WHO, [False, True]),
    (MOVED, [3.5, None, "moved or still"]),
    (SHAPES, [{1, 3, 5, 8}, (1, 5)]),
    (YES, ["maybe", None, 2]),
    (PATHS, ["gamma", "all but kernel", True, ["hidden", "nope"], b"hidden"]),
    (ROWS, ["3-1", "4-9"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said"),
    [(kind, said) for kind, every in UNREAD for said in [*every, *ANYTHING]],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_read_is_asked_for(kind, said):
    right = next(iter(kind.options)) if isinstance(kind, Choice) else 0
    right = [] if isinstance(kind, Names) else right
    told = Prediction("", "?", {"it": kind}, "so.").reveal(said=said, seen=right)
    assert told.outcome == NOT_READ and repr(told).startswith("○ Please write my_it, "), told
    assert "\n" not in repr(told) and len(repr(told)) < 300


def test_all_that_is_not_clear_is_asked_for_at_once():
    parts = {"moved": PATHS, "still": YES, "count": COUNT}
    told = Prediction("", "?", parts, "so.").reveal(
        said=("gamma, output", "maybe", 3), seen=([], 1, 3)
    )
    assert repr(told) == (
        "○ Please write my_moved, where 'gamma' is not clear, as a list of some of hidden/kernel, "
        "hidden/bias, output/kernel, output/bias ([] for none); my_still, now 'maybe', as True or "
        "False; or leave the dots. Then run both cells again."
    )


@pytest.mark.parametrize(
    ("kind", "answer", "shown"),
    [
        (Number(), 34432, "34,432"),
        (Number(), 2.265625, "2.265625"),
        (Number(), 0.999, "0.999"),
        (Number(), 1e300, "1e+300"),
        (Number(digits=2), 0.9, "0.9"),
        (Number(digits=3), 0.8754, "0.875"),
        (Number(percent=True), 0.2654, "27 %"),
        (ROWS, tuple("012345"), "0, 1, 2, 3, 4, 5"),
        (Names(tuple("abcdefgh")), tuple("abcdefg"), "all but h"),
        (Names(tuple("abcdefgh")), tuple("abcdefgh"), "all 8"),
    ],
)
def test_an_answer_is_shown_short(kind, answer, shown):
    assert kind.shown(answer) == shown


def test_a_wrong_number_never_looks_like_the_right_one():
    told = Prediction("", "?", {"it": Number(digits=1)}, "so.").reveal(said=0.52, seen=0.5)
    assert [told.rows[0].said, told.rows[0].seen] == ["0.52", "0.5"]


def area(**options):
    return Prediction(
        "Areas",
        "How large is it?",
        {"area": Number(), "edge": Number()},
        "the sides are multiplied.",
        [
            Idea("added; multiply.", area=lambda n: n.width + n.height),
            Idea("the edge counts twice.", edge=7),
            Idea("`all` is one; it is not.", area=1, edge=1),
        ],
        {"width": 3, "height": 4},
        **options,
    )


def test_an_idea_holds_for_other_numbers():
    other = area()
    other.given = {"width": 10, "height": 20}
    assert "added. But multiply." in repr(other.reveal(said=(30, 60), seen=(200, 60)))
    assert "added" not in repr(area().reveal(said=(30, 14), seen=(12, 14)))


def test_parts_are_told_apart_with_signs():
    told = area().reveal(said=(7, ...), seen=(12, 14))
    assert repr(told).splitlines() == [
        "      you said  it is",
        "area  7         12     ✗",
        "edge  …         14     ○",
        "What you probably thought: added. But multiply.",
        "Why: the sides are multiplied.",
    ]
    html = told._repr_html_()
    assert html.count("<tr>") == 3 and 'title="a surprise"' in html and "color" not in html


@pytest.mark.parametrize(
    ("said", "is_told"), [((1, 1), True), ((1, ...), True), ((1, 14), False), ((1, 7), False)]
)
def test_an_idea_that_another_answer_refutes_is_not_told(said, is_told):
    told = area().reveal(said=said, seen=(12, 14))
    assert ("`all` is one. But it is not." in repr(told)) is is_told
    assert ("<code>all</code> is one. But" in told._repr_html_()) is is_told


def test_some_right_answers_of_several_leave_it_open():
    prediction = area()
    assert prediction.reveal(said=(12, ...), seen=(12, 14)).outcome == NOT_SAID
    assert prediction.reveal(said=(12, 14), seen=(12, 14)).outcome == prediction.outcome == HELD


@pytest.mark.parametrize(
    "said",
    [[12, 14], np.array([12, 14]), "12, 14", "12; 14", {"edge": 14, "area": 12},
     {"my_area": 12, "my_edge": 14}],
)  # fmt: skip
def test_several_answers_may_be_written_in_several_ways(said):
    assert area().reveal(said=said, seen=(12, 14)).outcome == HELD


def test_only_the_first_answer_of_a_session_counts():
    prediction = area()
    prediction.reveal(said=(7, 14), seen=(12, 14))
    assert prediction.reveal(said=(12, 14), seen=(12, 14)).outcome == HELD
    assert prediction.outcome == SURPRISED


@pytest.mark.parametrize("said", [3, (1, 2, 3), "7", {"height": 1}, {}, {12, 14}, None, Fails()])
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


def test_a_surprise_stays_one_and_what_held_may_become_one(work):
    for said, outcome in [((12, 14), HELD), ((7, 14), SURPRISED), ((12, 14), SURPRISED)]:
        first, _ = two_lessons()  # a new kernel
        first.predictions["area"].reveal(said=said, seen=(12, 14))
        assert first.outcomes()["area"] == outcome
        assert record.kept("predictions") == {"01_areas/area": outcome}
    assert record.forget("predictions", "01_areas/", work / record.FILE) == 1
    assert two_lessons()[0].outcomes()["area"] == NOT_SAID


def test_a_question_is_asked_again_with_its_options(work):
    first = Lesson("01_a", {"q": Prediction("A", "Is `it`?", {"it": YES}, "so.")})
    first.predictions["q"].reveal(said="no", seen=True)
    again = Lesson("02_b", {}, before=first).again()
    assert "- Is `it`? (yes, no)" in repr(again)
    assert "Is <code>it</code>?</a> (yes, no)" in again._repr_html_()


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
    [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"version": 0, "tasks": {}}', b"[" * 200_000,
     b'{"version": 1, "tasks": 3}'],
    ids=range(8),
)  # fmt: skip
def test_a_file_that_is_not_understood_is_set_aside_when_something_is_kept(work, content, capsys):
    (work / "progress.json").write_bytes(content)
    assert record.kept("tasks") == {} and len([*work.glob("progress*")]) == 1
    record.keep("tasks", "a/b", "right")
    (aside,) = work.glob("progress_*.json")
    assert aside.read_bytes() == content and record.kept("tasks") == {"a/b": "right"}
    assert f"kept as {aside.name}" in capsys.readouterr().out


def test_what_is_odd_in_the_file_or_not_known_stays(work):
    content = {"version": 1, "tasks": {"a": [], "b": "right"}, "mine": "\udc80"}
    (work / "progress.json").write_bytes(b"\xef\xbb\xbf" + json.dumps(content).encode())
    record.keep("tasks", "c", "right")
    assert record.kept("tasks") == {"b": "right", "c": "right"}
    kept = json.loads((work / "progress.json").read_text())
    assert kept["mine"] == "\udc80" and kept["tasks"]["a"] == []


def test_two_kernels_lose_nothing(work):
    code = "import sys\nfrom helpers import record\n"
    code += "for i in range(40): record.keep('tasks', f'{sys.argv[1]}/{i}', 'right')"
    kernels = [subprocess.Popen([sys.executable, "-c", code, name]) for name in "abc"]
    assert [kernel.wait(60) for kernel in kernels] == [0, 0, 0]
    assert len(record.kept("tasks")) == 120
    assert [path.name for path in work.glob("*progress*")] == ["progress.json"]


def test_a_lock_of_a_dead_kernel_is_waited_for_a_short_while(work, monkeypatch):
    monkeypatch.setattr(record, "_WAIT", 0.05)
    (work / ".progress.json.lock").touch()
    record.keep("tasks", "a", "right")
    monkeypatch.setattr(record, "_STALE", -1)
    record.keep("tasks", "b", "right")
    assert len(record.kept("tasks")) == 2 and not (work / ".progress.json.lock").exists()


def test_a_link_stays_one_and_a_locked_file_as_it_is(work, capsys):
    (work / "elsewhere.json").write_text('{"version": 1}')
    (work / "progress.json").symlink_to(work / "elsewhere.json")
    record.keep("tasks", "a", "right")
    assert (work / "progress.json").is_symlink() and record.kept("tasks") == {"a": "right"}
    (work / "elsewhere.json").chmod(0o444)
    record.keep("tasks", "b", "right")
    assert record.kept("tasks") == {"a": "right"} and "could not be kept" in capsys.readouterr().out


def test_a_folder_that_is_closed_keeps_nothing(work, monkeypatch):
    monkeypatch.setattr(Path, "is_file", lambda _: full())
    assert record.place() is None


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
