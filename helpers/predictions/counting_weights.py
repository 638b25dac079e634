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
    "How many numbers are there in hidden, in output, and in all?",
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
            "two numbers for each unit; the kernel has one for every input of each.",
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
    "What is len(classifier.weights)?",
    {
        "length": Choice(
            {
                "2": "layers; each has two arrays.",
                "4": "",
                "42": "units; all of a layer's stand in one array.",
                "3562": "numbers; this list holds arrays.",
            }
        )
    },
    "`weights` is a list of arrays: a kernel and a bias for each of two layers.",
)
after_freeze = Prediction(
    "What does freezing change?",
    "What are the total, the trainable and the non-trainable count once hidden is frozen?",
    {"total": Number(), "trainable": Number(), "non_trainable": Number()},
    "freezing moves the layer's numbers, its bias included, from one line to the other.",
    [
        Idea(
            "frozen numbers are taken out of the model; they stay in it, and are counted.",
            total=_output,
            non_trainable=0,
        ),
        Idea(
            "only the kernel is frozen; the flag is the whole layer's.",
            trainable=lambda n: n.units + _output(n),
            non_trainable=lambda n: n.inputs * n.units,
        ),
        Idea(
            "nothing changes before the model is compiled; the summary follows the flag at once.",
            trainable=lambda n: _hidden(n) + _output(n),
        ),
        Idea(
            "the two lines are exchanged: what is frozen is the non-trainable part.",
            trainable=_hidden,
            non_trainable=_output,
        ),
        Idea(
            "units or layers; these lines count numbers.",
            trainable=lambda n: n.outputs,
            non_trainable=lambda n: n.units,
        ),
    ],
    _MODEL,
)
frozen_step = Prediction(
    "What does freezing change?",
    "Will the loss fall with nine tenths frozen, and which arrays will have changed?",
    {
        "loss_falls": yes_or_no(
            yes="that the loss always falls when a model is trained.",
            no="too few numbers are left; each step moves them towards a lower loss all the same.",
        ),
        "changed": Names((*_HIDDEN, *_OUTPUT)),
    },
    "the optimizer moves the numbers that it is given, and no others; that lowers the loss.",
    [
        Idea("a freeze holds the kernel alone.", changed=[_HIDDEN[1], *_OUTPUT]),
        Idea("biases are always learned, frozen or not.", changed=[_HIDDEN[1], _OUTPUT[1]]),
        Idea("the flag is only for the summary.", changed=[*_HIDDEN, *_OUTPUT]),
        Idea("a frozen layer stops all that is behind it, too.", changed=[]),
        Idea("the frozen layer is the one that changes.", changed=_HIDDEN),
    ],
)
old_spellings = Prediction(
    "A layer that is frozen from the start",
    "Which of the two old spellings does Keras 3 still take?",
    {
        "input_dim_works": yes_or_no(
            yes="that Keras 3 takes every argument that Keras 1 took.",
            no="it is gone; it works, with a warning: write keras.Input instead.",
        ),
        "output_dim_works": yes_or_no(
            yes="as with input_dim, Keras only warns; output_dim became units in Keras 2.",
            no="that nothing of Keras 1 is left.",
        ),
    },
    "`input_dim` is still taken, with a warning; `output_dim` has been `units` for long.",
)
nothing_frozen = Prediction(
    "What does the summary say if nothing is frozen?",
    "What is the non-trainable count of a model with BatchNormalization, nothing frozen?",
    {
        "non_trainable": Choice(
            {
                "0": "nothing is frozen, so all is trainable; a layer may make others.",
                "32": "one statistic for each feature; it keeps two, a mean and a variance.",
                "64": "",
                "128": "all of BatchNormalization; its gamma and beta are learned.",
            }
        )
    },
    "BatchNormalization keeps a moving mean and a moving variance for each of the 32 features.",
)
rate_zero = Prediction(
    "What does the summary say if nothing is frozen?",
    "Which of the eight arrays change in a training with the learning rate 0?",
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
        Idea("at rate 0 nothing can change; not all change is the optimizer's.", changed=[]),
        Idea(
            "all of BatchNormalization goes on; gamma and beta are the optimizer's.",
            changed=["gamma", "beta", "moving_mean", "moving_variance"],
        ),
        Idea("only the mean follows the data; the variance does, too.", changed=["moving_mean"]),
        Idea("what is trainable changes; the rate is 0.", changed=["gamma", "beta"]),
    ],
)
two_reasons = Prediction(
    "The ledger: every weight and its role",
    "How much is non-trainable for which reason, once hidden is frozen as well?",
    {"frozen": Number(), "statistic": Number()},
    "hidden's 3,232 numbers are frozen by you; 64 statistics are kept by the layer.",
    [
        Idea("the kernel alone is frozen.", frozen=lambda n: n.inputs * n.units),
        Idea("frozen is all that is not trainable.", frozen=lambda n: _hidden(n) + 2 * n.units),
        Idea("all four arrays of BatchNormalization.", statistic=lambda n: 4 * n.units),
        Idea("one statistic for each feature.", statistic=lambda n: n.units),
        Idea("nothing is a statistic unless it is frozen.", statistic=0),
    ],
    _MODEL,
)
new_total = Prediction(
    "What does the summary say after training?",
    "Is the summary's total larger or smaller after a training with Adam, and by how much?",
    {
        "new_total": Choice(
            {
                "smaller": "frozen numbers are dropped; the model keeps all of them.",
                "equal": "training changes no counts; the summary adds the optimizer's numbers.",
                "larger by about 660": "",
                "larger by about 7,000": "Adam keeps two for all; it does for what it trains.",
            }
        )
    },
    "Adam keeps two numbers for each of the 330 that it trains, and two of its own.",
)
dropout = Prediction(
    "Weights and variables",
    "How many weights and how many variables has a Dropout layer?",
    {"weights": Number(), "variables": Number()},
    "its random generator has a state, a variable; it is no weight.",
    [
        Idea("what a layer must remember is a weight.", weights=1),
        Idea("a layer without weights has no variables.", variables=0),
        Idea("the rate is a variable, too; it is a plain setting.", variables=2),
        Idea(
            "a switch for every unit is kept; it is drawn anew each time.", weights=32, variables=32
        ),
    ],
)
gru_attention = Prediction(
    "Dig deeper: how many numbers do other layers have?",
    "How many numbers have a GRU(8) on 4 inputs and a MultiHeadAttention(2, 3) on 8?",
    {"gru": Number(), "attention": Number()},
    "a GRU has two biases by default; an attention four Dense maps, the last one back to 8.",
    [
        Idea(
            "one bias, as in many textbooks; Keras's reset_after=True has a second.",
            gru=lambda n: 3 * ((n.features + n.units) * n.units + n.units),
        ),
        Idea(
            "four parts, as in an LSTM.",
            gru=lambda n: 4 * ((n.features + n.units) * n.units + n.units),
        ),
        Idea(
            "no recurrent kernel; it has as many rows as units.",
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
