"""Promise: the first cell of every notebook is quick, silent, offline and clear when it fails."""

import os
import random
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import keras
import numpy as np
import pytest

from helpers import _start, start

ROOT = Path(__file__).parents[1]

# Replaces what every connection goes through, before anything else is imported.
NO_NETWORK = """
import socket
def refused(*arguments, **options):
    raise OSError("this test has no network")
socket.socket.connect = socket.socket.connect_ex = refused
socket.getaddrinfo = socket.create_connection = refused
"""

EVERYTHING = """
import importlib, pkgutil
from helpers import start
start()
import helpers
for module in pkgutil.walk_packages(helpers.__path__, "helpers."):
    importlib.import_module(module.name)
"""


def python(code):
    """A fresh interpreter: this one has long loaded what the promise is about."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)


def test_importing_helpers_loads_nothing_heavy():
    done = python(
        "import sys, helpers;print({'keras', 'tensorflow', 'matplotlib', 'numpy'} & "
        "set(sys.modules) or 'nothing')"
    )
    assert (done.stdout, done.stderr) == ("nothing\n", "")


def test_start_and_every_module_work_offline_and_say_one_line():
    done = python(NO_NETWORK + EVERYTHING)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"Ready: Keras 3\.\d+\.\d+ on TensorFlow 2\.\d+\.\d+\.\n", done.stdout)


def test_the_cut_really_cuts():
    done = python(NO_NETWORK + "import urllib.request as u; u.urlopen('http://127.0.0.1:9')")
    assert "this test has no network" in done.stderr


def test_the_seed_fixes_python_numpy_and_keras():
    def draw(seed):
        start(seed)
        return random.random(), np.random.rand(), float(keras.random.uniform(()))

    first = draw(3)
    assert draw(3) == first
    assert all(a != b for a, b in zip(draw(4), first, strict=True))


@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_the_first_and_the_last_seed_are_accepted(seed):
    start(seed)


@pytest.mark.parametrize("seed", [True, 1.5, "1", None, [1]], ids=repr)
def test_a_seed_that_is_no_whole_number_is_refused_and_shown(seed):
    with pytest.raises(TypeError) as refusal:
        start(seed)
    assert str(refusal.value) == f"seed should be a whole number from 0 to 2**32 - 1, not {seed!r}"


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_refused_and_shown(seed):
    with pytest.raises(ValueError, match=f"not {seed}$"):
        start(seed)


def installed(monkeypatch, **versions):
    """Pretend that these are the versions installed, and that all others are missing."""

    def version(package):
        if package not in versions:
            raise PackageNotFoundError(package)
        return versions[package]

    monkeypatch.setattr("importlib.metadata.version", version)
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")


@pytest.mark.parametrize(
    ("versions", "sentence"),
    [
        ({}, "keras is not installed in this kernel; open the notebook with `make lab`"),
        (
            {"keras": "3.13.0"},
            "tensorflow is not installed in this kernel; open the notebook with `make lab`",
        ),
        (
            {"keras": "2.15.0", "tensorflow": "2.20.0"},
            "this course needs keras 3.13 or newer, not 2.15.0",
        ),
        # 3.9 is older than 3.13, although "3.9" sorts after it.
        (
            {"keras": "3.9.2", "tensorflow": "2.20.0"},
            "this course needs keras 3.13 or newer, not 3.9.2",
        ),
        (
            {"keras": "3.13.0", "tensorflow": "2.19.1"},
            "this course needs tensorflow 2.20 or newer, not 2.19.1",
        ),
    ],
)
def test_a_missing_or_old_package_is_named(monkeypatch, versions, sentence):
    installed(monkeypatch, **versions)
    with pytest.raises(RuntimeError) as refusal:
        _start.check_versions()
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("keras_version", ["3.13.0", "3.15.1", "4.0.0rc1", "3.14.dev20260101"])
def test_new_enough_versions_pass(monkeypatch, keras_version):
    installed(monkeypatch, keras=keras_version, tensorflow="2.20.0")
    _start.check_versions()


def test_tensorflow_is_not_needed_on_another_backend(monkeypatch):
    installed(monkeypatch, keras="3.15.1")
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    _start.check_versions()


@pytest.mark.parametrize("here", [(3, 10, 9), (3, 14, 0), (2, 7, 18)])
def test_a_python_outside_the_range_is_named(monkeypatch, here):
    monkeypatch.setattr(_start.sys, "version_info", here)
    with pytest.raises(RuntimeError) as refusal:
        _start.check_versions()
    major, minor, _ = here
    assert str(refusal.value) == (
        f"this course needs Python 3.11 to 3.13; this kernel runs {major}.{minor}"
    )


def test_what_native_code_writes_to_stderr_is_hidden_and_errors_still_arrive(capfd):
    with pytest.raises(KeyError), _start.silent_stderr():
        os.write(2, b"Could not find cuda drivers")
        raise KeyError
    os.write(2, b"back")
    assert capfd.readouterr().err == "back"
