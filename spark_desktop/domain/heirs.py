"""Which classes come from another one, also in other files, and what each file calls them. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import Brought, FileNames
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.regex import regex
from spark_desktop.domain.target_names import Target

_INTERFACE = regex(r"(?:type\s+)?\w+\s*(?:\[[^\]]*\])?\s*interface\s*\{")
# Whoever names a class there need not say from where: it includes it, or names its package.
_PLAIN = ("c", "cpp", "go", "rust")
# In the place of a file: a class that is called so wherever the file does not say otherwise.
_ANYWHERE = ""


def heirs_of(
    target: Target, known: Mapping[str, FileNames], tree: Tree
) -> frozenset[tuple[str, str]]:
    """Return the classes that come from that of a member, each with its file.

    Only those of files that are known, which hold the member's name: what has none of its own, and
    is used nowhere, matters to nobody. One without a file has a name that no other class has.
    """
    defined = {(name, path) for path, file in known.items() for name in _own(file)}
    found: set[tuple[str, str]] = set()
    size = -1
    while size != (size := len(found)):
        for path, file in known.items():
            found |= {(name, path) for name in called(target, found, file, tree) & _heirs(file)}
            if file.language == "rust":
                found |= _brought_heirs(found, file, tree)
        names = {name for name, _path in found}
        others = {name for name, _path in defined - found}
        found |= {(name, _ANYWHERE) for name in names - others}
    return frozenset(found)


def called(
    target: Target, heirs: Collection[tuple[str, str]], file: FileNames, tree: Tree
) -> frozenset[str]:
    """Return what a file calls the class of a member, and those that come from it."""
    own = _own(file)
    places: dict[str, set[str]] = {target.container: set(target.paths)}
    for name, path in heirs:
        places.setdefault(name, set()).add(path)
    names = {name for name, paths in places.items() if file.path in paths}
    if file.language in _PLAIN:
        names |= {name for name, paths in places.items() if _ANYWHERE in paths and name not in own}
    others: set[str] = set()
    for brought in file.brought:
        if brought.name in ("", "*") and file.language not in ("c", "cpp"):
            continue
        files = tree.files(file.language, file.path, brought.module)
        if file.language in ("c", "cpp"):
            names |= {name for name, paths in places.items() if paths & files}
        elif places.get(_named(brought, target), set()) & files:
            names.add(brought.local)
        else:
            others.add(brought.local)
    if target.container not in others:
        names.add(target.container)
    return _with_own(names, places, file, tree)


def _own(file: FileNames) -> set[str]:
    """Return the classes that a file defines, and what else there is at its top."""
    return {one.name for one in file.defined if not one.container and one.parameters is None}


def _heirs(file: FileNames) -> set[str]:
    return {one.heir for one in file.defined if one.bases}


def _brought_heirs(
    heirs: Collection[tuple[str, str]], file: FileNames, tree: Tree
) -> set[tuple[str, str]]:
    """Return the types of Rust that get a trait in this file, with the files that define them."""
    return {
        (brought.name, path)
        for brought in file.brought
        if (brought.local, file.path) in heirs
        for path in tree.files(file.language, file.path, brought.module)
    }


def _named(brought: Brought, target: Target) -> str:
    """Return the class that an import names; the one that a file has by default may be any."""
    return target.container if brought.name == "default" else brought.name


def is_interface(name: str, file: FileNames) -> bool:
    """Return whether a type of Go is one that others have by their methods."""
    return file.language == "go" and any(
        one.name == name and not one.container and _INTERFACE.match(one.text) is not None
        for one in file.defined
    )


def _with_own(
    names: Iterable[str], places: Mapping[str, Collection[str]], file: FileNames, tree: Tree
) -> frozenset[str]:
    """Return the classes with those of the file that come from them."""
    based = [one for one in file.defined if one.bases]
    found = set(names)
    size = 0
    while size != (size := len(found)):
        for one in based:
            meant = found & set(one.bases)
            if any(not _is_of_other_module(base, one, places, file, tree) for base in meant):
                found.add(one.heir)
    return frozenset(found)


def _is_of_other_module(
    base: str, one: Defined, places: Mapping[str, Collection[str]], file: FileNames, tree: Tree
) -> bool:
    """Return whether a base in Python is got from a module that is not where the class is."""
    qualified = re.search(rf"[\w.]+\.{re.escape(base)}\b", one.definition.signature)
    paths = places.get(base, ())
    return qualified is not None and is_of_other_module(qualified[0], paths, file, tree)


def is_of_other_module(qualified: str, paths: Collection[str], file: FileNames, tree: Tree) -> bool:
    """Return whether a class of Python with a module in front of it is of none of the files."""
    module = qualified.rpartition(".")[0]
    if file.language != "python" or not module:
        return False
    first, dot, rest = module.partition(".")
    modules = [_module(each, first, dot + rest) for each in file.brought]
    files = [tree.files(file.language, file.path, each) for each in modules if each]
    brought = frozenset[str]().union(*files)
    # A package may pass on what its own modules define.
    packages = tuple(one.removesuffix("__init__.py") for one in brought if "__init__." in one)
    return bool(files) and not any(one in brought or one.startswith(packages) for one in paths)


def _module(brought: Brought, first: str, rest: str) -> str:
    """Return what module a dotted name is of that begins with what an import brings, "" if not."""
    if brought.local.partition(".")[0] != first:
        return ""
    if not brought.name:
        return brought.module + rest if brought.local == first else first + rest
    dot = "" if brought.module.endswith(".") else "."
    return f"{brought.module}{dot}{brought.name}{rest}"
