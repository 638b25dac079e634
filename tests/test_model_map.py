"""Promise: a map shows every layer once, with the ledger's numbers, on a page one can read."""

import random
import re
from base64 import b64decode
from collections import Counter
from itertools import combinations
from xml.etree import ElementTree

import keras
import numpy as np
import pytest
from keras import layers

from helpers.figures import Picture, by_role, model_map
from helpers.figures._box_words import brief
from helpers.figures._drawing import _QUIET, _TEXT, _VETO
from helpers.figures._graph import graph_of, operation_calls
from helpers.figures._graph_folds import fold_graph
from helpers.figures._layered import layered
from helpers.figures.picture import CARD
from helpers.figures.roles import ROLE_STYLE
from helpers.ledger import Role, ledger
from helpers.networks import mini_googlenet

SVG = "{http://www.w3.org/2000/svg}"
MOST_HIGH, MOST_WIDE = 4000, 1000  # pixels


def three():
    """All of lesson 1: frozen, learned and statistics."""
    hidden = layers.Dense(32, trainable=False, name="hidden")
    stack = [hidden, layers.BatchNormalization(name="norm"), layers.Dense(10, name="output")]
    return keras.Sequential([keras.Input((100,)), *stack], name="model")


def vetoed():
    """The clinic's eighth program: True inside False."""
    stack = [layers.Dense(3, name=name) for name in ("low", "mid", "high")]
    base = keras.Sequential([keras.Input((4,)), *stack], name="base")
    inputs = keras.Input((4,), name="inputs")
    model = keras.Model(inputs, layers.Dense(2, name="head")(base(inputs)), name="model")
    base.trainable = False
    base.get_layer("high").trainable = True
    return model


def siamese():
    tower = keras.Sequential([keras.Input((8,)), layers.Dense(4, name="embed")], name="tower")
    left, right = keras.Input((8,), name="left"), keras.Input((8,), name="right")
    gap = tower(left) - tower(right)
    return keras.Model([left, right], layers.Dense(1, name="same")(gap), name="siamese")


class Listed(keras.Model):
    """No graph: two layers in a list, and a model with a graph inside."""

    def __init__(self):
        super().__init__(name="listed")
        self.stack = [layers.Dense(4, name="a"), layers.BatchNormalization(name="b")]
        self.inner = vetoed()

    def call(self, x):
        for layer in self.stack:
            x = layer(x)
        return self.inner(x)


def subclassed():
    model = Listed()
    model(np.ones((1, 4)))
    return model


def again():
    """A layer that is called on what another made of its own answer: its arrow leads back."""
    twice, between = layers.Dense(3, name="twice"), layers.Dense(3, name="between")
    inputs = keras.Input((3,), name="inputs")
    return keras.Model(inputs, twice(between(twice(inputs))), name="again")


def chain(count, frozen=0):
    stack = [layers.Dense(2, name=f"dense_{at}", trainable=at >= frozen) for at in range(count)]
    return keras.Sequential([keras.Input((2,)), *stack], name="chain")


def branches(count):
    inputs = keras.Input((2,), name="inputs")
    outputs = [layers.Dense(2, name=f"branch_{at}")(inputs) for at in range(count)]
    return keras.Model(inputs, layers.Add(name="sum")(outputs), name="branches")


class Tied(layers.Layer):
    """Computes with the kernel of another layer, which is then a weight of both."""

    def __init__(self, other):
        super().__init__(name="tied")
        self.kernel = other.kernel

    def call(self, x):
        return x @ self.kernel


SMALL = [three, vetoed, siamese, subclassed, again, mini_googlenet]
each_small = pytest.mark.parametrize("make", SMALL)
LARGE = {
    "300 layers": lambda: chain(300, frozen=150),
    "700 layers": lambda: chain(700),
    "12 branches": lambda: branches(12),
    "InceptionV3": lambda: keras.applications.InceptionV3(weights=None),
    "MobileNetV2": lambda: keras.applications.MobileNetV2(weights=None),
}


@pytest.fixture(scope="module", params=LARGE)
def large(request):
    return LARGE[request.param]()


def words(svg):
    """The lines of text in a picture, in order."""
    return [each.text for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def size(svg):
    root = ElementTree.fromstring(svg)
    return float(root.get("width")), float(root.get("height"))


# --- what is shown -------------------------------------------------------------------------------


@each_small
def test_the_numbers_are_the_ledger_s(make):
    model = make()
    book, graph = ledger(model), fold_graph(graph_of(model))
    assert {role: graph.numbers[role] for role in Role} == {role: book.count(role) for role in Role}
    told = words(model_map(model).svg)
    assert all(f"{book.count(r):,} {r}" in told for r in Role if book.count(r)), "in the legend"
    assert any(f"{book.total:,} numbers" in line for line in told)


def test_so_are_those_of_large_networks_however_they_are_folded(large):
    book, graph = ledger(large), fold_graph(graph_of(large))
    assert {role: graph.numbers[role] for role in Role} == {role: book.count(role) for role in Role}
    assert graph.layers == len(getattr(large, "operations", large.layers))


@pytest.mark.parametrize("make", [three, vetoed, siamese, again])
def test_every_layer_of_a_small_model_has_one_box(make):
    model = make()
    inside = [x for each in model.layers if isinstance(each, keras.Model) for x in each.layers]
    names = [layer.name for layer in [*model.layers, *inside]]
    told = Counter(words(model_map(model).svg)[2:])
    assert [told[name] for name in names] == [1] * len(names)


def test_a_shared_layer_says_how_often_it_is_called():
    told = words(model_map(siamese()).svg)
    assert told[told.index("tower") + 1 :][:2] == ["Sequential, 1 layer", "called 2 times"]
    told = words(model_map(again()).svg)
    twice = told.index("twice")
    assert told[twice + 1] == "Dense" and "called 2 times" in told[twice : twice + 4]


def test_a_veto_is_marked_where_it_is_overruled_and_nowhere_else():
    told = words(model_map(vetoed()).svg)
    at = told.index("high")
    assert told[at : at + 4] == ["high", "Dense", "12 learned", "True inside False: still learned"]
    assert sum("inside False" in each for each in told) == 1
    assert told.count("trainable = False") == 3  # base, low, mid
    assert "inside False" not in model_map(three()).svg


def test_frozen_outermost_models_veto_too():
    model = chain(3)
    model.trainable = False
    model.layers[1].trainable = True
    told = words(model_map(model).svg)
    assert told[told.index("dense_1") + 2 :][:2] == ["6 frozen", "True inside False: a veto"]


def test_arrows_are_those_of_the_configuration():
    """Watches the private attribute of Keras that `operation_calls` reads."""
    model = mini_googlenet()
    seen = {(b.name, a.name) for b, sources in operation_calls(model) for a in sources}
    expected = {
        (layer["name"], name)
        for layer in model.get_config()["layers"]
        for node in layer["inbound_nodes"]
        for name in re.findall(r"'keras_history': \('(\w+)'|'keras_history': \['(\w+)'", str(node))
        for name in filter(None, name)
    }
    assert seen == expected and len(seen) > 70
    assert operation_calls(three()) is None or len(operation_calls(three())) == 4


def test_a_model_without_a_graph_is_a_list_without_arrows():
    graph = graph_of(subclassed())
    assert not graph.called and not graph.arrows
    assert [box.names for box in graph.boxes] == [("a",), ("b",), ("model",)]
    assert graph.boxes[2].inside.arrows == {(0, 1), (1, 2)}
    assert "no graph" in words(model_map(subclassed()).svg)[1]


def test_a_tied_weight_counts_once():
    first = layers.Dense(3, name="first")
    first.build((None, 3))
    model = keras.Sequential([keras.Input((3,)), first, Tied(first)])
    assert model.layers[1].weights == [first.kernel], "Keras counts it with both"
    assert [sum(box.numbers.values()) for box in graph_of(model).boxes] == [12, 0]


def test_a_single_layer_will_do_and_nonsense_will_not():
    dense = layers.Dense(2, name="alone")
    dense.build((None, 3))
    assert "alone (Dense): 8 learned" in model_map(dense).caption
    with pytest.raises(TypeError, match="not int"):
        model_map(3)
    with pytest.raises(ValueError, match="not built"):
        model_map(keras.Sequential([layers.Dense(2)]))


# --- folding and layout --------------------------------------------------------------------------


def test_large_networks_fit_a_page(large):
    shown = model_map(large)
    width, height = size(shown.svg)
    assert height < MOST_HIGH and len(words(shown.svg)) < 300
    if large.name != "branches":  # which are side by side
        assert width < MOST_WIDE


def test_frozen_and_learned_layers_do_not_share_a_box():
    boxes = fold_graph(graph_of(chain(300, frozen=151))).boxes
    assert len(boxes) <= 24 and sum(box.frozen for box in boxes) == 151
    assert all(box.frozen in (0, box.weighted) for box in boxes)


def test_unless_they_alternate_and_then_the_box_says_how_many():
    model = chain(120)
    for layer in model.layers[::2]:
        layer.trainable = False
    boxes = fold_graph(graph_of(model)).boxes
    assert len(boxes) <= 24 and sum(box.frozen for box in boxes) == 60
    assert any(
        re.match(r"trainable = False: \d of \d+", line) for line in words(model_map(model).svg)
    )


def test_a_vetoed_layer_keeps_its_own_box():
    model = chain(100)
    model.trainable = False
    model.layers[50].trainable = model.layers[51].trainable = True
    boxes = fold_graph(graph_of(model)).boxes
    assert [box.names for box in boxes if box.vetoed] == [("dense_50",), ("dense_51",)]


def graphs():
    """Random graphs of 12 boxes of random sizes, each box called on one or two before it."""
    for seed in range(20):
        lot = random.Random(seed)
        sizes = [(lot.randint(20, 200), lot.randint(20, 90)) for _ in range(12)]
        arrows = {(lot.randrange(at), at) for at in range(1, 12) for _ in range(2)}
        yield sizes, sorted(arrows)


@pytest.mark.parametrize(("sizes", "arrows"), [*graphs()], ids=range(20))
def test_boxes_do_not_overlap_and_arrows_lead_down_from_edge_to_edge(sizes, arrows):
    layout = layered(sizes, arrows)
    boxes = [(x, y, x + w, y + h) for (x, y), (w, h) in zip(layout.corners, sizes, strict=True)]
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    assert all(
        x >= 0 and y >= 0 and r <= layout.width and d <= layout.height for x, y, r, d in boxes
    )
    for (a, b), way in zip(arrows, layout.ways, strict=True):
        assert way[0] == ((boxes[a][0] + boxes[a][2]) / 2, boxes[a][3])
        assert way[-1] == ((boxes[b][0] + boxes[b][2]) / 2, boxes[b][1])
        assert [y for _, y in way] == sorted(y for _, y in way)
        for x, y in way[1:-1]:  # it passes beside the boxes of the rows between
            assert not any(a < x < c and b < y < d for a, b, c, d in boxes)


def test_a_chain_is_straight_beside_a_shortcut():
    layout = layered([(50, 20)] * 3, [(0, 1), (0, 2), (1, 2)])
    assert len({x for x, _ in layout.corners}) == 1
    assert layout.width > 50, "the shortcut passes outside"


# --- to every reader -----------------------------------------------------------------------------


def test_the_text_says_it_all_or_where_that_is_long_what_it_comes_to(large):
    shown = model_map(large)
    assert len(shown.caption) <= 1000 and repr(shown) == shown.caption
    root = ElementTree.fromstring(shown.svg)
    assert root.get("role") == "img"
    assert [root.find(f"{SVG}{tag}").get("id") for tag in ("title", "desc")] == [
        *root.get("aria-labelledby").split()
    ]
    assert root.find(f"{SVG}title").text == large.name
    assert root.find(f"{SVG}desc").text == shown.caption


def test_a_small_model_is_told_box_by_box():
    assert model_map(vetoed()).caption == (
        "Map of model, 5 layers, from top to bottom. inputs (InputLayer); base (Sequential, 3 "
        "layers): 12 learned, 27 frozen, trainable = False [low (Dense): 15 frozen, trainable = "
        "False; mid (Dense): 12 frozen, trainable = False; high (Dense): 12 learned, True inside "
        "False: still learned]; head (Dense): 8 learned."
    )


def test_in_a_notebook_it_is_an_image_with_alternative_text():
    shown = model_map(three())
    html = ElementTree.fromstring(shown._repr_html_().replace('">', '"/>'))
    assert html.tag == "img" and html.get("alt") == shown.caption
    kind, _, data = html.get("src").partition(",")
    assert kind == "data:image/svg+xml;base64" and b64decode(data).decode() == shown.svg


def test_roles_have_the_palette_s_colours_and_a_pattern_each():
    root = ElementTree.fromstring(model_map(three()).svg)
    patterns = {each.get("id"): each for each in root.iter(f"{SVG}pattern")}
    assert list(patterns) == [role.replace(" ", "-") for role in Role]
    for role, (colour, _) in ROLE_STYLE.items():
        assert patterns[role.replace(" ", "-")].find(f"{SVG}rect").get("fill") == colour
    marks = [ElementTree.tostring(list(each)[-1]) for each in patterns.values()]
    assert len({re.sub(rb"#\w{6}", b"", mark) for mark in marks}) == len(Role)


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("ground", [CARD, "#ffffff", "#f1eee6"])
@pytest.mark.parametrize("colour", [_TEXT, _QUIET, _VETO])
def test_words_have_the_contrast_that_wcag_asks_for_on_every_ground(colour, ground):
    light, dark = sorted((luminance(ground), luminance(colour)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
    assert f'fill="{ground}"' in model_map(subclassed()).svg, "it is a ground that is drawn"


def test_it_brings_its_own_ground_for_a_dark_page():
    svg = model_map(three()).svg
    ground, *_ = ElementTree.fromstring(svg).findall(f"{SVG}rect")
    assert ground.get("fill") == CARD
    assert (float(ground.get("width")), float(ground.get("height"))) == size(svg)


@pytest.mark.parametrize("name", ["<b> & 'c' \"d\"", "x" * 300, "zero\x00width\x1b[31m", "ö" * 40])
def test_any_name_makes_a_picture(name):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2, name=name)], name=name)
    assert size(model_map(model).svg)[0] < MOST_WIDE
    assert len(brief(name)) <= 27


# --- files ---------------------------------------------------------------------------------------


def test_the_same_model_gives_the_same_picture_and_saving_overwrites(tmp_path):
    path = tmp_path / "x.svg"
    path.write_text("something else")
    model_map(three()).save(path)
    assert path.read_text("utf-8") == model_map(three()).svg
    model_map(three()).save(str(path))
    assert path.read_text("utf-8") == model_map(three()).svg


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_figure_is_saved_too_with_the_same_bytes_each_time(tmp_path, kind):
    first, second = tmp_path / f"a.{kind}", tmp_path / f"b.{kind}"
    by_role(three()).save(first)
    by_role(three()).save(str(second))
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(b"\x89PNG" if kind == "png" else b"<?xml")
    assert b"3,232 frozen" in first.read_bytes(), "the caption goes along"


@pytest.mark.parametrize("name", ["x", "x.pdf", "x.svg.txt"])
def test_another_ending_is_refused_before_anything_is_written(tmp_path, name):
    for shown in (model_map(three()), by_role(three())):
        assert isinstance(shown, Picture) or shown.svg
        with pytest.raises(ValueError, match=r"path should end in .*\.svg, not be"):
            shown.save(tmp_path / name)
    assert not list(tmp_path.iterdir())
