"""What a saved model's file shows to be wrong without data, such as flags in conflict."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from helpers.diagnosis.finding import SIGN, named, paragraph
from helpers.ledger import Role
from helpers.saved.configuration import Entry
from helpers.saved.read import Saved

CANNOT = (
    "which weights move: nothing was trained; with --data FILE.npz, which holds x and y, it is",
    "whether a flag is older or newer than the training step: a file holds no training step",
    "flags of single weights (layer.bias.trainable): Keras saves those of layers only",
    "a misspelt flag (layer.trainble = False): a file does not keep it",
)


@dataclass(frozen=True)
class FileFinding:
    """Something that is so, where, and what to do."""

    kind: str
    where: str
    why: str
    repair: str

    def __str__(self) -> str:
        why, repair = paragraph("    why:    ", self.why), paragraph("    repair: ", self.repair)
        return f"{SIGN} {self.kind} ({self.where})\n{why}\n{repair}"


def findings(saved: Saved) -> list[FileFinding]:
    """All that the file shows, worst first."""
    rules = (_nothing_learns, _vetoes, _moving_statistics, _fresh, _optimizer_arrays)
    return [found for rule in rules for found in rule(saved)]


def _nothing_learns(saved: Saved) -> Iterator[FileFinding]:
    if saved.weights and _roles_are_known(saved) and not saved.counts[Role.LEARNED]:
        yield FileFinding(
            "nothing learns",
            "the whole model",
            "no weight of it is learned: a fit would change none",
            "set trainable = True on what is to learn, then compile",
        )


def _vetoes(saved: Saved) -> Iterator[FileFinding]:
    learned = _owners(saved, Role.LEARNED)
    for parent, children in _weighted(saved):
        thawed = [child.path for child in children if child.flag]
        if parent.flag is False and thawed:
            first = thawed[0].rpartition("/")[2]
            then = "learns" if first in learned else "is frozen with it"
            yield FileFinding(
                "a thawed layer in a frozen model",
                named(thawed),
                f"{parent.path} is False in the file, {first} in it True; after "
                f"loading, {first} {then}",
                "give both the same flag, parent first, then compile (lesson 8, program 8)",
            )


def _moving_statistics(saved: Saved) -> Iterator[FileFinding]:
    found = {}  # by where: of models in models, the innermost
    for parent, children in _weighted(saved):
        norms = [c for c in children if c.class_name == "BatchNormalization"]
        others = [c for c in children if c not in norms]
        if others and not any(c.flag for c in others) and any(c.flag for c in norms):
            where = named(c.path for c in norms if c.flag)
            found[where] = FileFinding(
                "statistics move in a base that is otherwise frozen",
                where,
                f"all else in {parent.path} is frozen, but these BatchNormalization layers are "
                "not: a fit changes their statistics",
                "freeze_batchnorm(model), then compile (lesson 5)",
            )
    yield from found.values()


def _fresh(saved: Saved) -> Iterator[FileFinding]:
    if saved.fresh:
        yield FileFinding(
            "statistics as they began",
            f"{len(saved.fresh)} of {saved.norms} BatchNormalization layers: {named(saved.fresh)}",
            "every mean is 0 and every variance 1, as in a new layer: it has never run in training "
            "mode, or was frozen from the start; evaluate and predict then use these",
            "train, or `remeasure(model, inputs)` (lesson 5)",
        )


def _optimizer_arrays(saved: Saved) -> Iterator[FileFinding]:
    arrays = sum(weight.role == Role.LEARNED for weight in saved.weights)
    node = saved.entries[0].config if saved.entries else None
    for key in ("compile_config", "optimizer"):
        node = node.get(key) if isinstance(node, dict) else None
    if not isinstance(node, dict) or node.get("class_name") not in ("Adam", "AdamW"):
        return
    config = node.get("config")
    if not isinstance(config, dict) or config.get("amsgrad") or config.get("use_ema"):
        return
    if saved.slots > 2 and saved.slots != 2 * arrays + 2 and _roles_are_known(saved):
        yield FileFinding(
            "an optimizer that was built for other weights",
            node["class_name"],
            f"it keeps moments of {(saved.slots - 2) // 2} arrays, and {arrays} are learned: the "
            "flags have changed since it was built, or one of a single weight was lost in the "
            "file. Keras leaves the optimizer's numbers out when it loads this: it begins anew",
            "compile with a new optimizer after a flag is changed, then fit (lesson 3)",
        )


def _roles_are_known(saved: Saved) -> bool:
    return set(saved.counts) == set(Role)


def _owners(saved: Saved, *roles: Role) -> set[str]:
    """The names of the layers that own weights, of these roles if any are named."""
    owned = (w.layer for w in saved.weights if not roles or w.role in roles)
    return {layer.rpartition("/")[2] for layer in owned}


def _weighted(saved: Saved) -> Iterator[tuple[Entry, Sequence[Entry]]]:
    """Each model of the file, with the layers anywhere in it that own weights and have a flag."""
    owners = _owners(saved)
    layers = [e for e in saved.entries if e.name in owners and e.flag is not None]
    for parent in saved.entries:
        if parent.is_model:
            inside = [e for e in layers if any(each is parent for each in e.around)]
            yield parent, [e for e in inside if not e.is_model]
