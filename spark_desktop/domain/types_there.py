"""How a file writes a type of another file, and what it has to import for that. Pure."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass

from spark_desktop.domain.file_names import Brought, FileNames, Occurrence
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.new_imports import import_edit, imports_back, indent_of
from spark_desktop.domain.parameter_objects import ParameterObject
from spark_desktop.domain.plain_code import code_of
from spark_desktop.domain.text_edits import TextEdit


@dataclass(frozen=True, slots=True)
class TypeThere:
    """``name`` is what the file writes, "" where a literal needs none; ``edit`` imports it."""

    name: str
    edit: TextEdit | None = None


def type_there(
    gathered: ParameterObject,
    told: tuple[str, str],
    use: Occurrence,
    file: FileNames,
    tree: Tree,
) -> TypeThere | None:
    """Return how a file makes an object of a type that another file defines; None: that is open.

    ``told`` are that file's path and text.
    """
    name, (home, text) = gathered.type, told
    if file.language in ("typescript", "tsx"):
        return TypeThere("")
    if file.language == "c":
        return None
    if file.path == home:
        return TypeThere(name)
    if file.language == "cpp":
        is_within = "namespace " in text or file.content[: use.start].endswith("::")
        return None if is_within else TypeThere(name)
    brought = [
        one for one in file.brought if home in tree.files(file.language, file.path, one.module)
    ]
    if file.language == "go":
        return _in_go(gathered, home, file, brought)
    if file.language not in ("python", "rust"):
        return None
    # What a function imports is known only there.
    top = [one for one in brought if not indent_of(file.content, one)]
    known = next((one.local for one in top if one.name == name), "")
    if known:
        return TypeThere(known)
    modules = {one.local for one in top if not one.name}
    modules |= {one.local for one in brought if not one.name and one.local == use.receiver}
    module = use.receiver if use.receiver in modules else min(modules, default="")
    if module and file.language == "python":
        return TypeThere(f"{module}.{name}")
    if re.search(rf"(?<![\w.]){name}\b", code_of(file.content, file.language)):
        # The file calls something else so.
        return None
    edit = import_edit(name, home, file, tree)
    if edit is None or imports_back(text, home, file, tree):
        return None
    return TypeThere(name, edit)


def _in_go(
    gathered: ParameterObject, home: str, file: FileNames, brought: Sequence[Brought]
) -> TypeThere | None:
    name = gathered.type
    if posixpath.dirname(file.path) == posixpath.dirname(home):
        return TypeThere(name)
    package = brought[0].local if brought else ""
    is_visible = all(one[:1].isupper() for one, _ in gathered.fields)
    is_named = re.fullmatch(r"[a-z]\w*", package) is not None
    return TypeThere(f"{package}.{name}") if is_named and is_visible else None
