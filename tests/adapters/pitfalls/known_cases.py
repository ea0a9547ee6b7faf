"""Reads cases that are told as one diff: what stands there, and what one change makes of it."""

import re
from pathlib import Path

from spark_desktop.adapters.languages import Parsing
from spark_desktop.adapters.pitfalls import pitfalls
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Span


def cases(name):
    """Return the texts before and after, by the case's name."""
    text = (Path(__file__).parent / name).read_text("utf-8")
    found = {}
    for part in text.removeprefix("=== ").split("\n=== "):
        head, _, body = part.partition("\n")
        lines = [(line[:1], line[1:]) for line in body.rstrip("\n").split("\n")]
        found[head] = tuple(
            "".join(f"{line}\n" for sign, line in lines if sign != left) for left in "+-"
        )
    return found


def offered(path, text, lines=None):
    """Return the texts that the changes of the lines make, of the whole file by default."""
    span = lines or Span(0, len(split_lines(text)))
    return [one.applied(text) for one in pitfalls(Parsing().parse(path, text), text, span)]


def both(text):
    """Return the texts before and after, of a case that marks what is exchanged: «old→new»."""
    return tuple(re.sub(r"«([^→]*)→([^»]*)»", side, text.lstrip("\n")) for side in (r"\1", r"\2"))
