"""Traps of Go with errors, names that hide others, values that are not there, and order."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, below, named
from spark_desktop.adapters.pitfalls.go_nodes import calls, functions
from spark_desktop.adapters.pitfalls.go_numbers import sides
from spark_desktop.adapters.pitfalls.go_types import FUNCTIONS, listed, types_of
from spark_desktop.adapters.pitfalls.shared import all_then_each, stands_alone, uses
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_KNOWN_ERROR = regex(r"(?:\w+\.)?(?:Err[A-Z]\w*|EOF|err[A-Z]\w*)$")
_ERROR = regex(r"err|e|\w+Err")


def _wrapped(code: Code) -> Iterator[SmallChange]:
    """An error that another wraps is neither equal to it nor of its type."""
    ways: list[list[Edit]] = []
    for one in code.nodes("binary_expression"):
        found = sides(one, code)
        if found is None or found[1] not in ("==", "!="):
            continue
        left, right = code.text(found[0]), code.text(found[2])
        if _ERROR.fullmatch(left) and _KNOWN_ERROR.match(right):
            no = "!" if found[1] == "!=" else ""
            ways.append([code.edit(one, f"{no}errors.Is({left}, {right})")])
    for one in code.nodes("expression_switch_statement"):
        value = named(one, "value")
        if value is None or not _ERROR.fullmatch(code.text(value)):
            continue
        start = code.places.start(value)
        edits: list[Edit] = [(start, code.places.end(value) + 1, "")]
        for case in (n for n in one.named_children if n.type == "expression_case"):
            items = listed(named(case, "value"))
            edits += [code.edit(n, _is(code.text(value), code.text(n))) for n in items]
        ways.append(edits)
    for one in code.nodes("call_expression"):
        given = listed(named(one, "arguments"))
        if not calls(one, code, "fmt.Errorf") or len(given) < 2:
            continue
        text = code.text(given[0])
        if _ERROR.fullmatch(code.text(given[-1])) and "%w" not in text:
            place = max(text.rfind("%v"), text.rfind("%s"))
            if place > 0 and "%" not in text[place + 1 :].replace("%%", ""):
                ways.append([code.edit(given[0], f"{text[:place]}%w{text[place + 2 :]}")])
    yield from all_then_each(code, ways)


def _is(error: str, known: str) -> str:
    return f"{error} == nil" if known == "nil" else f"errors.Is({error}, {known})"


def _error_type(code: Code) -> Iterator[SmallChange]:
    """The type of an error that another wraps is asked for with ``errors.As``."""
    for one in code.nodes("type_assertion_expression"):
        held, kind, statement = (
            named(one, "operand"),
            named(one, "type"),
            above(one, "if_statement"),
        )
        start = named(statement, "initializer")
        if held is None or kind is None or statement is None or start is None:
            continue
        names = [code.text(n) for n in listed(named(start, "left"))]
        condition = named(statement, "condition")
        if not _ERROR.fullmatch(code.text(held)) or len(names) != 2 or condition is None:
            continue
        if code.text(condition) not in (names[1], f"!{names[1]}"):
            continue
        if not stands_alone(code, statement) or names[0] == "_":
            continue
        call = f"errors.As({code.text(held)}, &{names[0]})"
        no = "!" if code.text(condition).startswith("!") else ""
        until = code.places.end(condition)
        yield code.together(
            [
                code.before(statement, f"var {names[0]} {code.text(kind)}"),
                (code.places.start(start), until, f"{no}{call}"),
            ]
        )


def _hidden(code: Code) -> Iterator[SmallChange]:
    """``:=`` in an inner block makes new variables that hide those outside."""
    types = types_of(code)
    for one in code.nodes("short_var_declaration"):
        block, function = above(one, "block", "expression_case", *FUNCTIONS), above(one, *FUNCTIONS)
        if one.parent is None or one.parent.type != "statement_list" or function is None:
            continue
        names = [n for n in listed(named(one, "left")) if code.text(n) != "_"]
        values = listed(named(one, "right"))
        if [code.text(n) for n in names] == [code.text(n) for n in values] or block is None:
            continue
        outer = [n for n in names if _is_outside(n, one, function, code)]
        if not any(_is_used_later(n, block, function, code) for n in outer):
            continue
        sign = next(n for n in one.children if n.type == ":=")
        lines = []
        for name in (n for n in names if n not in outer):
            kind = types.declared(one, code.text(name)) or _usual(code.text(name))
            lines.append(f"var {code.text(name)} {kind}" if kind else "")
        if "" in lines or (lines and not stands_alone(code, one)):
            continue
        edits = [code.edit(sign, "=")]
        if lines:
            edits.append(code.before(one, *lines))
        yield code.together(edits)


def _usual(name: str) -> str:
    return {"err": "error", "ok": "bool"}.get(name, "")


def _is_outside(name: Node, statement: Node, function: Node, code: Code) -> bool:
    """Return whether a name is declared in a block around that of a statement."""
    group = statement.parent
    bound = types_of(code).binding(code.text(name), statement)
    if bound is None or group is None or above(bound, *FUNCTIONS, "source_file") is None:
        return False
    inside = bound.parent == group or (bound.parent is not None and bound.parent.parent == group)
    return not inside and function.start_byte <= bound.start_byte < function.end_byte


def _is_used_later(name: Node, block: Node, function: Node, code: Code) -> bool:
    text, loop = code.text(name), above(block, "for_statement", *FUNCTIONS)
    results = named(function, "result")
    if results is not None and uses(results, text, code):
        return True
    begin = block.end_byte
    if loop is not None and loop.type == "for_statement":
        bound = types_of(code).binding(text, block)
        if bound is not None and bound.start_byte < loop.start_byte:
            return True
    return any(n.start_byte >= begin for n in uses(function, text, code))


def _typed_nil(code: Code) -> Iterator[SmallChange]:
    """A nil pointer that is returned as an error is not nil."""
    for function in functions(code):
        if "error" not in types_of(code).results(function):
            continue
        for one in below(function, "var_spec"):
            kind, name = named(one, "type"), named(one, "name")
            if kind is None or name is None or kind.type != "pointer_type":
                continue
            if re.search(rf"return\b[^\n]*\b{re.escape(code.text(name))}\b", code.text(function)):
                yield code.put(kind, "error")


def _missing_key(code: Code) -> Iterator[SmallChange]:
    """A key that is not there reads as a zero, as one whose value is zero does."""
    types = types_of(code)
    for one in code.nodes("binary_expression"):
        found, statement = sides(one, code), one.parent
        if found is None or found[1] not in ("==", "!=") or statement is None:
            continue
        if code.text(found[2]) not in ("0", '""', "nil", "false"):
            continue
        no = "!" if found[1] == "==" else ""
        value = found[0]
        if statement.type != "if_statement":
            continue
        start = named(statement, "initializer")
        if start is None and value.type == "index_expression":
            if types.is_map(types.of(named(value, "operand"))):
                yield code.put(one, f"_, ok := {code.text(value)}; {no}ok")
            continue
        # ``v := m[k]`` in the statement or right above it.
        made = start if start is not None else statement.prev_named_sibling
        right = listed(named(made, "right")) if made is not None else []
        left = listed(named(made, "left")) if made is not None else []
        if made is None or made.type != "short_var_declaration" or len(left) != 1:
            continue
        if code.text(left[0]) != code.text(value) or right[0].type != "index_expression":
            continue
        if types.is_map(types.of(named(right[0], "operand"))):
            used = len(uses(statement, code.text(value), code)) > (1 if start is None else 2)
            used = used or start is None
            name = code.text(value) if used else "_"
            yield code.together([code.edit(left[0], f"{name}, ok"), code.edit(one, f"{no}ok")])


def _stable(code: Code) -> Iterator[SmallChange]:
    """``sort.Slice`` gives equal elements in any order."""
    ways = []
    for one in code.nodes("call_expression"):
        function = named(one, "function")
        if function is not None and calls(one, code, "sort.Slice", "sort.Sort"):
            other = "sort.SliceStable" if code.text(function).endswith("Slice") else "sort.Stable"
            edits = [code.edit(function, other)]
            for inner in below(one, "binary_expression"):
                found = sides(inner, code)
                sign = named(inner, "operator")
                if found is not None and sign is not None and found[1] in ("<=", ">="):
                    edits.append(code.edit(sign, found[1][0]))
            ways.append(edits)
    yield from all_then_each(code, ways)


def _deferred(code: Code) -> Iterator[SmallChange]:
    """What a deferred call is given is computed at once."""
    for one in code.nodes("defer_statement"):
        call = one.named_children[0] if one.named_children else one
        function, given = named(call, "function"), listed(named(call, "arguments"))
        if function is None or function.type == "func_literal" or not given:
            continue
        if all("literal" in n.type for n in given) or not stands_alone(code, one):
            continue
        yield code.put(call, f"func() {{ {code.text(call)} }}()")


def _added_late(code: Code) -> Iterator[SmallChange]:
    """A group that is told of a task by the task itself may be done before."""
    for one in code.nodes("go_statement"):
        for call in below(one, "call_expression"):
            function, statement = named(call, "function"), call.parent
            if function is None or not code.text(function).endswith(".Add") or statement is None:
                continue
            if not stands_alone(code, statement) or not stands_alone(code, one):
                continue
            begin = code.content.rfind("\n", 0, code.places.start(statement)) + 1
            end = code.content.find("\n", code.places.end(statement)) + 1
            if statement.type == "expression_statement" and end:
                line = code.before(one, code.text(call))
                yield code.together([line, (begin, end, "")])


RULES: tuple[Rule, ...] = (_hidden, _wrapped, _error_type, _missing_key, _typed_nil)
LATER: tuple[Rule, ...] = (_stable, _deferred, _added_late)
