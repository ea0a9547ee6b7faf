"""Documentation of Go in the form that its tools read: lines that begin with the name. Pure.

Models write what they saw most: a block with stars and tags, or a sentence without the name.
"""

import re

from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import split_lines

_DECLARED = regex(r"(?:func\s*(?:\([^)]*\)\s*)?|type\s+|const\s+|var\s+)(\w+)")
_DIRECTIVE = regex(r"//[a-z]+:")
_STAR = regex(r"^[ \t]*(?:/\*+|\*+/|\*+(?!/))?[ \t]?")
_TAG = regex(r"@(\w+)\s+(.*)", re.DOTALL)
_PARAMETER = regex(r"(?:\{[^}]*\}\s*)?(\w+)\s*[-:]?\s+(.*)", re.DOTALL)
_THIS = regex(r"(?:This|The)\s+(?:function|method|type|struct)\s+(?=[a-z]+s\b)")
# "Fills the silo", not "Class of a wine".
_DOES = regex(r"[A-Z][a-z]*[^siu\W]s(?=\s)")
_ERROR = regex(r"(?:an?\s+)?errors?\b[\s:,-]*", re.IGNORECASE)


def go_documented(region: str, before: str) -> str:
    """Return code of Go whose new comments above declarations are as ``go doc`` wants them.

    Those of the text ``before``, directives, and what already begins with the name stay.
    """
    told: list[str] = []
    waiting: list[str] = []
    is_block = False
    for line in split_lines(region):
        bare = line.strip()
        if is_block or bare.startswith(("//", "/*")):
            if not waiting or is_block or bare.startswith("//"):
                waiting.append(line)
            else:
                told += waiting
                waiting = [line]
            is_block = (is_block or bare.startswith("/*")) and "*/" not in bare
            continue
        found = _DECLARED.match(line)
        told += _written(waiting, found[1], before) if found and waiting else waiting
        told.append(line)
        waiting = []
    return "".join([*told, *waiting])


def _written(lines: list[str], name: str, before: str) -> list[str]:
    if "".join(lines).strip() in before or any(_DIRECTIVE.match(line) for line in lines):
        return lines
    is_block = lines[0].lstrip().startswith("/*")
    said = [_said(line, is_block) for line in lines]
    while said and not said[0]:
        said.pop(0)
    while said and not said[-1]:
        said.pop()
    if not said:
        return lines
    first = _first(said[0], name)
    if not is_block and first == said[0]:
        return lines
    ending = "\r\n" if lines[0].endswith("\r\n") else "\n"
    told = [first, *map(_without_tag, said[1:])]
    return [f"// {one}{ending}" if one else f"//{ending}" for one in told]


def _said(line: str, is_block: bool) -> str:
    text = line.rstrip()
    if not is_block:
        return text.lstrip().removeprefix("//").removeprefix(" ")
    return _STAR.sub("", text.removesuffix("*/").rstrip(), count=1).rstrip()


def _first(text: str, name: str) -> str:
    """Return a first line with the name in front, where it is sure how it goes on."""
    if re.match(rf"(?:(?:An?|The)\s+)?{re.escape(name)}\b|Deprecated:", text):
        return text
    if (found := _THIS.match(text)) is not None:
        return f"{name} {text[found.end() :]}"
    return f"{name} {_lowered(text)}" if _DOES.match(text) else text


def _without_tag(text: str) -> str:
    found = _TAG.fullmatch(text)
    if found is None:
        return text
    tag, said = found[1].lower(), found[2]
    if tag == "param" and (given := _PARAMETER.fullmatch(said)) is not None:
        return f"{given[1]} is {_lowered(given[2])}"
    if tag in ("return", "returns"):
        return f"It returns {_lowered(said)}"
    if tag in ("throws", "error", "raises", "exception"):
        why = _lowered(_ERROR.sub("", said, count=1))
        return f"It returns an error {why}".rstrip()
    return said


def _lowered(text: str) -> str:
    """Return a text that goes on in a sentence; a name in capitals stays."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
