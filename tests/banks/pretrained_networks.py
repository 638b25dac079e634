"""Answers to exercise 6, pretrained networks."""

import math
from types import MappingProxyType

import keras
import numpy as np
from keras import layers

from banks import Bank
from helpers.batchnorm import batchnorm_layers, freeze_batchnorm
from helpers.experiments.results import stored
from helpers.ledger import Role, ledger
from helpers.tasks import pretrained_networks as tasks
from helpers.tasks.pretrained_networks._measured_recipes import (
    DIGIT_WORDS,
    EMOJI_WORDS,
    SECOND_PHASE_WORDS,
    rounded_percent,
)

FT = ("conv1", "norm1", "conv2", "norm2")
FIT = {"epochs": 3, "batch_size": 4, "shuffle": False, "verbose": 0}
LOSS = "sparse_categorical_crossentropy"

# --- numbers and words ------------------------------------------------------------------------

NUMBERS = "That is the number of arrays; count the numbers in them."
LAYERS = "That is the number of layers; count the numbers in them."

inception = Bank(
    tasks.inception,
    solution=(34_432, 51_648),
    mistakes=[
        (
            (0, 51_648),
            "`fresh` is 0. So it is for VGG16, which has no BatchNormalization. Its statistics are "
            "non-trainable without any freeze.",
        ),
        (
            (17_216, 51_648),
            "`fresh` is 17,216. That is one array; the moving mean *and* the moving variance "
            "are kept.",
        ),
        (
            (51_648, 51_648),
            "`fresh` is 51,648. That counts beta, too; the optimizer updates it as long as nothing "
            "is frozen.",
        ),
        (
            (68_864, 51_648),
            "`fresh` is 68,864. That is 4C: all arrays of a layer with gamma, learned ones "
            "included.",
        ),
        ((94, 51_648), f"`fresh` is 94. {LAYERS}"),
        ((188, 51_648), f"`fresh` is 188. {NUMBERS}"),
        ((23_851_784, 51_648), "`fresh` is 23,851,784. That is every number of the network."),
        (
            (23_817_352, 51_648),
            "`fresh` is 23,817,352. That is the trainable count; the rest was asked for.",
        ),
        (
            (34_432, 0),
            "`norms_frozen` is 0. Frozen is the opposite of trainable: everything of these layers "
            "is non-trainable now.",
        ),
        (
            (34_432, 17_216),
            "`norms_frozen` is 17,216. That is beta alone; the statistics are still there, and "
            "still non-trainable.",
        ),
        (
            (34_432, 34_432),
            "`norms_frozen` is 34,432. So it is before the freeze; what else do these layers have?",
        ),
        (
            (34_432, 68_864),
            "`norms_frozen` is 68,864. You counted gamma; with `scale=False` there is none.",
        ),
        ((34_432, 86_080), "`norms_frozen` is 86,080. A freeze adds what was learned, once: beta."),
        ((34_432, 282), f"`norms_frozen` is 282. {NUMBERS}"),
        (
            (34_432, 23_851_784),
            "`norms_frozen` is 23,851,784. Only the BatchNormalization layers are frozen here, not "
            "the whole network.",
        ),
    ],
    variants=[
        (34_432.0, np.int64(51_648)),
        (np.array(34_432), keras.ops.convert_to_tensor(51_648)),
        (2 * 17_216, np.float32(51_648)),
    ],
)

googlenet = Bank(
    tasks.googlenet,
    solution=(776, 5528, 5624),
    mistakes=[
        (
            (0, 5528, 5624),
            "`fresh_googlenet` is 0. Nothing is frozen, but each BatchNormalization keeps two "
            "statistics a channel.",
        ),
        (
            (388, 5528, 5624),
            "`fresh_googlenet` is 388. That is one array; the moving mean *and* the moving "
            "variance are kept.",
        ),
        ((1552, 5528, 5624), "`fresh_googlenet` is 1,552. That is 4C; gamma and beta are learned."),
        ((40, 5528, 5624), f"`fresh_googlenet` is 40. {NUMBERS}"),
        ((20, 5528, 5624), f"`fresh_googlenet` is 20. {LAYERS}"),
        (
            (776, 776, 5624),
            "`convolutions_frozen` is 776. That is without any freeze; the two kernels join.",
        ),
        (
            (776, 4752, 5624),
            "`convolutions_frozen` is 4,752. Those are the two kernels alone; the statistics are "
            "non-trainable, too.",
        ),
        (
            (776, 4800, 5624),
            "`convolutions_frozen` is 4,800. Those are the two kernels, and a bias for each "
            "filter; add the statistics, and there is no bias.",
        ),
        (
            (776, 5576, 5624),
            "`convolutions_frozen` is 5,576. You counted a bias for each filter; a convolution "
            "before BatchNormalization has none here.",
        ),
        (
            (776, 5624, 5624),
            "`convolutions_frozen` is 5,624. You froze norm1 and norm2, too; here they still learn "
            "gamma and beta.",
        ),
        ((776, 920, 5624), "`convolutions_frozen` is 920. That is with conv1 alone."),
        ((776, 5384, 5624), "`convolutions_frozen` is 5,384. That is with conv2 alone."),
        (
            (776, 5816, 5624),
            "`convolutions_frozen` is 5,816. The kernel of conv1 reads one gray value a pixel, not "
            "three colours.",
        ),
        (
            (776, 1208, 5624),
            "`convolutions_frozen` is 1,208. The kernel of conv2 reads the 16 maps of conv1, "
            "not one.",
        ),
        (
            (776, 5528, 5528),
            "`four_frozen` is 5,528. That is without norm1 and norm2; their gamma and beta join.",
        ),
        (
            (776, 5528, 5720),
            "`four_frozen` is 5,720. You added all four arrays of norm1 and norm2; their "
            "statistics were counted already.",
        ),
        (
            (776, 5528, 4848),
            "`four_frozen` is 4,848. Those are kernels, gamma and beta; the statistics are "
            "missing.",
        ),
        (
            (776, 5528, 4944),
            "`four_frozen` is 4,944. Those are the four frozen layers alone; the other eighteen "
            "keep statistics, too.",
        ),
        (
            (776, 5528, 5576),
            "`four_frozen` is 5,576. Gamma *and* beta of norm1 and norm2 join, two arrays each.",
        ),
    ],
    variants=[
        (776.0, np.int64(5528), np.float64(5624)),
        (np.array(776), keras.ops.convert_to_tensor(5528), 5624),
        (2 * 388, 776 + 144 + 4608, 5528 + 96),
    ],
)

# The figures are those that `tools.measure transfer` stored; they change with the next run.
STORED = stored("transfer")["results"]
FEW = {word: rounded_percent(STORED["recipes"]["10"][name]) for word, name in DIGIT_WORDS.items()}
EMOJI = {word: rounded_percent(STORED["emoji"][name]) for word, name in EMOJI_WORDS.items()}
NEW = {
    word: rounded_percent(STORED["fine_tuning"][name]["new"])
    for word, name in SECOND_PHASE_WORDS.items()
}
OLD = {
    word: rounded_percent(STORED["fine_tuning"][name]["old"])
    for word, name in SECOND_PHASE_WORDS.items()
}

recipe = Bank(
    tasks.recipe,
    solution=("first two", "head", "control", "still 0.0001"),
    mistakes=[
        (
            ("scratch", "head", "control", "still 0.0001"),
            f"`digits` is 'scratch'. That reaches {FEW['scratch']}, and 'first two' "
            f"{FEW['first two']}: "
            "the pretrained values are worth having.",
        ),
        (
            ("head", "head", "control", "still 0.0001"),
            f"`digits` is 'head'. That reaches {FEW['head']}: features made for MNIST alone do "
            "not tell these digits apart as well as features that may adapt.",
        ),
        (
            ("everything", "head", "control", "still 0.0001"),
            f"`digits` is 'everything'. That reaches {FEW['everything']}, no more than 'first "
            "two' with "
            f"{FEW['first two']}, and costs more: gradients for the first layers, too.",
        ),
        (
            ("control", "head", "control", "still 0.0001"),
            f"`digits` is 'control'. That reaches {FEW['control']}: its values are random. It "
            "is there to compare with.",
        ),
        (
            ("first two", "scratch", "control", "still 0.0001"),
            "`phone` is 'scratch'. That has to train every layer, which the phone cannot, and "
            "reaches "
            f"{EMOJI['scratch']} against {EMOJI['head']} with the head alone.",
        ),
        (
            ("first two", "first two", "control", "still 0.0001"),
            "`phone` is 'first two'. That trains all later layers: it needs a way back through "
            "them.",
        ),
        (
            ("first two", "everything", "control", "still 0.0001"),
            "`phone` is 'everything'. That needs a way back through every layer, and reaches "
            f"{EMOJI['everything']} here against {EMOJI['head']} with the head alone.",
        ),
        (
            ("first two", "control", "control", "still 0.0001"),
            "`phone` is 'control'. The phone could do that, but the values are random: "
            f"{EMOJI['control']} against {EMOJI['head']}.",
        ),
        (
            ("first two", "head", "scratch", "still 0.0001"),
            "`compare_with` is 'scratch'. That differs in two things: the values, and what is "
            "frozen. A freeze alone may help with few labels.",
        ),
        (
            ("first two", "head", "first two", "still 0.0001"),
            "`compare_with` is 'first two'. That is the recipe itself.",
        ),
        (
            ("first two", "head", "everything", "still 0.0001"),
            "`compare_with` is 'everything'. That differs in what is frozen; both have pretrained "
            "values.",
        ),
        (
            ("first two", "head", "control", "free 0.0001"),
            "`second_phase` is 'free 0.0001'. The rate is small, but the statistics follow the new "
            f"digits: {OLD['free 0.0001']} on MNIST, and {NEW['free 0.0001']} on the new digits.",
        ),
        (
            ("first two", "head", "control", "still 0.01"),
            "`second_phase` is 'still 0.01'. At that rate the base loses what it knew: "
            f"{NEW['still 0.01']} and {OLD['still 0.01']}.",
        ),
        (
            ("first two", "head", "control", "free 0.01"),
            "`second_phase` is 'free 0.01'. On the new digits it holds up, with "
            f"{NEW['free 0.01']}, but MNIST is lost: {OLD['free 0.01']} instead of "
            f"{OLD['still 0.0001']}.",
        ),
    ],
    variants=[
        ("first_two", "Head", " CONTROL ", "still 0.0001"),
        ("FIRST TWO", "head\n", "Control", "Still 0.0001"),
        (" first two", "HEAD", "control", "still_0.0001"),
        (
            "first two frozen",
            "head only",
            "control: random, first two frozen",
            "statistics still, rate 0.0001",
        ),
    ],
)

# --- by_name -----------------------------------------------------------------------------------


def bn_convs_only(model):
    for n in ("conv1", "conv2"):
        model.get_layer(n).trainable = False
    return model


def bn_layers2(model):
    for layer in model.layers[:2]:
        layer.trainable = False
    return model


def bn_layers4(model):
    for layer in model.layers[:4]:
        layer.trainable = False
    return model


def bn_layers6(model):
    for layer in model.layers[:6]:
        layer.trainable = False
    return model


def bn_layers9(model):
    for layer in model.layers[:9]:
        layer.trainable = False
    return model


def bn_layers1(model):
    model.layers[0].trainable = False
    return model


def bn_all(model):
    model.trainable = False
    return model


def bn_all_layers(model):
    for layer in model.layers:
        layer.trainable = False
    return model


def bn_backbone(model):
    for layer in model.layers[:-1]:
        layer.trainable = False
    return model


def bn_head(model):
    model.layers[-1].trainable = False
    return model


def bn_and_head(model):
    for n in FT + ("head",):
        model.get_layer(n).trainable = False
    return model


def bn_reverse(model):
    for layer in model.layers:
        layer.trainable = layer.name in FT
    return model


def bn_compare(model):
    for n in FT:
        model.get_layer(n).trainable == False
    return model


def bn_clone_weights(model):
    c = keras.models.clone_model(model)
    c.set_weights(model.get_weights())
    for n in FT:
        c.get_layer(n).trainable = False
    return c


def bn_fit(model):
    for n in FT:
        model.get_layer(n).trainable = False
    model.compile("sgd", LOSS, run_eagerly=True)
    model.train_on_batch(np.random.rand(4, 28, 28, 1), np.arange(4))
    return model


def bn_early_return(model):
    for n in FT:
        model.get_layer(n).trainable = False
        return model


def bn_weights_flags(model):
    for n in FT:
        for v in model.get_layer(n).weights:
            v.trainable = False
    return model


def bn_allconvs(model):
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            layer.trainable = False
    return model


def bn_norms(model):
    for n in ("norm1", "norm2"):
        model.get_layer(n).trainable = False
    return model


def bn_conv2pair(model):
    for n in ("conv2", "norm2"):
        model.get_layer(n).trainable = False
    return model


def bn_sub(model):
    for n in FT:
        model.get_layer(n).trainable = False
    return keras.Model(model.input, model.get_layer("mixed_c").output)


def bn_momentum(model):
    for n in ("conv1", "conv2"):
        model.get_layer(n).trainable = False
    for n in ("norm1", "norm2"):
        model.get_layer(n).momentum = 1.0
    return model


def rbn_index7(model):
    for layer in model.layers[:8]:
        layer.trainable = False
    return model


def rbn_weighted(model):
    for layer in [layer for layer in model.layers if layer.weights][:4]:
        layer.trainable = False
    return model


def rbn_rewrapped(model):
    for n in FT:
        model.get_layer(n).trainable = False
    return keras.Model(model.input, model.output)


def rbn_submodel(model):
    keras.Model(model.input, model.get_layer("relu2").output).trainable = False
    return model


def rbn_slices(model):
    for c in (layers.Conv2D, layers.BatchNormalization):
        for layer in [x for x in model.layers if isinstance(x, c)][:2]:
            layer.trainable = False
    return model


def freeze_first_two(model):
    for name in ("conv1", "norm1", "conv2", "norm2"):
        model.get_layer(name).trainable = False
    return model


by_name = Bank(
    tasks.by_name,
    solution=(freeze_first_two,),
    mistakes=[
        (
            (bn_convs_only,),
            "conv1 and conv2 stood still, but norm1 and norm2 still learn and measure; they "
            "belong to it here.",
        ),
        (
            (bn_layers2,),
            "only conv1 stood still: `model.layers[0]` is the InputLayer, which has no weights.",
        ),
        (
            (bn_layers4,),
            "conv1 and norm1 stood still, conv2 and norm2 did not: a count of layers also "
            "counts the InputLayer, ReLU and pooling; use names.",
        ),
        (
            (bn_layers6,),
            "conv1, norm1 and conv2 stood still, norm2 did not: off by one at the end.",
        ),
        ((bn_layers9,), "conv_a_3x3_reduce stood still, too: the freeze goes too far."),
        ((bn_layers1,), "everything moved; what you froze, image, has no weights."),
        ((bn_all,), "nothing moved, the head included: the model's own flag is False."),
        ((bn_all_layers,), "nothing moved, the head included: every flag is False."),
        ((bn_backbone,), "everything but the head stood still; that is feature extraction."),
        ((bn_head,), "you froze the head, and everything else learned."),
        (
            (bn_and_head,),
            "the right layers stood still, and the head as well: it cannot learn the new classes.",
        ),
        ((bn_reverse,), "it is the other way round: what should stand still learned."),
        (
            (bn_compare,),
            "everything moved: no layer of the model is frozen. Is it `trainable`, with `=`, "
            "on the model's own layers and not on a copy?",
        ),
        (
            (bn_clone_weights,),
            "`freeze_first_two` returned a model with other weights than the one it was "
            "given: a clone or a new model is not frozen in its place.",
        ),
        (
            (bn_fit,),
            "`freeze_first_two` itself changed conv_a_3x3_reduce/kernel, conv_a_5x5_reduce/kernel "
            "and 90 more. It should only prepare the model; the check trains it.",
        ),
        (
            (bn_early_return,),
            "only conv1 stood still; a loop that ends or returns after its first turn does that.",
        ),
        (
            (bn_weights_flags,),
            "norm1 and norm2 kept gamma and beta, but the statistics moved: the flag of the "
            "*layer* holds them, not the flags of its weights.",
        ),
        ((bn_allconvs,), "all 20 convolutions stood still; the first two were asked for."),
        ((bn_norms,), "norm1 and norm2 stood still, but their convolutions still learn."),
        ((bn_conv2pair,), "conv1 and norm1 learned: the freeze does not go far enough."),
        (
            (bn_sub,),
            "`freeze_first_two` returned a part of the model, with 100 of its 102 weights: "
            "return the whole model.",
        ),
        (
            (bn_momentum,),
            "of norm1, moving_mean and moving_variance stood still and gamma and beta moved. "
            "Freeze whole layers.",
        ),
    ],
    variants=[(rbn_index7,), (rbn_weighted,), (rbn_rewrapped,), (rbn_submodel,), (rbn_slices,)],
)

# --- by_block ----------------------------------------------------------------------------------


def upto(cut):

    def f(model, block):
        names = [layer.name for layer in model.layers]
        i = cut(names, block)
        for layer in model.layers[:i]:
            layer.trainable = False
        return model

    return f


def bb_only_block(model, block):
    for layer in model.layers:
        if f"_{block}" in layer.name:
            layer.trainable = False
    return model


def bb_prev_only(model, block):
    for layer in model.layers:
        if any(f"_{p}" in layer.name for p in "abc"[: "abc".index(block)]):
            layer.trainable = False
    return model


def bb_letter(model, block):
    for layer in model.layers:
        if block in layer.name:
            break
        layer.trainable = False
    return model


def bb_convs(model, block):
    for layer in model.layers:
        if f"_{block}" in layer.name:
            break
        if isinstance(layer, layers.Conv2D):
            layer.trainable = False
    return model


def B(m):
    return m.get_layer("base")


def on(m):
    B(m).trainable = False
    B(m).trainable = True
    return B(m)


def bb_after(model, block):
    on = False
    for layer in model.layers:
        on = on or f"_{block}" in layer.name
        if on:
            layer.trainable = False
    return model


def bb_veto(model, block):
    model.trainable = False
    on = False
    for layer in model.layers:
        on = on or f"_{block}" in layer.name
        if on:
            layer.trainable = True
    return model


def bb_vars(model, block):
    for layer in model.layers:
        if f"_{block}" in layer.name:
            break
        for v in layer.weights:
            v.trainable = False
    return model


def rbb_submodel(model, block):
    last = model.get_layer("mixed_" + chr(ord(block) - 1))
    keras.Model(model.input, last.output).trainable = False
    return model


def rbb_reverse(model, block):
    on = False
    for layer in model.layers:
        on = on or f"_{block}" in layer.name
        layer.trainable = on
    return model


def freeze_before(model, block):
    names = [layer.name for layer in model.layers]
    first = next((i for i, name in enumerate(names) if f"_{block}" in name))
    for layer in model.layers[:first]:
        layer.trainable = False
    return model


by_block = Bank(
    tasks.by_block,
    solution=(freeze_before,),
    mistakes=[
        (
            (upto(lambda n, b: n.index(f"conv_{b}_1x1")),),
            "for the block 'b', conv_b_3x3_reduce, conv_b_5x5_reduce and 2 more stood still, "
            "though conv_b_1x1, conv_b_3x3 and 6 more of the same block learned: the branches"
            " lie mixed in `model.layers`. Cut before the first of them.",
        ),
        (
            (upto(lambda n, b: n.index(f"mixed_{b}")),),
            "for the block 'b', the block itself stood still as well; it should learn.",
        ),
        (
            (upto(lambda n, b: 29),),
            "for the block 'c', block b learned: one block too few is frozen.",
        ),
        (
            (upto(lambda n, b: n.index("mixed_" + chr(ord(b) - 1)) - 6),),
            "for the block 'b', norm_a_5x5 and norm_a_pool of block a learned: its branches "
            "lie mixed in `model.layers`.",
        ),
        (
            (upto(lambda n, b: 8),),
            "for the block 'b', only conv1, norm1, conv2 and norm2 stood still; block a comes"
            " before it, too.",
        ),
        (
            (bb_only_block,),
            "for the block 'b', that block alone stood still; everything *before* it should.",
        ),
        (
            (bb_prev_only,),
            "for the block 'b', conv1, norm1, conv2 and norm2 learned; they come before every"
            " block.",
        ),
        (
            (bb_letter,),
            "for the block 'c', everything moved; what you froze, image, has no weights.",
        ),
        (
            (bb_convs,),
            "for the block 'b', only convolutions stood still; the BatchNormalization layers "
            "before the block belong to it here.",
        ),
        (
            (bb_after,),
            "for the block 'b', it is the other way round: what should stand still learned.",
        ),
        (
            (bb_veto,),
            "for the block 'b', the model's own flag is False, and vetoes its layers: nothing"
            " is trained, whatever their flags say.",
        ),
        (
            (bb_vars,),
            "for the block 'b', norm1, norm2, norm_a_3x3_reduce, norm_a_5x5_reduce and 4 more"
            " kept gamma and beta, but the statistics moved: the flag of the *layer* holds "
            "them, not the flags of its weights.",
        ),
    ],
    variants=[
        (upto(lambda n, b: n.index("mixed_" + chr(ord(b) - 1)) + 1),),
        (rbb_submodel,),
        (rbb_reverse,),
    ],
)

# --- from_layer --------------------------------------------------------------------------------


def fl_noop(model, name):
    b = model.get_layer("base")
    b.trainable = True
    i = [layer.name for layer in b.layers].index(name)
    for layer in b.layers[:i]:
        layer.trainable = False
    return model


def thaw(model):
    b = model.get_layer("base")
    b.trainable = False
    b.trainable = True
    return b


def fl_outer(model, name):
    b = model.get_layer("base")
    thaw(model)
    i = [layer.name for layer in b.layers].index(name)
    for layer in model.layers[:i]:
        layer.trainable = False
    return model


def fl_incl(model, name):
    b = thaw(model)
    i = [layer.name for layer in b.layers].index(name)
    for layer in b.layers[: i + 1]:
        layer.trainable = False
    return model


def fl_less(model, name):
    b = thaw(model)
    i = [layer.name for layer in b.layers].index(name)
    for layer in b.layers[: i - 1]:
        layer.trainable = False
    return model


def fl_hard4(model, name):
    b = thaw(model)
    for layer in b.layers[:4]:
        layer.trainable = False
    return model


def fl_thaw(model, name):
    thaw(model)
    return model


def fl_reverse(model, name):
    b = thaw(model)
    i = [layer.name for layer in b.layers].index(name)
    for layer in b.layers[i:]:
        layer.trainable = False
    return model


def fl_ok(model, name):
    b = thaw(model)
    i = [layer.name for layer in b.layers].index(name)
    for layer in b.layers[:i]:
        layer.trainable = False
    return model


def fl_head(model, name):
    m = fl_ok(model, name)
    model.get_layer("head").trainable = False
    return m


def fl_all(model, name):
    model.trainable = False
    return model


def fl_only_base(model, name):
    fl_ok(model, name)
    return model.get_layer("base")


def fl_model_veto(model, name):
    model.trainable = False
    b = model.get_layer("base")
    b.trainable = True
    i = [layer.name for layer in b.layers].index(name)
    for layer in b.layers[:i]:
        layer.trainable = False
    return model


def fl_norms_still(model, name):
    fl_ok(model, name)
    freeze_batchnorm(model)
    return model


def fl_clone(model, name):
    c = keras.models.clone_model(model)
    return fl_ok(c, name)


def fl_vars(model, name):
    b = thaw(model)
    i = [layer.name for layer in b.layers].index(name)
    for layer in b.layers[:i]:
        for v in layer.weights:
            v.trainable = False
    return model


def fl_convs(model, name):
    b = thaw(model)
    i = [layer.name for layer in b.layers].index(name)
    for layer in b.layers[:i]:
        if "conv" in layer.name:
            layer.trainable = False
    return model


def fl_compare(model, name):
    b = thaw(model)
    i = [layer.name for layer in b.layers].index(name)
    for layer in b.layers[:i]:
        layer.trainable == False
    return model


def rfl_loop(model, name):
    b = model.get_layer("base")
    on = False
    b.trainable = True
    for layer in b.layers:
        on = on or layer.name == name
        layer.trainable = on
    return model


def rfl_outer_toggle(model, name):
    model.trainable = False
    model.trainable = True
    b = model.get_layer("base")
    for layer in b.layers:
        if layer.name == name:
            break
        layer.trainable = False
    return model


def rfl_no_base_flag(model, name):
    b = model.layers[1]
    on = False
    for layer in b.layers:
        on = on or layer.name == name
        layer.trainable = on
    return model


def rfl_compiled(model, name):
    fl_ok(model, name)
    model.compile("adam", LOSS)
    return model


def rfl_wrapped(model, name):
    fl_ok(model, name)
    return keras.Sequential([keras.Input((8, 8, 1)), model])


def rfl_reversed(model, name):
    b = model.get_layer("base")
    b.trainable = False
    b.trainable = True
    past = False
    for layer in reversed(b.layers):
        if past:
            layer.trainable = False
        past = past or layer.name == name
    return model


def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    position = [layer.name for layer in base.layers].index(name)
    for layer in base.layers[:position]:
        layer.trainable = False
    return model


from_layer = Bank(
    tasks.from_layer,
    solution=(fine_tune_from,),
    mistakes=[
        (
            (fl_noop,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': the "
            "whole base stood still. Its own flag is True, so `base.trainable = True` changes"
            " nothing: layers frozen one by one stay frozen. Set it to False first, or set "
            "every layer's flag.",
        ),
        (
            (fl_outer,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': nothing "
            "moved, the head included: a loop over `model.layers` takes base and head; the "
            "base's own layers are in `base.layers`.",
        ),
        (
            (fl_incl,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': norm2 "
            "itself stood still: off by one, since a slice [:n] ends before n.",
        ),
        (
            (fl_less,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': conv2 "
            "learned: off by one. A functional model lists its InputLayer as layers[0], a "
            "Sequential one does not.",
        ),
        (
            (fl_hard4,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': conv2 "
            "learned: off by one. A functional model lists its InputLayer as layers[0], a "
            "Sequential one does not.",
        ),
        (
            (fl_thaw,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': "
            "everything learned: no layer before norm2 stood still. Does a later line switch "
            "them on again, or is the cut counted in `model.layers`?",
        ),
        (
            (fl_reverse,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': norm2, conv3 "
            "and norm3 stood still and what comes before learned: it is the other way round.",
        ),
        (
            (fl_head,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': the head"
            " stood still; it should learn, too.",
        ),
        (
            (fl_all,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': the flag"
            " of the whole model is False, and vetoes all inside: nothing is trained.",
        ),
        (
            (fl_only_base,),
            "`fine_tune_from` returned a part of the model, with 15 of its 17 weights: return"
            " the whole model.",
        ),
        (
            (fl_model_veto,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': the flag"
            " of the whole model is False, and vetoes all inside: nothing is trained.",
        ),
        (
            (fl_norms_still,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': norm2 "
            "and norm3 stood still, too: from norm2 on, every layer learns, whatever its flag"
            " was before.",
        ),
        (
            (fl_clone,),
            "`fine_tune_from` returned a model with other weights than the one it was given: "
            "a clone or a new model is not frozen in its place.",
        ),
        (
            (fl_vars,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': of "
            "norm1, gamma and beta stood still and moving_mean and moving_variance moved. "
            "Freeze whole layers.",
        ),
        (
            (fl_convs,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': norm1 "
            "learned, though before norm2.",
        ),
        (
            (fl_compare,),
            "with a functional base that arrives frozen layer by layer, and 'norm2': "
            "everything learned: no layer before norm2 stood still. Does a later line switch "
            "them on again, or is the cut counted in `model.layers`?",
        ),
    ],
    variants=[
        (rfl_loop,),
        (rfl_outer_toggle,),
        (rfl_no_base_flag,),
        (rfl_compiled,),
        (rfl_wrapped,),
        (rfl_reversed,),
    ],
)

# --- still_learning ----------------------------------------------------------------------------


def P(weight):
    return math.prod(weight.shape)


def sl_rec(m):
    d = {}
    for layer in m.layers:
        if hasattr(layer, "layers"):
            d |= sl_rec(layer)
        elif layer.trainable:
            d |= {x.path: P(x) for x in layer.weights}
    return d


def sl_thaw2(m):
    m.trainable = False
    m.trainable = True
    return {x.path: P(x) for x in m.trainable_weights}


def sl_rec3(m):
    d = {}
    for layer in m.layers:
        if hasattr(layer, "layers"):
            d |= sl_rec3(layer)
        else:
            d |= {x.path: P(x) for x in layer.trainable_weights}
    return d


def what_learns_by_ids(m):
    learning = {id(x) for x in m.trainable_variables}
    d = {}
    for x in m.weights:
        if id(x) in learning:
            d[x.path] = P(x)
    return d


def what_learns(model):
    return {weight.path: math.prod(weight.shape) for weight in model.trainable_weights}


still_learning = Bank(
    tasks.still_learning,
    solution=(what_learns,),
    mistakes=[
        (
            (lambda m: {x.path: P(x) for x in m.weights},),
            "for a model whose base is frozen: these are all weights, frozen ones and "
            "statistics included.",
        ),
        (
            (lambda m: {x.path: P(x) for x in m.non_trainable_weights},),
            "for a model whose base is frozen: these are the weights that do *not* learn.",
        ),
        (
            (lambda m: {x.name: P(x) for x in m.trainable_weights},),
            "for a model whose base is frozen: you gave names such as 'kernel', which several"
            " weights share; give the `path` of each.",
        ),
        (
            (
                lambda m: {
                    layer.name: layer.count_params() for layer in m.layers if layer.trainable
                },
            ),
            "for a model whose base is frozen: you gave layers such as 'images'; give the "
            "`path` of each weight.",
        ),
        (
            (
                lambda m: {
                    x.path: P(x) for layer in m.layers if layer.trainable for x in layer.weights
                },
            ),
            "for a model whose base is frozen in part: these are all weights, frozen ones and"
            " statistics included.",
        ),
        (
            (
                lambda m: {
                    x.path: P(x)
                    for layer in m.layers
                    if layer.trainable
                    for x in layer.trainable_weights
                },
            ),
            "for a model with a model in a model in a model: inner/deep/kernel is missing: it"
            " does learn. Look into nested models, and do not skip a layer because a model "
            "around it is frozen.",
        ),
        (
            (lambda m: {x.path: 1 for x in m.trainable_weights},),
            "for a model whose base is frozen: head/kernel has 1 numbers in your dict: you "
            "counted arrays; count the numbers in them.",
        ),
        (
            (lambda m: {x.path: 4 * P(x) for x in m.trainable_weights},),
            "for a model whose base is frozen: head/kernel has 72 numbers in your dict: those"
            " are bytes, four for each number.",
        ),
        (
            (lambda m: {x.path: sum(x.shape) for x in m.trainable_weights},),
            "for a model whose base is frozen: head/kernel has 9 numbers in your dict: "
            "multiply its shape (6, 3), do not add it up.",
        ),
        (
            (lambda m: {x.path: len(x.shape) for x in m.trainable_weights},),
            "for a model whose base is frozen: head/kernel has 2 numbers in your dict: that "
            "is how many axes it has; its shape is (6, 3).",
        ),
        (
            (lambda m: {x.path: len(x.numpy()) for x in m.trainable_weights},),
            "for a model whose base is frozen: head/kernel has 6 numbers in your dict: that "
            "is the length of its first axis; its shape is (6, 3).",
        ),
        (
            (lambda m: {x.path: x.shape[-1] for x in m.trainable_weights},),
            "for a model whose base is frozen: head/kernel has 3 numbers in your dict: that "
            "is the length of its last axis; its shape is (6, 3).",
        ),
        (
            (lambda m: [x.path for x in m.trainable_weights],),
            "`what_learns` should return a dict {path: numbers}; it gives a list of 2.",
        ),
        (
            (lambda m: sum((P(x) for x in m.trainable_weights)),),
            "`what_learns` should return a dict {path: numbers}; it gives 21.",
        ),
        ((lambda m: {},), "for a model whose base is frozen: your dict is empty."),
        (
            (sl_rec3,),
            "for a model whose own flag is False, and whose head's is True: head/kernel does not "
            "learn: the model's flag vetoes all flags in it.",
        ),
        (
            (lambda m: {x.path: P(x) for x in m.variables if x.trainable},),
            "for a model whose own flag is False, and whose head's is True: head/kernel does not "
            "learn: the model's flag vetoes all flags in it.",
        ),
        (
            (
                lambda m: {
                    x.path: P(x) for x in m.weights if not x.path.endswith(("mean", "variance"))
                },
            ),
            "for a model whose base is frozen: conv1/kernel is frozen. A flag can stand on "
            "the model, on a layer or on the weight itself.",
        ),
        (
            (sl_rec,),
            "for a model whose base is frozen in part: norm2/moving_mean is a statistic, "
            "which the optimizer does not update.",
        ),
        (
            (sl_thaw2,),
            "for a model whose base is frozen: your function itself changed flags; it should "
            "only look.",
        ),
        (
            (lambda m: {x.path: str(P(x)) for x in m.trainable_weights},),
            "`numbers of head/kernel` is text, '18'; give the number without quotes.",
        ),
    ],
    variants=[
        (what_learns_by_ids,),
        (lambda m: [(x.path, np.prod(x.shape)) for x in m.trainable_weights],),
        (
            lambda m: {
                x.path: float(P(x)) for x in m.weights if any(x is y for y in m.trainable_weights)
            },
        ),
        (lambda m: {x.path: x.count for x in ledger(m).weights if x.role == Role.LEARNED},),
        (lambda m: {x.path: keras.ops.size(x) for x in m.trainable_weights},),
        (lambda m: MappingProxyType({x.path: P(x) for x in m.trainable_weights}),),
    ],
)

# --- features_once -----------------------------------------------------------------------------


def fo_training(base, head, x, y, n):
    head.fit(base(x, training=True), y, **FIT)
    return head.predict(base(n, training=False), verbose=0)


def fo_oneepoch(base, head, x, y, n):
    head.fit(base.predict(x, verbose=0), y, batch_size=4, shuffle=False, verbose=0)
    return head.predict(base.predict(n, verbose=0), verbose=0)


def fo_batch32(base, head, x, y, n):
    head.fit(base.predict(x, verbose=0), y, epochs=3, shuffle=False, verbose=0)
    return head.predict(base.predict(n, verbose=0), verbose=0)


def fo_default(base, head, x, y, n):
    head.fit(base.predict(x, verbose=0), y, shuffle=False, verbose=0)
    return head.predict(base.predict(n, verbose=0), verbose=0)


def fo_fiveepochs(base, head, x, y, n):
    head.fit(base.predict(x, verbose=0), y, **FIT | {"epochs": 5})
    return head.predict(base.predict(n, verbose=0), verbose=0)


def fo_shuffled(base, head, x, y, n):
    head.fit(base.predict(x, verbose=0), y, **FIT | {"shuffle": True})
    return head.predict(base.predict(n, verbose=0), verbose=0)


def fo_images(base, head, x, y, n):
    head.fit(x, y, **FIT)
    return head.predict(n, verbose=0)


def fo_adam(base, head, x, y, n):
    head.compile("adam", "sparse_categorical_crossentropy")
    head.fit(base.predict(x, verbose=0), y, **FIT)
    return head.predict(base.predict(n, verbose=0), verbose=0)


def fo_old(base, head, x, y, n):
    f = base.predict(x, verbose=0)
    head.fit(f, y, **FIT)
    return head.predict(f, verbose=0)


def fo_old8(base, head, x, y, n):
    f = base.predict(x, verbose=0)
    head.fit(f, y, **FIT)
    return head.predict(f, verbose=0)[:8]


def fo_untrained(base, head, x, y, n):
    return head.predict(base.predict(n, verbose=0), verbose=0)


def fo_whole_frozen(base, head, x, y, n):
    base.trainable = False
    m = keras.Sequential([keras.Input((8, 8, 1)), base, head])
    m.compile(keras.optimizers.SGD(0.1), LOSS, run_eagerly=True)
    m.fit(x, y, **FIT)
    return m.predict(n, verbose=0)


def fo_labels(base, head, x, y, n):
    head.fit(base.predict(x, verbose=0), y, **FIT)
    return head.predict(base.predict(n, verbose=0), verbose=0).argmax(1)


def fo_features(base, head, x, y, n):
    head.fit(base.predict(x, verbose=0), y, **FIT)
    return base.predict(n, verbose=0)


def fo_ownhead(base, head, x, y, n):
    h = keras.models.clone_model(head)
    h.compile("sgd", LOSS, run_eagerly=True)
    h.fit(base.predict(x, verbose=0), y, **FIT)
    return h.predict(base.predict(n, verbose=0), verbose=0)


def fo_basefit(base, head, x, y, n):
    base.compile("sgd", "mse", run_eagerly=True)
    base.fit(x, base.predict(x, verbose=0) + 1, verbose=0)
    head.fit(base.predict(x, verbose=0), y, **FIT)
    return head.predict(base.predict(n, verbose=0), verbose=0)


def fo_head(base, head, x, y, n):
    return head


def rfo_call(base, head, x, y, n):
    head.fit(base(x, training=False), y, **FIT)
    return head(base(n, training=False))


def rfo_frozen_training(base, head, x, y, n):
    base.trainable = False
    head.fit(base(x, training=True), y, **FIT)
    return head.predict(base.predict(n, verbose=0), verbose=0)


def rfo_once(base, head, x, y, n):
    f = base.predict(np.concatenate([x, n]), verbose=0)
    head.fit(f[:16], y, **FIT)
    return head.predict(f[16:], verbose=0)


def rfo_batches(base, head, x, y, n):
    f = base.predict(x, batch_size=4, verbose=0)
    for e in range(3):
        for i in range(0, 16, 4):
            head.train_on_batch(f[i : i + 4], y[i : i + 4])
    return head.predict_on_batch(base.predict_on_batch(n))


def rfo_manual(base, head, x, y, n):
    f = base.predict(x, verbose=0)
    W, b = [v.astype(float) for v in head.get_weights()]
    for e in range(3):
        for i in range(0, 16, 4):
            z = f[i : i + 4] @ W + b
            p = np.exp(z - z.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            g = (p - np.eye(3)[y[i : i + 4]]) / 4
            W -= 0.1 * f[i : i + 4].T @ g
            b -= 0.1 * g.sum(0)
    head.set_weights([W, b])
    return head.predict(base.predict(n, verbose=0), verbose=0)


def scores_by_features(base, head, images, labels, new_images):
    features = base.predict(images, verbose=0)
    head.fit(features, labels, epochs=3, batch_size=4, shuffle=False, verbose=0)
    return head.predict(base.predict(new_images, verbose=0), verbose=0)


features_once = Bank(
    tasks.features_once,
    solution=(scores_by_features,),
    mistakes=[
        (
            (fo_training,),
            "the base's statistics moved, such as norm1/moving_mean: call the base in "
            "inference mode, by predict or with training=False outside of fit.",
        ),
        (
            (fo_oneepoch,),
            "the scores are those of a training with one epoch; 3 epochs in batches of 4 were"
            " asked for.",
        ),
        (
            (fo_batch32,),
            "the scores are those of a training with batches of 32, the default; 3 epochs in "
            "batches of 4 were asked for.",
        ),
        (
            (fo_default,),
            "the scores are those of a training with one epoch and batches of 32; 3 epochs in"
            " batches of 4 were asked for.",
        ),
        (
            (fo_fiveepochs,),
            "the head was trained in 20 steps; 3 epochs of 16 images in batches of 4 make 12.",
        ),
        (
            (fo_images,),
            "a model was given what it does not take: the base takes images, (8, 8, 1), the head "
            "their 6 features.",
        ),
        (
            (fo_adam,),
            "the head arrives compiled; yours was compiled anew, and trained to other scores.",
        ),
        (
            (fo_shuffled,),
            "the head was trained in 12 steps, as many as asked for, and yet to other scores. "
            "Were the images shuffled (shuffle=False), and in batches of 4?",
        ),
        (
            (fo_old,),
            "the scores have the shape (16, 3); eight new images and three classes make (8, 3).",
        ),
        (
            (fo_old8,),
            "these are scores of the training images; those of `new_images` were asked for.",
        ),
        ((fo_untrained,), "the head that was given did not learn: fit it on the features."),
        (
            (fo_whole_frozen,),
            "the scores are right, but the base was given 56 images; each of the 24 once is "
            "enough. Compute the features before the fit.",
        ),
        (
            (fo_labels,),
            "the scores have the shape (8,); eight new images and three classes make (8, 3).",
        ),
        (
            (fo_features,),
            "the scores have the shape (8, 6); eight new images and three classes make (8, 3).",
        ),
        ((fo_ownhead,), "the head that was given did not learn: fit it on the features."),
        ((fo_basefit,), "the base learned, such as conv1/kernel: only the head should."),
        (
            (fo_head,),
            "`the scores` should be an array of numbers; yours is the layer or model 'head'.",
        ),
    ],
    variants=[(rfo_call,), (rfo_frozen_training,), (rfo_once,), (rfo_batches,), (rfo_manual,)],
)

# --- second_phase ------------------------------------------------------------------------------


def A(rate):
    return keras.optimizers.Adam(rate)


def C(m, o=None):
    m.compile(o or A(1e-4), LOSS)
    return m


def B(m):
    return m.get_layer("base")


def sp_broken(m):
    B(m).trainable = True
    return C(m, "adam")


def sp_nobn(m):
    on(m)
    return C(m)


def sp_noop(m):
    B(m).trainable = True
    freeze_batchnorm(B(m))
    return C(m)


def sp_bn_first(m):
    freeze_batchnorm(B(m))
    on(m)
    return C(m)


def sp_same(m):
    freeze_batchnorm(on(m))
    return C(m, m.optimizer)


def sp_rate_only(m):
    freeze_batchnorm(on(m))
    m.optimizer.learning_rate = 0.0001
    return m


def sp_oldrate(m):
    freeze_batchnorm(on(m))
    return C(m, A(0.01))


def sp_mid(m):
    freeze_batchnorm(on(m))
    return C(m, A(0.0005))


def sp_frozen(m):
    return C(m)


def sp_frozen2(m):
    m.trainable = False
    return C(m)


def sp_head(m):
    freeze_batchnorm(on(m))
    m.get_layer("head").trainable = False
    return C(m)


def sp_idiom(m):
    base = on(m)
    i = keras.Input((8, 8, 1))
    n = keras.Model(i, m.get_layer("head")(base(i, training=False)))
    return C(n)


def sp_vars(m):
    b = on(m)
    for layer in batchnorm_layers(b):
        for v in layer.weights:
            v.trainable = False
    return C(m)


def sp_gb(m):
    b = on(m)
    for layer in batchnorm_layers(b):
        layer.trainable = False
        layer.gamma.trainable = True
        layer.beta.trainable = True
    return C(m)


def sp_onebn(m):
    on(m)
    B(m).get_layer("norm1").trainable = False
    return C(m)


def sp_clone(m):
    c = keras.models.clone_model(m)
    freeze_batchnorm(on(c))
    return C(c)


def sp_last(m):
    b = on(m)
    freeze_batchnorm(b)
    for layer in b.layers[:4]:
        layer.trainable = False
    return C(m)


def sp_zero(m):
    freeze_batchnorm(on(m))
    return C(m, A(0.0))


def sp_uncompiled(m):
    freeze_batchnorm(on(m))
    return keras.Model(m.input, m.output)


def rsp_loop(m):
    for layer in B(m).layers:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
    return C(m)


def rsp_compile_first(m):
    C(m)
    freeze_batchnorm(on(m))
    return m


def rsp_sgd(m):
    freeze_batchnorm(on(m))
    return C(m, keras.optimizers.SGD(0.0001, momentum=0.9))


def rsp_new(m):
    b = on(m)
    freeze_batchnorm(b)
    i = keras.Input((8, 8, 1))
    return C(keras.Model(i, m.get_layer("head")(b(i))))


def rsp_schedule(m):
    freeze_batchnorm(on(m))
    return C(m, A(keras.optimizers.schedules.ExponentialDecay(0.0001, 100, 0.9)))


def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    freeze_batchnorm(base)
    model.compile(keras.optimizers.Adam(0.0001), "sparse_categorical_crossentropy")
    return model


second_phase = Bank(
    tasks.second_phase,
    solution=(start_second_phase,),
    mistakes=[
        (
            (sp_broken,),
            "the learning rate is 0.001, the default of Adam and of a compile that "
            "names no optimizer. 0.0001 was asked for.",
        ),
        (
            (sp_nobn,),
            "in a fit the statistics of norm1 and norm2 moved. Freeze each BatchNormalization"
            " *after* the base is unfrozen; training=False does not protect it under fit on "
            "this Keras.",
        ),
        (
            (sp_noop,),
            "on a base that was frozen layer by layer, no kernel of the base learned: its own"
            " flag is True, so that setting it to True changes nothing: its layers were "
            "frozen one by one and stay so.",
        ),
        (
            (sp_bn_first,),
            "in a fit the statistics of norm1 and norm2 moved. Freeze each BatchNormalization"
            " *after* the base is unfrozen; training=False does not protect it under fit on "
            "this Keras.",
        ),
        (
            (sp_same,),
            "the optimizer is the one of the first phase: it was built for the head alone and"
            " fails on other weights. Compile with a new one.",
        ),
        (
            (sp_rate_only,),
            "there is no compile after the first phase: its training step goes on, in which "
            "only the head is trained, whatever the flags say now.",
        ),
        (
            (sp_oldrate,),
            "the learning rate is 0.01, as in the first phase, or SGD's default; it would "
            "wash out what the base knows. 0.0001 was asked for.",
        ),
        ((sp_mid,), "the learning rate is 0.0005; 0.0001 was asked for."),
        ((sp_frozen,), "no kernel of the base learned: its own flag is False."),
        (
            (sp_frozen2,),
            "nothing in the model can learn: the flag of the whole model is False, or every "
            "flag in it.",
        ),
        ((sp_head,), "the head stood still: it should learn on, with the base."),
        (
            (sp_idiom,),
            "in a fit the statistics of norm1 and norm2 moved. Freeze each BatchNormalization"
            " *after* the base is unfrozen; training=False does not protect it under fit on "
            "this Keras.",
        ),
        (
            (sp_vars,),
            "in a fit the statistics of norm1 and norm2 moved. Their gamma and beta stood "
            "still: it is the layer's own flag that counts, not those of its weights.",
        ),
        (
            (sp_gb,),
            "gamma and beta of norm1 and norm2 learned; all of each BatchNormalization should"
            " stand still.",
        ),
        (
            (sp_onebn,),
            "in a fit the statistics of norm2 moved. Others stood still: freeze *every* "
            "BatchNormalization.",
        ),
        (
            (sp_clone,),
            "`start_second_phase` returned a model with other weights than the one it was "
            "given: a clone or a new model is not frozen in its place.",
        ),
        ((sp_last,), "conv1 did not learn: it is still frozen."),
        ((sp_zero,), "the learning rate is 0: nothing would learn."),
        ((sp_uncompiled,), "the model that you return is not compiled: compile it at the end."),
    ],
    variants=[(rsp_loop,), (rsp_compile_first,), (rsp_sgd,), (rsp_new,), (rsp_schedule,)],
)

# --- whole_order -------------------------------------------------------------------------------

whole_order = Bank(
    tasks.whole_order,
    solution=("FCDBIAH",),
    mistakes=[
        (
            ("FCDBIJH",),
            "`order` is F C D B I J H. A fit stopped: the optimizer of the first phase was "
            "built for the head alone and does not know the base's weights. Give a new one.",
        ),
        (
            ("FCDBIKH",),
            "`order` is F C D B I K H. The second fit ran at the learning rate 0.001; the "
            "base wants 0.0001.",
        ),
        (
            ("FCDEIAH",),
            "`order` is F C D E I A H. In the second fit the base did not learn: E changes "
            "nothing, since the model's own flag is True.",
        ),
        (
            ("FCDBGAH",),
            "`order` is F C D B G A H. In the second fit the statistics of norm1 and norm2 "
            "moved: I is missing, and G protects nothing under fit.",
        ),
        (
            ("FCDBAH",),
            "`order` is F C D B A H. In the second fit the statistics of norm1 and norm2 "
            "moved: I is missing.",
        ),
        (
            ("FCDBIH",),
            "`order` is F C D B I H. In the second fit the base did not learn: after a fit, "
            "new flags need a compile before the next fit.",
        ),
        (
            ("FCDIBAH",),
            "`order` is F C D I B A H. In the second fit the statistics of norm1 and norm2 "
            "moved: I has to come after B, and before the second fit.",
        ),
        (("FCDBIA",), "`order` is F C D B I A. Two phases need two fits, D and H; one is missing."),
        (
            ("CDBIAH",),
            "`order` is C D B I A H. In the first fit conv1, norm1, conv2 and 2 more moved: "
            "only the head should, as long as it is untrained (F is missing).",
        ),
        (
            ("CDFBIAH",),
            "`order` is C D F B I A H. In the first fit conv1, norm1, conv2 and 2 more moved:"
            " only the head should, as long as it is untrained (F comes after it).",
        ),
        (
            ("FBCDIAH",),
            "`order` is F B C D I A H. In the first fit conv1, norm1, conv2 and 2 more moved:"
            " only the head should, as long as it is untrained (B undoes F before it).",
        ),
        (
            ("FADBICH",),
            "`order` is F A D B I C H. The second fit ran at the learning rate 0.01; the base"
            " wants 0.0001.",
        ),
        (
            ("FKDBIAH",),
            "`order` is F K D B I A H. The first fit ran at the learning rate 0.001; 0.01 was"
            " asked for, with which a new head gets anywhere.",
        ),
        (
            ("FCDIAH",),
            "`order` is F C D I A H. In the second fit the base did not learn: B is missing.",
        ),
        (
            ("FCDBIAHG",),
            "`order` is F C D B I A H G. It works, but with 8 lines; seven are enough.",
        ),
    ],
    variants=[
        ("FCHBIAD",),
        ("f, c, h, b, i, a, d",),
        (["F", "C", "D", "B", "I", "A", "H"],),
        ("CFDBIAH",),
    ],
)
