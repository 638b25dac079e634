"""Figures of transfer: what the recipes reach, one dot a seed."""

from collections.abc import Mapping, Sequence

from helpers._arguments import labelled, real, shares, text
from helpers.figures.picture import BLACK, BLUE, ORANGE, Picture, new_axes


def recipe_dots(
    results: Mapping[str, Sequence[float]], title: str, chance: float, finding: str
) -> Picture:
    """For each recipe, the accuracy of every seed as a dot and their mean as a line.

    Args:
        results: for each recipe, accuracies from 0 to 1, one a seed. A name that starts with
            "control" is drawn with open squares.
        chance: the accuracy of guessing, from 0 to 1.
        finding: the sentence that says in words what the picture shows; part of the caption.

    Raises:
        TypeError, ValueError: there is no recipe, an accuracy is not from 0 to 1, or title or
            finding is no text.

    >>> recipe_dots({"head only": [0.8, 0.9]}, "Two seeds", chance=0.1, finding="Both are good.")
    Two seeds. A dot for every seed and a line for their mean. Both are good.
    """
    reached = {
        name: shares(f"results[{name!r}]", each)
        for name, each in labelled("results", results, "accuracies of recipes").items()
    }
    chance = real("chance", chance, "an accuracy from 0 to 1", 0, 1)
    title, finding = text("title", title), text("finding", finding)
    figure, axes = new_axes(height=1.3 + 0.5 * len(reached))
    for row, (name, accuracies) in enumerate(reached.items()):
        control = name.startswith("control")
        percent = 100 * accuracies
        axes.scatter(
            percent,
            [row] * len(percent),
            marker="s" if control else "o",
            s=45,
            zorder=3,
            facecolor="none" if control else BLUE,
            edgecolor=ORANGE if control else BLUE,
        )
        axes.vlines(percent.mean(), row - 0.3, row + 0.3, color=BLACK, linewidth=2)
    axes.axvline(100 * chance, color=BLACK, linestyle=":", label="chance")
    axes.set_yticks(range(len(reached)), list(reached))
    axes.invert_yaxis()
    axes.set(title=title, xlabel="accuracy on unseen images (%)", ylabel="recipe", xlim=(0, 100))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return Picture(figure, f"{title}. A dot for every seed and a line for their mean. {finding}")
