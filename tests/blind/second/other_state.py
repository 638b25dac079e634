# %% counts wrong: believes that a Normalization with given mean and variance still makes its leftover count
adapted = 2 * 12 + 1
told = 1  # mean and variance are constants, the count is there all the same
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 5

# %% counts wrong: counts two singular vectors, u (5) and v (12), as PyTorch keeps them; Keras stores u only
adapted = 2 * 12 + 1
told = 0
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 5 + 12

# %% counts wrong: takes the kernel for non-trainable, because the wrapper itself writes it
adapted = 2 * 12 + 1
told = 0
spectral_trainable = 5  # the bias
spectral_non_trainable = 12 * 5 + 5  # kernel and vector_u

# %% counts wrong: gives vector_u one number per input instead of one per output
adapted = 2 * 12 + 1
told = 0
spectral_trainable = 12 * 5 + 5
spectral_non_trainable = 12

# %% counts right: nothing is worked out by hand, the layers are built and their weights counted
features = np.random.default_rng(0).normal(size=(50, 12)).astype("float32")
measured = layers.Normalization()
measured.adapt(features)
given = layers.Normalization(mean=0.0, variance=1.0)
given.build((None, 12))
wrapped = layers.SpectralNormalization(layers.Dense(5))
wrapped.build((None, 12))


def size_of(weights):
    return sum(weight.numpy().size for weight in weights)


adapted, told = size_of(measured.weights), size_of(given.weights)
spectral_trainable = size_of(wrapped.trainable_weights)
spectral_non_trainable = size_of(wrapped.non_trainable_weights)

# %% still_changing wrong: generalises BatchNormalization's rule: every frozen layer runs in inference mode
dense_kernel = "stays"
dropout_seed = "stays"  # in inference mode nothing is dropped
batchnorm_mean = "stays"
spectral_kernel = "stays"  # it divides in training mode only
adapted_mean = "stays"
counter = "stays"  # it counts with training=True only

# %% still_changing wrong: believes that an adapted Normalization goes on measuring the batches of a fit
dense_kernel = "stays"
dropout_seed = "moves"
batchnorm_mean = "stays"
spectral_kernel = "moves"
adapted_mean = "moves"
counter = "moves"

# %% still_changing wrong: takes the seed state for the fixed seed that was given to the layer
dense_kernel = "stays"
dropout_seed = "stays"  # a seed is set once, that makes runs repeatable
batchnorm_mean = "stays"
spectral_kernel = "moves"
adapted_mean = "stays"
counter = "moves"

# %% still_changing wrong: believes that a freeze holds exactly what was made trainable, so kernels stay and statistics move
dense_kernel = "stays"
dropout_seed = "moves"
batchnorm_mean = "moves"  # was never trainable, the flag does not concern it
spectral_kernel = "stays"  # is trainable, so the flag holds it
adapted_mean = "stays"
counter = "moves"

# %% still_changing right: written as a table of truth values, translated afterwards
says = {True: "moves", False: "stays"}
changes = dict(dense=False, dropout=True, norm=False, spectral=True, adapted=False, own=True)
dense_kernel, dropout_seed, batchnorm_mean, spectral_kernel, adapted_mean, counter = (
    says[flag] for flag in changes.values()
)

# %% listed wrong: takes model.weights for the trainable weights only
moving_mean = "variables"
normalization_mean = "variables"
seed_state = "variables"
lstm_memory = "neither"
adam_momentum = "neither"
lambda_factor = "neither"

# %% listed wrong: takes the fourth variable of the LSTM (a seed state) for its memory
moving_mean = "weights"
normalization_mean = "weights"
seed_state = "variables"
lstm_memory = "variables"
adam_momentum = "neither"
lambda_factor = "neither"

# %% listed wrong: believes that compile adds the optimizer's slots to model.variables, as the summary counts them
moving_mean = "weights"
normalization_mean = "weights"
seed_state = "variables"
lstm_memory = "neither"
adam_momentum = "variables"
lambda_factor = "neither"

# %% listed wrong: concludes from Dropout's 0 params that no list of the model has the seed state
moving_mean = "weights"
normalization_mean = "weights"
seed_state = "neither"
lstm_memory = "neither"
adam_momentum = "neither"
lambda_factor = "neither"

# %% listed right: the words come out of a NumPy array, so they are np.str_
words = np.array(["weights", "variables", "neither"])
moving_mean, normalization_mean, seed_state, lstm_memory, adam_momentum, lambda_factor = words[
    [0, 0, 1, 2, 2, 2]
]

# %% lora_counts wrong: believes that enable_lora freezes the whole layer, bias included
frozen = 200 * 64 + 64
learned = 200 * 8 + 8 * 64
largest_rank = 48

# %% lora_counts wrong: compares A alone with the kernel ("together" overlooked), so 200 r < 12800
frozen = 200 * 64
learned = 200 * 8 + 8 * 64 + 64
largest_rank = 63

# %% lora_counts wrong: rounds 12800 / 264 = 48.48 up; rank 49 has more numbers already
frozen = 200 * 64
learned = 200 * 8 + 8 * 64 + 64
largest_rank = int(np.ceil(200 * 64 / (200 + 64)))

# %% lora_counts wrong: forgets that the bias goes on learning: counts A and B alone
frozen = 200 * 64
learned = 8 * (200 + 64)
largest_rank = 48

# %% lora_counts right: two counts asked of a real layer, the rank by trying all of them
asked = layers.Dense(64)
asked.build((None, 200))
asked.enable_lora(8)
frozen = sum(weight.numpy().size for weight in asked.non_trainable_weights)
learned = sum(weight.numpy().size for weight in asked.trainable_weights)
largest_rank = max(rank for rank in range(1, 200) if rank * 200 + rank * 64 < 200 * 64)


# %% peak wrong: the weight is int32, copied from the lesson's counter: 2.7 is remembered as 2
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                name="peak", shape=(), dtype="int32", initializer="zeros", trainable=False
            )

        def call(self, inputs, training=False):
            if training and self.trainable:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(
                    keras.ops.cast(
                        keras.ops.maximum(keras.ops.cast(self.peak, "float32"), largest), "int32"
                    )
                )
            return inputs

    return Peak()


# %% peak wrong: takes a call without the training argument for training mode (None is not False)
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                name="peak", shape=(), initializer="zeros", trainable=False
            )

        def call(self, inputs, training=None):
            if training is not False and self.trainable:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()


# %% peak wrong: remembers one largest value per feature, as BatchNormalization does, not the largest of all
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(
                name="peak", shape=(input_shape[-1],), initializer="zeros", trainable=False
            )

        def call(self, inputs, training=False):
            if training and self.trainable:
                others = tuple(range(len(inputs.shape) - 1))
                largest = keras.ops.max(keras.ops.abs(inputs), axis=others)
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()


# %% peak wrong: asks the weight for its flag, and makes the weight trainable so that a freeze reaches it
def peak_layer():
    class Peak(layers.Layer):
        def build(self, input_shape):
            self.peak = self.add_weight(name="peak", shape=(), initializer="zeros")

        def call(self, inputs, training=False):
            if training and self.peak.trainable:
                largest = keras.ops.max(keras.ops.abs(inputs))
                self.peak.assign(keras.ops.maximum(self.peak, largest))
            return inputs

    return Peak()


# %% peak right: the weight is made in __init__, and the absolute value is the larger of max and -min
def peak_layer():
    class Peak(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.largest_so_far = self.add_weight(
                name="largest_so_far", shape=(), initializer="zeros", trainable=False
            )

        def call(self, inputs, training=None):
            if not training or not self.trainable:
                return inputs
            for one in (keras.ops.max(inputs), -keras.ops.min(inputs)):
                self.largest_so_far.assign(keras.ops.maximum(self.largest_so_far, one))
            return inputs

    return Peak()


# %% changes_when_frozen wrong: looks at the weights only, so that Dropout's seed state is missed
def changes_when_frozen(layer, x):
    kept, flag = snapshot(layer), layer.trainable
    values = layer.get_weights()
    layer.trainable = False
    layer(x, training=True)
    changed = any(not np.array_equal(a, b) for a, b in zip(values, layer.get_weights()))
    kept.restore()
    layer.trainable = flag
    return changed


# %% changes_when_frozen wrong: puts back with set_weights, which leaves the seed state where the call has put it
def changes_when_frozen(layer, x):
    flag = layer.trainable
    values = layer.get_weights()
    before = snapshot(layer)
    layer.trainable = False
    layer(x, training=True)
    changed = bool(compare(before).moved)
    layer.set_weights(values)
    layer.trainable = flag
    return changed


# %% changes_when_frozen wrong: thaws the layer at the end instead of putting back the flag that it found
def changes_when_frozen(layer, x):
    before = snapshot(layer)
    layer.trainable = False
    layer(x, training=True)
    changed = bool(compare(before).moved)
    before.restore()
    layer.trainable = True
    return changed


# %% changes_when_frozen wrong: asks whether the answers of two calls differ; a counter changes without that
def changes_when_frozen(layer, x):
    before, flag = snapshot(layer), layer.trainable
    layer.trainable = False
    first = keras.ops.convert_to_numpy(layer(x, training=True))
    second = keras.ops.convert_to_numpy(layer(x, training=True))
    before.restore()
    layer.trainable = flag
    return not np.array_equal(first, second)


# %% changes_when_frozen right: the call runs in a StatelessScope that collects what would be written, so no value ever changes
def changes_when_frozen(layer, x):
    flag = layer.trainable
    layer.trainable = False
    try:
        with keras.StatelessScope() as scope:
            layer(x, training=True)
    finally:
        layer.trainable = flag
    for variable in layer.variables:
        new = scope.get_current_value(variable)
        if new is not None and np.any(keras.ops.convert_to_numpy(new) != variable.numpy()):
            return True
    return False


# %% lora_only wrong: freezes the model and thaws hidden; the model's own flag vetoes, and nothing moves
def prepare(reader):
    hidden = reader.get_layer("hidden")
    reader.trainable = False
    hidden.trainable = True
    hidden.enable_lora(2)
    hidden.bias.trainable = False
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader


# %% lora_only wrong: compiles with the optimizer of the first training, which does not know A and B
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    head.trainable = False
    hidden.enable_lora(2)
    hidden.bias.trainable = False
    reader.compile(reader.optimizer, "mse")
    return reader


# %% lora_only wrong: takes over rank 4 from the lesson; "with rank 2" is overlooked
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    head.trainable = False
    hidden.enable_lora(4)
    hidden.bias.trainable = False
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader


# %% lora_only wrong: LoRA on a frozen layer, which is thawed afterwards: the kernel is thawed as well
def prepare(reader):
    hidden, head = reader.get_layer("hidden"), reader.get_layer("head")
    hidden.trainable = False
    head.trainable = False
    hidden.enable_lora(2)
    hidden.trainable = True
    hidden.bias.trainable = False
    reader.compile(keras.optimizers.SGD(0.01), "mse")
    return reader


# %% lora_only right: compiles first and sets the flags afterwards, which the first fit after a compile honours
def prepare(reader):
    reader.compile(optimizer=keras.optimizers.SGD(0.01), loss="mse")
    reader.get_layer("hidden").enable_lora(rank=2)
    learns = ("lora_kernel_a", "lora_kernel_b")
    for weight in reader.trainable_weights:
        weight.trainable = weight.name in learns
    return reader


# %% merged wrong: copies the configuration, in which lora_rank stands: the new layer has a LoRA of its own
def merge(layer):
    new = layers.Dense.from_config(layer.get_config())
    new.build((None, layer.kernel.shape[0]))
    new._kernel.assign(layer.kernel)
    if layer.use_bias:
        new.bias.assign(layer.bias)
    return new


# %% merged wrong: adds A · B by hand without lora_alpha / rank; right only as long as nothing is scaled
def merge(layer):
    merged = layer._kernel.numpy() + layer.lora_kernel_a.numpy() @ layer.lora_kernel_b.numpy()
    new = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    new.build((None, merged.shape[0]))
    new.kernel.assign(merged)
    if layer.use_bias:
        new.bias.assign(layer.bias)
    return new


# %% merged wrong: takes layer.kernel for the old kernel and adds A · B once more
def merge(layer):
    scale = layer.lora_alpha / layer.lora_rank
    addition = layer.lora_kernel_a.numpy() @ layer.lora_kernel_b.numpy()
    merged = keras.ops.convert_to_numpy(layer.kernel) + scale * addition
    new = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    new.build((None, merged.shape[0]))
    new.kernel.assign(merged)
    if layer.use_bias:
        new.bias.assign(layer.bias)
    return new


# %% merged wrong: merges inside the old layer first (kernel added to, B set to 0): same answers, changed values
def merge(layer):
    layer._kernel.assign(layer.kernel)
    layer.lora_kernel_b.assign(keras.ops.zeros_like(layer.lora_kernel_b))
    new = layers.Dense(layer.units, activation=layer.activation, use_bias=layer.use_bias)
    new.build((None, layer.kernel.shape[0]))
    new.kernel.assign(layer._kernel)
    if layer.use_bias:
        new.bias.assign(layer.bias)
    return new


# %% merged right: merges by saving and loading, through a dict in place of a file
def merge(layer):
    config = {
        key: value for key, value in layer.get_config().items() if not key.startswith("lora_")
    }
    new = layers.Dense.from_config(config)
    new.build((None, layer.kernel.shape[0]))
    store = {}
    layer.save_own_variables(store)
    new.load_own_variables(store)
    return new


# %% in_order wrong: leaves out compile, since the model has been compiled once, and sets a flag that is set already
order = "ABFD"

# %% in_order wrong: trains with the frozen head first and enables LoRA after that: the kernel itself is trained
order = "BCDA"

# %% in_order wrong: freezes hidden first out of habit, so that A and B are made frozen (and needs five lines)
order = "BEACD"

# %% in_order wrong: believes that enable_lora freezes the rest of the model, head included, and that F thaws A and B
order = "AFCD"

# %% in_order right: compile comes before the flags, and the first fit after it honours them
order = "CBAD"
