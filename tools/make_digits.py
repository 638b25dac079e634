"""Rebuild helpers/data/digits.npz, the 8 x 8 digits, from scikit-learn's wheel.

    pip download scikit-learn==1.9.1 --no-deps --dest wheel
    python -m tools.make_digits wheel/scikit_learn-*.whl

Nothing of scikit-learn is installed or run: the wheel is an archive and one file is read from it.
Prints the SHA-256 that helpers/datasets.py expects.
"""

import gzip
import hashlib
import io
import sys
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from helpers.datasets import DATA

DIGITS = DATA / "digits.npz"
MEMBER = "sklearn/datasets/data/digits.csv.gz"


def _read_digits(wheel: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (1797, 8, 8) with gray values from 0 to 16 and labels (1797,), both uint8.

    Raises:
        ValueError: the wheel holds something else.
    """
    with ZipFile(wheel) as archive:
        table = np.loadtxt(io.BytesIO(gzip.decompress(archive.read(MEMBER))), delimiter=",")
    if table.shape != (1797, 65) or table.min() < 0 or table.max() > 16:
        raise ValueError(f"1797 rows of 65 numbers from 0 to 16 expected, found {table.shape}")
    table = table.astype("uint8")
    return table[:, :64].reshape(-1, 8, 8), table[:, 64]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    images, labels = _read_digits(Path(sys.argv[1]))
    np.savez_compressed(DIGITS, images=images, labels=labels)
    print(hashlib.sha256(DIGITS.read_bytes()).hexdigest(), DIGITS.name, DIGITS.stat().st_size)
