"""Promise: what the course ships is what was shipped, and a missing or damaged file says so."""

import hashlib
import re

import numpy as np
import pytest

from helpers import datasets
from helpers.datasets import DATA, SHA256, content, fashion, gray, photograph
from helpers.experiments.results import stored
from helpers.experiments.sobel_twins import TWINS, lightings


@pytest.fixture(scope="module")
def clothes():
    return fashion()


@pytest.mark.parametrize("name", SHA256)
def test_checksums_are_those_of_the_files_and_stand_in_the_note(name):
    digest = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
    assert digest == SHA256[name]
    note = (DATA.parents[1] / "docs" / "data.md").read_text("utf-8")
    section = note.partition(f"## {name}\n")[2].partition("\n## ")[0]
    assert digest in section
    assert all(word in section for word in ("**Source:**", "**Licence:**", "**Rebuilt by:**"))


def test_the_images_are_small_enough_to_ship():
    assert sum((DATA / name).stat().st_size for name in SHA256) < 4_000_000


def test_fashion_is_balanced_and_exact(clothes):
    assert clothes.train_images.shape == (2000, 28, 28, 1)
    assert clothes.test_images.shape == (1000, 28, 28, 1)
    assert clothes.train_images.dtype == np.float32
    assert np.bincount(clothes.train_labels).tolist() == [200] * 10
    assert np.bincount(clothes.test_labels).tolist() == [100] * 10
    assert len(clothes.names) == 10
    levels = clothes.test_images * 256
    assert (levels == np.round(levels)).all()
    assert (levels.min(), levels.max()) == (0, 255)


def test_photograph_is_the_one_in_scikit_image():
    from skimage.data import chelsea

    assert photograph().dtype == np.uint8
    assert np.array_equal(photograph(), chelsea())


def test_gray_by_hand_and_its_error():
    assert gray([[[8, 0, 0], [0, 8, 0], [0, 0, 8], [255, 255, 255]]]).tolist() == [[2, 5, 1, 255]]
    with pytest.raises(ValueError, match=re.escape("shape (..., 3), not an array of shape (4, 4)")):
        gray(np.zeros((4, 4)))


def test_a_draw_is_balanced_repeatable_and_shuffled(clothes):
    images, labels = clothes.few(per_class=3, seed=4)
    assert images.shape == (30, 28, 28, 1)
    assert np.bincount(labels).tolist() == [3] * 10
    again, other = clothes.few(3, seed=4), clothes.few(3, seed=5)
    assert np.array_equal(images, again[0]) and np.array_equal(labels, again[1])
    assert not np.array_equal(images, other[0])
    assert (np.diff(labels) < 0).any()


@pytest.mark.parametrize("count", [0, -1, 201])
def test_a_draw_that_cannot_be_had_is_said(clothes, count):
    with pytest.raises(ValueError, match=f"from 1 to 200, not {count}"):
        clothes.few(count, seed=0)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    return tmp_path


@pytest.mark.parametrize("load", [fashion, photograph])
def test_a_missing_file_is_named_with_the_remedy(folder, load):
    with pytest.raises(FileNotFoundError, match=r"helpers/data/\S+ is missing.*git checkout"):
        load()


@pytest.mark.parametrize(
    ("load", "name"), [(fashion, "fashion_mnist.npz"), (photograph, "chelsea.png")]
)
@pytest.mark.parametrize("cut", [0, 1, 1000])
def test_a_damaged_file_is_named_with_the_remedy(folder, load, name, cut):
    whole = (DATA / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) - cut] if cut else whole[:-1] + b"x")
    with pytest.raises(ValueError, match=rf"helpers/data/{name} is damaged.*git checkout"):
        load()


def test_an_unknown_file_is_said():
    with pytest.raises(ValueError, match="none of the course's files: fashion_mnist.npz"):
        content("mnist.npz")


def test_stored_twins_hold_every_twin_light_and_seed(clothes):
    found = stored("sobel_twins")
    assert len(found["seeds"]) >= 5
    assert list(found["results"]["accuracy"]) == ["10", "50"]
    for rows in [each for one in found["results"]["accuracy"].values() for each in one.values()]:
        assert list(rows) == list(TWINS)
        for by_light in rows.values():
            assert list(by_light) == list(lightings(clothes.test_images[:1]))
            assert all(len(shares) == len(found["seeds"]) for shares in by_light.values())
            assert all(0 <= share <= 1 for shares in by_light.values() for share in shares)


def test_lightings_are_exact(clothes):
    images = clothes.test_images[:5]
    light = lightings(images)
    assert np.array_equal(light["offset +1/2"] - np.float32(0.5), images)
    assert np.array_equal(light["inverted"], 1 - images)
    ramp = light["light from the right"] - images
    assert (ramp == np.arange(28, dtype="float32")[:, None] / 64).all()
