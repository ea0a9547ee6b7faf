"""Traps of Python in what is done for some work and undone after it: errors leave it done."""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, below, named
from spark_desktop.adapters.pitfalls.python_nodes import arguments, called, method, own_nodes
from spark_desktop.adapters.pitfalls.shared import indent_of, stands_alone
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_MANAGERS = regex(r"@(?:\w+\.)?(?:async)?contextmanager\b")
# What is only done where all went well; what is left behind a ``yield`` else is done in any case.
_OF_SUCCESS = regex(r"commit|publish|success|succe|confirm|save|complete|accept", re.IGNORECASE)
_JUMPS = ("return_statement", "raise_statement", "yield", "assert_statement", "break_statement")
# What undoes what, by the names of methods.
_UNDONE = {
    **{"acquire": "release", "open": "close", "lock": "unlock", "enter": "leave", "push": "pop"},
    **{"start": "stop", "begin": "end", "enable": "disable", "append": "pop", "add": "discard"},
    **{"disable": "enable", "connect": "disconnect", "hold": "release", "block": "unblock"},
    **{"pause": "resume", "subscribe": "unsubscribe", "mount": "unmount", "show": "hide"},
}

_TURNED = {"true": ("false",), "false": ("true",), "none": ()}


def left_undone(code: Code) -> Iterator[SmallChange]:
    """An error in the work comes out of the ``yield``: what follows is not done then."""
    for function in code.nodes("function_definition"):
        around = function.parent
        if around is None or around.type != "decorated_definition":
            continue
        marks = [code.text(one) for one in around.named_children if one.type == "decorator"]
        if not any(_MANAGERS.match(one) for one in marks):
            continue
        for node in own_nodes(function, "yield"):
            statement = node.parent
            # ``got = yield`` is none of a context.
            if statement is None or statement.type != "expression_statement":
                continue
            if (change := _tried(code, statement)) is not None:
                yield change


def _tried(code: Code, statement: Node) -> SmallChange | None:
    """Return what does all that follows a ``yield`` in its block in any case."""
    block = statement.parent
    if block is None or block.type != "block" or not stands_alone(code, statement):
        return None
    outer = block.parent
    if outer is not None and outer.type in ("try_statement", "for_statement", "while_statement"):
        return None
    behind = [one for one in block.named_children if one.start_byte > statement.start_byte]
    if not behind and outer is not None and outer.type == "with_statement":
        return _tried(code, outer)
    work = [statement]
    while behind and (behind[0].type == "comment" or _is_of_success(code, behind[0])):
        if behind[0].type == "comment" and not (
            len(behind) > 1 and _is_of_success(code, behind[1])
        ):
            break
        work.append(behind.pop(0))
    return _in_any_case(code, work, behind)


def _is_of_success(code: Code, statement: Node) -> bool:
    return any(_OF_SUCCESS.search(called(one)) for one in below(statement, "call"))


def _in_any_case(code: Code, work: Sequence[Node], behind: Sequence[Node]) -> SmallChange | None:
    """Return the work in a ``try`` with what is behind it as its ``finally``."""
    done = [one for one in behind if one.type != "comment"]
    if not done or any(_is_of_success(code, one) or _jumps(one) for one in done):
        return None
    begin = code.before(work[0])[0]
    until = code.before(behind[0])[0]
    end = code.places.end(behind[-1])
    if not stands_alone(code, behind[0]) or not stands_alone(code, work[0]):
        return None
    if any("\n" in code.text(one) for each in (*work, *behind) for one in below(each, "string")):
        return None  # its lines must not move
    indent, newline = indent_of(code, work[0]), code.newline
    step = "\t" if "\t" in indent else "    "
    head = _moved_in(code.content[begin:until].rstrip(), step)
    tail = _moved_in(code.content[until:end], step)
    text = f"{indent}try:{newline}{head}{newline}{indent}finally:{newline}{tail}"
    return SmallChange(begin, end, text)


def _moved_in(text: str, step: str) -> str:
    return "\n".join(step + line if line.strip() else line for line in text.split("\n"))


def _jumps(statement: Node) -> bool:
    return any(True for _ in below(statement, *_JUMPS))


def undone_too_late(code: Code) -> Iterator[SmallChange]:
    """An error between what is done and undone leaves it done."""
    for function in code.nodes("function_definition"):
        for block in [one for one in own_nodes(function, "block") if one.type == "block"]:
            statements = [one for one in block.named_children if one.type != "comment"]
            yield from _of_block(code, statements)


def _of_block(code: Code, statements: Sequence[Node]) -> Iterator[SmallChange]:
    for last in range(len(statements) - 1, 1, -1):
        undoes = _undoes(code, statements, last)
        if undoes is None:
            continue
        work = statements[undoes + 1 : last]
        until = last + 1
        ended = [*statements[until:]]
        if not work or not any(True for one in work for _ in below(one, "call")):
            continue
        # What is given in the end is given by the work: it may be left where it is.
        if ended and not (len(ended) == 1 and ended[0].type == "return_statement"):
            continue
        if (change := _in_any_case(code, work, statements[last:until])) is not None:
            yield change
            return


def _undoes(code: Code, statements: Sequence[Node], last: int) -> int | None:
    """Return which statement one undoes: by a value from before, a plain one, or its name."""
    value = _only(statements[last])
    if value is None or statements[last].type != "expression_statement":
        return None
    if value.type == "assignment":
        return _set_before(code, statements, last, value)
    if value.type == "augmented_assignment":
        return _counted_before(code, statements, last, value)
    found = method(value)
    if found is None:
        return None
    for at in range(last - 1, -1, -1):
        one = _only(statements[at])
        other = method(one) if one is not None else None
        if one is not None and called(one) == called(value):
            return at if _is_put_back(code, statements[:at], one, value) else None
        if other is not None and code.text(other[0]) == code.text(found[0]):
            return at if _UNDONE.get(other[1]) == found[1] else None
    return None


def _only(statement: Node) -> Node | None:
    return statement.named_children[0] if statement.named_children else None


def _is_put_back(code: Code, before: Sequence[Node], one: Node, other: Node) -> bool:
    """Return whether a call is made again with what a variable kept from before: ``chdir(old)``."""
    first, then = arguments(one), arguments(other)
    if not then or len(first) != len(then) or then[-1].type != "identifier":
        return False
    if [code.text(each) for each in first[:-1]] != [code.text(each) for each in then[:-1]]:
        return False
    if code.text(first[-1]) == code.text(then[-1]):
        return False
    # What was there before is asked of the same: ``old = os.getcwd()``.
    owner = called(one).rpartition(".")[0]
    for each in filter(None, map(_only, before)):
        name, value = named(each, "left"), named(each, "right")
        if name is not None and value is not None and code.text(name) == code.text(then[-1]):
            return bool(owner) and code.text(value).startswith(f"{owner}.")
    return False


def _counted_before(code: Code, statements: Sequence[Node], last: int, value: Node) -> int | None:
    for at in range(last - 1, -1, -1):
        one = _only(statements[at])
        if one is None or one.type != "augmented_assignment":
            continue
        parts = [
            [named(each, field) for field in ("left", "operator", "right")] for each in (one, value)
        ]
        (own, sign, by), (left, back, right) = (
            [code.text(part) if part is not None else "" for part in each] for each in parts
        )
        if own == left and own.startswith("self.") and by == right:
            return at if {sign, back} == {"+=", "-="} else None
    return None


def _set_before(code: Code, statements: Sequence[Node], last: int, value: Node) -> int | None:
    left, right = named(value, "left"), named(value, "right")
    if left is None or right is None or left.type not in ("attribute", "subscript"):
        return None
    target, back = code.text(left), code.text(right)
    kept = False
    for at, statement in enumerate(statements[:last]):
        one = _only(statement)
        if one is None or one.type != "assignment":
            continue
        own, set_ = named(one, "left"), named(one, "right")
        if own is None or set_ is None:
            continue
        if right.type == "identifier" and code.text(own) == back and code.text(set_) == target:
            kept = True
        is_turned = right.type in ("true", "false", "none") and set_.type in _TURNED[right.type]
        if code.text(own) == target and (kept or is_turned):
            return at
    return None
