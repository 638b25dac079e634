"""Answers to exercise 4, a Sobel filter that stays put."""

import keras
import numpy as np
from keras import layers, ops

from banks import Bank
from helpers.filters import (
    gaussian,
    magnitude,
    per_channel,
    prewitt_x,
    prewitt_y,
    respond,
    scharr_x,
    scharr_y,
    sobel_x,
    sobel_y,
    stack,
    transposed,
)
from helpers.tasks import sobel_filter as tasks
from helpers.tasks.sobel_filter.relief_repaired import _RELIEF as RELIEF

# --- numbers and shapes -------------------------------------------------------------------------

edge_by_hand = Bank(
    tasks.edge_by_hand,
    solution=([[9, 9], [12, 12]],),
    mistakes=[
        (
            ([[-9, -9], [-12, -12]],),
            "`answers`: the sign is that of a true convolution, which turns the kernel; "
            "Keras does not.",
        ),
        (
            ([[9, 12], [9, 12]],),
            "`answers`: rows and columns are swapped: the first row belongs to the upper "
            "two patches.",
        ),
        (([[6, 6], [9, 9]],), "`answers`: that is without the 2 in the middle (Prewitt's kernel)."),
        (([[3, 3], [4, 4]],), "`answers`: that is for bright pixels of 1; here they are 3."),
        (
            ([[0, 3, 3, -3], [0, 9, 9, -9], [0, 12, 12, -12], [0, 9, 9, -9]],),
            "`answers`: that is the size with zeros around the image; without padding there"
            " are 2 × 2 places.",
        ),
        (
            ([[12, 12], [9, 9]],),
            "`answers`: upper and lower are swapped: the first row belongs to the upper two "
            "patches.",
        ),
        (([9, 9, 12, 12],), "`answers` should have the shape (2, 2); yours has (4,)."),
        (("9 9 12 12",), "`answers` should be an array of numbers; yours is the text '9 9 12 12'."),
        ((12,), "`answers` should have the shape (2, 2); yours has ()."),
        (
            ([[9, 9], [12, 13]],),
            "`answers`: all but 1 of its 4 numbers are right; look at position (1, 1), where it is"
            " 13.",
        ),
        (([[18, 18], [24, 24]],), "`answers`: every number is 2 times what it should be."),
    ],
    variants=[
        (np.array([[9.0, 9.0], [12.0, 12.0]]),),
        (((9, 9), (12, 12)),),
        (ops.convert_to_tensor([[[[9.0], [9.0]], [[12.0], [12.0]]]]),),
        ([np.array([9, 9]), np.array([12, 12])],),
    ],
)

kernel_shapes = Bank(
    tasks.kernel_shapes,
    solution=((5, 3, 3, 16), (5, 3, 3, 2)),
    mistakes=[
        (
            ((16, 3, 5, 3), (5, 3, 3, 2)),
            "`conv` is (16, 3, 5, 3). That is PyTorch's order, (out, in, height, width).",
        ),
        (
            ((5, 3, 16, 3), (5, 3, 3, 2)),
            "`conv` is (5, 3, 16, 3). The last two are swapped: channels in come third, "
            "filters last.",
        ),
        (((3, 5, 3, 16), (5, 3, 3, 2)), "`conv` is (3, 5, 3, 16). Height comes before width."),
        (
            ((5, 3, 16), (5, 3, 3, 2)),
            "`conv` is (5, 3, 16). A filter reaches through the three channels: there is an"
            " axis for them.",
        ),
        (
            ((5, 3, 1, 16), (5, 3, 3, 2)),
            "`conv` is (5, 3, 1, 16). A filter reaches through all three channels, not "
            "through one.",
        ),
        (
            ((5, 3, 3, 17), (5, 3, 3, 2)),
            "`conv` is (5, 3, 3, 17). The bias is an array of its own.",
        ),
        (
            ((5, 3, 3, 1), (5, 3, 3, 2)),
            "`conv` is (5, 3, 3, 1). That is one filter; the layer has sixteen.",
        ),
        (
            ((5, 3, 3, 16), (5, 3, 3, 6)),
            "`depthwise` is (5, 3, 3, 6). Six channels come out, but the kernel has two "
            "filters for each channel in.",
        ),
        (
            ((5, 3, 3, 16), (5, 3, 2, 3)),
            "`depthwise` is (5, 3, 2, 3). The last two are swapped: channels in come third,"
            " the multiplier last.",
        ),
        (
            ((5, 3, 3, 16), (5, 3, 6)),
            "`depthwise` is (5, 3, 6). Four axes: the channels in and the multiplier are "
            "kept apart.",
        ),
        (
            ((5, 3, 3, 16), (5, 3, 1, 2)),
            "`depthwise` is (5, 3, 1, 2). Each of the three channels has filters of its own.",
        ),
        (
            ((5, 3, 3, 16), (2, 3, 5, 3)),
            "`depthwise` is (2, 3, 5, 3). That is PyTorch's order, more or less; Keras "
            "starts with height and width.",
        ),
        (
            ((5, 3, 3, 16), (6, 1, 5, 3)),
            "`depthwise` is (6, 1, 5, 3). That is PyTorch's order; Keras starts with height"
            " and width.",
        ),
        (((5, 3, 3, 16), (3, 5, 3, 2)), "`depthwise` is (3, 5, 3, 2). Height comes before width."),
        (
            ((5, 3, 3, 16), (5, 3, 3, 16)),
            "`depthwise` is (5, 3, 3, 16). The depthwise layer has two filters for each "
            "channel, not sixteen.",
        ),
        (
            ((None, 5, 3, 3, 16), (5, 3, 3, 2)),
            "`conv` has None, the batch axis of images; a kernel has no such axis.",
        ),
        ((720, (5, 3, 3, 2)), "`conv` should be a shape such as (3, 3, 1, 8); yours is 720."),
        (
            ("(5, 3, 3, 16)", (5, 3, 3, 2)),
            "`conv` should be a shape such as (3, 3, 1, 8); yours is the text '(5, 3, 3, 16)'.",
        ),
        (
            (np.zeros((5, 3, 3, 16)), (5, 3, 3, 2)),
            "`conv` should be a shape such as (3, 3, 1, 8); yours is an array of shape (5, "
            "3, 3, 16).",
        ),
        (((5, 3, 4, 16), (5, 3, 3, 2)), "`conv` is (5, 3, 4, 16). Look again at the channels in."),
        (
            ((16, 5, 3, 3), (5, 3, 3, 2)),
            "`conv` is (16, 5, 3, 3). The right numbers in another order: height and width, then "
            "the channels in.",
        ),
        (
            ((5, 3, 3, 16), (5, 3)),
            "`depthwise` is (5, 3). A kernel has 4 axes: height, width, channels in, and what is "
            "made of each.",
        ),
    ],
    variants=[
        ([5, 3, 3, 16], [5, 3, 3, 2]),
        (np.array([5, 3, 3, 16]), np.zeros((5, 3, 3, 2)).shape),
        (ops.convert_to_tensor([5, 3, 3, 16]), (5.0, 3.0, 3.0, 2.0)),
        (ops.zeros((5, 3, 3, 16)).shape, (5, 3, 3, 2)),  # TensorFlow's own kind of shape
    ],
)

# --- kernels and functions ----------------------------------------------------------------------

DOWN = [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]


def four_axes(table):
    return np.asarray(table, "float32").reshape(3, 3, 1, 1)


sobel_y_kernel = Bank(
    tasks.sobel_y_kernel,
    solution=(four_axes(DOWN),),
    mistakes=[
        (
            (four_axes(np.transpose(DOWN)),),
            "`kernel`: that is Sobel-x, the transpose: it answers to vertical edges.",
        ),
        (
            (-four_axes(DOWN),),
            "`kernel`: the sign is flipped (or the kernel turned by 180° for a convolution, which "
            "for Sobel is the same): it is positive where the image gets *darker* downwards.",
        ),
        (
            (four_axes(DOWN)[::-1, ::-1],),
            "`kernel`: the sign is flipped (or the kernel turned by 180° for a convolution, which "
            "for Sobel is the same): it is positive where the image gets *darker* downwards.",
        ),  # turned for a convolution
        ((-four_axes(np.transpose(DOWN)),), "`kernel`: that is Sobel-x with its sign flipped."),
        (
            (prewitt_y(),),
            "`kernel`: that is Prewitt's kernel: Sobel weighs the middle column by 2.",
        ),
        ((scharr_y(),), "`kernel`: that is Scharr's kernel (3, 10, 3); Sobel's is (1, 2, 1)."),
        (
            (four_axes(DOWN) / 8,),
            "`kernel`: that is Sobel divided by 8; asked are the numbers 1 and 2.",
        ),
        (
            (four_axes(DOWN) / 4,),
            "`kernel`: that is Sobel divided by 4; asked are the numbers 1 and 2.",
        ),
        (
            (DOWN,),
            "`kernel`: the numbers are right, but (3, 3) is a table; set_weights refuses it, and "
            "Constant stretches it over the channels. Four axes were asked: (3, 3, 1, 1).",
        ),
        (
            (np.reshape(DOWN, (1, 1, 3, 3)),),
            "`kernel`: the numbers are right, but (1, 1, 3, 3) is PyTorch's order, (out, "
            "in, height, width); Keras wants (height, width, in, out).",
        ),
        (
            (np.reshape(DOWN, (1, 3, 3, 1)),),
            "`kernel` has the shape (1, 3, 3, 1); (3, 3, 1, 1) was asked.",
        ),
        (
            (four_axes([[-1, -2, -1], [0, 1, 0], [1, 2, 1]]),),
            "`kernel`: its numbers add up to 1, so a flat image of 1 is answered by 1; an "
            "edge filter answers 0.",
        ),
        (
            (four_axes([[-1, -2, -1], [0, 0, 0], [1, 2, 2]]),),
            "`kernel`: its numbers add up to 1, so a flat image of 1 is answered by 1; an "
            "edge filter answers 0.",
        ),
        (
            (stack(sobel_x(), sobel_y()),),
            "`kernel` has the shape (3, 3, 1, 2); (3, 3, 1, 1) was asked.",
        ),
        (("sobel",), "`kernel` should be an array of numbers; yours is the text 'sobel'."),
        ((2 * sobel_y(),), "`kernel`: every number is 2 times what it should be."),
        (
            (four_axes([[-2, -1, -1], [0, 0, 0], [1, 2, 1]]),),
            "`kernel`: its numbers add up to 0, as they should, but row 0 (from 0) is -2, -1, -1.",
        ),
    ],
    variants=[
        (sobel_y(),),
        (keras.Variable(four_axes(DOWN)),),
        (np.array(DOWN)[:, :, None, None],),
        ([[[[v]] for v in row] for row in DOWN],),
        (ops.reshape(ops.array(DOWN), (3, 3, 1, 1)),),
    ],
)


def root_of_squares(gx, gy):
    return (gx**2 + gy**2) ** 0.5


def over_pixels(gx, gy):
    return [
        [float(abs(complex(a, b))) for a, b in zip(*rows, strict=True)]
        for rows in zip(gx, gy, strict=True)
    ]


steepness = Bank(
    tasks.steepness,
    solution=(root_of_squares,),
    mistakes=[
        (
            (lambda gx, gy: gx + gy,),
            "`edge_magnitude(gx, gy)`: that is gx + gy: an edge with gx = 5 and gy = −5 "
            "would count as none. Take the root of the sum of squares.",
        ),
        (
            (lambda gx, gy: abs(gx) + abs(gy),),
            "`edge_magnitude(gx, gy)`: that is |gx| + |gy|: it makes slanted edges too "
            "strong. Take the root of the sum of squares.",
        ),
        (
            (lambda gx, gy: gx**2 + gy**2,),
            "`edge_magnitude(gx, gy)`: that is gx² + gy²; the root is missing.",
        ),
        (
            (lambda gx, gy: np.maximum(abs(gx), abs(gy)),),
            "`edge_magnitude(gx, gy)`: that is the larger of the two; take the root of the "
            "sum of squares.",
        ),
        (
            (lambda gx, gy: np.sqrt((gx**2 + gy**2) / 2),),
            "`edge_magnitude(gx, gy)`: the root of a *mean* of squares is too small by √2.",
        ),
        (
            (lambda gx, gy: np.sqrt(abs(gx + gy)),),
            "`edge_magnitude(gx, gy)`: that is √|gx + gy|: square first, then add.",
        ),
        (
            (lambda gx, gy: np.arctan2(gy, gx),),
            "`edge_magnitude(gx, gy)`: that is the direction (an angle), not the length.",
        ),
        (
            (lambda gx, gy: np.linalg.norm([gx, gy]),),
            "`edge_magnitude(gx, gy)`: that is one number for the whole image; one for "
            "every pixel was asked.",
        ),
        (
            (lambda gx, gy: print(end=""),),
            "`edge_magnitude` returned nothing: is there a `return` at its end?",
        ),
        (
            (lambda gx, gy: np.sqrt(gx ^ 2 + gy ^ 2),),
            "`edge_magnitude` uses ^, no power in Python: gx squared is gx**2.",
        ),
        (
            (lambda gx: gx,),
            "`edge_magnitude` stopped with TypeError: <lambda>() takes 1 positional "
            "argument but 2 were given.",
        ),
        (([5.0],), "`edge_magnitude` should be a function; yours is a list of 1."),
        (
            (lambda gx, gy: np.sqrt(gx**2 * gy**2),),
            "`edge_magnitude(gx, gy)` differs from what was asked, most at position (1, 1), where "
            "it is 48. It fits a slip on the right way: a product stands in the place of a plus.",
        ),
        ((lambda gx, gy: 0 * gx,), "`edge_magnitude(gx, gy)`: all its numbers are 0."),
    ],
    variants=[
        (np.hypot,),
        (magnitude,),
        (over_pixels,),
        (lambda gx, gy: np.linalg.norm(np.stack([gx, gy]), axis=0),),
        (lambda gx, gy: np.abs(gx + 1j * gy),),
        (lambda gx, gy: ops.sqrt(ops.square(gx) + ops.square(gy)),),
    ],
)


def by_keras(image, kernel=None, mode="reflect", padding="valid"):
    if mode:
        image = np.pad(image, 1, mode=mode)
    given = sobel_y() if kernel is None else kernel
    return ops.conv(image[None, :, :, None], given, padding=padding)[0, :, :, 0]


def in_two_passes(image):
    """Smooth along the rows, then the difference down the columns."""
    padded = np.pad(image, 1, mode="reflect")
    smooth = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    return smooth[2:] - smooth[:-2]


def by_scipy(image):
    from scipy import ndimage

    return ndimage.sobel(image, axis=0, mode="mirror")  # scipy's name for numpy's "reflect"


def by_tensorflow(image):
    import tensorflow as tf

    return tf.image.sobel_edges(tf.constant(image[None, :, :, None]))[..., 0]


mirrored_border = Bank(
    tasks.mirrored_border,
    solution=(by_keras,),
    mistakes=[
        (
            (lambda image: by_keras(image, mode=None, padding="same"),),
            '`sobel_y_same_size(image)`: zeros around the image (padding="same") make false'
            " edges; mirror the image instead.",
        ),
        (
            (lambda image: by_keras(image, mode=None),),
            "`sobel_y_same_size(image)`: the answer is smaller than the image, (4, 5) for "
            "(6, 7): extend the image first.",
        ),
        (
            (lambda image: by_keras(image, mode="symmetric"),),
            "`sobel_y_same_size(image)`: that mirror repeats the outermost pixels "
            '("symmetric"); "reflect" was asked.',
        ),
        (
            (lambda image: by_keras(image, mode="wrap"),),
            "`sobel_y_same_size(image)`: that is a wrapped border, in which the image "
            "continues at its other side.",
        ),
        (
            (lambda image: by_keras(image, padding="same"),),
            "`sobel_y_same_size(image)`: padded twice: mirrored, and then with zeros by "
            'padding="same".',
        ),
        (
            (lambda image: np.pad(by_keras(image, mode=None), 1, mode="reflect"),),
            "`sobel_y_same_size(image)`: the *answer* was extended; mirror the image before it "
            "is filtered.",
        ),
        (
            (lambda image: np.pad(by_keras(image, mode=None), 1),),
            "`sobel_y_same_size(image)`: zeros were put around the *answer*; mirror the image "
            "before it is filtered.",
        ),
        (
            (lambda image: by_keras(image, sobel_x()),),
            "`sobel_y_same_size(image)`: that is Sobel-x.",
        ),
        (
            (lambda image: by_keras(image, sobel_y()[::-1, ::-1]),),
            "`sobel_y_same_size(image)`: the sign is flipped: a true convolution turns the "
            "kernel, Keras does not.",
        ),
        (
            (lambda image: "edges",),
            "`sobel_y_same_size(image)` should be an array of numbers; yours is the text 'edges'.",
        ),
        (
            (sobel_y(),),
            "`sobel_y_same_size` should be a function; yours is an array of shape (3, 3, 1, 1).",
        ),
        (
            (lambda image: by_keras(image, 2 * sobel_y()),),
            "`sobel_y_same_size(image)`: every number is 2 times what it should be.",
        ),
        (
            (lambda image: by_keras(image, np.random.normal(size=(3, 3, 1, 1)).astype("float32")),),
            "`sobel_y_same_size` gives another answer each time: was the kernel set?",
        ),
    ],
    variants=[
        (in_two_passes,),
        (by_scipy,),
        (by_tensorflow,),
        (lambda image: by_keras(image)[None, :, :, None],),
        (lambda image: respond(image, sobel_y(), "reflect"),),
        (lambda image: by_keras(image).numpy().tolist(),),
    ],
)

# --- layers -------------------------------------------------------------------------------------


def conv(kernel, trainable=False, layer=layers.Conv2D, **options):
    """A function that makes a convolution with this kernel."""

    def build():
        kind = "depthwise" if layer is layers.DepthwiseConv2D else "kernel"
        arguments = {
            "use_bias": False,
            "trainable": trainable,
            f"{kind}_initializer": keras.initializers.Constant(kernel),
            **options,
        }
        if layer is layers.Conv2D:
            arguments.setdefault("filters", np.shape(kernel)[-1])
        return layer(kernel_size=arguments.pop("kernel_size", np.shape(kernel)[:2]), **arguments)

    return build


def set_after_build(weights, shape=(None, 11, 12, 1), filters=2, frozen=True, **options):
    def build():
        layer = layers.Conv2D(filters, 3, **options)
        layer.build(shape)
        layer.set_weights(weights)
        layer.trainable = not frozen
        return layer

    return build


def assigned(kernel):
    def build():
        layer = layers.Conv2D(2, 3, use_bias=False, trainable=False)
        layer.build((None, 11, 12, 1))
        layer.kernel.assign(kernel)
        return layer

    return build


def not_built(kernel):
    def build():
        layer = layers.Conv2D(2, 3, use_bias=False)
        layer.set_weights([kernel])
        return layer

    return build


def only_kernel_frozen(kernel):
    def build():
        layer = layers.Conv2D(kernel.shape[-1], kernel.shape[:2])
        layer.build((None, 11, 12, 1))
        layer.kernel.assign(kernel)
        layer.kernel.trainable = False
        return layer

    return build


def as_model(build, shape, functional=False):
    def build_model():
        if functional:
            inputs = keras.Input(shape)
            return keras.Model(inputs, build()(inputs))
        return keras.Sequential([keras.Input(shape), build()])

    return build_model


def model_frozen_later(kernel, shape):
    def build():
        model = keras.Sequential([keras.Input(shape), conv(kernel, trainable=True)()])
        model.trainable = False
        return model

    return build


class Constant(layers.Layer):
    """No weight at all."""

    def __init__(self, kernel):
        super().__init__()
        self.table = kernel

    def call(self, images):
        return ops.conv(images, ops.array(self.table), padding="valid")


class OwnWeight(layers.Layer):
    def __init__(self, kernel):
        super().__init__()
        self.kernel = self.add_weight(shape=kernel.shape, trainable=False, name="kernel")
        self.kernel.assign(kernel)

    def call(self, images):
        return ops.conv(images, self.kernel, padding="valid")


class Wrapped(keras.Model):
    """A subclassed model without an Input."""

    def __init__(self, build):
        super().__init__()
        self.part = build()

    def call(self, images):
        return self.part(images)


class Stopped(layers.Layer):
    """The flag says learned, but no gradient gets through."""

    def __init__(self, kernel):
        super().__init__()
        self.kernel = self.add_weight(shape=kernel.shape, name="kernel")
        self.kernel.assign(kernel)

    def call(self, images):
        return ops.conv(images, ops.stop_gradient(self.kernel), padding="valid")


class Counting(Constant):
    """Right in its first two calls, then off by more and more."""

    calls = 0

    def call(self, images):
        self.calls += 1
        return super().call(images) + max(self.calls - 2, 0)


def with_statistics(kernel):
    norm = layers.BatchNormalization(epsilon=0, name="norm")
    return keras.Sequential([keras.Input((11, 12, 1)), conv(kernel)(), norm], name="edges")


relief_repaired = Bank(
    tasks.relief_repaired,
    solution=(conv(RELIEF),),
    mistakes=[
        (
            (conv(RELIEF[::-1, ::-1]),),
            "`relief_layer`: the kernel is turned by 180°, as for a true convolution; Keras"
            " does not turn it, so enter it as it stands.",
        ),
        (
            (conv(transposed(RELIEF)),),
            "`relief_layer`: rows and columns are swapped: the kernel is transposed.",
        ),
        (
            (conv(transposed(RELIEF)[::-1, ::-1]),),
            "`relief_layer`: the kernel is turned by 180° *and* transposed, as in the "
            "broken layer.",
        ),
        ((conv(-RELIEF),), "`relief_layer`: the sign is flipped."),
        (
            (conv(-RELIEF[::-1, ::-1]),),
            "`relief_layer`: the kernel is turned *and* its sign flipped.",
        ),
        ((conv(RELIEF[:, ::-1]),), "`relief_layer`: only the columns are reversed."),
        ((conv(RELIEF[::-1]),), "`relief_layer`: only the rows are reversed."),
        ((conv(np.rot90(RELIEF)),), "`relief_layer`: the kernel is turned by 90°."),
        (
            (conv(RELIEF, padding="same"),),
            '`relief_layer` keeps the size, (11, 12): padding="same" puts zeros around the '
            'image, which makes false edges. Asked: (9, 10), with "valid".',
        ),
        (
            (conv(RELIEF, trainable=True),),
            "`relief_layer`: the kernel is right, but one training step moved it (by 0.3). "
            "Setting is one step, freezing another.",
        ),
        (
            (conv(RELIEF, use_bias=True, bias_initializer="ones"),),
            "`relief_layer` is off by 1 everywhere: is there a bias?",
        ),
        (
            (lambda: layers.Conv2D(1, 3, use_bias=False, trainable=False),),
            "`relief_layer` gives another kernel each time: it is frozen, but was never set.",
        ),
        (
            (conv(RELIEF[:, :, 0, 0], filters=1),),
            "`relief_layer`: `Constant` stretched a small table over the channels: every "
            "window of the kernel is filled with one number. Give it all four axes, and look at "
            "kernel[:, :, 0, 0].",
        ),
        (
            (as_model(conv(RELIEF[:, :, 0, 0], filters=1), (11, 12, 1)),),
            "`relief_layer`: `Constant` stretched a small table over the channels: every "
            "window of the kernel is filled with one number. Give it all four axes, and look at "
            "kernel[:, :, 0, 0].",
        ),
        (
            (conv(RELIEF + np.eye(9, dtype="float32")[2].reshape(3, 3, 1, 1)),),
            "`relief_layer`: 1 number(s) of the kernel are wrong. In row 0 and column 2 (from 0) "
            "of filter 0 it has 1 instead of 0.",
        ),
        (
            (conv(RELIEF, kernel_size=1),),
            "`relief_layer`: the layer says that it gives (11, 12, 1) and gives (9, 10, 1): do the"
            " number of filters and the kernel size that it is told fit the kernel that it is "
            "given?",
        ),
    ],
    variants=[
        (as_model(conv(RELIEF), (None, None, 1)),),
        (lambda: Constant(RELIEF),),
        (lambda: Wrapped(conv(RELIEF)),),
        (as_model(conv(RELIEF), (28, 28, 1), functional=True),),
    ],
)

XY = stack(sobel_x(), sobel_y())
PYTORCH = np.transpose(XY, (3, 2, 0, 1))

fixed_sobel = Bank(
    tasks.fixed_sobel,
    solution=(conv(XY),),
    mistakes=[
        (
            (conv(transposed(XY)),),
            "`sobel_layer`: x and y are swapped (or both transposed): the first channel "
            "should answer to vertical edges.",
        ),
        (
            (conv(-XY),),
            "`sobel_layer`: the signs are flipped: Keras correlates, so do not turn the kernel.",
        ),
        (
            (conv(XY[::-1, ::-1]),),
            "`sobel_layer`: the signs are flipped: Keras correlates, so do not turn the kernel.",
        ),  # turned for a convolution
        (
            (conv(stack(sobel_x(), -sobel_y())),),
            "`sobel_layer`: the sign of y is flipped: plus is where it gets brighter *downwards*.",
        ),
        (
            (conv(stack(-sobel_x(), sobel_y())),),
            "`sobel_layer`: the sign of x is flipped: plus is where it gets brighter to the"
            " *right*.",
        ),
        (
            (conv(stack(prewitt_x(), transposed(prewitt_x()))),),
            "`sobel_layer`: those are Prewitt's kernels; Sobel weighs the middle by 2.",
        ),
        (
            (conv(stack(scharr_x(), transposed(scharr_x()))),),
            "`sobel_layer`: those are Scharr's kernels (3, 10, 3); Sobel's are (1, 2, 1).",
        ),
        ((conv(stack(sobel_x(), sobel_x())),), "`sobel_layer`: both channels are Sobel-x."),
        ((conv(stack(sobel_y(), sobel_y())),), "`sobel_layer`: both channels are Sobel-y."),
        ((conv(sobel_x()),), "`sobel_layer`: that is Sobel-x alone; two channels were asked."),
        ((conv(sobel_y()),), "`sobel_layer`: that is Sobel-y alone; two channels were asked."),
        (
            (conv(PYTORCH.reshape(3, 3, 1, 2)),),
            "`sobel_layer`: the axes are mixed up: bring (2, 3, 3) to (3, 3, 1, 2) with "
            "np.moveaxis or np.stack(..., axis=-1); a reshape only cuts the numbers anew.",
        ),
        (
            (set_after_build([XY[:, :, 0, 0]], use_bias=False),),
            "`sobel_layer` stopped with ValueError. A kernel has four axes, (height, width,"
            " in, out); the table alone, (3, 3), does not fit: reshape it first.",
        ),
        (
            (assigned(XY[:, :, 0, 0]),),
            "`sobel_layer` stopped with ValueError. A kernel has four axes, (height, width,"
            " in, out); the table alone, (3, 3), does not fit: reshape it first.",
        ),
        (
            (set_after_build([PYTORCH], use_bias=False),),
            "`sobel_layer` stopped with ValueError. That kernel is in PyTorch's order, "
            "(out, in, height, width); Keras wants (height, width, in, out): "
            "np.transpose(kernel, (2, 3, 1, 0)).",
        ),
        (
            (assigned(PYTORCH),),
            "`sobel_layer` stopped with ValueError. That kernel is in PyTorch's order, "
            "(out, in, height, width); Keras wants (height, width, in, out): "
            "np.transpose(kernel, (2, 3, 1, 0)).",
        ),
        (
            (conv(XY[:, :, 0, 0], filters=2),),
            "`sobel_layer()(image)` stopped with InvalidArgumentError. A kernel has four axes, "
            "(height, width, in, out); the table alone, (3, 3), does not fit: reshape it first.",
        ),
        (
            (as_model(conv(XY[:, :, 0, 0], filters=2), (11, 12, 1)),),
            "`sobel_layer` stopped with InvalidArgumentError. A kernel has four axes, (height, "
            "width, in, out); the table alone, (3, 3), does not fit: reshape it first.",
        ),
        (
            (conv(PYTORCH, filters=2, kernel_size=3),),
            "`sobel_layer()(image)` stopped with InvalidArgumentError. That kernel is in "
            "PyTorch's order, (out, in, height, width); Keras wants (height, width, in, "
            "out): np.transpose(kernel, (2, 3, 1, 0)).",
        ),
        (
            (set_after_build([XY]),),
            "`sobel_layer` stopped with ValueError. The layer has two weights, the kernel "
            "and the bias: a fixed filter needs use_bias=False.",
        ),
        (
            (only_kernel_frozen(XY),),
            "`sobel_layer`: the kernel stays, but the bias moved in one training step: a "
            "fixed filter needs use_bias=False (or a frozen layer).",
        ),
        (
            (set_after_build([XY, np.ones(2)]),),
            "`sobel_layer` is off by 1 everywhere: is there a bias?",
        ),
        (
            (lambda: with_statistics(XY),),
            "`sobel_layer`: the filter is right, but one training step moved "
            "edges/norm/moving_variance; nothing of a fixed filter should move.",
        ),
        (
            (lambda: Counting(XY),),
            "`sobel_layer`: no weight of it moved in a training step, and yet it gives another "
            "answer then.",
        ),
        (
            (not_built(XY),),
            "`sobel_layer` stopped with ValueError. The layer is not built, so it has no "
            "weights yet: build it, or give it an input, before set_weights.",
        ),
        (
            (lambda: layers.Conv2D(2, 3, use_bias=False, weights=[XY]),),
            "`sobel_layer` stopped with ValueError. Conv2D has no argument `weights`; give "
            "it a kernel_initializer, or use set_weights once it is built.",
        ),
        (
            (conv(XY, trainable=True),),
            "`sobel_layer`: the kernel is right, but one training step moved it (by 0.3). "
            "Setting is one step, freezing another.",
        ),
        (
            (set_after_build([XY], frozen=False, use_bias=False),),
            "`sobel_layer`: the kernel is right, but one training step moved it (by 0.3). "
            "Setting is one step, freezing another.",
        ),
        (
            (lambda: layers.Conv2D(2, 3, use_bias=False, trainable=False),),
            "`sobel_layer` gives another kernel each time: it is frozen, but was never set.",
        ),
        (
            (lambda: layers.Conv2D(2, 3, use_bias=False),),
            "`sobel_layer` gives another kernel each time: it was never set.",
        ),
        (
            (conv(XY, padding="same"),),
            '`sobel_layer` keeps the size, (11, 12): padding="same" puts zeros around the '
            'image, which makes false edges. Asked: (9, 10), with "valid".',
        ),
        (
            (conv(XY, strides=2),),
            "`sobel_layer` gives (5, 5, 2) for this image; asked: (9, 10, 2).",
        ),
        ((conv(XY / 8),), "`sobel_layer`: its answers are 0.125 times what they should be."),
        (
            (conv(XY, activation="relu"),),
            "`sobel_layer`: the negative answers are missing: is there a ReLU?",
        ),
        (
            (as_model(conv(per_channel(XY, 3)), (28, 28, 3)),),
            "your model takes 3 channel(s); 1 were asked.",
        ),
        (
            (lambda: XY,),
            "`sobel_layer` should return a layer or model; it returns an array of shape (3,"
            " 3, 1, 2).",
        ),
        (
            (lambda: print(end=""),),
            "`sobel_layer` returned nothing: is there a `return` at its end?",
        ),
        ((XY,), "`sobel_layer` should be a function; yours is an array of shape (3, 3, 1, 2)."),
    ],
    variants=[
        (set_after_build([XY], use_bias=False),),
        (set_after_build([XY.astype("int64")], use_bias=False),),
        (set_after_build([XY, np.zeros(2)]),),  # a frozen bias of 0 does no harm
        (assigned(XY),),
        (lambda: Constant(XY),),
        (lambda: OwnWeight(XY),),
        (lambda: Stopped(XY),),
        (lambda: Wrapped(conv(XY)),),
        (as_model(conv(XY), (28, 28, 1)),),
        (as_model(conv(XY), (None, None, 1), functional=True),),
        (model_frozen_later(XY, (9, 30, 1)),),
        (conv(XY, layer=layers.DepthwiseConv2D, depth_multiplier=2),),
        (lambda: layers.Lambda(lambda images: ops.conv(images, ops.array(XY))),),
    ],
)

X3 = per_channel(sobel_x(), 3)


def diagonal(kernel):
    """A Conv2D kernel (3, 3, 3, 3) that keeps the channels apart."""
    full = np.zeros((3, 3, 3, 3), "float32")
    for channel in range(3):
        full[:, :, channel, channel] = kernel[:, :, 0, 0]
    return full


def depthwise(kernel, **options):
    return conv(kernel, layer=layers.DepthwiseConv2D, depth_multiplier=kernel.shape[-1], **options)


def three_branches():
    inputs = keras.Input((None, None, 3))
    colours = [inputs[..., c : c + 1] for c in range(3)]
    return keras.Model(inputs, layers.Concatenate()([conv(sobel_x())()(c) for c in colours]))


colour_edges = Bank(
    tasks.colour_edges,
    solution=(depthwise(X3),),
    mistakes=[
        (
            (conv(X3),),
            "`colour_layer`: one channel comes out: a Conv2D with one filter *adds up* the "
            "three colours.",
        ),
        (
            (conv(np.repeat(X3, 3, axis=3)),),
            "`colour_layer`: all three channels are the same, the sum of the colours: "
            "Conv2D reaches through all channels.",
        ),
        (
            (conv(X3 / 3),),
            "`colour_layer`: that is the sum of the colours divided by 3; keep the colours apart.",
        ),
        (
            (depthwise(transposed(X3)),),
            "`colour_layer`: that is Sobel-y of each colour; Sobel-x was asked.",
        ),
        (
            (depthwise(-X3),),
            "`colour_layer`: the sign is flipped: Keras correlates, so do not turn the kernel.",
        ),
        (
            (conv(diagonal(sobel_x())[..., ::-1]),),
            "`colour_layer`: blue comes first; red was asked first.",
        ),
        (
            (depthwise(per_channel(XY, 3)),),
            "`colour_layer`: six channels come out, gx and gy of each colour; only gx was asked.",
        ),
        (
            (depthwise(per_channel(prewitt_x(), 3)),),
            "`colour_layer`: those are Prewitt's numbers; Sobel weighs the middle by 2.",
        ),
        (
            (depthwise(per_channel(scharr_x(), 3)),),
            "`colour_layer`: those are Scharr's numbers (3, 10, 3); Sobel's are (1, 2, 1).",
        ),
        (
            (conv(sobel_x()[:, :, 0, 0], filters=3),),
            "`colour_layer`: `Constant` stretched a small table over the channels: every "
            "window of the kernel is filled with one number. Give it all four axes, and look at "
            "kernel[:, :, 0, 0].",
        ),
        (
            (depthwise(X3, padding="same"),),
            '`colour_layer` keeps the size, (11, 12): padding="same" puts zeros around the '
            'image, which makes false edges. Asked: (9, 10), with "valid".',
        ),
        (
            (depthwise(X3, trainable=True),),
            "`colour_layer`: the kernel is right, but one training step moved it (by 0.3). "
            "Setting is one step, freezing another.",
        ),
        (
            (lambda: layers.DepthwiseConv2D(3, use_bias=False, trainable=False),),
            "`colour_layer` gives another kernel each time: it is frozen, but was never set.",
        ),
        (
            (lambda: layers.DepthwiseConv2D(3, kernel_initializer="ones"),),
            "`colour_layer` stopped with ValueError. In DepthwiseConv2D the argument is "
            "called `depthwise_initializer`.",
        ),
        (
            (depthwise(X3, use_bias=True, bias_initializer="ones"),),
            "`colour_layer` is off by 1 everywhere: is there a bias?",
        ),
    ],
    variants=[
        (as_model(depthwise(X3), (20, 21, 3)),),
        (depthwise(sobel_x()),),  # Constant repeats (3, 3, 1, 1) for each channel
        (conv(diagonal(sobel_x())),),
        (three_branches,),
        (conv(np.tile(sobel_x(), 3), groups=3, filters=3),),
        (lambda: layers.Lambda(lambda images: ops.depthwise_conv(images, ops.array(X3))),),
    ],
)


def bell(exponent):
    table = np.exp(exponent(np.arange(5) - 2.0))
    return np.outer(table, table)[:, :, None, None]


SHARP = bell(lambda d: -(d**2) / (2 * 1.5**2))


def row_then_column():
    line = SHARP[:, 2:3] / SHARP[:, 2:3].sum()
    return keras.Sequential([conv(line)(), conv(np.swapaxes(line, 0, 1))()])


fixed_blur = Bank(
    tasks.fixed_blur,
    solution=(conv(SHARP / SHARP.sum()),),
    mistakes=[
        (
            (conv(SHARP),),
            "`blur_layer`: the numbers do not add up to 1: divide by their sum, or the "
            "image gets brighter.",
        ),
        (
            (conv(SHARP / (2 * np.pi * 1.5**2)),),
            "`blur_layer`: you divided by 2π sigma², which makes the sum 1 only if the bell"
            " is not cut off; divide by the sum of the 25 numbers.",
        ),
        (
            (conv((b := bell(lambda d: -(d**2) / (2 * 1.5))) / b.sum()),),
            "`blur_layer`: in the exponent, the square of sigma is missing: 2 · sigma².",
        ),
        (
            (conv((b := bell(lambda d: -(d**2) / 1.5**2)) / b.sum()),),
            "`blur_layer`: in the exponent, the 2 before sigma² is missing.",
        ),
        (
            (conv(np.full((5, 5, 1, 1), 1 / 25)),),
            "`blur_layer`: that is a box, in which all 25 numbers are equal.",
        ),
        ((conv(gaussian(1.0, 5)),), "`blur_layer`: that is sigma 1; 1.5 was asked."),
        ((conv(gaussian(1.5, 3)),), "`blur_layer`: that is 3 × 3; 5 × 5 was asked."),
        ((conv(gaussian(1.5, 7)),), "`blur_layer`: that is 7 × 7; 5 × 5 was asked."),
        (
            (conv(np.round(gaussian(1.5, 5), 4)),),
            "`blur_layer` is nearly right: are its numbers rounded? Let NumPy compute them.",
        ),
        (
            (conv(gaussian(1.5, 5), padding="same"),),
            '`blur_layer` keeps the size, (11, 12): padding="same" puts zeros around the '
            'image, which makes false edges. Asked: (7, 8), with "valid".',
        ),
        (
            (conv(gaussian(1.5, 5), trainable=True),),
            "`blur_layer`: the kernel is right, but one training step moved it (by 0.2). "
            "Setting is one step, freezing another.",
        ),
        (
            (only_kernel_frozen(gaussian(1.5, 5)),),
            "`blur_layer`: the kernel stays, but the bias moved in one training step: a "
            "fixed filter needs use_bias=False (or a frozen layer).",
        ),
        (
            (lambda: layers.Conv2D(1, 5, use_bias=False, trainable=False),),
            "`blur_layer` gives another kernel each time: it is frozen, but was never set.",
        ),
        (
            (conv((b := bell(lambda d: -(d**2) / (2 + 1.5**2))) / b.sum()),),
            "`blur_layer`: It fits a slip on the right way: a plus stands in the place of a "
            "product.",
        ),
    ],
    variants=[
        (conv(gaussian(1.5, 5)),),
        (row_then_column,),
        (as_model(conv(gaussian(1.5, 5)), (16, 16, 1)),),
        (depthwise(gaussian(1.5, 5)),),
    ],
)

# --- a Parsons problem --------------------------------------------------------------------------

proof_in_order = Bank(
    tasks.proof_in_order,
    solution=("FABCDE",),
    mistakes=[
        (
            ("GABCDE",),
            "`order` uses G: sobel[:, :, 0, 0] is a table (3, 3), and set_weights refuses "
            "whatever has not all four axes.",
        ),
        (
            (["g", "a", "b", "c", "d", "e"],),
            "`order` uses G: sobel[:, :, 0, 0] is a table (3, 3), and set_weights refuses "
            "whatever has not all four axes.",
        ),
        (
            ("FHBCDE",),
            "`order` uses H: read its spelling. Python makes a new attribute without a "
            "word, and nothing is frozen.",
        ),
        (("FBCDE",), "`order`: the kernel moved in training: it was never frozen."),
        (("FBCDAE",), "`order`: the kernel moved in training: it has to be frozen before the fit."),
        (("ABCDE",), "`order`: the kernel is frozen, but not Sobel: it was never set."),
        (
            ("ABCFDE",),
            "`order`: the kernel is Sobel at the end, but between C and E it moved: set it "
            "before the snapshot.",
        ),
        (
            ("ABCDFE",),
            "`order`: the kernel is Sobel at the end, but between C and E it moved: set it "
            "before the snapshot.",
        ),
        (
            ("ABCDEF",),
            "`order`: the model was trained with the random kernel; Sobel was set only afterwards.",
        ),
        (
            ("FABDCE",),
            "`order`: `moved` is empty, so it proves nothing: the training has to happen "
            "between C and E.",
        ),
        (
            ("FABCED",),
            "`order`: `moved` is empty, so it proves nothing: the training has to happen "
            "between C and E.",
        ),
        (("FABCD",), "`order`: there is no proof; `moved` is never made (line E)."),
        (
            ("FABDE",),
            "`order`: in the order F A B D E, line E stops with NameError: name 'before' is"
            " not defined.",
        ),
        (("FABCDEX",), "`order` has X; the lines are A, B, C, D, E, F, G, H."),
        (("FABCDED",), "`order` uses a line twice: F A B C D E D."),
        ((123,), "`order` should be letters in order, such as 'ABCDEFGH'."),
    ],
    variants=[
        ("afbcde",),
        (["A", "B", "F", "C", "D", "E"],),
        ("F, B, A, C, D, E",),
        ("F -> A -> B -> C -> D -> E",),
        ("[F, 'A', B] → C. D. E",),
        ("BFACDE",),
    ],
)
