"""The figure of experiment `sobel_twins`: how the four twins do under each light."""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers._arguments import labelled, real, shares, text
from helpers.figures.picture import BLACK, BLUE, GREEN, ORANGE, PURPLE, Picture, panels

_TWIN_STYLE = ((BLUE, "o"), (GREEN, "s"), (ORANGE, "^"), (PURPLE, "D"))


def twins_chart(
    accuracy: Mapping[str, Mapping[str, Sequence[float]]], title: str, chance: float = 0.1
) -> Picture:
    """For each lighting, the twins' accuracies: a mark at the mean, a bar from worst to best seed.

    Args:
        accuracy: twin, then lighting, then one share from 0 to 1 per seed. At most four twins.

    Raises:
        TypeError, ValueError: more than four twins, or none; they differ in lightings or seeds; a
            share or chance is not from 0 to 1; or the title is no text.

    >>> twins_chart({"Sobel, frozen": {"clean": [0.7, 0.8]}}, "Two seeds").caption[:37]
    'Two seeds. For each light (clean) the'
    """
    lightings = _lightings(accuracy)
    title, chance = text("title", title), real("chance", chance, "from 0 to 1", 0, 1)
    figure, (axes,) = panels(1, 7.6, 3.6)
    for number, (name, by_light) in enumerate(accuracy.items()):
        colour, mark = _TWIN_STYLE[number]
        at = np.arange(len(lightings)) + 0.16 * (number - (len(accuracy) - 1) / 2)
        seeds = np.array([by_light[light] for light in lightings]) * 100
        mean = seeds.mean(axis=1)
        reach = (mean - seeds.min(axis=1), seeds.max(axis=1) - mean)
        axes.errorbar(at, mean, yerr=reach, fmt=mark, color=colour, capsize=3, label=name)
    axes.axhline(100 * chance, color=BLACK, linestyle=":", label="guessing")
    axes.set_xticks(range(len(lightings)), [name.replace(" from", "\nfrom") for name in lightings])
    axes.set(title=title, ylabel="right on test images (%)", xlabel="light", ylim=(0, 100))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return Picture(
        figure,
        f"{title}. For each light ({', '.join(lightings)}) the accuracy of each twin "
        f"({'; '.join(accuracy)}): mean of the seeds, with a bar from the worst to the best.",
    )


def _lightings(accuracy: Mapping[str, Mapping[str, Sequence[float]]]) -> list[str]:
    """The lights of the first twin, if all twins were tested under them.

    Raises:
        TypeError, ValueError: see `twins_chart`.
    """
    if len(labelled("accuracy", accuracy, "accuracies of twins")) > len(_TWIN_STYLE):
        most = f"at most {len(_TWIN_STYLE)} twins"
        raise ValueError(f"accuracy should be of {most}, not {len(accuracy)}")
    for twin, by_light in accuracy.items():
        name = f"accuracy[{twin!r}]"
        labelled(name, by_light, "accuracies under each light")
        seeds = {len(shares(f"{name}[{light!r}]", each)) for light, each in by_light.items()}
        if len(seeds) > 1:
            raise ValueError(f"{name} should be of as many seeds for each light, not {seeds}")
    first, *others = map(list, accuracy.values())
    missing = {light for other in others for light in first if light not in other}
    if missing:
        raise ValueError(f"accuracy should be of the same lights for each; some lack {missing}")
    return first
