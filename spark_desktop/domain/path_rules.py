"""Which paths of an answer may name a file of the workspace, as far as their text tells.

The rules are those of every system at once, since a project goes from one to another: what Windows
cuts off or reads as something else, what macOS ignores, and what looks like something else are no
names. A backslash counts as a slash. ``.gitmodules``, ``.gitattributes`` and ``.gitignore`` are
files of the project like others: git runs nothing that they say unasked, and the user reviews them.
"""

import re
from unicodedata import category, normalize

from spark_desktop.domain.refusals import RefusalReason, Refused
from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_files import secret_name
from spark_desktop.domain.words import Said, say

_DRIVE = regex(r"[A-Za-z]:")
_SCHEME = regex(r"[A-Za-z][A-Za-z0-9+.-]+:/")
# What version controls keep for themselves. Windows knows ".git" as "git~1" too.
_INTERNALS = frozenset({".git", ".hg", ".svn", ".jj", ".bzr"})
_SHORT_NAME = regex(r"git~[0-9]+")
# HFS+ ignores these in names (git's utf8.c, next_hfs_char): ".g<U+200C>it" is ".git" there.
_IGNORED = regex("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
# Joiners are parts of words and of emoji; everything else that cannot be seen hides something.
_JOINERS = "\u200c\u200d"
_DEVICES = regex(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?", re.I)
_NOT_ON_WINDOWS = regex(r'[<>"|?*]')
# Most file systems have room for a name of 255 bytes; Linux takes paths of 4,095.
_LONGEST_NAME, _LONGEST_PATH = 255, 4000


def plain_path(written: str, is_windows: bool = False) -> str | Refused:
    """Return a path of an answer as the workspace writes it, or why it is refused.

    That is relative, with forward slashes, without "." and doubled slashes. ``is_windows``: names
    that only Windows cannot have are refused too, devices for example.
    """
    # As it is written, and as what it looks like: a wide slash or dot is one to some systems.
    for path in (written, normalize("NFKC", written)):
        if refused := _refused(path, written):
            return refused
    parts = _parts(written)
    for part in parts:
        if (detail := _bad_name(part, is_windows)) is not None:
            return Refused(RefusalReason.BAD_NAME, written, detail)
    path = "/".join(parts)
    if len(path.encode()) > _LONGEST_PATH:
        return Refused(RefusalReason.BAD_NAME, written, say("It is too long."))
    return path


def refusal_of_path(path: str, written: str) -> Refused | None:
    """Return why a plain path is not a file for models, None where it may be one.

    For where links lead too, which the answer does not know: it wrote ``written``.
    """
    parts = [_undisguised(part) for part in path.split("/")]
    for part in parts:
        if part in _INTERNALS or _SHORT_NAME.fullmatch(part):
            return Refused(RefusalReason.VERSION_CONTROL, written)
    pattern = secret_name(path) or secret_name("/".join(parts))
    if pattern:
        detail = say("Its name matches {pattern}.", pattern=pattern)
        return Refused(RefusalReason.SECRET, written, detail)
    return None


def folded(name: str) -> str:
    """Return a name as the most forgiving file system compares it: without case and forms."""
    return normalize("NFC", normalize("NFKC", name).casefold())


def _refused(path: str, written: str) -> Refused | None:
    if (detail := _unprintable(path)) is not None:
        return Refused(RefusalReason.BAD_NAME, written, detail)
    slashed = path.replace("\\", "/")
    parts = _parts(path)
    is_home = bool(parts) and parts[0].startswith("~")
    if slashed.startswith("/") or is_home or _DRIVE.match(slashed) or _SCHEME.match(slashed):
        return Refused(RefusalReason.OUTSIDE, written, say("It is no relative path."))
    if any(_climbs(part) for part in slashed.split("/")):
        return Refused(RefusalReason.OUTSIDE, written, say("It goes up with '..'."))
    if not parts or slashed.endswith("/"):
        return Refused(RefusalReason.BAD_NAME, written, say("It names no file."))
    return refusal_of_path("/".join(parts), written)


def _parts(path: str) -> list[str]:
    return [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]


def _climbs(part: str) -> bool:
    """Return whether a part of a path is ".." to some system, blanks and dots at its end cut."""
    seen = _IGNORED.sub("", part)
    return seen != "." and seen.startswith("..") and not seen.strip(". ")


def _undisguised(part: str) -> str:
    """Return what a part of a path may be to a system: Windows', macOS', or one without case."""
    seen = folded(_IGNORED.sub("", part)).partition(":")[0]
    return seen.rstrip(" .") or seen


def _unprintable(path: str) -> Said | None:
    for character in path:
        kind = category(character)
        if kind == "Cs":
            return say("It is not UTF-8.")
        if kind in ("Cc", "Zl", "Zp") or (kind == "Cf" and character not in _JOINERS):
            return say("It has a character that cannot be seen: {code}.", code=_code(character))
    return None


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"


def _bad_name(part: str, is_windows: bool) -> Said | None:
    """Return why one part of a path is no name on every system."""
    if part != part.rstrip(" ."):
        return say("{part!r} ends in a dot or a blank, which Windows cuts off.", part=part)
    if ":" in part:
        return say("{part!r} has a colon, which to Windows means a stream of the file.", part=part)
    if len(part.encode()) > _LONGEST_NAME:
        return say("{part!r} is too long for a name.", part=f"{part[:20]}…")
    if is_windows and (_DEVICES.fullmatch(part) or _NOT_ON_WINDOWS.search(part)):
        return say("{part!r} is no name that Windows takes.", part=part)
    return None
