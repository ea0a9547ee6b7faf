"""The imports of a file, rewritten for a definition that stands in another file now."""

import re

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import Brought, FileNames, Role
from spark_desktop.domain.module_paths import (
    Tree,
    are_in_one_crate,
    relative_specifier,
    rust_module_of,
)
from spark_desktop.domain.moved_members import member_edits
from spark_desktop.domain.moved_packages import package_edits
from spark_desktop.domain.name_uses import uses_in
from spark_desktop.domain.new_imports import (
    beside,
    import_edit,
    imports_back,
    indent_of,
    lines_of,
    python_name,
    root_of,
    taken_out,
)
from spark_desktop.domain.target_names import Target
from spark_desktop.domain.text import dominant_newline
from spark_desktop.domain.text_edits import TextEdit

_JS = ("javascript", "typescript", "tsx")


def moved_edits(
    target: Target, home: str, file: FileNames, tree: Tree, text: str = ""
) -> tuple[TextEdit, ...] | None:
    """Return the edits after which the file gets the target from ``home``, its file now.

    () where it needs none, None where they cannot be computed: only imports that name the target
    can be. What is imported relatively stays so. ``text`` is that of ``home``, which must not
    import the file itself.
    """
    uses = uses_in(target, file, tree)
    if uses.found and file.path != home and imports_back(text, home, file, tree):
        return None
    if file.language == "go":
        return package_edits(target, home, file, uses.found, tree, text)
    named = [one for one in _brought(target, file, tree) if one.name_at >= 0]
    if file.path in target.homes:
        # What is set anew there would be copied.
        is_set = re.search(rf"\bglobal\b[^\n]*\b{re.escape(target.name)}\b", text)
        return None if is_set and uses.found else _at_home(target, home, file, tree)
    if not uses.found:
        return ()
    if file.language in ("c", "cpp"):
        return None
    members = [one for one in uses.found if one.role is Role.MEMBER and one.receiver]
    is_brought = any(one.local == target.name and not indent_of(file.content, one) for one in named)
    edits = member_edits(target, home, file, tree, members, is_brought=is_brought)
    if edits is None or not (named or members) or (named and members and not is_brought):
        return None
    for one in named:
        changed = _named_edits(target, home, file, one, tree)
        if changed is None:
            return None
        edits += changed
    return tuple(edits)


def renamed_edits(
    target: Target, new: Defined, file: FileNames, tree: Tree, moved: tuple[TextEdit, ...]
) -> tuple[TextEdit, ...] | None:
    """Return the edits of imports with those by which the file uses another name as well.

    None where the new name is another thing there, or the old one is reached by its module.
    """
    if not moved:
        return ()
    uses = [one for one in uses_in(target, file, tree).found if one.role is not Role.IMPORTED]
    is_taken = any(one.local == new.name for one in file.brought)
    is_taken |= any(one.name == new.name and one.role is Role.BOUND for one in file.occurrences)
    old = re.compile(rf"\b{re.escape(target.name)}\b")
    if is_taken or old.search(new.path) or any(one.role is not Role.BARE for one in uses):
        return None
    edits = [TextEdit(one.start, one.end, old.sub(new.name, one.new)) for one in moved]
    covered = [(one.start, one.end) for one in edits]
    edits += [
        TextEdit(one.start, one.end, new.name)
        for one in uses
        if not any(start <= one.start < end for start, end in covered)
    ]
    return tuple(edits)


def _named_edits(
    target: Target, home: str, file: FileNames, one: Brought, tree: Tree
) -> tuple[TextEdit, ...] | None:
    """Return the edits after which one import by name gets it from ``home``."""
    alias = one.local if one.local.removeprefix("export ") != one.name else ""
    taken = taken_out(file, one)
    if taken is None:
        return None
    if file.path == home:
        return (taken,)
    module = _module(file, one, target, home, tree)
    if module is None:
        return None
    is_required = file.content[one.start : one.end].rstrip().endswith(")")
    if file.language in _JS and is_required:
        # ``const { name } = require("…")`` is rewritten in its place, or by hand.
        if one.count > 1:
            return None
        statement = _statement(file, one, module, _named(file.language, one.name, alias))
        return (TextEdit(one.start, one.end, statement),)
    return put_in(file, one, module, alias, taken, tree, home)


def put_in(
    file: FileNames,
    brought: Brought,
    module: str,
    alias: str,
    taken: TextEdit,
    tree: Tree,
    home: str,
) -> tuple[TextEdit, ...]:
    """Return the edits that take a name out of one import and put it into that of ``module``."""
    content = file.content
    name = _named(file.language, brought.name, alias)
    same = [
        one
        for one in file.brought
        if one.name_at >= 0
        and one.start != brought.start
        and home in tree.files(file.language, file.path, one.module)
        and one.local.startswith("export ") == brought.local.startswith("export ")
        and _kind(content, one) == _kind(content, brought)
    ]
    if same:
        return (taken, beside(content, same, brought.name, name))
    newline = dominant_newline(content)
    statement = _statement(file, brought, module, name)
    if brought.count == 1:
        if _is_sorted_there(file, brought, module):
            start, end = brought.start, brought.end
            return (TextEdit(start, end, statement),)
        start, _end = lines_of(content, brought)
        place = _place(file, brought, module)
        if place != start:
            return (taken, TextEdit(place, place, f"{statement}{newline}"))
        return (TextEdit(brought.start, brought.end, statement),)
    place = _place(file, brought, module)
    return (taken, TextEdit(place, place, f"{indent_of(content, brought)}{statement}{newline}"))


def _kind(content: str, brought: Brought) -> tuple[bool, str]:
    """Return of an import whether it brings types alone, and how far it is indented."""
    return content.startswith("import type", brought.start), indent_of(content, brought)


def _brought(target: Target, file: FileNames, tree: Tree) -> list[Brought]:
    return [
        one
        for one in file.brought
        if one.name == target.name
        and tree.files(file.language, file.path, one.module) & target.paths
    ]


def _at_home(target: Target, home: str, file: FileNames, tree: Tree) -> tuple[TextEdit, ...] | None:
    """Return the import that the file needs from which the definition went, if it uses it."""
    if any(one.local == target.name for one in file.brought):
        return ()
    uses = [one for one in uses_in(target, file, tree).found if one.role is not Role.EXPORTED]
    if not uses or file.language not in ("python", *_JS, "rust"):
        return () if not uses else None
    edit = import_edit(target.name, home, file, tree)
    return None if edit is None else (edit,)


def _module(file: FileNames, brought: Brought, target: Target, home: str, tree: Tree) -> str | None:
    """Return how the file names ``home``, in the style in which it named the file before."""
    if file.language == "python":
        was = next(iter(target.homes))
        return python_name(file.path, home, brought.module.startswith("."), root_of(brought, was))
    if file.language in _JS:
        if not brought.module.startswith("."):
            return None
        return relative_specifier(file.path, home, brought.module)
    if file.language == "rust":
        first = brought.module.partition("::")[0]
        whole = rust_module_of(home)
        if first in ("crate", "super", "self"):
            return whole if are_in_one_crate(file.path, home, tree) else None
        return f"{first}{whole.removeprefix('crate')}"
    return None


def _named(language: str, name: str, alias: str) -> str:
    alias = alias.removeprefix("export ")
    return f"{name} as {alias}" if alias and alias != name else name


def _statement(file: FileNames, brought: Brought, module: str, name: str) -> str:
    written = file.content[brought.start : brought.end]
    if file.language == "python":
        return f"from {module} import {name}"
    if file.language == "rust":
        visible = re.match(r"pub(?:\([^)]*\))?\s+", written)
        return f"{visible[0] if visible else ''}use {module}::{name};"
    quote = "'" if "'" in written else '"'
    end = ";" if written.rstrip().endswith(";") else ""
    word = re.match(r"(?:import|export)(?:\s+type)?\b", written)
    if word is None:
        # ``const { name } = require("…")``, without its first word.
        name = name.replace(" as ", ": ")
        return f"{{ {name} }} = require({quote}{module}{quote})"
    return f"{word[0]} {{ {name} }} from {quote}{module}{quote}{end}"


def _block(file: FileNames, brought: Brought) -> list[tuple[int, int, str]]:
    """Return the imports that stand line by line around one: begin, end, module."""
    spans = sorted(
        {
            (*lines_of(file.content, one), one.module)
            for one in file.brought
            if one.name and indent_of(file.content, one) == indent_of(file.content, brought)
        }
    )
    own = next((n for n, span in enumerate(spans) if span[0] <= brought.start < span[1]), None)
    if own is None:
        return []
    first = last = own
    while first and spans[first - 1][1] == spans[first][0]:
        first -= 1
    while last + 1 < len(spans) and spans[last + 1][0] == spans[last][1]:
        last += 1
    return spans[first : last + 1]


def _place(file: FileNames, brought: Brought, module: str) -> int:
    """Return where an import of the module belongs among those around, else right behind it."""
    block = _block(file, brought)
    own_start, own_end = lines_of(file.content, brought)
    modules = [one[2] for one in block]
    if modules != sorted(modules):
        return own_start if brought.count == 1 else own_end
    later = next((one for one in block if one[2] > module), None)
    if later is None:
        return block[-1][1] if block else own_end
    return later[0]


def _is_sorted_there(file: FileNames, brought: Brought, module: str) -> bool:
    """Return whether the module may stand where the import before stood."""
    start, _end = lines_of(file.content, brought)
    before = [one[2] for one in _block(file, brought)]
    now = [module if one[0] == start else one[2] for one in _block(file, brought)]
    return before != sorted(before) or now == sorted(now)
