"""Whether something that holds or gives true or false says the opposite now. Pure."""

import re
from collections.abc import Iterable, Iterator

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.regex import regex

_PART = regex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
# Of two words the one is true where the other is not.
_PAIRS = frozenset(
    frozenset(pair.split("/"))
    for pair in (
        *("accept/reject", "accepted/refused", "accepted/rejected", "active/idle"),
        *("active/inactive", "alive/dead", "allow/deny", "allow/forbid", "allow/prevent"),
        *("allowed/denied", "allowed/forbidden", "attached/detached", "audible/muted"),
        *("available/taken", "awake/asleep", "checked/unchecked", "complete/incomplete"),
        *("connected/disconnected", "connected/lost", "dirty/clean", "done/pending"),
        *("done/undone", "empty/filled", "enabled/disabled", "equal/different", "even/odd"),
        *("expanded/collapsed", "finished/unfinished", "fixed/loose", "found/missing"),
        *("free/busy", "free/occupied", "free/taken", "full/empty", "include/exclude"),
        *("included/excluded", "indoor/outdoor", "indoors/outdoors", "keep/drop", "keeps/drops"),
        *("known/unknown", "lit/dark", "locked/open", "locked/unlocked", "loud/quiet"),
        *("loud/silent", "mandatory/optional", "mutable/frozen", "mutable/immutable"),
        *("muted/loud", "ok/failed", "on/off", "online/offline", "open/closed", "open/shut"),
        *("opened/closed", "paid/unpaid", "passed/failed", "present/absent", "present/missing"),
        *("public/private", "read/unread", "required/optional", "running/stopped", "safe/unsafe"),
        *("same/different", "selected/deselected", "selected/unselected", "show/hide"),
        *("shown/hidden", "shows/hides", "sold/unsold", "started/stopped", "strict/lax"),
        *("strict/lenient", "succeeded/failed", "success/failure", "tied/loose", "up/down"),
        *("used/spare", "used/unused", "vacant/occupied", "valid/invalid", "verbose/quiet"),
        *(
            "visible/hidden",
            "visible/invisible",
            "wet/dry",
            "writable/readonly",
        ),
    )
)
_NOT = ("not", "no", "non", "never", "without")
_PREFIXES = ("un", "in", "im", "ir", "dis", "non")
_BOOL = regex(r"bool(?:ean)?|_Bool|Boolean|builtins\.bool")
_TOLD = regex(
    r"(?<![\[\]<*.\w])(?:bool(?:ean)?|_Bool|Boolean)\b(?![\]>*\[])|=\s*(?:[Tt]rue|[Ff]alse)\b"
)
_TOKEN = regex(r"\"[^\"\n]*\"|'[^'\n]*'|[=!<>]=+|\w+|\S")
_FLIPPED = {"==": "!=", "===": "!==", "<": ">=", ">": "<=", "true": "false", "True": "False"}
_FLIPPED |= {there: here for here, there in _FLIPPED.items()}
# Another value may be just that: only with a name that says the opposite it means the same.
_ONLY_VALUE = "value"
_COMPARES = frozenset(("==", "!=", "===", "!==", "<", ">", "<=", ">=", "in", "is"))
_JOINS = frozenset(("and", "or", "&", "|", "if", "else", "?", "??", "=>", "lambda"))
_RETURNED = regex(r"^\s*return\s+([^\n;]+?);?\s*$|=>\s*([^\n;{]+?);?\s*$|\{\s*([^;{}]+?)\s*\}\s*$")


def are_opposite(old: str, new: str) -> bool:
    """Return whether a name says that something is what another name says that it is not."""
    here, there = ([word.casefold() for word in _PART.findall(name)] for name in (old, new))
    if _without_not(here) == there or here == _without_not(there):
        return True
    if len(here) != len(there):
        return False
    differs = [(one, other) for one, other in zip(here, there, strict=True) if one != other]
    return len(differs) == 1 and _is_opposite_word(*differs[0])


def is_flag(one: Defined) -> bool:
    """Return whether it is told to be, or to give, true or false."""
    if one.parameters is not None or one.result:
        return _BOOL.fullmatch(one.result.strip()) is not None
    return _TOLD.search(one.text) is not None


def says_opposite(one: Defined, other: Defined, texts: Iterable[tuple[str, str]]) -> bool | None:
    """Return whether code that sets, or gives, it does the opposite now; None where none tells.

    ``texts`` are definitions before and after.
    """
    found: set[bool | str | None] = set()
    if one.parameters is not None:
        given = _returned(one.text), _returned(other.text)
        if len(given[0]) == len(given[1]):
            found |= {_relation(was, now) for was, now in zip(*given, strict=True)}
    else:
        for before, after in texts:
            were, are = list(_given(before, one.name)), list(_given(after, other.name))
            if len(were) == len(are):
                found |= {_relation(was, now) for was, now in zip(were, are, strict=True)}
    if found == {True, _ONLY_VALUE} or (
        found == {_ONLY_VALUE} and are_opposite(one.name, other.name)
    ):
        return True
    return bool(found.pop()) if found in ({True}, {False}) else None


def _without_not(words: list[str]) -> list[str] | None:
    """Return the words without the one that says that it is not so; None where there is none."""
    for place, word in enumerate(words):
        if word in _NOT:
            return words[:place] + words[place + 1 :]
    return None


def _is_opposite_word(one: str, other: str) -> bool:
    if frozenset((one, other)) in _PAIRS:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) > 3 and any(long == f"{prefix}{short}" for prefix in _PREFIXES)


def _returned(text: str) -> list[str]:
    return [
        next(group for group in found.groups() if group)
        for line in text.splitlines()
        if (found := _RETURNED.search(line))
    ]


def _given(text: str, name: str) -> Iterator[str]:
    """Yield the values that are given by a name: ``name: value``, ``name = value``."""
    given = rf"(?<![\w$]){re.escape(name)}\s*(?::\s*[\w.]+\s*=|:=|[:=])(?!=)"
    for found in re.finditer(given, text):
        value = _value(text, found.end())
        if not _BOOL.fullmatch(value):
            yield value


def _value(text: str, start: int) -> str:
    """Return the expression that begins at a place."""
    depth = 0
    for place in range(start, len(text)):
        sign = text[place]
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        if depth < 0 or (not depth and sign in ",;\n"):
            return text[start:place].strip()
    return text[start:].strip()


def _relation(was: str, now: str) -> bool | str | None:
    """Return whether an expression is the opposite of another; False for the same."""
    old, new = _TOKEN.findall(was), _TOKEN.findall(now)
    if old == new:
        return False
    if len(old) == len(new) == 1:
        return _ONLY_VALUE if _FLIPPED.get(old[0]) == new[0] else None
    return True if _is_negated(old, new) or _is_negated(new, old) else None


def _is_negated(old: list[str], new: list[str]) -> bool:
    inner = new[1:] if new[:1] in (["not"], ["!"]) else None
    if inner is not None:
        if inner[:1] == ["("] and inner[-1:] == [")"]:
            inner = inner[1:-1]
            return inner == old
        is_joined = bool(_JOINS & set(inner)) or (new[0] == "!" and bool(_COMPARES & set(inner)))
        return inner == old and not is_joined
    if _JOINS & set(old):
        return False
    if "not" in new and "not" not in old:
        place = new.index("not")
        return new[:place] + new[place + 1 :] == old and _depth(new, place) == 0
    differs = [place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b]
    if len(old) != len(new) or len(differs) != 1:
        return False
    at = differs[0]
    return _FLIPPED.get(old[at]) == new[at] and _depth(old, at) == 0


def _depth(tokens: list[str], place: int) -> int:
    return sum((one in "([{") - (one in ")]}") for one in tokens[:place] if len(one) == 1)
