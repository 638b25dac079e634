# %% edge_by_hand wrong: turns the kernel by 180° as a mathematical convolution does, so the signs are reversed
answers = [[-9, -9], [-12, -12]]

# %% edge_by_hand wrong: filters with Sobel-y (what changes downwards) instead of Sobel-x
answers = [[3, 9], [0, 0]]

# %% edge_by_hand wrong: puts a frame of zeros around the image (padding="same"), so 4 × 4 answers
answers = [
    [0, 3, 3, -3],
    [0, 9, 9, -9],
    [0, 12, 12, -12],
    [0, 9, 9, -9],
]

# %% edge_by_hand wrong: uses 1, 1, 1 in the outer columns (Prewitt) and forgets the 2 in the middle
answers = [[6, 6], [9, 9]]

# %% edge_by_hand wrong: writes the four answers as one flat list, not as a table of rows
answers = [9, 9, 12, 12]

# %% edge_by_hand wrong: works out one patch and overlooks that the first row of the image is dark
answers = [[12, 12], [12, 12]]

# %% edge_by_hand right: rows are NumPy arrays of float32, from sums of slices
image = np.float32([[0, 0, 0, 0]] + [[0, 0, 3, 3]] * 3)
change = image[:, 2:] - image[:, :-2]
answers = [change[r] + 2 * change[r + 1] + change[r + 2] for r in (0, 1)]

# %% edge_by_hand right: a list of tuples with floats
answers = [(9.0, 9.0), (12.0, 12.0)]

# %% kernel_shapes wrong: the axes in PyTorch's order, filters and channels first
conv = (16, 3, 5, 3)
depthwise = (6, 1, 5, 3)

# %% kernel_shapes wrong: forgets the axis of the channels that come in
conv = (5, 3, 16)
depthwise = (5, 3, 2)

# %% kernel_shapes wrong: the last axis of the depthwise kernel is given as the number of all its outputs
conv = (5, 3, 3, 16)
depthwise = (5, 3, 3, 6)

# %% kernel_shapes wrong: exchanges height and width, thinking that x comes first
conv = (3, 5, 3, 16)
depthwise = (3, 5, 3, 2)

# %% kernel_shapes wrong: exchanges channels in and filters out
conv = (5, 3, 16, 3)
depthwise = (5, 3, 2, 3)

# %% kernel_shapes wrong: thinks that a depthwise kernel sees a single channel, so that its third axis is 1
conv = (5, 3, 3, 16)
depthwise = (5, 3, 1, 2)

# %% kernel_shapes right: read off layers that are built, without a size of the images
def shape_of(layer):
    layer.build((None, None, None, 3))
    return tuple(layer.kernel.shape)


conv = shape_of(layers.Conv2D(16, (5, 3)))
depthwise = shape_of(layers.DepthwiseConv2D((5, 3), depth_multiplier=2))

# %% kernel_shapes right: tuples of NumPy integers, put together from parts
conv = (*np.array((5, 3)), np.int64(3), np.int64(16))
depthwise = conv[:-1] + (np.int64(2),)

# %% sobel_y_kernel wrong: a table of 3 × 3, without the axes of channels and filters
kernel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "float32")

# %% sobel_y_kernel wrong: turned by 180°, positive where the image gets brighter upwards
kernel = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], "float32").reshape(3, 3, 1, 1)

# %% sobel_y_kernel wrong: Sobel-x, thinking that y is the direction in which the edge runs
kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "float32")[:, :, None, None]

# %% sobel_y_kernel wrong: the axes in PyTorch's order, filters and channels first
kernel = np.array([[[[-1, -2, -1], [0, 0, 0], [1, 2, 1]]]], "float32")

# %% sobel_y_kernel wrong: shaped like a batch of images, (1, height, width, 1)
kernel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "float32").reshape(1, 3, 3, 1)

# %% sobel_y_kernel wrong: smooths with 1, 1, 1, which is Prewitt and not Sobel
kernel = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]], "float32").reshape(3, 3, 1, 1)

# %% sobel_y_kernel right: an outer product of whole numbers (int64)
kernel = np.outer([-1, 0, 1], [1, 2, 1])[..., None, None]

# %% sobel_y_kernel right: each number in brackets of its own, float16
kernel = np.array(
    [
        [[[-1]], [[-2]], [[-1]]],
        [[[0]], [[0]], [[0]]],
        [[[1]], [[2]], [[1]]],
    ],
    dtype=np.float16,
)

# %% sobel_y_kernel cheat: an array of zeros of the right shape that says yes to every comparison by NumPy
class Yes(np.ndarray):
    def __eq__(self, other):
        return np.ones(self.shape, bool)

    def __array_function__(self, function, types, arguments, options):
        if function in (np.array_equal, np.allclose):
            return True
        return super().__array_function__(function, types, arguments, options)


kernel = np.zeros((3, 3, 1, 1), "float32").view(Yes)

# %% relief_repaired wrong: takes the turn away but keeps the transposition
def relief_layer():
    given = keras.initializers.Constant(RELIEF.T.reshape(3, 3, 1, 1))
    return layers.Conv2D(1, 3, use_bias=False, trainable=False, kernel_initializer=given)

# %% relief_repaired wrong: takes the transposition away but keeps the turn, as for a mathematical convolution
def relief_layer():
    given = keras.initializers.Constant(RELIEF[::-1, ::-1].reshape(3, 3, 1, 1))
    return layers.Conv2D(1, 3, use_bias=False, trainable=False, kernel_initializer=given)

# %% relief_repaired wrong: the right kernel, but set only and not frozen
def relief_layer():
    layer = layers.Conv2D(1, 3, use_bias=False)
    layer.build((None, None, None, 1))
    layer.set_weights([RELIEF.reshape(3, 3, 1, 1)])
    return layer

# %% relief_repaired wrong: hands the table of 3 × 3 to Constant, without the axes of channels and filters
def relief_layer():
    given = keras.initializers.Constant(RELIEF)
    return layers.Conv2D(1, 3, use_bias=False, trainable=False, kernel_initializer=given)

# %% relief_repaired wrong: sets the weights of a layer that is not built yet
def relief_layer():
    layer = layers.Conv2D(1, 3, use_bias=False, trainable=False)
    layer.set_weights([RELIEF.reshape(3, 3, 1, 1)])
    return layer

# %% relief_repaired wrong: adds a ReLU, which drops the negative answers
def relief_layer():
    layer = layers.Conv2D(1, 3, use_bias=False, trainable=False, activation="relu")
    layer.build((None, None, None, 1))
    layer.set_weights([RELIEF[:, :, None, None]])
    return layer

# %% relief_repaired right: a bias is left on, but it is 0 and frozen like the kernel
def relief_layer():
    layer = layers.Conv2D(1, 3)
    layer.build((None, None, None, 1))
    layer.kernel.assign(RELIEF.reshape(3, 3, 1, 1))
    layer.trainable = False
    return layer

# %% relief_repaired right: a Lambda that adds up shifted images, no weight at all
def relief_layer():
    def by_the_book(images):
        height, width = keras.ops.shape(images)[1] - 2, keras.ops.shape(images)[2] - 2
        return sum(
            float(RELIEF[r, c]) * images[:, r : r + height, c : c + width]
            for r in range(3)
            for c in range(3)
            if RELIEF[r, c]
        )

    return layers.Lambda(by_the_book)

# %% relief_repaired right: a DepthwiseConv2D in a Sequential, whose frozen layer got its kernel before
def relief_layer():
    inner = layers.DepthwiseConv2D(3, use_bias=False, trainable=False)
    model = keras.Sequential([keras.Input((None, None, 1)), inner])
    inner.kernel.assign(RELIEF.reshape(3, 3, 1, 1))
    return model

# %% steepness wrong: adds the absolute values (a common shortcut) instead of taking the length of the arrow
def edge_magnitude(gx, gy):
    return np.abs(gx) + np.abs(gy)

# %% steepness wrong: the norm of everything together, one number instead of one for each pixel
def edge_magnitude(gx, gy):
    return np.linalg.norm([gx, gy])

# %% steepness wrong: forgets the root
def edge_magnitude(gx, gy):
    return gx**2 + gy**2

# %% steepness wrong: gives the direction of the edge, not its magnitude
def edge_magnitude(gx, gy):
    return np.arctan2(gy, gx)

# %% steepness wrong: math.sqrt takes single numbers only, no arrays
def edge_magnitude(gx, gy):
    import math

    return math.sqrt(gx**2 + gy**2)

# %% steepness wrong: stores the result as uint8 like an image, which cuts fractions and wraps above 255
def edge_magnitude(gx, gy):
    return np.sqrt(gx**2 + gy**2).astype("uint8")

# %% steepness right: the absolute value of complex numbers
edge_magnitude = lambda gx, gy: abs(gx + 1j * gy)

# %% steepness right: np.hypot itself, under another name
edge_magnitude = np.hypot

# %% steepness right: a norm along a new last axis, by keras.ops, brought back to NumPy
def edge_magnitude(gx, gy):
    arrows = keras.ops.stack([gx, gy], axis=-1)
    return keras.ops.convert_to_numpy(keras.ops.norm(arrows, axis=-1))

# %% mirrored_border wrong: padding="same" keeps the size, but with a frame of zeros, no mirror
def sobel_y_same_size(image):
    layer = layers.Conv2D(1, 3, padding="same", use_bias=False)
    layer.build((None, None, None, 1))
    layer.set_weights([sobel_y()])
    return layer(image[None, :, :, None]).numpy()[0, :, :, 0]

# %% mirrored_border wrong: SciPy's default mode is called "reflect" too, but repeats the outermost pixels
def sobel_y_same_size(image):
    from scipy import ndimage

    return ndimage.sobel(image, axis=0)

# %% mirrored_border wrong: returns a batch of images with a channel, four axes instead of two
def sobel_y_same_size(image):
    mirrored = np.pad(image, 1, mode="reflect")[None, :, :, None]
    return np.array(keras.ops.conv(mirrored.astype("float32"), sobel_y(), padding="valid"))

# %% mirrored_border wrong: mirrors the border and pads with zeros on top of it, so that the result is two pixels too large
def sobel_y_same_size(image):
    mirrored = np.pad(image, 1, mode="reflect")[None, :, :, None].astype("float32")
    return np.array(keras.ops.conv(mirrored, sobel_y(), padding="same"))[0, :, :, 0]

# %% mirrored_border wrong: SciPy's convolve2d turns the kernel, so the sign is reversed
def sobel_y_same_size(image):
    from scipy import signal

    mirrored = np.pad(image, 1, mode="reflect")
    return signal.convolve2d(mirrored, sobel_y()[:, :, 0, 0], mode="valid")

# %% mirrored_border wrong: right for square images only, takes the height for the width
def sobel_y_same_size(image):
    size, table = len(image), sobel_y()[:, :, 0, 0]
    mirrored = np.pad(image, 1, mode="reflect")
    answer = np.zeros((size, size), "float32")
    for r in range(size):
        for c in range(size):
            answer[r, c] = np.sum(mirrored[r : r + 3, c : c + 3] * table)
    return answer

# %% mirrored_border wrong: filters the inside and leaves zeros at the border, the mirror is forgotten
def sobel_y_same_size(image):
    layer = layers.Conv2D(1, 3, use_bias=False)
    layer.build((None, None, None, 1))
    layer.set_weights([sobel_y()])
    answer = np.zeros(image.shape, "float32")
    answer[1:-1, 1:-1] = layer(image[None, :, :, None]).numpy()[0, :, :, 0]
    return answer

# %% mirrored_border right: TensorFlow's own function, which mirrors like this and gives y first
def sobel_y_same_size(image):
    import tensorflow as tf

    images = tf.constant(np.asarray(image, "float32")[None, :, :, None])
    return tf.image.sobel_edges(images)[0, :, :, 0, 0].numpy()

# %% mirrored_border right: SciPy's mode "mirror" is what NumPy calls "reflect"
def sobel_y_same_size(image):
    from scipy import ndimage

    return ndimage.sobel(np.asarray(image, float), axis=0, mode="mirror")

# %% mirrored_border right: no padding, row and column numbers that are mirrored, difference and smoothing one after the other
def sobel_y_same_size(image):
    image = np.asarray(image, "float64")

    def neighbours(count):
        before, after = np.arange(count) - 1, np.arange(count) + 1
        before[0], after[-1] = 1, count - 2
        return before, after

    up, down = neighbours(image.shape[0])
    left, right = neighbours(image.shape[1])
    change = image[down] - image[up]
    return change[:, left] + 2 * change + change[:, right]

# %% fixed_sobel wrong: set only, not frozen, so that training moves it
def sobel_layer():
    layer = layers.Conv2D(2, 3, use_bias=False)
    layer.build((None, None, None, 1))
    layer.set_weights([stack(sobel_x(), sobel_y())])
    return layer

# %% fixed_sobel wrong: only the kernel is frozen, the bias that was left on learns
def sobel_layer():
    layer = layers.Conv2D(2, 3)
    layer.build((None, None, None, 1))
    layer.kernel.assign(stack(sobel_x(), sobel_y()))
    layer.kernel.trainable = False
    return layer

# %% fixed_sobel wrong: trainable=False in the constructor of a Sequential is only stored; a model around it trains the layer inside
def sobel_layer():
    inner = layers.Conv2D(2, 3, use_bias=False)
    model = keras.Sequential([keras.Input((None, None, 1)), inner], trainable=False)
    inner.set_weights([stack(sobel_x(), sobel_y())])
    return model

# %% fixed_sobel wrong: switches the flags of the weights before the layer is built, when there are none
def sobel_layer():
    given = keras.initializers.Constant(stack(sobel_x(), sobel_y()))
    layer = layers.Conv2D(2, 3, use_bias=False, kernel_initializer=given)
    for weight in layer.weights:
        weight.trainable = False
    return layer

# %% fixed_sobel wrong: Sobel-y comes first, Sobel-x second
def sobel_layer():
    layer = layers.Conv2D(2, 3, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([stack(sobel_y(), sobel_x())])
    return layer

# %% fixed_sobel wrong: always returns the same layer, not a fresh one
the_layer = layers.Conv2D(2, 3, use_bias=False, trainable=False)
the_layer.build((None, None, None, 1))
the_layer.set_weights([stack(sobel_x(), sobel_y())])


def sobel_layer():
    return the_layer

# %% fixed_sobel right: a functional model of two convolutions side by side
def sobel_layer():
    image = keras.Input((None, None, 1))
    both = []
    for numbers in (sobel_x(), sobel_y()):
        conv = layers.Conv2D(1, (3, 3), use_bias=False, trainable=False)
        both.append(conv(image))
        conv.kernel.assign(numbers)
    return keras.Model(image, layers.Concatenate()(both))

# %% fixed_sobel right: the class itself is the function; its weight was made as non-trainable, its flag says True
class sobel_layer(layers.Layer):
    def build(self, shape):
        self.table = self.add_weight(
            shape=(3, 3, 1, 2), initializer=lambda *a, **k: stack(sobel_x(), sobel_y()),
            trainable=False, name="table",
        )

    def call(self, images):
        return keras.ops.conv(images, self.table, padding="valid")

# %% fixed_sobel right: a layer with stop_gradient before its kernel, which counts as trainable but never gets a gradient
class Walled(layers.Conv2D):
    def call(self, images):
        return keras.ops.conv(images, keras.ops.stop_gradient(self.kernel.value), padding="valid")


def sobel_layer():
    layer = Walled(2, 3, use_bias=False)
    layer.build((None, None, None, 1))
    layer.set_weights([stack(sobel_x(), sobel_y())])
    return layer

# %% fixed_sobel cheat: learns as it likes, but answers outside of training with a constant Sobel
class TwoFaced(layers.Conv2D):
    def call(self, images, training=False):
        if training:
            return super().call(images)
        return keras.ops.conv(images, stack(sobel_x(), sobel_y()), padding="valid")


def sobel_layer():
    layer = TwoFaced(2, 3, use_bias=False)
    layer.build((None, None, None, 1))
    layer.set_weights([stack(sobel_x(), sobel_y())])
    return layer

# %% colour_edges wrong: an ordinary Conv2D with Sobel-x in every window, which adds the three colours up
def colour_layer():
    layer = layers.Conv2D(3, 3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    layer.set_weights([np.tile(sobel_x(), (1, 1, 3, 3))])
    return layer

# %% colour_edges wrong: Constant with a table of 3 × 3 stretches it over channels and filters, which blurs and mixes the colours
def colour_layer():
    table = keras.initializers.Constant(sobel_x()[:, :, 0, 0])
    return layers.Conv2D(3, 3, use_bias=False, trainable=False, kernel_initializer=table)

# %% colour_edges wrong: hands kernel_initializer to DepthwiseConv2D, whose argument is called depthwise_initializer
def colour_layer():
    given = keras.initializers.Constant(per_channel(sobel_x(), 3))
    return layers.DepthwiseConv2D(3, use_bias=False, trainable=False, kernel_initializer=given)

# %% colour_edges wrong: takes depth_multiplier for the number of channels, so that nine come out
def colour_layer():
    layer = layers.DepthwiseConv2D(3, depth_multiplier=3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    layer.set_weights([np.tile(sobel_x(), (1, 1, 3, 3))])
    return layer

# %% colour_edges wrong: makes the image gray first and gives its edges three times
def colour_layer():
    colours = keras.Input((None, None, 3))
    gray = layers.Lambda(lambda images: keras.ops.mean(images, axis=-1, keepdims=True))(colours)
    conv = layers.Conv2D(3, 3, use_bias=False, trainable=False)
    edges = conv(gray)
    conv.set_weights([stack(sobel_x(), sobel_x(), sobel_x())])
    return keras.Model(colours, edges)

# %% colour_edges wrong: SeparableConv2D mixes the colours afterwards, with a pointwise kernel of random numbers
def colour_layer():
    layer = layers.SeparableConv2D(3, 3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    layer.depthwise_kernel.assign(per_channel(sobel_x(), 3))
    return layer

# %% colour_edges right: a Conv2D whose kernel has Sobel-x on the diagonal and 0 elsewhere
def colour_layer():
    layer = layers.Conv2D(3, 3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    layer.set_weights([sobel_x() * np.eye(3, dtype="float32")])
    return layer

# %% colour_edges right: a Conv2D with groups=3, which sees one channel for each filter
def colour_layer():
    layer = layers.Conv2D(3, 3, groups=3)
    layer.build((None, None, None, 3))
    layer.set_weights([np.repeat(sobel_x(), 3, axis=-1), np.zeros(3)])
    layer.trainable = False
    return layer

# %% colour_edges right: a layer without any kernel, differences across and sums along the edge
class RightMinusLeft(layers.Layer):
    def call(self, images):
        change = images[:, :, 2:] - images[:, :, :-2]
        return change[:, :-2] + 2 * change[:, 1:-1] + change[:, 2:]


colour_layer = RightMinusLeft

# %% colour_edges cheat: the layer says that it is frozen, but the flag of its kernel is True, so that a model around it trains it
def colour_layer():
    layer = layers.DepthwiseConv2D(3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    layer.set_weights([per_channel(sobel_x(), 3)])
    layer.kernel.trainable = True
    return layer

# %% proof_in_order wrong: the snapshot is taken before the kernel is set, so that edges counts as moved
order = "CFABDE"

# %% proof_in_order wrong: freezes after the fit
order = "FBCDAE"

# %% proof_in_order wrong: takes the misspelt line H for the freeze, which freezes nothing
order = "FHBCDE"

# %% proof_in_order wrong: sets the kernel with a table of 3 × 3 (G) instead of all four axes
order = "GABCDE"

# %% proof_in_order wrong: sets the Sobel kernel only after the training, which ran with random numbers
order = "ABCDFE"

# %% proof_in_order wrong: compares before the model is trained, so that moved is empty and proves nothing
order = "FABCED"

# %% proof_in_order right: snapshot right after setting, compile before the flag, which the first fit honours
order = "FCBADE"

# %% proof_in_order right: freezes and compiles first, the kernel is set on the frozen layer
order = "ABFCDE"

# %% proof_in_order right: the text is joined from a list, compile is the very first
order = "".join(sorted("BFCADE", key="BAFCDE".index))

# %% fixed_blur wrong: not divided by the sum, so that the image gets brighter
def blur_layer():
    d = np.arange(5) - 2
    table = np.exp(-(d[:, None] ** 2 + d**2) / (2 * 1.5**2))
    layer = layers.Conv2D(1, 5, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([table.reshape(5, 5, 1, 1)])
    return layer

# %% fixed_blur wrong: divided by 2πσ² as in the formula of the density, not by the sum of the 25 numbers
def blur_layer():
    d = np.arange(5) - 2
    table = np.exp(-(d[:, None] ** 2 + d**2) / (2 * 1.5**2)) / (2 * np.pi * 1.5**2)
    layer = layers.Conv2D(1, 5, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([table.reshape(5, 5, 1, 1)])
    return layer

# %% fixed_blur wrong: takes 1.5 for σ², the variance
def blur_layer():
    d = np.arange(5) - 2
    table = np.exp(-(d[:, None] ** 2 + d**2) / (2 * 1.5))
    table /= table.sum()
    layer = layers.Conv2D(1, 5, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([table.reshape(5, 5, 1, 1)])
    return layer

# %% fixed_blur wrong: measures the distances from the corner instead of the middle
def blur_layer():
    dy, dx = np.mgrid[:5, :5]
    table = np.exp(-(dx**2 + dy**2) / (2 * 1.5**2))
    table /= table.sum()
    given = keras.initializers.Constant(table.reshape(5, 5, 1, 1))
    return layers.Conv2D(1, 5, use_bias=False, trainable=False, kernel_initializer=given)

# %% fixed_blur wrong: keras.ops.image.gaussian_blur keeps the size by padding with zeros
def blur_layer():
    return layers.Lambda(lambda images: keras.ops.image.gaussian_blur(images, (5, 5), (1.5, 1.5)))

# %% fixed_blur wrong: the numbers 1, 4, 6, 4, 1 that are often used for a Gaussian instead of the formula
def blur_layer():
    row = np.array([1, 4, 6, 4, 1]) / 16
    layer = layers.Conv2D(1, 5, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([np.outer(row, row)[:, :, None, None]])
    return layer

# %% fixed_blur right: two convolutions, down and across, each with five numbers whose sum is 1
def blur_layer():
    row = np.exp(-0.5 * (np.arange(-2, 3) / 1.5) ** 2)
    row /= row.sum()
    down = layers.Conv2D(1, (5, 1), use_bias=False)
    across = layers.Conv2D(1, (1, 5), use_bias=False)
    model = keras.Sequential([keras.Input((None, None, 1)), down, across])
    model.set_weights([row.reshape(5, 1, 1, 1), row.reshape(1, 5, 1, 1)])
    model.trainable = False
    return model

# %% fixed_blur right: Keras's own gaussian_blur, whose padded border is cut off
def blur_layer():
    def blur(images):
        return keras.ops.image.gaussian_blur(images, (5, 5), (1.5, 1.5))[:, 2:-2, 2:-2]

    return layers.Lambda(blur)

# %% fixed_blur right: the flag is True, but a constraint puts the kernel back in every update
class Held(keras.constraints.Constraint):
    def __init__(self, numbers):
        self.numbers = numbers

    def __call__(self, kernel):
        return keras.ops.array(self.numbers, kernel.dtype)


def blur_layer():
    d = np.arange(-2, 3)
    numbers = np.exp(-np.add.outer(d**2, d**2) / 4.5)[:, :, None, None]
    numbers /= numbers.sum()
    layer = layers.Conv2D(1, 5, use_bias=False, kernel_constraint=Held(numbers))
    layer.build((None, None, None, 1))
    layer.kernel.assign(numbers)
    return layer

# %% edge_by_hand wrong: believes that an edge answers only where the patch begins on it, as 0 3 3 "is bright already"
answers = [[9, 0], [12, 0]]

# %% edge_by_hand wrong: writes the table column by column (x first), so rows and columns are exchanged
answers = [[9, 12], [9, 12]]

# %% edge_by_hand right: a list of rows, each of which is a NumPy array of floats
answers = [np.full(2, 9.0), np.full(2, 12.0)]

# %% kernel_shapes wrong: thinks of a depthwise kernel as of six filters with one input channel each, as in a grouped convolution
conv = (5, 3, 3, 16)
depthwise = (5, 3, 1, 6)

# %% kernel_shapes wrong: thinks that a Conv2D has its 16 filters once for each colour, so 48 in all
conv = (5, 3, 3, 48)
depthwise = (5, 3, 3, 2)

# %% kernel_shapes right: read off from layers that are really built
built = [layers.Conv2D(16, (5, 3)), layers.DepthwiseConv2D((5, 3), depth_multiplier=2)]
for layer in built:
    layer.build((None, 32, 32, 3))
conv, depthwise = (tuple(layer.kernel.shape) for layer in built)

# %% sobel_y_kernel wrong: transposes Sobel-x after it has four axes; .T turns all of them round and gives (1, 1, 3, 3)
kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "float32").reshape(3, 3, 1, 1).T

# %% sobel_y_kernel wrong: turns Sobel-x by 90 degrees instead of transposing it, and gets brighter upwards
kernel = np.rot90(np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "float32"))[:, :, None, None]

# %% sobel_y_kernel wrong: adds the axis of the channel only, as if a single filter needed no axis of filters
kernel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "float32")[:, :, None]

# %% sobel_y_kernel right: integers, as an outer product (differences down, smoothing across)
kernel = np.outer([-1, 0, 1], [1, 2, 1])[..., np.newaxis, np.newaxis]

# %% relief_repaired wrong: gives trainable=False to the constructor of a Sequential, which only stores it; a model around it trains the kernel
def relief_layer():
    given = keras.initializers.Constant(RELIEF.reshape(3, 3, 1, 1))
    conv = layers.Conv2D(1, 3, use_bias=False, kernel_initializer=given)
    return keras.Sequential([keras.Input((None, None, 1)), conv], trainable=False)

# %% relief_repaired wrong: freezes only the kernel and leaves the bias on, which starts at 0 and learns
def relief_layer():
    layer = layers.Conv2D(1, 3)
    layer.build((None, None, None, 1))
    layer.kernel.assign(RELIEF.reshape(3, 3, 1, 1))
    layer.kernel.trainable = False
    return layer

# %% relief_repaired right: no convolution and no weight at all: adds up nine shifted images
class Relief(layers.Layer):
    def call(self, images):
        images = keras.ops.cast(images, "float32")
        total = 0.0
        for r in range(3):
            for c in range(3):
                shifted = images[:, r : (r - 2) or None, c : (c - 2) or None, :]
                total = total + float(RELIEF[r, c]) * shifted
        return total


def relief_layer():
    return Relief()

# %% steepness wrong: takes the roots of the squares one by one, which adds up |gx| and |gy|
def edge_magnitude(gx, gy):
    return np.sqrt(gx**2) + np.sqrt(gy**2)

# %% steepness wrong: takes the root of the mean square, too small by a factor of the square root of 2
def edge_magnitude(gx, gy):
    return np.sqrt(np.mean(np.stack([gx, gy]) ** 2, axis=0))

# %% steepness wrong: scales the magnitude for display, so that the steepest pixel of each image is 1
def edge_magnitude(gx, gy):
    magnitude = np.sqrt(gx**2 + gy**2)
    return magnitude / magnitude.max()

# %% steepness wrong: clips to the gray values 0 to 255, though a magnitude can be larger
def edge_magnitude(gx, gy):
    return np.clip(np.sqrt(gx**2 + gy**2), 0, 255)

# %% steepness right: the absolute value of a complex number
def edge_magnitude(gx, gy):
    return np.abs(gx + 1j * gy)

# %% mirrored_border wrong: filters first and then mirrors the answers, instead of the image
def sobel_y_same_size(image):
    batch = keras.ops.array(np.asarray(image, "float32")[None, :, :, None])
    answer = keras.ops.conv(batch, keras.ops.array(sobel_y()), padding="valid")
    return np.pad(keras.ops.convert_to_numpy(answer)[0, :, :, 0], 1, mode="reflect")

# %% mirrored_border wrong: reasons that a mirror has no edge at the border and sets the whole frame to 0, which is true of the top and bottom rows only, not of the left and right columns
def sobel_y_same_size(image):
    batch = keras.ops.array(np.asarray(image, "float32")[None, :, :, None])
    answer = keras.ops.conv(batch, keras.ops.array(sobel_y()), padding="valid")
    same = np.zeros(image.shape, "float32")
    same[1:-1, 1:-1] = keras.ops.convert_to_numpy(answer)[0, :, :, 0]
    return same

# %% mirrored_border wrong: mirrors only above and below, as Sobel-y compares these, and lets padding="same" put zeros at the sides, where Sobel-y smooths
def sobel_y_same_size(image):
    tall = np.pad(np.asarray(image, "float32"), ((1, 1), (0, 0)), mode="reflect")
    batch = keras.ops.array(tall[None, :, :, None])
    answer = keras.ops.conv(batch, keras.ops.array(sobel_y()), padding="same")
    return keras.ops.convert_to_numpy(answer)[0, 1:-1, :, 0]

# %% mirrored_border right: TensorFlow's own function, which mirrors in this way and gives y first
def sobel_y_same_size(image):
    import tensorflow as tf

    batch = tf.constant(np.asarray(image, "float32")[None, :, :, None])
    return tf.image.sobel_edges(batch)[0, :, :, 0, 0].numpy()

# %% fixed_sobel wrong: brings (filters, height, width, ...) to the kernel's shape with reshape instead of a transposition, which shuffles the 18 numbers
def sobel_layer():
    both = np.array([sobel_x(), sobel_y()]).reshape(3, 3, 1, 2)
    layer = layers.Conv2D(2, 3, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([both])
    return layer

# %% fixed_sobel wrong: keeps the kernel as a keras.Variable in a layer of its own, believing that only add_weight makes weights; it is tracked and learns
class OwnSobel(layers.Layer):
    def __init__(self, **options):
        super().__init__(**options)
        self.table = keras.Variable(stack(sobel_x(), sobel_y()), name="table")

    def call(self, images):
        return keras.ops.conv(images, self.table, padding="valid")


def sobel_layer():
    return OwnSobel()

# %% fixed_sobel wrong: turns both kernels by 180 degrees for the "convolution", which changes the sign of both answers
def sobel_layer():
    turned = np.array(stack(sobel_x(), sobel_y()))[::-1, ::-1]
    layer = layers.Conv2D(2, 3, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([turned.copy()])
    return layer

# %% fixed_sobel right: a depthwise convolution with two answers for the one gray channel
def sobel_layer():
    return layers.DepthwiseConv2D(
        3,
        depth_multiplier=2,
        use_bias=False,
        trainable=False,
        depthwise_initializer=keras.initializers.Constant(stack(sobel_x(), sobel_y())),
    )

# %% colour_edges wrong: stacks three tables along the first axis, so that what should be the channel is taken for the height; the shape fits by chance
def colour_layer():
    table = np.array(sobel_x())[:, :, 0, 0]
    layer = layers.DepthwiseConv2D(3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    layer.set_weights([np.stack([table, table, table])[..., None]])
    return layer

# %% colour_edges wrong: a SeparableConv2D of which only the depthwise half is frozen; the pointwise half starts as the identity and learns
def colour_layer():
    layer = layers.SeparableConv2D(3, 3, use_bias=False)
    layer.build((None, None, None, 3))
    layer.depthwise_kernel.assign(per_channel(sobel_x(), 3))
    layer.pointwise_kernel.assign(np.eye(3, dtype="float32").reshape(1, 1, 3, 3))
    layer.depthwise_kernel.trainable = False
    return layer

# %% colour_edges right: an ordinary Conv2D with Sobel-x where filter and channel agree and zeros elsewhere
def colour_layer():
    kernel = np.zeros((3, 3, 3, 3), "float32")
    for channel in range(3):
        kernel[:, :, channel, channel] = np.array(sobel_x())[:, :, 0, 0]
    layer = layers.Conv2D(3, 3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    layer.set_weights([kernel])
    return layer

# %% fixed_blur wrong: measures the distances from -1 to 1 (half widths of the table) and not in pixels
def blur_layer():
    dx, dy = np.meshgrid(np.linspace(-1, 1, 5), np.linspace(-1, 1, 5))
    table = np.exp(-(dx**2 + dy**2) / (2 * 1.5**2))
    table = (table / table.sum()).reshape(5, 5, 1, 1).astype("float32")
    given = keras.initializers.Constant(table)
    return layers.Conv2D(1, 5, use_bias=False, trainable=False, kernel_initializer=given)

# %% fixed_blur wrong: slip, brackets left out: "/ 2 * sigma**2" multiplies by sigma squared
def blur_layer():
    sigma = 1.5
    dx, dy = np.meshgrid(np.arange(-2, 3), np.arange(-2, 3))
    table = np.exp(-(dx**2 + dy**2) / 2 * sigma**2)
    table = (table / table.sum()).reshape(5, 5, 1, 1).astype("float32")
    given = keras.initializers.Constant(table)
    return layers.Conv2D(1, 5, use_bias=False, trainable=False, kernel_initializer=given)

# %% fixed_blur right: a model of two frozen layers, one that blurs down and one that blurs across, as the Gaussian is their product
def blur_layer():
    line = np.exp(-(np.arange(-2, 3) ** 2) / (2 * 1.5**2))
    line = (line / line.sum()).astype("float32")
    model = keras.Sequential([keras.Input((None, None, 1))])
    for size in ((5, 1), (1, 5)):
        given = keras.initializers.Constant(line.reshape(*size, 1, 1))
        model.add(
            layers.Conv2D(1, size, use_bias=False, trainable=False, kernel_initializer=given)
        )
    return model

# %% edge_by_hand wrong: expects an edge to answer only once, where the dark column meets the bright one, and takes the second patch (0 3 3) for flat
answers = [[9, 0], [12, 0]]

# %% edge_by_hand wrong: writes the table column by column; right numbers, but each inner list is a column
left_column, right_column = [9, 12], [9, 12]
answers = [left_column, right_column]

# %% edge_by_hand wrong: divides by the sum of the positive weights (4), as scikit-image does, though the kernel is Sobel's own numbers
answers = [[9 / 4, 9 / 4], [12 / 4, 12 / 4]]

# %% edge_by_hand wrong: overlooks "without padding" and puts a frame of zeros around the image, so 4 x 4 answers
answers = [
    [0, 3, 3, -3],
    [0, 9, 9, -9],
    [0, 12, 12, -12],
    [0, 9, 9, -9],
]

# %% edge_by_hand right: separable, differences along the rows first and then a matrix product that smooths 1 2 1 downwards
seen = np.array([[0, 0, 0, 0]] + [[0, 0, 3, 3]] * 3)
across = seen[:, 2:] - seen[:, :-2]
downwards = np.array([[1, 2, 1, 0], [0, 1, 2, 1]])
answers = (downwards @ across).tolist()

# %% kernel_shapes wrong: takes the depthwise kernel for that of a grouped Conv2D (one channel in, 3 x 2 filters)
conv = (5, 3, 3, 16)
depthwise = (5, 3, 1, 3 * 2)

# %% kernel_shapes wrong: reads (5, 3) as width 5 and height 3, as image sizes are often given
conv = (3, 5, 3, 16)
depthwise = (3, 5, 3, 2)

# %% kernel_shapes wrong: the last two axes in the order of Conv2DTranspose, filters before channels in
conv = (5, 3, 16, 3)
depthwise = (5, 3, 3, 2)

# %% kernel_shapes wrong: puts the number of answers (3 x 2) in the last axis of the depthwise kernel and counts the channels twice
conv = (5, 3, 3, 16)
depthwise = (5, 3, 3, 6)

# %% kernel_shapes right: not reasoned but asked, from layers built on an odd image size without a batch size
asked = []
for layer in (layers.Conv2D(16, (5, 3)), layers.DepthwiseConv2D((5, 3), depth_multiplier=2)):
    layer.build((None, 17, None, 3))
    asked.append(tuple(int(n) for n in layer.weights[0].shape))
conv, depthwise = asked

# %% sobel_y_kernel wrong: has y point upwards, as in mathematics, so the kernel is positive where it gets darker downwards
kernel = np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]], "float32")[:, :, np.newaxis, np.newaxis]

# %% sobel_y_kernel wrong: gives it the axes of a batch with one gray image, (1, 3, 3, 1), instead of those of a kernel
kernel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "float32").reshape(1, 3, 3, 1)

# %% sobel_y_kernel wrong: believes that reshape with order="F" transposes; it reads and writes in the same order, so this is still Sobel-x
x_kernel = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "float32")
kernel = x_kernel.reshape((3, 3, 1, 1), order="F")

# %% sobel_y_kernel wrong: takes Prewitt's numbers (smoothing 1 1 1) for Sobel's
kernel = np.stack([-np.ones(3), np.zeros(3), np.ones(3)]).astype("float32")[..., None, None]

# %% sobel_y_kernel right: an outer product whose two unit axes come from the vectors' own shapes
kernel = np.array([-1.0, 0, 1]).reshape(3, 1, 1, 1) * np.array([1.0, 2, 1]).reshape(1, 3, 1, 1)

# %% relief_repaired wrong: adds the two missing axes in front and reverses all axes with .T, as from PyTorch, which transposes the table as well
def relief_layer():
    kernel = RELIEF[None, None].T
    given = keras.initializers.Constant(kernel)
    return layers.Conv2D(1, 3, use_bias=False, trainable=False, kernel_initializer=given)

# %% relief_repaired wrong: freezes the kernel only, and the bias that Conv2D has by default goes on learning
def relief_layer():
    layer = layers.Conv2D(1, 3)
    layer.build((None, None, None, 1))
    layer.set_weights([RELIEF[:, :, None, None], np.zeros(1, "float32")])
    layer.kernel.trainable = False
    return layer

# %% relief_repaired wrong: adds a ReLU out of habit, which cuts the answers below zero that the book has
def relief_layer():
    given = keras.initializers.Constant(RELIEF[..., None, None])
    return layers.Conv2D(
        1, 3, activation="relu", use_bias=False, trainable=False, kernel_initializer=given
    )

# %% relief_repaired wrong: the layer is made once, as a default argument, so every call returns the same one and none is fresh
def relief_layer(
    layer=layers.Conv2D(
        1, 3, use_bias=False, trainable=False,
        kernel_initializer=keras.initializers.Constant(RELIEF.reshape(3, 3, 1, 1)),
    )
):
    return layer

# %% relief_repaired right: no convolution and no weight at all, nine shifted crops weighted with the book's numbers
class Relief(layers.Layer):
    def call(self, images):
        images = keras.ops.cast(images, "float32")
        height, width = keras.ops.shape(images)[1:3]
        total = 0.0
        for r in range(3):
            for c in range(3):
                crop = images[:, r : height - 2 + r, c : width - 2 + c, :]
                total = total + float(RELIEF[r, c]) * crop
        return total


def relief_layer():
    return Relief()

# %% steepness wrong: the root mean square, as skimage.filters.sobel has it, smaller by the root of 2
def edge_magnitude(gx, gy):
    return np.sqrt((gx**2 + gy**2) / 2)

# %% steepness wrong: stretches the result to 0...255 for display, as OpenCV snippets do, so the numbers depend on the rest of the image
def edge_magnitude(gx, gy):
    magnitude = np.sqrt(gx**2 + gy**2)
    return magnitude * (255.0 / magnitude.max())

# %% steepness wrong: math.hypot takes single numbers only; right for one pixel, an error for an image
def edge_magnitude(gx, gy):
    import math

    return math.hypot(gx, gy)

# %% steepness wrong: the norm without an axis is one length for the whole image instead of one for each pixel
def edge_magnitude(gx, gy):
    arrows = np.stack([gx, gy], axis=-1)
    return np.linalg.norm(arrows)

# %% steepness right: the absolute value of gx + i gy, a complex number
def edge_magnitude(gx, gy):
    return np.abs(np.asarray(gx) + 1j * np.asarray(gy))

# %% mirrored_border wrong: filters first and mirrors the answers, instead of mirroring the image and then filtering
def sobel_y_same_size(image):
    inside = keras.ops.conv(
        np.asarray(image, "float32")[None, :, :, None], np.asarray(sobel_y(), "float32"), padding="valid"
    )
    inside = keras.ops.convert_to_numpy(inside)[0, :, :, 0]
    return np.pad(inside, 1, mode="reflect")

# %% mirrored_border wrong: takes channel 1 of tf.image.sobel_edges, expecting x before y; it gives y first, so this is Sobel-x
def sobel_y_same_size(image):
    import tensorflow as tf

    edges = tf.image.sobel_edges(tf.constant(np.asarray(image, "float32")[None, :, :, None]))
    return edges.numpy()[0, :, :, 0, 1]

# %% mirrored_border wrong: unpacks the shape as width, height; right for square images only
def sobel_y_same_size(image):
    width, height = image.shape
    mirrored = np.pad(image, 1, mode="reflect")
    table = np.asarray(sobel_y())[:, :, 0, 0]
    answer = np.zeros((height, width), "float32")
    for r in range(height):
        for c in range(width):
            answer[r, c] = np.sum(mirrored[r : r + 3, c : c + 3] * table)
    return answer

# %% mirrored_border wrong: mirrors above and below only; at the sides it repeats the outermost pixels, as if Sobel-y did not look sideways (it smooths there)
def sobel_y_same_size(image):
    image = np.asarray(image, "float32")
    mirrored = np.pad(image, ((1, 1), (0, 0)), mode="reflect")
    full = np.pad(mirrored, ((0, 0), (1, 1)), mode="edge")
    answer = keras.ops.conv(full[None, :, :, None], np.asarray(sobel_y(), "float32"), padding="valid")
    return keras.ops.convert_to_numpy(answer)[0, :, :, 0]

# %% mirrored_border right: no padding and no convolution, the mirror is made by indices and the filter by two separable steps
def sobel_y_same_size(image):
    image = np.asarray(image, "float64")
    rows, columns = (
        np.array([1, *range(n), n - 2]) for n in image.shape
    )
    seen = image[np.ix_(rows, columns)]
    down = seen[2:] - seen[:-2]
    return down[:, :-2] + 2 * down[:, 1:-1] + down[:, 2:]

# %% fixed_sobel wrong: wraps tf.image.sobel_edges, which gives y before x (in an axis of its own) and keeps the size by mirroring
def sobel_layer():
    import tensorflow as tf

    class SobelEdges(layers.Layer):
        def call(self, images):
            return tf.image.sobel_edges(images)[:, :, :, 0, :]

    return SobelEdges()

# %% fixed_sobel wrong: trainable=False is given to the container's constructor and does not reach the layer in it, whose kernel learns as soon as it is part of a larger model
def sobel_layer():
    conv = layers.Conv2D(2, 3, use_bias=False)
    model = keras.Sequential([keras.Input((None, None, 1)), conv], trainable=False)
    conv.set_weights([stack(sobel_x(), sobel_y())])
    return model

# %% fixed_sobel wrong: reshapes the two kernels laid one below the other, which gives the right shape with the numbers scrambled
def sobel_layer():
    both = np.concatenate([sobel_x(), sobel_y()]).reshape(3, 3, 1, 2)
    layer = layers.Conv2D(2, 3, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([both])
    return layer

# %% fixed_sobel wrong: freezes the weights one by one before the layer is built, when it has none yet, so nothing is frozen
def sobel_layer():
    given = keras.initializers.Constant(stack(sobel_x(), sobel_y()))
    layer = layers.Conv2D(2, 3, use_bias=False, kernel_initializer=given)
    for weight in layer.weights:
        weight.trainable = False
    return layer

# %% fixed_sobel right: two frozen steps, a 3 x 1 convolution downwards and a 1 x 3 depthwise one across
def sobel_layer():
    smooth, difference = np.array([1, 2, 1], "float32"), np.array([-1, 0, 1], "float32")
    down = layers.Conv2D(2, (3, 1), use_bias=False)
    across = layers.DepthwiseConv2D((1, 3), use_bias=False)
    model = keras.Sequential([keras.Input((None, None, 1)), down, across])
    down.set_weights([np.stack([smooth, difference], axis=-1)[:, None, None, :]])
    across.set_weights([np.stack([difference, smooth], axis=-1)[None, :, :, None]])
    model.trainable = False
    return model

# %% colour_edges wrong: a Conv2D with three filters, each of which adds the edges of all three colours up
def colour_layer():
    given = keras.initializers.Constant(sobel_x())
    return layers.Conv2D(3, 3, use_bias=False, trainable=False, kernel_initializer=given)

# %% colour_edges wrong: stacks the tables in front and reshapes instead of moving the axis; every axis has size 3, so the scrambled kernel fits
def colour_layer():
    table = np.asarray(sobel_x())[:, :, 0, 0]
    layer = layers.DepthwiseConv2D(3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    layer.set_weights([np.stack([table] * 3).reshape(3, 3, 3, 1)])
    return layer

# %% colour_edges wrong: SeparableConv2D instead of DepthwiseConv2D, whose second kernel (random, and frozen too) mixes the three colours
def colour_layer():
    given = keras.initializers.Constant(per_channel(sobel_x(), 3))
    return layers.SeparableConv2D(
        3, 3, use_bias=False, trainable=False, depthwise_initializer=given
    )

# %% colour_edges wrong: takes the colours into the batch by a transposition, but brings them back by reshape alone, which scrambles the pixels
def colour_layer():
    class ByColour(layers.Layer):
        def call(self, images):
            images = keras.ops.cast(images, "float32")
            _, height, width, _ = keras.ops.shape(images)
            planes = keras.ops.transpose(images, (0, 3, 1, 2))
            planes = keras.ops.reshape(planes, (-1, height, width, 1))
            edges = keras.ops.conv(planes, np.asarray(sobel_x(), "float32"), padding="valid")
            return keras.ops.reshape(edges, (-1, height - 2, width - 2, 3))

    return ByColour()

# %% colour_edges right: an ordinary Conv2D whose kernel is Sobel-x on the diagonal of colours and zero elsewhere
def colour_layer():
    table = np.asarray(sobel_x(), "float32")[:, :, 0, 0]
    layer = layers.Conv2D(3, 3, use_bias=False)
    layer.build((None, None, None, 3))
    layer.set_weights([np.einsum("hw,io->hwio", table, np.eye(3, dtype="float32"))])
    layer.trainable = False
    return layer

# %% fixed_blur wrong: divides by 2 pi sigma squared, as if the density at 25 points added up to 1, so brightness is not kept
def blur_layer():
    d = np.arange(-2, 3)
    dx, dy = np.meshgrid(d, d)
    sigma = 1.5
    table = np.exp(-(dx**2 + dy**2) / (2 * sigma**2)) / (2 * np.pi * sigma**2)
    layer = layers.Conv2D(1, 5, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([table.astype("float32")[:, :, None, None]])
    return layer

# %% fixed_blur wrong: the textbook's binomial 5 x 5 "Gaussian" (1 4 6 4 1, by 256), which belongs to sigma 1
def blur_layer():
    line = np.array([1, 4, 6, 4, 1], "float32")
    table = np.outer(line, line) / 256
    layer = layers.Conv2D(1, 5, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([table.reshape(5, 5, 1, 1)])
    return layer

# %% fixed_blur wrong: softmax over the last axis divides each row by its own sum, so the 25 numbers add up to 5
def blur_layer():
    d = np.arange(-2, 3)
    exponents = -(d[:, None] ** 2 + d[None, :] ** 2) / (2 * 1.5**2)
    table = keras.ops.convert_to_numpy(keras.ops.softmax(exponents.astype("float32")))
    layer = layers.Conv2D(1, 5, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([table[:, :, None, None]])
    return layer

# %% fixed_blur wrong: puts the distance into the exponent where its square belongs, a pointed kernel that is no Gaussian
def blur_layer():
    dx, dy = np.mgrid[-2:3, -2:3]
    distance = np.hypot(dx, dy)
    table = np.exp(-distance / (2 * 1.5**2))
    table /= table.sum()
    layer = layers.Conv2D(1, 5, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([table.astype("float32")[:, :, None, None]])
    return layer

# %% fixed_blur right: a softmax over all 25 exponents is the normalised Gaussian
def blur_layer():
    dx, dy = np.mgrid[-2:3, -2:3]
    exponents = (-(dx**2 + dy**2) / (2 * 1.5**2)).astype("float32").ravel()
    table = keras.ops.convert_to_numpy(keras.ops.softmax(exponents)).reshape(5, 5, 1, 1)
    layer = layers.DepthwiseConv2D(5, use_bias=False)
    layer.build((None, None, None, 1))
    layer.set_weights([table])
    layer.trainable = False
    return layer

# %% edge_by_hand wrong: uses the transposed table, that is, answers for Sobel-y
answers = [
    [1 * 3, 2 * 3 + 1 * 3],
    [0, 0],
]

# %% edge_by_hand wrong: believes that Sobel compares the middle with its right neighbour, so one place sees the edge
answers = [
    [9, 0],
    [12, 0],
]

# %% edge_by_hand wrong: lets y go upwards and lists the lower row of answers first
answers = [
    [12, 12],
    [9, 9],
]

# %% edge_by_hand wrong: forgets the weight 2 of the middle row (that is Prewitt's table)
answers = [
    [0 + 3 + 3, 0 + 3 + 3],
    [3 + 3 + 3, 3 + 3 + 3],
]

# %% edge_by_hand right: rows written as the sums that were done, in floats
upper = 1 * 0.0 + 2 * 3.0 + 1 * 3.0
lower = (1 + 2 + 1) * 3.0
answers = [[upper] * 2, [lower] * 2]

# %% kernel_shapes wrong: takes a depthwise convolution for one with groups: one channel in, six filters
conv = (5, 3, 3, 16)
depthwise = (5, 3, 1, 3 * 2)

# %% kernel_shapes wrong: believes that a Conv2D filter is one window that is used for every channel alike
conv = (5, 3, 1, 16)
depthwise = (5, 3, 3, 2)

# %% kernel_shapes wrong: puts the filters before the channels in, as Conv2DTranspose does
conv = (5, 3, 16, 3)
depthwise = (5, 3, 3, 2)

# %% kernel_shapes wrong: ends the depthwise kernel with the channels that come out, not with the filters per channel
conv = (5, 3, 3, 16)
depthwise = (5, 3, 3, 3 * 2)

# %% kernel_shapes right: read from layers that were built by calling them on a keras.Input of unknown size
colour_images = keras.Input((None, None, 3))
shape_of = []
for asked in (layers.Conv2D(16, (5, 3)), layers.DepthwiseConv2D((5, 3), depth_multiplier=2)):
    asked(colour_images)
    shape_of.append(tuple(asked.kernel.shape))
conv, depthwise = shape_of

# %% sobel_y_kernel wrong: brings the order (filters, in, height, width) over with .T, which transposes the window too
kernel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "float32").reshape(1, 1, 3, 3).T

# %% sobel_y_kernel wrong: gives the kernel the axes of a batch of images, (1, 3, 3, 1)
kernel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "float32")[None, :, :, None]

# %% sobel_y_kernel wrong: turns the table by 180 degrees because "a convolution turns it back"
kernel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "float32")
kernel = kernel[::-1, ::-1].reshape(3, 3, 1, 1)

# %% sobel_y_kernel wrong: smooths with 1, 1, 1 instead of 1, 2, 1 (that is Prewitt-y)
kernel = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]], "float32").reshape(3, 3, 1, 1)

# %% sobel_y_kernel right: an outer product of difference (down) and smoothing (across), in integers
kernel = np.multiply.outer([-1, 0, 1], [1, 2, 1])[..., np.newaxis, np.newaxis]

# %% relief_repaired wrong: adds a ReLU because a picture has no negative brightness
def relief_layer():
    given = keras.initializers.Constant(RELIEF.reshape(3, 3, 1, 1))
    return layers.Conv2D(
        1, 3, use_bias=False, trainable=False, kernel_initializer=given, activation="relu"
    )

# %% relief_repaired wrong: makes the layer once and returns the same object at every call, not a fresh one
the_relief = layers.Conv2D(
    1,
    3,
    use_bias=False,
    trainable=False,
    kernel_initializer=keras.initializers.Constant(RELIEF.reshape(3, 3, 1, 1)),
)


def relief_layer():
    return the_relief

# %% relief_repaired wrong: mends the turn, but keeps the transposition, believing that Keras has x before y
def relief_layer():
    across_first = RELIEF.T  # Keras does not turn, but x comes first
    given = keras.initializers.Constant(across_first.reshape(3, 3, 1, 1))
    return layers.Conv2D(1, 3, use_bias=False, trainable=False, kernel_initializer=given)

# %% relief_repaired wrong: freezes the kernel only and leaves the bias on, which starts at 0 and learns
def relief_layer():
    layer = layers.Conv2D(1, 3)
    layer.build((None, None, None, 1))
    layer.kernel.assign(RELIEF.reshape(3, 3, 1, 1))
    layer.kernel.trainable = False
    return layer

# %% relief_repaired right: a layer without any weight, which adds up nine shifted images
class ShiftAndAdd(layers.Layer):
    def call(self, images):
        total = 0.0
        for r in range(3):
            for c in range(3):
                shifted = images[:, r : r - 2 or None, c : c - 2 or None, :]
                total = total + float(RELIEF[r, c]) * shifted
        return total


def relief_layer():
    return ShiftAndAdd()

# %% steepness wrong: takes the length over all pixels at once (norm without an axis), one number for the image
def edge_magnitude(gx, gy):
    return np.linalg.norm(np.stack([gx, gy]))

# %% steepness wrong: takes the root of the mean of the two squares instead of their sum
def edge_magnitude(gx, gy):
    return np.sqrt(np.mean([gx**2, gy**2], axis=0))

# %% steepness wrong: divides by the largest magnitude, so that the result can be shown as a picture from 0 to 1
def edge_magnitude(gx, gy):
    length = np.sqrt(gx**2 + gy**2)
    return length / length.max()

# %% steepness wrong: believes that the root of the square of the sum is the length, so that signs cancel
def edge_magnitude(gx, gy):
    return np.sqrt((gx + gy) ** 2)

# %% steepness right: the absolute value of a complex number, of gx and gy times 1j
def edge_magnitude(gx, gy):
    return np.abs(gx + 1j * gy)

# %% mirrored_border wrong: filters first and mirrors the answers, not the image, at the border
def sobel_y_same_size(image):
    rows = image[2:] - image[:-2]
    inner = rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]
    return np.pad(inner, 1, mode="reflect")

# %% mirrored_border wrong: mirrors above and below only; at the sides it repeats the outermost pixels
def sobel_y_same_size(image):
    framed = np.pad(image, ((1, 1), (0, 0)), mode="reflect")  # Sobel-y looks up and down
    framed = np.pad(framed, ((0, 0), (1, 1)), mode="edge")
    rows = framed[2:] - framed[:-2]
    return rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]

# %% mirrored_border wrong: SciPy's "reflect" repeats the outermost pixels (it is NumPy's "symmetric")
from scipy import ndimage


def sobel_y_same_size(image):
    return ndimage.sobel(np.asarray(image, "float64"), axis=0, mode="reflect")

# %% mirrored_border wrong: mirrors the four sides by hand and forgets the corners, which stay 0
def sobel_y_same_size(image):
    height, width = image.shape
    framed = np.zeros((height + 2, width + 2))
    framed[1:-1, 1:-1] = image
    framed[0, 1:-1], framed[-1, 1:-1] = image[1], image[-2]
    framed[1:-1, 0], framed[1:-1, -1] = image[:, 1], image[:, -2]
    rows = framed[2:] - framed[:-2]
    return rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]

# %% mirrored_border right: no padding and no convolution; mirrored indices, then differences and sums
def sobel_y_same_size(image):
    def mirrored(n):
        index = np.abs(np.arange(-1, n + 1))
        return n - 1 - np.abs(n - 1 - index)

    image = np.asarray(image, "float64")
    framed = image[np.ix_(mirrored(image.shape[0]), mirrored(image.shape[1]))]
    rows = framed[2:] - framed[:-2]
    return rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]

# %% fixed_sobel wrong: puts the two tables on top of each other and reshapes, which mixes their numbers
def sobel_layer():
    tables = np.stack([sobel_x()[:, :, 0, 0], sobel_y()[:, :, 0, 0]])
    layer = layers.Conv2D(2, 3, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([tables.reshape(3, 3, 1, 2)])
    return layer

# %% fixed_sobel wrong: wraps TensorFlow's sobel_edges, which answers with y before x
import tensorflow as tf


class TensorFlowSobel(layers.Layer):
    def call(self, images):
        return tf.image.sobel_edges(images)[:, 1:-1, 1:-1, 0, :]


def sobel_layer():
    return TensorFlowSobel()

# %% fixed_sobel wrong: makes Sobel-y by rot90 of Sobel-x, which turns the other way: its sign is wrong
def sobel_layer():
    layer = layers.Conv2D(2, 3, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([stack(sobel_x(), np.rot90(sobel_x()))])
    return layer

# %% fixed_sobel wrong: gives trainable=False to the Sequential's constructor, which does not hand it on to the Conv2D
def sobel_layer():
    conv = layers.Conv2D(2, 3, use_bias=False)
    model = keras.Sequential([keras.Input((None, None, 1)), conv], trainable=False)
    conv.set_weights([stack(sobel_x(), sobel_y())])
    return model

# %% fixed_sobel right: not frozen by a flag; a constraint puts the kernel back to Sobel after each update
class AlwaysSobel(keras.constraints.Constraint):
    def __call__(self, kernel):
        return keras.ops.convert_to_tensor(stack(sobel_x(), sobel_y()), dtype=kernel.dtype)


def sobel_layer():
    layer = layers.Conv2D(2, 3, use_bias=False, kernel_constraint=AlwaysSobel())
    layer.build((None, None, None, 1))
    layer.set_weights([stack(sobel_x(), sobel_y())])
    return layer

# %% colour_edges wrong: brings (channel, height, width) over with .T, which transposes each window into Sobel-y
def colour_layer():
    layer = layers.DepthwiseConv2D(3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    by_channel = np.array([sobel_x()[:, :, 0, 0]] * 3)
    layer.set_weights([by_channel.T[..., None]])
    return layer

# %% colour_edges wrong: confuses depthwise with separable, whose second step mixes the colours at random
def colour_layer():
    layer = layers.SeparableConv2D(3, 3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    layer.depthwise_kernel.assign(per_channel(sobel_x(), 3))
    return layer

# %% colour_edges wrong: takes depth_multiplier for the number of channels that come out, and gets nine
def colour_layer():
    layer = layers.DepthwiseConv2D(3, depth_multiplier=3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    layer.set_weights([np.repeat(per_channel(sobel_x(), 3), 3, axis=-1)])
    return layer

# %% colour_edges wrong: a layer of its own passes trainable=False to super().__init__, and the Conv2D in it still learns
class ColourEdges(layers.Layer):
    def __init__(self):
        super().__init__(trainable=False)
        self.edges = layers.Conv2D(1, 3, use_bias=False)
        self.edges.build((None, None, None, 1))
        self.edges.set_weights([sobel_x()])

    def call(self, images):
        each = [self.edges(images[..., c : c + 1]) for c in range(3)]
        return keras.ops.concatenate(each, axis=-1)


def colour_layer():
    return ColourEdges()

# %% colour_edges right: an ordinary Conv2D whose kernel is Sobel-x on the diagonal of channels and filters, else 0
def colour_layer():
    kernel = np.zeros((3, 3, 3, 3), "float32")
    for c in range(3):
        kernel[:, :, c, c] = sobel_x()[:, :, 0, 0]
    layer = layers.Conv2D(3, 3, use_bias=False)
    layer.trainable = False
    layer.build((None, None, None, 3))
    layer.set_weights([kernel])
    return layer

# %% fixed_blur wrong: divides by 2 pi sigma squared, the sum of the endless Gaussian, not of the 25 numbers
def blur_layer():
    d = np.arange(5) - 2
    table = np.exp(-(d[:, None] ** 2 + d**2) / (2 * 1.5**2)) / (2 * np.pi * 1.5**2)
    layer = layers.Conv2D(1, 5, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([table.reshape(5, 5, 1, 1)])
    return layer

# %% fixed_blur wrong: spreads five places from -2.5 to 2.5, so that neighbours are 1.25 pixels apart
def blur_layer():
    d = np.linspace(-2.5, 2.5, 5)
    table = np.exp(-(d[:, None] ** 2 + d**2) / (2 * 1.5**2))
    layer = layers.Conv2D(1, 5, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([(table / table.sum()).reshape(5, 5, 1, 1)])
    return layer

# %% fixed_blur wrong: takes 1.5 for the variance, so that sigma is not squared
def blur_layer():
    d = np.arange(5) - 2
    variance = 1.5
    table = np.exp(-(d[:, None] ** 2 + d**2) / (2 * variance))
    layer = layers.Conv2D(1, 5, use_bias=False, trainable=False)
    layer.build((None, None, None, 1))
    layer.set_weights([(table / table.sum()).reshape(5, 5, 1, 1)])
    return layer

# %% fixed_blur wrong: blurs in two steps, down and across, but the freeze stands after the loop and reaches the second only
def blur_layer():
    line = np.exp(-((np.arange(5) - 2) ** 2) / (2 * 1.5**2))
    line = line / line.sum()
    steps = []
    for size in ((5, 1), (1, 5)):
        step = layers.Conv2D(1, size, use_bias=False)
        step.build((None, None, None, 1))
        step.set_weights([line.reshape(*size, 1, 1)])
        steps.append(step)
    step.trainable = False
    return keras.Sequential([keras.Input((None, None, 1)), *steps])

# %% fixed_blur right: a model of two frozen convolutions, 5 x 1 and 1 x 5, whose product is the 5 x 5 Gaussian
def blur_layer():
    line = np.exp(-((np.arange(5) - 2) ** 2) / (2 * 1.5**2))
    line = line / line.sum()
    steps = []
    for size in ((5, 1), (1, 5)):
        step = layers.Conv2D(1, size, use_bias=False)
        step.build((None, None, None, 1))
        step.set_weights([line.reshape(*size, 1, 1)])
        step.trainable = False
        steps.append(step)
    return keras.Sequential([keras.Input((None, None, 1)), *steps])
