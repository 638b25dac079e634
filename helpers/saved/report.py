"""What a saved model's file tells, as text for people and as plain data for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from helpers.diagnosis.finding import named
from helpers.saved.archive import printable
from helpers.saved.findings import CANNOT, FileFinding
from helpers.saved.read import Saved


def book(name: str, saved: Saved) -> tuple[str, dict[str, Any]]:
    """The ledger, and notes about what it does not say; as data, shapes are lists."""
    text = [_first_line(name, saved), repr(saved.table()), *saved.notes]
    return "\n\n".join(text), _data(saved, weights=[asdict(weight) for weight in saved.weights])


def diagnosis(name: str, saved: Saved, found: Sequence[FileFinding]) -> tuple[str, dict[str, Any]]:
    """Counts, flags, findings, and what a file cannot tell."""
    frozen = [entry.path for entry in saved.entries if entry.flag is False]
    flags = f"trainable = False: {named(frozen) or 'none'}"
    if not saved.entries:
        flags = "trainable: no flags in this file"
    count = f"{len(found)} finding{'' if len(found) == 1 else 's'}" if found else "nothing found"
    text = [
        f"{_first_line(name, saved)}\n{saved.table().caption}\n{flags}",
        f"{count}{', worst first' if len(found) > 1 else ''}",
        *map(str, found),
        *saved.notes,
        "\n".join(["A file alone cannot tell:", *(f"- {line}" for line in CANNOT)]),
    ]
    as_data = [asdict(finding) for finding in found]
    data = _data(saved, frozen=frozen, findings=as_data, cannot_tell=list(CANNOT))
    return "\n\n".join(text), data


def _first_line(name: str, saved: Saved) -> str:
    """The file, its form and who wrote it; Keras 2 by name."""
    written = f", written by Keras {saved.version}" if saved.version else ""
    is_old = str(saved.version).split(".")[0] in ("1", "2")
    old = " (Keras 2; Keras 3 may not load it)" if is_old else ""
    return f"{printable(name)}: {saved.form}{written}{old}"


def _data(saved: Saved, **more: Any) -> dict[str, Any]:
    known = {"form": saved.form, "keras_version": saved.version, "counts": saved.counts}
    return known | more | {"notes": list(saved.notes)}
