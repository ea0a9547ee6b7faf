"""Arguments that a request plainly says to leave as they are. Pure."""

import re
from collections.abc import Iterator, Sequence

from spark_desktop.domain.regex import regex

_CHANGE = r"(?:change|modify|mutate|alter|touch|sort|reverse|edit)"
_CHANGING = r"(?:changing|modifying|mutating|altering|touching|sorting|reversing|editing)"
_CHANGED = r"(?:changed|modified|mutated|altered|touched)"
_NOT_TO = r"(?:do\s+not|don't|(?:must|should|may)\s+not|mustn't|shouldn't|never)"
_GIVEN = r"(?:(?:that|which)\s+(?:was|is|were)\s+)?(?:given|passed)(?:\s+in)?(?:\s+to\s+it)?"
_KIND = r"(?P<kind>list|array|sequence|dict(?:ionary)?|mapping|set|collection)"
# Only what cannot be the signature, nor a list that the code holds elsewhere.
_THING = (
    r"(?:(?:the|its|your|any)\s+)?(?:"
    rf"(?:original|given|passed(?:-in)?|incoming|input|caller's)\s+{_KIND}"
    rf"|{_KIND.replace('kind', 'also')}\s+(?:{_GIVEN}|itself)"
    r"|originals?|inputs?|(?:given|passed)\s+(?:value|argument)s?"
    rf"|(?:argument|parameter)s?\s+{_GIVEN}|what\s+(?:was|is)\s+(?:given|passed)(?:\s+in)?"
    r"|`(?P<ticked>\w+)`|(?P<named>\w+))"
)
_OLD = (
    r"(?:the\s+)?"
    r"(?:(?:old|original|given|passed|input)\s+(?:one|(?P<kind>list|dict|set))|original)"
)
# Behind it nothing says when, or which part of it.
_END = r"(?:\s+itself)?(?:\s+in[\s-]place)?\s*(?=$|[.,;:!)]|and\b|but\b|\u2013|\u2014)"
_SPARED = tuple(
    regex(one, re.IGNORECASE)
    for one in (
        rf"\b{_NOT_TO}\s+(?:ever\s+)?(?P<verb>{_CHANGE})\s+{_THING}{_END}",
        rf"\b(?:without|not|rather\s+than|instead\s+of)\s+(?P<verb>{_CHANGING})\s+{_THING}{_END}",
        rf"\b(?:leave|leaves|leaving|keep|keeps|keeping)\s+{_THING}(?:\s+itself)?\s+"
        rf"(?:alone|untouched|unchanged|unmodified|intact"
        rf"|as\s+(?:it|they)\s+(?:is|are|was|were)){_END}",
        rf"\b{_THING}\s+(?:(?:must|should|may)\s+not\s+be\s+{_CHANGED}"
        rf"|(?:must\s+)?stays?\s+(?:untouched|unchanged|as\s+(?:it\s+is|they\s+are))){_END}",
        rf"\breturns?\s+a\s+(?:new|sorted|fresh|copy|changed)\b[\w\s]{{0,20}}?"
        rf"\b(?:instead\s+of|rather\s+than|without)\s+{_CHANGING}\s+{_OLD}{_END}",
    )
)
_NEVER = r"(?:\b(?:not|never|without|instead\s+of|rather\s+than)|n't)\s+(?:ever\s+)?"
# Nothing but values can be mutated; of "change its arguments" the signature may be meant.
_MUTATED = regex(
    rf"{_NEVER}mutat(?:e|ing)\s+(?:(?:the|its|any)\s+)?(?:argument|parameter)(?P<many>s)?{_END}",
    re.IGNORECASE,
)
# "Don't sort in place": what, is not said.
_IN_PLACE = regex(
    rf"{_NEVER}(?P<verb>{_CHANGE}|{_CHANGING})\s+(?:(?:it|them|the\s+{_KIND})\s+)?in[\s-]place{_END}",
    re.IGNORECASE,
)
_WAYS = {"sort": "sort", "sorting": "sort", "reverse": "reverse", "reversing": "reverse"}
# What is said of somebody else, or only of some cases.
_DOUBTFUL = regex(
    r"\b(?:callers?|users?|they|others?|if|where|when|unless|whenever|while|until|for|except|think"
    r"|why|because|tests?|pass(?:es)?\s+only)\b",
    re.IGNORECASE,
)
_DOUBTFUL_AFTER = regex(r",?\s*(?:if|where|when|unless|whenever|except|until)\b|[^.;!]*\?")
_CASE = regex(r"(?:if|where|when|unless|whenever|for)\b", re.IGNORECASE)

# Parameters that are there to be filled, and what says of another one that it is.
_FILLED = regex(
    r"memo|cache|seen|visited|errors|warnings|out|output|results?|acc|buffer|dest|destination"
    r"|target|into"
)
_IS_FILLED = (
    r"\b(?:to|into|onto|on|from|fill|update|extend|grow"
    r"|(?:collect|put|record|save|store|write)\b[^.;,]{{0,40}}\sin)\s+(?:(?:the|its)\s+)?`?{}\b"
)


def spared(asked: str, names: Sequence[str]) -> dict[str, str]:
    """Return which parameters shall not be changed in place, of ``names`` in their order.

    With each is the kind that the request calls it: "list", "dict", "set" or ""; "sort" and
    "reverse" where only that shall not be done. "The list that was given" is the first parameter,
    unless it is one to be filled: "store the record in the cache".
    """
    text = " ".join(asked.split())
    found: dict[str, str] = {}
    if not names:
        return found
    for words in _said(text, *_SPARED):
        way = _WAYS.get((words.get("verb") or "").lower(), "")
        name = words.get("ticked") or words.get("named") or ""
        if not name and not _is_filled(text, names):
            found[names[0]] = way or _kind(words.get("kind") or words.get("also"))
        elif name in names:
            found[name] = way
    for words in _said(text, _MUTATED):
        given = names if words["many"] else names[:1]
        found.update(dict.fromkeys([one for one in given if not _FILLED.fullmatch(one)], ""))
    for words in _said(text, _IN_PLACE):
        way = _WAYS.get((words["verb"] or "").lower()) or _kind(words["kind"])
        if way or len(names) == 1:
            found.setdefault(names[0], way)
    return found


def _said(text: str, *patterns: re.Pattern[str]) -> Iterator[dict[str, str | None]]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            if not _is_doubtful(text[: match.start()], text[match.end() :]):
                yield match.groupdict()


def _is_filled(text: str, names: Sequence[str]) -> bool:
    """Return whether the first of several parameters is filled from what the others give."""
    is_target = re.search(_IS_FILLED.format(re.escape(names[0])), text, re.IGNORECASE)
    return len(names) > 1 and bool(_FILLED.fullmatch(names[0]) or is_target)


def _is_doubtful(before: str, after: str) -> bool:
    parts = re.split(r",\s", re.split(r"[.;:!?]\s", before)[-1])
    is_aside = before.count("(") > before.count(")")
    is_case = any(_CASE.match(part) for part in parts)
    return is_aside or is_case or bool(_DOUBTFUL.search(parts[-1]) or _DOUBTFUL_AFTER.match(after))


def _kind(word: str | None) -> str:
    low = (word or "").lower()
    if low in ("dict", "dictionary", "mapping"):
        return "dict"
    return low if low == "set" else "list" if low in ("list", "array", "sequence") else ""
