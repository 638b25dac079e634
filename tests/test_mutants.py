"""Promise: a check refuses every program that does something else, and accepts every right one.

Judges a slice of what `make checkers` judges in full; docs/checkers.md has the counts.
"""

import re
from pathlib import Path

import pytest
from mutation import equivalent
from mutation.cells import (
    ACCEPTED,
    Solution,
    answered,
    chapters,
    exercise_of,
    hurried,
    solutions_of,
    verdict_on_code,
)
from mutation.mutants import mutants
from mutation.verdicts import spread, tally

from helpers.tasks.core import Wrong, task

PAGE = Path(__file__).resolve().parents[1] / "docs" / "checkers.md"
MOST = 2  # mutants and variants of a function each, whose checks train models
CHAPTERS = chapters()
ALL = [
    pytest.param(chapter, each.name, id=f"{chapter.name[:2]}-{each.name}")
    for chapter in CHAPTERS
    for each in exercise_of(chapter).tasks
]


def solution_of(chapter: Path, name: str) -> Solution:
    return next(each for each in solutions_of(chapter) if each.task.name == name)


def is_function(solution: Solution) -> bool:
    return "def " in solution.code or '"order"' in solution.code or "order = " in solution.code


@pytest.mark.parametrize(("chapter", "name"), ALL)
def test_wrong_mutants_are_refused_and_right_ones_accepted(chapter, name):
    solution = solution_of(chapter, name)
    with hurried(20):
        found = tally(solution, most=MOST if is_function(solution) else 12)
    assert not found.survivors
    assert not found.refused
    assert found.diagnosed >= 0.8 * found.killed


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
    page = PAGE.read_text("utf-8")
    missing = re.search(r"Not measured in full yet: (.*)\. The suite|$", page)[1] or ""
    for chapter in CHAPTERS:
        title = exercise_of(chapter).title
        assert (f"## {title}" in page) != (title in missing), "run `make checkers`"
        for each in exercise_of(chapter).tasks if title not in missing else ():
            assert f"| `{each.name}` |" in page, "run `make checkers`"
    sums = re.search(r"\| \*\*all \d+ tasks\*\* \|.*", page)[0].split("|")
    assert sums[3].strip() == sums[6].strip() == "100.0 %"
    assert float(sums[4].strip(" %")) >= 90
    assert re.search(r"Measured on \d{4}-\d\d-\d\d with Keras 3\.\d+\.\d+", page)


# --- can it be red? -------------------------------------------------------------------------------


def toy(judge) -> Solution:
    made = task("A toy", why="So.", hints=("a", "b"))(judge)
    code = "n = ...\n### BEGIN SOLUTION\nn = 2 * 3 + 1\n### END SOLUTION"
    return Solution(made, code, 3, 3, ("n",), {})


def test_a_check_that_is_too_kind_has_survivors():
    def kind(n):
        if n not in (7, 8):
            raise Wrong("no.")

    found = tally(toy(kind))
    assert found.survivors == [
        "2 * 3 + 1 -> 2 * (3 + 1) in: n = 2 * 3 + 1",
        "1 -> 2 in: n = 2 * 3 + 1",
    ]
    assert found.killed and found.diagnosed == found.killed


def test_a_check_that_is_too_strict_refuses_variants():
    def strict(n):
        if type(n) is not int or n != 7:
            raise Wrong("no.", diagnosed=False)

    found = tally(toy(strict))
    assert not found.survivors
    assert found.diagnosed == 1  # without the line there is no answer, which is said
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
