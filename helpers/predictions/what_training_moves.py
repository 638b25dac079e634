"""What lesson 2 asks: what one training step moves."""

from helpers.predictions import counting_weights
from helpers.predictions.core import Idea, Prediction
from helpers.predictions.kinds import Choice, Names, Number, yes_or_no
from helpers.predictions.lesson import Lesson

_TOWER = tuple(
    f"tower/{layer}/{weight}"
    for layer in ("first", "middle", "last")
    for weight in ("kernel", "bias")
)

one_step = Prediction(
    "Snapshot, step, compare",
    "Nothing is frozen: how many of the six arrays of three Dense layers will one step change?",
    {
        "moved": Choice(
            {
                "0": "that one step is too little to see; the copies show the smallest change.",
                "2": "the last layer alone, which meets the error; the gradient goes on to all.",
                "3": "the kernels, or one array for each layer; "
                "each layer has a bias, which learns too.",
                "6": "",
            }
        )
    },
    "each of the six is on the optimizer's list, and each got a gradient that is not 0.",
)
frozen_middle = Prediction(
    "A frozen layer in the middle",
    "The middle one of three layers is frozen: which of them will one step move?",
    {
        "moved_layers": Choice(
            {
                "first": "that nothing behind a frozen layer learns; "
                "last gets its gradient before middle does.",
                "last": "that the gradient stops at a frozen layer; it passes through it.",
                "first and last": "",
                "all three": "that the flag is for the summary alone; "
                "fit leaves middle out of the update.",
            }
        )
    },
    "the frozen layer is left out of the update alone; the gradient passes through it.",
)
_ONE_OF_THEM = (
    "first alone or last alone; "
    "what differs in middle reaches last on the way forward and first on the way back."
)
noticed = Prediction(
    "A frozen layer in the middle",
    "The middle one of three layers free or frozen: in how many of the others' four arrays do "
    "the runs differ, after one step, two, with global_clipnorm, with a BatchNormalization "
    "there?",
    {"one_step": Number(), "two_steps": Number(), "clipnorm": Number(), "batchnorm": Number()},
    "a plain step leaves out the update, no more. What comes after it, or looks at the flag, "
    "differs.",
    [
        Idea(
            "that first gets no gradient through a frozen layer; it gets the same as before.",
            one_step=2,
        ),
        Idea("that the others feel a freeze at once; in a plain step they do not.", one_step=4),
        Idea(
            "that a freeze never reaches the others; after a step middle differs, and all see it.",
            two_steps=0,
        ),
        Idea(
            "that a frozen layer's gradient still counts in the common length; "
            "it is not among the gradients.",
            clipnorm=0,
        ),
        Idea("that a frozen layer computes as before; BatchNormalization does not.", batchnorm=0),
        Idea(_ONE_OF_THEM, two_steps=2),
        Idea(_ONE_OF_THEM, batchnorm=2),
    ],
)
wall = Prediction(
    "A wall in the middle",
    "stop_gradient stands behind the middle one of three Dense layers: which arrays move, and "
    "how many count as trainable?",
    {
        "moved": Names(_TOWER),
        "trainable": Choice(
            {
                "2": "that what gets no gradient is not listed; the list goes by the flags alone.",
                "4": "that the wall freezes the layer before it; it sets no flag.",
                "6": "",
            }
        ),
    },
    "no gradient comes back through the wall, and the flags know nothing of it.",
    [
        Idea(
            "that all learn, since nothing is frozen; "
            "a wall lets no gradient back to first and middle.",
            moved=["first", "middle", "last"],
        ),
        Idea(
            "that a wall is like a frozen middle; "
            "a gradient passes through a frozen layer, and ends at a wall.",
            moved=["first", "last"],
        ),
        Idea(
            "what stands before the wall; the gradient comes from the other side, from the loss.",
            moved=["first", "middle"],
        ),
        Idea(
            "that the wall holds what is before middle; it stands behind middle.",
            moved=["middle", "last"],
        ),
        Idea("that no gradient is left at all; last stands behind the wall.", moved=[]),
    ],
)
gradient = Prediction(
    "Is there a gradient for a frozen weight?",
    "What do we get if we ask for the gradient of a frozen kernel?",
    {
        "gradient": Choice(
            {
                "None": "that the flag reaches the tape, as requires_grad=False does in PyTorch; "
                "with Keras on TensorFlow it does not.",
                "zeros": "that a gradient of 0 keeps a frozen weight still; "
                "it has an ordinary gradient, which is not used.",
                "ordinary": "",
            }
        )
    },
    "with Keras on TensorFlow the tape knows nothing of the flag; fit just does not ask for it.",
)
two_switches = Prediction(
    "Two switches: `trainable` and `training`",
    "With training=True, does a frozen Dropout drop, and a frozen BatchNormalization update "
    "its statistics? Does a free one learn with training=False?",
    {
        "dropout_drops": yes_or_no(
            yes="", no="that frozen means in inference mode; Dropout looks at training alone."
        ),
        "norm_updates": yes_or_no(
            yes="that training=True wins, as before Keras 2.1.3; "
            "a frozen one keeps its statistics.",
            no="",
        ),
        "norm_learns": yes_or_no(
            yes="",
            no="that training=False freezes a layer; it sets how the layer computes, no more.",
        ),
    },
    "trainable is about the optimizer's updates, and training about how a layer computes; "
    "of Keras's own layers, BatchNormalization alone takes a freeze for inference, too.",
)
unsaid = Prediction(
    "Two switches: `trainable` and `training`",
    "A loop of your own calls model(x) and says nothing about training: does Dropout drop?",
    {
        "drops_unsaid": yes_or_no(
            yes="that a model is in training mode until told otherwise, as in PyTorch; in Keras "
            "fit says so, and your loop must.",
            no="",
        )
    },
    "if nothing is said, Dropout and BatchNormalization compute as in inference.",
)
_THE_FROZEN_ONE_STAYS = (
    "that the frozen kernel's penalty is what is left; it is the one that drops out."
)
penalties = Prediction(
    "Penalties on frozen weights",
    "Two kernels have penalties of 6 and 3, and evaluate says 9: what after the first is "
    "frozen, and what after a compile?",
    {"second": Number(), "third": Number()},
    "a frozen kernel's penalty is left out, but evaluate uses its old graph until a compile.",
    [
        Idea("that evaluate sees a freeze at once; it sees it after a compile.", second=3),
        Idea(
            "that a penalty counts whether its kernel is frozen or not; fit and evaluate add up "
            "only those of trainable weights.",
            third=9,
        ),
        Idea(_THE_FROZEN_ONE_STAYS, second=6, third=6),
        Idea(_THE_FROZEN_ONE_STAYS, third=6),  # and evaluate, rightly, not before a compile
        Idea("that a freeze ends all penalties; that of the other kernel is left.", third=0),
    ],
)
decay = Prediction(
    "What does weight decay shrink?",
    "AdamW (rate 0.5, decay 0.25) on ones: are those with gradient None, and the frozen ones, "
    "still 1, and what is a row with gradient 0?",
    {
        "cut": yes_or_no(
            yes="", no="that decay needs no gradient; AdamW skips a weight whose gradient is None."
        ),
        "frozen": yes_or_no(
            yes="",
            no="that decay reaches all weights; "
            "AdamW works on its list, and the frozen are not on it.",
        ),
        "row": Number(within=0.002, digits=3),
    },
    "AdamW shrinks what is on its list and has a gradient, even one of 0.",
    [
        Idea("that a gradient of 0 moves nothing; AdamW's decay comes on top of it.", row=1),
        Idea("the decay alone; it is multiplied by the learning rate.", row=lambda n: 1 - n.decay),
        Idea(
            "that SGD shrinks, too; only AdamW has a decay here.",
            row=lambda n: (1 - n.rate * n.decay) ** 2,
        ),
        Idea(
            "that Adam takes a whole step of the learning rate; for a gradient of 0 it is 0.",
            row=lambda n: 1 - n.rate,
        ),
        Idea(
            "the part that is taken off; the question asks what is left.",
            row=lambda n: n.rate * n.decay,
        ),
    ],
    {"rate": 0.5, "decay": 0.25},
)
_PASSED_ON = "that the trained layer passes a gradient on, too; nobody before it wants one."
products = Prediction(
    "What freezing saves",
    "Six Dense layers take 17 products a step: how many if only the top is trained, or only "
    "the bottom?",
    {"top_only": Number(), "bottom_only": Number()},
    "the top's gradient need not go down; the bottom's must come through all the others.",
    [
        Idea(
            "that the gradient starts at the bottom; it starts at the loss, above the top.",
            top_only=lambda n: 2 * n.layers,
            bottom_only=lambda n: n.layers + 1,
        ),
        Idea(
            "that the gradient comes down to the bottom all the same; "
            "below the top nobody wants it.",
            top_only=lambda n: n.layers + 1 + n.layers - 1,
        ),
        Idea(
            "the same as for the top; down to the bottom the gradient must pass five layers.",
            bottom_only=lambda n: n.layers + 1,
        ),
        Idea(
            "that freezing saves no products; a gradient that nobody wants is not computed.",
            top_only=lambda n: 3 * n.layers - 1,
            bottom_only=lambda n: 3 * n.layers - 1,
        ),
        Idea(
            "that a freeze above the bottom saves nothing; "
            "it saves the products for the frozen kernels' own gradients.",
            bottom_only=lambda n: 3 * n.layers - 1,
        ),
        Idea(
            "that a frozen layer does no work; going forward, each takes its product.",
            top_only=2,
            bottom_only=2,
        ),
        Idea(_PASSED_ON, top_only=lambda n: n.layers + 2),
        Idea(_PASSED_ON, bottom_only=lambda n: n.layers + 1 + n.layers),
        Idea(
            "the way forward alone; a step goes back as well.",
            top_only=lambda n: n.layers,
            bottom_only=lambda n: n.layers,
        ),
    ],
    {"layers": 6},
)
penalty_before_a_wall = Prediction(
    "Dig deeper: which penalties reach a weight, and which stay?",
    "stop_gradient behind the middle one of three layers, a penalty on the first kernel: "
    "which arrays move?",
    {"moved": Names(_TOWER)},
    "a penalty needs no path through the model: its gradient goes straight to the kernel.",
    [
        Idea("that nothing reaches what is before a wall; the penalty does.", moved=["last"]),
        Idea(
            "all of first; the penalty is on its kernel, and the bias gets no gradient.",
            moved=["first", "last"],
        ),
        Idea(
            "that all move, since nothing is frozen; "
            "before the wall, only the penalty moves anything.",
            moved=["first", "middle", "last"],
        ),
        Idea(
            "that the penalty is all that is left; last learns from the data.",
            moved=["first/kernel"],
        ),
    ],
)
an_unused_argument = Prediction(
    "Dig deeper: who decides about training mode?",
    "Does fit move BatchNormalization's statistics in a model whose call takes no `training`, "
    "and in one whose call does?",
    {
        "own": yes_or_no(
            yes="that fit puts every layer into training mode; "
            "it tells only a model whose own call takes the argument.",
            no="",
        ),
        "told": yes_or_no(
            yes="",
            no="that an argument which is not used, and is False by default, does nothing; fit "
            "passes True, and Keras hands it on to the layers inside.",
        ),
    },
    "fit passes training=True to a call that takes it, and Keras hands it on from there.",
)

lesson = Lesson("02_what_training_moves", vars(), before=counting_weights.lesson)
tally = lesson.tally
