"""Tasks of exercise 7 that ask for a prediction."""

from helpers.tasks.answers import choice, expect_number
from helpers.tasks.core import task


@task(
    "Counts",
    why="Normalization keeps mean, variance and one count: 2 · 12 + 1, or nothing if you tell it "
    "both. SpectralNormalization adds one number per unit, its auxiliary vector.",
    hints=(
        "What does `adapt` measure of each feature? And of the data as a whole?",
        "Inside SpectralNormalization is an ordinary Dense layer, and beside it a vector with as "
        "many numbers as the layer has units.",
        "2 · 12 + 1; nothing; 12 · 5 + 5; 5.",
    ),
)
def counts(adapted, told, spectral_trainable, spectral_non_trainable):
    """Normalization on 12 features, SpectralNormalization(Dense(5)): 25, 0, 65 and 5."""
    arrays = "That is the number of arrays; count the numbers in them."
    adapted_mistakes = {
        24: "That is mean and variance; a third array, of one number, counts the examples.",
        12: "That is one array of 12; it keeps mean *and* variance, and a count.",
        13: "That is one array of 12 and the count; it keeps mean *and* variance.",
        36: "The count of examples is one number, not one for each feature.",
        48: "That is 4C, as BatchNormalization; Normalization has no gamma and beta.",
        49: "It has no gamma and beta: two arrays of 12, and one count.",
        26: "The count of examples is one number, not two.",
        3: arrays,
        2: arrays,
        0: "After `adapt` it keeps what it measured as weights. (Told, it keeps none.)",
    }
    otherwise = "What does `adapt` measure for each feature, and what once?"
    expect_number("adapted", adapted, 25, adapted_mistakes, otherwise=otherwise, way="2 * 12 + 1")
    kept = "Told its mean and variance, it keeps them as constants: they are not weights."
    expect_number(
        "told",
        told,
        0,
        dict.fromkeys((1, 2, 3, 12, 24, 25), kept),
        otherwise="Is there anything left that it has to remember?",
    )
    trainables = {
        60: "That is the kernel; the bias is trained as well.",
        70: "That is all it has; the auxiliary vector is not trained.",
        72: "The bias has one number per *unit*, 5, not one per input.",
        17: "A kernel has 12 · 5 numbers, not 12 + 5.",
        5: "That is the bias; the kernel is trained as well.",
        2: arrays,
        0: "The wrapped Dense layer learns as usual.",
        77: "That is with a vector of 12; neither is a vector trained.",
    }
    otherwise = "Kernel and bias of the wrapped Dense layer learn as usual."
    expect_number(
        "spectral_trainable",
        spectral_trainable,
        65,
        trainables,
        otherwise=otherwise,
        way="12 * 5 + 5",
    )
    others = {
        0: "It keeps an auxiliary vector, `vector_u`, to estimate the largest singular value.",
        1: "That is the number of arrays; the vector has more than one number.",
        12: "The vector has one number per *unit*, not per input.",
        17: "There is only one vector, with one number per unit.",
        10: "There is only one vector, with one number per unit.",
        60: "The kernel is divided by the layer, but the optimizer trains it as well.",
        65: "Those are the trainable ones.",
        70: "That is all it has; kernel and bias are trained.",
    }
    otherwise = "How long is its auxiliary vector?"
    expect_number(
        "spectral_non_trainable", spectral_non_trainable, 5, others, otherwise=otherwise, way="5"
    )


@task(
    "Frozen, and still changing?",
    why="A freeze takes weights off the optimizer's list. What a layer writes itself goes on, "
    "unless it looks at its own flag, and only BatchNormalization does.",
    hints=(
        "For each: who changes it when nothing is frozen? The freeze stops the optimizer only.",
        "One layer looks at its own flag; one changes only in `adapt`.",
        "Dropout's seed, the kernel inside SpectralNormalization and the counter move.",
    ),
)
def still_changing(
    dense_kernel, dropout_seed, batchnorm_mean, spectral_kernel, adapted_mean, counter
):
    """Which variables of frozen layers move in a fit."""
    optimizer = "Only the optimizer would change it, and the freeze took it off its list."
    expect_fate("dense_kernel", dense_kernel, "stays", optimizer)
    expect_fate(
        "dropout_seed",
        dropout_seed,
        "moves",
        "A frozen Dropout goes on dropping in training mode, and every draw moves its seed state.",
    )
    expect_fate(
        "batchnorm_mean",
        batchnorm_mean,
        "stays",
        "A frozen BatchNormalization layer is in inference mode: it is the one layer of Keras that "
        "looks at its own flag.",
    )
    expect_fate(
        "spectral_kernel",
        spectral_kernel,
        "moves",
        "In training mode the layer itself divides its kernel, whatever the flag says.",
    )
    expect_fate("adapted_mean", adapted_mean, "stays", "Only `adapt` changes it; a fit never does.")
    expect_fate(
        "counter",
        counter,
        "moves",
        "The optimizer never touched the counter; it is the layer's own `call` that counts, and it "
        "does not ask for the flag.",
    )


def expect_fate(name: str, answer, right: str, reason: str) -> None:
    """ "moves" or "stays", and why not the other."""
    other = "moves" if right == "stays" else "stays"
    choice(name, answer, right, {other: reason})


@task(
    "In which list?",
    why="Weights are what the summary counts; `variables` has the seed states as well. A stateful "
    "layer's memory, the optimizer's slots and what a Lambda hides are in neither list.",
    hints=(
        "Three of the six belong to the layers of the model and are meant to be seen by it.",
        "`weights` holds what layers made with add_weight. Seed states are variables, not weights.",
        "Only the two means are weights, and only the seed state is in `variables` alone.",
    ),
)
def listed(moving_mean, normalization_mean, seed_state, lstm_memory, adam_momentum, lambda_factor):
    """In model.weights, only in model.variables, or in neither."""
    statistic = "A layer made it with add_weight(trainable=False): a non-trainable weight."
    expect_list("moving_mean", moving_mean, "weights", statistic, statistic)
    expect_list("normalization_mean", normalization_mean, "weights", statistic, statistic)
    expect_list(
        "seed_state",
        seed_state,
        "variables",
        "Dropout has no weights: the summary counts 0 for it.",
        "The layer has one variable, the state of its random numbers.",
    )
    memory = "Neither list shows a stateful layer's memory; only its attribute `states` does."
    expect_list("lstm_memory", lstm_memory, "neither", memory, memory)
    slot = "It belongs to the optimizer: model.optimizer.variables lists it."
    expect_list("adam_momentum", adam_momentum, "neither", slot, slot)
    hidden = "A layer does not look into a function: the variable is unknown to the model."
    expect_list("lambda_factor", lambda_factor, "neither", hidden, hidden)


def expect_list(name: str, answer, right: str, not_first: str, not_second: str) -> None:
    """One of the three words; the reason against each of the other two, in their order."""
    others = [word for word in ("weights", "variables", "neither") if word != right]
    choice(name, answer, right, dict(zip(others, (not_first, not_second), strict=True)))


@task(
    "LoRA by hand",
    why="Frozen: the kernel, 200 · 64. Learned: A with 200 · 8, B with 8 · 64, and the bias, 64. "
    "A and B together have rank · 264 numbers, and 48 · 264 = 12,672 is still below 12,800.",
    hints=(
        "What does `enable_lora` freeze: the layer, or one of its arrays?",
        "A has in · rank numbers, B has rank · out; the bias goes on learning.",
        "200 · 64; 200 · 8 + 8 · 64 + 64; the largest whole r with r · (200 + 64) < 12,800.",
    ),
)
def lora_counts(frozen, learned, largest_rank):
    """Dense(64) on 200 inputs, rank 8: 12,800 and 2,176; the largest rank that saves is 48."""
    frozens = {
        12_864: "The bias, 64 numbers, is *not* frozen by `enable_lora`.",
        0: "`enable_lora` freezes the kernel.",
        64: "That is the bias, and it goes on learning.",
        2_112: "Those are A and B, which learn.",
        2_176: "Those are the ones that learn.",
        264: "A kernel has 200 · 64 numbers, not 200 + 64.",
        14_976: "That is all the layer has now; A, B and the bias learn.",
    }
    otherwise = "Which array does `enable_lora` freeze?"
    expect_number("frozen", frozen, 12_800, frozens, otherwise=otherwise, way="200 * 64")
    learneds = {
        2_112: "That is A and B; the bias goes on learning, 64 numbers more.",
        1_600: "That is A; B and the bias learn, too.",
        512: "That is B; A and the bias learn, too.",
        1_664: "That is A and the bias; B learns, too.",
        576: "That is B and the bias; A learns, too.",
        64: "That is the bias; A and B learn, too.",
        12_864: "So many learn *without* LoRA.",
        14_976: "That is all the layer has now; the kernel is frozen.",
        12_800: "That is the kernel, and it is frozen.",
        102_400: "The rank replaces one of the two sides: 200 · 8 and 8 · 64.",
    }
    otherwise = "Count A, of shape (200, 8), B, of shape (8, 64), and what else learns."
    expect_number(
        "learned", learned, 2_176, learneds, otherwise=otherwise, way="200 * 8 + 8 * 64 + 64"
    )
    ranks = {
        49: "49 · 264 = 12,936 is more than the kernel's 12,800: round *down*.",
        47: "One more still saves: 48 · 264 = 12,672.",
        64: "64 · 264 = 16,896: A and B would have more numbers than the kernel.",
        63: "63 · 264 = 16,632: A and B would have more numbers than the kernel.",
        200: "200 · 264 = 52,800: A and B would have more numbers than the kernel.",
        199: "199 · 264 = 52,536: A and B would have more numbers than the kernel.",
        8: "That is the rank of the layer above; how far could it be raised?",
    }
    otherwise = "A and B have rank · (200 + 64) numbers; the kernel has 200 · 64."
    way = "200 * 64 // (200 + 64)"
    expect_number("largest_rank", largest_rank, 48, ranks, otherwise=otherwise, way=way)
