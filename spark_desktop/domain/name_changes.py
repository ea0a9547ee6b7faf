"""What one save did to the names and signatures of a file: renamed, changed, gone, moved."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.defined import Defined, Parameter
from spark_desktop.domain.definition_matching import (
    LIKE_NAMES,
    MARGIN,
    SAME_PLACE,
    Version,
    alike_names,
    is_field,
    key_of,
    likeness,
    matched,
    moved_key,
    told_apart,
)
from spark_desktop.domain.getters import is_getter
from spark_desktop.domain.kept_fields import kept_field
from spark_desktop.domain.literal_types import literal_change
from spark_desktop.domain.made_methods import became, is_static
from spark_desktop.domain.opposites import are_opposite, is_flag, says_opposite
from spark_desktop.domain.record_keys import KeyChange, key_change
from spark_desktop.domain.regex import regex
from spark_desktop.domain.result_types import is_other_result
from spark_desktop.domain.units import counts_otherwise, measures_otherwise, tells_unit
from spark_desktop.domain.waiting import awaited

_WORD = regex(r"\w+")
# The words of a name.
_PART = regex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_FIGURE = regex(r"\b\d[\w.]*")
# A set of Go is a map of these.
_NO_FIELDS = regex(r"\b(?:struct|interface)\s*\{\s*\}")
_WAITS = regex(r"\b(?:async|await)\b")
_NUMBER = regex(
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
    # It is true now where it was false, which code of the same file shows.
    is_opposite: bool = False
    # Of a function of Python: where in what it gives now the value is that it gave before.
    kept: tuple[str, int, str] | None = None
    # Of a type that is one of several texts: the one that went, what came for it, and the others.
    literal: tuple[str, str, tuple[str, ...]] | None = None
    # The old one is still there and takes something else; a new one does what it did.
    is_split: bool = False
    # A function that is now a method of what it took first.
    is_method: bool = False
    # Of a field that holds another type: what makes its class gives it at this place, from 0. None
    # where uses of the field by its name are meant.
    made_at: int | None = None
    # Of what makes dictionaries in Python: the key of theirs that has another name now.
    key: KeyChange | None = None
    # Of a name of JavaScript that others import in another way now: "named" or "default".
    exported: str = ""
    # What the same save put into other namespaces of C++, by the names before.
    respaced: frozenset[str] = frozenset()
    # The fields of its class that are none any more, of one of C++ that a method of its name gives.
    got: frozenset[str] = frozenset()

    @property
    def is_renamed(self) -> bool:
        """Return whether it has another name."""
        return self.old.name != self.new.name

    @property
    def is_respaced(self) -> bool:
        """Return whether it is in another namespace of C++, of a name that others can call."""
        spaces = self.old.space, self.new.space
        is_named = not any("?" in one for one in spaces)
        return is_named and spaces[0] != spaces[1] and not self.old.container

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
        return self.old.is_property != self.new.is_property and not self.is_method

    @property
    def gives_other(self) -> bool:
        """Return whether callers have to take its result in another way; nothing lost needs it."""
        old, new = self.old.gives, self.new.gives
        if self.turns_async or self.turns_plain:
            old, new = awaited(old), awaited(new)
        is_other = bool(old and new) and old != new and not old.startswith("nothing")
        is_other |= self.kept is not None
        return is_other or self.gives_other_type or self.may_fail_now

    @property
    def may_fail_now(self) -> bool:
        """Return whether it is a function of Go that gave nothing, and gives an error now.

        Go compiles a call that drops it; with other arguments the call has to be looked at anyway.
        """
        old, new = self.old, self.new
        is_go = new.path.endswith(".go") and old.gives == "nothing" and new.result == "error"
        return is_go and old.parameters == new.parameters

    @property
    def gives_other_type(self) -> bool:
        """Return whether its result is of a type that callers have to look at."""
        if (is_field(self.old) and self.is_renamed) or _is_value(self.old):
            return False
        told = (_NO_FIELDS.sub("", one.result) for one in (self.old, self.new))
        if is_field(self.old) and any("{" in one for one in told):
            return False  # types without a name, whose fields are written there
        texts = self.old.text, self.new.text
        types = dict(self.renamed_types)
        return is_other_result(self.old.result, self.new.result, texts, self.new.path, types)

    @property
    def holds_other(self) -> bool:
        """Return whether it is a field whose values are of a type that its users have to look at.

        Of one with another name now the name is followed.
        """
        return is_field(self.old) and self.gives_other_type

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
    old, new = Version(before), Version(after)
    pairs: dict[str, str] = {}
    found: list[NameChange] = []
    # Classes first: their members are compared under the name that the class has now.
    for depth in (0, 1):
        level = [one for one in old.once if bool(one.container) == bool(depth)]
        gone = [one for one in level if not new.has(moved_key(one, pairs))]
        come = [
            one
            for one in new.once
            if bool(one.container) == bool(depth)
            and not old.has(moved_key(one, {there: here for here, there in pairs.items()}))
        ]
        for one, other in matched(gone, come, old, new, pairs):
            found.append(_meant(NameChange(one, other), old, new, pairs))
            if not depth:
                pairs[one.name] = other.name
    found += _made_methods(old, new, found, pairs)
    found += _replaced(old, new, found, pairs)
    found += _split(old, new, found, pairs)
    renamed = {id(change.old) for change in found}
    types = tuple(pairs.items())
    found = [
        replace(change, old=_called_anew(change.old, change.new, pairs), renamed_types=types)
        for change in found
    ]
    for one in old.once:
        same = new.get(moved_key(one, pairs))
        if same is not None and id(one) not in renamed:
            is_type = one.parameters is None and not one.container
            literal = literal_change(one.text, same.text) if is_type else None
            was = _called_anew(one, same, pairs)
            kept = kept_field(one, same, new)
            change = NameChange(was, same, types, literal=literal, kept=kept)
            if not (change.is_resigned or literal):
                change = replace(change, key=key_change(one, same))
            is_other = change.is_resigned or change.is_respaced or literal or change.key
            if is_other and one.definition.kind == same.definition.kind:
                found.append(change)
    found += _got(old, new)
    taken = renamed | {id(change.new) for change in found}
    spaced = frozenset(one.old.name for one in found if one.is_respaced)
    found = [replace(one, respaced=spaced) for one in found] if spaced else found
    return Changes(
        tuple(sorted(found, key=lambda change: change.old.name_at)),
        tuple(
            one
            for one in old.once
            if id(one) not in taken and not new.has(moved_key(one, pairs)) and not one.container
        ),
        tuple(
            one
            for one in new.once
            if id(one) not in taken and not old.has(key_of(one)) and not one.container
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
    old: "Version", new: "Version", found: Sequence[NameChange], pairs: dict[str, str]
) -> list[NameChange]:
    """Return the fields for which another one came, where a class lost and got just one."""
    taken = {id(change.old) for change in found} | {id(change.new) for change in found}
    back = {there: here for here, there in pairs.items()}
    gone: dict[str, list[Defined]] = {}
    come: dict[str, list[Defined]] = {}
    for one in old.once:
        if _is_told_field(one) and id(one) not in taken and not new.has(moved_key(one, pairs)):
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
            change = NameChange(fields[0], others[0], holders=holders)
            changes.append(_opposite(change, old, new, pairs) or change)
    return changes


def _meant(
    change: NameChange, old: "Version", new: "Version", pairs: Mapping[str, str]
) -> NameChange:
    """Return the change of a field as that of another one where its class tells of it otherwise.

    ``length`` that became ``last`` holds another value though its declaration is the same but for
    the name; what the class says of it, and does with it, has then changed beyond the name.
    """
    one, other = change.old, change.new
    if (opposite := _opposite(change, old, new, pairs)) is not None:
        return opposite
    if _has_other_unit(one, other):
        # What reads it has to convert: the name alone would be half of the change.
        return replace(change, holders=(one.text, other.text))
    if not _is_told_field(one) or alike_names(one.name, other.name) >= LIKE_NAMES:
        return change
    before = old.get(("", one.container))
    after = new.get(("", pairs.get(one.container, one.container)))
    if before is None or after is None:
        return change
    named = re.compile(rf"\b{re.escape(one.name)}\b")
    was, told_now = (f"{each.above}{each.text}".splitlines() for each in (before, after))
    now = {" ".join(line.split()) for line in told_now}
    told = [" ".join(line.split()) for line in was if named.search(line)]
    # A line that is as it was is only not followed yet.
    if all(line in now or _called_so(named, line, one.name, other.name) & now for line in told):
        return change
    return replace(change, holders=(before.text, after.text))


def _opposite(
    change: NameChange, old: "Version", new: "Version", pairs: Mapping[str, str]
) -> NameChange | None:
    """Return the change of what says the opposite of what it said; None for all else.

    Where code shows it the uses can be negated; by the names alone somebody has to look.
    """
    one, other = change.old, change.new
    both = ((was.text, new.get(moved_key(was, dict(pairs)))) for was in old.once)
    texts = [(was, now.text) for was, now in both if now is not None]
    told = says_opposite(one, other, texts)
    is_named = told is None and are_opposite(one.name, other.name)
    if not told and not (is_named and is_flag(one) and is_flag(other)):
        return None
    before = old.get(("", one.container))
    after = new.get(("", pairs.get(one.container, one.container)))
    holders = one.text, other.text
    if before is not None and after is not None:
        holders = before.text, after.text
    return replace(change, holders=holders, is_opposite=bool(told))


def _called_so(named: re.Pattern[str], line: str, old: str, new: str) -> set[str]:
    """Return how a line may tell the same with a new name, or with some of its words.

    "how many horses pull it" tells of ``draught_animals`` as "how many animals pull it". A word for
    one thing may be a measure, of which another word is another one: "the length", "the price".
    """
    found = {named.sub(new, line)}
    if not old.endswith("s") or tells_unit(old):
        return found
    words = [word.casefold() for word in _PART.findall(new)]
    ends = [end for end, word in enumerate(words, 1) if word.endswith("s")]
    phrases = (" ".join(words[begin:end]) for end in ends for begin in range(end))
    return found | {named.sub(one, line) for one in phrases if not tells_unit(one)}


def _has_other_unit(one: Defined, other: Defined) -> bool:
    """Return whether a value is in another unit now, and not only called by a better name.

    Of a field without a value its class does not say what it holds: nobody can tell.
    """
    if not counts_otherwise(one.name, other.name):
        return False
    is_told = measures_otherwise(one.name, other.name)
    if is_told and is_field(one) and not _FIGURE.search(one.text):
        return True
    if is_told and one.parameters is not None:
        same = re.sub(rf"\b{re.escape(one.name)}\b", other.name, one.text)
        return same.split() != other.text.split()
    return _FIGURE.findall(one.text) != _FIGURE.findall(other.text)


def _made_methods(
    old: Version, new: Version, found: Sequence[NameChange], pairs: dict[str, str]
) -> list[NameChange]:
    """Return the functions that are methods of what they took first; two that may be are none."""
    taken = {id(change.old) for change in found} | {id(change.new) for change in found}
    back = {there: here for here, there in pairs.items()}
    gone = [
        one
        for one in old.once
        if not one.container and id(one) not in taken and not new.has(moved_key(one, pairs))
    ]
    come = [
        one
        for one in new.once
        if one.container
        and id(one) not in taken
        and not old.has((back.get(one.container, one.container), told_apart(one)))
    ]
    made = [(one, other) for one in gone for other in come if became(one, other)]
    return [
        NameChange(one, other, is_method=True)
        for one, other in made
        if sum(one is each or other is that for each, that in made) == 1
    ]


def _split(
    old: "Version", new: "Version", found: Sequence[NameChange], pairs: dict[str, str]
) -> list[NameChange]:
    """Return the members whose work a new one does now, while they take something else.

    So it is where a constructor reads no text any more, and a method of the class does.
    """
    taken = {id(change.old) for change in found} | {id(change.new) for change in found}
    back = {there: here for here, there in pairs.items()}
    changes = []
    for one in old.once:
        same = new.get(moved_key(one, pairs))
        is_other = same is not None and same.parameters != one.parameters
        if not one.container or not one.parameters or not is_other or id(one) in taken:
            continue
        alike = [
            (likeness(one, other), other)
            for other in new.once
            if back.get(other.container, other.container) == one.container
            and other.parameters == one.parameters
            and id(other) not in taken
            and not old.has((one.container, told_apart(other)))
            and _can_stand_for(one, other)
        ]
        rest = likeness(one, same) if same is not None else 0.0
        sure = [(score, other) for score, other in alike if score >= max(SAME_PLACE, rest)]
        if len(sure) == 1 and sure[0][0] - rest > MARGIN:
            # Its result is of the class, as a constructor's is.
            other = replace(sure[0][1], result=one.result, gives=one.gives, turning=one.turning)
            changes.append(NameChange(one, other, is_split=True))
    return changes


def _can_stand_for(one: Defined, other: Defined) -> bool:
    """Return whether a new member can be called by others as the one of before was."""
    if other.name.startswith(("_", "#")) or re.match(r"\s*(?:private|protected)\b", other.text):
        return False
    is_of_class = is_static(other)
    if one.name not in ("__init__", "constructor"):
        is_same = one.gives == other.gives and one.result == other.result
        is_same = is_same and _waits(one) == _waits(other)
        return is_same and is_of_class == is_static(one)
    # It gives an object of the class, and at once.
    given = other.result.strip("\"'").rpartition(".")[2]
    is_made = re.search(
        rf"\b(?:cls|this|{re.escape(other.container)})\s*(?:<[^()]*>)?\(", other.text
    )
    gives = given in ("", "Self", "this", other.container) and "iterator" not in other.gives
    return is_of_class and not _waits(other) and gives and bool(is_made) and "return" in other.text


def _waits(one: Defined) -> bool:
    return one.turning is not None and one.turning.is_async


def _got(old: "Version", new: "Version") -> list[NameChange]:
    """Return the fields that a method of the same name gives now: they are read by calling it."""
    changes = []
    for one in old.once:
        same = new.get(key_of(one))
        if same is None or not is_getter(one, same):
            continue
        fields = [each for each in old.once if each.container == one.container and is_field(each)]
        gone = frozenset(
            each.name
            for each in fields
            if (now := new.get(key_of(each))) is None or now.parameters is not None
        )
        changes.append(NameChange(replace(one, is_property=True), same, got=gone))
    return changes


def _is_told_field(one: Defined) -> bool:
    """Return whether a class says that it has the field; what methods set comes and goes."""
    return is_field(one) and not one.is_set


def _is_value(one: Defined) -> bool:
    """Return whether it is a value of C: its type is called otherwise, and it is what it was."""
    return not one.container and one.parameters is None
