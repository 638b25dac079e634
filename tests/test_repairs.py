"""Promise: a repair that a learner writes in lesson 8 is run on the patient, and judged by it."""

import ast
from pathlib import Path

import pytest

from helpers.experiments.clinic import repaired
from helpers.movement import Movement

SOURCE = Path(__file__).resolve().parents[1] / "sources" / "lessons" / "08_freezing_clinic.py"
MADE_BY_THE_LESSON = {"rng", "x", "y"}


def lesson() -> dict:
    """The lesson's patients and its two ways to train, as it defines them."""
    kept = [
        node
        for node in ast.parse(SOURCE.read_text("utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef)
        or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in MADE_BY_THE_LESSON)
    ]
    names: dict = {}
    exec(compile(ast.Module(kept, []), str(SOURCE), "exec"), names)
    return names


LESSON = lesson()
ALL = "low, mid, high, head"
PATIENTS = {
    8: ("patient_8", lambda base, model: LESSON["fit_and_compare"](model), "head", None),
    9: ("patient_9", LESSON["step"], "decide", None),
    10: ("patient_10", LESSON["fit_and_compare"], ALL, 4e-5),
}
# What a learner could write, in each program; each is right.
RIGHT = {
    8: (
        "for layer in base.layers: layer.trainable = False\nmodel.compile('sgd', 'mse')",
        "base.trainable = True\nbase.trainable = False\nmodel.compile('sgd', 'mse')",
        "base.get_layer('high').trainable = False\nmodel.compile('adam', 'mse')",
        "for w in base.get_layer('high').weights: w.trainable = False\nmodel.compile('sgd', 'mse')",
    ),
    9: (
        "judge.trainable = True\njudge.compile('adam', 'binary_crossentropy')",
        "judge.trainable = True\njudge.compile('sgd', 'mse')\njudge.train_on_batch(x, y[:, :1])",
        "judge.layers[-1].trainable = True\njudge.trainable = True\n"
        "judge.compile('sgd', 'binary_crossentropy')",
    ),
    10: (
        "model.compile(keras.optimizers.Adam(1e-5), 'mse')",
        "model.compile(keras.optimizers.Adam(learning_rate=0.00001), 'mae')",
        "model.optimizer.learning_rate = 1e-5\nmodel.compile(model.optimizer, 'mse')",
        "model.compile(keras.optimizers.AdamW(1e-5), 'mse')",
    ),
}
# What is wrong, and a part of what the learner reads.
WRONG = {
    8: (
        ("base.trainable = False\nmodel.compile('sgd', 'mse')", "high moved"),
        ("for layer in base.layers: layer.trainable = False", "high moved"),
        ("model.trainable = False\nmodel.compile('sgd', 'mse')", "head stood still"),
        ("base.trainable = True\nmodel.compile('sgd', 'mse')", "low, mid, high moved"),
    ),
    9: (
        ("judge.compile('adam', 'binary_crossentropy')", "decide stood still"),
        ("judge.trainable = True", "decide stood still"),
        (
            "judge.trainable = gan.trainable = True\ngan.compile('sgd', 'mse')",
            "Does a compile follow the last flag?",
        ),
    ),
    10: (
        ("model.compile(keras.optimizers.Adam(), 'mse')", "times as far as was meant"),
        ("model.compile(keras.optimizers.Adam(1e-7), 'mse')", "about 0.01 times as far"),
        (
            "model.get_layer('base').trainable = False\n"
            "model.compile(keras.optimizers.Adam(1e-5), 'mse')",
            "low, mid, high stood still",
        ),
    ),
}


def repair(program: int, body: str):
    """The function that a learner wrote, with these lines in it."""
    arguments = {8: "base, model", 9: "judge, gan", 10: "model"}[program]
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    names = dict(LESSON)
    exec(f"def mine({arguments}):\n{lines}", names)
    return names["mine"]


def line(program: int, body: str) -> str:
    name, train, meant, farthest = PATIENTS[program]
    return repaired(LESSON[name], repair(program, body), train, meant, farthest)


@pytest.mark.parametrize(("program", "body"), [(n, body) for n in RIGHT for body in RIGHT[n]])
def test_what_repairs_the_patient_is_proved(program, body):
    assert line(program, body).startswith(f"✓ Proved: {PATIENTS[program][2]} moved")


@pytest.mark.parametrize(
    ("program", "body", "told"), [(n, *case) for n in WRONG for case in WRONG[n]]
)
def test_what_does_not_repair_it_is_told_what_moved(program, body, told):
    said = line(program, body)
    assert said.startswith("✗ Not yet: ") and told in said


@pytest.mark.parametrize("program", PATIENTS)
@pytest.mark.parametrize("body", ["...", "pass", "# later\n...", "...  # what was it?"])
def test_an_empty_function_is_no_repair_and_runs_nothing(program, body):
    _, train, meant, farthest = PATIENTS[program]
    said = repaired(pytest.fail, repair(program, body), train, meant, farthest)
    assert said == "○ No repair was written here."


@pytest.mark.parametrize("program", PATIENTS)
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("nothing.compile('sgd', 'mse')", "NameError: name 'nothing' is not defined"),
        ("raise ValueError('two\\nlines')", "ValueError: two"),
        ("keras.Sequential([]).fit(x, y)", "ValueError: "),
    ],
)
def test_what_stops_a_repair_is_told_in_a_line(program, body, told):
    said = line(program, body)
    assert said.startswith(f"✗ It stopped: {told}") and "\n" not in said


def test_a_repair_with_other_arguments_is_told():
    _, train, meant, farthest = PATIENTS[10]
    said = repaired(LESSON["patient_10"], lambda: 3, train, meant, farthest)
    assert said.startswith("✗ It stopped: TypeError: ") and "argument" in said


def test_each_repair_gets_a_patient_of_its_own():
    made = []

    def patient():
        made.append(LESSON["patient_10"]())
        return made[-1]

    for body, sign in [(RIGHT[10][0], "✓"), ("model.summary()", "✗"), (RIGHT[10][0], "✓")]:
        assert line(10, body)[0] == sign
        said = repaired(patient, repair(10, body), LESSON["fit_and_compare"], ALL, 4e-5)
        assert said[0] == sign
    assert len({id(model) for model in made}) == 3


@pytest.mark.parametrize(
    ("spoilt", "message"),
    [
        ({"patient": 3}, "patient should be a function, not 3"),
        ({"repair": "compile"}, "repair should be a function, not 'compile'"),
        ({"train": None}, "train should be a function, not None"),
        ({"meant": 3}, "meant"),
        ({"farthest": 0}, "farthest"),
        ({"farthest": "far"}, "farthest"),
        ({"train": lambda model: "moved"}, "what compare\\(\\) gave"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(spoilt, message):
    right = {
        "patient": LESSON["patient_10"],
        "repair": lambda model: None if model else 1,
        "train": lambda model: Movement(()),
        "meant": "a",
    }
    with pytest.raises((TypeError, ValueError), match=message):
        repaired(**right | spoilt)
