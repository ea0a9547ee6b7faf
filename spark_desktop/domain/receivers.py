"""What the text around a call tells about the type of what a method is called on."""

import re

from spark_desktop.domain.regex import regex

_JS = ("javascript", "typescript", "tsx")
_TYPE = r"([A-Za-z_][\w.:]*)"

# Each takes the receiver's name, escaped; the group is the type, empty for one that is not told.
_PATTERNS: dict[str, tuple[str, ...]] = {
    "python": (
        r"(?<![\w.]){x}\s*:\s*[\"']?" + _TYPE,
        r"(?<![\w.]){x}\s*(?::[^=\n]+)?=\s*(?:await\s+)?" + _TYPE + r"\(",
        r"\bwith\s+" + _TYPE + r"\([^\n]*\)\s+as\s+{x}\b",
    ),
    "go": (
        r"(?<![\w.]){x}\s+\*?(?!:?=|in\b|range\b)" + _TYPE,
        r"(?<![\w.]){x}\s*:?=\s*&?" + _TYPE + r"\{{",
        r"(?<![\w.]){x}(?:\s*,\s*\w+)*\s*:?=\s*(?:\w+\.)?New(\w+)\(",
        r"(?<![\w.]){x}(?:\s*,\s*\w+)*\s*:=\s*range\b()",
    ),
    "rust": (
        r"(?<![\w.]){x}\s*:\s*&?(?:'\w+\s+)?(?:mut\s+)?(?:dyn\s+)?" + _TYPE,
        r"\blet\s+(?:mut\s+)?{x}\s*=\s*" + _TYPE + r"::\w+\(",
        r"\blet\s+(?:mut\s+)?{x}\s*=\s*" + _TYPE + r"\s*\{{",
        r"\|(?:[^|\n]*[,(])?\s*&?(?:mut\s+)?{x}\s*(?:[,)][^|\n]*)?\|()",
    ),
    "cpp": (
        # With a blank on both sides it may be a product, or a condition: ``a.b && x``.
        r"(?<![\w.:])([A-Za-z_][\w:]*)[&*]*\s+[&*]*{x}\b(?!\s*=\s*std::make)",
        r"(?<![\w.:])([A-Z][\w:]*)\s+[&*]\s+{x}\b",
        r"(?<![\w.]){x}\s*=\s*(?:new\s+)?" + _TYPE + r"\s*[({{]",
        r"<\s*" + _TYPE + r"\s*>\s*[&*]?\s*{x}\b",
    ),
    "javascript": (
        r"(?<![\w.]){x}\s*[?!]?\s*:\s*" + _TYPE,
        r"(?<![\w.]){x}\s*(?::[^=\n]+)?=\s*(?:await\s+)?new\s+" + _TYPE,
        r"(?<![\w.$]){x}\s*(?:,\s*\w+\s*)*\)?\s*=>()",
    ),
}
# They stand where a type would, and are none.
_NO_TYPES = frozenset(
    {"return", "auto", "const", "new", "in", "of", "is", "not", "and", "or", "else", "await"}
    | {"typeof", "case", "mut"}
)
# What is made right where it is used, without what would be called on it.
_MADE = regex(r"\(?new\s+([A-Za-z_][\w.]*)(?:<[^()]*>)?\([^()]*\)\)?")
_CALLED = regex(r"((?:\w+\.)*[A-Z]\w*)\([^()]*\)")
_SIMPLE = regex(r"[\w$]+(?:(?:\.|->)[\w$]+)*")


def type_of(receiver: str, language: str, before: str) -> str | None:
    """Return the last type that the text ``before`` the call gives the receiver; None for none.

    Only its last name, without a module. A call in lower case makes anything.
    """
    whole = whole_type_of(receiver, language, before)
    return None if whole is None else re.split(r"\.|::", whole)[-1] or whole


def whole_type_of(receiver: str, language: str, before: str) -> str | None:
    """Return the same with the module in front of it, where one is told."""
    made = (_CALLED if language == "python" else _MADE).fullmatch(receiver)
    if made is not None:
        return made[1]
    if not _SIMPLE.fullmatch(receiver):
        return None
    family = "javascript" if language in _JS else "cpp" if language == "c" else language
    found: list[tuple[int, str]] = []
    for pattern in _PATTERNS.get(family, ()):
        for match in re.finditer(pattern.format(x=re.escape(receiver)), before):
            name = re.split(r"\.|::", match[1])[-1] or match[1]
            if match[1].endswith("::") or name in _NO_TYPES:
                continue
            is_made = match[0].endswith(("(", "{"))
            if is_made and not name.lstrip("_")[:1].isupper():
                found.append((match.start(), ""))
            else:
                found.append((match.start(), match[1]))
    last = max(found, default=(0, ""), key=lambda one: one[0])[1]
    return last or None
