"""How a file writes a type of another file, and what it has to import for that. Pure."""

import posixpath
from dataclasses import dataclass

from spark_desktop.domain.file_names import FileNames
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.moved_imports import import_edit
from spark_desktop.domain.text_edits import TextEdit


@dataclass(frozen=True, slots=True)
class TypeThere:
    """``name`` is what the file writes, "" where a literal needs none; ``edit`` imports it."""

    name: str
    edit: TextEdit | None = None


def type_there(name: str, home: str, file: FileNames, tree: Tree) -> TypeThere | None:
    """Return how a file makes an object of a type that ``home`` defines; None: that is open."""
    if file.language in ("typescript", "tsx"):
        return TypeThere("")
    if file.path == home or file.language in ("c", "cpp"):
        return TypeThere(name)
    brought = [
        one for one in file.brought if home in tree.files(file.language, file.path, one.module)
    ]
    if file.language == "go":
        if posixpath.dirname(file.path) == posixpath.dirname(home):
            return TypeThere(name)
        return TypeThere(f"{brought[0].local}.{name}") if brought else None
    if file.language not in ("python", "rust"):
        return None
    known = next((one.local for one in brought if one.name == name), "")
    if known:
        return TypeThere(known)
    module = next((one.local for one in brought if not one.name), "")
    if module and file.language == "python":
        return TypeThere(f"{module}.{name}")
    if any(one.name == name for one in file.defined):
        return None
    return TypeThere(name, import_edit(name, home, file, tree))
