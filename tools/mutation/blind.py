"""Answers written from the asks alone, by people who had not read the checks: tests/blind.

Each exercise has a file of cells. A cell begins with a line such as

    # %% count_repaired wrong: sums over the layers at the top only

the task, whether the answer is `wrong` or `right` or a `cheat`, and the true cause or what is
unusual; then comes what stands in the learner's cell. readings.json keeps, for each wrong answer,
what its learner reads, and what somebody found who held it against the cause.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KINDS = ("wrong", "right", "cheat")
# What a message does: names the cause, asks about the place, says what was seen; or claims a cause
# that is not the cause.
READINGS = ("cause", "asked", "seen", "false")
_CELL = re.compile(r"# %% (\w+) (\w+): (.+)\n((?:(?!# %% ).*\n)*)")


@dataclass(frozen=True)
class BlindAnswer:
    """One answer: the code of the learner's cell, its kind, and the true cause."""

    task: str
    kind: str
    cause: str
    code: str

    @property
    def name(self) -> str:
        """Of its own among those of its exercise."""
        return f"{self.task}: {self.cause}"


def blind_answers(folder: Path, exercise: str) -> list[BlindAnswer]:
    """Those to an exercise, in the order of its file.

    Raises:
        ValueError: a cell does not begin as described above, or two have the same name.
    """
    text = (folder / f"{exercise}.py").read_text("utf-8")
    found = [BlindAnswer(*cell) for cell in _CELL.findall(text)]
    if len(found) != len(re.findall(r"^# %%", text, re.MULTILINE)):
        raise ValueError(f"{exercise}.py: a cell should begin with `# %% TASK wrong: the cause`")
    for answer in found:
        if answer.kind not in KINDS:
            raise ValueError(f"{answer.name}: {answer.kind} is none of {', '.join(KINDS)}")
    if len({answer.name for answer in found}) < len(found):
        raise ValueError(f"{exercise}.py: two answers have the same task and cause")
    return found


def readings(folder: Path) -> dict[str, dict[str, dict[str, str]]]:
    """By exercise and name of an answer: its `message`, and the `reading` of it."""
    path = folder / "readings.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def store_readings(folder: Path, found: Mapping[str, Mapping[str, Mapping[str, str]]]) -> None:
    """Write them, each exercise's and answer's in order of name."""
    text = json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True)
    (folder / "readings.json").write_text(text + "\n", "utf-8")
