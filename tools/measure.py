"""Measure the comparisons of lesson 6 over five seeds and store helpers/data/transfer.json.

    python tools/transfer.py

Takes about twenty minutes on two cores. The file holds three tables of accuracies, one number a
seed: `recipes` (labels per class, recipe), `fine_tuning` (way; new digits and MNIST), and `emoji`
(recipe, with ten labels per class). A seed decides the labelled images and every random number.
"""

import json
import platform
import time
from importlib.metadata import version

from helpers import start

start()

import keras

from helpers.datasets import DATA, emoji
from helpers.experiments.transfer import (
    EMOJI_RECIPES,
    RECIPES,
    emoji_accuracy,
    fine_tuning_accuracies,
    large_digits,
    recipe_accuracy,
)

SEEDS = (0, 1, 2, 3, 4)
PER_CLASS = (5, 10)


def over_seeds(measure, *what) -> list:
    """One result a seed; says what it is doing."""
    found = []
    for seed in SEEDS:
        keras.backend.clear_session()
        found.append(measure(seed))
    print(*what, found, flush=True)
    return found


def measure() -> dict:
    labelled, pictures = large_digits(), emoji()
    tunings = over_seeds(lambda seed: fine_tuning_accuracies(seed, labelled), "fine-tuning")
    return {
        "fine_tuning": {
            way: {"new": [t[way][0] for t in tunings], "old": [t[way][1] for t in tunings]}
            for way in tunings[0]
        },
        "recipes": {
            str(per_class): {
                name: over_seeds(
                    lambda seed: recipe_accuracy(recipe, per_class, seed, labelled), per_class, name
                )
                for name, recipe in RECIPES.items()
            }
            for per_class in PER_CLASS
        },
        "emoji": {
            name: over_seeds(lambda seed: emoji_accuracy(recipe, 10, seed, pictures), name)
            for name, recipe in EMOJI_RECIPES.items()
        },
    }


if __name__ == "__main__":
    began = time.perf_counter()
    stored = {
        "made_by": "tools/transfer.py",
        "versions": {p: version(p) for p in ("keras", "tensorflow", "numpy")},
        "python": platform.python_version(),
        "seeds": SEEDS,
    } | measure()
    (DATA / "transfer.json").write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    print(f"{time.perf_counter() - began:.0f} s")
