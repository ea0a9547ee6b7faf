"""Traps of arrays in JavaScript and TypeScript: orders, filled and holed ones, loops over them."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.adapters.pitfalls.script_facts import facts
from spark_desktop.adapters.pitfalls.script_nodes import (
    above_it,
    arguments,
    bare,
    called,
    calls,
    end_mark,
    is_field,
    mentions,
    operator,
    own,
    parameters,
    sides,
)
from spark_desktop.adapters.pitfalls.script_sorting import element_kind
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.small_change import SmallChange

_FRESH = frozenset({"array", "object", "new_expression"})


def shared_filling(code: Code) -> Iterator[SmallChange]:
    """``fill([])`` puts one and the same list everywhere."""
    for call, held, given in calls(code, "fill"):
        if len(given) != 1 or not (given[0].type in _FRESH or called(given[0]) in _MAKERS):
            continue
        value = code.text(given[0])
        if given[0].type == "object":
            value = f"({value})"
        sized = arguments(held) if _makes_array(held) else []
        source = f"{{ length: {code.text(sized[0])} }}" if len(sized) == 1 else code.text(held)
        yield code.put(call, f"Array.from({source}, (){_told(code, call, held, value)} => {value})")


_MAKERS = frozenset({"fill", "Array", "from"})


def _makes_array(node: Node) -> bool:
    made = named(node, "constructor") or named(node, "function")
    return made is not None and text_of(made) == "Array"


def _told(code: Code, call: Node, held: Node, value: str) -> str:
    """Return the type of what an empty value becomes, where nothing else tells the compiler."""
    given = named(held, "type_arguments")
    if given is not None and len(given.named_children) == 1:
        return f": {code.text(given.named_children[0])}"
    is_open = is_field(call, "value") and named(call.parent, "type") is None
    if not is_open or not facts(code).is_typed:
        return ""
    return {"[]": ": any[]", "({})": ": Record<string, any>"}.get(value, "")


def mapped_holes(code: Code) -> Iterator[SmallChange]:
    """``Array(n).map(...)`` calls nothing: it has a length, but no elements."""
    for call, held, given in calls(code, "map"):
        sized = arguments(held) if _makes_array(held) else []
        if len(sized) == 1 and len(given) == 1:
            size = code.text(sized[0])
            yield code.put(call, f"Array.from({{ length: {size} }}, {code.text(given[0])})")


def mapped_with_index(code: Code) -> Iterator[SmallChange]:
    """``map`` passes the index, too, which ``parseInt`` takes for the base."""
    for _call, _held, given in calls(code, "map", "flatMap"):
        if len(given) == 1 and code.text(given[0]) in ("parseInt", "Number.parseInt"):
            yield code.put(given[0], f"(text) => {code.text(given[0])}(text, 10)")


def keys_for_elements(code: Code) -> Iterator[SmallChange]:
    """``for (x in xs)`` goes over the keys, as texts, and those that are inherited."""
    for loop in code.nodes("for_in_statement"):
        sign = next((one for one in loop.children if one.type == "in"), None)
        both = sides(loop)
        body = named(loop, "body")
        if sign is None or both is None or body is None:
            continue
        name, listed = (code.text(one) for one in both)
        kind = facts(code).kind(both[1])
        is_index = any(
            text_of(index) == name
            for one in below(body, "subscript_expression")
            if (index := named(one, "index")) is not None
        )
        if kind == "object" or (is_index and kind != "array"):
            if "hasOwn" not in code.text(body):
                keys = code.edit(both[1], f"Object.keys({listed})")
                yield code.together([code.edit(sign, "of"), keys])
        elif is_index:
            yield code.together([code.edit(sign, "of"), code.edit(both[1], f"{listed}.keys()")])
        else:
            yield code.put(sign, "of")


def summed_without_start(code: Code) -> Iterator[SmallChange]:
    """``reduce`` without a start begins with the first element, and fails for an empty list."""
    for _call, held, given in calls(code, "reduce", "reduceRight"):
        if len(given) != 1 or given[0].type not in ("arrow_function", "function_expression"):
            continue
        start = _start_of(code, given[0], held)
        if start:
            end = code.places.end(given[0])
            yield SmallChange(end, end, f", {start}")


def _start_of(code: Code, function: Node, held: Node) -> str:
    names = list(parameters(function))
    body = named(function, "body")
    if body is None or not names:
        return ""
    result = _result_of(function, body)
    text = code.text(result)
    if result.type == "object":
        return "{}"
    if result.type == "array":
        return "[]"
    if called(result) in ("max", "min", "concat"):
        return {"max": "-Infinity", "min": "Infinity", "concat": "[]"}[called(result)]
    if text == names[0]:
        inner = code.text(body)
        if any(f"{names[0]}.{method}(" in inner for method in ("push", "unshift")):
            return "[]"
        return "{}" if f"{names[0]}[" in inner or f"{names[0]}." in inner else ""
    is_text = any(True for _ in below(result, "string", "template_string"))
    if (
        is_text
        or facts(code).known(result).kind == "string"
        or element_kind(code, held) == "string"
    ):
        return '""'
    return {"+": "0", "-": "0", "*": "1", "&&": "true", "||": "false"}.get(operator(result), "")


def _result_of(function: Node, body: Node) -> Node:
    returned = [one for one in own(function, "return_statement") if one.named_children]
    return bare(returned[-1].named_children[0] if returned else body)


def one_list_for_many(code: Code) -> Iterator[SmallChange]:
    """``Math.max`` takes numbers, not a list of them; ``push`` puts a list in as one element."""
    for _call, held, given in calls(code, "max", "min", "push", "unshift"):
        if len(given) != 1 or given[0].type in ("spread_element", "array"):
            continue
        is_many = code.text(held) == "Math" or facts(code).kind(given[0]) == "array"
        if is_many and facts(code).known(given[0]).kind != "number":
            yield code.put(given[0], f"...{code.text(given[0])}")


def deleted_element(code: Code) -> Iterator[SmallChange]:
    """``delete xs[i]`` leaves a hole, and the length as it was."""
    for node in code.nodes("unary_expression"):
        target = named(node, "argument")
        held, index = named(target, "object"), named(target, "index")
        if operator(node) != "delete" or held is None or index is None:
            continue
        if facts(code).kind(held) == "array":
            yield code.put(node, f"{code.text(held)}.splice({code.text(index)}, 1)")


def last_is_one_less(code: Code) -> Iterator[SmallChange]:
    """``xs[xs.length]`` is behind the last one."""

    def found() -> Iterator[list[Edit]]:
        for node in code.nodes("subscript_expression"):
            held, index = named(node, "object"), named(node, "index")
            if held is None or index is None or is_field(node, "left"):
                continue
            if code.text(index) == f"{code.text(held)}.length":
                yield [code.edit(index, f"{code.text(index)} - 1")]

    return all_then_each(code, found())


def removed_what_is_not_there(code: Code) -> Iterator[SmallChange]:
    """``splice(-1, 1)``, of what ``indexOf`` did not find, removes the last one."""
    for call, _held, given in calls(code, "splice"):
        statement = call.parent
        if statement is None or statement.type != "expression_statement" or len(given) != 2:
            continue
        index, text = given[0], code.text(statement)
        if called(index) in _SEARCHES and not mentions(code.root, "index"):
            mark = end_mark(code, statement)
            found = f"const index = {code.text(index)}{mark}"
            removed = text.replace(code.text(index), "index", 1)
            kept = f"if (index !== -1) {removed}"
            if statement.parent is not None and statement.parent.type in (
                "statement_block",
                "program",
            ):
                line = above_it(code, statement, found)
                yield code.together([line, code.edit(statement, kept)])
            else:
                yield code.put(statement, f"{{ {found} {kept} }}")
        elif index.type == "identifier" and "-1" not in code.text(_block_of(statement)):
            declared = facts(code).declared(index)
            value = named(declared, "value")
            if value is not None and called(value) in _SEARCHES:
                yield code.put(statement, f"if ({code.text(index)} !== -1) {text}")


def _block_of(statement: Node) -> Node:
    return statement.parent or statement


_SEARCHES = frozenset({"indexOf", "findIndex", "lastIndexOf", "search", "findLastIndex"})


def first_is_zero(code: Code) -> Iterator[SmallChange]:
    """``indexOf`` says 0 for the first place, and -1, which is true, for none."""

    def found() -> Iterator[list[Edit]]:
        for node in code.nodes("call_expression", "identifier"):
            if not _is_place(code, node):
                continue
            outer = node.parent
            place = code.text(node)
            if outer is not None and operator(outer) == "!":
                yield [code.edit(outer, f"{place} === -1")]
            elif outer is not None and operator(outer) == ">" and is_field(node, "left"):
                right = named(outer, "right")
                if right is not None and text_of(right) == "0":
                    yield [code.edit(outer, f"{place} !== -1")]
            elif outer is not None and _asks_truth(outer, node):
                yield [code.edit(node, f"{place} !== -1")]

    return all_then_each(code, found())


def _is_place(code: Code, node: Node) -> bool:
    if node.type == "call_expression":
        return called(node) in _SEARCHES
    declared = facts(code).declared(node)
    value = named(declared, "value")
    is_name = declared is not None and declared.type == "variable_declarator"
    return is_name and value is not None and called(value) in _SEARCHES


def _asks_truth(outer: Node, node: Node) -> bool:
    if outer.type == "parenthesized_expression":
        return is_field(outer, "condition")
    return operator(outer) in ("&&", "||") or (
        outer.type == "ternary_expression" and is_field(node, "condition")
    )
