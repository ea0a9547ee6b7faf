"""Traps of Python in the steps of a computation: its start, its sums, and what binds first."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import (
    SIMPLE,
    arguments,
    called,
    is_name,
    method,
    own_nodes,
)
from spark_desktop.adapters.pitfalls.shared import stands_alone
from spark_desktop.domain.small_change import SmallChange

_LOOPS = ("for_statement", "while_statement")
_NEW = ("list", "dictionary", "set", "integer", "float", "string", "false", "none", "true")
_NEW_CALLS = ("list", "dict", "set", "Counter", "deque", "defaultdict")
_NOTHING = ("0", "0.0", "[]", "{}", '""', "''", "None", "True", "False", "set()")
_PUTS = ("append", "add", "insert", "extend", "appendleft", "put", "writerow")
_LAZY = ("map", "filter", "zip", "enumerate", "reversed", "iter")
_CALLS = ("call", "attribute", "identifier", "subscript", "integer", "float")


def begun_once(code: Code) -> Iterator[SmallChange]:
    """What each round needs anew is made once, in front of all rounds; or the other way round."""
    for loop in code.nodes(*_LOOPS):
        body, before = named(loop, "body"), loop.prev_named_sibling
        first = body.named_children[0] if body is not None and body.named_children else None
        if body is None or first is None or first.start_point.row == loop.start_point.row:
            continue
        while before is not None and before.type == "expression_statement":
            if _is_new(before) and stands_alone(code, before):
                name = _target(before)
                # What is put away in the loop, whole, is one for each round.
                if _is_put_inside(code, body, name) and _changes(code, body, name):
                    yield _moved_down(code, before, first)
            before = before.prev_named_sibling
        for one in body.named_children:
            if one.type != "expression_statement" or not _is_new(one):
                break
            if _is_read_behind(code, loop, _target(one)) and len(body.named_children) > 1:
                yield _moved_up(code, one, loop)


def _is_new(statement: Node) -> bool:
    one = statement.named_children[0] if statement.named_children else None
    right = named(one, "right") if one is not None and one.type == "assignment" else None
    if right is None or not _target(statement):
        return False
    return right.type in _NEW or called(right) in _NEW_CALLS


def _target(statement: Node) -> str:
    left = named(statement.named_children[0], "left") if statement.named_children else None
    return text_of(left) if left is not None and left.type == "identifier" else ""


def _is_put_inside(code: Code, body: Node, name: str) -> bool:
    """Return whether a loop gives a variable away: to a list, under a key, or to whoever walks."""
    for one in below(body, "identifier"):
        if code.text(one) != name:
            continue
        inner, around = one, one.parent
        while around is not None and around.type in ("argument_list", "tuple", "expression_list"):
            inner, around = around, around.parent
        if around is None:
            continue
        found = method(around)
        target = named(around, "left") if named(around, "right") == inner else None
        is_kept = target is not None and target.type == "subscript"
        if around.type == "yield" or is_kept or (found is not None and found[1] in _PUTS):
            return True
    return False


def _changes(code: Code, body: Node, name: str) -> bool:
    """Return whether a loop adds something to a variable, and never begins it anew."""
    is_changed = False
    for one in below(body, "assignment", "augmented_assignment", "call"):
        left, found = named(one, "left"), method(one)
        if left is not None and code.text(left) == name:
            if one.type == "assignment":
                return False
            is_changed = True
        whole = found[0] if found is not None else left
        if whole is not None and whole.type == "subscript":
            whole = named(whole, "value")
        is_changed |= whole is not None and whole != left and code.text(whole) == name
    return is_changed


def _is_read_behind(code: Code, loop: Node, name: str) -> bool:
    after = loop.next_named_sibling
    while after is not None:
        if any(code.text(one) == name for one in below(after, "identifier")):
            return True
        after = after.next_named_sibling
    return False


def _moved_down(code: Code, statement: Node, first: Node) -> SmallChange:
    begin = code.before(statement)[0]
    end = code.content.find("\n", code.places.end(statement)) + 1
    return code.together([(begin, end, ""), code.before(first, code.text(statement))])


def _moved_up(code: Code, statement: Node, loop: Node) -> SmallChange:
    begin = code.before(statement)[0]
    end = code.content.find("\n", code.places.end(statement)) + 1
    return code.together([code.before(loop, code.text(statement)), (begin, end, "")])


def set_not_added(code: Code) -> Iterator[SmallChange]:
    """``total = x`` keeps the last one, ``total =+ x`` as well."""
    for node in code.nodes("assignment"):
        left, right = named(node, "left"), named(node, "right")
        if left is None or right is None or left.type not in SIMPLE:
            continue
        sign = code.content[code.places.end(left) : code.places.start(right)].strip()
        text = code.text(right)
        if right.type == "unary_operator" and sign == "=" and re.match(r"[+-]\s", text):
            yield code.put(node, f"{code.text(left)} {text[0]}= {text[1:].strip()}")
            continue
        loop = above(node, *_LOOPS, "function_definition")
        if loop is None or loop.type not in _LOOPS or sign != "=":
            continue
        name = code.text(left)
        # What a loop reads is no sum: a step before, or the best one so far.
        is_read = any(code.text(one) == name and one != left for one in below(loop, *SIMPLE))
        if not is_read and text not in _NOTHING and _begins_above(code, loop, name):
            yield code.put(node, f"{name} += {text}")


def _begins_above(code: Code, loop: Node, name: str) -> bool:
    """Return whether a variable is begun right above a loop, with what can be added to."""
    before = loop.prev_named_sibling
    while before is not None and before.type == "expression_statement":
        one = before.named_children[0] if before.named_children else None
        left, value = named(one, "left"), named(one, "right")
        if left is not None and value is not None and code.text(left) == name:
            return value.type in ("integer", "float", "list", "string")
        before = before.prev_named_sibling
    return False


def binds_first(code: Code) -> Iterator[SmallChange]:
    """``*`` and ``/`` come before ``+`` and ``-``, and ``-`` comes after ``**``."""
    for node in code.nodes("unary_operator"):
        inner = named(node, "argument")
        if inner is not None and _sign(inner) == "**" and code.text(node)[0] == "-":
            left, right = named(inner, "left"), named(inner, "right")
            if left is not None and right is not None:
                yield code.put(node, f"(-{code.text(left)}) ** {code.text(right)}")
    for node in code.nodes("not_operator"):
        yield from _of_not(code, node)
    for node in code.nodes("conditional_expression"):
        yield from _of_choice(code, node)
    for node in code.nodes("boolean_operator"):
        yield from _of_both(code, node)
    for node in code.nodes("binary_operator"):
        yield from _of_signs(code, node)


def _of_not(code: Code, node: Node) -> Iterator[SmallChange]:
    parent = node.parent
    if parent is None or parent.type != "boolean_operator":
        return
    right, inner = named(parent, "right"), named(node, "argument")
    if named(parent, "left") == node and right is not None and inner is not None:
        yield code.put(parent, f"not ({code.text(inner)} {_sign(parent)} {code.text(right)})")


def _of_both(code: Code, node: Node) -> Iterator[SmallChange]:
    """Yield ``a and (b or c)`` for what has no brackets, and likewise from the right."""
    left, right = named(node, "left"), named(node, "right")
    if left is None or right is None or _sign(node) != "or":
        return
    for one, other in ((left, right), (right, left)):
        inner, outer = named(one, "left"), named(one, "right")
        # Of ``a and "some" or "none"`` the texts are chosen from.
        if inner is None or outer is None or _sign(one) != "and" or outer.type in _NEW:
            continue
        a, b, c = code.text(inner), code.text(outer), code.text(other)
        yield code.put(node, f"{a} and ({b} or {c})" if one == left else f"({c} or {a}) and {b}")


def _of_choice(code: Code, node: Node) -> Iterator[SmallChange]:
    """Yield what chooses the end of a sum, not the whole: ``a + b if c else ""``."""
    parts = node.named_children
    if len(parts) != 3 or _sign(parts[0]) != "+":
        return
    left, right = named(parts[0], "left"), named(parts[0], "right")
    if left is not None and right is not None:
        rest = code.content[code.places.start(right) : code.places.end(node)]
        yield code.put(node, f"{code.text(left)} + ({rest})")


def _of_signs(code: Code, node: Node) -> Iterator[SmallChange]:
    left, right, sign = named(node, "left"), named(node, "right"), _sign(node)
    if left is None or right is None:
        return
    if sign in ("+", "-") and _sign(right) in ("*", "/", "//", "%"):
        inner, by = named(right, "left"), named(right, "right")
        if inner is not None and by is not None and inner.type in _CALLS:
            first = f"({code.text(left)} {sign} {code.text(inner)})"
            yield code.put(node, f"{first} {_sign(right)} {code.text(by)}")
    elif sign in ("+", "-") and _sign(left) in ("*", "/", "//", "%"):
        inner, by = named(left, "left"), named(left, "right")
        if inner is not None and by is not None and by.type in _CALLS:
            last = f"({code.text(by)} {sign} {code.text(right)})"
            yield code.put(node, f"{code.text(inner)} {_sign(left)} {last}")
    elif sign == "<<" and _sign(right) in ("+", "-"):
        inner, by = named(right, "left"), named(right, "right")
        if inner is not None and by is not None:
            text = f"({code.text(left)} << {code.text(inner)}) {_sign(right)} {code.text(by)}"
            yield code.put(node, text)


def begins_at_one(code: Code) -> Iterator[SmallChange]:
    """Months and hours of a clock go from 1 to 12, and a remainder from 0 to 11."""
    for node in code.nodes("binary_operator"):
        left, right = named(node, "left"), named(node, "right")
        if left is None or right is None or _sign(node) != "%":
            continue
        inner = left.named_children[0] if left.type == "parenthesized_expression" else left
        if _sign(inner) in ("+", "-") and inner != left:
            text = f"({code.text(inner)} - 1) % {code.text(right)} + 1"
            is_part = node.parent is not None and node.parent.type == "binary_operator"
            yield code.put(node, f"({text})" if is_part else text)


def _sign(node: Node) -> str:
    sign = named(node, "operator")
    return "" if sign is None or node.type == "unary_operator" else text_of(sign)


def letters_of_a_text(code: Code) -> Iterator[SmallChange]:
    """A text that is added to a list, or made one, comes as its letters."""
    for node in code.nodes("augmented_assignment"):
        left, right = named(node, "left"), named(node, "right")
        is_one = right is not None and right.type in (
            *SIMPLE,
            "string",
            "call",
            "concatenated_string",
        )
        if left is None or right is None or _sign(node) != "+=" or not is_one:
            continue
        if _is_made_list(code, node, left):
            yield code.put(node, f"{code.text(left)}.append({code.text(right)})")
    for node in code.nodes("call"):
        given = arguments(node)
        if (
            len(given) == 1
            and given[0].type == "string"
            and code.text(given[0])[0] in "\"'"
            and called(node) in ("list", "set", "tuple")
        ):
            text = code.text(given[0])
            made = {"list": f"[{text}]", "set": f"{{{text}}}", "tuple": f"({text},)"}
            yield code.put(node, made[called(node)])


def _is_made_list(code: Code, node: Node, left: Node) -> bool:
    scope = above(node, "class_definition" if left.type == "attribute" else "function_definition")
    return scope is not None and any(
        code.text(own) == code.text(left) and right.type in ("list", "list_comprehension")
        for one in below(scope, "assignment")
        if (own := named(one, "left")) is not None and (right := named(one, "right")) is not None
    )


def closed_too_early(code: Code) -> Iterator[SmallChange]:
    """What is read later is read from a closed file, and a view of a dictionary goes along."""
    for node in code.nodes("return_statement"):
        value = node.named_children[0] if node.named_children else None
        within = above(node, "with_statement", "function_definition")
        if value is None or within is None or within.type != "with_statement":
            continue
        if value.type == "generator_expression":
            yield code.put(value, f"[{code.text(value)[1:-1]}]")
        elif called(value) in (*_LAZY, "csv.reader", "csv.DictReader"):
            yield code.put(value, f"list({code.text(value)})")
    for node in code.nodes("assignment"):
        right = named(node, "right")
        found = method(right) if right is not None else None
        if found is not None and right is not None and found[1] in ("keys", "values", "items"):
            name = re.escape(code.text(named(node, "left") or node))
            is_set = re.search(rf"\b{name}\s*[-&|^]|[-&|^]\s*{name}\b", code.content)
            yield code.put(right, f"{'set' if is_set else 'list'}({code.text(right)})")


def asks_itself(code: Code) -> Iterator[SmallChange]:
    """A property that reads itself never ends."""
    for function in code.nodes("function_definition"):
        around, name = function.parent, named(function, "name")
        if around is None or around.type != "decorated_definition" or name is None:
            continue
        marks = [code.text(one) for one in around.named_children if one.type == "decorator"]
        word = text_of(name)
        if not {"@property", f"@{word}.setter", "@cached_property"} & set(marks):
            continue
        own = [
            one
            for one in own_nodes(function, "attribute")
            if is_name(named(one, "object"), "self") and is_name(named(one, "attribute"), word)
        ]
        class_ = above(function, "class_definition")
        is_kept = class_ is not None and f"self._{word}" in code.text(class_)
        if own and is_kept and not word.startswith("_"):
            yield code.together([code.edit(one, f"self._{word}") for one in own])


def first_equal(code: Code) -> Iterator[SmallChange]:
    """``index`` finds the first that is equal, not the one that is walked."""
    for loop in code.nodes("for_statement", "for_in_clause"):
        left, right = named(loop, "left"), named(loop, "right")
        around = loop if loop.type == "for_statement" else loop.parent
        if left is None or right is None or around is None or left.type != "identifier":
            continue
        wanted = f"{code.text(right)}.index({code.text(left)})"
        places = [one for one in below(around, "call") if code.text(one) == wanted]
        words = {code.text(one) for one in below(around, "identifier")}
        name = next(
            (one for one in ("index", "number", "place") if one not in words - {"index"}), ""
        )
        if not places or not name:
            continue
        edits = [code.edit(one, name) for one in places]
        edits.append(code.edit(left, f"{name}, {code.text(left)}"))
        yield code.together([*edits, code.edit(right, f"enumerate({code.text(right)})")])


def begins_at_zero(code: Code) -> Iterator[SmallChange]:
    """The largest of negative numbers is not 0."""
    for node in code.nodes("if_statement"):
        loop, body = above(node, *_LOOPS, "function_definition"), named(node, "consequence")
        condition = named(node, "condition")
        if loop is None or loop.type != "for_statement" or body is None or condition is None:
            continue
        if condition.type != "comparison_operator" or len(condition.children) != 3:
            continue
        sides = [code.text(one) for one in condition.children]
        for best in (sides[0], sides[2]):
            before = loop.prev_named_sibling
            while before is not None and before.type == "expression_statement":
                one = before.named_children[0] if before.named_children else None
                value = named(one, "right") if one is not None else None
                is_best = one is not None and code.text(named(one, "left") or one) == best
                is_set = any(_target(each) == best for each in body.named_children)
                if value is not None and is_best and is_set and code.text(value) in ("0", "-1"):
                    returned = _given_behind(code, loop, best)
                    if returned is not None:
                        first = code.text(value)
                        yield code.together(
                            [
                                code.edit(value, "None"),
                                code.edit(condition, f"{best} is None or {' '.join(sides)}"),
                                code.edit(returned, f"{first} if {best} is None else {best}"),
                            ]
                        )
                before = before.prev_named_sibling


def _given_behind(code: Code, loop: Node, name: str) -> Node | None:
    after = loop.next_named_sibling
    value = after.named_children[0] if after is not None and after.named_children else None
    is_return = after is not None and after.type == "return_statement"
    return value if is_return and is_name(value, name) else None


def own_of_each_round(code: Code) -> Iterator[SmallChange]:
    """A function that is defined in a loop sees the loop's last values."""
    for inner in code.nodes("function_definition"):
        loop = above(inner, "for_statement", "function_definition", "class_definition")
        target, own = named(loop, "left"), named(inner, "parameters")
        body = named(inner, "body")
        if loop is None or loop.type != "for_statement" or target is None:
            continue
        if own is None or body is None or "*" in code.text(own):
            continue
        used = {text_of(one) for one in below(body, "identifier")}
        taken = {text_of(one) for one in below(own, "identifier")}
        names = [text_of(one) for one in below(target, "identifier")]
        wanted = [f"{one}={one}" for one in names if one in used - taken]
        if wanted:
            kept = [code.text(one) for one in own.named_children]
            yield code.put(own, f"({', '.join((*kept, *wanted))})")


def not_kept(code: Code) -> Iterator[SmallChange]:
    """The list that ``get`` gives for what is not there is in no dictionary."""
    edits = []
    for node in code.nodes("call"):
        found = method(node)
        if found is None or found[1] not in ("append", "extend", "add", "update", "insert"):
            continue
        inner, name = found[0], named(named(found[0], "function"), "attribute")
        given = arguments(inner)
        is_get = name is not None and text_of(name) == "get" and len(given) == 2
        if name is not None and is_get and given[1].type in ("list", "dictionary", "set", "call"):
            edits.append(code.edit(name, "setdefault"))
    if edits:
        yield code.together(edits)


def part_of_a_word(code: Code) -> Iterator[SmallChange]:
    """ "cat" is in "catalogue", and is no word of it."""
    for node in code.nodes("comparison_operator"):
        right = node.named_children[-1]
        if len(node.children) != 3 or code.text(node.children[1]) not in ("in", "not in"):
            continue
        found = method(right)
        base = found[0] if found is not None and found[1] in ("lower", "casefold") else right
        name = code.text(base).rpartition(".")[2]
        if re.search(r"text|line|sentence|message|title|phrase|words?$", name):
            yield code.put(right, f"{code.text(right)}.split()")


def to_the_start(code: Code) -> Iterator[SmallChange]:
    """A range that goes down says so, and has its end left out as well."""
    for node in code.nodes("call"):
        given = arguments(node)
        if called(node) != "range":
            continue
        if len(given) == 2 and code.text(given[1]) in ("0", "-1"):
            end = given[1]
            yield from code.alternatives(end, f"{code.text(end)}, -1", "-1, -1")
        elif len(given) == 3 and code.text(given[2]).startswith("-"):
            end = given[1]
            new = str(int(code.text(end)) - 1) if end.type == "integer" else f"{code.text(end)} - 1"
            yield code.put(end, new)
