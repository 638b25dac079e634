"""Every built notebook is executed in order, clean, accessible, complete, and its links resolve.

That its stored outputs are right is nbval's part of the suite; nbval alone would accept a
notebook whose cells were never run.
"""

import ast
import io
import re
import tokenize
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from tools.times import DEEPER

ROOT = Path(__file__).resolve().parents[1]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOLUTIONS = sorted((ROOT / "solutions").glob("*/*.ipynb"))
EXERCISES = sorted((ROOT / "exercises").glob("*/*.ipynb"))
MOST_LINES = 20
LESSON_SECTIONS = ["In short", "Where this bites in real projects", "Next", "Sources"]


def notebooks(*groups):
    paths = [path for group in groups for path in group]
    return pytest.mark.parametrize(
        "path", paths, ids=lambda path: str(path.relative_to(ROOT).parent / path.stem)
    )


def cells(path: Path, kind: str = "") -> list:
    found = nbformat.read(path, as_version=4).cells
    return [cell for cell in found if not kind or cell.cell_type == kind]


def output_texts(cell) -> list[str]:
    """All that a cell shows as text, without the bytes of pictures."""
    texts = []
    for output in cell.get("outputs", []):
        texts += [output.get("text", ""), output.get("evalue", ""), *output.get("traceback", [])]
        texts += [str(value) for value in output.get("data", {}).values()]
    return [re.sub(r"data:image/png;base64,[^\"]+", "", text) for text in texts]


def headings(path: Path) -> list[tuple[int, str]]:
    lines = "\n".join(cell.source for cell in cells(path, "markdown")).splitlines()
    return [(len(m[1]), m[2]) for line in lines if (m := re.match(r"(#+) (.+)", line))]


def test_there_is_one_exercise_and_solution_for_each_lesson():
    names = [path.stem for path in LESSONS]
    assert names and names == [path.stem for path in SOLUTIONS] == [path.stem for path in EXERCISES]


@notebooks(LESSONS, SOLUTIONS)
def test_every_code_cell_was_run_in_order(path):
    counts = [cell.execution_count for cell in cells(path, "code")]
    assert counts == list(range(1, len(counts) + 1))


@notebooks(EXERCISES)
def test_exercises_hold_no_outputs_and_no_solutions(path):
    for cell in cells(path):
        assert "BEGIN SOLUTION" not in cell.source
        assert not cell.get("outputs") and cell.get("execution_count") is None


def lines_from_helpers(code: str) -> list[str]:
    """Where the statements that import from helpers take their names from."""
    statements = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom))
    modules = (node.module or "" for node in statements)
    return [module for module in modules if module.split(".")[0] == "helpers"]


@notebooks(LESSONS, SOLUTIONS, EXERCISES)
def test_one_line_imports_the_instruments_and_at_most_two_more_the_rest(path):
    code = [cell.source for cell in cells(path, "code")]
    found = lines_from_helpers("\n".join(code))
    rest = [module for module in found if not module.startswith("helpers.predictions")]
    assert lines_from_helpers(code[0])[0] == "helpers"
    assert rest.count("helpers") == 1 and len(rest) <= 3


@notebooks(LESSONS, SOLUTIONS, EXERCISES)
def test_code_that_a_learner_reads_is_plain(path):
    for cell in cells(path, "code"):
        nested = [
            inner
            for outer in ast.walk(ast.parse(cell.source))
            if isinstance(outer, ast.FormattedValue)
            for inner in ast.walk(outer.value)
            if isinstance(inner, ast.JoinedStr)
        ]
        tokens = tokenize.generate_tokens(io.StringIO(cell.source).readline)
        assert not nested, cell.source
        assert all(token.string != ";" for token in tokens), cell.source
        assert not re.search(r"# (fmt|noqa|type:)", cell.source), cell.source
        assert max(map(len, cell.source.splitlines()), default=0) <= 100, cell.source


@notebooks(LESSONS, SOLUTIONS)
def test_outputs_have_no_stderr_addresses_or_paths(path):
    for cell in cells(path, "code"):
        assert all(output.get("name") != "stderr" for output in cell.outputs), cell.source
        for text in output_texts(cell):
            assert not re.search(r"0x[0-9a-f]{6,}|/(root|home|tmp|work|Users)/|[A-Z]:\\", text), (
                text
            )


@notebooks(SOLUTIONS)
def test_solutions_pass_their_own_checks(path):
    checks = [cell for cell in cells(path, "code") if re.search(r"\.check\(", cell.source)]
    assert len(checks) >= 7
    for cell in checks:
        assert "✓" in "".join(output_texts(cell)), cell.source


@notebooks(LESSONS, SOLUTIONS, EXERCISES)
def test_every_picture_has_alt_text(path):
    for cell in cells(path):
        shown = cell.source if cell.cell_type == "markdown" else ""
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            assert not any(kind.startswith("image/") for kind in data), "show a figures.Picture"
            shown += str(data.get("text/html", ""))
        assert not re.search(r"!\[\s*\]\(", shown)
        for image in re.findall(r"<img[^>]*>", shown):
            assert re.search(r'alt="[^"]{20,}"', image), image[:100]


@notebooks(LESSONS, SOLUTIONS, EXERCISES)
def test_cells_are_short(path):
    for cell in cells(path, "code"):
        assert len(cell.source.splitlines()) <= MOST_LINES, cell.source


@notebooks(LESSONS, SOLUTIONS, EXERCISES)
def test_headings_start_with_one_title_and_skip_no_level(path):
    levels = [level for level, _ in headings(path)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@notebooks(LESSONS)
def test_lessons_have_their_required_sections(path):
    everything = [title for level, title in headings(path) if level == 2]
    titles = [title for title in everything if not title.startswith(DEEPER)]
    behind = everything[everything.index("Where this bites in real projects") + 1 : -2]
    assert behind == [title for title in everything if title.startswith(DEEPER)]
    assert titles[-len(LESSON_SECTIONS) :] == LESSON_SECTIONS
    first = cells(path, "markdown")[0].source
    assert re.search(r"^\*.+\?\*$", first, re.MULTILINE), "a one-sentence question in italics"
    for part in ("**Time:**", "**You need:**", "**Afterwards you will be able to**"):
        assert part in first
    if int(path.stem[:2]) >= 3:
        assert titles[0] == "Three questions first"


@notebooks(LESSONS)
def test_lessons_ask_for_a_prediction_before_they_reveal(path):
    text = "\n".join(cell.source for cell in cells(path))
    assert text.count("**Predict.**") >= 4
    assert len(re.findall(r"^my_\w+.*= \.\.\.", text, re.MULTILINE)) >= text.count("**Predict.**")


@notebooks(LESSONS, SOLUTIONS, EXERCISES)
def test_links_resolve(path):
    for cell in cells(path, "markdown"):
        for target in re.findall(r"\]\(([^)\s]+)\)", cell.source):
            if not re.match(r"https?://|#", target):
                assert (path.parent / unquote(target.partition("#")[0])).exists(), target


def test_links_of_the_documents_resolve():
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
            if not re.match(r"https?://|#|mailto:", target):
                found = (document.parent / unquote(target.partition("#")[0])).exists()
                assert found, f"{document.name}: {target}"
