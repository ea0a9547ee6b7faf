"""Types of Go that have the methods of an interface, and their methods after it changed. Pure."""

import posixpath
import re
from collections.abc import Mapping

from spark_desktop.domain.defined import Defined, Parameter
from spark_desktop.domain.file_names import FileNames, Occurrence
from spark_desktop.domain.followed import Followed
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.name_changes import NameChange, renamed_parameters
from spark_desktop.domain.plain_code import code_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

_METHOD = regex(r"^\s*([A-Za-z_]\w*)\(", re.MULTILINE)
# An interface that has what another one has.
_EMBEDS = regex(r"^\s*(?:\w+\.)?[A-Z]\w*\s*(?://.*)?$|[|~]", re.MULTILINE)
# Types that mean the same in each package.
_PLAIN = regex(
    r"(?:\[\]|\*|\.\.\.|map\[string\])*(?:bool|string|error|byte|rune|any|u?int(?:8|16|32|64)?"
    r"|float(?:32|64)|time\.\w+|context\.Context|io\.\w+)"
)
_WRITTEN_TO = regex(r"\s*(?:[-+*/%&|^]?=(?!=)|:=|\+\+|--|,[^\n()]*:?=(?!=))")


def implementers(
    change: NameChange, known: Mapping[str, FileNames], tree: Tree
) -> frozenset[tuple[str, str]]:
    """Return the types, with their files, that had the method of an interface as it was.

    By the names of its parameters, too, and with all other methods of the interface: Go asks for
    no more, and none of the same package, or of a file that imports it, does so by chance.
    """
    home = known.get(change.new.path)
    if home is None or not change.old.parameters:
        return frozenset()
    text = next((one.text for one in home.defined if _is_interface(one, change.old)), "")
    _, _, body = code_of(text, "go").partition("{")
    if not text or _EMBEDS.search(body.rpartition("}")[0]):
        return frozenset()
    others = set(_METHOD.findall(body)) - {change.old.name, change.new.name}
    found = set()
    for path, file in known.items():
        is_near = posixpath.dirname(path) == posixpath.dirname(home.path) or any(
            home.path in tree.files("go", path, one.module) for one in file.brought
        )
        for one in file.defined if file.language == "go" and is_near else ():
            has_others = others <= {each.name for each in file.defined if _is_of(each, one)}
            if _is_as_before(one, change.old) and has_others:
                found.add((one.container, path))
    return frozenset(found)


def implementing_edits(
    here: Defined, followed: Followed, file: FileNames, made: str
) -> tuple[TextEdit, ...] | None:
    """Return the edits of a method that a type has for an interface; None where that is open.

    ``made`` is how the file writes the type of an object that takes the place of parameters.
    """
    change = followed.change
    signature = followed.signature
    if signature is None or signature.other_types or change.gives_other:
        return None
    body = _body(here, file.content)
    written = _parameters(followed, file, made)
    if body is None or written is None or not _is_as_before(here, change.old):
        return None
    head = TextEdit(*here.parameters_at, written)
    gathered = followed.gathered
    code = code_of(file.content, "go")
    new = {one.name for one in change.new.parameters or ()}
    old = {one.name for one in change.old.parameters or ()}
    if any(_uses(name, code, body) for name in new - old):
        return None
    if gathered is None:
        gone = old - {*new, *_renamed(change)}
        return None if any(_uses(name, code, body) for name in gone) else (head,)
    fields = {name: f"{gathered.parameter.name}.{field}" for field, name in gathered.fields}
    return (head, *_reads(fields, code, body, file))


def _reads(
    fields: Mapping[str, str], code: str, body: tuple[int, int], file: FileNames
) -> list[TextEdit]:
    """Return what reads the fields in the place of the parameters, each or once at the start."""
    uses = {name: _uses(name, code, body) for name in fields}
    found = [TextEdit(*use.span(), fields[name]) for name, many in uses.items() for use in many]
    is_read = all(_is_read(use, code) for many in uses.values() for use in many)
    calls = [one for one in file.occurrences if one.call is not None and _is_in(one, body)]
    if is_read and not any(
        one.call is not None and one.call.start <= edit.start < one.call.end
        for one in calls
        for edit in found
    ):
        return found
    used = [name for name, many in uses.items() if many]
    indent = re.match(r"\s*?\n([ \t]*)", file.content[body[0] :])
    if not used or indent is None:
        return []
    names, values = ", ".join(used), ", ".join(fields[name] for name in used)
    return [TextEdit(body[0], body[0], f"\n{indent[1]}{names} := {values}")]


def _parameters(followed: Followed, file: FileNames, made: str) -> str | None:
    """Return the parameters of now as a file writes them; None where one cannot be told there."""
    change, gathered = followed.change, followed.gathered
    folder = posixpath.dirname(change.new.path)
    is_same_package = posixpath.dirname(file.path) == folder
    back = {new: old for old, new in _renamed(change).items()}
    found = []
    for one in change.new.parameters or ():
        type_ = one.type
        if gathered is not None and one == gathered.parameter:
            type_ = re.sub(rf"\b{re.escape(gathered.type)}\b", made, type_)
        elif not (is_same_package or _PLAIN.fullmatch(type_)) or not _is_brought(type_, file):
            return None
        found.append(f"{back.get(one.name, one.name)} {type_}")
    return f"({', '.join(found)})"


def _renamed(change: NameChange) -> dict[str, str]:
    """Return the new names of parameters that only have others: a type keeps its own."""
    return renamed_parameters(change.old.parameters or (), change.new.parameters or ()) or {}


def _is_brought(type_: str, file: FileNames) -> bool:
    package = re.search(r"\b(\w+)\.", type_)
    return package is None or any(one.local == package[1] for one in file.brought)


def _is_interface(one: Defined, method: Defined) -> bool:
    return one.name == method.container and not one.container and "interface" in one.text


def _is_of(each: Defined, one: Defined) -> bool:
    return each.container == one.container and each.parameters is not None


def _is_as_before(one: Defined, old: Defined) -> bool:
    """Return whether a method of a type has the parameters and the result of the interface's."""
    is_method = bool(one.container) and one.name == old.name and one.text.startswith("func")
    return is_method and _told(one) == _told(old)


def _told(one: Defined) -> tuple[tuple[Parameter, ...], str]:
    return one.parameters or (), " ".join(one.result.split())


def _body(here: Defined, content: str) -> tuple[int, int] | None:
    """Return where a method's body begins and ends, between its brackets."""
    line = content.find("\n", here.parameters_at[1])
    start = content.rfind("{", here.parameters_at[1], line)
    if line < 0 or start < 0 or content[start + 1 : line].strip():
        return None
    code, depth = code_of(content, "go"), 0
    for place in range(start, len(code)):
        depth += (code[place] == "{") - (code[place] == "}")
        if not depth:
            return start + 1, place
    return None


def _uses(name: str, code: str, body: tuple[int, int]) -> list[re.Match[str]]:
    """Return where a body names a variable: no field, and no key of a literal."""
    named = re.compile(rf"(?<![\w.]){re.escape(name)}\b(?!\s*:(?!=))")
    return list(named.finditer(code, *body)) if name not in ("", "_") else []


def _is_read(use: re.Match[str], code: str) -> bool:
    is_taken = code[: use.start()].rstrip().endswith("&")
    return _WRITTEN_TO.match(code, use.end()) is None and not is_taken


def _is_in(one: Occurrence, body: tuple[int, int]) -> bool:
    return body[0] <= one.start < body[1]
