"""Figures of experiment `domain_shift`: the shifted digits, and accuracies on them."""

from collections.abc import Sequence

import numpy as np

from helpers.datasets import digits
from helpers.experiments.domain_shift import SHIFTS, Adapted, over_seeds
from helpers.figures.picture import BLACK, BLUE, ORANGE, Picture, new_axes, panels


def shifted_digits() -> Picture:
    """Ten digits under every shift, a row each, on one scale from black to white.

    >>> shifted_digits().caption[:45]
    'Rows of ten handwritten digits, one row for e'
    """
    data = digits()
    examples = np.stack([data.test_images[data.test_labels == digit][0] for digit in range(10)])
    figure, grid = panels(len(SHIFTS), width=7.0, height=0.9, per_row=1)
    for axes, (name, shift) in zip(grid, SHIFTS.items(), strict=True):
        apart = np.pad(shift(examples)[..., 0], ((0, 0), (0, 0), (0, 1)), constant_values=np.nan)
        axes.imshow(np.hstack(list(apart)), cmap="gray", vmin=0, vmax=1.5)  # bright ones reach 1.5
        axes.set_title(name, loc="left", fontsize=10)
        axes.set_axis_off()
    return Picture(
        figure,
        "Rows of ten handwritten digits, one row for each shift. Dim: nearly black. Bright: gray "
        "where it was black, and white strokes. Low contrast: gray on gray, strokes hardly to be "
        "seen. Noisy: strokes lost among specks. Inverted: black strokes on light ground.",
    )


def adapted(rows: Sequence[Adapted]) -> Picture:
    """For each shift, accuracy before and after adapting the statistics, mean of the seeds.

    Raises:
        TypeError, ValueError: as `over_seeds`, for one of SHIFTS.

    >>> from helpers.experiments.domain_shift import stored_rows
    >>> adapted(stored_rows()).caption[:36]
    'Dots with error bars for each shift.'
    """
    figure, axes = new_axes(height=3.6)
    kinds = {
        "shifted_before": ("shifted images, before", "o", ORANGE, 0.18),
        "shifted_after": ("shifted images, after", "s", BLUE, 0.0),
        "clean_after": ("clean images, after", "x", BLACK, -0.18),
    }
    for what, (label, marker, colour, offset) in kinds.items():
        spreads = [over_seeds(rows, shift, what) for shift in SHIFTS]
        axes.errorbar(
            [100 * spread.mean for spread in spreads],
            [position - offset for position in range(len(SHIFTS))],
            xerr=[100 * spread.deviation for spread in spreads],
            fmt=marker,
            color=colour,
            label=label,
        )
    axes.axvline(10, color=BLACK, linestyle=":", label="chance")
    axes.set_yticks(range(len(SHIFTS)), list(SHIFTS))
    axes.invert_yaxis()
    axes.set(title="Statistics measured anew on shifted images; nothing trained")
    axes.set(xlabel="accuracy on unseen images (%), mean ± standard deviation", xlim=(0, 100))
    axes.set(ylabel="shift")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return Picture(
        figure,
        "Dots with error bars for each shift. Dim, bright and low-contrast images rise from below "
        "half to as high as the control; noisy and inverted images gain little; clean images "
        "lose in every shifted case.",
    )
