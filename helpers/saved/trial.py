"""A saved model on data: loaded by Keras itself, safely, and diagnosed on a few real steps."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

import helpers
from helpers._arguments import reason
from helpers._start import quiet_loading
from helpers.saved.archive import BadFileError, printable
from helpers.saved.read import Saved

_MOST_DATA = 1 << 30  # bytes of x and y


def diagnosed(path: Path, saved: Saved, data: Path) -> Any:
    """What `diagnose(model, x, y)` says of a file's model, on the arrays x and y of an .npz file.

    The model is loaded uncompiled, so that no loss or optimizer of the file runs.

    Raises:
        BadFileError: the data are not there or not arrays; or the file's model cannot be loaded,
            or has more numbers than the file holds.
    """
    if saved.notes or not saved.whole:
        why = saved.notes[0] if saved.notes else "Its arrays are compressed, or not there."
        raise BadFileError(f"it cannot be tried on data. {why}")
    x, y = _x_and_y(data)
    try:
        with quiet_loading():
            import keras

            model = keras.saving.load_model(path, compile=False, safe_mode=True)
        return helpers.diagnose(model, x, y)
    except Exception as error:  # Keras's own, of many types
        raise BadFileError(f"it cannot be tried on data: {printable(reason(error))}") from None


def _x_and_y(data: Path) -> tuple[np.ndarray, np.ndarray]:
    expected = "an .npz file with arrays x and y, as np.savez(FILE, x=x, y=y) writes it"
    try:
        if not data.is_file():  # a pipe would wait for ever
            raise FileNotFoundError
        with zipfile.ZipFile(data) as archive:
            if sum(member.file_size for member in archive.infolist()) > _MOST_DATA:
                raise BadFileError(f"--data has more than {_MOST_DATA >> 30} GB")
        with np.load(data, allow_pickle=False) as found:
            return found["x"], found["y"]
    except BadFileError:
        raise
    except Exception:  # of zipfile, zlib, numpy
        raise BadFileError(f"--data should be {expected}, not {printable(data)}") from None
