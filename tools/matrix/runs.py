"""How a notebook is run under a setting of the matrix, and how the setting is shown in force."""

import json
import os
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from tools.matrix.settings import VARIABLES, Setting

PROBE = Path(__file__).with_name("probe.py")
STRICT = ["-m", "pytest", "--quiet", "-p", "no:cacheprovider", "--nbval-current-env"]
WHOLE = "whole notebook"  # in place of a cell's name
TIMEOUT = 1200  # seconds for one notebook; on one shared core it takes several times as long


def environment(setting: Setting, **more: str) -> dict[str, str]:
    """The variables of a run: the setting's, and of the others only what no setting is about."""
    inherited = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return inherited | dict(setting.environment) | more


def proof(setting: Setting) -> dict[str, object]:
    """What the probe finds under a setting.

    Raises:
        RuntimeError: the setting is not in force, or the probe failed.
    """
    done = subprocess.run(
        [*setting.prefix, str(setting.python), str(PROBE)],
        cwd=setting.root,
        text=True,
        capture_output=True,
        encoding="utf-8",
        env=environment(setting, ONEDNN_VERBOSE="1"),
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["no message"]
        raise RuntimeError(f"the probe failed: {said[-1]}")
    told = re.search(r"info,cpu,isa:(.+)", done.stdout)
    facts = json.loads(done.stdout.splitlines()[-1])
    facts["instructions"] = told and told[1]
    facts["oneDNN convolution"] = "exec,cpu,convolution" in done.stdout if told else None
    for fact, wanted in {"course of this folder": True, **setting.expected}.items():
        if facts[fact] not in (wanted, None):
            raise RuntimeError(f"not in force: {fact} should be {wanted}, but is {facts[fact]}")
    return facts


def differences(setting: Setting, notebook: str) -> dict[str, str]:
    """The cells of a notebook, given relative to the checkout, that differ: name and report.

    A run that compared nothing, crashed or took too long counts as a difference of the whole, and
    so does a cell that was never run: nbval would pass it.
    """
    stored = json.loads((setting.root / notebook).read_text("utf-8"))["cells"]
    if any(cell["cell_type"] == "code" and not cell["execution_count"] for cell in stored):
        return {WHOLE: "nothing is stored of some cells: run make build"}
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        words = [*setting.prefix, str(setting.python), *STRICT, f"--junitxml={report}", notebook]
        try:
            done = subprocess.run(
                words,
                cwd=setting.root,
                env=environment(setting),
                timeout=TIMEOUT,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
            )
        except subprocess.TimeoutExpired:
            return {WHOLE: f"took over {TIMEOUT} s"}
        cases = list(ElementTree.parse(report).iter("testcase")) if report.exists() else []
    failed = {case.get("name", ""): problem.text or "" for case in cases for problem in case}
    if failed or (done.returncode == 0 and cases):
        return failed
    last = (done.stdout + done.stderr).strip().splitlines() or ["no message"]
    return {WHOLE: f"nothing was compared: {last[-1]}"}
