"""Promise: kernels are the textbook's, and Keras with them agrees with three other libraries."""

import re
from functools import partial

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import fft, ndimage
from skimage import filters as skimage

from helpers import filters
from helpers.datasets import gray, photograph
from helpers.experiments import sobel_twins as twins
from helpers.figures import edge_directions, images, kernel_maps, twins_chart
from helpers.filters import magnitude, orientation, per_channel, respond, stack

XY = stack(filters.sobel_x(), filters.sobel_y())
quick = settings(max_examples=20, deadline=None, derandomize=True)
sizes = st.tuples(st.integers(3, 12), st.integers(3, 12), st.integers(1, 4))
whole_images = sizes.flatmap(lambda size: arrays("int16", size, elements=st.integers(0, 255)))
float_images = sizes.flatmap(
    lambda size: arrays("float32", size, elements=st.floats(0, 1, width=32))
)


def by_keras(image, kernels):
    """(height, width, channels · n): the answer of a DepthwiseConv2D with these kernels."""
    channels = image.shape[2]
    layer = keras.layers.DepthwiseConv2D(
        kernels.shape[:2],
        depth_multiplier=kernels.shape[3],
        use_bias=False,
        depthwise_initializer=keras.initializers.Constant(per_channel(kernels, channels)),
    )
    return layer(np.asarray(image, "float32")[None]).numpy()[0]


def padded(image, mode, by=1):
    return np.pad(image, ((by, by), (by, by), (0, 0)), mode)


def by_channel(function, image):
    """Apply a function of a gray image to each channel; (height, width, channels)."""
    return np.stack([function(image[..., c]) for c in range(image.shape[2])], axis=-1)


# --- against other libraries --------------------------------------------------------------------


def scipy_xy(image):
    x = by_channel(lambda one: ndimage.sobel(one.astype("float64"), axis=1), image)
    y = by_channel(lambda one: ndimage.sobel(one.astype("float64"), axis=0), image)
    return np.stack([x, y], axis=-1).reshape(*image.shape[:2], -1)


def tensorflow_xy(image):
    y_and_x = tf.image.sobel_edges(tf.constant(image[None].astype("float32"))).numpy()[0]
    return y_and_x[..., ::-1].reshape(*image.shape[:2], -1)


@given(whole_images)
@quick
def test_sobel_on_whole_numbers_is_exactly_scipys_and_tensorflows(image):
    assert np.array_equal(by_keras(padded(image, "symmetric"), XY), scipy_xy(image))
    assert np.array_equal(by_keras(padded(image, "reflect"), XY), tensorflow_xy(image))


@given(float_images)
@quick
def test_sobel_on_floats_agrees_to_a_millionth(image):
    np.testing.assert_allclose(
        by_keras(padded(image, "symmetric"), XY), scipy_xy(image), rtol=0, atol=1e-6
    )
    np.testing.assert_allclose(
        by_keras(padded(image, "reflect"), XY), tensorflow_xy(image), rtol=0, atol=1e-6
    )


FAMILIES = {
    "sobel": (filters.sobel_x, filters.sobel_y, skimage.sobel, 4),
    "prewitt": (filters.prewitt_x, filters.prewitt_y, skimage.prewitt, 3),
    "scharr": (filters.scharr_x, filters.scharr_y, skimage.scharr, 16),
}


@pytest.mark.parametrize("family", FAMILIES)
@given(image=whole_images)
@quick
def test_the_three_families_are_scikit_images_up_to_their_factor(family, image):
    x, y, theirs, factor = FAMILIES[family]
    pixels = image.astype("float64") * factor  # they divide; rounding takes off what that leaves
    for ours, axis in ((x(), 1), (y(), 0)):
        wanted = by_channel(partial(theirs, axis=axis, mode="reflect"), pixels)
        np.testing.assert_allclose(wanted, np.round(wanted), rtol=0, atol=1e-9)
        assert np.array_equal(by_keras(padded(image, "symmetric"), ours), np.round(wanted))


@given(whole_images)
@quick
def test_prewitt_laplacian_and_identity_are_scipys(image):
    mirrored, pixels = padded(image, "symmetric"), image.astype("float64")
    for kernel, theirs in (
        (filters.prewitt_x(), lambda one: ndimage.prewitt(one, axis=1)),
        (filters.prewitt_y(), lambda one: ndimage.prewitt(one, axis=0)),
        (filters.laplacian(), ndimage.laplace),
        (filters.identity(), lambda one: one),
    ):
        assert np.array_equal(by_keras(mirrored, kernel), by_channel(theirs, pixels))


@given(float_images, st.floats(0.3, 1.5), st.integers(1, 3))
@quick
def test_gaussian_is_scipys(image, sigma, radius):
    kernel = filters.gaussian(sigma, 2 * radius + 1)
    ours = by_keras(padded(image, "symmetric", radius), kernel)
    theirs = by_channel(
        lambda one: ndimage.gaussian_filter(one.astype("float64"), sigma, radius=radius), image
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@given(whole_images, st.sampled_from(["valid", "symmetric", "reflect", "zero"]))
@quick
def test_respond_is_what_keras_answers(image, border):
    mode = "constant" if border == "zero" else border
    extended = image if border == "valid" else padded(image, mode)
    assert np.array_equal(respond(image, XY, border), by_keras(extended, XY))


def test_the_photograph_end_to_end():
    cat = gray(photograph())[..., None]
    assert np.array_equal(by_keras(padded(cat, "symmetric"), XY), scipy_xy(cat))
    assert np.array_equal(by_keras(padded(cat, "reflect"), XY), tensorflow_xy(cat))
    gx, gy = np.moveaxis(by_keras(padded(cat, "symmetric"), XY), -1, 0)
    theirs = skimage.sobel(cat[..., 0].astype("float64")) * np.sqrt(32)
    np.testing.assert_allclose(magnitude(gx, gy), theirs, rtol=1e-5, atol=1e-4)


# --- kernels of any size -------------------------------------------------------------------------

CROSS = [filters.kernel([[1, 0], [0, -1]]), filters.kernel([[0, 1], [-1, 0]])]  # Roberts


@given(whole_images)
@quick
def test_roberts_cross_is_scikit_images_up_to_its_factor(image):
    """The two differences along the diagonals: 2 by 2, without a middle."""
    pixels = image.astype("float64")
    for ours, theirs in zip(
        CROSS, (skimage.roberts_pos_diag, skimage.roberts_neg_diag), strict=True
    ):
        wanted = by_channel(theirs, pixels)[:-1, :-1]
        np.testing.assert_allclose(np.abs(respond(image, ours)), np.abs(wanted), atol=1e-9)
        assert np.array_equal(respond(image, ours), by_keras(image, ours))


@given(whole_images, st.sampled_from([(2, 2), (4, 2), (2, 3), (4, 4)]))
@quick
def test_even_kernels_answer_as_keras_does_with_zeros_around(image, size):
    kernel = filters.kernel(np.arange(np.prod(size)).reshape(size))
    layer = keras.layers.DepthwiseConv2D(
        size,
        padding="same",
        use_bias=False,
        depthwise_initializer=keras.initializers.Constant(per_channel(kernel, image.shape[2])),
    )
    ours = respond(image, kernel, "zero")
    assert ours.shape == image.shape
    assert np.array_equal(ours, layer(image.astype("float32")[None]).numpy()[0])


def test_haars_wavelets_by_hand():
    """The sum of four pixels, and what the right, lower and diagonal ones are above the others."""
    wavelets = [[[1, 1], [1, 1]], [[-1, 1], [-1, 1]], [[-1, -1], [1, 1]], [[1, -1], [-1, 1]]]
    answers = respond([[1, 2], [4, 9]], stack(*map(filters.kernel, wavelets)))
    assert answers.tolist() == [[[1 + 2 + 4 + 9, 2 + 9 - 1 - 4, 4 + 9 - 1 - 2, 1 + 9 - 2 - 4]]]


def test_a_cosine_transform_of_eight_rows_is_scipys():
    block = np.random.default_rng(0).normal(size=(8, 8))
    cosines = fft.dct(np.eye(8), axis=0, norm="ortho")  # a row for each frequency
    kernels = stack(*(filters.kernel(np.outer(a, b)) for a in cosines for b in cosines))
    answers = respond(block, kernels).reshape(8, 8)
    np.testing.assert_allclose(answers, fft.dctn(block, norm="ortho"), atol=1e-5)


# --- properties ---------------------------------------------------------------------------------


EDGES = [
    filters.sobel_x(),
    filters.sobel_y(),
    filters.prewitt_x(),
    filters.prewitt_y(),
    filters.scharr_x(),
    filters.scharr_y(),
    filters.laplacian(),
    twins.four_edges(),
]


def test_edge_filters_add_up_to_nothing_and_blurs_to_one():
    assert all((kernel.sum(axis=(0, 1)) == 0).all() for kernel in EDGES)
    assert filters.identity(5).sum() == 1
    assert filters.gaussian(2.0).shape == (17, 17, 1, 1)
    assert filters.gaussian(2.0).sum() == pytest.approx(1, abs=1e-6)


@given(whole_images, st.integers(-100, 100))
@quick
def test_no_edge_filter_sees_an_offset(image, offset):
    for kernel in EDGES[:-1]:
        assert np.array_equal(by_keras(image + offset, kernel), by_keras(image, kernel))


@given(whole_images)
@quick
def test_turning_the_image_over_swaps_x_and_y(image):
    gx, gy = filters.sobel_x(), filters.sobel_y()
    turned = np.swapaxes(image, 0, 1)
    assert np.array_equal(np.swapaxes(respond(turned, gx), 0, 1), respond(image, gy))
    assert np.array_equal(respond(image[:, ::-1], gx), -respond(image, gx)[:, ::-1])


@given(st.floats(-100, 100), st.floats(-100, 100))
@quick
def test_magnitude_and_orientation_are_the_polar_form(x, y):
    size, angle = magnitude(x, y), orientation(x, y)
    if x == y == 0:
        assert size == 0 and np.isnan(angle)
        return
    assert size > 0 or max(abs(x), abs(y)) < 1e-300
    np.testing.assert_allclose((size * np.cos(angle), size * np.sin(angle)), (x, y), atol=1e-9)


def test_kernels_are_fresh_so_that_one_cannot_be_spoilt():
    spoilt = filters.sobel_x()
    spoilt[:] = 0
    assert filters.sobel_x().any()
    assert filters.sobel_x().dtype == np.float32


# --- bad input ----------------------------------------------------------------------------------


SQUARE = np.zeros((5, 5))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: filters.kernel([1, 2, 3]), "rows and columns; this has the shape (3,)"),
        (lambda: filters.kernel([[]]), "not none: its shape is (1, 0)"),
        (lambda: filters.kernel([[1, float("nan"), 1]]), "there is a NaN or infinity"),
        (lambda: filters.kernel([[1, 2], [3]]), "a kernel is a table of numbers"),
        (lambda: filters.kernel("sobel"), "a kernel is a table of numbers, not 'sobel'"),
        (lambda: filters.identity(4), "odd whole number from 1, not 4"),
        (lambda: filters.identity(3.0), "odd whole number from 1, not 3.0"),
        (lambda: filters.gaussian(0), "positive and finite, not 0"),
        (lambda: filters.gaussian(float("nan")), "positive and finite, not nan"),
        (lambda: filters.gaussian(float("inf")), "positive and finite, not inf"),
        (lambda: filters.gaussian("wide"), "positive number of pixels, not 'wide'"),
        (lambda: filters.gaussian(1.0, 4), "odd whole number from 1, not 4"),
        (lambda: filters.gaussian(1.0, -3), "odd whole number from 1, not -3"),
        (lambda: stack(), "at least one kernel"),
        (lambda: stack(filters.identity(3), filters.identity(5)), "cannot share a layer"),
        (lambda: stack(SQUARE), "this has shape (5, 5)"),
        (lambda: per_channel(XY, 0), "whole number from 1, not 0"),
        (lambda: per_channel(per_channel(XY, 3), 3), "(h, w, 1, n), not (3, 3, 3, 2)"),
        (lambda: respond(SQUARE, SQUARE), "this has shape (5, 5)"),
        (lambda: respond(np.zeros(5), XY), "not (5,)"),
        (lambda: respond(np.zeros((5, 0)), XY), "not (5, 0)"),
        (lambda: respond(SQUARE > 0, XY), "an image holds numbers, not bool"),
        (lambda: respond(SQUARE + np.inf, XY), "there is a NaN or infinity"),
        (lambda: respond(np.zeros((2, 9)), XY), "an image of (2, 9) is smaller than the kernel"),
        (lambda: respond(SQUARE, XY, "same"), "'symmetric', 'reflect', not 'same'"),
        (lambda: magnitude(np.zeros(2), np.zeros(3)), "same shape, not (2,) and (3,)"),
        (lambda: orientation(np.zeros(2), np.zeros(3)), "same shape, not (2,) and (3,)"),
        (lambda: twins.make_twin("Scharr", 0), "one of 'Sobel, frozen', "),
        (lambda: kernel_maps({}, "t"), "at least one kernel"),
        (lambda: kernel_maps({"two": XY}, "t"), "'two' should be one kernel"),
        (
            lambda: twins.make_twin("Sobel, frozen", 0, padding="full"),
            "one of 'valid', 'same', not",
        ),
        (lambda: images({}, "t", "c"), "at least one image"),
        (lambda: images({"a": SQUARE}, "t", "c", white=0), "white should be positive and finite"),
        (lambda: images({"row": np.zeros(4)}, "t", "c"), "'row' is no image: its shape is (4,)"),
        (lambda: edge_directions(SQUARE, np.zeros((4, 4))), "not an array of shape (4, 4)"),
        (lambda: twins_chart({}, "t"), "accuracies of twins was expected, not the empty {}"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises((ValueError, TypeError), match=re.escape(message)):
        call()


# --- figures ------------------------------------------------------------------------------------


def test_kernel_maps_write_every_number_on_scales_of_their_own_centred_at_zero():
    picture = kernel_maps({"Sobel x": filters.sobel_x(), "half": filters.sobel_y() / 2}, "T", 1)
    first, second = picture.figure.axes
    assert [text.get_text() for text in first.texts[:3]] == ["−1.0", "0.0", "1.0"]
    assert first.images[0].get_clim() == (-2.0, 2.0)
    assert second.images[0].get_clim() == (-1.0, 1.0)
    assert first.get_title() == "Sobel x" and not first.get_xticks().size
    assert "Sobel x" in picture.caption and "−1" not in picture.caption


def test_signed_images_are_centred_at_zero_and_others_gray():
    signed = np.array([[-1.0, 0.5], [1.0, 0.0]])
    picture = images({"signed": signed, "plain": abs(signed)}, "T", "Words.")
    assert [axes.axison for axes in picture.figure.axes] == [False, False], "no axes, no bars"
    low, high = picture.figure.axes[0].images[0].get_clim()
    assert low == -high
    assert picture.figure.axes[1].images[0].get_cmap().name == "gray"
    assert picture.caption == "T. Words."


def test_gray_images_share_one_scale_if_it_is_told_what_is_white():
    light = {"dark": np.zeros((2, 2)), "a name of several words": np.full((2, 2), 0.5)}
    picture = images(light, "T", "Words.", per_row=10, white=1.5)
    assert [axes.images[0].get_clim() for axes in picture.figure.axes] == [(0, 1.5), (0, 1.5)]
    assert picture.figure.axes[1].get_title() == "a name of\nseveral\nwords"


def test_directions_that_are_opposite_differ_in_colour_and_flat_is_black():
    angle = np.array([[0.0, np.pi / 2, -np.pi / 2, np.pi, np.nan]])
    picture = edge_directions(np.array([[1.0, 1, 1, 1, 0]]), angle)
    colours = picture.figure.axes[0].images[0].get_array()[0]
    assert len({tuple(np.round(colour, 2)) for colour in colours}) == 5
    assert (colours[4] == 0).all()


def test_twins_chart_reaches_from_the_worst_seed_to_the_best():
    picture = twins_chart({"one": {"clean": [0.5, 0.7]}, "two": {"clean": [0.1, 0.3]}}, "T")
    (axes,) = picture.figure.axes
    bars = axes.containers[0].lines[2][0].get_segments()[0]
    np.testing.assert_allclose(bars[:, 1], (50, 70))
    markers = {container.lines[0].get_marker() for container in axes.containers}
    assert len(markers) == 2


# --- twins --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", twins.TWINS)
def test_a_twin_starts_and_is_frozen_as_its_name_says(name):
    sobel, frozen = twins.TWINS[name]
    first = twins.make_twin(name, seed=3).get_layer("first")
    assert bool((first.kernel.numpy() == twins.four_edges()).all()) is sobel
    assert first.trainable is not frozen
    again = twins.make_twin(name, seed=3).get_layer("first").kernel.numpy()
    assert np.array_equal(first.kernel.numpy(), again)


def test_twins_of_a_seed_start_alike_in_all_but_the_first_layer():
    first, *others = [twins.make_twin(name, seed=3).get_weights()[1:] for name in twins.TWINS]
    for other in others:
        assert all(np.array_equal(a, b) for a, b in zip(first, other, strict=True))


def test_a_twin_may_keep_the_size_of_its_images():
    layer = twins.make_twin("Sobel, frozen", seed=0, padding="same").get_layer("first")
    assert layer.output.shape == (None, 28, 28, 4)
