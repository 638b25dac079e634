"""Exercise 7, task 8: merge LoRA into an ordinary layer."""

from collections.abc import Sequence
from typing import NamedTuple

import keras
import numpy as np
from keras import layers

from helpers.movement import snapshot
from helpers.tasks.answers import call, described, joined
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.mistakes import RIGHT, Part, mistakes_fitting, wrong
from helpers.tasks.training import flags, inference_outputs, moved_since


class _Adapted(NamedTuple):
    """A layer with LoRA, far from zero; `alpha` None leaves A · B unscaled."""

    inputs: int
    units: int
    rank: int
    alpha: float | None
    use_bias: bool
    activation: str
    frozen: bool = False

    def __str__(self) -> str:
        bias = "" if self.use_bias else " without bias"
        scaled = f" and lora_alpha={self.alpha:g}" if self.alpha else ""
        return f"a layer{bias} with {self.activation}{scaled}, {self.inputs} → {self.units}"

    def layer(self) -> layers.Dense:
        made = layers.Dense(self.units, self.activation, self.use_bias, name="adapted")
        made.build((None, self.inputs))
        made.enable_lora(self.rank, lora_alpha=self.alpha)
        made.trainable = not self.frozen
        rng = np.random.default_rng(self.units)
        for weight in made.weights:
            weight.assign(rng.uniform(-1, 1, weight.shape))
        return made

    def x(self) -> np.ndarray:
        return np.random.default_rng(9).uniform(-1, 2, (7, self.inputs)).astype("float32")


_ADAPTED = (
    _Adapted(6, 5, 3, None, True, "tanh"),
    _Adapted(6, 5, 3, 6, True, "relu"),
    _Adapted(4, 7, 2, None, False, "relu"),
    _Adapted(5, 4, 2, 3, False, "sigmoid"),
    _Adapted(3, 2, 1, 0.5, True, "linear", frozen=True),
    _Adapted(8, 3, 4, None, True, "softmax"),
)


class _Parts(NamedTuple):
    """What a layer with LoRA is made of."""

    kernel: np.ndarray
    product: np.ndarray  # A · B
    sum: np.ndarray  # layer.kernel
    alpha: float
    rank: int


_ITS_KERNELS: Part = [
    (RIGHT, lambda p: p.sum),
    ("It has the old kernel without A · B.", lambda p: p.kernel),
    ("It has A · B only; add the old kernel.", lambda p: p.product),
    ("It has A · B only; add the old kernel.", lambda p: p.alpha / p.rank * p.product),
    (
        "A · B is scaled by lora_alpha / rank before it is added; `layer.kernel` is the sum.",
        lambda p: p.kernel + p.product,
    ),
    (
        "A · B is scaled by lora_alpha / rank, not by lora_alpha.",
        lambda p: p.kernel + p.alpha * p.product,
    ),
    (
        "A · B is scaled by lora_alpha / rank, not the other way round.",
        lambda p: p.kernel + p.rank / p.alpha * p.product,
    ),
    (
        "A · B is scaled by lora_alpha / rank, not by 1 / rank.",
        lambda p: p.kernel + p.product / p.rank,
    ),
    ("A · B is added twice: `layer.kernel` is the sum already.", lambda p: p.sum + p.product),
    ("A · B is added twice: `layer.kernel` is the sum already.", lambda p: 2 * p.sum - p.kernel),
    ("A · B is subtracted.", lambda p: p.kernel - p.product),
    ("A · B is subtracted.", lambda p: 2 * p.kernel - p.sum),
    ("The old kernel is counted twice.", lambda p: p.sum + p.kernel),
]
_BIASES: Part = [(RIGHT, 1), ("The bias is missing.", 0), ("The bias is added twice.", 2)]
_OWN = "The activation should be the layer's own."
_ACTIVATIONS: Part = [
    (RIGHT, None),
    ("The activation is missing.", "linear"),
    *((_OWN, name) for name in ("relu", "tanh", "sigmoid", "softmax", "gelu")),
]


@task(
    "Merge",
    why="`layer.kernel` is the sum of the kernel and the scaled product of A and B; an ordinary "
    "layer with that kernel gives the same answers with fewer numbers.",
    hints=(
        "How many arrays has an ordinary Dense layer, and which kernel must it get?",
        "`layer.kernel` is the sum already. Units, activation and use_bias are attributes of the "
        "layer, too.",
        "plain = layers.Dense(layer.units, layer.activation, layer.use_bias); "
        "plain.build((None, layer.kernel.shape[0])); plain.set_weights([layer.kernel, "
        "layer.bias]), or `[layer.kernel]` if there is no bias",
    ),
)
def merged(merge: object) -> None:
    """merge(layer) -> a new, ordinary Dense layer that gives what the LoRA layer gives."""
    old = [case.layer() for case in _ADAPTED]
    wanted = [inference_outputs(layer, case.x()) for layer, case in zip(old, _ADAPTED, strict=True)]
    found = [_outcome(merge, layer, case) for layer, case in zip(old, _ADAPTED, strict=True)]
    for case, outcome, right in zip(_ADAPTED, found, wanted, strict=True):
        if isinstance(outcome, Wrong):
            raise _stopped(case, outcome, found)
        if outcome.shape != right.shape:
            raise Wrong(f"for {case}, the new layer gives {outcome.shape}, not {right.shape}.")
        if not np.allclose(outcome, right, atol=1e-4):
            reason, known = _mistake(old, found)
            shown = f"for {case}, the new layer gives other answers than the old one."
            raise wrong(shown, reason, known)


def _outcome(merge: object, layer: layers.Dense, case: _Adapted) -> np.ndarray | Wrong:
    """What the merged layer gives, or with what `merge` stopped; all else that is wrong is said."""
    before, old_flags = snapshot(layer), flags(layer)
    try:
        plain = call("merge", merge, layer)
    except Wrong as stopped:
        return stopped
    _refuse_no_new_dense(plain, layer)
    if changed := moved_since(before):
        raise Wrong(f"`merge` changed {joined(changed)} of the layer that it was given.")
    if not layer.lora_enabled:
        raise Wrong("`merge` switched off LoRA in the layer that it was given: leave it as it was.")
    if flags(layer) != old_flags:
        raise Wrong("`merge` left other flags, or other weights, in the layer that it was given.")
    if plain.lora_enabled:
        raise Wrong(
            "the new layer still has LoRA, with an A and a B: an ordinary layer has a kernel and "
            "a bias at most."
        )
    given = _merged_outputs(plain, case)
    shared = [w.name for w in plain.weights if any(w is old for old in before.variables)]
    if shared:
        raise Wrong(f"the new layer shares its {shared[0]} with the old one: copy the values.")
    for weight in before.variables:
        weight.assign(weight.value * 0.5 - 1)
    later = _merged_outputs(plain, case)
    before.restore()
    if not np.array_equal(given, later):
        raise Wrong(
            "the new layer's answers change when the old layer's numbers do: it still asks the old "
            "one."
        )
    if len(plain.weights) > 2:
        raise Wrong(
            f"the new layer has {len(plain.weights)} arrays; an ordinary one has a kernel and a "
            "bias at most."
        )
    return given


def _refuse_no_new_dense(plain: object, layer: layers.Dense) -> None:
    if plain is layer:
        raise Wrong("`merge` returns the layer that it was given; make a new one.")
    if not isinstance(plain, layers.Dense):
        is_layer = isinstance(plain, layers.Layer)
        kind = f"a layer of the class {type(plain).__name__}" if is_layer else described(plain)
        raise Wrong(f"`merge` should return an ordinary Dense layer; it gives {kind}.")


def _merged_outputs(plain: layers.Dense, case: _Adapted) -> np.ndarray:
    try:
        return inference_outputs(plain, case.x())
    except Exception as error:
        raise Wrong(
            f"for {case}, the new layer stopped with {described_error(error)}.", diagnosed=False
        ) from None


def _stopped(case: _Adapted, error: Wrong, found: Sequence[np.ndarray | Wrong]) -> Wrong:
    """What to say where `merge` stopped, and for which cases alone it did."""
    shown = f"for {case}: {error}"
    stopped = [
        one for one, outcome in zip(_ADAPTED, found, strict=True) if isinstance(outcome, Wrong)
    ]
    if stopped == [one for one in _ADAPTED if not one.use_bias]:
        return Wrong(f"{shown} It stops for the layers without bias alone: their bias is None.")
    if stopped == [one for one in _ADAPTED if one.alpha]:
        return Wrong(f"{shown} It stops for the layers with a lora_alpha alone.", diagnosed=False)
    if "was expecting 0 weights" in str(error):
        return Wrong(f"{shown} Build the new layer first.")
    if stopped == [one for one in _ADAPTED if (one.inputs, one.units) != (6, 5)]:
        return Wrong(f"{shown} It stops for every layer that is not 6 → 5: ask for its sizes.")
    return Wrong(shown, diagnosed=False)


def _mistake(old: Sequence[layers.Dense], found: Sequence[np.ndarray | Wrong]) -> tuple[str, bool]:
    """What the new layers have instead, and whether that is known."""
    seen = [
        (_parts(layer), layer, case.x(), outcome)
        for layer, case, outcome in zip(old, _ADAPTED, found, strict=True)
        if not isinstance(outcome, Wrong)
    ]

    def fits(kernel: object, bias: int, activation: str | None) -> bool:
        for parts, layer, x, given in seen:
            total = x @ kernel(parts)  # type: ignore[operator]
            if layer.use_bias:
                total = total + bias * keras.ops.convert_to_numpy(layer.bias)
            act = keras.activations.get(activation) if activation else layer.activation
            one = keras.ops.convert_to_numpy(act(keras.ops.convert_to_tensor(total)))
            if one.shape != given.shape or not np.allclose(one, given, atol=1e-4):
                return False
        return True

    return mistakes_fitting((_ITS_KERNELS, _BIASES, _ACTIVATIONS), fits)


def _parts(layer: layers.Dense) -> _Parts:
    arrays = {weight.name: keras.ops.convert_to_numpy(weight.value) for weight in layer.weights}
    product = arrays["lora_kernel_a"] @ arrays["lora_kernel_b"]
    whole = keras.ops.convert_to_numpy(layer.kernel)
    alpha = layer.lora_alpha or layer.lora_rank
    return _Parts(arrays["kernel"], product, whole, alpha, layer.lora_rank)
