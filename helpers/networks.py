"""Two pretrained networks that ship with the course, and the same networks untrained.

They are used like those of `keras.applications`, but nothing is downloaded: the values lie in
helpers/data/, which tells where they come from and under which licence.
"""

import io

import keras
import numpy as np
from keras import layers

from helpers._arguments import shown, true_or_false, whole
from helpers.datasets import content

# Branches of an inception block: channels of 1×1 · 1×1, then 3×3 · 1×1, then 5×5 · pool, then 1×1.
_INCEPTION = {
    "a": (16, (16, 24), (4, 8), 8),
    "b": (24, (24, 32), (8, 16), 16),
    "c": (32, (24, 48), (8, 16), 16),
}
# Stages of EfficientNet-lite0: repeats, kernel size, stride, expansion, channels.
LITE0 = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
SHIPPED_STAGES = 5  # of the seven; the last two hold four fifths of all numbers


def mini_googlenet(
    weights: str | None = "mnist", include_top: bool = True, classes: int = 10
) -> keras.Model:
    """A small network in the manner of GoogLeNet, for gray images from 0 to 1.

    Two convolutions, three inception blocks, 20 BatchNormalization layers; input (28, 28, 1).
    After C. Szegedy and others (2014), Going Deeper with Convolutions, with
    BatchNormalization after every convolution as in its successors.

    Args:
        weights: "mnist" for the values trained on 4,500 MNIST digits, or None for a fresh start.
        include_top: end with the pooling and the Dense layer "head"; else with the last block's
            feature maps, (7, 7, 112).
        classes: the outputs of the head, from 1 to 1,000; 10 if it has MNIST's values.

    Raises:
        TypeError, ValueError: weights is neither, or another argument does not fit.
        FileNotFoundError, ValueError: see `datasets.content`.
    """
    _check_weights(weights, "mnist")
    include_top = true_or_false("include_top", include_top)
    classes = whole("classes", classes, "a whole number from 1 to 1,000", range(1, 1001))
    if weights and include_top and classes != 10:
        raise ValueError(
            f"the head with MNIST's values has 10 classes, not {classes}; for a head of your own "
            "take include_top=False"
        )
    inputs = keras.Input((28, 28, 1), name="image")
    maps = _conv_norm_relu(inputs, "1", 16, 3)
    maps = layers.MaxPooling2D(2, name="pool1")(maps)
    maps = _conv_norm_relu(maps, "2", 32, 3)
    maps = _inception(maps, "a")
    maps = layers.MaxPooling2D(2, name="pool2")(maps)
    maps = _inception(_inception(maps, "b"), "c")
    if include_top:
        maps = layers.GlobalAveragePooling2D(name="pool")(maps)
        maps = layers.Dense(classes, activation="softmax", name="head")(maps)
    model = keras.Model(inputs, maps, name="mini_googlenet")
    if weights:
        _load(model, "mini_googlenet.npz")
    return model


def _conv_norm_relu(
    maps: keras.KerasTensor, name: str, filters: int, size: int
) -> keras.KerasTensor:
    maps = layers.Conv2D(filters, size, padding="same", use_bias=False, name=f"conv{name}")(maps)
    # Momentum 0.9: a few hundred steps on few images must be enough for the statistics (lesson 5).
    maps = layers.BatchNormalization(momentum=0.9, name=f"norm{name}")(maps)
    return layers.ReLU(name=f"relu{name}")(maps)


def _inception(maps: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Four views of the same maps, side by side."""
    one, three, five, pooled = _INCEPTION[name]
    name = f"_{name}"
    branches = [_conv_norm_relu(maps, f"{name}_1x1", one, 1)]
    for size, (reduced, filters) in ((3, three), (5, five)):
        few = _conv_norm_relu(maps, f"{name}_{size}x{size}_reduce", reduced, 1)
        branches.append(_conv_norm_relu(few, f"{name}_{size}x{size}", filters, size))
    around = layers.MaxPooling2D(3, strides=1, padding="same", name=f"pool{name}")(maps)
    branches.append(_conv_norm_relu(around, f"{name}_pool", pooled, 1))
    return layers.Concatenate(name=f"mixed{name}")(branches)


def efficientnet_lite0(
    weights: str | None = "imagenet",
    stages: int = SHIPPED_STAGES,
    include_top: bool = False,
    image_size: int = 224,
) -> keras.Model:
    """EfficientNet-lite0 for colour images (image_size, image_size, 3) with values from 0 to 255.

    MobileNet's inverted residual blocks with ReLU6 and without squeeze-and-excite; after M. Tan
    and Q. Le (2019), EfficientNet, in the "lite" form of 2020. Up to stage 5: 33
    BatchNormalization layers, output (14, 14, 112) for images of 224 pixels.

    Args:
        weights: "imagenet" for values trained on ImageNet (stored in float16), up to stage 5;
            None for a fresh start.
        stages: how many of the seven stages, from the image on.
        include_top: add ImageNet's head of 1,000 classes; only with all seven, untrained stages.
        image_size: pixels, a multiple of 16; smaller is quicker and sees less.

    Raises:
        TypeError, ValueError: what was asked for does not exist or is not shipped.
        FileNotFoundError, ValueError: see `datasets.content`.
    """
    _check_weights(weights, "imagenet")
    stages = whole("stages", stages, f"from 1 to {len(LITE0)}", range(1, len(LITE0) + 1))
    include_top = true_or_false("include_top", include_top)
    sizes = "a multiple of 16 from 32 to 1,024"
    image_size = whole("image_size", image_size, sizes, range(32, 1025, 16))
    if weights and (include_top or stages > SHIPPED_STAGES):
        raise ValueError(
            f"ImageNet's values are shipped for the first {SHIPPED_STAGES} stages without the "
            f"top, not for {stages} stages with include_top={include_top}"
        )
    if include_top and stages < len(LITE0):
        raise ValueError(f"the top stands on all {len(LITE0)} stages, not on {stages}")
    inputs = keras.Input((image_size, image_size, 3), name="image")
    maps = layers.Rescaling(1 / 128, offset=-127 / 128, name="rescaling")(inputs)
    maps = _normed(layers.Conv2D(32, 3, 2, "same", use_bias=False, name="stem_conv")(maps), "stem")
    for stage, (repeats, size, stride, expansion, filters) in enumerate(LITE0[:stages], 1):
        for repeat in range(repeats):
            name = f"block{stage}{'abcd'[repeat]}"
            step = stride if repeat == 0 else 1
            maps = _inverted_residual(maps, name, size, step, expansion, filters)
    if include_top:
        maps = _normed(layers.Conv2D(1280, 1, use_bias=False, name="top_conv")(maps), "top")
        maps = layers.GlobalAveragePooling2D(name="pool")(maps)
        maps = layers.Dense(1000, name="logits")(maps)
    model = keras.Model(inputs, maps, name="efficientnet_lite0")
    if weights:
        _load(model, "efficientnet_lite0.npz")
    return model


def _normed(maps: keras.KerasTensor, name: str, activation: bool = True) -> keras.KerasTensor:
    maps = layers.BatchNormalization(name=f"{name}_norm")(maps)
    return layers.ReLU(6, name=f"{name}_relu6")(maps) if activation else maps


def _inverted_residual(
    maps: keras.KerasTensor, name: str, size: int, stride: int, expansion: int, filters: int
) -> keras.KerasTensor:
    """Widen (1×1), filter each channel (size×size), narrow (1×1); add the input if it fits."""
    before, channels = maps, maps.shape[-1]
    if expansion != 1:
        wide = layers.Conv2D(channels * expansion, 1, use_bias=False, name=f"{name}_expand_conv")
        maps = _normed(wide(maps), f"{name}_expand")
    each = layers.DepthwiseConv2D(size, stride, "same", use_bias=False, name=f"{name}_depth_conv")
    maps = _normed(each(maps), f"{name}_depth")
    narrow = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_project_conv")
    maps = _normed(narrow(maps), f"{name}_project", activation=False)
    if stride == 1 and channels == filters:
        maps = layers.Add(name=f"{name}_add")([before, maps])
    return maps


def _load(model: keras.Model, name: str) -> None:
    """Give the model its part of a shipped file, which may hold more layers."""
    paths = {weight.path for weight in model.weights}
    set_values(model, {p: value for p, value in stored_values(name).items() if p in paths})


def set_values(model: keras.Model, values: dict[str, np.ndarray]) -> None:
    """Give every weight of the model the value stored under its path; all or nothing.

    Raises:
        ValueError: paths or shapes differ from those of the model.
    """
    shapes = {weight.path: tuple(weight.shape) for weight in model.weights}
    given = {path: tuple(value.shape) for path, value in values.items()}
    odd = sorted(shapes.keys() ^ given.keys()) or sorted(p for p in shapes if shapes[p] != given[p])
    if odd:
        first = odd[0]
        raise ValueError(
            f"the stored values do not fit {model.name!r}: {first} has the shape "
            f"{shapes.get(first, 'of no weight')} in the model and "
            f"{given.get(first, 'none')} in the file"
        )
    for weight in model.weights:
        weight.assign(values[weight.path].astype("float32"))


def stored_values(name: str) -> dict[str, np.ndarray]:
    """The arrays of a shipped .npz file by weight path, as stored (float16).

    Raises:
        FileNotFoundError, ValueError: see `datasets.content`.
    """
    with np.load(io.BytesIO(content(name))) as arrays:
        return {path: arrays[path] for path in arrays.files}


def _check_weights(given: object, offered: str) -> None:
    if not (given is None or (isinstance(given, str) and given == offered)):
        raise ValueError(f"weights should be {offered!r} or None, not {shown(given)}")
