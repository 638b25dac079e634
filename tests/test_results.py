"""Promise: every stored result is read through one door, and says how, when and on what it came."""

import re

import pytest

from helpers import datasets
from helpers.experiments.results import STORED, stored
from tools import measure


@pytest.mark.parametrize("name", STORED)
def test_every_stored_file_has_the_header_that_its_tool_writes(name):
    found = stored(name)
    written = measure.header(name)
    assert list(found) == [*written, "results"]
    assert list(found["versions"]) == list(written["versions"])
    assert all(re.fullmatch(r"\d+(\.\d+)+", version) for version in found["versions"].values())
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", found["date"])
    assert (found["made_by"], found["seeds"]) == (written["made_by"], written["seeds"])


def test_every_measure_is_stored_and_nothing_else_may_be_asked_for():
    assert sorted(measure.MEASURES) == list(STORED)
    with pytest.raises(ValueError, match=r"should be one of 'domain_shift', .* not 'emoji'"):
        stored("emoji")
    with pytest.raises(TypeError, match=r"should be one of 'domain_shift', .* not 3"):
        stored(3)


def test_a_missing_file_is_named_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"helpers/data/orders.json is missing.*git check"):
        stored("orders")


@pytest.mark.parametrize("arguments", [[], ["emoji"], ["transfer", "jax=python"]], ids=" ".join)
def test_the_tool_says_what_it_expected(arguments):
    with pytest.raises(SystemExit, match="expected one of domain_shift, orders, sobel_twins, tr"):
        measure.main(arguments)
