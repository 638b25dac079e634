"""Promise: a check refuses every program that does something else, and accepts every right one.

Judges a slice of the mutants and of the blind answers; `make checkers` judges all of them, and
docs/checkers.md has the counts.
"""

import json
from pathlib import Path

import pytest

from helpers.tasks.core import Wrong, task
from tools import checkers
from tools.mutation import equivalent
from tools.mutation.banks import banks_in, right_by_hand
from tools.mutation.blind import READINGS, Readings, blind_answers
from tools.mutation.cells import (
    ACCEPTED,
    EMPTY,
    Solution,
    answered,
    checked_chapters,
    exercise_of,
    hurried,
    solutions_of,
    verdict_on_code,
)
from tools.mutation.mutants import mutants
from tools.mutation.verdicts import Score, judge_blind, spread, tally

BANKS = Path(__file__).with_name("banks")
STORED = json.loads(checkers.STORED_COUNTS.read_text("utf-8"))
MOST = 2  # mutants and variants of a function each, whose checks train models
MOST_BLIND = 4  # blind answers of such a task
CHAPTERS = checked_chapters()
ALL = [
    pytest.param(chapter, each.name, id=f"{chapter.name[:2]}-{each.name}")
    for chapter in CHAPTERS
    for each in exercise_of(chapter).tasks
]
READ = Readings.stored_in(Path(__file__).with_name("blind"))
BLIND = {
    (chapter.stem[3:], task.name): [each for each in answers if each.task == task.name]
    for chapter in CHAPTERS
    for answers in [blind_answers(Path(__file__).with_name("blind"), chapter.stem[3:])]
    for task in exercise_of(chapter).tasks
}


def solution_of(chapter: Path, name: str) -> Solution:
    return next(each for each in solutions_of(chapter) if each.task.name == name)


def is_function(solution: Solution) -> bool:
    return "def " in solution.code or '"order"' in solution.code or "order = " in solution.code


@pytest.mark.parametrize(("chapter", "name"), ALL)
def test_wrong_mutants_are_refused_and_right_ones_accepted(chapter, name):
    solution = solution_of(chapter, name)
    with hurried(12):
        found = tally(solution, most=MOST if is_function(solution) else 12)
    assert not found.survivors
    assert not found.refused


@pytest.mark.parametrize(("chapter", "name"), ALL)
def test_blind_answers_are_judged_and_their_messages_have_been_read(chapter, name):
    solution, known = solution_of(chapter, name), READ.answers[chapter.stem[3:]]
    found = Score(name)
    answers = {each.name: each for each in BLIND[chapter.stem[3:], name]}
    some = spread(answers, MOST_BLIND if is_function(solution) else None)
    now = judge_blind(found, solution, [each for _, each in some], known)
    assert not found.survivors
    assert not found.refused
    unread = {answer: each["message"] for answer, each in now.items() if "reading" not in each}
    assert not unread, "hold each message against the cause, and note what it does in readings.json"


def test_blind_answers_are_many_and_most_causes_are_named_truly():
    assert all(len(answers) >= 5 for answers in BLIND.values())
    assert sum(map(len, BLIND.values())) >= 300
    found = [each["reading"] for named in READ.answers.values() for each in named.values()]
    assert set(found) <= set(READINGS)
    assert found.count("cause") >= 0.9 * len(found) and found.count("false") == 0


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("# %% toy_task\nn = 1\n", "should begin with"),
        ("# %% toy_task odd: no such kind\nn = 1\n", "odd is none of wrong, right, cheat"),
        ("# %% toy_task wrong: so\nn = 1\n# %% toy_task wrong: so\nn = 2\n", "the same task and"),
    ],
)
def test_a_blind_answer_without_task_kind_and_cause_is_refused(tmp_path, cell, said):
    (tmp_path / "toys.py").write_text(cell)
    with pytest.raises(ValueError, match=said):
        blind_answers(tmp_path, "toys")


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_every_solution_has_mutants_of_its_own(chapter):
    for solution in solutions_of(chapter):
        codes = mutants(solution)
        assert len(codes) >= 5, solution.task.name
        assert len(set(codes.values())) == len(codes)


def matched() -> list:
    """For each entry of the allow-list, the mutants of its task that it covers."""
    known = {
        (exercise_of(chapter).title, solution.task.name): mutants(solution)
        for chapter in CHAPTERS
        for solution in solutions_of(chapter)
    }
    return [
        (entry, [m for (_, name), codes in known.items() for m in codes if entry.covers(name, m)])
        for entry in equivalent.ENTRIES
    ]


def test_every_exception_has_a_reason_and_mutants_that_it_is_for():
    for entry, names in matched():
        assert len(entry.why) > 10
        assert names, f"{entry} covers no mutant: drop it"


def test_no_mutant_has_two_exceptions():
    covered = [(entry.task, name) for entry, names in matched() for name in names]
    assert len(set(covered)) == len(covered)


def test_the_stored_counts_are_of_all_tasks_and_none_survived():
    exercises = [exercise_of(chapter) for chapter in CHAPTERS]
    assert list(STORED) == [exercise.title for exercise in exercises], "run `make checkers`"
    for exercise in exercises:
        counts = STORED[exercise.title]["counts"]
        assert set(counts) == {each.name for each in exercise.tasks}, "run `make checkers`"
        for each in counts.values():
            assert set(each["right"]) == {"accepted"}
            assert not any("accepted" in each.get(source, ()) for source in checkers.ORIGINS)


def test_the_page_is_that_of_the_stored_counts():
    blind = Path(__file__).with_name("blind")
    page = checkers.page_of_what_is_stored(blind)
    assert checkers.PAGE.read_text("utf-8") == page, "run `make checkers`"
    nothing = {title: {} for title in (*STORED, "Exercise 9, new")}
    unmeasured = checkers.checkers_page(STORED, nothing)
    assert "Not measured in full yet: Exercise 9, new. The suite" in unmeasured


def test_the_right_answers_by_hand_come_from_the_folder_that_is_given(tmp_path):
    banks = banks_in(BANKS)
    for chapter in CHAPTERS:
        assert all(right_by_hand(banks, each) for each in exercise_of(chapter).tasks)
    assert right_by_hand(banks, toy(lambda n: None).task) == ()
    with pytest.raises(FileNotFoundError, match="__init__"):
        banks_in(tmp_path / "none")


# --- can it be red? -------------------------------------------------------------------------------


def toy(judge) -> Solution:
    made = task("A toy", why="So.", hints=("a", "b"))(judge)
    code = "n = ...\n### BEGIN SOLUTION\nn = 2 * 3 + 1\n### END SOLUTION"
    return Solution(made, code, 3, 3, ("n",), {})


def test_a_missing_answer_is_no_right_one_outside_of_tests_either(monkeypatch):
    for name in ("NBGRADER_EXECUTION", "PYTEST_VERSION"):
        monkeypatch.delenv(name, raising=False)
    assert verdict_on_code(toy(lambda n: None), "n = ...").outcome == EMPTY


def test_a_check_that_is_too_kind_has_survivors():
    def kind(n):
        if n not in (7, 8):
            raise Wrong("no.")

    found = tally(toy(kind))
    assert found.survivors == [
        "2 * 3 + 1 -> 2 * (3 + 1) in: n = 2 * 3 + 1",
        "1 -> 2 in: n = 2 * 3 + 1",
    ]
    assert found.wrong["known"]["cause"] and found.wrong["known"]["accepted"] == 2


def test_a_check_that_is_too_strict_refuses_variants():
    def strict(n):
        if type(n) is not int or n != 7:
            raise Wrong("no.", diagnosed=False)

    found = tally(toy(strict))
    assert not found.survivors
    # Without the line there is no answer, which is said.
    assert found.wrong["other"] == {"cause": 1} and set(found.wrong["known"]) == {"seen"}
    assert {each.split(":")[0] for each in found.refused} >= {"float64", "tensor"}


def test_mutants_change_one_place_and_keep_the_stub():
    solution = toy(lambda n: None)
    codes = mutants(solution)
    assert all(code.startswith("n = ...\n") for code in codes.values())
    assert "3 -> 4 in: n = 2 * 3 + 1" in codes
    assert codes["without: n = 2 * 3 + 1"] == "n = ...\npass"
    assert verdict_on_code(solution, codes["3 -> 4 in: n = 2 * 3 + 1"]).outcome == ACCEPTED
    assert answered(solution, solution.code) == (7,)


def test_the_slice_spreads_over_all():
    assert [name for name, _ in spread(dict.fromkeys("abcdefgh"), 3)] == ["a", "c", "f"]
