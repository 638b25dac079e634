"""Promise: a saved model's file gives its ledger, runs nothing, and a bad one is refused in a line.

What a file says is compared with what Keras loads from it, and with sums by hand.
"""

import io
import json
import os
import random
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from keras import layers

import helpers
from helpers.__main__ import main
from helpers.ledger import ledger
from helpers.saved import configuration
from helpers.saved import roles as saved_roles
from helpers.saved.findings import findings
from helpers.saved.read import read

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 2  # seconds of computing for a bad file: waiting for a busy machine does not count
X, Y = np.ones((8, 4), "float32"), np.ones((8, 2), "float32")


@keras.saving.register_keras_serializable("someone")
class Scale(layers.Layer):
    """A class that a file cannot bring along: 3 + 1 numbers."""

    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), name="factor")
        self.seen = self.add_weight(shape=(), trainable=False, name="seen")

    def call(self, x):
        return x * self.factor


class Pair(keras.Model):
    def __init__(self):
        super().__init__(name="pair")
        self.first, self.norm = layers.Dense(2, name="first"), layers.BatchNormalization(name="n")

    def call(self, x):
        return self.norm(self.first(x))


def plain():
    """All but "other state": 15 frozen, 6 + 8 learned, 6 statistics."""
    low, norm = layers.Dense(3, name="low", trainable=False), layers.BatchNormalization(name="norm")
    stack = [keras.Input((4,)), low, norm, layers.Dropout(0.5), layers.Dense(2, name="head")]
    return keras.Sequential(stack, name="plain")


def base(norm=True):
    stack = [layers.BatchNormalization(name="norm")] if norm else []
    stack += [layers.Dense(3, name="low"), layers.Dense(3, name="high")]
    return keras.Sequential([keras.Input((4,)), *stack], name="base")


def nested():
    inputs, inner = keras.Input((4,), name="x"), base()
    model = keras.Model(inputs, layers.Dense(2, name="head")(inner(inputs)), name="nested")
    inner.trainable = False
    return model


def thawed_inside():
    model = nested()
    model.get_layer("base").get_layer("high").trainable = True
    return model


def functional_inside():
    """As above, and all of it functional: the inner False comes back, and does not veto."""
    inputs, outer = keras.Input((4,), name="in"), keras.Input((4,), name="x")
    inner = keras.Model(inputs, layers.Dense(3, name="high")(inputs), name="base")
    model = keras.Model(outer, layers.Dense(2, name="head")(inner(outer)), name="functional")
    inner.trainable = False
    inner.get_layer("high").trainable = True
    return model


def vetoed_above():
    model = functional_inside()
    model.trainable = False
    model.get_layer("head").trainable = True
    return model


def many_kinds():
    inputs = keras.Input((6, 4), name="x")
    rnn = layers.Bidirectional(layers.LSTM(2, return_sequences=True), name="both")(inputs)
    steps = layers.TimeDistributed(layers.Dense(3), name="steps")(layers.Normalization()(rnn))
    seen = layers.MultiHeadAttention(2, 3, name="mha")(steps, steps)
    narrow = layers.SpectralNormalization(layers.Dense(2), name="spectral")(seen * 2.0)
    return keras.Model(inputs, narrow, name="kinds")


def shared():
    tower, left, right = base(), keras.Input((4,), name="l"), keras.Input((4,), name="r")
    return keras.Model([left, right], layers.Add()([tower(left), tower(right)]), name="siamese")


def lora():
    model = plain()
    model.get_layer("head").enable_lora(1)
    return model


def custom():
    inputs = keras.Input((4,), name="x")
    x = layers.Dense(3, name="low", trainable=False)(inputs)
    x = layers.BatchNormalization(name="norm")(Scale(name="scale")(x))
    return keras.Model(inputs, layers.Dense(2, name="head")(x), name="custom")


def with_lambda():
    twice = layers.Lambda(lambda x: x * 2, name="twice")
    return keras.Sequential([keras.Input((4,)), twice, layers.Dense(2, name="head")], name="lam")


def subclassed():
    model = Pair()
    model(X)
    return model


def quantized(mode):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(6, name="low"), layers.Dense(2)])
    model.quantize(mode)
    return model


def int8():
    return quantized("int8")


def int4():
    return quantized("int4")


def half():
    """In bfloat16, for which neither HDF5 nor NumPy has a name."""
    with_norm = [layers.Dense(3, dtype="bfloat16"), layers.BatchNormalization(dtype="bfloat16")]
    return keras.Sequential([keras.Input((4,)), *with_norm], name="half")


def stateful():
    inputs = keras.Input(batch_shape=(2, 6, 4))
    return keras.Model(inputs, layers.Bidirectional(layers.LSTM(3, stateful=True))(inputs))


def odd_names():
    """Of layers, that are also names of what is no layer."""
    names = ("optimizer", "metrics", "a generator", "vars")
    return keras.Sequential([keras.Input((4,)), *(layers.Dense(3, name=name) for name in names)])


OF_BOTH_FORMS = [int8, int4, stateful, odd_names]
KERASS = [plain, nested, thawed_inside, functional_inside, vetoed_above, many_kinds, shared, lora]
KERASS += [*OF_BOTH_FORMS, half]
MAKERS = [*KERASS, custom, with_lambda, subclassed]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Every model as a .keras file; some in the older form, and weights alone."""
    where = tmp_path_factory.mktemp("saved")
    for make in MAKERS:
        model = make()
        model.save(where / f"{make.__name__}.keras")
        if make in (plain, nested, custom, with_lambda, half, *OF_BOTH_FORMS):
            model.save(where / f"{make.__name__}.h5")
    plain().save_weights(where / "plain.weights.h5")
    return where


def roles(saved):
    return Counter({role: count for role, count in saved.counts.items() if count})


# --- what a good file says -----------------------------------------------------------------------


@pytest.mark.parametrize("make", KERASS)
def test_the_ledger_is_that_of_the_model_that_keras_loads(folder, make):
    path = folder / f"{make.__name__}.keras"
    saved, book = read(path), ledger(keras.saving.load_model(path, compile=False))
    told = [(row.shape, row.count, row.bytes, row.dtype, row.role) for row in saved.weights]
    assert told == [(w.shape, w.count, w.bytes, w.dtype, w.role) for w in book.weights]
    assert saved.notes == () and saved.version == keras.__version__


@pytest.mark.parametrize("make", [plain, nested, *OF_BOTH_FORMS])
def test_so_is_that_of_the_older_form(folder, make):
    path = folder / f"{make.__name__}.h5"
    book = ledger(keras.saving.load_model(path, compile=False))
    assert [(r.shape, r.role) for r in read(path).weights] == [
        (w.shape, w.role) for w in book.weights
    ]


def test_bfloat16_in_the_older_form_which_keras_cannot_load(folder):
    saved = read(folder / "half.h5")
    book = ledger(half()).weights
    assert [(w.shape, w.bytes, w.role) for w in saved.weights] == [
        (w.shape, w.bytes, w.role) for w in book
    ]
    assert saved.notes == () and len(saved.fresh) == 1


@pytest.mark.parametrize("make", [plain, nested, thawed_inside, functional_inside, vetoed_above])
def test_layer_by_layer_it_comes_to_the_same(folder, make):
    """The way that is taken where a model holds a class that is not Keras's."""
    with zipfile.ZipFile(folder / f"{make.__name__}.keras") as archive:
        config = json.loads(archive.read("config.json"))
        inside = io.BytesIO(archive.read("model.weights.h5"))
    from helpers.saved.arrays import read_arrays

    arrays = [a for a in read_arrays(inside).arrays if "generator" not in a.group]
    found = saved_roles.layer_by_layer(configuration.entries(config), arrays)
    assert Counter((r.shape, r.role) for r in found) == Counter(
        (r.shape, r.role) for r in saved_roles.whole_model(config, arrays)[0]
    )


@pytest.mark.parametrize("form", ["keras", "h5"])
def test_of_a_class_that_a_file_cannot_bring_only_the_numbers_are_known(folder, form):
    saved = read(folder / f"custom.{form}")
    known = {"frozen": 4 * 3 + 3, "learned": 3 + 3 + 3 * 2 + 2, "statistic": 3 + 3}
    assert roles(saved) == known | {"unknown": 3 + 1}
    assert {row.layer for row in saved.weights if row.role == "unknown"} == {"scale"}
    assert "holds " in saved.notes[0] and "Scale" in saved.notes[0]


@pytest.mark.parametrize("form", ["keras", "h5"])
def test_a_lambda_hides_nothing_but_itself(folder, form):
    saved = read(folder / f"with_lambda.{form}")
    assert roles(saved) == {"learned": 4 * 2 + 2} and "Lambda" in saved.notes[0]


def test_of_a_subclassed_model_and_of_weights_alone_there_are_counts_by_layer(folder):
    saved = read(folder / "subclassed.keras")
    assert roles(saved) == {"unknown": 4 * 2 + 2 + 4 * 2}
    assert [row.layer for row in saved.weights] == ["first"] * 2 + ["n"] * 4
    alone = read(folder / "plain.weights.h5")
    assert roles(alone) == {"unknown": plain().count_params()} and "load_weights" in alone.notes[0]


def test_a_published_network(tmp_path):
    keras.applications.MobileNetV2(weights=None).save(tmp_path / "m.keras")
    saved = read(tmp_path / "m.keras")
    assert roles(saved) == {"learned": 3_504_872, "statistic": 34_112}
    assert saved.norms == len(saved.fresh) == 52


# --- nothing runs, nothing is made ---------------------------------------------------------------


def rewritten(path, target, change):
    """A .keras file with another configuration."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == "config.json" else data)
    return target


def test_a_petabyte_that_a_file_declares_is_counted_and_not_made(folder, tmp_path):
    def grow(text):
        config = json.loads(text)
        for layer in config["config"]["layers"]:
            layer.pop("build_config", None)
            if layer["class_name"] == "Dense":
                layer["config"]["units"] = 10**9
        return json.dumps(config)

    saved = read(rewritten(folder / "plain.keras", tmp_path / "big.keras", grow))
    assert sum(row.count for row in saved.weights) > 10**18
    assert f"the file's arrays hold {plain().count_params()}" in saved.notes[0]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "system"),
        ("keras.layers", "Lambda"),
        ("keras.layers", "TFSMLayer"),
        (None, "Anything"),
    ],
)
def test_what_is_not_keras_s_own_or_runs_code_is_not_built(folder, tmp_path, module, name):
    def plant(text):
        config = json.loads(text)
        dense = next(x for x in config["config"]["layers"] if x["class_name"] == "Dense")
        return json.dumps(dense | {"x": 0} and replace(config, dense, module, name))

    def replace(config, dense, module, name):
        dense["module"], dense["class_name"] = module, name
        return config

    saved = read(rewritten(folder / "plain.keras", tmp_path / "x.keras", plant))
    assert f"it holds the class {name}" in saved.notes[0]
    assert sum(saved.counts.values()) == plain().count_params()


def test_a_lambda_of_a_file_is_not_run(folder, tmp_path):
    mark = tmp_path / "was here"
    touch = keras.Sequential(
        [keras.Input((4,)), layers.Lambda(lambda x, path=str(mark): (open(path, "w"), x)[1])]  # noqa: SIM115
    )
    assert mark.exists(), "building it runs it"
    touch.save(tmp_path / "touch.keras")
    mark.unlink()
    assert main(["diagnose", str(tmp_path / "touch.keras")]) == 0 and not mark.exists()


def test_a_layer_that_reads_another_file_is_not_built(tmp_path):
    lookup = layers.StringLookup(vocabulary=["a", "b"], name="words")
    model = keras.Sequential([keras.Input((1,), dtype="string"), lookup], name="m")
    model.save(tmp_path / "m.keras")

    def point(text):
        return text.replace(b'["a", "b"]', b'"/etc/passwd"')

    saved = read(rewritten(tmp_path / "m.keras", tmp_path / "x.keras", point))
    assert "read a vocabulary in another file" in saved.notes[0]


def test_a_long_sequential_is_built_once(tmp_path, monkeypatch):
    stack = [layers.Dense(2, trainable=at > 20) for at in range(400)]
    keras.Sequential([keras.Input((2,)), *stack]).save(tmp_path / "x.keras")
    build, built = layers.Dense.build, []

    def counted(layer, input_shape):
        built.append(layer)
        build(layer, input_shape)

    monkeypatch.setattr(layers.Dense, "build", counted)
    saved = read(tmp_path / "x.keras")
    assert len(built) == 400 and saved.notes == ()
    assert roles(saved) == {"frozen": 21 * 6, "learned": 379 * 6}


# --- Keras 2 -------------------------------------------------------------------------------------


@pytest.fixture
def keras_2(folder, tmp_path):
    """Files as Keras 2 wrote them, of a functional model with a frozen layer."""
    inputs = keras.Input((4,), name="x")
    x = layers.BatchNormalization(name="norm")(layers.Dense(3, name="low", trainable=False)(inputs))
    keras.Model(inputs, x, name="old").save(tmp_path / "old.h5")
    keras.Model(inputs, x, name="old").save(tmp_path / "new.keras")
    with h5py.File(tmp_path / "old.h5", "a") as file:
        file.attrs["keras_version"] = "2.15.0"

    def age(text):
        config = json.loads(text)
        config["module"] = "keras.src.engine.functional"
        norm = next(e for e in config["config"]["layers"] if e["name"] == "norm")
        norm["config"]["axis"] = [1]
        return json.dumps(config)

    rewritten(tmp_path / "new.keras", tmp_path / "old.keras", age)
    data = (tmp_path / "old.keras").read_bytes()
    (tmp_path / "old.keras").write_bytes(data)
    return tmp_path


@pytest.mark.parametrize("form", ["keras", "h5"])
def test_a_model_of_keras_2_is_read(keras_2, form):
    saved = read(keras_2 / f"old.{form}")
    assert roles(saved) == {"frozen": 15, "learned": 6, "statistic": 6} and saved.notes == ()


def test_and_named_as_such(keras_2, capsys):
    assert main([str(keras_2 / "old.h5")]) == 0
    assert "written by Keras 2.15.0 (Keras 2; Keras 3 may not load it)" in capsys.readouterr().out


# --- findings ------------------------------------------------------------------------------------


def kinds(model, path):
    model.save(path)
    return [finding.kind for finding in findings(read(path))]


def trained(model):
    model.compile(keras.optimizers.Adam(0.01), "mse")
    targets = np.ones((8, *model.output_shape[1:]))
    model.fit(np.random.default_rng(0).normal(5, 2, (8, 4)), targets, verbose=0)
    return model


VETO = "a thawed layer in a frozen model"
DRIFT = "statistics move in a base that is otherwise frozen"
AS_NEW = "statistics as they began"
SLOTS = "an optimizer that was built for other weights"


def test_healthy_models_have_no_finding(tmp_path):
    frozen_base = trained(nested())
    assert kinds(trained(plain()), tmp_path / "a.keras") == []
    assert kinds(trained(base(norm=False)), tmp_path / "b.keras") == []
    norm = frozen_base.get_layer("base").get_layer("norm")
    norm.set_weights([np.ones(4), np.zeros(4), np.full(4, 5.0), np.full(4, 2.0)])
    assert kinds(frozen_base, tmp_path / "c.keras") == []


def test_a_thawed_layer_in_a_frozen_model_and_what_becomes_of_it(folder):
    found = findings(read(folder / "thawed_inside.keras"))
    assert [each.kind for each in found] == [VETO, AS_NEW] and found[0].where == "base/high"
    assert "after loading, high learns" in found[0].why
    (found, *_) = findings(read(folder / "vetoed_above.keras"))
    loaded = keras.saving.load_model(folder / "vetoed_above.keras", compile=False)
    assert loaded.trainable_weights == [] and found.kind == "nothing learns"


def test_statistics_that_move_in_a_frozen_base(tmp_path):
    model = nested()
    model.get_layer("base").trainable = True
    for name in ("low", "high"):
        model.get_layer("base").get_layer(name).trainable = False
    assert kinds(trained(model), tmp_path / "x.keras") == [DRIFT]


def test_of_models_in_models_the_innermost_is_named(tmp_path):
    tower, left, right = base(), keras.Input((4,)), keras.Input((4,))
    for name in ("low", "high"):
        tower.get_layer(name).trainable = False
    both = keras.Model([left, right], layers.Add()([tower(left), tower(right)]), name="siamese")
    both.save(tmp_path / "x.keras")
    found = [each for each in findings(read(tmp_path / "x.keras")) if each.kind == DRIFT]
    assert [each.where for each in found] == ["base/norm"] and "all else in base " in found[0].why


def test_statistics_that_nobody_measured(tmp_path, folder):
    assert AS_NEW in kinds(plain(), tmp_path / "new.keras")
    assert [each.kind for each in findings(read(folder / "plain.h5"))] == [AS_NEW]
    assert [each.kind for each in findings(read(folder / "plain.weights.h5"))] == [AS_NEW]


def test_statistics_of_mean_0_that_were_measured(tmp_path):
    model = plain()
    model.get_layer("norm").moving_variance.assign([1.0, 1.0, 4.0])
    assert kinds(model, tmp_path / "x.keras") == []


def test_an_optimizer_of_other_weights_and_keras_agrees(tmp_path):
    model = trained(base(norm=False))
    model.layers[0].trainable = False
    assert kinds(model, tmp_path / "x.keras") == [SLOTS]
    model = base(norm=False)
    model.layers[0].trainable = False
    trained(model)
    model.layers[0].trainable = True
    assert kinds(model, tmp_path / "y.keras") == [SLOTS]
    with pytest.warns(UserWarning, match="Skipping variable loading for optimizer 'adam'"):
        loaded = keras.saving.load_model(tmp_path / "y.keras")
    assert int(model.optimizer.iterations) == 1 and int(loaded.optimizer.iterations) == 0


# --- the command ---------------------------------------------------------------------------------


def told(*words):
    command = [sys.executable, "-m", "helpers", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, encoding="utf-8")
    return done.returncode, done.stdout, done.stderr


def test_the_command_prints_the_ledger_and_nothing_else(folder):
    code, out, errors = told(folder / "plain.keras")
    assert (code, errors) == (0, "")
    first, _, caption, *_ = out.splitlines()
    assert first == f"plain.keras: a .keras file, written by Keras {keras.__version__}"
    assert caption == "35 numbers: learned 14 · frozen 15 · statistic 6 · other state 0"
    assert out.splitlines()[-1].split() == ["total", "35", "140"]


def test_json_is_for_programs(folder, capsys):
    assert main([str(folder / "custom.keras"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["counts"] == {
        "learned": 14,
        "frozen": 15,
        "statistic": 6,
        "other state": 0,
        "unknown": 4,
    }
    assert {"path": "head/bias", "shape": [2], "count": 2, "bytes": 8, "dtype": "float32"} | {
        "role": "learned",
        "layer": "head",
    } in data["weights"]
    assert main(["diagnose", str(folder / "thawed_inside.keras"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [each["kind"] for each in data["findings"]] == [VETO, AS_NEW]
    assert data["frozen"] == ["base", "base/norm", "base/low"] and data["cannot_tell"]


def test_diagnose_says_what_a_file_cannot_tell(folder, capsys):
    assert main(["diagnose", str(folder / "nested.keras")]) == 0
    out = capsys.readouterr().out
    assert "trainable = False: base, base/norm, base/low and base/high" in out
    assert "1 finding\n" in out and "misspelt" in out.partition("cannot tell")[2]


def test_with_data_the_model_is_tried(folder, tmp_path, capsys, monkeypatch):
    np.savez(tmp_path / "d.npz", x=X, y=Y)
    seen = []
    tell = lambda *given: seen.append(given) or "all is well"  # noqa: E731
    monkeypatch.setattr(helpers, "diagnose", tell, raising=False)
    words = ["diagnose", str(folder / "plain.keras"), "--data", str(tmp_path / "d.npz")]
    assert main(words) == 0 and "On the data: all is well" in capsys.readouterr().out
    ((model, x, y),) = seen
    assert ledger(model).count("frozen") == 15 and not model.compiled
    assert np.array_equal(x, X) and np.array_equal(y, Y)


@pytest.mark.parametrize(
    ("arrays", "why"),
    [
        ({"x": X}, "arrays x and y"),
        ({"x": np.array([{}], dtype=object), "y": Y}, "arrays x and y"),
        (None, "arrays x and y"),
    ],
)
def test_data_that_are_none_are_said_in_a_line(folder, tmp_path, capsys, monkeypatch, arrays, why):
    monkeypatch.setattr(helpers, "diagnose", lambda *given: "", raising=False)
    path = tmp_path / "d.npz"
    path.write_bytes(b"no") if arrays is None else np.savez(path, **arrays)
    assert main(["diagnose", str(folder / "plain.keras"), "--data", str(path)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert why in line


@pytest.mark.parametrize("words", [[], ["a", "b"], ["--nonsense", "a"], ["a", "--data", "b"]])
def test_a_wrong_command_is_a_line_and_code_2(words, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2 and len(capsys.readouterr().err.splitlines()) == 1


# --- bad files -----------------------------------------------------------------------------------


def zipped(method=zipfile.ZIP_STORED, **members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_json", ".json").replace("_h5", ".h5"), content)
    return data.getvalue()


def hdf5(write, **how):
    data = io.BytesIO()
    with h5py.File(data, "w", **how) as file:
        write(file)
    return data.getvalue()


def many_groups(file):
    for at in range(12_001):
        file.create_group(f"layers/{at}")


def round_and_round(file):
    file["layers/a/vars/0"] = [1.0, 2.0]
    file["layers/a/again"] = file["layers/a"]  # a hard link, which a walk may follow for ever


MODEL = '{"class_name": "Sequential", "config": {}}'
BAD = {
    "empty": (lambda: b"", "empty"),
    "pickle": (lambda: b"\x80\x04\x95", "no model that Keras saved"),
    "not_keras": (lambda: zipped(a="b"), "without a config.json"),
    "no_json": (lambda: zipped(config_json="{"), "not JSON"),
    "no_model": (lambda: zipped(config_json="[1]"), "does not describe a model"),
    "deep": (lambda: zipped(config_json="[" * 100_000 + "]" * 100_000), "nested too deeply"),
    "deep_objects": (
        lambda: zipped(config_json='{"class_name":' * 300 + "1" + "}" * 300),
        "nested too",
    ),
    "wide": (lambda: zipped(config_json="[" + "[]," * (1 << 20) + "[]]"), "does not describe"),
    "bomb": (
        lambda: zipped(zipfile.ZIP_DEFLATED, config_json=" " * (5 << 20)),
        "4,194,304 are read",
    ),
    "weights_bomb": (
        lambda: zipped(
            zipfile.ZIP_DEFLATED, config_json=MODEL, **{"model.weights_h5": bytes(129 << 20)}
        ),
        "134,217,728 are read",
    ),
    "members": (
        lambda: zipped(**{f"m{at}" * 5: "" for at in range(20_000)}),
        "its zip directory would have",
    ),
    "weights": (
        lambda: zipped(config_json=MODEL, **{"model.weights_h5": b"\x89HDF\r\n\x1a\n"}),
        "HDF5",
    ),
    "not_by_keras": (
        lambda: hdf5(lambda f: f.create_dataset("a", data=[1.0])),
        "Keras did not write it",
    ),
    "links": (
        lambda: hdf5(lambda f: f.create_group("layers").update(a=h5py.SoftLink("/b"))),
        "by a link",
    ),
    "outside": (
        lambda: hdf5(lambda f: f.__setitem__("layers", h5py.ExternalLink("/etc/hostname", "/"))),
        "by a link",
    ),
    "groups": (lambda: hdf5(many_groups), "more groups"),
    "texts": (
        lambda: hdf5(lambda f: f.create_dataset("layers/a", data=[b"x"])),
        "not an array of numbers",
    ),
    "compound": (
        lambda: hdf5(lambda f: f.create_dataset("layers/a", data=np.zeros(2, "f4,i4"))),
        "not an array of numbers",
    ),
    "long_model": (
        lambda: hdf5(lambda f: f.attrs.update(model_config="[" * (5 << 20)), libver="latest"),
        "model_config is damaged or too long",
    ),
    "config_texts": (lambda: hdf5(lambda f: f.attrs.update(model_config="{")), "not JSON"),
}


def encrypted():
    data = bytearray(zipped(config_json=MODEL))
    at = data.rfind(b"PK\1\2")
    data[at + 8] |= 1
    return bytes(data)


# In a process of its own: without Keras, with a bound on its memory, and every file timed. What is
# not refused asks for Keras, and so stands as "passed".
WATCHED = """
import io, json, sys, time
from contextlib import redirect_stderr
from pathlib import Path
from helpers.__main__ import main
import helpers.saved.archive, helpers.saved.arrays
sys.modules["keras"] = sys.modules["tensorflow"] = None
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
except ImportError:
    pass
for path in sorted(Path(sys.argv[1]).iterdir()):
    began, errors = time.process_time(), io.StringIO()
    try:
        with redirect_stderr(errors):
            code = main([str(path)])
    except ImportError:
        code = "passed"
    print(json.dumps([path.name, code, errors.getvalue(), time.process_time() - began]))
"""


@pytest.fixture(scope="module")
def refusals(folder, tmp_path_factory):
    """What the command says of every bad file: {name: (exit code, words, seconds)}."""
    where = tmp_path_factory.mktemp("bad")
    for name, (make, _) in BAD.items():
        (where / name).write_bytes(make())
    (where / "encrypted").write_bytes(encrypted())
    (where / "folder").mkdir()
    (where / "saved_model").mkdir()
    (where / "saved_model" / "saved_model.pb").touch()
    if hasattr(os, "mkfifo"):
        os.mkfifo(where / "pipe")
    for name in ("plain.keras", "plain.h5"):
        whole = (folder / name).read_bytes()
        for part in range(1, 20, 3):
            (where / f"cut_{name}_{part}").write_bytes(whole[: len(whole) * part // 20])
        for seed in range(20):
            lot, data = random.Random(seed), bytearray(whole)
            for _ in range(lot.choice((1, 40))):
                data[lot.randrange(len(data))] ^= 1 << lot.randrange(8)
            (where / f"noise_{name}_{seed}").write_bytes(data)
    command = [sys.executable, "-c", WATCHED, where]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return {name: rest for name, *rest in map(json.loads, done.stdout.splitlines())}


def test_every_bad_file_is_one_line_and_code_2_in_time_and_in_two_gigabytes(refusals):
    refused = {name: rest for name, rest in refusals.items() if rest[0] != "passed"}
    assert {*BAD, "encrypted", "folder", "saved_model"} <= set(refused)
    assert {name for name in refusals if name.startswith("cut_")} <= set(refused)
    for name, (code, words, seconds) in refused.items():
        assert code == 2 and len(words.splitlines()) == 1 and len(words) < 400, (name, words)
        assert f"{name}: " in words and words[:-1].isprintable()
        assert seconds < LONGEST, name
    assert not {name: rest for name, rest in refusals.items() if rest[2] >= LONGEST}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        *((name, why) for name, (_, why) in BAD.items()),
        ("encrypted", "'config.json' is encrypted"),
        ("folder", "a folder"),
        ("saved_model", "TensorFlow SavedModel"),
        ("cut_plain.keras_10", "cut off or encrypted"),
        ("cut_plain.h5_10", "damaged or cut off"),
    ],
)
def test_the_line_says_why(refusals, name, why):
    assert why in refusals[name][1]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in files here")
def test_a_pipe_is_not_waited_for(refusals):
    assert "no regular file" in refusals["pipe"][1]


def test_a_missing_file_and_names_from_a_file_do_no_harm_to_a_terminal(tmp_path, capsys):
    assert main([str(tmp_path / "no\x1b[31m")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "\x1b" not in line and line.endswith("no such file or directory")
    named = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="red\x1b[31m")], name="m")
    named.save(tmp_path / "m.keras")
    assert main([str(tmp_path / "m.keras")]) == 0 and "\x1b" not in capsys.readouterr().out


def test_a_group_that_holds_itself_is_read_once(tmp_path):
    (tmp_path / "x.h5").write_bytes(hdf5(round_and_round))
    assert roles(read(tmp_path / "x.h5")) == {"unknown": 2}


def test_compressed_weights_are_read_too(folder, tmp_path):
    with (
        zipfile.ZipFile(folder / "plain.keras") as old,
        zipfile.ZipFile(tmp_path / "x.keras", "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert roles(read(tmp_path / "x.keras")) == roles(read(folder / "plain.keras"))


def test_a_configuration_alone_gives_a_ledger_and_says_so(folder, tmp_path):
    with zipfile.ZipFile(folder / "plain.keras") as old:
        data = zipped(config_json=old.read("config.json"))
    (tmp_path / "x.keras").write_bytes(data)
    saved = read(tmp_path / "x.keras")
    assert roles(saved) == roles(read(folder / "plain.keras")) and "no weights" in saved.notes[0]


@pytest.mark.parametrize("value", [5, np.zeros(9), ["a", "b"], h5py.Empty("f4"), np.void(b"ab")])
def test_attributes_of_other_types_are_passed_over(tmp_path, value, capsys):
    def write(file):
        file["layers/a/vars/0"] = [1.0]
        file["layers/a/vars"].attrs["name"] = file.attrs["model_config"] = value
        file.attrs["keras_version"] = file["layers/a/vars/0"].attrs["dtype"] = value

    (tmp_path / "x.h5").write_bytes(hdf5(write))
    assert main([str(tmp_path / "x.h5"), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["keras_version"] is None and data["counts"]["unknown"] == 1


def test_compressed_statistics_are_not_unpacked(tmp_path):
    """One chunk of a file may ask for all memory, whatever the shape is."""

    def write(file):
        for key, value in (("moving_mean", 0.0), ("moving_variance", 1.0)):
            place = f"layers/batch_normalization/vars/{key}"
            file.create_dataset(place, data=np.full(9, value), chunks=(9,), compression="gzip")

    (tmp_path / "x.h5").write_bytes(hdf5(write))
    saved = read(tmp_path / "x.h5")
    assert saved.norms == 1 and saved.fresh == () and not saved.whole


@pytest.mark.parametrize(("weights_of", "notes"), [("lora", 0), ("nested", 1)])
def test_weights_of_another_model_are_said_to_be(folder, tmp_path, weights_of, notes):
    """LoRA's are those of the same model: it stores its kernel merged."""
    with zipfile.ZipFile(folder / "plain.keras") as one:
        config = one.read("config.json")
    with zipfile.ZipFile(folder / f"{weights_of}.keras") as two:
        weights = two.read("model.weights.h5")
    data = zipped(config_json=config, **{"model.weights_h5": weights})
    (tmp_path / "x.keras").write_bytes(data)
    assert len(read(tmp_path / "x.keras").notes) == notes


def test_lora_in_an_attention_is_in_no_file(tmp_path):
    """Keras stores its kernels with the product added: what is loaded, and what is told, has none.

    The answers are the same; the day Keras stores LoRA there, docs/your-own-model.md changes.
    """
    words = keras.Input((5, 8))
    model = keras.Model(words, layers.MultiHeadAttention(2, 4)(words, words))
    query = model.layers[-1].query_dense
    query.enable_lora(2)
    query.lora_kernel_b.assign(np.ones(query.lora_kernel_b.shape))
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras")
    given = np.random.default_rng(0).normal(size=(2, 5, 8))
    np.testing.assert_allclose(model.predict(given), loaded.predict(given), atol=1e-5)
    told, book = read(tmp_path / "m.keras").weights, ledger(loaded)
    assert [(row.path, row.role) for row in told] == [(row.path, row.role) for row in book.weights]
    assert (ledger(model).count("frozen"), book.count("frozen")) == (64, 0)
