"""Measure what the course stores, and write helpers/data/NAME.json.

    python -m tools.measure transfer       the comparisons of lesson 6 (twenty minutes on two cores)
    python -m tools.measure sobel_twins    the four twins of lesson 4 (a quarter of an hour)
    python -m tools.measure domain_shift   BatchNormalization's statistics adapted (a minute)
    python -m tools.measure orders         lesson 3's orders, and docs/backends.md (a minute)

A seed decides which labelled images are drawn and every random number. The orders are run on each
backend that is installed beside this Python, and on those of other Pythons that are named, as in
`python -m tools.measure orders jax=/some/venv/bin/python`.
"""

import json
import platform
import sys
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from itertools import pairwise

from helpers import start
from helpers.datasets import DATA
from tools.backends import PAGE, all_backends, backends_page

SEEDS = (0, 1, 2, 3, 4)
TWIN_SEEDS = tuple(range(10))  # their differences are small
TWIN_LABELS = (10, 50)  # per class
TWIN_EPOCHS = (20, 60)  # measured twice: as in the lesson, and when all have learned enough
RECIPE_LABELS = (5, 10)  # per class


def domain_shift() -> list[dict]:
    """One record per seed and shift, accuracies from 0 to 1."""
    from helpers.experiments.domain_shift import adapt_to_shifts, as_records

    return as_records([row for seed in SEEDS for row in adapt_to_shifts(seed)])


def orders(*named: str) -> dict[str, dict]:
    """By backend: its versions, the date and the outcomes; those not run now stay as stored."""
    from helpers.experiments.results import stored

    known = stored("orders")["results"] if (DATA / "orders.json").exists() else {}
    return all_backends(known, named)


def sobel_twins() -> dict:
    """By labels per class, epochs, twin and lighting: accuracies, one a seed.

    Twins of a seed see the same images in the same order.
    """
    import keras

    from helpers.datasets import fashion
    from helpers.experiments.sobel_twins import TWINS, accuracies, make_twin, train

    labelled = fashion()
    measured: dict[str, dict] = {}
    for per_class in TWIN_LABELS:
        rows: dict[str, dict] = {str(e): {name: {} for name in TWINS} for e in TWIN_EPOCHS}
        for seed in TWIN_SEEDS:
            keras.backend.clear_session()
            images, labels = labelled.few(per_class, seed)
            for name in TWINS:
                twin = make_twin(name, seed)
                for before, epochs in pairwise((0, *TWIN_EPOCHS)):
                    train(twin, images, labels, epochs - before)
                    for lighting, share in accuracies(twin, labelled).items():
                        shares = rows[str(epochs)][name].setdefault(lighting, [])
                        shares.append(round(share, 4))
            print(per_class, "labels a class, seed", seed, flush=True)
        measured[str(per_class)] = rows
    return {"accuracy": measured}


def transfer() -> dict:
    """Accuracies, one a seed: ways of fine-tuning (on new digits and MNIST), recipes, emoji."""
    from helpers.datasets import emoji
    from helpers.experiments import transfer as lesson

    digits, pictures = lesson.large_digits(), emoji()
    tunings = _over_seeds(lesson.fine_tuning_accuracies, labelled=digits)
    emoji_rows: dict[str, list] = {}
    for name, recipe in lesson.EMOJI_RECIPES.items():
        for found in _over_seeds(lesson.emoji_accuracies, recipe, 10, labelled=pictures):
            for when, accuracy in found.items():
                row = f"{name}, {when}" if len(found) > 1 else name
                emoji_rows.setdefault(row, []).append(accuracy)
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
            for count in RECIPE_LABELS
        },
        "emoji": emoji_rows,
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


MEASURES: dict[str, tuple[Callable, tuple[int, ...]]] = {  # and the seeds that each uses
    "domain_shift": (domain_shift, SEEDS),
    "orders": (orders, (0,)),
    "sobel_twins": (sobel_twins, TWIN_SEEDS),
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
    """Measure what is named, and store it."""
    name, *named = arguments or [""]
    if name not in MEASURES or (named and name != "orders"):
        sys.exit(f"expected one of {', '.join(MEASURES)}; got {' '.join(arguments) or 'nothing'}")
    start()
    made = header(name) | {"results": MEASURES[name][0](*named)}
    path = DATA / f"{name}.json"
    path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"wrote {path}")
    if name == "orders":
        PAGE.write_text(backends_page(made["results"]), "utf-8")
        print(f"wrote {PAGE}")


if __name__ == "__main__":
    main(sys.argv[1:])
