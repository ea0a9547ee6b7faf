"""Requests that only want code explained, and what can be saved of an answer that did more."""

import ast
import re

from spark_desktop.domain.documented_functions import DocumentedFunction, documented_functions
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.python_function import Function, function_in
from spark_desktop.domain.script_types import lacks_result_type
from spark_desktop.domain.signatures import is_defined
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.words import Said, joined, say

_ASKS = re.compile(
    r"(?:please\s+)?(?:add|write|give|put|document|annotate|describe|explain)\b"
    r"(?:(?!\b(?:that|which|functions?|methods?|class(?:es)?|helpers?|tests?)\b)[^.;:]){0,60}?"
    r"\b(?:doc(?:umentation)?[\s-]?(?:string|comment)s?|documentation|jsdoc|rustdoc|godoc"
    r"|annotations?|type\s+hints?|comments?)\b"
    r"|(?:please\s+)?(?:document|annotate)\b",
    re.IGNORECASE,
)
# Words that ask for other code as well.
_ASKS_FOR_MORE = re.compile(
    r"\b(?:and|then|also)\s+(?:make|fix|handle|rename|remove|change|support|use|check|refactor"
    r"|simplify|let|move|replace)\b",
    re.IGNORECASE,
)
_DOCSTRING = re.compile(r"\bdoc[\s-]?strings?\b|\bdocument\b", re.IGNORECASE)
_PARAMETERS = re.compile(r"\b(?:parameters?|arguments?)\b", re.IGNORECASE)
# "Which types of events" are no annotations.
_TYPES = re.compile(
    r"\b(?:annotat\w+|type\s+hints?|types(?!\s+of\s+(?!(?:the|its|all|both|each)\b)))\b",
    re.IGNORECASE,
)
# A type in the signature, and not one in the comment.
_RESULT_TYPE = re.compile(
    r"\b(?:return|result)s?\s+types?\b"
    r"|\b(?:annotat\w+|declar\w+|type\s+hints?)\b[^.;]{0,60}\b(?:return|result)",
    re.IGNORECASE,
)
# Types of the parameters in the signature, and not in the comment.
_PARAMETER_TYPES = re.compile(
    r"\b(?:annotat\w+|declar\w+|type\s+hints?)\b[^.;]{0,60}\b(?:parameters?|arguments?)\b"
    r"|\bgive\b[^.;]{0,30}\b(?:parameters?|arguments?)\b[^.;]{0,30}\btypes?\b",
    re.IGNORECASE,
)
_EACH = re.compile(
    r"\b(?:both|each|every|all)\s+(?:of\s+)?(?:the\s+)?(?:(?!of\b)\w+\s+)?(?:functions?|methods?)\b",
    re.IGNORECASE,
)
# A part of a documentation that is about the result alone; it may say that there is none.
_NOTHING = r"(?:None|nothing|void|undefined|unit|\(\)|no(?:t|\s+value)\b|-{3})"
_RETURNS_SECTION = re.compile(
    r"^[\s/*!#]*(?:#\s*Returns?\b|Returns?:?[ \t]*$|:returns?:|@returns?\b)"
    rf"(?![\s/*!{{`:]*{_NOTHING})",
    re.IGNORECASE | re.MULTILINE,
)
_ASKS_FOR_RESULT = re.compile(r"@returns?\b|\breturns?\s+section\b", re.IGNORECASE)
_QUOTED = re.compile(r"`([A-Za-z_]\w*)`")
# A name as only code has it.
_AS_CODE = re.compile(r"(?<![`\w])([A-Za-z]+_\w+|[A-Z]?[a-z]+[A-Z]\w*)(?![`\w])")
_RETURNED = re.compile(r"\breturn(?:s|ed)\b", re.IGNORECASE)
_RETURNS = re.compile(r"\b(?:return|yield|result|give)", re.IGNORECASE)
_RAISED = re.compile(r"\b(?:raise[sd]?|throws?|thrown|panics?)\b", re.IGNORECASE)
_RAISES = re.compile(r"\b(?:rais|throw|panic|error|exception|fail)", re.IGNORECASE)
_TAG = re.compile(r"@\w+")
_COMMENT = re.compile(r"\s*(?://|/\*|\*|#(?!\s*(?:include|define|if|pragma|!\[|\[)))")


def asks_only_to_document(instruction: str) -> bool:
    """Return whether code that does something else than before cannot be what is wanted."""
    text = " ".join(instruction.split())
    return _ASKS.match(text) is not None and _ASKS_FOR_MORE.search(text) is None


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


def unsaid(instruction: str, path: str, region: str) -> Check:
    """Return as evidence whether the documentation of a region has what was asked for.

    These are names between backticks or in the form of code, tags such as @param, all parameters
    where these are asked for, what is returned and raised, and types; of each function where each
    was meant. A result must not be told of a function that returns nothing.
    """
    name = say("says what was asked")
    functions = documented_functions(path, region)
    if len(functions) > 1 and _EACH.search(instruction):
        bare = [one.name for one in functions if not one.comment and not one.is_minor]
        if bare:
            words = joined(bare, ", ")
            return Check(name, False, say("{words} has no documentation.", words=words))
        # Names in the request may be those of one of them alone.
        told = [
            _missing(instruction, path, one.comment, "", one) for one in functions if one.comment
        ]
        reason = next(filter(None, told), None)
        return Check(name, reason is None, reason or "")
    is_python = path.endswith((".py", ".pyi"))
    is_one = bool(functions) and is_defined(region, functions[0].name)
    function = functions[0] if is_one else None
    text = _comments(region) if function is None else function.comment
    if is_python:
        text = function.comment if function is not None else region
        if function is not None and _DOCSTRING.search(instruction) and not text:
            return Check(name, False, say("The answer has no docstring."))
    reason = _missing(instruction, path, text, region, function)
    return Check(name, reason is None, reason or "")


def _missing(
    instruction: str, path: str, text: str, region: str, function: DocumentedFunction | None
) -> Said | None:
    """Return what a documentation lacks, or says that is not so; None where it is as asked."""
    asked = [*_QUOTED.findall(instruction), *_AS_CODE.findall(instruction)]
    # Nobody names a function in its own documentation.
    wanted = [word for word in asked if _holds(region, word) and not is_defined(region, word)]
    tags = _TAG.findall(instruction)
    if text and _PARAMETERS.search(instruction) and function is not None:
        wanted += function.parameters
    # Where only types are asked for there is no text that could name anything.
    expected = dict.fromkeys([*(wanted if text else ()), *tags])
    missing = [word for word in expected if not _holds(text, word)]
    if missing:
        return say("The documentation does not name {words}.", words=joined(missing, ", "))
    gives = function is None or function.gives is not False
    is_told = gives and (region or function is None or function.gives)
    if text and is_told and _RETURNED.search(instruction) and not _RETURNS.search(text):
        return say("The documentation does not say what is returned.")
    if not gives and not _ASKS_FOR_RESULT.search(instruction) and _RETURNS_SECTION.search(text):
        return say("The documentation tells a result, and there is none.")
    if text and _RAISED.search(instruction) and not _RAISES.search(text):
        return say("The documentation does not say what is raised.")
    bare = _without_type(instruction, path, region, function)
    return say("There is no type for {words}.", words=joined(bare, ", ")) if bare else None


def _without_type(
    instruction: str, path: str, region: str, function: DocumentedFunction | None
) -> list[str]:
    """Return what has no type, where types were asked for."""
    if path.endswith((".py", ".pyi")):
        if function is None or not _TYPES.search(instruction):
            return []
        found = function_in(region)
        is_typed = found is None or found.node.returns is not None
        return [*function.untyped, *(() if is_typed else (say("the result"),))]
    untyped: list[str] = []
    if function is not None and _PARAMETER_TYPES.search(instruction):
        untyped += function.untyped
    is_bare = path.endswith((".ts", ".tsx")) and lacks_result_type(region)
    if is_bare and _RESULT_TYPE.search(instruction):
        untyped.append(say("the result"))
    return untyped


def documented(path: str, region: str, answer: str) -> str | None:
    """Return the region with the documentation of an answer; None where there is none to take.

    In Python that is the docstring, and the annotations where the parameters stay the same; else
    the comment above the code.
    """
    if path.endswith((".py", ".pyi")):
        return _python(region, answer)
    head = _comment_above(answer)
    if not head or _comment_above(region):
        return None
    return "".join(head) + region


def _comments(text: str) -> str:
    return "".join(line for line in split_lines(text) if _COMMENT.match(line))


def _holds(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


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
    if ast.get_docstring(other) is None or ast.get_docstring(own) is not None:
        return None
    lines, said = split_lines(region), split_lines(answer)
    begin, end = _signature(own, lines)
    there, until = _signature(other, said)
    if begin == end or there == until:
        return None  # the body shares the signature's line
    newline = "\r\n" if lines[0].endswith("\r\n") else "\n"
    docstring = other.body[0]
    doc = said[docstring.lineno - 1 : docstring.end_lineno]
    # Types that the answer had to import first would be names that the file does not know.
    fits = not given.imports and _parameters(own) == _parameters(other)
    head = said[there:until] if fits else lines[begin:end]
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


def _parameters(function: Function) -> list[str]:
    arguments = function.args
    names = [argument.arg for argument in _arguments(function)]
    defaults = (*arguments.defaults, *arguments.kw_defaults)
    return [*names, *(ast.dump(one) if one else "" for one in defaults)]
