"""The short cell headers of sources/solutions, and nbgrader's metadata that they stand for.

    # %% answer NAME                        a cell for an answer in code
    # %% check NAME POINTS                  the cell that checks it
    # %% [markdown] essay NAME POINTS       a cell for an answer in words

To jupytext what follows `# %%` is the cell's title.
"""

import re
from collections.abc import Mapping

FORMS = {  # of a title after the cell's type: whether it is graded, locked, a solution
    r"code answer (?P<name>\w+)": (False, False, True),
    r"code check (?P<name>\w+) (?P<points>\d+)": (True, True, False),
    r"markdown essay (?P<name>\w+) (?P<points>\d+)": (True, False, True),
}


def metadata(cell: Mapping) -> dict:
    """What a built notebook keeps of the metadata of a cell read by jupytext, title expanded.

    Raises:
        ValueError: the title has none of the three forms.
    """
    kept = {key: cell["metadata"][key] for key in ("tags", "nbgrader") if key in cell["metadata"]}
    title = cell["metadata"].get("title")
    if title is None:
        return kept
    for form, (grade, locked, solution) in FORMS.items():
        if found := re.fullmatch(form, f"{cell['cell_type']} {title}"):
            name = found["name"]
            nbgrader = {
                "grade": grade,
                "grade_id": f"check_{name}" if locked else name,
                "locked": locked,
                "schema_version": 3,
                "solution": solution,
                "task": False,
            }
            graded = {"points": int(found["points"])} if grade else {}
            tags = {"tags": ["raises-exception"]} if locked else {}  # so that Run All goes on
            return kept | tags | {"nbgrader": nbgrader | graded}
    raise ValueError(
        f"the header of this {cell['cell_type']} cell, {title!r}, is none of `# %% answer NAME`, "
        "`# %% check NAME POINTS` and `# %% [markdown] essay NAME POINTS`"
    )
