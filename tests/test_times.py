"""Promise: a lesson's minutes follow from its text, and a bar while one waits leaves no trace."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import progress
from tools.times import Times, core_and_rest, minutes, with_times, words


def test_words_are_what_one_reads():
    assert words("**Three** plain words — no signs: 1 + 1.") == 7  # the two ones are read
    assert words("[a link](https://a.b/c d) ![a picture](x.png) <b>bold</b>") == 3


def test_minutes_are_words_predictions_and_lines():
    prose = new_markdown_cell("**Predict.** " + "word " * 179)
    assert minutes([prose, new_code_cell("a = 1\n\n# why\nb = 2")]) == pytest.approx(
        180 / 180 + 1 + 3 * 4 / 60
    )


def test_the_core_is_all_but_what_digs_deeper():
    texts = ["# 1", "## Why?", "code", "## Dig deeper: how?", "### more", "code", "## Next"]
    cells = [(new_code_cell if text == "code" else new_markdown_cell)(text) for text in texts]
    core, rest = core_and_rest(cells)
    assert [cell.source for cell in core] == ["# 1", "## Why?", "code", "## Next"]
    assert [cell.source for cell in rest] == ["## Dig deeper: how?", "### more", "code"]


def test_times_in_words_and_in_the_readme():
    assert str(Times(30, 30)) == "about 30 minutes"
    assert str(Times(30, 42)) == "about 30 minutes, and 12 more to dig deeper"
    row = "| 1 | [A title](notebooks/01_a.ipynb) | 5 | 5 | [8 tasks](x) | 25 |"
    other = row.replace("01_a", "02_b")
    changed = with_times(f"{row}\n{other}\n", {"01_a": Times(30, 42)})
    assert changed == f"{row.replace('5 | 5', '30 | 42')}\n{other}\n"


def test_a_bar_gives_every_item_and_shows_nothing_outside_of_a_notebook(capsys):
    assert list(progress([3, 1, 2], "counting")) == [3, 1, 2]
    assert capsys.readouterr() == ("", "")
    with pytest.raises(TypeError, match="items should have a length"):
        progress(iter([1]))


def test_a_bar_is_seen_while_it_lasts_and_leaves_an_empty_output():
    code = "from helpers import progress\nfor n in progress(range(3), 'a < b'):\n    pass\nn"
    notebook, seen = new_notebook(cells=[new_code_cell(code)]), []

    class Watching(NotebookClient):
        def process_message(self, message, cell, index):
            if message["msg_type"] == "update_display_data":
                seen.append(message["content"]["data"])
            return super().process_message(message, cell, index)

    Watching(notebook, kernel_name="python3").execute()
    bars = [data["text/html"] for data in seen[:-1]]
    assert [f'value="{done}" max="3"' in bar for done, bar in enumerate(bars)] == [True] * 3
    assert all("a &lt; b" in bar and "aria-label" in bar for bar in bars)
    assert seen[-1] == {}
    bar, result = notebook.cells[0].outputs
    assert bar.data == {} and result.data == {"text/plain": "2"}
    nbformat.validate(notebook)
