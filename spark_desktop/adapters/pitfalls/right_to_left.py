"""A trap of parsers in all languages: one that calls itself for the rest reads from right to left.

``a - b - c`` then is ``a - (b - c)``. The way out is a loop, and the part that binds closer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.rounds import statements
from spark_desktop.adapters.pitfalls.shared import all_then_each, indent_of, stands_alone
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_FUNCTIONS = (
    *("function_definition", "function_declaration", "method_declaration", "method_definition"),
)
_LOOPS = ("for_statement", "while_statement", "for_in_statement", "do_statement")
# ``left = self.term()``, ``left, err := p.term()``, and ``const double left = term();``.
_FIRST = regex(
    r"(?:[\w:<>]+ )*(?P<left>\w+)(?:: [\w.<>|\[\] ]+)?(?:, \w+)*"
    r" :?= (?P<called>(?:\w+(?:\.|->))*\w+)\([^()]*\);?"
)
# What is no matter of the order in ``+``, ``*`` and ``and`` is one in these.
_ORDERED = regex(
    r"""(["'`])(?:-|/|//|%)\1|\b(?:\w+(?:\.|::))?(?:MINUS|Minus|SLASH|Slash|DIVIDE|Divide)\b"""
)
# These are done from right to left.
_TURNED = regex(r"""(["'`])(?:\*\*|\^|=|\?|->|=>|::)\1|\*\*|\bpow\(|\bPow\(""")
_OPERATORS = frozenset({"+", "-", "*", "/", "//", "%"})


@dataclass(frozen=True, slots=True)
class _Parser:
    """A function that reads a first part, and with itself the rest."""

    left: str
    closer: str
    itself: str
    rest: tuple[Node, ...]
    first: Node


def right_to_left(code: Code) -> Iterator[SmallChange]:
    """Yield what reads operators of one rank from left to right, for all ranks first."""
    found = (_read(code, one) for one in code.nodes(*_FUNCTIONS))
    return all_then_each(code, (_looped(code, one) for one in found if one is not None))


def _read(code: Code, function: Node) -> _Parser | None:
    name, listed = _name(code, function), statements(named(function, "body"))
    text = code.text(function)
    if not name or not _ORDERED.search(text) or _TURNED.search(text):
        return None
    for place, one in enumerate(listed):
        found = _FIRST.fullmatch(code.text(one))
        if found is None:
            continue
        word = re.split(r"\.|->", found["called"])[-1]
        itself = f"{found['called'].removesuffix(word)}{name}"
        rest = listed[place + 1 :]
        while rest and _is_of_errors(code, rest[0]):
            rest = rest[1:]
        if word == name or not rest or next(_calls(code, one, itself), None):
            return None
        return _Parser(found["left"], found["called"], itself, tuple(rest), one)
    return None


def _name(code: Code, function: Node) -> str:
    name = named(function, "name")
    declared = named(function, "declarator")
    while name is None and declared is not None:
        # ``Node* Parser::sum()``: what is given back stands around it, and its class in front.
        inner = named(declared, "declarator")
        name = declared if inner is None else None
        declared = inner
    return "" if name is None else code.text(name).rpartition("::")[2]


def _is_of_errors(code: Code, node: Node) -> bool:
    condition = named(node, "condition")
    return condition is not None and re.fullmatch(r"\w+ != nil", code.text(condition)) is not None


def _calls(code: Code, node: Node, name: str) -> Iterator[Node]:
    for call in below(node, "call", "call_expression"):
        function = named(call, "function")
        if function is not None and code.text(function) == name:
            yield function


def _looped(code: Code, parser: _Parser) -> list[Edit]:
    rest = parser.rest
    calls = [call for one in rest for call in _calls(code, one, parser.itself)]
    returns = [one for each in rest for one in below(each, "return_statement")]
    plain = [one for one in returns if _is_left(code, one, parser.left)]
    given = [one for one in returns if one not in plain and _holds(code, one, parser.left)]
    is_odd = any(next(below(one, *_LOOPS), None) is not None for one in rest)
    is_apart = all(stands_alone(code, one) for one in rest)
    if not calls or not plain or not given or is_odd or not is_apart or returns[-1] != rest[-1]:
        return []
    edits = [code.edit(one, parser.closer) for one in calls]
    first = _changeable(code, parser.first)
    asked = _condition(code, rest)
    if asked is not None and plain == [rest[-1]] and _is_end_of(given, rest[0]):
        is_go = code.text(parser.first).find(":=") >= 0
        at = code.places.start(rest[0])
        word = (at, at + len("if"), "for" if is_go else "while")
        kept = [_kept(code, one, parser.left, is_last=True) for one in given]
        return [*first, *_free_of(kept, edits, code, parser), word]
    kept = [_kept(code, one, parser.left, is_last=one == rest[-1]) for one in given]
    return [*first, _in_loop(code, parser, _free_of(kept, edits, code, parser))]


def _changeable(code: Code, first: Node) -> list[Edit]:
    """Return what lets the first part be given another value."""
    start = code.places.start(first)
    if not code.text(first).startswith("const "):
        return []
    is_script = code.root.type == "program"
    return [(start, start + len("const" if is_script else "const "), "let" if is_script else "")]


def _is_left(code: Code, node: Node, left: str) -> bool:
    value = _value(node)
    return value is not None and code.text(value) == left


def _holds(code: Code, node: Node, left: str) -> bool:
    value = _value(node)
    return value is not None and any(
        code.text(one) == left
        for one in below(value, "identifier", "shorthand_property_identifier")
    )


def _value(node: Node) -> Node | None:
    """Return what is returned, the first of several."""
    value = node.named_children[0] if node.named_children else None
    if value is not None and value.type == "expression_list":
        return value.named_children[0]
    return value


def _condition(code: Code, rest: tuple[Node, ...]) -> Node | None:
    """Return what may be asked in each round: the only condition, which looks at what is next."""
    condition = named(rest[0], "condition")
    is_plain = len(rest) == 2 and rest[0].type == "if_statement" and condition is not None
    if not is_plain or condition is None or "(" not in code.text(condition)[1:]:
        return None
    others = ("alternative", "initializer")
    return None if any(named(rest[0], one) is not None for one in others) else condition


def _is_end_of(given: list[Node], branch: Node) -> bool:
    inside = statements(named(branch, "consequence"))
    return len(given) == 1 and bool(inside) and inside[-1] == given[0]


def _kept(code: Code, node: Node, left: str, *, is_last: bool) -> Edit:
    """Return what keeps a value for the next round instead of giving it."""
    value = _value(node)
    if value is None:
        return code.edit(node, code.text(node))
    text = _changed(code, value, left)
    mark = ";" if code.text(node).endswith(";") else ""
    if is_last:
        return code.edit(node, f"{text}{mark}")
    if node.parent is not None and node.parent.type == "if_statement":
        return code.edit(node, f"{{ {text}{mark} continue{mark} }}")
    line = f"{code.newline}{indent_of(code, node)}"
    return code.edit(node, f"{text}{mark}{line}continue{mark}")


def _changed(code: Code, value: Node, left: str) -> str:
    sign, first, second = (named(value, one) for one in ("operator", "left", "right"))
    if sign is None or first is None or second is None:
        return f"{left} = {code.text(value)}"
    if code.text(first) != left or code.text(sign) not in _OPERATORS:
        return f"{left} = {code.text(value)}"
    return f"{left} {code.text(sign)}= {code.text(second)}"


def _free_of(kept: list[Edit], edits: list[Edit], code: Code, parser: _Parser) -> list[Edit]:
    """Return all edits, where those of calls inside of what is kept are part of that."""
    inside = re.compile(rf"(?<![\w.]){re.escape(parser.itself)}\(")
    whole = [(at, end, inside.sub(f"{parser.closer}(", text)) for at, end, text in kept]
    return whole + [one for one in edits if not any(at <= one[0] < end for at, end, _ in whole)]


def _in_loop(code: Code, parser: _Parser, edits: list[Edit]) -> Edit:
    rest = parser.rest
    indent = indent_of(code, rest[0])
    function = above(rest[0], *_FUNCTIONS)
    outer = "" if function is None else indent_of(code, function)
    unit = indent.removeprefix(outer) or "    "
    start = code.places.start(rest[0]) - len(indent)
    end = code.places.end(rest[-1])
    same = (start, start, ""), (end, end, "")
    body = code.together([*same, *edits]).text
    lines = [f"{unit}{line}" if line.strip() else line for line in body.split("\n")]
    head, tail = {"module": ("while True:", ""), "source_file": ("for {", "}")}.get(
        code.root.type, ("for (;;) {", "}")
    )
    text = f"{indent}{head}{code.newline}" + "\n".join(lines)
    return start, end, text + (f"{code.newline}{indent}{tail}" if tail else "")
