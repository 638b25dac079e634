"""Promise: the instruments' docstrings show examples, and these are true."""

import doctest
import inspect
import pkgutil
from importlib import import_module

import pytest

import helpers
from helpers import figures

INSTRUMENTS = ("ledger", "movement", "tables", *(f"figures.{room}" for room in figures.ROOMS))
MODULES = [module.name for module in pkgutil.walk_packages(helpers.__path__, "helpers.")]


def examples_in(name: str) -> list[doctest.DocTest]:
    module = import_module(name)
    return [test for test in doctest.DocTestFinder(recurse=True).find(module) if test.examples]


@pytest.mark.parametrize("name", [name for name in MODULES if examples_in(name)])
def test_examples_give_what_they_say(name):
    runner = doctest.DocTestRunner()
    for test in examples_in(name):
        assert runner.run(test).failed == 0, test.name


@pytest.mark.parametrize("room", INSTRUMENTS)
def test_every_public_function_of_an_instrument_has_an_example(room):
    module = import_module(f"helpers.{room}")
    shown = {test.name.rpartition(".")[2] for test in examples_in(module.__name__)}
    own = [
        name
        for name, thing in inspect.getmembers(module, inspect.isfunction)
        if thing.__module__ == module.__name__ and not name.startswith("_")
    ]
    assert set(own) <= shown
