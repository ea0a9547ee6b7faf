"""Traps of Rust with what a struct keeps: it stays although what it was made of has changed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, Rule, above, below, named
from spark_desktop.adapters.pitfalls.rounds import statement_of
from spark_desktop.adapters.pitfalls.rust_types import method_of
from spark_desktop.adapters.pitfalls.shared import all_then_each, lines_below, stands_alone
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_MAP = regex(r"(?:RefCell<)?(?:std::collections::)?(?:Hash|BTree)Map<.*>", re.DOTALL)
_MAYBE = regex(r"Option<.*>", re.DOTALL)
# What is compared, and copied, for nothing.
_PLAIN = regex(r"[iu](?:8|16|32|64|128|size)|bool|char|String")
_CHANGES = frozenset(
    {*("push", "push_str", "push_back", "push_front", "insert", "remove", "clear", "extend", "pop")}
    | {*("retain", "truncate", "swap_remove", "sort", "reverse", "drain", "append", "dedup")}
)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A field in which a method keeps what it made of other fields; ``drop`` forgets it."""

    name: str
    drop: str
    made_of: frozenset[str]
    keeper: Node


def _stale(code: Code) -> Iterator[SmallChange]:
    """What is kept was made of a field that has another value since."""
    ways: list[list[Edit]] = []
    for block in code.every("impl_item"):
        body = named(block, "body")
        if body is None or named(block, "trait") is not None:
            continue
        kinds = _fields(block, code)
        methods = [one for one in body.named_children if one.type == "function_item"]
        for kept in _all_kept(methods, kinds, code):
            for method in methods:
                if method != kept.keeper:
                    ways += _forgetting(method, kept, kinds, code)
    yield from all_then_each(code, ways)


def _fields(block: Node, code: Code) -> dict[str, str]:
    """Return the types of the fields of the struct that a block is of."""
    kind = named(block, "type")
    name = "" if kind is None else code.text(kind).partition("<")[0]
    for one in code.every("struct_item"):
        held, body = named(one, "name"), named(one, "body")
        if held is not None and body is not None and code.text(held) == name:
            return {
                code.text(label): code.text(type_)
                for field in body.named_children
                if (label := named(field, "name")) is not None
                and (type_ := named(field, "type")) is not None
            }
    return {}


def _all_kept(methods: list[Node], kinds: dict[str, str], code: Code) -> Iterator[_Kept]:
    for name, kind in kinds.items():
        is_map = _MAP.fullmatch(kind) is not None
        if not is_map and _MAYBE.fullmatch(kind) is None:
            continue
        found = [one for one in methods if _keeps(one, name, code, is_map=is_map)]
        if len(found) != 1:
            continue
        keeper = found[0]
        made = _read(keeper, methods, code) - _set(keeper, code) - _of_key(keeper, name, code)
        held = f"self.{name}.borrow_mut()" if kind.startswith("RefCell") else f"self.{name}"
        drop = f"{held}.clear();" if is_map else f"self.{name} = None;"
        yield _Kept(name, drop, frozenset(made - {name}) & kinds.keys(), keeper)


def _keeps(method: Node, name: str, code: Code, *, is_map: bool) -> bool:
    """Return whether a method gives what it has kept, and else makes and keeps it."""
    text = code.text(method)
    if named(method, "return_type") is None:
        return False
    field = rf"self\s*\.{re.escape(name)}\b"
    if not is_map:
        asks = rf"(?:if let Some\([^)]*\) = &?|match &?){field}|{field}\.is_(?:none|some)\(\)"
        # One that is only set by hand is no such thing.
        return bool(re.search(rf"{field} = Some\(", text) and re.search(asks, text))
    held = rf"{field}(?:\s*\.borrow(?:_mut)?\(\))?\s*"
    if re.search(rf"{held}\.entry\([^;]*?\.or_insert_with\(", text) is not None:
        return True
    asks, stores = rf"{held}\.(?:get|contains_key)\(", rf"{held}\.insert\("
    return bool(re.search(asks, text) and re.search(stores, text))


def _read(method: Node, methods: list[Node], code: Code) -> set[str]:
    """Return the fields that a method reads, and those that its own helpers do."""
    found = _own_fields(method, code)
    for one in methods:
        name = named(one, "name")
        if name is not None and one != method and code.text(name) in found:
            found |= _own_fields(one, code)
    return found


def _own_fields(node: Node, code: Code) -> set[str]:
    return {
        code.text(field)
        for one in below(node, "field_expression")
        if (held := named(one, "value")) is not None
        and held.type == "self"
        and (field := named(one, "field")) is not None
    }


def _set(method: Node, code: Code) -> set[str]:
    """Return the fields that a method itself sets: counts of what it did."""
    sets = ("assignment_expression", "compound_assignment_expr")
    lefts = (named(one, "left") for one in below(method, *sets))
    return {name for left in lefts if left is not None for name in _own_fields(left, code)}


def _of_key(method: Node, name: str, code: Code) -> set[str]:
    """Return the fields that are part of the key."""
    found: set[str] = set()
    for call in below(method, "call_expression"):
        one = method_of(call, code)
        is_asked = one is not None and one[1] in ("get", "contains_key", "entry")
        if one is not None and is_asked and f"self.{name}" in code.text(one[0]):
            found |= {field for given in one[2] for field in _own_fields(given, code)}
    return found


def _forgetting(
    method: Node, kept: _Kept, kinds: dict[str, str], code: Code
) -> Iterator[list[Edit]]:
    """Yield the edits by which a method that changes a field forgets what was made of it."""
    if f"self.{kept.name}" in code.text(method):
        return
    for one in below(
        method, "assignment_expression", "compound_assignment_expr", "call_expression"
    ):
        field = _changed(one, code)
        statement = statement_of(one)
        # The mistake is seen where what is kept is given, and made where it is not forgotten.
        is_meant = code.holds(statement) or code.holds(kept.keeper)
        if field not in kept.made_of or statement == one or not is_meant:
            continue
        if not stands_alone(code, statement) or above(one, "closure_expression") is not None:
            continue
        value = named(one, "right")
        is_set = one.type == "assignment_expression" and value is not None
        if is_set and value is not None and _can_be_compared(value, field, kinds, code):
            asked = f"if self.{field} != {code.text(value)} {{"
            yield [code.before(statement, asked, f"    {kept.drop}", "}")]
        else:
            yield [lines_below(code, statement, [kept.drop])]
        return


def _can_be_compared(value: Node, field: str, kinds: dict[str, str], code: Code) -> bool:
    """Return whether it is easily told that a field gets the value that it has."""
    return value.type == "identifier" and _PLAIN.fullmatch(kinds.get(field, "")) is not None


def _changed(node: Node, code: Code) -> str:
    """Return the field of ``self`` that an expression changes, "" for none."""
    if node.type == "call_expression":
        method = method_of(node, code)
        held = None if method is None or method[1] not in _CHANGES else method[0]
    else:
        held = named(node, "left")
    while held is not None and held.type in ("index_expression", "field_expression"):
        inner = named(held, "value") or held.named_children[0]
        if inner.type == "self":
            field = named(held, "field")
            return "" if field is None else code.text(field)
        held = inner
    return ""


RULES: tuple[Rule, ...] = (_stale,)
