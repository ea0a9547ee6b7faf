"""What only documents, and what can be saved of an answer that did more. Pure."""

import ast

from spark_desktop.domain.proposal import Check
from spark_desktop.domain.python_function import Function, function_in
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.words import say

_COMMENT = regex(r"\s*(?://|/\*|\*|#(?!\s*(?:include|define|if|pragma|!\[|\[)))")


def only_documents(before: str | None, after: str | None) -> Check:
    """Return as evidence whether the code itself, without comments and types, is the same.

    None stands for a language without a parser: nothing can be said then.
    """
    name = say("only documents")
    if before is None or after is None:
        return Check(name, True, say("no parser for this language"))
    if before == after:
        # What cannot do anything else than before needs no test to prove it.
        return Check(name, True, proves=True)
    return Check(
        name,
        False,
        say("The answer changes what the code does, where only documentation was asked for."),
    )


def documented(path: str, region: str, answer: str) -> str | None:
    """Return the region with the documentation of an answer; None where there is none to take.

    In Python that is the docstring, and the annotations where the parameters stay the same; else
    the comment above the code.
    """
    if path.endswith((".py", ".pyi")):
        try:
            return _python(region, answer)
        except RecursionError:
            return None  # somebody generated it
    head = _comment_above(answer)
    if not head or _comment_above(region):
        return None
    return "".join(head) + region


def commented_above(own: str, region: str) -> str:
    """Return a region with the comment that its body begins with above it, where ``own`` has none.

    Some models write there what documents the function. As it was where that cannot be told, and
    in Python, whose documentation stands there.
    """
    lines, known = split_lines(region), {line.strip() for line in split_lines(own)}
    opens = next((at for at, line in enumerate(lines) if line.rstrip().endswith("{")), None)
    if opens is None or _comment_above(region) or _comment_above(own):
        return region
    said = _comment_above("".join(lines[opens + 1 :]))
    if not said or any(line.strip() in known for line in said):
        return region
    margin = len(said[0]) - len(said[0].lstrip())
    outer = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    head = [
        outer + (line[margin:] if not line[:margin].strip() else line.lstrip()) for line in said
    ]
    return "".join([*head, *lines[: opens + 1], *lines[opens + 1 + len(said) :]])


def _arguments(function: Function) -> list[ast.arg]:
    arguments = function.args
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _comment_above(text: str) -> list[str]:
    head = []
    for line in split_lines(text):
        if not _COMMENT.match(line):
            break
        head.append(line)
    return head


def _python(region: str, answer: str) -> str | None:
    mine = function_in(region)
    given = None if mine is None else function_in(answer, mine.node.name)
    if mine is None or given is None:
        return None
    own, other = mine.node, given.node
    lines, said = split_lines(region), split_lines(answer)
    begin, end = _signature(own, lines)
    there, until = _signature(other, said)
    if begin == end or there == until:
        return None  # the body shares the signature's line
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    fits = _parameters(own) == _parameters(other)
    head = said[there:until] if fits else lines[begin:end]
    docstring = other.body[0]
    doc = said[docstring.lineno - 1 : docstring.end_lineno]
    if ast.get_docstring(other) is None or ast.get_docstring(own) is not None:
        if not fits or _types(own) == _types(other):
            return None
        doc = []
    if head != lines[begin:end]:
        head = _indented(head, given.column, _indent(lines[begin]), newline)
    body = _indent(lines[own.body[0].lineno - 1])
    doc = _indented(doc, docstring.col_offset + given.width, body, newline)
    return "".join([*lines[:begin], *head, *doc, *lines[end:]])


def _signature(function: Function, lines: list[str]) -> tuple[int, int]:
    """Return the lines of a signature, without the decorators; none where the body is on it."""
    first = function.body[0]
    decorators = [node.lineno for node in getattr(first, "decorator_list", ())]
    end = min([first.lineno, *decorators]) - 1
    begin = function.lineno - 1
    while end > begin + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip()[0] == "#"):
        end -= 1
    return begin, max(begin, end)


def _indented(lines: list[str], width: int, indent: str, newline: str) -> list[str]:
    """Return lines with an indent in the place of their first ``width`` blanks.

    It may be of tabs: with blanks beside them the file would not be Python any more.
    """
    found = []
    for line in lines:
        text = line.strip()
        more = " " * max(0, len(_indent(line)) - width)
        found.append((indent + more + text if text else "") + newline)
    return found


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _types(function: Function) -> list[str]:
    given = [*(argument.annotation for argument in _arguments(function)), function.returns]
    return [ast.dump(one) if one else "" for one in given]


def _parameters(function: Function) -> list[str]:
    arguments = function.args
    names = [argument.arg for argument in _arguments(function)]
    defaults = (*arguments.defaults, *arguments.kw_defaults)
    return [*names, *(ast.dump(one) if one else "" for one in defaults)]
