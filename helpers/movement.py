"""Movement: which variables a training step changed, and how far.

Take a `snapshot` before, do anything to the model, then `compare`. Variables are matched by
identity, never by name or position, so nested, shared and renamed layers are told apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import keras
import numpy as np

from helpers.ledger import Role, layers_within, ledger, numbered
from helpers.tables import Table


@dataclass(frozen=True)
class Snapshot:
    """The variables of a model, and copies of their values at one moment.

    On several devices a value has one more axis, the first: each device's own statistics.
    """

    model: keras.layers.Layer
    variables: tuple[keras.Variable, ...]
    values: tuple[np.ndarray, ...]

    def restore(self, but: Iterable[keras.Variable] = ()) -> None:
        """Put every value back where it was, but for those of some variables.

        Raises:
            ValueError: as `compare`; the values of the variables that there were are put back.
        """
        left = {id(variable) for variable in but}
        for variable, value in zip(self.variables, self.values, strict=True):
            if id(variable) not in left:
                mirrors = _mirrors(variable) or [variable]
                for mirror, part in zip(
                    mirrors, value if len(mirrors) > 1 else [value], strict=True
                ):
                    mirror.assign(part)
        for layer in layers_within(self.model):
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()  # it goes by copies of what it adapted to
        self.refuse_other_variables()

    def refuse_other_variables(self) -> None:
        """Raise ValueError where the model has other variables now, so that moments differ."""
        known = {id(variable) for variable in self.variables}
        now = {id(variable): variable for variable in self.model.variables}
        appeared = [variable.path for key, variable in now.items() if key not in known]
        vanished = [variable.path for variable in self.variables if id(variable) not in now]
        if appeared or vanished:
            raise ValueError(
                f"the model's variables are not those of the snapshot: appeared {appeared}, "
                f"vanished {vanished}; take the snapshot after building or changing the model"
            )


@dataclass(frozen=True)
class Change:
    """What happened to one variable.

    `path` is Keras's, with the ledger's number in it where two variables have one path. `largest`
    is the largest |after - before| of its numbers; `relative` is that divided by the largest
    |before|, or None where that was 0. Both are floats without unit.
    """

    path: str
    role: Role
    moved: bool
    largest: float
    relative: float | None


@dataclass(frozen=True)
class Movement:
    """The changes between a snapshot and now, one per variable, in the model's order."""

    changes: tuple[Change, ...]

    @property
    def moved(self) -> list[str]:
        return [change.path for change in self.changes if change.moved]

    @property
    def still(self) -> list[str]:
        return [change.path for change in self.changes if not change.moved]

    def verdict(self) -> str:
        """One line to compare, such as 'only head/kernel and head/bias moved'."""
        if not self.moved:
            return "nothing moved"
        if not self.still:
            return "everything moved"
        *others, last = self.moved
        return f"only {', '.join(others)}{' and ' if others else ''}{last} moved"

    def table(self, how_far: bool = False) -> Table:
        """Path, role and whether it moved; with `how_far` also how much, to one digit."""
        header = ["variable", "role", "moved"]
        rows = [[c.path, str(c.role), "moved" if c.moved else "–"] for c in self.changes]
        if how_far:
            header += ["largest change", "relative"]
            for row, change in zip(rows, self.changes, strict=True):
                relative = "–" if change.relative is None else f"{change.relative:.0e}"
                row += [f"{change.largest:.0e}", relative] if change.moved else ["0", "0"]
        variables = "variable" if len(self.changes) == 1 else "variables"
        count = f"{len(self.moved)} of {len(self.changes)} {variables} moved"
        return Table(header, [tuple(row) for row in rows], caption=count)

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()


def snapshot(model: keras.layers.Layer) -> Snapshot:
    """Copy the value of every variable of a built model or layer: weights and random seeds.

    Keras lists no others: not the state of a stateful RNN, of a metric or of an optimizer.

    Raises:
        TypeError, ValueError: as `helpers.ledger.ledger`: not a model, or not built.

    >>> import keras
    >>> layer = keras.layers.Dense(2)
    >>> layer.build((None, 3))
    >>> [values.shape for values in snapshot(layer).values]
    [(3, 2), (2,)]
    """
    ledger(model)  # one place says what is not a model and what is not built
    variables = tuple(model.variables)
    return Snapshot(model, variables, tuple(map(_copied, variables)))


def _mirrors(variable: keras.Variable) -> tuple:
    """Under TensorFlow's MirroredStrategy, the variable of each device; else none.

    BatchNormalization's statistics may differ between them; Keras shows those of the first.
    """
    mirrors = getattr(variable.value, "values", None)
    return mirrors if isinstance(mirrors, tuple) and len(mirrors) > 1 else ()


def _copied(variable: keras.Variable) -> np.ndarray:
    """The variable's present value in memory of its own.

    TensorFlow's conversion copies, JAX's and PyTorch's give a view: copy once, never twice.
    """
    if mirrors := _mirrors(variable):
        return np.stack([mirror.numpy() for mirror in mirrors])
    value = keras.ops.convert_to_numpy(variable.value)
    return value if value.flags.owndata and value.flags.writeable else value.copy()


def compare(before: Snapshot) -> Movement:
    """What changed in the snapshot's model since it was taken.

    Raises:
        TypeError: not a Snapshot.
        ValueError: variables appeared or vanished, so the two moments cannot be compared.

    >>> import keras
    >>> head = keras.layers.Dense(2, name="head")
    >>> head.build((None, 3))
    >>> before = snapshot(head)
    >>> ignored = head.bias.assign([0.0, 0.5])
    >>> compare(before).verdict()
    'only head/bias moved'
    """
    if not isinstance(before, Snapshot):
        raise TypeError(f"compare() needs what snapshot(model) gave, not {type(before).__name__}")
    before.refuse_other_variables()
    rows = dict(zip(map(id, before.model.weights), ledger(before.model).weights, strict=True))
    weights = [rows.get(id(variable)) for variable in before.variables]  # None: a random seed
    pairs = zip(weights, before.variables, strict=True)
    paths = numbered(row.path if row else variable.path for row, variable in pairs)
    roles = [row.role if row else Role.OTHER_STATE for row in weights]
    return Movement(tuple(map(_change, paths, roles, before.variables, before.values)))


def _change(path: str, role: Role, variable: keras.Variable, old: np.ndarray) -> Change:
    """Compare one variable's value with its earlier copy; NaN where NaN was counts as still."""
    new = _copied(variable)
    differs = (old != new) & ~((old != old) & (new != new))  # only NaN is not itself
    if not differs.any():
        return Change(path, role, False, 0.0, 0.0)
    wide = "complex128" if old.dtype.kind == "c" else "float64"
    if old.dtype in ("int64", "uint64"):
        wide = "object"  # Python's whole numbers: a float64 has 53 bits
    old, new = old.astype(wide), new.astype(wide)
    largest = float(np.max(np.abs(new[differs] - old[differs])))
    scale = float(np.max(np.abs(old[old == old]), initial=0.0))
    return Change(path, role, True, largest, largest / scale if scale else None)
