"""Types that are one of several texts, and which text of one is another now. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from spark_desktop.domain.regex import regex

_COMMENTS = regex(r"//[^\n]*|/\*.*?\*/|(?<![\"'\w])#[^\n]*", re.DOTALL)
_UNION = regex(r"\s*(?:export\s+)?type\s+\w+\s*=\s*\|?(.*?);?\s*", re.DOTALL)
_LITERAL = regex(
    r"\s*(?:type\s+)?\w+(?:\s*:\s*[\w.]+)?\s*=\s*(?:\w+\.)?Literal\[(.*?),?\s*\]\s*", re.DOTALL
)
# A name that is said to be of a type: of one of the language, or of one with a capital letter.
_OTHER = regex(
    r"([\w$]+)\??\s*:\s*(?:readonly\s+)?"
    r"((?:string|number|boolean|any|unknown|object|str|int|float|bool|bytes|list|dict|set|tuple)\b"
    r"|[A-Z][\w$]*)"
)
_UNION_OF = regex(
    r"([\w$]+)\??\s*:\s*\|?\s*((?:\"[^\"\n]*\"|'[^'\n]*')(?:\s*\|\s*(?:\"[^\"\n]*\"|'[^'\n]*'))+)"
)
# What says nothing of the type within, or only how it is kept.
_AROUND = ("Optional", "Final", "ClassVar", "Annotated", "Readonly", "Partial", "Literal", "None")
_TEXT = regex(r"\"[^\"\\]*\"|'[^'\\]*'")


def literal_change(before: str, after: str) -> tuple[str, str, tuple[str, ...]] | None:
    """Return the value that went, the one that came in its place, and the others of a type.

    None where its texts are not of a type of texts, or changed in another way.
    """
    old, new = _members(before), _members(after)
    if len(old) != len(new) or len(old) < 2 or len(set(old)) < len(old):
        return None
    changed = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
    if len(changed) != 1 or changed[0][1] in old:
        return None
    return (*changed[0], tuple(one for one in old if one != changed[0][0]))


def _members(text: str) -> tuple[str, ...]:
    """Return the values of ``type A = "x" | "y"`` or ``A = Literal["x", "y"]``; () of all else."""
    text = _COMMENTS.sub("", text)
    listed = _LITERAL.fullmatch(text)
    found = listed or _UNION.fullmatch(text)
    if found is None:
        return ()
    parts = [one.strip() for one in found[1].split("," if listed else "|")]
    is_text = all(_TEXT.fullmatch(one) for one in parts)
    return tuple(one[1:-1] for one in parts) if is_text else ()


@dataclass(frozen=True, slots=True)
class TypedNames:
    """What a text says of names: those of the type, those of other types, those keyed by it."""

    names: frozenset[str]
    others: frozenset[str]
    keyed: frozenset[str]


def typed_names(content: str, aliases: Collection[str], values: Collection[str]) -> TypedNames:
    """Return which names a file says to be of a type that it calls by one of ``aliases``.

    A name that is of another type elsewhere in the file is among the others as well.
    """
    some = "|".join(re.escape(one) for one in sorted(aliases)) or "(?!)"
    names = re.findall(
        rf"([\w$]+)\??\s*:\s*(?:readonly\s+)?(?:\w+\.)?(?:{some})\b(?!\s*[\[.(])", content
    )
    keyed = re.findall(
        rf"([\w$]+)\s*:\s*(?:Readonly<)?(?:Record|Map|[Dd]ict|Mapping)[<\[]\s*(?:\w+\.)?(?:{some})\b",
        content,
    )
    others = {
        name
        for name, type_ in _OTHER.findall(content)
        if type_ not in aliases and type_ not in _AROUND
    }
    for name, union in _UNION_OF.findall(content):
        if any(one[1:-1] not in values for one in _TEXT.findall(union)):
            others.add(name)
    return TypedNames(frozenset(names), frozenset(others), frozenset(keyed))


def is_plain_name(text: str) -> bool:
    """Return whether a key may be written without quotes."""
    return re.fullmatch(r"[A-Za-z_$][\w$]*", text) is not None
