"""Exercise 7, task 7: a program that trains A and B of LoRA alone, repaired."""

import keras
import numpy as np

from helpers.movement import snapshot
from helpers.tasks.answers import call, described, joined
from helpers.tasks.core import Slip, Wrong, task
from helpers.tasks.flag_watch import watched_flags
from helpers.tasks.mistakes import wrong
from helpers.tasks.other_state._trained_reader import new_task, trained_reader
from helpers.tasks.training import inference_outputs, moved_since, movement_of_fit

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
    with watched_flags() as watch:
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
    if changed := moved_since(given):
        raise Wrong(
            f"`prepare` itself changed {joined(map(_without_model, changed))}. It should only "
            "prepare the model; the check trains it."
        )
    a_and_b = _added_arrays(model)
    answers = inference_outputs(model, x)
    if answers.shape != wanted.shape:
        raise Wrong(
            f"for inputs {x.shape} the reader gives {wanted.shape}, and your model "
            f"{answers.shape}: return the whole model."
        )
    if not np.allclose(answers, wanted, atol=1e-5):
        if not np.allclose(0, _array_of(a_and_b[0]) @ _array_of(a_and_b[1])):
            raise Wrong(
                "before any training A · B is not 0 any more, as it is when LoRA is new: `prepare` "
                "should only prepare the model; the check trains it."
            )
        raise Wrong(
            "before any training the model answers differently from the reader, whose values are "
            "as they were: it has other values, as a clone or a new model has. It should start "
            "from what the reader has learned."
        )
    thaws = any(layer.name == "hidden" and flag for layer, flag in watch.settings)
    _refuse_other_movement(model, a_and_b, rate, thaws)


def _added_arrays(model: keras.Model) -> list[keras.Variable]:
    """A and B: the arrays of rank 2 beside the kernel of hidden."""
    shapes = [tuple(weight.shape) for weight in model.weights]
    a_and_b = [w for w in model.weights if tuple(w.shape) in ((6, _ASKED), (_ASKED, 5))]
    if len(a_and_b) == 2:
        return a_and_b
    ranks = [shape[1] for shape in shapes if shape[0] == 6 and shape[1:] not in ((), (5,))]
    with_lora = [each.name for each in model._flatten_layers() if getattr(each, "lora_enabled", 0)]
    shown = f"`hidden` has no A of shape (6, {_ASKED}) and B of shape ({_ASKED}, 5)"
    if ranks:
        raise Wrong(f"{shown}; its rank is {ranks[0]}, not {_ASKED}.")
    if with_lora:
        raise Wrong(f"{shown}: LoRA is enabled on `{with_lora[0]}`.")
    raise Wrong(f"{shown}: LoRA is not enabled on any layer.")


def _refuse_other_movement(
    model: keras.Model, a_and_b: list[keras.Variable], rate: float, thaws: bool
) -> None:
    """Raise Wrong unless a fit moves A and B and nothing else.

    Args:
        thaws: whether the flag of hidden was set to True.
    """
    names = {weight.path: _without_model(weight.path) for weight in model.weights}
    flags = {names[weight.path]: weight.trainable for weight in model.weights}
    zeros = not any(_array_of(weight).any() for weight in a_and_b)
    movement = movement_of_fit(model)
    if not all(change.largest < 1e9 for change in movement.changes):
        raise Slip(
            "a fit leaves numbers that are huge, infinite or NaN. The rate is "
            f"{rate:g}: is that too high?"
        )
    moved = [names.get(path, path) for path in movement.moved]
    wanted = [names[weight.path] for weight in a_and_b]
    stray = [name for name in moved if name not in wanted]
    if stray:
        raise Wrong(
            f"{joined(stray)} moved in a fit. " + " ".join(_why_strays(stray, flags, thaws))
        )
    still = [name for name in wanted if name not in moved]
    if still:
        reason = _why_still(model, {name: flags[name] for name in still}, rate, zeros)
        shown = f"no other weight moved, but {joined(still)} did not learn either."
        raise wrong(shown, reason or "What stops them?", known=bool(reason))


def _why_strays(stray: list[str], flags: dict[str, bool], thaws: bool) -> list[str]:
    """For the arrays that should have stayed, what their flags tell."""
    late = [name for name in stray if not flags.get(name, True)]
    if late:
        which = "All of these are" if late == stray else f"Of these, {joined(late)} are"
        return [
            f"{which} frozen by now, so the training step is that of the first training. Compile "
            "after LoRA and all flags."
        ]
    reasons = []
    if "hidden/kernel" in stray:
        reasons.append(
            "The flag of hidden's kernel is True; `enable_lora` had set it to False. It is "
            "switched on again where `hidden` goes from frozen to trainable. (A flag set on "
            "`hidden.kernel` reaches nothing: with LoRA that is the sum, not a weight.)"
        )
    if any(name.startswith("head") for name in stray):
        reasons.append("The flag of the head is True: freeze the head, too.")
    if "hidden/bias" in stray:
        thawed = ", and setting `hidden` to trainable thaws the bias: freeze it after that"
        reasons.append(
            "The flag of hidden's bias is True: `enable_lora` freezes the kernel alone"
            f"{thawed if thaws else ''}."
        )
    return reasons


def _why_still(model: keras.Model, flags: dict[str, bool], rate: float, zeros: bool) -> str:
    """Why A and B do not move, or an empty text."""
    if rate == 0:
        return "The learning rate is 0."
    if not model.trainable:
        return "The model's own flag is False: nothing in it is trained, whatever the flags inside."
    if not any(flags.values()):
        return (
            "Their flags are False, as in a layer that was frozen when LoRA was enabled, or is "
            "frozen afterwards."
        )
    if zeros:
        return "Both are all zeros, so neither gets a gradient from the other."
    return ""


def _array_of(weight: keras.Variable) -> np.ndarray:
    return keras.ops.convert_to_numpy(weight.value)


def _without_model(path: str) -> str:
    """hidden/kernel instead of reader/hidden/kernel."""
    return "/".join(path.split("/")[-2:])
