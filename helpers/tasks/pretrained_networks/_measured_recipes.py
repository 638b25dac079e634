"""The measurements that the course stores, as the tables from which exercise 6 decides."""

from collections.abc import Sequence

import numpy as np

from helpers.experiments.results import stored
from helpers.tables import Table

DIGIT_WORDS = {  # the word that a learner gives: the name in the stored results
    "scratch": "from scratch",
    "head": "head only",
    "first two": "first two frozen",
    "everything": "everything tuned",
    "control": "control: random, first two frozen",
}
EMOJI_WORDS = {
    "scratch": "from scratch, measured anew",
    "head": "head only",
    "everything": "everything tuned, measured anew",
    "control": "control: random, head only",
}
SECOND_PHASE_WORDS = {
    "still 0.0001": "statistics still, rate 0.0001",
    "free 0.0001": "statistics free, rate 0.0001",
    "still 0.01": "statistics still, rate 0.01",
    "free 0.01": "statistics free, rate 0.01",
}


def rounded_percent(accuracies: Sequence[float]) -> str:
    """The mean of some accuracies, in whole per cent."""
    return f"{round(100 * float(np.mean(accuracies)))} %"


def measured() -> Table:
    """Mean test accuracy of each recipe: new digits with 10 labels a class, emoji."""
    results = stored("transfer")["results"]
    digits, pictures = results["recipes"]["10"], results["emoji"]
    rows = []
    for word, name in DIGIT_WORDS.items():
        emoji = rounded_percent(pictures[EMOJI_WORDS[word]]) if word in EMOJI_WORDS else "–"
        rows.append((word, rounded_percent(digits[name]), emoji))
    caption = (
        "Mean accuracy over five seeds, 10 labels a class; everything: at once, with a new head; "
        "control: random values; emoji: statistics measured anew before the test"
    )
    header = ("recipe", "mini_googlenet, new digits", "EfficientNet-lite0, emoji")
    return Table(header, rows, caption)


def tunings() -> Table:
    """Mean accuracy of each way to tune after the head: on the new digits, and on MNIST."""
    results = stored("transfer")["results"]["fine_tuning"]
    rows = [
        (word, *(rounded_percent(results[name][on]) for on in ("new", "old")))
        for word, name in {"head": "head only", **SECOND_PHASE_WORDS}.items()
    ]
    caption = (
        "Statistics still or free, and the learning rate; mean accuracy over five seeds, 5 labels "
        "a class"
    )
    return Table(("second phase", "new digits", "MNIST, old head"), rows, caption)
