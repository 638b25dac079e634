"""Measure what the course promises about speed. Ratios come from one run, medians of three.

python -m tools.bench                 everything (some minutes)
python -m tools.bench import cells    only these rows; see ROWS
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from helpers.tables import Table
from tools import ROOT

NOTEBOOKS = sorted([*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("solutions/*/*.ipynb")])
ROUNDS = 3
Row = tuple[str, str, str]  # what, measured, aim


def _seconds(command: list, **options: Any) -> float:
    """Wall time of a command that must succeed."""
    began = time.perf_counter()
    subprocess.run(list(map(str, command)), check=True, capture_output=True, **options)
    return time.perf_counter() - began


def _ratio(ours: Callable[[], float], reference: Callable[[], float]) -> tuple[float, float, float]:
    """The medians of alternating rounds, and their ratio."""
    pairs = [(ours(), reference()) for _ in range(ROUNDS)]
    mine, other = (statistics.median(times) for times in zip(*pairs, strict=True))
    return mine, other, mine / other


def _shown(mine: float, other: float, quotient: float) -> str:
    return f"{mine:.2f} s / {other:.2f} s = {quotient:.2f}"


def _bench_import() -> list[Row]:
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    python = [sys.executable, "-c"]
    found = _ratio(
        lambda: _seconds([*python, "from helpers import start; start()"], env=environment),
        lambda: _seconds([*python, "import keras"], env=environment),
    )
    return [("import helpers and keras / import keras", _shown(*found), "≤ 1.05")]


def _bench_lab() -> list[Row]:
    """What `make lab` adds to JupyterLab's own start where no copy has to be made."""
    python = [sys.executable, "-c"]
    jupyterlab = "import jupyterlab.labapp"
    with tempfile.TemporaryDirectory() as folder:
        for name in ("notebooks", "exercises", "solutions", "docs"):
            shutil.copytree(ROOT / name, Path(folder, name))
        ours = "from pathlib import Path; from tools import lab; "
        ours += f"print(lab.bring_up_to_date(Path({folder!r}))); {jupyterlab}"
        _seconds([*python, ours], cwd=ROOT)  # the first time makes the copies
        mine, other, _ = _ratio(
            lambda: _seconds([*python, ours], cwd=ROOT),
            lambda: _seconds([*python, jupyterlab], cwd=ROOT),
        )
    measured = f"{mine:.2f} s − {other:.2f} s = {mine - other:.2f} s"
    return [("make lab, unchanged, until JupyterLab starts − importing that", measured, "≤ 1 s")]


def _bench_reveal() -> list[Row]:
    """What it takes to read a wrong prediction, find its idea and draw the table."""
    from helpers.predictions import counting_weights

    def once() -> float:
        began = time.perf_counter()
        told = counting_weights.sizes.reveal(said=(3200, "330", 3520), seen=(3232, 330, 3562))
        told._repr_mimebundle_()
        return time.perf_counter() - began

    return [("a reveal", f"{1000 * statistics.median(once() for _ in range(9)):.1f} ms", "≤ 50 ms")]


def _as_script(notebook: Path, folder: Path) -> Path:
    """A notebook's code as one plain script; cells that may fail are guarded."""
    parts = []
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "code":
            guarded = "raises-exception" in cell.metadata.get("tags", [])
            parts.append(
                f"try:\n    exec({cell.source!r}, globals())\nexcept Exception:\n    pass"
                if guarded
                else cell.source
            )
    script = folder / f"{notebook.parent.name}_{notebook.stem}.py"
    script.write_text("\n\n".join(parts), encoding="utf-8")
    return script


def _bench_suite() -> list[Row]:
    """The notebooks' part of the suite against the same code without kernels and comparison."""

    def strict() -> float:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += ["--numprocesses", "2", "--dist", "loadfile", "notebooks", "solutions"]
        return _seconds(command, cwd=ROOT)

    def floor() -> float:
        with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as two_cores:
            scripts = [_as_script(notebook, Path(folder)) for notebook in NOTEBOOKS]
            began = time.perf_counter()
            jobs = [
                two_cores.submit(_seconds, [sys.executable, script], cwd=notebook.parent)
                for script, notebook in zip(scripts, NOTEBOOKS, strict=True)
            ]
            for job in jobs:
                job.result()
            return time.perf_counter() - began

    return [
        ("nbval on all notebooks / their code as scripts", _shown(*_ratio(strict, floor)), "≤ 1.25")
    ]


def _cell_seconds(notebook: Path) -> list[float]:
    """How long each code cell of a notebook takes in a fresh kernel."""
    content = nbformat.read(notebook, as_version=4)
    resources = {"metadata": {"path": str(notebook.parent)}}
    quiet = ["--log-level=ERROR"]
    NotebookClient(content, timeout=120, resources=resources, extra_arguments=quiet).execute()
    times = []
    for cell in content.cells:
        if stamps := cell.metadata.get("execution"):
            began, ended = (
                datetime.fromisoformat(stamps[key].replace("Z", "+00:00"))
                for key in ("iopub.execute_input", "shell.execute_reply")
            )
            times.append((ended - began).total_seconds())
    return times


def _bench_cells() -> list[Row]:
    rows = []
    for notebook in NOTEBOOKS:
        times = _cell_seconds(notebook)
        measured = f"slowest {max(times):.2f} s, median {statistics.median(times):.3f} s, "
        measured += f"all {sum(times):.1f} s"
        rows.append(
            (str(notebook.relative_to(ROOT).parent / notebook.stem), measured, "≤ 10, < 1 s")
        )
    return rows


def _bench_build() -> list[Row]:
    """A learner's .venv against a bare one; uv with a warm cache, so the network plays no part."""
    uv = Path(sys.executable).parent / "uv"

    def install(*packages: str) -> float:
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            _seconds([uv, "venv", folder, "--clear", "--python", sys.executable])
            python = Path(folder) / ("Scripts" if os.name == "nt" else "bin") / "python"
            command = [uv, "pip", "install", "--compile-bytecode", "--python", python]
            _seconds([*command, *packages], cwd=ROOT)
            return time.perf_counter() - began

    found = _ratio(
        lambda: install("--require-hashes", "-r", "requirements.txt"),
        lambda: install("tensorflow", "jupyterlab"),
    )
    return [("build of .venv / bare tensorflow and jupyterlab", _shown(*found), "≤ 1.3")]


def _bench_snapshot() -> list[Row]:
    from helpers import start

    start()
    import keras
    import numpy as np

    from helpers.movement import snapshot

    model = keras.Sequential(
        [keras.Input((1000,)), *(keras.layers.Dense(1000) for _ in range(10))]  # 40 MB
    )
    values = [weight.numpy() for weight in model.weights]

    found = _ratio(
        lambda: _once(lambda: snapshot(model)),
        lambda: _once(lambda: [np.array(value) for value in values]),
    )
    measured = f"{found[0] * 1e3:.1f} ms / {found[1] * 1e3:.1f} ms = {found[2]:.2f}"
    return [("snapshot of 40 MB / NumPy copies of it", measured, "≤ 1.5")]


def _once(work: Callable[[], object], times: int = 20) -> float:
    """The median of so many times that a piece of work took, in seconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def _bench_instruments() -> list[Row]:
    """The ledger and the map of InceptionV3, and of chains: do they grow with the layers?"""
    from helpers import start

    start()
    import keras

    from helpers.figures import model_map
    from helpers.ledger import ledger

    inception = keras.applications.InceptionV3(weights=None)
    chains = {}
    for count in (100, 200, 400):
        x = inputs = keras.Input((4,))
        for _ in range(count):
            x = keras.layers.Dense(4)(x)
        chains[count] = keras.Model(inputs, x)
    rows: list[Row] = []
    for instrument, aim in ((ledger, "< 50 ms"), (model_map, "< 5 s")):
        name = instrument.__name__
        taken = _once(lambda work=instrument: work(inception))  # type: ignore[misc]
        rows.append((f"{name} of InceptionV3", f"{taken * 1e3:.1f} ms", aim))
        grown = [_once(lambda work=instrument, m=m: work(m)) for m in chains.values()]  # type: ignore[misc]
        each = ", ".join(f"{t * 1e6 / n:.0f}" for n, t in zip(chains, grown, strict=True))
        what = f"{name}, µs a layer in chains of {', '.join(map(str, chains))}"
        rows.append((what, each, "the same"))
    return rows


def _bench_diagnose() -> list[Row]:
    """diagnose against a first `fit` of as many steps on the same data, which makes its graph."""
    from helpers import diagnose, start

    start()
    import keras
    import numpy as np

    x, y = np.ones((96, 4), "float32"), np.ones((96, 4), "float32")

    def chain(layers: int) -> keras.Model:
        inside = [keras.layers.Dense(4) for _ in range(layers)]
        model = keras.Sequential([keras.Input((4,)), *inside])
        model.compile("sgd", "mse")
        return model

    rows: list[Row] = []
    for layers in (10, 20, 40):
        asked, fitted = chain(layers), chain(layers)
        ours = _once(lambda m=asked: diagnose(m, x, y), times=1)  # type: ignore[misc]
        steps = _once(lambda m=fitted: m.fit(x, y, verbose=0), times=1)  # type: ignore[misc]
        measured = f"{ours:.2f} s / {steps:.2f} s = {ours / steps:.2f}"
        rows.append((f"diagnose, {layers} layers / a first fit of its steps", measured, "≤ 3"))
    return rows


ROWS = {
    "import": _bench_import,
    "lab": _bench_lab,
    "reveal": _bench_reveal,
    "snapshot": _bench_snapshot,
    "instruments": _bench_instruments,
    "diagnose": _bench_diagnose,
    "cells": _bench_cells,
    "suite": _bench_suite,
    "build": _bench_build,
}


def main(names: list[str]) -> None:
    unknown = set(names) - set(ROWS)
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join(ROWS)}")
    rows = []
    for name in names or ROWS:
        print(f"measuring: {name} ...", flush=True)
        rows += ROWS[name]()
    print(Table(("what", "measured", "aim"), rows))


if __name__ == "__main__":
    main(sys.argv[1:])
