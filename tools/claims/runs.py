"""Run a lesson on a Keras of which one fact is false."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tools import ROOT
from tools.build import CELL_TIMEOUT, KERNEL
from tools.claims import LESSONS, patches

FALSIFY = "from tools.claims import falsify\nfalsify({name!r})"


@dataclass(frozen=True)
class Trial:
    """A lesson that is to notice that a fact is false."""

    name: str
    fact: str
    lesson: int

    @property
    def key(self) -> str:
        return f"{self.lesson}: {self.name}"

    @property
    def notebook(self) -> Path:
        return next((ROOT / "notebooks").glob(f"{self.lesson:02}_*.ipynb"))


def all_trials() -> list[Trial]:
    """Every patch in every lesson that should notice it."""
    return [
        Trial(patch.name, patch.fact, lesson)
        for taught in LESSONS
        for patch in patches(taught)
        for lesson in (taught, *patch.also)
    ]


@dataclass(frozen=True)
class Caught:
    """What noticed it first.

    Args:
        by: "assertion", "error" (of any other kind), "output" (a cell shows something else than
            is stored; nothing stopped) or "nothing".
        where: the section, and the number of the code cell in the lesson.
    """

    by: str
    where: str = ""


def caught(name: str, lesson: Path) -> Caught:
    """Run the lesson with the patch of this name behind its first code cell.

    Raises:
        ValueError: there is no such patch, or its probe sees no change.
    """
    notebook = nbformat.read(lesson, as_version=4)
    stored = [cell.get("outputs", []) for cell in notebook.cells if cell.cell_type == "code"]
    for cell in notebook.cells:
        if cell.cell_type == "code":  # as stored; below it tells how far the run came
            cell.execution_count = None
    first = next(i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code")
    patch = nbformat.v4.new_code_cell(FALSIFY.format(name=name))
    notebook.cells.insert(first + 1, patch)
    notebook.metadata.kernelspec = nbformat.from_dict(KERNEL)
    client = NotebookClient(
        notebook, timeout=CELL_TIMEOUT, resources={"metadata": {"path": str(ROOT)}}
    )
    try:
        client.execute()
    except CellExecutionError as error:
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        position = max(i for i, cell in enumerate(code) if cell.get("execution_count"))
        if position == 1:
            raise ValueError(error.evalue) from None
        by = "assertion" if error.ename == "AssertionError" else "error"
        return Caught(by, _where(notebook, code[position], position))
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell is not patch]
    for number, (cell, before) in enumerate(zip(code, stored, strict=True), 1):
        if _as_compared(cell.outputs) != _as_compared(before):
            return Caught("output", _where(notebook, cell, number))
    return Caught("nothing")


def _as_compared(outputs: Sequence[nbformat.NotebookNode]) -> str:
    """What a learner sees of a cell's outputs, without the bytes of drawings."""
    seen = [
        [each.get("text"), each.get("evalue"), sorted(each.get("data", {}).items())]
        for each in outputs
        if each.get("data") != {}  # where a bar was
    ]
    return re.sub(r"data:image/png;base64,[\w+/=]+", "", repr(seen))  # as nbval_sanitize.cfg


def _where(notebook: nbformat.NotebookNode, cell: nbformat.NotebookNode, number: int) -> str:
    """The section that the cell stands in, and its number among the lesson's code cells."""
    before = notebook.cells[: notebook.cells.index(cell)]
    titles = re.findall(r"^## (.+)", "\n".join(each.source for each in before), re.MULTILINE)
    return f"{titles[-1] if titles else 'start'}, cell {number}"
