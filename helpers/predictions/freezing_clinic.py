"""What lesson 8 asks: whose cause it is, and what a tool would find."""

from collections.abc import Mapping
from types import MappingProxyType

from helpers.experiments.clinic import DECOYS, branches, letter_of, suspects
from helpers.predictions import other_state
from helpers.predictions.core import Prediction
from helpers.predictions.kinds import Choice, Kind, yes_or_no
from helpers.predictions.lesson import Lesson

# What each program's cause would have shown, where it is chosen for another program.
_WOULD_SHOW = {
    1: "a training step older than the flag; that takes a fit before it, and no compile after it.",
    2: "a slice that takes other layers than you think; "
    "then a layer that you did not mean would be frozen.",
    3: "BatchNormalization; then statistics would have moved, and this model has none.",
    4: "a misspelt flag; then a line that sets a flag would have changed no role.",
    5: "a loop over model.weights; here Keras's own step does the training.",
    6: "a variable that Keras does not know; then it would be missing from the ledger.",
    7: "a flag lost in a file; then a role would be right before saving, and no longer after it.",
    8: "a thawed layer in a frozen model; then the two models would disagree about it.",
    9: "a model frozen when its first step was made; then nothing at all would have moved.",
    10: "the learning rate; then exactly the right weights would have moved, only too far.",
    11: "a gradient that does not arrive; then something learned would have stood still.",
}
_NOTHING_ELSE: Mapping[int, str] = MappingProxyType({})


def _which_cause(
    program: int, complaint: str, why: str, instead: Mapping[int, str] = _NOTHING_ELSE, **more: Kind
) -> Prediction:
    """Which letter a program's cause has.

    Args:
        program: its number; the part of the prediction is called by it.
        complaint: as in the heading.
        why: why it is this one.
        instead: by program, what is said here of its cause instead of what it shows elsewhere.
        more: other parts of the prediction.
    """
    says = {branch.cause: _WOULD_SHOW[branch.program] for branch in branches()} | DECOYS
    says |= {
        branch.cause: instead[branch.program] for branch in branches() if branch.program in instead
    }
    options = {letter: says[cause] for letter, cause in suspects().items()}
    return Prediction(
        f'{program} · "{complaint}"',
        f'Program {program}, "{complaint}": which suspect is it?',
        {f"cause_{program}": Choice(options | {letter_of(program): ""}), **more},
        why,
    )


cause_1 = _which_cause(
    1,
    "I froze the base, and it still learns",
    "the roles are right, and frozen weights moved: fit's step is older than the flag.",
)
cause_2 = _which_cause(
    2,
    "Half of my network does not learn",
    "layers[:2] is an InputLayer, and all of base with its three layers.",
    {11: "a gradient that does not arrive; then high would be learned, and it is frozen."},
)
cause_3 = _which_cause(
    3,
    "Fine-tuning ruins what the base knew",
    "fit overrides training=False: two statistics moved, and nothing froze their layer.",
)
cause_4 = _which_cause(
    4,
    "I thawed the base, and it does not learn",
    "base.trainable is still False: the line that should thaw it says trainabe.",
    {
        2: "a slice that takes other layers than you think; base is taken by its name.",
        9: "a first step made while the base was frozen; a compile followed, and made a new one.",
    },
)
cause_5 = _which_cause(
    5,
    "Frozen before anything else, and it moves",
    "the loop updates all weights that it is given, and reads no flag.",
    {1: "a training step older than the flag; no fit came before, and this loop keeps no step."},
)
cause_6 = _which_cause(
    6,
    "My scale factor does not learn",
    "Keras does not see what the function of a Lambda uses: the ledger has 4 · 2 + 2 numbers.",
    {11: "a gradient that does not arrive; then the ledger would have the factor, as learned."},
    numbers=Choice(
        {
            "10": "",
            "11": "that a variable which the model uses is in its list; "
            "Keras does not see into a function.",
        }
    ),
)
cause_7 = _which_cause(
    7,
    "Yesterday it was frozen",
    "two numbers were frozen before saving, and none after loading: files and clones keep the "
    "flags of layers.",
    in_clone=Choice(
        {
            "0": "",
            "2": "that a clone copies all flags; it copies those of layers, and not of a weight.",
        }
    ),
)
cause_8 = _which_cause(
    8,
    "Keras says that nothing in the base is trainable",
    "the frozen base vetoes, but the outer model asks each variable, and high's says True.",
)
cause_9 = _which_cause(
    9,
    "The judge never gets any better",
    "a training step is made at the first training, not at compile; by then the flag was False.",
    {
        1: "a training step older than the flag; then the judge would go on learning.",
        2: "a slice that takes other layers than you think; "
        "here the judge was frozen by its own flag.",
        11: "a gradient that does not arrive; then the ledger would call the judge learned.",
    },
    warns=yes_or_no("", "that Keras never says a word; of this one program it warns."),
)
cause_10 = _which_cause(
    10,
    "As soon as I thaw the base, everything collapses",
    'each step is a hundred times as long as in the first phase: "adam" means Adam(0.001).',
)
cause_11 = _which_cause(
    11,
    "Nothing was ever frozen, and two layers stand still",
    "below zero a relu gives zero and passes no gradient, so all before it stands still.",
    not_zero=Choice(
        {
            "0": "",
            "192": "that a relu cuts off about half; after a bias of −100 all of it is below zero.",
            "384": "that the kernel makes up for the bias; its numbers are far too small for −100.",
        }
    ),
)
plan = Prediction(
    "Dig deeper: can a tool ask the three questions?",
    "How many findings has program 2 without its plan, and with it?",
    {
        "without": Choice(
            {"0": "", "1": "that a tool sees the mistake; a frozen high could be what you wanted."}
        ),
        "with": Choice(
            {
                "0": "that the plan changes nothing; it says that high was to learn.",
                "1": "",
                "2": "a finding for each array; kernel and bias of high are told in one.",
            }
        ),
    },
    "only the plan tells a mistake from an intention.",
)

lesson = Lesson("08_freezing_clinic", vars(), before=other_state.lesson)
tally = lesson.tally
