"""An untouched exercise runs from top to bottom; each check says "not attempted", nothing fails."""

import re
from importlib import import_module
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers.tasks.core import OUTCOMES, NotAttempted
from helpers.tasks.counting_weights import exercise

ROOT = Path(__file__).resolve().parents[1]
EXERCISES = sorted((ROOT / "exercises").glob("*/*.ipynb"))


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_untouched_exercise(path, monkeypatch):
    monkeypatch.chdir(path.parent)
    shell = InteractiveShell()
    checks = 0
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        result = shell.run_cell(cell.source, store_history=False)
        if ".check(" in cell.source:
            checks += 1
            assert isinstance(result.error_in_exec, NotAttempted), cell.source
            assert "raises-exception" in cell.metadata.tags  # so that Run All goes on
        else:
            assert result.success, cell.source
    assert checks >= 7


def test_run_all_reaches_the_scoreboard_of_an_untouched_exercise(monkeypatch, capsys):
    for name in ("NBGRADER_EXECUTION", "PYTEST_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(EXERCISES[0].parent)
    for each in exercise.tasks:  # other tests of this process have answered some
        monkeypatch.setattr(each, "outcome", OUTCOMES[0])
    shell = InteractiveShell()
    results = [
        shell.run_cell(cell.source, store_history=False)
        for cell in nbformat.read(EXERCISES[0], as_version=4).cells
        if cell.cell_type == "code"
    ]
    assert all(result.success for result in results)
    assert capsys.readouterr().out.count("○ ") >= 7
    assert "0 of 8 tasks right" in repr(results[-1].result)


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_a_check_in_a_fresh_kernel_says_what_to_do(path, capsys):
    cells = nbformat.read(path, as_version=4).cells
    checks = [c.source for c in cells if c.metadata.get("nbgrader", {}).get("locked")]
    assert len(checks) >= 7
    for source in checks:
        result = InteractiveShell().run_cell(source, store_history=False)
        assert isinstance(result.error_in_exec, NameError)
        assert "Run the notebook from its first cell on" in capsys.readouterr().out


@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_what_an_ask_names_is_there(path):
    """In prose and in hints, too: `tasks.partly_frozen()` stands in no cell that is run."""
    exercise = import_module(f"helpers.tasks.{path.stem[3:]}")
    texts = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    texts += [hint for task in exercise.exercise.tasks for hint in task.hints]
    named = set(re.findall(r"\btasks\.(\w+)", "\n".join(texts)))
    assert named and all(hasattr(exercise, name) for name in named), named
