"""Promise: when a new Keras changes what a lesson states, this says which statement to revise.

Lessons state such things with `claim("statement", holds)`. For every statement there is an
experiment here, made apart from the lesson; a failure names the statement.
"""

import ast
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from helpers.experiments import version_claims as claims
from helpers.experiments.orders import ORDERS, data, make_model, run_order
from helpers.experiments.results import stored
from helpers.experiments.version_claims import claim
from helpers.movement import compare, snapshot

LESSONS = Path(__file__).resolve().parents[1] / "sources" / "lessons"
EXPERIMENTS = {}


def statement(text):
    """Register the function as the experiment for this statement of a lesson."""
    return lambda experiment: EXPERIMENTS.setdefault(text, experiment)


def stated() -> dict[str, str]:
    """Each statement that a lesson claims, and the lesson's name."""
    found = {}
    for lesson in sorted(LESSONS.glob("*.py")):
        for node in ast.walk(ast.parse(lesson.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "claim":
                found[node.args[0].value] = lesson.stem
    return found


def fit(model, batch_size=8):
    """Fit on 32 examples and say what moved in the model."""
    before = snapshot(model)
    model.fit(data()[0], data()[1], batch_size=batch_size, verbose=0)
    return compare(before)


def compiled(model, optimizer="sgd"):
    model.compile(optimizer, "mse", jit_compile=False)
    return model


def effect(name, **options):
    outcome = run_order(name, ORDERS[name], **options)
    return outcome.summary, outcome.fit


@statement("A freeze after compile, before the first fit, is honoured.")
def freeze_before_the_first_fit():
    return effect("compile first") == ("frozen", "still")


@statement("On TensorFlow, the training step of an earlier fit silently ignores a freeze.")
def freeze_after_a_fit():
    return effect("frozen too late") == ("frozen", "moved")


@statement("On TensorFlow, the training step of an earlier fit silently ignores a thaw.")
def thaw_after_a_fit():
    return effect("thawed too late") == ("learned", "still")


@statement("Nothing warns when a flag has changed since the first fit.")
def no_warning():
    model = compiled(make_model())
    fit(model)
    model.get_layer("hidden").trainable = False
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit(model)
    return not any(issubclass(warning.category, UserWarning) for warning in caught)


def late_freeze(examples):
    """Arrays that fits in batches of 8, 4 and 8 move after a fit in batches of 8 and a freeze."""
    model, moved = compiled(make_model()), []
    for size in (8, 8, 4, 8):
        before = snapshot(model)
        model.fit(*data(examples), batch_size=size, verbose=0)
        moved.append(len(compare(before).moved))
        model.get_layer("hidden").trainable = False
    return moved[1:]


@statement("On TensorFlow, a trace for arrays in batches of one size is not used for another.")
def retrace():
    return late_freeze(32) == [4, 2, 4]


@statement("On TensorFlow, a partial last batch makes the first trace one for any size.")
def no_retrace():
    return late_freeze(34) == [4, 4, 4]


@statement("With run_eagerly=True, a freeze after a fit is honoured.")
def eager_freeze():
    return effect("frozen too late", run_eagerly=True) == ("frozen", "still")


@statement("compile('adam') puts the learning rate back to 0.001.")
def default_rate():
    model = compiled(make_model(), keras.optimizers.Adam(0.5))
    compiled(model, "adam")
    return round(float(model.optimizer.learning_rate), 6) == 0.001


@statement("The same optimizer object after thawing gives a ValueError, Unknown variable.")
def old_optimizer():
    model, adam = make_model(), keras.optimizers.Adam()
    model.get_layer("hidden").trainable = False
    fit(compiled(model, adam))
    model.get_layer("hidden").trainable = True
    try:
        fit(compiled(model, adam))
    except ValueError as error:
        return str(error).startswith("Unknown variable")
    return False


def last_fits(name):
    return [run["outcomes"][name][1] for run in stored("orders")["results"].values()]


@statement("A late freeze: ignored by TensorFlow, honoured by PyTorch, an error on JAX.")
def late_freeze_elsewhere():
    return last_fits("frozen too late") == ["moved", "still", "still", "ValueError"]


@statement("A late thaw: ignored by TensorFlow, an error on PyTorch and on JAX.")
def late_thaw_elsewhere():
    return last_fits("thawed too late") == ["still", "ValueError", "ValueError", "ValueError"]


@statement("On JAX a model whose fit failed cannot be rescued by a second compile.")
def lost_on_jax():
    return last_fits("recompiled after a lost fit")[-1] == "TypeError"


@statement("A frozen model vetoes its children: its own trainable_weights is empty.")
def veto():
    base = make_model()
    base.trainable = False
    base.get_layer("hidden").trainable = True
    return base.trainable_weights == []


@statement("An outer model trains a thawed layer inside a frozen model.")
def outer_model():
    base = make_model()
    base.trainable = False
    base.get_layer("hidden").trainable = True
    outer = compiled(keras.Sequential([keras.Input((4,)), base, layers.Dense(2)]))
    return fit(outer).still == ["tiny/head/kernel", "tiny/head/bias"]


@statement("model.trainable = True does nothing if the model's own flag is True already.")
def true_on_true():
    base = make_model()
    base.get_layer("hidden").trainable = False
    base.trainable = True
    return not base.get_layer("hidden").trainable


@statement("model.trainable = False does nothing if the model's own flag is False already.")
def false_on_false():
    base = make_model()
    base.trainable = False
    base.get_layer("hidden").trainable = True
    base.trainable = False
    return base.get_layer("hidden").trainable


@statement("A wrapper's trainable=False in the constructor freezes nothing inside of it.")
def flag_of_a_wrapper():
    wrapper = layers.TimeDistributed(layers.Dense(2), trainable=False)
    model = keras.Sequential([keras.Input((5, 3)), wrapper])
    return len(wrapper.trainable_weights) == 0 and len(model.trainable_weights) == 2


def with_a_frozen_bias():
    model = make_model()
    model.get_layer("hidden").bias.trainable = False
    return model


@statement("Under fit, training=False in a functional model does not keep statistics still.")
def training_false_in_a_functional_model():
    norm = layers.BatchNormalization(name="norm")
    inputs = keras.Input(data()[0].shape[1:])
    outputs = layers.Dense(data()[1].shape[1], name="head")(norm(inputs, training=False))
    moved = fit(compiled(keras.Model(inputs, outputs, name="m"))).moved
    return {"norm/moving_mean", "norm/moving_variance"} <= set(moved)


@statement("The flag of a single weight is honoured.")
def flag_of_a_weight():
    return fit(compiled(with_a_frozen_bias())).still == ["tiny/hidden/bias"]


@statement("Switching a layer off and on again forgets the flags of its single weights.")
def toggled():
    hidden = with_a_frozen_bias().get_layer("hidden")
    hidden.trainable = False
    hidden.trainable = True
    return hidden.bias.trainable


def trainable_after_copying(model, folder):
    """Numbers of trainable arrays after .keras, .weights.h5 and clone_model."""
    model.save(folder / "m.keras")
    model.save_weights(folder / "m.weights.h5")
    fresh = make_model()
    fresh.load_weights(folder / "m.weights.h5")
    loaded, clone = keras.models.load_model(folder / "m.keras"), keras.models.clone_model(model)
    return [len(copy.trainable_weights) for copy in (loaded, fresh, clone)]


@statement("A layer's flag survives .keras and clone_model, not .weights.h5.")
def flag_of_a_layer_is_copied(tmp_path):
    model = make_model()
    model.get_layer("hidden").trainable = False
    return trainable_after_copying(model, tmp_path) == [2, 4, 2]


@statement("A flag that you set on a Dense layer's single weight is lost in a file and a clone.")
def flag_of_a_weight_is_lost(tmp_path):
    return trainable_after_copying(with_a_frozen_bias(), tmp_path) == [4, 4, 4]


@statement("A compiled model that is loaded and thawed stops: Unknown variable.")
def thaw_after_loading(tmp_path):
    model = make_model()
    model.get_layer("hidden").trainable = False
    compiled(model).save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras")
    loaded.get_layer("hidden").trainable = True
    try:
        fit(loaded)
    except ValueError as error:
        return str(error).startswith("Unknown variable")
    return False


class Subclassed(keras.Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.dense = layers.Dense(2)

    def call(self, inputs):
        return self.dense(inputs)


@statement("A subclassed model forgets its layers' flags in a .keras file.")
def flag_in_a_subclassed_model(tmp_path):
    model = Subclassed()
    model(np.ones((1, 3)))
    model.dense.trainable = False
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras", {"Subclassed": Subclassed})
    return (len(model.trainable_weights), len(loaded.trainable_weights)) == (0, 2)


@statement("The GAN recipe of Keras 2 no longer trains the discriminator.")
def gan_recipe():
    discriminator = compiled(make_model())
    discriminator.trainable = False
    gan = keras.Sequential([keras.Input((3,)), layers.Dense(4), discriminator])
    compiled(gan)
    before = snapshot(discriminator)
    discriminator.train_on_batch(*data())
    return compare(before).verdict() == "nothing moved"


@statement("After loading and a new compile, A and B of LoRA are both zero, and neither learns.")
def lora_is_dead_after_loading(tmp_path):
    model = make_model()
    model.get_layer("hidden").enable_lora(2)
    fit(compiled(model))
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras")
    added = [w for w in loaded.weights if "lora" in w.name]
    moved = fit(compiled(loaded)).moved
    return (
        len(added) == 2
        and not any(w.numpy().any() for w in added)
        and not any("lora" in path for path in moved)
    )


@statement("On TensorFlow, a traced step trains the kernel, not A and B of a later LoRA.")
def late_lora():
    model = compiled(make_model())
    fit(model)
    model.get_layer("hidden").enable_lora(2)
    moved = fit(model).moved
    return "tiny/hidden/kernel" in moved and not any("lora" in path for path in moved)


@pytest.mark.filterwarnings("ignore:The model does not have any trainable weights")
def nested():
    low = keras.layers.Dense(2, name="low")
    part = keras.Sequential([keras.Input((3,)), low], name="part")
    block = keras.Sequential([keras.Input((3,)), part], name="block")
    return low, part, block, keras.Sequential([keras.Input((3,)), block], name="base")


@statement("On TensorFlow, a flag that is set to the value that it has reaches no layer.")
def _():
    low, part, *_ = nested()
    low.trainable = False
    part.trainable = True
    return not low.trainable


@statement("A flag set to False where it is False reaches no layer.")
def _():
    low, part, *_ = nested()
    part.trainable = False
    low.trainable = True
    part.trainable = False
    return low.trainable


@statement("False stops at a flag that is False, True at one that is True.")
def _():
    low, part, block, base = nested()
    block.trainable, part.trainable, low.trainable = False, True, False
    base.trainable = False
    base.trainable = True
    return not low.trainable and part.trainable and block.trainable


@statement("Normalization has a count, which nothing counts up.")
def _():
    scale = keras.layers.Normalization()
    scale.adapt(np.ones((5, 2)))
    (count,) = [weight for weight in scale.weights if weight.name == "count"]
    return int(count.numpy()) == 0


@statement("Weight files match layers by kind and place, not by name.")
def _(folder):
    one, other = (
        keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, name=name)])
        for name in ("here", "there")
    )
    one.save_weights(folder / "one.weights.h5")
    other.load_weights(folder / "one.weights.h5")
    return np.array_equal(one.get_weights()[0], other.get_weights()[0])


@pytest.mark.parametrize("text", EXPERIMENTS)
def test_statement_still_holds(text, tmp_path):
    experiment = EXPERIMENTS[text]
    holds = experiment(tmp_path) if experiment.__code__.co_argcount else experiment()
    lesson = stated().get(text, "?")
    assert holds, f"Keras {keras.__version__} does otherwise; revise in {lesson}: {text}"


def test_every_statement_of_a_lesson_has_an_experiment_here():
    assert sorted(stated()) == sorted(EXPERIMENTS)


# --- claim itself -------------------------------------------------------------------------------


def test_a_claim_that_holds_is_silent(capsys):
    claim("Water is wet.", True)
    claim("Water is wet.", np.True_)
    assert capsys.readouterr().out == ""


def test_a_claim_that_fails_on_the_locked_keras_is_a_mistake(monkeypatch):
    monkeypatch.setattr(claims.keras, "__version__", "3.15.9")
    with pytest.raises(AssertionError, match="Revise this statement: Water is dry."):
        claim("Water is dry.", False)


def test_a_claim_that_fails_on_another_keras_is_news(monkeypatch, capsys):
    monkeypatch.setattr(claims.keras, "__version__", "3.16.0")
    claim("Water is dry.", False)
    assert capsys.readouterr().out == (
        "Keras 3.16.0 does otherwise. Revise this statement: Water is dry.\n"
    )
