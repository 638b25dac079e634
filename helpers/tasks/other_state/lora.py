"""Tasks of exercise 7 on training with LoRA: a repair and a Parsons problem."""

import keras
import numpy as np
from keras import layers

from helpers.movement import snapshot
from helpers.tasks.answers import call, described
from helpers.tasks.behaviour import listed, movement_of_fit, run_in_order
from helpers.tasks.core import Wrong, task

RANK = 2
LINES = {
    "A": "hidden.enable_lora(2)",
    "B": "head.trainable = False",
    "C": 'model.compile(keras.optimizers.SGD(0.01), "mse")',
    "D": "model.fit(x, y, verbose=0)",
    "E": "hidden.trainable = False",
    "F": "hidden.trainable = True",
}


def trained_reader() -> keras.Model:
    """A small model (6 numbers, Dense layers "hidden" and "head", 2 numbers) after a fit.

    The last batch of that fit is smaller than the others, after which TensorFlow's training step
    takes batches of any size: none is traced anew by accident.
    """
    hidden = layers.Dense(5, activation="relu", name="hidden", bias_initializer="ones")
    head = layers.Dense(2, name="head")
    model = keras.Sequential([keras.Input((6,)), hidden, head], name="reader")
    rng = np.random.default_rng(6)
    model.set_weights([rng.uniform(0.1, 0.5, weight.shape) for weight in model.weights])
    model.compile(keras.optimizers.SGD(0.01), "mse", jit_compile=False)
    model.fit(rng.uniform(0.5, 2, (20, 6)), rng.uniform(1, 3, (20, 2)), batch_size=8, verbose=0)
    return model


def new_task() -> tuple[np.ndarray, np.ndarray]:
    """Inputs (32, 6) and targets (32, 2) of the task that is to be learned with LoRA."""
    rng = np.random.default_rng(7)
    return rng.uniform(0.5, 2, (32, 6)).astype("float32"), rng.uniform(4, 5, (32, 2))


@task(
    "A and B alone",
    why="Freeze the other layers, freeze the bias itself, enable LoRA on a layer that is not "
    "frozen, and compile. Nothing may switch the layer's flag afterwards.",
    hints=(
        "Which line of the broken program switches the kernel on again? And what does "
        "`enable_lora` not freeze?",
        "`hidden.trainable` must not go from False to True after `enable_lora`. A single weight "
        "has a flag of its own.",
        "head.trainable = False; hidden.enable_lora(2); hidden.bias.trainable = False; compile; "
        "return the model.",
    ),
)
def lora_only(prepare):
    """prepare(reader) -> a compiled model in which a fit moves A and B of hidden, nothing else."""
    reader = trained_reader()
    given, x = snapshot(reader), new_task()[0]
    wanted = predicted(reader, x)
    model = call("prepare", prepare, reader)
    if not isinstance(model, keras.Model):
        raise Wrong(f"`prepare` should return the model; it gives {described(model)}.")
    if not model.built:
        raise Wrong("`prepare` gives a model that is not built.")
    if not model.compiled:
        raise Wrong("the model that `prepare` gives is not compiled.")
    rate = float(model.optimizer.learning_rate)
    if rate < 0:
        raise Wrong(f"the learning rate is {rate:g}: below 0, every step makes the model worse.")
    kernels = [w for w in model.weights if tuple(w.shape) in ((6, 5), (5, 2))]
    names = {id(w): short(w.path) for w in model.weights}
    added = [w for w in model.weights if tuple(w.shape) in ((6, RANK), (RANK, 5))]
    if len(added) != 2:
        ranks = sorted({w.shape[1] for w in model.weights if w.shape[0] == 6 and w.shape[1] < 5})
        said = f"; its rank is {ranks[0]}, not {RANK}" if ranks and ranks[0] != RANK else ""
        raise Wrong(f"`hidden` has no A of shape (6, {RANK}) and B of shape ({RANK}, 5){said}.")
    answers = predicted(model, x)
    if answers.shape != wanted.shape or not np.allclose(answers, wanted, atol=1e-5):
        raise Wrong(
            "before any training the model already answers differently from the reader: it should "
            "start from what the reader has learned, and `prepare` should not train it."
        )
    movement = movement_of_fit(model)
    paths = {w.path: names[id(w)] for w in model.weights}
    moved = [paths.get(path, path) for path in movement.moved]
    a_and_b = [names[id(w)] for w in added]
    stray = [name for name in moved if name not in a_and_b]
    flags = {names[id(w)]: w.trainable for w in model.weights}
    late = [name for name in stray if not flags[name]]
    if late:
        raise Wrong(
            f"{listed(late)} moved in a fit, though frozen by now: the training step is that of "
            "the first training. Compile after LoRA and all flags."
        )
    if "hidden/kernel" in stray:
        raise Wrong(
            f"{listed(stray)} moved in a fit: the kernel was switched on again, as happens when "
            "`hidden` goes from frozen to trainable after `enable_lora`. (A flag set on "
            "`hidden.kernel` reaches nothing: with LoRA that is the sum, not a weight.)"
        )
    if any(name.startswith("head") for name in stray):
        raise Wrong(f"{listed(stray)} moved in a fit: freeze the head, too.")
    if stray == ["hidden/bias"]:
        raise Wrong(
            "A and B moved, but hidden/bias did, too: `enable_lora` freezes the kernel alone."
        )
    if stray:
        raise Wrong(f"{listed(stray)} moved in a fit.", diagnosed=False)
    if not set(a_and_b) <= set(moved):
        still = listed([name for name in a_and_b if name not in moved])
        raise Wrong(
            f"no other weight moved, but {still} did not learn either: was the layer or the model "
            "frozen when LoRA was enabled or when it was compiled? Or is the learning rate 0, or "
            "far too high?"
        )
    if len(kernels) < 2 or len(given.variables) != 4:
        raise Wrong("the model has lost a kernel of the reader.")


def short(path: str) -> str:
    """hidden/kernel instead of reader/hidden/kernel."""
    return "/".join(path.split("/")[-2:])


def predicted(model, x) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(x, training=False))


@task(
    "Put the lines in order",
    why="Freeze the head (B), enable LoRA on a layer that is not frozen (A), compile (C), fit (D); "
    "A and B may change places.",
    hints=(
        "What does `enable_lora` freeze by itself? What do E and F do to a layer with LoRA?",
        "`enable_lora` freezes the kernel itself. E stops A and B; F after E switches the kernel "
        "on, too.",
        "Head and LoRA in either order, then compile, then fit.",
    ),
)
def in_order(order):
    """LoRA on the hidden layer of a trained model, head and kernel still; right is BACD."""
    run_in_order("order", order, dict.fromkeys(LINES, "pass"), {})  # are these letters at all?
    model = trained_reader()
    hidden, head = model.get_layer("hidden"), model.get_layer("head")
    arrays = {"hidden/kernel": hidden.kernel, "head/kernel": head.kernel, "head/bias": head.bias}
    before = {name: keras.ops.convert_to_numpy(w.value).copy() for name, w in arrays.items()}
    x, y = new_task()
    names = {"model": model, "hidden": hidden, "head": head, "x": x, "y": y, "keras": keras}
    run_in_order("order", order, LINES, names)
    letters = [letter for letter in "".join(order).upper() if letter in LINES]
    moved = [
        name
        for name, w in arrays.items()
        if not np.array_equal(before[name], keras.ops.convert_to_numpy(w.value))
    ]
    added = [w for w in model.weights if w.path.endswith("lora_kernel_b")]
    learned = any(keras.ops.convert_to_numpy(w.value).any() for w in added)  # B starts at zero

    def late(first, second):  # True if both are there, and first comes after second
        return {first, second} <= set(letters) and letters.index(first) > letters.index(second)

    shown = f"in the order {' '.join(letters) or '(nothing)'} "
    if "D" not in letters:
        raise Wrong(shown + "nothing is trained: line D is missing.")
    if "A" not in letters:
        raise Wrong(shown + "there is no A and B: line A is missing.")
    why_not = {
        "A comes after the fit.": late("A", "D"),
        "C is missing, and the first training's step goes on.": "C" not in letters,
        "C comes after the fit, too late.": late("C", "D"),
        "B is missing, so the head learns.": "B" not in letters,
        "B comes after the fit, too late.": late("B", "D"),
        "F after E switches on everything in `hidden`, its kernel too.": late("F", "E") and moved,
        "E before A freezes the layer, and then A and B are made frozen.": late("A", "E"),
        "E freezes A and B as well.": "E" in letters,
    }
    reason = next((text for text, holds in why_not.items() if holds), "")
    if moved:
        raise Wrong(f"{shown}{listed(moved)} moved: {reason}", diagnosed=bool(reason))
    if not learned:
        raise Wrong(f"{shown}A and B do not learn: {reason}", diagnosed=bool(reason))
    if len(letters) > 4:
        raise Wrong(f"{shown}it works, but with {len(letters)} lines; four are enough.")
