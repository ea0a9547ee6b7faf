"""A trap of loops that collect until something else begins: the last group has no next one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, below, named
from spark_desktop.adapters.pitfalls.python_nodes import method, own_nodes
from spark_desktop.adapters.pitfalls.shared import indent_of, stands_alone
from spark_desktop.domain.small_change import SmallChange

_PUTS = frozenset({"append", "add", "insert", "extend", "update"})
_EMPTY = ("list", "dictionary", "set", "string")
# What must not be done once more behind the loop.
_JUMPS = ("return_statement", "break_statement", "continue_statement", "raise_statement", "await")


@dataclass(frozen=True, slots=True)
class _Ended:
    """How a loop ends a group: ``puts`` is what keeps it, ``asks`` what is asked before that."""

    puts: Sequence[Node]
    asks: Sequence[Node]
    block: Node
    names: frozenset[str]


def last_group(code: Code) -> Iterator[SmallChange]:
    """What was collected when the loop ends has to be kept as well."""
    for function in code.nodes("function_definition"):
        for loop in own_nodes(function, "for_statement"):
            body = named(loop, "body")
            if body is None or named(loop, "alternative") is not None or not loop.parent:
                continue
            made = _made_before(code, loop)
            ended = [one for one in _ended(code, loop, made) if one is not None]
            if len(ended) == 1 and not _is_kept(code, loop, ended[0]):
                yield from _kept_behind(code, loop, ended[0], made)


def _made_before(code: Code, loop: Node) -> dict[str, Node]:
    """Return what variables hold when a loop begins, by the statements right above it."""
    found: dict[str, Node] = {}
    before = loop.prev_named_sibling
    while before is not None:
        one = before.named_children[0] if before.named_children else None
        while before.type == "expression_statement" and one is not None:
            left, right = named(one, "left"), named(one, "right")
            if one.type != "assignment" or left is None:
                break
            value = right
            while value is not None and value.type == "assignment":
                value = named(value, "right")
            pairs = [(left, value)]
            if (
                left.type == "pattern_list"
                and value is not None
                and value.type == "expression_list"
            ):
                pairs = list(zip(left.named_children, value.named_children, strict=False))
            for name, each in pairs:
                if name.type == "identifier" and each is not None:
                    found.setdefault(code.text(name), each)
            one = right
        before = before.prev_named_sibling
    return found


def _ended(code: Code, loop: Node, made: dict[str, Node]) -> Iterator[_Ended | None]:
    """Yield where a loop keeps a group and begins another one."""
    body, target = named(loop, "body"), named(loop, "left")
    if body is None or target is None:
        return
    items = {text_of(one) for one in below(target, "identifier")}
    items |= {
        text_of(name)
        for one in below(body, "assignment", "named_expression", "for_statement")
        for name in below(named(one, "left") or named(one, "name") or one, "identifier")
        if text_of(name) not in made
    }
    for block in below(body, "block"):
        if block.type != "block" or block == body or not _is_of_ifs(block, body):
            continue
        yield _of_block(code, block, body, made, items)


def _is_of_ifs(block: Node, body: Node) -> bool:
    node = block.parent
    while node is not None and node != body:
        if node.type not in ("if_statement", "elif_clause", "else_clause", "block"):
            return False
        node = node.parent
    return True


def _of_block(
    code: Code, block: Node, body: Node, made: dict[str, Node], items: set[str]
) -> _Ended | None:
    statements = [one for one in block.named_children if one.type != "comment"]
    at = next((n for n in range(1, len(statements)) if _begins(statements, n, made)), 0)
    puts = statements[:at]
    begun = frozenset(name for one in statements[at:] for name in _reset(one) if name in made)
    own = {name for one in puts for name in _reset(one)}
    read = {text_of(one) for each in puts for one in below(each, "identifier")}
    # A value of the element that began the next group is not known behind the loop.
    if not puts or (read & (items - own)) or not read & begun:
        return None
    if any(True for one in puts for _ in below(one, *_JUMPS)):
        return None
    if not any(_puts(one, made, begun) for one in puts):
        return None
    return _Ended(puts, list(_asked(block, body, items)), block, begun)


def _begins(statements: Sequence[Node], at: int, made: dict[str, Node]) -> bool:
    """Return whether a statement begins anew what those before it have read."""
    read = {text_of(one) for each in statements[:at] for one in below(each, "identifier")}
    return bool(_reset(statements[at]) & made.keys() & read)


def _reset(statement: Node) -> set[str]:
    """Return the variables that a statement binds."""
    found: set[str] = set()
    one = statement.named_children[0] if statement.type == "expression_statement" else None
    while one is not None and one.type == "assignment":
        left = named(one, "left")
        if left is not None and left.type in ("identifier", "pattern_list"):
            found |= {text_of(name) for name in below(left, "identifier")}
        one = named(one, "right")
    return found


def _puts(statement: Node, made: dict[str, Node], begun: frozenset[str]) -> bool:
    """Return whether a statement keeps something that outlives the loop."""
    if any(True for _ in below(statement, "yield")):
        return True
    for call in below(statement, "call"):
        found = method(call)
        if found is not None and found[1] in _PUTS and text_of(found[0]) not in begun:
            return True
    for one in below(statement, "assignment", "augmented_assignment"):
        left = named(one, "left")
        if left is not None and left.type in ("subscript", "attribute"):
            return True
        if left is not None and text_of(left) in made and text_of(left) not in begun:
            return True
    return False


def _asked(block: Node, body: Node, items: set[str]) -> Iterator[Node]:
    """Yield what is asked of the group alone on the way to a block, from the outside."""
    found = []
    inner: Node | None = block
    while inner is not None and inner != body:
        if inner.type in ("if_statement", "elif_clause"):
            condition, way = named(inner, "condition"), named(inner, "consequence")
            if condition is not None and way is not None and _is_around(way, block):
                found += [one for one in _parts(condition) if _is_free(one, items)]
        inner = inner.parent
    yield from reversed(found)


def _is_around(outer: Node, inner: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def _parts(condition: Node) -> list[Node]:
    sign, left, right = (named(condition, field) for field in ("operator", "left", "right"))
    is_both = condition.type == "boolean_operator" and sign is not None and text_of(sign) == "and"
    if not is_both or left is None or right is None:
        return [condition]
    return [*_parts(left), *_parts(right)]


def _is_free(condition: Node, items: set[str]) -> bool:
    return not any(text_of(one) in items for one in below(condition, "identifier"))


def _is_kept(code: Code, loop: Node, ended: _Ended) -> bool:
    """Return whether what follows the loop looks at the group."""
    after = loop.next_named_sibling
    while after is not None:
        if any(text_of(one) in ended.names for one in below(after, "identifier")):
            return True
        after = after.next_named_sibling
    return False


def _kept_behind(
    code: Code, loop: Node, ended: _Ended, made: dict[str, Node]
) -> Iterator[SmallChange]:
    if not stands_alone(code, loop) or not stands_alone(code, ended.puts[0]):
        return
    outer, inner = indent_of(code, loop), indent_of(code, ended.puts[0])
    step = "\t" if "\t" in inner else "    "
    begin, end = code.before(ended.puts[0])[0], code.places.end(ended.puts[-1])
    lines = code.content[begin:end].split(code.newline)
    place = code.places.end(loop)
    for asked in _questions(code, ended, made):
        to = outer + step if asked else outer
        text = code.newline.join(
            to + line.removeprefix(inner) if line.strip() else "" for line in lines
        )
        head = f"{outer}if {asked}:{code.newline}" if asked else ""
        change = SmallChange(place, place, f"{code.newline}{head}{text}")
        yield replace(change, place=place)


def _questions(code: Code, ended: _Ended, made: dict[str, Node]) -> Iterator[str]:
    """Yield what is asked behind the loop before the last group is kept; "" for nothing.

    A group that was kept by its size has a rest that is smaller; one whose variable began as
    None has none where the loop never ran.
    """
    tests = [named(one, "condition") for one in ended.puts if one.type == "if_statement"]
    if len(tests) == len(ended.puts) and all(
        one is not None and any(text_of(name) in ended.names for name in below(one, "identifier"))
        for one in tests
    ):
        yield ""  # what is kept asks for itself
        return
    asked = []
    is_of_size = False
    for one in ended.asks:
        if one.type == "comparison_operator" and "len(" in code.text(one):
            is_of_size = True
        else:
            asked.append(code.text(one))
    if asked:
        yield " and ".join(asked)
        return
    names = [one for one in made if one in ended.names]
    empty = [one for one in names if made[one].type in _EMPTY and len(code.text(made[one])) == 2]
    absent = [one for one in names if made[one].type == "none"]
    if empty:
        yield empty[0]
    elif absent:
        yield f"{absent[0]} is not None"
    if not is_of_size and not absent:
        yield ""
