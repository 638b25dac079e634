"""Exercise 7, task 6: an experiment that tells whether a frozen layer changes."""

import keras
import numpy as np
from keras import layers

from helpers.movement import compare, snapshot
from helpers.tasks.answers import call, described, is_tensor
from helpers.tasks.core import Wrong, task


@keras.saving.register_keras_serializable("course")  # so that copies can be made
class Tally(layers.Layer):
    """Counts its training calls, as lesson 7's BatchCounter; a learner may ask for its name."""

    def build(self, input_shape: tuple) -> None:
        self.calls = self.add_weight(name="calls", shape=(), trainable=False, initializer="zeros")

    def call(self, inputs: keras.KerasTensor, training: bool = False) -> keras.KerasTensor:
        if training:
            self.calls.assign_add(1)
        return inputs


def _fresh_layers() -> dict[str, tuple[layers.Layer, bool, str]]:
    """Fresh layers, not built; whether each still changes when it is frozen, and why."""
    scale = layers.Normalization(name="scale")
    scale.adapt(_samples() + 1)
    inside = [layers.Dense(3, name="deep"), layers.Dropout(0.5, name="drop")]
    return {
        "Dense": (
            layers.Dense(3, name="plain"),
            False,
            "Only the optimizer changes a Dense layer's weights; a call changes nothing.",
        ),
        "Dropout": (
            layers.Dropout(0.5, name="drop"),
            True,
            "Did you compare `weights` only, call in inference mode, or compare a list with "
            "itself instead of with copies? Its seed state moves, and it is in `variables`.",
        ),
        "BatchNormalization": (
            layers.BatchNormalization(name="norm"),
            False,
            "Did you freeze it before the call? Frozen, it is in inference mode.",
        ),
        "a BatchNormalization that is frozen already": (
            layers.BatchNormalization(name="frozen_norm", trainable=False),
            False,
            "It was frozen when you got it, and should be during the call.",
        ),
        "SpectralNormalization": (
            layers.SpectralNormalization(layers.Dense(3, name="inner"), name="spectral"),
            True,
            "In training mode it divides its kernel, frozen or not.",
        ),
        "Normalization after adapt": (scale, False, "Only `adapt` changes it."),
        "a layer that counts its calls": (
            Tally(name="tally"),
            True,
            "Its counter moves in every call in training mode.",
        ),
        "a Sequential model with a Dropout inside": (
            keras.Sequential(inside, name="inside"),
            True,
            "The seed state of the Dropout inside moves.",
        ),
    }


def _samples() -> np.ndarray:
    return np.random.default_rng(4).uniform(1, 3, (6, 3)).astype("float32")


@task(
    "Which layers change although frozen?",
    why="Freeze, call in training mode, compare all variables, not the weights alone: that tells "
    "for any layer, and nobody has to look it up.",
    hints=(
        "Four steps: copy, freeze, call in training mode, compare. Then put everything back.",
        "`snapshot(layer)` copies all variables, seed states too; `compare` tells what moved; "
        "`before.restore()` puts the values back. Remember the flag, too.",
        "flag = layer.trainable; before = snapshot(layer); layer.trainable = False; "
        "layer(x, training=True); changed = bool(compare(before).moved); ...",
    ),
)
def changes_when_frozen(changes_when_frozen: object) -> None:
    """changes_when_frozen(layer, x) -> True or False; the layer is left as it was."""
    name = "changes_when_frozen"
    x = _samples()
    for title, (layer, right, reason) in _fresh_layers().items():
        layer(x)
        flag, before = layer.trainable, snapshot(layer)
        answer = call(name, changes_when_frozen, layer, x.copy())
        answer = _true_or_false(name, answer, title)
        if answer != right:
            raise Wrong(f"for {title}, `{name}` says {answer}. {reason}")
        if layer.trainable != flag:
            raise Wrong(f"the answer is right, but {title} is left with trainable = {not flag}.")
        moved = compare(before).moved
        if moved:
            raise Wrong(
                f"the answer is right, but {title} is left with another value in {moved[0]}: put "
                "the values back."
            )


def _true_or_false(name: str, answer: object, title: str) -> bool:
    """True or False from a bool, or from an array or tensor of one."""
    plain = keras.ops.convert_to_numpy(answer) if is_tensor(answer) else answer
    arrays = np.ndarray | np.generic
    if isinstance(plain, bool) or (
        isinstance(plain, arrays) and plain.shape == () and plain.dtype == bool
    ):
        return bool(plain)
    shown = f"for {title} it gives {described(answer)}"
    raise Wrong(f"`{name}` should return True or False; {shown}.")
