"""Make one taught fact of Keras false at a time, run the lesson, and see whether it notices.

    python -m tools.claims                      every patch (half an hour), and docs/claims.md
    python -m tools.claims --only 03 05         the patches of these lessons
    python -m tools.claims --only 03 --named veto     those whose name holds a word

Writes docs/claims.json, and docs/claims.md from it. Ends with 1 if a lesson did not stop at an
assertion of its own.
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor

from tools import WORKERS
from tools.claims.page import PAGE, claims_page, load, store
from tools.claims.runs import all_trials, caught


def main(arguments: list[str]) -> int:
    """Try the patches that are asked for; those of others stay as stored."""
    parser = argparse.ArgumentParser("tools.claims", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[], help="lessons, such as 03 05")
    parser.add_argument("--named", default="", help="a part of the patches' names")
    parser.add_argument("--page", action="store_true", help="try nothing; the page from the store")
    asked = parser.parse_args(arguments)
    trials = all_trials()
    chosen = [
        trial
        for trial in trials
        if (not asked.only or f"{trial.lesson:02}" in asked.only) and asked.named in trial.name
    ]
    known = load()
    good = True
    if not asked.page:
        with ThreadPoolExecutor(WORKERS) as pool:
            outcomes = pool.map(lambda trial: caught(trial.name, trial.notebook), chosen)
            for trial, found in zip(chosen, outcomes, strict=True):
                print(f"lesson {trial.lesson}, {trial.name}: {found.by} {found.where}", flush=True)
                known[trial.key] = found
                good = good and found.by == "assertion"
                store(known, trials)
    PAGE.write_text(claims_page(known, trials), "utf-8")
    print(f"wrote {PAGE}")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
