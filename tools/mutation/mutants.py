"""Every mutant of a solution: the same program with one place changed by a rule."""

import ast
import re
import warnings
from copy import deepcopy

from tools.mutation.cells import Solution
from tools.mutation.operators import KNOWN_TO_JUDGES, OTHER_RULES, Rule, parameters


def mutants_by_source(solution: Solution) -> dict[str, dict[str, str]]:
    """The mutants by rules that the judges know as well, and those by rules of their own."""
    functions = [each for each in solution.tree().body if isinstance(each, ast.FunctionDef)]
    known = _mutants(solution, [*KNOWN_TO_JUDGES, *map(parameters, functions)])
    others = _mutants(solution, OTHER_RULES)
    new = {name: code for name, code in others.items() if code not in known.values()}
    return {"known": known, "other": new}


def mutants(solution: Solution) -> dict[str, str]:
    """Codes that differ from the solution in one place; their names say where and how."""
    found: dict[str, str] = {}
    for named in mutants_by_source(solution).values():
        for name, code in named.items():
            found[_unused(found, name)] = code
    return found


def _mutants(solution: Solution, rules: list[Rule]) -> dict[str, str]:
    tree = solution.tree()
    original = ast.unparse(tree)
    found: dict[str, str] = {}
    for node, statement in _places(solution, tree):
        for rule in rules:
            for other in rule(node):
                code = with_change(tree, node, other)
                if code and code not in found.values() and _quiet(code) != _quiet(original):
                    found[_unused(found, _described(node, other, statement))] = code
    return found


def _quiet(code: str) -> str:
    """The program without what says how much Keras should print."""
    return re.sub(r", verbose=-?\d+", "", code)


def _places(solution: Solution, tree: ast.Module) -> list[tuple[ast.AST, ast.stmt | None]]:
    """The nodes of the solution region, each with the simple statement that it stands in."""
    pairs: list[tuple[ast.AST, ast.stmt | None]] = []

    def walk(node: ast.AST, statement: ast.stmt | None) -> None:
        for child in ast.iter_child_nodes(node):
            own = child if isinstance(child, ast.stmt) and not hasattr(child, "body") else statement
            line = getattr(child, "lineno", getattr(node, "lineno", 0))
            if solution.first <= line <= solution.last or hasattr(child, "body"):
                pairs.append((child, own))
            walk(child, own)

    pairs.append((tree, None))
    walk(tree, None)
    stub = [each for each in tree.body if each.lineno < solution.first]
    if isinstance(
        stub[0], ast.Assign
    ):  # `name = ...` stands before the region: it moves for nobody
        pairs = [pair for pair in pairs if pair[0] is not tree]
        region = ast.Module([each for each in tree.body if each not in stub], [])
        pairs.append((region, None))
    return pairs


def with_change(tree: ast.Module, node: ast.AST, other: ast.AST) -> str | None:
    """The program with another node in the place of one; None if that is no program."""
    if isinstance(node, ast.Module) and isinstance(other, ast.Module):
        stub = [each for each in tree.body if each not in node.body]
        return ast.unparse(ast.Module([*stub, *other.body], []))
    memo: dict = {}
    copy = deepcopy(tree, memo)
    target = memo[id(node)]

    class Put(ast.NodeTransformer):
        def visit(self, each: ast.AST) -> ast.AST:
            return deepcopy(other) if each is target else self.generic_visit(each)

    try:
        code = ast.unparse(ast.fix_missing_locations(Put().visit(copy)))
        with warnings.catch_warnings():  # of odd code, which this is
            warnings.simplefilter("ignore")
            compile(code, "mutant", "exec")
    except (SyntaxError, ValueError, AttributeError):
        return None
    return code


def _described(node: ast.AST, other: ast.AST, statement: ast.stmt | None) -> str:
    """What became of a place, and of which statement it is a part."""
    if isinstance(other, ast.Pass):
        return f"without: {_one_line(node)}"
    if isinstance(node, ast.Module | ast.FunctionDef | ast.For | ast.With):
        pairs = zip(_text_lines(node), _text_lines(other), strict=False)
        new = next((b for a, b in pairs if a != b), "")
        return f"another order, first: {new}"
    shown = f"{_one_line(node)} -> {_one_line(other)}"
    return shown if statement in (None, node) else f"{shown} in: {_one_line(statement)}"


def _text_lines(node: ast.AST) -> list[str]:
    return [line.strip() for line in ast.unparse(node).splitlines()]


def _one_line(node: ast.AST) -> str:
    return " ".join(_text_lines(node))


def _unused(found: dict[str, str], name: str) -> str:
    """The name, with a number behind it if there is such a mutant already."""
    return name if name not in found else _unused(found, name + " (again)")
