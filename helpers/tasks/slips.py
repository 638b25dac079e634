"""Slips on a right way of computing: one place changed, and what to ask whoever made it.

A check names misconceptions first. What is left over is often the right way with a slip in it: a
minus for a plus, one name for another, a bracket, a number misread. `slips` goes through them all.
That a slip fits is no proof that it was made: the message asks.
"""

import ast
import math
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

Formula = Callable[..., Any]

_SIGNS = {
    ast.Add: "a plus",
    ast.Sub: "a minus",
    ast.Mult: "a product",
    ast.Div: "a division",
    ast.Pow: "a power",
    ast.BitXor: "a ^",
    ast.FloorDiv: "a division without its rest",
}
_OTHER_SIGNS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Add, ast.Div),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.Pow: (ast.Mult, ast.BitXor),
}
_FUNCTIONS = (
    ("mean", "sum", "max", "min", "median", "var", "std"),
    ("sqrt", "exp", "square", "abs"),
    ("prod", "sum", "max", "size"),
)
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def slips(way: str, *names: str) -> list[tuple[str, Formula]]:
    """Pairs of a message and of the way with that slip in it, as a function of the names.

    Args:
        way: a right expression, such as "h * w + b"; it may use NumPy as np.
        names: what the expression is a function of; each may be taken for another.

    Returns:
        pairs, whose functions give NaN where the changed way cannot be computed.
    """
    tree = ast.parse(way, mode="eval")
    found, seen = [], {ast.unparse(tree)}
    for node in ast.walk(tree.body):
        for what, other in _alternatives(node, names):
            code = _code_with(tree, node, other)
            if code not in seen:
                seen.add(code)
                message = f"Could it be that {what.format(place=_place(tree, node))}?"
                found.append((message, _formula(code, names)))
    return found


def slipped_numbers(way: str) -> dict[int | float, str]:
    """For each number to which a slip on this way leads, the message."""
    pairs = [(slipped(), message) for message, slipped in reversed(slips(way))]
    return {number: message for number, message in pairs if number == number}


def explained(
    slipped: Sequence[tuple[str, Formula]], fits: Callable[[Formula], bool]
) -> str | None:
    """The message of the first slip for which fits(formula) is true."""
    return next((message for message, each in slipped if fits(each)), None)


def _alternatives(node: ast.AST, names: tuple[str, ...]) -> Iterator[tuple[str, ast.AST]]:
    """What could stand in a node's place, with words for it."""
    if isinstance(node, ast.BinOp):
        yield from _other_sums(node)
    elif isinstance(node, ast.IfExp):
        yield "the two cases are exchanged", _changed(node, body=node.orelse, orelse=node.body)
        yield "one case is taken always", node.body
        yield "one case is taken always", node.orelse
    elif isinstance(node, ast.UnaryOp):
        yield "a sign is left out", node.operand
    elif isinstance(node, ast.Name) and node.id in names:
        for other in names:
            yield f"`{other}` stands in the place of{{place}} `{node.id}`", ast.Name(other)
        rest = ast.BinOp(ast.Constant(1), ast.Sub(), ast.Name(node.id))
        yield f"1 - {node.id} stands in the place of{{place}} `{node.id}`", rest
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        for number in _near_numbers(node.value):
            yield f"{number:g} stands in the place of{{place}} {node.value:g}", ast.Constant(number)
    elif (
        isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.func, ast.Attribute)
    ):
        yield f"{node.func.attr} is left out", node.args[0]
        yield from _other_functions(node, node.func)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield f"{node.func.attr} is left out", node.func.value
        yield from _other_functions(node, node.func)


def _other_functions(node: ast.Call, called: ast.Attribute) -> Iterator[tuple[str, ast.AST]]:
    name = called.attr
    for row in _FUNCTIONS:
        for other in row if name in row else ():
            if other != name:
                new = _changed(node, func=_changed(called, attr=other))
                yield f"{other} stands in the place of {name}", new


def _other_sums(node: ast.BinOp) -> Iterator[tuple[str, ast.AST]]:
    """Another sign, a part left out, the parts exchanged, brackets in another place."""
    for other in _OTHER_SIGNS.get(type(node.op), ()):
        words = f"{_SIGNS[other]} stands in the place of {_SIGNS[type(node.op)]}"
        yield words, _changed(node, op=other())
    for kept, left_out in ((node.left, node.right), (node.right, node.left)):
        words = ast.unparse(left_out)
        yield f"{words if len(words) < 12 else 'a whole part'} is left out", kept
    yield "a sign is turned round", ast.UnaryOp(ast.USub(), node)
    if not isinstance(node.op, ast.Add | ast.Mult):
        two = _SIGNS[type(node.op)]
        yield (
            f"the two sides of {two} are exchanged",
            _changed(node, left=node.right, right=node.left),
        )
    if isinstance(node.right, ast.BinOp):
        moved = _changed(node.right, left=_changed(node, right=node.right.left))
        yield "brackets are missing, or stand elsewhere", moved
    if isinstance(node.left, ast.BinOp):
        moved = _changed(node.left, right=_changed(node, left=node.left.right))
        yield "brackets are missing, or stand elsewhere", moved


def _near_numbers(number: int | float) -> list[int | float]:
    """One more, one less, the other sign, the rest to one.

    Not double, half or ten times as much: those fit by coincidence more often than by mistake.
    """
    if isinstance(number, int):
        return [number + 1, number - 1, -number]
    return [-number, 1 - number] if 0 < number < 1 else [-number]


def _changed(node: ast.AST, **fields: object) -> ast.AST:
    copy = deepcopy(node)
    for name, value in fields.items():
        setattr(copy, name, value)
    return copy


def _code_with(tree: ast.Expression, node: ast.AST, other: ast.AST) -> str:
    memo: dict = {}
    copy = deepcopy(tree, memo)
    target = memo[id(node)]

    class Put(ast.NodeTransformer):
        def visit(self, each: ast.AST) -> ast.AST:
            return other if each is target else self.generic_visit(each)

    return ast.unparse(ast.fix_missing_locations(Put().visit(copy)))


def _place(tree: ast.AST, node: ast.AST) -> str:
    """Which of several equal names or numbers a node is; empty if there is one only."""
    own = ast.unparse(node)
    equals: list[Any] = [each for each in ast.walk(tree) if type(each) is type(node)]
    equals = [each for each in equals if ast.unparse(each) == own]
    if len(equals) == 1 or not hasattr(node, "col_offset"):
        return ""
    equals.sort(key=lambda each: each.col_offset)
    return f" the {_PLACES[min(equals.index(node), 7)]}"


def _formula(code: str, names: tuple[str, ...]) -> Formula:
    """The function of the names that an expression of this module is."""
    compiled = compile(code, "slip", "eval")

    def slipped(*values: object) -> Any:
        try:
            with np.errstate(all="ignore"):
                return eval(compiled, {"np": np}, dict(zip(names, values, strict=True)))
        except Exception:
            return math.nan

    return slipped
