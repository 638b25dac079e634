"""What a diagnosis says: findings, worst first, or that there are none and what was tried."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import fill

SIGN = "✗"
_WIDTH = 92  # characters
_LESSONS = {
    1: "01_counting_weights",
    2: "02_what_training_moves",
    3: "03_when_freezing_takes_effect",
    5: "05_batchnorm_statistics",
    6: "06_pretrained_networks",
    7: "07_other_state",
    8: "08_freezing_clinic",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is established, with what to do about it.

    `where` is a layer's path in the model, or the model's name; `evidence` names a variable and
    a number; `repair` is code, in the user's own layer names; `lesson` is the lesson's number.
    """

    kind: str
    where: str
    evidence: str
    why: str
    repair: str
    lesson: int

    def __str__(self) -> str:
        repair = "\n".join(f"      {line}" for line in self.repair.splitlines())
        return (
            f"{SIGN} {self.kind} ({self.where})\n"
            f"{paragraph('    seen:   ', self.evidence)}\n"
            f"{paragraph('    why:    ', self.why)}\n"
            f"    repair:\n{repair}\n"
            f"    lesson: {self.lesson} ({_LESSONS[self.lesson]})"
        )


@dataclass(frozen=True)
class Diagnosis:
    """The findings of one model, worst first, what trains, what does not, and what was tried."""

    findings: tuple[Finding, ...]
    trains: str
    stays: str
    tried: str

    @property
    def kinds(self) -> list[str]:
        return [finding.kind for finding in self.findings]

    @property
    def verdict(self) -> str:
        """The first line: how many findings there are."""
        count = len(self.findings)
        return f"{count} finding{'' if count == 1 else 's'}" if count else "nothing found"

    def __str__(self) -> str:
        notes = [
            paragraph("trains:   ", self.trains),
            paragraph("does not: ", self.stays),
            paragraph("tried:    ", self.tried),
        ]
        first = f"{self.verdict}, worst first" if len(self.findings) > 1 else self.verdict
        return "\n\n".join([first, *map(str, self.findings), "\n".join(notes)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Without colours of its own, so that it reads on a light and on a dark page."""
        items = "".join(map(_item, self.findings))
        rows = (("trains", self.trains), ("does not", self.stays), ("tried", self.tried))
        notes = "".join(f"<dt><b>{name}</b></dt><dd>{escape(text)}</dd>" for name, text in rows)
        found = f"<ol>{items}</ol>" if items else ""
        return f"<div><p><b>{escape(str(self.verdict))}</b></p>{found}<dl>{notes}</dl></div>"


def paragraph(label: str, text: str) -> str:
    """Lines that no page and no terminal breaks within a word."""
    return fill(
        text,
        _WIDTH,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _item(finding: Finding) -> str:
    lesson = f"{finding.lesson} ({_LESSONS[finding.lesson]})"
    return (
        f'<li style="margin-bottom:0.8em"><b>{SIGN} {escape(finding.kind)}</b> '
        f"({escape(finding.where)})<br>seen: {escape(finding.evidence)}<br>"
        f"why: {escape(finding.why)}<br>repair:<pre>{escape(finding.repair)}</pre>"
        f"lesson: {escape(lesson)}</li>"
    )


def named(names: Iterable[str], most: int = 3) -> str:
    """A few names in a sentence: "a, b, c and 5 more".

    >>> named(["a", "b"]), named("abcde")
    ('a and b', 'a, b, c and 2 more')
    """
    listed = list(dict.fromkeys(names))
    if len(listed) > most + 1:
        return f"{', '.join(listed[:most])} and {len(listed) - most} more"
    return " and ".join(filter(None, [", ".join(listed[:-1]), *listed[-1:]]))


def lines(parts: Sequence[str], most: int = 4) -> str:
    """A few lines of code; what is left out stands as a comment."""
    listed = list(dict.fromkeys(parts))
    more = len(listed) - most
    return "\n".join(listed[:most] + ([f"# and so for {more} more"] if more > 0 else []))
