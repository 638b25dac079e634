"""Compile the two locks from pyproject.toml: exact versions with hashes, for every platform.

    python -m tools.lock             keep the locked versions that still fit pyproject.toml
    python -m tools.lock --upgrade   take the newest versions that fit

requirements.txt is what a learner needs. requirements-dev.txt adds all extras
and keeps the learner's versions. Needs uv in `.venv` (the extra `author`) and a network.
"""

import os
import subprocess
import sys

from tools import ROOT

UV = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin") / "uv"
COMPILE = [
    "pip",
    "compile",
    "pyproject.toml",
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--quiet",
]
LEARNER = ["-o", "requirements.txt"]
DEV = ["--all-extras", "-c", "requirements.txt", "-o", "requirements-dev.txt"]


def _compile_lock(arguments: list[str]) -> None:
    """Run one compilation; stop with one line that says what was wrong."""
    try:
        done = subprocess.run(
            [str(UV), *COMPILE, *arguments],
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
    except FileNotFoundError:
        sys.exit("Lock stopped: there is no uv in .venv; run python tools/environment.py --dev.")
    if done.returncode:
        reason = " ".join(done.stderr.split()) or "uv gave no reason"
        sys.exit(f"Lock stopped at {arguments[-1]}: {reason}")


def main(arguments: list[str]) -> None:
    if arguments not in ([], ["--upgrade"]):
        sys.exit(f"Lock stopped: the only option is --upgrade, not {' '.join(arguments)}.")
    for output in (LEARNER, DEV):
        _compile_lock([*arguments, *output])
        print(f"{output[-1]} is compiled")


if __name__ == "__main__":
    main(sys.argv[1:])
