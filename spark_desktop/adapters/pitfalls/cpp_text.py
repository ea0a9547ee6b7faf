"""Traps of the strings and streams of C++ and C."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.cpp_names import names_of, plain
from spark_desktop.adapters.pitfalls.cpp_numbers import Cast, bare, held
from spark_desktop.adapters.pitfalls.cpp_types import (
    INTEGERS,
    arguments,
    called,
    method,
    operator,
    type_of,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each, each_then_all
from spark_desktop.domain.small_change import SmallChange

_FINDS = ("find", "rfind", "find_first_of", "find_last_of", "find_first_not_of")
_LETTERS = frozenset(
    ("toupper", "tolower", "isalpha", "isdigit", "isalnum", "isspace", "isupper", "islower")
)


def substr_end(code: Code) -> Iterator[SmallChange]:
    """The second argument of ``substr`` is a length, not the end."""
    places: list[list[Edit]] = []
    lasts: list[list[Edit]] = []
    for call in code.nodes("call_expression"):
        of, given = method(code, call), arguments(call)
        if of is None or of[1] != "substr" or len(given) != 2 or code.text(given[0]) == "0":
            continue
        first, second = code.text(given[0]), code.text(given[1])
        is_length = any(word in second.lower() for word in ("len", "count", "npos", "size"))
        if given[1].type == "number_literal" or f"- {first}" in second:
            continue
        if not is_length or method(code, given[1]) is not None:
            places.append([code.edit(given[1], f"{second} - {held(code, given[0])}")])
            # The place of the last one, where the place behind it was meant.
            left, right = named(given[1], "left"), named(given[1], "right")
            is_less = operator(code, given[1]) == "-"
            if is_less and left is not None and right is not None and code.text(right) == "1":
                lasts.append([code.edit(given[1], _between(code, given[0], left))])
    yield from each_then_all(code, lasts)
    yield from each_then_all(code, places)


def _between(code: Code, start: Node, end: Node) -> str:
    """Return how many there are from a place up to another one, which is not among them."""
    left, right = named(start, "left"), named(start, "right")
    if left is not None and right is not None and operator(code, start) == "+":
        return f"{code.text(end)} - {held(code, left)} - {held(code, right)}"
    return f"{code.text(end)} - {held(code, start)}"


def found_at_zero(code: Code) -> Iterator[SmallChange]:
    """``find`` gives a place, which may be 0, or ``npos``, which is true as well."""
    places: list[list[Edit]] = []
    for node in code.nodes("binary_expression", "condition_clause", "unary_expression"):
        if node.type == "condition_clause":
            value = named(node, "value")
            if value is not None and _is_found(code, value):
                places.append([code.edit(value, f"{code.text(value)} {_none(code, value)}")])
        elif node.type == "unary_expression":
            value = named(node, "argument")
            if value is not None and operator(code, node) == "!" and _is_found(code, bare(value)):
                text = f"{code.text(bare(value))} {_none(code, value).replace('!=', '==')}"
                places.append([code.edit(node, text)])
        else:
            places += _compared(code, node)
    for node in code.nodes("return_statement"):
        value = next(iter(node.named_children), None)
        function = above(node, "function_definition")
        kind = named(function, "type")
        is_bool = kind is not None and code.text(kind) == "bool"
        if value is not None and is_bool and _is_found(code, value):
            places.append([code.edit(value, f"{code.text(value)} {_none(code, value)}")])
    yield from all_then_each(code, places)


def _compared(code: Code, node: Node) -> Iterator[list[Edit]]:
    left, right, sign = named(node, "left"), named(node, "right"), operator(code, node)
    if left is None or right is None:
        return
    if sign in (">", ">=", "<") and code.text(right) == "0" and _is_found(code, left):
        none = _none(code, left)
        none = none.replace("!=", "==") if sign == "<" else none
        yield [code.edit(node, f"{code.text(left)} {none}")]
    elif sign in ("&&", "||"):
        for side in (left, right):
            if _is_found(code, bare(side)):
                yield [code.edit(side, f"{code.text(bare(side))} {_none(code, side)}")]


def _none(code: Code, value: Node) -> str:
    if type_of(code, bare(value)) == "int":
        return ">= 0"
    return "!= std::string::npos"


def _is_found(code: Code, value: Node) -> bool:
    """Return whether an expression is what a search in a string gave."""
    if value.type == "identifier":
        around = above(value, "function_definition")
        for node in below(around, "declaration") if around is not None else ():
            for one in names_of(code, node):
                if code.text(one.node) == code.text(value) and one.value is not None:
                    return one.value.type == "call_expression" and _is_found(code, one.value)
        return False
    of = method(code, value)
    return of is not None and of[1] in _FINDS and type_of(code, of[0]) in ("string", "string_view")


def compared_places(code: Code, function: str) -> Iterator[SmallChange]:
    """``==`` of two ``char*`` compares where they are, not what they say."""
    places: list[list[Edit]] = []
    for node in code.nodes("binary_expression"):
        left, right, sign = named(node, "left"), named(node, "right"), operator(code, node)
        if left is None or right is None or sign not in ("==", "!="):
            continue
        if type_of(code, left) == "char*" and type_of(code, right) == "char*":
            text = f"{function}({code.text(left)}, {code.text(right)}) {sign} 0"
            places.append([code.edit(node, text)])
    yield from all_then_each(code, places)


def true_compare(code: Code) -> Iterator[SmallChange]:
    """``strcmp`` and ``compare`` give 0 for what is equal, which is false."""
    places: list[list[Edit]] = []
    for call in code.nodes("call_expression"):
        of, parent = method(code, call), call.parent
        name = called(code, call) if of is None else of[1]
        if parent is None or name not in ("strcmp", "strncmp", "compare", "memcmp"):
            continue
        while parent is not None and parent.type == "parenthesized_expression":
            parent = parent.parent
        is_asked = parent is not None and (
            parent.type in ("condition_clause", "if_statement")
            or (parent.type == "binary_expression" and operator(code, parent) in ("&&", "||"))
        )
        around = above(call, "function_definition")
        kind = named(around, "type")
        is_bool = kind is not None and code.text(kind) in ("bool", "_Bool")
        if is_asked or (is_bool and parent is not None and parent.type == "return_statement"):
            places.append([code.edit(call, f"{code.text(call)} == 0")])
    yield from all_then_each(code, places)


def letters(code: Code, cast: Cast) -> Iterator[SmallChange]:
    """What ``toupper`` gives is to be kept, as a letter; and a char may be below zero."""
    kept: list[list[Edit]] = []
    positive: list[list[Edit]] = []
    for call in code.nodes("call_expression"):
        given, parent, name = arguments(call), call.parent, called(code, call)
        if name not in _LETTERS or len(given) != 1 or parent is None:
            continue
        if parent.type == "expression_statement" and name.startswith("to"):
            kept.append([code.edit(call, f"{code.text(given[0])} = {code.text(call)}")])
        elif operator(code, parent) == "<<" and name.startswith("to"):
            kept.append([code.edit(call, cast("char", code.text(call)))])
        if type_of(code, given[0]) == "char":
            positive.append([code.edit(given[0], cast("unsigned char", code.text(given[0])))])
    yield from all_then_each(code, kept)
    if positive:
        yield next(all_then_each(code, positive))


def added_number(code: Code) -> Iterator[SmallChange]:
    """A number added to a text is a letter of that code, or a step into a literal."""
    places: list[list[Edit]] = []
    for node in code.nodes("assignment_expression", "binary_expression", "call_expression"):
        left, right = named(node, "left"), named(node, "right")
        sign = operator(code, node)
        if node.type == "call_expression":
            given = arguments(node) if called(code, node) == "to_string" else []
            if len(given) == 1 and type_of(code, given[0]) == "char":
                places.append([code.edit(node, f"std::string(1, {code.text(given[0])})")])
        elif left is None or right is None:
            continue
        elif sign == "+=" and type_of(code, left) == "string" and type_of(code, right) in _COUNTS:
            if "'" not in code.text(right):
                places.append([code.edit(right, f"std::to_string({code.text(bare(right))})")])
        elif sign == "+" and left.type == "string_literal" and type_of(code, right) in _COUNTS:
            places.append([code.edit(right, f"std::to_string({code.text(bare(right))})")])
    yield from all_then_each(code, places)


_COUNTS = INTEGERS - {"char", "bool", "unsigned char"}


def digits(code: Code) -> Iterator[SmallChange]:
    """The letter '7' is 55, not 7."""
    places: list[list[Edit]] = []
    for node in code.nodes("assignment_expression", "init_declarator", "binary_expression"):
        value = named(node, "right") or named(node, "value")
        target = named(node, "left")
        if value is None or type_of(code, value) != "char" or value.type == "char_literal":
            continue
        sign = operator(code, node)
        if node.type == "init_declarator":
            is_number = _is_int(code, node)
        else:
            is_number = sign in ("=", "+=", "-=", "+", "*") and type_of(code, target) in _COUNTS
        if is_number and "'0'" not in code.text(node):
            places.append(
                [
                    code.edit(
                        value,
                        f"({code.text(value)} - '0')"
                        if sign in ("+", "*")
                        else f"{code.text(value)} - '0'",
                    )
                ]
            )
    yield from each_then_all(code, places)


def _is_int(code: Code, declarator: Node) -> bool:
    kind = named(declarator.parent, "type") if declarator.parent is not None else None
    name = named(declarator, "declarator")
    return (
        kind is not None
        and code.text(kind) == "int"
        and name is not None
        and name.type == "identifier"
    )


def line_after_word(code: Code) -> Iterator[SmallChange]:
    """``>>`` leaves the line's end in the stream; ``getline`` then reads an empty line."""
    for call in code.nodes("call_expression"):
        given, around = arguments(call), above(call, "function_definition")
        if called(code, call) != "getline" or len(given) < 2 or around is None:
            continue
        stream = code.text(given[0])
        if any(
            operator(code, one) == ">>" and code.text(one).startswith(f"{stream} >>")
            for one in below(around, "binary_expression")
            if one.start_byte < call.start_byte
        ):
            yield code.put(given[0], f"{stream} >> std::ws")


def until_eof(code: Code) -> Iterator[SmallChange]:
    """A stream knows of its end only once reading has failed: the read is the condition."""
    for loop in code.nodes("while_statement"):
        condition, body = named(loop, "condition"), named(loop, "body")
        asked = named(condition, "value")
        parts = body.named_children if body is not None else []
        of = method(code, named(asked, "argument")) if asked is not None else None
        if condition is None or of is None or of[1] != "eof" or not parts:
            continue
        declared = parts[0] if parts[0].type == "declaration" else None
        read = parts[1] if declared is not None and len(parts) > 1 else parts[0]
        stream = code.text(of[0])
        text = code.text(read).rstrip(";")
        if not text.startswith((f"{stream} >>", f"std::getline({stream}", f"getline({stream}")):
            continue
        first, after = declared or read, read.next_sibling
        edits = [code.edit(condition, f"({text})")]
        if declared is not None:
            edits.append(code.before(loop, code.text(declared)))
        if after is not None:
            edits.append((code.places.start(first), code.places.start(after), ""))
            yield code.together(edits)


def wide_parse(code: Code) -> Iterator[SmallChange]:
    """``stoi`` reads an int, and base 0 takes "010" for 8."""
    for call in code.nodes("call_expression"):
        given, name, function = arguments(call), called(code, call), named(call, "function")
        if name.startswith(("sto", "strto")) and len(given) == 3 and code.text(given[2]) == "0":
            yield code.put(given[2], "10")
        holder = above(call, "declaration", "function_definition")
        kind = named(holder, "type")
        is_wide = kind is not None and plain(code.text(kind)) in ("long long", "int64_t", "long")
        if name == "stoi" and function is not None and is_wide:
            yield code.put(function, code.text(function).replace("stoi", "stoll"))


def other_search(code: Code) -> Iterator[SmallChange]:
    """``find_first_of`` looks for any of the letters; a name's last dot is the last one."""
    others = {"find_first_of": "find", "find": "rfind", "find_last_of": "rfind"}
    for call in code.nodes("call_expression"):
        of, field = method(code, call), named(named(call, "function"), "field")
        if of is None or field is None or of[1] not in others:
            continue
        if type_of(code, of[0]) in ("string", "string_view") and len(arguments(call)) == 1:
            yield code.put(field, others[of[1]])
