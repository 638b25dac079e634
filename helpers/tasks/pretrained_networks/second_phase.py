"""Exercise 6, task 9: the second phase of a fine-tuning, repaired."""

import keras

from helpers.batchnorm import batchnorm_layers
from helpers.tasks.answers import expect_function, joined
from helpers.tasks.core import Wrong, task
from helpers.tasks.pretrained_networks._movement_by_layer import (
    MovementByLayer,
    moved_by_fit,
    prepared,
)
from helpers.tasks.pretrained_networks._small_base import (
    EXAMPLES,
    LOSS,
    SMALL_RATE,
    freeze_one_by_one,
    on_top,
    pictures,
    small_base,
)


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
        norms = [norm.name for norm in batchnorm_layers(model)]
        shown = "on a base that was frozen layer by layer, " if one_by_one else ""
        returned = prepared("start_second_phase", start_second_phase, model)
        if not returned.compiled:
            raise Wrong("the model that you return is not compiled: compile it at the end.")
        if not returned.trainable_weights:
            raise Wrong(
                f"{shown}nothing in the model can learn: the flag of the whole model is "
                "False, or every flag in it."
            )
        _refuse_old_optimizer(returned, old)
        _refuse_rate(returned)
        if one_by_one:
            returned.run_eagerly = True
        moved = moved_by_fit(returned, *pictures())
        _refuse_second_phase(shown, moved, norms, returned)


def _refuse_old_optimizer(model: keras.Model, old: keras.Optimizer) -> None:
    """Raise Wrong if the model goes on with the first phase's optimizer or training step."""
    if model.optimizer is not old:
        return
    if model.train_function is not None:
        raise Wrong(
            "there is no compile after the first phase: its training step goes on, in which "
            "only the head is trained, whatever the flags say now."
        )
    raise Wrong(
        "the optimizer is the one of the first phase: it was built for the head alone and fails on "
        "other weights. Compile with a new one."
    )


def _refuse_rate(model: keras.Model) -> None:
    """Raise Wrong unless the learning rate is SMALL."""
    rate = float(keras.ops.convert_to_numpy(model.optimizer.learning_rate))
    text = f"the learning rate is {rate:.3g}"
    if abs(rate / SMALL_RATE - 1) < 0.01:
        return
    if abs(rate - 0.001) < 1e-6:
        raise Wrong(
            f"{text}, the default of Adam and of a compile that names no optimizer. "
            "0.0001 was asked for."
        )
    if abs(rate - 0.01) < 1e-6:
        raise Wrong(
            f"{text}, as in the first phase, or SGD's default; it would wash out what "
            "the base knows. 0.0001 was asked for."
        )
    if rate <= 0:
        raise Wrong(f"{text}: nothing would learn.")
    hint = ", so that the base would hardly move" if rate < SMALL_RATE else ""
    raise Wrong(f"{text}{hint}; 0.0001 was asked for.")


def _refuse_second_phase(
    shown: str, moved: MovementByLayer, norms: list[str], model: keras.Model
) -> None:
    """Raise Wrong unless kernels and head moved, and nothing of a BatchNormalization did."""
    measured = moved.measured
    learned = [n for n in norms if {"gamma", "beta"} & set(moved.moved.get(n, ()))]
    kernels = [name for name in (*moved.moved, *moved.still) if name.startswith("conv")]
    stuck = sorted(name for name in kernels if name in moved.still)
    if measured:
        text = f"{shown}in a fit the statistics of {joined(measured)} moved. "
        if not learned:
            raise Wrong(
                text + "Their gamma and beta stood still: it is the layer's own flag that "
                "counts, not those of its weights."
            )
        if len(measured) < len(norms):
            raise Wrong(text + "Others stood still: freeze *every* BatchNormalization.")
        if not any(n.trainable for n in batchnorm_layers(model)):
            raise Wrong(
                text + "Their flags are False now, but a compile has to come after the flags."
            )
        raise Wrong(
            text + "Freeze each BatchNormalization *after* the base is unfrozen; "
            "training=False does not protect it under fit on this Keras."
        )
    if learned:
        raise Wrong(
            f"{shown}gamma and beta of {joined(learned)} learned; all of each "
            "BatchNormalization should stand still."
        )
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
