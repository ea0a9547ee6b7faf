"""What one save did to the names and signatures of a file: renamed, changed, gone, moved."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from spark_desktop.domain.defined import Defined, Parameter
from spark_desktop.domain.literal_types import literal_change
from spark_desktop.domain.result_types import is_other_result
from spark_desktop.domain.units import counts_otherwise
from spark_desktop.domain.waiting import awaited

# Measured on renames in the history of this project: the same function with small changes is
# above the first, two different ones of a kind are below the second.
_SAME_PLACE, _ELSEWHERE = 0.75, 0.9
# A second candidate that is nearly as good makes it a guess.
_MARGIN = 0.1
# Of two names that have more in common than not.
_LIKE_NAMES = 0.6
# Shorter definitions resemble one another by chance: only the same words in the same place count.
_SHORT = 10
# Tokens that are compared of a long definition.
_COMPARED = 1500
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\w+|[^\w\s]")
# A method that is called on its class.
_STATIC = re.compile(r"@(?:classmethod|staticmethod)\b|^[^({]*\bstatic\s")
_WAITS = re.compile(r"\b(?:async|await)\b")
_NUMBER = re.compile(
    r"&?(?:int|uint|float|double|number|long|short|usize|isize|Decimal|byte)(?:\d+|_t)*|[iuf]\d+"
)


@dataclass(frozen=True, slots=True)
class NameChange:
    """A definition before and after; where the paths differ it was moved."""

    old: Defined
    new: Defined
    # Types of the same save that are called otherwise now.
    renamed_types: tuple[tuple[str, str], ...] = ()
    # The class before and after, of a field that another one stands for, and means another thing.
    holders: tuple[str, str] | None = None
    # Of a type that is one of several texts: the one that went, what came for it, and the others.
    literal: tuple[str, str, tuple[str, ...]] | None = None
    # The old one is still there and takes something else; a new one does what it did.
    is_split: bool = False
    # Of a field that holds another type: what makes its class gives it at this place, from 0. None
    # where uses of the field by its name are meant.
    made_at: int | None = None

    @property
    def is_renamed(self) -> bool:
        """Return whether it has another name."""
        return self.old.name != self.new.name

    @property
    def is_replaced(self) -> bool:
        """Return whether another field stands in its place: what it holds is something else."""
        return self.holders is not None

    @property
    def is_moved(self) -> bool:
        """Return whether it stands in another file."""
        return self.old.path != self.new.path

    @property
    def is_resigned(self) -> bool:
        """Return whether callers have to look at it: other parameters or another result."""
        is_other = self.old.parameters != self.new.parameters
        is_other |= self.old.result != self.new.result and not _is_value(self.old)
        return is_other or self.gives_other or self.turns or self.turns_async or self.turns_plain

    @property
    def turns(self) -> bool:
        """Return whether a method became a property, or a property a method."""
        return self.old.is_property != self.new.is_property

    @property
    def gives_other(self) -> bool:
        """Return whether callers have to take its result in another way; nothing lost needs it."""
        old, new = self.old.gives, self.new.gives
        if self.turns_async or self.turns_plain:
            old, new = awaited(old), awaited(new)
        is_other = bool(old and new) and old != new and not old.startswith("nothing")
        return is_other or self.gives_other_type

    @property
    def gives_other_type(self) -> bool:
        """Return whether its result is of a type that callers have to look at."""
        if (_is_field(self.old) and self.is_renamed) or _is_value(self.old):
            return False
        texts = self.old.text, self.new.text
        types = dict(self.renamed_types)
        return is_other_result(self.old.result, self.new.result, texts, self.new.path, types)

    @property
    def holds_other(self) -> bool:
        """Return whether it is a field whose values are of a type that its users have to look at.

        Of one with another name now the name is followed.
        """
        return _is_field(self.old) and self.gives_other_type

    @property
    def turns_async(self) -> bool:
        """Return whether its calls have to be awaited now, and had not to be before."""
        old, new = self.old.turning, self.new.turning
        return old is not None and new is not None and old.is_plain and new.is_async

    @property
    def turns_plain(self) -> bool:
        """Return whether its calls are surely not to be awaited any more.

        One that waited itself may return what it waited for, which is to be awaited still.
        """
        old, new = self.old.turning, self.new.turning
        if old is None or new is None or not (old.is_async and new.is_plain):
            return False
        return len(_WAITS.findall(self.old.text)) < 2


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed, what is gone without a successor, and what is new without a predecessor."""

    changed: tuple[NameChange, ...] = ()
    gone: tuple[Defined, ...] = ()
    come: tuple[Defined, ...] = ()


def changes_between(before: Iterable[Defined], after: Iterable[Defined]) -> Changes:
    """Return what was done to the definitions of one file.

    A definition that went and one that came are the same where their texts are (almost) alike and
    no other pair is nearly as good; what is defined twice under one name says nothing.
    """
    old, new = _Version(before), _Version(after)
    pairs: dict[str, str] = {}
    found: list[NameChange] = []
    # Classes first: their members are compared under the name that the class has now.
    for depth in (0, 1):
        level = [one for one in old.once if bool(one.container) == bool(depth)]
        gone = [one for one in level if not new.has(_moved_key(one, pairs))]
        come = [
            one
            for one in new.once
            if bool(one.container) == bool(depth)
            and not old.has(_moved_key(one, {there: here for here, there in pairs.items()}))
        ]
        for one, other in _matched(gone, come, old, new, pairs):
            found.append(_meant(NameChange(one, other), old, new, pairs))
            if not depth:
                pairs[one.name] = other.name
    found += _replaced(old, new, found, pairs)
    found += _split(old, new, found, pairs)
    renamed = {id(change.old) for change in found}
    types = tuple(pairs.items())
    found = [
        replace(change, old=_called_anew(change.old, change.new, pairs), renamed_types=types)
        for change in found
    ]
    for one in old.once:
        same = new.get(_moved_key(one, pairs))
        if same is not None and id(one) not in renamed:
            is_type = one.parameters is None and not one.container
            literal = literal_change(one.text, same.text) if is_type else None
            was = _called_anew(one, same, pairs)
            change = NameChange(was, same, types, literal=literal)
            if (change.is_resigned or literal) and one.definition.kind == same.definition.kind:
                found.append(change)
    taken = renamed | {id(change.new) for change in found}
    return Changes(
        tuple(sorted(found, key=lambda change: change.old.name_at)),
        tuple(
            one
            for one in old.once
            if id(one) not in taken and not new.has(_moved_key(one, pairs)) and not one.container
        ),
        tuple(
            one
            for one in new.once
            if id(one) not in taken and not old.has(_key(one)) and not one.container
        ),
    )


def _called_anew(old: Defined, new: Defined, pairs: Mapping[str, str]) -> Defined:
    """Return the old one with types of parameters as they are called now, where that is all."""
    if not pairs or not old.parameters or not new.parameters:
        return old
    types = {one.name: one.type for one in new.parameters}
    told = []
    for one in old.parameters:
        type_ = _WORD.sub(lambda word: pairs.get(word[0], word[0]), one.type)
        told.append(replace(one, type=type_) if type_ == types.get(one.name) else one)
    return replace(old, parameters=tuple(told))


def is_same_moved(one: Defined, other: Defined) -> bool:
    """Return whether a definition of another file is the one that went, word for word or nearly."""
    same = one.name == other.name and one.definition.kind == other.definition.kind
    return same and likeness(one, other) >= _ELSEWHERE


def likeness(one: Defined, other: Defined) -> float:
    """Return from 0 to 1 how alike two definitions are but for their names."""
    # Where it names itself it may still do so by the name before.
    names = {one.name, other.name}
    a, b = _tokens(one, names), _tokens(other, names)
    if a == b:
        return 1.0
    matcher = SequenceMatcher(None, a[:_COMPARED], b[:_COMPARED], autojunk=False)
    if matcher.quick_ratio() < _SAME_PLACE:
        return 0.0
    return matcher.ratio()


def renamed_parameters(old: Sequence[Parameter], new: Sequence[Parameter]) -> dict[str, str] | None:
    """Return the new names of parameters that have others now; None where that is a guess.

    A parameter is renamed where one name went and one came in the same place, with the same type.
    One that counts in another unit by its name, or is something else where nothing is given, takes
    other values: what calls pass has to be converted, by somebody who knows how.
    """
    if old == new:
        return {}
    here, there = [one.name for one in old], [one.name for one in new]
    lost = [place for place, name in enumerate(here) if name not in there]
    fresh = [place for place, name in enumerate(there) if name not in here]
    if not lost or not fresh:
        return {}
    if len(old) != len(new) or lost != fresh:
        # Some went and others came, in other places: which became which nobody can tell.
        return None
    if any(_takes_others(old[place], new[place]) for place in lost):
        return None
    return {here[place]: there[place] for place in lost}


def _takes_others(old: Parameter, new: Parameter) -> bool:
    if old.type != new.type:
        return True
    is_number = not old.type or _NUMBER.fullmatch(old.type) is not None
    if is_number and counts_otherwise(old.name, new.name):
        return True
    default, other = (one.text.partition("=")[2].strip() for one in (old, new))
    return bool(default and other) and default != other


def _replaced(
    old: "_Version", new: "_Version", found: Sequence[NameChange], pairs: dict[str, str]
) -> list[NameChange]:
    """Return the fields for which another one came, where a class lost and got just one."""
    taken = {id(change.old) for change in found} | {id(change.new) for change in found}
    back = {there: here for here, there in pairs.items()}
    gone: dict[str, list[Defined]] = {}
    come: dict[str, list[Defined]] = {}
    for one in old.once:
        if _is_told_field(one) and id(one) not in taken and not new.has(_moved_key(one, pairs)):
            gone.setdefault(one.container, []).append(one)
    for one in new.once:
        container = back.get(one.container, one.container)
        if _is_told_field(one) and id(one) not in taken and not old.has((container, one.name)):
            come.setdefault(container, []).append(one)
    changes = []
    for container, fields in gone.items():
        others = come.get(container, [])
        before, after = old.get(("", container)), new.get(("", pairs.get(container, container)))
        if len(fields) == len(others) == 1 and before is not None and after is not None:
            holders = before.text, after.text
            changes.append(NameChange(fields[0], others[0], holders=holders))
    return changes


def _meant(
    change: NameChange, old: "_Version", new: "_Version", pairs: Mapping[str, str]
) -> NameChange:
    """Return the change of a field as that of another one where its class tells of it otherwise.

    ``length`` that became ``last`` holds another value though its declaration is the same but for
    the name; what the class says of it, and does with it, has then changed beyond the name.
    """
    one, other = change.old, change.new
    if not _is_told_field(one) or _alike(one.name, other.name) >= _LIKE_NAMES:
        return change
    before = old.get(("", one.container))
    after = new.get(("", pairs.get(one.container, one.container)))
    if before is None or after is None:
        return change
    named = re.compile(rf"\b{re.escape(one.name)}\b")
    now = {" ".join(line.split()) for line in after.text.splitlines()}
    told = [" ".join(line.split()) for line in before.text.splitlines() if named.search(line)]
    # A line that is as it was is only not followed yet.
    if all(line in now or named.sub(other.name, line) in now for line in told):
        return change
    return replace(change, holders=(before.text, after.text))


def _split(
    old: "_Version", new: "_Version", found: Sequence[NameChange], pairs: dict[str, str]
) -> list[NameChange]:
    """Return the members whose work a new one does now, while they take something else.

    So it is where a constructor reads no text any more, and a method of the class does.
    """
    taken = {id(change.old) for change in found} | {id(change.new) for change in found}
    back = {there: here for here, there in pairs.items()}
    changes = []
    for one in old.once:
        same = new.get(_moved_key(one, pairs))
        is_other = same is not None and same.parameters != one.parameters
        if not one.container or not one.parameters or not is_other or id(one) in taken:
            continue
        alike = [
            (likeness(one, other), other)
            for other in new.once
            if back.get(other.container, other.container) == one.container
            and other.parameters == one.parameters
            and id(other) not in taken
            and not old.has((one.container, _told_apart(other)))
            and _can_stand_for(one, other)
        ]
        rest = likeness(one, same) if same is not None else 0.0
        sure = [(score, other) for score, other in alike if score >= max(_SAME_PLACE, rest)]
        if len(sure) == 1 and sure[0][0] - rest > _MARGIN:
            # Its result is of the class, as a constructor's is.
            other = replace(sure[0][1], result=one.result, gives=one.gives, turning=one.turning)
            changes.append(NameChange(one, other, is_split=True))
    return changes


def _can_stand_for(one: Defined, other: Defined) -> bool:
    """Return whether a new member can be called by others as the one of before was."""
    if other.name.startswith(("_", "#")) or re.match(r"\s*(?:private|protected)\b", other.text):
        return False
    is_static = _STATIC.search(other.text) is not None
    if one.name not in ("__init__", "constructor"):
        is_same = one.gives == other.gives and one.result == other.result
        is_same = is_same and _waits(one) == _waits(other)
        return is_same and is_static == bool(_STATIC.search(one.text))
    # It gives an object of the class, and at once.
    given = other.result.strip("\"'").rpartition(".")[2]
    is_made = re.search(
        rf"\b(?:cls|this|{re.escape(other.container)})\s*(?:<[^()]*>)?\(", other.text
    )
    gives = given in ("", "Self", "this", other.container) and "iterator" not in other.gives
    return is_static and not _waits(other) and gives and bool(is_made) and "return" in other.text


def _waits(one: Defined) -> bool:
    return one.turning is not None and one.turning.is_async


def _is_field(one: Defined) -> bool:
    return bool(one.container) and one.parameters is None and not one.is_property


def _is_told_field(one: Defined) -> bool:
    """Return whether a class says that it has the field; what methods set comes and goes."""
    return _is_field(one) and not one.is_set


def _is_value(one: Defined) -> bool:
    """Return whether it is a value of C: its type is called otherwise, and it is what it was."""
    return not one.container and one.parameters is None


class _Version:
    """The definitions of one version, by container and name."""

    def __init__(self, defined: Iterable[Defined]) -> None:
        grouped: dict[tuple[str, str], list[Defined]] = {}
        for one in defined:
            grouped.setdefault(_key(one), []).append(one)
        self._known = grouped
        self.once = [
            max(group, key=lambda one: len(one.text))
            for group in grouped.values()
            if len({_shape(one) for one in group}) == 1
        ]
        self._by_key = {_key(one): one for one in self.once}
        counted = Counter(one.container for one in self.once)
        self._order = {
            container: [_key(one) for one in self.once if one.container == container]
            for container in counted
        }

    def has(self, key: tuple[str, str]) -> bool:
        return key in self._known

    def get(self, key: tuple[str, str]) -> Defined | None:
        return self._by_key.get(key)

    def neighbours(
        self, one: Defined, kept: set[tuple[str, str]]
    ) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
        """Return the nearest definitions above and below that are in ``kept``."""
        order = self._order[one.container]
        at = order.index(_key(one))
        above = next((key for key in reversed(order[:at]) if key in kept), None)
        below = next((key for key in order[at + 1 :] if key in kept), None)
        return above, below


def _key(one: Defined) -> tuple[str, str]:
    return one.container, _told_apart(one)


def _moved_key(one: Defined, pairs: dict[str, str]) -> tuple[str, str]:
    return pairs.get(one.container, one.container), _told_apart(one)


def _told_apart(one: Defined) -> str:
    """Return the name; a method of Rust and a field that is called as it are two things."""
    is_method = one.path.endswith(".rs") and bool(one.container) and one.parameters is not None
    return f"{one.name}()" if is_method else one.name


def _shape(one: Defined) -> tuple[object, ...]:
    """Return what two declarations of the same thing have in common; overloads differ in it."""
    types = None if one.parameters is None else tuple(p.type or p.name for p in one.parameters)
    # A prototype and its definition are one thing; two with a body are not told apart here.
    return one.definition.kind, types


def _matched(
    gone: list[Defined],
    come: list[Defined],
    old: _Version,
    new: _Version,
    pairs: dict[str, str],
) -> list[tuple[Defined, Defined]]:
    back = {there: here for here, there in pairs.items()}
    kept = {_key(one) for one in old.once if new.has(_moved_key(one, pairs))}
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
                scores[i, j] = score + (2 * _MARGIN if in_turn else 0.0)
    return [
        (gone[i], come[j])
        for (i, j), score in scores.items()
        if all(score - rest > _MARGIN for (k, m), rest in scores.items() if (k == i) != (m == j))
    ]


def _in_turn(
    one: Defined,
    other: Defined,
    gone: Sequence[Defined],
    come: Sequence[Defined],
    back: Mapping[str, str],
) -> bool:
    """Return whether two fields have the same place among those that changed, and like names."""
    here = [each for each in gone if _is_field(each) and each.container == one.container]
    there = [
        each
        for each in come
        if _is_field(each) and back.get(each.container, each.container) == one.container
    ]
    if len(here) != len(there) or one not in here or other not in there:
        return False
    alike = _alike(one.name, other.name)
    return (
        here.index(one) == there.index(other)
        and alike >= _LIKE_NAMES
        and all(_alike(one.name, each.name) < alike for each in there if each is not other)
        and all(_alike(each.name, other.name) < alike for each in here if each is not one)
    )


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False).ratio()


def _moved_key_of(key: tuple[str, str], pairs: dict[str, str]) -> tuple[str, str]:
    return pairs.get(key[0], key[0]), key[1]


def _score(one: Defined, other: Defined, is_here: bool) -> float:
    """Return how sure it is that the two are the same, 0 for not at all."""
    alike = likeness(one, other)
    if len(_tokens(one, {one.name})) < _SHORT:
        return alike if is_here and alike == 1.0 else 0.0
    return alike if alike >= (_SAME_PLACE if is_here else _ELSEWHERE) else 0.0


def _tokens(one: Defined, names: Collection[str]) -> list[str]:
    return ["" if token in names else token for token in _TOKEN.findall(one.text)]
