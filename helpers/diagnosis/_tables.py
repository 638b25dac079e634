"""The table of an Embedding: a vector learns only if the data name it."""

from collections.abc import Iterator

from helpers.diagnosis._evidence import Evidence
from helpers.diagnosis.finding import Finding, named


def idle_vectors(e: Evidence) -> Iterator[Finding]:
    """Most of a table is named in no example, though there are examples enough to name it all.

    Of few examples no healthy table uses most vectors: that is only told, in `idle_so_far`.
    """
    for w in e.tables():
        counts = e.looked_up.get(id(w.place.layer))
        if counts is None:
            continue
        idle = int(((counts == 0) & ~e.pulled[id(w.variable)]).sum())
        if 2 * idle > len(counts):
            yield Finding(
                "learned, but no gradient arrives",
                w.place.name,
                f"{w.path}: {idle:,} of {len(counts):,} vectors are in none of the "
                f"{counts.sum():,} places where your examples name one",
                "an example teaches the vectors that it names; the others stay untrained",
                f"# Embedding({len(counts) - idle}, ...), with what occurs numbered 0, 1, 2 ...; "
                "or data that name the rest",
                8,
            )


def idle_so_far(e: Evidence) -> str:
    """Of which tables the rows tried leave vectors without a gradient, in words."""
    parts = [
        f"{(~e.pulled[id(w.variable)]).sum():,} of the {len(e.pulled[id(w.variable)]):,} vectors "
        f"of {w.place.name}"
        for w in e.tables()
    ]
    return f"; {named(parts)} got no gradient from the rows tried" if parts else ""
