"""Exercise 6, task 7: which recipe to choose, from stored measurements."""

import re

from helpers.experiments.results import stored
from helpers.tasks.answers import choice, plain
from helpers.tasks.core import Wrong, task
from helpers.tasks.pretrained_networks._measured_recipes import (
    DIGIT_WORDS,
    EMOJI_WORDS,
    SECOND_PHASE_WORDS,
    rounded_percent,
)


@task(
    "Choose the recipe",
    why="The best recipe depends on the data and on what the machine can do: without a way back "
    "through the network, only the head can learn. The control says what the values are worth.",
    hints=(
        "Read the column of the network in question, and then the sentence again: what is the "
        "budget?",
        "Without a way back through the network, no weight of it can learn. And two recipes "
        "differ in nothing but the values: which?",
        "The highest number of the first column; the recipe without a backward pass; the random "
        "twin of 'first two'; in the second table, high in *both* columns.",
    ),
)
def recipe(digits: object, phone: object, compare_with: object, second_phase: object) -> None:
    """first two; head; control; still 0.0001."""
    given = digits, phone, compare_with, second_phase
    digits, phone, compare_with, second_phase = map(_word_of, given)
    results = stored("transfer")["results"]
    few = {
        word: rounded_percent(results["recipes"]["10"][name]) for word, name in DIGIT_WORDS.items()
    }
    emoji = {word: rounded_percent(results["emoji"][name]) for word, name in EMOJI_WORDS.items()}
    best = few["first two"]
    choice(
        "digits",
        digits,
        "first two",
        {
            "scratch": f"That reaches {few['scratch']}, and 'first two' {best}: the pretrained "
            "values are worth having.",
            "head": f"That is the cheapest, and reaches {few['head']}; the best accuracy was asked "
            "for. Features made for MNIST alone do not tell these digits apart as well as features "
            "that may adapt.",
            "everything": f"That reaches {few['everything']}, less than 'first two' with "
            f"{best}, and costs more: gradients for the first layers, too.",
            "control": f"That reaches {few['control']}: its values are random. It is there to "
            "compare with.",
        },
    )
    choice(
        "phone",
        phone,
        "head",
        {
            "scratch": "That has to train every layer, which the phone cannot, and reaches "
            f"{emoji['scratch']} against {emoji['head']} with the head alone.",
            "first two": "That trains all later layers: it needs a way back through them.",
            "everything": f"That needs a way back through every layer, and reaches "
            f"{emoji['everything']} here against {emoji['head']} with the head alone.",
            "control": f"The phone could do that, but the values are random: {emoji['control']} "
            f"against {emoji['head']}.",
        },
    )
    choice(
        "compare_with",
        compare_with,
        "control",
        {
            "scratch": "That differs in two things: the values, and what is frozen. A freeze alone "
            "may help with few labels.",
            "head": "That differs in how much is frozen; both have pretrained values.",
            "first two": "That is the recipe itself.",
            "everything": "That differs in what is frozen; both have pretrained values.",
        },
    )
    ways = {word: results["fine_tuning"][name] for word, name in SECOND_PHASE_WORDS.items()}
    shown = {
        word: (rounded_percent(way["new"]), rounded_percent(way["old"]))
        for word, way in ways.items()
    }
    good = shown["still 0.0001"]
    choice(
        "second_phase",
        second_phase,
        "still 0.0001",
        {
            "free 0.0001": f"The rate is small, but the statistics follow the new digits: "
            f"{shown['free 0.0001'][1]} on MNIST, and {shown['free 0.0001'][0]} on the new digits.",
            "still 0.01": f"At that rate the base loses what it knew: {shown['still 0.01'][0]} and "
            f"{shown['still 0.01'][1]}.",
            "free 0.01": f"On the new digits it holds up, with {shown['free 0.01'][0]}, but MNIST "
            f"is lost: {shown['free 0.01'][1]} instead of {good[1]}.",
            "head": "That is no second phase: the base does not learn in it.",
        },
    )


def _word_of(answer: object) -> object:
    """The word for a recipe, also if it was called by its long name, as in the lesson."""
    answer = plain(answer)
    if not isinstance(answer, str):
        return answer
    words = {
        _normal(name): word
        for names in (DIGIT_WORDS, EMOJI_WORDS, SECOND_PHASE_WORDS)
        for word, name in names.items()
    }
    said = _normal(answer)
    if re.fullmatch(r"[\d.]+ ?%?", said):
        raise Wrong(f"{answer[:20]!r} is a number; give the word in the first column of its row.")
    return words.get(said, said)


def _normal(name: str) -> str:
    """Small letters, single blanks, no commas, and 1e-4 as 0.0001."""
    parts = name.lower().replace("_", " ").replace(",", " ").split()
    return " ".join({"1e-4": "0.0001", "1e-04": "0.0001", "1e-2": "0.01"}.get(p, p) for p in parts)
