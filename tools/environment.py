"""Create or refresh `.venv` from the hashed lock. Any Python 3 may run this; it needs no package.

    python tools/environment.py         what a learner needs
    python tools/environment.py --dev   also what the test suite and the authors need

Does nothing when the lock has not changed. Whatever is missing is said in one line.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
SUPPORTED = [(3, 13), (3, 12), (3, 11)]  # where TensorFlow has wheels
NEEDED_GB = 4
LOCKS = {"learner": "requirements.txt", "dev": "requirements-dev.txt"}
NO_NETWORK = [
    "dns error",
    "Failed to fetch",
    "error sending request",
    "Request failed",
    "Connection",
    "No matching distribution found for uv",
]
CAUSES = {  # of a failed command, by what it prints
    "the disk is full.": ["No space left", "os error 28"],
    "the package index cannot be reached: is there a network?": NO_NETWORK,
    "a downloaded file does not match its hash in the lock.": ["Hash mismatch", "DO NOT MATCH"],
    "this Python has no venv module (on Debian: apt install python3-venv).": [
        "ensurepip",
        "No module named venv",
    ],
}
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")


def stop(message: str) -> NoReturn:
    sys.exit(f"Set-up stopped: {message}")


def supported_python() -> list:
    """The command of a supported Python: this one if it fits, else one found on PATH."""
    if sys.version_info[:2] in SUPPORTED:
        return [sys.executable]
    for major, minor in SUPPORTED:
        name = f"{major}.{minor}"
        for command in ([f"python{name}"], ["py", f"-{name}"]):
            if shutil.which(command[0]) and _runs(command):
                return command
    found = ".".join(map(str, sys.version_info[:2]))
    stop(f"this course needs Python 3.11, 3.12 or 3.13; only Python {found} was found.")


def _runs(command: list) -> bool:
    return subprocess.run([*command, "-c", ""], capture_output=True).returncode == 0


def _wanted_stamp(lock: str) -> str:
    """What `.venv` holds when it is up to date: the lock's and the project's hash."""
    content = b"".join((ROOT / name).read_bytes() for name in (lock, "pyproject.toml"))
    return hashlib.sha256(content + str(ROOT).encode()).hexdigest()


def _up_to_date(kind: str) -> bool:
    """True when this kind, or the dev kind that contains it, is installed from the present lock."""
    for name in {kind, "dev"}:
        stamp = VENV / f"installed-{name}"
        if stamp.exists() and stamp.read_text() == _wanted_stamp(LOCKS[name]):
            return True
    return False


def usable() -> bool:
    """True when `.venv` has Python and uv and was made in this folder: its scripts name it."""
    suffix = ".exe" if os.name == "nt" else ""
    if not all((BIN / f"{name}{suffix}").exists() for name in ("python", "uv")):
        return False
    lines = (VENV / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    return any(line.startswith("command = ") and line.endswith(f" {VENV}") for line in lines)


def _locked_lines(package: str) -> str:
    """The lock's entry for one package with its hashes, so that pip can check it."""
    entries = re.split(r"^(?=\S)", (ROOT / LOCKS["dev"]).read_text(), flags=re.MULTILINE)
    return next(entry for entry in entries if entry.startswith(f"{package}=="))


def run(command: list, doing: str) -> None:
    """Run one set-up command; on failure, say the likely cause in one line."""
    try:
        done = subprocess.run(
            list(map(str, command)),
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        stop(f"{doing} failed: {error}")
    if done.returncode == 0:
        return
    said = done.stdout + done.stderr
    for cause, signs in CAUSES.items():
        if any(sign in said for sign in signs):
            stop(cause)
    stop(f"{doing} failed: {(said.strip().splitlines() or ['no message'])[-1]}")


def main() -> None:
    kind = "dev" if "--dev" in sys.argv[1:] else "learner"
    if _up_to_date(kind):
        return
    python = supported_python()
    free_gb = shutil.disk_usage(ROOT).free / 1e9
    if not VENV.exists() and free_gb < NEEDED_GB:
        stop(f"about {NEEDED_GB} GB of disk are needed; {free_gb:.1f} GB are free.")
    print("Setting up .venv (a few minutes the first time) ...", flush=True)
    for name in LOCKS:  # an interrupted set-up must not pass for an older, finished one
        (VENV / f"installed-{name}").unlink(missing_ok=True)
    if not usable():
        run([*python, "-m", "venv", "--clear", VENV], "creating .venv")
        (VENV / "uv.txt").write_text(_locked_lines("uv"))
        pip = [BIN / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "-r", VENV / "uv.txt"], "installing uv")
    install = [BIN / "uv", "pip", "install", "--python", BIN / "python", "--compile-bytecode"]
    run([*install, "--require-hashes", "-r", LOCKS[kind]], "installing the packages")
    run([*install, "--no-deps", "--no-build-isolation", "-e", "."], "installing helpers")
    # JupyterLab here asks nobody to fetch news, and shows learners no grading menus.
    for extension in ("@jupyterlab/apputils-extension:announcements", "@jupyter/nbgrader"):
        disable = [BIN / "jupyter", "labextension", "disable", "--level=sys_prefix", extension]
        run(disable, "quieting JupyterLab")
    (VENV / f"installed-{kind}").write_text(_wanted_stamp(LOCKS[kind]))


if __name__ == "__main__":
    main()
