"""What a long list becomes in a figure: neighbours that share a row, and names cut to a length.

A network of 700 layers drawn layer by layer would be as high as 20 screens. So beyond `MOST_ROWS`
rows, neighbours share one, and it says how many they are.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

MOST_ROWS = 40  # rows, of at most 60 pixels each
LONGEST_CAPTION = 1000  # characters of a text that is read aloud
_LONGEST_NAME = 32


@dataclass(frozen=True)
class Fold:
    """The neighbours from `start` to before `stop` of a list, and a name for them."""

    name: str
    start: int
    stop: int

    def label(self, things: str) -> str:
        """The name, and of several how many: "block2… (12 layers)"."""
        count = self.stop - self.start
        return self.name if count == 1 else f"{self.name} ({count:,} {things})"


def folded(names: Sequence[str], kinds: Sequence[object], most: int = MOST_ROWS) -> list[Fold]:
    """At most `most` runs of neighbours; each name by itself if there are no more.

    Those stay together that begin alike, as the layers of a block or of a nested model do. Where
    beginnings tell nothing ("conv2d_7", "batch_normalization_7"), those of one kind stay together,
    cut into runs of one length.

    >>> names = ["stem", "block1_conv", "block1_norm", "block2_conv", "block2_norm", "head"]
    >>> [fold.label("layers") for fold in folded(names, kinds=6 * [True], most=4)]
    ['stem', 'block1… (2 layers)', 'block2… (2 layers)', 'head']
    """
    if len(names) <= most:
        return [Fold(shortened(name), at, at + 1) for at, name in enumerate(names)]
    ends = [[word.end() for word in re.finditer(r"[^\W\d_]+|\d+", name)] for name in names]
    best, beginnings = [0, len(names)], [""] * len(names)
    for words in range(1, 100):
        begun = [
            name[: end[words - 1]] if len(end) >= words else name
            for name, end in zip(names, ends, strict=True)
        ]
        if len(_bounds(begun)) - 1 > most:
            break
        best, beginnings = _bounds(begun), begun
    if len(best) - 1 < most // 5:  # they begin too much alike, or not at all
        by_kind = _bounds(kinds)
        best = _cut(by_kind if len(by_kind) - 1 <= most else [0, len(names)], most)
        beginnings = [""] * len(names)
    return [_fold(names[a:b], beginnings[a], a, b) for a, b in pairwise(best)]


def _fold(names: Sequence[str], beginning: str, start: int, stop: int) -> Fold:
    first, last = names[0], names[-1]
    if len(names) == 1:
        return Fold(shortened(first), start, stop)
    if beginning:
        return Fold(shortened(beginning, _LONGEST_NAME - 1) + "…", start, stop)
    return Fold(f"{shortened(first, 24)} … {shortened(last, 24)}", start, stop)


def _bounds(keys: Sequence[object]) -> list[int]:
    """Where runs of one key begin, and where the last ends."""
    changes = (at for at in range(1, len(keys)) if keys[at] != keys[at - 1])
    return [0, *changes, len(keys)]


def _cut(bounds: list[int], most: int) -> list[int]:
    """Runs cut into pieces as short as possible, so that there are at most `most`."""
    length = 1
    while sum(-(-(b - a) // length) for a, b in pairwise(bounds)) > most:
        length += 1
    starts = [at for a, b in pairwise(bounds) for at in range(a, b, length)]
    return [*starts, bounds[-1]]


def shortened(name: str, longest: int = _LONGEST_NAME) -> str:
    """A name on one line, of at most so many characters: the middle of a longer one is left out."""
    name = " ".join(name.split()) or "?"
    if len(name) <= longest:
        return name
    end = (longest - 1) // 2
    return f"{name[: longest - 1 - end]}…{name[-end:]}"


def width_for(labels: Iterable[str]) -> float:
    """Inches for a figure with these words on its left: 7, and more if they are long."""
    return 7.0 + 0.1 * max(0, max(map(len, labels)) - 24)
