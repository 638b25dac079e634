"""Opening a file that may be anything: bounded reads, and one sentence where it is no model.

Nothing here loads Keras: a bad file is refused before that takes its seconds.
"""

import io
import json
import os
import stat
import struct
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

# What a real model stays far below: NASNetLarge has a configuration of 0.8 MB and 3 members.
_MOST_CONFIG = 8 << 20  # bytes; NASNetLarge has 0.8 MB, a kilobyte a layer
_MOST_METADATA = 64 << 10
_MOST_DIRECTORY = 4 << 20
_MOST_MEMBERS = 10_000
_MOST_JSON_DEPTH = 200  # of JSON
_MOST_UNPACKED = 256 << 20  # bytes of compressed weights; Keras itself does not compress
_MOST_EXPANSION = 100  # bytes from one
_HDF5 = b"\x89HDF\r\n\x1a\n"
_OTHERS = {
    b"\x80": "a pickle, which would run code of its own",
    b"\x93NUMPY": "a NumPy array",
    b"GGUF": "a GGUF file",
}


class BadFileError(ValueError):
    """The file cannot be read as a model; its message is one sentence for the person who asked."""


@dataclass(frozen=True)
class SavedFile:
    """What was found on opening: texts, already read, and the weights, still unread.

    `form` is "keras", "h5" or "weights"; `config` is None where the file holds no architecture;
    `hdf5` is open for reading, at its start.
    """

    form: str
    config: Any
    version: str | None
    hdf5: IO[bytes] | None


@contextmanager
def opened(path: Path) -> Iterator[SavedFile]:
    """Open a .keras file, or an HDF5 one, whatever its name is; close all of it afterwards.

    Raises:
        BadFileError: it is missing, no model, damaged, encrypted, or larger unpacked than allowed.
    """
    try:
        found = os.stat(path)  # not open(): a pipe would wait for ever
        if stat.S_ISDIR(found.st_mode):
            inside = "saved_model.pb" in os.listdir(path)
            what = "a TensorFlow SavedModel, which holds no Keras model" if inside else "a folder"
            raise BadFileError(f"it is {what}; a .keras or .h5 file was expected")
        if not stat.S_ISREG(found.st_mode):
            raise BadFileError("it is no regular file")
        stream = path.open("rb")
    except OSError as error:
        raise BadFileError((error.strerror or "it cannot be opened").lower()) from None
    with stream:
        start = stream.read(8)
        if start == _HDF5:
            stream.seek(0)
            yield SavedFile("h5", None, None, stream)
        elif start.startswith(b"PK"):
            with _archive(stream, found.st_size) as archive:
                yield _in_archive(archive)
        else:
            known = (what for mark, what in _OTHERS.items() if start.startswith(mark))
            raise BadFileError(
                f"it is {'empty' if not start else next(known, 'no model that Keras saved')}; "
                "a .keras or .h5 file was expected"
            )


@contextmanager
def _archive(stream: IO[bytes], size: int) -> Iterator[zipfile.ZipFile]:
    _check_directory(stream, size)
    try:
        archive = zipfile.ZipFile(stream)
        names = [member.filename for member in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError) as error:
        raise BadFileError(f"its zip directory is damaged ({error})") from None
    if len(set(names)) < len(names):
        raise BadFileError("two of its members have one name")
    with archive:
        for member in archive.infolist():
            _check_member(member, size)
        yield archive


def _check_directory(stream: IO[bytes], size: int) -> None:
    """Refuse a directory of a zip file that is missing or immense, before Python reads it whole."""
    stream.seek(max(0, size - (1 << 16) - 200))
    tail = stream.read()
    at = tail.rfind(b"PK\5\6")
    if at < 0 or len(tail) < at + 22:
        raise BadFileError("it is cut off: its zip directory, which stands at the end, is missing")
    members, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    wide = tail.rfind(b"PK\6\6", 0, at)  # the form for more than 4 GB
    if wide >= 0 and at - wide >= 56:
        members, length = struct.unpack("<QQ", tail[wide + 32 : wide + 48])
    if members > _MOST_MEMBERS or length > _MOST_DIRECTORY:
        raise BadFileError(f"its zip directory has {members:,} members in {length:,} bytes")
    stream.seek(0)


def _check_member(member: zipfile.ZipInfo, size: int) -> None:
    name = printable(member.filename)
    if member.flag_bits & 1:
        raise BadFileError(f"its {name} is encrypted")
    stored = member.compress_type == zipfile.ZIP_STORED
    if member.compress_size > size or (stored and member.file_size != member.compress_size):
        raise BadFileError(f"its {name} declares more bytes than the file has")
    if member.file_size > 1 << 20 and member.file_size > _MOST_EXPANSION * member.compress_size:
        raise BadFileError(
            f"its {name} would grow from {member.compress_size:,} to {member.file_size:,} bytes"
        )


def _in_archive(archive: zipfile.ZipFile) -> SavedFile:
    names = set(archive.namelist())
    if "config.json" not in names:
        raise BadFileError("it is a zip file without a config.json, so no Keras model")
    config = parsed(_member_text(archive, "config.json", _MOST_CONFIG), "config.json")
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        raise BadFileError("its config.json does not describe a model")
    version = None
    if "metadata.json" in names:
        metadata = parsed(_member_text(archive, "metadata.json", _MOST_METADATA), "metadata.json")
        version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    weights = "model.weights.h5"
    hdf5 = _seekable(archive, weights) if weights in names else None
    return SavedFile("keras", config, version if isinstance(version, str) else None, hdf5)


def _member_text(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    declared = archive.getinfo(name).file_size
    if declared > most:
        raise BadFileError(f"its {name} has {declared:,} bytes, and {most:,} are read at most")
    try:
        with archive.open(name) as member:
            return member.read(most)
    except Exception as error:  # of zlib, lzma, zipfile: many types
        raise BadFileError(f"its {name} is damaged ({error})") from None


def parsed(text: bytes | str, name: str) -> Any:
    """JSON of a sane depth, so that whoever walks it need not fear for the stack.

    Raises:
        BadFileError: it is not.
    """
    try:
        found = json.loads(text)
    except RecursionError:
        raise BadFileError(f"its {name} is nested too deeply") from None
    except ValueError as error:
        raise BadFileError(f"its {name} is not JSON ({printable(error)})") from None
    level = [found]
    for _ in range(_MOST_JSON_DEPTH):
        level = [each for node in level for each in _children_of(node)]
        if not level:
            return found
    raise BadFileError(f"its {name} is nested too deeply")


def _children_of(node: Any) -> Iterable:
    return node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()


def _seekable(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """A member to jump about in: as it stands if it is stored, unpacked to disk if compressed."""
    member = archive.getinfo(name)
    try:
        if member.compress_type == zipfile.ZIP_STORED:
            return archive.open(member)
        if member.file_size > _MOST_UNPACKED:
            raise BadFileError(
                f"its {name} is compressed, and unpacked over {_MOST_UNPACKED >> 20} MB"
            )
        unpacked = tempfile.SpooledTemporaryFile(1 << 24)  # noqa: SIM115 - closed with the file
        with archive.open(member) as packed:
            while part := packed.read(io.DEFAULT_BUFFER_SIZE << 4):
                unpacked.write(part)
        unpacked.seek(0)
        return unpacked
    except BadFileError:
        raise
    except Exception as error:
        raise BadFileError(f"its {name} is damaged ({error})") from None


def printable(text: object, longest: int = 120) -> str:
    """A text from a file as a terminal may show it: no control characters, not without end."""
    shown = "".join(c if c.isprintable() else "?" for c in str(text)[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"
