"""Everybody installs the same locked, hashed versions, and is told in one line what is missing."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tools import environment

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LEARNER, DEV = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"


def entries(lock: Path) -> list[str]:
    """One text per locked package: its first line and its hashes."""
    return re.split(r"^(?=\S)", lock.read_text(), flags=re.MULTILINE)[1:]


def pins(lock: Path) -> dict[str, set[str]]:
    """The locked versions of each package; more than one where Pythons differ."""
    found: dict[str, set[str]] = {}
    for entry in entries(lock):
        name, version = re.match(r"([\w.-]+)==([^\s;]+)", entry).groups()
        found.setdefault(name, set()).add(version)
    return found


@pytest.mark.parametrize("lock", [LEARNER, DEV], ids=lambda lock: lock.name)
def test_every_entry_is_pinned_and_hashed_and_names_no_address(lock):
    for entry in entries(lock):
        assert re.match(r"[\w.-]+==\S+", entry) and "--hash=sha256:" in entry, entry
    assert not re.search(r"https?://|--index|--find-links", lock.read_text())


def test_the_lock_fits_the_ranges_of_the_project():
    locked = pins(LEARNER)
    for text in PROJECT["dependencies"]:
        wanted = Requirement(text)
        assert all(Version(v) in wanted.specifier for v in locked[wanted.name]), text


def test_the_larger_lock_contains_the_smaller_one_and_the_extras():
    learner, dev = pins(LEARNER), pins(DEV)
    assert {name: dev.get(name) for name in learner} == learner
    for extra in PROJECT["optional-dependencies"].values():
        assert {Requirement(text).name for text in extra} <= set(dev)
    assert "nbgrader" not in learner


def test_conda_users_get_the_versions_of_the_lock(tmp_path):
    """The pip part of environment.yml, resolved in a new virtual environment of that Python."""
    text = (ROOT / "environment.yml").read_text()
    python = re.search(r"python=(\d+\.\d+)", text)[1]
    assert Version(python) in Requirement("python" + PROJECT["requires-python"]).specifier
    pip_part = re.search(r"- pip:\n((?: +- .+\n?)+)", text)[1]
    arguments = [word for line in pip_part.splitlines() for word in line.strip(" -").split()]
    assert arguments == ["r", "requirements.txt"]
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "venv", "--quiet", tmp_path / "new"], check=True)
    command = [uv, "pip", "install", "--dry-run", "--require-hashes", "--python", tmp_path / "new"]
    command += ["--python-version", python, "-r", "requirements.txt"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode and any(sign in done.stderr for sign in environment.NO_NETWORK):
        message = "the package index cannot be reached"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    assert done.returncode == 0, done.stderr
    resolved = re.findall(r"^ \+ ([\w.-]+)==(\S+)", done.stderr, re.MULTILINE)
    locked = pins(LEARNER)
    assert len(resolved) > 100 and all(version in locked[name] for name, version in resolved)


# --- one line says what is missing ---------------------------------------------------------------


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """A checkout without .venv, in which the commands of the set-up are only noted."""
    for lock in (LEARNER, DEV, ROOT / "pyproject.toml"):
        (tmp_path / lock.name).write_bytes(lock.read_bytes())
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "BIN", tmp_path / ".venv" / "bin")
    monkeypatch.setattr(sys, "argv", ["environment.py"])
    commands = []

    def noted(command, **_):
        commands.append(list(map(str, command)))
        (tmp_path / ".venv").mkdir(exist_ok=True)
        return SimpleNamespace(returncode=0, stdout="", stderr="")

    monkeypatch.setattr(environment.subprocess, "run", noted)
    return commands


def failing_with(monkeypatch, text):
    failed = SimpleNamespace(returncode=1, stdout="", stderr=text)
    monkeypatch.setattr(environment.subprocess, "run", lambda *_, **__: failed)


def stopped() -> str:
    with pytest.raises(SystemExit) as caught:
        environment.main()
    message = str(caught.value)
    assert message.startswith("Set-up stopped: ") and "\n" not in message
    return message


def test_a_set_up_is_done_once(fresh, monkeypatch):
    environment.main()
    installs = [command for command in fresh if "--require-hashes" in command]
    assert len(installs) == 2 and installs[1][-1] == "requirements.txt"  # uv, then the rest
    assert "--compile-bytecode" in installs[1]
    fresh.clear()
    environment.main()
    assert fresh == []
    monkeypatch.setattr(sys, "argv", ["environment.py", "--dev"])
    environment.main()
    assert any("requirements-dev.txt" in command for command in fresh)
    fresh.clear()
    monkeypatch.setattr(sys, "argv", ["environment.py"])
    environment.main()  # the larger environment serves a learner, too
    assert fresh == []


def test_a_new_lock_is_installed(fresh):
    environment.main()
    fresh.clear()
    with (environment.ROOT / "requirements.txt").open("a") as lock:
        lock.write("# newer\n")
    environment.main()
    assert fresh


def test_an_interrupted_set_up_does_not_pass_for_the_one_before(fresh, monkeypatch):
    environment.main()
    lock = environment.ROOT / "requirements.txt"
    before = lock.read_text()
    lock.write_text(before + "# newer\n")
    with monkeypatch.context() as patched:
        failing_with(patched, "something else")
        stopped()
    lock.write_text(before)
    fresh.clear()
    environment.main()
    assert fresh


def test_a_moved_checkout_gets_a_new_environment(fresh, tmp_path):
    environment.BIN.mkdir(parents=True)
    for name in ("python", "python.exe", "uv", "uv.exe"):
        (environment.BIN / name).touch()
    config = environment.VENV / "pyvenv.cfg"
    config.write_text(f"command = python -m venv --clear {environment.VENV}\n")
    assert environment.usable()
    config.write_text(f"command = python -m venv --clear {tmp_path / 'elsewhere' / '.venv'}\n")
    environment.main()
    assert any("--clear" in command for command in fresh)


def test_a_command_that_cannot_start(fresh, monkeypatch):
    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(environment.subprocess, "run", refused)
    assert "Permission denied" in stopped()


def test_wrong_python(fresh, monkeypatch):
    monkeypatch.setattr(environment.sys, "version_info", (3, 9, 1))
    monkeypatch.setattr(environment.shutil, "which", lambda _: None)
    assert "needs Python 3.11, 3.12 or 3.13; only Python 3.9" in stopped()


def test_another_python_is_found(fresh, monkeypatch):
    monkeypatch.setattr(environment.sys, "version_info", (3, 14, 0))
    found = {"python3.12": "a python"}
    monkeypatch.setattr(environment.shutil, "which", found.get)
    assert environment.supported_python() == ["python3.12"]


def test_no_disk(fresh, monkeypatch):
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda _: SimpleNamespace(free=1.2e9))
    assert "about 4 GB of disk are needed; 1.2 GB are free" in stopped()


@pytest.mark.parametrize(
    "said, cause",
    [
        ("The virtual environment was not created because ensurepip is not available", "no venv"),
        ("Could not install: [Errno 28] No space left on device", "the disk is full"),
        ("error: Failed to fetch: dns error", "is there a network?"),
        ("ERROR: No matching distribution found for uv==0.1", "is there a network?"),
        ("error: Hash mismatch for keras", "does not match its hash"),
        ("something else\nlast line", "failed: last line"),
    ],
)
def test_a_failing_command_is_explained(fresh, monkeypatch, said, cause):
    failing_with(monkeypatch, said)
    assert cause in stopped()
