"""Rebuild the images that the course ships in helpers/data/ from where they come.

    apt-get download dataset-fashion-mnist && dpkg-deb -x dataset-fashion-mnist_*.deb fashion
    python -m tools.make_images fashion/usr/share/datasets/fashion-mnist

fashion_mnist.npz: of Fashion-MNIST, the first 200 training and the first 100 test images of every
class, in the order of the original. chelsea.png: the photograph as it lies in the scikit-image
wheel, which has to be installed. Prints the SHA-256 that helpers/datasets.py expects.
"""

import gzip
import hashlib
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from helpers.datasets import DATA

PER_CLASS = {"train": 200, "test": 100}


def _read_idx(path: Path) -> np.ndarray:
    """The uint8 array in a gzipped IDX file (http://yann.lecun.com/exdb/mnist, "file format").

    Raises:
        ValueError: the file holds something else.
    """
    content = gzip.decompress(path.read_bytes())
    if content[:3] != b"\0\0\x08":
        raise ValueError(f"{path} is no IDX file of bytes: it starts with {content[:4]!r}")
    axes = content[3]
    shape = np.frombuffer(content, ">i4", count=axes, offset=4)
    return np.frombuffer(content, "uint8", offset=4 + 4 * axes).reshape(shape)


def _first_of_each_class(labels: np.ndarray, count: int) -> np.ndarray:
    """Positions, in rising order, of the first `count` examples of every class."""
    return np.sort(np.concatenate([np.flatnonzero(labels == k)[:count] for k in range(10)]))


def _make_fashion(folder: Path) -> Path:
    arrays: dict[str, Any] = {}
    for part, prefix in (("train", "train"), ("test", "t10k")):
        images = _read_idx(folder / f"{prefix}-images-idx3-ubyte.gz")
        labels = _read_idx(folder / f"{prefix}-labels-idx1-ubyte.gz")
        chosen = _first_of_each_class(labels, PER_CLASS[part])
        arrays |= {f"{part}_images": images[chosen], f"{part}_labels": labels[chosen]}
    path = DATA / "fashion_mnist.npz"
    np.savez_compressed(path, **arrays)
    return path


def _copy_chelsea() -> Path:
    DATA.joinpath("chelsea.png").write_bytes(
        files("skimage").joinpath("data/chelsea.png").read_bytes()
    )
    return DATA / "chelsea.png"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    DATA.mkdir(exist_ok=True)
    for made in (_make_fashion(Path(sys.argv[1])), _copy_chelsea()):
        print(hashlib.sha256(made.read_bytes()).hexdigest(), made.name, made.stat().st_size)
