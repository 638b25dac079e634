"""What a lesson's predictions are and what its run showed, stored beside the notebook as JSON."""

import json
from importlib import import_module
from pathlib import Path

from nbformat import NotebookNode

from tools import ROOT

PACKAGE = ROOT / "helpers" / "predictions"


def stored_beside(notebook: Path) -> Path:
    """The file for a lesson's notebook."""
    return notebook.with_suffix(".predictions.json")


def seen_in(notebook: NotebookNode) -> dict[str, list]:
    """By the name of each prediction, what the run of the notebook revealed."""
    tags = [
        output.get("metadata", {})
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    return {tag["prediction"]: tag["seen"] for tag in tags if "prediction" in tag}


def to_store(name: str, notebook: NotebookNode) -> bytes | None:
    """The content of the file for an executed lesson; None if it declares no predictions.

    Raises:
        ValueError: it reveals others than its module declares.
    """
    room = name[3:]  # without the number
    if not (PACKAGE / f"{room}.py").exists():
        return None
    lesson = import_module(f"helpers.predictions.{room}").lesson
    seen = {
        name: values[0] if len(values) == 1 else values
        for name, values in seen_in(notebook).items()
    }
    return (json.dumps(lesson.as_json(seen), indent=1, ensure_ascii=False) + "\n").encode()
