"""Promise: lesson 6's recipes are what their names say, and the stored results belong to them."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection

from helpers.datasets import as_mnist, digits, emoji
from helpers.experiments.results import stored
from helpers.experiments.transfer import (
    EMOJI_RECIPES,
    FINE_TUNINGS,
    FIRST_TWO,
    RECIPES,
    Recipe,
    enlarged,
    head_first,
    large_digits,
    recipe_network,
    right,
    scaling,
)
from helpers.figures.transfer import recipe_dots
from helpers.ledger import ledger
from helpers.networks import mini_googlenet
from helpers.tasks.pretrained_networks._measured_recipes import SECOND_PHASE_WORDS


def test_digits_are_enlarged_without_a_change_of_value():
    small, large = digits().test_images, large_digits().test_images
    assert large.shape == (397, 28, 28, 1)
    assert np.array_equal(large[:, 3:26:3, 3:26:3], small)  # the middle of each square
    assert np.array_equal(large[:, 2:26, 2:26], np.kron(small[..., 0], np.ones((3, 3)))[..., None])
    assert large.sum() == 9 * small.sum()
    with pytest.raises(ValueError, match=r"\(examples, 8, 8, 1\), not \(8, 8\)"):
        as_mnist(small[0, ..., 0])


def test_emoji_are_enlarged_two_by_two():
    images = emoji().test_images[:2]
    assert np.array_equal(enlarged(images)[:, ::2, 1::2], images)


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_freezes_what_it_says_and_starts_where_it_says(name):
    model, trained = recipe_network(RECIPES[name], seed=1), mini_googlenet()
    frozen = {w.layer for w in ledger(model).weights if not model.get_layer(w.layer).trainable}
    everything = {w.layer for w in ledger(model).weights}
    assert (
        frozen
        == {
            "nothing": set(),
            "first two": set(FIRST_TWO),
            "all but the head": everything - {"head"},
        }[RECIPES[name].frozen]
    )
    pairs = zip(model.get_weights()[:-2], trained.get_weights()[:-2], strict=True)
    assert all(np.array_equal(a, b) for a, b in pairs) == RECIPES[name].pretrained
    assert not np.array_equal(model.get_weights()[-2], trained.get_weights()[-2])  # a new head
    assert not model.get_weights()[-1].any()


def test_an_unknown_recipe_is_refused():
    with pytest.raises(ValueError, match="nothing, first two, all but the head, not 'some'"):
        recipe_network(Recipe(True, "some"), seed=0)


def test_right_by_hand():
    assert right(np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]]), np.array([1, 0, 0])) == 0.6667


def test_scaling_by_hand():
    features = np.array([[1.0, 10.0], [3.0, 30.0]], "float32")
    assert np.allclose(scaling(features)(features), [[-1, -1], [1, 1]])


@pytest.mark.parametrize("measured_first", [False, True])
def test_head_first_leaves_the_base_as_it_was_but_for_statistics_that_are_measured(measured_first):
    labelled = large_digits()
    images, labels = labelled.few(2, seed=0)
    transferred = head_first(images, labels, 0, measured_first)
    trained = mini_googlenet().get_weights()
    pairs = zip(transferred.base.weights, trained, strict=False)
    changed = {weight.name for weight, value in pairs if not np.array_equal(weight, value)}
    assert changed == ({"moving_mean", "moving_variance"} if measured_first else set())
    assert transferred.model.count_params() == mini_googlenet().count_params()


def test_stored_results_are_five_seeds_of_everything():
    results = stored("transfer")["results"]
    tables = [*results["recipes"].values(), results["emoji"]]
    assert list(results["recipes"]) == ["5", "10"]
    assert all(list(table) == list(RECIPES) for table in tables[:2])
    free = ("from scratch", "everything tuned")
    assert list(results["emoji"]) == [
        row
        for name in EMOJI_RECIPES
        for row in ([f"{name}, as trained", f"{name}, measured anew"] if name in free else [name])
    ]
    assert list(results["fine_tuning"]) == list(FINE_TUNINGS)
    tables += results["fine_tuning"].values()
    for accuracies in (each for table in tables for each in table.values()):
        assert len(accuracies) == 5 and all(0 <= each <= 1 for each in accuracies)


def test_the_answers_of_exercise_6_are_those_of_the_stored_results():
    results = stored("transfer")["results"]
    digits = {name: np.mean(each) for name, each in results["recipes"]["10"].items()}
    assert max(digits, key=digits.get) == "first two frozen"  # the answer to `digits`
    pictures = {name: np.mean(each) for name, each in results["emoji"].items()}
    forwards_only = ("head only", "control: random, head only")
    assert max(forwards_only, key=pictures.get) == "head only"  # to `phone`
    ways = results["fine_tuning"]
    asked = SECOND_PHASE_WORDS.values()
    worse_of_both = {way: min(map(np.mean, ways[way].values())) for way in asked}
    best = max(worse_of_both, key=worse_of_both.get)
    assert best == "statistics still, rate 0.0001"  # to `second_phase`


def test_recipe_dots_draw_every_seed_and_the_mean():
    results = {"a": [0.5, 0.7], "control: b": [0.2]}
    picture = recipe_dots(results, "Title", chance=0.1, finding="A is better.")
    (axes,) = picture.figure.axes
    dots = [c.get_offsets().tolist() for c in axes.collections if isinstance(c, PathCollection)]
    lines = [c.get_segments()[0] for c in axes.collections if isinstance(c, LineCollection)]
    assert np.allclose(dots[0], [[50, 0], [70, 0]]) and np.allclose(dots[1], [[20, 1]])
    assert np.allclose([line[0][0] for line in lines], [60, 20])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "control: b"]
    assert picture.caption == "Title. A dot for every seed and a line for their mean. A is better."


@pytest.mark.parametrize("results", [{}, {"a": []}, {"a": [1.2]}, {"a": [float("nan")]}])
def test_recipe_dots_refuse_what_is_no_accuracy(results):
    with pytest.raises(ValueError, match="accurac"):
        recipe_dots(results, "Title", chance=0.1, finding="")
