"""Exercise 7, task 9: training with LoRA, as a Parsons problem."""

from collections.abc import Iterable
from functools import partial

import keras
import numpy as np

from helpers.tasks.answers import joined
from helpers.tasks.core import Wrong, task
from helpers.tasks.other_state._trained_reader import new_task, trained_reader
from helpers.tasks.parsons import comes_after, first_reason, ordered_letters, run_in_order

LINES = {
    "A": "hidden.enable_lora(2)",
    "B": "head.trainable = False",
    "C": 'model.compile(keras.optimizers.SGD(0.01), "mse")',
    "D": "model.fit(x, y, verbose=0)",
    "E": "hidden.trainable = False",
    "F": "hidden.trainable = True",
}


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
def in_order(order: Iterable[str]) -> None:
    """LoRA on the hidden layer of a trained model, head and kernel still; right is BACD."""
    letters = ordered_letters(order, LINES)
    model = trained_reader()
    hidden, head = model.get_layer("hidden"), model.get_layer("head")
    arrays = {"hidden/kernel": hidden.kernel, "head/kernel": head.kernel, "head/bias": head.bias}
    before = {name: keras.ops.convert_to_numpy(w.value).copy() for name, w in arrays.items()}
    x, y = new_task()
    names = {"model": model, "hidden": hidden, "head": head, "x": x, "y": y, "keras": keras}
    run_in_order(letters, LINES, names)
    moved = [
        name
        for name, w in arrays.items()
        if not np.array_equal(before[name], keras.ops.convert_to_numpy(w.value))
    ]
    added = [w for w in model.weights if w.path.endswith("lora_kernel_b")]
    learned = any(keras.ops.convert_to_numpy(w.value).any() for w in added)  # B starts at zero

    shown = f"in the order {' '.join(letters) or '(nothing)'}, "
    if "D" not in letters:
        raise Wrong(shown + "nothing is trained: line D is missing.")
    if "A" not in letters:
        raise Wrong(shown + "there is no A and B: line A is missing.")
    if moved:
        reasons = _why_moved(letters, moved)
        raise Wrong(f"{shown}{joined(moved)} moved. {reasons}", diagnosed=bool(reasons))
    if not learned:
        reasons = _why_not_learned(letters)
        raise Wrong(f"{shown}A and B do not learn. {reasons}", diagnosed=bool(reasons))
    if len(letters) > 4:
        raise Wrong(f"{shown}it works, but with {len(letters)} lines; four are enough.")


def _why_moved(letters: list[str], moved: list[str]) -> str:
    """Every reason for which one of these arrays had to move in the fit."""
    late = partial(comes_after, letters)
    step = {
        "C is missing, and the first training's step goes on.": "C" not in letters,
        "C comes after the fit, too late: the first training's step goes on.": late("C", "D"),
    }
    if any(step.values()):
        return first_reason(step)
    head = {
        "B is missing, so the head learns.": "B" not in letters,
        "B comes after the fit, too late for the head.": late("B", "D"),
    }
    kernel = {
        "A comes after the fit, too late for the kernel.": late("A", "D"),
        "F after E switches on everything in `hidden`, its kernel too.": late("F", "E"),
    }
    reasons = [first_reason(head)] if any(name.startswith("head") for name in moved) else []
    reasons += [first_reason(kernel)] if "hidden/kernel" in moved else []
    return " ".join(filter(None, reasons))


def _why_not_learned(letters: list[str]) -> str:
    """Why A and B did not learn in the fit, or an empty text."""
    reasons = {
        "E before A freezes the layer, and then A and B are made frozen.": comes_after(
            letters, "A", "E"
        ),
        "E freezes A and B as well.": "E" in letters,
    }
    return first_reason(reasons)
