"""Which classes come from another one, also in other files, and what each file calls them. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping

from spark_desktop.domain.file_names import FileNames
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.target_names import Target

_INTERFACE = re.compile(r"\binterface\s*\{")
# Whoever names a class there need not say from where: it includes it, or names its package.
_PLAIN = ("c", "cpp", "go", "rust")


def heirs_of(
    target: Target, known: Mapping[str, FileNames], tree: Tree
) -> frozenset[tuple[str, str]]:
    """Return the classes that come from that of a member, each with its file.

    Only those of files that are known, which hold the member's name: what has none of its own, and
    is used nowhere, matters to nobody.
    """
    found: set[tuple[str, str]] = set()
    size = -1
    while size != (size := len(found)):
        for path, file in known.items():
            classes = called(target, found, file, tree)
            found |= {(one.heir, path) for one in file.defined if classes & set(one.bases)}
    return frozenset(found)


def called(
    target: Target, heirs: Collection[tuple[str, str]], file: FileNames, tree: Tree
) -> frozenset[str]:
    """Return what a file calls the class of a member, and those that come from it."""
    names = {target.container}
    own = {one.name for one in file.defined if not one.container and one.parameters is None}
    for name, path in heirs:
        if path == file.path or (file.language in _PLAIN and name not in own):
            names.add(name)
    for brought in file.brought:
        paths = {path for name, path in heirs if name == brought.name}
        if brought.name == target.container:
            paths |= target.paths
        if paths & tree.files(file.language, file.path, brought.module):
            names.add(brought.local)
    return _with_own(names, file)


def is_interface(name: str, file: FileNames) -> bool:
    """Return whether a type of Go is one that others have by their methods."""
    return file.language == "go" and any(
        one.name == name and not one.container and _INTERFACE.search(one.text) is not None
        for one in file.defined
    )


def _with_own(names: Iterable[str], file: FileNames) -> frozenset[str]:
    """Return the classes with those of the file that come from them."""
    found = set(names)
    size = 0
    while size != (size := len(found)):
        found |= {one.heir for one in file.defined if found & set(one.bases)}
    return frozenset(found)
