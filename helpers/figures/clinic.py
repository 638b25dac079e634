"""The clinic's chart as a figure: questions on the left, branches to the right."""

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from helpers._arguments import several
from helpers.experiments.clinic import CHART, Question
from helpers.figures.picture import BLACK, BLUE, CARD, GREEN, PURPLE, Picture, new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Left edge, width (inches) and characters a line of: question, finding, cause, repair.
_COLUMNS = ((0.1, 1.75, 19), (2.3, 2.15, 27), (4.85, 2.35, 30), (7.6, 2.35, 29))
_ROW, _GAP, _HEAD = 0.66, 0.3, 0.45  # inches: a branch, the space between questions, the header
_ASK = 1.2  # inches: the height of a question's box
_STYLES = ((BLUE, "-"), (PURPLE, "--"), (GREEN, ":"))  # of the questions, by number


def diagnostic_chart(chart: Sequence[Question] = CHART) -> Picture:
    """Three questions from top to bottom; each "no" leads to a finding, its cause and its repair.

    Raises:
        TypeError: it holds something else than questions.
        ValueError: there is no question, or more than there are line styles for.

    >>> diagnostic_chart().caption[:41]
    'Diagnostic chart from symptom to repair. '
    """
    expected = f"from 1 to {len(_STYLES)} questions"
    chart = several("chart", chart, Question, expected)
    if len(chart) > len(_STYLES):
        raise ValueError(f"chart should be {expected}, not {len(chart)}")
    heights = [max(len(question.branches) * _ROW, _ASK) for question in chart]
    height = _HEAD + sum(heights) + (len(chart) - 1) * _GAP
    figure, axes = new_axes(width=10.1, height=height + 0.35)
    axes.set(xlim=(0, 10.05), ylim=(height, 0), title="My freeze does not work: why?")
    axes.axis("off")
    titles = ("question, instrument", "no: you see that …", "cause", "repair [program]")
    for (left, width, _), title in zip(_COLUMNS, titles, strict=True):
        axes.text(left + width / 2, _HEAD / 2, title, ha="center", va="center", weight="bold")
    top = _HEAD
    middle = _COLUMNS[0][0] + _COLUMNS[0][1] / 2
    for number, (question, tall) in enumerate(zip(chart, heights, strict=True), 1):
        _draw_question(axes, number, question, top)
        if number < len(chart):
            _arrow(axes, (middle, top + _ASK), (middle, top + tall + _GAP), BLACK)
            axes.text(middle + 0.08, top + tall + _GAP / 2, "yes", va="center", fontsize=9)
        top += tall + _GAP
    return Picture(figure, _caption(chart))


def _draw_question(axes: "Axes", number: int, question: Question, top: float) -> None:
    style = _STYLES[number - 1]
    words = fill(f"{number}. {question.text}", 19) + "\n\n" + fill(question.instrument, 19)
    _box(axes, 0, top, words, style, _ASK)
    rail = _COLUMNS[0][0] + _COLUMNS[0][1] + 0.2
    for row, branch in enumerate(question.branches):
        y = top + row * _ROW
        texts = (branch.finding, branch.cause, f"{branch.repair} [{branch.program}]")
        for column, text in enumerate(texts, 1):
            left, width, _ = _COLUMNS[column - 1]
            start = rail if column == 1 and row else left + width
            _box(axes, column, y, text, style)
            _arrow(axes, (start, y + _ROW / 2), (_COLUMNS[column][0], y + _ROW / 2), style[0])
    last = top + (len(question.branches) - 0.5) * _ROW
    axes.plot([rail, rail], [top + _ROW / 2, last], color=style[0], linewidth=1.6)


def _box(
    axes: "Axes", column: int, top: float, text: str, style: tuple[str, str], height: float = _ROW
) -> None:
    from matplotlib.patches import FancyBboxPatch

    left, width, characters = _COLUMNS[column]
    patch = FancyBboxPatch(
        (left, top + 0.05),
        width,
        height - 0.1,
        boxstyle="round,pad=0,rounding_size=0.06",
        facecolor=CARD,
        edgecolor=style[0],
        linestyle=style[1],
        linewidth=1.6,
    )
    axes.add_patch(patch)
    words = text if column == 0 else fill(text, characters)  # a question is wrapped already
    middle = left + width / 2, top + height / 2
    axes.text(*middle, words, ha="center", va="center", fontsize=9, linespacing=1.15)


def _arrow(axes: "Axes", start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
    style = {"arrowstyle": "-|>", "color": colour, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=end, xytext=start, arrowprops=style)


def _caption(chart: Sequence[Question]) -> str:
    """The whole chart in words."""
    parts = []
    for number, question in enumerate(chart, 1):
        cases = [
            f"{b.finding} (program {b.program}: {b.cause}; repair: {b.repair})"
            for b in question.branches
        ]
        asked = f"Question {number}, with {question.instrument}: {question.text}"
        parts.append(f"{asked} If not: {'; '.join(cases)}.")
    return f"Diagnostic chart from symptom to repair. {' If yes, go on. '.join(parts)}"
