"""What the text tells of the type of one element of several: of what a loop or a function walks."""

import re

from spark_desktop.domain.regex import regex

_JS = ("javascript", "typescript", "tsx")
_COLLECTION = r"(?P<of>[\w$]+(?:\.[\w$]+)*)"
# What gives the same elements: a copy, or some of them.
_SAME = (
    r"(?:\s*\.\s*(?:slice|filter|toSorted|toReversed|reverse|sort|values)"
    r"\((?:[^()]|\([^()]*\))*\))*"
)
# Looked for at the start of a name only: a long word has many places within.
_PLAIN = rf"(?<![\w$.]){_COLLECTION.replace('of', 'of2')}"
_LISTED = rf"(?:\[\s*\.\.\.\s*{_COLLECTION}\s*\]|{_PLAIN}){_SAME}"
# Methods that give each element to a function as its first argument, or as any of two.
_EACH = "(?:filter|map|flatMap|forEach|some|every|find|findIndex|findLast|findLastIndex)"
_BOTH = "(?:sort|toSorted)"
_RUST_EACH = (
    "(?:filter|map|for_each|any|all|find|position|filter_map|flat_map|max_by_key|min_by_key)"
)
# Each takes the name, escaped.
_WALKS: dict[str, tuple[str, ...]] = {
    "javascript": (
        rf"\bfor\s*\(\s*(?:const|let|var)\s+{{x}}\s+of\s+{_LISTED}\s*\)",
        rf"{_LISTED}\s*\.\s*{_EACH}\(\s*(?:async\s+)?(?:\(\s*{{x}}(?:\s*,\s*\w+)*\s*\)|{{x}})\s*=>",
        rf"{_LISTED}\s*\.\s*{_BOTH}\(\s*\(\s*(?:{{x}}\s*,\s*\w+|\w+\s*,\s*{{x}})\s*\)\s*=>",
        rf"{_LISTED}\s*\.\s*reduce\(\s*\(\s*\w+\s*,\s*{{x}}(?:\s*,\s*\w+)*\s*\)\s*=>",
    ),
    "go": (rf"\bfor\s+\w+\s*,\s*{{x}}\s*:=\s*range\s+{_COLLECTION}\s*\{{{{",),
    "python": (rf"\bfor\s+{{x}}\s+in\s+(?:sorted\(|reversed\(|list\()?{_COLLECTION}\s*[,):]",),
    "rust": (
        rf"\bfor\s+&?{{x}}\s+in\s+&?(?:mut\s+)?{_COLLECTION}(?:\.iter(?:_mut)?\(\))?\s*\{{{{",
        rf"(?<![\w.]){_COLLECTION}\.(?:iter|into_iter|iter_mut)\(\)\.{_RUST_EACH}\(\s*(?:move\s+)?\|&*{{x}}\|",
    ),
}
_BOUND: dict[str, str] = {
    "javascript": r"(?<![\w$.]){x}\s*(?:,\s*\w+\s*)*\)?\s*=>|\b(?:const|let|var)\s+{x}\b"
    r"|(?<![\w$.?]){x}\s*\??\s*:(?!:)",
    "go": r"(?<![\w.]){x}(?:\s*,\s*\w+)*\s*:=|\bvar\s+{x}\b",
    "python": r"(?<![\w.]){x}\s*(?::[^=\n]+)?=(?!=)|\b(?:for|as)\s+(?:\w+\s*,\s*)*{x}\b",
    "rust": r"\blet\s+(?:mut\s+)?{x}\b|\|[^|\n]*\b{x}\b[^|\n]*\||\bfor\s+&?{x}\s+in\b",
}
# How a collection is told to be one of a type; the group is that.
_TOLD: dict[str, str] = {
    "javascript": r"(?<![\w$.]){x}\s*\??\s*:\s*(?:(?:readonly\s+)?(?P<a>[\w$.]+)\[\]"
    r"|(?:Readonly)?(?:Array|Set|Iterable)<\s*(?P<b>[\w$.]+)\s*>)",
    "go": r"(?<![\w.]){x}\s+\[\](?P<a>\*?[\w.]+)|(?<![\w.]){x}\s+\.\.\.(?P<b>\*?[\w.]+)"
    r"|(?<![\w.]){x}\s*:?=\s*\[\](?P<c>\*?[\w.]+)\{{",
    "python": r"(?<![\w.]){x}\s*:\s*[\"']?(?:\w+\.)?(?:[Ll]ist|[Ss]et|[Ss]equence|Iterable|Iterator"
    r"|Collection|[Tt]uple|frozenset)\[\s*(?P<a>[\w.]+)\s*(?:,\s*\.\.\.)?\s*\]",
    "rust": r"(?<![\w.]){x}\s*:\s*&?(?:mut\s+)?"
    r"(?:\[\s*(?P<a>[\w:]+)\s*\]|Vec<\s*(?P<b>[\w:]+)\s*>)",
}
_AT = regex(r"([\w$]+(?:\.[\w$]+)*)\[[^\[\]]+\]")


def element_type(receiver: str, language: str, before: str) -> str | None:
    """Return the type of an element that the text ``before`` its use walks; None for none.

    So it is with ``lift`` in ``lifts.filter((lift) => lift``, and with ``lifts[0]``, where
    ``lifts: Lift[]`` stands before.
    """
    family = "javascript" if language in _JS else language
    if family not in _WALKS:
        return None
    if (at := _AT.fullmatch(receiver)) is not None:
        return _of(at[1], family, before)
    if not re.fullmatch(r"[\w$]+", receiver):
        return None
    name = re.escape(receiver)
    walked = [
        found
        for pattern in _WALKS[family]
        for found in re.finditer(pattern.replace("{x}", name).replace("{{", "{"), before)
    ]
    last = max(walked, key=lambda found: found.end(), default=None)
    bound = [found.end() for found in re.finditer(_BOUND[family].replace("{x}", name), before)]
    if last is None or max(bound, default=0) > last.end() or _is_over(before[last.end() :]):
        return None
    groups = last.groupdict()
    return _of(groups["of"] or groups.get("of2") or "", family, before[: last.end()])


def _is_over(text: str) -> bool:
    """Return whether what was open where a text begins is closed in it."""
    depth = 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0:
            return True
    return False


def _of(collection: str, family: str, before: str) -> str | None:
    """Return the type that a collection's elements are told to have."""
    name = re.escape(collection)
    told = list(re.finditer(_TOLD[family].replace("{x}", name).replace("{{", "{"), before))
    if not told:
        return None
    bound = re.finditer(_BOUND[family].replace("{x}", name), before)
    if any(found.start() > told[-1].end() for found in bound):
        return None
    type_ = next((one for one in told[-1].groups() if one), "")
    return re.split(r"\.|::", type_.lstrip("*"))[-1] or None
