"""What lesson 3 asks: when a freeze takes effect."""

from helpers.predictions import what_training_moves
from helpers.predictions.core import Idea, Prediction
from helpers.predictions.kinds import Choice, Names, Number, yes_or_no
from helpers.predictions.lesson import Lesson

_COPIES = (".keras", ".weights.h5", "clone_model")
_KINDS = ("Sequential", "functional", "subclassed")
_OLD_TRACE = "that the flag counts from now on; batches of 16 use the trace of before."


def _moved_or_still(*, moved: str = "", still: str = "") -> Choice:
    return Choice({"moved": moved, "still": still})


orders = Prediction(
    "Every order, really run",
    "Does the last fit move hidden: compile, freeze, fit; compile, fit, freeze, fit; freeze, "
    "compile, fit, thaw, fit; compile, fit, freeze, recompile, fit?",
    {
        "freeze_after_compile": _moved_or_still(
            moved="that compile fixes what is trained; the first batch of a fit does."
        ),
        "freeze_after_fit": _moved_or_still(
            still="that a freeze counts at once; the step that the first fit made goes on."
        ),
        "thaw_after_fit": _moved_or_still(
            moved="that a thaw counts at once; the step that the first fit made goes on."
        ),
        "freeze_and_recompile": _moved_or_still(
            moved="that a freeze after a fit is too late for good; a second compile takes it up."
        ),
    },
    "the first fit makes the training step, by the flags of that moment; compile throws it away.",
    [
        Idea(
            "that a flag counts whenever it is set; the step that the first fit made goes on.",
            freeze_after_fit="still",
            thaw_after_fit="moved",
        )
    ],
)
_BOTH_COUNT = "that both layers count; Adam has numbers only for the one that it trains."
optimizer_size = Prediction(
    "Can the optimizer's size give it away?",
    "Two layers of 12 numbers, one frozen; after a fit with Adam their flags are exchanged: "
    "how many numbers does Adam keep, how many should it, which layer moves?",
    {
        "kept": Number(),
        "in_sync": Number(),
        "moving": Choice(
            {
                "first": "that the flags of now decide; "
                "the training step is still the one of before.",
                "second": "",
                "first and second": "that first joins in; the old step knows second alone.",
                "neither": "that a frozen layer never moves, and a thawed one is not yet known; "
                "the old step still moves second.",
            }
        ),
    },
    "both layers have 12 numbers, so the counts are equal, and the old step still trains second.",
    [
        Idea(_BOTH_COUNT, kept=lambda n: 2 * 2 * n.each + 2),
        Idea(_BOTH_COUNT, in_sync=lambda n: 2 * 2 * n.each + 2),
        Idea(
            "two for each number; Adam has two of its own, the step count and the rate.",
            kept=lambda n: 2 * n.each,
            in_sync=lambda n: 2 * n.each,
        ),
        Idea(
            "one for each number and two of its own; Adam keeps two for each.",
            kept=lambda n: n.each + 2,
            in_sync=lambda n: n.each + 2,
        ),
        Idea(
            "the trained numbers themselves; Adam keeps two for each, and two of its own.",
            kept=lambda n: n.each,
            in_sync=lambda n: n.each,
        ),
    ],
    {"each": 12},
)
traced_for_one_size = Prediction(
    "If not `compile`, what fixes the choice?",
    "128 examples, a fit in batches of 16, a freeze: what do fits in batches of 16, 32, 16 do?",
    {
        "16": _moved_or_still(still=_OLD_TRACE),
        "32": _moved_or_still(
            moved="that a late freeze is never seen; batches of another size are traced anew."
        ),
        "16_again": _moved_or_still(
            still="that the new trace takes the place of the old one; the old one is still there."
        ),
    },
    "the first trace is for batches of 16 alone, and goes on serving them; "
    "32 needs a new one, which sees the freeze.",
    [Idea(_OLD_TRACE, **{"16": "still", "16_again": "still"})],
)
traced_for_any_size = Prediction(
    "If not `compile`, what fixes the choice?",
    "130 examples, a fit in batches of 16, a freeze: what do fits in batches of 16, 32, 16 do?",
    {
        "16": _moved_or_still(still=_OLD_TRACE),
        "32": _moved_or_still(
            still="that it is as with 128 examples; "
            "with a partial last batch, one trace is for any size."
        ),
        "16_again": _moved_or_still(
            still="that a new trace has been made; the first one served batches of 32 as well."
        ),
    },
    "the last batch has 2 examples, so one trace is made for any size, before the freeze.",
    [
        Idea(
            "that the flag counts from now on; one trace, made before it, serves every size.",
            **{"16": "still", "32": "still", "16_again": "still"},
        )
    ],
)
recompiled = Prediction(
    "What a second compile keeps, and what it forgets",
    "Four steps of Adam, the rate lowered to 0.0001, compile('adam') again: how many arrays "
    "have changed, what are step count and rate?",
    {"changed": Number(), "steps": Number(), "rate": Number(within=1e-6)},
    "compile makes a new optimizer, at its default rate, and leaves the weights alone.",
    [
        Idea(
            "that a second compile throws the trained weights away; it leaves them as they are.",
            changed=lambda n: n.arrays,
        ),
        Idea(
            "that all numbers start afresh; not one of them changes.", changed=lambda n: n.numbers
        ),
        Idea(
            "that the lowered rate stays; it belonged to the old optimizer.",
            rate=lambda n: n.lowered,
        ),
        Idea(
            "that the step count goes on; it belonged to the old optimizer.",
            steps=lambda n: n.fitted,
        ),
        Idea(
            "that the optimizer is kept, with its count and its rate; compile makes a new one.",
            steps=lambda n: n.fitted,
            rate=lambda n: n.lowered,
        ),
        Idea("the default of SGD; Adam's is 0.001.", rate=0.01),
    ],
    {"arrays": 4, "numbers": 3562, "fitted": 4, "lowered": 0.0001},
)
same_optimizer = Prediction(
    "What a second compile keeps, and what it forgets",
    "hidden is thawed, and compiled with the same optimizer object: what does the next fit do?",
    {
        "with_adam": Choice(
            {
                "trains hidden": "that a compile is enough; it takes a new optimizer as well.",
                "leaves hidden": "that an optimizer passes over what is new to it; "
                "it stops with an error.",
                "stops": "",
            }
        ),
        "with_sgd": Choice(
            {
                "trains hidden": "that SGD keeps nothing; it, too, keeps a list of its variables.",
                "leaves hidden": "that an optimizer passes over what is new to it; "
                "it stops with an error.",
                "stops": "",
            }
        ),
    },
    "an optimizer keeps a list of the variables that it was built for, and hidden is not on it.",
)
whose_flag = Prediction(
    "Whose flag wins",
    "How many trainable arrays have a frozen base with one thawed layer, and a model around it?",
    {
        "base": Choice(
            {
                "0": "",
                "2": "that a thawed layer counts at once; the model's own flag, False, is a veto.",
                "4": "that a thawed layer thaws the model; flags are passed down and never up.",
            }
        ),
        "outer": Choice(
            {
                "0": "that a frozen model freezes what is around it; "
                "flags are passed down and never up.",
                "2": "that outer trains its head alone; "
                "it asks every weight, and those of low say True.",
                "4": "",
                "6": "that outer, which is not frozen, trains all; the weights of high are frozen.",
            }
        ),
    },
    "asked itself, base has a veto; outer asks every weight for its own flag.",
)
parent_again = Prediction(
    "Whose flag wins",
    "low is thawed in a frozen model that gets False again, or frozen in a trainable one that "
    "gets True again: is low trainable?",
    {
        "after_false": yes_or_no(
            yes="",
            no="that this False is passed down; the model has it already, so that it is skipped.",
        ),
        "after_true": yes_or_no(
            yes="that this True is passed down; the model has it already, so that it is skipped.",
            no="",
        ),
    },
    "on TensorFlow, Keras skips an assignment of what is there already, so nothing is passed down.",
    [
        Idea(
            "that a model's flag is passed down each time; "
            "a value that the model has already is skipped.",
            after_false="no",
            after_true="yes",
        )
    ],
)
remembered = Prediction(
    "What remembers the flag",
    "A frozen layer, or a frozen bias: which of .keras, .weights.h5 and clone_model remembers it?",
    {"remembered": Names(tuple(f"{flag}/{way}" for flag in ("layer", "bias") for way in _COPIES))},
    "a layer's flag is in its configuration, which a .keras file and a clone carry.",
    [
        Idea(
            "that each copy has all; "
            "a weights file has no flags, and a single weight's flag is in none of them.",
            remembered=["layer", "bias"],
        ),
        Idea("that a weights file holds flags, too; it holds values alone.", remembered=["layer"]),
        Idea(
            "that a weight's flag is stored as a layer's is; it is in no configuration.",
            remembered=[".keras", "clone_model"],
        ),
        Idea(
            "that a clone is all new; only its values are, and it has the layer's flag.",
            remembered=["layer/.keras"],
        ),
        Idea(
            "that files keep all and a clone nothing; a weights file has values alone, and a clone "
            "has the layer's flag.",
            remembered=[".keras", ".weights.h5"],
        ),
        Idea("that no flag is ever stored; a layer's is, in its configuration.", remembered=[]),
    ],
)
thawed_after_loading = Prediction(
    "What remembers the flag",
    "A model trained with hidden frozen is loaded and thawed: what does its first fit do?",
    {
        "thaw_after_loading": Choice(
            {
                "honours it": "that a loaded model starts afresh; "
                "the file brings the old optimizer along.",
                "ignores it": "that the old training step comes with the file; it is the optimizer "
                "that comes, and it stops.",
                "stops": "",
            }
        )
    },
    "a .keras file brings the optimizer along, built for what was trainable when it was saved.",
)
callback = Prediction(
    "Dig deeper: can a callback freeze or thaw?",
    "A callback switches the flag before the third of four epochs: does a freeze work, a thaw?",
    {
        "freeze": yes_or_no(
            yes="that each epoch looks at the flags; one training step serves the whole fit.", no=""
        ),
        "thaw": yes_or_no(
            yes="that each epoch looks at the flags; one training step serves the whole fit.", no=""
        ),
    },
    "the training step was made in the first epoch, and is used in all of them.",
)
wrapper = Prediction(
    "Dig deeper: does a freeze reach inside a wrapper?",
    "How many of a Bidirectional LSTM's six arrays train if it is set to False, and if it is "
    "made with trainable=False?",
    {
        "set": Choice(
            {
                "0": "",
                "3": "that it reaches one of the two LSTMs; it is passed on to both.",
                "6": "that a wrapper's flag does not reach inside; one that is set is passed on.",
            }
        ),
        "made": Choice(
            {
                "0": "that it is the same as setting the flag; the constructor only stores it.",
                "3": "that it reaches one of the two LSTMs; it is stored, and reaches none.",
                "6": "",
            }
        ),
    },
    "a flag that is set on a wrapper is passed on to the layers inside; "
    "one that its constructor takes is only stored.",
)
first_two = Prediction(
    'Dig deeper: which are "the first two layers"?',
    "Two Dense layers: how many arrays does freezing model.layers[:2] freeze, as a Sequential "
    "and as a functional model?",
    {"sequential": Number(), "functional": Number()},
    "a functional model lists its InputLayer among its layers, a Sequential does not.",
    [
        Idea(
            "that layers[:2] are two Dense layers; a functional model has its InputLayer first.",
            functional=4,
        ),
        Idea(
            "two layers, or one behind an InputLayer; "
            "a Dense layer has two arrays, and a Sequential lists no InputLayer.",
            sequential=2,
        ),
        Idea("one layer; the question is about arrays, and a Dense layer has two.", functional=1),
    ],
)
forgotten = Prediction(
    "Dig deeper: does every kind of model remember?",
    "Which flags does a .keras file forget: of a layer, and of the model itself, in three kinds?",
    {"forgotten": Names(tuple(f"{kind}/{flag}" for kind in _KINDS for flag in ("low", "own")))},
    "a subclassed model makes its layers anew; a Sequential does not store its own flag.",
    [
        Idea("that a file keeps every flag; two of the six are lost.", forgotten=[]),
        Idea(
            "those of a subclassed model alone; "
            "its own flag comes back, and a Sequential's does not.",
            forgotten=["subclassed"],
        ),
        Idea(
            "that of a subclassed model's layer alone; a Sequential forgets its own flag.",
            forgotten=["subclassed/low"],
        ),
        Idea(
            "that only layers have their flags stored; functional and subclassed models store "
            "their own, too, and a subclassed one forgets its layers'.",
            forgotten=["own"],
        ),
    ],
)
gan_recipes = Prediction(
    "Dig deeper: which GAN recipes survive?",
    "Is a GAN sound if one compiles, freezes, then compiles the gan; the same after one step; "
    "gan first, then thaws; sets the flag before each step?",
    {
        "recipe": Choice(
            {
                "sound": "that compile fixes what is trained; "
                "the first step does, and by then the discriminator is frozen.",
                "nobody": "",
                "both": "that the freeze is lost on the gan; its first step finds it.",
            }
        ),
        "one_step_first": Choice(
            {
                "sound": "",
                "nobody": "that the freeze reaches the discriminator's own step, too; "
                "the old trace goes on.",
                "both": "that a step made it trainable for good; the gan's step finds it frozen.",
            }
        ),
        "gan_first": Choice(
            {
                "sound": "that compile fixes what the gan trains; "
                "its first step does, and finds the discriminator thawed.",
                "nobody": "that the freeze stays; it is lifted before any step is made.",
                "both": "",
            }
        ),
        "flag_each_step": Choice(
            {
                "sound": "",
                "nobody": "that the False for the gan's step holds for the discriminator's, too; "
                "the flag was True when that step was made.",
                "both": "that both were compiled unfrozen, and train so; the first steps decide.",
            }
        ),
    },
    "the flags at each model's first step decide, and its trace keeps to them.",
)

lesson = Lesson("03_when_freezing_takes_effect", vars(), before=what_training_moves.lesson)
tally = lesson.tally
