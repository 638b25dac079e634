"""What lesson 6 asks: pretrained networks."""

from types import SimpleNamespace

from helpers.predictions import batchnorm_statistics
from helpers.predictions.core import Idea, Prediction
from helpers.predictions.kinds import Choice, Names, Number
from helpers.predictions.lesson import Lesson

_FRESH = ("VGG16", "ResNet50", "ConvNeXtTiny")
_PIECES = ("forehead and cheek", "forehead and room", "cheek and room")


def _head(n: SimpleNamespace) -> int:
    return n.inputs * n.units + n.units


fresh_count = Prediction(
    "A fresh Inception",
    "What is the non-trainable count of a fresh InceptionV3, nothing frozen?",
    {
        "non_trainable": Choice(
            {
                "0": "nothing is frozen, so all is trainable; "
                "a layer can make weights that no optimizer trains.",
                "188": "two numbers for each layer; there are two for each channel.",
                "17216": "one statistic for each channel; it has two, a mean and a variance.",
                "34432": "",
                "68864": "four numbers for each channel; only the mean and the variance are "
                "non-trainable, and these layers have no gamma.",
            }
        )
    },
    "each of the 17,216 channels has a moving mean and a moving variance; no optimizer moves them.",
)
without = Prediction(
    "A fresh Inception",
    "Which of VGG16, ResNet50 and ConvNeXtTiny has no non-trainable number when fresh?",
    {"zero": Names(_FRESH)},
    "only BatchNormalization keeps statistics here: VGG16 is older, and ConvNeXt does without.",
    [
        Idea(
            "whatever is newer than VGG16 keeps statistics; "
            "ConvNeXt's LayerNormalization measures each example anew.",
            zero=["VGG16"],
        ),
        Idea(
            "nothing is frozen in a fresh network, so all three; "
            "ResNet50's BatchNormalization makes statistics all the same.",
            zero=_FRESH,
        ),
        Idea(
            "every network has statistics; VGG16 has no normalization, "
            "and ConvNeXt has one that keeps nothing.",
            zero=[],
        ),
        Idea(
            "only the newest does without statistics; VGG16 is from before BatchNormalization.",
            zero=["ConvNeXtTiny"],
        ),
        Idea(
            "the two old ones; ResNet50 has BatchNormalization, and it is ConvNeXt that has none.",
            zero=["VGG16", "ResNet50"],
        ),
    ],
)
unchanged = Prediction(
    "A pretrained network in a drawer",
    "How many digits of another kind does a network that learned MNIST read, unchanged?",
    {
        "accuracy": Choice(
            {
                "95 %": "a digit is a digit; what a network has learned holds best for images "
                "like those that it saw.",
                "70 %": "",
                "10 %": "what it has not seen, it can only guess; a 3 has much in common with "
                "other 3s.",
            }
        )
    },
    "much of what makes a 3 is the same in both kinds, and some of it is not.",
)
two_places = Prediction(
    "Block the first two layers",
    "Which convolutions of a functional model are frozen by a loop over layers[:2]?",
    {
        "frozen": Choice(
            {
                "none": "that a flag counts only after compile, or that places 0 and 1 hold no "
                "weights; flags are set at once, and place 1 is conv1.",
                "conv1": "",
                "conv1 and conv2": "that `layers` lists convolutions; "
                "place 0 is the input, and behind each convolution stands its normalization.",
            }
        )
    },
    "place 0 is the InputLayer, which has no weights, and place 1 is conv1.",
)
still = Prediction(
    "Block the first two layers",
    "Two convolutions and their BatchNormalization are frozen: how many weights do not move?",
    {"still": Number()},
    "two kernels, and four arrays of each of two BatchNormalization layers.",
    [
        Idea(
            "the two kernels alone; their BatchNormalization was frozen as well.",
            still=lambda n: n.frozen,
        ),
        Idea(
            "one for each frozen layer; a BatchNormalization has four arrays.",
            still=lambda n: 2 * n.frozen,
        ),
        Idea(
            "statistics always move; those of a frozen BatchNormalization do not.",
            still=lambda n: n.frozen + 2 * n.frozen,
        ),
        Idea(
            "a bias for each convolution; these have none, since beta does its work.",
            still=lambda n: 2 * n.frozen + 4 * n.frozen,
        ),
        Idea(
            "no statistic moves in a fit, since none is trainable; "
            "the layers that are not frozen update theirs.",
            still=lambda n: n.frozen + 2 * n.frozen + 2 * n.norms,
        ),
    ],
    {"frozen": 2, "norms": 20},
)
did_it_help = Prediction(
    "Did it help?",
    "Which pretrained recipe is ahead with five labels a class, and where is the control?",
    {
        "ahead": Choice(
            {
                "head only": "the fewer the labels, the less should be trained; "
                "here all three lie within about a point.",
                "first two frozen": "keep what is general and adapt the rest; "
                "that pays with ten labels a class, not clearly with five.",
                "everything tuned": "the more may learn, the better; "
                "with 50 images it makes no clear difference.",
                "none": "",
            }
        ),
        "control": Choice(
            {
                "scratch": "",
                "pretrained": "that freezing helps by itself, whatever is frozen; "
                "it is worth what the frozen layers have learned.",
                "between": "that freezing helps a little by itself; "
                "behind frozen random layers as many digits are read as from scratch.",
                "below": "frozen random layers let nothing through; "
                "the layers behind them can learn from what they give.",
            }
        ),
    },
    "it was the pretraining that helped: not the freezing, and not how much is trained.",
)
true_again = Prediction(
    "Head first",
    "All layers of a base are frozen one by one, then `base.trainable = True`: what is trainable?",
    {
        "trainable": Choice(
            {
                "0": "that True reaches no layer where the base's flag is True; here it did.",
                "60": "the flag reaches every layer inside; on TensorFlow a flag that is set to "
                "the value that it has does nothing, and the base's own was True.",
                "100": "all arrays become trainable; "
                "this True reaches no layer, and statistics are never trainable.",
            }
        )
    },
    "the base's own flag was True all the time; only its layers' flags were False.",
)
free_statistics = Prediction(
    "And with free statistics?",
    "At rate 0 with free statistics, how many arrays move, and what of the new digits?",
    {
        "free_moved": Number(),
        "free": Choice(
            {
                "better": "that statistics of the new images suit them better; "
                "the head was trained on features made with the old ones.",
                "same": "where nothing is learned, nothing changes; "
                "other statistics give the head other features.",
                "worse": "that the statistics are exchanged under the head; here they were kept.",
            }
        ),
    },
    "`fit` overrides `training=False`, and the layers themselves update their statistics.",
    [
        Idea(
            "none: the rate is 0, or `training=False` keeps the statistics; "
            "the rate is not theirs, and `fit` overrides the `False`.",
            free_moved=0,
        ),
        Idea(
            "one array for each BatchNormalization; it has a mean and a variance.",
            free_moved=lambda n: n.norms,
        ),
        Idea(
            "all of BatchNormalization; gamma and beta are the optimizer's, and its rate is 0.",
            free_moved=lambda n: 4 * n.norms,
        ),
        Idea(
            "all that is trainable, and the statistics; at rate 0 the optimizer moves nothing.",
            free_moved=lambda n: 5 * n.norms + 2,
        ),
    ],
    {"norms": 20},
)
exchange = Prediction(
    "And with free statistics?",
    "How good is a head trained after measuring, and which rate makes up for free statistics?",
    {
        "measured_first": Choice(
            {
                "bad": "that statistics of only 50 images are bad; "
                "they cost a head that is trained with them a point or two.",
                "good": "",
            }
        ),
        "rate": Number(),
    },
    "the exchange under a trained head does the harm, and weights that may move make up for it.",
    [
        Idea(
            "the smaller the rate, the safer; so small a one makes up for only a part of the harm.",
            rate=0.0001,
        ),
        Idea(
            "the larger the rate, the more is made up for; "
            "0.01 comes near, and costs half of MNIST.",
            rate=0.01,
        ),
    ],
)
rounds = Prediction(
    "Dig deeper: how far does a flag reach?",
    "How many weights are trainable after one round of False and True, and after two?",
    {"one_round": Number(), "two_rounds": Number()},
    "a flag stops where it is set already; what the first round changed lets the second pass.",
    [
        Idea(
            "True reaches all that is below; it stops at the first flag that is True already.",
            one_round=2,
        ),
        Idea(
            "each round thaws one weight; the two belong to one layer and share its flag.",
            one_round=1,
            two_rounds=1,
        ),
        Idea(
            "a second round does what the first did; it finds other flags, which let it pass.",
            two_rounds=0,
        ),
    ],
)
loaded = Prediction(
    "Dig deeper: what did `load_weights` really load?",
    "Into which layers does a file go if the head, or the number of layers, is another?",
    {
        "other_head": Names(("first", "second", "head")),
        "added": Names(("first", "added", "second", "head")),
    },
    "layers of a kind are matched by their place, and what has another shape is left out.",
    [
        Idea(
            "a file that does not fit is not loaded; with `skip_mismatch` each layer that fits is.",
            other_head=[],
            added=[],
        ),
        Idea(
            "the head takes the five classes that it has room for; another shape is left out.",
            other_head=["first", "second", "head"],
        ),
        Idea(
            "layers are matched by name; a `.weights.h5` file goes by kind and place.",
            added=["first", "second", "head"],
        ),
        Idea(
            "loading ends at the layer that the file does not know; "
            "`added` stands in the place of `second`, and takes its values.",
            added=["first"],
        ),
        Idea(
            "the hidden layers by name, and the head has another place; the name does not count.",
            added=["first", "second"],
        ),
    ],
)
savings = Prediction(
    "Dig deeper: what does freezing save?",
    "How many numbers does Adam keep for the head, and what share of the work have two layers?",
    {"slots": Number(), "multiplications": Number(within=0.05, percent=True)},
    "Adam keeps two for each trainable number; a kernel's number is used at every place.",
    [
        Idea(
            "one number for each that is trained; Adam keeps a mean and a mean of squares.",
            slots=_head,
        ),
        Idea(
            "nothing for the bias; it is trained as well.",
            slots=lambda n: 2 * n.inputs * n.units + 2,
        ),
        Idea(
            "two for each number of the network; frozen ones get none.",
            slots=lambda n: 2 * n.network + 2,
        ),
        Idea(
            "as many multiplications as numbers; the first maps are the largest, "
            "and a kernel is used at each of their places.",
            multiplications=0.11,
        ),
        Idea(
            "what is frozen costs nothing; the images still have to pass through it.",
            multiplications=0,
        ),
        Idea(
            "most of the work is at the beginning, where the maps are largest; "
            "the later layers have far larger kernels.",
            multiplications=0.6,
        ),
    ],
    {"inputs": 112, "units": 10, "network": 47074},
)
fur = Prediction(
    "Dig deeper: does a network that has seen the world know your emoji?",
    "Which two pieces does ImageNet's network find most alike, and which a random one?",
    {
        "pair": Choice(
            {
                _PIECES[0]: "",
                _PIECES[1]: "that colour or brightness decides; the network describes patterns, "
                "and the cheek has fur as the forehead has.",
                _PIECES[2]: "that what is dim or blurred is alike; the network describes patterns, "
                "and the forehead has fur as the cheek has.",
            }
        ),
        "random_pair": Choice(
            {
                _PIECES[0]: "that fur looks like fur to any network; "
                "what counts as alike has to be learned.",
                _PIECES[1]: "that chance puts these two together; it put others together here.",
                _PIECES[2]: "that chance puts these two together; it put others together here.",
            }
        ),
    },
    "ImageNet's network has learned what fur looks like; the random one finds a pair by chance.",
)
emoji_head = Prediction(
    "Dig deeper: does a network that has seen the world know your emoji?",
    "How many unseen emoji does a head on ImageNet's features of 50 emoji read?",
    {"imagenet": Number(within=0.09, percent=True)},
    "features of photographs, edges, colours and forms, serve for drawings as well.",
    [
        Idea(
            "a network of photographs knows nothing of drawings; both have edges and forms.",
            imagenet=0.2,
        ),
        Idea(
            "ten labels a class are too few; on good features a head has little to learn.",
            imagenet=0.4,
        ),
        Idea(
            "who has seen the world reads everything; drawings are unlike its photographs.",
            imagenet=0.95,
        ),
    ],
)
at_once = Prediction(
    "Dig deeper: does a network that has seen the world know your emoji?",
    "How does everything tuned at once compare with the head alone?",
    {
        "at_once": Choice(
            {
                "better": "the more may learn, the better; "
                "the statistics are still partly those of photographs.",
                "same": "that what is pretrained does equally well, as with the digits; "
                "here the statistics are stale.",
                "worse": "",
            }
        ),
        "measured_anew": Choice(
            {
                "better": "with the right statistics it pays to train more; "
                "50 emoji teach the base nothing that shows.",
                "same": "",
                "worse": "that the untrained head has spoiled the weights; "
                "nine tenths of the gap came from stale statistics.",
            }
        ),
    },
    "its statistics lag behind; measured anew, it nearly equals the head alone.",
)

lesson = Lesson("06_pretrained_networks", vars(), before=batchnorm_statistics.lesson)
tally = lesson.tally
