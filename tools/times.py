"""How long a lesson takes, computed: what its header and the README say.

    python -m tools.times        run every lesson on this (idle) machine and store what is waited
    python -m tools.times 03     these lessons only; the others keep what is stored

Minutes = words / 180 + 1 a prediction + 4 seconds a line of code + the waiting that was measured.
The build writes them; a test holds every core to 40 minutes.
"""

import json
import math
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from helpers.course_map import WORDS
from tools import ROOT

WAITING = ROOT / "sources" / "waiting.json"  # by lesson: seconds of the core, seconds of the rest
LINE = 4  # seconds to read a line of code
PREDICTION = 1  # minutes to think and write
MOST = 40  # minutes of a core
DEEPER = "Dig deeper"  # how the headings of all sections begin that are not of the core
PLACE = "{minutes}"  # where a source wants the build to write the times


@dataclass(frozen=True)
class Times:
    """Whole minutes, rounded up, of a lesson's core and of all of it."""

    core: int
    whole: int

    def __str__(self) -> str:
        if self.whole == self.core:
            return f"about {self.core} minutes"
        return f"about {self.core} minutes, and {self.whole - self.core} more to dig deeper"


def times(lesson: str, cells: Iterable[NotebookNode]) -> Times:
    """The times of a lesson.

    Args:
        lesson: its name, such as 01_counting_weights; what it makes one wait is stored.
        cells: of its notebook, executed or not.

    The waiting of a new lesson counts as nothing until `python -m tools.times` has measured it.
    """
    parts = core_and_rest(cells)
    waiting = json.loads(WAITING.read_text("utf-8")).get(lesson, (0, 0))  # new: not measured
    core, rest = (
        minutes(part) + seconds / 60 for part, seconds in zip(parts, waiting, strict=True)
    )
    return Times(math.ceil(core), math.ceil(core + rest))


def core_and_rest(cells: Iterable[NotebookNode]) -> tuple[list[NotebookNode], list[NotebookNode]]:
    """The cells of the core, and those under a heading that digs deeper.

    A cell belongs where its first heading of the second level, or else the cell before it, does.
    """
    core: list[NotebookNode] = []
    rest: list[NotebookNode] = []
    part = core
    for cell in cells:
        heading = re.search(r"^## (.+)", cell.source, re.MULTILINE)
        if cell.cell_type == "markdown" and heading:
            part = rest if heading[1].startswith(DEEPER) else core
        part.append(cell)
    return core, rest


def minutes(cells: Sequence[NotebookNode]) -> float:
    """To read, predict and type along, without the waiting."""
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    lines = sum(1 for line in code.splitlines() if line.strip())
    return words(prose) / WORDS + prose.count("**Predict.**") * PREDICTION + lines * LINE / 60


def words(prose: str) -> int:
    """The words that one reads in Markdown: no addresses, tags, pictures or signs."""
    read = re.sub(r"!\[[^]]*\]\([^)]*\)|\]\([^)]*\)|<[^>]+>", " ", prose)
    return sum(1 for word in read.split() if re.search(r"\w", word))


def with_times(readme: str, of: dict[str, Times]) -> str:
    """The README with the minutes of these lessons in the map of the course.

    Args:
        readme: its text; a row is `| no. | [title](notebooks/NAME.ipynb) | core | whole | ...`.
        of: by the lesson's name.
    """
    for lesson, found in of.items():
        row = re.compile(rf"^(\| \d \| [^|]+\(notebooks/{lesson}\.ipynb\) \|)[^|]+\|[^|]+\|", re.M)
        readme = row.sub(rf"\1 {found.core} | {found.whole} |", readme)
    return readme


def _measured_waiting(lesson: Path) -> tuple[int, int]:
    """Run a lesson; whole seconds that its core and the rest of it make one wait."""
    from datetime import datetime

    from nbclient import NotebookClient

    from tools.build import Chapter, unexecuted

    notebook = unexecuted(Chapter(lesson))
    client = NotebookClient(
        notebook,
        timeout=600,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(ROOT)}},
    )
    client.execute()

    def seconds(cells: Sequence[NotebookNode]) -> int:
        total = 0.0
        for cell in cells:
            if cell.cell_type == "code":
                said = cell.metadata.execution
                began = datetime.fromisoformat(said["iopub.status.busy"])
                took = (datetime.fromisoformat(said["iopub.status.idle"]) - began).total_seconds()
                total += took
                if took > 2:
                    print(f"  {took:5.1f} s: {cell.source.splitlines()[0][:80]}", flush=True)
        return round(total)

    core, rest = core_and_rest(notebook.cells)
    return seconds(core), seconds(rest)


def main(numbers: Sequence[str]) -> None:
    """Measure and store the waiting of the lessons whose names start so."""
    known = json.loads(WAITING.read_text("utf-8")) if WAITING.exists() else {}
    for lesson in sorted((ROOT / "sources" / "lessons").glob("*.py")):
        if not numbers or lesson.stem.startswith(tuple(numbers)):
            print(lesson.stem, flush=True)
            known[lesson.stem] = _measured_waiting(lesson)
            WAITING.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n", "utf-8")
    print(f"wrote {WAITING}")


if __name__ == "__main__":
    main(sys.argv[1:])
