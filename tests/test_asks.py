"""Promise: what an ask states is judged: a mistake in the banks breaks each such sentence.

In tests/banks, `# ask: "words of the ask"` stands above the mistake that breaks them.
"""

import re
from pathlib import Path

import jupytext
import pytest
from banks import EXERCISE_NAMES, every_bank

ROOT = Path(__file__).resolve().parents[1]
LEAST = 2  # sentences of an ask for a function or a model


def in_words(text: str) -> str:
    return " ".join(text.split())


def asks(exercise: str) -> dict[str, str]:
    """By task: the words and the code that stand above its check in the notebook."""
    (source,) = (ROOT / "sources" / "solutions").glob(f"*_{exercise}.py")
    found, above = {}, []
    for cell in jupytext.read(source, fmt="py:percent").cells:
        if check := re.match(r"tasks\.(\w+)\.check\(", cell.source):
            found[check[1]] = in_words(" ".join(above))
            above = []
        else:
            above.append(cell.source)
    return found


def sentences(exercise: str) -> dict[str, list[str]]:
    """By task: the sentences that its bank says are broken."""
    code = (ROOT / "tests" / "banks" / f"{exercise}.py").read_text("utf-8")
    banks = re.split(r"^\w+ = Bank\(\n    tasks\.(\w+),", code, flags=re.MULTILINE)[1:]
    named = zip(banks[::2], banks[1::2], strict=True)
    return {
        name: [in_words(s) for s in re.findall(r'# ask: "(.+?)"', bank)] for name, bank in named
    }


@pytest.mark.parametrize("exercise", EXERCISE_NAMES)
def test_the_sentences_stand_in_the_asks(exercise):
    stated = asks(exercise)
    for task, said in sentences(exercise).items():
        missing = [each for each in said if each not in stated[task]]
        assert not missing, f"{task}: not in the ask"


@pytest.mark.parametrize("bank", every_bank(), ids=lambda bank: bank.task.name)
def test_what_the_ask_of_a_function_states_is_broken_by_a_mistake(bank):
    if callable(bank.solution[0]):
        assert len(set(sentences(bank.exercise)[bank.task.name])) >= LEAST
