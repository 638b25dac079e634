"""What is written of a box, in a drawing and in the words that are read aloud."""

from collections.abc import Iterator, Sequence

from helpers.figures._folds import shortened
from helpers.figures._graph import Box
from helpers.ledger import Role

MOST_LETTERS_IN_A_BOX = 27


def title_of(box: Box) -> str:
    """The name of a box: what the names in it begin with, or the first and the last of them."""
    return " ".join(title_lines(box)).replace("… …", "…")


def title_lines(box: Box) -> list[str]:
    """The name in one line or two."""
    if len(box.names) == 1:
        return [brief(box.names[0])]
    begin = _beginning(box.names)
    if any(map(str.isdigit, begin)):  # else it is the name of a kind, as in "block_"
        return [brief(begin) + "…"]
    return [f"{brief(box.names[0])} …", f"… {brief(box.names[-1])}"]


def _beginning(names: Sequence[str]) -> str:
    """What names have in common, up to the end of a word: "block_2_"."""
    same = [len(set(letters)) == 1 for letters in zip(*names, strict=False)]
    begin = names[0][: same.index(False) if False in same else len(same)]
    return begin[: 1 + max(begin.rfind(end) for end in "_-/.")]


def kind_of(box: Box) -> str:
    """The class of a layer, or how many layers share the box and of which classes."""
    if box.repeated:
        return f"{_kind_name(box)}, drawn above"
    if box.inside:
        listed = "" if box.inside.called else ", a list"
        return f"{_kind_name(box)}, {how_many_layers(box.inside.layers)}{listed}"
    if box.layers < 2:
        return _kind_name(box)
    kinds = list(box.kinds)
    words = f"{box.layers:,} layers: {kinds[0]}"
    for kind in kinds[1:]:
        if len(f"{words}, {kind}, …") > MOST_LETTERS_IN_A_BOX:
            return f"{words}, …"
        words += f", {kind}"
    return words


def _kind_name(box: Box) -> str:
    return brief(max(box.kinds, key=box.kinds.__getitem__))


def notes_of(box: Box) -> Iterator[str]:
    """How often it is called, and what its flags say, where they are not all True."""
    if box.calls > 1:
        yield f"called {box.calls} times"
    if box.vetoed:
        yield (
            "True inside False: still learned"
            if box.numbers[Role.LEARNED]
            else "True inside False: a veto"
        )
    if box.frozen:
        some = f": {box.frozen} of {box.weighted}" if box.frozen < box.weighted else ""
        yield f"trainable = False{some}"


def how_many_layers(count: int) -> str:
    return f"{count:,} layer{'' if count == 1 else 's'}"


def how_many_numbers(count: int) -> str:
    return f"{count:,} number{'' if count == 1 else 's'}"


def brief(name: str) -> str:
    """A name that fits into a box."""
    return shortened(clean(name), MOST_LETTERS_IN_A_BOX)


def clean(text: str) -> str:
    """Without what XML does not allow, such as control characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in text) or "?"
