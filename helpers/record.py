"""What a learner has done, kept in a small file of work/ across restarts.

The file is found from where a notebook runs: only a folder that tools/lab.py made, with its record
of the copies, has one. Elsewhere, as in the course's own folder, in a grader or a test, nothing is
kept. It is JSON: {"version": 1, "tasks": {name: outcome}, "predictions": {name: outcome},
"last": {section: name}}. What else somebody put there stays.
"""

import json
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

FILE, MARK, VERSION = "progress.json", ".copies.json", 1
SECTIONS = ("tasks", "predictions", "last")
_WAIT, _STALE = 2, 10  # seconds: for another kernel's lock; until a lock is one of a dead kernel


def place() -> Path | None:
    """The file for the notebook that runs here, whether it is there yet or not."""
    with suppress(OSError):  # the folder is gone, or closed to us
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / MARK).is_file():
                return folder / FILE
    return None


def kept(section: str, path: Path | None = None) -> dict[str, str]:
    """What is kept of tasks or predictions: outcomes by name; empty if there is no such file.

    Raises:
        ValueError: the section is neither.
    """
    _expect_section(section)
    path = path or place()
    with suppress(OSError, ValueError):
        found = _read(path)[section].items() if path else ()
        return {name: outcome for name, outcome in found if isinstance(outcome, str)}
    return {}


def keep(section: str, name: str, outcome: str) -> None:
    """Keep one outcome. What cannot be written is told in a line; nothing that is there is lost.

    Raises:
        ValueError: the section is neither tasks nor predictions.
    """
    _expect_section(section)
    path = place()
    if path is None or kept(section, path).get(name) == outcome:
        return
    try:
        with _one_at_a_time(path):
            content = _read_or_begin(path)
            content[section][name] = outcome
            content["last"] = {section: name}
            _put_json(path, content)
    except OSError as error:
        print(f"(Your progress could not be kept in {path.name}: {error.strerror or error}.)")


def forget(section: str, start: str, path: Path) -> int:
    """Forget the outcomes whose names begin so; how many there were.

    Raises:
        OSError: the file cannot be written.
    """
    names = [name for name in kept(section, path) if name.startswith(start)]
    if names:
        with _one_at_a_time(path):
            content = _read_or_begin(path)
            for name in names:
                content[section].pop(name, None)
            _put_json(path, content)
    return len(names)


def put(path: Path, content: bytes) -> None:
    """Put a whole file in place or, if that fails, leave what was there.

    Raises:
        OSError: it cannot be written, or somebody locked it.
    """
    path = path.resolve()  # a link stays one
    if path.exists() and not path.stat().st_mode & stat.S_IWUSR:
        raise PermissionError(13, os.strerror(13), str(path))
    new = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        new.write_bytes(content)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)


def set_aside(path: Path) -> Path:
    """Rename a file to one with the date and time in its name, which no other file has.

    Returns:
        its new place.
    Raises:
        OSError: it cannot be renamed.
    """
    stamp = f"{path.stem}_{datetime.now():%Y-%m-%d_%H.%M.%S}"
    number = 1
    while True:
        aside = path.with_name(f"{stamp}{'' if number == 1 else f'_{number}'}{path.suffix}")
        number += 1
        with suppress(FileExistsError):
            aside.touch(exist_ok=False)  # so that nobody else takes the name
            return path.replace(aside)


def _expect_section(section: str) -> None:
    if section not in SECTIONS:
        raise ValueError(f"section should be one of {', '.join(SECTIONS)}, not {section!r}")


def _read(path: Path) -> dict:
    """The file's content, with all sections; that of an empty one if there is none.

    Raises:
        ValueError: it is not understood.
    """
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        found = {"version": VERSION}
    except RecursionError:
        found = None
    if not isinstance(found, dict) or found.get("version") != VERSION:
        raise ValueError("another version, or not ours")
    content = found | {section: found.get(section, {}) for section in SECTIONS}
    if not all(isinstance(content[section], dict) for section in SECTIONS):
        raise ValueError("a section is no dict")
    return content


def _read_or_begin(path: Path) -> dict:
    """The file's content; one that is not understood is renamed, and told in a line."""
    try:
        return _read(path)
    except ValueError:
        aside = set_aside(path)
        print(f"({path.name} could not be understood; it is kept as {aside.name}, and begun anew.)")
        return _read(path)


def _put_json(path: Path, content: dict) -> None:
    put(path, json.dumps(content, indent=1).encode())  # in ASCII: half a character is no error


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Let other kernels wait, so that none overwrites what another has just kept.

    A kernel that waits in vain goes on: an outcome that may be lost is better than one that is.
    """
    lock = path.with_name(f".{path.name}.lock")
    until = time.monotonic() + _WAIT
    mine = False
    while not mine and time.monotonic() < until:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            mine = True
        except FileExistsError:
            with suppress(OSError):
                if time.time() - lock.stat().st_mtime > _STALE:
                    lock.unlink()
            time.sleep(0.01)
    try:
        yield
    finally:
        if mine:
            lock.unlink(missing_ok=True)
