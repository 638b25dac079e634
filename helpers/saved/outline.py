"""A model built without numbers: Keras makes its variables with shape, type and flag alone."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras

from helpers.ledger import Ledger, ledger
from helpers.saved import entries


@contextmanager
def _no_numbers() -> Iterator[None]:
    """In here Keras only notes what a variable would begin with: a terabyte takes no memory.

    Afterwards Keras forgets the notes, so it also counts automatic names from the start again.
    """
    try:
        with keras.StatelessScope(initialize_variables=False):
            yield
    finally:
        keras.utils.clear_session(free_memory=False)


def book_of(config: dict) -> Ledger:
    """The ledger of the model that a configuration describes; it is never more than an outline.

    Call it only with a configuration that `entries.refused` let pass.

    Raises:
        Exception: Keras's own, of many types, where the configuration is not that of a model.
    """
    wanted = copy.deepcopy(entries.outline(config))
    with _no_numbers():
        return ledger(_made(wanted))


def _made(config: dict) -> Any:
    if "module" in config:
        return keras.saving.deserialize_keras_object(config, safe_mode=True)
    kind = keras.Sequential if config["class_name"] == "Sequential" else keras.Model
    own = config["config"]  # of HDF5 files; the oldest have a bare list for a Sequential
    return kind.from_config(own if isinstance(own, dict) else {"layers": own})
