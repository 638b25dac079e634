"""Tasks of exercise 1 that ask for a prediction."""

from helpers.tasks.answers import choice, expect_number, whole_number
from helpers.tasks.core import Wrong, task
from helpers.tasks.slips import explained, slips


@task(
    "One Dense layer",
    why="784 · 64 = 50,176 in the kernel and 64 in the bias: 50,240.",
    hints=(
        "How many arrays does a Dense layer have, and what shape has each?",
        "The kernel has one number per pair (input, unit); the bias has one number per unit.",
        "784 · 64 + 64.",
    ),
)
def dense_layer(total):
    """Numbers in Dense(64) on 784 inputs."""
    mistakes = {
        50_176: "That is the kernel alone: each of the 64 units also has a bias.",
        50_960: "You gave each *input* a bias; there is one per *unit*.",
        848: "You added inputs and units; the kernel has one number for every *pair* of them.",
        912: "You added inputs and units; the kernel has one number for every *pair* of them.",
        2: "That is the number of arrays (kernel and bias); count the numbers in them.",
        64: "That is the bias alone; the kernel is missing.",
        51_025: "You gave the input a bias as well: only the units have one.",
    }
    otherwise = "Think of the kernel's shape, (inputs, units), and of the bias."
    expect_number("total", total, 50_240, mistakes, otherwise=otherwise, way="784 * 64 + 64")


@task(
    "Three layers, the middle one frozen",
    why="144 + 68 + 10 = 222 in all; freezing moves 68 of them from one line to the other.",
    hints=(
        "Count each of the three Dense layers first, biases included.",
        "The layers have 144, 68 and 10. Which of them does the optimizer leave alone?",
        "Freezing never changes the total: trainable + non-trainable is still 222.",
    ),
)
def three_layers(total, trainable, non_trainable):
    """Dense 8 -> 16 -> 4 -> 2 with the middle layer frozen: 222, 154, 68."""
    given = [
        whole_number(name, answer)
        for name, answer in zip(
            ("total", "trainable", "non_trainable"), (total, trainable, non_trainable), strict=True
        )
    ]
    shown = "You gave {:,} in all, {:,} trainable and {:,} non-trainable. ".format(*given)
    if given == [222, 154, 68]:
        return
    mistakes = {
        (200, 136, 64): "The kernels are right; every layer has a bias, too.",
        (222, 68, 154): "The last two are swapped: frozen means *non*-trainable.",
        (222, 78, 144): "That is with the *first* layer frozen; the middle one has 68.",
        (222, 212, 10): "That is with the *last* layer frozen; the middle one has 68.",
        (222, 222, 0): "That is before anything is frozen.",
        (154, 154, 68): "Frozen weights still belong to the model: they count in the total.",
        (154, 154, 0): "Frozen weights still belong to the model: they count in the total.",
        (
            222,
            222,
            68,
        ): "A frozen weight is no longer trainable: the two lines add up to the total.",
        (6, 4, 2): "Those are arrays; count the numbers in them.",
        (3, 2, 1): "Those are layers; count the numbers in them.",
    }
    if tuple(given) in mistakes:
        raise Wrong(shown + mistakes[tuple(given)])
    if given[0] != given[1] + given[2]:
        raise Wrong(shown + "Trainable and non-trainable must add up to the total.")
    otherwise = "Count one layer at a time: inputs · units + units."

    def fits(sizes):
        first, middle, last = sizes()
        return given == [first + middle + last, first + last, middle]

    slip = explained(slips("(8 * 16 + 16, 16 * 4 + 4, 4 * 2 + 2)"), fits)
    raise Wrong(shown + (f"{slip} {otherwise}" if slip else otherwise), diagnosed=bool(slip))


@task(
    "BatchNormalization's four arrays",
    why="Four arrays of 48: gamma and beta are learned, moving mean and moving variance are not.",
    hints=(
        "How many arrays does the layer have, and over which axis does it normalise?",
        "One number per *channel* in each array: the height and width do not matter.",
        "4 · 48 in all; half of the arrays are statistics.",
    ),
)
def batchnorm_counts(total, non_trainable):
    """BatchNormalization on images of 32 x 20 pixels with 48 channels: 192 and 96."""
    totals = {
        96: "Two arrays of 48: that is LayerNormalization, which keeps no statistics. "
        "BatchNormalization has four arrays.",
        48: "That is one of its four arrays.",
        128: "You took the height, 32; it keeps one set of numbers per *channel*, the last axis.",
        80: "You took the width, 20; it keeps one set of numbers per *channel*, the last axis.",
        4 * 32 * 20 * 48: "You counted per pixel; all pixels of a channel share four numbers.",
        4: "That is the number of arrays; count the numbers in them.",
        144: "Three arrays of 48: one of gamma, beta, moving mean and moving variance is missing.",
    }
    kinds = {
        0: "Its moving mean and variance are kept by the layer, not learned by the optimizer.",
        192: "Gamma and beta are learned like any kernel; only half is non-trainable.",
        48: "There are two statistics per channel: a moving mean *and* a moving variance.",
        64: "Per *channel*, the last axis, not per row of the image.",
        40: "Per *channel*, the last axis, not per column of the image.",
        2: "That is the number of arrays; count the numbers in them.",
        144: "Only two of its four arrays are non-trainable: gamma *and* beta are learned.",
    }
    otherwise = "Count arrays, then numbers per array."
    expect_number("total", total, 192, totals, otherwise=otherwise, way="4 * 48")
    otherwise = "Which of its arrays does the optimizer leave alone?"
    expect_number("non_trainable", non_trainable, 96, kinds, otherwise=otherwise, way="2 * 48")


@task(
    "Two reasons for non-trainable",
    why="Frozen by you, or kept by the layer: two reasons for one number in the summary.",
    hints=(
        "For each weight: was it made to be learned? Is it switched off?",
        "A frozen layer freezes its kernel *and* its bias; gamma and beta are learned.",
        "The hidden layer's bias is frozen, gamma is learned, the moving variance is a statistic, "
        "the head's kernel is learned.",
    ),
)
def two_reasons(hidden_bias, norm_gamma, norm_moving_variance, head_kernel):
    """The role of four weights of Dense (frozen) -> BatchNormalization -> Dense."""
    choice(
        "hidden_bias",
        hidden_bias,
        "frozen",
        {
            "learned": "Freezing a layer freezes its bias together with its kernel.",
            "statistic": "Nothing is measured here: it was made to be learned and then switched off.",
            "other state": "It was made to be learned and then switched off: there is a word for that.",
        },
    )
    choice(
        "norm_gamma",
        norm_gamma,
        "learned",
        {
            "statistic": "Gamma is not measured from the data: the optimizer learns it.",
            "frozen": "Only the hidden layer was switched off; gamma is in another layer.",
            "other state": "Gamma is trained like a kernel: the optimizer updates it.",
        },
    )
    choice(
        "norm_moving_variance",
        norm_moving_variance,
        "statistic",
        {
            "learned": "No gradient reaches it: the layer itself measures it on every batch.",
            "frozen": "It keeps changing during training, so it is not frozen; who changes it?",
            "other state": "BatchNormalization measures it from the data: there is a word for that.",
        },
    )
    choice(
        "head_kernel",
        head_kernel,
        "learned",
        {
            "frozen": "Freezing the hidden layer does not freeze the layers after it.",
            "statistic": "A kernel is not measured from the data: the optimizer learns it.",
            "other state": "A kernel is trained: the optimizer updates it.",
        },
    )


@task(
    "The total that grew",
    why="The summary adds what the optimizer keeps: two numbers per *trainable* weight and two "
    "of its own, 2 · 4 + 2 = 10. The model still has 19 weights.",
    hints=(
        "`fit` did not change the model. Who else keeps numbers during training?",
        "Adam keeps two numbers for each weight it updates, and its step count and learning rate.",
        "19 + 2 · 4 + 2 for the summary; `count_params()` counts the model alone.",
    ),
)
def total_after_fit(summary_total, count_params):
    """Dense 4 -> 3 (frozen) -> 1 after fit with Adam: 29 in the summary, 19 weights."""
    summaries = {
        19: "So it was before `fit`; the summary now adds what the optimizer keeps.",
        27: "The two numbers per trainable weight are there; Adam also keeps its step count and "
        "its learning rate.",
        59: "You gave the frozen weights optimizer slots; Adam keeps them only for the 4 trainable.",
        57: "You gave the frozen weights optimizer slots; Adam keeps them only for the 4 trainable.",
        10: "That is the optimizer's part alone; the total holds the model, too.",
        23: "That is one number per trainable weight; Adam keeps two, and two of its own.",
        25: "That is one number per trainable weight; Adam keeps two per weight.",
        21: "That is plain SGD's two numbers; Adam also keeps two per trainable weight.",
        4: "That is the trainable part of the model alone.",
    }
    counts = {
        29: "`count_params()` counts the model alone, without what the optimizer keeps.",
        4: "`count_params()` counts frozen weights, too.",
        15: "That is the frozen layer alone.",
        10: "Those are the optimizer's numbers; `count_params()` counts the model.",
    }
    otherwise = "Start from 19 weights, then add what Adam keeps."
    way = "4 * 3 + 3 + (3 * 1 + 1) + 2 * (3 * 1 + 1) + 2"
    expect_number("summary_total", summary_total, 29, summaries, otherwise=otherwise, way=way)
    otherwise = "Which of the three parts (learned, frozen, optimizer) belong to the model?"
    way = "4 * 3 + 3 + (3 * 1 + 1)"
    expect_number("count_params", count_params, 19, counts, otherwise=otherwise, way=way)
