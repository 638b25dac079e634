"""Measure the four twins of lesson 4 over five seeds and store helpers/data/sobel_twins.json.

    python tools/sobel_twins.py

A seed decides which labelled images are drawn and every random start value; the four twins of a
seed see the same images. Takes some minutes on two cores. The file holds, for each number of
labels per class and each twin, the accuracies under each lighting, one per seed.
"""

import json
import platform
import time
from importlib.metadata import version

from helpers import start

start()

from helpers.datasets import DATA, fashion
from helpers.experiments.sobel_twins import TWINS, accuracies, make_twin, train

SEEDS = (0, 1, 2, 3, 4)
EPOCHS = {10: 60, 50: 30}  # labels per class: epochs


def measure() -> dict:
    labelled = fashion()
    results = {}
    for per_class, epochs in EPOCHS.items():
        rows = results[str(per_class)] = {name: {} for name in TWINS}
        for seed in SEEDS:
            images, labels = labelled.few(per_class, seed)
            for name in TWINS:
                twin = make_twin(name, seed)
                train(twin, images, labels, epochs)
                for lighting, share in accuracies(twin, labelled).items():
                    rows[name].setdefault(lighting, []).append(round(share, 4))
                print(per_class, seed, name, {k: v[-1] for k, v in rows[name].items()}, flush=True)
    return results


if __name__ == "__main__":
    began = time.perf_counter()
    stored = {
        "made_by": "tools/sobel_twins.py",
        "versions": {p: version(p) for p in ("keras", "tensorflow", "numpy")},
        "python": platform.python_version(),
        "seeds": SEEDS,
        "epochs": EPOCHS,
        "accuracy": measure(),
    }
    (DATA / "sobel_twins.json").write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    print(f"{time.perf_counter() - began:.0f} s")
