"""Answers to exercise 6, pretrained networks."""

import math
from types import MappingProxyType

import keras
import numpy as np
from keras import layers

from banks import Bank
from helpers.batchnorm import batchnorm_layers, freeze_batchnorm
from helpers.ledger import Role, ledger
from helpers.tasks import pretrained_networks as tasks

FT = ("conv1", "norm1", "conv2", "norm2")
FIT = {"epochs": 3, "batch_size": 4, "shuffle": False, "verbose": 0}
LOSS = "sparse_categorical_crossentropy"

# --- numbers and words ------------------------------------------------------------------------

inception = Bank(
    tasks.inception,
    solution=(34_432, 51_648),
    mistakes=[
        (0, 51_648),
        (17_216, 51_648),
        (51_648, 51_648),
        (68_864, 51_648),
        (94, 51_648),
        (188, 51_648),
        (23_851_784, 51_648),
        (23_817_352, 51_648),
        (34_432, 0),
        (34_432, 17_216),
        (34_432, 34_432),
        (34_432, 68_864),
        (34_432, 86_080),
        (34_432, 282),
        (34_432, 23_851_784),
        (34_432, 23_800_136),
        (3_236_608, 51_648),
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
        (0, 5528, 5624),
        (388, 5528, 5624),
        (1552, 5528, 5624),
        (40, 5528, 5624),
        (20, 5528, 5624),
        (776, 776, 5624),
        (776, 4752, 5624),
        (776, 4800, 5624),
        (776, 5576, 5624),
        (776, 5624, 5624),
        (776, 920, 5624),
        (776, 5384, 5624),
        (776, 5816, 5624),
        (776, 1208, 5624),
        (776, 5528, 5528),
        (776, 5528, 5720),
        (776, 5528, 4848),
        (776, 5528, 4944),
        (776, 5528, 5576),
        (776, 5528, 5672),
        (776, 5528, 872),
        (776, 824, 5624),
        (47_074, 5528, 5624),
        (776, 42_322, 5624),
        (776, 5528, 42_226),
    ],
    variants=[
        (776.0, np.int64(5528), np.float64(5624)),
        (np.array(776), keras.ops.convert_to_tensor(5528), 5624),
        (2 * 388, 776 + 144 + 4608, 5528 + 96),
    ],
)

recipe = Bank(
    tasks.recipe,
    solution=("first two", "head", "control", "still 0.0001"),
    mistakes=[
        ("scratch", "head", "control", "still 0.0001"),
        ("head", "head", "control", "still 0.0001"),
        ("everything", "head", "control", "still 0.0001"),
        ("control", "head", "control", "still 0.0001"),
        ("first two", "scratch", "control", "still 0.0001"),
        ("first two", "first two", "control", "still 0.0001"),
        ("first two", "everything", "control", "still 0.0001"),
        ("first two", "control", "control", "still 0.0001"),
        ("first two", "head", "scratch", "still 0.0001"),
        ("first two", "head", "first two", "still 0.0001"),
        ("first two", "head", "everything", "still 0.0001"),
        ("first two", "head", "control", "free 0.0001"),
        ("first two", "head", "control", "still 0.01"),
        ("first two", "head", "control", "free 0.01"),
        ("first two", "head", "control", "head"),
        ("95 %", "head", "control", "still 0.0001"),
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
        ("First two frozen", np.array(["HEAD ONLY"]), "Control: random, head only", "still 1e-4"),
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


def bn_text(model):
    for n in FT:
        model.get_layer(n).trainable = "False"
    return model


def bn_misspelt(model):
    for n in FT:
        model.get_layer(n).trainabel = False
    return model


def bn_copy_frozen(model):
    copy = keras.models.clone_model(model)
    for n in FT:
        copy.get_layer(n).trainable = False
    return model


def bn_thawed_again(model):
    for n in FT:
        model.get_layer(n).trainable = False
    for layer in model.layers:
        layer.trainable = True
    return model


def bn_all_norms(model):
    for n in ("conv1", "conv2"):
        model.get_layer(n).trainable = False
    freeze_batchnorm(model)
    return model


def bn_no_return(model):
    for n in FT:
        model.get_layer(n).trainable = False


def bn_zeroed(model):
    freeze_first_two(model)
    model.get_layer("conv1").kernel.assign(0 * model.get_layer("conv1").kernel)
    return model


def bn_masked(model):
    def fit(*args, **kwargs):
        kept = {n: model.get_layer(n).get_weights() for n in FT}
        keras.Model.fit(model, *args, **kwargs)
        for n, values in kept.items():
            model.get_layer(n).set_weights(values)

    model.fit = model.train_on_batch = fit
    return model


by_name = Bank(
    tasks.by_name,
    solution=(freeze_first_two,),
    mistakes=[
        # ask: "*and the BatchNormalization layer behind each of them*"
        (bn_convs_only,),
        (bn_layers2,),
        (bn_layers4,),
        (bn_layers6,),
        # ask: "and nothing else"
        (bn_layers9,),
        (bn_layers1,),
        (bn_all,),
        (bn_all_layers,),
        (bn_backbone,),
        (bn_head,),
        (bn_and_head,),
        (bn_reverse,),
        (bn_compare,),
        # ask: "same model"
        (bn_clone_weights,),
        # ask: "You set flags only"
        (bn_fit,),
        (bn_zeroed,),
        # ask: "you return the"
        (bn_no_return,),
        (bn_text,),
        (bn_misspelt,),
        (bn_copy_frozen,),
        (bn_thawed_again,),
        (bn_all_norms,),
        (bn_masked,),
        (bn_early_return,),
        (bn_weights_flags,),
        (bn_allconvs,),
        (bn_norms,),
        (bn_conv2pair,),
        (bn_sub,),
        (bn_momentum,),
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


def names_of(model, *blocks):
    names = [layer.name for layer in model.layers]
    return [name for name in names if any(f"_{block}_" in name for block in blocks)]


def freeze(model, names):
    for name in names:
        model.get_layer(name).trainable = False
    return model


def bb_previous_alone(model, block):
    return freeze(model, names_of(model, chr(ord(block) - 1)))


def bb_stem_and_previous(model, block):
    return freeze(model, [*FT, *names_of(model, *"abc"[: max("abc".index(block) - 1, 0)])])


def bb_trained(model, block):
    freeze_before(model, block)
    model.compile("sgd", LOSS, run_eagerly=True)
    model.train_on_batch(np.random.rand(4, 28, 28, 1), np.arange(4))
    return model


def bb_and_head(model, block):
    return freeze(freeze_before(model, block), ["head"])


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
    last = model.get_layer({"a": "relu2", "b": "mixed_a", "c": "mixed_b"}[block])
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
        (upto(lambda n, b: n.index(f"conv_{b}_1x1")),),
        # ask: "The block itself"
        (upto(lambda n, b: n.index(f"mixed_{b}")),),
        # ask: "everything after it"
        (bb_and_head,),
        # ask: "and all earlier blocks"
        (upto(lambda n, b: 8),),
        (bb_stem_and_previous,),
        # ask: "the first two convolutions"
        (bb_previous_alone,),
        # ask: "set flags only"
        (bb_trained,),
        # ask: "return the model"
        (lambda model, block: None if freeze_before(model, block) else 0,),
        (upto(lambda n, b: 29),),
        (upto(lambda n, b: n.index("mixed_" + chr(ord(b) - 1)) - 6 if b > "a" else 8),),
        (bb_only_block,),
        (bb_prev_only,),
        (bb_letter,),
        (bb_convs,),
        (bb_after,),
        (bb_veto,),
        (bb_vars,),
    ],
    variants=[
        (upto(lambda n, b: n.index("mixed_" + chr(ord(b) - 1)) + 1 if b > "a" else 8),),
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


def fl_stays(model, name):
    b = model.get_layer("base")
    for layer in b.layers[: [layer.name for layer in b.layers].index(name)]:
        layer.trainable = False
    return model


def fl_without_input(model, name):
    b = thaw(model)
    for layer in b.layers[1:]:
        if layer.name == name:
            break
        layer.trainable = False
    return model


def fl_base_only(model, name):
    model.get_layer("base").trainable = False
    return model


def fl_trained(model, name):
    fl_ok(model, name)
    model.compile("sgd", LOSS, run_eagerly=True)
    model.fit(*tasks.pictures(), verbose=0)
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
        # ask: "It has to work no matter how the base arrives"
        (fl_noop,),
        (fl_stays,),
        # ask: "functional or Sequential"
        (fl_without_input,),
        (fl_base_only,),
        (fl_outer,),
        # ask: "that layer, all later ones"
        (fl_incl,),
        (fl_less,),
        (fl_hard4,),
        # ask: "all layers before the layer `name` should stand still"
        (fl_thaw,),
        (fl_reverse,),
        # ask: "and the head should learn"
        (fl_head,),
        (fl_all,),
        # ask: "Return the model"
        (fl_only_base,),
        (fl_model_veto,),
        # ask: "BatchNormalization is a layer like any other"
        (fl_norms_still,),
        # ask: "the check compiles it"
        (fl_trained,),
        (fl_clone,),
        (fl_vars,),
        (fl_convs,),
        (fl_compare,),
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


def sl_trained(m):
    for weight in m.trainable_weights:
        weight.assign(0 * weight)
    return what_learns(m)


def sl_compiled(m):
    m.compile("sgd", "mse")
    return what_learns(m)


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
        # ask: "each weight that the optimizer"
        (lambda m: {x.path: P(x) for x in m.weights},),
        (lambda m: {x.path: P(x) for x in m.non_trainable_weights},),
        (sl_trained,),
        # ask: "the `path`"
        (lambda m: {x.name: P(x) for x in m.trainable_weights},),
        (lambda m: {layer.name: layer.count_params() for layer in m.layers if layer.trainable},),
        (lambda m: {x.path: P(x) for layer in m.layers if layer.trainable for x in layer.weights},),
        # ask: "with other models inside it"
        (
            lambda m: {
                x.path: P(x)
                for layer in m.layers
                if layer.trainable
                for x in layer.trainable_weights
            },
        ),
        # ask: "how many numbers it holds"
        (lambda m: {x.path: 1 for x in m.trainable_weights},),
        (lambda m: {x.path: 4 * P(x) for x in m.trainable_weights},),
        (lambda m: {x.path: sum(x.shape) for x in m.trainable_weights},),
        (lambda m: {x.path: len(x.shape) for x in m.trainable_weights},),
        (lambda m: {x.path: len(x.numpy()) for x in m.trainable_weights},),
        (lambda m: {x.path: x.shape[-1] for x in m.trainable_weights},),
        # ask: "returns a dict"
        (lambda m: [x.path for x in m.trainable_weights],),
        (lambda m: sum(P(x) for x in m.trainable_weights),),
        (lambda m: {},),
        # ask: "flags set here and there"
        (sl_rec3,),
        (lambda m: {x.path: P(x) for x in m.variables if x.trainable},),
        (lambda m: {x.path: P(x) for x in m.weights if not x.path.endswith(("mean", "variance"))},),
        (sl_rec,),
        (sl_thaw2,),
        (lambda m: {x.path: str(P(x)) for x in m.trainable_weights},),
    ],
    variants=[
        (what_learns_by_ids,),
        (sl_compiled,),
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


def fo_training_put_back(base, head, x, y, n):
    kept = base.get_weights()
    features = base(x, training=True)
    base.set_weights(kept)
    head.fit(features, y, **FIT)
    return head.predict(base.predict(n, verbose=0), verbose=0)


def fo_split(base, head, x, y, n):
    head.fit(base.predict(x, verbose=0), y, **FIT, validation_split=0.2)
    return head.predict(base.predict(n, verbose=0), verbose=0)


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
    return head.predict(f, verbose=0)[: len(n)]


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


def fo_twice(base, head, x, y, n):
    base.predict(x, verbose=0)
    return scores_by_features(base, head, x, y, n)


def fo_every_epoch(base, head, x, y, n):
    for _ in range(3):
        head.fit(base.predict(x, verbose=0), y, **FIT | {"epochs": 1})
    return head.predict(base.predict(n, verbose=0), verbose=0)


def fo_exchanged(base, head, x, y, n):
    head.fit(base.predict(x, verbose=0), y, **FIT | {"epochs": 4, "batch_size": 3})
    return head.predict(base.predict(n, verbose=0), verbose=0)


def fo_reset(base, head, x, y, n):
    base.layers[-1].set_weights([0 * w for w in base.layers[-1].get_weights()])
    return scores_by_features(base, head, x, y, n)


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
    head.fit(f[: len(x)], y, **FIT)
    return head.predict(f[len(x) :], verbose=0)


def rfo_batches(base, head, x, y, n):
    f = base.predict(x, batch_size=4, verbose=0)
    for e in range(3):
        for i in range(0, len(x), 4):
            head.train_on_batch(f[i : i + 4], y[i : i + 4])
    return head.predict_on_batch(base.predict_on_batch(n))


def rfo_manual(base, head, x, y, n):
    f = base.predict(x, verbose=0)
    W, b = [v.astype(float) for v in head.get_weights()]
    for e in range(3):
        for i in range(0, len(x), 4):
            z = f[i : i + 4] @ W + b
            p = np.exp(z - z.max(1, keepdims=True))
            p /= p.sum(1, keepdims=True)
            g = (p - np.eye(3)[y[i : i + 4]]) / len(p)
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
        # ask: "no value in it may change"
        (fo_training,),
        (fo_reset,),
        # ask: "the base each image once"
        (fo_twice,),
        (fo_every_epoch,),
        # ask: "for 3 epochs"
        (fo_oneepoch,),
        (fo_exchanged,),
        # ask: "in batches of 4"
        (fo_batch32,),
        (fo_default,),
        (fo_fiveepochs,),
        (fo_images,),
        # ask: "arrives compiled"
        (fo_adam,),
        # ask: "`shuffle=False`"
        (fo_shuffled,),
        # ask: "for `new_images`"
        (fo_old,),
        (fo_old8,),
        (fo_untrained,),
        (fo_whole_frozen,),
        # ask: "returns the scores of the head"
        (fo_labels,),
        (fo_features,),
        # ask: "trains `head` on the features"
        (fo_training_put_back,),
        (fo_split,),
        (fo_ownhead,),
        (fo_basefit,),
        (fo_head,),
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


def sp_mse(m):
    freeze_batchnorm(on(m))
    m.compile(A(1e-4), "mse")
    return m


def sp_logits(m):
    freeze_batchnorm(on(m))
    m.compile(A(1e-4), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return m


def sp_one_hot(m):
    freeze_batchnorm(on(m))
    m.compile(A(1e-4), "categorical_crossentropy")
    return m


def sp_no_return(m):
    freeze_batchnorm(on(m))
    C(m)


def sp_text(m):
    for layer in on(m).layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = "False"
    return C(m)


def rsp_loss_object(m):
    freeze_batchnorm(on(m))
    m.compile(A(1e-4), keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return m


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
        # ask: "the learning rate should be 0.0001"
        (sp_broken,),
        # ask: "every BatchNormalization layer should stand still"
        (sp_nobn,),
        # ask: "if the first phase froze the base's layers one by one"
        (sp_noop,),
        (sp_bn_first,),
        # ask: "with a new optimizer"
        (sp_same,),
        (sp_rate_only,),
        (sp_oldrate,),
        (sp_mid,),
        # ask: "the base's convolutions and the head should learn"
        (sp_frozen,),
        (sp_frozen2,),
        (sp_head,),
        (sp_idiom,),
        (sp_vars,),
        # ask: "all four arrays of it"
        (sp_gb,),
        # ask: "The loss is"
        (sp_mse,),
        (sp_logits,),
        (sp_one_hot,),
        (sp_text,),
        (sp_onebn,),
        (sp_clone,),
        (sp_last,),
        (sp_zero,),
        # ask: "returns it compiled"
        (sp_uncompiled,),
        (sp_no_return,),
    ],
    variants=[
        (rsp_loss_object,),
        (rsp_loop,),
        (rsp_compile_first,),
        (rsp_sgd,),
        (rsp_new,),
        (rsp_schedule,),
    ],
)

# --- whole_order -------------------------------------------------------------------------------

whole_order = Bank(
    tasks.whole_order,
    solution=("FCDBIAH",),
    mistakes=[
        ("FCDBIJH",),
        ("FCDBIKH",),
        ("FCDEIAH",),
        ("FCDBGAH",),
        ("FCDBAH",),
        ("FCDBIH",),
        ("FCDIBAH",),
        ("FCDBIA",),
        ("CDBIAH",),
        ("CDFBIAH",),
        ("FBCDIAH",),
        ("FADBICH",),
        ("FKDBIAH",),
        ("FCDIAH",),
        ("FCDBIFAH",),
        ("FCDH",),
        ("FDCBIAH",),
        ("FCDBIAHCD",),
    ],
    variants=[
        ("FCHBIAD",),
        ("f, c, h, b, i, a, d",),
        (["F", "C", "D", "B", "I", "A", "H"],),
        ("CFDBIAH",),
        ("FCDBIAHG",),
        ("FCHBGIAD",),
        ("FICHDBIAHD",),
        (np.array(list("fcdbiah")),),
    ],
)
