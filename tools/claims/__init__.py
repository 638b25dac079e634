"""Facts of Keras that the lessons teach, each with a patch that makes it false.

One module per lesson (lesson_1, ...) lists its PATCHES.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from importlib import import_module

LESSONS = range(1, 9)
_ENTERED = ExitStack()  # never left; a context that nobody holds would end at once


@dataclass(frozen=True)
class Patch:
    """A taught fact, and how to make it false.

    Args:
        fact: the sentence that a learner takes home.
        falsified: gives a context in which the fact is false; best `unittest.mock.patch.object`
            on a public Keras class, so that leaving it restores Keras.
        probe: a small experiment on Keras alone, whose result shows whether the fact holds: what
            it returns inside of the context differs from what it returns outside.
        also: numbers of other lessons whose cells must fail too.
    """

    name: str
    fact: str
    falsified: Callable[[], AbstractContextManager]
    probe: Callable[[], object]
    also: tuple[int, ...] = ()


def patches(lesson: int) -> list[Patch]:
    """Those whose fact this lesson teaches first."""
    return import_module(f"{__name__}.lesson_{lesson}").PATCHES


def falsify(name: str) -> None:
    """Make the fact of the patch of this name false in this process, for good.

    Raises:
        ValueError: there is no such patch, or its probe does not see that anything changed.
    """
    for patch in (each for lesson in LESSONS for each in patches(lesson)):
        if patch.name == name:
            before = patch.probe()
            _ENTERED.enter_context(patch.falsified())
            if patch.probe() == before:
                raise ValueError(f"{name}: the probe still gives {before!r}")
            return
    raise ValueError(f"there is no patch {name!r}")
