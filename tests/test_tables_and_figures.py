"""Promise: tables and figures show the numbers they were given, to every reader."""

import re
import struct
import time
import warnings
from base64 import b64decode
from html.parser import HTMLParser

import keras
import pytest
from keras import layers

from helpers.figures import Picture, by_role
from helpers.ledger import Ledger, Role, Weight, ledger
from helpers.tables import Table
from tools.picture import draw

TABLE = Table(("name", "numbers"), [("a", 3562), ("bb & <c>", 7), ("none", None)], caption="x < y")


def test_text_lines_digits_up_on_the_right():
    assert repr(TABLE).splitlines() == [
        "x < y",
        "",
        "name      numbers",
        "--------  -------",
        "a           3,562",
        "bb & <c>        7",
        "none            –",
    ]


def test_a_column_with_a_word_or_a_yes_is_set_to_the_left():
    text = repr(Table(("a", "b", "c"), [(1, True, 2.5), ("x", False, 10)])).splitlines()
    assert text == ["a  b        c", "-  -----  ---", "1  True   2.5", "x  False   10"]


class Cells(HTMLParser):
    """(tag, attributes, text) of every element that holds text."""

    def __init__(self, html):
        super().__init__()
        self.found, self.open = [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.open = (tag, dict(attrs))

    def handle_data(self, data):
        self.found.append((*self.open, data))


def test_html_escapes_and_is_accessible():
    html = TABLE._repr_html_()
    assert "<c>" not in html
    cells = Cells(html).found
    left, right = {"style": "text-align:left"}, {"style": "text-align:right"}
    assert cells[:3] == [
        ("caption", left, "x < y"),
        ("th", {"scope": "col", **left}, "name"),
        ("th", {"scope": "col", **right}, "numbers"),
    ]
    assert ("td", left, "bb & <c>") in cells
    assert ("td", right, "3,562") in cells


def test_header_cells_are_escaped_and_no_caption_means_no_element():
    html = Table(("<b>",), [(1,)])._repr_html_()
    assert "<b>" not in html
    assert "caption" not in html


@pytest.mark.parametrize("row", [(1,), (1, 2, 3), ()])
def test_a_ragged_row_is_shown_in_the_error(row):
    with pytest.raises(ValueError, match=re.escape(f"2 cells was expected, got {len(row)}")):
        Table(("a", "b"), [(1, 2), row])


@pytest.fixture(scope="module")
def model():
    """All four roles, and a layer with two of them."""
    hidden = layers.Dense(5, name="hidden", trainable=False)
    spectral = layers.SpectralNormalization(layers.Dense(3, name="inner"), name="spectral")
    norm, head = layers.BatchNormalization(name="norm"), layers.Dense(2, name="head")
    return keras.Sequential([keras.Input((4,)), hidden, norm, spectral, head], name="m")


@pytest.fixture(scope="module")
def picture(model):
    return by_role(model, title="A title")


def test_bars_are_as_wide_as_the_ledger_says(model, picture):
    book = ledger(model)
    (axes,) = picture.figure.axes
    drawn = {bars.get_label(): [bar.get_width() for bar in bars] for bars in axes.containers}
    expected = {
        role.value: [counts[role] for counts in book.by_layer().values()]
        for role in Role
        if book.count(role)
    }
    assert drawn == expected
    assert len(drawn) == 4
    # Stacked: each bar starts where the one before it ends.
    ends = [bar.get_x() + bar.get_width() for bar in axes.containers[-1]]
    assert ends == [sum(counts.values()) for counts in book.by_layer().values()]


def test_axes_title_and_legend_are_labelled(picture):
    (axes,) = picture.figure.axes
    assert axes.get_title() == "A title"
    assert axes.get_xlabel() == "numbers"
    assert axes.get_ylabel() == "layer"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [r.value for r in Role]


def test_layers_are_drawn_from_the_first_on_top(model, picture):
    (axes,) = picture.figure.axes
    names = list(ledger(model).by_layer())
    assert [text.get_text() for text in axes.get_yticklabels()] == names
    assert names[0] == "m/hidden"
    assert axes.yaxis_inverted()


def test_roles_differ_by_pattern_and_not_by_colour_alone(picture):
    (axes,) = picture.figure.axes
    hatches = [bars[0].get_hatch() or "" for bars in axes.containers]
    assert len(set(hatches)) == len(Role)


def test_what_a_layer_holds_stands_beside_its_bar_however_small_it_is(model, picture):
    (axes,) = picture.figure.axes
    words = [text.get_text().strip() for text in axes.texts]
    assert words[:2] == ["25 frozen", "10 learned, 10 statistic"]  # 4 · 5 + 5; 5 channels, 2 + 2


def test_caption_tells_every_count_and_is_the_alt_text(model, picture):
    for layer, counts in ledger(model).by_layer().items():
        told = ", ".join(f"{counts[role]:,} {role}" for role in Role if counts[role])
        assert f"{layer}: {told}" in picture.caption
    assert repr(picture) == picture.caption


def image(html):
    """The attributes of the only element of a picture's HTML."""
    cells = Cells(html)
    assert cells.open[0] == "img"
    assert not cells.found
    return cells.open[1]


def test_a_picture_is_a_png_whose_alt_text_is_its_caption(picture):
    shown = image(picture._repr_html_())
    kind, _, data = shown["src"].partition(",")
    assert kind == "data:image/png;base64"
    assert b64decode(data).startswith(b"\x89PNG")
    assert shown["alt"] == picture.caption


def test_a_caption_cannot_break_out_of_its_attribute(picture):
    caption = 'a "quoted" <b> & c'
    assert image(Picture(picture.figure, caption)._repr_html_())["alt"] == caption


def test_the_same_picture_is_the_same_bytes(model):
    assert by_role(model)._repr_html_() == by_role(model)._repr_html_()


def test_a_ledger_will_do_and_roles_without_weights_are_left_out():
    dense = layers.Dense(2)
    dense.build((None, 3))
    (axes,) = by_role(ledger(dense)).figure.axes
    assert [bars.get_label() for bars in axes.containers] == ["learned"]


# --- models of any size, with names of any length -------------------------------------------------


def dense(name, role=Role.LEARNED):
    return Weight(f"{name}/kernel", (4, 5), 20, 80, "float32", role, name)


def norm(name, role=Role.LEARNED):
    rows = (("gamma", role), ("moving_mean", Role.STATISTIC))
    return [Weight(f"{name}/{each}", (8,), 8, 32, "float32", of, name) for each, of in rows]


def blocks(count):
    """A stem, blocks of a Dense and a BatchNormalization layer, and a head."""
    rows = [dense("stem")]
    for at in range(1, count + 1):
        rows += [dense(f"block{at}_dense"), *norm(f"block{at}_norm")]
    return Ledger((*rows, dense("head")))


def nameless(count):
    """A frozen base whose layers have the names that Keras gives them, and a head."""
    rows = []
    for at in range(count):
        rows += [dense(f"dense_{at}", Role.FROZEN), *norm(f"batch_normalization_{at}", Role.FROZEN)]
    return Ledger((*rows, dense("head")))


def rows_of(picture):
    """What each row is called, and how long its bar is."""
    (axes,) = picture.figure.axes
    names = [text.get_text() for text in axes.get_yticklabels()]
    lengths = [sum(bar.get_width() for bar in row) for row in zip(*axes.containers, strict=True)]
    return dict(zip(names, lengths, strict=True))


def pixels_of(picture):
    """Width and height of the PNG; a warning while drawing is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        data = b64decode(image(picture._repr_html_())["src"].partition(",")[2])
    return struct.unpack(">II", data[16:24])


def test_a_model_of_many_blocks_is_drawn_block_by_block():
    assert rows_of(by_role(blocks(25))) == {
        "stem": 20,
        **{f"block{at}… (2 layers)": 20 + 8 + 8 for at in range(1, 26)},
        "head": 20,
    }


@pytest.mark.parametrize("count", [100, 700])
@pytest.mark.parametrize("build", [blocks, nameless])
def test_a_model_of_many_layers_is_one_readable_figure(build, count):
    book = build(count // 2)
    started = time.process_time()
    picture = by_role(book)
    width, height = pixels_of(picture)
    assert time.process_time() - started < 5  # seconds
    assert height < 4000 and width < 2000 and len(picture.caption) <= 1000
    rows, layers_in_all = rows_of(picture), len(book.by_layer())
    assert 8 <= len(rows) <= 40
    assert sum(rows.values()) == book.total
    folds = [re.search(r"[(](\d+) layers[)]$", name) for name in rows]
    assert sum(int(fold[1]) if fold else 1 for fold in folds) == layers_in_all
    assert f"{layers_in_all:,} layers in {len(rows)} bars" in picture.caption


def test_a_head_stands_apart_from_the_frozen_base_below_it():
    assert list(rows_of(by_role(nameless(61))).items())[-1] == ("head", 20)


def test_forty_layers_are_drawn_one_by_one():
    assert len(rows_of(by_role(blocks(19)))) == 40


NAMES = ["W" * 65, "W" * 66, "x" * 5000, "cost_$x^2$ in $", "two\nlines", "_"]


def test_names_of_any_length_are_shortened_and_each_keeps_its_row():
    stack = [layers.Dense(4, name=name) for name in NAMES]
    picture = by_role(keras.Sequential([keras.Input((4,)), *stack], name="m"))
    width, height = pixels_of(picture)
    assert width < 2000 and height < 1000
    (axes,) = picture.figure.axes
    labels = axes.get_yticklabels()
    assert not any(label.get_parse_math() for label in labels), "a dollar is a dollar"
    shown = [label.get_text() for label in labels]
    assert shown[3:] == ["m/cost_$x^2$ in $", "m/two lines", "m/_"]
    assert max(map(len, shown)) == 32
    assert [bar.get_width() for bar in axes.containers[0]] == len(NAMES) * [20]
    assert axes.get_window_extent().width > 0.2 * picture.figure.bbox.width


def test_nothing_to_draw_is_said():
    with pytest.raises(ValueError, match="no weights"):
        by_role(keras.Sequential([keras.Input((4,)), layers.Flatten()]))
    with pytest.raises(TypeError, match="not int"):
        by_role(3)


def test_the_pages_pictures_are_drawn_and_the_chart_fits_one_page(tmp_path, capsys):
    draw(tmp_path)
    assert (tmp_path / "roles.png").read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "freezing_chart.pdf").read_bytes()
    assert page.startswith(b"%PDF") and page.count(b"/Type /Page ") == 1
    assert b"CreationDate" not in page, "drawn twice, the same bytes"
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("Bar chart") and told[1].startswith("Diagnostic chart")
