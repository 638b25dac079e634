"""What lesson 1 asks: counting weights."""

from types import SimpleNamespace

from helpers.predictions.core import Idea, Prediction
from helpers.predictions.kinds import Choice, Names, Number, yes_or_no
from helpers.predictions.lesson import Lesson

_MODEL = {"inputs": 100, "units": 32, "outputs": 10}
_HIDDEN = ("classifier/hidden/kernel", "classifier/hidden/bias")
_OUTPUT = ("classifier/output/kernel", "classifier/output/bias")


def _hidden(n: SimpleNamespace) -> int:
    return n.inputs * n.units + n.units


def _output(n: SimpleNamespace) -> int:
    return n.units * n.outputs + n.outputs


sizes = Prediction(
    "How many numbers are there in a small model?",
    "Dense(32) on 100 inputs, then Dense(10): how many numbers in each, and in all?",
    {"hidden": Number(), "output": Number(), "total": Number()},
    "a kernel has a number for every pair of (input, unit), and a bias one for every unit.",
    [
        Idea(
            "the kernels alone; every unit has a bias as well.",
            hidden=lambda n: n.inputs * n.units,
            output=lambda n: n.units * n.outputs,
            total=lambda n: n.inputs * n.units + n.units * n.outputs,
        ),
        Idea(
            "one number for each unit; each unit also has one for every input.",
            hidden=lambda n: n.units,
            output=lambda n: n.outputs,
            total=lambda n: n.units + n.outputs,
        ),
        Idea(
            "two numbers for each unit; the kernel has one for every input of each unit.",
            hidden=lambda n: 2 * n.units,
            output=lambda n: 2 * n.outputs,
            total=lambda n: 2 * (n.units + n.outputs),
        ),
        Idea(
            "that output sees the model's inputs; it sees what hidden gives.",
            output=lambda n: n.inputs * n.outputs + n.outputs,
            total=lambda n: _hidden(n) + n.inputs * n.outputs + n.outputs,
        ),
        Idea(
            "a bias for each input; there is one for each unit.",
            hidden=lambda n: n.inputs * n.units + n.inputs,
            output=lambda n: n.units * n.outputs + n.units,
            total=lambda n: n.inputs * (n.units + 1) + n.units * (n.outputs + 1),
        ),
    ],
    _MODEL,
)
length = Prediction(
    "Arrays, numbers and bytes",
    "What is len(model.weights) for a model of two Dense layers with 3,562 numbers?",
    {
        "length": Choice(
            {
                "2": "layers, or kernels alone; each layer has a kernel and a bias.",
                "4": "",
                "42": "units; the units of a layer share its two arrays.",
                "3562": "numbers; this list holds arrays.",
            }
        )
    },
    "`weights` is a list of arrays: a kernel and a bias for each of two layers.",
)
after_freeze = Prediction(
    "What does freezing change?",
    "Of a model of 3,232 + 330 numbers the first layer is frozen: what are the total, "
    "trainable and non-trainable counts?",
    {"total": Number(), "trainable": Number(), "non_trainable": Number()},
    "freezing moves the layer's numbers, its bias included, from one line to the other.",
    [
        Idea(
            "that frozen numbers are taken out of the model; they stay in it, and are counted.",
            total=_output,
            non_trainable=0,
        ),
        Idea(
            "that only the kernel is frozen; the flag is the whole layer's.",
            trainable=lambda n: n.units + _output(n),
            non_trainable=lambda n: n.inputs * n.units,
        ),
        Idea(
            "that nothing changes before the model is compiled; "
            "the summary follows the flag at once.",
            trainable=lambda n: _hidden(n) + _output(n),
            non_trainable=0,
        ),
        Idea(
            "that the frozen numbers are the trainable ones; it is the other way round.",
            trainable=_hidden,
            non_trainable=_output,
        ),
        Idea(
            "units; these lines count numbers.",
            total=lambda n: n.units + n.outputs,
            trainable=lambda n: n.outputs,
            non_trainable=lambda n: n.units,
        ),
    ],
    _MODEL,
)
frozen_step = Prediction(
    "What does freezing change?",
    "The first of two Dense layers holds nine tenths of the numbers and is frozen: will the "
    "loss fall, and which of the four arrays change?",
    {
        "loss_falls": yes_or_no(
            yes="",
            no="that too few numbers are left; "
            "each step moves them towards a lower loss all the same.",
        ),
        "changed": Names((*_HIDDEN, *_OUTPUT)),
    },
    "the optimizer moves the numbers that it is given, and no others; that lowers the loss.",
    [
        Idea(
            "that a freeze holds the kernel alone, and a bias goes on; "
            "the flag is the whole layer's.",
            changed=[_HIDDEN[1], *_OUTPUT],
        ),
        Idea(
            "that biases alone still learn; output's kernel is not frozen, and hidden's bias is.",
            changed=[_HIDDEN[1], _OUTPUT[1]],
        ),
        Idea(
            "that the flag is only for the summary; the optimizer does not get what is frozen.",
            changed=[*_HIDDEN, *_OUTPUT],
        ),
        Idea("that a frozen layer stops all that is behind it; output is free.", changed=[]),
        Idea(
            "that the frozen layer is the one that changes; it is the one that stays.",
            changed=_HIDDEN,
        ),
    ],
)
old_spellings = Prediction(
    "A layer that is frozen from the start",
    "Does Keras 3 still take Dense(32, input_dim=100), and Dense(output_dim=10)?",
    {
        "input_dim_works": yes_or_no(
            yes="", no="that it is gone; it still works, with a warning: write keras.Input instead."
        ),
        "output_dim_works": yes_or_no(
            yes="that Keras only warns, as with input_dim; "
            "output_dim has been units since Keras 2.",
            no="",
        ),
    },
    "`input_dim` is still taken, with a warning; `output_dim` has been `units` since Keras 2.",
)
nothing_frozen = Prediction(
    "What does the summary say if nothing is frozen?",
    "Nothing is frozen, and a BatchNormalization has 32 features: what is the non-trainable count?",
    {
        "non_trainable": Choice(
            {
                "0": "that all is trainable, since nothing is frozen; "
                "a layer can make weights that no optimizer trains.",
                "32": "one number for each feature; there are a mean and a variance.",
                "64": "",
                "128": "all four arrays of BatchNormalization; its gamma and beta are learned.",
            }
        )
    },
    "BatchNormalization keeps a moving mean and a moving variance for each of the 32 features.",
)
rate_zero = Prediction(
    "What does the summary say if nothing is frozen?",
    "Dense, BatchNormalization, Dense: which of the eight arrays change at learning rate 0?",
    {
        "changed": Names(
            tuple(
                f"normalized/{layer}/{weight}"
                for layer, weights in (
                    ("hidden", ("kernel", "bias")),
                    ("norm", ("gamma", "beta", "moving_mean", "moving_variance")),
                    ("output", ("kernel", "bias")),
                )
                for weight in weights
            )
        )
    },
    "the layer itself updates its two statistics in every training step; no optimizer does.",
    [
        Idea("that nothing can change at rate 0; not all change is the optimizer's.", changed=[]),
        Idea(
            "that all of BatchNormalization goes on; "
            "gamma and beta are the optimizer's, and its rate is 0.",
            changed=["gamma", "beta", "moving_mean", "moving_variance"],
        ),
        Idea(
            "that only the mean follows the data; the variance does, too.", changed=["moving_mean"]
        ),
        Idea(
            "that BatchNormalization's learned arrays go on; "
            "they are the optimizer's, and its rate is 0.",
            changed=["gamma", "beta"],
        ),
        Idea(
            "that what is trainable changes; the optimizer's rate is 0.",
            changed=["hidden", "gamma", "beta", "output"],
        ),
        Idea(
            "that every training moves everything; the rate is 0.",
            changed=["hidden", "norm", "output"],
        ),
    ],
)
two_reasons = Prediction(
    "The ledger: every weight and its role",
    "A Dense(32) on 100 inputs is frozen, a BatchNormalization behind it is not: how many "
    "numbers are non-trainable for which reason?",
    {"frozen": Number(), "statistic": Number()},
    "hidden's 3,232 numbers are frozen by you; 64 numbers of statistics are kept by the layer.",
    [
        Idea(
            "that non-trainable means frozen; the 64 are so without a freeze.",
            frozen=lambda n: _hidden(n) + 2 * n.units,
            statistic=0,
        ),
        Idea("the kernel alone; the bias is frozen as well.", frozen=lambda n: n.inputs * n.units),
        Idea(
            "all four arrays of BatchNormalization; gamma and beta are learned.",
            statistic=lambda n: 4 * n.units,
        ),
        Idea(
            "one number for each feature; there are a mean and a variance.",
            statistic=lambda n: n.units,
        ),
    ],
    _MODEL,
)
new_total = Prediction(
    "What does the summary say after training?",
    "3,232 numbers are frozen and Adam trains 330: what becomes of the summary's total?",
    {
        "new_total": Choice(
            {
                "smaller": "that frozen numbers are dropped; the model keeps all of them.",
                "equal": "that training changes no counts; "
                "the summary adds the optimizer's numbers.",
                "larger by about 660": "",
                "larger by about 7,000": "that Adam keeps two for every number; "
                "it does so only for those that it trains.",
            }
        )
    },
    "Adam keeps two numbers for each of the 330 that it trains, and two of its own.",
)
_A_SWITCH_FOR_EACH = "that a switch for every unit is kept; they are drawn anew each time."
dropout = Prediction(
    "Weights and variables",
    "How many weights and how many variables has a Dropout layer?",
    {"weights": Number(), "variables": Number()},
    "its random generator has a state, a variable; it is no weight.",
    [
        Idea(
            "that the random state, or the rate, is a weight; "
            "the first is only a variable, the second a plain setting.",
            weights=1,
        ),
        Idea(
            "that a layer without weights has no variables; its random generator has one.",
            variables=0,
        ),
        Idea("that the rate is a variable, too; it is a plain setting.", variables=2),
        Idea(_A_SWITCH_FOR_EACH, weights=32),
        Idea(_A_SWITCH_FOR_EACH, variables=32),
    ],
)
gru_attention = Prediction(
    "Dig deeper: how many numbers do other layers have?",
    "How many numbers have a GRU(8) on 4 inputs and a MultiHeadAttention(2, 3) on 8?",
    {"gru": Number(), "attention": Number()},
    "a GRU has two biases by default; an attention four Dense maps, the last one back to 8.",
    [
        Idea(
            "one bias, as in many textbooks; "
            "with reset_after=True, its default, Keras has a second.",
            gru=lambda n: 3 * ((n.features + n.units) * n.units + n.units),
        ),
        Idea(
            "four parts, as in an LSTM; a GRU has three.",
            gru=lambda n: 4 * ((n.features + n.units) * n.units + n.units),
        ),
        Idea(
            "that there is no recurrent kernel; there is one, with as many rows as units.",
            gru=lambda n: 3 * (n.features * n.units + n.units),
        ),
        Idea(
            "query, key and value alone; there is a way out, too.",
            attention=lambda n: 3 * (n.length + 1) * n.heads * n.size,
        ),
        Idea(
            "no biases; each of the four maps has one.",
            attention=lambda n: 4 * n.length * n.heads * n.size,
        ),
        Idea(
            "one head; every head has maps of its own.",
            attention=lambda n: 3 * (n.length + 1) * n.size + (n.size + 1) * n.length,
        ),
    ],
    {"features": 4, "units": 8, "length": 8, "heads": 2, "size": 3},
)

lesson = Lesson("01_counting_weights", vars())
tally = lesson.tally
