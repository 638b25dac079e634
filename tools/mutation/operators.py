"""Rules by which one place of a right program becomes wrong (or, now and then, stays right).

A rule takes a node of the program and yields what could stand there instead.
"""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
Rule = Callable[[ast.AST], Iterator[ast.AST]]

# Names that learners take for one another; each may stand for any other of its row.
CONFUSED = [
    {"weights", "trainable_weights", "non_trainable_weights", "layers"},
    {"mean", "sum", "median", "max", "min", "std", "var"},
    {"prod", "sum", "size", "max"},
    {"sqrt", "square", "abs", "exp"},
    {"sobel_x", "sobel_y"},
    {"outer", "dot"},
    {"shape", "size", "ndim"},
    {"name", "path"},
    {"SGD", "Adam"},
    {"Conv2D", "DepthwiseConv2D"},
    {"zip", "enumerate"},
    {"fit", "evaluate", "predict", "train_on_batch"},
    {"BatchNormalization", "LayerNormalization"},
    {"kernel", "bias"},
    {"gamma", "beta", "moving_mean", "moving_variance"},
    {"array_equal", "allclose"},
]
OTHER_OPERATORS: dict[type[ast.operator], list[type[ast.operator]]] = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Add, ast.Div],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.Pow: [ast.Mult, ast.BitXor],
    ast.FloorDiv: [ast.Div],
    ast.Mod: [ast.FloorDiv],
}
OTHER_COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}


def _expression(text: str, **parts: ast.AST) -> ast.expr:
    """The expression of a text in which names stand for these parts."""
    whole = ast.parse(text, mode="eval").body

    class Put(ast.NodeTransformer):
        def visit_Name(self, name: ast.Name) -> ast.AST:
            return deepcopy(parts.get(name.id, name))

    return Put().visit(whole)


def changed(node: Node, **fields: object) -> Node:
    """A copy of a node with other fields."""
    copy = deepcopy(node)
    for name, value in fields.items():
        setattr(copy, name, value)
    return copy


def _number(value: object) -> ast.expr:
    return ast.parse(repr(value), mode="eval").body


def _constants(node: ast.AST) -> Iterator[ast.AST]:
    """Flags flipped, whole numbers off by one, a half and ten times as much, the rest to one."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield _number(not value)
    elif isinstance(value, int):
        yield from map(_number, dict.fromkeys([value + 1, value - 1, value // 2, value * 10]))
    elif isinstance(value, float):
        others = [value * 10, value / 10, value * 2, value / 2, -value]
        yield from map(_number, [*others, *([1 - value] if 0 < value < 1 else [])])


def _texts(node: ast.AST) -> Iterator[ast.AST]:
    """A text misspelt; modes, losses and optimizers exchanged."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or _letters(node):
        return
    rows = [
        ("sgd", "adam"),
        ("mse", "mae"),
        ("reflect", "symmetric", "wrap", "constant", "edge"),
        ("valid", "same"),
        ("kernel", "bias"),
    ]
    for row in rows:
        yield from (_number(each) for each in row if node.value in row and each != node.value)
    yield _number(node.value[:-1])


def _letters(node: ast.AST) -> str:
    """The letters of a Parsons answer; empty for everything else."""
    value = getattr(node, "value", None)
    is_order = isinstance(value, str) and len(value) > 3 and value.isalpha() and value.isupper()
    return str(value) if is_order else ""


def _orders(node: ast.AST) -> Iterator[ast.AST]:
    """Letters of a Parsons answer exchanged, left out, replaced, put in."""
    old = _letters(node)
    if not old:
        return
    letters = [letter for letter in "ABCDEFGHIJ" if letter not in old]
    for i in range(len(old)):
        yield _number(old[:i] + old[i + 1 :])
        for j in range(i + 1, len(old)):
            yield _number(old[:i] + old[j] + old[i + 1 : j] + old[i] + old[j + 1 :])
            yield _number(old[:i] + old[i + 1 : j + 1] + old[i] + old[j + 1 :])
        for letter in letters:
            yield _number(old[:i] + letter + old[i + 1 :])
            yield _number(old[:i] + letter + old[i:])
    yield from (_number(old + letter) for letter in letters)


def _arithmetic(node: ast.AST) -> Iterator[ast.AST]:
    """Another operator, the operands exchanged, one of them left out, the sign turned."""
    if isinstance(node, ast.UnaryOp):
        yield node.operand
    if not isinstance(node, ast.BinOp):
        return
    for other in OTHER_OPERATORS.get(type(node.op), []):
        yield changed(node, op=other())
    if isinstance(node.op, ast.Sub | ast.Div | ast.Pow | ast.FloorDiv):
        yield changed(node, left=node.right, right=node.left)
    yield node.left
    yield node.right
    yield ast.UnaryOp(ast.USub(), node)


def _regrouped(node: ast.AST) -> Iterator[ast.AST]:
    """Brackets forgotten: a * (b + c) as a * b + c, and the other way round."""
    if not isinstance(node, ast.BinOp):
        return
    inner = node.right
    if isinstance(inner, ast.BinOp):
        yield changed(inner, left=changed(node, right=inner.left))
    inner = node.left
    if isinstance(inner, ast.BinOp):
        yield changed(inner, right=changed(node, left=inner.right))


def _comparisons(node: ast.AST) -> Iterator[ast.AST]:
    """Turned round, the boundary moved, and/or exchanged, a condition negated."""
    if isinstance(node, ast.Compare):
        for other in OTHER_COMPARISONS.get(type(node.ops[0]), []):
            yield changed(node, ops=[other()])
    if isinstance(node, ast.BoolOp):
        yield changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        yield from node.values
    if isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
        yield changed(node, body=node.orelse, orelse=node.body)
    if isinstance(node, ast.comprehension) and node.ifs:
        yield changed(node, ifs=[])
        yield changed(node, ifs=[ast.UnaryOp(ast.Not(), node.ifs[0])])
    if isinstance(node, ast.If):
        yield changed(node, test=ast.UnaryOp(ast.Not(), node.test))
        yield changed(node, test=_number(True))


def _loops(node: ast.AST) -> Iterator[ast.AST]:
    """One turn too few, at the start or at the end, or the other way round."""
    if isinstance(node, ast.comprehension | ast.For):
        for part in ("[1:]", "[:-1]", "[:1]", "[::-1]"):
            yield changed(node, iter=_expression(f"list(old){part}", old=node.iter))


def _indices(node: ast.AST) -> Iterator[ast.AST]:
    """An index shifted, a slice from the other end, an axis too many or too few."""
    if not isinstance(node, ast.Subscript) or isinstance(node.ctx, ast.Store):
        return
    where = node.slice
    if isinstance(where, ast.Slice) and where.upper and not where.lower:
        end = where.upper
        yield changed(node, slice=ast.Slice(lower=end))
        yield changed(node, slice=ast.Slice(upper=_expression("n + 1", n=end)))
        yield changed(node, slice=ast.Slice(upper=_expression("n - 1", n=end)))
        yield changed(node, slice=ast.Slice(lower=_expression("-n", n=end)))
        yield changed(node, slice=_expression("n - 1", n=end))
    if isinstance(where, ast.Constant) and where.value == 0:
        yield changed(node, slice=_number(-1))
    if isinstance(where, ast.Tuple) and len(where.elts) > 1:
        for i in range(len(where.elts)):
            rest = where.elts[:i] + where.elts[i + 1 :]
            yield changed(node, slice=ast.Tuple(rest, ast.Load()))
    yield node.value


def _axes(node: ast.AST) -> Iterator[ast.AST]:
    """Arrays transposed, turned, their sign changed; axes of a mean moved or left out."""
    if isinstance(node, ast.Call) and _called(node) in ("mean", "var", "std", "sum"):
        axis = {each.arg: each for each in node.keywords}.get("axis")
        for other in ("0", "-1", "None", "(0,)"):
            if axis:
                rest = [each for each in node.keywords if each is not axis]
                yield changed(node, keywords=[*rest, changed(axis, value=_expression(other))])
        if _called(node) in ("var", "std"):
            ddof = ast.keyword("ddof", _number(1))
            yield changed(node, keywords=[*node.keywords, ddof])
    arrays = ("array", "reshape", "stack", "per_channel", "outer", "sobel_x", "sobel_y", "asarray")
    is_array = isinstance(node, ast.Call) and _called(node) in arrays
    is_constant = isinstance(node, ast.Name) and node.id.isupper()
    if is_array or is_constant or isinstance(node, ast.List):
        shapes: tuple[str, ...] = ("old.T", "old[::-1]", "-old", "2 * old", "old + 1")
        if isinstance(node, ast.List):
            shapes = tuple(text.replace("old", "np.array(old)") for text in shapes)
        yield from (_expression(text, old=node) for text in shapes)


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "attr", None) or getattr(call.func, "id", ""))


def _calls(node: ast.AST) -> Iterator[ast.AST]:
    """Arguments exchanged or left out, a call left out around its argument or behind its object."""
    if not isinstance(node, ast.Call):
        return
    given = node.args
    for i in range(len(given) - 1):
        yield changed(node, args=[*given[:i], given[i + 1], given[i], *given[i + 2 :]])
    for i in range(len(given)):
        yield changed(node, args=given[:i] + given[i + 1 :])
    for i in range(len(node.keywords)):
        yield changed(node, keywords=node.keywords[:i] + node.keywords[i + 1 :])
    if len(given) == 1 and not isinstance(given[0], ast.GeneratorExp):
        yield given[0]
    if isinstance(node.func, ast.Attribute) and not given:
        yield node.func.value


def _several(node: ast.AST) -> Iterator[ast.AST]:
    """Members of a list or tuple exchanged or left out, keys of a dict exchanged."""
    if not isinstance(node, ast.Tuple | ast.List) or isinstance(node.ctx, ast.Store):
        return
    for i in range(len(node.elts)):
        yield changed(node, elts=node.elts[:i] + node.elts[i + 1 :])
        if i:
            first, second = node.elts[i - 1 : i + 1]
            yield changed(node, elts=[*node.elts[: i - 1], second, first, *node.elts[i + 1 :]])


def _mistaken(node: ast.AST) -> Iterator[ast.AST]:
    """A name taken for another that learners take it for; an attribute misspelt."""
    name = getattr(node, "attr", None) or getattr(node, "id", None)
    if not isinstance(node, ast.Attribute | ast.Name):
        return
    field = "attr" if isinstance(node, ast.Attribute) else "id"
    for row in CONFUSED:
        for other in sorted(row - {name}) if name in row else ():
            yield changed(node, **{field: other})
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield changed(node, attr=node.attr[:-4] + node.attr[-3:])


def _reversed_momentum(node: ast.AST) -> Iterator[ast.AST]:
    """The share of the old value taken for the share of the new one."""
    if isinstance(node, ast.Name) and "momentum" in node.id and isinstance(node.ctx, ast.Load):
        yield _expression("1 - m", m=node)


def parameters(function: ast.FunctionDef) -> Rule:
    """One argument of the function taken for another."""
    names = [each.arg for each in function.args.args]

    def rule(node: ast.AST) -> Iterator[ast.AST]:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            yield from (changed(node, id=other) for other in names if other != node.id)

    return rule


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """A statement left out, or one that compares where it should set."""
    if not isinstance(node, ast.stmt) or isinstance(node, ast.FunctionDef | ast.Import):
        return
    yield ast.Pass()
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute):
        target = changed(node.targets[0], ctx=ast.Load())
        yield ast.Expr(ast.Compare(target, [ast.Eq()], [node.value]))


def _blocks(node: ast.AST) -> Iterator[ast.AST]:
    """In a block: neighbours exchanged; a loop's neighbour drawn in, or its last one let out."""
    body = getattr(node, "body", None)
    if not isinstance(body, list) or not all(isinstance(each, ast.stmt) for each in body):
        return
    for i in range(len(body) - 1):
        before, first, second, after = body[:i], body[i], body[i + 1], body[i + 2 :]
        yield changed(node, body=[*before, second, first, *after])
        if isinstance(first, ast.For | ast.With | ast.If):
            into = changed(first, body=[*first.body, second])
            yield changed(node, body=[*before, into, *after])
    for i, each in enumerate(body):
        if isinstance(each, ast.For | ast.With) and len(each.body) > 1:
            out = [changed(each, body=each.body[:-1]), each.body[-1]]
            yield changed(node, body=[*body[:i], *out, *body[i + 1 :]])


# Rules that helpers/tasks/slips.py knows as well (`parameters` is another): a check that refuses
# what they make, and asks about it, shows little.
KNOWN_TO_JUDGES: list[Rule] = [_constants, _arithmetic, _regrouped, _mistaken, _reversed_momentum]
OTHER_RULES: list[Rule] = [
    _texts,
    _orders,
    _comparisons,
    _loops,
    _indices,
    _axes,
    _calls,
    _several,
    _statements,
    _blocks,
]
