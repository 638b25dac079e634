"""Exercise 1: how many numbers a Dense layer has."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task


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
    mistakes = {
        50_176: "That is the kernel alone: each of the 64 units also has a bias.",
        50_960: "You gave each *input* a bias; there is one per *unit*.",
        848: "You added inputs and units; the kernel has one number for every *pair* of them.",
        912: "You added inputs and units; the kernel has one number for every *pair* of them.",
        2: "That is the number of arrays (kernel and bias); count the numbers in them.",
        64: "That is the bias alone; the kernel is missing.",
        51_025: "You gave the input a bias as well: only the units have one.",
    }
    otherwise = "Think of the kernel's shape, (inputs, units), and of the bias."
    expect_number("total", total, 50_240, mistakes, otherwise=otherwise, way="784 * 64 + 64")
