"""Which names and signatures a save changed, also where they went to another file."""

import asyncio
import re
from collections import OrderedDict, deque
from collections.abc import Sequence

from spark_desktop.domain.call_changes import SignatureChange
from spark_desktop.domain.defined import Defined
from spark_desktop.domain.definition_matching import is_same_elsewhere, is_same_moved
from spark_desktop.domain.exports import export_changes, exported_otherwise
from spark_desktop.domain.field_types import made_with
from spark_desktop.domain.file_names import FileNames
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.name_changes import (
    Changes,
    NameChange,
    changes_between,
)
from spark_desktop.domain.prototypes import are_others, gives_otherwise
from spark_desktop.domain.waits import waits_for
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.name_survey import CodeNames, Holding, Survey, workspace_tree
from spark_desktop.services.ports import FileStore

_KEPT_GONE = 50
# Languages in which a file imports each name, or its file, by what it is called.
_IMPORTING = (".py", ".rs", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".mts")
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
            or one.is_respaced
            or waits_for(one)
            or one.literal
            or one.key
        ]
        made = (*made_with(changed, defined), *self._exported(before, after, defined))
        return [*changed, *made, *await self._moved(found, before, after)]

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

    async def _moved(self, found: Changes, before: Snapshot, after: Snapshot) -> list[NameChange]:
        """Return what went from here to another file, or came from one."""
        path, moved = after.path, []
        gone_lately = [*self._gone, *self._come.get((path, before.digest), ())]
        for one in found.come:
            left = [gone for gone in gone_lately if gone.path != path and is_same_moved(gone, one)]
            left = left or await self._renamed(gone_lately, one)
            if len(left) == 1:
                moved.append(NameChange(left[0], one))
                gone_lately.remove(left[0])
        self._take((path, before.digest), [one.old for one in moved])
        for one in found.gone:
            there = []
            for other in await self._holding(path, (one.name,)):
                if other != path:
                    there += [d for d in await self._defined(other) if is_same_moved(one, d)]
            there = there or await self._renamed_there(one, after)
            if len(there) == 1:
                moved.append(NameChange(one, there[0]))
            elif not there and one not in self._gone:
                self._gone.append(one)
        return moved

    async def _renamed(self, gone: Sequence[Defined], come: Defined) -> list[Defined]:
        """Return what went from a file that imports what came in its place, by another name."""
        if come.container or not come.path.endswith(_IMPORTING):
            return []
        alike = [one for one in gone if one.path != come.path and is_same_elsewhere(one, come)]
        found = []
        for one in alike:
            file = await self._file(one.path, come.path)
            if file is not None and self._stands_for(come, one, *file):
                found.append(one)
        return found

    async def _renamed_there(self, gone: Defined, after: Snapshot) -> list[Defined]:
        """Return what the file that something went from imports in its place."""
        if not after.path.endswith(_IMPORTING):
            return []
        file = await self._file(after.path)
        if file is None or re.search(rf"\b{re.escape(gone.name)}\b", after.text.content):
            return []
        found = []
        for brought in file[0].brought:
            for path in sorted(file[1].files(file[0].language, after.path, brought.module)):
                found += [
                    one
                    for one in await self._defined(path)
                    if one.name == brought.name
                    and is_same_elsewhere(gone, one)
                    and self._stands_for(one, gone, *file)
                ]
        return found

    async def _file(self, *paths: str) -> tuple[FileNames, Tree] | None:
        """Return what the first of some files imports, and all files that there are."""
        tree = await workspace_tree(self._files, paths)
        survey = Survey(self._names, self._files, tree, ())
        await survey.read(paths[:1])
        file = survey.known.get(paths[0])
        return None if file is None else (file, tree)

    def _stands_for(self, new: Defined, gone: Defined, file: FileNames, tree: Tree) -> bool:
        """Return whether a file uses what is new, which it imports, and what went no more."""
        is_gone = re.search(rf"\b{re.escape(gone.name)}\b", file.content) is None
        used = len(re.findall(rf"\b{re.escape(new.name)}\b", file.content)) > 1
        return (
            is_gone
            and used
            and any(
                one.name == new.name
                and new.path in tree.files(file.language, file.path, one.module)
                for one in file.brought
            )
        )

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
    is_declared_apart = change.old.path.endswith(_OF_C) and (
        are_others(old, new) or gives_otherwise(change.old, change.new)
    )
    return (
        is_declared_apart or SignatureChange(old, new, has_keywords=True, path=change.new.path).asks
    )
