"""Tasks of exercise 8 that ask for a diagnosis or a prediction."""

from helpers.tasks.answers import choice, expect_number
from helpers.tasks.core import task

SIGNS = {
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


def report(name: str, answer, right: str, **specific: str) -> None:
    """Judge one diagnosis; `specific` overrides the sign of a wrong word (with _ for a blank)."""
    mistakes = {word: f"{sign} The report says otherwise." for word, sign in SIGNS.items()}
    mistakes |= {word.replace("_", " "): message for word, message in specific.items()}
    del mistakes[right]
    choice(name, answer, right, mistakes)


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
def six_reports(report_1, report_2, report_3, report_4, report_5, report_6):
    """wrong list, misspelt flag, old optimizer, statistics, wrong rate, frozen clone."""
    report(
        "report_1",
        report_1,
        "wrong list",
        late_flag="A late flag needs a training step that was kept; this loop computes its "
        "gradients anew in every step, and nothing was trained before.",
    )
    report(
        "report_2",
        report_2,
        "misspelt flag",
        late_flag="A late flag does show in the ledger; here the ledger has not noticed anything.",
        wrong_layers="The line names the base, and yet the base's own flag is still True.",
        frozen_clone="The line names the base itself, not a clone of it.",
    )
    report(
        "report_3",
        report_3,
        "old optimizer",
        late_flag="The flag was followed by a compile; and on TensorFlow a late flag is ignored "
        "without an error.",
    )
    report(
        "report_4",
        report_4,
        "statistics",
        late_flag="With a late flag the kernels of the base would move, too.",
        wrong_layers="No kernel and no bias of the base moved, so every weight that was frozen "
        "stayed.",
    )
    report(
        "report_5",
        report_5,
        "wrong rate",
        old_optimizer="A new optimizer was made, from a word; that is the trouble.",
        late_flag="A compile came after the flag, and all that should learn has moved.",
    )
    report(
        "report_6",
        report_6,
        "frozen clone",
        late_flag="Nothing moved in any training; the values were lost before.",
        statistics="Nothing moved, neither a kernel nor a statistic.",
    )


TEN = "How many arrays are there? low, high and head have two each, norm has four."
IN_ALL = {"most": 10, "steps_of": 2}


@task(
    "How many arrays move?",
    why="A clone is another model (10); a callback's flag comes after the training step was made "
    "(10); True on top of True does nothing, so norm stays frozen (6); behind a wall only the head "
    "learns, but norm still measures (2 + 2).",
    hints=(
        "Ten arrays: low 2, norm 4, high 2, head 2. Ask for each program who reads the flag, and "
        "when.",
        "Which model is trained in the first? When was the training step of the second made? What "
        "was base's own flag before the line in the third? Does a wall stop a measurement?",
        "In order: 10, 10, 6 and 4.",
    ),
)
def moved_arrays(clone, callback, true_again, wall):
    """Arrays that the last epoch moves: 10, 10, 6, 4."""
    pairs = {
        5: "That would be layers; count arrays.",
        4: "You counted layers; a Dense layer has two arrays, BatchNormalization four.",
    }
    expect_number(
        "clone",
        clone,
        10,
        pairs
        | {
            0: "The clone is frozen, the model is not; and the model is what is trained.",
            2: "The clone is frozen, and it has layers of its own; `model` was not touched.",
            8: "BatchNormalization has four arrays, and all of them move in a fit.",
        },
        otherwise=TEN,
        **IN_ALL,
    )
    expect_number(
        "callback",
        callback,
        10,
        pairs
        | {
            2: "So it would be if the flag were read in every step. The training step was made in the "
            "first epoch, before the flag.",
            0: "The head was never to be frozen.",
            8: "BatchNormalization has four arrays, and all of them move in a fit.",
        },
        otherwise=TEN,
        **IN_ALL,
    )
    expect_number(
        "true_again",
        true_again,
        6,
        pairs
        | {
            10: "`base.trainable` was True already; setting it to True passes nothing on, so norm "
            "stays frozen.",
            8: "A frozen BatchNormalization does not measure either: its four arrays stay still.",
            2: "Only norm is frozen; the Dense layers of base learn.",
        },
        otherwise=TEN,
        **IN_ALL,
    )
    expect_number(
        "wall",
        wall,
        4,
        {
            2: "The head learns; but norm still sees the batches in training, and measures.",
            10: "No gradient comes back through the wall: what stands before it does not learn.",
            8: "No gradient comes back through the wall: what stands before it does not learn.",
            6: "Gamma and beta of norm need a gradient, too; only its statistics do without.",
            0: "The head stands behind the wall, on the side of the loss.",
        },
        otherwise="What gets a gradient, and what is changed without one?",
        **IN_ALL,
    )
