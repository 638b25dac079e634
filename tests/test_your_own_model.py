"""Promise: docs/your-own-model.md shows what its code really says.

`python tests/test_your_own_model.py` writes the outputs into the page, and the picture beside it.
"""

import contextlib
import io
import re
import shlex
import tempfile
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "your-own-model.md"
FENCE = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def run(page: str, folder: Path) -> tuple[str, int]:
    """The page with each output as its code gives it, run in a folder; and how many outputs."""
    keras.utils.clear_session()  # layers without a name are numbered from 1
    names: dict = {"__name__": "page"}
    said, count = "", 0

    def renewed(fence: re.Match) -> str:
        nonlocal said, count
        if fence["kind"] == "text":
            count += 1
            return f"```text\n{said.rstrip()}\n```"
        if fence["kind"] in ("python", "sh"):
            with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.chdir(folder):
                execute(fence["kind"], fence["text"], names)
            said = out.getvalue()
        return fence[0]

    return FENCE.sub(renewed, page), count


def execute(kind: str, text: str, names: dict) -> None:
    if kind == "python":
        exec(compile(text, PAGE.name, "exec"), names)
        return
    from helpers.__main__ import main

    for line in text.splitlines():
        python, flag, package, *words = shlex.split(line)
        assert (python, flag, package) == ("python", "-m", "helpers")
        assert main(words) == 0


@pytest.fixture(scope="module")
def renewed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    page, count = run(PAGE.read_text("utf-8"), folder)
    return page, count, folder


def test_every_output_is_the_one_that_its_code_gives(renewed):
    page, count, _ = renewed
    told, shown = (
        re.sub(r"Keras 3\.\S+", "Keras 3", text) for text in (page, PAGE.read_text("utf-8"))
    )
    assert told == shown, "run python tests/test_your_own_model.py"
    assert count >= 8


def test_the_picture_is_the_one_that_its_code_draws(renewed):
    drawn = renewed[2] / "model_map.svg"
    assert drawn.read_text("utf-8") == (PAGE.parent / drawn.name).read_text("utf-8")


def test_five_situations_are_in_the_words_of_who_has_them():
    text = PAGE.read_text("utf-8")
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert len(headings) == 5 and all(re.fullmatch(r'".+"', heading) for heading in headings)
    assert "](docs/your-own-model.md)" in (ROOT / "README.md").read_text("utf-8")


def rows():
    table = PAGE.read_text("utf-8").split("| what |")[1].split("\n\n")[0]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    return {line[0]: line[1:] for line in lines[2:]}


class Own(keras.Model):
    def __init__(self, **more):
        super().__init__(**more)
        self.low = layers.Dense(2, name="low")

    def call(self, x):
        return self.low(x)

    @classmethod
    def from_config(cls, config):
        return cls()


def small():
    low = layers.Dense(2, name="low", trainable=False)
    return keras.Sequential([keras.Input((2,)), low, layers.Dense(2, name="head")], name="small")


@pytest.mark.parametrize("form", ["keras", "h5"])
def test_the_table_says_what_a_model_comes_back_with(form, tmp_path):
    told = {what: cells[form == "h5"] for what, cells in rows().items()}
    model = small()
    model.compile("adam", keras.losses.MeanSquaredError())
    model.fit(np.ones((2, 2)), np.ones((2, 2)), verbose=0)
    model.save(tmp_path / f"a.{form}")
    back = keras.saving.load_model(tmp_path / f"a.{form}")
    assert told["the architecture"] == told["all numbers, statistics included"] == "yes"
    assert all(map(np.array_equal, back.get_weights(), model.get_weights()))
    assert told["`layer.trainable`, of each layer"] == "yes"
    assert not back.get_layer("low").trainable
    assert told["the optimizer, built for the weights that were learned"] == "yes"
    assert int(back.optimizer.iterations) == 1
    model = small()
    model.get_layer("head").bias.trainable = False
    model.save(tmp_path / f"c.{form}")
    back = keras.saving.load_model(tmp_path / f"c.{form}")
    assert told["the flag of one weight, `layer.bias.trainable`"] == "no"
    assert back.get_layer("head").bias.trainable
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="d")])
    model.trainable = False
    model.save(tmp_path / f"b.{form}")
    back = keras.saving.load_model(tmp_path / f"b.{form}")
    assert told["`trainable` of a Sequential itself"] == "comes back True"
    assert back.trainable and not back.get_layer("d").trainable


def test_the_table_says_what_a_subclassed_model_and_weights_alone_come_back_with(tmp_path):
    model = Own()
    model(np.ones((1, 2)))
    model.low.trainable = False
    model.save(tmp_path / "a.keras")
    assert rows()["flags in a subclassed model"] == ["no", "does not load", "no"]
    back = keras.saving.load_model(tmp_path / "a.keras", custom_objects={"Own": Own})
    assert back.low.trainable and np.array_equal(back.low.kernel, model.low.kernel)
    model.save(tmp_path / "a.h5")
    with pytest.raises(ValueError, match="Layer count mismatch"):
        keras.saving.load_model(tmp_path / "a.h5", custom_objects={"Own": Own})
    source, target = small(), small()
    target.get_layer("low").trainable = True
    source.save_weights(tmp_path / "a.weights.h5")
    target.load_weights(tmp_path / "a.weights.h5")
    assert rows()["`layer.trainable`, of each layer"][2] == "no" and target.layers[0].trainable
    assert all(map(np.array_equal, target.get_weights(), source.get_weights()))


def test_an_output_that_is_not_the_code_s_is_noticed(tmp_path):
    page = "```python\nprint(1)\n```\n\n```text\n2\n```\n"
    assert run(page, tmp_path) == (page.replace("2", "1"), 1)


if __name__ == "__main__":
    from helpers import start

    start()
    with tempfile.TemporaryDirectory() as where:
        PAGE.write_text(run(PAGE.read_text("utf-8"), Path(where))[0], encoding="utf-8")
        (PAGE.parent / "model_map.svg").write_bytes((Path(where) / "model_map.svg").read_bytes())
