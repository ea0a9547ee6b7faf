"""What is in another namespace of C++ than before, and how it is called from elsewhere now."""

import re

from spark_desktop.domain.file_names import FileNames, Occurrence, Role
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

# At the top of a file, and of no class.
_OPERATOR = regex(r"^(?!\s|//|\*|using|typedef)[^\n(=]*(?<!::)\boperator\b", re.MULTILINE)


def keeps_space(change: NameChange, file: FileNames) -> bool:
    """Return whether a file says itself where the name is: it has to be turned as a whole.

    So it is where it opens the namespace before, or uses all of it, and where it declares one of
    the names without a body, or an operator, which is not looked for by its name.
    """
    content = file.content
    if file.path == change.new.path:
        return False
    old = change.old.space
    if old and re.search(rf"\bnamespace\s+{re.escape(old)}\b", content):
        return True
    types = "|".join(map(re.escape, sorted(change.respaced)))
    if re.search(rf"\b(?:class|struct|enum)\s+(?:{types})\s*(?::[^;{{]*)?;", content):
        return True
    if _OPERATOR.search(content):
        return True
    return any(
        one.name in change.respaced
        and one.parameters is not None
        and not one.container
        and one.space != change.new.space
        and not one.text.rstrip().endswith("}")
        for one in file.defined
    )


def respaced(one: Occurrence, file: FileNames, change: NameChange) -> TextEdit | None:
    """Return the edit that calls a use with the namespace of now; None where it does so already."""
    old, new, name = change.old.space, change.new.space, change.new.name
    before = file.content[: one.start]
    # What a class calls as itself, and what stands in the namespace, needs nothing in front.
    is_within = bool(new) and f"{one.space}::".startswith(f"{new}::")
    is_of_class = one.role is Role.BOUND and bool(one.receiver)
    is_told = bool(new) and re.search(rf"(?<!\w){re.escape(new)}::$", before) is not None
    is_used = new and re.search(
        rf"\busing\s+(?:namespace\s+{re.escape(new)}|{re.escape(new)}::{re.escape(name)})\s*;",
        file.content,
    )
    text, start = f"{new}::{name}" if new else name, one.start
    if is_within or is_of_class or is_told or is_used or one.role is Role.IMPORTED:
        text = name
    elif old and re.search(rf"(?<![\w:]){re.escape(old)}::$", before):
        start -= len(old) + 2
    elif re.search(r"\w::$|::~$", before):
        # It is a type's, or what ends an object: the type is called with its namespace.
        text = name
    return None if text == one.name and start == one.start else TextEdit(start, one.end, text)
