"""The figure of experiment `domain_shift`: accuracy before and after fresh statistics."""

from collections.abc import Sequence

from helpers.experiments.domain_shift import SHIFTS, Adapted, over_seeds
from helpers.figures.picture import BLACK, BLUE, ORANGE, Picture, new_axes


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
        "Dots with error bars for each shift. Dim, bright and low-contrast images rise from near "
        "chance to as high as the control; noisy and inverted images gain little; clean images "
        "lose in every shifted case.",
    )
