"""The configuration in a saved model: its layers, their flags, and which of them Keras knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from helpers.saved.archive import printable

_MODULES = ("keras.src.layers.", "keras.src.models.", "keras.src.ops.", "keras.src.initializers.")
_ROOMS = ("keras", "keras.layers", "keras.initializers", "keras.regularizers", "keras.constraints")
_MODELS = {"Functional", "Sequential", "Model"}
# These run what the file brings along, read other files, or compute large tables.
_REFUSED = {
    *("Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer"),
    *("MelSpectrogram", "STFTSpectrogram"),
}
_VALUES = {"__keras_tensor__", "__numpy__", "__tensor__", "__slice__", "__ellipsis__", "__bytes__"}
_LEFT_OUT = {"compile_config", "time_major"}  # the second was Keras 2's
_MOST_ENTRIES = 5_000  # layers; NASNetLarge has 1,041
_MOST_IN_A_ROW = 80  # layers of a Sequential: loading one takes Keras time by its square
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
    waiting: list[tuple[dict, str, str, tuple[Entry, ...]]] = [(config, "", "", ())]
    while waiting and len(found) <= _MOST_ENTRIES:
        node, prefix, place, around = waiting.pop()
        own = node.get("config")
        own = own if isinstance(own, dict) else {}
        name = printable(own.get("name") or node.get("name") or node["class_name"])
        flag = own.get("trainable")
        entry = Entry(
            f"{prefix}/{name}" if prefix else name,
            printable(node["class_name"]),
            flag if isinstance(flag, bool) else None,
            place,
            node,
            around,
        )
        found.append(entry)
        if len(around) < _MOST_MODEL_DEPTH and entry.is_model:
            inside = [each for each in _listed(own) if _is_object(each)]
            if entry.class_name == "Sequential":  # whose `layers` leave the InputLayer out
                inside = [each for each in inside if each["class_name"] != "InputLayer"]
            places = _array_places(place, inside)
            chain = (*around, entry)
            prefix = entry.path if around else ""
            waiting += reversed(
                [(node, prefix, at, chain) for node, at in zip(inside, places, strict=True)]
            )
    return found


def _listed(config: dict) -> list:
    layers = config.get("layers")
    return layers if isinstance(layers, list) else []


def _is_object(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("class_name"), str)


def _array_places(place: str, nodes: list[dict]) -> Iterator[str]:
    """Where Keras puts the arrays of a model's layers: "layers/dense", "layers/dense_1", ..."""
    import re

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
    waiting, objects = [config], 0
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += reversed(node)
        elif isinstance(node, dict):
            objects += _is_object(node) and "inbound_nodes" in node
            if objects > _MOST_ENTRIES:
                return f"it has more than {_MOST_ENTRIES:,} layers"
            if _is_object(node) and "config" in node and not _is_kerass(node):
                whose = f" of {node['module']}" if node.get("module") else ""
                what = printable(f"the class {node['class_name']}{whose}")
                return f"it holds {what}, and nothing that a file brings along is run"
            if isinstance(node.get("vocabulary"), str):
                return "it would read a vocabulary in another file"
            if len(_listed(node)) > _MOST_IN_A_ROW and "input_layers" not in node:
                return f"Keras takes long for a Sequential of over {_MOST_IN_A_ROW} layers"
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
        kinds = [keras, keras.layers, keras.initializers, keras.regularizers, keras.constraints]
        return name in _MODELS or any(isinstance(getattr(kind, name, None), type) for kind in kinds)
    if not isinstance(module, str):
        return False
    if ".engine." in module:  # of Keras 2
        return name in _MODELS
    return module in _ROOMS or module.startswith(_MODULES)


def outline(config: Any) -> Any:
    """The configuration as Keras 3 reads it, without what no weight depends on."""
    if isinstance(config, dict):
        kept = {key: outline(value) for key, value in config.items() if key not in _LEFT_OUT}
        if "unroll" in kept:
            kept["unroll"] = False
        if isinstance(kept.get("axis"), list) and len(kept["axis"]) == 1:  # from Keras 2
            (kept["axis"],) = kept["axis"]
        if ".engine." in str(kept.get("module")):
            functional = kept["class_name"] == "Functional"
            kept["module"] = "keras.src.models.functional" if functional else "keras"
        return kept
    return [outline(each) for each in config] if isinstance(config, list) else config
