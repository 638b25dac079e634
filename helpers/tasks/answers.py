"""Reading what a learner gave: any reasonable spelling of an answer in, a plain value out.

Everything here raises `Wrong` with a message that names the answer, what it was and what was
expected, and looks at a value's type before it touches the value.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from numbers import Integral, Real
from typing import Any, SupportsInt, TypeGuard, cast

import keras
import numpy as np

from helpers.tasks.core import Slip, Wrong, described_error, untouched
from helpers.tasks.slips import slipped_numbers


def plain(answer: Any) -> Any:
    """The one thing in a list, an array or a tensor of one thing; a text as `str` itself reads it.

    Whatever else it is comes back as it was.
    """
    if isinstance(answer, str):
        return str.__str__(answer)  # a class of the learner's own may say anything of itself
    if is_tensor(answer):
        answer = keras.ops.convert_to_numpy(answer)
    if is_array(answer):
        return answer.item() if answer.size == 1 else answer
    if type(answer) in (list, tuple) and len(answer) == 1:
        return plain(answer[0])
    return answer


def whole_number(name: str, answer: object) -> int:
    """A whole number from an int, an integral float, Decimal or Fraction, or one in an array, a
    tensor or a list.

    Raises:
        Wrong: it is something else, or not whole.
    """
    number = plain(answer)
    if isinstance(number, bool | np.bool_):
        raise Wrong(f"`{name}` is {number}; a whole number was expected, not a yes or no.")
    if isinstance(number, str):
        raise Wrong(f"`{name}` is text, {number[:40]!r}; give the number without quotes.")
    if _looks_like_thousands(number):
        digits = "".join(f"{part:03}" for part in number).lstrip("0")
        raise Wrong(
            f"`{name}` is two or more numbers, {number}: in Python a comma makes a tuple. "
            f"If you mean one number, write {digits}."
        )
    if not isinstance(number, Real | Decimal):
        raise Wrong(f"`{name}` should be one whole number; yours is {described(answer)}.")
    if not isinstance(number, Integral) and (number != number or number % 1):
        raise Wrong(f"`{name}` is {float(number):g}; a whole number was expected.")
    return int(cast(SupportsInt, number))


def _looks_like_thousands(answer: object) -> TypeGuard[tuple[int, ...]]:
    """Whether it is what Python makes of 50,240 (but 50,024 is no Python at all)."""
    return (
        type(answer) is tuple
        and len(answer) > 1
        and all(type(part) is int and 0 <= part < 1000 for part in answer)
        and all(part >= 100 for part in answer[1:])
    )


def expect_number(
    name: str,
    answer: object,
    right: int,
    mistakes: Mapping[int, str],
    *,
    otherwise: str,
    way: str = "",
    most: float = float("inf"),
    steps_of: int = 1,
) -> None:
    """Pass if the answer is the right number; else raise Wrong.

    Args:
        mistakes: what a learner who gives this number thought; where two ways lead to it, both.
        otherwise: what to think of when the number is none of those; claims no cause, and must
            not give the number away.
        way: a sum that leads to the right number; the message asks about slips on it.
        most: so many things are there in all.
        steps_of: they come in groups of this size, as the arrays of layers do.
    """
    value = whole_number(name, answer)
    if value == right:
        return
    shown = f"`{name}` is {value:,}."
    if value in mistakes:
        raise Wrong(f"{shown} {mistakes[value]}")
    if value < 0 <= right:
        raise Wrong(f"{shown} A number of things is never below 0. {otherwise}", diagnosed=False)
    if value > most:
        raise Wrong(f"{shown} There are only {most:,} in all. {otherwise}", diagnosed=False)
    slip = slipped_numbers(way).get(value) if way else None
    if slip:
        raise Slip(f"{shown} {slip} {otherwise}")
    if value % steps_of:
        raise Wrong(
            f"{shown} Kernel and bias come together here: it is a multiple of {steps_of}.",
            diagnosed=False,
        )
    raise Wrong(f"{shown} {otherwise}", diagnosed=False)


def choice(
    name: str,
    answer: object,
    right: str,
    mistakes: Mapping[str, str],
    others: Mapping[str, str] | None = None,
) -> None:
    """Pass if the answer names the right choice (case, spaces and underscores do not matter).

    Args:
        mistakes: for each other word that is offered, what to say.
        others: the same for words that are not offered, but that people use.
    """
    word = plain(answer)
    if not isinstance(word, str):
        raise Wrong(f"`{name}` should be one of the words offered; yours is {described(answer)}.")
    value = " ".join(word.lower().replace("_", " ").split())
    if value == right:
        return
    if value in mistakes:
        raise Wrong(f"`{name}` is {value!r}. {mistakes[value]}")
    words = sorted([right, *mistakes])
    shown = f"`{name}` is {word[:40]!r}, which is none of: {', '.join(words)}."
    if others and value in others:
        raise Wrong(f"{shown} {others[value]}")
    if get_close_matches(value[:40], words, n=1, cutoff=0.8):
        raise Wrong(f"{shown} Is it misspelt?")
    raise Wrong(shown, diagnosed=False)


def expect_function(name: str, function: object) -> Callable[..., Any]:
    """The function, or Wrong if it cannot be called: cheap to ask before a model is trained."""
    if not callable(function):
        raise Wrong(f"`{name}` should be a function; yours is {described(function)}.")
    return function


def call(name: str, function: object, *arguments: object) -> Any:
    """What the learner's function returns for these arguments.

    Raises Wrong if it is not a function, raises an error, or returns nothing.
    """
    function = expect_function(name, function)
    try:
        result = function(*arguments)
    except (Exception, SystemExit) as error:  # exit() in an answer must not end the notebook
        raise Wrong(f"`{name}` stopped with {described_error(error)}.") from None
    if untouched(result):
        raise Wrong(f"`{name}` returned nothing: is there a `return` at its end?")
    return result


def built_model(name: str, answer: object) -> keras.Model:
    """A Keras model with weights, given itself or as the function that makes it."""
    if callable(answer) and not isinstance(answer, keras.layers.Layer):
        answer = call(name, answer)
        name = f"{name}()"
    if not isinstance(answer, keras.Model):
        raise Wrong(f"`{name}` should give a Keras model; it gives {described(answer)}.")
    if not answer.built:
        raise Wrong(f"`{name}` gives a model that is not built: start it with keras.Input(...).")
    return answer


def made_layer(name: str, make: object) -> keras.layers.Layer:
    """The layer that the learner's function gives; it must give a new one each time."""
    if isinstance(make, keras.layers.Layer):
        raise Wrong(f"`{name}` should be a function that makes a layer; yours is a layer already.")
    layer = call(name, make)
    if isinstance(layer, type) and issubclass(layer, keras.layers.Layer):
        raise Wrong(f"`{name}` returns the class; return a layer made from it: add ().")
    if not isinstance(layer, keras.layers.Layer):
        raise Wrong(f"`{name}` should return a Keras layer; it gives {described(layer)}.")
    if call(name, make) is layer:
        raise Wrong(f"`{name}` returns the same layer every time; make a new one in it.")
    return layer


def is_array(answer: object) -> TypeGuard[np.ndarray | np.generic]:
    return isinstance(answer, np.ndarray | np.generic)


def is_tensor(answer: object) -> TypeGuard[keras.Variable]:
    return isinstance(answer, keras.Variable) or keras.ops.is_tensor(answer)


def described(answer: object) -> str:
    """What kind of thing an answer is, in a few words, without trusting it to say so itself."""
    if is_array(answer) or is_tensor(answer):
        return f"an array of shape {tuple(answer.shape)}"
    if isinstance(answer, list | tuple | dict | set):
        return f"a {type(answer).__name__} of {len(answer)}"
    if isinstance(answer, int | float | complex):
        return repr(answer) if not isinstance(answer, int) or abs(answer) < 10**12 else "a huge int"
    if isinstance(answer, str):
        return f"the text {answer[:40]!r}"
    if isinstance(answer, keras.layers.Layer):
        return f"the layer or model {answer.name!r}"
    return f"a {type(answer).__name__}"


def joined(names: Iterable[str], most: int = 4) -> str:
    """a, b and c; of many, the first few and how many more."""
    names = list(names)
    shown, rest = names[:most], len(names) - most
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
