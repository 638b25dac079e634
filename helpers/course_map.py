"""Where a learner stands: the map of the course with what is done, and a page to print at the end.

Everything is read from the notebooks in work/ and from the record beside them (helpers/record.py).
"""

import json
import math
import os
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
_UNREADABLE = (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError)
_SPECIAL = str.maketrans({sign: f"\\{sign}" for sign in "|[]<"})  # in a table, in Markdown


@dataclass(frozen=True)
class Station:
    """A lesson or an exercise: minutes of its core and in all, and what there is to do in it.

    `done` and `todo` are the headings under which it is done.
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
    def lessons(self) -> list[Station]:
        kept = record.kept("predictions", self.work / record.FILE)
        return [
            _station(self.work, path, "predictions", "reveal", lambda *two: "/".join(two) in kept)
            for path in self._copies("notebooks")
        ]

    @cached_property
    def exercises(self) -> list[Station]:
        kept = record.kept("tasks", self.work / record.FILE)
        return [
            _station(self.work, path, "tasks", "check", lambda stem, n: f"{stem[3:]}/{n}" in kept)
            for path in self._copies("exercises")
        ]

    def _copies(self, folder: str) -> list[Path]:
        """The course's notebooks in a folder; what else a learner has there is not listed."""
        try:
            names = json.loads((self.work / record.MARK).read_text("utf-8"))
            paths = [self.work / name for name in sorted(names) if name.startswith(f"{folder}/")]
        except _UNREADABLE:
            return []
        return [path for path in paths if path.suffix == ".ipynb" and path.is_file()]

    def routes(self) -> dict[str, int]:
        """Minutes left by each way through the course."""
        parts = [*self.lessons, *self.exercises]
        tuning = [part.left(part.core) for part in self.lessons if part.name in FINE_TUNING]
        try:
            words = len((self.work / FINE_TUNING[1]).read_text("utf-8").split())
        except _UNREADABLE:  # a learner may have made anything of it
            words = 0
        return {
            "whole course": sum(part.left(part.whole) for part in parts),
            "core only": sum(part.left(part.core) for part in self.lessons),
            "I only fine-tune": sum(tuning) + math.ceil(words / WORDS),
        }

    def last(self) -> Station | None:
        """Where the learner was: the part in which something was kept last."""
        last = record.kept("last", self.work / record.FILE)
        for section, name in last.items():
            parts = self.lessons if section == "predictions" else self.exercises
            room = name.partition("/")[0]
            return next((p for p in parts if Path(p.name).stem.endswith(room)), None)
        return None

    def _repr_markdown_(self) -> str:
        rows = ["| lesson | predictions | exercise | tasks |", "|---|---|---|---|"]
        exercises = {Path(each.name).stem: each for each in self.exercises}
        for lesson in self.lessons:
            exercise = exercises.get(Path(lesson.name).stem)
            own = f"[exercise]({exercise.name}) | {_count(exercise)}" if exercise else "– | –"
            rows.append(f"| {_link_to(lesson)} | {_count(lesson)} | {own} |")
        left = [f"- **{route}**: {_time(minutes)} left" for route, minutes in self.routes().items()]
        tuning = f" ([lesson 6]({FINE_TUNING[0]}), then [your own model]({FINE_TUNING[1]}))"
        last = self.last()
        here = f"You were last in {_link_to(last)}." if last else _begin(self.lessons)
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
    page = course.work / CERTIFICATE
    content = _page(name.strip(), shown, predictions).encode(errors="replace")
    earlier = ""
    if os.path.lexists(page) and (not page.is_file() or page.read_bytes() != content):
        earlier = f" The earlier one is kept as {record.set_aside(page).name}."
    record.put(page, content)
    return f"It is work/{CERTIFICATE}: open it in a browser, and print it.{earlier}"


def _page(name: str, shown: Sequence[Station], predictions: int) -> str:
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


def _station(
    work: Path, path: Path, kind: str, called: str, is_kept: Callable[[str, str], bool]
) -> Station:
    """A notebook, read as text; one that is no notebook any more has nothing in it."""
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        texts = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    except _UNREADABLE:
        texts = []
    first = next((text for cell_type, text in texts if cell_type == "markdown"), "")
    title = re.search(r"^# (.+)", first, re.M)
    told = re.search(r"about (\d{1,4}) minutes(?:, and (\d{1,4}) more)?", first)
    core, more = map(int, told.groups(default="0")) if told else (0, 0)
    headings: dict[str, str] = {}  # of what there is to do, by name: a copied cell counts once
    heading = ""
    for cell_type, text in texts:
        for line in text.splitlines():
            if cell_type == "markdown" and line.startswith("## "):
                heading = re.sub(r"^## (Task \d+: )?", "", line)
            if found := re.match(rf"{kind}\.(\w+)\.{called}\(", line):
                headings.setdefault(found[1], heading)
    done = [title for name, title in headings.items() if is_kept(path.stem, name)]
    todo = [title for name, title in headings.items() if not is_kept(path.stem, name)]
    name = path.relative_to(work).as_posix()
    return Station(name, title[1] if title else path.stem, core, core + more, (*done,), (*todo,))


def _link_to(part: Station) -> str:
    title = part.title.encode(errors="replace").decode()  # half a character cannot be written
    return f"[{title.translate(_SPECIAL)}]({part.name})"


def _count(part: Station) -> str:
    """Done of all, with a sign."""
    done, every = len(part.done), len(part.done) + len(part.todo)
    if not every:  # no notebook any more
        return "?"
    sign = "✓" if done == every else "◐" if done else "○"
    return f"{sign} {done} of {every}"


def _time(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02} min" if hours else f"{rest} min"


def _begin(lessons: Sequence[Station]) -> str:
    return f"Begin with {_link_to(lessons[0])}." if lessons else ""
