"""Traps of Python's times: parts of a span are taken for the whole, and months go beyond 12."""

from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import arguments, called, method
from spark_desktop.domain.small_change import SmallChange


def parts_of_time(code: Code) -> Iterator[SmallChange]:
    """``seconds`` of a span of time are those beside its days."""
    for node in code.nodes("attribute"):
        name = named(node, "attribute")
        if name is None or text_of(name) != "seconds" or _is_kept_name(node):
            continue
        whole = f"int({code.text(node)[: -len('seconds')]}total_seconds())"
        if _is_counted(node):
            # Of whole units there are no halves.
            yield code.put(node, whole)
            continue
        yield code.put(name, "total_seconds()")
        yield code.put(node, whole)


def _is_kept_name(node: Node) -> bool:
    whole = named(node, "object")
    if whole is not None and text_of(whole) in ("self", "cls"):
        return True
    parent = node.parent
    if parent is None:
        return False
    is_set = parent.type in ("assignment", "augmented_assignment") and (
        named(parent, "left") == node
    )
    return is_set or named(parent, "function") == node


def _is_counted(node: Node) -> bool:
    """Return whether what is divided is counted in whole units: by ``//``, ``%`` or ``divmod``."""
    parent = node.parent
    if parent is None:
        return False
    if parent.type == "argument_list" and parent.parent is not None:
        function = named(parent.parent, "function")
        return function is not None and text_of(function) == "divmod"
    sign = named(parent, "operator")
    if parent.type != "binary_operator" or sign is None:
        return False
    return text_of(sign) in ("//", "%") and named(parent, "left") == node


def months_beyond(code: Code) -> Iterator[SmallChange]:
    """The month behind December is January of the next year."""
    for node in code.nodes("binary_operator"):
        left, right, sign = (named(node, field) for field in ("left", "right", "operator"))
        if left is None or right is None or sign is None or text_of(sign) not in ("+", "-"):
            continue
        month, of = code.text(left), named(left, "object")
        if left.type != "attribute" or of is None or not month.endswith(".month"):
            continue
        count = _from_nought(month, text_of(sign), code.text(right))
        year = f"{code.text(of)}.year + {count} // 12"
        edits = _with_year(code, node, code.text(of), year, f"{count} % 12 + 1")
        if edits:
            yield code.together(edits)


def _from_nought(month: str, sign: str, count: str) -> str:
    """Return the months since January that a sum comes to, so that they can be divided."""
    if count.isdecimal():
        number = (int(count) if sign == "+" else -int(count)) - 1
        if number == 0:
            return month
        return f"({month} {'+' if number > 0 else '-'} {abs(number)})"
    return f"({month} - 1 {sign} {count})"


def _with_year(code: Code, node: Node, of: str, year: str, month: str) -> list[Edit]:
    """Return what makes the year go along with a month, where both are written together."""
    around = node.parent
    if around is None:
        return []
    if around.type == "keyword_argument":
        call = around.parent.parent if around.parent is not None else None
        found = method(call) if call is not None else None
        is_of_day = found is not None and found[1] == "replace" and code.text(found[0]) == of
        if call is None or not is_of_day or "year=" in code.text(call):
            return []
        return [code.edit(around, f"year={year}, month={month}")]
    if around.type == "argument_list" and around.parent is not None:
        given = arguments(around.parent)
        is_day = called(around.parent).rpartition(".")[2] in ("date", "datetime", "monthrange")
        if is_day and len(given) > 1 and given[1] == node and code.text(given[0]) == f"{of}.year":
            return [code.edit(given[0], year), code.edit(node, month)]
    if around.type == "assignment":
        return _through_names(code, around, of, f"{year}, {month}")
    return []


def _through_names(code: Code, assigned: Node, of: str, values: str) -> list[Edit]:
    """Return what gives the year a name, too, and uses it wherever the month's is used."""
    left, function = named(assigned, "left"), above(assigned, "function_definition")
    if left is None or left.type != "identifier" or function is None:
        return []
    if any(code.text(one) == "year" and not _is_part(one) for one in below(function, "identifier")):
        return []
    edits = [code.edit(assigned, f"year, {code.text(left)} = {values}")]
    for one in below(function, "attribute"):
        if one.start_byte > assigned.end_byte and code.text(one) == f"{of}.year":
            edits.append(code.edit(one, "year"))
    for one in below(function, "keyword_argument"):
        call = one.parent.parent if one.parent is not None else None
        is_month = code.text(one) == f"month={code.text(left)}"
        if is_month and call is not None and "year=" not in code.text(call):
            edits.append(code.edit(one, f"year=year, {code.text(one)}"))
    return edits if len(edits) > 1 else []


def _is_part(node: Node) -> bool:
    parent = node.parent
    return parent is not None and (
        named(parent, "attribute") == node
        or (parent.type == "keyword_argument" and named(parent, "name") == node)
    )
