"""A proposal as the bytes that ``git apply`` takes.

It is applied in the work tree's top folder or another one above the file; elsewhere git skips it.
"""

from spark_desktop.domain.patch import FilePatch, apply, compute
from spark_desktop.domain.text import SourceText
from spark_desktop.domain.unified_diff import format_hunks

_MARK = "\ufeff"
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}


def git_diff(patch: FilePatch, before: SourceText) -> bytes:
    """Return the diff in the file's own encoding, as git compares bytes; empty without hunks.

    Raises NotTextError where a new line cannot be written in that encoding.
    """
    # What cannot be written to the file has no place in a diff of it either.
    before.with_content(apply(before.content, patch.hunks)).encode()
    header, hunks = _parts(patch, before)
    encoding = "utf-8" if refused_by_git(before) else before.encoding
    return header.encode("utf-8", errors="surrogateescape") + hunks.encode(encoding)


def diff_text(patch: FilePatch, before: SourceText) -> str:
    """Return the same diff as text, which is also there where the bytes are not."""
    return "".join(_parts(patch, before))


def _parts(patch: FilePatch, before: SourceText) -> tuple[str, str]:
    """Return the header, which git reads as UTF-8, and the hunks, which are in the file's encoding.

    The ``diff --git`` header makes git read the path from the top of the work tree; without it git
    would read the path from the current folder.
    """
    if not patch.hunks:
        return "", ""
    if before.bom:
        patch, before = _with_mark(patch, before)
    hunks = format_hunks(patch, before.content)
    old, new = _quoted(f"a/{patch.path}"), _quoted(f"b/{patch.path}")
    # git ends a name with spaces by a tab; others would take the rest of the line for a date.
    tab = "\t" if " " in patch.path else ""
    return f"diff --git {old} {new}\n--- {old}{tab}\n+++ {new}{tab}\n", hunks


def refused_by_git(text: SourceText, is_link: bool = False) -> str:
    """Return why ``git apply`` cannot take a diff of this text; empty where it can.

    ``is_link``: the file's name is a link, and the text that of the file it leads to.
    """
    if is_link:
        return "git takes a link for what it is, not for the file that it leads to"
    if text.encoding.startswith(("utf-16", "utf-32")):
        return f"git takes a file in {text.encoding} for a binary one"
    if "\r" in text.content.replace("\r\n", ""):
        return "git does not end lines at a lone carriage return"
    return ""


def _with_mark(patch: FilePatch, before: SourceText) -> tuple[FilePatch, SourceText]:
    # To git the byte-order mark is part of the first line.
    marked = before.with_content(_MARK + before.content)
    after = _MARK + apply(before.content, patch.hunks)
    return compute(patch.path, patch.base, marked.content, after), marked


def _quoted(name: str) -> str:
    if not any(character in _ESCAPES or character < " " for character in name):
        return name
    escaped = "".join(
        _ESCAPES.get(character, character if character >= " " else f"\\{ord(character):03o}")
        for character in name
    )
    return f'"{escaped}"'
