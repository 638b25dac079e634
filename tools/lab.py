"""Open lesson 1 in JupyterLab.

    python tools/lab.py ...      what follows is given to JupyterLab, as --no-browser

JupyterLab does not start for root unless told to. In a container everybody is root, so it is told;
it listens on this computer's loopback address alone.
"""

import os
import sys
from pathlib import Path

from jupyterlab.labapp import LabApp

ROOT = Path(__file__).resolve().parents[1]
LESSON = ROOT / "notebooks" / "01_counting_weights.ipynb"


def arguments(more: list[str]) -> list[str]:
    """JupyterLab's command line; `more` comes last and so prevails."""
    root = getattr(os, "geteuid", lambda: 1)() == 0  # Windows has no such user
    if root:
        print("You are root: JupyterLab runs as root, for this computer only (127.0.0.1).")
    allowed = ["--allow-root"] if root else []
    return [f"--notebook-dir={ROOT}", "--ip=127.0.0.1", *allowed, *more, str(LESSON)]


if __name__ == "__main__":
    LabApp.launch_instance(arguments(sys.argv[1:]))
