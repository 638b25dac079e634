"""The arrays in a file's HDF5 part: names, shapes and types; of their numbers only statistics.

Links that lead out of the file are not followed, and nothing is read before its size is known.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import h5py
import numpy as np

from helpers.saved.archive import MOST_CONFIG, BadFileError, printable

_MOST_OBJECTS = 12_000  # groups and arrays; NASNetMobile has 2,670
_MOST_GROUP_DEPTH = 60
_MOST_STATISTICS = 1 << 18  # numbers of one statistic


@dataclass(frozen=True)
class Array:
    """One array of the file, `group` and `key` being its place; `bytes` what its shape asks for.

    `names` are those of the layers around it, outermost first, where the file gives them. `whole`
    is False where the file does not hold its numbers as they are: compressed, or not at all.
    """

    group: str
    key: str
    names: tuple[str, ...]
    shape: tuple[int, ...]
    dtype: str
    bytes: int
    whole: bool

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    @property
    def layer(self) -> str:
        """Its layer by the names in the file, or, where there are none, by its place."""
        place = self.group.removesuffix("/vars").strip("/")
        if place.startswith("model_weights/"):  # of the older form: the layer, then its path
            place = "/".join(place.split("/")[2:])
        return "/".join(self.names) or printable(place)


@dataclass(frozen=True)
class Hdf5:
    """The open file, and its arrays in the file's order."""

    file: h5py.File
    arrays: tuple[Array, ...]

    def text(self, name: str) -> str | None:
        """A text that Keras's older form keeps at the top, None where there is none."""
        try:
            return _text(self.file, name)
        except Exception:
            raise BadFileError(f"its attribute {name} is damaged or too long") from None

    def values(self, array: Array) -> np.ndarray | None:
        """The numbers of a small array; None of a larger one, or of one that is damaged."""
        if array.count > _MOST_STATISTICS or not array.whole:
            return None
        try:
            found = np.asarray(self.file[f"{array.group}/{array.key}"][()])
        except Exception:
            return None
        if array.dtype == "bfloat16":  # the upper half of a float32
            return (found.view("<u2").astype("<u4") << 16).view("<f4")
        return found


def read_arrays(stream: IO[bytes]) -> Hdf5:
    """List what an HDF5 file holds.

    Raises:
        BadFileError: it is damaged or cut off, or holds more than a model does.
    """
    try:
        file = h5py.File(stream, "r")
        return Hdf5(file, tuple(_walked(file)))
    except BadFileError:
        raise
    except Exception as error:  # h5py's own: OSError, RuntimeError, KeyError, ValueError
        reason = printable(str(error) or type(error).__name__)
        raise BadFileError(f"its weights, in HDF5, are damaged or cut off ({reason})") from None


def _walked(file: h5py.File) -> Iterator[Array]:
    """Walk the groups without recursion, each once, however their links cross."""
    waiting: list[tuple[Any, str, tuple[str, ...]]] = [(file, "", ())]
    seen = {h5py.h5o.get_info(file.id).addr}
    count = 0
    while waiting:
        group, path, names = waiting.pop()
        name = _own_name(group)
        inner = (*names, name) if name and path else names
        below = []
        for key in group:
            count += 1
            if count > _MOST_OBJECTS or path.count("/") > _MOST_GROUP_DEPTH:
                raise BadFileError("its weights have more groups, or deeper ones, than a model has")
            if not isinstance(group.get(key, getlink=True), h5py.HardLink):
                raise BadFileError("its weights lead out of the file or around in it, by a link")
            thing = group[key]
            address = h5py.h5o.get_info(thing.id).addr
            if address in seen:
                continue
            seen.add(address)
            if isinstance(thing, h5py.Group):
                below.append((thing, f"{path}/{key}", inner))
            elif isinstance(thing, h5py.Dataset):
                yield _as_array(thing, path, key, inner)
        waiting += reversed(below)


def _own_name(group: h5py.Group) -> str | None:
    """The name of the layer whose arrays stand in a group: Keras notes it on its "vars"."""
    if isinstance(group.get("vars", getlink=True), h5py.HardLink):
        name = _text(group["vars"], "name")
        return printable(name) if name else None
    return None


def _text(thing: Any, name: str) -> str | None:
    """An attribute that is one text; None where it is something else, or not there."""
    found = thing.attrs.get_id(name) if name in thing.attrs else None
    if found is None or found.shape != ():
        return None
    value = thing.attrs[name] if found.get_storage_size() <= MOST_CONFIG else "?" * MOST_CONFIG
    value = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if isinstance(value, str) and len(value) >= MOST_CONFIG:
        raise ValueError(f"its {name} is too long")
    return value if isinstance(value, str) else None


def _as_array(data: h5py.Dataset, group: str, key: str, names: tuple[str, ...]) -> Array:
    kind, size = data.dtype.kind, data.dtype.itemsize
    bfloat16 = kind == "V" and size == 2 and not data.dtype.names  # HDF5 has no name for it
    plain = (kind in "biuf" or bfloat16) and data.shape is not None
    if not plain or data.external or data.is_virtual:
        raise BadFileError(f"its {printable(f'{group}/{key}')} is not an array of numbers")
    dtype = "bfloat16" if bfloat16 else data.dtype.name
    declared = math.prod(data.shape) * size
    whole = data.chunks is None and data.id.get_storage_size() >= declared
    return Array(group, printable(key), names, data.shape, dtype, declared, whole)
