"""Recognises the comments that speak to Spark, in any language's comment syntax."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.regex import regex


class AiKind(Enum):
    """What the comment asks for: a change of the code, or an answer in the chat."""

    EDIT = "!"
    QUESTION = "?"


@dataclass(frozen=True, slots=True)
class AiComment:
    """A comment for Spark; ``text`` is what it says, without its markers."""

    kind: AiKind
    text: str


# How block comments (and documentation strings) begin and end; longer openings first.
BLOCKS = (
    ('"""', '"""'),
    ("'''", "'''"),
    ("<!--", "-->"),
    ("<%--", "--%>"),
    ("--[[", "]]"),
    ("{/*", "*/}"),
    ("{{!--", "--}}"),
    ("/*", "*/"),
    ("(*", "*)"),
    ("{-", "-}"),
    ("{#", "#}"),
    ("<#", "#>"),
    ("#|", "|#"),
    ("#=", "=#"),
    ("%{", "%}"),
    ("=begin", "=end"),
)
_LINE = regex(r"(?:#+|/{2,}|--+|;+|%+|::|'|\"|!|@?rem(?=\s|$)|dnl(?=\s|$))[!:]?", re.IGNORECASE)
# The signs of full width are what a Chinese or Japanese keyboard writes.
_LAST = regex(r"(?:^|[\s(\[,.:;\u2013\u2014-])ai([!?\uff01\uff1f])[\s.)\]]*$", re.IGNORECASE)
_FIRST = regex(r"^[\s(\[]*ai([!?\uff01\uff1f])(?=[\s,:;)\]\u2013\u2014-]|$)", re.IGNORECASE)
_SIGN = r"ai[!?\uff01\uff1f]"
# What opens a comment behind code; a single character only where a space is before it.
_OPENED = (
    r"(?<!/)/{2,}+|(?<!\S)(?:#+|--+|;+|%+)|(?<!/)/\*++|<!--|<%--|--\[\[|\{\{!--|\(\*|\{-|\{#|<#|"
    r"#\||#=|%\{|\"{3}|'{3}"
)
_CLOSED = "|".join(re.escape(closing) for _opening, closing in BLOCKS)
# The mark of a line of a comment: its first word, where it may stand in brackets, or its last.
_MARK_FIRST = regex(
    rf"((?:^[ \t]*+(?:{_LINE.pattern}|\*+)?|{_OPENED})[!:]?)"
    rf"[ \t]*[(\[]?{_SIGN}[)\]]?(?=[\s,:;)\]\u2013\u2014-]|$|{_CLOSED})",
    re.IGNORECASE,
)
_MARK_LAST = regex(
    rf"(?:(?<![ \t])[ \t]*[(\[]{_SIGN}[)\]]"
    rf"|(?:^|(?<![ \t])[ \t]+|(?<=[(\[,.:;\u2013\u2014-])){_SIGN})"
    rf"(?=[\s.)\]]*(?:(?:\*/|-->).*|(?:{_CLOSED}|#+|/{{2,}}|;+|%+)?\s*)$)",
    re.IGNORECASE,
)
_EDGES = " \t\n,;:\u2013\u2014-"


def parse_ai_comment(comment: str) -> AiComment | None:
    """Return what a comment asks Spark for; None where it does not speak to Spark.

    ``comment`` is one comment, or a run of line comments, with its markers. It speaks to Spark
    where its last or its first word is ``AI!`` or ``AI?``, in any case, and it says anything else.
    """
    text = "\n".join(_without_markers(comment.strip().splitlines())).strip()
    last, first = _LAST.search(text), _FIRST.search(text)
    sign = last or first
    if sign is None:
        return None
    if last:
        text = text[: last.start()]
    # A comment may say it at both ends; the last word decides.
    text = _FIRST.sub("", text, count=1).strip(_EDGES)
    if not text:
        return None
    return AiComment(AiKind.EDIT if sign[1] in "!\uff01" else AiKind.QUESTION, text)


def begins_with_mark(comment: str) -> bool:
    """Return whether ``AI!`` or ``AI?`` is the first word of a comment."""
    text = "\n".join(_without_markers(comment.strip().splitlines())).strip()
    return _FIRST.search(text) is not None


def without_marks(line: str) -> str:
    """Return a line of such a comment without its ``AI!`` or ``AI?``.

    Only where it is the comment's first or last word: code before the comment stays as it is.
    """
    return _MARK_LAST.sub("", _MARK_FIRST.sub(r"\1", line, count=1), count=1)


def _without_markers(lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    for opening, closing in BLOCKS:
        if lines[0].lower().startswith(opening):
            return _inside_block(lines, opening, closing)
    return [_without_line_marker(line) for line in lines]


def _inside_block(lines: Sequence[str], opening: str, closing: str) -> list[str]:
    body = [line.strip() for line in lines]
    body[0] = body[0][len(opening) :]
    if body[-1].lower().endswith(closing):
        body[-1] = body[-1][: -len(closing)]
    if opening in ("/*", "(*", "{/*"):
        # "/**" and "/*!" open documentation, and most styles put a star before each line.
        body[0] = body[0].removeprefix("*").removeprefix("!")
        body = [re.sub(r"^\*+(?=\s|$)", "", line) for line in body]
        body[-1] = body[-1].rstrip("* ")
    return [line.strip() for line in body]


def _without_line_marker(line: str) -> str:
    text = _LINE.sub("", line.strip(), count=1) if _LINE.match(line.strip()) else line
    # Boxes close their lines with the marker that opens them.
    return re.sub(r"\s+(?:#+|/{2,}|;+|%+)$", "", text.strip())
