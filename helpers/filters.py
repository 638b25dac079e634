"""Fixed image filters as kernels for Keras: (height, width, in, out), float32.

Signs follow cross-correlation, which is what every Keras convolution computes: an x-kernel answers
positively where an image gets brighter to the right, a y-kernel where it gets brighter downwards.

Sources: I. Sobel and G. Feldman, "A 3x3 isotropic gradient operator for image processing" (1968);
J. Prewitt, "Object enhancement and extraction" (1970); H. Scharr, "Optimale Operatoren in der
digitalen Bildverarbeitung" (2000), with the usual whole numbers 3, 10, 3. Each of the three is a
smoothing along the edge times the difference (-1, 0, 1) across it. The Laplacian is the one with
four neighbours. Definitions agree with `scipy.ndimage` (tests/test_filters.py).
"""

import sys
from typing import Literal

import numpy as np

from helpers._arguments import numbers, one_of, real, shown, whole

Border = Literal["valid", "zero", "symmetric", "reflect"]
_BORDERS = ("valid", "zero", "symmetric", "reflect")
_MOST_PIXELS = 500  # of sigma: a larger bell would fill the memory
_DIFFERENCE = (-1, 0, 1)


def sobel_x() -> np.ndarray:
    """(3, 3, 1, 1): brightening to the right, smoothed (1, 2, 1) downwards."""
    return kernel(np.outer((1, 2, 1), _DIFFERENCE))


def sobel_y() -> np.ndarray:
    """(3, 3, 1, 1): brightening downwards; `sobel_x` with rows and columns swapped."""
    return transposed(sobel_x())


def prewitt_x() -> np.ndarray:
    """(3, 3, 1, 1): brightening to the right, smoothed (1, 1, 1) downwards."""
    return kernel(np.outer((1, 1, 1), _DIFFERENCE))


def prewitt_y() -> np.ndarray:
    """(3, 3, 1, 1): brightening downwards; `prewitt_x` with rows and columns swapped."""
    return transposed(prewitt_x())


def scharr_x() -> np.ndarray:
    """(3, 3, 1, 1): brightening to the right, smoothed (3, 10, 3) downwards."""
    return kernel(np.outer((3, 10, 3), _DIFFERENCE))


def scharr_y() -> np.ndarray:
    """(3, 3, 1, 1): brightening downwards; `scharr_x` with rows and columns swapped."""
    return transposed(scharr_x())


def laplacian() -> np.ndarray:
    """(3, 3, 1, 1): the four neighbours minus four times the middle."""
    return kernel([[0, 1, 0], [1, -4, 1], [0, 1, 0]])


def identity(size: int = 3) -> np.ndarray:
    """(size, size, 1, 1): 1 in the middle, 0 elsewhere; gives the image back.

    Raises:
        TypeError, ValueError: size is not an odd whole number from 1.
    """
    middle = np.zeros((_odd(size), size))
    middle[size // 2, size // 2] = 1
    return kernel(middle)


def gaussian(sigma: float, size: int | None = None) -> np.ndarray:
    """(size, size, 1, 1): exp(-(dx² + dy²) / 2 sigma²), divided by its sum, so that it adds to 1.

    Args:
        sigma: width of the bell in pixels.
        size: rows and columns; by default the odd number that reaches to 4 sigma or just beyond.

    Raises:
        TypeError, ValueError: sigma is not positive and finite, or size not an odd whole number.
    """
    if isinstance(sigma, bool) or not np.isscalar(sigma) or not np.isreal(sigma):
        raise ValueError(f"sigma should be a positive number of pixels, not {shown(sigma)}")
    sigma = real("sigma", sigma, "positive and finite")
    if not sigma > 0:
        raise ValueError(f"sigma should be positive and finite, not {shown(sigma)}")
    if sigma > _MOST_PIXELS or (size is not None and _odd(size) > 8 * _MOST_PIXELS):
        raise ValueError(f"sigma and size are too large: {shown(sigma)} and {shown(size)} pixels")
    size = 2 * int(np.ceil(4 * sigma)) + 1 if size is None else _odd(size)
    offsets = np.arange(size) - size // 2
    bell = np.exp(-((offsets / sigma) ** 2) / 2)
    return kernel(np.outer(bell, bell) / bell.sum() ** 2)


def kernel(rows: object) -> np.ndarray:
    """(height, width, 1, 1) from a table of numbers, such as [[1, 2, 1], [0, 0, 0], [-1, -2, -1]].

    Of any size: Roberts' cross and Haar's wavelets have 2 rows, a cosine transform's have 8.

    Raises:
        ValueError: not a table of finite numbers, with at least one row and one column.
    """
    try:
        table = np.asarray(rows, dtype="float64")
    except (TypeError, ValueError):
        raise ValueError(f"a kernel is a table of numbers, not {shown(rows)}") from None
    if table.ndim != 2:
        raise ValueError(f"a kernel has rows and columns; this has the shape {table.shape}")
    if not table.size:
        raise ValueError(f"a kernel has rows and columns, not none: its shape is {table.shape}")
    if not np.isfinite(table).all():
        raise ValueError("a kernel's numbers should be finite; there is a NaN or infinity")
    return table.astype("float32")[:, :, None, None]


def stack(*kernels: np.ndarray) -> np.ndarray:
    """Several kernels as the filters of one layer: (height, width, in, all their filters).

    Raises:
        ValueError: none given, or they are not four-axis kernels that differ only in the last axis.
    """
    if not kernels:
        raise ValueError("stack() needs at least one kernel")
    shapes = [_four_axes(one).shape for one in kernels]
    if len({shape[:3] for shape in shapes}) > 1:
        raise ValueError(f"kernels of different sizes cannot share a layer: {shapes}")
    return np.concatenate(kernels, axis=3)


def per_channel(filters: np.ndarray, channels: int) -> np.ndarray:
    """The same filters for each channel by itself: (height, width, channels, filters).

    This is the kernel of a `DepthwiseConv2D` with `depth_multiplier=filters`.

    Raises:
        TypeError, ValueError: not a kernel for one channel, or channels is not a whole number
            from 1.
    """
    if _four_axes(filters).shape[2] != 1:
        raise ValueError(f"expected a kernel for one channel, (h, w, 1, n), not {filters.shape}")
    channels = whole("channels", channels, "a whole number from 1", range(1, 2**20 + 1))
    return np.repeat(filters, channels, axis=2)


def transposed(filters: np.ndarray) -> np.ndarray:
    """Rows and columns swapped, which turns an x-kernel into a y-kernel.

    Raises:
        ValueError: not a kernel of four axes.
    """
    return np.swapaxes(_four_axes(filters), 0, 1).copy()


def respond(image: object, filters: np.ndarray, border: Border = "valid") -> np.ndarray:
    """What filters answer to an image, in plain NumPy: the reference for everything Keras does.

    Each channel is filtered by itself, as by `DepthwiseConv2D`.

    Args:
        image: (height, width) or (height, width, channels), numbers.
        filters: (h, w, 1, n).
        border: "valid" leaves out what reaches beyond the image; the others first extend it, by
            zeros, mirrored with the edge pixel ("symmetric") or without it ("reflect"), so that the
            answer is as large as the image; by even kernels, as by Keras, once more at the end.

    Returns:
        (height', width', channels · n) float64; for each channel in turn, its n answers.

    Raises:
        TypeError, ValueError: a shape, a number or the border is not as above, or the image is
            too small.
    """
    pixels = _finite_image(image)
    if _four_axes(filters).shape[2] != 1:
        raise ValueError(f"expected filters for one channel, (h, w, 1, n), not {filters.shape}")
    pixels = _bordered(pixels, filters.shape[:2], border)
    if any(n < k for n, k in zip(pixels.shape, filters.shape[:2], strict=False)):
        raise ValueError(f"an image of {pixels.shape[:2]} is smaller than the kernel")
    views = np.lib.stride_tricks.sliding_window_view(pixels, filters.shape[:2], axis=(0, 1))
    answers = np.einsum("yxchw,hwn->yxcn", views, filters[:, :, 0].astype("float64"))
    return answers.reshape(*answers.shape[:2], -1)


def _bordered(pixels: np.ndarray, size: tuple[int, ...], border: Border) -> np.ndarray:
    """Extend (height, width, channels) for a kernel of this size, where Keras's "same" does."""
    if one_of("border", border, _BORDERS) == "valid":
        return pixels
    around = (*(((length - 1) // 2, length // 2) for length in size), (0, 0))
    if border == "zero":
        return np.pad(pixels, around)
    return np.pad(pixels, around, "reflect" if border == "reflect" else "symmetric")


def magnitude(gx: object, gy: object) -> np.ndarray:
    """How steep: the square root of gx² + gy²; never negative.

    Raises:
        TypeError, ValueError: the two are no numbers, or have different shapes.
    """
    return np.hypot(*_same_shape(gx, gy))


def orientation(gx: object, gy: object) -> np.ndarray:
    """Which way the image gets brighter: radians from -pi to pi, NaN where it is flat.

    0 is to the right and pi/2 is *down*, since rows are counted downwards.

    Raises:
        TypeError, ValueError: the two are no numbers, or have different shapes.
    """
    gx, gy = _same_shape(gx, gy)
    return np.where((gx == 0) & (gy == 0), np.nan, np.arctan2(gy, gx))


def _same_shape(gx: object, gy: object) -> tuple[np.ndarray, np.ndarray]:
    for name, value in (("gx", gx), ("gy", gy)):
        numbers(name, value, "an array of numbers")
    gx, gy = np.asarray(gx), np.asarray(gy)
    if gx.shape != gy.shape:
        raise ValueError(f"gx and gy should have the same shape, not {gx.shape} and {gy.shape}")
    return gx, gy


def _odd(size: int) -> int:
    return whole("size", size, "an odd whole number from 1", range(1, sys.maxsize, 2))


def _four_axes(filters: np.ndarray) -> np.ndarray:
    shape = np.shape(filters)
    if not isinstance(filters, np.ndarray) or len(shape) != 4:
        raise ValueError(f"a kernel is an array (height, width, in, out); this has shape {shape}")
    return filters


def _finite_image(image: object) -> np.ndarray:
    pixels = np.asarray(image)
    if pixels.dtype == bool or not np.issubdtype(pixels.dtype, np.number):
        raise ValueError(f"an image holds numbers, not {pixels.dtype}, as {shown(image)} does")
    if pixels.ndim not in (2, 3) or 0 in pixels.shape:
        raise ValueError(
            f"an image is (height, width) or (height, width, channels), not {pixels.shape}"
        )
    if not np.isfinite(pixels).all():
        raise ValueError("an image's numbers should be finite; there is a NaN or infinity")
    return pixels.reshape(*pixels.shape[:2], -1).astype("float64")
