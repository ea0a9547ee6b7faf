"""Code that is put into a file as it is: in the place of some lines, or at the end."""

import textwrap

from spark_desktop.domain.text import dominant_newline, split_lines
from spark_desktop.domain.trigger import Span


def inserted(content: str, lines: Span | None, code: str) -> tuple[str, Span]:
    """Return the content with ``code`` in it, and which lines of the old content it replaces.

    The code takes the indentation of the lines that it replaces, and the file's line endings.
    Without lines it comes behind the last one, after a blank line.
    """
    old, newline = split_lines(content), dominant_newline(content)
    new = textwrap.dedent(code.replace("\r\n", "\n")).strip("\n").split("\n")
    if lines is None or not len(lines):
        return _at_end(old, new, newline), Span(len(old), len(old))
    replaced = old[lines.start : lines.end]
    indent = next((_margin(line) for line in replaced if line.strip()), "")
    put = [f"{indent}{line}{newline}" if line.strip() else newline for line in new]
    if put and replaced and not replaced[-1].endswith(("\r", "\n")):
        put[-1] = put[-1].removesuffix(newline)
    return "".join([*old[: lines.start], *put, *old[lines.end :]]), lines


def _at_end(old: list[str], new: list[str], newline: str) -> str:
    text = "".join(old)
    if old and not text.endswith(("\r", "\n")):
        text += newline
    if old and old[-1].strip():
        text += newline
    return text + "".join(f"{line}{newline}" if line.strip() else newline for line in new)


def _margin(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" \t"))]
