"""Imports of Go's own packages that a new text uses and does not have. Pure."""

import re

from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

# Packages whose last name is what code writes, and which no variable is usually called.
_PACKAGES = {
    name.rpartition("/")[2]: name
    for name in (
        *("errors", "strings", "strconv", "fmt", "sort", "math", "bytes", "time", "os", "bufio"),
        *("unicode", "slices", "maps", "regexp", "io", "sync", "context", "path/filepath"),
        *("unicode/utf8", "encoding/json", "encoding/csv", "math/big", "net/http", "net/url"),
    )
}
_USED = regex(r"(?<![\w\"])(?:(?<=\.\.\.)|(?<!\.))([a-z]\w*)\.[A-Z]\w*")
_STRING = regex(
    r"\"(?:[^\"\\\n]|\\.)*\"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|//[^\n]*|/\*(?:(?!\*/).)*\*/", re.DOTALL
)
_CODE = regex(r"^(?:func|type|var|const)\b", re.MULTILINE)
_IMPORTED = regex(r"^\s*(?:import\s+)?(?:(\w+)\s+)?\"([\w./-]+)\"\s*$", re.MULTILINE)
_BLOCK = regex(r"^import \(\n(?P<lines>(?:[^)\n]*\n)*)\)", re.MULTILINE)
_SINGLE = regex(r"^import (?:\w+ )?\"[^\"\n]+\"\n", re.MULTILINE)
_EMPTY = regex(r"^import \(\s*\)\n+", re.MULTILINE)
_PACKAGE = regex(r"^package \w+\n", re.MULTILINE)


def with_go_imports(before: str, after: str) -> str:
    """Return ``after`` with the imports that its new words need, without those it needs no more.

    Go compiles neither a package that is not imported, nor one that is and not used.
    """
    after = _without(after, _used(before) - _used(after))
    new = _used(after) - _used(before)
    there = {alias or path.rpartition("/")[2] for alias, path in _IMPORTED.findall(after)}
    wanted = sorted(
        _PACKAGES[name]
        for name in new
        if name in _PACKAGES and name not in there and not _is_bound(name, after)
    )
    for path in wanted:
        after = _with(after, path)
    return after


def imported(text: str, path: str) -> TextEdit | None:
    """Return the edit that imports a package of Go's own; None where the file has it."""
    if any(alias in ("", path) and there == path for alias, there in _IMPORTED.findall(text)):
        return None
    plain = text.replace("\r\n", "\n")
    whole = _with(plain, path)
    place = next((n for n, (a, b) in enumerate(zip(plain, whole, strict=False)) if a != b), -1)
    if place < 0 or plain != text:
        return None
    return TextEdit(place, place, whole[place : len(whole) - len(plain) + place])


def _without(text: str, names: set[str]) -> str:
    """Return the text without the imports of packages that are called so in it.

    One whose name stands before a dot anywhere else stays, whatever that is.
    """
    code = _CODE.search(text)
    end = code.start() if code is not None else len(text)
    head, rest = text[:end], text[end:]
    found = [
        line
        for line in _IMPORTED.finditer(head)
        if (name := line[1] or line[2].rpartition("/")[2]) in names
        and re.search(rf"\b{name}\s*\.", rest) is None
    ]
    if not found:
        return text
    for line in reversed(found):
        start, stop = head.rfind("\n", 0, line.start(2)) + 1, head.find("\n", line.end(2)) + 1
        head = head[:start] + (head[stop:] if stop else "")
    return _EMPTY.sub("", head) + rest


def _used(text: str) -> set[str]:
    return set(_USED.findall(_STRING.sub('""', text)))


def _is_bound(name: str, text: str) -> bool:
    """Return whether something of the file has the name of the package."""
    return re.search(rf"\b{name}\b\s*(?::=|=[^=]|,|\)|[\w*\[]+\s*[,)])", text) is not None


def _with(text: str, path: str) -> str:
    if (block := _BLOCK.search(text)) is not None:
        lines = block["lines"].splitlines(keepends=True)
        place = next((n for n, line in enumerate(lines) if _path(line) > path), len(lines))
        lines.insert(place, f'\t"{path}"\n')
        return text[: block.start("lines")] + "".join(lines) + text[block.end("lines") :]
    if (single := _SINGLE.search(text)) is not None:
        return f'{text[: single.end()]}import "{path}"\n{text[single.end() :]}'
    if (head := _PACKAGE.search(text)) is not None:
        return f'{text[: head.end()]}\nimport "{path}"\n{text[head.end() :]}'
    return text


def _path(line: str) -> str:
    found = re.search(r"\"([^\"]+)\"", line)
    return found[1] if found else ""
