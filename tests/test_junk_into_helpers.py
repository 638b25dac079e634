"""Promise: a helper given nonsense says what it was given and what it wanted, and nothing worse.

Covers every function that a lesson or an exercise imports from helpers, found by reading sources/:
a function that is new there is red until it has a valid call here. One argument after the other is
replaced by junk; what comes back is a result, or a ValueError or TypeError in the helper's words.
"""

import ast
import importlib
import inspect
import re
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from keras import layers

from helpers.ledger import Role
from helpers.movement import Change, Movement, snapshot

SOURCES = Path(__file__).resolve().parents[1] / "sources"
EXAMPLES = 25  # pieces of junk for each argument


def imported() -> dict[str, object]:
    """The functions of helpers that lessons and exercises import, by their full names."""
    found = {}
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            module = getattr(node, "module", None) or ""
            if not isinstance(node, ast.ImportFrom) or not module.startswith("helpers"):
                continue
            for name in node.names if not module.startswith("helpers.tasks") else ():
                value = getattr(importlib.import_module(module), name.name, None)
                if inspect.isfunction(value):
                    found[f"{value.__module__.removeprefix('helpers.')}.{name.name}"] = value
    return found


FUNCTIONS = imported()


def model() -> keras.Model:
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(2)]
    )


def movement() -> Movement:
    return Movement((Change("a/kernel", Role.LEARNED, True, 0.1, 0.1),))


IMAGE = np.linspace(0, 1, 64).reshape(8, 8)
KERNEL = np.ones((3, 3, 1, 1), "float32")
# A right call of each function, to be spoilt; without arguments there is nothing to spoil.
CALLS = {
    "batchnorm.batchnorm_layers": {"model": model},
    "batchnorm.expected_moving": {
        "old": (np.zeros(3), np.ones(3)), "batch": np.ones((4, 3)), "momentum": 0.9, "axis": -1,
        "mask": np.array([True, True, False, True]),
    },
    "batchnorm.freeze_batchnorm": {"model": model},
    "batchnorm.remeasure": {"model": model, "inputs": np.ones((4, 4), "float32")},
    "batchnorm.steps_until": {"tolerance": 0.1, "momentum": 0.9},
    "claims.claim": {"statement": "Water is wet.", "holds": True},
    "datasets.gray": {"colours": np.ones((4, 4, 3))},
    "domains.digit_reader": {"momentum": 0.9},
    "figures.roles.by_role": {"model": model, "title": "A title"},
    "figures.movement.how_far": {"movement": movement, "title": "A title"},
    "figures.costs.cost_bars": {"counted": {"a": 1.0}, "measured": {"a": 2.0}, "title": "Title"},
    "filters.gaussian": {"sigma": 1.0, "size": 5},
    "filters.magnitude": {"gx": IMAGE, "gy": IMAGE},
    "filters.orientation": {"gx": IMAGE, "gy": IMAGE},
    "filters.per_channel": {"filters": KERNEL, "channels": 3},
    "filters.respond": {"image": IMAGE, "filters": KERNEL, "border": "valid"},
    "filters.stack": {"kernels": KERNEL},
    "ledger.ledger": {"model": model},
    "movement.compare": {"before": lambda: snapshot(model())},
    "movement.snapshot": {"model": model},
    "orders.data": {"examples": 4},
    "figures.batchnorm.distributions": {"values": {"a": IMAGE}, "title": "A title"},
    "figures.filters.images": {
        "pictures": {"a": IMAGE}, "title": "A title", "caption": "A caption.", "per_row": 2,
    },
    "twins.lightings": {"images": np.ones((2, 16, 16, 3), "float32")},
}  # fmt: skip

# Not tried yet. Whoever repairs one gives it a call above and takes it from this list.
WAITING = {
    # They take only what other helpers made, or train a model: nobody calls them by hand.
    "clinic.moved_parts", "domains.over_seeds", "domains.ready", "figures.batchnorm.adapted",
    "figures.batchnorm.approach", "figures.batchnorm.scattering", "figures.clinic.diagnostic_chart",
    "figures.transfer.recipe_dots", "figures.transfer.time_bars", "orders.backends_table",
    "orders.order_table", "orders.run_orders", "quiet.start", "specimens.model_of",
    "specimens.weight", "state.observe", "state.overview", "twins.predicted", "twins.train",
    # Lessons 6 to 8 are being written.
    "clinic.diagnoses", "networks.efficientnet_lite0", "networks.mini_googlenet",
    "transfer.enlarged", "transfer.right", "twins.make_twin",
}  # fmt: skip


def junk():
    """Anything that a learner could hand to a function by mistake."""
    numbers = st.one_of(
        st.integers(-3, 3), st.integers(10**6, 10**30), st.floats(), st.booleans(), st.complex_numbers()
    )
    odd_arrays = arrays.arrays(
        dtype=st.sampled_from(["float64", "float32", "int64", "uint8", "bool", "complex128", "U3"]),
        shape=arrays.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4),
    )
    objects = st.sampled_from(
        [None, ..., object(), int, np, len, b"bytes", layers.Dense(2), keras.Sequential(),
         np.array([None, "a"], object), (n for n in range(3)), range(3), {1}, 10**400]
    )  # fmt: skip
    texts = st.text(max_size=8)
    few = st.one_of(numbers, texts)
    nested = st.one_of(
        st.lists(few, max_size=3), st.dictionaries(texts, few, max_size=2), st.tuples(few, few)
    )
    return st.one_of(numbers, texts, odd_arrays, objects, nested)


PLACES = [
    pytest.param(name, parameter, id=f"{name}-{parameter}")
    for name, call in CALLS.items()
    if name in FUNCTIONS
    for parameter in call
]


def test_every_function_that_learners_meet_is_covered():
    with_arguments = {name for name, each in FUNCTIONS.items() if inspect.signature(each).parameters}
    assert with_arguments - set(CALLS) - WAITING == set(), "give them a valid call in CALLS"
    assert not WAITING & set(CALLS)
    for name in set(CALLS) & set(FUNCTIONS):
        assert set(CALLS[name]) == set(inspect.signature(FUNCTIONS[name]).parameters), name


def called(name: str, arguments: dict):
    """The function with these arguments, those that it takes by place in their place."""
    function, given = FUNCTIONS[name], dict(arguments)
    places = []
    for parameter in inspect.signature(function).parameters.values():
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            places.append(given.pop(parameter.name))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*places, **given)


def valid(name: str) -> dict:
    """The arguments of the right call, with those made now that are functions."""
    return {key: value() if inspect.isfunction(value) else value for key, value in CALLS[name].items()}


@pytest.mark.parametrize("name", [name for name in CALLS if name in FUNCTIONS])
def test_the_right_call_works(name):
    called(name, valid(name))


@pytest.mark.parametrize(("name", "parameter"), PLACES)
@settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None,
    phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(value=junk())
def test_junk_gives_a_clear_error_or_a_result(name, parameter, value):
    try:
        called(name, valid(name) | {parameter: value})
    except AssertionError:
        assert name == "claims.claim"  # which asserts
    except (ValueError, TypeError) as error:
        assert_is_clear(error, value)


def assert_is_clear(error: Exception, value) -> None:
    """The message was written in helpers, names what was given, and is short."""
    frames, here = [], error.__traceback__
    while here:
        frames.append(here.tb_frame.f_code.co_filename)
        here = here.tb_next
    assert "/helpers/" in frames[-1].replace("\\", "/"), f"not raised by a helper: {error!r}"
    message = str(error)
    assert len(message) < 400
    assert any(part in message for part in namings(value)), f"{value!r} is not named in: {message}"


def namings(value) -> set[str]:
    """Ways of naming a value: itself, its type, its shape or dtype, or one of its parts."""
    names = {type(value).__name__}
    if len(value) == 0 if isinstance(value, str | list | tuple | dict | set) else False:
        return {"[]", "()", "{}", "''", "empty", "0", *names} - {""}
    for make in (repr, str, lambda v: f"{v:g}", lambda v: f"{v:,}", lambda v: str(np.shape(v)),
                 lambda v: str(np.asarray(v).dtype), lambda v: v.name, lambda v: str(len(v)),
                 lambda v: str(np.ndim(v)), lambda v: v.__name__):  # fmt: skip
        try:
            names.add(make(value)[:60])
        except Exception:
            continue
    if isinstance(value, list | tuple | dict | set):
        for part in value:
            names |= namings(part)
    if np.ndim(value) if isinstance(value, np.ndarray) else False:
        names |= {str(value.dtype.type.__name__), *re.findall(r"\d+", str(value.shape))}
        names |= {"nan", "NaN", "infinite", "empty"}
    return {name for name in names if name}
