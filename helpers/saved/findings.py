"""What a saved model's file shows to be wrong without data, such as flags in conflict."""

from collections.abc import Iterator
from dataclasses import dataclass

from helpers.ledger import Role
from helpers.saved.entries import Entry
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
        return f"✗ {self.kind} ({self.where})\n    why:    {self.why}\n    repair: {self.repair}"


def findings(saved: Saved) -> list[FileFinding]:
    """All that the file shows, worst first."""
    return [
        *_nothing_learns(saved),
        *_vetoes(saved),
        *_moving_statistics(saved),
        *_fresh(saved),
        *_slots(saved),
    ]


def _nothing_learns(saved: Saved) -> Iterator[FileFinding]:
    counts = saved.counts
    if saved.rows and len(counts) == len(Role) and not counts[Role.LEARNED]:
        yield FileFinding(
            "nothing learns",
            "the whole model",
            "no weight of it is learned: a fit would change none",
            "set trainable = True on what is to learn, then compile",
        )


def _vetoes(saved: Saved) -> Iterator[FileFinding]:
    learned = {row.layer.rpartition("/")[2] for row in saved.rows if row.role == Role.LEARNED}
    owners = {row.layer.rpartition("/")[2] for row in saved.rows}
    for parent, children in _children(saved):
        if parent.flag is False:
            thawed = [c for c in children if c.flag and c.name in owners]
            if thawed:
                then = "learns" if thawed[0].name in learned else "is frozen with it"
                yield FileFinding(
                    "a thawed layer in a frozen model",
                    first_few(thawed),
                    f"{parent.path} is False in the file, {thawed[0].name} in it True; after "
                    f"loading, {thawed[0].name} {then}",
                    "give both the same flag, parent first, then compile (lesson 8, program 8)",
                )


def _moving_statistics(saved: Saved) -> Iterator[FileFinding]:
    owners = {row.layer.rpartition("/")[2] for row in saved.rows}
    for parent, children in _children(saved):
        weighted = [c for c in children if c.name in owners and c.flag is not None]
        norms = [c for c in weighted if c.class_name == "BatchNormalization"]
        others = [c for c in weighted if c.class_name != "BatchNormalization"]
        if others and not any(c.flag for c in others) and any(c.flag for c in norms):
            open_ = [c for c in norms if c.flag]
            yield FileFinding(
                "statistics move in a base that is otherwise frozen",
                first_few(open_),
                f"all else in {parent.path} is frozen, but these BatchNormalization layers are "
                "not: a fit changes their statistics",
                "freeze_batchnorm(model), then compile (lesson 5)",
            )


def _fresh(saved: Saved) -> Iterator[FileFinding]:
    if saved.fresh:
        yield FileFinding(
            "statistics as they began",
            f"{len(saved.fresh)} of {saved.norms} BatchNormalization layers: {saved.fresh[0]}"
            + (", ..." if len(saved.fresh) > 1 else ""),
            "every mean is 0 and every variance 1, as in a new layer: it has never run in training "
            "mode, or was frozen from the start; evaluate and predict then use these",
            "train, or `remeasure(model, inputs)` (lesson 5)",
        )


def _slots(saved: Saved) -> Iterator[FileFinding]:
    arrays = sum(row.role == Role.LEARNED for row in saved.rows)
    compiled = saved.entries[0].config.get("compile_config") if saved.entries else None
    optimizer = compiled.get("optimizer") if isinstance(compiled, dict) else None
    plain = isinstance(optimizer, dict) and optimizer.get("class_name") in ("Adam", "AdamW")
    config = optimizer.get("config") if plain and optimizer else None
    if not isinstance(config, dict) or config.get("amsgrad") or config.get("use_ema"):
        return
    if saved.slots > 2 and saved.slots != 2 * arrays + 2 and len(saved.counts) == len(Role):
        yield FileFinding(
            "an optimizer that was built for other weights",
            str(optimizer and optimizer["class_name"]),
            f"it keeps moments of {(saved.slots - 2) // 2} arrays, and {arrays} are learned: the "
            "flags have changed since it was built, or one of a single weight was lost in the "
            "file. Keras leaves the optimizer's numbers out when it loads this: it begins anew",
            "compile with a new optimizer after a flag is changed, then fit (lesson 3)",
        )


def _children(saved: Saved) -> Iterator[tuple[Entry, list[Entry]]]:
    """Each model of the file, with the layers that stand anywhere in it."""
    for parent in saved.entries:
        if parent.is_model:
            yield (
                parent,
                [
                    e
                    for e in saved.entries
                    if not e.is_model and any(each is parent for each in e.around)
                ],
            )


def first_few(listed: list[Entry]) -> str:
    """The first few by path, and how many more."""
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return ", ".join(entry.path for entry in listed[:3]) + more
