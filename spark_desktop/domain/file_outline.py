"""A file's imports, the signatures of what it defines, and short forms of single definitions.

Only text is looked at, so that it works for any language; where definitions stand a parser says.
"""

import builtins
import keyword
import re
from collections.abc import Iterable, Sequence

from spark_desktop.domain.ai_comment import parse_ai_comment
from spark_desktop.domain.regex import regex
from spark_desktop.domain.symbols import Symbol
from spark_desktop.domain.trigger import Span

# A definition of at most so many lines is shown whole: its body says more than a description.
WHOLE_LINES = 8
_MOST_IMPORT_LINES = 60
_MOST_SIGNATURE_LINES = 8
_IMPORT = regex(
    r"(?:import\b|from\s+\S+\s+import\b|export\s.*\sfrom\s|#\s*include\b|using\s|use\s|pub use\s"
    r"|extern crate\s|require(?:_relative)?\b|(?:const|let|var)\s.*=\s*(?:await\s+)?require\()"
)
_DECORATION = regex(
    r"\s*(?:@|#\[|#!\[|//|/\*|\*|\[[A-Z]\w*[\](]"
    r"|template\s*<.*>\s*\Z)"
)
_CONTAINER = regex(
    r"\s*(?:(?:export|default|abstract|pub(?:\([^)]*\))?|public|private|protected|internal|static"
    r"|final|sealed|unsafe|declare)\s+)*"
    r"(?:class|struct|union|enum|impl|trait|interface|module|namespace|type|record)\b"
)
_FIELD = regex(
    r"(?P<indent>\s+)(?:(?:public|private|protected|readonly|static|pub(?:\([^)]*\))?)\s+)*"
    r"(?!else\b|try\b|finally\b|default\b|case\b|return\b)[^\W\d]\w*[?!]?\s*:\s*[^\s{(][^{(]*\Z"
)
_MAKER = regex(r"\s+(?:def __init__\(|constructor\s*\()")
_MOST_FIELDS = 10
_COMMENT = regex(r"\s+(?:#|//|--)\s.*\Z")
_DOCSTRING = regex(r"\s*[rRuU]?(?P<quotes>\"\"\"|''')(?P<text>.*)")
_NAME = regex(r"[^\W\d]\w*")
_NO_NAMES = regex(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|(?:#|//)[^\n]*')
# Words that no index has to be asked for: of the languages themselves.
_WORDS = frozenset(
    (
        *keyword.kwlist,
        *keyword.softkwlist,
        *dir(builtins),
        *("self", "cls", "this", "super", "args", "kwargs", "func", "function", "var", "let"),
        *("const", "new", "null", "undefined", "void", "int", "char", "bool", "double", "long"),
        *("float", "string", "struct", "enum", "interface", "public", "private", "protected"),
        *("static", "final", "package", "default", "switch", "throw", "throws", "catch", "impl"),
        *("pub", "mut", "use", "mod", "crate", "trait", "where", "loop", "Some", "None", "Ok"),
        *("Err", "Self", "Vec", "String", "Option", "Result", "Box", "nil", "make", "range"),
        *("chan", "defer", "select", "fallthrough", "error", "byte", "rune", "auto", "template"),
        *("typename", "namespace", "using", "std", "size_t", "nullptr", "unsigned", "include"),
        *("extends", "implements", "typeof", "instanceof", "export", "require", "console"),
        *("Promise", "Array", "Object", "Math", "number", "boolean", "any", "unknown"),
    )
)


def import_lines(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the lines that import something at the file's top level, without their endings.

    At most 60; a statement of several lines is there whole or not at all.
    """
    found: list[str] = []
    number = 0
    while number < len(lines):
        if not _IMPORT.match(lines[number]):
            number += 1
            continue
        end = _end_of_statement(lines, number)
        statement = [line.rstrip() for line in lines[number:end]]
        if len(found) + len(statement) > _MOST_IMPORT_LINES:
            break
        found += statement
        number = end
    return tuple(found)


def signature(lines: Sequence[str], span: Span) -> tuple[str, ...]:
    """Return a definition's lines up to its body, without what decorates it, with their indent."""
    found: list[str] = []
    depth = 0
    for line in lines[span.start : span.end]:
        if not found and (_DECORATION.match(line) or not line.strip()):
            continue
        head, depth, is_over = _head_of(_without_request(line.rstrip()), depth)
        found.append(head)
        if is_over or len(found) == _MOST_SIGNATURE_LINES:
            break
    return tuple(found)


def outline(lines: Sequence[str], symbols: Iterable[Symbol]) -> tuple[str, ...]:
    """Return the signatures of a file's definitions in its order, without those in functions."""
    found: list[str] = []
    around: list[tuple[Span, bool]] = []
    for symbol in symbols:
        while around and symbol.lines.start >= around[-1][0].end:
            around.pop()
        told = signature(lines, symbol.lines)
        is_inner = any(not is_container for _span, is_container in around)
        around.append((symbol.lines, bool(told) and _CONTAINER.match(told[0]) is not None))
        if told and symbol.name and not is_inner:
            found += told
    return tuple(found)


def brief(lines: Sequence[str], span: Span) -> str:
    """Return a definition as short as it says what it is, without the indent of its first line.

    Of at most eight lines it is whole; a longer one is its signature, with the first line of its
    docstring, or of the comment above it, and of a class its fields and how it is made.
    """
    whole = [line.rstrip() for line in lines[span.start : span.end]]
    while whole and not whole[-1]:
        whole.pop()
    if len(whole) <= WHOLE_LINES:
        return "\n".join(dedented([_without_request(line) for line in whole]))
    told = list(signature(lines, span))
    fields = _fields(lines, span) if told and _CONTAINER.match(told[0]) else []
    if (doc := _docstring(whole)) is not None:
        return "\n".join(dedented([*told, doc, *fields]))
    above = lines[span.start - 1].rstrip() if span.start else ""
    is_comment = above.lstrip().startswith(("//", "#", "--")) and parse_ai_comment(above) is None
    return "\n".join(dedented([*([above] if is_comment else []), *told, *fields]))


def dedented(lines: Sequence[str]) -> list[str]:
    """Return the lines without the indent of the first one, where they have it."""
    first = lines[0] if lines else ""
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    return [line.removeprefix(indent) for line in lines]


def names_in(text: str) -> dict[str, bool]:
    """Return the names that code uses, the most used first, and whether only as a member of
    something (``a.name``).

    Words of languages, and what stands in strings and comments, are none.
    """
    code = _NO_NAMES.sub(" ", text)
    uses: dict[str, int] = {}
    members: dict[str, bool] = {}
    for match in _NAME.finditer(code):
        name = match[0]
        if len(name) < 3 or name in _WORDS:
            continue
        is_member = code[max(0, match.start() - 1) : match.start()] == "."
        uses[name] = uses.get(name, 0) + 1
        members[name] = members.get(name, True) and is_member
    return {name: members[name] for name in sorted(uses, key=lambda name: -uses[name])}


def words_in(text: str) -> dict[str, bool]:
    """Return what in a sentence may be a name of code: it has an underscore, a capital inside, or
    stands in backticks or before a bracket."""
    found = re.findall(
        r"`([^\W\d]\w*)|\b([^\W\d]\w*)\(|\b([^\W\d]\w*_\w+|[^\W\d]\w*[a-z][A-Z]\w*)", text
    )
    names = [next(filter(None, groups)) for groups in found]
    return {name: False for name in names if len(name) > 2 and name not in _WORDS}


def _end_of_statement(lines: Sequence[str], start: int) -> int:
    depth = 0
    for number in range(start, len(lines)):
        line = lines[number].rstrip()
        depth += sum(line.count(one) for one in "([{") - sum(line.count(one) for one in ")]}")
        if depth <= 0 and not line.endswith("\\"):
            return number + 1
    return len(lines)


def _head_of(line: str, depth: int) -> tuple[str, int, bool]:
    """Return a line of a signature up to the body, the brackets open behind it, and whether the
    signature ends there."""
    for place, character in enumerate(line):
        if character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "{" and depth <= 0:
            return line[:place].rstrip() or line, depth, True
    return line, depth, depth <= 0


def _without_request(line: str) -> str:
    """Return the line without a comment for Spark at its end: it was for one place, not this."""
    comment = _COMMENT.search(line)
    if comment is None or parse_ai_comment(comment[0].strip()) is None:
        return line
    return line[: comment.start()]


def _fields(lines: Sequence[str], span: Span) -> list[str]:
    """Return the lines of a class that declare its fields, and the signature that makes one."""
    found: list[str] = []
    inner = ""
    for number in range(span.start, span.end):
        line = _without_request(lines[number].rstrip())
        made = _MAKER.match(line)
        field = _FIELD.match(line)
        inner = inner or (field["indent"] if field is not None else "")
        if made is not None:
            found += signature(lines, Span(number, span.end))
        elif field is not None and field["indent"] == inner and len(found) < _MOST_FIELDS:
            found.append(line)
    return found


def _docstring(whole: Sequence[str]) -> str | None:
    for line in whole[1 : _MOST_SIGNATURE_LINES + 2]:
        found = _DOCSTRING.match(line)
        if found is None:
            continue
        text, quotes = found["text"].rstrip(), found["quotes"]
        if not text:
            return None
        return line if text.endswith(quotes) else f"{line}{quotes}"
    return None
