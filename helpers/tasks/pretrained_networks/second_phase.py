"""Exercise 6, task 9: the second phase of a fine-tuning, repaired."""

import keras
import numpy as np

from helpers.batchnorm import batchnorm_layers
from helpers.tasks.answers import expect_function, joined
from helpers.tasks.core import Wrong, described_error, task
from helpers.tasks.flag_watch import FlagWatch, watched_flags
from helpers.tasks.pretrained_networks._movement_by_layer import MovementByLayer, moved_by_fit
from helpers.tasks.pretrained_networks._small_base import (
    EXAMPLES,
    LOSS,
    SMALL_RATE,
    freeze_one_by_one,
    on_top,
    pictures,
    small_base,
)
from helpers.tasks.training import prepared_model


def after_first_phase(one_by_one: bool = False) -> keras.Model:
    """Base and head after a fit of the head alone, with Adam at 0.01.

    Args:
        one_by_one: each layer of the base is frozen, and not the base as a whole; trained without a
            graph, which is quicker and takes every flag as it is now.
    """
    model = on_top(small_base(blocks=2))
    base = model.get_layer("base")
    if one_by_one:
        freeze_one_by_one(base)
    else:
        base.trainable = False
    # By XLA, a step of this size takes longer to build than to run.
    model.compile(keras.optimizers.Adam(0.01), LOSS, jit_compile=False, run_eagerly=one_by_one)
    model.fit(*pictures(), batch_size=EXAMPLES, verbose=0)
    return model


@task(
    "Repair: the second phase",
    why="Unfreeze all of the base, freeze each BatchNormalization, compile with a new optimizer "
    "at a small rate: the kernels learn, the statistics stay.",
    hints=(
        "Three things are wrong: what moves that should not, what is the learning rate, and does "
        "every kernel move?",
        "Flags first: `base.trainable = False`, then `True`, reaches layers that were frozen "
        "one by one; then `freeze_batchnorm(base)`.",
        "After the flags: `model.compile(keras.optimizers.Adam(1e-4), "
        '"sparse_categorical_crossentropy")`; return the model.',
    ),
)
def second_phase(start_second_phase: object) -> None:
    """start_second_phase(model): kernels and head learn, no BatchNormalization, rate 1e-4."""
    expect_function("start_second_phase", start_second_phase)
    for one_by_one in (False, True):
        model = after_first_phase(one_by_one)
        old = model.optimizer
        shown = "on a base that was frozen layer by layer, " if one_by_one else ""
        with watched_flags() as watch:
            returned = prepared_model("start_second_phase", start_second_phase, model)
        if not returned.compiled:
            raise Wrong("the model that you return is not compiled: compile it at the end.")
        watch.refuse_slips(shown)
        if not returned.trainable:
            raise Wrong(f"{shown}the flag of the whole model is False: nothing in it can learn.")
        if returned.optimizer is old:
            raise Wrong(
                "the optimizer is the one of the first phase, made for the head alone. Compile "
                "with a new one."
            )
        _refuse_rate(returned)
        _refuse_loss(returned)
        if one_by_one:
            returned.run_eagerly = True
        moved = moved_by_fit(returned, *pictures())
        _refuse_second_phase(shown, moved, returned, watch)


def _refuse_loss(model: keras.Model) -> None:
    """Raise Wrong unless the loss is that of whole-number labels and probabilities."""
    labels, scores = np.array([0, 2]), np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]], "float32")
    right = -float(np.log([0.7, 0.4]).mean())
    try:
        loss = float(model.compute_loss(None, labels, keras.ops.convert_to_tensor(scores)))
    except Exception as error:
        raise Wrong(
            f"the loss stops with {described_error(error)}: {LOSS!r} was asked for."
        ) from None
    if not np.isclose(loss, right, rtol=1e-3):
        raise Wrong(
            f"the loss of two examples is {loss:.3g}, and {right:.3g} by {LOSS!r}, which was asked "
            "for."
        )


def _refuse_rate(model: keras.Model) -> None:
    """Raise Wrong unless the learning rate is SMALL."""
    rate = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
    text = f"the learning rate is {rate:.3g}"
    if abs(rate / SMALL_RATE - 1) < 0.01:
        return
    if abs(rate - 0.001) < 1e-6:
        raise Wrong(
            f"{text}, the default of Adam and of a compile that names no optimizer; 10e-4 is as "
            "much. 0.0001 was asked for, which is 1e-4."
        )
    if abs(rate - 0.01) < 1e-6:
        raise Wrong(
            f"{text}, as in the first phase (and SGD's default); it would wash out what "
            "the base knows. 0.0001 was asked for."
        )
    if rate <= 0:
        raise Wrong(f"{text}: nothing would learn.")
    hint = ", so that the base would hardly move" if rate < SMALL_RATE else ""
    raise Wrong(f"{text}{hint}; 0.0001 was asked for.")


def _refuse_second_phase(
    shown: str, moved: MovementByLayer, model: keras.Model, watch: FlagWatch
) -> None:
    """Raise Wrong unless kernels and head moved, and nothing of a BatchNormalization did."""
    norms = batchnorm_layers(model)
    if moved.measured:
        _refuse_measured(f"{shown}in a fit the ", moved.measured, norms, watch)
    learned = [n.name for n in norms if n.name in moved.moved]
    if learned:
        raise Wrong(
            f"{shown}gamma and beta of {joined(learned)} learned; all of each "
            "BatchNormalization should stand still."
        )
    kernels = [name for name in (*moved.moved, *moved.still) if name.startswith("conv")]
    stuck = sorted(name for name in kernels if name in moved.still)
    if "head" in moved.still:
        raise Wrong(
            f"{shown}the head stood still: it should learn on"
            + (", and so should the base." if stuck else ", with the base.")
        )
    if len(stuck) == len(kernels):
        why = "its own flag is False"
        if model.get_layer("base").trainable:
            why = (
                "its own flag is True, so that setting it to True changes nothing: its layers were "
                "frozen one by one and stay so"
            )
        raise Wrong(f"{shown}no kernel of the base learned: {why}.")
    if stuck:
        raise Wrong(f"{shown}{joined(stuck)} did not learn: it is still frozen.")


def _refuse_measured(text: str, measured: list[str], norms: list, watch: FlagWatch) -> None:
    """Raise Wrong with why these layers went on measuring."""
    text = f"{text}statistics of {joined(measured)} moved. "
    loose = [norm for norm in norms if norm.name in measured]
    if not any(norm.gamma.trainable or norm.beta.trainable for norm in loose):
        raise Wrong(
            f"{text}Their gamma and beta are frozen, but it is the layer's own flag that counts, "
            "not those of its weights."
        )
    if len(measured) < len(norms):
        raise Wrong(f"{text}Others stood still: freeze *every* BatchNormalization.")
    if any(watch.thawed_again(norm) for norm in loose):
        raise Wrong(
            f"{text}They were frozen, and then thawed with the base: freeze each "
            "BatchNormalization *after* the base is unfrozen."
        )
    raise Wrong(
        f"{text}Their own flags are True: freeze each BatchNormalization. (training=False in a "
        "call does not protect it under fit on this Keras.)"
    )
