"""Promise: the two pretrained networks are what they say, and a damaged file is refused."""

import io
import pickle
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from helpers import datasets
from helpers.datasets import content, emoji, mnist_test
from helpers.ledger import ledger
from helpers.networks import efficientnet_lite0, mini_googlenet, set_values, stored_values
from tools import convert_efficientnet as convert


@pytest.fixture(scope="module")
def googlenet():
    return mini_googlenet()


def norms(model):
    return [layer for layer in model.layers if isinstance(layer, layers.BatchNormalization)]


# --- the small GoogLeNet ------------------------------------------------------------------------


def test_mini_googlenet_counts_by_hand(googlenet):
    def block(maps, one, three, five, pooled):  # numbers of the kernels of an inception block
        return (
            maps * one
            + maps * three[0]
            + 9 * three[0] * three[1]
            + maps * five[0]
            + (25 * five[0] * five[1] + maps * pooled)
        )

    kernels = 9 * 16 + 9 * 16 * 32
    kernels += block(32, 16, (16, 24), (4, 8), 8)
    kernels += block(56, 24, (24, 32), (8, 16), 16) + block(88, 32, (24, 48), (8, 16), 16)
    channels = 16 + 32 + (16 + 40 + 12 + 8) + (24 + 56 + 24 + 16) + (32 + 72 + 24 + 16)
    book = ledger(googlenet)
    assert book.count("statistic") == 2 * channels
    assert book.count("learned") == kernels + 2 * channels + 112 * 10 + 10
    assert len(norms(googlenet)) == 20


def test_mini_googlenet_reads_digits_that_it_has_not_seen(googlenet):
    images, labels = mnist_test()
    assert images.shape == (500, 28, 28, 1) and np.bincount(labels).tolist() == [50] * 10
    assert images.min() == 0 and 0.9 < images.max() < 1
    found = np.argmax(googlenet.predict(images, verbose=0), axis=1)
    assert 0.97 < np.mean(found == labels) < 0.985


def test_without_weights_every_start_is_fresh():
    keras.utils.set_random_seed(3)
    one, other = mini_googlenet(weights=None), mini_googlenet(weights=None)
    assert not np.array_equal(one.get_layer("conv1").kernel, other.get_layer("conv1").kernel)
    assert not norms(one)[0].moving_mean.numpy().any()


def test_without_the_top_come_the_maps_of_the_same_network(googlenet):
    base = mini_googlenet(include_top=False)
    assert base.output_shape == (None, 7, 7, 112)
    images, _ = mnist_test()
    pooled = base(images[:4]).numpy().mean(axis=(1, 2))
    head = googlenet.get_layer("head")
    assert np.allclose(head(pooled), googlenet(images[:4]), atol=1e-5)


def test_a_head_of_another_size():
    assert mini_googlenet(weights=None, classes=3).output_shape == (None, 3)


@pytest.mark.parametrize(
    ("make", "options", "said"),
    [
        (mini_googlenet, {"weights": "imagenet"}, "'mnist' or None, not 'imagenet'"),
        (mini_googlenet, {"classes": 3}, "has 10 classes, not 3"),
        (mini_googlenet, {"classes": 0, "weights": None}, "from 1 to 1,000, not 0"),
        (mini_googlenet, {"classes": True, "weights": None}, "from 1 to 1,000, not True"),
        (efficientnet_lite0, {"weights": "mnist"}, "'imagenet' or None, not 'mnist'"),
        (efficientnet_lite0, {"stages": 6}, "not for 6 stages"),
        (efficientnet_lite0, {"include_top": True}, "include_top=True"),
        (efficientnet_lite0, {"stages": 8, "weights": None}, "from 1 to 7, not 8"),
        (efficientnet_lite0, {"image_size": 100}, "multiple of 16 from 32 to 1,024, not 100"),
        (efficientnet_lite0, {"weights": None, "include_top": True}, "all 7 stages, not on 5"),
    ],
)
def test_what_does_not_exist_is_said(make, options, said):
    with pytest.raises((ValueError, TypeError), match=said):
        make(**options)


# --- EfficientNet-lite0 -------------------------------------------------------------------------


def test_efficientnet_has_the_published_counts():
    cut = ledger(efficientnet_lite0(weights=None))
    assert (cut.count("learned"), cut.count("statistic")) == (700_768, 16_160)
    whole = ledger(efficientnet_lite0(weights=None, stages=7, include_top=True))
    assert (whole.count("learned"), whole.count("statistic")) == (4_652_008, 42_016)


def test_efficientnet_answers_as_when_it_was_converted():
    network = efficientnet_lite0()
    assert network.output_shape == (None, 14, 14, 112) and len(norms(network)) == 33
    answers = network.predict(convert.test_images(), verbose=0)
    tiles = answers.reshape(2, 2, 7, 2, 7, -1).mean(axis=(2, 4))
    reference = np.load(io.BytesIO(content("efficientnet_lite0_reference.npz")))["tiles"]
    assert np.abs(reference).max() > 1
    assert np.allclose(tiles, reference, atol=1e-3)


def test_efficientnet_in_another_size_has_the_same_values():
    small = efficientnet_lite0(image_size=112)
    assert small.output_shape == (None, 7, 7, 112)
    stem = stored_values("efficientnet_lite0.npz")["stem_conv/kernel"]
    assert np.array_equal(small.get_layer("stem_conv").kernel, stem.astype("float32"))


@pytest.mark.parametrize("stages", [1, 3])
def test_fewer_stages_are_the_beginning_of_the_network(stages):
    base, few = efficientnet_lite0(), efficientnet_lite0(stages=stages)
    assert [w.path for w in base.weights][: len(few.weights)] == [w.path for w in few.weights]


# --- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mini_googlenet.npz", "efficientnet_lite0.npz"])
def test_a_damaged_or_missing_file_is_refused(name, tmp_path, monkeypatch):
    damaged = bytearray(content(name))
    damaged[1000] ^= 1
    (tmp_path / name).write_bytes(damaged)
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    make = mini_googlenet if name.startswith("mini") else efficientnet_lite0
    with pytest.raises(ValueError, match=f"{name} is damaged or was changed"):
        make()
    (tmp_path / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"{name} is missing"):
        make()


def test_values_that_do_not_fit_change_nothing():
    inputs = keras.Input((2,))
    model = keras.Model(inputs, layers.Dense(3, name="a")(inputs))
    model.set_weights([np.ones((2, 3)), np.ones(3)])
    for values, said in (
        ({"a/kernel": np.zeros((2, 3))}, "a/bias has the shape .* none in the file"),
        ({"a/kernel": np.zeros((2, 3)), "a/bias": np.zeros(4)}, r"\(3,\) in the model and \(4,\)"),
        ({"a/kernel": np.zeros((2, 3)), "a/bias": np.zeros(3), "b": np.zeros(1)}, "of no weight"),
    ):
        with pytest.raises(ValueError, match=said):
            set_values(model, values)
    assert all((weight == 1).all() for weight in model.get_weights())


def test_emoji_are_balanced_colours_on_white():
    pictures = emoji()
    assert pictures.train_images.shape == (100, 56, 56, 3)
    assert np.bincount(pictures.train_labels).tolist() == [20] * 5
    assert np.bincount(pictures.test_labels).tolist() == [25] * 5
    images = np.concatenate([pictures.train_images, pictures.test_images])
    assert images.dtype == np.float32 and images.max() == 255 and (images == images.round()).all()
    assert np.median(images[:, 0]) == 255  # the first row is background
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)


# --- the converter never runs what a pickle names ------------------------------------------------


class Attack:
    def __reduce__(self):
        return (sys.exit, ("the pickle's code was run",))


@pytest.mark.parametrize("thing", [Attack(), np.ones(1), Path(".")], ids=["exit", "numpy", "path"])
def test_a_pickle_that_names_anything_else_is_refused(thing):
    with pytest.raises(pickle.UnpicklingError, match="which no tensor needs"):
        convert.read_tensors(pickle.dumps(thing))


def test_strides_are_followed_and_checked():
    numbers = np.arange(12, dtype="<f4")
    tensor = convert.Tensor("0", numbers.dtype, 0, (3, 4), (1, 3))  # stored column by column
    assert np.array_equal(convert._placed(tensor, numbers), numbers.reshape(4, 3).T)
    for bad in ((1, 4), (-1, 3)):
        with pytest.raises(ValueError, match="reaches beyond 12 numbers"):
            convert._placed(convert.Tensor("0", numbers.dtype, 0, (3, 4), bad), numbers)


def test_something_else_than_torchs_old_format_is_refused():
    content = b"".join(pickle.dumps(part) for part in (1, 2, {}))
    with pytest.raises(ValueError, match=r"no file of torch.save's old format"):
        convert.read_tensors(content)


def test_a_file_of_torch_itself_is_read(tmp_path):
    torch = pytest.importorskip("torch")
    state = {"a": torch.arange(6.0).reshape(2, 3).T, "b": torch.tensor(7)}
    path = tmp_path / "old.pth"
    torch.save(state, path, _use_new_zipfile_serialization=False)
    read = convert.read_tensors(path.read_bytes())
    assert np.array_equal(read["a"], [[0, 3], [1, 4], [2, 5]]) and read["b"] == 7
