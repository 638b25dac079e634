"""Promise: a lesson stops at an assertion of its own when a fact that it teaches is false.

Tries the patches on Keras; `make claims` tries them on the lessons, and stores what caught each.
"""

import gc
from contextlib import ExitStack

import nbformat
import pytest

from tools import claims
from tools.claims import LESSONS, falsify, patches
from tools.claims.page import PAGE, claims_page, load
from tools.claims.runs import Caught, all_trials, caught

PATCHES = [patch for lesson in LESSONS for patch in patches(lesson)]


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.name)
def test_the_patch_makes_the_fact_false_and_can_be_taken_back(patch):
    before = patch.probe()
    assert patch.probe() == before, "a probe that gives another result each time shows nothing"
    with patch.falsified():
        assert patch.probe() != before
    assert patch.probe() == before


def test_there_are_enough_patches_for_every_lesson_and_each_has_a_name_of_its_own():
    names = [patch.name for patch in PATCHES]
    assert len(names) == len(set(names)) >= 40
    tried = [trial.lesson for trial in all_trials()]
    assert all(tried.count(lesson) >= 4 for lesson in LESSONS)


def test_what_was_tried_was_caught_by_an_assertion_and_the_page_says_what_was_not():
    known = load()
    assert set(known) <= {trial.key for trial in all_trials()}, "run `make claims`"
    assert {key: found for key, found in known.items() if found.by != "assertion"} == {}
    assert PAGE.read_text("utf-8") == claims_page(known, all_trials()), "run `make claims`"


# --- can it be red? -------------------------------------------------------------------------------

FROZEN = """
import numpy as np
dropout = keras.layers.Dropout(0.5, seed=1)
dropout.trainable = False
dropped = bool((dropout(np.ones((1, 100)), training=True).numpy() == 0).any())
"""


@pytest.mark.parametrize(
    ("last", "shown", "found"),
    [
        ("assert dropped", "", Caught("assertion", "Does it drop?, cell 2")),
        ("1 / dropped", "", Caught("error", "Does it drop?, cell 2")),
        ("print(dropped)", "True\n", Caught("output", "Does it drop?, cell 2")),
        ("print('drops')", "drops\n", Caught("nothing")),
    ],
)
def test_what_caught_it_is_told(tmp_path, last, shown, found):
    first, second, after = map(nbformat.v4.new_code_cell, ("import keras", FROZEN + last, "2"))
    for cell in (first, second, after):
        cell.execution_count = 1
    after.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "2"})]
    if shown:
        second.outputs = [nbformat.v4.new_output("stream", text=shown)]
    heading = nbformat.v4.new_markdown_cell("## Does it drop?")
    path = tmp_path / "lesson.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[first, heading, second, after]), path)
    assert caught("dropout stops when frozen", path) == found


@pytest.mark.parametrize("patch", [each for each in PATCHES if each.name.startswith("a file")])
def test_a_fact_stays_false_for_good(patch, monkeypatch):
    before = patch.probe()
    with ExitStack() as entered:
        monkeypatch.setattr(claims, "_ENTERED", entered)
        falsify(patch.name)
        gc.collect()
        assert patch.probe() != before
    assert patch.probe() == before


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="there is no patch 'nothing'"):
        falsify("nothing")
