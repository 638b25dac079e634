"""Exercise 7, task 7: a program that trains A and B of LoRA alone, repaired."""

import keras
import numpy as np

from helpers.movement import snapshot
from helpers.tasks.answers import call, described, joined
from helpers.tasks.core import Wrong, task
from helpers.tasks.other_state._trained_reader import new_task, trained_reader
from helpers.tasks.training import inference_outputs, movement_of_fit

_ASKED = 2


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
def lora_only(prepare: object) -> None:
    """prepare(reader) -> a compiled model in which a fit moves A and B of hidden, nothing else."""
    reader = trained_reader()
    given, x = snapshot(reader), new_task()[0]
    wanted = inference_outputs(reader, x)
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
    names = {id(w): _without_model(w.path) for w in model.weights}
    added = [w for w in model.weights if tuple(w.shape) in ((6, _ASKED), (_ASKED, 5))]
    if len(added) != 2:
        ranks = sorted({w.shape[1] for w in model.weights if w.shape[0] == 6 and w.shape[1] < 5})
        said = f"; its rank is {ranks[0]}, not {_ASKED}" if ranks and ranks[0] != _ASKED else ""
        raise Wrong(f"`hidden` has no A of shape (6, {_ASKED}) and B of shape ({_ASKED}, 5){said}.")
    answers = inference_outputs(model, x)
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
            f"{joined(late)} moved in a fit, though frozen by now: the training step is that of "
            "the first training. Compile after LoRA and all flags."
        )
    if "hidden/kernel" in stray:
        raise Wrong(
            f"{joined(stray)} moved in a fit: the kernel was switched on again, as happens when "
            "`hidden` goes from frozen to trainable after `enable_lora`. (A flag set on "
            "`hidden.kernel` reaches nothing: with LoRA that is the sum, not a weight.)"
        )
    if any(name.startswith("head") for name in stray):
        raise Wrong(f"{joined(stray)} moved in a fit: freeze the head, too.")
    if stray == ["hidden/bias"]:
        raise Wrong(
            "A and B moved, but hidden/bias did, too: `enable_lora` freezes the kernel alone."
        )
    if stray:
        raise Wrong(f"{joined(stray)} moved in a fit.", diagnosed=False)
    if not set(a_and_b) <= set(moved):
        still = joined([name for name in a_and_b if name not in moved])
        raise Wrong(
            f"no other weight moved, but {still} did not learn either: was the layer or the model "
            "frozen when LoRA was enabled or when it was compiled? Or is the learning rate 0, or "
            "far too high?"
        )
    if len(kernels) < 2 or len(given.variables) != 4:
        raise Wrong("the model has lost a kernel of the reader.")


def _without_model(path: str) -> str:
    """hidden/kernel instead of reader/hidden/kernel."""
    return "/".join(path.split("/")[-2:])
