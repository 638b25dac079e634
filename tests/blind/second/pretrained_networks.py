# %% inception wrong: counts for the frozen case only what the freeze adds (the betas), without the statistics
channels = 17_216
fresh = 2 * channels
norms_frozen = channels  # there is no gamma, so only beta can be frozen

# %% inception wrong: believes that a fresh network in which nothing is frozen has nothing non-trainable
fresh = 0
norms_frozen = 3 * 17_216

# %% inception wrong: counts arrays, not the numbers in them
fresh = 2 * 94
norms_frozen = 3 * 94

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

# %% by_block wrong: looks for the letter anywhere in the name; the "a" of "image" stops it at once
def freeze_before(model, block):
    for layer in model.layers:
        if block in layer.name:
            break
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

# %% from_layer wrong: base.trainable = True does nothing where the base's own flag is True; layers that were frozen one by one stay frozen
def fine_tune_from(model, name):
    base = model.get_layer("base")
    base.trainable = True
    for layer in base.layers:
        if layer.name == name:
            break
        layer.trainable = False
    return model

# %% from_layer wrong: keeps all BatchNormalization layers frozen by habit, also the later ones that should learn
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

# %% whole_order wrong: unfreezes through the outer model, whose flag is True already; on TensorFlow the base stays frozen
order = "FCDEIAH"

# %% whole_order wrong: freezes BatchNormalization once at the start; switching the base off and on thaws it
order = "IFCDBAH"

# %% whole_order wrong: swaps the learning rates of the two phases
order = "FADBICH"

# %% whole_order wrong: a call with training=False instead of freezing BatchNormalization; the statistics move in the second fit
order = "FCDBGAH"

# %% whole_order right: the fit of two epochs for the head, that of three for the base
order = "FCHBIAD"
