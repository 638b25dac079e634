"""The images that the course ships in helpers/data/, checked before use.

Where they come from and under which licence stands in docs/data.md.
"""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from helpers._arguments import numbers, shown

DATA = Path(__file__).parent / "data"

SHA256 = {
    "fashion_mnist.npz": "88dc5df418a64533b61fff1a9a43c3ae9954cb085687789dd8dec8c44dc8c71b",
    "digits.npz": "b2dab7b501728c22e9119ad76740b2e17c77a231e42d1e592380d90886f1a05e",
    "chelsea.png": "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
    "mnist_test.npz": "6b1b9851f82880c1dcae1c40ede7c99eccc6c0369fc054e60bca0a4c0ad9c7fa",
    "mini_googlenet.npz": "a5220df8fb5b7943c2422098214f307938b8754990b1becbfa04aaef958311d9",
    "emoji.npz": "1e3d7c1bdf07722dc1b856bb12ed955c6fe6142571bd2f76a1d4e44ee2fadf8c",
    "efficientnet_lite0.npz": "c35c3da4604f3fdf6f8fc5c0619225de0de5dd47e8f9aeed8dbff93954a376b7",
    "efficientnet_lite0_reference.npz": (
        "db9f271759e26ff099891df822b1905447140396f44644b29a0dcfd48dccd3c6"
    ),
}

_FASHION_NAMES = (
    "T-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)


@dataclass(frozen=True)
class Labelled:
    """Labelled images, (examples, height, width, channels) float32, and whole-number labels.

    Gray values are k/256 with k from 0 to 255: such numbers, and small sums of them, are exact
    in float32, so that a difference of two gray values carries no rounding.
    """

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    names: tuple[str, ...]

    def few(self, per_class: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw so many training images of every class: images and labels, shuffled.

        Raises:
            ValueError: per_class is not from 1 to what the rarest class has.
        """
        rarest = int(np.bincount(self.train_labels).min())
        if not 1 <= per_class <= rarest:
            raise ValueError(f"per_class should be from 1 to {rarest}, not {per_class!r}")
        order = np.random.default_rng(seed).permutation(len(self.train_labels))
        labels = self.train_labels[order]
        firsts = [np.flatnonzero(labels == k)[:per_class] for k in range(len(self.names))]
        chosen = order[np.sort(np.concatenate(firsts))]
        return self.train_images[chosen], self.train_labels[chosen]


def fashion() -> Labelled:
    """Fashion-MNIST, the first 200 training and the first 100 test images of each of 10 classes.

    Raises:
        FileNotFoundError, ValueError: see `content`.
    """
    with np.load(io.BytesIO(content("fashion_mnist.npz"))) as arrays:
        images = {
            part: arrays[f"{part}_images"][..., None].astype("float32") / 256
            for part in ("train", "test")
        }
        labels = {part: arrays[f"{part}_labels"].astype("int64") for part in ("train", "test")}
    return Labelled(
        images["train"], labels["train"], images["test"], labels["test"], _FASHION_NAMES
    )


def digits() -> Labelled:
    """UCI's 8 x 8 digits in their own order: 1,400 to train, the last 397 to test.

    Gray values are k/16 with k from 0 to 16. The last images are of other writers than the first.

    Raises:
        FileNotFoundError, ValueError: see `content`.
    """
    with np.load(io.BytesIO(content("digits.npz"))) as arrays:
        images = arrays["images"][..., None].astype("float32") / 16
        labels = arrays["labels"].astype("int64")
    names = tuple("0123456789")
    return Labelled(images[:1400], labels[:1400], images[1400:], labels[1400:], names)


EMOJI_NAMES = ("animal", "food", "vehicle", "clothing", "face")


def emoji() -> Labelled:
    """Noto's colour emoji in five groups: of each group 20 to train and 25 to test.

    Images are (examples, 56, 56, 3) float32 with whole numbers from 0 to 255, on white.

    Raises:
        FileNotFoundError, ValueError: see `content`.
    """
    with np.load(io.BytesIO(content("emoji.npz"))) as arrays:
        images, labels = arrays["images"].astype("float32"), arrays["labels"].astype("int64")
    train = np.arange(len(labels)) < 100
    return Labelled(images[train], labels[train], images[~train], labels[~train], EMOJI_NAMES)


def mnist_test() -> tuple[np.ndarray, np.ndarray]:
    """500 MNIST digits, 50 of each, on which `networks.mini_googlenet` was not trained.

    Returns:
        images: (500, 28, 28, 1) float32 from 0 to 1 (k/256, as in `Labelled`).
        labels: (500,) int64 from 0 to 9.

    Raises:
        FileNotFoundError, ValueError: see `content`.
    """
    with np.load(io.BytesIO(content("mnist_test.npz"))) as arrays:
        return arrays["images"][..., None].astype("float32") / 256, arrays["labels"].astype("int64")


def as_mnist(images: np.ndarray) -> np.ndarray:
    """The 8 × 8 digits in the size of MNIST's: every pixel three by three, and a border of 2.

    Args:
        images: (examples, 8, 8, 1).

    Returns:
        (examples, 28, 28, 1), with the same values exactly.

    Raises:
        ValueError: images have another shape.
    """
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1:] != (8, 8, 1):
        raise ValueError(f"images should have the shape (examples, 8, 8, 1), not {images.shape}")
    return np.pad(images.repeat(3, axis=1).repeat(3, axis=2), ((0, 0), (2, 2), (2, 2), (0, 0)))


def photograph() -> np.ndarray:
    """The cat Chelsea: (300, 451, 3) whole numbers from 0 to 255 (red, green, blue), uint8.

    Raises:
        FileNotFoundError, ValueError: see `content`.
    """
    from matplotlib.image import imread

    pixels = imread(io.BytesIO(content("chelsea.png")), format="png")  # float32 from 0 to 1
    return np.round(pixels * 255).astype("uint8")


def gray(colours: np.ndarray) -> np.ndarray:
    """Gray from (..., 3) red, green, blue: (2 red + 5 green + 1 blue) / 8, float32.

    The usual weights .299, .587 and .114 in eighths (ITU-R BT.601 rounded), so that whole numbers
    from 0 to 255 stay exact.

    Raises:
        TypeError, ValueError: not numbers, or the last axis has not length 3.
    """
    expected = "an array of numbers of shape (..., 3)"
    if numbers("colours", colours, expected).shape[-1:] != (3,):
        raise ValueError(f"colours should be {expected}, not {shown(colours)}")
    return np.asarray(colours, dtype="float32") @ np.array([2, 5, 1], "float32") / 8


def content(name: str) -> bytes:
    """The bytes of a shipped file, if it is what was shipped.

    Raises:
        ValueError: there is no such file in the course, or it was damaged.
        FileNotFoundError: it is missing.
    """
    if name not in SHA256:
        raise ValueError(f"{name!r} is none of the course's files: {', '.join(SHA256)}")
    found = raw(name)
    if hashlib.sha256(found).hexdigest() != SHA256[name]:
        raise ValueError(
            f"helpers/data/{name} is damaged or was changed ({len(found):,} bytes): "
            f"restore it with `git checkout -- helpers/data/{name}`"
        )
    return found


def raw(name: str) -> bytes:
    try:
        return (DATA / name).read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(
            f"helpers/data/{name} is missing: restore it with `git checkout -- helpers/data/{name}`"
        ) from None
