"""Promise: every row of lesson 7's table "how does PyTorch say it?" is true of PyTorch.

Skipped where PyTorch is not installed; it is no dependency of the course.
"""

import re
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

LESSON = Path(__file__).resolve().parents[1] / "sources" / "lessons" / "07_other_state.py"
EXPERIMENTS = {}


def row(keras_side):
    """Register the function as the experiment for the row of the table that begins so."""
    return lambda experiment: EXPERIMENTS.setdefault(keras_side, experiment)


def rows_of_the_lesson() -> list[str]:
    text = LESSON.read_text("utf-8").partition("## Dig deeper: how does PyTorch say it?")[2]
    rows = re.findall(r"^# \| (.+?) \| .+ \|$", text, re.MULTILINE)
    return rows[1:]  # without the header


def train_once(module):
    """One step of SGD on everything that requires a gradient; which entries of state_dict moved."""
    before = {name: value.clone() for name, value in module.state_dict().items()}
    x, y = torch.rand(16, 4) + 1, torch.rand(16, 3) + 5
    learned = [p for p in module.parameters() if p.requires_grad]
    loss = ((module(x) - y) ** 2).mean()
    if learned:
        optimizer = torch.optim.SGD(learned, 0.1)
        loss.backward()
        optimizer.step()
    after = module.state_dict()
    return [name for name in before if not torch.equal(before[name], after[name])]


@row("weight that is learned")
def learned():
    weight = torch.nn.Linear(4, 3).weight
    return isinstance(weight, torch.nn.Parameter) and weight.requires_grad


@row("`variable.trainable = False`")
def one_parameter():
    layer = torch.nn.Linear(4, 3)
    layer.bias.requires_grad = False
    return train_once(layer) == ["weight"]


@row("`layer.trainable = False`")
def one_module():
    model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Linear(4, 3))
    model[0].requires_grad_(False)
    return train_once(model) == ["1.weight", "1.bias"]


class Counter(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(4, 3)
        self.register_buffer("batches", torch.zeros(()))

    def forward(self, x):
        if self.training:
            self.batches += 1
        return self.linear(x)


@row("`add_weight(trainable=False)`")
def buffer():
    counter = Counter()
    counter.requires_grad_(False)
    no_parameter = "batches" not in dict(counter.named_parameters())
    return no_parameter and train_once(counter) == ["batches"]  # frozen, and it counts


@row("`model.weights`")
def state_dict():
    return sorted(Counter().state_dict()) == ["batches", "linear.bias", "linear.weight"]


@row("call with `training=False`")
def switch_that_stays():
    model = Counter().eval()
    stays = all(not (model(torch.ones(1, 4)), model.training)[1] for _ in range(2))
    return stays and model.batches == 0 and model.train().training


def frozen_norm():
    return torch.nn.Sequential(torch.nn.BatchNorm1d(4).requires_grad_(False), torch.nn.Linear(4, 3))


@row("frozen BatchNormalization: in inference mode")
def frozen_statistics():
    model = frozen_norm()
    drifts = {"0.running_mean", "0.running_var"} <= set(train_once(model))
    weights_stay = not {"0.weight", "0.bias"} & set(train_once(model))
    model[0].eval()
    return drifts and weights_stay and train_once(model) == ["1.weight", "1.bias"]


@row("frozen Dropout drops in training mode")
def frozen_dropout():
    drop, x = torch.nn.Dropout(0.5).requires_grad_(False), torch.ones(1000)
    dropped = bool((drop(x) == 0).any())
    return dropped and torch.equal(drop.eval()(x), x)


@row("gradient of a frozen weight: exists on TensorFlow")
def no_gradient():
    layer = torch.nn.Linear(4, 3)
    layer.weight.requires_grad = False
    layer(torch.ones(1, 4)).sum().backward()
    return layer.weight.grad is None and layer.bias.grad is not None


@row("optimizer takes `trainable_weights` when it is built")
def list_of_the_optimizer():
    layer = torch.nn.Linear(4, 3)
    optimizer = torch.optim.SGD([layer.bias], 0.1)
    before = layer.weight.detach().clone()
    layer(torch.ones(1, 4)).sum().backward()
    optimizer.step()
    return torch.equal(layer.weight, before) and layer.weight.grad is not None


@row("variable hidden in a Lambda: unknown")
def plain_attribute():
    layer = torch.nn.Linear(4, 3)
    layer.factor = torch.tensor(2.0, requires_grad=True)
    known = [*layer.state_dict(), *dict(layer.named_parameters())]
    return "factor" not in known


@row("seed state: one per layer")
def one_generator():
    state = torch.get_rng_state()
    drops = [torch.nn.Dropout(0.5), torch.nn.Dropout(0.5)]
    first = drops[0](torch.ones(100))
    torch.set_rng_state(state)
    second = drops[1](torch.ones(100))  # another layer, the same generator
    return torch.equal(first, second) and not drops[0].state_dict()


@pytest.mark.parametrize("text", EXPERIMENTS)
def test_row_is_true(text):
    torch.manual_seed(0)
    assert EXPERIMENTS[text](), f"revise the row of lesson 7 that begins with: {text}"


def test_every_row_of_the_lesson_has_an_experiment():
    assert rows_of_the_lesson() == list(EXPERIMENTS)
