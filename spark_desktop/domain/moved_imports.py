"""The imports of a file, rewritten for a definition that stands in another file now."""

import posixpath
import re
from collections.abc import Sequence

from spark_desktop.domain.file_names import Brought, FileNames, Occurrence, Role
from spark_desktop.domain.module_paths import (
    Tree,
    python_module,
    relative_specifier,
    rust_module_of,
)
from spark_desktop.domain.moved_packages import package_edits
from spark_desktop.domain.name_uses import uses_in
from spark_desktop.domain.target_names import Target
from spark_desktop.domain.text import dominant_newline
from spark_desktop.domain.text_edits import TextEdit

_JS = ("javascript", "typescript", "tsx")


def moved_edits(
    target: Target, home: str, file: FileNames, tree: Tree
) -> tuple[TextEdit, ...] | None:
    """Return the edits after which the file gets the target from ``home``, its file now.

    () where it needs none, None where they cannot be computed: only imports that name the target
    can be. What is imported relatively stays so.
    """
    uses = uses_in(target, file, tree)
    if file.language == "go":
        return package_edits(target, home, file, uses.found, tree)
    named = [one for one in _brought(target, file, tree) if one.name_at >= 0]
    if file.path in target.homes:
        return _at_home(target, home, file, tree)
    if not uses.found:
        return ()
    if file.language in ("c", "cpp"):
        return None
    members = [one for one in uses.found if one.role is Role.MEMBER and one.receiver]
    edits = _plain_uses(target, home, file, tree, members, is_brought=bool(named))
    if edits is None or not (named or members):
        return None
    for one in named:
        alias = one.local if one.local.removeprefix("export ") != one.name else ""
        taken = taken_out(file, one)
        if taken is None:
            return None
        if file.path == home:
            edits.append(taken)
            continue
        module = _module(file, one, target, home)
        if module is None:
            return None
        is_required = file.content[one.start : one.end].rstrip().endswith(")")
        if file.language in _JS and is_required:
            # ``const { name } = require("…")`` is rewritten in its place, or by hand.
            if one.count > 1:
                return None
            statement = _statement(file, one, module, _named(file.language, one.name, alias))
            edits.append(TextEdit(one.start, one.end, statement))
            continue
        edits += put_in(file, one, module, alias, taken, tree, home)
    return tuple(edits)


def _plain_uses(
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
    the file is called so.
    """
    if not members:
        return []
    sign = "::" if file.language == "rust" else "."
    before = ""
    if file.language == "rust":
        heads = {one.receiver.partition("::")[0] for one in members}
        own = {one.local: one.module.partition("::")[0] for one in file.brought}
        modules = {one for one in heads if re.search(rf"\bmod\s+{one}\s*;", file.content)}
        known = {own.get(head, head) for head in heads - modules}
        if not known <= {"crate", "self", "super"}:
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
        edits.append(import_edit(target.name, home, file, tree))
    receivers = {one.receiver for one in members}
    for brought in file.brought:
        if brought.local in receivers and not _is_needed(file, brought, edits):
            taken = taken_out(file, brought)
            edits += [] if taken is None else [taken]
    return edits


def _is_taken(name: str, file: FileNames, *, is_brought: bool) -> bool:
    """Return whether the name alone means something else in the file."""
    if any(one.name == name and one.role is Role.BOUND for one in file.occurrences):
        return True
    return not is_brought and any(one.local == name for one in file.brought)


def _is_needed(file: FileNames, brought: Brought, edits: Sequence[TextEdit]) -> bool:
    """Return whether a file names an import elsewhere than where it is edited."""
    gone = {edit.start for edit in edits}
    words = re.finditer(rf"(?<![\w.]){re.escape(brought.local)}\b", file.content)
    places = (found.start() for found in words)
    inside = [(one.start, one.end) for one in file.brought]
    return any(
        place not in gone and not any(start <= place < end for start, end in inside)
        for place in places
    )


def taken_out(file: FileNames, brought: Brought) -> TextEdit | None:
    """Return the edit that takes a name out of its import, with the statement if it is alone."""
    if brought.count == 1:
        start, end = _lines_of(file.content, brought)
        return TextEdit(start, end, "")
    content, at = file.content, brought.name_at
    end = at + len(brought.name)
    if alias := re.match(r"\s+as\s+[\w$]+|\s*:\s*[\w$]+", content[end : brought.end]):
        end += alias.end()
    start = at
    if kind := re.search(r"\btype\s+$", content[brought.start : at]):
        start = brought.start + kind.start()
    if after := re.match(r"\s*,[ \t]*(\r?\n(?=\s*[\w$]))?[ \t]*", content[end : brought.end]):
        gap = after[0]
        # A name on a line of its own takes its line along.
        line_start = content.rfind("\n", 0, start) + 1
        if after[1] is not None and not content[line_start:start].strip():
            return TextEdit(line_start, end + gap.index("\n") + 1, "")
        return TextEdit(start, end + len(gap), "")
    if before := re.search(r",\s*$", content[brought.start : start]):
        return TextEdit(brought.start + before.start(), end, "")
    return None


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
    ]
    if same:
        return (taken, _beside(content, same, brought.name, name))
    newline = dominant_newline(content)
    statement = _statement(file, brought, module, name)
    if brought.count == 1:
        if _is_sorted_there(file, brought, module):
            start, end = brought.start, brought.end
            return (TextEdit(start, end, statement),)
        start, _end = _lines_of(content, brought)
        place = _place(file, brought, module)
        if place != start:
            return (taken, TextEdit(place, place, f"{statement}{newline}"))
        return (TextEdit(brought.start, brought.end, statement),)
    place = _place(file, brought, module)
    return (taken, TextEdit(place, place, f"{_indent(content, brought)}{statement}{newline}"))


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
    return (import_edit(target.name, home, file, tree),)


def import_edit(name: str, home: str, file: FileNames, tree: Tree) -> TextEdit:
    """Return what imports a name from its file, among others of that where there are some.

    In Python, TypeScript and Rust; the file does not define it itself.
    """
    same = [
        one
        for one in file.brought
        if one.name_at >= 0
        and home in tree.files(file.language, file.path, one.module)
        and not one.local.startswith("export ")
    ]
    if same and file.language != "rust":
        return _beside(file.content, same, name, name)
    language = file.language
    if language == "python":
        own = [one.module for one in file.brought if one.module.startswith(".")]
        is_absolute = any(one.module and not one.module.startswith(".") for one in file.brought)
        is_relative = bool(own) or (not is_absolute and _is_package(file.path, tree))
        module = _python_name(file.path, home, is_relative, "")
        statement = f"from {module} import {name}"
    elif language in _JS:
        like = next((one.module for one in file.brought if one.module.startswith(".")), "")
        module = relative_specifier(file.path, home, like)
        statement = f'import {{ {name} }} from "{module}";'
    else:
        module = rust_module_of(home)
        statement = f"use {module}::{name};"
    newline = dominant_newline(file.content)
    at = _after_imports(file)
    following = file.content[at:].partition("\n")[0].strip()
    is_apart = not following or any(one.start == at for one in file.brought)
    return TextEdit(at, at, f"{statement}{newline}{'' if is_apart else newline}")


def _module(file: FileNames, brought: Brought, target: Target, home: str) -> str | None:
    """Return how the file names ``home``, in the style in which it named the file before."""
    if file.language == "python":
        was = next(iter(target.homes))
        return _python_name(file.path, home, brought.module.startswith("."), _root(brought, was))
    if file.language in _JS:
        if not brought.module.startswith("."):
            return None
        return relative_specifier(file.path, home, brought.module)
    if file.language == "rust":
        first = brought.module.partition("::")[0]
        whole = rust_module_of(home)
        if first in ("crate", "super", "self"):
            return whole
        return f"{first}{whole.removeprefix('crate')}"
    return None


def _root(brought: Brought, home: str) -> str:
    """Return the folder from which an absolute import names the file, with its slash."""
    tail = brought.module.replace(".", "/")
    whole = python_module(home).replace(".", "/")
    return whole.removesuffix(tail)


def _python_name(importer: str, home: str, is_relative: bool, root: str) -> str:
    module = python_module(home)
    if not is_relative:
        return module.removeprefix(root.replace("/", "."))
    here = posixpath.dirname(importer).split("/") if "/" in importer else []
    there = module.split(".")
    common = 0
    while common < min(len(here), len(there)) and here[common] == there[common]:
        common += 1
    return "." * (len(here) - common + 1) + ".".join(there[common:])


def _is_package(path: str, tree: Tree) -> bool:
    return posixpath.join(posixpath.dirname(path), "__init__.py") in tree.paths


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


def _beside(content: str, same: list[Brought], name: str, written: str) -> TextEdit:
    """Return the edit that puts a name among others, in order where they are."""
    first = same[0].start
    there = [one for one in same if one.start == first]
    names = [one.name for one in there]
    later = next((one for one in there if one.name > name), None)
    if later is not None and names == sorted(names):
        return TextEdit(later.name_at, later.name_at, f"{written}, ")
    last = there[-1]
    end = last.name_at + len(last.name)
    if alias := re.match(r"\s+as\s+[\w$]+", content[end : last.end]):
        end += alias.end()
    return TextEdit(end, end, f", {written}")


def _block(file: FileNames, brought: Brought) -> list[tuple[int, int, str]]:
    """Return the imports that stand line by line around one: begin, end, module."""
    spans = sorted(
        {
            (*_lines_of(file.content, one), one.module)
            for one in file.brought
            if one.name and _indent(file.content, one) == _indent(file.content, brought)
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
    own_start, own_end = _lines_of(file.content, brought)
    modules = [one[2] for one in block]
    if modules != sorted(modules):
        return own_start if brought.count == 1 else own_end
    later = next((one for one in block if one[2] > module), None)
    if later is None:
        return block[-1][1] if block else own_end
    return later[0]


def _is_sorted_there(file: FileNames, brought: Brought, module: str) -> bool:
    """Return whether the module may stand where the import before stood."""
    start, _end = _lines_of(file.content, brought)
    before = [one[2] for one in _block(file, brought)]
    now = [module if one[0] == start else one[2] for one in _block(file, brought)]
    return before != sorted(before) or now == sorted(now)


def _lines_of(content: str, brought: Brought) -> tuple[int, int]:
    """Return the whole lines of an import, with what declares it."""
    start = content.rfind("\n", 0, brought.start) + 1
    end = content.find("\n", brought.end)
    return start, len(content) if end < 0 else end + 1


def _indent(content: str, brought: Brought) -> str:
    start = content.rfind("\n", 0, brought.start) + 1
    found = re.match(r"[ \t]*", content[start : brought.start])
    return found[0] if found else ""


def _after_imports(file: FileNames) -> int:
    """Return the line behind the imports at the file's top, else behind its first comments."""
    ends = [
        _lines_of(file.content, one)[1] for one in file.brought if not _indent(file.content, one)
    ]
    if ends:
        return max(ends)
    docstring = re.match(
        r"(?:[ \t]*(?:#|//)[^\n]*\n|\s*\n)*(?:(\"\"\"|''')(?s:.*?)\1[^\n]*\n\s*)?", file.content
    )
    return docstring.end() if docstring else 0
