"""What lesson 3 teaches, and how to make it false."""

# Bodies of patches have no types: what they replace has none either.
# mypy: disable-error-code="no-untyped-def, no-untyped-call"

import tempfile
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from pathlib import Path
from unittest.mock import patch

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tools.claims import Patch


def _base() -> keras.Model:
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(3, name="low"), layers.Dense(3, name="high")], name="base"
    )


def _fit(model: keras.Model, batch_size: int = 8, examples: int = 32) -> bool:
    """Whether a fit moves the kernel of `low`."""
    before = model.get_layer("low").kernel.numpy()
    values = np.random.default_rng(0).uniform(1, 2, (examples, 4))
    model.fit(values, values[:, :3], batch_size=batch_size, verbose=0)
    return bool(np.any(before != model.get_layer("low").kernel.numpy()))


def _compiled(model: keras.Model, optimizer: object = "adam") -> keras.Model:
    model.compile(optimizer, "mse", jit_compile=False)
    return model


def _switched(model: keras.Model, flag: bool) -> keras.Model:
    model.get_layer("low").trainable = flag
    return model


# --- when ----------------------------------------------------------------------------------------


def _fit_reads_the_flags() -> AbstractContextManager:
    fit = keras.Model.fit

    def afresh(self, *arguments, **options):
        self.train_function = None
        return fit(self, *arguments, **options)

    return patch.object(keras.Model, "fit", afresh)


def _late_freeze(sizes: tuple[int, ...] = (8, 8), examples: int = 32) -> list[bool]:
    model, moved = _compiled(_base()), []
    for size in sizes:
        moved.append(_fit(model, size, examples))
        _switched(model, False)
    return moved


def _compile_decides() -> AbstractContextManager:
    compile_, step = keras.Model.compile, keras.Model.train_step

    def deciding(self, *arguments, **options):
        compile_(self, *arguments, **options)
        self.decided = tuple(self.trainable_weights)

    def decided(self, data):
        with patch.object(type(self), "trainable_weights", list(self.decided)):
            return step(self, data)

    both = ExitStack()
    both.enter_context(patch.object(keras.Model, "compile", deciding))
    both.enter_context(patch.object(keras.Model, "train_step", decided))
    return both


def _a_late_flag_warns() -> AbstractContextManager:
    compile_, fit = keras.Model.compile, keras.Model.fit

    def noting(self, *arguments, **options):
        compile_(self, *arguments, **options)
        self.noted = str([weight.trainable for weight in self.weights])

    def warning(self, *arguments, **options):
        if self.noted != str([weight.trainable for weight in self.weights]):
            warnings.warn("a flag has changed since compile", stacklevel=2)
        return fit(self, *arguments, **options)

    both = ExitStack()
    both.enter_context(patch.object(keras.Model, "compile", noting))
    both.enter_context(patch.object(keras.Model, "fit", warning))
    return both


def _warnings_of_a_late_freeze() -> int:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        _late_freeze()
    return len(caught)


def _each_size_is_traced() -> AbstractContextManager:
    fit = keras.Model.fit
    traces: dict[tuple, Callable] = {}

    def by_size(self, *arguments, batch_size=None, **options):
        key = id(self), id(self.optimizer), batch_size
        self.train_function = traces.get(key)
        history = fit(self, *arguments, batch_size=batch_size, **options)
        traces[key] = self.train_function
        return history

    return patch.object(keras.Model, "fit", by_size)


def _one_trace_for_any_size() -> AbstractContextManager:
    fit = keras.Model.fit

    def streamed(self, x, y, batch_size=None, **options):
        examples = tf.data.Dataset.from_tensor_slices((x, y))
        return fit(self, examples.batch(batch_size or 32), shuffle=False, **options)

    return patch.object(keras.Model, "fit", streamed)


def _after_compile(what: Callable) -> AbstractContextManager:
    """A second compile does this with the model and its old optimizer."""
    compile_ = keras.Model.compile

    def compiling(self, *arguments, **options):
        old = getattr(self, "optimizer", None)
        compile_(self, *arguments, **options)
        if old is not None and old is not self.optimizer:
            what(self, old)

    return patch.object(keras.Model, "compile", compiling)


def _forget(model: keras.Model, old: keras.Optimizer) -> None:
    for weight in model.weights:
        weight.assign(weight * 0.5)


def _keep_steps(model: keras.Model, old: keras.Optimizer) -> None:
    model.optimizer.iterations.assign(old.iterations)


def _keep_rate(model: keras.Model, old: keras.Optimizer) -> None:
    model.optimizer.learning_rate = float(old.learning_rate)


def _second_compile() -> tuple[float, ...]:
    keras.utils.set_random_seed(0)
    model = _compiled(_base(), keras.optimizers.Adam(0.5))
    _fit(model)
    _compiled(model)
    kept = float(model.optimizer.learning_rate), int(model.optimizer.iterations)
    return *kept, float(np.sum(model.get_weights()[0]))


def _old_optimizers_are_renewed() -> AbstractContextManager:
    compile_ = keras.Model.compile

    def renewing(self, optimizer="rmsprop", *arguments, **options):
        if getattr(optimizer, "built", False):
            optimizer = type(optimizer).from_config(optimizer.get_config())
        compile_(self, optimizer, *arguments, **options)

    return patch.object(keras.Model, "compile", renewing)


def _stops(model: keras.Model) -> bool:
    try:
        _fit(_switched(model, True))
    except ValueError:
        return True
    return False


def _thawed_with_the_old_optimizer() -> bool:
    model = _compiled(_switched(_base(), False))
    _fit(model)
    _switched(model, True)
    return _stops(_compiled(model, model.optimizer))


def _force_is_ignored() -> AbstractContextManager:
    make = keras.Model.make_train_function
    return patch.object(keras.Model, "make_train_function", lambda self, force=False: make(self))


def _forced() -> bool:
    model = _compiled(_base())
    _fit(model)
    _switched(model, False).make_train_function(force=True)
    return _fit(model)


# --- where ---------------------------------------------------------------------------------------


def _no_veto() -> AbstractContextManager:
    asked = property(lambda self: [weight for weight in self.weights if weight.trainable])
    return patch.object(keras.Layer, "trainable_weights", asked)


def _vetoes_are_heard() -> AbstractContextManager:
    asked = keras.Layer.trainable_weights.fget

    def heard(self):
        inside = self._flatten_layers(include_self=False)
        vetoed = {id(w) for layer in inside if not layer.trainable for w in layer.weights}
        return [weight for weight in asked(self) if id(weight) not in vetoed]

    return patch.object(keras.Layer, "trainable_weights", property(heard))


def _thawed_in_frozen() -> list[int]:
    base = _base()
    base.trainable = False
    outer = keras.Sequential([keras.Input((4,)), _switched(base, True)])
    return [len(model.trainable_weights) for model in (base, outer)]


def _passed_on(flag: bool) -> AbstractContextManager:
    assign = keras.Layer.__setattr__

    def assigned(self, name, value):
        if name == "trainable" and value is flag:
            keras.Layer.trainable.fset(self, value)
        else:
            assign(self, name, value)

    return patch.object(keras.Layer, "__setattr__", assigned)


def _twice(flag: bool) -> bool:
    base = _base()
    base.trainable = flag
    _switched(base, not flag).trainable = flag
    return base.get_layer("low").trainable


def _flags_stay_at_the_top() -> AbstractContextManager:
    get, pass_on = keras.Layer.trainable.fget, keras.Layer.trainable.fset

    def stay(self, value):
        if isinstance(self, keras.Model):
            self._trainable = bool(value)
        else:
            pass_on(self, value)

    return patch.object(keras.Layer, "trainable", property(get, stay))


def _off_and_on() -> bool:
    base = _switched(_base(), False)
    base.trainable = False
    base.trainable = True
    return base.get_layer("low").trainable


def _flags_of_weights_are_ignored() -> AbstractContextManager:
    def by_layer(self):
        inside = [each for each in self._flatten_layers() if each.trainable]
        learned = {id(weight) for each in inside for weight in each._trainable_variables}
        return [weight for weight in self.weights if id(weight) in learned and self.trainable]

    return patch.object(keras.Layer, "trainable_weights", property(by_layer))


def _frozen_bias() -> int:
    base = _base()
    base.get_layer("low").bias.trainable = False
    return len(base.trainable_weights)


def _constructors_pass_on() -> AbstractContextManager:
    both = ExitStack()
    for wrapper in (layers.Bidirectional, layers.TimeDistributed):
        both.enter_context(patch.object(wrapper, "__init__", _passing_on(wrapper.__init__)))
    return both


def _passing_on(make: Callable) -> Callable:
    def making(self, *arguments, **options):
        make(self, *arguments, **options)
        if not self.trainable:
            self.trainable = True
            self.trainable = False

    return making


def _constructed() -> int:
    wrapper = layers.TimeDistributed(layers.Dense(2), trainable=False)
    return len(keras.Sequential([keras.Input((5, 3)), wrapper]).trainable_weights)


def _wrappers_keep_their_flag() -> AbstractContextManager:
    get = keras.Layer.trainable.fget
    own = property(get, lambda self, value: setattr(self, "_trainable", bool(value)))
    return patch.object(layers.Bidirectional, "trainable", own, create=True)


def _bidirectional() -> int:
    wrapper = layers.Bidirectional(layers.LSTM(2))
    model = keras.Sequential([keras.Input((5, 3)), wrapper])
    wrapper.trainable = False
    return len(model.trainable_weights)


# --- what remembers ------------------------------------------------------------------------------


def _after(function: str, what: Callable) -> AbstractContextManager:
    """What keras.models.FUNCTION returns is changed by `what(result, its first argument)`."""
    original = getattr(keras.models, function)

    def changed(first, *arguments, **options):
        result = original(first, *arguments, **options)
        what(result, first)
        return result

    return patch.object(keras.models, function, changed)


def _thaw(model: keras.Model, _: object) -> None:
    model.trainable = False
    model.trainable = True


def _with_a_new_optimizer(model: keras.Model, _: object) -> None:
    if model.compiled:
        model.compile(type(model.optimizer).__name__.lower(), "mse")


def _copy_values(clone: keras.Model, original: keras.Model) -> None:
    clone.set_weights(original.get_weights())


def _loaded() -> tuple[int, bool]:
    with tempfile.TemporaryDirectory() as folder:
        model = _compiled(_switched(_base(), False), "sgd")
        model.save(Path(folder) / "m.keras")
        loaded = keras.models.load_model(Path(folder) / "m.keras")
    return len(loaded.trainable_weights), _stops(loaded)


def _cloned() -> tuple[int, bool]:
    original = _switched(_base(), False)
    clone = keras.models.clone_model(original)
    same = np.array_equal(clone.get_weights()[0], original.get_weights()[0])
    return len(clone.trainable_weights), same


PATCHES = [
    Patch(
        "late flag honoured",
        "On TensorFlow, a flag that is changed after a fit is ignored.",
        _fit_reads_the_flags,
        _late_freeze,
        also=(8,),
    ),
    Patch(
        "compile decides",
        "A freeze after compile, before the first fit, is honoured.",
        _compile_decides,
        lambda: _fit(_switched(_compiled(_base()), False)),
    ),
    Patch(
        "late flag warns",
        "Nothing warns of a flag that was changed too late.",
        _a_late_flag_warns,
        _warnings_of_a_late_freeze,
    ),
    Patch(
        "each batch size traced",
        "After a partial last batch, a late freeze is ignored at every batch size.",
        _each_size_is_traced,
        partial(_late_freeze, (8, 4), 34),
    ),
    Patch(
        "one trace for any size",
        "A trace for arrays in whole batches of one size is not used for another size.",
        _one_trace_for_any_size,
        partial(_late_freeze, (8, 4)),
    ),
    Patch(
        "compile resets weights",
        "A second compile keeps the weights.",
        partial(_after_compile, _forget),
        _second_compile,
    ),
    Patch(
        "compile keeps the steps",
        "A second compile makes a new optimizer, which counts from zero.",
        partial(_after_compile, _keep_steps),
        _second_compile,
    ),
    Patch(
        "compile keeps the rate",
        "compile('adam') goes back to the default learning rate.",
        partial(_after_compile, _keep_rate),
        _second_compile,
        also=(8,),
    ),
    Patch(
        "old optimizer accepted",
        "The old optimizer refuses what was thawed.",
        _old_optimizers_are_renewed,
        _thawed_with_the_old_optimizer,
    ),
    Patch(
        "force ignored",
        "make_train_function(force=True) makes a training step that sees the flag.",
        _force_is_ignored,
        _forced,
    ),
    Patch("no veto", "A frozen model vetoes its children.", _no_veto, _thawed_in_frozen),
    Patch(
        "veto heard outside",
        "An outer model trains a thawed layer inside a frozen model.",
        _vetoes_are_heard,
        _thawed_in_frozen,
        also=(8,),
    ),
    Patch(
        "True on True",
        "On TensorFlow, a model's True on top of True passes nothing on.",
        partial(_passed_on, True),
        partial(_twice, True),
    ),
    Patch(
        "False on False",
        "On TensorFlow, a model's False on top of False passes nothing on.",
        partial(_passed_on, False),
        partial(_twice, False),
    ),
    Patch(
        "off and on stays",
        "Off and on again is passed on to what is inside.",
        _flags_stay_at_the_top,
        _off_and_on,
    ),
    Patch(
        "weight flag ignored",
        "The flag of a single weight is honoured.",
        _flags_of_weights_are_ignored,
        _frozen_bias,
    ),
    Patch(
        "constructor passes on",
        "A wrapper's trainable=False in the constructor freezes nothing inside of it.",
        _constructors_pass_on,
        _constructed,
    ),
    Patch(
        "wrapper keeps its flag",
        "A flag that is set on a Bidirectional reaches the layers inside.",
        _wrappers_keep_their_flag,
        _bidirectional,
    ),
    Patch(
        "file forgets flags",
        "A .keras file remembers a layer's flag.",
        partial(_after, "load_model", _thaw),
        _loaded,
    ),
    Patch(
        "file brings no optimizer",
        "A loaded, compiled model that is thawed before its first fit stops.",
        partial(_after, "load_model", _with_a_new_optimizer),
        _loaded,
    ),
    Patch(
        "clone forgets flags",
        "clone_model keeps a layer's flag.",
        partial(_after, "clone_model", _thaw),
        _cloned,
    ),
    Patch(
        "clone keeps values",
        "clone_model makes new values.",
        partial(_after, "clone_model", _copy_values),
        _cloned,
    ),
]
