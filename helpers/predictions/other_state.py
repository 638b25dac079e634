"""What lesson 7 asks: everything else that training leaves alone."""

from types import SimpleNamespace

from helpers.predictions import pretrained_networks
from helpers.predictions.core import Idea, Prediction
from helpers.predictions.kinds import Choice, Names, Number, yes_or_no
from helpers.predictions.lesson import Lesson

_LAYER = ("kernel", "bias", "A", "B")
_ROWS = tuple(str(row) for row in range(10))
_WHOLE_NUMBERS = Choice(
    {
        "0": "nothing of a quantised model can be trained; its biases are not rounded.",
        "42": "",
        "3562": "rounding changes the values, and not who learns; "
        "whole numbers have no gradient, and a small step would be lost.",
        "more": "the scales beside the kernel learn as well; they are not trainable.",
    }
)


def _thin(n: SimpleNamespace) -> int:
    """The numbers of A and B."""
    return n.rank * (n.inputs + n.units)


def _average(steps: tuple[int, ...], kept: float, start: float) -> float:
    for value in steps:
        start = kept * start + (1 - kept) * value
    return start


normalization = Prediction(
    "A layer that you fill yourself",
    "How many numbers has a Normalization layer after adapt on 4 features; how many trainable?",
    {
        "numbers": Choice(
            {
                "0": "only BatchNormalization has weights that are not learned; "
                "this layer keeps what it has measured.",
                "2": "one mean and one variance for all; each feature has its own.",
                "8": "a mean and a variance for each feature; there is a count as well.",
                "9": "",
                "16": "four for each feature, as in BatchNormalization; "
                "this layer has no gamma and no beta.",
            }
        ),
        "trainable": Choice(
            {
                "0": "",
                "8": "that a fit goes on with the mean and the variance; only `adapt` sets them.",
                "9": "what is not frozen is trainable; "
                "a layer can make weights that no optimizer trains.",
            }
        ),
    },
    "`adapt` sets a mean and a variance for each feature; nothing writes the count beside them.",
)
counter = Prediction(
    "A layer of your own",
    "What does the batch counter say after fit, after predict and evaluate, and when frozen?",
    {"after_fit": Number(), "after_predict": Number(), "after_frozen_fit": Number()},
    "the layer itself counts, in training mode alone; the flag stops only the optimizer.",
    [
        Idea(
            "examples; the layer is called once for each batch.",
            after_fit=lambda n: n.examples,
            after_predict=lambda n: n.examples,
            after_frozen_fit=lambda n: 2 * n.examples,
        ),
        Idea(
            "that what is not trainable never changes; the layer itself writes it.",
            after_fit=0,
            after_predict=0,
            after_frozen_fit=0,
        ),
        Idea(
            "predict and evaluate count as well; they call the layer in inference mode.",
            after_predict=lambda n: 3 * n.steps,
            after_frozen_fit=lambda n: 4 * n.steps,
        ),
        Idea(  # the same, in larger batches
            "predict and evaluate count as well; they call the layer in inference mode.",
            after_predict=lambda n: 2 * n.steps,
            after_frozen_fit=lambda n: 3 * n.steps,
        ),
        Idea(
            "a frozen counter stands still, or a new compile sets it back; "
            "neither touches what the layer writes.",
            after_frozen_fit=lambda n: n.steps,
        ),
    ],
    {"examples": 64, "steps": 4},
)
frozen_kernel = Prediction(
    "Can a frozen kernel move?",
    "Which arrays of a frozen SpectralNormalization move in a fit?",
    {
        "moved": Choice(
            {
                "none": "frozen means that nothing changes; the flag stops the optimizer alone.",
                "vector_u": "the layer's own state moves, and the frozen kernel is safe; "
                "this layer writes the kernel, too.",
                "kernel and vector_u": "",
                "all three": "that the flag does not reach the layer inside; "
                "it does, and the bias stays.",
            }
        )
    },
    "the layer itself divides the kernel and updates `vector_u`; the bias is the optimizer's.",
)
not_weights = Prediction(
    "Is every variable a weight?",
    "How many variables of a Dropout and an LSTM are no weights, and where is the memory?",
    {
        "dropout": Number(),
        "lstm": Number(),
        "memory_is_listed": yes_or_no(
            yes="what a layer remembers is in its lists; only `states` shows these arrays.", no=""
        ),
        "same_answer": yes_or_no(
            yes="what is frozen answers the same each time; "
            "this layer goes on where the last call ended.",
            no="",
        ),
    },
    "both have a seed state, which is no weight; the LSTM's memory is in no list.",
    [
        Idea(
            "every variable is a weight; the state of a random generator is none.",
            dropout=0,
            lstm=0,
        ),
        Idea("the rate as well; it is a plain setting.", dropout=2),
        Idea(
            "the two arrays of the memory; they are in no list, and the one variable is a seed.",
            lstm=2,
        ),
        Idea("the seed state and the memory; the memory is in no list.", lstm=3),
    ],
)
lora = Prediction(
    "LoRA: freezing's modern form",
    "How many numbers of a Dense(32) on 100 inputs are frozen, how many learned with LoRA?",
    {"frozen": Number(), "learned": Number()},
    "`enable_lora` freezes the kernel; A, B and the bias learn.",
    [
        Idea(
            "only A and B learn, as answers on the web say; the bias goes on learning.",
            frozen=lambda n: (n.inputs + 1) * n.units,
            learned=_thin,
        ),
        Idea(
            "nothing is frozen: A and B stand in for the kernel, or learn beside it; "
            "the kernel stays, and it is frozen.",
            frozen=0,
            learned=lambda n: (n.inputs + 1) * n.units + _thin(n),
        ),
        Idea("the rank is how many numbers learn; it is the width of A and B.", learned=4),
        Idea(
            "A and B have the same shape; B goes from the rank to the units.",
            learned=lambda n: 2 * n.rank * n.inputs + n.units,
        ),
    ],
    {"inputs": 100, "units": 32, "rank": 4},
)
tipped = Prediction(
    "LoRA: freezing's modern form",
    "How many numbers does LoRA train, and how many of 100 tipped digits are read?",
    {
        "trained": Number(),
        "before": Number(within=10, of=100),
        "bias": Number(within=10, of=100),
        "lora": Number(within=10, of=100),
    },
    "A, B and the bias of one layer learn; a bias only shifts, and A · B changes the kernel.",
    [
        Idea("A and B alone; the bias of this layer learns as well.", trained=_thin),
        Idea(
            "all but the kernel of the hidden layer; the output layer is frozen here.",
            trained=lambda n: _thin(n) + n.units + (n.units + 1) * n.classes,
        ),
        Idea(
            "all of the reader, and A and B; the kernel and the output layer are frozen.",
            trained=lambda n: (n.inputs + 1) * n.units + (n.units + 1) * n.classes + _thin(n),
        ),
        Idea("a digit is a digit, tipped or not; a Dense layer sees other inputs.", before=90),
        Idea("half of the digits look alike when tipped; few do.", before=50),
        Idea("a bias can teach nothing new; by shifting its units it helps a little.", bias=10),
        Idea("a bias is enough; it cannot change which inputs count.", bias=70),
        Idea("416 of 2,410 numbers are too few; they change every unit.", lora=30),
        Idea("as good as a reader that learned all; rank 4 allows a part of all changes.", lora=95),
    ],
    {"inputs": 64, "units": 32, "rank": 4, "classes": 10},
)
traps = Prediction(
    "Three traps of LoRA",
    "Which arrays move: LoRA after a fit; frozen and thawed after LoRA; LoRA when frozen?",
    {"late": Names(_LAYER), "thawed": Names(_LAYER), "frozen": Names(_LAYER)},
    "what learns is decided when flags are set, when A and B are made, and when a step is made.",
    [
        Idea(
            "`enable_lora` settles that A, B and the bias learn, whatever comes before or after; "
            "an old step, a thaw and a frozen layer all change that.",
            late=["bias", "A", "B"],
            thawed=["bias", "A", "B"],
            frozen=["bias", "A", "B"],
        ),
        Idea("nothing moves without a new compile; the step of the first fit goes on.", late=[]),
        Idea(
            "the new arrays join the old ones; a step that was made before knows neither A nor B.",
            late=_LAYER,
        ),
        Idea(
            "freezing and thawing ends LoRA; A and B are thawed as well.", thawed=["kernel", "bias"]
        ),
        Idea("a layer that was frozen once stays still; it was thawed.", thawed=[]),
        Idea(
            "new arrays are not frozen; in a frozen layer A and B are made frozen.",
            frozen=["A", "B"],
        ),
    ],
)
quantised = Prediction(
    "Can whole numbers learn?",
    "How many of 3,562 numbers can still be trained with int8, int4 and float8?",
    {
        "int8": _WHOLE_NUMBERS,
        "int4": _WHOLE_NUMBERS,
        "float8": Choice(
            {
                "0": "that a quantised model cannot be trained; float8 is a way to train.",
                "42": "the biases alone, as with whole numbers; the kernels stay as they were.",
                "3562": "the kernels learn, and nothing is added; "
                "scales and histories are trainable, too.",
                "more": "",
            }
        ),
    },
    "whole numbers have no gradient; float8 keeps its kernels and adds scales that are trainable.",
)
in_files = Prediction(
    "One table for everything",
    "Which does a file hold: a seed state, a stateful layer's memory, Adam's momentum?",
    {
        "in_keras": Names(("seed", "memory", "momentum")),
        "in_weights_h5": Names(("seed", "memory", "momentum")),
    },
    "files hold the weights and the optimizer's slots; seed states and memories are left out.",
    [
        Idea(
            "a file holds the weights alone; the optimizer's slots are saved with them.",
            in_keras=[],
            in_weights_h5=[],
        ),
        Idea(
            "a file holds all that a model remembers; seed states and memories are left out.",
            in_keras=["seed", "memory", "momentum"],
            in_weights_h5=["seed", "memory", "momentum"],
        ),
        Idea(
            "a file holds all variables that are listed; a seed state is one, and is not saved.",
            in_keras=["seed", "momentum"],
            in_weights_h5=["seed", "momentum"],
        ),
        Idea(
            "what the layers remember is saved; it is not, and the optimizer's slots are.",
            in_keras=["seed", "memory"],
            in_weights_h5=["seed", "memory"],
        ),
    ],
)
lora_file = Prediction(
    "Dig deeper: what becomes of LoRA in a file?",
    "What does a file of a model with LoRA give, loaded whole and into an ordinary reader?",
    {
        "numbers": Number(),
        "disagree": Choice(
            {
                "none": "",
                "some": "merging rounds the kernel; no digit changes by that.",
                "most": "the ordinary reader is as before LoRA; the file's kernel is merged.",
            }
        ),
        "a_and_b": Choice(
            {
                "what they learned": "a file brings back all values; those of A and B are merged.",
                "start values": "LoRA begins anew, with a random A; loaded, A is zero as well.",
                "zeros": "that both are zero; on this Keras they are not.",
            }
        ),
        "moved": Names(_LAYER),
    },
    "the kernel in the file is merged, and A and B come back as zeros, each without a gradient.",
    [
        Idea(
            "A and B are in the file beside the kernel; they are merged into it.",
            numbers=lambda n: n.reader + _thin(n),
        ),
        Idea(
            "the file holds what was trained; it holds the whole model.",
            numbers=lambda n: _thin(n) + n.units,
        ),
        Idea(
            "LoRA goes on learning; A and B are both zero, and then neither gets a gradient.",
            moved=["bias", "A", "B"],
        ),
        Idea(
            "once merged, it is an ordinary layer; `load_model` brings LoRA and its freeze back.",
            moved=["kernel", "bias"],
        ),
        Idea("loading thaws all; the kernel stays frozen, A and B zero.", moved=_LAYER),
        Idea("all is merged and frozen; the bias learns.", moved=[]),
    ],
    {"reader": 2410, "inputs": 64, "units": 32, "rank": 4},
)
lora_in_frozen = Prediction(
    "Dig deeper: does LoRA learn in a frozen base?",
    "What does a base with LoRA inside, frozen again, report and move?",
    {"reported": Number(), "moved": Names(_LAYER)},
    "the base's flag was False already, so nothing inside was told; the outer model asks inside.",
    [
        Idea(
            "what learns is reported as trainable; the base's own flag empties its list.",
            reported=lambda n: _thin(n) + n.units,
        ),
        Idea(
            "a base that reports 0 does not learn; the model around it asks each of its weights.",
            moved=[],
        ),
        Idea("LoRA alone; the bias was thawed as well.", moved=["A", "B"]),
        Idea("all of the thawed layer; `enable_lora` froze its kernel.", moved=_LAYER),
    ],
    {"inputs": 4, "units": 3, "rank": 2},
)
float8_scales = Prediction(
    "Dig deeper: does a trainable weight need a learning rate?",
    "How many of a float8 layer's 8 arrays move in a step at learning rate 0?",
    {
        "eight_moved": Choice(
            {
                "0": "nothing moves at rate 0; the scales and histories are written over instead.",
                "2": "the kernel and the bias, which alone are learned; the rate is 0 for them.",
                "6": "",
                "8": "what gets a gradient moves; kernel and bias move by rate times gradient, 0.",
            }
        )
    },
    "the optimizer writes the next value of the scales and histories over the old, at any rate.",
)
averaged = Prediction(
    "Dig deeper: what does `fit` leave behind when the optimizer averages?",
    "A fit leaves a weight at 1, 2, 3 and 4: what does it hold after it, with use_ema?",
    {"weight": Number(within=0.01)},
    "when `fit` ends, the moving average is put in the weight's place.",
    [
        Idea(
            "where the last step left it; fit puts the average in its place.",
            weight=lambda n: n.steps[-1],
        ),
        Idea(
            "the plain mean; a moving average keeps 0.75 of the old in each step.",
            weight=lambda n: sum(n.steps) / len(n.steps),
        ),
        Idea(
            "0.75 of the new and 0.25 of the old; it is the other way round.",
            weight=lambda n: _average(n.steps[1:], 1 - n.kept, n.steps[0]),
        ),
        Idea(
            "the average starts at 0, as a moving mean does; it starts at the first step's 1.",
            weight=lambda n: _average(n.steps, n.kept, 0),
        ),
    ],
    {"steps": (1, 2, 3, 4), "kept": 0.75},
)
in_a_lambda = Prediction(
    "Dig deeper: does a variable inside a Lambda learn?",
    "How many weights has a Lambda with a variable from outside, and does that change?",
    {
        "weights": Choice(
            {
                "0": "",
                "1": "a variable that a layer uses is its weight; "
                "only what is set on a layer is found.",
                "2": "a kernel and a bias, as in other layers; a Lambda makes none.",
            }
        ),
        "changed": yes_or_no(
            yes="what the loss depends on learns; the optimizer gets only what a layer lists.",
            no="",
        ),
    },
    "Keras does not look into a function, so nobody knows of the variable.",
)
rows = Prediction(
    "Dig deeper: which rows of an Embedding move?",
    "Only the words 1, 2 and 3 occur: which of 10 rows move with SGD, and with AdamW?",
    {"rows_sgd": Names(_ROWS), "rows_adamw": Names(_ROWS)},
    "a word that does not occur has the gradient zero; weight decay needs no gradient.",
    [
        Idea(
            "an array is trained as a whole; where the gradient is zero, SGD moves nothing.",
            rows_sgd=_ROWS,
        ),
        Idea(
            "what has no gradient does not move; AdamW shrinks every row in each step.",
            rows_adamw=["1", "2", "3"],
        ),
        Idea(
            "word 1 has the first row; that is row 0, of word 0.",
            rows_sgd=["0", "1", "2"],
            rows_adamw=["0", "1", "2"],
        ),
    ],
)
in_pytorch = Prediction(
    "Dig deeper: how does PyTorch say it?",
    "Which arrays of a frozen BatchNormalization move, in PyTorch without eval, and in Keras?",
    {
        part: Names(("gamma", "beta", "moving_mean", "moving_variance"))
        for part in ("in_pytorch", "in_keras")
    },
    "PyTorch's flag stops gradients alone; Keras's also puts this layer into inference mode.",
    [
        Idea(
            "frozen is frozen; `requires_grad_` stops gradients, and statistics need none.",
            in_pytorch=[],
        ),
        Idea(
            "without `eval()` all four go on; gamma and beta get no gradient.",
            in_pytorch=["gamma", "beta", "moving_mean", "moving_variance"],
        ),
        Idea(
            "the statistics go on, as in PyTorch; Keras's frozen layer is in inference mode.",
            in_keras=["moving_mean", "moving_variance"],
        ),
    ],
)

lesson = Lesson("07_other_state", vars(), before=pretrained_networks.lesson)
tally = lesson.tally
