"""What a process finds under one setting of the matrix, printed as JSON in the last line.

runs.py runs this in exactly the way in which it runs the notebooks, so that every setting
is shown to be in force. A fact that this system cannot tell is null. The instruction set is told
by oneDNN itself: with ONEDNN_VERBOSE=1 it prints lines that runs.py reads.
"""

import json
import locale
import os
import platform
import socket
from importlib.metadata import version
from pathlib import Path


def _thread_names() -> list[str] | None:
    """The names of this process's threads; None where the system has no /proc."""
    try:
        return [(task / "comm").read_text().strip() for task in Path("/proc/self/task").iterdir()]
    except OSError:
        return None


def _terminal_and_system() -> dict[str, object]:
    """What any program finds here. To be called before `start`, which fixes COLUMNS."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "columns": os.environ.get("COLUMNS", ""),
        "decimal point": locale.localeconv()["decimal_point"],
        "network": [name for _, name in socket.if_nameindex()] if os.name == "posix" else None,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "folder": Path.cwd().name,
        "writable": os.access(".", os.W_OK),
    }


def _tensorflow_and_course() -> dict[str, object]:
    """What the course's own start finds; its first operation starts TensorFlow's threads."""
    import numpy  # noqa: F401  (starts its own threads first, so that they can be told apart)

    before = _thread_names()
    import helpers

    helpers.start()
    after = _thread_names()
    import keras

    keras.ops.conv(keras.ops.ones((1, 9, 9, 8)), keras.ops.ones((3, 3, 8, 8)))  # oneDNN tells
    theirs = [name for name in after or () if name.startswith("tf_")]
    rest = len(after) - len(theirs) - len(before) if before and after else None
    return {
        "threads per operation": rest,
        "operations at a time": theirs.count("tf_Compute") if after else None,
        "threads of NumPy": len(before) if before else None,
        "course of this folder": Path(helpers.__file__).resolve().parents[1] == Path.cwd(),
        "keras": version("keras"),
        "tensorflow": version("tensorflow"),
    }


if __name__ == "__main__":
    print(json.dumps(_terminal_and_system() | _tensorflow_and_course()), flush=True)
