"""`read(path)`: what a saved model says of its weights, its flags and its statistics."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from helpers._start import quiet_loading
from helpers.ledger import Role
from helpers.saved.archive import BadFileError, SavedFile, opened, parsed
from helpers.saved.arrays import Array, Hdf5, read_arrays
from helpers.saved.entries import Entry, entries

if TYPE_CHECKING:
    from helpers.saved.rows import SavedWeight
from helpers.tables import Table

_OPTIMIZER = re.compile(r"/optimizer(_weights)?(/|$)")
_NO_WEIGHT = re.compile(rf"{_OPTIMIZER.pattern}|/metrics(/|$)|.*generator(/|$)")  # a random seed
_NORM = re.compile(r"/batch_normalization(_\d+)?/vars$")


@dataclass(frozen=True)
class Saved:
    """What one file says.

    `notes` are sentences about what it does not say. `entries` are its layers, with their flags.
    `fresh` are the BatchNormalization layers whose statistics are 0 and 1, of `norms` in all.
    `slots` is how many arrays the optimizer keeps.
    """

    form: str
    version: str | None
    rows: "tuple[SavedWeight, ...]"
    notes: tuple[str, ...]
    entries: tuple[Entry, ...]
    fresh: tuple[str, ...]
    norms: int
    slots: int

    @property
    def counts(self) -> dict[str, int]:
        """How many numbers have each role; "unknown" only if there is something unknown."""
        counts = dict.fromkeys(map(str, Role), 0)
        for row in self.rows:
            counts[row.role] = counts.get(row.role, 0) + row.count
        return counts

    def table(self) -> Table:
        """As the table of a ledger."""
        counts = " · ".join(f"{role} {count:,}" for role, count in self.counts.items())
        total = sum(self.counts.values())
        rows = [(r.path, str(r.shape), r.count, r.bytes, r.dtype, r.role) for r in self.rows]
        rows.append(("total", "", total, sum(row.bytes for row in self.rows), "", ""))
        header = ("weight", "shape", "numbers", "bytes", "dtype", "role")
        return Table(header, rows, f"{total:,} number{'' if total == 1 else 's'}: {counts}")


def read(path: Path) -> Saved:
    """Read a file that Keras saved, running nothing that is in it; for a process of its own.

    Raises:
        BadFileError: as `archive.opened` and `arrays.read_arrays`.
    """
    with opened(path) as file:
        hdf5 = None if file.hdf5 is None else read_arrays(file.hdf5)
        form, version, config = _kind_of_file(file, hdf5)
        arrays = () if hdf5 is None else hdf5.arrays
        weights = [a for a in arrays if not _NO_WEIGHT.match(a.group)]
        norms = [] if hdf5 is None else list(_norms(hdf5, weights))
    listed = entries(config) if config else []
    with quiet_loading():
        from helpers.saved import rows  # loads Keras, now that the file has passed
    notes = []
    if config is None:
        found = rows.layer_by_layer((), weights)
        notes.append(
            "The file holds weights alone, no model and no flags, so no roles: build the model, "
            "`model.load_weights(FILE)`, and ask `ledger(model)`."
        )
    else:
        try:
            found, notes = rows.whole_model(config, weights)
        except ValueError as error:
            found = rows.layer_by_layer(listed, weights)
            notes.append(f"The model was not built: {error}.")
            if any(row.role == rows.UNKNOWN for row in found):
                notes.append("Unknown: the role. Shapes and counts are those of the file's arrays.")
    if hdf5 is None:
        notes.append("There are no weights in HDF5 in this file: only its configuration was read.")
    slots = sum(bool(_OPTIMIZER.match(array.group)) for array in arrays)
    fresh = tuple(layer for layer, as_new in norms if as_new)
    return Saved(form, version, tuple(found), tuple(notes), tuple(listed), fresh, len(norms), slots)


def _kind_of_file(file: SavedFile, hdf5: Hdf5 | None) -> tuple[str, str | None, dict | None]:
    """What kind of file it is, the version of Keras that wrote it, and its configuration."""
    if file.config is not None or hdf5 is None:
        return "a .keras file", file.version, file.config
    text, version = hdf5.text("model_config"), hdf5.text("keras_version")
    if isinstance(text, str):
        config = parsed(text, "model_config")
        if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
            raise BadFileError("its model_config does not describe a model")
        return "HDF5, the form before .keras", version, config
    kerass = {"layers", "vars", "_layer_checkpoint_dependencies"} & set(hdf5.file)
    if not kerass and hdf5.text("layer_names") is None:
        raise BadFileError("it is an HDF5 file, but Keras did not write it")
    return "weights alone", version, None


def _norms(hdf5: Hdf5, arrays: Sequence[Array]) -> Iterator[tuple[str, bool]]:
    """Each BatchNormalization that can be told, and whether its statistics are still 0 and 1."""
    for group, of_group in groupby(arrays, key=lambda array: array.group):
        inside = {array.key.split(":")[0]: array for array in of_group}
        pair = [inside[key] for key in ("moving_mean", "moving_variance") if key in inside]
        if _NORM.search(group) and len(inside) <= 4:  # without names; statistics come last
            pair = [inside[key] for key in sorted(inside)][-2:]
        if len(pair) == 2:
            mean, variance = map(hdf5.values, pair)
            known = mean is not None and variance is not None
            yield pair[0].layer, known and bool(np.all(mean == 0) and np.all(variance == 1))
