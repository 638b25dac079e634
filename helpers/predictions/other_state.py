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
        "0": "that nothing of a quantised model can be trained; its biases are not rounded.",
        "42": "",
        "3562": "that rounding changes the values, and not who learns; "
        "whole numbers have no gradient, and a small step would be lost.",
        "more": "that the scales beside the kernel learn as well; they are not trainable.",
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
                "0": "that only BatchNormalization has weights that are not learned; "
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
                "9": "that what is not frozen is trainable; "
                "a layer can make weights that no optimizer trains.",
            }
        ),
    },
    "4 means, 4 variances and a count, which nothing writes; none of them is the optimizer's.",
)
_ALWAYS_COUNTS = (
    "that predict and evaluate count as well; "
    "they call the layer in inference mode, where it does not count."
)
counter = Prediction(
    "A layer of your own",
    "A layer counts batches in training mode: what does it say after a fit of 4 batches, "
    "after predict and evaluate, and after a second fit, frozen?",
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
            _ALWAYS_COUNTS,
            after_predict=lambda n: 3 * n.steps,
            after_frozen_fit=lambda n: 4 * n.steps,
        ),
        Idea(  # the same, in larger batches
            _ALWAYS_COUNTS,
            after_predict=lambda n: 2 * n.steps,
            after_frozen_fit=lambda n: 3 * n.steps,
        ),
        Idea(_ALWAYS_COUNTS, after_predict=lambda n: 3 * n.steps),
        Idea(_ALWAYS_COUNTS, after_predict=lambda n: 2 * n.steps),
        Idea(
            "that a frozen counter stands still, or a new compile sets it back; "
            "neither touches what the layer writes.",
            after_frozen_fit=lambda n: n.steps,
        ),
        Idea(
            "that a new compile sets the counter back, and a frozen one stays so; "
            "neither touches what the layer writes.",
            after_frozen_fit=0,
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
                "none": "that frozen means that nothing changes; "
                "the flag stops the optimizer alone.",
                "vector_u": "that the layer's own state moves, and the frozen kernel is safe; "
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
    "How many variables of a Dropout and of a stateful LSTM are no weights, is the memory "
    "listed, and do two calls of it, frozen, agree?",
    {
        "dropout": Number(),
        "lstm": Number(),
        "memory_is_listed": yes_or_no(
            yes="that what a layer remembers is in its lists; only `states` shows these arrays.",
            no="",
        ),
        "same_answer": yes_or_no(
            yes="that what is frozen answers the same each time; "
            "this layer goes on where the last call ended.",
            no="",
        ),
    },
    "both have a seed state, which is no weight; the LSTM's memory is in no list.",
    [
        Idea(
            "that an LSTM has no random generator; it keeps a seed state even if it drops nothing.",
            lstm=0,
        ),
        Idea(
            "that a Dropout keeps nothing; the state of its random generator is a variable.",
            dropout=0,
        ),
        Idea(
            "that every variable is a weight; the state of a random generator is none.",
            dropout=0,
            lstm=0,
        ),
        Idea("the rate as well; it is a plain setting.", dropout=2),
        Idea(
            "the two arrays of the memory; "
            "they are in no list, and the one variable is a seed state.",
            lstm=2,
        ),
        Idea("the seed state and the memory; the memory is in no list.", lstm=3),
    ],
)
_ONLY_A_AND_B = "that only A and B learn, as answers on the web say; the bias goes on learning."
lora = Prediction(
    "LoRA: freezing's modern form",
    "How many numbers of a Dense(32) on 100 inputs are frozen, how many learned with LoRA of "
    "rank 4?",
    {"frozen": Number(), "learned": Number()},
    "`enable_lora` freezes the kernel; A, B and the bias learn.",
    [
        Idea(_ONLY_A_AND_B, frozen=lambda n: (n.inputs + 1) * n.units, learned=_thin),
        Idea(_ONLY_A_AND_B, learned=_thin),
        Idea(
            "that nothing is frozen, and A and B learn beside the kernel; the kernel is frozen.",
            frozen=0,
            learned=lambda n: (n.inputs + 1) * n.units + _thin(n),
        ),
        Idea(
            "that A and B take the kernel's place, or that nothing is frozen; "
            "the kernel stays, and it is frozen.",
            frozen=0,
        ),
        Idea("that as many numbers learn as the rank; it is only the width of A and B.", learned=4),
        Idea(
            "that A and B have the same shape; B goes from the rank to the units.",
            learned=lambda n: 2 * n.rank * n.inputs + n.units,
        ),
    ],
    {"inputs": 100, "units": 32, "rank": 4},
)
tipped = Prediction(
    "LoRA: freezing's modern form",
    "LoRA of rank 4 on a reader's 64 -> 32 layer, its output frozen: how many numbers are "
    "trained, and how many of 100 tipped digits are read before, with a new bias, with LoRA?",
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
        Idea("that a digit is a digit, tipped or not; a Dense layer sees other inputs.", before=90),
        Idea("that half of the digits look alike when tipped; few do.", before=50),
        Idea(
            "that a bias can teach nothing new; by shifting its units it helps a little.", bias=10
        ),
        Idea("that a bias is enough; it cannot change which inputs count.", bias=70),
        Idea("that 416 of 2,410 numbers are too few; they change every unit.", lora=30),
        Idea("as many as if all had learned; rank 4 allows only a part of all changes.", lora=95),
    ],
    {"inputs": 64, "units": 32, "rank": 4, "classes": 10},
)
traps = Prediction(
    "Three traps of LoRA",
    "Which arrays move: LoRA after a fit, not compiled again; frozen and thawed after LoRA; "
    "LoRA on a frozen layer?",
    {"late": Names(_LAYER), "thawed": Names(_LAYER), "frozen": Names(_LAYER)},
    "what learns is decided when flags are set, when A and B are made, and when a step is made.",
    [
        Idea(
            "that `enable_lora` settles that A, B and the bias learn, whatever comes before or "
            "after; an old step, a thaw and a frozen layer all change that.",
            late=["bias", "A", "B"],
            thawed=["bias", "A", "B"],
            frozen=["bias", "A", "B"],
        ),
        Idea(
            "that `enable_lora` counts at once; "
            "the step that was made before goes on, and knows neither A nor B.",
            late=["bias", "A", "B"],
        ),
        Idea(
            "that a thaw leaves the kernel of LoRA frozen; "
            "it switches on everything that was made to be learned.",
            thawed=["bias", "A", "B"],
        ),
        Idea(
            "that `enable_lora` thaws what it needs; "
            "in a frozen layer A and B are made frozen, and the bias stays so.",
            frozen=["bias", "A", "B"],
        ),
        Idea(
            "that nothing moves without a new compile; the step of the first fit goes on.", late=[]
        ),
        Idea(
            "that the new arrays join the old ones; "
            "a step that was made before knows neither A nor B.",
            late=_LAYER,
        ),
        Idea("that freezing and thawing ends LoRA; A and B are thawed as well.", thawed=_LAYER[:2]),
        Idea("that a layer that was frozen once stays still; it was thawed.", thawed=[]),
        Idea(
            "that new arrays are not frozen; in a frozen layer A and B are made frozen.",
            frozen=["A", "B"],
        ),
    ],
)
quantised = Prediction(
    "Can whole numbers learn?",
    "Of a classifier's 3,562 numbers (42 in biases), how many can be trained with int8, int4 "
    "and float8?",
    {
        "int8": _WHOLE_NUMBERS,
        "int4": _WHOLE_NUMBERS,
        "float8": Choice(
            {
                "0": "that a quantised model cannot be trained; float8 is a way to train.",
                "42": "the biases alone, as with whole numbers; "
                "its kernels are not rounded, and learn.",
                "3562": "that the kernels learn, and nothing is added; "
                "scales and histories are trainable, too.",
                "more": "",
            }
        ),
    },
    "whole numbers have no gradient; float8 keeps its kernels and adds scales that are trainable.",
)
_WHAT_IT_HOLDS = {
    "that the file holds all that a model remembers; seed states and memories are left out.": [
        "seed",
        "memory",
        "momentum",
    ],
    "that the file holds all variables that are listed; a seed state is one, and is not saved.": [
        "seed",
        "momentum",
    ],
    "that the file holds what the layers remember; it holds the optimizer's slots instead.": [
        "seed",
        "memory",
    ],
}
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
            "that files hold the weights alone; the optimizer's slots are saved with them.",
            in_keras=[],
            in_weights_h5=[],
        ),
        Idea(
            "that a weights file holds weights alone; "
            "after a training the optimizer's slots are in it as well.",
            in_weights_h5=[],
        ),
        *(
            Idea(says, **{file: held})
            for file in ("in_keras", "in_weights_h5")
            for says, held in _WHAT_IT_HOLDS.items()
        ),
    ],
)
lora_file = Prediction(
    "Dig deeper: what becomes of LoRA in a file?",
    "A model with LoRA is saved: how many numbers has an ordinary reader of the file, do the "
    "two disagree, what are A and B after load_model, and what moves after a compile?",
    {
        "numbers": Number(),
        "disagree": Choice(
            {
                "none": "",
                "some": "that merging rounds the kernel; no digit changes by that.",
                "most": "that the ordinary reader is as before LoRA; the file's kernel is merged.",
            }
        ),
        "a_and_b": Choice(
            {
                "what they learned": "that a file brings back all values; "
                "those of A and B are merged.",
                "start values": "that LoRA begins anew, with a random A; "
                "loaded, A is zero as well.",
                "zeros": "that both are zero; on this Keras they are not.",
            }
        ),
        "moved": Names(_LAYER),
    },
    "the kernel in the file is merged, and A and B come back as zeros, each without a gradient.",
    [
        Idea(
            "that A and B are in the file beside the kernel; they are merged into it.",
            numbers=lambda n: n.reader + _thin(n),
        ),
        Idea(
            "that the file holds what was trained; it holds the whole model.",
            numbers=lambda n: _thin(n) + n.units,
        ),
        Idea(
            "that LoRA goes on learning; A and B are both zero, and then neither gets a gradient.",
            moved=["bias", "A", "B"],
        ),
        Idea(
            "that it is an ordinary layer once merged; "
            "`load_model` brings LoRA and its freeze back.",
            moved=["kernel", "bias"],
        ),
        Idea(
            "that loading thaws all; the kernel stays frozen, and A and B stay zero.", moved=_LAYER
        ),
        Idea("that all is merged and frozen; the bias learns.", moved=[]),
    ],
    {"reader": 2410, "inputs": 64, "units": 32, "rank": 4},
)
lora_in_frozen = Prediction(
    "Dig deeper: does LoRA learn in a frozen base?",
    "A layer of a frozen base is thawed, gets LoRA, and the base is set to False again: what "
    "does it report, and which arrays move in a model around it?",
    {"reported": Number(), "moved": Names(_LAYER)},
    "the base's flag was False already, so nothing inside was told; the outer model asks inside.",
    [
        Idea(
            "that what learns is reported as trainable; the base's own flag empties its list.",
            reported=lambda n: _thin(n) + n.units,
        ),
        Idea(
            "that the last False froze all again; "
            "the base's flag was False already, so it reached nothing inside.",
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
                "0": "that nothing moves at rate 0; "
                "the scales and histories are written over instead.",
                "2": "the kernel and the bias, which alone are learned; the rate is 0 for them.",
                "6": "",
                "8": "that what gets a gradient moves; "
                "kernel and bias move by rate times gradient, 0.",
            }
        )
    },
    "the optimizer writes the next value of the scales and histories over the old, at any rate.",
)
averaged = Prediction(
    "Dig deeper: what does `fit` leave behind when the optimizer averages?",
    "use_ema with 0.75 of the old; the steps of a fit leave a weight at 1, 2, 3, 4: what does "
    "it hold afterwards?",
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
            "that the average starts at 0, as a moving mean does; it starts at the first step's 1.",
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
                "1": "that a variable which a layer uses is its weight; "
                "only what is set on a layer is found.",
                "2": "a kernel and a bias, as in other layers; a Lambda makes none.",
            }
        ),
        "changed": yes_or_no(
            yes="that what the loss depends on learns; the optimizer gets only what a layer lists.",
            no="",
        ),
    },
    "Keras does not look into a function, so nobody knows of the variable.",
)
_FROM_ROW_0 = "that word 1 has the first row; that is row 0, of word 0."
rows = Prediction(
    "Dig deeper: which rows of an Embedding move?",
    "Only the words 1, 2 and 3 occur: which of 10 rows move with SGD, and with AdamW?",
    {"rows_sgd": Names(_ROWS), "rows_adamw": Names(_ROWS)},
    "a word that does not occur has the gradient zero; "
    "AdamW's decay shrinks every row of an array that has a gradient, even one of 0.",
    [
        Idea(
            "that an array is trained as a whole; where the gradient is zero, SGD moves nothing.",
            rows_sgd=_ROWS,
        ),
        Idea(
            "that a gradient of 0 moves nothing; AdamW's decay comes on top of it, in every row.",
            rows_adamw=["1", "2", "3"],
        ),
        Idea(_FROM_ROW_0, rows_sgd=["0", "1", "2"], rows_adamw=["0", "1", "2"]),
        Idea(_FROM_ROW_0, rows_sgd=["0", "1", "2"]),
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
            "that frozen is frozen; `requires_grad_` stops gradients, and statistics need none.",
            in_pytorch=[],
        ),
        Idea(
            "that all four go on without `eval()`; gamma and beta get no gradient.",
            in_pytorch=["gamma", "beta", "moving_mean", "moving_variance"],
        ),
        Idea(
            "that the statistics go on, as in PyTorch; Keras's frozen layer is in inference mode.",
            in_keras=["moving_mean", "moving_variance"],
        ),
    ],
)

lesson = Lesson("07_other_state", vars(), before=pretrained_networks.lesson)
tally = lesson.tally
