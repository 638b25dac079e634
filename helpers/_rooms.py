"""Names that a package offers from its modules, which load when a name is first asked for."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from helpers._start import quiet_loading

Rooms = Mapping[str, str]  # a module of the package: the names that it is the home of


def home(package: str, rooms: Rooms, name: str) -> str:
    """The whole name of the module that a name comes from.

    Raises:
        AttributeError: the package offers no such name.
    """
    for module, names in rooms.items():
        if name in names.split():
            return f"{package}.{module}"
    raise AttributeError(f"module {package!r} has no attribute {name!r}")


def fetched(package: str, rooms: Rooms, name: str) -> Any:
    """What stands behind a name: a package's `__getattr__`.

    Python's import asks here first for `from package import name`, also for a module of the
    package: the AttributeError sends it on. Keras, if the module needs it, loads without noise.

    Raises:
        AttributeError: the package offers no such name.
        ImportError: the module stopped while loading, as on a Keras that lacks what it needs.
        RuntimeError: a package is missing or too old.
    """
    module = home(package, rooms, name)
    with quiet_loading():
        try:
            return getattr(import_module(module), name)
        except AttributeError as error:  # which Python would take for "no such name"
            raise ImportError(f"{module} could not be loaded: {error}") from error


def offered(rooms: Rooms) -> list[str]:
    """All names, sorted."""
    return sorted(name for names in rooms.values() for name in names.split())
