"""What a function that is handed on, not called, is once it is a method of Python. Pure."""

import re
from dataclasses import dataclass

from spark_desktop.domain.file_names import GLOBAL, FileNames, Occurrence, Role
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.new_imports import indent_of
from spark_desktop.domain.plain_code import code_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

# Behind the name as far as the arguments go that are bound to it: ``partial(read, path=first)``.
_BEHIND = regex(r"[^()\n]*(?:\([^()]*\)[^()\n]*)*")


@dataclass(frozen=True, slots=True)
class MethodValue:
    """The edit that names the method of its class; one that ``brings`` it needs its import."""

    edit: TextEdit
    brings: bool = False


def as_value(
    one: Occurrence, change: NameChange, file: FileNames, tree: Tree
) -> MethodValue | None:
    """Return the method as its class has it, which takes what the function took.

    ``map(read, pages)`` is ``map(Page.read, pages)``. None where the class cannot be written
    there, or where the first value is given by its name.
    """
    method, taken = change.new, (change.old.parameters or ())[0]
    behind = _BEHIND.match(file.content, one.end)
    is_given = re.search(rf"\b{taken.name}\s*=(?!=)", behind[0] if behind else "")
    if file.language != "python" or method.is_property or is_given:
        return None
    edit = TextEdit(one.start, one.end, f"{method.container}.{method.name}")
    if one.role is Role.MEMBER:
        before = file.content[: one.start]
        return MethodValue(edit) if before.endswith(f"{one.receiver}.") else None
    if one.role is not Role.BARE or one.receiver == GLOBAL:
        return None
    known = _class_there(one, change, file, tree)
    return None if known is None else MethodValue(edit, brings=not known)


def _class_there(one: Occurrence, change: NameChange, file: FileNames, tree: Tree) -> bool | None:
    """Return whether the class is known by its name there; False where it can be; None: neither."""
    name, home = change.new.container, change.new.path
    is_hidden = any(
        each.name == name
        and each.role is Role.BOUND
        and bool(each.scopes)
        and one.scopes[: len(each.scopes)] == each.scopes
        for each in file.occurrences
    )
    if is_hidden:
        return None
    if file.path == home:
        # At the top of a file it has to be there by then.
        return True if one.scopes or change.new.name_at < one.start else None
    top = [each for each in file.brought if not indent_of(file.content, each)]
    if any(each.local == name for each in file.brought):
        is_known = any(
            each.local == each.name == name
            and home in tree.files(file.language, file.path, each.module)
            for each in top
        )
        return True if is_known else None
    if re.search(rf"(?<![\w.]){name}\b", code_of(file.content, file.language)):
        return None
    is_brought = any(
        each.local == each.name == change.old.name
        and home in tree.files(file.language, file.path, each.module)
        for each in top
    )
    return False if is_brought else None
