"""Promise: in helpers one name has one meaning, and what only its own package uses is private."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HELPERS = ROOT / "helpers"
# Of each exercise, since learners type them; of a package, since Python asks for them.
REPEATED = {"LINES", "ROOMS", "exercise", "scoreboard", "in_order", "lines", "proof_in_order"}
TELL_NOTHING = (
    "given quiet twins domains specimens trials state judged first column bases patients examples"
)


def top_level_names(path: Path) -> list[str]:
    """Functions, classes and constants that a module defines."""
    names = []
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.append(node.target.id)
    return names


MODULES = {path: top_level_names(path) for path in sorted(HELPERS.rglob("*.py"))}


def test_no_public_name_stands_twice():
    homes = defaultdict(list)
    for path, names in MODULES.items():
        for name in names:
            if not name.startswith("_"):
                homes[name].append(str(path.relative_to(ROOT)))
    twice = {name: found for name, found in homes.items() if len(found) > 1}
    assert {name for name in twice if name not in REPEATED} == set(), twice


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(HELPERS)))
def test_no_module_has_a_name_that_tells_nothing(path):
    assert path.stem not in TELL_NOTHING.split()


PUBLIC = [
    pytest.param(path, name, id=f"{path.relative_to(HELPERS)}-{name}")
    for path, names in MODULES.items()
    for name in names
    if not name.startswith("_") and not path.stem.startswith("_")
]
TEXTS = {
    path: path.read_text("utf-8")
    for folder in ("helpers", "sources", "tests", "tools")
    for path in (ROOT / folder).rglob("*.py")
}


@pytest.mark.parametrize(("path", "name"), PUBLIC)
def test_what_is_public_is_used_elsewhere(path, name):
    """By lessons, tools, tests, or another part of helpers; a type also in a public signature."""
    own = path.parent if path.parent.parent.name in ("tasks", "experiments") else path
    users = (other for other in TEXTS if other != own and own not in other.parents)
    if not any(re.search(rf"\b{name}\b", TEXTS[user]) for user in users):
        signatures = re.findall(r"(?ms)^def [a-z]\w*\(.*?:$|^    \w+: .*?$", TEXTS[path])
        assert re.search(rf"\b{name}\b", "\n".join(signatures)), f"{name} should start with _"
