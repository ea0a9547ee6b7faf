"""Types that a docstring or the code itself tells, written into a signature that lacks them. Pure.

Small models like to tell types in the docstring where they were asked to annotate.
"""

import ast
import re
from collections.abc import Collection, Mapping

from spark_desktop.domain.plain_types import result_given
from spark_desktop.domain.python_expressions import outer_of
from spark_desktop.domain.python_function import (
    FunctionText,
    defaults_of,
    function_in,
    functions_of,
    lines_with,
    tree_of,
)
from spark_desktop.domain.python_scopes import FileNames, file_names, names_in
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import split_lines

# What may stand where a type does; ``_type_of`` says whether it is one.
_TYPE = r"[A-Za-z][\w\[\], |.]{0,60}?"
_NAMED = (
    r"^[^\w\n]*{name}\s*\(\s*(?P<type>{type})\s*(?:,\s*optional)?\)",
    r"^[^\w\n]*{name}\s*:\s*(?P<type>{type})\s*(?:,\s*optional\s*)?$",
    r":param\s+(?P<type>{type})\s+{name}\b",
    r":type\s+{name}:\s*(?P<type>{type})\s*$",
)
_RETURNS = (
    r"^[ \t]*Returns?[ \t]*:?[ \t]*\n(?:[ \t]*-+[ \t]*\n)?[ \t]*[-*]?[ \t]*"
    r"(?P<type>{type})[ \t]*(?::|$)",
    r"^[ \t]*Returns?[ \t]*:[ \t]*(?P<type>{type})[ \t]*(?::|\.|$)",
    r":rtype:\s*(?P<type>{type})\s*$",
)
# Only what needs no import.
_PLAIN = frozenset(
    ("int", "float", "str", "bool", "bytes", "None", "list", "dict", "set", "tuple", "object")
)
# With how many types each holds; a tuple any number.
_HOLDERS = {"list": 1, "dict": 2, "set": 1, "tuple": None}
_OTHER_NAMES = {
    **{"integer": "int", "string": "str", "boolean": "bool", "dictionary": "dict"},
    **{"List": "list", "Dict": "dict", "Set": "set", "Tuple": "tuple", "array": "list"},
}
_MANY = regex(r"(list|set)s?\s+of\s+([A-Za-z]+?)s?")
_OPTIONAL = regex(r"Optional\[(.+)\]|(.+?)\s+or\s+None")


def with_said_types(region: str, text: str = "") -> str | None:
    """Return the function with the types of its docstring; None where that tells not all of them.

    That of the result may be seen from what the function returns, with what the ``text`` of the
    file imports and binds. None, too, where the signature is annotated already, or takes more than
    one line. Of several functions each is looked at.
    """
    found, file = function_in(region), file_names(text)
    return _of_each(region, file) if found is None else _typed(region, found, file)


def _of_each(region: str, file: FileNames) -> str | None:
    lines, tree = split_lines(region), tree_of(region)
    if tree is None:
        return None
    # What the region itself binds may be new.
    own = names_in(tree)
    beside = FileNames((*file.imports, *own.imports), file.bound | own.bound)
    for one in sorted(functions_of(tree), key=lambda node: -node.lineno):
        place = lines_with(one)
        text = "".join(lines[place])
        found = function_in(text)
        lines[place] = split_lines((found and _typed(text, found, beside)) or text)
    typed = "".join(lines)
    return None if typed == region else typed


def _typed(region: str, found: FunctionText, file: FileNames) -> str | None:
    node = found.node
    doc = ast.get_docstring(node) or ""
    given = node.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    bare = [one for one in named if one.annotation is None and one.arg not in ("self", "cls")]
    types = {one.arg: _said(_NAMED, doc, one.arg) for one in bare}
    result = "" if node.returns is not None else _said(_RETURNS, doc)
    if node.returns is None and not result:
        result = result_given(node, file.beside(found.imports))
    is_whole = all(types.values()) and (node.returns is not None or result)
    if not doc or not is_whole or given.vararg is not None or given.kwarg is not None:
        return None
    return with_types(region, types, result) if bare or result else None


def type_meant(text: str, names: Collection[str] = ()) -> str:
    """Return the type that an answer begins with, as an annotation; "" for none that is known.

    ``names`` are those of classes that the file knows.
    """
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign == "[") - (sign == "]")
        if (sign in ",)=:#" and depth == 0) or depth < 0:
            text = text[:place]
            break
    return _type_of(text.strip(), frozenset(names))


def with_types(region: str, types: Mapping[str, str], result: str) -> str | None:
    """Return the only function of a region with these types in its signature.

    One that may be left out, and is None then, may be None. None where the signature takes more
    than one line.
    """
    found = function_in(region)
    if found is None or found.node.body[0].lineno != found.node.lineno + 1:
        return None
    optional = _without(found.node.args)
    types = {
        name: f"{type_} | None" if type_ and name in optional and "None" not in type_ else type_
        for name, type_ in types.items()
    }
    lines = split_lines(region)
    row = found.node.lineno - 1
    # What is there stays as it is written: a default, a comment.
    head = _annotated(lines[row].encode(), found, types, result)
    return None if head is None else "".join([*lines[:row], head.decode(), *lines[row + 1 :]])


def with_exact_result(region: str, text: str) -> str:
    """Return the function with what its result holds, where it only says that it is a container.

    The region as it was where it is no single function, or where its code does not show what the
    result holds. ``text`` is that of the file.
    """
    found = function_in(region)
    node = None if found is None else found.node
    returns = None if node is None else node.returns
    if found is None or node is None or not isinstance(returns, ast.Name):
        return region
    given = result_given(node, file_names(text).beside(found.imports))
    if returns.id not in _HOLDERS or outer_of(given) != returns.id or "|" in given:
        return region
    lines = split_lines(region)
    row = returns.lineno - 1
    line = lines[row].encode()
    start, end = (found.width + (one or 0) for one in (returns.col_offset, returns.end_col_offset))
    lines[row] = (line[:start] + given.encode() + line[end:]).decode()
    return "".join(lines)


def _annotated(
    line: bytes, found: FunctionText, types: Mapping[str, str], result: str
) -> bytes | None:
    """Return the head with types put in; columns count bytes, as the parser's do."""
    given = found.node.args
    named = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    places = [(found.width + (one.end_col_offset or 0), types.get(one.arg, "")) for one in named]
    put = [(place, f": {type_}") for place, type_ in places if type_]
    if result:
        defaults: list[ast.expr] = [
            one for one in (*given.defaults, *given.kw_defaults) if one is not None
        ]
        ends = [place for place, _ in places]
        ends += [found.width + (one.end_col_offset or 0) for one in defaults]
        # Not by its name: the parser writes that in another form where it is no plain ASCII.
        head = re.compile(rb"def\s+[^\s(]+").search(line, found.column)
        closing = head and re.compile(rb"\)\s*:").search(line, max(ends, default=head.end()))
        if closing is None:
            return None
        put.append((closing.start() + 1, f" -> {result}"))
    for place, text in sorted(put, reverse=True):
        rest = line[place:]
        if text.startswith(":"):
            # With a type there are blanks around what a parameter is without being given.
            rest = re.sub(rb"^\s*=\s*", b" = ", rest)
        line = line[:place] + text.encode() + rest
    return line


def _without(given: ast.arguments) -> frozenset[str]:
    """Return the parameters that are None where nothing is given."""
    return frozenset(
        one.arg
        for one, value in defaults_of(given)
        if isinstance(value, ast.Constant) and value.value is None
    )


def _said(patterns: tuple[str, ...], doc: str, name: str = "") -> str:
    """Return the one type that a docstring tells, "" for none or several."""
    filled = [one.format(name=re.escape(name), type=_TYPE) for one in patterns]
    told = [match["type"] for one in filled for match in re.finditer(one, doc, re.MULTILINE)]
    found = {type_ for text in told if (type_ := _type_of(text.strip()))}
    return found.pop() if len(found) == 1 else ""


def _type_of(text: str, names: frozenset[str] = frozenset()) -> str:
    """Return the type that a text means, as an annotation; "" where it means none."""
    if optional := _OPTIONAL.fullmatch(text):
        inner = _type_of(optional[1] or optional[2], names)
        return inner and f"{inner} | None"
    if many := _MANY.fullmatch(text):
        inner = _type_of(many[2], names)
        return inner and f"{many[1]}[{inner}]"
    text = re.sub(r"[A-Za-z_]\w*", lambda word: _OTHER_NAMES.get(word[0], word[0]), text)
    if not set(re.findall(r"\w+", text)) <= _PLAIN | names:
        return ""
    try:
        node = ast.parse(text, mode="eval").body
    except SyntaxError:
        return ""
    return text if _is_type(node) else ""


def _is_type(node: ast.expr) -> bool:
    """Return whether an annotation can be evaluated: ``int[str]`` and ``int.str`` cannot."""
    match node:
        case ast.BinOp(left=left, right=right, op=ast.BitOr()):
            is_none = all(isinstance(one, ast.Constant) for one in (left, right))
            return not is_none and _is_type(left) and _is_type(right)
        case ast.Subscript(value=ast.Name(id=outer), slice=inner) if outer in _HOLDERS:
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            if outer == "tuple" and len(parts) == 2 and _is_rest(parts[1]):
                parts = parts[:1]
            return _HOLDERS[outer] in (None, len(parts)) and all(_is_type(one) for one in parts)
    return isinstance(node, ast.Name) or (isinstance(node, ast.Constant) and node.value is None)


def _is_rest(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...
