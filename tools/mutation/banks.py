"""Answers written by hand: a package of banks, named by its folder."""

import sys
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Protocol

from helpers.tasks.core import Task


class Bank(Protocol):
    """What is read of a bank: its task, and right answers that an author would not think of."""

    @property
    def task(self) -> Task: ...

    @property
    def variants(self) -> Sequence[tuple]: ...


def banks_in(folder: Path) -> list[Bank]:
    """What the function `every_bank` of the package in this folder gives.

    Raises:
        FileNotFoundError: there is no package in the folder.
    """
    name, file = folder.resolve().name, folder.resolve() / "__init__.py"
    if name not in sys.modules:
        spec = spec_from_file_location(name, file)
        assert spec and spec.loader  # as for every .py file, if it is there or not
        package = sys.modules[name] = module_from_spec(spec)  # where its own modules look for it
        try:
            spec.loader.exec_module(package)
        except BaseException:
            del sys.modules[name]
            raise
    return sys.modules[name].every_bank()


def right_by_hand(banks: Sequence[Bank], task: Task) -> Sequence[tuple]:
    """The right answers in the bank of a task, which may share its name with another."""
    return next((bank.variants for bank in banks if bank.task is task), ())
