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
    """Every value that a layer's `trainable` was set to, in order, and attributes that came up."""

    model: keras.Model
    settings: list[tuple[keras.layers.Layer, object]] = field(default_factory=list)
    new_names: dict[str, list[str]] = field(default_factory=dict)

    def set_elsewhere(self) -> list[str]:
        """Layers that were frozen and are not in the model."""
        own = {id(layer) for layer in self.model._flatten_layers()}
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
        for name, layers in self.new_names.items():
            if get_close_matches("trainable", [name], cutoff=0.75):
                raise Wrong(
                    f"{shown}{joined(layers)} got a new attribute, `{name[:20]}`, which Keras does "
                    "not know; the flag is `trainable`."
                )


@contextlib.contextmanager
def watched_flags(model: keras.Model) -> Iterator[FlagWatch]:
    """Write down what is set on layers; on TensorFlow a flag set to what it is already is not."""
    usual = vars(keras.layers.Layer)["trainable"]
    watch = FlagWatch(model)
    layers = list(model._flatten_layers())
    names = [set(vars(layer)) for layer in layers]

    def write_down(layer: keras.layers.Layer, value: object) -> None:
        watch.settings.append((layer, value))
        usual.fset(layer, value)

    keras.layers.Layer.trainable = property(usual.fget, write_down, doc=usual.__doc__)
    try:
        yield watch
    finally:
        keras.layers.Layer.trainable = usual
    for layer, known in zip(layers, names, strict=True):
        for name in set(vars(layer)) - known:
            watch.new_names.setdefault(name, []).append(layer.name)
