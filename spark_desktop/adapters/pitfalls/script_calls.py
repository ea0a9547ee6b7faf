"""Traps of functions in JavaScript and TypeScript: what they return, and whose ``this`` is."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.script_copies import is_shared
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    FUNCTIONS,
    argument_of,
    arguments,
    called,
    end_mark,
    is_field,
    mentions,
    object_of,
    own,
    parameters,
    root_of,
    statements,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_WANT_RESULTS_WORDS = (
    "map filter find findIndex findLast some every flatMap reduce reduceRight sort toSorted then"
    " from replace replaceAll"
)
_WANT_RESULTS = frozenset(_WANT_RESULTS_WORDS.split())
_FOR_ITS_EFFECT_WORDS = "push log warn error set add delete splice forEach"
_FOR_ITS_EFFECT = frozenset(_FOR_ITS_EFFECT_WORDS.split())
# Methods that leave the text or list as it is, and what they are of.
_PURE_WORDS = (
    "trim trimStart trimEnd toUpperCase toLowerCase replace replaceAll padStart padEnd concat slice"
    " substring filter toSorted toReversed flat"
)
_PURE = frozenset(_PURE_WORDS.split())
_THIS_TYPE = regex(r"^\(\s*this\s*:[^,)]*,?\s*")
_CLASSES = ("class_declaration", "class", "abstract_class_declaration")


def result_not_returned(code: Code) -> Iterator[SmallChange]:
    """Braces make a block of an arrow's body, which returns nothing by itself."""
    for function in code.nodes("arrow_function", "function_expression"):
        call, inside = argument_of(function), statements(function)
        if call is None or called(call) not in _WANT_RESULTS or not inside:
            continue
        if any(one.named_children for one in own(function, "return_statement")):
            continue
        last = inside[-1]
        names = list(parameters(function))
        if called(call) in ("reduce", "reduceRight") and names and _changes(code, last, names[0]):
            yield _with_return(code, last, names[0])
        elif last.type == "expression_statement":
            place = code.places.start(last)
            yield SmallChange(place, place, "return ")
    for function in code.nodes(*FUNCTIONS):
        inside = statements(function)
        last_one = inside[-1] if inside else None
        value = last_one.named_children[0] if last_one and last_one.named_children else None
        if last_one is None or value is None or last_one.type != "expression_statement":
            continue
        if value.type in _IDLE and not list(own(function, "return_statement")):
            place = code.places.start(last_one)
            yield SmallChange(place, place, "return ")


_IDLE = frozenset(
    {"binary_expression", "identifier", "member_expression", "ternary_expression", "object"}
    | {"array", "template_string", "string", "number", "subscript_expression"}
)


def _changes(code: Code, statement: Node, name: str) -> bool:
    if statement.type != "expression_statement":
        return True
    value = statement.named_children[0]
    if "assignment" in value.type or value.type == "update_expression":
        return True
    held = object_of(value, *_FOR_ITS_EFFECT)
    return held is not None and code.text(root_of(held)) == name


def _with_return(code: Code, last: Node, name: str) -> SmallChange:
    mark = end_mark(code, last)
    start, end = code.places.start(last), code.places.end(last)
    begin = code.content.rfind("\n", 0, start) + 1
    indent = code.content[begin:start]
    between = " " if indent.strip() else code.newline + indent
    return SmallChange(end, end, f"{between}return {name}{mark}")


def object_taken_for_block(code: Code) -> Iterator[SmallChange]:
    """``x => { id: x }`` is a block with a label: an object needs parentheses."""

    def found() -> Iterator[list[Edit]]:
        for function in code.nodes("arrow_function"):
            body = named(function, "body")
            call = argument_of(function)
            if body is None or not _is_object(body, called(call) in _WANT_RESULTS):
                continue
            yield [code.edit(body, f"({code.text(body)})")]

    return all_then_each(code, found())


def _is_object(body: Node, is_wanted: bool) -> bool:
    if body.type == "object":
        return bool(body.named_children) or is_wanted
    inside = body.named_children if body.type == "statement_block" else []
    if not inside:
        return body.type == "statement_block" and is_wanted
    only = inside[0]
    if len(inside) != 1:
        return False
    if only.type == "labeled_statement":
        return True
    value = only.named_children[0] if only.named_children else only
    is_open = not (only.text or b"").endswith(b";")
    is_list = value.type == "sequence_expression" or (value.type == "identifier" and is_wanted)
    return only.type == "expression_statement" and is_open and is_list


def lost_this(code: Code) -> Iterator[SmallChange]:
    """A ``function`` has a ``this`` of its own, and a method that is handed on loses its own."""

    def found() -> Iterator[list[Edit]]:
        for function in code.nodes("function_expression"):
            call = argument_of(function)
            is_later = called(call) in _WANT_RESULTS | {"forEach", "setTimeout", "setInterval"}
            if above(function, *_CLASSES, "method_definition") is None and not is_later:
                continue
            if any(True for _ in _own_this(function)) and not _is_bound(function):
                yield _as_arrow(code, function)
        for member in code.nodes("member_expression"):
            text = _handed_on(code, member)
            yield [code.edit(member, text)] if text else []

    return all_then_each(code, found())


def _own_this(function: Node) -> Iterator[Node]:
    """Yield each ``this`` that is the function's own: arrows have none."""
    for node in below(function, "this"):
        owner = above(node, *(one for one in FUNCTIONS if one != "arrow_function"), *_CLASSES)
        if owner is not None and owner.id == function.id:
            yield node


def _is_bound(function: Node) -> bool:
    call = argument_of(function)
    outer = function.parent
    is_member = outer is not None and outer.type == "member_expression"
    is_pair = outer is not None and outer.type in ("pair", "assignment_expression")
    is_given = call is not None and any(one.type == "this" for one in arguments(call))
    return is_member or is_pair or is_given or mentions(function, "arguments")


def _as_arrow(code: Code, function: Node) -> list[Edit]:
    given, body, name = (named(function, one) for one in ("parameters", "body", "name"))
    if given is None or body is None:
        return []
    if name is not None and mentions(body, text_of(name)):
        return []
    start = code.places.start(function)
    is_waiting = code.text(function).startswith("async")
    until = code.places.start(given)
    place = code.places.start(body)
    edits = [(start, until, "async " if is_waiting else ""), (place, place, "=> ")]
    # Nor may an arrow name the type of its ``this``.
    plain = _THIS_TYPE.sub("(", code.text(given))
    return edits if plain == code.text(given) else [*edits, code.edit(given, plain)]


def _handed_on(code: Code, member: Node) -> str:
    held, name = named(member, "object"), named(member, "property")
    call = argument_of(member)
    if held is None or name is None or call is None or held.type != "this":
        return ""
    methods = facts(code).methods.get(text_of(name), [])
    if len(methods) != 1 or any(one.type in ("get", "set") for one in methods[0].children):
        return ""
    if any(one.type == "this" for one in arguments(call)):
        return ""
    text = code.text(member)
    plain = [key for key, node in parameters(methods[0]).items() if named(node, "value") is None]
    if called(call) in _WANT_RESULTS | {"forEach"} and plain:
        given = ", ".join(plain)
        return f"({given}) => {text}({given})"
    return f"{text}.bind(this)"


def this_of_nothing(code: Code) -> Iterator[SmallChange]:
    """An arrow in an object has the ``this`` of what is around that object."""

    def found() -> Iterator[list[Edit]]:
        for pair in code.nodes("pair"):
            key, function = named(pair, "key"), named(pair, "value")
            if key is None or function is None or function.type != "arrow_function":
                continue
            outer = above(pair, *(one for one in FUNCTIONS if one != "arrow_function"))
            is_in_class = outer is not None and above(outer, *_CLASSES) is not None
            given, body = named(function, "parameters"), named(function, "body")
            uses = any(
                above(one, *(k for k in FUNCTIONS if k != "arrow_function"), *_CLASSES) == outer
                for one in below(function, "this")
            )
            if not uses or is_in_class or body is None or given is None:
                continue
            block = code.text(body)
            if body.type != "statement_block":
                block = f"{{ return {block}; }}"
            start, end = code.places.start(pair), code.places.end(pair)
            told = named(function, "return_type")
            kind = "" if told is None else code.text(told)
            is_waiting = "async " if code.text(function).startswith("async") else ""
            text = f"{is_waiting}{code.text(key)}{code.text(given)}{kind} {block}"
            yield [(start, end, text)]

    return all_then_each(code, found())


def method_not_called(code: Code) -> Iterator[SmallChange]:
    """``this.isEmpty`` without parentheses is the method itself, which is true."""

    def found() -> Iterator[list[Edit]]:
        for member in code.nodes("member_expression"):
            name, outer = named(member, "property"), member.parent
            if name is None or outer is None:
                continue
            is_called = is_field(member, "function")
            if text_of(name) == "length" and is_called and outer.type == "call_expression":
                yield [code.edit(outer, code.text(member))]
                continue
            methods = facts(code).methods.get(text_of(name), [])
            if len(methods) != 1 or facts(code).field(text_of(name)):
                continue
            is_getter = any(one.type == "get" for one in methods[0].children)
            if is_getter and is_called and outer.type == "call_expression":
                yield [code.edit(outer, code.text(member))]
            is_plain = not is_getter and not parameters(methods[0])
            if is_plain and not is_called and _is_read(member, outer):
                yield [code.edit(member, f"{code.text(member)}()")]

    return all_then_each(code, found())


def _is_read(member: Node, outer: Node) -> bool:
    if outer.type in ("arguments", "member_expression", "pair", "assignment_expression"):
        return False
    return outer.type in (
        *("binary_expression", "unary_expression", "parenthesized_expression", "return_statement"),
        *("ternary_expression", "template_substitution"),
    )


def result_dropped(code: Code) -> Iterator[SmallChange]:
    """Texts never change: ``s.trim();`` makes a new one that nobody takes."""

    def found() -> Iterator[list[Edit]]:
        for statement in code.nodes("expression_statement"):
            call = statement.named_children[0] if statement.named_children else statement
            held = object_of(call, *_PURE)
            if held is None or held.type not in ("identifier", "member_expression"):
                continue
            text, given = code.text(held), arguments(call)
            is_own = not is_shared(code, held) or held.type == "member_expression"
            is_list = called(call) == "concat" and facts(code).kind(held) == "array"
            if is_own and is_list and len(given) == 1:
                yield [code.edit(call, f"{text}.push(...{code.text(given[0])})")]
                continue
            place = code.places.start(statement)
            declared = facts(code).declared(held) if held.type == "identifier" else None
            outer = None if declared is None else declared.parent
            kind = named(outer, "kind")
            edits = [(place, place, f"{text} = ")]
            if kind is not None and code.text(kind) == "const":
                edits.append(code.edit(kind, "let"))
            yield edits

    return all_then_each(code, found())
