"""Run every lesson and solution under every setting and compare all stored outputs strictly.

    python -m tools.matrix                           everything, and docs/matrix.md (75 minutes)
    python -m tools.matrix threads widths            only these groups of settings.GROUPS
    python -m tools.matrix threads --only 04 05      only notebooks whose names start so
    python -m tools.matrix --page                    runs nothing; the page from what is stored

Every result is stored in .matrix/results.json at once, with a digest of what was tested, so an
interrupted run goes on where it was, and only what has changed is run again. Where an output
differs, the lesson is changed, never the comparison.
"""

import argparse
import sys

from helpers.tables import Table
from tools import ROOT
from tools.matrix.page import HEADER, matrix_page
from tools.matrix.results import Results, SettingRun, last_outcome, outcome
from tools.matrix.settings import CACHE, GROUPS, Setting
from tools.matrix.sources import notebooks

RESULTS = CACHE / "results.json"
PAGE = ROOT / "docs" / "matrix.md"


def main(arguments: list[str]) -> int:
    """Run the matrix, or the part that was asked for; the exit code is 1 where anything differs.

    Raises:
        SystemExit: there is no such group or notebook.
    """
    parser = argparse.ArgumentParser("tools.matrix", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("groups", nargs="*", help=f"of {', '.join(GROUPS)}")
    parser.add_argument("--only", nargs="+", default=[""], help="starts of names, such as 04 05")
    parser.add_argument("--page", action="store_true", help="run nothing; write what is stored")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.groups) - set(GROUPS):
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    chosen = notebooks(asked.only)
    if not chosen:
        parser.error(f"no notebook starts with {' or '.join(asked.only)}")
    settings = [setting for name in asked.groups or GROUPS for setting in GROUPS[name]]
    whole = not asked.groups and chosen == notebooks()
    results = Results(RESULTS)
    if asked.page:
        outcomes = [last_outcome(setting, chosen, results) for setting in settings]
    else:
        outcomes = _run_all(settings, chosen, results)
        print(f"\n{Table(HEADER, [outcome.row for outcome in outcomes])}")
    good = not any(outcome.text.startswith(("DIFFERENT", "FAILED")) for outcome in outcomes)
    if whole and (good or asked.page) and any(outcome.runs for outcome in outcomes):
        PAGE.write_text(matrix_page(outcomes), "utf-8")
        print(f"wrote {PAGE}")
    elif asked.page:
        print("wrote nothing: --page is for the whole matrix, once something of it is stored")
    return int(not good)


def _run_all(settings: list[Setting], chosen: list[str], results: Results) -> list[SettingRun]:
    """The outcome of each setting, said while it runs."""
    outcomes = []
    for number, setting in enumerate(settings, 1):
        progress = f"[{number}/{len(settings)}] {setting.name}"
        print(f"{progress} ...", flush=True)
        outcomes.append(outcome(setting, chosen, results))
        print(f"{progress}: {outcomes[-1].text}", flush=True)
    return outcomes


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
