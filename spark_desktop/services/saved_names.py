"""Which names and signatures a save changed, also where they went to another file."""

import asyncio
from collections import OrderedDict, deque

from spark_desktop.domain.call_changes import SignatureChange
from spark_desktop.domain.defined import Defined
from spark_desktop.domain.definition_matching import is_same_moved
from spark_desktop.domain.exports import export_changes, exported_otherwise
from spark_desktop.domain.field_types import made_with
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.name_changes import (
    Changes,
    NameChange,
    changes_between,
)
from spark_desktop.domain.prototypes import are_others
from spark_desktop.domain.waits import waits_for
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.name_survey import CodeNames, Holding, Survey
from spark_desktop.services.ports import FileStore

_KEPT_GONE = 50
# A function has a declaration and a definition there, which agree.
_OF_C = (".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx")


class SavedNames:
    """Remembers what went from files lately: it may come in another one."""

    def __init__(self, names: CodeNames, holding: Holding, files: FileStore) -> None:
        self._names = names
        self._holding = holding
        self._files = files
        self._gone: deque[Defined] = deque(maxlen=_KEPT_GONE)
        # What came in a file, beside which version before: a save that is held back is compared
        # with that once more, and has to find the same.
        self._come: OrderedDict[tuple[str, str], tuple[Defined, ...]] = OrderedDict()

    async def changed(self, before: Snapshot, after: Snapshot) -> list[NameChange]:
        """Return what others have to follow, of the change from one text to the other."""
        found, defined = await asyncio.to_thread(self._compared, before, after)
        changed = [
            one
            for one in found.changed
            if one.is_renamed
            or _asks(one)
            or one.gives_other
            or one.turns
            or one.is_method
            or waits_for(one)
            or one.literal
            or one.key
        ]
        made = (*made_with(changed, defined), *self._exported(before, after, defined))
        return [*changed, *made, *await self._moved(found, before, after.path)]

    def _exported(
        self, before: Snapshot, after: Snapshot, defined: tuple[Defined, ...]
    ) -> tuple[NameChange, ...]:
        """Return the names that others have to import in another way."""
        told = exported_otherwise(after.path, before.text.content, after.text.content)
        old = self._names.defined(before.path, before.text.content) if told else ()
        return tuple(export_changes(told, old, defined))

    def _compared(self, before: Snapshot, after: Snapshot) -> tuple[Changes, tuple[Defined, ...]]:
        """Return what the save changed, and what the file defines now."""
        old = self._names.defined(before.path, before.text.content)
        new = self._names.defined(after.path, after.text.content) if old or self._gone else ()
        return changes_between(old, new), new

    async def _moved(self, found: Changes, before: Snapshot, path: str) -> list[NameChange]:
        """Return what went from here to another file, or came from one."""
        moved = []
        gone_lately = [*self._gone, *self._come.get((path, before.digest), ())]
        for one in found.come:
            left = [gone for gone in gone_lately if gone.path != path and is_same_moved(gone, one)]
            if len(left) == 1:
                moved.append(NameChange(left[0], one))
                gone_lately.remove(left[0])
        self._take((path, before.digest), [one.old for one in moved])
        for one in found.gone:
            there = []
            for other in await self._holding(path, (one.name,)):
                if other != path:
                    there += [d for d in await self._defined(other) if is_same_moved(one, d)]
            if len(there) == 1:
                moved.append(NameChange(one, there[0]))
            elif not there and one not in self._gone:
                self._gone.append(one)
        return moved

    def _take(self, where: tuple[str, str], come: list[Defined]) -> None:
        if not come:
            return
        for one in come:
            if one in self._gone:
                self._gone.remove(one)
        self._come[where] = tuple(come)
        if len(self._come) > _KEPT_GONE:
            self._come.popitem(last=False)

    async def _defined(self, path: str) -> tuple[Defined, ...]:
        survey = Survey(self._names, self._files, Tree(()), ())
        await survey.read((path,))
        file = survey.known.get(path)
        return () if file is None else tuple(one for one in file.defined if not one.container)


def _asks(change: NameChange) -> bool:
    """Return whether calls have to follow the parameters."""
    old, new = change.old.parameters, change.new.parameters
    if old is None or new is None:
        return False
    is_declared_apart = change.old.path.endswith(_OF_C) and are_others(old, new)
    return (
        is_declared_apart or SignatureChange(old, new, has_keywords=True, path=change.new.path).asks
    )
