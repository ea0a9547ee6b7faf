"""Finds all functions that have to become async because one did, and those that cannot."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from spark_desktop.domain.async_callers import why_plain, why_used
from spark_desktop.domain.defined import Defined
from spark_desktop.domain.entry_points import begins
from spark_desktop.domain.file_names import FileNames, Occurrence
from spark_desktop.domain.followed import Followed
from spark_desktop.domain.generated_files import why_left
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.name_uses import uses_in
from spark_desktop.domain.passed_on import may_mean
from spark_desktop.domain.target_names import Target
from spark_desktop.domain.unittest_cases import is_test_case
from spark_desktop.domain.waiting import Place, awaited
from spark_desktop.domain.waits import Key, Waiting, caller_of, is_fresh, key_of, made_plain
from spark_desktop.domain.words import Said, say
from spark_desktop.services.name_survey import Holding, Survey

# Functions that become async after one save; beyond it the design is to be thought about.
MOST_TURNED = 30
# Bases that say nothing of the methods of their classes.
_EMPTY_BASES = ("object", "ABC", "Generic")
# Files that pass a class on, one after the other.
_DEEPEST = 5


@dataclass
class Chain:
    """Goes from what a save made async to its callers, to theirs, and so on.

    Files of ``refused`` stay as they are: the functions of theirs cannot become async.
    """

    survey: Survey
    holding: Holding
    refused: frozenset[str] = frozenset()
    _turned: dict[Key, Followed] = field(default_factory=dict)
    _kept: dict[Key, Said] = field(default_factory=dict)
    _alone: set[Key] = field(default_factory=set)
    _entries: set[Key] = field(default_factory=set)

    async def waiting(self, roots: Iterable[Followed]) -> Waiting:
        """Return what waits for the roots. The survey knows the files of all of it then."""
        roots = tuple(roots)
        level = tuple(
            one for one in roots if one.change.turns_async and made_plain(one.change.new) is None
        )
        seen = {key_of(one.change.new) for one in level}
        while level:
            callers = {
                key_of(caller): caller
                for followed in level
                for file, use in self._uses(followed.target)
                if not is_fresh(followed, use, file)
                and (caller := caller_of(use, file)) is not None
                and key_of(caller) not in seen
            }
            seen |= callers.keys()
            level = await self._level(callers.values())
        followed = (*roots, *self._turned.values())
        return Waiting(
            followed,
            frozenset(self._turned),
            frozenset(self._alone),
            self._kept,
            frozenset(self._entries),
        )

    async def _level(self, callers: Iterable[Defined]) -> tuple[Followed, ...]:
        """Return those of the callers that become async, with where they are used."""
        able: list[Defined] = []
        for one in await self._others(callers):
            why = self._why_not(one)
            if why is None:
                able.append(one)
            else:
                self._kept[key_of(one)] = why
        await self._look_for(able)
        found = []
        for one in able:
            # Whoever stands in the way of many is not counted among them.
            followed, why = await self._followed(one)
            if why is None and len(self._turned) >= MOST_TURNED:
                why = say("too many functions would have to become async")
            if why is not None or followed is None:
                self._kept[key_of(one)] = why or say("the function around it is not async")
                continue
            self._turned[key_of(one)] = followed
            found.append(followed)
        return tuple(found)

    async def _others(self, callers: Iterable[Defined]) -> list[Defined]:
        """Return the callers with which no program begins; those that do run what they call."""
        found = []
        for one in callers:
            file = self.survey.known[one.path]
            is_left = one.path in self.refused or why_left(one.path, file.content) is not None
            if not is_left and begins(one, file) and await self._is_waited_for(one) is False:
                self._entries.add(key_of(one))
            else:
                found.append(one)
        return found

    async def _is_waited_for(self, one: Defined) -> bool | None:
        """Return whether a call of a function stands where a loop runs; None for unknown."""
        await self._look_for([one])
        target = await self.survey.target(NameChange(one, one))
        if target is None:
            return None
        waits = [use.call.wait for _, use in self._uses(target) if use.call and use.call.wait]
        return any(wait.place is Place.ASYNC or wait.is_kept for wait in waits)

    def _why_not(self, one: Defined) -> Said | None:
        if one.path in self.refused:
            return say("the file would not parse")
        file = self.survey.known[one.path]
        return why_left(one.path, file.content) or why_plain(one, file)

    async def _look_for(self, able: list[Defined]) -> None:
        paths: set[str] = set()
        for one in able:
            paths |= set(await self.holding(one.path, (one.name,)))
        words = {one.name for one in able} | {one.container for one in able if one.container}
        await self.survey.widen(words)
        await self.survey.read(sorted(paths))

    async def _followed(self, one: Defined) -> tuple[Followed | None, Said | None]:
        file = self.survey.known[one.path]
        if one.container and (why := await self._why_related(one, file)) is not None:
            return None, why
        turning = None if one.turning is None else replace(one.turning, is_async=True)
        change = NameChange(one, replace(one, turning=turning, gives=awaited(one.gives)))
        target = await self.survey.target(change)
        if target is None:
            return None, None
        uses = list(self._uses(target))
        why = why_used(one, self.survey.known[one.path], uses)
        is_called = any(use.call for _, use in uses) or self._may_be_called(target)
        if not is_called and not one.name.startswith("test"):
            self._alone.add(key_of(one))
        return Followed(target, change), why

    def _may_be_called(self, target: Target) -> bool:
        known = self.survey.known.values()
        return any(may_mean(target, file, self.survey.tree) for file in known)

    def _uses(self, target: Target) -> Iterator[tuple[FileNames, Occurrence]]:
        for file in tuple(self.survey.known.values()):
            for use in uses_in(target, file, self.survey.tree).found:
                yield file, use

    async def _why_related(self, one: Defined, file: FileNames) -> Said | None:
        """Return why a method may stand for another one, or another for it; None where not."""
        name = one.name
        if name.startswith("#") or (name.startswith("__") and not name.endswith("__")):
            return None
        own, is_whole = await self._bases(one.container, file)
        if not is_whole and not is_test_case(one.container, file):
            return say("{name} may stand for one of a base class", name=name)
        for path, other in tuple(self.survey.known.items()):
            for method in other.defined:
                place = path, method.container
                if method.name != name or not method.container:
                    continue
                if place == (one.path, one.container):
                    continue
                if place in own or _is_interface(method.container, other):
                    return say("{name} may stand for one of a base class", name=name)
                above, _ = await self._bases(method.container, other)
                if (one.path, one.container) in above:
                    return say("another class may have {name} of its own", name=name)
        return None

    async def _bases(self, name: str, file: FileNames) -> tuple[set[tuple[str, str]], bool]:
        """Return the bases of a class, by file and name, and whether none is of a library."""
        found: set[tuple[str, str]] = set()
        is_whole = True
        todo = [(file, name)]
        while todo:
            here, of = todo.pop()
            own = next((d for d in here.defined if d.name == of and not d.container), None)
            for base in () if own is None else own.bases:
                if base in _EMPTY_BASES:
                    continue
                at = await self._class(here, base)
                if at is None:
                    is_whole = False
                elif (at[0].path, at[1]) not in found:
                    found.add((at[0].path, at[1]))
                    todo.append(at)
        return found, is_whole

    async def _class(
        self, file: FileNames, name: str, depth: int = _DEEPEST
    ) -> tuple[FileNames, str] | None:
        """Return the file that defines a class, and its name there; None for one of a library."""
        if any(d.name == name and not d.container for d in file.defined):
            return file, name
        tree = self.survey.tree
        for brought in file.brought if depth else ():
            if brought.local == name and brought.name:
                paths = sorted(tree.files(file.language, file.path, brought.module))
                await self.survey.read(paths)
                for path in paths:
                    there = self.survey.known.get(path)
                    found = there and await self._class(there, brought.name, depth - 1)
                    if found:
                        return found
        return None


def _is_interface(name: str, file: FileNames) -> bool:
    return any(
        one.name == name and (one.definition.kind == "type" or "Protocol" in one.bases)
        for one in file.defined
    )
