"""On which files of the course a notebook's outputs depend: what it imports, and what that imports."""

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat


def imported(code: str) -> Iterator[str]:
    """The modules that the code names, wherever in it; `from a import b` may mean the module a.b."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{name.name}" for name in node.names))


def files(root: Path, module: str) -> Iterator[Path]:
    """The files that Python runs to import a module of `root`: its own and its packages'."""
    names = module.split(".")
    for depth in range(1, len(names) + 1):
        place = root.joinpath(*names[:depth])
        yield from filter(Path.is_file, (place.with_suffix(".py"), place / "__init__.py"))


def sources(root: Path, notebook: str) -> list[Path]:
    """The notebook, the modules of helpers that it reaches, and the data that these name, sorted.

    Args:
        root: the checkout.
        notebook: its path in the checkout.
    """
    cells = nbformat.read(root / notebook, as_version=4).cells
    texts = [cell.source for cell in cells if cell.cell_type == "code"]
    found = {root / notebook}
    for text in texts:  # which grows on the way
        for module in imported(text):
            if module.split(".")[0] == "helpers":
                new = set(files(root, module)) - found
                found |= new
                texts += [path.read_text("utf-8") for path in new]
    data = (root / "helpers" / "data").glob("*")
    return sorted(found | {path for path in data if any(path.name in text for text in texts)})
