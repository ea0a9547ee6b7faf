"""How a function of JavaScript says that it found nothing, where it says so otherwise now. Pure."""

import re

from spark_desktop.domain.file_names import FileNames, Occurrence
from spark_desktop.domain.method_calls import start_of_call
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text_edits import TextEdit

_NONE = frozenset(("undefined", "null"))
_EMPTY = regex(r"\breturn\b[^;\n]*?(?:\"\"|'')|[?:]\s*(?:\"\"|'')|=>\s*(?:\"\"|'')")
_MINUS = regex(r"\breturn\b[^;\n]*?(?<![\w)])-1\b|[?:]\s*-1\b|=>\s*-1\b")
_DECLARED = regex(r"\b(?:const|let)\s+([\w$]+)\s*=\s*$")
_FIT_END = regex(r"\s*(?:;|\r?\n(?!\s*[.\[(?]))")
# What takes nothing as it took an empty text: both are false.
_TRUTH = regex(r"\s*(?:\|\||\?(?![.?]))")
_IN_IF = regex(r"\b(?:if|while)\s*\(\s*$")
_LOOSE = regex(r"\s*(?:\?\?|\?\.|[!=]=\s*(?:null|undefined)\b)")


class _Absent:
    """``was`` is the pattern of what stood for nothing, ``now`` the word that does."""

    def __init__(self, was: str, now: str, sizes: str = "") -> None:
        self.now = now
        self._same = re.compile(rf"\s*([!=]==?)\s*({was})(?![\w.$])")
        self._sizes = re.compile(sizes) if sizes else None
        self._has_loose = was in _NONE
        self._is_false = was != "-1"

    def edits(self, content: str, start: int, end: int) -> tuple[TextEdit, ...] | None:
        """Return what asks for nothing otherwise at a place; None where it is not asked."""
        behind, before = content[end : end + 80], content[max(0, start - 20) : start]
        if self._has_loose and _LOOSE.match(behind):
            return ()
        if same := self._same.match(behind):
            is_strict = len(same[1]) == 3
            sign = same[1] if is_strict else f"{same[1]}="
            return (TextEdit(end, end + same.end(), f" {sign} {self.now}"),)
        if self._sizes is not None and (size := self._sizes.match(behind)):
            is_none = any(size[0].endswith(one) for one in ("== 0", "< 0", "< 1"))
            sign = "===" if is_none and "!" not in size[0] else "!=="
            return (TextEdit(end, end + size.end(), f" {sign} {self.now}"),)
        is_asked = _TRUTH.match(behind) or (_IN_IF.search(before) and behind.startswith(")"))
        if self._is_false and (is_asked or before.endswith("!")):
            return ()
        return None


def absent_of(change: NameChange) -> _Absent | None:
    """Return how nothing is told now and was before; None where it is not told by another value."""
    old, new = (
        {part.strip() for part in one.result.split("|")} for one in (change.old, change.new)
    )
    come, gone = new - old, old - new
    if len(come) != 1 or not come <= _NONE:
        return None
    now = next(iter(come))
    if gone and gone <= _NONE and len(gone) == 1 and len(old) > 1:
        return _Absent(next(iter(gone)), now)
    texts = change.old.text, change.new.text
    if old == {"string"} and _is_gone(_EMPTY, *texts):
        return _Absent("\"\"|''", now, r"\.length\s*(?:[!=]==? 0|> 0|< 1)(?![\w.])")
    if old == {"number"} and _is_gone(_MINUS, *texts):
        return _Absent("-1", now, r"\s*(?:>= 0|< 0|> -1)(?![\w.])")
    return None


def _is_gone(pattern: re.Pattern[str], before: str, after: str) -> bool:
    return pattern.search(before) is not None and pattern.search(after) is None


def absent_edits(one: Occurrence, file: FileNames, absent: _Absent) -> tuple[TextEdit, ...] | None:
    """Return the edits by which a call's result is asked for nothing; None for what is not known.

    Of a variable it has to be the first thing that is done with it: what follows knows the answer.
    """
    start = start_of_call(one, file.content)
    if one.call is None or start is None:
        return None
    content, end = file.content, one.call.end + 1
    declared = _DECLARED.search(content[max(0, start - 200) : start])
    if declared is None:
        return absent.edits(content, start, end)
    whole, name = content[slice(*one.around)], re.escape(declared[1])
    others = rf"\b(?:const|let|var)\s+{name}\b|(?<![\w$.]){name}\b[^()\n]*\)?\s*(?::[^=\n]*)?=>"
    # At a file's top, and where another thing is called so, too, nobody knows which is meant.
    if not _FIT_END.match(content[end:]) or len(re.findall(others, whole)) != 1:
        return None
    inside = content[end : one.around[1]]
    uses = list(re.finditer(rf"(?<![\w$.]){re.escape(declared[1])}(?![\w$])", inside))
    found: list[TextEdit] = []
    for number, match in enumerate(uses):
        edits = absent.edits(content, end + match.start(), end + match.end())
        if edits is None and not number:
            return None
        found += edits or ()
    return tuple(found) if uses else None
