"""Bring a learner's copies in work/ up to date and open the course there in JupyterLab.

    python tools/lab.py                 opens the start page, work/START.ipynb
    python tools/lab.py --only 05       opens lesson 5; with exercises/05, its exercise
    python tools/lab.py --copies        only makes the copies
    python tools/lab.py --reset 03      puts the notebooks of lesson 3 back, keeps the old ones, and
                                        forgets what was predicted there
    python tools/lab.py --no-browser    what is not known here is given to JupyterLab

Nobody learns in the repository's own files. Lessons and exercises are copied without outputs,
solutions and docs as they are, in folders of the same names, so that their links hold. There is no
folder work/helpers: it would hide the package from a notebook in work/ itself.

The start page is made anew with the map of the course as it stands. Where somebody wrote in it,
only the map is.

A new version replaces a copy only while that holds the code and text with which it was made; its
outputs alone can be had again. work/.copies.json lists the copies, and with what each was made.
Where it does not, a copy is the learner's own, unless it says what the new version does.

JupyterLab does not start for root unless told to. In a container everybody is root, so it is told;
it listens on this computer's loopback address alone, unless --ip asks for another.
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import stat
import sys
from copy import deepcopy
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[1]
START = "START.ipynb"  # what opens when nothing is named
COPIED = ("notebooks/*.ipynb", "exercises/*/*", "solutions/*/*", "docs/*")  # lessons come first
WITHOUT_OUTPUTS = ("notebooks/", "exercises/")
MEMORY = ".copies.json"
_WORDS = "words"  # where the start page has the digest of its own, in its metadata
_WELCOME = """\
# Weights That Don't Learn

*What is a non-trainable parameter?* A lesson asks you to predict, then to run, then it explains;
its exercise has tasks with checks. What you predict and solve here is kept when you stop. Below is
where you stand; run the cell (Shift-Enter) to see it as it is now."""
_AT_THE_END = """\
After lesson 8 you may print what you have shown: put your name into the next cell, take the `#`
away, and run it."""
SAID = {  # by what became of the copies
    "made": "Made in work/, where what you do changes nothing else: {names}.",
    "replaced": "A new version took the place of what you had not changed: {names}.",
    "kept": "The course has another version of {names}; yours is kept as you left it. To take the "
    "course's, with yours beside it: make reset ONLY={first}",
    "failed": "Not up to date in work/: {names}.",
}


def _give_up(message: str) -> NoReturn:
    sys.exit(f"lab stopped: {message}")


def _originals(root: Path) -> dict[str, Path]:
    """What is copied: where it stands in work/, with slashes, and the repository's file."""
    return {
        path.relative_to(root).as_posix(): path
        for pattern in COPIED
        for path in sorted(root.glob(pattern))
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".tmp"
    }


def chosen(root: Path, only: str) -> list[str]:
    """The copies meant by 03, by exercises/03 or by a whole path: notebooks first, of them lessons;
    stops if there is none.
    """
    start = only.strip().replace("\\", "/").removeprefix("work/")
    found = [name for name in _originals(root) if name.startswith(start) or f"/{start}" in name]
    if not start or not found:
        _give_up(f"no notebook's name starts with {only!r}; name one as 03 or exercises/03.")
    return sorted(found, key=lambda name: not name.endswith(".ipynb"))


def _new_copy(name: str, original: Path) -> bytes:
    """What a new copy holds: of a lesson or an exercise, everything but the outputs."""
    content = original.read_bytes()
    if not (name.startswith(WITHOUT_OUTPUTS) and name.endswith(".ipynb")):
        return content
    notebook = nbformat.reads(content.decode(), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return (nbformat.writes(notebook) + "\n").encode()


def _fingerprint(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _words_of(name: str, content: bytes) -> str:
    """A digest of what a person writes: of a notebook code and text, of another file all."""
    if name.endswith(".ipynb"):
        with contextlib.suppress(Exception):  # no notebook any more: somebody's own bytes
            return _words_in(nbformat.reads(content.decode(), as_version=4))
    return _fingerprint(content)


def _words_in(notebook: nbformat.NotebookNode) -> str:
    words = [(cell.cell_type, cell.source) for cell in notebook.cells]
    return _fingerprint(repr(words).encode(errors="replace"))


def _usable_work(root: Path) -> Path:
    """The folder of the copies; stops if it is a file, or a link in it leads to the originals."""
    work = root / "work"
    if os.path.lexists(work) and not work.is_dir():
        _give_up("work is not a folder; move it away, since your copies go there.")
    for name, original in _originals(root).items():
        if (work / name).exists() and (work / name).samefile(original):
            _give_up(f"work/{name} is the course's own file; remove the link that leads to it.")
    return work


def write(path: Path, content: bytes) -> None:
    """Put a whole file in place or, if that fails, leave what was there."""
    from helpers.record import put  # here, with all of helpers: not everything needs it

    path.parent.mkdir(parents=True, exist_ok=True)
    put(path, content)


def remembered(work: Path) -> dict[str, list[str]]:
    """For each copy the digest of what was written, and of its words; empty if unreadable."""
    try:
        read = json.loads((work / MEMORY).read_text("utf-8"))
        return {name: [str(version), str(said)] for name, (version, said) in read.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def bring_up_to_date(root: Path) -> list[str]:
    """Make what is missing, replace what nobody has changed; the lines that say so."""
    work = _usable_work(root)
    memory = remembered(work)
    before = dict(memory)
    done: dict[str, list[str]] = {outcome: [] for outcome in SAID}
    for name, original in _originals(root).items():
        try:
            outcome = _bring(name, _new_copy(name, original), work / name, memory)
        except (OSError, ValueError) as error:  # a full disk; a notebook with marks of a conflict
            done["failed"].append(f"{name} ({_reason_of(error)})")
        else:
            done.setdefault(outcome, []).append(name)
    try:
        if memory != before:
            write(work / MEMORY, json.dumps(memory, indent=1).encode())
    except OSError as error:
        done["failed"].append(f"{MEMORY} ({_reason_of(error)})")
    lines = []
    try:
        lines += _bring_start_page(work)
    except Exception as error:  # a learner may have left anything where the map looks
        done["failed"].append(f"{START} ({_reason_of(error)})")
    return lines + [
        line.format(names=_few(done[outcome]), first=done[outcome][0])
        for outcome, line in SAID.items()
        if done[outcome]
    ]


def _bring(name: str, content: bytes, copy: Path, memory: dict[str, list[str]]) -> str:
    """What became of one copy, for which `content` is the course's present version."""
    version, said = memory.get(name, ("", ""))
    if not os.path.lexists(copy):
        outcome = "made"
    elif version == _fingerprint(content):
        return "current"
    elif copy.is_symlink() or not copy.stat().st_mode & stat.S_IWUSR:
        memory.setdefault(name, ["", ""])  # somebody made a link of it, or locked it
        return "kept"
    else:
        now = _words_of(name, copy.read_bytes())
        if now not in (said, _words_of(name, content)):
            memory.setdefault(name, ["", ""])  # it is the course's all the same
            return "kept"
        outcome = "replaced" if now == said else "current"
    if outcome != "current":
        write(copy, content)
    memory[name] = [_fingerprint(content), _words_of(name, content)]
    return outcome


def _bring_start_page(work: Path) -> list[str]:
    """Make the start page anew or, where somebody wrote in it, its map; the lines that say so."""
    from helpers.record import set_aside

    page, new, lines = work / START, _start_page(work), []
    found = None
    if os.path.lexists(page):
        content = page.read_bytes()
        try:
            found = nbformat.reads(content.decode(), as_version=4)
        except Exception:  # no notebook any more
            kept = set_aside(page).name
            lines.append(f"{START} could not be read; it is kept as {kept}, and made anew.")
    before = deepcopy(found)
    if found and _words_in(found) != found.metadata.get(_WORDS):  # somebody's own words
        for cell in found.cells:
            if cell.source == new.cells[1].source:
                cell.outputs = new.cells[1].outputs
        new = found
    if new != before:
        write(page, (nbformat.writes(new) + "\n").encode())
    return lines


def _start_page(work: Path) -> nbformat.NotebookNode:
    """With a digest of its words, by which an older one is known that nobody changed."""
    from helpers.course_map import CourseMap  # here: only who opens the course needs it

    shown = {"text/markdown": str(CourseMap(work))}
    cells = [
        new_markdown_cell(_WELCOME, id="welcome"),
        new_code_cell(
            "from helpers.course_map import course_map\n\ncourse_map()",
            id="map",
            outputs=[new_output("execute_result", shown)],
        ),
        new_markdown_cell(_AT_THE_END, id="end"),
        new_code_cell(
            'from helpers.course_map import certificate\n\n# certificate("your name")', id="print"
        ),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    page = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    page.metadata[_WORDS] = _words_in(page)
    return page


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _reason_of(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error).partition("\n")[0][:80]


def reset(root: Path, only: str) -> list[str]:
    """Set notebooks aside under a dated name and make them anew, and forget what was predicted in
    them; the lines that say so.
    """
    from helpers import record

    work = _usable_work(root)
    lines = []
    for name in chosen(root, only):
        copy = work / name
        if os.path.lexists(copy) and (
            copy.is_symlink() or copy.read_bytes() != _new_copy(name, _originals(root)[name])
        ):
            kept = record.set_aside(copy).relative_to(work)
            lines.append(f"Yours is kept as work/{kept.as_posix()}.")
        is_lesson = name.startswith("notebooks/")
        if is_lesson and record.forget("predictions", f"{copy.stem}/", work / record.FILE):
            lines.append(f"What you predicted in {copy.stem} is forgotten.")
    return [*lines, *bring_up_to_date(root)]


def arguments(name: str, more: list[str]) -> list[str]:
    """JupyterLab's command line, to open a copy. If `more` has an address, that one is taken."""
    elsewhere = any(re.match(r"--(ServerApp\.)?ip\b", word) for word in more)
    address = [] if elsewhere else ["--ip=127.0.0.1"]
    root = getattr(os, "geteuid", lambda: 1)() == 0  # Windows has no such user
    if root:
        where = "" if elsewhere else ", for this computer only (127.0.0.1)"
        print(f"You are root: JupyterLab runs as root{where}.")
    allowed = ["--allow-root"] if root else []
    opened = f"--LabApp.default_url=/lab/tree/{quote(name)}"  # also what it prints for a browser
    return [f"--notebook-dir={ROOT / 'work'}", opened, *address, *allowed, *more]


def main(given: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="tools/lab.py",
        epilog="What is not known here is given to JupyterLab.",
        allow_abbrev=False,
    )
    parser.add_argument("--only", metavar="05", help="open this lesson, not the start page")
    parser.add_argument("--copies", action="store_true", help="only make the copies in work/")
    parser.add_argument("--reset", metavar="03", help="put these notebooks back, keep the old ones")
    asked, more = parser.parse_known_args(given)
    try:
        page = chosen(ROOT, asked.only)[0] if asked.only else START
        lines = bring_up_to_date(ROOT) if asked.reset is None else reset(ROOT, asked.reset)
    except OSError as error:
        _give_up(str(error))
    for line in lines:
        print(line, flush=True)
    if asked.copies or asked.reset is not None:
        return
    if not (ROOT / "work" / page).exists():
        _give_up(f"work/{page} could not be made.")
    from jupyterlab.labapp import LabApp  # here, since it takes seconds

    LabApp.launch_instance(arguments(page, more))


if __name__ == "__main__":
    main(sys.argv[1:])
