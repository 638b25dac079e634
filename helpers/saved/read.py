"""`read(path)`: what a saved model says of its weights, its flags and its statistics."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from helpers._start import quiet_loading
from helpers.ledger import Role, Weight, weights_table
from helpers.saved.archive import BadFileError, SavedFile, configuration_in, opened, printable
from helpers.saved.arrays import Array, Hdf5, read_arrays
from helpers.saved.configuration import Entry, entries
from helpers.tables import Table

_OPTIMIZER = re.compile(r"/optimizer(_weights)?(/|$)")
_NO_WEIGHT = re.compile(rf"{_OPTIMIZER.pattern}|/metrics(/|$)")
_NORM_GROUP = re.compile(r"/batch_normalization(_\d+)?/vars$")


@dataclass(frozen=True)
class Saved:
    """What one file says.

    `notes` are sentences about what it does not say. `entries` are its layers, with their flags.
    `fresh` are the BatchNormalization layers whose statistics are 0 and 1, of `norms` in all.
    `slots` is how many arrays the optimizer keeps. `whole` says whether the file holds every
    number that its arrays declare, as it is.
    """

    form: str
    version: str | None
    weights: tuple[Weight, ...]
    notes: tuple[str, ...]
    entries: tuple[Entry, ...]
    fresh: tuple[str, ...]
    norms: int
    slots: int
    whole: bool

    @property
    def counts(self) -> dict[str, int]:
        """How many numbers have each role; "unknown" only if there is something unknown."""
        counts = dict.fromkeys(map(str, Role), 0)
        for weight in self.weights:
            counts[weight.role] = counts.get(weight.role, 0) + weight.count
        return counts

    def table(self) -> Table:
        """As the table of a ledger."""
        return weights_table(self.weights, self.counts)


def read(path: Path) -> Saved:
    """Read a file that Keras saved, running nothing that is in it; for a process of its own.

    Raises:
        BadFileError: as `archive.opened` and `arrays.read_arrays`.
    """
    with opened(path) as file:
        hdf5 = None if file.hdf5 is None else read_arrays(file.hdf5)
        form, version, config = _kind_of_file(file, hdf5)
        arrays = () if hdf5 is None else hdf5.arrays
        weights = [a for a in arrays if not (_NO_WEIGHT.match(a.group) or _is_seed(a))]
        norms = [] if hdf5 is None else list(_norms(hdf5, weights))
    listed = entries(config) if config else []
    with quiet_loading():
        from helpers.saved import roles  # loads Keras, now that the file has passed
    notes = []
    if config is None:
        found = roles.layer_by_layer((), weights)
        notes.append(
            "The file holds weights alone, no model and no flags, so no roles: build the model, "
            "`model.load_weights(FILE)`, and ask `ledger(model)`."
        )
    else:
        try:
            found, notes = roles.whole_model(config, weights)
        except ValueError as error:
            found = roles.layer_by_layer(listed, weights)
            notes.append(f"The model was not built: {error}.")
            if any(weight.role == roles.UNKNOWN for weight in found):
                notes.append("Unknown: the role. Shapes and counts are those of the file's arrays.")
    if hdf5 is None:
        notes.append("There are no weights in HDF5 in this file: only its configuration was read.")
    slots = sum(bool(_OPTIMIZER.match(array.group)) for array in arrays)
    fresh = tuple(layer for layer, as_new in norms if as_new)
    whole = all(array.whole for array in arrays)
    return Saved(
        form, version, tuple(found), tuple(notes), tuple(listed), fresh, len(norms), slots, whole
    )


def _is_seed(array: Array) -> bool:
    """Whether it is the state of a random generator, as Dropout has one."""
    return "generator" in array.group and array.shape == (2,) and "int" in array.dtype


def _kind_of_file(file: SavedFile, hdf5: Hdf5 | None) -> tuple[str, str | None, dict | None]:
    """What kind of file it is, the version of Keras that wrote it, and its configuration."""
    if file.config is not None or hdf5 is None:
        return "a .keras file", file.version, file.config
    text, version = hdf5.text("model_config"), hdf5.text("keras_version")
    version = printable(version) if version else None
    if text is not None:
        return "HDF5, the form before .keras", version, configuration_in(text, "model_config")
    kerass = {"layers", "vars", "_layer_checkpoint_dependencies"} & set(hdf5.file)
    if not kerass and "layer_names" not in hdf5.file.attrs:
        raise BadFileError("it is an HDF5 file, but Keras did not write it")
    return "weights alone", version, None


def _norms(hdf5: Hdf5, arrays: Sequence[Array]) -> Iterator[tuple[str, bool]]:
    """Each BatchNormalization that can be told, and whether its statistics are still 0 and 1."""
    for group, of_group in groupby(arrays, key=lambda array: array.group):
        inside = {array.key.split(":")[0]: array for array in of_group}
        pair = [inside[key] for key in ("moving_mean", "moving_variance") if key in inside]
        if _NORM_GROUP.search(group) and len(inside) <= 4:  # without names; statistics come last
            pair = [inside[key] for key in sorted(inside)][-2:]
        if len(pair) == 2:
            mean, variance = map(hdf5.values, pair)
            known = mean is not None and variance is not None
            yield pair[0].layer, known and bool(np.all(mean == 0) and np.all(variance == 1))
