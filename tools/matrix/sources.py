"""The notebooks, and on which files of the course the outputs of each depend."""

import ast
import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat

from tools import ROOT
from tools.matrix.settings import Setting

OTHERS = ("tests/nbval_sanitize.cfg", "requirements-dev.txt")


def notebooks(starts: Sequence[str] = ("",)) -> list[str]:
    """Every lesson and solution whose name starts so, lessons first, relative to the checkout."""
    found = [*sorted(ROOT.glob("notebooks/*.ipynb")), *sorted(ROOT.glob("solutions/*/*.ipynb"))]
    chosen = [path for path in found if path.name.startswith(tuple(starts))]
    return [path.relative_to(ROOT).as_posix() for path in chosen]


def digest(setting: Setting, notebook: str) -> str:
    """Changes with the notebook's code and outputs, what it imports, the comparison, the lock and
    the setting; its words may change, since nothing runs them.
    """
    content = hashlib.sha256(repr(setting).encode())
    content.update(repr([(cell.source, cell.outputs) for cell in _code_cells(notebook)]).encode())
    content.update(repr(_project()).encode())
    for path in [*_sources(notebook), *(ROOT / name for name in OTHERS)]:
        content.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return content.hexdigest()


def _project() -> tuple[list, dict]:
    """Of pyproject.toml what an output can depend on: the packages, and how pytest compares."""
    read = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return read["project"]["dependencies"], read["tool"]["pytest"]


def _code_cells(notebook: str) -> list:
    cells = nbformat.read(ROOT / notebook, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code"]


def _sources(notebook: str) -> list[Path]:
    """The modules of helpers that the notebook reaches, and the data that these name; sorted."""
    texts = ["\n".join(cell.source for cell in _code_cells(notebook))]
    found: set[Path] = set()
    for text in texts:  # which grows on the way
        for module in _imported(text):
            if module.split(".")[0] == "helpers":
                new = set(_files(module)) - found
                found |= new
                texts += [path.read_text("utf-8") for path in new]
    for path in (ROOT / "helpers" / "data").glob("*"):
        naming = re.compile(rf"""["']{path.name}["']|stored\(["']{path.stem}["']\)""")
        if any(map(naming.search, texts)):
            found.add(path)
    return sorted(found)


def _imported(code: str) -> Iterator[str]:
    """What the code imports, wherever in it: modules, names, and names taken from a module.

    `from a import b` may mean a module a.b, from which `b.c` takes the name c.
    """
    nodes = list(ast.walk(ast.parse(code)))
    taken = {
        (n.value.id, n.attr)
        for n in nodes
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)
    }
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            for name in (each.name for each in node.names):
                yield f"{node.module}.{name}"
                yield from (f"{node.module}.{name}.{part}" for of, part in taken if of == name)


def _files(module: str) -> Iterator[Path]:
    """The files that Python runs to import a module or name: its own and its packages'."""
    names = module.split(".")
    for depth in range(1, len(names) + 1):
        place = ROOT.joinpath(*names[:depth])
        yield from filter(Path.is_file, (place.with_suffix(".py"), place / "__init__.py"))
    *package, name = names
    for room in _rooms(ROOT.joinpath(*package, "__init__.py"), name):
        yield from _files(".".join([*package, room, name]))


def _rooms(package: Path, name: str) -> list[str]:
    """The modules from which a package offers a name: the ROOMS in its __init__, read, not run."""
    statements = ast.parse(package.read_text("utf-8")).body if package.exists() else []
    return [
        room
        for node in statements
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ROOMS"
        for room, names in ast.literal_eval(node.value).items()
        if name in names.split()
    ]
