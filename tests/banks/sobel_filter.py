"""Answers to exercise 4, a Sobel filter that stays put."""

import math

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
        ([[-9, -9], [-12, -12]],),
        ([[9, 12], [9, 12]],),
        ([[6, 6], [9, 9]],),
        ([[3, 3], [4, 4]],),
        ([[0, 3, 3, -3], [0, 9, 9, -9], [0, 12, 12, -12], [0, 9, 9, -9]],),
        ([[12, 12], [9, 9]],),
        ([9, 9, 12, 12],),
        ("9 9 12 12",),
        (12,),
        ([[12, 12], [12, 12]],),  # the first row is bright as well
        ([[9, 0], [12, 0]],),
        ([[2.25, 2.25], [3, 3]],),
        ([[3, 9], [0, 0]],),
        ([[6, 12], [9, 18]],),
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
        ((16, 3, 5, 3), (5, 3, 3, 2)),
        ((5, 3, 16, 3), (5, 3, 3, 2)),
        ((3, 5, 3, 16), (5, 3, 3, 2)),
        ((5, 3, 16), (5, 3, 3, 2)),
        ((5, 3, 1, 16), (5, 3, 3, 2)),
        ((5, 3, 3, 17), (5, 3, 3, 2)),
        ((5, 3, 3, 1), (5, 3, 3, 2)),
        ((5, 3, 3, 16), (5, 3, 3, 6)),
        ((5, 3, 3, 16), (5, 3, 2, 3)),
        ((5, 3, 3, 16), (5, 3, 6)),
        ((5, 3, 3, 16), (5, 3, 1, 2)),
        ((5, 3, 3, 16), (2, 3, 5, 3)),
        ((5, 3, 3, 16), (6, 1, 5, 3)),
        ((5, 3, 3, 16), (3, 5, 3, 2)),
        ((5, 3, 3, 16), (5, 3, 3, 16)),
        ((None, 5, 3, 3, 16), (5, 3, 3, 2)),
        (720, (5, 3, 3, 2)),
        ("(5, 3, 3, 16)", (5, 3, 3, 2)),
        (np.zeros((5, 3, 3, 16)), (5, 3, 3, 2)),
        ((5, 3, 4, 16), (5, 3, 3, 2)),
        ((16, 5, 3, 3), (5, 3, 3, 2)),
        ((5, 3, 3, 16), (5, 3)),
        ((5, 3, 48), (5, 3, 3, 2)),
        ((5, 3, 3, 48), (5, 3, 3, 2)),
        ((5, 3), (5, 3, 3, 2)),
        ((5, 3, 3), (5, 3, 3, 2)),
        ((5, 3, 3, 16), (5, 3, 1, 6)),
        ((5, 3, 3, 16), (5, 3, 2)),
        ((5, 3, 3, 16), (5, 3, 3, 1)),
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
        (four_axes(np.transpose(DOWN)),),
        (-four_axes(DOWN),),
        (four_axes(DOWN)[::-1, ::-1],),  # turned for a convolution
        (-four_axes(np.transpose(DOWN)),),
        (prewitt_y(),),
        (scharr_y(),),
        (four_axes(DOWN) / 8,),
        (four_axes(DOWN) / 4,),
        (DOWN,),
        (np.reshape(DOWN, (1, 1, 3, 3)),),
        (np.reshape(DOWN, (1, 3, 3, 1)),),
        (four_axes([[-1, -2, -1], [0, 1, 0], [1, 2, 1]]),),
        (four_axes([[-1, -2, -1], [0, 0, 0], [1, 2, 2]]),),
        (stack(sobel_x(), sobel_y()),),
        ("sobel",),
        (2 * sobel_y(),),
        (four_axes([[-2, -1, -1], [0, 0, 0], [1, 2, 1]]),),
        (four_axes([[0, -1, 0], [0, 0, 0], [0, 1, 0]]),),
        (four_axes([[-2, -1, 0], [-1, 0, 1], [0, 1, 2]]),),
        (four_axes([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),),
        (np.reshape(DOWN, (3, 3, 1)),),
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
        # ask: "gives the magnitude of the edges"
        (lambda gx, gy: gx + gy,),
        (lambda gx, gy: abs(gx + gy),),
        (lambda gx, gy: (gx**2 + gy**2) ** 1 / 2,),
        (lambda gx, gy: np.sqrt(abs(gx)) + np.sqrt(abs(gy)),),
        (lambda gx, gy: np.degrees(np.arctan2(gy, gx)),),
        (lambda gx, gy: np.hypot(gx, gy).astype("uint8"),),
        (lambda gx, gy: np.hypot(gx, gy).astype(int),),
        (lambda gx, gy: np.clip(np.hypot(gx, gy), 0, 255),),
        (lambda gx, gy: np.hypot(gx, gy) / np.hypot(gx, gy).max(),),
        (lambda gx, gy: math.sqrt(gx**2 + gy**2),),
        (lambda gx, gy: max(abs(gx), abs(gy)),),
        # ask: "pixel by pixel"
        (lambda gx, gy: np.hypot(gx, gy).mean(),),
        (lambda gx, gy: abs(gx) + abs(gy),),
        (lambda gx, gy: gx**2 + gy**2,),
        (lambda gx, gy: np.maximum(abs(gx), abs(gy)),),
        (lambda gx, gy: np.sqrt((gx**2 + gy**2) / 2),),
        (lambda gx, gy: np.sqrt(abs(gx + gy)),),
        (lambda gx, gy: np.arctan2(gy, gx),),
        (lambda gx, gy: np.linalg.norm([gx, gy]),),
        (lambda gx, gy: print(end=""),),
        (lambda gx, gy: np.sqrt(gx ^ 2 + gy ^ 2),),
        (lambda gx: gx,),
        ([5.0],),
        (lambda gx, gy: np.sqrt(gx**2 * gy**2),),
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


def without_corners(image):
    padded = np.pad(image, 1, mode="reflect")
    padded[[0, 0, -1, -1], [0, -1, 0, -1]] = 0
    return by_keras(padded, mode=None)


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

    return tf.image.sobel_edges(tf.constant(image[None, :, :, None]))[0, :, :, 0, 0]


def mirrored_above_and_below(image):
    tall = np.pad(image, ((1, 1), (0, 0)), mode="reflect")
    return by_keras(np.pad(tall, ((0, 0), (1, 1))), mode=None)


def repeated_at_the_sides(image):
    tall = np.pad(image, ((1, 1), (0, 0)), mode="reflect")
    return by_keras(np.pad(tall, ((0, 0), (1, 1)), mode="edge"), mode=None)


def for_squares(image):
    size, mirrored = len(image), np.pad(image, 1, mode="reflect")
    answer = np.zeros((size, size))
    for r in range(size):
        for c in range(size):
            answer[r, c] = np.sum(mirrored[r : r + 3, c : c + 3] * DOWN)
    return answer


mirrored_border = Bank(
    tasks.mirrored_border,
    solution=(by_keras,),
    mistakes=[
        # ask: "At the border the image should be"
        (lambda image: by_keras(image, mode=None, padding="same"),),
        (mirrored_above_and_below,),
        (repeated_at_the_sides,),
        # ask: "of the *same* height and width"
        (lambda image: by_keras(image, mode=None),),
        (for_squares,),
        (without_corners,),
        # ask: "(height, width) of the"
        (lambda image: by_keras(image)[None, :, :, None],),
        (lambda image: by_keras(image)[:, :, None],),
        # ask: "without repeating its outermost"
        (lambda image: by_keras(image, mode="symmetric"),),
        (lambda image: by_keras(image, mode="wrap"),),
        (lambda image: by_keras(image, padding="same"),),
        (lambda image: np.pad(by_keras(image, mode=None), 1, mode="reflect"),),
        (lambda image: np.pad(by_keras(image, mode=None), 1),),
        # ask: "filters a gray image, (height, width), with Sobel-y"
        (lambda image: by_keras(image, sobel_x()),),
        (lambda image: by_keras(image, prewitt_y()),),
        (lambda image: abs(by_keras(image)),),
        (lambda image: np.maximum(by_keras(image), 0),),
        (lambda image: by_keras(np.clip(image, 0, 255)),),
        (lambda image: by_keras(image.astype("int32").astype("float32")),),
        (lambda image: by_keras(image, sobel_y()[::-1, ::-1]),),
        (lambda image: "edges",),
        (sobel_y(),),
        (lambda image: by_keras(image, np.random.normal(size=(3, 3, 1, 1)).astype("float32")),),
    ],
    variants=[
        (in_two_passes,),
        (by_scipy,),
        (by_tensorflow,),
        (lambda image: respond(image, sobel_y(), "reflect")[:, :, 0],),
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


class FirstOfTheBatch(Constant):
    def call(self, images):
        answer = super().call(images[:1])
        return ops.repeat(answer, ops.shape(images)[0], axis=0)


class WholeNumbers(Constant):
    def call(self, images):
        return super().call(ops.cast(ops.cast(images, "int32"), "float32"))


class TwoFaced(layers.Conv2D):
    """Learns as it likes, and answers outside of training as if it did not."""

    def call(self, images, training=False):
        if training:
            return super().call(images)
        return ops.conv(images, XY, padding="valid")


class NoisyInTraining(Constant):
    def call(self, images, training=False):
        return super().call(images) + (1.0 if training else 0.0)


class OnlyOutside(keras.constraints.Constraint):
    """Puts the kernel back after every update."""

    def __init__(self, kernel):
        self.kernel = kernel

    def __call__(self, kernel):
        return ops.array(self.kernel, kernel.dtype)


def two_faced():
    layer = TwoFaced(2, 3, use_bias=False)
    layer.build((None, None, None, 1))
    layer.set_weights([XY])
    return layer


def always_the_same(build):
    made = build()
    return lambda: made


def wrapped_anew(build):
    made = build()
    return lambda: keras.Sequential([keras.Input((None, None, 1)), made])


def frozen_outside_only(kernel):
    def build():
        inner = layers.Conv2D(2, 3, use_bias=False)
        model = keras.Sequential([keras.Input((None, None, 1)), inner], trainable=False)
        inner.set_weights([kernel])
        return model

    return build


def weights_frozen_before_the_build():
    given = keras.initializers.Constant(XY)
    layer = layers.Conv2D(2, 3, use_bias=False, kernel_initializer=given)
    for weight in layer.weights:
        weight.trainable = False
    return layer


def sixteen_at_a_time():
    inputs = keras.Input((20, 21, 1), batch_size=16)
    return keras.Model(inputs, conv(XY)()(inputs))


def with_statistics(kernel):
    norm = layers.BatchNormalization(epsilon=0, name="norm")
    return keras.Sequential([keras.Input((11, 12, 1)), conv(kernel)(), norm], name="edges")


relief_repaired = Bank(
    tasks.relief_repaired,
    solution=(conv(RELIEF),),
    mistakes=[
        (conv(RELIEF[::-1, ::-1]),),
        (conv(transposed(RELIEF)),),
        (conv(transposed(RELIEF)[::-1, ::-1]),),
        (conv(-RELIEF),),
        (conv(-RELIEF[::-1, ::-1]),),
        (conv(RELIEF[:, ::-1]),),
        (conv(RELIEF[::-1]),),
        (conv(np.rot90(RELIEF)),),
        # ask: "without padding"
        (conv(RELIEF, padding="same"),),
        # ask: "stays so in training"
        (conv(RELIEF, trainable=True),),
        # ask: "a fresh layer (or model)"
        (always_the_same(conv(RELIEF)),),
        # ask: "does what the"
        (conv(RELIEF / 2),),
        (conv(np.rot90(RELIEF, -1)),),
        (conv(RELIEF, use_bias=True, bias_initializer="ones"),),
        (lambda: layers.Conv2D(1, 3, use_bias=False, trainable=False),),
        (conv(RELIEF[:, :, 0, 0], filters=1),),
        (as_model(conv(RELIEF[:, :, 0, 0], filters=1), (11, 12, 1)),),
        (conv(RELIEF + np.eye(9, dtype="float32")[2].reshape(3, 3, 1, 1)),),
        (conv(RELIEF, kernel_size=1),),
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
        (conv(transposed(XY)),),
        (conv(-XY),),
        (conv(XY[::-1, ::-1]),),  # turned for a convolution
        (conv(XY[::-1, ::-1], padding="same"),),
        (conv(stack(sobel_x(), -sobel_y())),),
        (conv(stack(-sobel_x(), sobel_y())),),
        (conv(stack(prewitt_x(), transposed(prewitt_x()))),),
        (conv(stack(scharr_x(), transposed(scharr_x()))),),
        (conv(stack(sobel_x(), sobel_x())),),
        (conv(stack(sobel_y(), sobel_y())),),
        (conv(sobel_x()),),
        (conv(sobel_y()),),
        (conv(PYTORCH.reshape(3, 3, 1, 2)),),
        (set_after_build([XY[:, :, 0, 0]], use_bias=False),),
        (assigned(XY[:, :, 0, 0]),),
        (set_after_build([PYTORCH], use_bias=False),),
        (assigned(PYTORCH),),
        (conv(XY[:, :, 0, 0], filters=2),),
        (as_model(conv(XY[:, :, 0, 0], filters=2), (11, 12, 1)),),
        (conv(PYTORCH, filters=2, kernel_size=3),),
        (set_after_build([XY]),),
        (only_kernel_frozen(XY),),
        (set_after_build([XY, np.ones(2)]),),
        # ask: "a new one each time"
        (always_the_same(conv(XY)),),
        (wrapped_anew(conv(XY)),),
        # ask: "It takes gray images"
        (lambda: FirstOfTheBatch(XY),),
        (lambda: WholeNumbers(XY),),
        # ask: "Training must never change"
        (frozen_outside_only(XY),),
        (weights_frozen_before_the_build,),
        (two_faced,),
        (lambda: NoisyInTraining(XY),),
        # ask: "two"
        (conv(sobel_x() + sobel_y()),),
        # ask: "Sobel-x first, then Sobel-y"
        (conv(stack(sobel_y(), sobel_x())),),
        (lambda: with_statistics(XY),),
        (lambda: Counting(XY),),
        (not_built(XY),),
        (lambda: layers.Conv2D(2, 3, use_bias=False, weights=[XY]),),
        (conv(XY, trainable=True),),
        (set_after_build([XY], frozen=False, use_bias=False),),
        (lambda: layers.Conv2D(2, 3, use_bias=False, trainable=False),),
        (lambda: layers.Conv2D(2, 3, use_bias=False),),
        # ask: "no padding"
        (conv(XY, padding="same"),),
        (conv(XY, strides=2),),
        (conv(XY / 8),),
        (conv(XY, activation="relu"),),
        (as_model(conv(per_channel(XY, 3)), (28, 28, 3)),),
        (lambda: XY,),
        (lambda: print(end=""),),
        (XY,),
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
        (sixteen_at_a_time,),
        (conv(XY, trainable=True, kernel_constraint=OnlyOutside(XY)),),
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


def separable():
    layer = layers.SeparableConv2D(3, 3, use_bias=False, trainable=False)
    layer.build((None, None, None, 3))
    layer.depthwise_kernel.assign(X3)
    return layer


def three_branches():
    inputs = keras.Input((None, None, 3))
    colours = [inputs[..., c : c + 1] for c in range(3)]
    return keras.Model(inputs, layers.Concatenate()([conv(sobel_x())()(c) for c in colours]))


def colours_back_by_reshape(images):
    number, height, width, _ = images.shape
    planes = ops.reshape(ops.transpose(images, (0, 3, 1, 2)), (3 * number, height, width, 1))
    return ops.reshape(ops.conv(planes, sobel_x()), (number, height - 2, width - 2, 3))


colour_edges = Bank(
    tasks.colour_edges,
    solution=(depthwise(X3),),
    mistakes=[
        # ask: "answers with three"
        (conv(X3),),
        # ask: "of the red, of the green and of the blue channel"
        (conv(np.repeat(X3, 3, axis=3)),),
        (conv(X3 / 3),),
        (conv(np.repeat(X3 / 3, 3, axis=3)),),
        (depthwise(np.repeat(X3, 3, axis=3)),),
        (separable,),
        (lambda: layers.Lambda(colours_back_by_reshape),),
        (depthwise(transposed(X3)),),
        (depthwise(-X3),),
        (depthwise(np.moveaxis(X3, 2, 0)),),
        (depthwise(np.moveaxis(X3, 2, 1)),),
        (conv(diagonal(sobel_x())[..., ::-1]),),
        (depthwise(per_channel(XY, 3)),),
        (depthwise(per_channel(prewitt_x(), 3)),),
        (depthwise(per_channel(scharr_x(), 3)),),
        (conv(sobel_x()[:, :, 0, 0], filters=3),),
        # ask: "no padding"
        (depthwise(X3, padding="same"),),
        # ask: "unchanged by training"
        (depthwise(X3, trainable=True),),
        # ask: "a fresh layer (or model)"
        (always_the_same(depthwise(X3)),),
        (lambda: layers.DepthwiseConv2D(3, use_bias=False, trainable=False),),
        (lambda: layers.DepthwiseConv2D(3, kernel_initializer="ones"),),
        (depthwise(X3, use_bias=True, bias_initializer="ones"),),
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
        # ask: "divided by the sum of all 25"
        (conv(SHARP),),
        (conv(SHARP / 25),),
        (conv(SHARP / (np.sqrt(2 * np.pi) * 1.5)),),
        # ask: "are the distances from the middle"
        (conv((b := bell(lambda d: -((d + 2) ** 2) / (2 * 1.5**2))) / b.sum()),),
        (conv((b := bell(lambda d: -abs(d) / (2 * 1.5**2))) / b.sum()),),
        (conv((b := np.exp(-np.hypot(*np.mgrid[-2:3, -2:3]) / 4.5)[..., None, None]) / b.sum()),),
        (conv(SHARP / SHARP.sum(axis=1, keepdims=True)),),
        (conv((b := bell(lambda d: d**2 / (2 * 1.5**2))) / b.sum()),),
        (conv(np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]).reshape(5, 5, 1, 1) / 256),),
        # ask: "with σ = 1.5 pixels"
        (conv(gaussian(2.0, 5)),),
        (conv(gaussian(3.0, 5)),),  # or steps of half a pixel
        (conv(gaussian(1.2, 5)),),  # or steps of 1.25 pixels
        (conv(SHARP / (2 * np.pi * 1.5**2)),),
        (conv((b := bell(lambda d: -(d**2) / (2 * 1.5))) / b.sum()),),
        (conv((b := bell(lambda d: -(d**2) / 1.5**2)) / b.sum()),),
        (conv((b := bell(lambda d: -(d**2) / 2 * 1.5**2)) / b.sum()),),
        (conv(np.full((5, 5, 1, 1), 1 / 25)),),
        (conv(gaussian(1.0, 5)),),
        (conv(gaussian(1.5, 3)),),
        (conv(gaussian(1.5, 7)),),
        (conv(np.round(gaussian(1.5, 5), 4)),),
        # ask: "No padding"
        (conv(gaussian(1.5, 5), padding="same"),),
        # ask: "unchanged by training"
        (conv(gaussian(1.5, 5), trainable=True),),
        # ask: "a fresh layer (or model)"
        (always_the_same(conv(gaussian(1.5, 5))),),
        (only_kernel_frozen(gaussian(1.5, 5)),),
        (lambda: layers.Conv2D(1, 5, use_bias=False, trainable=False),),
        (conv((b := bell(lambda d: -(d**2) / (2 + 1.5**2))) / b.sum()),),
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
        ("GABCDE",),
        ("FACBED",),
        ("FADBCE",),
        ("FACDE",),
        ("FABCE",),
        (["g", "a", "b", "c", "d", "e"],),
        ("FHBCDE",),
        ("FBCDE",),
        ("FBCDAE",),
        ("ABCDE",),
        ("ABCFDE",),
        ("ABCDFE",),
        ("ABCDEF",),
        ("FABDCE",),
        ("FABCED",),
        ("FABCD",),
        ("FABDE",),
        ("FABCDEX",),
        ("FABCDED",),
        (123,),
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
