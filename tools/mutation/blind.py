"""Answers written from the asks alone, by people who had not read the checks: tests/blind.

Each exercise has a file of cells. A cell begins with a line such as

    # %% count_repaired wrong: sums over the layers at the top only

the task, whether the answer is `wrong` or `right` or a `cheat`, and the true cause or what is
unusual; then comes what stands in the learner's cell. readings.json keeps, for each wrong answer,
what its learner reads, and what somebody found who held it against the cause; and how answers fared
at first sight, before any check was mended for them.
"""

import json
import re
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self

ANSWER_KINDS = ("wrong", "right", "cheat")
# What a message does: names the cause, asks about the place, says what was seen; or claims a cause
# that is not the cause. A wrong answer that is accepted has none.
READINGS = ("cause", "asked", "seen", "false")
ACCEPTED = "accepted"
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
        if answer.kind not in ANSWER_KINDS:
            raise ValueError(f"{answer.name}: {answer.kind} is none of {', '.join(ANSWER_KINDS)}")
    if len({answer.name for answer in found}) < len(found):
        raise ValueError(f"{exercise}.py: two answers have the same task and cause")
    return found


@dataclass(frozen=True)
class Readings:
    """What became of blind answers, by exercise.

    Args:
        answers: of each wrong one, by name, its `message`, and the `reading` of it.
        first_sight: by round, by exercise, how many wrong ones had which reading at first, and were
            `accepted`; of the right ones, how many were `right` and how many `refused`.
    """

    answers: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    first_sight: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    @classmethod
    def stored_in(cls, folder: Path) -> Self:
        path = folder / "readings.json"
        return cls(**json.loads(path.read_text("utf-8"))) if path.exists() else cls()

    def store_in(self, folder: Path) -> None:
        """Write them, each exercise's and answer's in order of name."""
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False, sort_keys=True)
        (folder / "readings.json").write_text(text + "\n", "utf-8")

    def counts(self, exercise: str) -> dict[str, Counter[str]]:
        """By source of wrong answers: how many have which reading."""
        now = Counter(each.get("reading", "unread") for each in self.answers[exercise].values())
        at_first = {
            which: Counter(
                {k: n for k, n in each[exercise].items() if k not in ("right", "refused")}
            )
            for which, each in self.first_sight.items()
        }
        return {"blind": now, **at_first}
