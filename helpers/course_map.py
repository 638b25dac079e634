"""Where a learner stands: the map of the course with what is done, and a page to print at the end.

Everything is read from the notebooks in work/ and from the record beside them (helpers/record.py).
"""

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from html import escape
from pathlib import Path

from helpers import record

WORDS = 180  # read in a minute, as everywhere in the course
FINE_TUNING = ("notebooks/06_pretrained_networks.ipynb", "docs/your-own-model.md")
CERTIFICATE = "certificate.html"
_OWN = re.compile(r"\d\d_[a-z_]+")  # the course's; a learner's earlier one has a date


@dataclass(frozen=True)
class Part:
    """A lesson or an exercise: minutes of its core and in all, and what there is to do in it.

    `done` and `todo` are titles: of an exercise its tasks, of a lesson its predictions' names.
    """

    name: str  # where it stands in work/
    title: str
    core: int
    whole: int
    done: tuple[str, ...]
    todo: tuple[str, ...]

    @property
    def share(self) -> float:
        return len(self.done) / max(1, len(self.done) + len(self.todo))

    def left(self, minutes: int) -> int:
        return math.ceil(minutes * (1 - self.share))


class CourseMap:
    """Shown as a table of links, with the minutes that are left by each route."""

    def __init__(self, work: Path):
        self.work = work

    @cached_property
    def lessons(self) -> list[Part]:
        kept = record.kept("predictions", self.work / record.FILE)
        return [
            _part(self.work, path, "predictions", "reveal", lambda *names: "/".join(names) in kept)
            for path in sorted(self.work.glob("notebooks/*.ipynb"))
            if _OWN.fullmatch(path.stem)
        ]

    @cached_property
    def exercises(self) -> list[Part]:
        kept = record.kept("tasks", self.work / record.FILE)
        return [
            _part(self.work, path, "tasks", "check", lambda stem, n: f"{stem[3:]}/{n}" in kept)
            for path in sorted(self.work.glob("exercises/*/*.ipynb"))
            if path.stem == path.parent.name
        ]

    def routes(self) -> dict[str, int]:
        """Minutes left by each way through the course."""
        parts = [*self.lessons, *self.exercises]
        tuning = [part.left(part.core) for part in self.lessons if part.name in FINE_TUNING]
        page = self.work / FINE_TUNING[1]
        words = len(page.read_text("utf-8").split()) if page.exists() else 0
        return {
            "whole course": sum(part.left(part.whole) for part in parts),
            "core only": sum(part.left(part.core) for part in self.lessons),
            "I only fine-tune": sum(tuning) + math.ceil(words / WORDS),
        }

    def last(self) -> Part | None:
        """Where the learner was: the part in which something was kept last."""
        last = record.kept("last", self.work / record.FILE)
        for section, name in last.items():
            parts = self.lessons if section == "predictions" else self.exercises
            room = name.partition("/")[0]
            return next((p for p in parts if Path(p.name).stem.endswith(room)), None)
        return None

    def _repr_markdown_(self) -> str:
        rows = ["| lesson | predictions | exercise | tasks |", "|---|---|---|---|"]
        for lesson, exercise in zip(self.lessons, self.exercises, strict=False):
            rows.append(
                f"| [{lesson.title}]({lesson.name}) | {_count(lesson)} "
                f"| [exercise]({exercise.name}) | {_count(exercise)} |"
            )
        left = [f"- **{route}**: {_time(minutes)} left" for route, minutes in self.routes().items()]
        tuning = f" ([lesson 6]({FINE_TUNING[0]}), then [your own model]({FINE_TUNING[1]}))"
        last = self.last()
        here = f"You were last in [{last.title}]({last.name})." if last else _begin(self.lessons)
        return "\n".join([here, "", *rows, "", *left[:-1], left[-1] + tuning])

    def __repr__(self) -> str:
        return self._repr_markdown_()


def course_map() -> CourseMap:
    """The map, for the notebook that runs in work/.

    Raises:
        ValueError: it runs elsewhere, where nothing is kept.
    """
    return CourseMap(_work())


def certificate(name: str = "") -> str:
    """Write work/certificate.html, a page to print: what was shown, and no grade.

    Args:
        name: of the learner; a line to write on by default.

    Returns:
        a sentence that says where it is and how to print it.

    Raises:
        TypeError: the name is no text.
        ValueError: it runs outside of work/, or no task is right yet.
    """
    if not isinstance(name, str):
        raise TypeError(f"name should be a text, not {name!r}")
    course = CourseMap(_work())
    shown = [part for part in course.exercises if part.done]
    if not shown:
        raise ValueError("no task is right yet; the certificate lists those that are")
    predictions = sum(len(part.done) for part in course.lessons)
    (course.work / CERTIFICATE).write_text(_page(name, shown, predictions), "utf-8")
    return f"It is work/{CERTIFICATE}: open it in a browser, and print it."


def _page(name: str, shown: Sequence[Part], predictions: int) -> str:
    who = escape(name) or "_" * 30
    sections = "".join(
        f"<h2>{escape(part.title)}</h2><ul>{_items(part.done)}</ul>" for part in shown
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        "<title>Weights That Don't Learn</title><style>"
        "body{font:12pt/1.4 serif;max-width:42em;margin:2em auto;padding:0 1em}"
        "h1,h2{line-height:1.2}h2{font-size:1.1em;margin:1em 0 0}ul{margin:0}li{break-inside:avoid}"
        "</style></head><body><h1>Weights That Don't Learn</h1>"
        f"<p><b>{who}</b> has worked through this course on what training leaves alone in a Keras "
        f"model, has written down {predictions} predictions before seeing what happens, and has "
        f"shown by code that a check tried:</p>{sections}"
        f"<p>{date.today():%d %B %Y}</p></body></html>\n"
    )


def _items(texts: Iterable[str]) -> str:
    return "".join(f"<li>{escape(text)}</li>" for text in texts)


def _work() -> Path:
    place = record.place()
    if place is None:
        raise ValueError("this works in your own copies: open the course with `make lab`")
    return place.parent


def _part(
    work: Path, path: Path, kind: str, called: str, is_kept: Callable[[str, str], bool]
) -> Part:
    """A notebook, read as text; one that is no notebook any more has nothing in it."""
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
    except (OSError, ValueError, KeyError, TypeError):
        text = ""
    title = re.search(r"^# (.+)", text, re.M)
    told = re.search(r"about (\d+) minutes(?:, and (\d+) more)?", text)
    core, more = map(int, told.groups(default="0")) if told else (0, 0)
    done: list[str] = []
    todo: list[str] = []
    heading = ""
    for line in text.splitlines():
        heading = line.removeprefix("## ") if line.startswith("## ") else heading
        if found := re.match(rf"{kind}\.(\w+)\.{called}\(", line):
            chosen = done if is_kept(path.stem, found[1]) else todo
            chosen.append(re.sub(r"^Task \d+: ", "", heading))
    name = path.relative_to(work).as_posix()
    return Part(name, title[1] if title else path.stem, core, core + more, tuple(done), tuple(todo))


def _count(part: Part) -> str:
    """Done of all, with a sign."""
    done, every = len(part.done), len(part.done) + len(part.todo)
    sign = "✓" if done == every else "◐" if done else "○"
    return f"{sign} {done} of {every}"


def _time(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02} min" if hours else f"{rest} min"


def _begin(lessons: Sequence[Part]) -> str:
    return f"Begin with [{lessons[0].title}]({lessons[0].name})." if lessons else ""
