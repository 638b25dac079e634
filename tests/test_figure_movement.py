"""The figures of lesson 2 draw what moved, how far, and what a step costs."""

import re

import keras
import numpy as np
import pytest
from keras import layers

from helpers.figures import cost_bars, how_far
from helpers.ledger import Role
from helpers.movement import Change, Movement, compare, snapshot

CHANGES = Movement(
    (
        Change("a/kernel", Role.LEARNED, True, 0.5, 0.1),
        Change("a/bias", Role.LEARNED, True, 0.002, None),
        Change("b/kernel", Role.FROZEN, False, 0.0, 0.0),
        Change("c/moving_mean", Role.STATISTIC, True, 0.05, 0.2),
    )
)


def bars(axes) -> dict[str, list[float]]:
    """Where the bars of each legend entry end."""
    return {
        group.get_label(): [bar.get_x() + bar.get_width() for bar in group]
        for group in axes.containers
    }


def test_bars_end_at_the_largest_change_on_a_logarithmic_scale():
    (axes,) = how_far(CHANGES).figure.axes
    assert axes.get_xscale() == "log"
    drawn = bars(axes)
    assert drawn["learned"] == pytest.approx([0.5, 0.002])
    assert drawn["statistic"] == pytest.approx([0.05])
    names = [text.get_text() for text in axes.get_yticklabels()]
    assert names == [change.path for change in CHANGES.changes]
    assert axes.yaxis_inverted() and axes.get_xlabel() and axes.get_ylabel() == "variable"


def test_what_stood_still_is_told_apart_without_colour():
    (axes,) = how_far(CHANGES).figure.axes
    words = {round(text.get_position()[1]): text.get_text().strip() for text in axes.texts}
    assert words == {0: "moved", 1: "moved", 2: "still", 3: "moved"}
    assert len({bar[0].get_hatch() or "" for bar in axes.containers}) == len(axes.containers)


def test_the_caption_names_both_groups():
    caption = how_far(CHANGES).caption
    assert "Moved: a/kernel, a/bias, c/moving_mean." in caption and "Still: b/kernel." in caption


def test_it_draws_a_real_step_and_numbers_that_are_no_longer_finite():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="d")], name="m")
    before = snapshot(model)
    model.layers[0].kernel.assign(np.full((2, 1), np.inf))
    picture = how_far(compare(before))
    picture.figure.canvas.draw()
    assert "no finite number" in picture.figure.axes[0].texts[0].get_text()


def many(blocks, moved):
    """In each block a learned kernel and a statistic; the later they stand, the farther they go."""
    rows = [
        Change(f"block{at}_part/{name}", role, moved(at, name), at / 100 * moved(at, name), 0.1)
        for at in range(1, blocks + 1)
        for name, role in (("kernel", Role.LEARNED), ("mean", Role.STATISTIC))
    ]
    return Movement(tuple(rows))


def rows_of(picture):
    """The name and the word of every row."""
    (axes,) = picture.figure.axes
    names = [text.get_text() for text in axes.get_yticklabels()]
    return list(zip(names, (text.get_text().strip() for text in axes.texts), strict=True))


def test_of_many_variables_those_of_one_role_in_neighbouring_layers_share_a_bar():
    movement = many(30, lambda at, name: name == "kernel" and at % 4 != 0)
    picture = how_far(movement)
    rows, count, moved = rows_of(picture), {"learned": 0, "statistic": 0}, 0
    assert len(rows) <= 40
    for name, word in rows:
        number, role = re.search(r": (\d+) (learned|statistic)$", name).groups()
        count[role] += int(number)
        if role == "statistic":
            assert word == "still"
        elif word == "moved":
            moved += int(number)
        else:
            some, of_all = re.fullmatch(r"(\d+) of (\d+) moved", word).groups()
            assert of_all == number
            moved += int(some)
    assert count == {"learned": 30, "statistic": 30} and moved == len(movement.moved)
    assert max(bars(picture.figure.axes[0])["learned"]) == pytest.approx(0.3)  # the last kernel's


@pytest.mark.parametrize("size", [400, 2000])
def test_of_very_many_variables_the_figure_and_its_caption_stay_small(size):
    picture = how_far(many(size, lambda at, name: at % 2 == 0))
    assert picture.figure.get_figheight() * 144 < 4000 and len(picture.caption) <= 1000
    half = f"{size // 2} of {size}"
    assert f"{2 * size:,} variables. Moved: {half} learned, {half} statistic." in picture.caption
    assert f"Farthest: block{size}_part/" in picture.caption


def test_a_bar_for_several_says_if_one_is_no_longer_finite():
    rows = many(30, lambda at, name: True).changes
    broken = Change("block8_part/kernel", Role.LEARNED, True, float("nan"), None)
    picture = how_far(Movement((*rows[:14], broken, *rows[15:])))
    assert sum("no finite number" in word for _, word in rows_of(picture)) == 1


def test_bad_input_is_named():
    with pytest.raises(TypeError, match="not list"):
        how_far([])
    with pytest.raises(ValueError, match="no variables"):
        how_far(Movement(()))


def test_costs_are_fractions_of_the_first_way():
    picture = cost_bars({"all": 20, "top": 5}, {"all": 2.0, "top": 1.04})
    (axes,) = picture.figure.axes
    assert bars(axes) == {"operations, counted": [1.0, 0.25], "CPU time, measured": [1.0, 0.5]}
    assert "all: 1.00; top: 0.25" in picture.caption
    assert "0.5" not in picture.caption  # what was measured differs between computers


@pytest.mark.parametrize(
    "counted, measured",
    [({}, {}), ({"a": 1}, {"b": 1}), ({"a": 0}, {"a": 1}), ({"a": 1}, {"a": -1})],
)
def test_costs_that_make_no_sense_are_refused(counted, measured):
    with pytest.raises(ValueError, match="expected|above 0"):
        cost_bars(counted, measured)
