"""Exercise 7, task 1: the numbers that Normalization and SpectralNormalization keep."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task


@task(
    "Counts",
    why="Normalization keeps mean, variance and `count`, one number: 2 · 12 + 1, or nothing if you "
    "tell it both. SpectralNormalization adds one number per unit, its auxiliary vector.",
    hints=(
        "What does `adapt` measure of each feature? And which single number is a leftover?",
        "Inside SpectralNormalization is an ordinary Dense layer, and beside it a vector with as "
        "many numbers as the layer has units.",
        "2 · 12 + 1; nothing; 12 · 5 + 5; 5.",
    ),
)
def counts(
    adapted: object, told: object, spectral_trainable: object, spectral_non_trainable: object
) -> None:
    """Normalization on 12 features, SpectralNormalization(Dense(5)): 25, 0, 65 and 5."""
    arrays = "That is the number of arrays; count the numbers in them."
    adapted_mistakes = {
        24: "That is mean and variance; a third array, `count`, has one number.",
        12: "That is one array of 12; it keeps mean *and* variance, and `count`.",
        13: "That is one array of 12 and `count`; it keeps mean *and* variance.",
        36: "`count` is one number, not one for each feature.",
        48: "That is 4C, as BatchNormalization; Normalization has no gamma and beta.",
        49: "It has no gamma and beta: two arrays of 12, and `count`.",
        26: "`count` is one number, not two.",
        37: "That is one array of 12 too many: mean, variance, and `count`.",
        3: arrays,
        2: arrays,
        1: "That is `count`; mean and variance have one number for each feature.",
        0: "After `adapt` it keeps what it measured as weights. (Told, it keeps none.)",
    }
    otherwise = "`adapt` measures two things of each feature, and one number more is a leftover."
    expect_number("adapted", adapted, 25, adapted_mistakes, otherwise=otherwise, way="2 * 12 + 1")
    kept = "Told its mean and variance, it keeps them as constants: they are not weights."
    told_mistakes = dict.fromkeys((2, 3, 12, 13, 24, 25), kept)
    told_mistakes[1] = "`count` belongs to what `adapt` measures; told, the layer has none either."
    otherwise = "Is there anything left that it has to remember?"
    expect_number("told", told, 0, told_mistakes, otherwise=otherwise)
    trainables = {
        60: "That is the kernel; the bias is trained as well.",
        70: "That is all it has; the auxiliary vector is not trained.",
        72: "The bias has one number per *unit*, 5, not one per input.",
        17: "A kernel has 12 · 5 numbers, not 12 + 5.",
        22: "A kernel has 12 · 5 numbers, not 12 + 5.",
        5: "That is the bias; the kernel is trained as well.",
        2: arrays,
        3: "That is the number of all its arrays; count the numbers in those that are trained.",
        0: "The wrapped Dense layer learns as usual.",
        77: "That is with a vector of 12; neither is a vector trained.",
    }
    otherwise = "Kernel and bias of the wrapped Dense layer learn as usual."
    name, way = "spectral_trainable", "12 * 5 + 5"
    expect_number(name, spectral_trainable, 65, trainables, otherwise=otherwise, way=way)
    others = {
        0: "It keeps an auxiliary vector, `vector_u`, to estimate the largest singular value.",
        1: "That is the number of arrays; the vector has more than one number.",
        2: "That is a number of arrays; there is one vector, and it has more than one number.",
        6: "There is only the vector; the singular value itself is not kept.",
        12: "The vector has one number per *unit*, not per input.",
        17: "There is only one vector, with one number per unit.",
        10: "Five are right, the vector; neither a second vector nor the bias is among them.",
        60: "The kernel is divided by the layer, but the optimizer trains it as well.",
        65: "The kernel is trained, although the layer divides it, and so is the bias.",
        70: "That is all it has; kernel and bias are trained.",
    }
    otherwise = "How long is its auxiliary vector?"
    name = "spectral_non_trainable"
    expect_number(name, spectral_non_trainable, 5, others, otherwise=otherwise, way="5")
