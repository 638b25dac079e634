"""Promise: `from helpers import NAME` gives the one thing of that name, quietly, in any order."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from itertools import permutations
from pathlib import Path

import pytest

import helpers
from helpers import _rooms, figures

ROOT = Path(__file__).parents[1]
HELPERS = sorted((ROOT / "helpers").rglob("*.py"))
PACKAGES = (helpers, figures)


def told(code: str) -> tuple[int, str, str]:
    """Exit code, output and errors of a fresh interpreter: what was imported before matters."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_every_name_is_its_module_s_own(package):
    assert sorted(package.__all__) == dir(package)
    assert len(set(package.__all__)) == len(package.__all__)
    for name in package.__all__:
        thing = getattr(package, name)
        home = getattr(thing, "__module__", None)
        assert home != package.__name__, name
        assert thing is getattr(import_module(home), name), name


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_an_unknown_name_is_refused_as_python_does_it(package):
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'nil'"):
        _ = package.nil
    with pytest.raises(AttributeError, match="has no attribute 'compar'"):
        _rooms.home("helpers", helpers.ROOMS, "compar")


def test_a_module_that_stops_while_loading_says_why(monkeypatch):
    def broken(module):
        raise AttributeError("module 'keras' has no attribute 'Foo'")

    monkeypatch.setattr(_rooms, "import_module", broken)
    with pytest.raises(ImportError, match=r"^helpers.movement could not .*no attribute 'Foo'$"):
        exec("from helpers import snapshot")


def test_every_offered_name_is_imported_by_a_notebook():
    sources = [path.read_text("utf-8") for path in (ROOT / "sources").rglob("*.py")]
    statements = re.findall(r"^from helpers import (\([^)]*\)|.+)$", "\n".join(sources), re.M)
    met = {name for statement in statements for name in re.findall(r"\w+", statement)}
    assert set(helpers.__all__) <= met


@pytest.mark.parametrize("path", HELPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_helpers_itself_takes_names_from_their_modules(path):
    """Else an import would go round the layers, which import-linter cannot see."""
    offered = {package.__name__: {*package.__all__} for package in PACKAGES}
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            taken = {name.name for name in node.names}
            assert not taken & offered.get(node.module, set()), ast.unparse(node)


LEDGERS = (
    "from helpers import ledger as a",
    "from helpers.ledger import ledger as b",
    "import helpers.ledger",
    "from helpers.ledger import Role",
)


@pytest.mark.parametrize("order", [*permutations(LEDGERS, 3)], ids=lambda order: "; ".join(order))
def test_ledger_is_the_function_in_any_order_of_imports(order):
    check = "import helpers; print(helpers.ledger.__name__, callable(helpers.ledger))"
    assert told("\n".join([*order, check])) == (0, "ledger True\n", "")


def test_a_name_that_needs_keras_loads_it_quietly_and_with_the_course_s_settings():
    code = (
        "from helpers import Recorder, snapshot, start; import os, sys;"
        "print('tensorflow' in sys.modules, os.environ['TF_ENABLE_ONEDNN_OPTS'])"
    )
    assert told(code) == (0, "True 0\n", "")


def test_a_missing_keras_is_said_in_a_sentence_not_in_a_trace_of_the_import():
    code = (
        "import importlib.metadata as m\ndef version(package): raise "
        "m.PackageNotFoundError(package)\nm.version = version\nfrom helpers import snapshot"
    )
    _, _, errors = told(code)
    assert errors.splitlines()[-1] == (
        "RuntimeError: keras is not installed in this kernel; open the notebook with `make lab`"
    )
