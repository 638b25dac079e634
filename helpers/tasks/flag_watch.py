"""What a learner's code does to flags while it runs: causes that the flags alone do not show."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

import keras

from helpers.tasks.answers import joined
from helpers.tasks.core import Wrong


@dataclass
class FlagWatch:
    """Every value that a layer's `trainable` was set to, in order, and names that are nearly it."""

    settings: list[tuple[keras.layers.Layer, object]] = field(default_factory=list)
    misspelt: dict[str, list[str]] = field(default_factory=dict)

    def set_elsewhere(self, model: keras.Model) -> list[str]:
        """Layers that were frozen and are not in the model."""
        own = {id(layer) for layer in model._flatten_layers()}
        return [layer.name for layer, value in self.settings if not value and id(layer) not in own]

    def thawed_again(self, layer: keras.layers.Layer) -> bool:
        """Whether the layer was frozen and later set to True."""
        values = [bool(value) for each, value in self.settings if each is layer]
        return values[-1:] == [True] and False in values

    def refuse_slips(self, shown: str = "") -> None:
        """Raise Wrong if a flag was set to a text, or a name that is nearly `trainable` was set."""
        texts = [value for _, value in self.settings if isinstance(value, str)]
        if texts:
            raise Wrong(
                f"{shown}`trainable` was set to the text {texts[0][:20]!r}, and any text that is "
                "not empty counts as True: leave out the quotes."
            )
        for name, layers in self.misspelt.items():
            raise Wrong(
                f"{shown}{joined(layers)} got a new attribute, `{name[:20]}`, which Keras does not "
                "know; the flag is `trainable`."
            )


@contextlib.contextmanager
def watched_flags() -> Iterator[FlagWatch]:
    """Write down what is set on layers, also where a flag has that value already."""
    usual, watch = keras.layers.Layer.__setattr__, FlagWatch()

    def write_down(layer: keras.layers.Layer, name: str, value: object) -> None:
        if name == "trainable":
            watch.settings.append((layer, value))
        elif not name.startswith("_") and get_close_matches("trainable", [name], cutoff=0.8):
            watch.misspelt.setdefault(name, []).append(layer.name)
        usual(layer, name, value)

    keras.layers.Layer.__setattr__ = write_down
    try:
        yield watch
    finally:
        keras.layers.Layer.__setattr__ = usual
