"""Opening a file that may be anything: bounded reads, and one sentence where it is no model."""

import io
import json
import os
import shutil
import stat
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

# What a real model stays far below; in bytes.
MOST_CONFIG = 4 << 20  # NASNetLarge has 0.8 MB, a kilobyte a layer
_MOST_DIRECTORY = 1 << 20  # of a zip file; a model has three members, 200 bytes
_MOST_UNPACKED = 128 << 20  # of compressed weights; Keras itself does not compress
_MOST_JSON_DEPTH = 200
_HDF5 = b"\x89HDF\r\n\x1a\n"
_WEIGHTS = "model.weights.h5"


class BadFileError(ValueError):
    """The file cannot be read as a model; its message is one sentence for the person who asked."""


@dataclass(frozen=True)
class SavedFile:
    """What was found on opening: texts, already read, and the weights, still unread.

    `config` is None, and `version` too, where the HDF5 part may hold them; `hdf5` is open for
    reading, at its start.
    """

    config: dict | None
    version: str | None
    hdf5: IO[bytes] | None


@contextmanager
def opened(path: Path) -> Iterator[SavedFile]:
    """Open a .keras file, or an HDF5 one, whatever its name is; close all of it afterwards.

    Raises:
        BadFileError: it is missing, no model, damaged, encrypted, or larger unpacked than allowed.
    """
    try:
        mode = os.stat(path).st_mode  # not open(): a pipe would wait for ever
        if stat.S_ISDIR(mode):
            inside = "saved_model.pb" in os.listdir(path)
            what = "a TensorFlow SavedModel, which holds no Keras model" if inside else "a folder"
            raise BadFileError(f"it is {what}; a .keras or .h5 file was expected")
        if not stat.S_ISREG(mode):
            raise BadFileError("it is no regular file")
        stream = _Frugal(io.FileIO(path))
    except OSError as error:
        raise BadFileError((error.strerror or "it cannot be opened").lower()) from None
    with stream:
        start = stream.peek(8)
        if start.startswith(_HDF5):
            yield SavedFile(None, None, stream)
        elif start.startswith(b"PK"):
            try:
                archive = zipfile.ZipFile(stream)
                stream.at_once = sys.maxsize  # the members have bounds of their own
                found = _in_archive(archive)
            except BadFileError:
                raise
            except Exception as error:  # of zipfile, zlib, lzma: many types
                why = printable(error)
                raise BadFileError(f"it is damaged, cut off or encrypted ({why})") from None
            yield found
        else:
            what = "no model that Keras saved" if start else "empty"
            raise BadFileError(f"it is {what}; a .keras or .h5 file was expected")


class _Frugal(io.BufferedReader):
    """A file that refuses to be read in large pieces, as an immense zip directory would be."""

    at_once = _MOST_DIRECTORY

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > self.at_once:
            raise BadFileError(f"its zip directory would have {size:,} bytes")
        return super().read(size)


def _in_archive(archive: zipfile.ZipFile) -> SavedFile:
    names = archive.namelist()
    if "config.json" not in names:
        raise BadFileError("it is a zip file without a config.json, so no Keras model")
    config = configuration_in(_member(archive, "config.json", MOST_CONFIG).read(), "config.json")
    version = None
    if "metadata.json" in names:
        metadata = _parsed(_member(archive, "metadata.json", MOST_CONFIG).read(), "metadata.json")
        version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    hdf5 = _seekable(archive) if _WEIGHTS in names else None
    return SavedFile(config, printable(version) if version else None, hdf5)


def _member(archive: zipfile.ZipFile, name: str, most: int) -> IO[bytes]:
    """A member that does not declare too many bytes; more than it declares are never read."""
    declared = archive.getinfo(name).file_size
    if declared > most:
        raise BadFileError(f"its {name} has {declared:,} bytes, and {most:,} are read at most")
    return archive.open(name)


def _seekable(archive: zipfile.ZipFile) -> IO[bytes]:
    """The weights, to jump about in: as they stand if stored, unpacked to disk if compressed."""
    if archive.getinfo(_WEIGHTS).compress_type == zipfile.ZIP_STORED:
        return archive.open(_WEIGHTS)
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 - closed with what reads it
    shutil.copyfileobj(_member(archive, _WEIGHTS, _MOST_UNPACKED), unpacked)
    unpacked.seek(0)
    return unpacked


def configuration_in(text: bytes | str, name: str) -> dict:
    """The configuration of a model, from its JSON.

    Raises:
        BadFileError: it is not.
    """
    config = _parsed(text, name)
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        raise BadFileError(f"its {name} does not describe a model")
    return config


def _parsed(text: bytes | str, name: str) -> Any:
    """JSON of a sane depth, so that whoever walks it need not fear for the stack."""
    try:
        found = json.loads(text)
        level = [found]
        for _ in range(_MOST_JSON_DEPTH):
            level = [each for node in level for each in _children_of(node)]
            if not level:
                return found
    except ValueError as error:
        raise BadFileError(f"its {name} is not JSON ({printable(error)})") from None
    except RecursionError:
        pass
    raise BadFileError(f"its {name} is nested too deeply")


def _children_of(node: Any) -> Iterable:
    return node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()


def printable(text: object, longest: int = 120) -> str:
    """A text from a file as a terminal may show it: no control characters, not without end."""
    shown = "".join(c if c.isprintable() else "?" for c in str(text)[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
