"""The course says the same under other settings; and the matrix that shows it cannot be fooled."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from tools import ROOT
from tools.matrix import __main__ as matrix
from tools.matrix import results, runs, settings, sources
from tools.matrix.settings import GROUPS, Setting, Unavailable

ALL = [setting for group in GROUPS.values() for setting in group]

# --- a slice of the matrix -----------------------------------------------------------------------


def both(one: Setting, other: Setting) -> Setting:
    return replace(
        one,
        name=f"{one.name}, {other.name}",
        environment={**one.environment, **other.environment},
        expected={**one.expected, **other.expected},
    )


@pytest.mark.parametrize(
    "setting",
    [
        both(settings.threads(1), settings.width("60")),
        both(settings.threads(8), settings.width("200")),
    ],
    ids=lambda setting: setting.name,
)
def test_the_first_lesson_says_the_same(setting):
    results.proof(setting)
    assert results.differences(setting, "notebooks/01_counting_weights.ipynb") == {}


# --- the tool ------------------------------------------------------------------------------------


def write(path: Path, source: str, output: str) -> None:
    """A notebook of one cell with what it is said to have printed."""
    cell = nbformat.v4.new_code_cell(source, execution_count=1)
    if output:
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=output)]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)


WORDS = '{"cell_type": "markdown", "id": "words", "metadata": {}, "source": "Words"},'
WIDTH = "import os\nprint(os.environ.get('COLUMNS'))"
NARROW, WIDE = (Setting(f"{n} columns", {"COLUMNS": n}) for n in ("60", "200"))


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A checkout of two small notebooks; the probe, which loads TensorFlow, is left out."""
    write(tmp_path / "notebooks/01_a.ipynb", "print('always')", "always\n")
    write(tmp_path / "solutions/02_b/02_b.ipynb", WIDTH, "60\n")
    for name in ("pyproject.toml", "requirements-dev.txt", "tests/nbval_sanitize.cfg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(sources, "ROOT", tmp_path)
    monkeypatch.setattr(matrix, "RESULTS", tmp_path / ".matrix" / "results.json")
    monkeypatch.setattr(matrix, "PAGE", tmp_path / "docs" / "matrix.md")
    seen = {"instructions": "all", "cores": 2, "python": "3", "keras": "3", "tensorflow": "2"}
    monkeypatch.setattr(results, "proof", lambda setting: seen)
    monkeypatch.setattr(
        matrix, "GROUPS", {"widths": [replace(NARROW, root=tmp_path), replace(WIDE, root=tmp_path)]}
    )
    return tmp_path


@pytest.fixture
def ran(course, monkeypatch):
    """Which notebooks are run, under which setting; they are not run in truth and never differ."""
    done = []

    def noted(setting, notebook):
        done.append((setting.name, Path(notebook).stem))
        return {}

    monkeypatch.setattr(results, "differences", noted)
    return done


def test_a_cell_that_differs_under_one_setting_is_named(course, capsys):
    assert matrix.main(["widths", "--only", "02"]) == 1
    shown = capsys.readouterr().out
    assert "[1/2] 60 columns: same\n" in shown
    assert "[2/2] 200 columns: DIFFERENT: 02_b (Cell 0)\n" in shown
    report = shown[shown.index("--- 200 columns, solutions/02_b/02_b.ipynb, Cell 0") :]
    assert "60" in report and "200" in report, "what was stored and what came"
    assert not matrix.PAGE.exists(), "only the whole matrix writes the page"
    assert (matrix.RESULTS.parent / ".gitignore").read_text() == "*\n", "git sees none of it"


@pytest.mark.parametrize("cells", [[], [nbformat.v4.new_code_cell("1")]], ids=["empty", "not run"])
def test_a_notebook_that_compares_nothing_does_not_pass(course, cells):
    nbformat.write(nbformat.v4.new_notebook(cells=cells), course / "notebooks/01_a.ipynb")
    assert results.differences(replace(NARROW, root=course), "notebooks/01_a.ipynb")


def test_a_notebook_that_takes_too_long_does_not_pass(course, monkeypatch):
    monkeypatch.setattr(runs, "TIMEOUT", 0.5)
    found = results.differences(replace(NARROW, root=course), "notebooks/01_a.ipynb")
    assert found == {runs.WHOLE: "took over 0.5 s"}


def test_a_setting_that_is_not_in_force_is_no_pass(course, monkeypatch, ran, capsys):
    def refuted(setting):
        raise RuntimeError("not in force: columns should be 60, but is 80")

    monkeypatch.setattr(results, "proof", refuted)
    assert matrix.main(["widths"]) == 1
    assert "60 columns: FAILED: not in force: columns should be 60" in capsys.readouterr().out
    assert ran == []


def test_the_probe_refutes_a_setting_that_changes_nothing():
    claimed = Setting("claimed", expected={"columns": "61", "decimal point": ","})
    with pytest.raises(RuntimeError, match=r"^not in force: columns should be 61, but is $"):
        results.proof(claimed)


def test_what_this_machine_cannot_do_is_skipped_with_the_reason(course, monkeypatch, ran, capsys):
    def no_python():
        settings.checkout(course / "copy", "3.99", {})

    impossible = [
        Setting("odd", prefix=("no-such-command", "-c"), root=course),
        Setting("Python 3.99", prepare=no_python, root=course),
    ]
    monkeypatch.setattr(matrix, "GROUPS", {"impossible": impossible})
    monkeypatch.setattr(settings, "CACHE", course / ".matrix")
    assert matrix.main([]) == 0
    shown = capsys.readouterr().out
    assert "odd: skipped: no-such-command: No such file or directory" in shown
    assert "Python 3.99: skipped: uv: No interpreter found for Python 3.99" in shown
    assert ran == []


def test_an_interrupted_run_goes_on_where_it_was(course, monkeypatch, ran):
    real = results.differences

    def interrupted(setting, notebook):
        if len(ran) == 3:
            raise KeyboardInterrupt
        return real(setting, notebook)

    monkeypatch.setattr(results, "WORKERS", 1)
    monkeypatch.setattr(results, "differences", interrupted)
    with pytest.raises(KeyboardInterrupt):
        matrix.main(["widths"])
    monkeypatch.setattr(results, "differences", real)
    assert matrix.main(["widths"]) == 0
    assert sorted(ran) == sorted(set(ran)) and len(ran) == 4, "nothing twice, nothing left out"
    assert matrix.main(["widths"]) == 0
    assert len(ran) == 4


def test_a_difference_stays_until_something_changes_but_a_crash_is_tried_again(
    course, monkeypatch, ran
):
    noted = results.differences
    for cells, expected in ({"Cell 0": "60, 200"}, 2), ({runs.WHOLE: "killed"}, 4):
        write(course / "notebooks/01_a.ipynb", f"print('always', {expected})", "always\n")
        ran.clear()
        monkeypatch.setattr(results, "differences", lambda *run: noted(*run) or cells)  # noqa: B023
        assert [matrix.main(["widths", "--only", "01"]) for _ in range(2)] == [1, 1]
        assert len(ran) == expected


@pytest.mark.parametrize(
    "changed, old, new, again",
    [
        ("notebooks/01_a.ipynb", "print('always')", "print('always', '')", 1),
        ("notebooks/01_a.ipynb", "always\\n", "always \\n", 1),  # what it printed
        ("notebooks/01_a.ipynb", '"cells": [', '"cells": [' + WORDS, 0),
        ("pyproject.toml", "--nbval ", "--nbval --nbval-cell-timeout 9 ", 2),
        ("pyproject.toml", "numpy", "numpy>=1", 2),
        ("pyproject.toml", "line-length = 100", "line-length = 99", 0),  # no output depends on it
    ],
)
def test_what_has_changed_is_run_again(course, ran, changed, old, new, again):
    matrix.main(["widths"])
    ran.clear()
    text = (course / changed).read_text("utf-8")
    assert old in text
    (course / changed).write_text(text.replace(old, new, 1), "utf-8")
    matrix.main(["widths"])
    expected = ["01_a", "01_a", "02_b", "02_b"][: 2 * again]
    assert sorted(notebook for _, notebook in ran) == expected


HELPERS = {
    "__init__.py": "ROOMS = {'offering': 'offered other', 'figures': 'drawn'}\n",
    "offering.py": "",
    "figures/__init__.py": "ROOMS = {'bars': 'drawn', 'dots': 'dotted', 'maps': 'mapped'}\n",
    "figures/bars.py": "",
    "figures/dots.py": "",
    "figures/maps.py": "",
    "ledger.py": "from helpers.tables import Table\n",
    "tables.py": "NAMES = 'others', 'numbers.json'  # see README.md\nstored('measured')\n",
    "movement.py": "",
    "data/numbers.json": "[]",
    "data/measured.json": "[]",
    "data/others.json": "[]",
    "data/README.md": "what numbers.json is",
}


IMPORTS = "if 1:\n    from helpers import drawn, figures, ledger, offered\nfigures.dotted()"


@pytest.mark.parametrize(
    "changed, expected",
    [
        ("__init__.py", 2),
        ("ledger.py", 2),  # imported
        ("tables.py", 2),  # by what is imported
        ("data/numbers.json", 2),  # named there
        ("data/measured.json", 2),  # by its stem
        ("offering.py", 2),  # from where the package offers a name
        ("figures/bars.py", 2),  # through two packages
        ("figures/dots.py", 2),  # taken by a dot
        ("figures/maps.py", 0),
        ("movement.py", 0),
        ("data/others.json", 0),
        ("data/README.md", 0),
    ],
)
def test_a_change_runs_again_what_it_reaches(course, ran, changed, expected):
    for name, text in HELPERS.items():
        (course / "helpers" / name).parent.mkdir(parents=True, exist_ok=True)
        (course / "helpers" / name).write_text(text)
    write(course / "notebooks/01_a.ipynb", IMPORTS, "")
    matrix.main(["widths", "--only", "01"])
    ran.clear()
    with (course / "helpers" / changed).open("a") as file:
        file.write("\n")
    matrix.main(["widths", "--only", "01"])
    assert len(ran) == expected


def test_a_change_of_the_setting_is_run_again(course, monkeypatch, ran):
    matrix.main(["widths", "--only", "01"])
    wide = [replace(WIDE, root=course, environment={"COLUMNS": "201"})]
    monkeypatch.setattr(matrix, "GROUPS", {"widths": wide})
    matrix.main(["widths", "--only", "01"])
    assert len(ran) == 3


def test_the_page_is_written_by_a_complete_run(course, ran):
    assert matrix.main([]) == 0
    page = matrix.PAGE.read_text("utf-8")
    assert "| 60 columns | 2 | same |" in page and "keras 3, tensorflow 2" in page
    assert str(course) not in page


def test_the_page_of_what_is_stored_runs_nothing_and_says_what_is_missing(course, ran):
    both = matrix.GROUPS["widths"]
    matrix.GROUPS["widths"] = both[:1]
    matrix.main(["widths", "--only", "01"])
    matrix.GROUPS["widths"] = both
    assert matrix.main(["--page"]) == 0
    page = matrix.PAGE.read_text("utf-8")
    assert "| 60 columns | 1 | same |" in page and "| 200 columns | 0 | not run yet |" in page
    assert len(ran) == 1


def test_the_page_of_what_is_stored_leaves_out_what_has_changed_since(course, ran):
    matrix.main(["widths"])
    write(course / "notebooks/01_a.ipynb", "print('another')", "another\n")
    matrix.main(["--page"])
    assert "| 60 columns | 1 | same |" in matrix.PAGE.read_text("utf-8")


@pytest.mark.parametrize("arguments", [["widhts"], ["--only", "99"]], ids=" ".join)
def test_a_misspelt_selection_is_refused(course, ran, arguments):
    with pytest.raises(SystemExit):
        matrix.main(arguments)
    assert ran == []


# --- the settings --------------------------------------------------------------------------------


def test_every_setting_has_a_name_of_its_own_and_says_how_it_shows():
    assert len({setting.name for setting in ALL}) == len(ALL)
    silent = {setting.name for setting in ALL if not setting.expected}
    assert silent == {"rerun 1", "rerun 2", "rerun 3", "CPU as it is"}


def test_no_setting_inherits_what_another_is_about(monkeypatch):
    for variable in runs.VARIABLES:
        monkeypatch.setenv(variable, "left over")
    assert {"COLUMNS", "TF_ENABLE_ONEDNN_OPTS", "LC_ALL"} <= runs.VARIABLES
    for setting in ALL:
        assert "left over" not in runs.environment(setting).values()
        assert "HOME" in runs.environment(setting)


def test_a_copy_has_what_git_would_have_and_keeps_its_environment(tmp_path):
    (tmp_path / ".venv").mkdir()
    (tmp_path / "stale.py").touch()
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers/stale.py").touch()
    settings.copy_checkout(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {".venv", "helpers", "notebooks", "pyproject.toml"} <= names
    assert not names & {".git", ".matrix", "stale.py", ".hypothesis"}
    assert not (tmp_path / "helpers/stale.py").exists()
    for name in ("helpers/_start.py", "notebooks/01_counting_weights.ipynb"):
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()


@pytest.mark.parametrize("said", ["first\\nlast", "error: last\\nhint: none"])
def test_a_failing_preparation_says_why(said):
    words = [sys.executable, "-c", f"import sys; sys.exit('{said}')"]
    with pytest.raises(Unavailable, match=r"^python\S*: last$"):
        settings.command(words)
