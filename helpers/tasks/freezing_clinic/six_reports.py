"""Exercise 8, task 1: a diagnosis for each of six reports."""

from helpers.tasks.answers import choice
from helpers.tasks.core import Wrong, task

_SYMPTOMS = {
    "late flag": "Then a fit would have come before the flag, and a Keras fit would move what the "
    "ledger calls frozen.",
    "wrong list": "Then a loop of your own would move what the ledger calls frozen.",
    "wrong layers": "Then the ledger would call something frozen, only not what was meant.",
    "misspelt flag": "Then the ledger and the flag itself would say what they said before.",
    "old optimizer": "Then a fit would stop with an error, Unknown variable.",
    "wrong rate": "Then the right weights would move, only too far.",
    "statistics": "Then moving means and moving variances would move.",
    "frozen clone": "Then the base would stand still, frozen, and without its pretrained values.",
}


@task(
    "Six reports",
    why="Each report answers the three questions: the role (2), the movement (1, 4), the distance "
    "(5); an error (3) and values lost before any training (6) come on top.",
    hints=(
        "For each report ask first: does the ledger say what was meant?",
        "1: a loop with a tape makes no use of `compile`. 2: the flag itself says True. 3: who "
        "says 'Unknown variable'? 4: which arrays are no kernel and no bias? 6: what does a clone "
        "keep?",
        "In order: wrong list, misspelt flag, old optimizer, statistics, wrong rate, frozen clone.",
    ),
)
def six_reports(
    report_1: object,
    report_2: object,
    report_3: object,
    report_4: object,
    report_5: object,
    report_6: object,
) -> None:
    """wrong list, misspelt flag, old optimizer, statistics, wrong rate, frozen clone."""
    wrong: list[Wrong] = []
    wrong += _refusal_of(
        "report_1",
        report_1,
        "wrong list",
        late_flag="A late flag needs a training step that was kept; this loop computes its "
        "gradients anew in every step, and nothing was trained before.",
    )
    wrong += _refusal_of(
        "report_2",
        report_2,
        "misspelt flag",
        late_flag="A late flag does show in the ledger; here the ledger has not noticed anything.",
        wrong_layers="The line names the base, and yet the base's own flag is still True.",
        frozen_clone="The line names the base itself, not a clone of it.",
    )
    wrong += _refusal_of(
        "report_3",
        report_3,
        "old optimizer",
        late_flag="The flag was followed by a compile; and on TensorFlow a late flag is ignored "
        "without an error.",
    )
    wrong += _refusal_of(
        "report_4",
        report_4,
        "statistics",
        late_flag="With a late flag the kernels of the base would move, too.",
        wrong_list="It was no loop of one's own but a fit, and what moved is on no list of the "
        "optimizer, whose arrays are kernels, biases, gamma and beta.",
        wrong_layers="No kernel and no bias of the base moved, so every weight that was frozen "
        "stayed.",
    )
    wrong += _refusal_of(
        "report_5",
        report_5,
        "wrong rate",
        old_optimizer="A new optimizer was made, from a word; that is the trouble.",
        late_flag="A compile came after the flag, and all that should learn has moved.",
    )
    wrong += _refusal_of(
        "report_6",
        report_6,
        "frozen clone",
        late_flag="Nothing moved in any training; the values were lost before.",
        wrong_layers="What was to stand still is frozen and stands still; but its features were "
        "useless *from the start*.",
        statistics="Nothing moved, neither a kernel nor a statistic.",
    )
    if wrong:  # two that are wrong together tell more than the first alone
        raise Wrong(" ".join(map(str, wrong[:2])), all(each.diagnosed for each in wrong[:2]))


def _refusal_of(name: str, answer: object, right: str, **specific: str) -> list[Wrong]:
    """What is wrong with a diagnosis, if anything; `specific` overrides the sign of a wrong word
    (with _ for a blank).
    """
    mistakes = {word: f"{sign} The report says otherwise." for word, sign in _SYMPTOMS.items()}
    mistakes |= {word.replace("_", " "): message for word, message in specific.items()}
    del mistakes[right]
    try:
        choice(name, answer, right, mistakes)
    except Wrong as wrong:
        return [wrong]
    return []
