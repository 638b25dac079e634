"""Promise: one name has one meaning, and what only its own module or package uses is private."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Of each exercise, since learners type them; of each package or tool, the same thing of its own.
REPEATED = {
    *("LINES", "_LINES", "exercise", "scoreboard", "in_order", "lines", "proof_in_order"),
    *(
        "ROOMS",
        "__all__",
        "__getattr__",
        "__dir__",
        "main",
        "ROOT",
        "PAGE",
        "INTRODUCTION",
        "MEMBER",
    ),
    *("lesson", "tally"),  # of the predictions of each lesson
}
TELL_NOTHING = {
    *("given", "quiet", "twins", "domains", "specimens", "trials", "state"),
    *("judged", "first", "column", "bases", "patients", "examples"),
}


def defined(path: Path) -> Iterator[str]:
    """Functions, classes and constants of a module, not those inside them.

    A lesson's questions are left out: learners type them after `predictions.`, as they do tasks.
    """
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        if ast.unparse(getattr(node, "value", None) or node).startswith("Prediction("):
            continue
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def used(path: Path) -> set[str]:
    """Every name that a program takes from elsewhere: imported, after a dot, or as a text."""
    text = path.read_text("utf-8")
    names = set(re.findall(r"\btasks\.(\w+)", text))  # in an ask, too
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            names |= {name.name for name in node.names}
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names |= set(node.value.replace(".", " ").split())  # of ROOMS, monkeypatch, doctests
    return names


MODULES = {
    path: list(defined(path))
    for folder in ("helpers", "tools")
    for path in sorted((ROOT / folder).rglob("*.py"))
    # A list of small experiments, which nobody else uses, in one lesson's words.
    if not path.match("tools/claims/lesson_*.py")
}
USED = {
    path: used(path)
    for folder in ("helpers", "sources", "tests", "tools")
    for path in (ROOT / folder).rglob("*.py")
}


def test_no_name_stands_twice():
    homes = defaultdict(list)
    for path, names in MODULES.items():
        for name in names:
            homes[name].append(str(path.relative_to(ROOT)))
    assert {
        name: found for name, found in homes.items() if len(found) > 1 and name not in REPEATED
    } == {}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_has_a_name_that_tells_nothing(path):
    assert path.stem not in TELL_NOTHING


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_public_is_used_elsewhere(path):
    """By a notebook, a test or another part of the house; a type also in a public signature."""
    if path.stem.startswith("_"):
        return
    package = path.parent.relative_to(ROOT).parts[-2:]
    small = package[-1] == "variables" or package[-2:-1] == ("tasks",)
    own = path.parent if small else path
    elsewhere = set().union(
        *(names for user, names in USED.items() if user != own and own not in user.parents)
    )
    tree = ast.parse(path.read_text("utf-8"))
    notes = [n.annotation for n in ast.walk(tree) if isinstance(n, ast.arg | ast.AnnAssign)]
    notes += [n.returns for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    types = {
        name.id for note in notes if note for name in ast.walk(note) if isinstance(name, ast.Name)
    }
    public = {name for name in MODULES[path] if not name.startswith("_") and not name.isupper()}
    assert public - elsewhere - types - REPEATED == set(), "should start with _"
