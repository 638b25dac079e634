"""A model built without numbers: Keras makes its variables with shape, type and flag alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import keras

from helpers.ledger import Ledger, ledger

_NOT_NEEDED = {"compile_config": None, "unroll": False, "stateful": False}  # for any weight
_SHORT = 30  # layers of a Sequential, which Keras builds again with each that is added


@contextmanager
def _no_numbers() -> Iterator[None]:
    """In here Keras only notes what a variable would begin with: a terabyte takes no memory.

    Afterwards Keras forgets the notes, so it also counts automatic names from the start again.
    """
    add = keras.Sequential.add

    def add_quickly(model: Any, layer: Any, rebuild: bool = True) -> None:
        add(model, layer, rebuild=rebuild and len(model.layers) < _SHORT)

    try:
        with (
            keras.StatelessScope(initialize_variables=False),
            patch.object(keras.Sequential, "add", add_quickly),
        ):
            yield
    finally:
        keras.utils.clear_session(free_memory=False)


def book_of(config: dict) -> Ledger:
    """The ledger of the model that a configuration describes; it is never more than an outline.

    Call it only with a configuration that `configuration.refused` let pass.

    Raises:
        Exception: Keras's own, of many types, where the configuration is not that of a model.
    """
    wanted = _as_keras_3_reads_it(config)
    with _no_numbers():
        return ledger(_made(wanted))


def _made(config: dict) -> Any:
    if "module" in config:
        return keras.saving.deserialize_keras_object(config, safe_mode=True)
    kind = keras.Sequential if config["class_name"] == "Sequential" else keras.Model
    own = config["config"]  # of HDF5 files; the oldest have a bare list for a Sequential
    return kind.from_config(own if isinstance(own, dict) else {"layers": own})


def _as_keras_3_reads_it(config: Any) -> Any:
    """A copy without what no weight depends on, and in the words of Keras 3."""
    if isinstance(config, list):
        return [_as_keras_3_reads_it(each) for each in config]
    if not isinstance(config, dict):
        return config
    kept = {key: _as_keras_3_reads_it(config[key]) for key in config if key != "time_major"}
    kept.update((key, value) for key, value in _NOT_NEEDED.items() if key in kept)
    if isinstance(kept.get("axis"), list) and len(kept["axis"]) == 1:
        (kept["axis"],) = kept["axis"]
    if ".engine." in str(kept.get("module")):
        functional = kept["class_name"] == "Functional"
        kept["module"] = "keras.src.models.functional" if functional else "keras"
    return kept
