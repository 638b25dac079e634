"""What a saved model's file tells, as text for people and as plain data for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from helpers.saved.archive import printable
from helpers.saved.findings import CANNOT, FileFinding, first_few
from helpers.saved.read import Saved


def _first_line(name: str, saved: Saved) -> str:
    """The file, its form and who wrote it; Keras 2 by name."""
    written = f", written by Keras {printable(saved.version)}" if saved.version else ""
    old = " (Keras 2; Keras 3 may not load it)" if _is_keras_2(saved) else ""
    return f"{printable(name)}: {saved.form}{written}{old}"


def _is_keras_2(saved: Saved) -> bool:
    return bool(saved.version) and str(saved.version).split(".")[0] in ("1", "2")


def book_text(name: str, saved: Saved) -> str:
    """The ledger, and notes about what it does not say."""
    return "\n\n".join([_first_line(name, saved), repr(saved.table()), *saved.notes])


def book_data(saved: Saved) -> dict[str, Any]:
    """The same for a program; shapes are lists, counts whole numbers."""
    return {
        "form": saved.form,
        "keras_version": saved.version,
        "counts": saved.counts,
        "weights": [asdict(row) for row in saved.rows],
        "notes": list(saved.notes),
    }


def diagnosis_text(name: str, saved: Saved, found: Sequence[FileFinding]) -> str:
    """Counts, flags, findings, and what a file cannot tell."""
    count = f"{len(found)} finding{'' if len(found) == 1 else 's'}" if found else "nothing found"
    frozen = [entry for entry in saved.entries if entry.flag is False]
    flags = f"trainable = False: {first_few(frozen) or 'none'}"
    if not saved.entries:
        flags = "trainable: no flags in this file"
    unsaid = [f"- {line}" for line in CANNOT]
    return "\n\n".join(
        [
            f"{_first_line(name, saved)}\n{saved.table().caption}\n{flags}",
            f"{count}{', worst first' if len(found) > 1 else ''}",
            *map(str, found),
            *saved.notes,
            "\n".join(["A file alone cannot tell:", *unsaid]),
        ]
    )


def diagnosis_data(saved: Saved, found: Sequence[FileFinding]) -> dict[str, Any]:
    """The same for a program."""
    return {
        "form": saved.form,
        "keras_version": saved.version,
        "counts": saved.counts,
        "frozen": [entry.path for entry in saved.entries if entry.flag is False],
        "findings": [asdict(finding) for finding in found],
        "notes": list(saved.notes),
        "cannot_tell": list(CANNOT),
    }
