"""Promise: a helper given nonsense says what it was given and what it wanted, and nothing worse.

Covers every function that a lesson or an exercise imports from helpers, found by reading sources/:
a function that is new there is red until it has a valid call here. One argument after the other is
replaced by junk; what comes back is a result, or a ValueError or TypeError in the helper's words.
"""

import ast
import importlib
import inspect
import re
import traceback
import warnings
from pathlib import Path
from zlib import crc32

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from keras import layers

from helpers.batchnorm import Moving, Record
from helpers.experiments.clinic import CHART
from helpers.experiments.domain_shift import SHIFTS, Adapted
from helpers.experiments.orders import Outcome
from helpers.experiments.variables import KINDS
from helpers.experiments.variables._actions import ACTIONS
from helpers.experiments.variables._observations import Observation
from helpers.ledger import Role
from helpers.movement import Change, Movement, snapshot

SOURCES = Path(__file__).resolve().parents[1] / "sources"
EXAMPLES = 25  # pieces of junk for each argument


def imported() -> dict[str, object]:
    """The functions of helpers that lessons and exercises import, by name.

    Those of a module that they import whole are the ones that they take from it by a dot.
    """
    met = []
    for path in sorted(SOURCES.rglob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        for node in nodes:
            module = getattr(node, "module", None) or ""
            if not isinstance(node, ast.ImportFrom) or not module.startswith("helpers"):
                continue
            for name in node.names if not module.startswith("helpers.tasks") else ():
                value = getattr(importlib.import_module(module), name.name, None)
                if value is None:  # a module that nobody has imported yet
                    value = importlib.import_module(f"{module}.{name.name}")
                taken = taken_from(name.name, nodes) if inspect.ismodule(value) else []
                met += [value, *(getattr(value, each) for each in taken)]
    functions = [value for value in met if inspect.isfunction(inspect.unwrap(value))]
    return {function.__name__: function for function in functions}


def taken_from(module: str, nodes: list[ast.AST]) -> list[str]:
    """What a program takes from a module by a dot."""
    dotted = (node for node in nodes if isinstance(node, ast.Attribute))
    return [node.attr for node in dotted if getattr(node.value, "id", None) == module]


FUNCTIONS = imported()


def model() -> keras.Model:
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3), layers.BatchNormalization(), layers.Dense(2)]
    )


def compiled() -> keras.Model:
    small = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    small.compile("sgd", keras.losses.SparseCategoricalCrossentropy(True), jit_compile=False)
    return small


def movement() -> Movement:
    return Movement((Change("a/kernel", Role.LEARNED, True, 0.1, 0.1),))


def records() -> list[Record]:
    return [Record(n, Moving(n * ROW, ROW), Moving(ROW, ROW)) for n in (1, 2)]


def observation() -> Observation:
    return Observation("a", dict.fromkeys(ACTIONS, True), True, True, True, "no", True, True)


IMAGE = np.linspace(0, 1, 64).reshape(8, 8)
KERNEL = np.ones((3, 3, 1, 1), "float32")
ROW, ROWS = np.ones(3), np.ones((3, 4), "float32")
SHIFTED = [Adapted(shift, seed, 0.9, 0.1, 0.8, 0.4) for shift in SHIFTS for seed in (0, 1)]
RUN = {"versions": {"keras": "3"}, "date": "today", "outcomes": {"a": ["frozen", "still"]}}
# A right call of each function, to be spoilt; without arguments there is nothing to spoil.
CALLS = {
    "batchnorm_layers": {"model": model},
    "expected_moving": {
        "old": (np.zeros(3), np.ones(3)),
        "batch": np.ones((4, 3)),
        "momentum": 0.9,
        "axis": -1,
        "mask": np.array([True, True, False, True]),
    },
    "freeze_batchnorm": {"model": model},
    "remeasure": {"model": model, "inputs": np.ones((4, 4), "float32")},
    "steps_until": {"tolerance": 0.1, "momentum": 0.9},
    "letter_of": {"program": 1},
    "moved_parts": {"movement": movement},
    "repaired": {
        "patient": lambda: model,
        "repair": lambda: lambda patient: None,
        "train": lambda: lambda patient: movement(),
        "meant": "a",
        "farthest": 0.1,
    },
    "claim": {"statement": "Water is wet.", "holds": True},
    "gray": {"colours": np.ones((4, 4, 3))},
    "digit_reader": {"momentum": 0.9},
    "over_seeds": {"rows": SHIFTED, "shift": "noisy", "what": "shifted_after"},
    "ready": {"model": model},
    "adapted": {"rows": SHIFTED},
    "approach": {"records": records, "momentum": 0.9, "target": ROW},
    "distributions": {"values": {"a": IMAGE}, "title": "A title"},
    "scattering": {"records": records, "channel": 1},
    "diagnostic_chart": {"chart": CHART[2:]},
    "edge_directions": {"magnitude": IMAGE, "orientation": IMAGE, "title": "A title"},
    "progress": {"items": [1, 2], "label": "working"},
    "images": {
        "pictures": {"a": IMAGE},
        "title": "A title",
        "caption": "A caption.",
        "per_row": 2,
        "white": 1.5,
    },
    "kernel_maps": {"kernels": {"a": KERNEL}, "title": "A title", "digits": 1},
    "twins_chart": {"accuracy": {"a": {"clean": [0.5, 0.6]}}, "title": "A title", "chance": 0.1},
    "by_role": {"model": model, "title": "A title"},
    "how_far": {"movement": movement, "title": "A title"},
    "cost_bars": {"counted": {"a": 1.0}, "measured": {"a": 2.0}, "title": "Title"},
    "recipe_dots": {
        "results": {"a": [0.5, 0.7]},
        "title": "A title",
        "chance": 0.1,
        "finding": "A finding.",
    },
    "gaussian": {"sigma": 1.0, "size": 5},
    "magnitude": {"gx": IMAGE, "gy": IMAGE},
    "orientation": {"gx": IMAGE, "gy": IMAGE},
    "per_channel": {"filters": KERNEL, "channels": 3},
    "respond": {"image": IMAGE, "filters": KERNEL, "border": "valid"},
    "stack": {"kernels": KERNEL},
    "diagnose": {
        "model": model,
        "x": ROWS,
        "y": np.ones((3, 2), "float32"),
        "frozen": ["head"],
        "batch_size": 3,
        "step": lambda: lambda x, y: None,
        "farthest": 1e-5,
    },
    "ledger": {"model": model},
    "summary_counts": {"model": model},
    "compare": {"before": lambda: snapshot(model())},
    "snapshot": {"model": model},
    "efficientnet_lite0": {"weights": None, "stages": 1, "include_top": False, "image_size": 32},
    "mini_googlenet": {"weights": None, "include_top": False, "classes": 10},
    "backends_table": {"runs": {"TensorFlow": RUN}, "names": ["a"]},
    "order_table": {"outcomes": [Outcome("a", ("compile", "fit"), 23, "learned", "moved")]},
    "run_orders": {"orders": {"a": ("compile", "fit")}, "run_eagerly": True},
    "start": {"seed": 0},
    "model_of": {"first": lambda: layers.Dense(3)},
    "weight": {"layer": "hidden", "name": "kernel"},
    "stored": {"name": "transfer"},
    "observe": {"specimen": KINDS[0]},
    "overview": {"observations": lambda: [observation()]},
    "enlarged": {"images": np.ones((2, 3, 4, 3), "float32")},
    "right": {"scores": ROWS, "labels": np.array([0, 1, 2])},
    "lightings": {"images": np.ones((2, 16, 16, 3), "float32")},
    "make_twin": {"name": "Sobel, frozen", "seed": 0, "classes": 10, "padding": "same"},
    "predicted": {"model": compiled, "images": ROWS},
    "train": {"model": compiled, "images": ROWS, "labels": np.array([0, 1, 1]), "epochs": 1},
}


# All of them are tried in every place; what else is tried, chance says.
OBJECTS = (
    None,
    ...,
    object(),
    int,
    np,
    len,
    b"bytes",
    layers.Dense(2),
    keras.Sequential(),
    np.array([None, "a"], object),
    (n for n in range(3)),
    range(3),
    {1},
    10**400,
)


def junk():
    """Numbers, texts, arrays and containers that a learner could hand to a function by mistake."""
    whole = st.integers(-3, 3) | st.integers(10**6, 10**30)
    numbers = st.one_of(whole, st.floats(), st.booleans(), st.complex_numbers())
    odd_arrays = arrays.arrays(
        dtype=st.sampled_from(["float64", "float32", "int64", "uint8", "bool", "complex128", "U3"]),
        shape=arrays.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4),
    )
    texts = st.text(max_size=8)
    few = st.one_of(numbers, texts)
    nested = st.one_of(
        st.lists(few, max_size=3), st.dictionaries(texts, few, max_size=2), st.tuples(few, few)
    )
    return st.one_of(numbers, texts, odd_arrays, nested)


PLACES = [
    pytest.param(name, parameter, id=f"{name}-{parameter}")
    for name, call in CALLS.items()
    for parameter in call
]


def test_every_function_that_learners_meet_is_covered():
    takes = {name: set(inspect.signature(each).parameters) for name, each in FUNCTIONS.items()}
    given_here = {name: set(call) for name, call in CALLS.items()}
    assert {name: each for name, each in takes.items() if each} == given_here, "see CALLS"


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


def valid(name: str, /, **spoilt) -> dict:
    """The arguments of the right call but those spoilt, with those made now that are functions."""
    rest = {key: value for key, value in CALLS[name].items() if key not in spoilt}
    return spoilt | {key: v() if inspect.isfunction(v) else v for key, v in rest.items()}


@pytest.mark.parametrize("name", CALLS)
def test_the_right_call_works(name):
    called(name, valid(name))


@pytest.mark.parametrize(("name", "parameter"), PLACES)
def test_junk_gives_a_clear_error_or_a_result(name, parameter):
    @seed(crc32(f"{name} {parameter}".encode()))  # other junk for each place, the same every time
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(value=junk())
    def spoil_with_anything(value):
        spoil(name, parameter, value)

    for value in OBJECTS:
        spoil(name, parameter, value)
    spoil_with_anything()


def spoil(name: str, parameter: str, value) -> None:
    """Call with one wrong argument."""
    try:
        called(name, valid(name, **{parameter: value}))
    except AssertionError:
        assert name == "claims.claim"  # which asserts
    except (ValueError, TypeError) as error:
        assert_is_clear(error, value)


def assert_is_clear(error: Exception, value) -> None:
    """The message was written in helpers, names what was given, and is short."""
    *_, last = traceback.extract_tb(error.__traceback__)
    raised = "/helpers/" in last.filename.replace("\\", "/") and last.line.startswith("raise ")
    assert raised, f"not raised by a helper: {error!r} in {last.line}"
    message = str(error)
    assert len(message) < 400
    assert any(part in message for part in namings(value)), f"{value!r} is not named in: {message}"


def namings(value) -> set[str]:
    """Ways of naming a value: itself, its type, its shape or dtype, or one of its parts."""
    names = {type(value).__name__}
    if len(value) == 0 if isinstance(value, str | list | tuple | dict | set) else False:
        return {"[]", "()", "{}", "''", "empty", "0", *names} - {""}
    for make in (
        repr,
        str,
        lambda v: f"{v:g}",
        lambda v: f"{v:,}",
        lambda v: str(np.shape(v)),
        lambda v: str(np.asarray(v).dtype),
        lambda v: v.name,
        lambda v: str(len(v)),
        lambda v: str(np.ndim(v)),
        lambda v: v.__name__,
    ):
        try:
            names.add(make(value)[:60])
        except Exception:
            continue
    of_objects = isinstance(value, np.ndarray) and value.dtype.hasobject
    if of_objects or isinstance(value, list | tuple | dict | set):
        for part in (*value, *getattr(value, "values", tuple)()):
            names |= namings(part)
    if np.ndim(value) if isinstance(value, np.ndarray) else False:
        names |= {str(value.dtype.type.__name__), *re.findall(r"\d+", str(value.shape))}
        names |= {"nan", "NaN", "infinite", "empty"}
    return {name for name in names if name}
