"""Checks that the names exist that a proposed text uses and the text before did not."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Collection, Iterable
from posixpath import dirname
from typing import Protocol

from spark_desktop.domain.code import Import, UseKind
from spark_desktop.domain.names_used import (
    ClassNames,
    FreeRule,
    ImportUse,
    MemberUse,
    NamesUsed,
    NewNames,
    hides_names,
    names_check,
    new_names,
    no_attribute,
    no_module,
    undefined,
)
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import Said
from spark_desktop.services.code_index import CodeIndex

_WORDS = regex(r"[^\W\d]\w*")
_ALL = "*"
# What every object has; those of a type alone are classes' business.
_OF_OBJECTS = frozenset((*dir(object), "__dict__", "__module__", "__name__", "__annotations__"))
_OF_MODULES = frozenset(("__name__", "__file__", "__path__", "__doc__", "__all__", "__dict__"))
# Modules that use these have more names than their text shows.
_OPENERS = ("globals", "__getattr__", "setattr", "exec", "vars", "locals")
_DEEPEST = 8
_MOST_NEAR = 20
_MOST_HITS = 50
_READY_S = 0.05


class NamesReader(Protocol):
    """Finds the names of a text; its methods may be called from any OS thread."""

    def names(self, path: str, content: str) -> NamesUsed | None:
        """Return the names; None where the language, or the text, cannot be read."""
        ...


class Modules(Protocol):
    """Knows what is installed and declared; its methods may be called from any OS thread."""

    def exists(self, path: str, module: str) -> bool | None:
        """Return whether what a file imports exists; None where that cannot be told."""
        ...


class NameEvidence:
    """The check "names exist". Whatever is uncertain passes: a wrong refusal costs more.

    Without an index, or while it is not ready, only what the file itself shows is judged.
    """

    def __init__(
        self, reader: NamesReader, modules: Modules | None = None, index: CodeIndex | None = None
    ) -> None:
        self._reader = reader
        self._modules = modules
        self._index = index

    async def __call__(self, path: str, before: str, after: str) -> tuple[Check, ...]:
        """Return the evidence; () for a language that cannot be read. Never raises."""
        if not after or before == after:
            return ()
        found = await asyncio.to_thread(self._reader.names, path, after)
        if found is None:
            return ()
        known = await asyncio.to_thread(self._reader.names, path, before) if before else None
        words = frozenset(_WORDS.findall(before)) if known is None else frozenset[str]()
        new = new_names(known, found, words)
        index = self._index
        if index is not None and not await index.ready(_READY_S):
            index = None
        faults = [one async for one in _Judge(path, found, self._modules, index).faults(new)]
        if faults and index is not None and not await index.ready(0):
            # It ended meanwhile: that it knew nothing is no evidence.
            faults = [one async for one in _Judge(path, found, self._modules, None).faults(new)]
        # A package's own file passes names on in this way.
        if not path.endswith("__init__.py"):
            faults += hides_names(known, found)
        return (names_check(faults),)


class _Judge:
    """Judges the names of one text."""

    def __init__(
        self, path: str, text: NamesUsed, modules: Modules | None, index: CodeIndex | None
    ) -> None:
        self._path = path
        self._text = text
        self._modules = modules
        self._index = index

    async def faults(self, new: NewNames) -> AsyncIterator[Said]:
        """Return a sentence for each name that does not exist."""
        for one in new.imports:
            async for fault in self._of_import(one):
                yield fault
        for name in () if self._text.is_open else new.free:
            if (told := await self._of_free(name)) is not None:
                yield told
        for use in new.of_modules:
            if (told := await self._of_module(use)) is not None:
                yield told
        for use in new.of_self:
            if (told := await self._of_self(use)) is not None:
                yield told

    async def _of_free(self, name: str) -> Said | None:
        index, text = self._index, self._text
        hint = text.hints.get(name, "")
        if text.rule is FreeRule.NOWHERE:
            where = await index.definitions(name, 3) if index is not None else ()
            top = [one.path for one in where if not one.container and one.path != self._path]
            return undefined(name, hint, await self._near(), top[0] if top else "")
        if hint:
            return undefined(name, hint, text.bound)
        if index is None:
            return None
        defined = await index.definitions(name, 50)
        if text.rule is FreeRule.PACKAGE:
            if any(dirname(one.path) == dirname(self._path) for one in defined):
                return None
        elif defined:
            return None
        if await self._comes_unseen(name):
            return None
        return undefined(name, hint, await self._near())

    async def _comes_unseen(self, name: str) -> bool:
        """Return whether other files use the name without an import: something brings it."""
        if self._index is None:
            return True
        uses = [one for one in await self._index.references(name, 50) if one.path != self._path]
        return bool(uses) and all(one.kind is not UseKind.IMPORT for one in uses)

    async def _near(self) -> frozenset[str]:
        """Return names that may have been meant: the file's own, and those of what it imports."""
        known = set(self._text.bound)
        if self._index is None:
            return frozenset(known)
        found = [one.target for one in await self._index.imports(self._path) if one.target]
        for target in list(dict.fromkeys(found))[:_MOST_NEAR]:
            known |= {one.name for one in await self._index.outline(target) if not one.container}
        return frozenset(known)

    async def _of_import(self, one: ImportUse) -> AsyncIterator[Said]:
        if one.guarded:
            return
        found: tuple[Import, ...] = ()
        if self._index is not None:
            found = await self._index.resolved(self._path, one.module, one.names)
        if not any(each.target for each in found):
            if await self._is_missing(one.module):
                yield no_module(one.module)
            return
        if self._text.rule is not FreeRule.NOWHERE:
            async for fault in self._of_script_import(one, found):
                yield fault
            return
        for each in found:
            if not _is_surely(self._path, one.module, each.target):
                continue
            for name in each.names:
                if each.target and name != _ALL and not each.target.endswith(f"/{name}.py"):
                    known = await self._module_names(each.target)
                    if known is not None and name not in known[0]:
                        yield no_attribute(one.module, name, known[1])

    async def _of_script_import(
        self, one: ImportUse, found: Iterable[Import]
    ) -> AsyncIterator[Said]:
        """Only files near by are looked into, and any word of theirs may be what they export."""
        if self._index is None or not one.module.startswith("."):
            return
        for each in found:
            known = await self._module_names(each.target) if each.target else None
            for name in each.names if known is not None else ():
                if name in (_ALL, "default") or known is None or name in known[0]:
                    continue
                hits = await self._index.search(name, _MOST_HITS)
                if len(hits) < _MOST_HITS and all(hit.path != each.target for hit in hits):
                    yield no_attribute(one.module, name, known[1])

    async def _is_missing(self, module: str) -> bool:
        if self._modules is None:
            return False
        if await asyncio.to_thread(self._modules.exists, self._path, module) is not False:
            return False
        if self._index is None or module.startswith("."):
            return True
        top = module.partition(".")[0]
        uses = await self._index.references(top, 200)
        return not any(
            one.kind is UseKind.IMPORT and one.path != self._path and one.column < 8 for one in uses
        )

    async def _of_module(self, use: MemberUse) -> Said | None:
        if self._index is None or use.name in _OF_MODULES:
            return None
        found = await self._index.resolved(self._path, use.owner, ())
        targets = [one.target for one in found if one.target]
        if len(targets) != 1 or not _is_surely(self._path, use.owner, targets[0]):
            return None
        known = await self._module_names(targets[0])
        if known is None or use.name in known[0] or targets[0] == self._path:
            return None
        inner = await self._index.resolved(self._path, f"{use.owner}.{use.name}", ())
        if any(one.target for one in inner):
            return None
        return no_attribute(use.owner, use.name, known[1])

    async def _module_names(self, path: str) -> tuple[Collection[str], list[str]] | None:
        """Return all names that a module may have, and those to suggest; None where it is open."""
        if self._index is None or path == self._path:
            return None
        outline = await self._index.outline(path)
        imports = await self._index.imports(path)
        words = await self._index.names_in(path)
        if not words or not words.isdisjoint(_OPENERS) or any(_ALL in one.names for one in imports):
            return None
        return words, [one.name for one in outline if not one.container]

    async def _of_self(self, use: MemberUse) -> Said | None:
        name = use.name
        if name in _OF_OBJECTS or name in self._text.stored or self._index is None:
            return None
        if name.startswith("__") and name.endswith("__"):
            return None  # Python gives it, a decorator, or a metaclass
        owner = self._text.classes.get(use.owner)
        if owner is not None:
            members = await self._members(owner, 0)
        else:
            members = await self._members_imported(use.owner)
        if members is None or name in members or await self._has_heir_with(use):
            return None
        # A class that inherits from this one may have it, or who makes its objects.
        if await self._index.references(name, 1) or await self._index.defined([name]):
            uses = await self._index.references(name, 200)
            others = any(one.path != self._path for one in uses)
            defined = await self._index.definitions(name, 50)
            if others or any(one.path != self._path for one in defined):
                return None
        return no_attribute(use.owner, name, members)

    async def _has_heir_with(self, use: MemberUse) -> bool:
        """Return whether a class of the text that inherits from the owner has the attribute."""
        for heir in self._text.classes.values():
            if use.owner in heir.bases and heir.name != use.owner:
                members = await self._members(heir, 1)
                if members is None or use.name in members:
                    return True
        return False

    async def _members_imported(self, name: str) -> frozenset[str] | None:
        """Return the attributes of a class that another file of the workspace defines."""
        if self._index is None or name not in self._text.bound:
            return None
        for one in self._text.imports:
            if name in one.names:
                found = await self._index.resolved(self._path, one.module, (name,))
                targets = {each.target for each in found if each.target}
                where = await self._index.definitions(name, 3)
                if targets and targets == {each.path for each in where}:
                    return await self._members_elsewhere(name, 1)
        return None

    async def _members(self, owner: ClassNames, depth: int) -> frozenset[str] | None:
        """Return the attributes of a class with its bases'; None where one of them is unknown."""
        if owner.is_open or depth > _DEEPEST:
            return None
        found = set(owner.members)
        for base in owner.bases:
            if base in ("object", "Generic", "ABC", "Protocol", "typing.Generic", "abc.ABC"):
                continue
            inner = self._text.classes.get(base)
            if inner is not None:
                members = await self._members(inner, depth + 1)
            else:
                members = await self._members_elsewhere(base, depth + 1)
            if members is None:
                return None
            found |= members
        return frozenset(found)

    async def _members_elsewhere(self, base: str, depth: int) -> frozenset[str] | None:
        """Return the attributes of a class of another file, by the index."""
        if self._index is None or depth > _DEEPEST:
            return None
        name = base.rpartition(".")[2]
        classes = [one for one in await self._index.definitions(name, 3) if one.kind == "class"]
        if len(classes) != 1:
            return None
        words = await self._index.names_in(classes[0].path)
        # Whatever that file speaks of, the class may have: a wider net, but never a wrong refusal.
        bases = _bases_in(classes[0].signature)
        if bases is None or not words.isdisjoint((*_OPENERS, "metaclass", "__dict__")):
            return None
        found = set(words)
        for one in bases:
            if one in ("object", "Generic", "ABC", "Protocol"):
                continue
            members = await self._members_elsewhere(one, depth + 1)
            if members is None:
                return None
            found |= members
        return frozenset(found)


def _is_surely(path: str, module: str, target: str) -> bool:
    """Return whether a module of Python is that file, and none of the same name elsewhere."""
    top, dot, _ = module.partition(".")
    if not top:
        return True
    if top in sys.stdlib_module_names:
        return False
    return bool(dot) or dirname(target) in (dirname(path), "", "src", top, f"src/{top}")


def _bases_in(signature: str) -> Iterable[str] | None:
    """Return the names of the bases in a class's first line; None where they are not all names."""
    match = re.fullmatch(r"class \w+(?:\[.*\])?(?:\((?P<bases>[\w., ]*)\))?", signature)
    if match is None:
        return None
    return [one.strip() for one in (match["bases"] or "").split(",") if one.strip()]
