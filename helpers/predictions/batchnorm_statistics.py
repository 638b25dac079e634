"""What lesson 5 asks: BatchNormalization's statistics."""

from collections.abc import Mapping

from helpers.predictions import sobel_filter
from helpers.predictions.core import Idea, Prediction
from helpers.predictions.kinds import Choice, Names, Number, yes_or_no
from helpers.predictions.lesson import Lesson

_STATISTICS = ("moving_mean", "moving_variance")
_NORM = ("gamma", "beta", *_STATISTICS)
_READER = (
    "reader/conv1/kernel",
    *(f"reader/norm1/{name}" for name in _NORM),
    "reader/conv2/kernel",
    *(f"reader/norm2/{name}" for name in _NORM),
    "reader/head/kernel",
    "reader/head/bias",
)
_SHIFTS = ("dim", "bright", "noisy", "inverted")


def as_loss(loss: float) -> str:
    """A loss that began at 17, as the options of this lesson say it."""
    return "nearly 0" if loss < 1 else "about 17" if loss < 100 else "far beyond"


def as_part(share: float) -> str:
    """A share of the images, as the options of this lesson say it."""
    return "nearly all" if share > 0.8 else "half" if share > 0.3 else "a tenth"


def compared(now: float, before: float) -> str:
    """An accuracy beside an earlier one, as the options of this lesson say it."""
    if abs(now - before) < 0.03:
        return "as before"
    return "better" if now > before else "worse"


def mended(accuracy: Mapping[str, float]) -> list[str]:
    """Which of the shifts of this lesson fresh statistics undo; the accuracy by the shift."""
    by_word = {shift.split()[0]: share for shift, share in accuracy.items()}
    return [word for word in _SHIFTS if by_word[word] > 0.8]


normalising = Prediction(
    "Why normalise at all?",
    "To what do 20 steps at rate 0.4 bring the loss, with inputs as they are and normalised?",
    {
        "loss_as_they_are": Choice(
            {
                "nearly 0": "that a good rate suits every input; here one direction is steeper.",
                "about 17": "that it swings to and fro as far each time; "
                "each swing goes farther than the last.",
                "far beyond": "",
            }
        ),
        "loss_normalised": Choice(
            {
                "nearly 0": "",
                "about 17": "that a layer in front changes nothing; "
                "it makes both slopes equally steep.",
                "far beyond": "that the rate is too high for any input; "
                "with both slopes alike, it suits both.",
            }
        ),
    },
    "normalised, both directions are equally steep, and one rate serves both.",
)
rate_zero = Prediction(
    "Four arrays: who changes each?",
    "Two convolutions with BatchNormalization and a Dense head: which of the 12 arrays move "
    "at learning rate 0?",
    {"moved": Names(_READER)},
    "the layer itself writes the statistics down, in training mode; no rate is involved.",
    [
        Idea("that a rate of 0 keeps everything; it binds the optimizer alone.", moved=[]),
        Idea(
            "all of BatchNormalization; gamma and beta are the optimizer's, and its rate is 0.",
            moved=[name for name in _READER if "/norm" in name],
        ),
        Idea(
            "the means alone; the variances follow the data, too.",
            moved=[name for name in _READER if name.endswith("moving_mean")],
        ),
        Idea(
            "gamma and beta alone; "
            "the optimizer trains them as it trains a kernel, and its rate is 0.",
            moved=[name for name in _READER if name.endswith(("gamma", "beta"))],
        ),
        Idea("that every training moves everything; the rate is 0.", moved=_READER),
    ],
)
one_step = Prediction(
    "One step by hand",
    "Fresh layer, momentum 0.99, batch means 3 and 20: what are the moving means after one "
    "step, and which variance is kept?",
    {
        "first_mean": Number(within=0.001),
        "second_mean": Number(within=0.001),
        "variance": Choice(
            {
                "population": "",
                "sample": "that it is divided by N − 1, as in PyTorch; Keras 3 divides by N.",
            }
        ),
    },
    "momentum 0.99 keeps 99 % of the old value, so that one step goes one per cent of the way.",
    [
        Idea(
            "that the layer keeps the last batch's means; it takes 1 % of them.",
            first_mean=lambda n: n.means[0],
            second_mean=lambda n: n.means[1],
        ),
        Idea(
            "that momentum is the share of the new value; it is that of the old one.",
            first_mean=lambda n: n.momentum * n.means[0],
            second_mean=lambda n: n.momentum * n.means[1],
        ),
        Idea(
            "that what is not trainable stays at its start; "
            "the layer writes it in every step in training mode.",
            first_mean=0,
            second_mean=0,
        ),
        Idea(
            "half-way between old and new; "
            "momentum says how far, and 0.99 keeps nearly all of the old.",
            first_mean=lambda n: n.means[0] / 2,
            second_mean=lambda n: n.means[1] / 2,
        ),
    ],
    {"momentum": 0.99, "means": (3, 20)},
)
steps = Prediction(
    "How many steps until they are right?",
    "About how many steps until 5 % of the start is left, with momentum 0.99, and with 0.9?",
    {
        "steps_99": Choice(
            {
                "20": "that 5 %, a twentieth, takes twenty steps; 0.99²⁰ is still 0.82.",
                "100": "that 1 % a step makes 100 steps; each takes 1 % of what is left.",
                "300": "",
            }
        ),
        "steps_90": Choice(
            {
                "10": "that 10 % a step makes 10 steps; each takes 10 % of what is left.",
                "30": "",
                "270": "that 0.9 is nearly 0.99; each step takes away ten times as much.",
            }
        ),
    },
    "momentumⁿ of the start is left after n steps.",
)
evaluated = Prediction(
    "Does `evaluate` agree with training?",
    "After 110 steps at momentum 0.99 a network reads nearly all images in training: how many "
    "of the same in evaluate?",
    {
        "evaluated": Choice(
            {
                "nearly all": "that the same weights answer alike; "
                "the statistics are not the same.",
                "half": "that two thirds of the way are good enough for half; "
                "the layers behind get features that they never saw.",
                "a tenth": "",
            }
        )
    },
    "a third of the statistics' start is left: the layers behind get features that they never saw.",
)
_BY_ITSELF = "that each row is computed by itself; in training mode its batch mates count."
batch_mates = Prediction(
    "Do batch mates matter?",
    "A row with the value 2 in a fresh BatchNormalization: what comes out beside 5 and 8, "
    "alone, in inference mode?",
    {
        "beside_5_and_8": Choice(
            {
                "2": _BY_ITSELF,
                "0": "that every row is brought to 0; the mean is, and 2 is below it.",
                "below 0": "",
            }
        ),
        "alone": Choice(
            {
                "2": "that a row alone is left as it is; it is its own mean, and 2 − 2 = 0.",
                "0": "",
                "an error": "that one row cannot be normalised, as PyTorch says; "
                "in Keras it is its own mean, and epsilon keeps the variance from 0.",
            }
        ),
        "inference": Choice(
            {"2": "", "0": "that it is the mean there, too; a fresh moving mean is 0."}
        ),
    },
    "in training mode the batch's statistics are used, in inference mode the moving ones, 0 and 1.",
    [Idea(_BY_ITSELF, beside_5_and_8="2", alone="2")],
)
frozen = Prediction(
    "Which statistics does a frozen layer use?",
    "A frozen BatchNormalization with training=True: which statistics does it use, do they "
    "change, and do they if only gamma and beta are frozen?",
    {
        "used": Choice(
            {
                "batch": "that it only stops learning; a freeze puts it in inference mode, too.",
                "moving": "",
            }
        ),
        "changed": yes_or_no(
            yes="that training mode always moves them; the layer's flag is stronger.", no=""
        ),
        "changed_half_frozen": yes_or_no(
            yes="", no="that this is a frozen layer; its own flag is still True, so it measures."
        ),
    },
    "the layer's own flag puts it in inference mode; the flags of gamma and beta do not.",
)
recipe = Prediction(
    "Does `training=False` keep the statistics still?",
    "A functional model calls its unfrozen base with training=False: which of the base's "
    "arrays move in a fit?",
    {
        "moved": Choice(
            {
                "all": "that `fit` replaces the False; this version of Keras obeys it.",
                "all but the statistics": "that False holds; `fit` passes True and replaces it.",
                "only the statistics": "that the base is frozen, and only measures; "
                "nothing is frozen.",
                "none": "that training=False freezes; it says how a layer computes.",
            }
        )
    },
    "nothing is frozen; up to Keras 3.15.1, `fit` replaces the False: statistics move, too.",
)
one_sided = Prediction(
    "Can statistics alone break a model?",
    "How well are all digits read after a stream of sixes at the learning rate 0?",
    {
        "accuracy": Choice(
            {
                "better": "that it gets practice; at rate 0 nothing is learned.",
                "as before": "that a rate of 0 changes nothing; the statistics moved.",
                "worse": "",
            }
        )
    },
    "the statistics now describe sixes, and the learned weights expect all digits.",
)
fresh_statistics = Prediction(
    "Can statistics alone mend a model?",
    "Digits of low contrast: how many are read before and after measuring anew, how many "
    "normal ones then, and which of dim, bright, noisy, inverted does it undo?",
    {
        "before": Choice(
            {
                "nearly all": "that it reads what we can read; its statistics expect other grays.",
                "half": "that less contrast costs half; the statistics do not fit at all.",
                "a tenth": "",
            }
        ),
        "after": Choice(
            {
                "nearly all": "",
                "half": "that statistics are a small part; "
                "low contrast is a scale and an offset, which is what they undo.",
                "a tenth": "that nothing improves without labels; statistics need none.",
            }
        ),
        "normal_after": Choice(
            {
                "nearly all": "that this harms nothing; "
                "the statistics are now those of pale digits.",
                "half": "",
                "a tenth": "that normal digits now fare as pale ones did; they lose less.",
            }
        ),
        "undone": Names(_SHIFTS),
    },
    "what a mean and a deviation describe, a scale and an offset, fresh ones undo, at a price.",
    [
        Idea("that any shift is undone; noise and the sign are in no statistic.", undone=_SHIFTS),
        Idea(
            "that 1 − x is a scale and an offset, too; "
            "its scale is −1, and a deviation is never negative.",
            undone=["dim", "bright", "inverted"],
        ),
        Idea(
            "that noise is a variance; dividing by it leaves the noise in.",
            undone=["dim", "bright", "noisy"],
        ),
        Idea("the mean alone; the deviation undoes a scale as well.", undone=["bright"]),
        Idea("the deviation alone; the mean undoes an offset as well.", undone=["dim"]),
        Idea("that without labels nothing is undone; statistics need none.", undone=[]),
    ],
)
new_head = Prediction(
    "Dig deeper: measure anew before or after the head is trained?",
    "How does a head read pale digits after its base is measured anew, and one trained after that?",
    {
        "first_after": Choice(
            {
                "better": "that fresh statistics always help; this head learned from the old ones.",
                "as before": "that nothing changes if no learned number does; "
                "the features that the head reads have changed.",
                "worse": "",
            }
        ),
        "second": Choice(
            {
                "better": "",
                "as before": "that a head makes up for the statistics; it does so only in part.",
                "worse": "that the base needs its old statistics; "
                "it was trained with those of each batch.",
            }
        ),
    },
    "a head reads the features that it was trained on: so measure anew first.",
)
pytorch = Prediction(
    "Dig deeper: where does epsilon stand, and what does PyTorch call it all?",
    "Which Keras momentum does what PyTorch's default, 0.1, does?",
    {"keras_momentum": Number(within=0.001, digits=2)},
    "PyTorch's momentum is the share of the new value, Keras's that of the old one.",
    [
        Idea(
            "that the word means the same; Keras's is the share of the old value.",
            keras_momentum=lambda n: n.pytorch,
        ),
        Idea(
            "that the defaults agree; Keras's statistics are ten times slower.",
            keras_momentum=lambda n: n.keras,
        ),
        Idea(
            "the share of the new value; Keras's is that of the old one.",
            keras_momentum=lambda n: 1 - n.keras,
        ),
    ],
    {"pytorch": 0.1, "keras": 0.99},
)

lesson = Lesson("05_batchnorm_statistics", vars(), before=sobel_filter.lesson)
tally = lesson.tally
