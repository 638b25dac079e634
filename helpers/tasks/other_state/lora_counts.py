"""Exercise 7, task 4: the numbers of a Dense layer with LoRA, predicted."""

from helpers.tasks.answers import expect_number
from helpers.tasks.core import task
from helpers.tasks.mistakes import RIGHT, wrong_ways


@task(
    "LoRA by hand",
    why="Frozen: the kernel, 200 · 64. Learned: A with 200 · 8, B with 8 · 64, and the bias, 64. "
    "A and B together have rank · 264 numbers, and 48 · 264 = 12,672 is still below 12,800.",
    hints=(
        "What does `enable_lora` freeze: the layer, or one of its arrays?",
        "A has in · rank numbers, B has rank · out; the bias goes on learning.",
        "200 · 64; 200 · 8 + 8 · 64 + 64; the largest whole r with r · (200 + 64) < 12,800.",
    ),
)
def lora_counts(frozen: object, learned: object, largest_rank: object) -> None:
    """Dense(64) on 200 inputs, rank 8: 12,800 and 2,176; the largest rank that saves is 48."""
    frozens = {
        12_864: "The bias, 64 numbers, is *not* frozen by `enable_lora`.",
        0: "`enable_lora` freezes the kernel.",
        64: "That is the bias, and it goes on learning.",
        2_112: "Those are A and B, which learn.",
        2_176: "Those are the ones that learn.",
        264: "A kernel has 200 · 64 numbers, not 200 + 64.",
        14_976: "That is all the layer has now; A, B and the bias learn.",
        14_912: "That is the kernel with A and B, and those learn.",
        1: "That is the number of arrays; count the numbers in them.",
        2: "That is a number of arrays; count the numbers, and the bias is not frozen.",
    }
    otherwise = "Which array does `enable_lora` freeze?"
    expect_number("frozen", frozen, 12_800, frozens, otherwise=otherwise, way="200 * 64")
    both = "The rank replaces one of the two sides: 200 · 8 and 8 · 64."
    learneds = wrong_ways(
        lambda a, b, bias, kernel: a + b + bias + kernel,
        {
            RIGHT: 200 * 8,
            "A learns, too: 200 · 8 numbers.": 0,
            "A has 200 · 8 numbers; 8 · 64 is B.": 8 * 64,
        },
        {
            RIGHT: 8 * 64,
            "B learns, too: 8 · 64 numbers.": 0,
            "B has 8 · 64 numbers; 200 · 8 is A.": 200 * 8,
        },
        {
            RIGHT: 64,
            "The bias goes on learning, 64 numbers.": 0,
            "The bias belongs to the 64 units, not to the rank of 8.": 8,
            "The bias has one number per unit, 64, not one per input.": 200,
            "A and B have no bias, and the layer keeps its own: A with 8 more would be a Dense "
            "layer.": 8 + 64,
            "A and B have no biases, and the layer keeps its one: with 8 and 64 more they would be "
            "Dense layers.": 8 + 64 + 64,
        },
        {RIGHT: 0, "That counts the kernel, and it is frozen.": 200 * 64},
    ) | {
        12_864: "So many learn *without* LoRA.",
        12_800: "That is the kernel, and it is frozen.",
        102_400: both,
        102_464: both,
        264: "A and B are matrices, of 200 · 8 and 8 · 64 numbers.",
        272: "A and B are matrices, of 200 · 8 and 8 · 64 numbers.",
        3: "That is the number of arrays; count the numbers in them.",
        2: "That is the number of arrays; count the numbers in them.",
    }
    otherwise = "Count A, of shape (200, 8), B, of shape (8, 64), and what else learns."
    expect_number(
        "learned", learned, 2_176, learneds, otherwise=otherwise, way="200 * 8 + 8 * 64 + 64"
    )
    ranks = {
        rank: f"{rank} · 264 = {rank * 264:,}: A and B would not have fewer numbers than the "
        "kernel's 12,800."
        for rank in range(49, 201)
    }
    ranks |= {
        rank: f"One more still saves: {rank + 1} · 264 = {(rank + 1) * 264:,}, fewer than 12,800."
        for rank in range(1, 48)
    }
    ranks[49] += " If you divided, round *down*."
    ranks[63] += " (200 · 63 is A alone.)"
    ranks[8] = "That is the rank of the layer above; how far could it be raised?"
    otherwise = "A and B have rank · (200 + 64) numbers; the kernel has 200 · 64."
    way = "200 * 64 // (200 + 64)"
    expect_number("largest_rank", largest_rank, 48, ranks, otherwise=otherwise, way=way)
