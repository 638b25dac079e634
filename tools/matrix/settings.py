"""The machines on which the course must say the same: one `Setting` each, in groups.

Whatever a setting needs (another Python, a locale, a copy of the checkout) it prepares itself
under .matrix/, which git ignores, and it names the reason where this machine cannot have it.
"""

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tools import ROOT

CACHE = ROOT / ".matrix"
ODD_PATH = CACHE / "Gewichte, die nicht lernen – пробный"
HOME, LOCALES, STARTUP = CACHE / "home", CACHE / "locales", CACHE / "startup"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
LOWEST = {"keras": "3.13.2", "tensorflow": "2.20.0"}
PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
PYENV_PYTHONS = PYENV.glob("versions/3.1[1-3].*/bin")  # which nothing finds by itself
PATH = os.pathsep.join([*map(str, PYENV_PYTHONS), os.environ["PATH"]])

# A shell inside new namespaces: its network has nothing but the loopback, which kernels talk over.
CUT_OFF = ("unshare", "--net", "--mount", "--map-root-user", "sh", "-c")
OFFLINE = (*CUT_OFF, 'ip link set lo up && exec "$@"', "sh")
# A mount that is read-only binds everybody, root as well; `cd` enters it.
MOUNTED = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0"'


class Unavailable(Exception):
    """Why a setting cannot be had on this machine, in one line."""


@dataclass(frozen=True)
class Setting:
    """One kind of machine.

    Attributes:
        name: as in the table.
        environment: variables set for it; none of those that any setting uses is inherited.
        expected: what probe.py must find if the setting is in force.
        prefix: the command that the suite is started through.
        root: the checkout that is run.
        python: the Python that runs it; one with the locked packages unless `prepare` makes it.
        prepare: brings what the setting needs; raises Unavailable.
    """

    name: str
    environment: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, object] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    root: Path = ROOT
    python: Path = Path(sys.executable)
    prepare: Callable[[], None] = field(default=lambda: None, repr=False, compare=False)


def command(words: list, **options: Any) -> None:
    """Run a step of a preparation.

    Raises:
        Unavailable: it failed; its error, or else the last line that it printed, says why.
    """
    try:
        done = subprocess.run(
            list(map(str, words)),
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=os.environ | {"PATH": PATH},
            **options,
        )
    except OSError as error:
        raise Unavailable(f"{words[0]}: {error.strerror}") from None
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines() or ["no message"]
        reason = next((line for line in said if line.startswith("error: ")), said[-1])
        raise Unavailable(f"{Path(words[0]).name}: {reason.removeprefix('error: ').strip()}")


def copy_checkout(to: Path) -> None:
    """Make `to` a copy of what git knows or would add here, and leave its .venv alone."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    to.mkdir(parents=True, exist_ok=True)
    for old in to.iterdir():
        if old.name != ".venv":
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():  # not one that is deleted but not committed yet
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def checkout(folder: Path, python: str, replaced: Mapping[str, str]) -> None:
    """A copy of the checkout, set up as the README says with that Python (uv finds or brings it).

    Raises:
        Unavailable: there is no such Python, or a package cannot be had.
    """
    copy_checkout(folder)
    uv = Path(sys.executable).parent / "uv"
    base = CACHE / f"python{python}"
    if not base.exists():
        command([uv, "venv", "--quiet", "--python", python, base])
    command([base / SCRIPTS / "python", folder / "tools" / "environment.py", "--dev"], cwd=folder)
    if replaced:
        pins = [f"{package}=={version}" for package, version in replaced.items()]
        into = ["--quiet", "--compile-bytecode", "--python", folder / ".venv"]
        command([uv, "pip", "install", *into, *pins])


def _with_checkout(
    name: str, folder: Path, python: str, expected: Mapping, replaced: Mapping = {}, **options: Any
) -> Setting:
    """A setting that runs in a checkout of its own, with its own .venv."""
    return Setting(
        name,
        root=folder,
        python=folder / ".venv" / SCRIPTS / "python",
        expected=expected,
        prepare=partial(checkout, folder, python, replaced),
        **options,
    )


def _new_home() -> None:
    """The empty home of somebody who has just arrived: no Keras data sets, no settings."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)


def _german_locale() -> None:
    """de_DE.UTF-8, made by localedef, and in force in every Python, not only offered to it."""
    LOCALES.mkdir(parents=True, exist_ok=True)
    if not (LOCALES / "de_DE.UTF-8").exists():
        command(["localedef", "-i", "de_DE", "-f", "UTF-8", LOCALES / "de_DE.UTF-8"])
    STARTUP.mkdir(exist_ok=True)
    always = "import locale\nlocale.setlocale(locale.LC_ALL, '')\n"
    (STARTUP / "sitecustomize.py").write_text(always)


def threads(count: int) -> Setting:
    """TensorFlow 2.21 reads the two TF_ variables; OMP_NUM_THREADS reaches NumPy alone."""
    names = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
    expected = {"threads per operation": count, "operations at a time": count}
    name = "1 thread" if count == 1 else f"{count} threads"
    return Setting(name, dict.fromkeys(names, str(count)), expected)


def _onednn(on: bool) -> Setting:
    name = f"oneDNN {'on' if on else 'off'}"
    return Setting(name, {"TF_ENABLE_ONEDNN_OPTS": str(int(on))}, {"oneDNN convolution": on})


def _x86_only() -> None:
    if platform.machine() not in ("x86_64", "AMD64"):
        raise Unavailable(f"oneDNN can only limit x86-64 processors, not {platform.machine()}")


def _instructions(name: str, told: str) -> Setting:
    variables, expected = {"ONEDNN_MAX_CPU_ISA": name}, {"instructions": told}
    return Setting(f"CPU up to {name}", variables, expected, prepare=_x86_only)


def width(columns: str) -> Setting:
    return Setting(f"{columns} columns", {"COLUMNS": columns}, {"columns": columns})


def _on_python(wanted: str) -> Setting:
    """The locked packages on that Python; the one that runs this has them already."""
    name, expected = f"Python {wanted}", {"python": wanted}
    if wanted == THIS_PYTHON:
        return Setting(name, expected=expected)
    return _with_checkout(name, CACHE / f"checkout{wanted}", wanted, expected)


def _locked(package: str) -> str:
    return re.findall(rf"^{package}==(\S+)", (ROOT / "requirements.txt").read_text(), re.M)[0]


FIRST_CORE = str(min(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else "0"
THIS_PYTHON = ".".join(map(str, sys.version_info[:2]))
GERMAN = {"LC_ALL": "de_DE.UTF-8", "LOCPATH": str(LOCALES), "PYTHONPATH": str(STARTUP)}
ALONE = {"network": ["lo"]}

GROUPS: dict[str, list[Setting]] = {
    "reruns": [Setting(f"rerun {number}") for number in (1, 2, 3)],
    "threads": [threads(count) for count in (1, 2, 8)],
    "pinned": [Setting("one core", expected={"cores": 1}, prefix=("taskset", "-c", FIRST_CORE))],
    "onednn": [_onednn(False), _onednn(True)],
    "instructions": [
        _instructions("SSE41", "Intel SSE4.1"),
        _instructions("AVX2", "Intel AVX2"),
        Setting("CPU as it is", {"ONEDNN_MAX_CPU_ISA": "DEFAULT"}),
    ],
    "widths": [width("60"), width("200")],
    "locale": [Setting("decimal comma", GERMAN, {"decimal point": ","}, prepare=_german_locale)],
    "offline": [
        Setting("no network", {"HOME": str(HOME)}, ALONE, OFFLINE, prepare=_new_home),
        _with_checkout(
            "read-only, odd path, no network",
            ODD_PATH,
            THIS_PYTHON,
            ALONE | {"writable": False, "folder": ODD_PATH.name},
            prefix=(*CUT_OFF, f'ip link set lo up && {MOUNTED} && exec "$@"', str(ODD_PATH)),
        ),
    ],
    "pythons": [_on_python(wanted) for wanted in ("3.11", "3.12", "3.13")],
    "packages": [
        Setting("the locked packages", expected={package: _locked(package) for package in LOWEST}),
        _with_checkout("the oldest packages", CACHE / "oldest", THIS_PYTHON, LOWEST, LOWEST),
    ],
}

# What no run inherits, so that only its own setting decides; a home is needed by all.
ABOUT = {name for group in GROUPS.values() for setting in group for name in setting.environment}
VARIABLES = ABOUT - {"HOME"}
