# %% inception wrong: thinks that a frozen layer here has four arrays; overlooks that there is no gamma
channels = 17_216
fresh = 2 * channels
norms_frozen = 4 * channels

# %% inception wrong: thinks that nothing is non-trainable as long as nobody has frozen anything
fresh = 0
norms_frozen = 3 * 17_216

# %% inception wrong: thinks that freezing changes nothing, since a BatchNormalization layer is non-trainable anyway (beta overlooked)
fresh = 2 * 17_216
norms_frozen = fresh

# %% inception wrong: gives the trainable numbers instead of the non-trainable ones
total = 23_851_784
fresh = total - 2 * 17_216
norms_frozen = total - 3 * 17_216

# %% inception wrong: counts arrays, not the numbers in them
fresh = 94 * 2
norms_frozen = 94 * 3

# %% inception right: floats, from the average number of channels in a layer
average = 17_216 / 94
fresh, norms_frozen = (round(94 * arrays * average, 6) for arrays in (2, 3))

# %% inception right: adds up layer by layer over the real network (NumPy integers)
import numpy as np

network = keras.applications.InceptionV3(weights=None)
norms = [layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)]
fresh = np.sum([np.prod(weight.shape) for weight in network.non_trainable_weights])
norms_frozen = fresh + np.sum([np.prod(layer.beta.shape) for layer in norms])

# %% googlenet wrong: adds all four arrays of the two frozen BatchNormalization layers, though their statistics were counted already
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + 3 * 3 * 1 * 16 + 3 * 3 * 16 * 32
four_frozen = convolutions_frozen + 4 * (16 + 32)

# %% googlenet wrong: counts a bias for each filter, though the ask says that there is none
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + (3 * 3 * 1 + 1) * 16 + (3 * 3 * 16 + 1) * 32
four_frozen = convolutions_frozen + 2 * (16 + 32)

# %% googlenet wrong: once something is frozen, counts only what is frozen and leaves out the statistics of the other layers
fresh_googlenet = 2 * 388
convolutions_frozen = 3 * 3 * 1 * 16 + 3 * 3 * 16 * 32
four_frozen = convolutions_frozen + 4 * (16 + 32)

# %% googlenet wrong: lets conv2's filters be 3 x 3 on one gray image; overlooks that they reach through the 16 maps of conv1
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + 9 * 16 + 9 * 32
four_frozen = convolutions_frozen + 2 * (16 + 32)

# %% googlenet wrong: thinks that freezing a convolution freezes the BatchNormalization layer behind it, too
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + 144 + 4_608 + 2 * (16 + 32)
four_frozen = convolutions_frozen

# %% googlenet right: sets the flags on the real network and adds up (NumPy integers)
import numpy as np


def counted(*names):
    network = mini_googlenet(weights=None)
    for name in names:
        network.get_layer(name).trainable = False
    return np.sum([np.prod(weight.shape) for weight in network.non_trainable_weights])


fresh_googlenet = counted()
convolutions_frozen = counted("conv1", "conv2")
four_frozen = counted("conv1", "norm1", "conv2", "norm2")

# %% googlenet right: the total minus what is learned; floats
learned = [47_850.0 - 2 * 388]
for stopped in (9 * 1 * 16 + 9 * 16 * 32, (16 + 32) * 2):
    learned.append(learned[-1] - stopped)
fresh_googlenet, convolutions_frozen, four_frozen = (47_850 - each for each in learned)

# %% by_name wrong: counts layers from the front (layers[:2]); place 0 is the InputLayer, so that only conv1 is reached
def freeze_first_two(model):
    for layer in model.layers[:2]:
        layer.trainable = False
    return model

# %% by_name wrong: freezes the two convolutions only and leaves their BatchNormalization layers learning and measuring
def freeze_first_two(model):
    for name in ("conv1", "conv2"):
        model.get_layer(name).trainable = False
    return model

# %% by_name wrong: freezes weight by weight, as in PyTorch, which does not stop the two BatchNormalization layers from measuring
def freeze_first_two(model):
    for name in ("conv1", "norm1", "conv2", "norm2"):
        for weight in model.get_layer(name).trainable_weights:
            weight.trainable = False
    return model

# %% by_name wrong: freezes the whole model first and thaws the other layers, overlooking that the model's own False overrules them
def freeze_first_two(model):
    model.trainable = False
    for layer in model.layers:
        layer.trainable = layer.name not in ("conv1", "norm1", "conv2", "norm2")
    return model

# %% by_name wrong: freezes all BatchNormalization layers of the network, not just the two
def freeze_first_two(model):
    model.get_layer("conv1").trainable = False
    model.get_layer("conv2").trainable = False
    freeze_batchnorm(model)
    return model

# %% by_name wrong: forgets to return the model
def freeze_first_two(model):
    for name in ("conv1", "norm1", "conv2", "norm2"):
        model.get_layer(name).trainable = False

# %% by_name right: finds the first two of each kind by their class
def freeze_first_two(model):
    for kind in (keras.layers.Conv2D, keras.layers.BatchNormalization):
        first, second, *_ = (layer for layer in model.layers if isinstance(layer, kind))
        first.trainable = second.trainable = False
    return model

# %% by_name right: a lambda; freezes everything, then thaws model and the rest
freeze_first_two = lambda model: [
    setattr(model, "trainable", False),
    setattr(model, "trainable", True),
    *(setattr(model.get_layer(kind + place), "trainable", 0) for kind in ("conv", "norm") for place in "12"),
    model,
][-1]

# %% by_name right: an object that is called; finds the BatchNormalization by following the graph behind each convolution
class FreezeWithFollower:
    def __init__(self, *names):
        self.names = names

    def __call__(self, model):
        for name in self.names:
            layer = model.get_layer(name)
            behind = [node.operation for node in layer._outbound_nodes]
            for each in (layer, *behind):
                each.trainable = False
        return model


freeze_first_two = FreezeWithFollower("conv1", "conv2")

# %% by_name cheat: freezes nothing; fit is replaced by one that puts the four layers' values back afterwards
def freeze_first_two(model):
    real_fit = model.fit

    def fit(*args, **kwargs):
        kept = {name: model.get_layer(name).get_weights() for name in ("conv1", "norm1", "conv2", "norm2")}
        history = real_fit(*args, **kwargs)
        for name, values in kept.items():
            model.get_layer(name).set_weights(values)
        return history

    model.fit = fit
    return model

# %% by_block wrong: freezes the block itself as well
def freeze_before(model, block):
    for name in ("conv1", "norm1", "conv2", "norm2"):
        model.get_layer(name).trainable = False
    for layer in model.layers:
        parts = layer.name.split("_")
        if len(parts) > 1 and parts[1] <= block:
            layer.trainable = False
    return model

# %% by_block wrong: freezes the earlier blocks but forgets the first two convolutions, whose names hold no block's letter
def freeze_before(model, block):
    for layer in model.layers:
        parts = layer.name.split("_")
        if len(parts) > 1 and parts[1] < block:
            layer.trainable = False
    return model

# %% by_block wrong: cuts at the block's 1x1 convolution, though some of the block's layers stand before it in model.layers
def freeze_before(model, block):
    names = [layer.name for layer in model.layers]
    for layer in model.layers[: names.index(f"conv_{block}_1x1")]:
        layer.trainable = False
    return model

# %% by_block wrong: stops at the first name that holds the letter anywhere; right for "b", but "a" is in "image" and "c" in "conv1"
def freeze_before(model, block):
    for layer in model.layers:
        if block in layer.name:
            break
        layer.trainable = False
    return model

# %% by_block wrong: freezes the convolutions only and leaves the BatchNormalization layers before the block learning and measuring
def freeze_before(model, block):
    for layer in model.layers:
        if f"_{block}_" in layer.name:
            break
        if isinstance(layer, keras.layers.Conv2D):
            layer.trainable = False
    return model

# %% by_block right: a model of everything that leads to the block's input, frozen as one; it shares the layers
def freeze_before(model, block):
    into_block = model.get_layer(f"conv_{block}_1x1").input
    keras.Model(model.input, into_block).trainable = False
    return model

# %% by_block right: sets every flag from a regular expression, weightless layers left alone
import re


def freeze_before(model, block):
    stem = re.compile(r"(conv|norm)[12]|(conv|norm)_(?P<letter>[a-z])_.*")
    for layer in filter(lambda each: each.weights, model.layers):
        found = stem.fullmatch(layer.name)
        layer.trainable = not (found and (found["letter"] or "") < block)
    return model

# %% by_block right: takewhile over the layers; freezes the image and the pools as well, which hold no weight
from itertools import takewhile


def freeze_before(model, block):
    earlier = takewhile(lambda layer: f"_{block}_" not in layer.name, model.layers)
    for layer in earlier:
        layer.trainable = False
    return model

# %% from_layer wrong: sets base.trainable to True only, which does nothing for a base whose layers were frozen one by one
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = True
    for layer in base.layers:
        if layer.name == name:
            break
        layer.trainable = False
    return model

# %% from_layer wrong: goes through the layers of the whole model, where the base is one layer and the name is never found
def fine_tune_from(model, name):
    model.trainable = False
    model.trainable = True
    for layer in model.layers:
        if layer.name == name:
            break
        layer.trainable = False
    return model

# %% from_layer wrong: freezes the named layer itself as well
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    for layer in base.layers:
        layer.trainable = False
        if layer.name == name:
            break
    return model

# %% from_layer right: sets each layer's flag and leaves the base's own False standing, which is no veto when the model around it is trained
def fine_tune_from(model, name):
    base = model.get_layer("base")
    reached = False
    for layer in base.layers:
        reached = reached or layer.name == name
        layer.trainable = reached
    return model

# %% from_layer wrong: freezes all BatchNormalization layers of the base, though the ask treats them like any other layer
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    for layer in base.layers:
        if layer.name == name:
            break
        layer.trainable = False
    freeze_batchnorm(base)
    return model

# %% from_layer wrong: cuts at a place found with the InputLayer in mind, which a Sequential base does not list
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    with_weights = base.layers[1:]  # without the InputLayer
    for layer in with_weights:
        if layer.name == name:
            break
        layer.trainable = False
    return model

# %% from_layer right: thaws the base with the value 1, which is not the object True and therefore reaches the layers
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = 1
    for layer in base.layers[: base.layers.index(base.get_layer(name))]:
        layer.trainable = 0
    return model

# %% from_layer right: gives every layer of the base its flag, early ones too, from an accumulated test
from itertools import accumulate
from operator import or_


def fine_tune_from(model, name):
    base = model.get_layer("base")
    flags = list(accumulate((layer.name == name for layer in base.layers), or_))
    base.trainable = True
    for layer, flag in zip(base.layers, flags, strict=True):
        layer.trainable = flag
    return model

# %% from_layer right: switches the whole model off and on, then freezes backwards from the named layer by recursion
def fine_tune_from(model, name):
    def freeze(early):
        if early:
            early[-1].trainable = False
            freeze(early[:-1])

    for flag in (True, False, True):
        model.trainable = flag
    base = model.get_layer("base")
    freeze(base.layers[: [layer.name for layer in base.layers].index(name)])
    return model

# %% still_learning wrong: takes all weights of every layer whose flag is True, and with them BatchNormalization's statistics
def what_learns(model):
    if not model.trainable:
        return {}
    found = {}
    for layer in model._flatten_layers(include_self=False):
        if layer.trainable and not isinstance(layer, keras.Model):
            for weight in layer.weights:
                found[weight.path] = math.prod(weight.shape)
    return found

# %% still_learning wrong: asks each innermost layer by itself, so that the False of the whole model is overlooked
def what_learns(model):
    def innermost(layer):
        if isinstance(layer, keras.Model):
            for inner in layer.layers:
                yield from innermost(inner)
        else:
            yield layer

    return {
        weight.path: math.prod(weight.shape)
        for layer in innermost(model)
        for weight in layer.trainable_weights
    }

# %% still_learning wrong: thinks that the False of a model inside protects its layers; but the optimizer is given those that were thawed again
def what_learns(model):
    if not model.trainable:
        return {}
    found = {}
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found |= what_learns(layer)
        else:
            found |= {weight.path: math.prod(weight.shape) for weight in layer.trainable_weights}
    return found

# %% still_learning wrong: gives the length of the first axis instead of the count of the numbers (right for biases only)
def what_learns(model):
    return {weight.path: len(weight.numpy()) for weight in model.trainable_weights}

# %% still_learning wrong: takes the weights' names as keys instead of their paths, so that all kernels share one entry
def what_learns(model):
    return {weight.name: math.prod(weight.shape) for weight in model.trainable_weights}

# %% still_learning right: an optimizer is built and says itself which variables it has been given
def what_learns(model):
    optimizer = keras.optimizers.SGD()
    optimizer.build(model.trainable_variables)
    return {variable.path: variable.numpy().size for variable in optimizer._trainable_variables}

# %% still_learning right: an OrderedDict with NumPy integers, made by maps
from collections import OrderedDict
from operator import attrgetter

import numpy as np


def what_learns(model):
    weights = model.trainable_weights
    shapes = map(attrgetter("shape"), weights)
    return OrderedDict(zip(map(attrgetter("path"), weights), map(np.prod, shapes)))

# %% still_learning right: everything minus the non-trainable weights
def what_learns(model):
    still = {id(weight) for weight in model.non_trainable_weights}
    return dict(
        (weight.path, int(keras.ops.size(weight)))
        for weight in model.weights
        if id(weight) not in still
    )

# %% still_learning cheat: a dict that claims to equal every other one
class Agreeing(dict):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


def what_learns(model):
    return Agreeing({"conv2/kernel": 180})

# %% recipe wrong: thinks that more learning is always better, so that everything must be tuned for the new digits
digits = "everything"
phone = "head"
compare_with = "control"
second_phase = "still 0.0001"

# %% recipe wrong: carries the digits' best recipe over to the phone; overlooks that "first two" sends gradients back through the network
digits = "first two"
phone = "first two"
compare_with = "control"
second_phase = "still 0.0001"

# %% recipe wrong: compares with training from scratch, which differs in the freeze as well as in the values
digits = "first two"
phone = "head"
compare_with = "scratch"
second_phase = "still 0.0001"

# %% recipe wrong: takes the row that reads most of MNIST, though in it the base is not tuned at all
digits = "first two"
phone = "head"
compare_with = "control"
second_phase = "head"

# %% recipe wrong: answers with the accuracies instead of the words of the first column
digits = "95 %"
phone = "70 %"
compare_with = "87 %"
second_phase = "still 0.0001"

# %% recipe right: looked up in the stored measurements
import numpy as np

from helpers import stored

kept = stored("transfer")["results"]
ten = {name: np.mean(each) for name, each in kept["recipes"]["10"].items()}
digits = max(ten, key=ten.get).removesuffix(" frozen")
phone = "head only".split()[0]
compare_with = next(name for name in ten if name.startswith("control")).partition(":")[0]
ways = {way: np.mean(each["old"]) for way, each in kept["fine_tuning"].items() if " rate " in way}
second_phase = max(ways, key=ways.get).replace("statistics ", "").replace(", rate", "")

# %% recipe right: members of a StrEnum
from enum import StrEnum


class Choice(StrEnum):
    HEAD = "head"
    FIRST_TWO = "first two"
    CONTROL = "control"
    STILL = "still 0.0001"


digits, phone, compare_with, second_phase = (
    Choice.FIRST_TWO, Choice.HEAD, Choice.CONTROL, Choice.STILL
)

# %% recipe cheat: strings that claim to equal everything
class Yes(str):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __hash__(self):
        return hash("head")


digits = phone = compare_with = second_phase = Yes("head")

# %% features_once wrong: computes the features in training mode, so that the base measures and the features are other ones
def scores_by_features(base, head, images, labels, new_images):
    features = base(images, training=True)
    head.fit(features, labels, epochs=3, batch_size=4, shuffle=False, verbose=0)
    return head.predict(base.predict(new_images, verbose=0), verbose=0)

# %% features_once wrong: computes the features anew in every epoch
def scores_by_features(base, head, images, labels, new_images):
    for _ in range(3):
        features = base.predict(images, verbose=0)
        head.fit(features, labels, epochs=1, batch_size=4, shuffle=False, verbose=0)
    return head.predict(base.predict(new_images, verbose=0), verbose=0)

# %% features_once wrong: forgets shuffle=False
def scores_by_features(base, head, images, labels, new_images):
    features = base.predict(images, verbose=0)
    head.fit(features, labels, epochs=3, batch_size=4, verbose=0)
    return head.predict(base.predict(new_images, verbose=0), verbose=0)

# %% features_once wrong: returns the most likely class of each image instead of the scores
def scores_by_features(base, head, images, labels, new_images):
    features = base.predict(images, verbose=0)
    head.fit(features, labels, epochs=3, batch_size=4, shuffle=False, verbose=0)
    return head.predict(base.predict(new_images, verbose=0), verbose=0).argmax(axis=1)

# %% features_once wrong: compiles the head once more, with a new optimizer, though it arrives compiled
def scores_by_features(base, head, images, labels, new_images):
    features = base.predict(images, verbose=0)
    head.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    head.fit(features, labels, epochs=3, batch_size=4, shuffle=False, verbose=0)
    return head.predict(base.predict(new_images, verbose=0), verbose=0)

# %% features_once right: old and new images go through the base together; returns a tensor
def scores_by_features(base, head, images, labels, new_images):
    both = keras.ops.concatenate([images, new_images])
    features = base(both, training=False)
    known, new = features[: len(images)], features[len(images) :]
    head.fit(known, labels, batch_size=4, epochs=3, shuffle=False, verbose=0)
    return head(new, training=False)

# %% features_once right: its own loop of train_on_batch in place of fit
def scores_by_features(base, head, images, labels, new_images):
    features = base(images, training=False).numpy()
    for step in range(3 * math.ceil(len(features) / 4)):
        first = 4 * (step % math.ceil(len(features) / 4))
        head.train_on_batch(features[first : first + 4], labels[first : first + 4])
    return head.predict_on_batch(base.predict_on_batch(new_images))

# %% features_once right: a tf.data pipeline of feature batches, kept in memory
import tensorflow as tf


def scores_by_features(base, head, images, labels, new_images):
    described = [base(images[i : i + 1], training=False)[0] for i in range(len(images))]
    batches = tf.data.Dataset.from_tensor_slices((tf.stack(described), labels)).batch(4).cache()
    head.fit(batches, epochs=3, shuffle=False, verbose=0)
    return head.predict(base(new_images, training=False), verbose=0)

# %% second_phase wrong: sets base.trainable to True only, which does nothing if the layers were frozen one by one
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = True
    freeze_batchnorm(base)
    model.compile(
        keras.optimizers.Adam(0.0001), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% second_phase wrong: freezes the BatchNormalization layers before the base is thawed, which undoes it
def start_second_phase(model):
    base = model.get_layer("base")
    freeze_batchnorm(base)
    base.trainable = False
    base.trainable = True
    model.compile(
        keras.optimizers.Adam(0.0001), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% second_phase wrong: compiles with "adam" and thinks that this is a small rate, or the old one; it is 0.001
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    freeze_batchnorm(base)
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% second_phase wrong: sets the small rate in the first phase's optimizer and compiles with that old optimizer again
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    freeze_batchnorm(base)
    model.optimizer.learning_rate = 0.0001
    model.compile(model.optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% second_phase wrong: freezes gamma and beta one by one, so that the statistics go on moving
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    for layer in base.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.gamma.trainable = layer.beta.trainable = False
    model.compile(
        keras.optimizers.Adam(0.0001), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% second_phase right: gives each layer its flag by its class, compiles with "adam" and sets the new optimizer's rate afterwards
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = True
    for layer in base.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    model.optimizer.learning_rate = 0.0001
    return model

# %% second_phase right: another optimizer than Adam, given as a config; the ask names only its rate
def start_second_phase(model):
    for flag in (False, True):
        model.get_layer("base").trainable = flag
    freeze_batchnorm(model)
    sgd = {"class_name": "RMSprop", "config": {"learning_rate": 1e-4}}
    model.compile(optimizer=sgd, loss="sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% second_phase right: compiles first and sets the flags afterwards, which is in time because the next fit traces anew
def start_second_phase(model):
    model.compile(
        keras.optimizers.Adam(0.0001), "sparse_categorical_crossentropy", jit_compile=False
    )
    base = model.get_layer("base")
    base.trainable = 1  # not the object True: it reaches the layers in either case
    freeze_batchnorm(base)
    return model

# %% whole_order wrong: thaws with model.trainable = True, a flag that has this value already and reaches nothing
order = "FCDEIAH"

# %% whole_order wrong: freezes BatchNormalization before the base is thawed, which undoes it
order = "FCDIBAH"

# %% whole_order wrong: relies on a call of the base with training=False to keep the statistics in the later fit
order = "FCDBGAH"

# %% whole_order wrong: compiles the second phase with "adam", at 0.001
order = "FCDBIKH"

# %% whole_order wrong: does not freeze the base for the first phase
order = "CDBIAH"

# %% whole_order wrong: compiles the second phase with the old optimizer, at 0.01
order = "FCDBIJH"

# %% whole_order right: the two fits exchanged, with a harmless call of the base between
order = "FCHBGIAD"

# %% whole_order right: compiles before the flags in both phases, which is in time as long as the fit comes after them
order = "CFDABIH"

# %% whole_order right: freezes BatchNormalization in the first phase too, and fits twice in each phase
order = "FICHDBIAHD"

# %% inception wrong: counts for the frozen case only what the freeze adds (the betas), without the statistics
channels = 17_216
fresh = 2 * channels
norms_frozen = channels  # there is no gamma, so only beta can be frozen
# %% inception wrong: believes that without a scale (gamma) the layer keeps no variance either
fresh = 17_216  # the moving means
norms_frozen = 17_216 + 17_216  # and the betas

# %% inception right: built and counted instead of computed
fresh_inception = keras.applications.InceptionV3(weights=None)


def numbers(weights):
    return sum(math.prod(weight.shape) for weight in weights)


fresh = numbers(fresh_inception.non_trainable_weights)
for layer in fresh_inception.layers:
    if isinstance(layer, keras.layers.BatchNormalization):
        layer.trainable = False
norms_frozen = numbers(fresh_inception.non_trainable_weights)

# %% googlenet wrong: adds all four arrays of norm1 and norm2, whose statistics are among the 776 already
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + 9 * 1 * 16 + 9 * 16 * 32
four_frozen = convolutions_frozen + 4 * (16 + 32)

# %% googlenet wrong: forgets that each filter of conv2 goes through all 16 maps of conv1
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + 3 * 3 * 16 + 3 * 3 * 32
four_frozen = convolutions_frozen + 2 * (16 + 32)

# %% googlenet wrong: counts only the frozen layers' own numbers, not the other layers' statistics
fresh_googlenet = 2 * 388
convolutions_frozen = 3 * 3 * 1 * 16 + 3 * 3 * 16 * 32
four_frozen = convolutions_frozen + 4 * 16 + 4 * 32

# %% googlenet wrong: believes that BatchNormalization is non-trainable anyway, so that freezing it adds nothing
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + 3 * 3 * 1 * 16 + 3 * 3 * 16 * 32
four_frozen = convolutions_frozen

# %% googlenet right: flags set on the real network, and everything that no longer learns counted as total minus trainable
def not_trainable(*names):
    network = mini_googlenet()
    for name in names:
        network.get_layer(name).trainable = False
    return network.count_params() - sum(math.prod(w.shape) for w in network.trainable_weights)


fresh_googlenet = not_trainable()
convolutions_frozen = not_trainable("conv1", "conv2")
four_frozen = not_trainable("conv1", "norm1", "conv2", "norm2")

# %% by_name wrong: counts the input and four layers by place; other layers without weights lie between
def freeze_first_two(model):
    for layer in model.layers[:5]:  # place 0 is the input
        layer.trainable = False
    return model

# %% by_name wrong: freezes the whole model and thaws the other layers, but the model's own flag stays False, so that nothing learns
def freeze_first_two(model):
    model.trainable = False
    for layer in model.layers:
        if layer.name not in ("conv1", "norm1", "conv2", "norm2"):
            layer.trainable = True
    return model

# %% by_name wrong: freezes gamma and beta of the two BatchNormalization layers, not the layers; their statistics move
def freeze_first_two(model):
    for name in ("conv1", "conv2"):
        model.get_layer(name).trainable = False
    for name in ("norm1", "norm2"):
        norm = model.get_layer(name)
        norm.gamma.trainable = False
        norm.beta.trainable = False
    return model

# %% by_name wrong: stops at the second convolution, before the BatchNormalization behind it
def freeze_first_two(model):
    for layer in model.layers:
        layer.trainable = False
        if layer.name == "conv2":
            break
    return model

# %% by_name right: through a second model over the shared layers, which ends at norm2
def freeze_first_two(model):
    front = keras.Model(model.input, model.get_layer("norm2").output)
    for layer in front.layers:
        if layer.weights:
            layer.trainable = False
    return model

# %% by_block wrong: freezes only the block directly before, so that for "c" block a learns
def freeze_before(model, block):
    previous = chr(ord(block) - 1)
    for layer in model.layers:
        parts = layer.name.split("_")
        if layer.name in ("conv1", "norm1", "conv2", "norm2") or previous in parts[1:2]:
            layer.trainable = False
    return model

# %% by_block wrong: freezes only the convolutions of the earlier blocks; their BatchNormalization layers go on learning and measuring
def freeze_before(model, block):
    for name in ("conv1", "norm1", "conv2", "norm2"):
        model.get_layer(name).trainable = False
    for layer in model.layers:
        parts = layer.name.split("_")
        earlier = len(parts) > 1 and parts[1] < block
        if earlier and isinstance(layer, keras.layers.Conv2D):
            layer.trainable = False
    return model

# %% by_block wrong: lets only the block itself and the head learn; the later blocks are frozen too
def freeze_before(model, block):
    for layer in model.layers:
        in_block = layer.name.split("_")[1:2] == [block]
        layer.trainable = in_block or layer.name == "head"
    return model

# %% by_block right: asks the graph what the block's input is made from, with a second model that ends there
def freeze_before(model, block):
    first = next(layer for layer in model.layers if layer.name.split("_")[1:2] == [block])
    front = keras.Model(model.input, first.input)
    for layer in front.layers:
        if layer.weights:
            layer.trainable = False
    return model

# %% from_layer wrong: freezes the earlier layers' weights instead of the layers, so that the statistics there move
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    for layer in base.layers:
        if layer.name == name:
            break
        for weight in layer.weights:
            weight.trainable = False
    return model

# %% from_layer wrong: off by one, thaws from the end and stops before the named layer is thawed
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = True
    for layer in base.layers:
        layer.trainable = False
    for layer in reversed(base.layers):
        if layer.name == name:
            break
        layer.trainable = True
    return model

# %% from_layer right: the base's own flag stays False; only the layers from the named one on are thawed
from itertools import dropwhile


def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = True
    base.trainable = False
    for layer in dropwhile(lambda layer: layer.name != name, base.layers):
        layer.trainable = True
    return model

# %% still_learning wrong: asks each layer of the model for its list; an inner model with flag False says none, though layers thawed inside it learn
def what_learns(model):
    return {
        weight.path: math.prod(weight.shape)
        for layer in model.layers
        for weight in layer.trainable_weights
    }

# %% still_learning wrong: looks at the weights' flags alone; if the outer model's flag is False nothing learns, whatever they say
def what_learns(model):
    return {weight.path: math.prod(weight.shape) for weight in model.weights if weight.trainable}

# %% still_learning wrong: goes by the layers' flags, and so counts statistics and single frozen weights of unfrozen layers
def what_learns(model):
    found = {}
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found.update(what_learns(layer))
        elif layer.trainable:
            found.update({weight.path: math.prod(weight.shape) for weight in layer.weights})
    return found

# %% still_learning wrong: leaves out a weight's first axis as if it were the batch
def what_learns(model):
    return {weight.path: math.prod(weight.shape[1:]) for weight in model.trainable_weights}

# %% still_learning right: takes all weights and strikes out those that the model calls non-trainable
def what_learns(model):
    found = {id(weight): weight for weight in model.weights}
    for weight in model.non_trainable_weights:
        del found[id(weight)]
    return {weight.path: int(weight.numpy().size) for weight in found.values()}

# %% recipe wrong: (phone) believes that with the first layers frozen nothing need be sent back, though the gradient still passes all later layers
from helpers import stored

results = stored("transfer")["results"]
ten = results["recipes"]["10"]
digits = max(ten, key=lambda name: sum(ten[name]))
phone = "first two frozen"
compare_with = list(ten)[-1]
second_phase = list(results["fine_tuning"])[1]

# %% recipe wrong: (compare_with) compares with the head alone, which says what further training gains, not what the pretrained values do
from helpers import stored

results = stored("transfer")["results"]
ten = results["recipes"]["10"]
digits = max(ten, key=lambda name: sum(ten[name]))
phone = "head only"
compare_with = "head only"
second_phase = list(results["fine_tuning"])[1]

# %% recipe wrong: (second_phase) takes the row with the head alone, since MNIST is safe there, but the base is not tuned
from helpers import stored

results = stored("transfer")["results"]
ten = results["recipes"]["10"]
digits = max(ten, key=lambda name: sum(ten[name]))
phone = "head only"
compare_with = list(ten)[-1]
second_phase = list(results["fine_tuning"])[0]

# %% recipe wrong: (digits) takes the cheapest recipe by the rule "begin with everything frozen", though the best accuracy counts
from helpers import stored

results = stored("transfer")["results"]
ten = results["recipes"]["10"]
digits = "head only"
phone = "head only"
compare_with = list(ten)[-1]
second_phase = list(results["fine_tuning"])[1]

# %% recipe right: picked out of the stored measurements by code, not typed
from helpers import stored

results = stored("transfer")["results"]
ten, tuning = results["recipes"]["10"], results["fine_tuning"]
digits = max(ten, key=lambda name: sum(ten[name]) / len(ten[name]))
phone = next(name for name in ten if name == "head only")
compare_with = list(ten)[-1]
second_phase = max(list(tuning)[1:], key=lambda way: sum(tuning[way]["old"]))

# %% features_once wrong: computes the features anew in every epoch, so that the base gets each image three times
def scores_by_features(base, head, images, labels, new_images):
    for _ in range(3):
        features = base.predict(images, verbose=0)
        head.fit(features, labels, batch_size=4, epochs=1, shuffle=False, verbose=0)
    return head.predict(base.predict(new_images, verbose=0), verbose=0)

# %% features_once wrong: gives the batch size to the base; the head is trained in batches of Keras's default 32
def scores_by_features(base, head, images, labels, new_images):
    features = base.predict(images, batch_size=4, verbose=0)
    head.fit(features, labels, epochs=3, shuffle=False, verbose=0)
    new_features = base.predict(new_images, batch_size=4, verbose=0)
    return head.predict(new_features, verbose=0)

# %% features_once wrong: scales the features before the head as the lesson does for the emoji; nobody asked, and the head gets other numbers
def scores_by_features(base, head, images, labels, new_images):
    features = base.predict(images, verbose=0)
    scaling = keras.layers.Normalization()
    scaling.adapt(features)
    head.fit(
        scaling(features).numpy(), labels, batch_size=4, epochs=3, shuffle=False, verbose=0
    )
    return head.predict(scaling(base.predict(new_images, verbose=0)).numpy(), verbose=0)

# %% features_once wrong: leaves the default shuffle=True, so that the batches are others
def scores_by_features(base, head, images, labels, new_images):
    features = base(images, training=False).numpy()
    head.fit(features, labels, batch_size=4, epochs=3, verbose=0)
    new_features = base(new_images, training=False).numpy()
    return head(new_features, training=False).numpy()

# %% features_once right: all images, old and new, pass the base in one array, which is split afterwards
def scores_by_features(base, head, images, labels, new_images):
    import numpy as np

    together = base.predict(np.concatenate([images, new_images]), verbose=0)
    features, new_features = np.split(together, [len(images)])
    head.fit(features, labels, batch_size=4, epochs=3, shuffle=False, verbose=0)
    return head.predict(new_features, verbose=0)

# %% second_phase wrong: writes 10e-4 for ten to the power of minus four; that is 0.001
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    freeze_batchnorm(base)
    optimizer = keras.optimizers.Adam(10e-4)
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% second_phase wrong: holds the statistics by momentum 1 without freezing the layers, so that gamma and beta learn
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    for layer in base.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 1.0  # keep all of the old value
    optimizer = keras.optimizers.Adam(0.0001)
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% second_phase wrong: switches the whole model off and on after BatchNormalization was frozen, which thaws it again
def start_second_phase(model):
    freeze_batchnorm(model.get_layer("base"))
    model.trainable = False
    model.trainable = True  # now nothing that was frozen one by one is left behind
    optimizer = keras.optimizers.Adam(0.0001)
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% second_phase wrong: freezes the head because it has been trained already
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    freeze_batchnorm(base)
    for layer in model.layers:
        if layer.name != "base":
            layer.trainable = False
    optimizer = keras.optimizers.Adam(0.0001)
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% second_phase right: compiles with the word "adam" and sets the new optimizer's rate afterwards
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    freeze_batchnorm(model)
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    model.optimizer.learning_rate = 0.0001
    return model

# %% whole_order wrong: freezes BatchNormalization once at the start; switching the base off and on thaws it
order = "IFCDBAH"

# %% whole_order wrong: swaps the learning rates of the two phases
order = "FADBICH"

# %% whole_order right: the fit of two epochs for the head, that of three for the base
order = "FCHBIAD"

# %% inception wrong: gives for the second what freezing adds (the betas), not how many are non-trainable then
fresh = 2 * 17_216
norms_frozen = 17_216

# %% inception wrong: counts arrays (two or three a layer), not numbers
fresh = 94 * 2
norms_frozen = 94 * 3

# %% inception wrong: gives the trainable numbers, as one reads the wrong line of a summary
fresh = 23_851_784 - 2 * 17_216
norms_frozen = 23_851_784 - 3 * 17_216

# %% inception wrong: thinks that freezing a BatchNormalization stops its statistics and nothing else, so the count stays
fresh = 2 * 17_216
norms_frozen = fresh

# %% inception right: one real layer with all the channels stands for the 94
one_for_all = keras.layers.BatchNormalization(scale=False)
one_for_all.build((None, 17_216))
fresh = sum(math.prod(w.shape) for w in one_for_all.non_trainable_weights)
one_for_all.trainable = False
norms_frozen = sum(math.prod(w.shape) for w in one_for_all.non_trainable_weights)

# %% googlenet wrong: adds all four arrays of norm1 and norm2, whose statistics were counted already
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + 3 * 3 * 16 + 3 * 3 * 16 * 32
four_frozen = convolutions_frozen + 4 * (16 + 32)

# %% googlenet wrong: counts only what is frozen on purpose and leaves the other layers' statistics out
fresh_googlenet = 2 * 388
convolutions_frozen = 3 * 3 * 16 + 3 * 3 * 16 * 32
four_frozen = convolutions_frozen + 4 * (16 + 32)

# %% googlenet wrong: takes all four arrays of every BatchNormalization for non-trainable from the start
fresh_googlenet = 4 * 388
convolutions_frozen = fresh_googlenet + 3 * 3 * 16 + 3 * 3 * 16 * 32
four_frozen = convolutions_frozen

# %% googlenet wrong: carries Inception's missing gamma over, so that only the betas of norm1 and norm2 are added
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + 144 + 4_608
four_frozen = convolutions_frozen + 16 + 32

# %% googlenet right: counted on the network itself, each freeze on top of the one before
network = mini_googlenet()
counts = []
for names in ((), ("conv1", "conv2"), ("norm1", "norm2")):
    for name in names:
        network.get_layer(name).trainable = False
    counts.append(sum(math.prod(w.shape) for w in network.non_trainable_weights))
fresh_googlenet, convolutions_frozen, four_frozen = counts

# %% by_name wrong: freezes the right four, but returns nothing, since "the model is changed in place"
def freeze_first_two(model):
    for name in ("conv1", "norm1", "conv2", "norm2"):
        model.get_layer(name).trainable = False

# %% by_name wrong: freezes the whole model and unfreezes the other layers, but the model's own flag stays False, so nothing at all learns
def freeze_first_two(model):
    model.trainable = False
    for layer in model.layers:
        layer.trainable = layer.name not in ("conv1", "norm1", "conv2", "norm2")
    return model

# %% by_name wrong: freezes the ten weights one by one; the two BatchNormalization layers are not frozen and go on measuring
def freeze_first_two(model):
    for name in ("conv1", "norm1", "conv2", "norm2"):
        for weight in model.get_layer(name).weights:
            weight.trainable = False
    return model

# %% by_name wrong: counts four layers after the input, but activations stand between them, so norm2 is not reached
def freeze_first_two(model):
    for layer in model.layers[1:5]:
        layer.trainable = False
    return model

# %% by_name right: by kind and order instead of by name, the first two convolutions and the first two norms
def freeze_first_two(model):
    for kind in (keras.layers.Conv2D, keras.layers.BatchNormalization):
        for layer in [each for each in model.layers if isinstance(each, kind)][:2]:
            layer.trainable = False
    return model

# %% by_block wrong: freezes only the block just before, so for "c" block a goes on learning; right for "a" and "b"
def freeze_before(model, block):
    before = {"a": None, "b": "a", "c": "b"}[block]
    for layer in model.layers:
        parts = layer.name.split("_")
        in_block = len(parts) > 1 and parts[1] == before
        if in_block or layer.name in ("conv1", "norm1", "conv2", "norm2"):
            layer.trainable = False
    return model

# %% by_block wrong: looks for the letter anywhere in a name and stops too early, at "image" for "a" and at "conv1" for "c"
def freeze_before(model, block):
    for layer in model.layers:
        if block in layer.name:
            break
        layer.trainable = False
    return model

# %% by_block wrong: freezes the convolutions of the earlier blocks but not their BatchNormalization, which goes on learning and measuring
def freeze_before(model, block):
    for name in ("conv1", "norm1", "conv2", "norm2"):
        model.get_layer(name).trainable = False
    for layer in model.layers:
        parts = layer.name.split("_")
        earlier = len(parts) > 1 and parts[1] < block
        if earlier and isinstance(layer, keras.layers.Conv2D):
            layer.trainable = False
    return model

# %% by_block wrong: freezes the first two inside the loop over earlier blocks, of which "a" has none, so for "a" nothing is frozen
def freeze_before(model, block):
    for earlier in "abc"[: "abc".index(block)]:
        for layer in model.layers:
            parts = layer.name.split("_")
            if layer.name in ("conv1", "norm1", "conv2", "norm2"):
                layer.trainable = False
            elif len(parts) > 1 and parts[1] == earlier:
                layer.trainable = False
    return model

# %% by_block right: no list of names, takes layers from the front until the first one of the block
from itertools import takewhile


def freeze_before(model, block):
    def not_yet(layer):
        _, _, rest = layer.name.partition("_")
        return rest[:1] != block

    for layer in takewhile(not_yet, model.layers):
        layer.trainable = False
    return model

# %% from_layer wrong: trusts base.trainable = True to unfreeze everything, which reaches no layer if the base arrives frozen layer by layer
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = True
    for layer in base.layers:
        if layer.name == name:
            break
        layer.trainable = False
    return model

# %% from_layer wrong: sets the layers' flags first and the base's last, which unfreezes all of them if the base arrives frozen as a whole
def fine_tune_from(model, name):
    base = model.get_layer("base")
    learns = False
    for layer in base.layers:
        learns = learns or layer.name == name
        layer.trainable = learns
    base.trainable = True
    return model

# %% from_layer wrong: keeps the later BatchNormalization frozen by the usual rule, though here it is a layer like any other
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    names = [layer.name for layer in base.layers]
    for layer in base.layers[: names.index(name)]:
        layer.trainable = False
    freeze_batchnorm(base)
    return model

# %% from_layer wrong: leaves out place 0, taking it for the InputLayer; a Sequential base does not list one, so its first layer goes on learning
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    names = [layer.name for layer in base.layers]
    for layer in base.layers[1 : names.index(name)]:
        layer.trainable = False
    return model

# %% from_layer right: walks from the end of the base to its front, and sets each flag to its opposite first
def fine_tune_from(model, name):
    base = model.get_layer("base")
    for _ in range(3):
        for flag in (False, True):
            base.trainable = flag
    learns = True
    for layer in reversed(base.layers):
        layer.trainable = not learns
        layer.trainable = learns
        if layer.name == name:
            learns = False
    for layer in model.layers:
        if layer is not base:
            layer.trainable = False
            layer.trainable = True
    return model

# %% still_learning wrong: asks each outer layer, and one that is frozen itself says "none", though the optimizer would update a part in it that was unfrozen again
def what_learns(model):
    return {
        weight.path: math.prod(weight.shape)
        for layer in model.layers
        for weight in layer.trainable_weights
    }

# %% still_learning wrong: takes all weights of each layer whose flag is True, with moving means and variances, which the optimizer never updates
def what_learns(model):
    found = {}
    for layer in model._flatten_layers():
        if layer.trainable and not layer._layers:
            for weight in layer.weights:
                found[weight.path] = math.prod(weight.shape)
    return found

# %% still_learning wrong: takes the length of the first axis for the number of numbers; right for biases, gamma and beta only
def what_learns(model):
    return {weight.path: int(weight.shape[0]) for weight in model.trainable_weights}

# %% still_learning wrong: one entry for each layer instead of one for each weight
def what_learns(model):
    found = {}
    for weight in model.trainable_weights:
        layer_path = weight.path.rpartition("/")[0]
        found[layer_path] = found.get(layer_path, 0) + math.prod(weight.shape)
    return found

# %% still_learning right: by elimination, all weights but those that the model calls non-trainable
def what_learns(model):
    still = {id(weight) for weight in model.non_trainable_weights}
    return {
        weight.path: int(weight.numpy().size)
        for weight in model.weights
        if id(weight) not in still
    }

# %% features_once wrong: calculates the features anew in every epoch, so the base sees each image three times
def scores_by_features(base, head, images, labels, new_images):
    for _ in range(3):
        features = base.predict(images, verbose=0)
        head.fit(features, labels, batch_size=4, shuffle=False, verbose=0)
    return head.predict(base.predict(new_images, verbose=0), verbose=0)

# %% features_once wrong: overlooks shuffle=False, so the batches are other ones
def scores_by_features(base, head, images, labels, new_images):
    features = base.predict(images, verbose=0)
    head.fit(features, labels, epochs=3, batch_size=4, verbose=0)
    return head.predict(base.predict(new_images, verbose=0), verbose=0)

# %% features_once wrong: three steps on all images at once instead of three epochs in batches of 4
def scores_by_features(base, head, images, labels, new_images):
    features = base(images, training=False).numpy()
    for _ in range(3):
        head.train_on_batch(features, labels)
    return head(base(new_images, training=False)).numpy()

# %% features_once wrong: puts a softmax on top of the head's scores, "to get probabilities"
def scores_by_features(base, head, images, labels, new_images):
    features = base.predict(images, verbose=0)
    head.fit(features, labels, epochs=3, batch_size=4, shuffle=False, verbose=0)
    scores = head.predict(base.predict(new_images, verbose=0), verbose=0)
    return keras.ops.convert_to_numpy(keras.ops.softmax(scores))

# %% features_once right: no fit, the batches of 4 are cut by hand and given to train_on_batch
def scores_by_features(base, head, images, labels, new_images):
    features, new_features = (
        keras.ops.convert_to_numpy(base(each, training=False)) for each in (images, new_images)
    )
    for _ in range(3):
        for first in range(0, len(features), 4):
            head.train_on_batch(features[first : first + 4], labels[first : first + 4])
    return keras.ops.convert_to_numpy(head(new_features, training=False))

# %% second_phase wrong: keeps the statistics by momentum 1, but gamma and beta learn, so not all four arrays stand still
def start_second_phase(model):
    base = model.get_layer("base")
    for flag in (False, True, False, True):
        base.trainable = flag
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 1.0
    model.compile(
        keras.optimizers.Adam(0.0001), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% second_phase wrong: base.trainable = True reaches no layer if they were frozen one by one, so the convolutions stay frozen then
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = True
    freeze_batchnorm(base)
    model.compile(
        keras.optimizers.Adam(0.0001), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% second_phase wrong: freezes the head, as if base and head learned in turns
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    freeze_batchnorm(base)
    model.layers[-1].trainable = False
    model.compile(
        keras.optimizers.Adam(0.0001), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% second_phase wrong: lowers the rate of the old optimizer and compiles with it again, so it is no new one and knows only the head
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    freeze_batchnorm(base)
    optimizer = model.optimizer
    optimizer.learning_rate = 0.0001
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% second_phase right: compiles with the text "adam", which makes a new optimizer, and sets its rate afterwards
def start_second_phase(model):
    base = model.get_layer("base")
    for flag in (False, True) * 3:
        base.trainable = flag
    freeze_batchnorm(model)
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    model.optimizer.learning_rate = 0.0001
    return model

# %% whole_order wrong: calls the base with training=False instead of freezing its norms, which has no effect on the fit
order = "FCDBGAH"

# %% whole_order wrong: model.trainable = True instead of the base's flag; the model's is True already, so on TensorFlow it reaches no layer and the base stays frozen
order = "FCDEIAH"

# %% whole_order wrong: compiles the second phase with the old optimizer, at 0.01 and with the head's variables only
order = "FCDBIJH"

# %% whole_order wrong: trains the head with "adam", which is Adam at 0.001, not at 0.01
order = "FKDBIAH"

# %% whole_order right: the shorter fit first, and a call of the base in inference mode that changes nothing
order = "FGCHBIAD"

# %% inception wrong: counts arrays instead of numbers
layers_with_norm = 94
fresh = 2 * layers_with_norm
norms_frozen = 3 * layers_with_norm

# %% inception wrong: believes that scale=False takes away the variance, so that a channel has one statistic and a beta
channels = 17_216
fresh = channels
norms_frozen = channels + channels

# %% inception wrong: adds the frozen layers' three arrays to a fresh count that holds two of them already
channels = 17_216
fresh = 2 * channels
norms_frozen = fresh + 3 * channels

# %% inception wrong: answers by how much the count grows when the layers are frozen (the betas), not what it is then
channels = 17_216
fresh = 2 * channels
norms_frozen = 3 * channels - fresh

# %% inception right: both at once as NumPy integers
import numpy as np

fresh, norms_frozen = np.array([2, 3]) * 17_216

# %% googlenet wrong: carries scale=False over from Inception, so that norm1 and norm2 have a beta but no gamma to freeze
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + 3 * 3 * 1 * 16 + 3 * 3 * 16 * 32
four_frozen = convolutions_frozen + (16 + 32)

# %% googlenet wrong: forgets that each filter of conv2 reaches through all 16 maps of conv1
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + 16 * 3 * 3 + 32 * 3 * 3
four_frozen = convolutions_frozen + 2 * (16 + 32)

# %% googlenet wrong: gives each filter a bias ("all without bias" overlooked)
fresh_googlenet = 2 * 388
convolutions_frozen = fresh_googlenet + 16 * (3 * 3 + 1) + 32 * (3 * 3 * 16 + 1)
four_frozen = convolutions_frozen + 2 * (16 + 32)

# %% googlenet wrong: counts what was frozen by hand, without the statistics of the layers that are not frozen
fresh_googlenet = 2 * 388
convolutions_frozen = 3 * 3 * 16 + 3 * 3 * 16 * 32
four_frozen = convolutions_frozen + 4 * (16 + 32)

# %% googlenet right: counted on the real network, with its flags set one after the other
def non_trainable(model, *frozen):
    for name in frozen:
        model.get_layer(name).trainable = False
    return sum(math.prod(weight.shape) for weight in model.non_trainable_weights)


network = mini_googlenet()
fresh_googlenet = non_trainable(network)
convolutions_frozen = non_trainable(network, "conv1", "conv2")
four_frozen = non_trainable(network, "norm1", "norm2")

# %% by_name wrong: freezes the four layers weight by weight, so that the two norms go on measuring
def freeze_first_two(model):
    for name in ("conv1", "norm1", "conv2", "norm2"):
        for weight in model.get_layer(name).weights:
            weight.trainable = False
    return model

# %% by_name wrong: freezes the model and thaws the other layers, but the model's own flag stays False and vetoes all
def freeze_first_two(model):
    model.trainable = False
    for layer in model.layers:
        if layer.name not in ("conv1", "norm1", "conv2", "norm2"):
            layer.trainable = True
    return model

# %% by_name wrong: cuts the list of layers at norm2's place, which leaves norm2 itself out
def freeze_first_two(model):
    end = model.layers.index(model.get_layer("norm2"))
    for layer in model.layers[:end]:
        layer.trainable = False
    return model

# %% by_name wrong: freezes all twenty BatchNormalization layers instead of the two ("and nothing else" overlooked)
def freeze_first_two(model):
    freeze_batchnorm(model)
    model.get_layer("conv1").trainable = False
    model.get_layer("conv2").trainable = False
    return model

# %% by_name right: finds the layers as those with weights on the way from the input to norm2's output
def freeze_first_two(model):
    stem = keras.Model(model.input, model.get_layer("norm2").output)
    for layer in stem.layers:
        if layer.weights:
            layer.trainable = False
    return model

# %% by_block wrong: freezes only the one block before, so that for "c" block a still learns
def freeze_before(model, block):
    earlier = chr(ord(block) - 1)
    for layer in model.layers:
        first = layer.name in ("conv1", "norm1", "conv2", "norm2")
        if first or ("_" in layer.name and layer.name.split("_")[1][0] == earlier):
            layer.trainable = False
    return model

# %% by_block wrong: looks for the block's letter anywhere in the names, where "a" is already in "image" and "c" in "conv1"
def freeze_before(model, block):
    for layer in model.layers:
        if block in layer.name:
            break
        layer.trainable = False
    return model

# %% by_block wrong: freezes the earlier blocks, but not the two convolutions and norms before the first block
def freeze_before(model, block):
    for layer in model.layers:
        if "_" in layer.name and layer.name.split("_")[1][0] < block:
            layer.trainable = False
    return model

# %% by_block wrong: in the earlier blocks freezes the convolutions only, whose norms go on learning and measuring
def freeze_before(model, block):
    for name in ("conv1", "norm1", "conv2", "norm2"):
        model.get_layer(name).trainable = False
    for layer in model.layers:
        if "_" in layer.name and layer.name.split("_")[1][0] < block:
            if isinstance(layer, keras.layers.Conv2D):
                layer.trainable = False
    return model

# %% by_block right: freezes the layers of the sub-network that computes the input of the block's first layer
def freeze_before(model, block):
    first = next(
        layer for layer in model.layers
        if "_" in layer.name and layer.name.split("_")[1][0] == block
    )
    for layer in keras.Model(model.input, first.input).layers:
        layer.trainable = False
    return model

# %% from_layer wrong: leaves out place 0 as the input layer, which in a Sequential base is a real layer that then learns
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    cut = [layer.name for layer in base.layers].index(name)
    for layer in base.layers[1:cut]:
        layer.trainable = False
    return model

# %% from_layer wrong: freezes all BatchNormalization as one does in fine-tuning ("a layer like any other here" overlooked)
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    for layer in base.layers:
        if layer.name == name:
            break
        layer.trainable = False
    freeze_batchnorm(base)
    return model

# %% from_layer wrong: sets the base's own flag last, which thaws everything if the base arrived frozen as a whole
def fine_tune_from(model, name):
    base = model.get_layer("base")
    learns = False
    for layer in base.layers:
        learns = learns or layer.name == name
        layer.trainable = learns
    base.trainable = True  # or it would veto its layers
    return model

# %% from_layer wrong: freezes up to and including the named layer
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    for layer in base.layers:
        layer.trainable = False
        if layer.name == name:
            break
    return model

# %% from_layer right: gives each layer its flag and leaves the base's own as it is; the outer model asks the weights
def fine_tune_from(model, name):
    learns = False
    for layer in model.get_layer("base").layers:
        learns |= layer.name == name
        layer.trainable = learns
    return model

# %% still_learning wrong: asks the layers, so that the veto of a frozen inner model hides what was thawed in it
def what_learns(model):
    found = {}
    for layer in model.layers:
        for weight in layer.trainable_weights:
            found[weight.path] = math.prod(weight.shape)
    return found

# %% still_learning wrong: asks each weight's flag only and overlooks that the outer model's own flag, if False, vetoes all
def what_learns(model):
    return {weight.path: math.prod(weight.shape) for weight in model.weights if weight.trainable}

# %% still_learning wrong: uses the name of the weight for its path, so that all kernels fall on one key
def what_learns(model):
    return {weight.name: math.prod(weight.shape) for weight in model.trainable_weights}

# %% still_learning wrong: takes all weights of each layer that is not frozen, and so the moving statistics as well
def what_learns(model):
    found = {}
    for layer in model.layers:
        if hasattr(layer, "layers"):
            found.update(what_learns(layer))
        elif layer.trainable:
            found.update({weight.path: math.prod(weight.shape) for weight in layer.weights})
    return found

# %% still_learning right: takes away from all weights those that the model lists as non-trainable
def what_learns(model):
    still = {id(weight) for weight in model.non_trainable_weights}
    return {
        weight.path: int(weight.numpy().size) for weight in model.weights if id(weight) not in still
    }

# %% features_once wrong: takes the features in training mode and then puts the base's values back, so nothing changed but they were made with the batch's statistics
def scores_by_features(base, head, images, labels, new_images):
    kept = base.get_weights()
    features = base(images, training=True)
    base.set_weights(kept)
    head.fit(features, labels, epochs=3, batch_size=4, shuffle=False, verbose=0)
    return head.predict(base(new_images, training=False), verbose=0)

# %% features_once wrong: computes the features anew in each epoch, so that the base gets each image three times
def scores_by_features(base, head, images, labels, new_images):
    for _ in range(3):
        features = base.predict(images, verbose=0)
        head.fit(features, labels, batch_size=4, shuffle=False, verbose=0)
    return head.predict(base.predict(new_images, verbose=0), verbose=0)

# %% features_once wrong: keeps a fifth of the images for validation, out of habit, so that the head is not trained on all
def scores_by_features(base, head, images, labels, new_images):
    features = base.predict(images, verbose=0)
    head.fit(
        features, labels, epochs=3, batch_size=4, shuffle=False, validation_split=0.2, verbose=0
    )
    return head.predict(base.predict(new_images, verbose=0), verbose=0)

# %% features_once wrong: leaves shuffle at its default, which is True
def scores_by_features(base, head, images, labels, new_images):
    features = base(images, training=False)
    head.fit(features, labels, epochs=3, batch_size=4, verbose=0)
    return head(base(new_images, training=False), training=False).numpy()

# %% features_once right: old and new images go through the base together, and the three epochs are three fits
def scores_by_features(base, head, images, labels, new_images):
    together = keras.ops.concatenate([images, new_images])
    features = base(together, training=False).numpy()
    known, unseen = features[: len(images)], features[len(images) :]
    for _ in range(3):
        head.fit(known, labels, batch_size=4, shuffle=False, verbose=0)
    return head(unseen, training=False).numpy()

# %% second_phase wrong: makes the round False, True after freezing BatchNormalization, and so thaws it again
def start_second_phase(model):
    base = model.get_layer("base")
    freeze_batchnorm(base)
    base.trainable = False
    base.trainable = True
    model.compile(
        keras.optimizers.Adam(0.0001), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% second_phase wrong: freezes all four arrays of each norm one by one, but not the layer, whose statistics move on
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    for layer in base._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            for weight in layer.weights:
                weight.trainable = False
    model.compile(
        keras.optimizers.Adam(0.0001), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% second_phase wrong: sets the small rate on the old optimizer and then compiles with "adam", which begins at 0.001
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    freeze_batchnorm(base)
    model.optimizer.learning_rate = 0.0001
    model.compile("adam", "sparse_categorical_crossentropy", jit_compile=False)
    return model

# %% second_phase wrong: freezes the head, since it was trained in the first phase
def start_second_phase(model):
    base = model.get_layer("base")
    base.trainable = False
    base.trainable = True
    freeze_batchnorm(base)
    model.layers[-1].trainable = False
    model.compile(
        keras.optimizers.Adam(0.0001), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% second_phase right: thaws nothing but the layers with a kernel, at any depth, and leaves every other flag as the first phase left it
def start_second_phase(model):
    for layer in model.get_layer("base")._flatten_layers():
        if hasattr(layer, "kernel"):
            layer.trainable = True
    model.compile(
        keras.optimizers.Adam(0.0001), "sparse_categorical_crossentropy", jit_compile=False
    )
    return model

# %% whole_order wrong: unfreezes through the model, whose own flag was True all along, so that the base stays frozen
order = "FCDEIAH"

# %% whole_order wrong: believes that a call with training=False puts the base into inference mode for the fit that follows
order = "FCDBGAH"

# %% whole_order wrong: compiles twice at the beginning, one rate for each phase, where the second compile replaces the first
order = "FCADBIH"

# %% whole_order wrong: freezes BatchNormalization at the start and believes that it survives the later thaw of the base
order = "FICDBAH"

# %% whole_order right: the shorter fit first, and the harmless call G in between
order = "FCHBIGAD"
