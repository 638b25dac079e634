"""Measure what the course stores, and write helpers/data/NAME.json.

    python -m tools.measure transfer       the comparisons of lesson 6 (twenty minutes on two cores)
    python -m tools.measure sobel_twins    the four twins of lesson 4 (some minutes)
    python -m tools.measure domain_shift   BatchNormalization's statistics adapted (a minute)
    python -m tools.measure orders         lesson 3's orders, and docs/backends.md (a minute)

A seed decides which labelled images are drawn and every random number. The orders are run on each
backend that is installed beside this Python, and on those of other Pythons that are named:

    python -m tools.measure orders jax=/some/venv/bin/python torch=...

A backend that is not here keeps the rows, versions and date that are stored.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from helpers import start
from helpers.datasets import DATA
from tools import ROOT

SEEDS = (0, 1, 2, 3, 4)
EPOCHS = {10: 60, 50: 30}  # of the twins: labels per class, epochs
PER_CLASS = (5, 10)  # labels of the recipes
BACKENDS = {"tensorflow": "TensorFlow", "torch": "PyTorch", "jax": "JAX"}
RUNS = ("TensorFlow", "TensorFlow, eager", "PyTorch", "JAX")  # in the order of the page


def transfer() -> dict:
    """Accuracies, one a seed: ways of fine-tuning (on new digits and MNIST), recipes, emoji."""
    from helpers.datasets import emoji
    from helpers.experiments import transfer as lesson

    digits, pictures = lesson.large_digits(), emoji()
    tunings = _over_seeds(lesson.fine_tuning_accuracies, labelled=digits)
    return {
        "fine_tuning": {
            way: {"new": [t[way][0] for t in tunings], "old": [t[way][1] for t in tunings]}
            for way in tunings[0]
        },
        "recipes": {
            str(count): {
                name: _over_seeds(lesson.recipe_accuracy, recipe, count, labelled=digits)
                for name, recipe in lesson.RECIPES.items()
            }
            for count in PER_CLASS
        },
        "emoji": {
            name: _over_seeds(lesson.emoji_accuracy, recipe, 10, labelled=pictures)
            for name, recipe in lesson.EMOJI_RECIPES.items()
        },
    }


def _over_seeds(measure: Callable, *what: object, labelled: object) -> list:
    """One result a seed; says what it is doing."""
    import keras

    found = []
    for seed in SEEDS:
        keras.backend.clear_session()
        found.append(measure(*what, seed, labelled))
    print(measure.__name__, *what, found, flush=True)
    return found


def sobel_twins() -> dict:
    """By labels per class, twin and lighting: the accuracies, one a seed; twins see the same."""
    from helpers.datasets import fashion
    from helpers.experiments.sobel_twins import TWINS, accuracies, make_twin, train

    labelled = fashion()
    measured: dict[str, dict] = {}
    for per_class, epochs in EPOCHS.items():
        rows: dict[str, dict] = {name: {} for name in TWINS}
        for seed in SEEDS:
            images, labels = labelled.few(per_class, seed)
            for name in TWINS:
                twin = make_twin(name, seed)
                train(twin, images, labels, epochs)
                for lighting, share in accuracies(twin, labelled).items():
                    rows[name].setdefault(lighting, []).append(round(share, 4))
                print(per_class, seed, name, {k: v[-1] for k, v in rows[name].items()}, flush=True)
        measured[str(per_class)] = rows
    return {"epochs": EPOCHS, "accuracy": measured}


def domain_shift() -> list[dict]:
    """One record per seed and shift, accuracies from 0 to 1."""
    from helpers.experiments.domain_shift import adapt_to_shifts, as_records

    return as_records([row for seed in SEEDS for row in adapt_to_shifts(seed)])


def orders(*others: str) -> dict:
    """By backend: its versions, the date, and the outcomes; writes docs/backends.md as well.

    Raises:
        SystemExit: one of `others` is not of the form backend=python, or a backend fails.
    """
    from helpers.experiments.results import stored
    from tools.backends import PAGE, backends_page

    runs = stored("orders")["results"]
    for backend, python in pythons(others).items():
        runs[BACKENDS[backend]] = one_backend(backend, python)
        if backend == "tensorflow":
            runs["TensorFlow, eager"] = one_backend(backend, python, "eager")
        print(f"{BACKENDS[backend]}: done", flush=True)
    runs = {title: runs[title] for title in RUNS if title in runs}
    PAGE.write_text(backends_page(runs), "utf-8")
    return runs


def pythons(named: Sequence[str]) -> dict[str, str]:
    """Which Python runs which backend: those found beside this one, and those that were named.

    Raises:
        SystemExit: an argument is not of the form backend=python.
    """
    found = {backend: sys.executable for backend in BACKENDS if find_spec(backend)}
    for argument in named:
        backend, _, python = argument.partition("=")
        if backend not in BACKENDS or not Path(python).is_file():
            sys.exit(f"expected {' or '.join(BACKENDS)}, then = and a Python; got {argument!r}")
        found[backend] = python
    return found


def one_backend(backend: str, python: str, *mode: str) -> dict:
    """The orders on one backend, from a fresh process: Keras reads KERAS_BACKEND once.

    Raises:
        SystemExit: the process failed; its last line says why.
    """
    environment = os.environ | {"KERAS_BACKEND": backend}
    command = [python, "-m", "tools.measure", "here", *mode]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{backend} failed: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def _print_outcomes(*mode: str) -> None:
    """Print versions, date and outcomes of the backend of this process as JSON."""
    from helpers.experiments.orders import run_orders

    outcomes = run_orders(run_eagerly=mode == ("eager",))
    run = {
        "versions": {
            package: version(package) for package in ("keras", os.environ["KERAS_BACKEND"])
        },
        "date": date.today().isoformat(),
        "outcomes": {outcome.name: [outcome.summary, outcome.fit] for outcome in outcomes},
    }
    print(json.dumps(run))


MEASURES: dict[str, tuple[Callable, tuple[int, ...]]] = {  # and the seeds that each uses
    "domain_shift": (domain_shift, SEEDS),
    "orders": (orders, (0,)),
    "sobel_twins": (sobel_twins, SEEDS),
    "transfer": (transfer, SEEDS),
}


def header(name: str) -> dict:
    """What every stored file begins with; "results" follows."""
    packages = {package: version(package) for package in ("keras", "tensorflow", "numpy")}
    return {
        "made_by": f"python -m tools.measure {name}",
        "date": date.today().isoformat(),
        "versions": {"python": platform.python_version(), **packages},
        "seeds": list(MEASURES[name][1]),
    }


def main(arguments: list[str]) -> None:
    name, *rest = arguments or [""]
    if name not in (*MEASURES, "here") or (rest and name not in ("orders", "here")):
        sys.exit(f"expected one of {', '.join(MEASURES)}; got {' '.join(arguments) or 'nothing'}")
    start()
    if name == "here":
        _print_outcomes(*rest)
        return
    made = header(name) | {"results": MEASURES[name][0](*rest)}
    path = DATA / f"{name}.json"
    path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    main(sys.argv[1:])
