"""Sentences for the user that can be put into their language later, where that is known."""

import json
from collections.abc import Iterable

from spark_desktop.domain.regex import regex

# How English marks a plural in a text that Qt has forms for: "%n answer(s)", "%n match(es)".
_PLURAL = regex(r"\((e?s)\)")
_PLAIN = (str, int, float, bool, type(None))


class Said(str):
    """A sentence in English that remembers its template and what was filled in.

    ``comment`` tells texts apart that are the same in English only; ``n`` is the number of one that
    has a form for each, -1 for any other.
    """

    __slots__ = ("comment", "n", "template", "values")
    template: str
    values: dict[str, object]
    comment: str
    n: int


def say(template: str, comment: str = "", n: int = -1, **values: object) -> Said:
    """Return the template with ``values`` filled in, as ``str.format`` does, as English text.

    A view model shows it in the user's language (``viewmodels.translation.in_language``), which
    it can since the template is kept. The template must be a literal: the tool that collects
    what is to be translated finds it in the source. With ``n`` it holds ``%n`` and a plural in
    brackets, "%n line(s)", and is called as ``say(text, "", n)``. Raises KeyError for a value that
    is missing.
    """
    return _said(template, comment, n, values)


def joined(parts: Iterable[str], between: str = " ") -> Said:
    """Return texts in one, each of which stays translatable; empty ones are left out."""
    values: dict[str, object] = {
        f"part{place}": part for place, part in enumerate(part for part in parts if part)
    }
    gap = between.replace("{", "{{").replace("}", "}}")
    return _said(gap.join(f"{{{name}}}" for name in values), "", -1, values)


def kept(text: str) -> str | None:
    """Return as JSON what must be kept beside a text so that ``recalled`` can translate it.

    None for a text that is no sentence of ours. Values that are neither text nor number are kept
    as text.
    """
    return json.dumps(_document(text), ensure_ascii=False) if isinstance(text, Said) else None


def recalled(text: str, kept: str | None) -> str:
    """Return a text with what ``kept`` returned for it; as it is where that cannot be read.

    What is read back may be of an older program, or damaged: the English text counts then.
    """
    if not kept:
        return text
    try:
        said = _of_document(json.loads(kept))
    except (ValueError, TypeError, KeyError, LookupError, AttributeError, RecursionError):
        return text
    return said if said == text else text


def _said(template: str, comment: str, n: int, values: dict[str, object]) -> Said:
    text = template.format(**values)
    if n >= 0:
        text = _PLURAL.sub("" if n == 1 else r"\1", text.replace("%n", str(n)))
    said = Said(text)
    said.template, said.values, said.comment, said.n = template, values, comment, n
    return said


def _document(said: Said) -> dict[str, object]:
    values = {name: _value(value) for name, value in said.values.items()}
    found: dict[str, object] = {"template": said.template, "values": values}
    if said.comment:
        found["comment"] = said.comment
    if said.n >= 0:
        found["n"] = said.n
    return found


def _value(value: object) -> object:
    if isinstance(value, Said):
        return _document(value)
    return value if type(value) in _PLAIN else str(value)


def _of_document(document: dict[str, object]) -> Said:
    template, values = document["template"], document["values"]
    comment, n = document.get("comment", ""), document.get("n", -1)
    if not isinstance(template, str) or not isinstance(values, dict):
        raise ValueError("no sentence")
    if not isinstance(comment, str) or type(n) is not int:
        raise ValueError("no sentence")
    read = {
        name: _of_document(value) if isinstance(value, dict) else value
        for name, value in values.items()
    }
    return _said(template, comment, n, read)
