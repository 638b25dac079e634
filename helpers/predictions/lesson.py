"""The predictions of one lesson: the tally at its end, and what the next lesson asks again."""

import json
import os
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from helpers import record
from helpers.predictions.core import HELD, SURPRISED, Prediction
from helpers.predictions.kinds import Choice
from helpers.predictions.shown import SIGNS, as_html
from helpers.tables import Table

AGAIN = 3  # questions that the next lesson takes up
_SIGN_OF = {HELD: SIGNS[True], SURPRISED: SIGNS[False]}


class Lesson:
    """All predictions of a lesson's module, in their order.

    Args:
        notebook: the lesson's notebook, without its ending.
        names: the variables of its module.
        before: the lesson before it, whose surprises it takes up; None in the first.
    """

    def __init__(self, notebook: str, names: Mapping[str, Any], before: "Lesson | None" = None):
        found = {name: each for name, each in names.items() if isinstance(each, Prediction)}
        self.notebook, self.predictions, self.before = notebook, found, before
        for name, prediction in found.items():
            prediction.name, prediction.kept = name, self._keep

    def _keep(self, prediction: Prediction, right: Mapping[str, Any]) -> None:
        outcome = self.outcomes()[prediction.name]
        if outcome in _SIGN_OF:
            record.keep("predictions", f"{self.notebook}/{prediction.name}", outcome)
        if "PYTEST_VERSION" in os.environ:
            self._expect_as_built(prediction, right)

    def _expect_as_built(self, prediction: Prediction, right: Mapping[str, Any]) -> None:
        """In a test, fail if the run shows something else than the build stored."""
        path = Path(f"{self.notebook}.predictions.json")
        stored = json.loads(path.read_text("utf-8"))["predictions"] if path.is_file() else []
        parts = [
            part for each in stored if each["name"] == prediction.name for part in each["parts"]
        ]
        for name, built in ((part["name"], part["right"]) for part in parts):
            same = prediction.parts[name].same(right[name], built)
            assert same, f"{prediction.name}: {name} is {right[name]}, and was {built}"

    def outcomes(self) -> dict[str, str]:
        """By name: what this session has seen, else what is kept of an earlier one.

        A kept surprise stays one: after a restart the answer is known, and the next lesson asks it
        again. `make reset` forgets it.
        """
        kept = record.kept("predictions")
        found = {}
        for name, each in self.predictions.items():
            earlier = kept.get(f"{self.notebook}/{name}", each.outcome)
            replaces = each.outcome in _SIGN_OF and earlier != SURPRISED
            found[name] = each.outcome if replaces else earlier
        return found

    def tally(self) -> "_Tally":
        """Which predictions held and which were a surprise, with the way back to each."""
        return _Tally(self)

    def again(self) -> "_Again":
        """What the lesson before had as surprises, as questions, where that is known."""
        return _Again(self.before)

    def as_json(self, seen: Mapping[str, Any]) -> dict:
        """All predictions with what the build saw, for pages and graders.

        Raises:
            ValueError: of some prediction nothing was seen, or of one that is not here.
        """
        if set(seen) != set(self.predictions):
            odd = sorted(set(seen) ^ set(self.predictions))
            raise ValueError(f"{self.notebook}: seen and declared predictions differ by {odd}")
        found = [each.as_json(seen[name]) for name, each in self.predictions.items()]
        return {"notebook": self.notebook, "predictions": found}


class _Tally:
    """Shown at the end of a lesson. In HTML each question leads back to its section."""

    def __init__(self, lesson: Lesson):
        self.lesson, self.outcomes = lesson, lesson.outcomes()

    @property
    def caption(self) -> str:
        found = list(self.outcomes.values())
        held, surprises = found.count(HELD), found.count(SURPRISED)
        if not held + surprises:
            return f"None of the {len(found)} predictions of this lesson was written down."
        verb = "was a surprise" if surprises == 1 else "were surprises"
        rest = len(found) - held - surprises
        return f"{held} held, {surprises} {verb}; {rest} not written down (yet)."

    def _rows(self) -> list[tuple[str, Prediction, str]]:
        return [
            (_SIGN_OF[outcome], self.lesson.predictions[name], outcome)
            for name, outcome in self.outcomes.items()
            if outcome in _SIGN_OF
        ]

    def __repr__(self) -> str:
        rows = [(sign, each.question, outcome) for sign, each, outcome in self._rows()]
        if not rows:
            return self.caption
        return repr(Table(("", "question", "your prediction"), rows, caption=self.caption))

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{sign}</td><td>{_link(each)}</td><td>{outcome}</td>"
            f"<td>{as_html(each.why) if outcome == SURPRISED else ''}</td></tr>"
            for sign, each, outcome in self._rows()
        )
        return f"<p>{escape(self.caption)}</p>" + (f"<table>{rows}</table>" if rows else "")


class _Again:
    """Questions of the lesson before that were a surprise, to be answered once more."""

    def __init__(self, lesson: Lesson | None):
        surprises = lesson.outcomes().items() if lesson else ()
        names = [name for name, outcome in surprises if outcome == SURPRISED][:AGAIN]
        self.lesson = lesson
        self.questions = [lesson.predictions[name] for name in names] if lesson else []

    @property
    def caption(self) -> str:
        if not self.questions:
            return "No surprise of yours is known from the lesson before: answer the three above."
        return "These were a surprise to you in the lesson before. What do you say today?"

    def __repr__(self) -> str:
        lines = [f"- {each.question}{_options(each)}" for each in self.questions]
        return "\n".join([self.caption, *lines])

    def _repr_html_(self) -> str:
        page = f"{self.lesson.notebook}.ipynb" if self.lesson else ""
        items = "".join(
            f"<li>{_link(each, page)}{as_html(_options(each))}</li>" for each in self.questions
        )
        return f"<p>{escape(self.caption)}</p>" + (f"<ol>{items}</ol>" if items else "")


def _options(prediction: Prediction) -> str:
    """What one may answer, where the question has one part, which offers a few options."""
    (first, *others) = prediction.parts.values()
    if others or not isinstance(first, Choice):
        return ""
    return f" ({', '.join(first.options)})"


def _link(prediction: Prediction, page: str = "") -> str:
    """The question, leading to its section as JupyterLab names it."""
    place = f"{page}#{prediction.under.replace('`', '').replace(' ', '-')}"
    return f'<a href="{escape(place, quote=True)}">{as_html(prediction.question)}</a>'
