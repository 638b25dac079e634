"""Rows of a page in docs/ that point to a cell of a lesson, and what is wrong with a stale one."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat

SHOWS = re.compile(r"\bassert\b|\bclaim\(")  # what would fail if the answer were another one


@dataclass(frozen=True)
class Row:
    """A row of a table: what is said, and the lesson, section and line of code that show it."""

    page: Path
    cells: tuple[str, ...]  # of the table, left to right
    table: str  # the heading above it

    @property
    def name(self) -> str:
        return f"{self.table}, row {self.cells[0]}"

    @property
    def notebook(self) -> Path:
        return self.page.parent / re.search(r"\]\((.+?)\)", self.cells[-3])[1]

    @property
    def heading(self) -> str:
        return self.cells[-2]

    @property
    def line(self) -> str:
        return self.cells[-1].strip("`")


def rows_of(page: Path) -> list[Row]:
    """The numbered rows of a page's tables."""
    heading, rows = "", []
    for line in page.read_text("utf-8").splitlines():
        if title := re.match(r"#+ (.+)", line):
            heading = title[1]
        elif re.match(r"\| \d+ \|", line):
            rows.append(Row(page, tuple(line.strip("| \n").split(" | ")), heading))
    return rows


@cache  # many rows, eight notebooks
def code_under_headings(path: Path) -> list[tuple[str, nbformat.NotebookNode]]:
    """Each code cell with the last heading above it."""
    heading, found = "", []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            found.append((heading, cell))
        else:
            heading = ([heading, *re.findall(r"^#+ (.+)$", cell.source, re.MULTILINE)])[-1]
    return found


def complaint(row: Row) -> str:
    """What a reader who follows the row would not find; nothing if all is as it says."""
    if not row.notebook.exists():
        return f"{row.name}: there is no notebook {row.notebook.name}"
    if not row.cells[-3].startswith(f"[{int(row.notebook.name[:2])}]("):
        return f"{row.name}: {row.cells[-3]} names one lesson and links to another"
    code = code_under_headings(row.notebook)
    holding = [
        position
        for position, (_, cell) in enumerate(code)
        if row.line in map(str.strip, cell.source.splitlines())
    ]
    if len(holding) != 1:
        return f"{row.name}: {len(holding)} cells of {row.notebook.name} have the line {row.line!r}"
    heading, cell = code[holding[0]]
    if heading != row.heading:
        return f"{row.name}: the line stands under {heading!r} now, not under {row.heading!r}"
    failed = any(output.output_type == "error" for output in cell.outputs)
    if cell.execution_count is None or failed != (
        "raises-exception" in cell.metadata.get("tags", [])
    ):
        return f"{row.name}: the cell was not run, or stopped at an error"
    after = [pair for pair in code[holding[0] :] if ".reveal(" not in pair[1].source]
    shown = [other.source for above, other in after[:2] if above == heading]
    if not SHOWS.search("\n".join(shown)):
        return f"{row.name}: no assert or claim in the cell or in the next that reveals nothing"
    return ""
