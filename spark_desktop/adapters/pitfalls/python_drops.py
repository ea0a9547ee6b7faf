"""What else a dictionary of Python needs once its keys have more parts: its type, and its drops."""

import re
from collections.abc import Iterator, Mapping, Sequence

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.caches import Use
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, named
from spark_desktop.adapters.pitfalls.python_nodes import method
from spark_desktop.adapters.pitfalls.shared import free_name, indent_of, stands_alone
from spark_desktop.domain.regex import regex

_PLAIN = ("{}", "dict()")
_TYPE = regex(r"([\w.]*[dD]ict\[)(\w+)(,.*)", re.DOTALL)


def typed(
    code: Code, there: Sequence[Node], parts: Sequence[Node | str], names: Mapping[str, Node]
) -> Iterator[Edit]:
    """Yield what tells the type of the keys, where the file does."""
    types = [
        ""
        if isinstance(one, Node) or (kind := named(names[one], "type")) is None
        else text_of(kind)
        for one in parts
    ]
    for node in there:
        type_ = named(node.parent, "type")
        found = _TYPE.fullmatch(text_of(type_)) if type_ is not None else None
        if type_ is None or found is None or found[2] == "tuple":
            continue
        known = [
            found[2] if isinstance(one, Node) else kind
            for one, kind in zip(parts, types, strict=True)
        ]
        is_known = all(re.fullmatch(r"[\w. |]+", one) for one in known)
        key = f"tuple[{', '.join(known)}]" if is_known else "tuple"
        yield code.edit(type_, f"{found[1]}{key}{found[3]}")


def dropped(
    code: Code, name: str, there: Sequence[Node], others: Sequence[Use], place: int
) -> Iterator[Edit]:
    """Yield what drops by a part of the key all that was dropped by the whole key."""
    made = [
        text_of(right)
        for one in there
        if named(one.parent, "left") == one and (right := named(one.parent, "right")) is not None
    ]
    is_plain = name.startswith("self.") and bool(made) and all(one in _PLAIN for one in made)
    for use in others:
        edit = _drop(code, name, use, place, is_plain) if use.is_drop else None
        yield from [] if edit is None else [edit]


def _drop(code: Code, name: str, use: Use, place: int, is_plain: bool) -> Edit | None:
    """Return what drops all entries whose key has at a place what was the whole key.

    A plain dictionary of the object is made anew, any other one changed. None where more is done
    than to drop the entry.
    """
    whole, function = _statement(use.whole), above(use.whole, "function_definition")
    if whole is None or function is None or len(use.keys) != 1 or not stands_alone(code, whole):
        return None
    key, value = free_name(function, code, "key", "one"), free_name(function, code, "kept", "value")
    wanted = code.text(use.keys[0])
    if is_plain:
        entries = f"{key}: {value} for {key}, {value} in {name}.items()"
        return code.edit(whole, f"{name} = {{{entries} if {key}[{place}] != {wanted}}}")
    indent = indent_of(code, whole)
    step = "\t" if "\t" in indent else "    "
    line = f"for {key} in [{key} for {key} in {name} if {key}[{place}] == {wanted}]:"
    return code.edit(whole, f"{line}{code.newline}{indent}{step}del {name}[{key}]")


def is_test_of_drop(use: Use) -> bool:
    """Return whether a key is asked for only to drop it: ``if key in kept: del kept[key]``."""
    around = use.whole.parent
    return around is not None and _is_only_drop(around) and named(around, "condition") == use.whole


def _statement(whole: Node) -> Node | None:
    """Return the statement that does nothing but drop an entry, with a test whether it is there."""
    statement = whole.parent
    if statement is None or statement.type not in ("delete_statement", "expression_statement"):
        return None
    around = statement.parent.parent if statement.parent is not None else None
    return around if around is not None and _is_only_drop(around) else statement


def _is_only_drop(around: Node) -> bool:
    """Return whether a statement asks for a key, drops its entry and does nothing else."""
    test, body = named(around, "condition"), named(around, "consequence")
    if around.type != "if_statement" or test is None or body is None:
        return False
    if named(around, "alternative") is not None or len(body.named_children) != 1:
        return False
    dropped = body.named_children[0].named_children[0] if body.named_child_count else None
    found = method(dropped) if dropped is not None else None
    is_drop = dropped is not None and body.named_children[0].type == "delete_statement"
    is_asked = test.type == "comparison_operator" and text_of(test.children[1]) == "in"
    return is_asked and (is_drop or (found is not None and found[1] == "pop"))
