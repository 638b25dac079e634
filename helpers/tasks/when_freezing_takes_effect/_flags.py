"""Why a flag is not set, as far as it can be seen."""

import dis
from collections.abc import Iterator
from types import CodeType

import keras

from helpers.tasks.answers import joined
from helpers.tasks.core import Slip, Wrong
from helpers.tasks.flag_watch import FlagWatch


def why_not_set(
    shown: str, function: object, watch: FlagWatch, model: keras.Model, asked: str
) -> Wrong:
    """Why what a function should set is as it was.

    Args:
        shown: what was seen, with which the message begins.
        watch: of the flags, while the function ran.
        asked: what to say where nothing is known; a question becomes a Slip.

    Raises:
        Wrong: as `FlagWatch.refuse_slips`.
    """
    watch.refuse_slips(shown)
    code = getattr(function, "__code__", None)
    if old := [name for name in code.co_consts if str(name).endswith(":0")] if code else []:
        return Wrong(
            f"{shown}Your program looks for {old[0]!r}, a name as in Keras 2; Keras 3 has no ':0' "
            "in it."
        )
    if code and _only_read(code):
        return Wrong(
            f"{shown}Your program reads `trainable`, but never sets it: `=` sets, `==` and `is` "
            "compare."
        )
    if copies := watch.set_elsewhere(model):
        return Wrong(
            f"{shown}Frozen was {joined(dict.fromkeys(copies))} of another model, such as a copy."
        )
    if again := [layer.name for layer in model._flatten_layers() if watch.thawed_again(layer)]:
        return Wrong(f"{shown}{joined(again)} was frozen, and set to True again afterwards.")
    return Slip(shown + asked) if asked.endswith("?") else Wrong(shown + asked)


def _only_read(code: CodeType) -> bool:
    done = {(step.opname, step.argval) for step in _steps(code)}
    return (
        ("LOAD_ATTR", "trainable") in done
        and ("STORE_ATTR", "trainable") not in done
        and "setattr" not in {argval for _, argval in done}
    )


def _steps(code: CodeType) -> Iterator[dis.Instruction]:
    yield from dis.get_instructions(code)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _steps(inner)
