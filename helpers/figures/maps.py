"""A model as a picture: boxes and arrows, each box with the roles of what it holds."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.figures._box_words import kind_of, notes_of, title_of
from helpers.figures._drawing import drawing
from helpers.figures._folds import LONGEST_CAPTION
from helpers.figures._graph import Graph, graph_of
from helpers.figures._graph_folds import fold_graph
from helpers.figures.roles import counted

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class ModelMap:
    """An SVG picture and the text that says what it shows."""

    svg: str
    caption: str

    def __repr__(self) -> str:
        return self.caption

    def _repr_html_(self) -> str:
        # As an image, so that two maps on one page have no ids in common.
        data = b64encode(self.svg.encode()).decode()
        return (
            f'<img alt="{escape(self.caption)}" style="max-width:100%" '
            f'src="data:image/svg+xml;base64,{data}">'
        )

    def save(self, path: "str | PathLike[str]") -> None:
        """Write the SVG to a file, over one that is there, as matplotlib's `savefig` does.

        Raises:
            ValueError: the name does not end in .svg.
            OSError: it cannot be written.
        """
        if Path(path).suffix.lower() != ".svg":
            raise ValueError(f"path should end in .svg, not be {str(path)!r}")
        Path(path).write_text(self.svg, encoding="utf-8")


def model_map(model: "keras.layers.Layer") -> ModelMap:
    """Draw the graph of a model: what calls what, and the roles of the weights in each layer.

    Nested models are boxes around their layers. A layer that is called more than once has one box.
    In a large model neighbours share a box, which says for how many layers it stands; layers that
    are frozen keep apart from others as long as there is room. A model without a graph, as a
    subclassed one, is a list of its layers. A layer in red is True inside a
    model that is False: a veto, which an outer model that is True does not hear.

    Args:
        model: a built Keras model or layer.

    Raises:
        TypeError, ValueError: as `ledger`.

    >>> import keras
    >>> stack = [keras.Input((3,)), keras.layers.Dense(2, name="low", trainable=False)]
    >>> model_map(keras.Sequential(stack, name="small"))
    Map of small, 1 layer, from top to bottom. low (Dense): 8 frozen, trainable = False.
    """
    graph = fold_graph(graph_of(model))
    caption = _in_words(model.name, graph)
    return ModelMap(drawing(model.name, graph, caption), caption)


def _in_words(name: str, graph: Graph) -> str:
    """All boxes, or, where that were too long to listen to, what they come to."""
    layers = graph.layers
    start = f"Map of {name}, {layers:,} layer{'' if layers == 1 else 's'}"
    order = "from top to bottom" if graph.called else "a list, since it has no graph"
    whole = f"{start}, {order}. {'; '.join(_boxes_in_words(graph))}."
    if len(whole) <= LONGEST_CAPTION:
        return whole
    notes = [counted(graph.numbers), *_flags_in_words(graph)]
    return f"{start}, {order}, in {graph.drawn:,} boxes. In all {', '.join(notes)}."


def _boxes_in_words(graph: Graph) -> Iterator[str]:
    for box in graph.boxes:
        about = ", ".join(filter(None, [counted(box.numbers), *notes_of(box)]))
        within = f" [{'; '.join(_boxes_in_words(box.inside))}]" if box.inside else ""
        yield f"{title_of(box)} ({kind_of(box)}){': ' if about else ''}{about}{within}"


def _flags_in_words(graph: Graph) -> Iterator[str]:
    boxes = list(graph.flat())
    frozen, vetoed = sum(box.frozen for box in boxes), sum(box.vetoed for box in boxes)
    if frozen:
        yield f"{frozen:,} with trainable = False"
    if vetoed:
        yield f"{vetoed:,} are True inside a model that is False"
