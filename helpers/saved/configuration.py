"""The configuration in a saved model: its layers, their flags, and which of them Keras knows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from helpers.saved.archive import printable

_MODULES = ("keras.src.layers.", "keras.src.models.", "keras.src.ops.", "keras.src.initializers.")
_ROOMS = ("layers", "initializers", "regularizers", "constraints", "dtype_policies", "quantizers")
_MODELS = {"Functional", "Sequential", "Model"}
# These run what the file brings along, read other files, or compute large tables.
_REFUSED = {
    *("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"),
    *("MelSpectrogram", "STFTSpectrogram", "STFT"),
}
_VALUES = {"__keras_tensor__", "__numpy__", "__tensor__", "__slice__", "__ellipsis__", "__bytes__"}
_MOST_LAYERS = 1_500  # NASNetLarge has 1,041
_MOST_MODEL_DEPTH = 40


@dataclass(frozen=True)
class Entry:
    """A layer as the configuration has it.

    `path` are the names of the models around it, without the outermost, and its own; `place` is
    where its arrays stand in the weights; `flag` its own `trainable`, None where the file does not
    say; `around` are the entries of the models that hold it, outermost first.
    """

    path: str
    class_name: str
    flag: bool | None
    place: str
    config: dict
    around: tuple["Entry", ...]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_model(self) -> bool:
        return self.class_name in _MODELS


def entries(config: dict) -> list[Entry]:
    """The model and, in order, every layer that its configuration lists, also in nested models."""
    found: list[Entry] = []
    waiting: list[tuple[dict, str, tuple[Entry, ...]]] = [(config, "", ())]
    while waiting and len(found) <= _MOST_LAYERS:
        node, place, around = waiting.pop()
        own = node["config"] if isinstance(node.get("config"), dict) else {}
        name = printable(own.get("name") or node.get("name") or node["class_name"])
        path = f"{around[-1].path}/{name}" if len(around) > 1 else name
        flag = own["trainable"] if isinstance(own.get("trainable"), bool) else None
        entry = Entry(path, printable(node["class_name"]), flag, place, node, around)
        found.append(entry)
        listed = own.get("layers")
        if len(around) < _MOST_MODEL_DEPTH and entry.is_model and isinstance(listed, list):
            inside = [each for each in listed[:_MOST_LAYERS] if _is_object(each)]
            if entry.class_name == "Sequential":  # whose `layers` leave the InputLayer out
                inside = [each for each in inside if each["class_name"] != "InputLayer"]
            places = _array_places(place, inside)
            pairs = [(each, at, (*around, entry)) for each, at in zip(inside, places, strict=True)]
            waiting += reversed(pairs)
    return found


def _is_object(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("class_name"), str)


def _array_places(place: str, nodes: list[dict]) -> Iterator[str]:
    """Where Keras puts the arrays of a model's layers: "layers/dense", "layers/dense_1", ..."""
    taken: dict[str, int] = {}
    for node in nodes:
        # After keras.src.utils.naming.to_snake_case, which is not public.
        name = re.sub(r"\W+", "", node["class_name"])
        name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
        name = re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
        number = taken.get(name, 0)
        taken[name] = number + 1
        yield f"{place}/layers/{name}_{number}" if number else f"{place}/layers/{name}"


def refused(config: Any) -> str | None:
    """Why a configuration is not built, as for a class that is not Keras's own; else None."""
    waiting, layers = [config], 0
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, dict):
            if _is_object(node) and "config" in node and not _is_kerass(node):
                whose = f" of {node['module']}" if node.get("module") else ""
                what = printable(f"the class {node['class_name']}{whose}")
                return f"it holds {what}, and nothing that a file brings along is run"
            layers += len(node["layers"]) if isinstance(node.get("layers"), list) else 0
            if layers > _MOST_LAYERS:
                return f"it has more than {_MOST_LAYERS:,} layers"
            if isinstance(node.get("vocabulary"), str):
                return "it would read a vocabulary in another file"
            waiting += reversed([value for key, value in node.items() if key != "compile_config"])
    return None


def _is_kerass(node: dict) -> bool:
    import keras

    name, module = node["class_name"], node.get("module")
    if name in _VALUES:
        return True
    if name in _REFUSED or not name.isidentifier():
        return False
    if name == "function":
        return module == "builtins" and isinstance(node["config"], str)
    if module is None and "module" not in node:  # the older form, which names none
        kinds = [keras, *(getattr(keras, room) for room in _ROOMS)]
        return name in _MODELS or any(isinstance(getattr(kind, name, None), type) for kind in kinds)
    if not isinstance(module, str):
        return False
    if ".engine." in module:  # of Keras 2
        return name in _MODELS
    return module in ("keras", *(f"keras.{room}" for room in _ROOMS)) or module.startswith(_MODULES)
