"""What one file of C or C++ says of its types: enough to see where a trap can be."""

import re
from collections.abc import Callable
from functools import lru_cache

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, above, below, named
from spark_desktop.adapters.pitfalls.cpp_names import (
    CLASSES,
    Name,
    class_around,
    class_named,
    fields,
    find,
    function_declarator,
    plain,
)

FLOATS = frozenset({"double", "float", "long double"})
_SMALL = ("int", "short", "signed", "signed int", "int32_t", "int16_t", "int8_t")
_WIDE = ("long", "long long", "long int", "int64_t", "ptrdiff_t", "long long int")
_UNSIGNED_SMALL = ("unsigned", "unsigned int", "uint32_t", "uint16_t", "uint8_t", "unsigned char")
_UNSIGNED_WIDE = ("size_t", "unsigned long", "unsigned long long", "uint64_t", "size_type")
INTS = frozenset(_SMALL)
WIDE = frozenset({*_WIDE, *_UNSIGNED_WIDE})
UNSIGNED = frozenset({*_UNSIGNED_SMALL, *_UNSIGNED_WIDE})
INTEGERS = INTS | WIDE | UNSIGNED | {"char", "bool"}
MAPS = ("map", "unordered_map")
_OF_DOUBLE = (
    *("sqrt", "pow", "floor", "ceil", "round", "hypot", "fmod", "exp", "log", "sin", "cos"),
    *("stod", "atof"),
)
_GIVEN = {
    **dict.fromkeys(_OF_DOUBLE, "double"),
    **{"stoi": "int", "atoi": "int", "stol": "long", "stoll": "long long", "to_string": "string"},
    **{"lround": "long", "llround": "long long", "strlen": "size_t", "tolower": "int"},
    **{"toupper": "int"},
}
_SIZES = frozenset({"size", "length", "find", "rfind", "count"})
_DEEPEST = 8


def element(kind: str) -> str:
    """Return what a loop over a type sees; "" where that is not known."""
    name, arguments = _split(kind)
    if name in ("string", "string_view"):
        return "char"
    if name in (*MAPS, "multimap"):
        return f"pair<{','.join(arguments[:2])}>"
    return kind[:-1] if kind.endswith("*") else arguments[0] if arguments else ""


def indexed(kind: str) -> str:
    """Return what ``[]`` gives of a type; "" where that is not known."""
    name, arguments = _split(kind)
    return arguments[1] if name in MAPS and len(arguments) > 1 else element(kind)


def _split(kind: str) -> tuple[str, list[str]]:
    match = re.fullmatch(r"(\w+)<(.*)>", kind)
    if match is None:
        return kind, []
    parts, depth = [""], 0
    for letter in match[2]:
        depth += (letter in "<(") - (letter in ">)")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return match[1], parts


def called(code: Code, call: Node) -> str:
    """Return the name of a called function without the library's namespace; "" of a method."""
    function = named(call, "function")
    if call.type != "call_expression" or function is None or function.type == "field_expression":
        return ""
    return re.sub(r"<.*", "", code.text(function), flags=re.DOTALL).removeprefix("std::").strip(":")


def method(code: Code, call: Node | None) -> tuple[Node, str] | None:
    """Return the object and the name of a called method; None of anything else."""
    function = named(call, "function")
    if call is None or call.type != "call_expression" or function is None:
        return None
    owner, name = named(function, "argument"), named(function, "field")
    if function.type != "field_expression" or owner is None or name is None:
        return None
    return owner, code.text(name)


def arguments(call: Node) -> list[Node]:
    """Return the arguments of a call."""
    listed = named(call, "arguments")
    found = listed.named_children if listed is not None else []
    return [one for one in found if one.type != "comment"]


def returned(code: Code, node: Node) -> str:
    """Return the type that the function around a node gives; "" where it does not say."""
    around = above(node, "function_definition", "lambda_expression")
    kind = named(around, "type")
    if around is None or kind is None or around.type == "lambda_expression":
        return ""
    declarator = named(around, "declarator")
    stars = "*" if declarator is not None and declarator.type == "pointer_declarator" else ""
    return plain(code.text(kind)) + stars


def operator(code: Code, node: Node) -> str:
    """Return the operator of an expression."""
    sign = named(node, "operator")
    return "" if sign is None else code.text(sign)


def type_of(code: Code, node: Node | None, depth: int = 0) -> str:
    """Return the plain type of an expression; "" where the file does not say it."""
    if node is None or depth > _DEEPEST:
        return ""
    if node.type in ("identifier", "field_identifier"):
        return _of_name(code, find(code, code.text(node), node), depth)
    reader = _READERS.get(node.type)
    return _resolved(code, reader(code, node, depth + 1)) if reader is not None else ""


def _of_name(code: Code, found: Name | None, depth: int) -> str:
    if found is None:
        return ""
    if not found.kind.startswith("auto"):
        return _resolved(code, found.kind)
    if found.holder.type == "for_range_loop":
        return element(type_of(code, named(found.holder, "right"), depth + 1))
    return type_of(code, found.value, depth + 1)


def _resolved(code: Code, kind: str) -> str:
    """Return what an alias of the file stands for; the type itself if it is none."""
    if not kind.isidentifier() or kind in INTEGERS | FLOATS:
        return kind
    target = _aliases(code).get(kind)
    return plain(code.text(target)) if target is not None and target.type not in CLASSES else kind


@lru_cache(maxsize=1)
def _aliases(code: Code) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for node in below(code.root, "alias_declaration", "type_definition"):
        name = named(node, "name") or named(node, "declarator")
        target = named(node, "type")
        if name is not None and target is not None:
            found.setdefault(code.text(name), target)
    return found


def _literal(code: Code, node: Node, depth: int) -> str:
    text = code.text(node).lower().replace("'", "")
    if not text.startswith("0x") and re.search(r"[.e]", text):
        return "float" if text.endswith("f") else "double"
    if "ll" in text or text.endswith("l"):
        return "long long"
    return "unsigned" if text.endswith("u") else "int"


def _field(code: Code, node: Node, depth: int) -> str:
    owner, name = named(node, "argument"), named(node, "field")
    if owner is None or name is None:
        return ""
    if owner.type == "this":
        found = class_around(code, node)
    else:
        kind = type_of(code, owner, depth)
        smart = _split(kind)
        kind = smart[1][0] if smart[0] in ("unique_ptr", "shared_ptr") else kind.rstrip("*")
        if smart[0] == "pair" and len(smart[1]) == 2:
            return smart[1][code.text(name) == "second"]
        found = class_named(code, kind)
    for one in fields(code, found):
        if code.text(one.node) == code.text(name):
            return _of_name(code, one, depth)
    return ""


def _call(code: Code, node: Node, depth: int) -> str:
    function = named(node, "function")
    if function is None:
        return ""
    if function.type == "primitive_type":
        return code.text(function)
    of = method(code, node)
    if of is not None:
        if of[1] in _SIZES:
            return "size_t" if of[1] != "find" or "string" in type_of(code, of[0], depth) else ""
        if of[1] in ("front", "back", "at", "top"):
            kind = type_of(code, of[0], depth)
            return indexed(kind) if of[1] == "at" else element(kind)
        return "string" if of[1] in ("substr", "str") else _returned_by(code, of[1])
    name = called(code, node)
    if name == "static_cast" and (match := re.search(r"<(.*)>", code.text(function))):
        return plain(match[1])
    if name in ("max", "min", "abs", "fabs", "accumulate", "move"):
        given = arguments(node)
        place = 2 if name == "accumulate" else 0
        return type_of(code, given[place], depth) if len(given) > place else ""
    return _GIVEN.get(name) or _returned_by(code, name)


def _returned_by(code: Code, name: str) -> str:
    for node in declared_functions(code).get(name, ()):
        if (kind := named(node, "type")) is not None:
            outer = named(node, "declarator")
            stars = "*" if outer is not None and outer.type == "pointer_declarator" else ""
            return plain(code.text(kind)) + stars
    return ""


@lru_cache(maxsize=1)
def declared_functions(code: Code) -> dict[str, list[Node]]:
    """Return the functions of a file, and what only declares them, by their names alone."""
    found: dict[str, list[Node]] = {}
    for node in below(code.root, "function_definition", "declaration", "field_declaration"):
        own = named(function_declarator(node), "declarator")
        if own is not None:
            found.setdefault(code.text(own).rpartition("::")[2], []).append(node)
    return found


def _binary(code: Code, node: Node, depth: int) -> str:
    sign = operator(code, node)
    if sign in ("==", "!=", "<", ">", "<=", ">=", "&&", "||"):
        return "bool"
    both = [type_of(code, named(node, side), depth) for side in ("left", "right")]
    if sign in ("<<", ">>"):
        return both[0]
    return next((one for one in both if one in FLOATS or one == "string"), None) or _wider(both)


def _wider(both: list[str]) -> str:
    if any(one not in INTEGERS for one in both):
        return ""
    for group in (_UNSIGNED_WIDE, _WIDE, _UNSIGNED_SMALL[:3]):
        for one in both:
            if one in group:
                return one
    return "int"


def _star(code: Code, node: Node, depth: int) -> str:
    kind = type_of(code, named(node, "argument"), depth)
    if operator(code, node) == "&":
        return f"{kind}*" if kind else ""
    return kind[:-1] if kind.endswith("*") else ""


def _inner(code: Code, node: Node, depth: int) -> str:
    return type_of(code, next(iter(node.named_children), None), depth)


def _argument(code: Code, node: Node, depth: int) -> str:
    kind = type_of(code, named(node, "argument"), depth)
    return "bool" if operator(code, node) == "!" else kind


_READERS: dict[str, Callable[[Code, Node, int], str]] = {
    "number_literal": _literal,
    "char_literal": lambda code, node, depth: "char",
    "string_literal": lambda code, node, depth: "char*",
    "true": lambda code, node, depth: "bool",
    "false": lambda code, node, depth: "bool",
    "field_expression": _field,
    "call_expression": _call,
    "binary_expression": _binary,
    "pointer_expression": _star,
    "parenthesized_expression": _inner,
    "unary_expression": _argument,
    "update_expression": _argument,
    "cast_expression": lambda code, node, depth: plain(code.text(named(node, "type") or node)),
    "conditional_expression": lambda code, node, depth: type_of(
        code, named(node, "consequence"), depth
    ),
    "subscript_expression": lambda code, node, depth: indexed(
        type_of(code, named(node, "argument"), depth)
    ),
}
