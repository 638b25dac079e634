"""Mutants that are right: what they do is what was asked. Each entry says why.

Where the answers are numbers, words or arrays, a mutant is right if they are equal to the
solution's, and needs no entry. tests/test_mutants.py holds that every entry is needed.
"""

import re
from dataclasses import dataclass

import keras
import numpy as np

OWN_NAME = "names of layers and models are the learner's own"
FREE_ORDER = "neither line depends on the other"
FREE_TURNS = "each turn is by itself, so the loop may run the other way"
FREE_TRAINING = "which weights move does not depend on the optimizer, its rate or the loss"
BARE_ARRAY = "Keras takes a bare array as an initializer"
ZERO_BIAS = "the bias is 0, and frozen with its layer"
SAME_LOSS = "compile without a loss keeps the loss of the compile before"


@dataclass(frozen=True)
class Entry:
    """Mutants of a task, by a regular expression for their whole names, and why they are right."""

    task: str
    pattern: str
    why: str

    def covers(self, task: str, mutant: str) -> bool:
        return task == self.task and re.fullmatch(self.pattern, mutant) is not None


ENTRIES = [
    # exercise 1
    Entry("conv2d_count", r"height \* width .* -> height \* .*\(.*", "products may be bracketed"),
    Entry("count_repaired", r"int\(.*\) -> np.prod\(weight.shape\) in.*", "prod is whole already"),
    Entry("count_repaired", r".*\[::-1\] in.*", FREE_TURNS),
    Entry("built_to_order", r"layers.*\(name='norm'\) -> layers.BatchN.*\(\) in.*", OWN_NAME),
    Entry("built_to_order", r"layers.Dense\(3, .* -> layers.Dense\(3\) in.*", OWN_NAME),
    Entry("built_to_order", r"'(norm|head)' -> .*", OWN_NAME),
    # exercise 2
    Entry(
        "moved_by",
        r"weight.numpy\(\).copy\(\) -> weight.numpy\(\) in: old.*",
        "on this TensorFlow numpy() copies already",
    ),
    Entry("moved_by", r".*list\(zip\(.*\)\)\[::-1\] if .*", FREE_TURNS),
    Entry("moved_by", r"np.array_equal.* -> np.array_equal\(value, .*", "equality is symmetric"),
    Entry("moved_by", r"weight.numpy\(\) -> weight in: return.*", "array_equal takes a variable"),
    Entry(
        "step_repaired",
        r"another order, first: (learned = .*|)",
        "the list may be made before the step",
    ),
    Entry(
        "step_repaired",
        r"model\(x.*\) - y -> (-\(model.*|y - model.*)",
        "a difference is squared whatever its sign",
    ),
    Entry(
        "proof_in_order",
        r"'EBFDCA' -> '(EFBDCA|EDFBCA|EFDBCA|EBDFCA)' in.*",
        "flag, compile and snapshot are free among themselves before the first fit",
    ),
    # exercise 3
    Entry(
        "six_lines",
        r"'DGECAH' -> '(DEGCAH|DCEGAH|DECGAH|DGCEAH)' in.*",
        "flag, compile and snapshot are free among themselves before the fit",
    ),
    Entry(
        "fine_tuned",
        r"another order, first: model.compile.*",
        "compile reads no flags; the first fit after it does",
    ),
    Entry("fine_tuned", r"model.compile\(.*\) -> model.compile\('adam'\) in.*", SAME_LOSS),
    Entry("fine_tuned", r"'(adam|mse)' -> '(sgd|mae)' in.*", FREE_TRAINING),
    Entry(
        "fine_tuned",
        r"model.fit.* -> model.fit\(x, y, verbose=0\) in.*",
        "how many epochs was left open",
    ),
    Entry("fine_tuned", r"2 -> (3|1|20) in: model.fit.*", "how many epochs was left open"),
    Entry(
        "thawed",
        r"another order, first: (model.compile.*|)",
        "compile reads no flags, and may come first or more than once",
    ),
    Entry(
        "thawed",
        r"another order, first: for layer in .*\[(:-1|:1|::-1)\]:",
        "only the first layer of the model is frozen",
    ),
    Entry(
        "thawed",
        r"model.layers -> model.(non_trainable_weights|weights)",
        "the flags of the weights decide, and a layer's flag only sets them",
    ),
    Entry("thawed", r"model.compile\(.*\) -> model.compile\(keras.*0.0001\)\) in.*", SAME_LOSS),
    Entry("thawed", r"keras.optimizers.Adam -> keras.optimizers.SGD in.*", "asked was the rate"),
    Entry("thawed", r"'mse' -> 'mae' in.*", FREE_TRAINING),
    Entry(
        "first_layers",
        r"another order, first: (model.compile.*|)",
        "compile reads no flags, and may come first or more than once",
    ),
    Entry("first_layers", r".*\[::-1\]:?", FREE_TURNS),
    Entry("first_layers", r"'(sgd|mse)' -> '(adam|mae)' in.*", FREE_TRAINING),
    Entry(
        "biases",
        r"another order, first: (model.compile.*|)",
        "compile reads no flags, and may come first or more than once",
    ),
    Entry("biases", r".*list\(model.weights\)\[1:\]:", "the first weight of a model is a kernel"),
    Entry("biases", r".*\[::-1\]:", FREE_TURNS),
    Entry(
        "biases",
        r"model.weights -> model.trainable_weights",
        "a bias that is frozen already need not be frozen",
    ),
    Entry("biases", r"'(sgd|mse)' -> '(adam|mae)' in.*", FREE_TRAINING),
    # exercise 4
    Entry("relief_repaired", r"keras.initializers.Constant\((.*)\) -> \1 in.*", BARE_ARRAY),
    Entry(
        "relief_repaired",
        r"layers.*use_bias=False.* -> layers.Conv2D\(1, 3, trainable.*",
        ZERO_BIAS,
    ),
    Entry("relief_repaired", r"False -> True in: .*given\)", ZERO_BIAS),
    Entry("mirrored_border", r"another order, first: layer = .*", FREE_ORDER),
    Entry(
        "mirrored_border",
        r"layers.Conv2D\(1, .* -> layers.Conv2D\((3, 1, .*|1, 3, kernel_.*)",
        "the initializer's array gives the kernel its size, and the bias is 0",
    ),
    Entry(
        "mirrored_border",
        r"(1 -> 2|1 -> 10|3 -> 1|False -> True) in: layer = .*",
        "the initializer's array gives the kernel its size, the bias is 0, and only the first "
        "filter is returned",
    ),
    Entry("mirrored_border", r"keras.initializers.Constant\((.*)\) -> \1 in.*", BARE_ARRAY),
    Entry(
        "mirrored_border",
        r"keras.ops.*\[0, :, :, 0\] -> keras.ops.*\)\)(\[0, :, :\])? in: return.*",
        "axes of length 1 are accepted everywhere",
    ),
    Entry(
        "mirrored_border",
        r"keras.ops.*\)\) -> layer\(mirrored\[None, :, :, None\]\) in: return.*",
        "tensors are accepted everywhere",
    ),
    Entry(
        "mirrored_border", r"0 -> -1 in: return.*( \(again\))?", "there is one image, one filter"
    ),
    Entry("fixed_sobel", r"keras.initializers.Constant\((.*)\) -> \1 in.*", BARE_ARRAY),
    Entry("fixed_sobel", r"sobel_x\(\) -> sobel_x\(\)\[::-1\] in.*", "its first row is its last"),
    Entry("fixed_sobel", r"layers.Conv2D.* -> layers.Conv2D\(2, 3, trainable.*", ZERO_BIAS),
    Entry("fixed_sobel", r"False -> True in: .*given\)", ZERO_BIAS),
    Entry("colour_edges", r"keras.initializers.Constant\((.*)\) -> \1 in.*", BARE_ARRAY),
    Entry(
        "colour_edges",
        r"(per_channel\(sobel_x\(\), 3\)|sobel_x\(\)) -> \1\[::-1\] in.*",
        "the first row of Sobel-x is its last",
    ),
    Entry("colour_edges", r"3 -> 1 in: given.*", "Constant repeats the kernel for each channel"),
    Entry(
        "colour_edges", r"layers.Depthwise.* -> layers.DepthwiseConv2D\(3, trainable.*", ZERO_BIAS
    ),
    Entry("colour_edges", r"False -> True in: .*given\)", ZERO_BIAS),
    Entry(
        "proof_in_order",
        r"'FABCDE' -> '(AFBCDE|BAFCDE|ABFCDE|FBACDE|FCBADE|FBCADE|FACBDE)' in.*",
        "set, flag, compile and snapshot: only the kernel must be set before the snapshot",
    ),
    Entry(
        "fixed_blur", r"np.arange\(5\) - 2 -> (2 - np.arange\(5\)|-\(np.*) in.*", "it is squared"
    ),
    Entry("fixed_blur", r"1.5 -> -1.5 in.*", "sigma is squared"),
    Entry(
        "fixed_blur",
        r"np.outer\(bell, bell\) -> (np.*\.T|np.*\[::-1\]|-np.*|2 \* np.*) in.*",
        "the table is symmetric, and divided by its sum",
    ),
    Entry("fixed_blur", r"keras.initializers.Constant\((.*)\) -> \1 in.*", BARE_ARRAY),
    Entry("fixed_blur", r"\(table.*\) -> \(table.*\)\[::-1\] in.*", "the table is symmetric"),
    Entry("fixed_blur", r"layers.Conv2D.* -> layers.Conv2D\(1, 5, trainable.*", ZERO_BIAS),
    Entry("fixed_blur", r"False -> True in: .*given\)", ZERO_BIAS),
    # exercise 5
    Entry("update_rule", r"another order, first: new_variance.*", FREE_ORDER),
    Entry("output_rule", r"gamma.* -> gamma \* \(\(x - .*", "a product may be bracketed"),
    Entry(
        "measured_anew",
        r"another order, first: (for .*\[::-1\]:)?",
        "the momenta may be put to 0 in any order, and put back one by one",
    ),
    Entry("measured_anew", r"0.0 -> -0.0 in.*", "minus zero is zero"),
    Entry("statistics_kept", r"another order, first: inputs.*", FREE_ORDER),
    Entry("statistics_kept", r"another order, first: ", FREE_ORDER),
    Entry("statistics_kept", r"another order, first: for norm in .*\[::-1\]:", FREE_TURNS),
    Entry("statistics_kept", r"layers.Dense\(2, .* -> layers.Dense\(2\) in.*", OWN_NAME),
    Entry("statistics_kept", r"keras.Model\(.*\) -> keras.Model\(inputs, outputs\) in.*", OWN_NAME),
    Entry("statistics_kept", r"'(head|tuned)' -> .*", OWN_NAME),
    Entry(
        "statistics_kept",
        r"keras.optimizers.SGD(\(0.01\))? -> keras.optimizers.(SGD\(\)|Adam) .*",
        FREE_TRAINING,
    ),
    Entry("statistics_kept", r"0.01 -> 0\..*", FREE_TRAINING),
    Entry("statistics_kept", r"'mse' -> 'mae' in.*", FREE_TRAINING),
    Entry("in_order", r"'ABCD' -> '(ACBD|FABCD)' in.*", "only the last flags before the fit count"),
    Entry(
        "in_order",
        r"'ABCD' -> '(EABCD|AEBCD|ABECD|ABCED|ABCDE|ABCDF)' in.*",
        "gamma and beta are frozen anyway, and what follows the fit changes nothing in it",
    ),
    # exercise 7
    Entry("peak", r"class .* -> class Peak\(layers.Layer\):  def call.*", FREE_ORDER),
    Entry(
        "peak",
        r"self.add_w.* -> self.add_weight\(shape=\(\), initializer='zeros', trainable=.*",
        OWN_NAME,
    ),
    Entry(
        "peak",
        r"self.add_w.* -> self.add_weight\(name='peak', initializer='zeros', .*",
        "a weight without a shape is one number",
    ),
    Entry("peak", r"'peak' -> .*|Peak\(name='peak'\) -> Peak\(\) in.*", OWN_NAME),
    Entry("peak", r"'zeros' -> 'zero' in.*", "Keras knows the initializer by either name"),
    Entry(
        "peak",
        r"keras.ops.maximum.* -> keras.ops.maximum\(largest, self.peak\) in.*",
        "of two numbers either may stand first",
    ),
    Entry(
        "changes_when_frozen",
        r"another order, first: (layer.trainable = flag|before.restore\(\))",
        FREE_ORDER,
    ),
    Entry("lora_only", r"another order, first: hidden.enable_lora\(2\)", FREE_ORDER),
    Entry(
        "lora_only",
        r"another order, first: hidden.bias.trainable = False",
        "LoRA leaves the flag of the bias as it is",
    ),
    Entry(
        "lora_only",
        r"another order, first: reader.compile.*",
        "compile reads no flags; the first fit after it does",
    ),
    Entry("lora_only", r"reader.compile\(.*\) -> reader.compile\(keras.*0.01\)\) in.*", SAME_LOSS),
    Entry(
        "lora_only",
        r"keras.optimizers.SGD(\(0.01\))? -> keras.optimizers.(SGD\(\)|Adam) in.*",
        FREE_TRAINING,
    ),
    Entry(
        "lora_only", r"0.01 -> 0\.(1|0.*) in: reader.compile.*|'mse' -> 'mae' in.*", FREE_TRAINING
    ),
    Entry(
        "merged",
        r"\(None, .*\) -> \(layer.kernel.shape\[0\],\) in.*",
        "of the shape only the last axis counts",
    ),
    Entry(
        "merged",
        r"\[layer.kernel\] -> np.array\(\[layer.kernel\]\)\[::-1\] in.*",
        "the list holds one array",
    ),
    Entry(
        "in_order",
        r"'BACD' -> '(ABCD|CABD|ACBD|BCAD)' in.*",
        "flag, LoRA and compile are free among themselves before the fit",
    ),
    # exercise 8
    Entry(
        "contradictions",
        r"\(\('learned', False\), .* -> \(\('frozen', True\), .*",
        "either pair may come first",
    ),
    Entry("contradictions", r".*list\(movement.changes\)\[::-1\].*", FREE_TURNS),
    Entry("first_no", r"another order, first: before = snapshot\(model\)", FREE_ORDER),
    Entry("first_no", r".*list\(model.trainable_weights\)\[::-1\]", "a set has no order"),
    Entry("student", r"another order, first: student.trainable = False", FREE_ORDER),
    Entry("temperature", r"class .* -> class Temperature\(layers.Layer\):  def call.*", FREE_ORDER),
    Entry(
        "temperature",
        r"self.add_w.* -> self.add_weight\(initializer=start, name=.*",
        "a weight without a shape is one number",
    ),
    Entry(
        "temperature",
        r"self.add_w.* -> self.add_weight\(shape=\(\), initializer=start\) in.*",
        OWN_NAME,
    ),
    Entry("temperature", r"'temperature' -> .*", OWN_NAME),
    Entry("fixed_column", r"another order, first: (known|free|model) = .*", FREE_ORDER),
    Entry(
        "fixed_column",
        r"layers.(Dense|Conc).* -> layers.(Dense|Conc\w*)\([^']*\) in: (known|free|"
        r"outputs) = .*",
        OWN_NAME,
    ),
    Entry("fixed_column", r"keras.Model\(.* -> keras.Model\(inputs, outputs\) in.*", OWN_NAME),
    Entry("fixed_column", r"'(known|free|both|half_fixed)' -> .*", OWN_NAME),
    Entry(
        "fixed_column",
        r"\[np.reshape.*\] -> np.array\(\[.*\]\)(.T|\[::-1\]) in.*",
        "the list holds one array of one column",
    ),
    Entry(
        "fixed_column",
        r"keras.*AdamW\(0.01.* -> keras.optimizers.AdamW\(weight_decay=0.5\) in.*",
        FREE_TRAINING,
    ),
    Entry("fixed_column", r"0.01 -> 0\..*", FREE_TRAINING),
    Entry("fixed_column", r"'mse' -> 'mae' in.*", FREE_TRAINING),
    Entry("capstone", r"another order, first: (adam = .*)?", FREE_ORDER),
    Entry(
        "capstone",
        r"another order, first: for layer in list\(model.layers\)\[(1:|:-1|::-1)\]:",
        "the first layer has no weights, the last is the head, and each turn is by itself",
    ),
    Entry("capstone", r"layer.name -> layer.path in: .*'conv_c'\)", "with weights, path is name"),
    Entry(
        "capstone",
        r"(keras.*Adam\(.* -> keras.optimizers.Adam\(\)|0.002 -> 0.00(4|1|02)) in: adam.*",
        "the rate was left open, if it is gentle and high enough; 0.0002 just is",
    ),
    Entry(
        "capstone",
        r"(False -> True|.* -> model.compile\(adam, 'sparse_categorical_crossentropy'\))"
        r" in: model.compile.*",
        "compiled by XLA it does the same",
    ),
    Entry(
        "capstone",
        r"model.fit.* -> model.fit\(images, labels, epochs=8, .*\) in.*",
        "the batch size was left open",
    ),
    Entry(
        "capstone",
        r"(20 -> (21|19|10)|8 -> (9|7|4|80)) in: model.fit.*",
        "batch size and epochs were left open, if they are enough",
    ),
    Entry(
        "gentle_proof",
        r"'EHCDAF' -> '(ECHDAF|EDCHAF|ECDHAF|EHDCAF)' in.*",
        "flags, compile and snapshot are free among themselves before the fit, if E precedes H",
    ),
    # exercise 6
    Entry("by_name", r"another order, first: for name in .*\[::-1\]:", FREE_TURNS),
    Entry(
        "by_name",
        r"\('conv1', 'norm1', 'conv2', 'norm2'\) -> \('\w+', '\w+', '\w+', '\w+'\)",
        FREE_TURNS,
    ),
    Entry(
        "by_block",
        r"for layer in model.layers -> .*\[(1:|:-1)\] in: names.*",
        "no block starts with the last layer, and the one before a block has no weights",
    ),
    Entry(
        "by_block",
        r"for i, name in enumerate.*\[(1:|:-1)\] if .*",
        "no block starts with the first layer or the last",
    ),
    Entry(
        "by_block",
        r"another order, first: for layer in .*\[(1:|:-1|::-1)\]:",
        "neither the first layer nor the one before a block has weights",
    ),
    Entry(
        "by_block",
        r"model.layers\[:first\] -> model.layers\[:first - 1\]",
        "the layer before a block has no weights",
    ),
    Entry("from_layer", r"another order, first: position.*", FREE_ORDER),
    Entry("from_layer", r"another order, first: for layer in .*\[::-1\]:", FREE_TURNS),
    Entry("still_learning", r"for weight in .*\[::-1\] in.*", "a dict has no order"),
    Entry(
        "whole_order",
        r"'FCDBIAH' -> '(CFDBIAH|FCDBAIH)' in.*",
        "compile reads no flags; the first fit after it does",
    ),
    Entry("whole_order", r"'FCDBIAH' -> 'FCHBIAD' in.*", "how many epochs each phase has was open"),
    Entry(
        "second_phase",
        r"another order, first: model.compile.*",
        "compile reads no flags; the first fit after it does",
    ),
    Entry(
        "second_phase",
        r"keras.optimizers.Adam -> keras.optimizers.SGD in.*",
        "a rate was asked for, not an optimizer",
    ),
    Entry(
        "second_phase", r"model.compile\(.*\) -> model.compile\(keras.*0.0001\)\) in.*", SAME_LOSS
    ),
]


def why_equivalent(task: str, mutant: str, answers: tuple | None, right: tuple) -> str:
    """Why a mutant is right: its answers are the solution's, or it has an entry; else empty."""
    if answers is not None and all(map(_equal, answers, right)):
        return "the same answers"
    return next((entry.why for entry in ENTRIES if entry.covers(task, mutant)), "")


def _equal(one: object, other: object) -> bool:
    """Equal numbers, texts or arrays, whatever type they come in. Functions never are."""
    plain = int | float | str | np.ndarray | list | tuple | np.generic
    if keras.ops.is_tensor(one):
        one = keras.ops.convert_to_numpy(one)
    if not isinstance(one, plain) or not isinstance(other, plain):
        return False
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and one == other
    try:
        return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=1e-9, atol=1e-12)
    except (TypeError, ValueError):
        return False
