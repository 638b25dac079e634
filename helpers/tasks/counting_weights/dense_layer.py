"""Exercise 1: how many numbers a Dense layer has."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task

_WRONG_TOTALS = {
    784 * 64: "That is the kernel alone: each of the 64 units also has a bias.",
    784 * 64 + 784: "You gave each *input* a bias; there is one per *unit*.",
    784 * 64
    + 784
    + 64: "That is a bias for each input and for each unit; only the units have one.",
    784 * 64 + 1: "That is one bias for the whole layer; there is one per *unit*.",
    784 * 64 + 2 * 64: "That is two biases for each unit; there is one.",
    785 * 65: "That is 785 · 65: a row for the bias is right, but units get no column more.",
    784 + 64: "You added inputs and units; the kernel has one number for every *pair* of them.",
    784
    + 64
    + 64: "You added inputs and units; the kernel has one number for every *pair* of them.",
    2: "That is the number of arrays (kernel and bias); count the numbers in them.",
    1: "That is the number of layers; count the numbers in its arrays.",
    64: "That is one number per unit, as in the bias alone; the kernel is missing.",
    784: "That is the number of inputs; count the numbers in the kernel and in the bias.",
    785: "That is one unit alone, its bias included; there are 64.",
    28 * 64 + 64: "That is 28 · 64 + 64, with 28 inputs; all 28 · 28 pixels go in.",
    28 * 64: "That is 28 · 64, with 28 inputs; all 28 · 28 pixels go in, and a bias is there, too.",
    64 * 64 + 64: "That is for 64 inputs; 784 go in.",
    3 * 784 * 64 + 64: "That is for three colours; each pixel is one number here, 784 in all.",
    4 * (784 * 64 + 64): "Those are bytes (four per number); count the numbers.",
    4
    * 784
    * 64: "Those are the kernel's bytes (four per number); count numbers, and the bias's, too.",
    3 * (784 * 64 + 64)
    + 2: "That is with what Adam would keep; the layer's own weights are asked.",
}


@task(
    "One Dense layer",
    why="784 · 64 = 50,176 in the kernel and 64 in the bias: 50,240.",
    hints=(
        "How many arrays does a Dense layer have, and what shape has each?",
        "The kernel has one number per pair (input, unit); the bias has one number per unit.",
        "784 · 64 + 64.",
    ),
)
def dense_layer(total: object) -> None:
    """Numbers in Dense(64) on 784 inputs."""
    otherwise = "Think of the kernel's shape, (inputs, units), and of the bias."
    way = "784 * 64 + 64"
    expect_number("total", total, 784 * 64 + 64, _WRONG_TOTALS, otherwise=otherwise, way=way)
