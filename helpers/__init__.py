"""The instruments of the course: see what a Keras model trains and what it leaves alone.

Importing this package is cheap: a module loads when a name from it is first asked for.
"""

from typing import Any

from helpers import _rooms
from helpers._start import start
from helpers.ledger import ledger  # now, so that the name never means the module

ROOMS = {
    "summary": "summary_counts",
    "movement": "compare snapshot",
    "tables": "Table",
    "figures": "by_role",
    "waiting": "progress",
    "datasets": "digits emoji fashion gray mnist_test photograph",
    "batchnorm": "Recorder expected_moving freeze_batchnorm remeasure steps_until",
    "diagnosis.diagnose": "diagnose",
    "networks": "efficientnet_lite0 mini_googlenet",
    "experiments.results": "Spread stored",
    "experiments.version_claims": "claim",
}

__all__ = ["ledger", "start", *_rooms.offered(ROOMS)]


def __getattr__(name: str) -> Any:
    return _rooms.fetched(__name__, ROOMS, name)


def __dir__() -> list[str]:
    return __all__
