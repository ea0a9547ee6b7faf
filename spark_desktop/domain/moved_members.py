"""Uses of a definition by the name of its module, where it stands in another file now. Pure."""

import re
from collections.abc import Iterable, Sequence

from spark_desktop.domain.file_names import Brought, FileNames, Occurrence, Role
from spark_desktop.domain.module_paths import Tree, are_in_one_crate, rust_module_of
from spark_desktop.domain.new_imports import import_edit, indent_of, taken_out
from spark_desktop.domain.plain_code import code_of
from spark_desktop.domain.target_names import Target
from spark_desktop.domain.text_edits import TextEdit


def member_edits(
    target: Target,
    home: str,
    file: FileNames,
    tree: Tree,
    members: Sequence[Occurrence],
    *,
    is_brought: bool,
) -> list[TextEdit] | None:
    """Return the edits after which uses by a module's name mean the one where it is now.

    In Rust that is written out; elsewhere the name is brought by itself, unless something else in
    the file is called so. None where that may mean another thing: the module is passed on or its
    name is given a value, the module is imported in a function, or a variable of Python that is
    set later would be copied.
    """
    if not members:
        return []
    receivers = {one.receiver for one in members}
    if file.language != "rust" and not _are_plain(target, file, members):
        return None
    sign = "::" if file.language == "rust" else "."
    before = ""
    if file.language == "rust":
        if not _is_own_crate(receivers, home, file, tree):
            return None
        before = f"{rust_module_of(home)}::"
    elif _is_taken(target.name, file, is_brought=is_brought):
        return None
    edits = []
    for one in members:
        start = one.start - len(one.receiver) - len(sign)
        if file.content[start : one.start] != f"{one.receiver}{sign}":
            return None
        edits.append(TextEdit(start, one.start, before))
    if not before and not is_brought and file.path != home:
        imported = import_edit(target.name, home, file, tree)
        if imported is None:
            return None
        edits.append(imported)
    for brought in file.brought:
        if (
            brought.local in receivers
            and not _is_offered(file, brought)
            and not _is_needed(file, brought, edits)
        ):
            taken = taken_out(file, brought)
            edits += [] if taken is None else [taken]
    return edits


def _is_own_crate(receivers: Iterable[str], home: str, file: FileNames, tree: Tree) -> bool:
    """Return whether paths of a Rust file begin in its crate, of which ``home`` is, too."""
    heads = {one.partition("::")[0] for one in receivers}
    own = {one.local: one.module.partition("::")[0] for one in file.brought}
    modules = {one for one in heads if re.search(rf"\bmod\s+{one}\s*;", file.content)}
    known = {own.get(head, head) for head in heads - modules}
    return known <= {"crate", "self", "super"} and are_in_one_crate(file.path, home, tree)


def _are_plain(target: Target, file: FileNames, members: Sequence[Occurrence]) -> bool:
    """Return whether the uses only read what the module at the top of the file has."""
    code = code_of(file.content, file.language)
    is_variable = target.kind == "constant" and not target.name.isupper()
    if is_variable and file.language == "python":
        return False
    for brought in file.brought:
        is_meant = brought.local in {one.receiver for one in members}
        if is_meant and indent_of(file.content, brought):
            return False
    inside = [(one.start, one.end) for one in file.brought]
    for receiver in {one.receiver for one in members}:
        # By itself it is passed on, or is something else: a parameter, a variable.
        alone = re.finditer(rf"(?<![\w.$]){re.escape(receiver)}\b(?!\s*\.)", code)
        if any(not any(a <= one.start() < b for a, b in inside) for one in alone):
            return False
    return not any(_is_set(one, code, file) for one in members)


def _is_set(one: Occurrence, code: str, file: FileNames) -> bool:
    """Return whether a use gives the name a value, or is a tag that must not be a plain word."""
    behind = re.match(
        r"\s*(?:[-+*/%|&^@]|//|\*\*|<<|>>|\?\?)?=(?![=>])|\s*(?:\+\+|--)", code[one.end :]
    )
    before = code[: one.start - len(one.receiver) - 1]
    is_tag = file.language in ("tsx", "javascript") and re.search(r"</?$", before)
    is_gone = re.search(r"\b(?:del|delete|global)\s+$", before)
    return bool(behind or is_gone or (is_tag and one.name[:1].islower()))


def _is_offered(file: FileNames, brought: Brought) -> bool:
    """Return whether others may get the module from this file."""
    is_package = file.path.endswith(("__init__.py", "__init__.pyi"))
    return is_package or file.content.startswith("pub", brought.start)


def _is_taken(name: str, file: FileNames, *, is_brought: bool) -> bool:
    """Return whether the name alone means something else in the file."""
    if any(one.name == name and one.role is Role.BOUND for one in file.occurrences):
        return True
    return not is_brought and any(one.local == name for one in file.brought)


def _is_needed(file: FileNames, brought: Brought, edits: Sequence[TextEdit]) -> bool:
    """Return whether a file names an import elsewhere than where it is edited."""
    gone = {edit.start for edit in edits}
    # ``import a.b`` brings ``a``.
    head = re.escape(brought.local.partition(".")[0])
    words = re.finditer(rf"(?<![\w.]){head}\b", file.content)
    places = (found.start() for found in words)
    inside = [(one.start, one.end) for one in file.brought]
    return any(
        place not in gone and not any(start <= place < end for start, end in inside)
        for place in places
    )
