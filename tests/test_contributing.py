"""Promise: CONTRIBUTING's map shows the house as it stands."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MAP = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("## Where things are")[1]
MAP, WRITING = MAP.split("## Writing a lesson")
QUESTIONS = re.findall(r"^\| (.+\?) \| (.+) \|$", MAP, re.MULTILINE)
YET_TO_COME = r"09_name|/name\b"  # the ninth lesson
NAMED = {
    path
    for path in re.findall(r"`([\w./]+)`", MAP)
    if re.search(r"/|\.(md|toml)$", path) and not re.search(YET_TO_COME, path)
}


def test_ten_questions_are_answered_by_paths():
    assert len(QUESTIONS) == 10
    *others, (question, _) = QUESTIONS
    assert question == "How do I add lesson 9?" and "**Lesson 9**" in MAP
    assert all(set(re.findall(r"`([\w./]+)`", answer)) & NAMED for _, answer in others)


@pytest.mark.parametrize("path", sorted(NAMED))
def test_every_path_exists(path):
    assert (ROOT / path).exists()


def test_every_room_of_helpers_is_on_the_map():
    drawn = MAP.split("\n| question")[0]
    rooms = {path.stem for path in (ROOT / "helpers").iterdir() if path.name != "__pycache__"}
    for room in rooms - {"__init__"}:
        assert re.search(rf"(?<![\w]){room}(?!\w)", drawn), room
    shared = {path.stem for path in (ROOT / "helpers" / "tasks").glob("*.py")} - {"__init__"}
    for module in shared:
        assert re.search(rf"\b{module}\b", drawn), module
