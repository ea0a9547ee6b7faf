"""Follows a name of JavaScript that is the default of its file now, or not any more. Pure."""

import re
from collections.abc import Iterable, Iterator

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import Brought, FileNames
from spark_desktop.domain.followed import FileFollow, Followed, Left
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit
from spark_desktop.domain.words import say

_SCRIPT = regex(r"\.[cm]?[jt]sx?$")
_KINDS = (
    r"(?:declare\s+|abstract\s+|async\s+)*"
    r"(?:function\s*\*?|class|const|let|var|interface|type|enum)"
)
_NAMED = regex(rf"^export\s+{_KINDS}\s+([\w$]+)", re.MULTILINE)
_DEFAULT = regex(
    r"^export\s+default\s+(?:(?:abstract\s+|async\s+)*(?:function\s*\*?|class|interface)\s+"
    r"([\w$]+)|([\w$]+)[ \t]*(?:;|$))",
    re.MULTILINE,
)
_LIST = regex(r"^export\s*\{([^}]*)\}(?!\s*from)", re.MULTILINE)
_NO_NAMES = frozenset({"extends", "implements", "null", "true", "false", "undefined"})
# The first name of an import, with what follows it.
_CLAUSE = regex(r"(import\s+(?:type\s+)?)([\w$]+)(\s*,\s*\{\s*)?")


def exported_otherwise(path: str, before: str, after: str) -> dict[str, str]:
    """Return the names that were the file's default and are not, or the other way round.

    Each with what it is now: "named" or "default". What is exported in both ways breaks nothing.
    """
    if not _SCRIPT.search(path):
        return {}
    (old_default, old_named), (new_default, new_named) = _exports(before), _exports(after)
    if old_default == new_default:
        return {}
    found = {}
    if old_default in new_named:
        found[old_default] = "named"
    if new_default in old_named - new_named and not old_default:
        found[new_default] = "default"
    return found


def _exports(content: str) -> tuple[str, set[str]]:
    """Return the name of the default, "" for none that has one, and the other names."""
    names = set(_NAMED.findall(content))
    defaults = (one or other for one, other in _DEFAULT.findall(content))
    default = next((one for one in defaults if one not in _NO_NAMES), "")
    for inside in _LIST.findall(content):
        for part in inside.split(","):
            words = part.removeprefix("type ").split()
            if len(words) == 3 and words[2] == "default":
                default = words[0]
            elif len(words) == 1:
                names.add(words[0])
    return default, names


def export_changes(
    exported: dict[str, str], before: Iterable[Defined], after: Iterable[Defined]
) -> Iterator[NameChange]:
    """Yield the changes of names that others import in another way."""
    old = {one.name: one for one in before if not one.container}
    new = {one.name: one for one in after if not one.container}
    for name, kind in exported.items():
        if name in old and name in new:
            yield NameChange(old[name], new[name], exported=kind)


def words_for(change: NameChange) -> set[str]:
    """Return words of which one stands in each file that imports from the change's file.

    Who imports a default may call it as they like, but has to say from where.
    """
    parts = change.new.path.rpartition(".")[0].split("/")
    names = [part for part in parts if part != "index"][-1:]
    return {word for name in names for word in re.findall(r"[\w$]+", name)[-1:]}


def export_edits(followed: Followed, file: FileNames, tree: Tree) -> FileFollow:
    """Return what a file that imports the name has to write otherwise; it keeps its own name."""
    change = followed.change
    edits: list[TextEdit] = []
    left: list[Left] = []
    lines: list[int] = []
    for one in file.brought:
        if change.new.path not in tree.files(file.language, file.path, one.module):
            continue
        found = list(_edits(one, file, change))
        line = file.content.count("\n", 0, one.start)
        if None in found:
            left.append(Left(file.path, line, say("its import has to be written by hand")))
            continue
        for edit in found:
            if edit is not None:
                edits.append(edit)
                lines.append(file.content.count("\n", 0, edit.start))
    return FileFollow(file.path, tuple(edits), left=tuple(left), lines=tuple(lines))


def _edits(one: Brought, file: FileNames, change: NameChange) -> Iterator[TextEdit | None]:
    """Yield the edits for what one import brings, None where nobody can tell."""
    name, is_named = change.new.name, change.exported == "named"
    was, now = ("default", name) if is_named else (name, "default")
    if one.name == "":
        yield from _members(one, file, was, now)
    elif one.name != was:
        return
    elif one.name_at < 0:
        yield _from_first(one, file.content, name)
    elif is_named or one.local.startswith("export ") or _is_required(one, file.content):
        yield _other_name(one, file.content, now)
    else:
        yield _to_first(one, file)


def _members(one: Brought, file: FileNames, was: str, now: str) -> Iterator[TextEdit | None]:
    """Yield what reads it of the whole module: ``tools.default``."""
    if file.content.startswith("import", one.start):
        for match in re.finditer(
            rf"(?<![\w$.]){re.escape(one.local)}\.({re.escape(was)})(?![\w$])", file.content
        ):
            yield TextEdit(match.start(1), match.end(1), now)


def _is_required(one: Brought, content: str) -> bool:
    return not content.startswith(("import", "export"), one.start)


def _from_first(one: Brought, content: str, name: str) -> TextEdit | None:
    """Put the first name of an import, which is the default, into braces."""
    clause = _CLAUSE.match(content, one.start)
    if clause is None or clause[2] != one.local:
        return None
    written = name if name == one.local else f"{name} as {one.local}"
    start = clause.start(2)
    if clause[3] is not None:
        gap = clause[3].partition("{")[2]
        return TextEdit(start, clause.end(), f"{{{gap}{written},{gap or ' '}")
    if content[clause.end() :].lstrip().startswith(","):
        return None  # beside the whole module there are no braces
    return TextEdit(start, clause.end(2), f"{{ {written} }}")


def _other_name(one: Brought, content: str, now: str) -> TextEdit:
    """Write another name at its place, under which the file knows it as before."""
    local = one.local.removeprefix("export ")
    end = one.name_at + len(one.name)
    sign = ": " if _is_required(one, content) else " as "
    alias = re.match(r"\s+as\s+[\w$]+|\s*:\s*[\w$]+", content[end : one.end])
    if alias is not None:
        end += alias.end()
    return TextEdit(one.name_at, end, now if local == now else f"{now}{sign}{local}")


def _to_first(one: Brought, file: FileNames) -> TextEdit | None:
    """Take a name out of the braces of an import, as its file's default."""
    content = file.content
    open_at = content.find("{", one.start, one.name_at)
    head = content[one.start : open_at]
    if open_at < 0 or head.split() not in (["import"], ["import", "type"]):
        return None  # it has a default already
    close = content.find("}", one.name_at)
    parts = [part for part in content[open_at + 1 : close].split(",") if part.strip()]
    own = re.compile(rf"\s*(?:type\s+)?{re.escape(one.name)}(?:\s+as\s+[\w$]+)?\s*")
    kept = [part for part in parts if own.fullmatch(part) is None]
    if len(kept) != len(parts) - 1 or "/" in content[open_at:close]:
        return None
    is_type = head.split() == ["import", "type"]
    if not kept:
        word = "" if is_type or not _is_type(one, content) else "type "
        return TextEdit(open_at, close + 1, f"{word}{one.local}")
    if is_type or _is_type(one, content):
        return None  # types have no default beside others
    inside = content[open_at + 1 : close]
    begin = inside[: len(inside) - len(inside.lstrip())]
    ending = inside[len(inside.rstrip().rstrip(",")) :]
    names = ",".join([kept[0].lstrip(), *kept[1:]]).rstrip()
    return TextEdit(open_at, close + 1, f"{one.local}, {{{begin}{names}{ending}}}")


def _is_type(one: Brought, content: str) -> bool:
    return re.search(r"\btype\s+$", content[one.start : one.name_at]) is not None
