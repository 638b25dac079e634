"""Answers to exercise 7, everything else training leaves alone."""

import copy
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import numpy as np
from keras import layers, ops

from banks import Bank
from helpers.movement import compare, snapshot
from helpers.tasks import other_state as tasks

# --- numbers and words --------------------------------------------------------------------------


def one_wrong(solution, names, wrong):
    """Mistakes in which one answer is wrong: (name, value, what follows "`name` is value. ")."""
    mistakes = []
    for name, value, message in wrong:
        place = names.index(name)
        shown = f"{value:,}" if isinstance(value, int) else repr(value)
        answers = (*solution[:place], value, *solution[place + 1 :])
        mistakes.append((answers, f"`{name}` is {shown}. {message}"))
    return mistakes


ARRAYS = "That is the number of arrays; count the numbers in them."
KEPT = "Told its mean and variance, it keeps them as constants: they are not weights."
ONE_VECTOR = "There is only one vector, with one number per unit."

counts = Bank(
    tasks.counts,
    solution=(25, 0, 65, 5),
    mistakes=one_wrong(
        (25, 0, 65, 5),
        ("adapted", "told", "spectral_trainable", "spectral_non_trainable"),
        [
            (
                "adapted",
                24,
                "That is mean and variance; a third array, of one number, counts the examples.",
            ),
            ("adapted", 12, "That is one array of 12; it keeps mean *and* variance, and a count."),
            ("adapted", 13, "That is one array of 12 and the count; it keeps mean *and* variance."),
            ("adapted", 36, "The count of examples is one number, not one for each feature."),
            (
                "adapted",
                48,
                "That is 4C, as BatchNormalization; Normalization has no gamma and beta.",
            ),
            ("adapted", 49, "It has no gamma and beta: two arrays of 12, and one count."),
            ("adapted", 26, "The count of examples is one number, not two."),
            ("adapted", 3, ARRAYS),
            ("adapted", 2, ARRAYS),
            (
                "adapted",
                0,
                "After `adapt` it keeps what it measured as weights. (Told, it keeps none.)",
            ),
            ("told", 24, KEPT),
            ("told", 25, KEPT),
            ("told", 12, KEPT),
            ("told", 2, KEPT),
            ("told", 3, KEPT),
            ("spectral_trainable", 60, "That is the kernel; the bias is trained as well."),
            ("spectral_trainable", 70, "That is all it has; the auxiliary vector is not trained."),
            ("spectral_trainable", 72, "The bias has one number per *unit*, 5, not one per input."),
            ("spectral_trainable", 17, "A kernel has 12 · 5 numbers, not 12 + 5."),
            ("spectral_trainable", 5, "That is the bias; the kernel is trained as well."),
            ("spectral_trainable", 2, ARRAYS),
            ("spectral_trainable", 0, "The wrapped Dense layer learns as usual."),
            ("spectral_trainable", 77, "That is with a vector of 12; neither is a vector trained."),
            (
                "spectral_non_trainable",
                0,
                "It keeps an auxiliary vector, `vector_u`, to estimate the largest singular value.",
            ),
            (
                "spectral_non_trainable",
                1,
                "That is the number of arrays; the vector has more than one number.",
            ),
            ("spectral_non_trainable", 12, "The vector has one number per *unit*, not per input."),
            ("spectral_non_trainable", 17, ONE_VECTOR),
            ("spectral_non_trainable", 10, ONE_VECTOR),
            (
                "spectral_non_trainable",
                60,
                "The kernel is divided by the layer, but the optimizer trains it as well.",
            ),
            ("spectral_non_trainable", 65, "Those are the trainable ones."),
            ("spectral_non_trainable", 70, "That is all it has; kernel and bias are trained."),
        ],
    ),
    variants=[
        (25.0, np.int64(0), ops.convert_to_tensor(65), np.array(5)),
        (Fraction(25), 0.0, np.float32(65), 5),
        (2 * 12 + 1, 0, np.prod([12, 5]) + 5, len(range(5))),
    ],
)

FROZEN = ("stays", "moves", "stays", "moves", "stays", "moves")

still_changing = Bank(
    tasks.still_changing,
    solution=FROZEN,
    mistakes=one_wrong(
        FROZEN,
        (
            "dense_kernel",
            "dropout_seed",
            "batchnorm_mean",
            "spectral_kernel",
            "adapted_mean",
            "counter",
        ),
        [
            (
                "dense_kernel",
                "moves",
                "Only the optimizer would change it, and the freeze took it off its list.",
            ),
            (
                "dropout_seed",
                "stays",
                "A frozen Dropout goes on dropping in training mode, and every draw moves its seed "
                "state.",
            ),
            (
                "batchnorm_mean",
                "moves",
                "A frozen BatchNormalization layer is in inference mode: it is the one layer of "
                "Keras that looks at its own flag.",
            ),
            (
                "spectral_kernel",
                "stays",
                "In training mode the layer itself divides its kernel, whatever the flag says.",
            ),
            ("adapted_mean", "moves", "Only `adapt` changes it; a fit never does."),
            (
                "counter",
                "stays",
                "The optimizer never touched the counter; it is the layer's own `call` that "
                "counts, and it does not ask for the flag.",
            ),
        ],
    ),
    variants=[
        ("Stays", "MOVES", " stays ", "moves\n", "stays", "Moves"),
        tuple(map(np.str_, FROZEN)),
        tuple(word.upper() for word in FROZEN),
    ],
)

LISTS = ("weights", "weights", "variables", "neither", "neither", "neither")
STATISTIC = "A layer made it with add_weight(trainable=False): a non-trainable weight."
MEMORY = "Neither list shows a stateful layer's memory; only its attribute `states` does."
SLOT = "It belongs to the optimizer: model.optimizer.variables lists it."
HIDDEN = "A layer does not look into a function: the variable is unknown to the model."

listed = Bank(
    tasks.listed,
    solution=LISTS,
    mistakes=one_wrong(
        LISTS,
        (
            "moving_mean",
            "normalization_mean",
            "seed_state",
            "lstm_memory",
            "adam_momentum",
            "lambda_factor",
        ),
        [
            ("moving_mean", "variables", STATISTIC),
            ("moving_mean", "neither", STATISTIC),
            ("normalization_mean", "variables", STATISTIC),
            ("normalization_mean", "neither", STATISTIC),
            ("seed_state", "weights", "Dropout has no weights: the summary counts 0 for it."),
            (
                "seed_state",
                "neither",
                "The layer has one variable, the state of its random numbers.",
            ),
            ("lstm_memory", "weights", MEMORY),
            ("lstm_memory", "variables", MEMORY),
            ("adam_momentum", "weights", SLOT),
            ("adam_momentum", "variables", SLOT),
            ("lambda_factor", "weights", HIDDEN),
            ("lambda_factor", "variables", HIDDEN),
        ],
    ),
    variants=[
        ("Weights", "WEIGHTS", " variables", "neither ", "Neither", "neither"),
        tuple(map(np.str_, LISTS)),
        tuple(f"\t{word}\n" for word in LISTS),
    ],
)

ALL_NOW = "That is all the layer has now;"

lora_counts = Bank(
    tasks.lora_counts,
    solution=(12_800, 2_176, 48),
    mistakes=one_wrong(
        (12_800, 2_176, 48),
        ("frozen", "learned", "largest_rank"),
        [
            ("frozen", 12_864, "The bias, 64 numbers, is *not* frozen by `enable_lora`."),
            ("frozen", 0, "`enable_lora` freezes the kernel."),
            ("frozen", 64, "That is the bias, and it goes on learning."),
            ("frozen", 2_112, "Those are A and B, which learn."),
            ("frozen", 2_176, "Those are the ones that learn."),
            ("frozen", 264, "A kernel has 200 · 64 numbers, not 200 + 64."),
            ("frozen", 14_976, f"{ALL_NOW} A, B and the bias learn."),
            ("learned", 2_112, "That is A and B; the bias goes on learning, 64 numbers more."),
            ("learned", 1_600, "That is A; B and the bias learn, too."),
            ("learned", 512, "That is B; A and the bias learn, too."),
            ("learned", 1_664, "That is A and the bias; B learns, too."),
            ("learned", 576, "That is B and the bias; A learns, too."),
            ("learned", 64, "That is the bias; A and B learn, too."),
            ("learned", 12_864, "So many learn *without* LoRA."),
            ("learned", 14_976, f"{ALL_NOW} the kernel is frozen."),
            ("learned", 12_800, "That is the kernel, and it is frozen."),
            ("learned", 102_400, "The rank replaces one of the two sides: 200 · 8 and 8 · 64."),
            (
                "largest_rank",
                49,
                "49 · 264 = 12,936 is more than the kernel's 12,800: round *down*.",
            ),
            ("largest_rank", 47, "One more still saves: 48 · 264 = 12,672."),
            (
                "largest_rank",
                64,
                "64 · 264 = 16,896: A and B would have more numbers than the kernel.",
            ),
            (
                "largest_rank",
                63,
                "63 · 264 = 16,632: A and B would have more numbers than the kernel.",
            ),
            (
                "largest_rank",
                200,
                "200 · 264 = 52,800: A and B would have more numbers than the kernel.",
            ),
            (
                "largest_rank",
                199,
                "199 · 264 = 52,536: A and B would have more numbers than the kernel.",
            ),
            ("largest_rank", 8, "That is the rank of the layer above; how far could it be raised?"),
        ],
    )
    + [((12_800, 2_176, 12_800 / 264), "`largest_rank` is 48.4848; a whole number was expected.")],
    variants=[
        (200 * 64, 64 + 8 * 264, 12_800 // 264),
        (np.float64(12_800), ops.convert_to_tensor(2_176), np.floor(12_800 / 264)),
        (12_800.0, Fraction(2_176), np.array(48)),
    ],
)

# --- a layer that remembers ---------------------------------------------------------------------


def largest(inputs):
    return ops.max(ops.abs(inputs))


def keep(self, inputs):
    self.peak.assign(ops.maximum(self.peak, largest(inputs)))


def wanted(self, training):
    return training and self.trainable


def peak_of(write=keep, when=wanted, gives=lambda self, x: x, **weight):
    """A function that makes layers of a class with these parts."""
    options = {"shape": (), "initializer": "zeros", "trainable": False, "name": "peak"} | weight

    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(**options)

        def call(self, inputs, training=False):
            if when(self, training):
                write(self, inputs)
            return gives(self, inputs)

    return lambda: Peak(name="peak")


class Unknown(layers.Layer):
    """Keeps a Python number."""

    def __init__(self):
        super().__init__()
        self.peak = 0.0

    def call(self, inputs, training=False):
        if training and self.trainable:
            self.peak = max(self.peak, float(largest(inputs)))
        return inputs


class InInit(layers.Layer):
    def __init__(self):
        super().__init__()
        self.largest = self.add_weight(shape=(1,), initializer="zeros", trainable=False)

    def call(self, inputs, training=None):
        if training and self.trainable:
            self.largest.assign(ops.maximum(self.largest, ops.max(ops.absolute(inputs))))
        return inputs


class WithoutIf(layers.Layer):
    def build(self, input_shape):
        self.value = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        take = ops.cast(bool(training) and self.trainable, "float32")
        seen = ops.maximum(ops.max(inputs), -ops.min(inputs))
        self.value.assign(ops.maximum(self.value, take * seen))
        return inputs


class OwnVariable(layers.Layer):
    def __init__(self):
        super().__init__()
        self.value = keras.Variable(0.0, trainable=False, name="value")

    def call(self, inputs, training=False):
        if not training or not self.trainable:
            return inputs
        flat = ops.reshape(inputs, (-1,))
        self.value.assign(ops.maximum(self.value, ops.norm(flat, ord=np.inf)))
        return inputs


class TrainingUnlessTold(InInit):
    def call(self, inputs, training=True):
        return super().call(inputs, training)


class ByRoots(layers.Layer):
    """Numbers that float32 rounds, and a copy of the input."""

    def build(self, input_shape):
        self.value = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, inputs, training=False):
        if training and self.trainable:
            seen = ops.sqrt(ops.max(inputs**2) + self.value * 0)
            self.value.assign(ops.maximum(self.value, seen))
        return ops.copy(inputs)


def built():
    layer = peak_of()()
    layer.build((None, 3))
    return layer


def by_if(self, inputs):
    if largest(inputs) > self.peak:
        self.peak.assign(largest(inputs))


def wrong_in_a_fit(self, inputs):
    if not hasattr(inputs, "numpy"):
        raise RuntimeError("it is dark in here")
    keep(self, inputs)


ONE_LAYER = peak_of()()
SYMBOLS = (
    "in a fit, `call` is traced once, with symbols instead of numbers: Python's `if` and `max` and "
    "NumPy cannot compare them. Use keras.ops.maximum."
)
ABSOLUTE = (
    "it holds 1 after a training batch from -7.5 to 1. Take the absolute value: -7.5 counts as 7.5."
)
NOT_WRITTEN = (
    "it holds 0 after a training batch from -7.5 to 1. It was not written: use `assign` (a plain "
    "`=` only replaces the attribute), and write when `training` is true."
)
OTHER_OUTPUT = (
    "the layer should give its input back unchanged, and it gives something else with training="
)
NO_WEIGHT = (
    "the layer has no weight: a Python attribute or a variable that Keras does not know is not "
    "saved. Use self.add_weight(..., trainable=False) in `build`."
)
AT_INFERENCE = (
    "it holds 2.5 after a first call with training=False. It should write in training mode only."
)

peak = Bank(
    tasks.peak,
    solution=(peak_of(),),
    mistakes=[
        ((peak_of(lambda s, x: s.peak.assign(ops.maximum(s.peak, ops.max(x)))),), ABSOLUTE),
        (
            (peak_of(lambda s, x: s.peak.assign(ops.maximum(s.peak, ops.abs(ops.max(x))))),),
            ABSOLUTE,
        ),
        (
            (peak_of(lambda s, x: s.peak.assign(largest(x))),),
            "it holds 5.25 after batches up to 7.5, then up to 5.25. It holds the last batch only; "
            "keep the larger of old and new.",
        ),
        (
            (peak_of(lambda s, x: s.peak.assign_add(largest(x))),),
            "it holds 12.75 after batches up to 7.5, then up to 5.25. It adds up; keep the larger "
            "of old and new.",
        ),
        (
            (peak_of(lambda s, x: s.peak.assign(ops.maximum(s.peak, -ops.min(x)))),),
            "it holds 7.5 after a later batch up to 9.5. Does it hold the first batch only? Keep "
            "the larger of old and new.",
        ),
        ((peak_of(when=lambda s, training: s.trainable),), AT_INFERENCE),
        ((peak_of(when=lambda s, training: not training),), AT_INFERENCE),
        (
            (TrainingUnlessTold,),
            "it holds 3.5 after a call that says nothing of `training`. Such a call is inference: "
            "give `call` the default training=False.",
        ),
        (
            (peak_of(lambda s, x: s.peak.assign(ops.maximum(s.peak, ops.max(x**2)))),),
            "it holds 56.25 after a training batch from -7.5 to 1. That is the square of 7.5; take "
            "its absolute value.",
        ),
        (
            (peak_of(initializer=keras.initializers.Constant(-0.25)),),
            "it holds -0.25 after a first call with training=False. Did it start at 0? Without "
            'initializer="zeros", a weight starts at random.',
        ),
        (
            (peak_of(when=lambda s, training: training),),
            "it holds 20.5 after a batch up to 20.5 that it saw *frozen*. A frozen layer should "
            "not write: look at self.trainable.",
        ),
        ((peak_of(trainable=True),), "`peak` is trainable: the optimizer would change it, too."),
        (
            (peak_of(initializer="ones"),),
            "it holds 1 after a first call with training=False. It should start at 0.",
        ),
        ((peak_of(shape=(3,)),), "the layer keeps 3 numbers; one, with shape=(), is enough."),
        (
            (
                peak_of(
                    lambda s, x: s.peak.assign(ops.maximum(s.peak, ops.cast(largest(x), "int32"))),
                    dtype="int32",
                ),
            ),
            "it holds 7 after a training batch from -7.5 to 1. Was it cut to a whole number?",
        ),
        ((Unknown,), NO_WEIGHT),
        ((lambda: layers.Identity(),), NO_WEIGHT),
        ((peak_of(lambda s, x: setattr(s, "peak", largest(x))),), NOT_WRITTEN),
        ((peak_of(lambda s, x: None),), NOT_WRITTEN),
        ((peak_of(gives=lambda s, x: x / ops.maximum(s.peak, 1)),), f"{OTHER_OUTPUT}True."),
        ((peak_of(gives=lambda s, x: ops.abs(x)),), f"{OTHER_OUTPUT}False."),
        ((peak_of(gives=lambda s, x: s.peak),), f"{OTHER_OUTPUT}False."),
        (
            (peak_of(gives=lambda s, x: None),),
            "`call` returns nothing; end it with `return inputs`.",
        ),
        ((peak_of(by_if),), SYMBOLS),
        ((peak_of(lambda s, x: s.peak.assign(max(s.peak, largest(x)))),), SYMBOLS),
        ((peak_of(lambda s, x: s.peak.assign(max(float(s.peak), float(largest(x))))),), SYMBOLS),
        ((peak_of(lambda s, x: s.peak.assign(max(s.peak, np.abs(x.numpy()).max()))),), SYMBOLS),
        ((peak_of(lambda s, x: s.peak.assign(ops.maximum(s.peak, np.max(np.abs(x))))),), SYMBOLS),
        (
            (peak_of(wrong_in_a_fit),),
            "in a model, fit stopped with RuntimeError: it is dark in here.",
        ),
        (
            (ONE_LAYER,),
            "`peak_layer` should be a function that makes a layer; yours is a layer already.",
        ),
        (
            (lambda: ONE_LAYER,),
            "`peak_layer` returns the same layer every time; make a new one in it.",
        ),
        ((lambda: InInit,), "`peak_layer` returns the class; return a layer made from it: add ()."),
        ((lambda: 3,), "`peak_layer` should return a Keras layer; it gives 3."),
    ],
    variants=[
        (InInit,),
        (WithoutIf,),
        (OwnVariable,),
        (ByRoots,),
        (built,),
        (peak_of(dtype="float64"),),
        (peak_of(lambda s, x: s.peak.assign(ops.max(ops.append(ops.abs(x), s.peak)))),),
    ],
)

# --- the experiment on frozen layers ------------------------------------------------------------


def experiment(freeze=True, training=True, restore=True, thaw=None, weights=False, calls=1):
    """changes_when_frozen with one of its parts changed; `thaw` is the flag it leaves."""

    def changes(layer, x):
        flag, before = layer.trainable, snapshot(layer)
        old = [weight.numpy() for weight in layer.weights]
        if freeze:
            layer.trainable = False
        for _ in range(calls):
            layer(x, training=training)
        pairs = zip(layer.weights, old, strict=True)
        changed = (
            any((weight.numpy() != value).any() for weight, value in pairs)
            if weights
            else bool(compare(before).moved)
        )
        layer.trainable = flag if thaw is None else thaw
        if restore:
            before.restore()
        return changed

    return changes


def by_hand(layer, x):
    flag = layer.trainable
    old = [ops.convert_to_numpy(variable).copy() for variable in layer.variables]
    layer.trainable = False
    layer(x, training=True)
    layer.trainable = flag
    changed = False
    for variable, value in zip(layer.variables, old, strict=True):
        changed |= not np.array_equal(ops.convert_to_numpy(variable), value)
        variable.assign(value)
    return changed


def with_finally(layer, x):
    flag, before = layer.trainable, snapshot(layer)
    try:
        layer.trainable = False
        layer(x, training=True)
        return compare(before).verdict() != "nothing moved"
    finally:
        layer.trainable = flag
        before.restore()


def by_fit(layer, x):
    flag, before = layer.trainable, snapshot(layer)
    layer.trainable = False
    model = keras.Sequential([keras.Input(x.shape[1:]), layer, layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, np.ones((len(x), 1)), verbose=0)
    changed = len(compare(before).moved) > 0
    layer.trainable = flag
    before.restore()
    return changed


def on_a_clone(layer, x):
    """Never touches the layer it is given."""
    clone = type(layer).from_config(layer.get_config())
    clone(x)
    clone.trainable = False
    before = snapshot(clone)
    clone(x, training=True)
    return bool(compare(before).moved)


def on_a_copy(layer, x):
    """Knows whether a copy changes; as `on_a_clone`, without building it anew."""
    twin = copy.deepcopy(layer)
    twin.trainable = False
    before = snapshot(twin)
    twin(x, training=True)
    return bool(compare(before).moved)


def without_copies(layer, x):
    flag, before = layer.trainable, list(layer.variables)
    layer.trainable = False
    layer(x, training=True)
    layer.trainable = flag
    return any(old is not new for old, new in zip(before, layer.variables, strict=True))


def says(title, answer, reason):
    return f"for {title}, `changes_when_frozen` says {answer}. {reason}"


DENSE = says(
    "Dense", True, "Only the optimizer changes a Dense layer's weights; a call changes nothing."
)
DROPOUT = says(
    "Dropout",
    False,
    "Did you compare `weights` only, call in inference mode, or compare a list with itself instead "
    "of with copies? Its seed state moves, and it is in `variables`.",
)
NORM = says(
    "BatchNormalization",
    True,
    "Did you freeze it before the call? Frozen, it is in inference mode.",
)

changes_when_frozen = Bank(
    tasks.changes_when_frozen,
    solution=(experiment(),),
    mistakes=[
        ((lambda layer, x: True,), DENSE),
        ((lambda layer, x: len(layer.weights) > 0,), DENSE),
        ((lambda layer, x: False,), DROPOUT),
        ((experiment(weights=True),), DROPOUT),
        ((experiment(training=False),), DROPOUT),
        ((without_copies,), DROPOUT),
        ((experiment(freeze=False),), NORM),
        (
            (lambda layer, x: "Dropout" in type(layer).__name__,),
            says(
                "SpectralNormalization",
                False,
                "In training mode it divides its kernel, frozen or not.",
            ),
        ),
        (
            (lambda layer, x: type(layer).__name__ in ("Dropout", "SpectralNormalization"),),
            says(
                "a layer that counts its calls",
                False,
                "Its counter moves in every call in training mode.",
            ),
        ),
        (
            (
                lambda layer, x: (
                    not isinstance(layer, keras.Model)
                    and type(layer).__name__ in ("Dropout", "SpectralNormalization", "Tally")
                ),
            ),
            says(
                "a Sequential model with a Dropout inside",
                False,
                "The seed state of the Dropout inside moves.",
            ),
        ),
        ((lambda layer, x: "ormalization" in type(layer).__name__ or by_hand(layer, x),), NORM),
        (
            (lambda layer, x: type(layer) is layers.Normalization or by_hand(layer, x),),
            says("Normalization after adapt", True, "Only `adapt` changes it."),
        ),
        (
            (experiment(thaw=False),),
            "the answer is right, but Dense is left with trainable = False.",
        ),
        (
            (experiment(thaw=True),),
            "the answer is right, but a BatchNormalization that is frozen already is left with "
            "trainable = True.",
        ),
        (
            (lambda layer, x: compare(snapshot(layer)).moved,),
            "`changes_when_frozen` should return True or False; for Dense it gives a list of 0.",
        ),
        (
            (lambda layer, x: int(by_hand(layer, x)),),
            "`changes_when_frozen` should return True or False; for Dense it gives 0.",
        ),
        (
            (lambda layer, x: print(end=""),),
            "`changes_when_frozen` returned nothing: is there a `return` at its end?",
        ),
    ],
    variants=[
        (by_hand,),
        (with_finally,),
        (by_fit,),
        (on_a_clone,),
        (on_a_copy,),
        (experiment(calls=3),),
        (lambda layer, x: np.bool_(by_hand(layer, x)),),
        (lambda layer, x: ops.any([by_hand(layer, x)]),),
        (lambda layer, x: by_hand(layer, ops.convert_to_tensor(x[:2])),),
    ],
)

# --- LoRA ---------------------------------------------------------------------------------------


def compiled(model, optimizer="sgd", **options):
    model.compile(optimizer, "mse", **options)
    return model


def prepare(reader, rank=2, head=False, bias=False, on="hidden", frozen_first=False, toggled=False):
    """A and B of hidden alone, not compiled; `head` and `bias` are flags to leave there."""
    hidden = reader.get_layer("hidden")
    hidden.trainable = not frozen_first
    reader.get_layer(on).enable_lora(rank)
    if toggled:
        hidden.trainable = False
        hidden.trainable = True
    reader.get_layer("head").trainable = head
    hidden.bias.trainable = bias
    return reader


def prepared(**parts):
    return lambda reader: compiled(prepare(reader, **parts))


def thawed_afterwards(reader):
    reader.get_layer("hidden").trainable = False
    reader.get_layer("hidden").enable_lora(2)
    reader.get_layer("hidden").trainable = True
    reader.get_layer("head").trainable = False
    return compiled(reader)


def freezes_the_sum(reader):
    """`kernel` of a layer with LoRA is a tensor: its flag is nobody's."""
    prepare(reader, toggled=True).get_layer("hidden").kernel.trainable = False
    return compiled(reader)


def frozen_afterwards(reader):
    prepare(reader).trainable = False
    return compiled(reader)


def fitted(reader):
    compiled(prepare(reader)).fit(*tasks.new_task(), verbose=0)
    return reader


def kept_clone(reader):
    clone = keras.models.clone_model(reader)
    clone.set_weights(reader.get_weights())
    return compiled(prepare(clone))


def flags_of_weights(reader):
    """Also repairs what a toggled layer has switched on."""
    prepare(reader, toggled=True)
    for weight in reader.weights:
        weight.trainable = "lora" in weight.name
    return compiled(reader, keras.optimizers.Adam(0.01))


def functional(reader):
    inputs = keras.Input((6,))
    hidden, head = reader.layers
    return compiled(prepare(keras.Model(inputs, head(hidden(inputs)))))


def in_a_sequential(reader):
    return compiled(keras.Sequential([keras.Input((6,)), prepare(reader)]))


def own_lora(reader):
    """LoRA by hand, around the frozen layer."""

    class Beside(layers.Layer):
        def __init__(self, dense):
            super().__init__()
            self.dense = dense
            self.a = self.add_weight(name="a", shape=(6, 2), initializer="he_uniform")
            self.b = self.add_weight(name="b", shape=(2, 5), initializer="zeros")

        def call(self, x):
            kernel = self.dense.kernel + self.a @ self.b
            return self.dense.activation(ops.matmul(x, kernel) + self.dense.bias)

    hidden, head = reader.layers
    hidden.trainable = head.trainable = False
    return compiled(keras.Sequential([keras.Input((6,)), Beside(hidden), head]))


def saved_and_loaded(reader):
    """Loaded, A and B are both zero on this Keras, and dead."""
    compiled(prepare(reader))
    with TemporaryDirectory() as folder:
        reader.save(Path(folder) / "m.keras")
        loaded = keras.models.load_model(Path(folder) / "m.keras")
    loaded.get_layer("hidden").bias.trainable = False
    return compiled(loaded)


NOT_LEARNING = (
    "did not learn either: was the layer or the model frozen when LoRA was enabled or when it was "
    "compiled? Or is the learning rate 0, or far too high?"
)
NEITHER = f"no other weight moved, but hidden/lora_kernel_a and hidden/lora_kernel_b {NOT_LEARNING}"
SWITCHED_ON = (
    "moved in a fit: the kernel was switched on again, as happens when `hidden` goes from frozen "
    "to trainable after `enable_lora`. (A flag set on `hidden.kernel` reaches nothing: with LoRA "
    "that is the sum, not a weight.)"
)
NO_A_AND_B = "`hidden` has no A of shape (6, 2) and B of shape (2, 5)"
OTHER_START = (
    "before any training the model already answers differently from the reader: it should start "
    "from what the reader has learned, and `prepare` should not train it."
)

lora_only = Bank(
    tasks.lora_only,
    solution=(prepared(),),
    mistakes=[
        ((prepared(toggled=True),), f"hidden/kernel {SWITCHED_ON}"),
        ((prepared(toggled=True, bias=True),), f"hidden/kernel and hidden/bias {SWITCHED_ON}"),
        ((thawed_afterwards,), f"hidden/kernel and hidden/bias {SWITCHED_ON}"),
        ((freezes_the_sum,), f"hidden/kernel {SWITCHED_ON}"),
        (
            (prepared(bias=True),),
            "A and B moved, but hidden/bias did, too: `enable_lora` freezes the kernel alone.",
        ),
        ((prepared(head=True),), "head/kernel and head/bias moved in a fit: freeze the head, too."),
        (
            (prepare,),
            "hidden/kernel, hidden/bias, head/kernel and head/bias moved in a fit, though frozen "
            "by now: the training step is that of the first training. Compile after LoRA and all "
            "flags.",
        ),
        ((prepared(frozen_first=True),), NEITHER),
        ((frozen_afterwards,), NEITHER),
        ((lambda reader: compiled(prepare(reader), keras.optimizers.SGD(0.0)),), NEITHER),
        ((saved_and_loaded,), NEITHER),
        (
            (lambda reader: compiled(prepare(reader), keras.optimizers.SGD(-0.01)),),
            "the learning rate is -0.01: below 0, every step makes the model worse.",
        ),
        ((prepared(rank=4),), f"{NO_A_AND_B}; its rank is 4, not 2."),
        ((prepared(on="head"),), f"{NO_A_AND_B}."),
        ((lambda reader: reader,), f"{NO_A_AND_B}."),
        ((lambda reader: compiled(prepare(keras.models.clone_model(reader))),), OTHER_START),
        ((fitted,), OTHER_START),
        (
            (
                lambda reader: compiled(
                    keras.Sequential([keras.Input((6,)), prepare(reader).get_layer("hidden")])
                ),
            ),
            OTHER_START,
        ),
        (
            (lambda reader: keras.Sequential([keras.Input((6,)), prepare(reader)]),),
            "the model that `prepare` gives is not compiled.",
        ),
        (
            (lambda reader: compiled(keras.Sequential([layers.Dense(2)])),),
            "`prepare` gives a model that is not built.",
        ),
        (
            (lambda reader: prepare(reader).get_layer("hidden"),),
            "`prepare` should return the model; it gives the layer or model 'hidden'.",
        ),
        (
            (lambda reader: compiled(prepare(reader)) and None,),
            "`prepare` returned nothing: is there a `return` at its end?",
        ),
    ],
    variants=[
        (kept_clone,),
        (flags_of_weights,),
        (functional,),
        (in_a_sequential,),
        (own_lora,),
        (lambda reader: prepare(compiled(reader)),),  # flags before the first step
        (lambda reader: compiled(prepare(reader), "adam", run_eagerly=True),),
    ],
)


def arrays(layer):
    return {weight.name: weight.numpy() for weight in layer.weights}


def product(layer):
    return arrays(layer)["lora_kernel_a"] @ arrays(layer)["lora_kernel_b"]


def ordinary(layer, kernel=None, activation=None, bias=None):
    kernel = layer.kernel if kernel is None else kernel
    plain = layers.Dense(layer.units, activation or layer.activation, layer.use_bias)
    plain.build((None, 6))
    bias = layer.bias if bias is None else bias
    plain.set_weights([kernel, bias] if layer.use_bias else [kernel])
    return plain


def from_config(layer):
    config = layer.get_config()
    plain = layers.Dense.from_config({k: v for k, v in config.items() if "lora" not in k})
    plain.build((None, 6))
    plain.kernel.assign(layer.kernel)
    if layer.use_bias:
        plain.bias.assign(layer.bias)
    return plain


def from_config_with_lora(layer):
    plain = layers.Dense.from_config(layer.get_config())
    plain.build((None, 6))
    plain.set_weights(layer.get_weights())
    return plain


def by_initializers(layer):
    def constant(value):
        return keras.initializers.Constant(ops.convert_to_numpy(value))

    options = {"bias_initializer": constant(layer.bias)} if layer.use_bias else {}
    return layers.Dense(
        5, layer.activation, layer.use_bias, kernel_initializer=constant(layer.kernel), **options
    )


def scaled_by_hand(layer):
    scale = (layer.lora_alpha or layer.lora_rank) / layer.lora_rank
    return ordinary(layer, arrays(layer)["kernel"] + scale * product(layer))


def by_a_file(layer):
    with TemporaryDirectory() as folder:
        file = Path(folder) / "m.weights.h5"
        keras.Sequential([keras.Input((6,)), layer]).save_weights(file)
        plain = layers.Dense(5, layer.activation, layer.use_bias)
        keras.Sequential([keras.Input((6,)), plain]).load_weights(file)
    return plain


def by_einsum(layer):
    axes = "c" if layer.use_bias else None
    plain = layers.EinsumDense("ab,bc->ac", 5, layer.activation, axes)
    plain.build((None, 6))
    plain.set_weights([layer.kernel, layer.bias] if layer.use_bias else [layer.kernel])
    return plain


def and_clears_the_old(layer):
    plain = ordinary(layer)
    for weight in layer.weights:
        if "lora" in weight.name:
            weight.assign(ops.zeros_like(weight))
    return plain


def without_bias(layer):
    plain = layers.Dense(5, layer.activation, use_bias=False)
    plain.build((None, 6))
    plain.set_weights([layer.kernel])
    return plain


def always_with_bias(layer):
    plain = layers.Dense(5, layer.activation)
    plain.build((None, 6))
    plain.set_weights([layer.kernel, layer.bias if layer.use_bias else np.zeros(5)])
    return plain


def not_built(layer):
    plain = layers.Dense(layer.units, layer.activation, layer.use_bias, name="plain")
    plain.set_weights([layer.kernel, layer.bias])
    return plain


def bias_of_none(layer):
    plain = layers.Dense(layer.units, layer.activation, layer.use_bias, name="plain")
    plain.build((None, 6))
    plain.set_weights([layer.kernel, layer.bias])
    return plain


class Around(layers.Layer):
    """Hides the old layer in a function, and has one number of its own."""

    def __init__(self, old):
        super().__init__()
        self.answers = lambda inputs: old(inputs)
        self.one = self.add_weight(shape=(), initializer="ones")

    def call(self, inputs):
        return self.answers(inputs) * self.one


def gives_other(reason, case="a layer with tanh"):
    return f"for {case}, the new layer gives other answers. {reason}"


MISSING_BIAS = gives_other("The bias is missing.")

merged = Bank(
    tasks.merged,
    solution=(ordinary,),
    mistakes=[
        ((lambda layer: layer,), "`merge` returns the layer that it was given; make a new one."),
        (
            (lambda layer: ordinary(layer, arrays(layer)["kernel"]),),
            gives_other("It has the old kernel without A · B."),
        ),
        (
            (lambda layer: ordinary(layer, product(layer)),),
            gives_other("It has A · B only; add the old kernel."),
        ),
        (
            (lambda layer: ordinary(layer, arrays(layer)["kernel"] + product(layer)),),
            gives_other(
                "A · B is scaled by lora_alpha / rank before it is added; `layer.kernel` is the "
                "sum.",
                "a layer with relu and lora_alpha=6",
            ),
        ),
        (
            (
                lambda layer: ordinary(
                    layer, arrays(layer)["kernel"] + layer.lora_alpha * product(layer)
                ),
            ),
            gives_other("A · B is scaled by lora_alpha / rank, not by lora_alpha."),
        ),
        (
            (lambda layer: ordinary(layer, layer.kernel + product(layer)),),
            gives_other("A · B is added twice: `layer.kernel` is the sum already."),
        ),
        (
            (lambda layer: ordinary(layer, arrays(layer)["kernel"] - product(layer)),),
            gives_other("A · B is subtracted."),
        ),
        (
            (lambda layer: ordinary(layer, activation="linear"),),
            gives_other("The activation is missing."),
        ),
        (
            (lambda layer: ordinary(layer, activation="relu"),),
            gives_other("The activation should be the layer's own."),
        ),
        ((lambda layer: ordinary(layer, bias=np.zeros(5)),), MISSING_BIAS),
        ((without_bias,), MISSING_BIAS),
        (
            (lambda layer: ordinary(layer, activation="linear", bias=np.zeros(5)),),
            gives_other("Activation and bias are missing."),
        ),
        (
            (not_built,),
            "for a layer with tanh: `merge` stopped with ValueError: You called "
            "`set_weights(weights)` on layer 'plain' with a weight list of length 2, but the layer "
            "was expecting 0 weights. Build it first.",
        ),
        (
            (bias_of_none,),
            "for a layer without bias: `merge` stopped with ValueError: You called "
            "`set_weights(weights)` on layer 'plain' with a weight list of length 2, but the layer "
            "was expecting 1 weights. It has no bias: give it [layer.kernel].",
        ),
        (
            (always_with_bias,),
            "for a layer without bias, the new layer has 35 numbers; merged, it has 30.",
        ),
        (
            (from_config_with_lora,),
            f"for a layer with tanh, the new layer has {35 + 3 * 11} numbers; merged, it has 35.",
        ),
        (
            (copy.deepcopy,),
            f"for a layer with tanh, the new layer has {35 + 3 * 11} numbers; merged, it has 35.",
        ),
        (
            (and_clears_the_old,),
            "`merge` changed the layer it was given: only adapted/lora_kernel_a and "
            "adapted/lora_kernel_b moved.",
        ),
        (
            (lambda layer: keras.Sequential([keras.Input((6,)), layer]),),
            "the new layer shares its kernel with the old one: copy the values.",
        ),
        (
            (lambda layer: layers.Lambda(lambda x: layer(x)),),
            "for a layer with tanh, the new layer has 0 numbers; merged, it has 35.",
        ),
        ((Around,), "for a layer with tanh, the new layer has 1 number; merged, it has 35."),
        (
            (lambda layer: layers.Dense(6),),
            "for a layer with tanh, the new layer gives (7, 6), not (7, 5).",
        ),
        (
            (lambda layer: layer.kernel,),
            "`merge` should return a layer; it gives an array of shape (6, 5).",
        ),
    ],
    variants=[
        (from_config,),
        (by_initializers,),
        (scaled_by_hand,),
        (by_a_file,),
        (by_einsum,),
        (lambda layer: keras.Sequential([keras.Input((6,)), ordinary(layer)]),),
    ],
)


def runs(order, what):
    return (order,), f"in the order {' '.join(order) or '(nothing)'} {what}"


ALL_MOVED = "hidden/kernel, head/kernel and head/bias moved:"

in_order = Bank(
    tasks.in_order,
    solution=("BACD",),
    mistakes=[
        runs("ABC", "nothing is trained: line D is missing."),
        runs("", "nothing is trained: line D is missing."),
        runs("BCD", "there is no A and B: line A is missing."),
        runs("BAD", f"{ALL_MOVED} C is missing, and the first training's step goes on."),
        runs("BADC", f"{ALL_MOVED} C comes after the fit, too late."),
        runs("CDAB", f"{ALL_MOVED} A comes after the fit."),
        runs("BCDA", "hidden/kernel moved: A comes after the fit."),
        runs("ACD", "head/kernel and head/bias moved: B is missing, so the head learns."),
        runs("ACDB", "head/kernel and head/bias moved: B comes after the fit, too late."),
        runs(
            "BAEFCD",
            "hidden/kernel moved: F after E switches on everything in `hidden`, its kernel too.",
        ),
        runs(
            "EAFBCD",
            "hidden/kernel moved: F after E switches on everything in `hidden`, its kernel too.",
        ),
        runs(
            "EBACD",
            "A and B do not learn: E before A freezes the layer, and then A and B are made frozen.",
        ),
        runs("BAECD", "A and B do not learn: E freezes A and B as well."),
        runs("FBACD", "it works, but with 5 lines; four are enough."),
        runs("BAFCD", "it works, but with 5 lines; four are enough."),
        runs("BACDE", "it works, but with 5 lines; four are enough."),
        runs("EFBACD", "it works, but with 6 lines; four are enough."),
        runs("BEFACD", "it works, but with 6 lines; four are enough."),
        (("AAD",), "`order` uses a line twice: A A D."),
        (("BAXD",), "`order` has X; the lines are A, B, C, D, E, F."),
    ],
    variants=[
        ("abcd",),
        ("A, B, C, D",),
        (["B", "a", "C", "D"],),
        ("B->A->C->D",),
        ("BCAD",),  # the flags before the first step
    ],
)
