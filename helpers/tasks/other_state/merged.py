"""Exercise 7, task 8: merge LoRA into an ordinary layer."""

import keras
import numpy as np
from keras import layers

from helpers.movement import compare, snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.training import inference_outputs

_TRAINED_RANK = 3
_TIPS = {  # what to do about an error of set_weights
    "was expecting 0 weights": "Build it first.",
    "was expecting 1 weights": "It has no bias: give it [layer.kernel].",
}


def _trained_lora(alpha: float | None, use_bias: bool, activation: str) -> layers.Dense:
    """A Dense layer, 6 numbers in and 5 out, with LoRA whose A and B are far from zero."""
    layer = layers.Dense(5, activation=activation, use_bias=use_bias, name="adapted")
    layer.build((None, 6))
    layer.enable_lora(_TRAINED_RANK, lora_alpha=alpha)
    rng = np.random.default_rng(8)
    for weight in layer.weights:
        weight.assign(rng.uniform(-1, 1, weight.shape))
    return layer


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
    x = np.random.default_rng(9).uniform(-1, 2, (7, 6)).astype("float32")
    cases = {
        "a layer with tanh": (None, True, "tanh"),
        "a layer with relu and lora_alpha=6": (6, True, "relu"),
        "a layer without bias": (None, False, "relu"),
    }
    for title, (alpha, use_bias, activation) in cases.items():
        layer = _trained_lora(alpha, use_bias, activation)
        before, wanted = snapshot(layer), inference_outputs(layer, x)
        plain = _merged_layer(title, merge, layer)
        if not isinstance(plain, layers.Layer):
            raise Wrong(f"`merge` should return a layer; it gives {described(plain)}.")
        if plain is layer:
            raise Wrong("`merge` returns the layer that it was given; make a new one.")
        given = _outputs_of(plain, x)
        if compare(before).moved:
            raise Wrong(f"`merge` changed the layer it was given: {compare(before).verdict()}.")
        if given.shape != wanted.shape:
            raise Wrong(f"for {title}, the new layer gives {given.shape}, not {wanted.shape}.")
        if not np.allclose(given, wanted, atol=1e-4):
            reason = _probable_mistake(layer, x, given) or _other_kernel(layer, plain)
            shown = f"for {title}, the new layer gives other answers. {reason}".strip()
            raise Wrong(shown, diagnosed=bool(reason))
        shared = [w.name for w in plain.weights if any(w is old for old in layer.weights)]
        if shared:
            raise Wrong(f"the new layer shares its {shared[0]} with the old one: copy the values.")
        numbers, right = plain.count_params(), 30 + 5 * use_bias
        if numbers != right:
            raise Wrong(
                f"for {title}, the new layer has {numbers} number{'s' * (numbers != 1)}; merged, "
                f"it has {right}."
            )


def _merged_layer(title: str, merge: object, layer: layers.Layer) -> object:
    try:
        return call("merge", merge, layer)
    except Wrong as wrong:
        tip = next((tip for words, tip in _TIPS.items() if words in str(wrong)), "")
        raise Wrong(f"for {title}: {wrong} {tip}".strip()) from None


def _outputs_of(plain: layers.Layer, x: np.ndarray) -> np.ndarray:
    try:
        return inference_outputs(plain, x)
    except Exception as error:
        raise Wrong(f"the new layer stopped with {described_error(error)}.") from None


def _probable_mistake(layer: layers.Dense, x: np.ndarray, given: np.ndarray) -> str:
    """Why a merged layer gives something else, or an empty text."""
    arrays = {w.name: keras.ops.convert_to_numpy(w.value) for w in layer.weights}
    kernel, product = arrays["kernel"], arrays["lora_kernel_a"] @ arrays["lora_kernel_b"]
    sum_of_both = keras.ops.convert_to_numpy(layer.kernel)
    bias, activation = arrays.get("bias", np.zeros(5)), layer.activation
    mistakes = {
        "It has the old kernel without A · B.": activation(x @ kernel + bias),
        "It has A · B only; add the old kernel.": activation(x @ product + bias),
        "The activation is missing.": x @ sum_of_both + bias,
        "The bias is missing.": activation(x @ sum_of_both),
        "Activation and bias are missing.": x @ sum_of_both,
        "A · B is scaled by lora_alpha / rank before it is added; `layer.kernel` is the sum.": (
            activation(x @ (kernel + product) + bias)
        ),
        "A · B is added twice: `layer.kernel` is the sum already.": (
            activation(x @ (sum_of_both + product) + bias)
        ),
        "A · B is scaled by lora_alpha / rank, not by lora_alpha.": (
            activation(x @ (kernel + (layer.lora_alpha or _TRAINED_RANK) * product) + bias)
        ),
        "The activation should be the layer's own.": np.maximum(x @ sum_of_both + bias, 0),
        "A · B is subtracted.": activation(x @ (kernel - product) + bias),
    }
    fitting = (text for text, one in mistakes.items() if np.allclose(given, one, atol=1e-4))
    return next(fitting, "")


def _other_kernel(layer: layers.Layer, plain: layers.Layer) -> str:
    """How far the new layer's kernel is from the sum, or an empty text."""
    wanted = keras.ops.convert_to_numpy(layer.kernel)
    found = [keras.ops.convert_to_numpy(w.value) for w in plain.weights if w.shape == wanted.shape]
    far = float(np.abs(found[0] - wanted).max()) if found else 0.0
    return f"Its kernel is up to {far:.2g} away from the sum, `layer.kernel`." if far > 1e-4 else ""
