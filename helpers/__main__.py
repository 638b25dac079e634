"""The ledger of a saved model, and what its file alone tells about its training.

python -m helpers FILE [--json]                    every weight, with its role
python -m helpers diagnose FILE [--json]           flags that contradict each other, and the like
python -m helpers diagnose FILE --data FILE.npz    also trained for a few steps, on its x and y

FILE is a .keras file, or an .h5 one. Nothing in it is run. Exit code 2: it could not be read.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from helpers.saved.archive import BadFileError, printable


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """One line, and not the usage, which --help gives."""
        self.exit(2, f"helpers: {printable(message)}; see python -m helpers --help\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for, and give the exit code, 0 or 2."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    diagnosing = words[:1] == ["diagnose"]
    how = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        "python -m helpers", usage=argparse.SUPPRESS, description=__doc__, formatter_class=how
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="for programs")
    if diagnosing:
        parser.add_argument("--data", type=Path, metavar="FILE.npz", help="with arrays x and y")
    asked = parser.parse_args(words[diagnosing:])
    try:
        print(_reply(asked, diagnosing))
    except (BadFileError, RuntimeError, MemoryError) as error:  # Keras may be missing or too old
        why = str(error) or "it needs more memory than there is"
        print(f"{printable(asked.file)}: {' '.join(why.split())}", file=sys.stderr)
        return 2
    return 0


def _reply(asked: argparse.Namespace, diagnosing: bool) -> str:
    from helpers.saved import findings, report
    from helpers.saved.read import read

    saved, name = read(asked.file), asked.file.name
    if not diagnosing:
        text, data = report.book(name, saved)
    else:
        text, data = report.diagnosis(name, saved, findings.findings(saved))
        if asked.data:
            from helpers.saved.trial import diagnosed

            tried = str(diagnosed(asked.file, saved, asked.data))
            text, data = f"{text}\n\nOn the data: {tried}", data | {"on_data": tried}
    return json.dumps(data, indent=2) if asked.json else text


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a console without "·" shows a "?"
    sys.exit(main())
