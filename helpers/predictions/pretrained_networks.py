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
                "0": "that all is trainable, since nothing is frozen; "
                "a layer can make weights that no optimizer trains.",
                "188": "two numbers for each layer; there are two for each channel.",
                "17216": "one statistic for each channel; each has two, a mean and a variance.",
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
            "that whatever is newer than VGG16 keeps statistics; "
            "ConvNeXt's LayerNormalization measures each example anew.",
            zero=["VGG16"],
        ),
        Idea(
            "all three, since nothing is frozen; "
            "ResNet50's BatchNormalization keeps statistics all the same.",
            zero=_FRESH,
        ),
        Idea(
            "that every network has statistics; "
            "VGG16 has no normalization, and ConvNeXt has one that keeps nothing.",
            zero=[],
        ),
        Idea(
            "that only the newest does without statistics; VGG16 is older than BatchNormalization.",
            zero=["ConvNeXtTiny"],
        ),
        Idea(
            "the two old ones; ResNet50 has BatchNormalization, and ConvNeXt has none.",
            zero=["VGG16", "ResNet50"],
        ),
    ],
)
unchanged = Prediction(
    "A pretrained network in a drawer",
    "A network reads 95 % of MNIST: how many digits of another source does it read, 95, 70 or "
    "10 %?",
    {
        "accuracy": Choice(
            {
                "95 %": "that a digit is a digit; "
                "what a network has learned holds best for images like those that it saw.",
                "70 %": "",
                "10 %": "that it can only guess what it has not seen; "
                "a 3 has much in common with other 3s.",
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
    "Two convolutions without bias and their two BatchNormalization layers are frozen: how "
    "many weights do not move?",
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
            "that statistics always move; those of a frozen BatchNormalization do not.",
            still=lambda n: n.frozen + 2 * n.frozen,
        ),
        Idea(
            "a bias for each convolution; these have none, since beta does its work.",
            still=lambda n: 2 * n.frozen + 4 * n.frozen,
        ),
        Idea(
            "that no statistic moves in a fit, since none is trainable; "
            "the layers that are not frozen update theirs.",
            still=lambda n: n.frozen + 2 * n.frozen + 2 * n.norms,
        ),
    ],
    {"frozen": 2, "norms": 20},
)
did_it_help = Prediction(
    "Did it help?",
    "Five labels a class: is head only, first two frozen or everything tuned ahead, and where "
    "is random with its first two frozen?",
    {
        "ahead": Choice(
            {
                "head only": "that the fewer the labels, the less should be trained; "
                "here all three lie within about a point.",
                "first two frozen": "that it pays to keep what is general and adapt the rest; "
                "with five labels a class that does not show clearly, with ten it does.",
                "everything tuned": "that the more may learn, the better; "
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
                "below": "that frozen random layers let nothing through; "
                "the layers behind them can learn from what they give.",
            }
        ),
    },
    "it was the pretraining that helped: not the freezing, and not how much is trained.",
)
true_again = Prediction(
    "Head first",
    "Every layer of a base is frozen one by one, then `base.trainable = True`: how many of "
    "its 100 weights are trainable?",
    {
        "trainable": Choice(
            {
                "0": "that True reaches no layer where the base's flag is True; here it did.",
                "60": "that the flag reaches every layer inside; "
                "on TensorFlow a flag that is set to "
                "the value that it has does nothing, and the base's own was True.",
                "100": "that all arrays become trainable; "
                "this True reaches no layer, and statistics are never trainable.",
            }
        )
    },
    "the base's own flag was True all the time; only its layers' flags were False.",
)
free_statistics = Prediction(
    "And with free statistics?",
    "20 BatchNormalization layers are free in a base called with training=False: how many "
    "arrays move in a fit at rate 0, and what of the accuracy?",
    {
        "free_moved": Number(),
        "free": Choice(
            {
                "better": "that statistics of the new images suit them better; "
                "the head was trained on features made with the old ones.",
                "same": "that where nothing is learned, nothing changes; "
                "other statistics give the head other features.",
                "worse": "that the statistics are exchanged under the head; here they were kept.",
            }
        ),
    },
    "`fit` overrides `training=False`, so the layers update all 40 statistics; "
    "the head was trained on features made with the old ones.",
    [
        Idea(
            "that a rate of 0, or `training=False`, keeps the statistics still; "
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
    "Is a head good that is trained after measuring anew, and which rate makes up for all the "
    "harm of free statistics: 0.0001, 0.001, 0.01?",
    {
        "measured_first": Choice(
            {
                "bad": "that statistics of only 50 images are bad; "
                "they cost a head that is trained with them only a point or two.",
                "good": "",
            }
        ),
        "rate": Number(),
    },
    "the exchange under a trained head does the harm, and weights that may move make up for it.",
    [
        Idea(
            "that the smaller the rate, the safer; "
            "so small a one makes up for only a part of the harm.",
            rate=0.0001,
        ),
        Idea(
            "that the larger the rate, the more is made up for; "
            "0.01 stays two points short, and costs half of MNIST.",
            rate=0.01,
        ),
    ],
)
_ONE_OF_TWO = "one of the two weights; they belong to one layer and share its flag."
rounds = Prediction(
    "Dig deeper: how far does a flag reach?",
    "Base, block, part, layer: block and layer frozen, base and part not. How many of 2 "
    "weights are trainable after base False, True, and after that again?",
    {"one_round": Number(), "two_rounds": Number()},
    "a flag stops where it is set already; what the first round changed lets the second pass.",
    [
        Idea(
            "that True reaches all that is below; it stops at the first flag that is True already.",
            one_round=2,
        ),
        Idea(_ONE_OF_TWO, one_round=1),
        Idea(_ONE_OF_TWO, two_rounds=1),
        Idea(
            "that a second round does what the first did; it finds other flags, which let it pass.",
            two_rounds=0,
        ),
    ],
)
_NOTHING_LOADED = (
    "that a file which does not fit is not loaded; with `skip_mismatch` each layer that fits is."
)
loaded = Prediction(
    "Dig deeper: what did `load_weights` really load?",
    "load_weights(skip_mismatch=True): into which of first, second and head does a file go if "
    "the head is smaller, or a layer `added` stands behind first?",
    {
        "other_head": Names(("first", "second", "head")),
        "added": Names(("first", "added", "second", "head")),
    },
    "layers of a kind are matched by their place, and what has another shape is left out.",
    [
        Idea(_NOTHING_LOADED, other_head=[]),
        Idea(_NOTHING_LOADED, added=[]),
        Idea(
            "that the head takes the five classes that it has room for; another shape is left out.",
            other_head=["first", "second", "head"],
        ),
        Idea(
            "that layers are matched by name; a `.weights.h5` file goes by kind and place.",
            added=["first", "second", "head"],
        ),
        Idea(
            "that loading ends at the layer that the file does not know; "
            "`added` stands in the place of `second`, and takes its values.",
            added=["first"],
        ),
        Idea(
            "the hidden layers by name, and not the head, whose place is another; "
            "names do not count.",
            added=["first", "second"],
        ),
    ],
)
savings = Prediction(
    "Dig deeper: what does freezing save?",
    "How many numbers does Adam keep for a head of 1,130, and what share of the "
    "multiplications have two first convolutions with 11 % of the numbers?",
    {"slots": Number(), "multiplications": Number(within=0.05, percent=True)},
    "Adam keeps two for each trainable number; a kernel's number is used at every place.",
    [
        Idea(
            "one number for each that is trained; Adam keeps a mean and a mean of squares.",
            slots=_head,
        ),
        Idea(
            "two for each number of the kernel, and none for the bias; it is trained as well.",
            slots=lambda n: 2 * n.inputs * n.units + 2,
        ),
        Idea(
            "two for each number of the network; frozen ones get none.",
            slots=lambda n: 2 * n.network + 2,
        ),
        Idea(
            "that the work goes by the numbers; the first maps are the largest, "
            "and a kernel is used at each of their places.",
            multiplications=0.11,
        ),
        Idea(
            "that what is frozen costs nothing; the images still have to pass through it.",
            multiplications=0,
        ),
        Idea(
            "that most of the work is at the beginning, where the maps are largest; "
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
    "ImageNet's network describes the two pieces of fur as most alike; "
    "the random one puts two together by chance.",
)
emoji_head = Prediction(
    "Dig deeper: does a network that has seen the world know your emoji?",
    "How many unseen emoji does a head on ImageNet's features of 50 emoji read?",
    {"imagenet": Number(within=0.09, percent=True)},
    "features of photographs, edges, colours and forms, serve for drawings as well.",
    [
        Idea(
            "that a network of photographs knows nothing of drawings; both have edges and forms.",
            imagenet=0.2,
        ),
        Idea(
            "that ten labels a class are too few; on good features a head has little to learn.",
            imagenet=0.4,
        ),
        Idea(
            "that a network which has seen the world reads everything; "
            "drawings are unlike its photographs.",
            imagenet=0.95,
        ),
    ],
)
at_once = Prediction(
    "Dig deeper: does a network that has seen the world know your emoji?",
    "50 emoji: how does everything tuned at once compare with the head alone, as trained and "
    "measured anew?",
    {
        "at_once": Choice(
            {
                "better": "that the more may learn, the better; "
                "the statistics are still partly those of photographs.",
                "same": "that what is pretrained does equally well, as with the digits; "
                "here the statistics are stale.",
                "worse": "",
            }
        ),
        "measured_anew": Choice(
            {
                "better": "that with the right statistics it pays to train more; "
                "measured anew, it just about equals the head alone.",
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
