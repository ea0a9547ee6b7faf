"""Which definition of before is which of now, where names went and others came."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.regex import regex

# Measured on renames in the history of this project: the same function with small changes is
# above the first, two different ones of a kind are below the second.
SAME_PLACE, ELSEWHERE = 0.75, 0.9
# A second candidate that is nearly as good makes it a guess.
MARGIN = 0.1
# Of two names that have more in common than not.
LIKE_NAMES = 0.6
# Shorter definitions resemble one another by chance: only the same words in the same place count.
SHORT = 10
# Tokens that are compared of a long definition.
_COMPARED = 1500
# What is moved may have to be told to others.
_VISIBLE = regex(r"^(?:pub(?:\([^)]*\))?|export)\s+")
_TOKEN = regex(r"\w+|[^\w\s]")


class Version:
    """The definitions of one version, by container and name."""

    def __init__(self, defined: Iterable[Defined]) -> None:
        grouped: dict[tuple[str, str], list[Defined]] = {}
        for one in defined:
            grouped.setdefault(key_of(one), []).append(one)
        self._known = grouped
        self.once = [
            max(group, key=lambda one: len(one.text))
            for group in grouped.values()
            if len({_shape(one) for one in group}) == 1
        ]
        self._by_key = {key_of(one): one for one in self.once}
        counted = Counter(one.container for one in self.once)
        self._order = {
            container: [key_of(one) for one in self.once if one.container == container]
            for container in counted
        }

    def has(self, key: tuple[str, str]) -> bool:
        """Return whether anything is called so, be it once or several times."""
        return key in self._known

    def get(self, key: tuple[str, str]) -> Defined | None:
        """Return what is called so; None where it is nothing, or several things."""
        return self._by_key.get(key)

    def neighbours(
        self, one: Defined, kept: set[tuple[str, str]]
    ) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
        """Return the nearest definitions above and below that are in ``kept``."""
        order = self._order[one.container]
        at = order.index(key_of(one))
        above = next((key for key in reversed(order[:at]) if key in kept), None)
        below = next((key for key in order[at + 1 :] if key in kept), None)
        return above, below


def key_of(one: Defined) -> tuple[str, str]:
    """Return the container and the name by which a version knows it."""
    return one.container, told_apart(one)


def moved_key(one: Defined, pairs: dict[str, str]) -> tuple[str, str]:
    """Return its key after the containers of ``pairs`` got their new names."""
    return pairs.get(one.container, one.container), told_apart(one)


def told_apart(one: Defined) -> str:
    """Return the name; a method of Rust and a field that is called as it are two things."""
    is_method = one.path.endswith(".rs") and bool(one.container) and one.parameters is not None
    return f"{one.name}()" if is_method else one.name


def _shape(one: Defined) -> tuple[object, ...]:
    """Return what two declarations of the same thing have in common; overloads differ in it."""
    types = None if one.parameters is None else tuple(p.type or p.name for p in one.parameters)
    # A prototype and its definition are one thing; two with a body are not told apart here.
    return one.definition.kind, types


def matched(
    gone: list[Defined],
    come: list[Defined],
    old: Version,
    new: Version,
    pairs: dict[str, str],
) -> list[tuple[Defined, Defined]]:
    """Return which of the gone are which of those that came, where no other pair is nearly as good.

    ``pairs`` are the new names of containers.
    """
    back = {there: here for here, there in pairs.items()}
    kept = {key_of(one) for one in old.once if new.has(moved_key(one, pairs))}
    here = {_moved_key_of(key, pairs): key for key in kept}
    scores: dict[tuple[int, int], float] = {}
    for i, one in enumerate(gone):
        around = old.neighbours(one, kept)
        for j, other in enumerate(come):
            if one.definition.kind != other.definition.kind:
                continue
            if back.get(other.container, other.container) != one.container:
                continue
            there = new.neighbours(other, set(here))
            is_here = tuple(here.get(key) if key else None for key in there) == around
            if score := _score(one, other, is_here):
                # Fields of one type look the same: their order and their names tell them apart.
                in_turn = is_here and _in_turn(one, other, gone, come, back)
                scores[i, j] = score + (2 * MARGIN if in_turn else 0.0)
    return [
        (gone[i], come[j])
        for (i, j), score in scores.items()
        if all(score - rest > MARGIN for (k, m), rest in scores.items() if (k == i) != (m == j))
    ]


def _in_turn(
    one: Defined,
    other: Defined,
    gone: Sequence[Defined],
    come: Sequence[Defined],
    back: Mapping[str, str],
) -> bool:
    """Return whether two fields have the same place among those that changed, and like names."""
    here = [each for each in gone if is_field(each) and each.container == one.container]
    there = [
        each
        for each in come
        if is_field(each) and back.get(each.container, each.container) == one.container
    ]
    if len(here) != len(there) or one not in here or other not in there:
        return False
    alike = alike_names(one.name, other.name)
    return (
        here.index(one) == there.index(other)
        and alike >= LIKE_NAMES
        and all(alike_names(one.name, each.name) < alike for each in there if each is not other)
        and all(alike_names(each.name, other.name) < alike for each in here if each is not one)
    )


def alike_names(one: str, other: str) -> float:
    """Return from 0 to 1 how alike two names are."""
    return SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()


def _moved_key_of(key: tuple[str, str], pairs: dict[str, str]) -> tuple[str, str]:
    return pairs.get(key[0], key[0]), key[1]


def _score(one: Defined, other: Defined, is_here: bool) -> float:
    """Return how sure it is that the two are the same, 0 for not at all."""
    alike = likeness(one, other)
    if len(words_of(one.text, {one.name})) < SHORT:
        return alike if is_here and alike == 1.0 else 0.0
    return alike if alike >= (SAME_PLACE if is_here else ELSEWHERE) else 0.0


def words_of(text: str, names: Collection[str]) -> list[str]:
    """Return the words and signs of code, "" for those that are one of the names."""
    return ["" if token in names else token for token in _TOKEN.findall(text)]


def is_same_moved(one: Defined, other: Defined) -> bool:
    """Return whether a definition of another file is the one that went, word for word or nearly."""
    same = one.name == other.name and one.definition.kind == other.definition.kind
    return same and likeness(one, other) >= ELSEWHERE


def is_same_elsewhere(one: Defined, other: Defined) -> bool:
    """Return whether a definition of another file is the one that went but for its name.

    Many constants are alike: that it stands for the other one has to be known otherwise, too.
    """
    if one.name == other.name or one.definition.kind != other.definition.kind:
        return False
    texts = (_VISIBLE.sub("", each.text) for each in (one, other))
    words, others = (words_of(text, {one.name, other.name}) for text in texts)
    return words == others


def likeness(one: Defined, other: Defined) -> float:
    """Return from 0 to 1 how alike two definitions are but for their names."""
    # Where it names itself it may still do so by the name before.
    names = {one.name, other.name}
    return words_alike(words_of(one.text, names), words_of(other.text, names))


def words_alike(a: Sequence[str], b: Sequence[str]) -> float:
    """Return from 0 to 1 how alike two texts are, 0 for any that are less so than ``SAME_PLACE``.

    Of long ones the beginnings are compared.
    """
    if a == b:
        return 1.0
    matcher = SequenceMatcher(None, a[:_COMPARED], b[:_COMPARED], autojunk=False)
    if matcher.quick_ratio() < SAME_PLACE:
        return 0.0
    return matcher.ratio()


def is_field(one: Defined) -> bool:
    """Return whether a class holds it, and it is not called."""
    return bool(one.container) and one.parameters is None and not one.is_property
