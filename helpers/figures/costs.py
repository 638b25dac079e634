"""What a training step costs, as fractions of a full one: counted beside measured."""

from collections.abc import Mapping

from helpers._arguments import amounts, text
from helpers.figures.picture import BLUE, CARD, ORANGE, Picture, new_axes


def cost_bars(
    counted: Mapping[str, float], measured: Mapping[str, float], title: str = "Cost of a step"
) -> Picture:
    """Two bars for each way of training, both as fractions of the first way, which is 1.

    The measured fractions are rounded to tenths: on a busy computer their next digit is noise.
    The caption names no measured number, for it differs between computers.

    Args:
        counted: for each way, how many operations one step takes.
        measured: for the same ways in the same order, its CPU time (any unit of time).

    Raises:
        TypeError, ValueError: there is no way at all, they differ, or a cost is not above 0.

    >>> cost_bars({"all": 300, "head": 100}, {"all": 2.1, "head": 0.9}).caption[:52]
    'Bar chart of the cost of one training step. Operatio'
    """
    counted, measured = amounts("counted", counted, "costs"), amounts("measured", measured, "costs")
    ways = list(counted)
    if ways != list(measured):
        raise ValueError(f"the same ways were expected twice, got {ways} and {list(measured)}")
    title = text("title", title)
    figure, axes = new_axes(height=1.4 + 0.6 * len(ways))
    for values, shift, digits, label, colour, pattern in (
        (counted, -0.2, 2, "operations, counted", BLUE, ""),
        (measured, 0.2, 1, "CPU time, measured", ORANGE, "//"),
    ):
        fractions = [round(value / values[ways[0]], digits) for value in values.values()]
        rows = [row + shift for row in range(len(ways))]
        axes.barh(
            rows, fractions, height=0.38, label=label, color=colour, hatch=pattern, edgecolor=CARD
        )
        for row, fraction in zip(rows, fractions, strict=True):
            axes.text(fraction, row, f" {fraction:.{digits}f}", va="center")
    axes.set_yticks(range(len(ways)), ways)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    xlabel = f"fraction of the cost of one step (1 = {ways[0]})"
    axes.set(title=title, xlabel=xlabel, ylabel="what is trained")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    shown = "; ".join(f"{way}: {counted[way] / counted[ways[0]]:.2f}" for way in ways)
    caption = f"Bar chart of the cost of one training step. Operations, counted: {shown}. "
    return Picture(figure, caption + "Beside each stands the CPU time measured on this computer.")
