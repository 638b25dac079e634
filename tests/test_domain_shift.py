"""Promise: the digits, the shifts and the stored results of lesson 5 are what they say."""

import json

import numpy as np
import pytest

from helpers.batchnorm import Moving, Record
from helpers.datasets import digits
from helpers.experiments.domain_shift import (
    SHIFTS,
    Adapted,
    adapt_to_shifts,
    as_records,
    over_seeds,
    stored_rows,
)
from helpers.experiments.results import stored
from helpers.figures import adapted, approach, distributions, scattering, shifted_digits, valleys


def test_digits_are_whole_sixteenths_of_every_class():
    data = digits()
    assert data.train_images.shape == (1400, 8, 8, 1) and data.test_images.shape == (397, 8, 8, 1)
    everything = np.concatenate([data.train_images, data.test_images]) * 16
    assert everything.min() == 0 and everything.max() == 16
    assert np.array_equal(everything, np.round(everything))
    labels = np.concatenate([data.train_labels, data.test_labels])
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_shifts_keep_the_shape_and_the_type():
    images = digits().test_images
    for name, shift in SHIFTS.items():
        shifted = shift(images)
        assert shifted.shape == images.shape and shifted.dtype == images.dtype, name
        assert np.array_equal(shifted, images) == (name == "none (x)")
    assert np.array_equal(SHIFTS["noisy"](images), SHIFTS["noisy"](images))


def test_shifts_do_what_their_names_say():
    x = digits().test_images
    expected = {
        "dim (x · 0.3)": x * 0.3,
        "bright (x + 0.5)": x + 0.5,
        "low contrast (x · 0.25 + 0.375)": x * 0.25 + 0.375,
        "inverted (1 - x)": 1 - x,
    }
    assert set(SHIFTS) - set(expected) == {"none (x)", "noisy"}
    for name, images in expected.items():
        assert np.allclose(SHIFTS[name](x), images), name


def test_stored_results_are_five_seeds_of_every_shift():
    rows = stored_rows()
    assert [(row.seed, row.shift) for row in rows] == [(s, n) for s in range(5) for n in SHIFTS]
    assert as_records(rows) == stored("domain_shift")["results"]
    spread = over_seeds(rows, "dim (x · 0.3)", "shifted_after")
    values = [row.shifted_after for row in rows if row.shift == "dim (x · 0.3)"]
    assert spread.mean == pytest.approx(np.mean(values))
    assert spread.deviation == pytest.approx(np.std(values, ddof=1))


def test_the_experiment_runs_and_control_keeps_clean_images():
    rows = adapt_to_shifts(seed=0, epochs=2)
    assert [row.shift for row in rows] == list(SHIFTS)
    control = rows[0]
    assert control.shifted_before == control.clean_before
    assert control.shifted_after == control.clean_after
    assert len({row.clean_before for row in rows}) == 1
    json.dumps(as_records(rows))


def records(steps=60, momentum=0.9):
    target = np.array([2.0, -1.0])
    return [
        Record(n, Moving(target * (1 - momentum**n), np.ones(2)), Moving(target, np.ones(2)))
        for n in range(1, steps + 1)
    ], target


@pytest.mark.parametrize("kind", ["approach", "scattering", "distributions", "adapted"])
def test_figures_have_titles_axes_and_a_caption(kind):
    some, target = records()
    picture = {
        "approach": lambda: approach(some, 0.9, target),
        "scattering": lambda: scattering(some, 1),
        "distributions": lambda: distributions({"a": target, "b": 2 * target}, "Two things"),
        "adapted": lambda: adapted(
            [Adapted(n, s, 0.9, 0.1, 0.8, 0.4) for n in SHIFTS for s in (0, 1)]
        ),
    }[kind]()
    (axes,) = picture.figure.axes
    assert axes.get_title() and axes.get_xlabel() and axes.get_ylabel()
    assert axes.get_legend() is not None
    assert len(picture.caption) > 30


def test_the_recorded_share_is_the_predicted_one():
    some, target = records()
    line, dots = approach(some, 0.9, target).figure.axes[0].lines[:2]
    predicted = dict(zip(line.get_xdata(), line.get_ydata(), strict=True))
    for step, share in zip(dots.get_xdata(), dots.get_ydata(), strict=True):
        assert share == pytest.approx(predicted[step])


def test_every_kind_of_shifted_digit_is_shown_without_axes_on_one_scale():
    rows = shifted_digits().figure.axes
    assert [axes.get_title(loc="left") for axes in rows] == list(SHIFTS)
    for axes in rows:
        (drawn,) = axes.images
        assert drawn.get_clim() == (0, 1.5) and not axes.axison
        assert drawn.get_array().shape == (8, 10 * 9)


def test_descent_reaches_the_middle_only_where_the_inputs_are_normalised():
    ends = {}
    for axes in valleys().figure.axes:
        path, best = axes.lines
        assert len(path.get_xdata()) == 21
        assert (path.get_xdata()[0], path.get_ydata()[0]) == (0, 0)
        target = np.ravel([best.get_xdata(), best.get_ydata()])
        ends[axes.get_title()] = target - (path.get_xdata()[-1], path.get_ydata()[-1])
    as_they_are, normalised = ends.values()
    assert np.allclose(as_they_are, (0.88**20, 0.92**20)) and np.allclose(normalised, 0, atol=1e-9)


def test_figures_refuse_what_they_cannot_draw():
    some, target = records()
    with pytest.raises(ValueError, match="recorded, not the empty"):
        scattering([])
    with pytest.raises(ValueError, match="from 0 to 1, not 2"):
        scattering(some, 2)
    with pytest.raises(ValueError, match="not 0, where a moving mean starts"):
        approach(some, 0.9, 0 * target)
    with pytest.raises(ValueError, match="from 1 to 4 kinds"):
        distributions({}, "Nothing")
