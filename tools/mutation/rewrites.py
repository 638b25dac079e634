"""The same answer in another shape: right answers that no author would think of.

Answers that are values come as other types; functions come with other names, wrapped, and with
results of other types; models come back wrapped in another model, or called before.
"""

import ast
import functools
import inspect
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import takewhile

import keras
import numpy as np

from tools.mutation.cells import Solution, answered
from tools.mutation.mutants import with_change
from tools.mutation.operators import changed


def variants(solution: Solution) -> dict[str, tuple]:
    """Under a name that says how it was rewritten, the answers to hand in."""
    answers = answered(solution, solution.code)
    found = {}
    for name, rewrite in WRITINGS.items():
        code = rewrite(solution)
        fits = (solution.task.name, name) not in OTHER_TASK
        if fits and code and code != ast.unparse(solution.tree()):
            found[name] = answered(solution, code)
    for name, convert in VALUES.items():
        converted = tuple(map(convert, answers))
        if any(new is not old for new, old in zip(converted, answers, strict=True)):
            found[name] = converted
    if len(answers) == 1 and inspect.isfunction(answers[0]):
        for name, wrap in WRAPPERS.items():
            found[name] = (wrap(answers[0]),)
        for name, convert in RETURNED.items():
            found[name] = (_with_result(answers[0], convert),)
        if not inspect.signature(answers[0]).parameters:
            found |= {
                name: (_with_result(answers[0], wrap),)
                for name, wrap in MODELS.items()
                if (solution.task.name, name) not in OTHER_TASK
            }
    return found


OTHER_TASK = {  # rewritten so, the answer would be another one
    ("first_no", "train_on_batch"): "the question is what a fit moves",
    ("capstone", "train_on_batch"): "one step is too short to learn the digits",
    ("temperature", "inside a functional model"): "the layer takes vectors, not images",
    ("temperature", "inside a Sequential"): "the layer takes vectors, not images",
    ("temperature", "inside a subclassed model"): "the layer takes vectors, not images",
    ("peak", "inside a functional model"): "the layer is shown vectors, not images",
    ("peak", "inside a Sequential"): "the layer is shown vectors, not images",
}


# --- values ---------------------------------------------------------------------------------------


def _numbers(convert: Callable) -> Callable:
    """Convert numbers, and leave everything else as it is."""

    def converted(answer: object) -> object:
        is_number = isinstance(answer, int | float | np.number) and not isinstance(answer, bool)
        return convert(answer) if is_number else answer

    return converted


def _arrays(convert: Callable) -> Callable:
    return lambda answer: (
        convert(answer) if isinstance(answer, list | tuple | np.ndarray) else answer
    )


def _as_texts(convert: Callable) -> Callable:
    return lambda answer: convert(answer) if isinstance(answer, str) else answer


def _order(convert: Callable) -> Callable:
    """Convert the letters of a Parsons answer, which are capital."""
    return lambda answer: (
        convert(answer) if isinstance(answer, str) and answer.isupper() else answer
    )


VALUES: dict[str, Callable] = {
    "float64": _numbers(np.float64),
    "0-d array": _numbers(np.array),
    "fraction": _numbers(lambda n: Fraction(n).limit_denominator(10**6)),
    "tensor": _numbers(keras.ops.convert_to_tensor),
    "float64 array": _arrays(lambda a: np.asarray(a, "float64")),
    "tensor of numbers": _arrays(lambda a: keras.ops.convert_to_tensor(np.asarray(a, "float32"))),
    "nested lists": _arrays(lambda a: np.asarray(a).tolist()),
    "variable": _arrays(lambda a: keras.Variable(np.asarray(a, "float32"))),
    "blanks around": _as_texts(lambda text: f" {text}  "),
    "small letters": _as_texts(str.lower),
    "capitals, underscores": _as_texts(lambda text: text.upper().replace(" ", "_")),
    "a list of letters": _order(list),
    "a tuple of small letters": _order(lambda text: tuple(text.lower())),
    "letters with arrows": _order(" -> ".join),
}


# --- functions ------------------------------------------------------------------------------------


class _Callable:
    """An object to be called, without a name of its own."""

    def __init__(self, function: Callable):
        self.function = function

    def __call__(self, *arguments: object) -> object:
        return self.function(*arguments)

    def method(self, *arguments: object) -> object:
        return self.function(*arguments)


WRAPPERS: dict[str, Callable] = {
    "partial": functools.partial,
    "callable object": _Callable,
    "method": lambda function: _Callable(function).method,
    "lambda": lambda function: lambda *arguments: function(*arguments),
    "cached": lambda function: functools.wraps(function)(_Callable(function)),
}


def _with_result(function: Callable, convert: Callable) -> Callable:
    return lambda *arguments: convert(function(*arguments))


def _deep(convert: Callable) -> Callable:
    """Convert a result, or each member of a tuple of results."""
    return lambda result: (
        tuple(map(convert, result)) if isinstance(result, tuple) else convert(result)
    )


def _numeric(convert: Callable) -> Callable:
    kinds = int | float | np.ndarray | np.number
    return _deep(lambda result: convert(result) if isinstance(result, kinds) else result)


RETURNED: dict[str, Callable] = {
    "result float64": _numeric(lambda n: n if isinstance(n, bool) else np.float64(n)),
    "result tensor": _numeric(keras.ops.convert_to_tensor),
    "result as lists": _numeric(lambda result: np.asarray(result).tolist()),
}


def _functional(layer: keras.layers.Layer) -> keras.Model:
    """The layer or model inside a functional model."""
    shape = getattr(layer, "input_shape", None)
    inputs = keras.Input(
        shape[1:] if isinstance(layer, keras.Model) and shape else _image_shape(layer)
    )
    return keras.Model(inputs, layer(inputs))


def _image_shape(layer: keras.layers.Layer) -> tuple:
    """Images for a filter: of three colours if it treats them one by one."""
    return (None, None, 3 if isinstance(layer, keras.layers.DepthwiseConv2D) else 1)


class _Subclassed(keras.Model):
    def __init__(self, layer: keras.layers.Layer):
        super().__init__()
        self.layer = layer

    # Without the argument `training`, Keras passes nothing on.
    def call(self, inputs: object, training: bool | None = None) -> object:
        return self.layer(inputs, training=training)


def _subclassed(layer: keras.layers.Layer) -> keras.Model:
    """The layer inside a model of a class of one's own, which has seen an input."""
    wrapped = _Subclassed(layer)
    shape = getattr(layer, "input_shape", None)
    small = (
        shape[1:] if isinstance(layer, keras.Model) and shape else (11, 12, _image_shape(layer)[-1])
    )
    wrapped(np.zeros((1, *small), "float32"))
    return wrapped


MODELS: dict[str, Callable] = {
    "inside a functional model": _functional,
    "inside a Sequential": lambda layer: keras.Sequential(
        [keras.Input(_functional(layer).input_shape[1:]), layer]
    ),
    "inside a subclassed model": _subclassed,
}


# --- other writings -------------------------------------------------------------------------------


def _renamed(solution: Solution) -> str:
    """All names of the learner's own changed, but for those that the check is given."""
    tree = solution.tree()
    own = {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    given = {node.arg for each in classes for node in ast.walk(each) if isinstance(node, ast.arg)}
    own -= given  # Keras knows a layer's `training` by its name
    own -= set(solution.answers)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in own:
            node.id = f"my_{node.id}"
        if isinstance(node, ast.arg) and node.arg in own:
            node.arg = f"my_{node.arg}"
    return ast.unparse(tree)


def _by_keyword(solution: Solution) -> str:
    """Every positional argument of NumPy, Keras and the helpers given by name."""
    tree = solution.tree()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            names = _parameters(node.func, solution.names)[: len(node.args)]
            if len(names) == len(node.args):
                given = [ast.keyword(*pair) for pair in zip(names, node.args, strict=True)]
                node.args, node.keywords = [], [*given, *node.keywords]
    return ast.unparse(tree)


def _parameters(function: ast.expr, names: dict) -> list[str]:
    """The names of a function's parameters, up to the first that may not be given by name."""
    try:
        found = eval(ast.unparse(function), dict(names))
        signature = inspect.signature(found)
    except Exception:
        return []
    by_name = inspect.Parameter.POSITIONAL_OR_KEYWORD
    known = signature.parameters.values() if not isinstance(found, np.ufunc) else ()
    return [each.name for each in takewhile(lambda each: each.kind is by_name, known)]


def _other_numbers(solution: Solution) -> str:
    """Fractions written as quotients, whole numbers as sums: 0.01 as 1 / 100, 3 as 1 + 2."""
    tree = solution.tree()

    class Put(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            value = node.value
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 1:
                return node
            return ast.parse(f"({value - 1!r} + 1)", mode="eval").body

    return ast.unparse(Put().visit(tree))


def _batch_by_batch(solution: Solution) -> str:
    """train_on_batch in the place of fit."""
    tree = solution.tree()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "fit":
            continue
        if not {each.arg for each in node.keywords} & {"epochs", "batch_size"}:
            call = changed(node, func=changed(node.func, attr="train_on_batch"), keywords=[])
            return with_change(tree, node, call) or ""
    return ""


def _with_return_kept(solution: Solution) -> str:
    """The result under a name before it is returned, and a docstring."""
    tree = solution.tree()
    for function in _functions(tree):
        last = function.body[-1]
        if isinstance(last, ast.Return) and last.value:
            kept = ast.Assign([ast.Name("the_result", ast.Store())], last.value)
            function.body[-1:] = [kept, ast.Return(ast.Name("the_result", ast.Load()))]
        function.body.insert(0, ast.Expr(ast.Constant("My own words.")))
    return ast.unparse(ast.fix_missing_locations(tree))


def _as_a_closure(solution: Solution) -> str:
    """The function as the result of another function."""
    tree = solution.tree()
    for function in _functions(tree):
        inner = ast.unparse(function).replace("\n", "\n    ")
        return f"def make():\n    {inner}\n    return {function.name}\n{function.name} = make()"
    return ""


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in tree.body if isinstance(node, ast.FunctionDef))


WRITINGS: dict[str, Callable[[Solution], str]] = {
    "other names": _renamed,
    "keywords": _by_keyword,
    "other numbers": _other_numbers,
    "train_on_batch": _batch_by_batch,
    "a name for the result": _with_return_kept,
    "a closure": _as_a_closure,
}
