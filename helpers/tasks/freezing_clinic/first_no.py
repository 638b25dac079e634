"""Exercise 8, task 4: an instrument that asks the chart's first two questions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from helpers.movement import snapshot
from helpers.tasks.answers import call, described, plain
from helpers.tasks.core import Wrong, task
from helpers.tasks.freezing_clinic._clinic_models import STATISTICS
from helpers.tasks.freezing_clinic._patients import PATIENTS, Patient, in_order, moved_anew
from helpers.tasks.mistakes import RIGHT, Part, mistakes_fitting, wrong
from helpers.tasks.training import flags, moved_since, training_data

_NOT_FOUND = "An old training step is not found."
_NOTHING = "Nothing is found to move."
_ROLES: Part = [
    (RIGHT, lambda learned, meant: set(learned) != set(meant)),
    (
        "It is not enough that what learns was meant; all that was meant should learn.",
        lambda learned, meant: bool(set(learned) - set(meant)),
    ),
    (
        "It is not enough that what learns was meant; all that was meant should learn.",
        lambda learned, meant: set(learned) > set(meant),
    ),
    (
        "It is not enough that all that was meant learns; nothing else should.",
        lambda learned, meant: bool(set(meant) - set(learned)),
    ),
    (
        "It is not enough that all that was meant learns; nothing else should.",
        lambda learned, meant: set(learned) < set(meant),
    ),
    (
        "As many weights learn as were meant, but others: compare paths, not numbers.",
        lambda learned, meant: len(learned) != len(meant),
    ),
    (
        "The learned weights are those that were meant, in another order: compare sets.",
        lambda learned, meant: learned != meant,
    ),
    ("The roles are to be compared with what was meant first.", lambda learned, meant: False),
    ("'role' is said whatever learns.", lambda learned, meant: True),
    (
        "'role' is said where the roles are those that were meant.",
        lambda learned, meant: set(learned) == set(meant),
    ),
]
_MOVES: Part = [
    (RIGHT, lambda moved, anew, meant, _: set(moved) != set(meant)),
    (RIGHT, lambda moved, anew, meant, learned: set(moved) != set(learned)),  # where they agree
    (_NOT_FOUND, lambda moved, anew, meant, _: set(anew) != set(meant)),
    (
        "It is not enough that nothing else moves; all that was meant should.",
        lambda moved, anew, meant, _: bool(set(moved) - set(meant)),
    ),
    (
        "It is not enough that all that was meant moves; nothing else should.",
        lambda moved, anew, meant, _: bool(set(meant) - set(moved)),
    ),
    (
        "As many weights move as were meant, but others: compare paths, not numbers.",
        lambda moved, anew, meant, _: len(moved) != len(meant),
    ),
    (
        "Look at all that moved: a statistic that moves is something else than was meant.",
        lambda moved, anew, meant, _: set(moved) - set(STATISTICS) != set(meant),
    ),
    (
        "What moved is compared as a list, in the model's order: compare sets.",
        lambda moved, anew, meant, _: moved != meant,
    ),
    (_NOTHING, lambda moved, anew, meant, _: bool(meant)),
    ("'movement' is never said.", lambda moved, anew, meant, _: False),
    ("'fine' is never said.", lambda moved, anew, meant, _: True),
    (
        "'movement' is said where exactly what was meant moves.",
        lambda moved, anew, meant, _: set(moved) == set(meant),
    ),
]
_ORDERS: Part = [
    (RIGHT, lambda role, moves: "role" if role else "movement" if moves else "fine"),
    (
        "The roles come first: where they differ, it is 'role', whatever then moves.",
        lambda role, moves: "movement" if moves else "role" if role else "fine",
    ),
]


@dataclass(frozen=True)
class _Seen:
    """What a learner's function said and did in one case."""

    case: Patient
    learned: list[str]
    answer: str
    changed: list[str]
    flags_kept: bool
    compiled: bool
    fitted: bool

    @property
    def right(self) -> str:
        if set(self.learned) != set(self.case.meant):
            return "role"
        return "fine" if set(self.case.moved) == set(self.case.meant) else "movement"


@task(
    "Write: the first no",
    why="First the roles, then the movement of one fit; and the model is left as it was, since an "
    "instrument must not change what it measures.",
    hints=(
        "Two comparisons of sets: the paths of `model.trainable_weights` with `meant`; then the "
        "paths that a fit moved with `meant`.",
        "Return 'role' before any training if the first differs. Else snapshot, fit, compare, "
        "`before.restore()`.",
        "`return 'fine' if set(moved) == set(meant) else 'movement'`, where `moved = "
        "compare(before).moved`, read before the values are put back.",
    ),
)
def first_no(first_no: object) -> None:
    """first_no(model, meant, x, y) -> 'role', 'movement' or 'fine'; the model stays as it was."""
    seen = [_tried(first_no, case) for case in PATIENTS]
    for one in seen:
        if one.answer != one.right:
            reason, known = _why_these_answers(seen)
            shown = f"in the case that {one.case.story}, `first_no` says {one.answer!r}."
            raise wrong(shown, reason, known)
    changed = [one for one in seen if one.changed]
    if changed:
        answers = {one.answer for one in changed}
        others = {one.answer for one in seen if not one.changed and one.case.moved} - {"role"}
        where = ""
        if len(answers) == 1 and others:
            where = f", and only where the answer is {changed[0].answer!r}"
        raise Wrong(
            f"the answers are right, but `first_no` leaves the model changed "
            f"({changed[0].changed[0]} moved){where}: put the values back before you return."
        )
    if not all(one.flags_kept for one in seen):
        raise Wrong("the answers are right, but `first_no` leaves other flags than it found.")


def _tried(first_no: object, case: Patient) -> _Seen:
    model = case.model()
    learned = [weight.path for weight in model.trainable_weights]
    before, old_flags, optimizer = snapshot(model), flags(model), model.optimizer
    x, y = training_data(model, examples=12)
    try:
        answer = plain(call("first_no", first_no, model, list(case.meant), x, y))
    except Wrong as error:
        raise Wrong(f"in the case that {case.story}: {error}", diagnosed=error.diagnosed) from None
    word = answer.strip().lower() if isinstance(answer, str) else ""
    if word not in ("role", "movement", "fine"):
        raise Wrong(
            f"`first_no` should return 'role', 'movement' or 'fine'; it returned "
            f"{described(answer)}."
        )
    return _Seen(
        case=case,
        learned=learned,
        answer=word,
        changed=moved_since(before),
        flags_kept=flags(model) == old_flags,
        compiled=model.optimizer is not optimizer,
        fitted=model.optimizer is not optimizer or getattr(optimizer, "steps", 0) > 0,
    )


def _why_these_answers(seen: Sequence[_Seen]) -> tuple[str, bool]:
    """Which mistaken rule gives these answers, and whether that is known."""

    def fits(role: Callable, moves: Callable, order: Callable) -> bool:
        return all(
            one.answer
            == order(
                role(one.learned, one.case.meant),
                moves(in_order(one.case.moved), moved_anew(one.case), one.case.meant, one.learned),
            )
            for one in seen
        )

    if len({one.answer for one in seen}) == 1:
        return "So it does in every case.", True
    missed = {one.case.thawed for one in seen if one.answer != one.right}
    if missed == {"head"}:
        return (
            "The model's own flag vetoes what is thawed in it: ask the model for "
            "`trainable_weights`, and not its layers or weights."
        ), True
    if missed == {"head", "base/high"}:
        return (
            "Ask the model for `trainable_weights`, not layer after layer: its own flag vetoes "
            "theirs, and what is thawed in a frozen base learns."
        ), True
    reason, known = mistakes_fitting((_ROLES, _MOVES, _ORDERS), fits)
    asked = [one for one in seen if one.right != "role"]
    fitted = any(one.fitted for one in asked)
    if _NOT_FOUND in reason:
        return reason.replace(_NOT_FOUND, _why_hidden(asked)), known
    if not known and not fitted:
        return f"{reason} `fit` is never called on the model that it is given.".strip(), True
    if _NOTHING in reason and fitted:
        reason += " Is what moved read before the values are put back?"
    elif _NOTHING in reason:
        reason = reason.replace(_NOTHING, "`fit` is never called on the model that it is given.")
    return reason, known


def _why_hidden(asked: Sequence[_Seen]) -> str:
    if any(one.compiled for one in asked):
        return "A compile makes a new training step, and hides what an old one does."
    if not any(one.fitted for one in asked):
        return (
            "`fit` is not called on the model that it is given; a clone, or a loop of your own, "
            "has another training step, and hides what an old one does."
        )
    return (
        "Do you call fit? train_on_batch makes a training step of its own, and hides what an old "
        "one does."
    )
