"""Why a flag is not set, as far as it can be seen."""

import dis
from collections.abc import Iterator
from difflib import get_close_matches
from types import CodeType

import keras

_FLAGS = ["trainable", "frozen", "freeze"]  # what an attribute may be meant for


def why_not_set(function: object, model: keras.Model) -> str:
    """A sentence if an attribute of another name was set, or `trainable` was only read."""
    for each in [*model._flatten_layers(), *model.weights]:
        for name in vars(each):
            if not name.startswith("_") and get_close_matches(name.lower(), _FLAGS, cutoff=0.8):
                return (
                    f"Your program sets `{name}` of {each.name!r}, which Python takes without a "
                    "word and Keras never reads: look at its spelling."
                )
    code = getattr(function, "__code__", None)
    old = [name for name in code.co_consts if str(name).endswith(":0")] if code else []
    if old:
        return (
            f"Your program looks for {old[0]!r}, a name as in Keras 2; Keras 3 has no ':0' in it."
        )
    if _only_read(code):
        return "Your program reads `trainable`, but never sets it: `=` sets, `==` and `is` compare."
    return ""


def _only_read(code: CodeType | None) -> bool:
    done = {(step.opname, step.argval) for step in _steps(code)} if code else set()
    names = {argval for _, argval in done}
    return (
        ("LOAD_ATTR", "trainable") in done
        and ("STORE_ATTR", "trainable") not in done
        and "setattr" not in names
    )


def _steps(code: CodeType) -> Iterator[dis.Instruction]:
    yield from dis.get_instructions(code)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _steps(inner)
