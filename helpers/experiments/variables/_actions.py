"""What can be done to a specimen: actions on a fresh model, its summary, saving and loading.

Used by `helpers.experiments.variables._observations`, which draws the conclusions.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras
import numpy as np
from IPython.utils.capture import capture_output

from helpers.experiments.variables._specimens import BATCH, Specimen


def fresh_model(specimen: Specimen, rate: float = 0.1, frozen: bool = False) -> keras.Model:
    """A fresh model, compiled, with all variables that compile and the first step would make.

    It runs eagerly: for a single step that is quicker than to trace a graph.
    """
    keras.utils.set_random_seed(1)
    model = specimen.make()
    model.get_layer(specimen.layer).trainable &= not frozen
    model.compile(specimen.optimizer(rate), "mse", run_eagerly=True)
    model.optimizer.build(model.trainable_variables)
    return model


def batch(model: keras.Model) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets far from zero, so that no gradient vanishes by accident."""
    rng = np.random.default_rng(2)
    x = rng.uniform(0.5, 2.5, (BATCH, *model.input_shape[1:])).astype("float32")
    return x, rng.uniform(3, 4, (BATCH, *model.output_shape[1:])).astype("float32")


def call_in_inference(model: keras.layers.Layer) -> None:
    model(batch(model)[0], training=False)


def call_in_training(model: keras.layers.Layer) -> None:
    model(batch(model)[0], training=True)


def evaluate(model: keras.layers.Layer) -> None:
    model.evaluate(*batch(model), batch_size=BATCH, verbose=0)


def fit(model: keras.layers.Layer) -> None:
    model.fit(*batch(model), batch_size=BATCH, verbose=0)


def adapt(model: keras.layers.Layer) -> None:
    for layer in model.layers:
        if hasattr(layer, "adapt"):
            layer.adapt(batch(model)[0])


Action = Callable[[keras.Model], None]
ACTIONS: Mapping[str, tuple[Action, dict[str, Any]]] = {  # what to do, and to which fresh model
    "call in inference mode": (call_in_inference, {}),
    "call in training mode": (call_in_training, {}),
    "evaluate": (evaluate, {}),
    "fit at rate 0": (fit, {"rate": 0.0}),
    "fit": (fit, {}),
    "fit, layer frozen": (fit, {"frozen": True}),
    "adapt": (adapt, {}),
}


def before_and_after(
    specimen: Specimen, do: Action, settings: dict[str, Any]
) -> tuple[np.ndarray, np.ndarray] | None:
    """The variable's value before and after an action; None where the variable does not exist."""
    model = fresh_model(specimen, **settings)
    variable = specimen.find(model)
    if variable is None:
        return None
    before = value_of(variable)
    do(model)
    return before, value_of(variable)


def value_of(variable: keras.Variable) -> np.ndarray:
    return np.array(keras.ops.convert_to_numpy(variable.value))


def differs(before: np.ndarray, after: np.ndarray) -> bool:
    return not np.array_equal(before, after)


def is_in(variable: keras.Variable, variables: Iterable[keras.Variable]) -> bool:
    """By identity: `==` on variables would compare their numbers."""
    return any(variable is other for other in variables)


def line_of_summary(model: keras.Model, variable: keras.Variable) -> str:
    """Which line of the summary counts the variable: its words before "params:", or "no".

    Raises:
        AssertionError: the summary's counts are not the sums over the three lists, so that the
            lists do not tell.
    """
    lists = {
        "trainable": model.trainable_weights,
        "non-trainable": model.non_trainable_weights,
        "optimizer": model.optimizer.variables,
    }
    counts = {}
    for line in _summary(model).splitlines():
        words, found, number = line.strip().partition(" params: ")
        if found:
            counts[words.lower()] = int(number.split()[0].replace(",", ""))
    for words, variables in lists.items():
        numbers = sum(int(np.prod(each.shape)) for each in variables)
        if counts.get(words, 0) != numbers:
            raise AssertionError(f"the summary counts {counts.get(words)} {words}, not {numbers}")
    return next((words for words, each in lists.items() if is_in(variable, each)), "no")


def _summary(model: keras.Model) -> str:
    written: list[str] = []
    with capture_output():  # in a notebook, an empty display is shown as well
        model.summary(print_fn=lambda text, **_: written.append(text))
    return "\n".join(written)


def comes_back(specimen: Specimen, file: str) -> bool:
    """Whether a value set by us is there again in a model loaded from such a file.

    A .keras file gives a model; a .weights.h5 file is loaded into a fresh one.
    """
    model = fresh_model(specimen)
    variable = specimen.find(model)
    if variable is None:
        return False
    variable.assign(value_of(variable) + 1)
    wanted = value_of(variable)
    with TemporaryDirectory() as folder:
        path = Path(folder) / file
        if file.endswith(".keras"):
            model.save(path)
            loaded = keras.models.load_model(path)
        else:
            model.save_weights(path)
            loaded = fresh_model(specimen)
            loaded.load_weights(path)
    found = specimen.find(loaded)
    return found is not None and not differs(value_of(found), wanted)
