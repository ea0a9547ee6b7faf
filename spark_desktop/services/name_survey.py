"""Reads the files in which a changed name may be used, and finds who passes it on."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Protocol

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.file_names import WRITTEN, FileNames, Occurrence, Role
from spark_desktop.domain.go_implementers import implementers
from spark_desktop.domain.heirs import called, heirs_of, is_interface
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.name_uses import target_of, uses_in
from spark_desktop.domain.target_names import Target
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.ports import FileStore

# Files that are read without holding the name, since they may pass it on.
_CHASED = 200
_C = ("c", "cpp")
_MANIFESTS = ("go.mod", "Cargo.toml")
_OWN = ("self", "this", "cls", "Self")


class CodeNames(Protocol):
    """What a parser knows of names; each method may run in any OS thread."""

    def defined(self, path: str, content: str) -> tuple[Defined, ...]:
        """Return what the file defines, () for a language that is not followed."""
        ...

    def names(self, path: str, content: str, words: Iterable[str]) -> FileNames | None:
        """Return where the words stand in the file, None for a language that is not followed."""
        ...


# The files of the workspace that hold one of the words, of the kinds that a file may be used from.
Holding = Callable[[str, Collection[str]], Awaitable[tuple[str, ...]]]


class Survey:
    """The files around one save, each read once; ``words`` are the names that matter."""

    def __init__(
        self, names: CodeNames, files: FileStore, tree: Tree, words: Collection[str]
    ) -> None:
        self._names = names
        self._files = files
        self.words = frozenset(words)
        self.tree = tree
        self.known: dict[str, FileNames] = {}
        self.snapshots: dict[str, Snapshot] = {}

    async def read(self, paths: Iterable[str]) -> None:
        """Read the files; one that cannot be read is left out, as it cannot be changed either."""
        for path in paths:
            if path in self.known:
                continue
            try:
                snapshot = await self._files.read(path)
            except FileError:
                continue
            await self.take(snapshot)

    async def widen(self, words: Collection[str]) -> None:
        """Look for more names, also in what is read already."""
        more = frozenset(words) - self.words
        self.words |= more
        for snapshot in tuple(self.snapshots.values()):
            if any(word in snapshot.text.content for word in more):
                await self.take(snapshot)

    async def take(self, snapshot: Snapshot) -> None:
        """Look at a file that is read already."""
        found = await asyncio.to_thread(
            self._names.names, snapshot.path, snapshot.text.content, self.words
        )
        if found is not None:
            self.known[snapshot.path] = found
            self.snapshots[snapshot.path] = snapshot

    async def target(self, change: NameChange) -> Target | None:
        """Return what to look for of a change, with all files that pass it on."""
        home = self.known.get(change.old.path)
        if home is None:
            return None
        name = change.old.name
        if name in ("__init__", "constructor") or change.made_at is not None:
            # It is called by the name of its class.
            defined = replace(change.old.definition, name=change.old.container, container="")
            target = target_of(replace(change.old, definition=defined), defined.name, home)
        else:
            target = target_of(change.old, name, home)
            if change.is_renamed:
                is_private = home.language == "go" and not change.new.name[:1].isupper()
                target = replace(target, is_private=is_private)
        if home.language in _C:
            at = -1 if change.is_moved else change.new.name_at
            space = next((one.space for one in home.occurrences if one.start == at), None)
            if change.is_respaced:
                # It is still called by the namespace before.
                space = change.old.space
            target = await self._included(replace(target, space=space, called=change.new.name))
        elif target.container:
            # A member is got at through its class, which others may pass on.
            of_class = replace(target, name=target.container, container="")
            fields = {one.name for one in home.defined if one.container == target.container}
            paths = (await self._passed_on(of_class)).paths
            target = replace(target, paths=paths, fields=frozenset(fields | {name}))
        else:
            target = await self._passed_on(target)
        if target.container:
            heirs = heirs_of(target, self.known, self.tree)
            is_open = is_interface(target.container, home)
            # A new name alone is left to who knows which types have the method for the interface.
            if is_open and not change.is_renamed:
                heirs |= implementers(change, self.known, self.tree)
            target = replace(target, heirs=heirs, is_open=is_open)
        return replace(target, is_unique=self._is_unique(target))

    async def _passed_on(self, target: Target) -> Target:
        """Return the target with the files that pass it on, read where they do not name it."""
        size = 0
        while size != (size := len(target.paths) + len(self.known)):
            await self._chase(target)
            for path, file in tuple(self.known.items()):
                if path not in target.paths and uses_in(target, file, self.tree).passes_on:
                    target = replace(target, paths=target.paths | {path})
        return target

    async def _chase(self, target: Target) -> None:
        """Read the files from which others bring the name."""
        unread: set[str] = set()
        for file in self.known.values():
            for brought in file.brought:
                if brought.name == target.name:
                    files = self.tree.files(file.language, file.path, brought.module)
                    unread |= files - self.known.keys()
        await self.read(sorted(unread)[:_CHASED])

    async def _included(self, target: Target) -> Target:
        """Return a target of C with the headers that declare it, and all that include these."""
        await self._read_headers()
        homes = set(target.homes)
        for path, file in self.known.items():
            if (
                file.language in _C
                and self._declares(file, target)
                and (
                    self._includes(file, homes)
                    or any(self._includes(self.known[home], {path}) for home in target.homes)
                )
            ):
                homes.add(path)
        included = set(homes)
        size = 0
        while size != (size := len(included)):
            for path, file in self.known.items():
                if file.language in _C and self._includes(file, included):
                    included.add(path)
        return replace(
            target,
            homes=frozenset(homes),
            paths=frozenset(homes),
            included=frozenset(included),
        )

    async def _read_headers(self) -> None:
        size = 0
        while size != (size := len(self.known)) and size < _CHASED:
            unread: set[str] = set()
            for file in tuple(self.known.values()):
                for brought in file.brought:
                    unread |= self.tree.files(file.language, file.path, brought.module)
            await self.read(sorted(unread - self.known.keys())[:_CHASED])

    def _includes(self, file: FileNames, targets: Collection[str]) -> bool:
        return any(
            self.tree.files(file.language, file.path, brought.module) & set(targets)
            for brought in file.brought
        )

    @staticmethod
    def _declares(file: FileNames, target: Target) -> bool:
        return any(
            one.name == target.name
            and one.role is Role.BOUND
            and not one.scopes
            and one.receiver in ("", target.container)
            for one in file.occurrences
        )

    def _is_unique(self, target: Target) -> bool:
        """Return whether nothing else in the files that hold the name defines it."""
        for path, file in self.known.items():
            classes = called(target, target.heirs, file, self.tree)
            for one in file.defined:
                is_same = one.container in classes and (path in target.homes or one.container)
                if one.name == target.name and not is_same:
                    return False
            for use in file.occurrences if target.container else ():
                if use.name == target.name and _is_of_other(use, target, classes):
                    return False
        return True


def _is_of_other(use: Occurrence, target: Target, classes: Collection[str]) -> bool:
    """Return whether the use shows that something else has a member of the target's name."""
    if use.receiver in _OWN:
        return use.owner not in classes
    if target.kind != "constant":
        return False
    if use.role is Role.BOUND and use.receiver == use.owner != "":
        return use.owner not in classes
    shape = use.shape
    if shape is None:
        return False
    if shape.type == WRITTEN:
        return True
    is_untold = shape.is_made and not (shape.type or shape.has_more)
    return is_untold and not shape.keys <= target.fields


async def workspace_tree(files: FileStore, more: Iterable[str]) -> Tree:
    """Return the files of the workspace with the manifests that name its modules."""
    try:
        paths = {*await files.files(), *more}
    except FileError:
        paths = set(more)
    manifests: dict[str, str] = {}
    for path in paths:
        if PurePosixPath(path).name in _MANIFESTS:
            try:
                manifests[path] = (await files.read(path)).text.content
            except FileError:
                continue
    return Tree(paths, manifests)
