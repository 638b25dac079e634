"""Turn sources/ into the notebooks that people open.

    python -m tools.build        everything
    python -m tools.build 01     one chapter

A lesson becomes notebooks/NAME.ipynb, a solution solutions/NAME/NAME.ipynb; both are run here.
Beside a lesson, NAME.predictions.json holds its predictions and what the run showed.
nbgrader derives exercises/NAME/NAME.ipynb from the solution. Nothing is written until everything
has run, so a failing cell leaves the earlier files as they were; building twice changes no byte.
"""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import SaveCells
from traitlets.config import PyFileConfigLoader

from tools import ROOT, WORKERS, headers
from tools.predictions import stored_beside, to_store
from tools.times import PLACE, Times, times, with_times

CELL_TIMEOUT = 600  # seconds, against hangs alone: no cell takes over 10 on two idle cores
# What IPython shows, with the line that failed, to whoever runs a check in a fresh kernel.
BEFORE_A_CHECK = "# A NameError here? Run the notebook from its first cell on."
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class BuildError(Exception):
    """A build that must stop, said in one or a few lines."""


@dataclass(frozen=True)
class Chapter:
    """One source file and the notebook it becomes."""

    source: Path

    @property
    def is_solution(self) -> bool:
        return self.source.parent.name == "solutions"

    @property
    def target(self) -> Path:
        name = self.source.stem
        if self.is_solution:
            return ROOT / "solutions" / name / f"{name}.ipynb"
        return ROOT / "notebooks" / f"{name}.ipynb"

    @property
    def exercise(self) -> Path:
        return ROOT / "exercises" / self.source.stem / f"{self.source.stem}.ipynb"


def chapters(only: str = "") -> list[Chapter]:
    """Every chapter whose name starts with `only`, lessons first.

    Raises:
        BuildError: there is none.
    """
    found = [
        Chapter(path)
        for folder in ("lessons", "solutions")
        for path in sorted((ROOT / "sources" / folder).glob(f"{only}*.py"))
    ]
    if not found:
        raise BuildError(f"no source in sources/ starts with {only!r}")
    return found


def unexecuted(chapter: Chapter) -> nbformat.NotebookNode:
    """The notebook of a source, with stable metadata and cell ids, not run yet.

    Raises:
        BuildError: a cell's header is not understood.
    """
    notebook = jupytext.read(chapter.source, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    if not chapter.is_solution:
        head = notebook.cells[0]
        without = head.source
        for _ in range(2):  # the second time with the times, which are words to read, too
            found = times(chapter.source.stem, notebook.cells)
            head.source = without.replace(PLACE, str(found))
    for position, cell in enumerate(notebook.cells):
        cell.id = f"cell-{position:02}"
        try:
            cell.metadata = nbformat.from_dict(headers.metadata(cell))
            if cell.metadata.get("nbgrader", {}).get("locked"):
                cell.source = f"{BEFORE_A_CHECK}\n{cell.source}"
        except ValueError as error:
            raise BuildError(failure(chapter, position, str(error))) from None
    return notebook


def executed(chapter: Chapter) -> nbformat.NotebookNode:
    """The notebook of a source with the outputs of a fresh kernel.

    Raises:
        BuildError: a cell failed (other than on purpose, in a lesson) or took too long.
    """
    notebook = unexecuted(chapter)
    folder = chapter.target.parent
    folder.mkdir(parents=True, exist_ok=True)
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        coalesce_streams=True,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError) as error:
        reason = getattr(error, "evalue", "") or str(error)
        raise BuildError(failure(chapter, _failed_position(notebook), reason)) from None
    for position, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":  # where a progress bar was, nothing is left
            cell.outputs = [each for each in cell.outputs if each.get("data") != {}]
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                if chapter.is_solution:
                    raise BuildError(failure(chapter, position, output.evalue))
                # A deliberate error is shown by its type and text; paths and colours vary.
                output.traceback = [f"{output.ename}: {output.evalue}"]
    notebook.metadata.language_info = nbformat.from_dict({"name": "python"})
    return notebook


def _predictions_of(chapter: Chapter, notebook: nbformat.NotebookNode) -> bytes | None:
    """What stands beside an executed lesson: its predictions and what it showed.

    Raises:
        BuildError: it reveals others than it declares.
    """
    try:
        return to_store(chapter.source.stem, notebook)
    except ValueError as error:
        raise BuildError(f"{error}\nNothing was written.") from None


def _failed_position(notebook: nbformat.NotebookNode) -> int:
    """The last cell that has run: the one that failed."""
    ran = (i for i, cell in enumerate(notebook.cells) if cell.get("execution_count"))
    return max(ran, default=0)


def failure(chapter: Chapter, position: int, reason: str) -> str:
    name = chapter.source.relative_to(ROOT)
    return f"{name}, cell {position}: {reason.strip()}\nNothing was written."


def _lesson_times(chapter: Chapter) -> Times:
    return times(chapter.source.stem, unexecuted(chapter).cells)


def as_bytes(notebook: nbformat.NotebookNode) -> bytes:
    return (nbformat.writes(notebook, indent=1) + "\n").encode()


def derived_exercise(name: str, solution: bytes) -> bytes:
    """What nbgrader's generate_assignment releases for this solution notebook."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    with TemporaryDirectory() as folder:
        course = Path(folder)
        source = course / "solutions" / name / f"{name}.ipynb"
        source.parent.mkdir(parents=True)
        source.write_bytes(solution)
        directory = CourseDirectory(config=config, root=folder, assignment_id=name)
        converter = GenerateAssignment(coursedir=directory, config=config, no_database=True)
        converter.preprocessors = [
            step
            for step in converter.preprocessors
            if step is not SaveCells  # needs a database
        ]
        converter.log.setLevel("ERROR")
        converter.start()
        return (course / "exercises" / name / f"{name}.ipynb").read_bytes()


def protect(chapter: Chapter, new: bytes) -> None:
    """Stop rather than overwrite an exercise file in which somebody has worked.

    It may be replaced if git says that it is as committed, or if it is exactly what the solution
    on disk gives, that is: an earlier build wrote it.

    Raises:
        BuildError: the file holds work that is nowhere else.
    """
    path = chapter.exercise
    if not path.exists() or path.read_bytes() == new:
        return
    relative = path.relative_to(ROOT)
    status = subprocess.run(
        ["git", "status", "--porcelain", "--ignored", "--", relative],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if status.returncode == 0 and not status.stdout:
        return
    solution = chapter.target
    name = chapter.source.stem
    if solution.exists() and derived_exercise(name, solution.read_bytes()) == path.read_bytes():
        return
    raise BuildError(
        f"{relative} has changes that are not committed; they may be a learner's work.\n"
        "Commit, move or restore that file, then build again. Nothing was written."
    )


def build(only: str = "") -> list[Path]:
    """Build the chapters and return the files written.

    Raises:
        BuildError: see `chapters`, `executed` and `protect`.
    """
    todo = chapters(only)
    files: dict[Path, bytes] = {}

    def one(chapter: Chapter) -> dict[Path, bytes]:
        began = time.perf_counter()
        notebook = executed(chapter)
        made = {chapter.target: as_bytes(notebook)}
        if not chapter.is_solution and (beside := _predictions_of(chapter, notebook)):
            made[stored_beside(chapter.target)] = beside
        print(
            f"{chapter.target.relative_to(ROOT)}  {time.perf_counter() - began:.1f} s", flush=True
        )
        return made

    with ThreadPoolExecutor(WORKERS) as pool:
        for made in pool.map(one, todo):
            files |= made
    for chapter in todo:
        if chapter.is_solution:
            exercise = derived_exercise(chapter.source.stem, files[chapter.target])
            protect(chapter, exercise)
            files[chapter.exercise] = exercise
            print(chapter.exercise.relative_to(ROOT), flush=True)
    readme = ROOT / "README.md"
    found = {each.source.stem: _lesson_times(each) for each in todo if not each.is_solution}
    if readme.exists():
        files[readme] = with_times(readme.read_text("utf-8"), found).encode()
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
    return list(files)


if __name__ == "__main__":
    try:
        if len(sys.argv) > 2:
            raise BuildError(f"one start of names at most, such as 01, not {sys.argv[1:]}")
        build(*sys.argv[1:])
    except BuildError as error:
        sys.exit(f"build stopped: {error}")
