"""The first cell of every notebook: a quiet, repeatable start."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PYTHONS = ((3, 11), (3, 13))
OLDEST = {"keras": (3, 13), "tensorflow": (2, 20)}
SUMMARY_WIDTH = 92  # columns; Keras would otherwise follow the terminal


def start(seed: int = 0) -> None:
    """Check versions, load Keras without log noise, fix every random number, and say that it did.

    Call it once, first, in a fresh kernel. The backend is TensorFlow unless the environment
    variable KERAS_BACKEND says otherwise.

    Args:
        seed: a whole number from 0 to 2**32 - 1, given to Python, NumPy and the backend.

    Raises:
        TypeError, ValueError: the seed is not such a number.
        RuntimeError: Python, Keras or TensorFlow is missing or outside the supported range.
    """
    os.environ["COLUMNS"] = str(SUMMARY_WIDTH)
    with quiet_loading():
        from helpers._arguments import whole  # loads NumPy

        seed = whole("seed", seed, "a whole number from 0 to 2**32 - 1", range(2**32))
        import keras

        keras.ops.zeros(1)  # the first operation is what looks for a GPU, and complains
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
        tf.get_logger().setLevel("ERROR")  # else many small fits bring "retracing" warnings
    print(f"Ready: Keras {keras.__version__} on {_backend()}.")


def _backend() -> str:
    """Name and version of the backend that Keras has loaded."""
    import keras

    package = keras.backend.backend()
    name = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}.get(package, package)
    return f"{name} {installed(package) or installed(f'{package}-cpu')}"  # the same, without GPU


@contextmanager
def quiet_loading() -> Iterator[None]:
    """Whatever loads Keras in here, loads it without log noise and with the course's settings.

    Raises:
        RuntimeError: as `check_versions`.
    """
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    check_versions()
    with silent_stderr():
        yield


def check_versions() -> None:
    """Raise RuntimeError, in one sentence, if this Python or a package will not do."""
    low, high = (".".join(map(str, pair)) for pair in PYTHONS)
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        here = ".".join(map(str, sys.version_info[:2]))
        raise RuntimeError(f"this course needs Python {low} to {high}; this kernel runs {here}")
    for package, oldest in OLDEST.items():
        if package == "tensorflow" and os.environ["KERAS_BACKEND"] != "tensorflow":
            continue
        wanted = ".".join(map(str, oldest))
        found = installed(package) or installed(f"{package}-cpu")  # the same, without GPU code
        if found is None:
            raise RuntimeError(
                f"{package} is not installed in this kernel; open the notebook with `make lab`"
            )
        if tuple(int(part) for part in found.split(".")[:2]) < oldest:
            raise RuntimeError(f"this course needs {package} {wanted} or newer, not {found}")


def installed(package: str) -> str | None:
    """The version of an installed package, None where there is none."""
    from importlib.metadata import PackageNotFoundError, version  # half of this package's cost

    try:
        return version(package)
    except PackageNotFoundError:
        return None


@contextmanager
def silent_stderr() -> Iterator[None]:
    """Send what C++ code writes to standard error (file descriptor 2) nowhere.

    Python's exceptions still arrive; no variable silences TensorFlow's line about CUDA drivers.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
