"""BatchNormalization's statistics in pictures. Captions hold no number that a run could change."""

from collections.abc import Mapping, Sequence

import numpy as np

from helpers._arguments import labelled, numbers, reason, several, shaped, shown, text, whole
from helpers.batchnorm import Record, check_momentum
from helpers.figures.picture import BLACK, BLUE, GREEN, ORANGE, PURPLE, Picture, new_axes, panels

_LINE_STYLES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, ":"), (PURPLE, "-."))


def valleys() -> Picture:
    """Gradient descent for the sum of two inputs, one spread four times as widely as the other.

    The inputs are independent and have mean 0, and a Dense unit without bias starts from zeros.
    Each number of its kernel adds to the mean squared error the square of its distance from its
    best, times the square of that input's deviation.

    >>> valleys().caption[:43]
    'Two maps of the loss over the two numbers o'
    """
    inputs_as = {"as they are": ((1, 4), (1, 1), 0.06), "normalised": ((1, 1), (1, 4), 0.4)}
    figure, grid = panels(len(inputs_as), width=3.6, height=3.5)
    for axes, (name, (deviations, best, rate)) in zip(grid, inputs_as.items(), strict=True):
        steepness = np.square(deviations)
        path = np.array([best - (1 - 2 * rate * steepness) ** step * best for step in range(21)])
        around = np.linspace(-1.3, 1.3, 121) * max(best)
        across, up = np.meshgrid(best[0] + around, best[1] + around)
        loss = steepness[0] * (across - best[0]) ** 2 + steepness[1] * (up - best[1]) ** 2
        axes.contour(across, up, loss, levels=(0.3, 1, 3, 8, 17, 30), colors=BLUE, linewidths=1)
        axes.plot(*path.T, "o-", color=ORANGE, markeredgecolor=BLACK, markersize=4)
        axes.plot(*best, "x", color=BLACK, markersize=9)
        axes.set_title(f"inputs {name}, learning rate {rate:g}", fontsize=10)
        axes.set_aspect("equal")
        axes.set(xlabel="first number of the kernel", ylabel="second number of the kernel")
    figure.suptitle("Twenty steps of gradient descent")
    return Picture(
        figure,
        "Two maps of the loss over the two numbers of a kernel, each with twenty steps of gradient "
        "descent. Inputs as they are: a narrow valley; the steps go to and fro across it and creep "
        "along it. Inputs normalised: a round bowl; a few steps lead straight to its middle.",
    )


def approach(records: Sequence[Record], momentum: float, target: np.ndarray) -> Picture:
    """How much of the way from 0 to `target` the moving mean has gone: rule and recording.

    Args:
        records: of a layer whose moving mean started at 0.
        target: the mean that the data really has, per channel.

    Raises:
        TypeError, ValueError: records are none of a Recorder, the momentum is not from 0 to 1, or
            the target is not finite, does not fit the records, or is 0: there is no way to go.

    >>> from helpers.batchnorm import Moving
    >>> there, half = np.array([2.0]), np.array([1.0])
    >>> record = Record(1, Moving(half, half), Moving(there, there))
    >>> approach([record], momentum=0.5, target=there).caption[:35]
    'Line and dots over training steps: '
    """
    records = _recorded(records)
    check_momentum(momentum)
    shape = records[0].moving.mean.shape
    shaped("target", target, f"an array of shape {shape}, the data's mean per channel", shape)
    scale = float(np.sum(np.square(target)))
    if not 0 < scale < np.inf:
        raise ValueError(
            f"target should be finite, and not 0, where a moving mean starts; it is {shown(target)}"
        )
    steps = np.array([record.step for record in records])
    gone = [float(np.sum(record.moving.mean * target)) / scale for record in records]
    figure, axes = new_axes(height=3.2)
    axes.plot(steps, 100 * (1 - momentum**steps), color=BLUE, label="predicted, 1 − mⁿ")
    some = slice(None, None, max(1, len(records) // 25))
    axes.plot(
        steps[some],
        100 * np.array(gone)[some],
        "o",
        color=ORANGE,
        markeredgecolor=BLACK,
        label="recorded",
    )
    axes.axhline(95, color=BLACK, linestyle=":", label="95 %")
    axes.set(title=f"How far the moving mean has come, momentum {momentum:g}")
    axes.set(xlabel="training steps", ylabel="share of the way (%)", ylim=(0, 105))
    axes.legend(loc="lower right")
    return Picture(
        figure,
        f"Line and dots over training steps: the share of the way from 0 to the data's mean, as "
        f"predicted by 1 minus {momentum:g} to the power of n and as recorded. The dots lie on "
        "the curve, which rises steeply at first and then ever more slowly.",
    )


def scattering(records: Sequence[Record], channel: int = 0) -> Picture:
    """One channel's batch means, and the moving mean among them.

    Raises:
        TypeError, ValueError: records are none of a Recorder, or there is no such channel.

    >>> from helpers.batchnorm import Moving
    >>> there, half = np.array([2.0]), np.array([1.0])
    >>> record = Record(1, Moving(half, half), Moving(there, there))
    >>> scattering([record]).caption[:35]
    'Dots and a line over training steps'
    """
    records = _recorded(records)
    channels = len(records[0].moving.mean)
    channel = whole("channel", channel, f"from 0 to {channels - 1}", range(channels))
    steps = [record.step for record in records]
    figure, axes = new_axes(height=3.2)
    axes.plot(
        steps,
        [record.batch.mean[channel] for record in records],
        ".",
        color=ORANGE,
        label="mean of the step's batch",
    )
    axes.plot(
        steps,
        [record.moving.mean[channel] for record in records],
        color=BLUE,
        linewidth=2,
        label="moving mean",
    )
    axes.set(title=f"What each batch says and what the layer keeps, channel {channel}")
    axes.set(xlabel="training steps", ylabel="mean of the layer's input")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return Picture(
        figure,
        "Dots and a line over training steps. Dots: the mean of each batch, scattered. Line: the "
        "moving mean, which starts at 0, is pulled towards the dots, and is much smoother.",
    )


def distributions(values: Mapping[str, np.ndarray], title: str) -> Picture:
    """Outlines of histograms, up to four: how one feature's numbers are spread.

    Args:
        values: a label and numbers of any shape, without unit; all share the same bins.

    Raises:
        TypeError, ValueError: there are no values, they are no finite numbers, or more than four
            kinds.

    >>> distributions({"dim": np.arange(9.0), "bright": np.arange(9.0) + 3}, "Two lights")
    Outlines of histograms of two lights: dim, bright.
    """
    title = text("title", title)
    if len(labelled("values", values, "from 1 to 4 kinds of values")) > len(_LINE_STYLES):
        raise ValueError(
            f"from 1 to {len(_LINE_STYLES)} kinds of values can be drawn, not {len(values)}"
        )
    flat = {
        label: numbers(f"values[{label!r}]", array, "an array of numbers").ravel()
        for label, array in values.items()
    }
    for label, array in flat.items():
        if not array.size or not np.isfinite(array).all():
            some = shown(values[label])
            raise ValueError(f"values[{label!r}] should be finite numbers, not {some}")
    try:
        bins = np.histogram_bin_edges(np.concatenate(list(flat.values())), bins=60)
    except ValueError as error:  # too far apart for float64, or too near to each other
        raise ValueError(
            f"values should be numbers for 60 bins, not {shown(values)}: {reason(error)}"
        ) from None
    figure, axes = new_axes(height=3.2)
    for (label, array), (colour, line) in zip(flat.items(), _LINE_STYLES, strict=False):
        shares = 100 * np.histogram(array, bins)[0] / array.size
        axes.stairs(shares, bins, color=colour, linestyle=line, linewidth=2, label=label)
    axes.axvline(0, color=BLACK, linewidth=0.8)
    axes.set(title=title, xlabel="value", ylabel="share of the values (%)")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    labels = ", ".join(values)
    return Picture(figure, f"Outlines of histograms of {title[0].lower()}{title[1:]}: {labels}.")


def _recorded(records: object) -> tuple[Record, ...]:
    return several("records", records, Record, "what a Recorder in fit(callbacks=[...]) recorded")
