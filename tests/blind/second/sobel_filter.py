# %% edge_by_hand wrong: believes that an edge answers only where the patch begins on it, as 0 3 3 "is bright already"
answers = [[9, 0], [12, 0]]

# %% edge_by_hand wrong: works with Sobel-y's table (what is below minus what is above) instead of Sobel-x's
answers = [[3, 9], [0, 0]]

# %% edge_by_hand wrong: writes the table column by column (x first), so rows and columns are exchanged
answers = [[9, 12], [9, 12]]

# %% edge_by_hand wrong: overlooks "without padding" and answers for all 16 pixels, with zeros around the image
answers = [[0, 3, 3, -3], [0, 9, 9, -9], [0, 12, 12, -12], [0, 9, 9, -9]]

# %% edge_by_hand right: a list of rows, each of which is a NumPy array of floats
answers = [np.full(2, 9.0), np.full(2, 12.0)]

# %% kernel_shapes wrong: gives the depthwise kernel a last axis of all answers (3 channels times 2), not of the answers for each channel
conv = (5, 3, 3, 16)
depthwise = (5, 3, 3, 6)

# %% kernel_shapes wrong: thinks of a depthwise kernel as of six filters with one input channel each, as in a grouped convolution
conv = (5, 3, 3, 16)
depthwise = (5, 3, 1, 6)

# %% kernel_shapes wrong: puts the filters before the channels in
conv = (5, 3, 16, 3)
depthwise = (5, 3, 2, 3)

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

# %% sobel_y_kernel wrong: takes the kernel's axes for those of a batch of images (number, height, width, channels)
kernel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "float32").reshape(1, 3, 3, 1)

# %% sobel_y_kernel wrong: adds the axis of the channel only, as if a single filter needed no axis of filters
kernel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "float32")[:, :, None]

# %% sobel_y_kernel right: integers, as an outer product (differences down, smoothing across)
kernel = np.outer([-1, 0, 1], [1, 2, 1])[..., np.newaxis, np.newaxis]

# %% relief_repaired wrong: undoes the turn only, and leaves the transposition ("x comes first") in
def relief_layer():
    given = keras.initializers.Constant(RELIEF.T.reshape(3, 3, 1, 1))
    return layers.Conv2D(1, 3, use_bias=False, trainable=False, kernel_initializer=given)


# %% relief_repaired wrong: gives trainable=False to the constructor of a Sequential, which only stores it; a model around it trains the kernel
def relief_layer():
    given = keras.initializers.Constant(RELIEF.reshape(3, 3, 1, 1))
    conv = layers.Conv2D(1, 3, use_bias=False, kernel_initializer=given)
    return keras.Sequential([keras.Input((None, None, 1)), conv], trainable=False)


# %% relief_repaired wrong: adds a ReLU, since an image shows no negative numbers; so the pixel that counts -2 times gives 0
def relief_layer():
    given = keras.initializers.Constant(RELIEF.reshape(3, 3, 1, 1))
    return layers.Conv2D(
        1, 3, use_bias=False, activation="relu", trainable=False, kernel_initializer=given
    )


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


# %% mirrored_border wrong: trusts scipy's mode "reflect", which is the mirror that repeats the outermost pixel (NumPy's "symmetric")
def sobel_y_same_size(image):
    from scipy import ndimage

    return ndimage.sobel(np.asarray(image, "float32"), axis=0, mode="reflect")


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


# %% fixed_sobel wrong: makes the layer once and returns the same one each time
the_sobel = layers.Conv2D(2, 3, use_bias=False, trainable=False)
the_sobel.build((None, None, None, 1))
the_sobel.set_weights([stack(sobel_x(), sobel_y())])


def sobel_layer():
    return the_sobel


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


# %% colour_edges wrong: three filters of a Conv2D, all Sobel-x; each of them adds up the three colours
def colour_layer():
    given = keras.initializers.Constant(sobel_x())
    return layers.Conv2D(3, 3, use_bias=False, trainable=False, kernel_initializer=given)


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


# %% colour_edges wrong: takes depth_multiplier for the number of channels that come out, and answers with nine
def colour_layer():
    layer = layers.DepthwiseConv2D(3, depth_multiplier=3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    layer.set_weights([np.repeat(per_channel(sobel_x(), 3), 3, axis=-1)])
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


# %% fixed_blur wrong: divides by 2 pi sigma squared, the constant of the endless bell, instead of the sum of the 25 numbers; images get darker
def blur_layer():
    d = np.arange(-2, 3)
    table = np.exp(-(d[:, None] ** 2 + d**2) / (2 * 1.5**2)) / (2 * np.pi * 1.5**2)
    given = keras.initializers.Constant(table.reshape(5, 5, 1, 1).astype("float32"))
    return layers.Conv2D(1, 5, use_bias=False, trainable=False, kernel_initializer=given)


# %% fixed_blur wrong: uses the well-known 5 x 5 table of binomial numbers (1 4 6 4 1), which stands for sigma = 1
def blur_layer():
    line = np.array([1, 4, 6, 4, 1], "float32") / 16
    given = keras.initializers.Constant(np.outer(line, line).reshape(5, 5, 1, 1))
    return layers.Conv2D(1, 5, use_bias=False, trainable=False, kernel_initializer=given)


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
