"""What lesson 4 asks: a Sobel filter that stays put."""

from types import SimpleNamespace

from helpers.predictions import when_freezing_takes_effect
from helpers.predictions.core import Idea, Prediction
from helpers.predictions.kinds import Choice, Names, Number, yes_or_no
from helpers.predictions.lesson import Lesson

_EDGE = {"row": (0, 0, 0, 1, 1), "across": (-1, 0, 1), "down": (1, 2, 1)}
_TWIN = (
    "twin/first/kernel",
    "twin/second/kernel",
    "twin/second/bias",
    "twin/scores/kernel",
    "twin/scores/bias",
)


def how_many(changed: int, few: int = 0) -> str:
    """How many of 1,000 answers changed, as the options of this lesson say it."""
    if changed <= few:
        return "hardly any" if few else "0"
    return "some" if changed < 500 else "most"


def _one_row(n: SimpleNamespace, at: int) -> int:
    """What one row of the patch that begins `at` a column brings, times the kernel's own."""
    return sum(pixel * k for pixel, k in zip(n.row[at : at + 3], n.across, strict=True))


by_hand = Prediction(
    "An edge, by hand",
    "Sobel-x on the row 0, 0, 0, 1, 1, all rows alike: what are the three answers, and do the "
    "rows differ?",
    {
        "left": Number(),
        "middle": Number(),
        "right": Number(),
        "rows_differ": yes_or_no(
            yes="that it matters in which row the patch lies; the patches of all rows are alike.",
            no="",
        ),
    },
    "a flat patch gives 0; in the other two the right column is brighter: 1 + 2 + 1.",
    [
        Idea(
            "the sum of the patch; each pixel is first multiplied by the kernel's number.",
            middle=lambda n: 3 * sum(n.row[1:4]),
            right=lambda n: 3 * sum(n.row[2:5]),
        ),
        Idea(
            "one row of the kernel alone; the products of all three rows are added.",
            middle=lambda n: n.down[1] * _one_row(n, 1),
            right=lambda n: n.down[1] * _one_row(n, 2),
        ),
        Idea(
            "that the kernel is turned before it multiplies; it is laid on as it is.",
            middle=lambda n: -sum(n.down) * _one_row(n, 1),
            right=lambda n: -sum(n.down) * _one_row(n, 2),
        ),
        Idea("that this patch is flat; its right column is bright.", middle=0),
        Idea("that this patch is all bright; its left column is dark.", right=0),
        Idea(
            "that both bright columns count; the kernel's middle column is all zeros.",
            right=lambda n: sum(n.down) * sum(n.row[2:5]),
        ),
    ],
    _EDGE,
)
variants = Prediction(
    "An edge, by hand",
    "Sobel-x answers 4 to an edge: what if the image is transposed, mirrored, or brighter by 5?",
    {
        "transposed": Choice(
            {
                "0": "",
                "4": "that an edge is an edge; "
                "this kernel sees what changes from left to right alone.",
                "-4": "that the sign turns with the image; along a row nothing changes any more.",
            }
        ),
        "mirrored": Choice(
            {
                "0": "that Sobel-x sees one direction alone; it sees both, with opposite signs.",
                "4": "that only the height of the edge counts; "
                "the sign counts, too, and tells the direction.",
                "-4": "",
            }
        ),
        "brighter": Choice(
            {
                "4": "",
                "9": "5 more, as in each pixel; "
                "what is added is 5 times the kernel's sum, which is 0.",
                "49": "5 more for each of nine pixels; the kernel's numbers add up to 0.",
            }
        ),
    },
    "Sobel-x sees what changes along x, with a sign; what all pixels share is multiplied by 0.",
)
sign = Prediction(
    "Does Keras turn the kernel?",
    "Is the answer of a Conv2D with Sobel-x to the dark-to-bright image 4 or −4?",
    {
        "sign": Choice(
            {"4": "", "-4": "that a convolution turns the kernel by 180°; Keras's does not."}
        )
    },
    "what Keras calls a convolution is a cross-correlation.",
)
shapes = Prediction(
    "In which order are the axes?",
    "On 3 channels, which shapes have the kernels of Conv2D(8, (1, 5)) and "
    "DepthwiseConv2D((1, 5), depth_multiplier=2)?",
    {
        "conv_shape": Choice(
            {
                "(1, 5, 3, 8)": "",
                "(8, 3, 1, 5)": "filters first; that is PyTorch's order.",
                "(1, 5, 8, 3)": "filters before channels; the channels that come in are third.",
                "(1, 5, 8)": "one table for each filter; a filter has one for each colour.",
            }
        ),
        "depthwise_shape": Choice(
            {
                "(1, 5, 3, 2)": "",
                "(1, 5, 3, 6)": "that each of six answers sees all three channels; each sees one.",
                "(1, 5, 1, 6)": "six filters of one channel; Keras sorts them by channel.",
                "(1, 5, 3)": "one filter for each channel; depth_multiplier=2 asks for two.",
            }
        ),
    },
    "height, width, channels in, filters; in a depthwise kernel, filters of each channel.",
)
ways = Prediction(
    "Five ways to set a kernel",
    "A kernel set by Constant, a function, set_weights, assign, or as a constant in call: how "
    "many learn, how many load?",
    {"number_of_learners": Number(), "number_that_load": Number()},
    "four kernels are weights that nobody froze; a file holds no code of your own.",
    [
        Idea(
            "that a kernel which you set stays so; setting says only where training starts.",
            number_of_learners=0,
        ),
        Idea(
            "all of them; a constant in `call` is no weight, so nothing can learn it.",
            number_of_learners=lambda n: n.ways,
        ),
        Idea(
            "two of them; neither an initializer nor set_weights or assign freezes anything.",
            number_of_learners=lambda n: n.initializers,
        ),
        Idea(
            "that what was saved can be loaded; of code of your own, the file holds only the name.",
            number_that_load=lambda n: n.ways,
        ),
        Idea(
            "that your own function or your own class comes back; neither does.",
            number_that_load=lambda n: n.ways - 1,
        ),
        Idea(
            "that an array in `Constant` is lost, too; the file holds its numbers.",
            number_that_load=lambda n: n.ways - n.own_code - 1,
        ),
    ],
    {"ways": 5, "initializers": 2, "own_code": 2},
)
attempts = Prediction(
    "Four more ways: which of them run?",
    "Which runs: weights=[sobel], set_weights before build, a 3 x 3 Constant for 1 channel "
    "and filter, or for 3? What holds kernel[:, :, 1, 2] then?",
    {
        "line_that_runs": Choice(
            {
                "1 weights=[sobel]": "that Conv2D takes weights=, as in Keras 2; "
                "that of Keras 3 does not.",
                "2 set_weights, not built": "that a new layer has weights; it must be built first.",
                "3 a table, 1 channel, 1 filter": "that a table is a kernel; it lacks two axes.",
                "4 a table, 3 channels, 3 filters": "",
            }
        ),
        "window": Choice(
            {
                "SOBEL_X": "that every window gets the table; it is spread over the last two axes.",
                "all 0": "that filter 2 does not see channel 1, or the table's row 2, column 1; "
                "the row is the channel, 1, and the column the filter, 2: all 2.",
                "all 2": "",
            }
        ),
    },
    "`Constant` stretches the table over channels and filters: each window is one number of it.",
)
_SET_IS_FIXED = "that a kernel which was set stays; unless it is frozen, training moves it."
_CANNOT_BE_SET = (
    "that set_weights is lost; the layer takes it, frozen or not, and fit starts from it."
)
set_or_frozen = Prediction(
    "Set, frozen, or both?",
    "What is a kernel after an epoch that was set and frozen, set only, frozen only, neither?",
    {
        "set_and_frozen": Choice(
            {
                "still Sobel": "",
                "still random": _CANNOT_BE_SET,
                "moved": "that a freeze does not hold what was set; it holds whatever is there.",
            }
        ),
        "set_only": Choice(
            {"still Sobel": _SET_IS_FIXED, "still random": _CANNOT_BE_SET, "moved": ""}
        ),
        "frozen_only": Choice(
            {
                "still Sobel": "that the flag brings the filter; it keeps whatever is there.",
                "still random": "",
                "moved": "that only a kernel which was set can be frozen; "
                "the flag holds whatever is there.",
            }
        ),
        "neither": Choice(
            {
                "still Sobel": "that a layer of this shape is Sobel; nobody set it here.",
                "still random": "that a first layer stays; nothing holds it.",
                "moved": "",
            }
        ),
    },
    "setting decides what is there, freezing whether it stays: you need both.",
    [
        Idea(
            "that training moves everything; what is frozen is left out.",
            set_and_frozen="moved",
            frozen_only="moved",
        )
    ],
)
whiskers = Prediction(
    "What does it see in a photograph?",
    "In which of gx and gy are whiskers that run from left to right easier to see?",
    {
        "whiskers": Choice(
            {
                "gx": "that a line along x is seen by Sobel-x; along the line nothing changes.",
                "gy": "",
                "both": "that a filter sees every edge; each sees what changes in its direction.",
            }
        )
    },
    "across such a line, along y, the gray changes.",
)
stays_put = Prediction(
    "In a classifier: does it stay put?",
    "A classifier's first convolution is frozen Sobel; a convolution and a Dense layer "
    "follow: which of the five arrays move?",
    {"moved": Names(_TWIN)},
    "the optimizer moves all that is trainable, and `first` alone is frozen.",
    [
        Idea("that 20 epochs move everything; `first` is frozen.", moved=_TWIN),
        Idea("that a frozen layer stops the others, too; they learn behind it.", moved=[]),
        Idea("the last layer alone; `second` is not frozen, either.", moved=_TWIN[3:]),
        Idea("that the filter is fitted to the clothes; it is frozen.", moved=_TWIN[:1]),
        Idea("kernels alone; biases are learned as well.", moved=[_TWIN[1], _TWIN[3]]),
    ],
)
twins = Prediction(
    "Does it help?",
    "Frozen Sobel, learned Sobel, learned random: which is best on clean images to the "
    "nearest 10 %, and how many answers of each Sobel change when 1/2 is added?",
    {
        "best": Choice(
            {
                "Sobel, frozen": "that the better filter shows; "
                "its lead is about 2 points at most, and to the nearest 10 % they are alike.",
                "Sobel, learned": "that a good start gets better; "
                "on average it is a little behind the one that stayed Sobel.",
                "random, learned": "that a free filter becomes the best; "
                "to the nearest 10 % it is no better.",
                "alike": "",
            }
        ),
        "frozen_changes": Choice(
            {
                "0": "",
                "some": "that other light costs something; "
                "what is added is multiplied by the kernel's sum, 0.",
                "most": "that it sees gray values; it sees differences, and those are the same.",
            }
        ),
        "learned_changes": Choice(
            {
                "0": "that it still is Sobel; nothing in the training kept its sum at 0.",
                "some": "",
                "most": "that training destroys the filter; it drifted, and not as far as that.",
            }
        ),
    },
    "an offset adds itself times the kernel's sum: that is 0 and stays so if it is frozen.",
)
lead = Prediction(
    "Dig deeper: is the lead on clean images real?",
    "Frozen Sobel against three twins in four recipes: in how many of twelve places is it "
    "ahead, and by two standard errors?",
    {"ahead": Number(), "clearly_ahead": Number()},
    "it is ahead everywhere, but in eight places by so little that it may be chance.",
    [
        Idea("half of them, by chance; all of them point the same way.", ahead=6),
        Idea("that what cannot learn must fall behind; here it does not.", ahead=0),
        Idea(
            "that it beats the two random twins alone; it also leads the one that began as Sobel.",
            ahead=lambda n: n.recipes * (n.twins - 1),
        ),
        Idea(
            "that a lead is a proof; eight of them are smaller than twice their error.",
            clearly_ahead=lambda n: n.recipes * n.twins,
        ),
        Idea("that all of it is chance; four leads are too large for that.", clearly_ahead=0),
        Idea(
            "all leads over random twins; most of these are small, too.",
            clearly_ahead=lambda n: n.recipes * (n.twins - 1),
        ),
    ],
    {"recipes": 4, "twins": 3},
)
other_lights = Prediction(
    "Dig deeper: where does the guarantee end?",
    "How many answers of frozen Sobel change by an offset of 0.1, clipping, or half the light?",
    {
        "by_tenth": Choice(
            {
                "hardly any": "",
                "some": "that rounding costs answers; it shifts them by far too little.",
                "most": "that only 1/2 is harmless; every offset is, apart from rounding.",
            }
        ),
        "clipped": Choice(
            {
                "hardly any": "that it is still an offset; where white is cut off, edges are lost.",
                "some": "",
                "most": "that clipping spoils all; where it is dark, nothing is clipped.",
            }
        ),
        "half_as_bright": Choice(
            {
                "hardly any": "that a sum of 0 is safe in any light; a factor halves each edge.",
                "some": "",
                "most": "that half the edges are lost; all of them are there, half as strong.",
            }
        ),
    },
    "the guarantee is about what is added, not about what clips or multiplies.",
)
flat = Prediction(
    "Dig deeper: what happens at the border?",
    'Is Sobel-x of a flat image 0 everywhere, with padding="same"?',
    {
        "flat_answer": yes_or_no(
            yes="that a flat image has no edges; the frame of zeros around it makes some.", no=""
        )
    },
    "the padding is black, so that the border looks like an edge.",
)
on_an_input = Prediction(
    "Dig deeper: what happens at the border?",
    "Can tf.image.sobel_edges be called on a keras.Input, and inside of a layer's call?",
    {
        "directly": yes_or_no(
            yes="that an Input is like an image; it has a shape and no numbers.", no=""
        ),
        "inside": yes_or_no(
            yes="", no="that it fails there, too; inside, TensorFlow gets a tensor of its own."
        ),
    },
    "only Keras's layers and `keras.ops` can note down what is to be done with an Input.",
)
_NOT_ADDED_UP = "that the colours stay apart, or are averaged; each filter adds them all up."
colours = Prediction(
    "Dig deeper: what becomes of colours?",
    "One Sobel-x filter of a Conv2D on gray stored as three channels, an edge worth 4: how "
    "many channels come out, and which answer?",
    {"channels": Number(), "answer": Number()},
    "a Conv2D filters every channel and adds up: 3 · 4.",
    [
        Idea(_NOT_ADDED_UP, channels=lambda n: n.colours),
        Idea(_NOT_ADDED_UP, answer=lambda n: n.gray),
        Idea("that three equal colours cancel; only opposite edges would.", answer=0),
    ],
    {"colours": 3, "gray": 4},
)
order = Prediction(
    "Dig deeper: what becomes of colours?",
    "DepthwiseConv2D with gx and gy of red, green, blue: in which order do the six come out?",
    {
        "order": Choice(
            {
                "all gx first": "that they are sorted by filter; Keras sorts by channel.",
                "red first": "",
            }
        )
    },
    "all answers of one channel, then those of the next.",
)
_KERNELS = ("sobel", "laplacian", "gaussian")
by_50 = Prediction(
    "Dig deeper: which filters do not see brightness?",
    "By how much do Sobel x, the Laplacian and 16 times a Gaussian change if all get 50 more?",
    {kernel: Number(within=1) for kernel in _KERNELS},
    "by 50 times the sum of the kernel, which is 0, 0 and 16.",
    [
        *(
            Idea(
                "that the answer changes as the pixels do; it does so times the kernel's sum.",
                **{kernel: lambda n: n.more},
            )
            for kernel in _KERNELS
        ),
        *(
            Idea(
                "the positive numbers alone; the negative ones take as much away.",
                **{kernel: lambda n: n.more * n.positive},
            )
            for kernel in _KERNELS[:2]
        ),
        *(
            Idea(
                "50 for each of nine pixels; each pixel is multiplied by a number of the kernel.",
                **{kernel: lambda n: n.more * n.pixels},
            )
            for kernel in _KERNELS
        ),
        Idea("that every filter sees differences alone; a blur keeps the brightness.", gaussian=0),
    ],
    {"more": 50, "positive": 4, "pixels": 9},
)
constraint = Prediction(
    "Dig deeper: must the kernel be frozen for that?",
    "A constraint keeps a Sobel kernel's sum at 0: does it move, and how many answers change "
    "when 1/2 is added?",
    {
        "kernel_moves": yes_or_no(
            yes="", no="that a constraint holds the kernel; it only corrects it after each update."
        ),
        "answers_that_change": Choice(
            {
                "hardly any": "",
                "some": "that what learns loses the property; the constraint restores the sum.",
                "most": "that the constraint spoils the filter; it only takes the mean away.",
            }
        ),
    },
    "it learns all but its sum, and the sum is what an offset meets.",
)
nearer = Prediction(
    "Dig deeper: can training find the filter by itself?",
    "A free kernel learns from images and their Sobel edges: nearer to Sobel after 33 steps "
    "on snow or on the cat?",
    {
        "nearer": Choice(
            {
                "snow": "",
                "cat": "that real images teach more; "
                "in them neighbours look alike, so that many kernels fit.",
                "alike": "that any images will do for nine numbers; "
                "from a photograph it takes long.",
            }
        )
    },
    "in snow, neighbours differ by chance: no other kernel gives nearly the same edges.",
)

lesson = Lesson("04_sobel_filter", vars(), before=when_freezing_takes_effect.lesson)
tally = lesson.tally
