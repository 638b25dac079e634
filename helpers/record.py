"""What a learner has done, kept in a small file of work/ across restarts.

The file is found from where a notebook runs: only a folder that tools/lab.py made, with its record
of the copies, has one. Elsewhere, as in the course's own folder, in a grader or a test, nothing is
kept. It is JSON: {"version": 1, "tasks": {name: outcome}, "predictions": {name: outcome},
"last": {section: name}}.
"""

import json
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

FILE, MARK, VERSION = "progress.json", ".copies.json", 1
SECTIONS = ("tasks", "predictions", "last")


def place() -> Path | None:
    """The file for the notebook that runs here, whether it is there yet or not."""
    try:
        here = Path.cwd()
    except OSError:  # the folder is gone
        return None
    for folder in (here, *here.parents):
        if (folder / MARK).is_file():
            return folder / FILE
    return None


def kept(section: str, path: Path | None = None) -> dict[str, str]:
    """What is kept of tasks or predictions: outcomes by name; empty if there is no such file.

    Raises:
        ValueError: the section is neither.
    """
    if section not in SECTIONS:
        raise ValueError(f"section should be one of {', '.join(SECTIONS)}, not {section!r}")
    path = path or place()
    try:
        return _read(path)[section] if path else {}
    except OSError:
        return {}


def keep(section: str, name: str, outcome: str) -> None:
    """Keep one outcome. What cannot be written is told in a line; nothing that is there is lost.

    Raises:
        ValueError: the section is neither tasks nor predictions.
    """
    path = place()
    if section not in SECTIONS:
        raise ValueError(f"section should be one of {', '.join(SECTIONS)}, not {section!r}")
    if path is None:
        return
    try:
        content = _read(path)
        if content[section].get(name) != outcome:
            content[section][name] = outcome
            content["last"] = {section: name}
            _write(path, content)
    except OSError as error:
        print(f"(Your progress could not be kept in {path.name}: {error.strerror or error}.)")


def _read(path: Path) -> dict:
    """The file's content; one that is not understood is renamed, and told in a line."""
    empty: dict = {"version": VERSION} | {section: {} for section in SECTIONS}
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return empty
    except ValueError:
        text = ""
    with suppress(ValueError, TypeError, AttributeError):
        found = json.loads(text)
        if found.pop("version") == VERSION:
            sections = {name: dict(found.get(name, {})) for name in SECTIONS}
            texts = [each for pairs in sections.values() for pair in pairs.items() for each in pair]
            if all(isinstance(each, str) for each in texts):
                return empty | sections
    aside = path.with_name(f"{path.stem}_{datetime.now():%Y-%m-%d_%H.%M.%S.%f}{path.suffix}")
    os.replace(path, aside)
    print(f"({path.name} could not be understood; it is kept as {aside.name}, and begun anew.)")
    return empty


def _write(path: Path, content: dict) -> None:
    """Put the whole file in place or, if that fails, leave what was there."""
    new = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        new.write_text(json.dumps(content, indent=1, ensure_ascii=False), "utf-8")
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
