"""Traps of Python in what is written out: texts that run together, brackets, patterns, formats."""

import re
from collections.abc import Iterator

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import (
    LOOPS,
    arguments,
    bound_names,
    called,
    docstring,
    method,
)
from spark_desktop.adapters.pitfalls.shared import all_then_each
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_LISTS = ("list", "set", "tuple")
_FIELD = regex(r"(?<!\{)\{(?:self\.)?([A-Za-z_]\w*)[^{}]*\}(?!\})")
_TIMES = ("strftime", "strptime")
_MATCHES = (
    "match",
    "search",
    "fullmatch",
    "sub",
    "split",
    "findall",
    "finditer",
    "compile",
    "subn",
)
# A backspace, and the like: no pattern has one of these, but a word's bound is written like that.
_EATEN = regex(r"(?<!\\)(?:\\\\)*\\[bfva1-9]")
_FLAGS = regex(r"(?:re\.)?(?:[A-Z]|IGNORECASE|MULTILINE|DOTALL|VERBOSE)(?:\s*\|.*)?")


def run_together(code: Code) -> Iterator[SmallChange]:
    """Two texts without a comma between them are one."""
    edits = []
    for node in code.nodes("concatenated_string"):
        parent = node.parent
        if parent is None or parent.type not in _LISTS or len(parent.named_children) < 2:
            continue
        parts = node.named_children
        # A text of several lines goes on behind its blank, or in the next line's indent.
        if any(re.search(r"(?:\s|\\n).$", code.text(one)) for one in parts[:-1]):
            continue
        edits.append([(code.places.end(one),) * 2 + (",",) for one in parts[:-1]])
    yield from all_then_each(code, edits)


def one_in_brackets(code: Code) -> Iterator[SmallChange]:
    """Brackets make no tuple: ``x in ("ab")`` asks for a part of a text."""
    edits = []
    for node in code.nodes("comparison_operator"):
        last = node.named_children[-1]
        if len(node.children) != 3 or code.text(node.children[1]) not in ("in", "not in"):
            continue
        inner = last.named_children[0] if last.named_children else None
        is_text = inner is not None and inner.type == "string"
        if last.type == "parenthesized_expression" and inner is not None and is_text:
            edits.append((code.places.end(inner), code.places.end(inner), ","))
    yield from all_then_each(code, [[one] for one in edits])
    for node in code.nodes("expression_list"):
        # ``x = 1,`` is a tuple.
        kinds = ("assignment", "return_statement")
        if len(node.named_children) == 1 and node.parent and node.parent.type in kinds:
            yield code.put(node, code.text(node.named_children[0]))


def no_fields(code: Code) -> Iterator[SmallChange]:
    """A text with names in braces has values in it only with an ``f`` before it."""
    edits = []
    for node in code.nodes("string"):
        text = code.text(node)
        if text[:1] not in "\"'" or not _FIELD.search(text) or _is_template(node):
            continue
        function = above(node, "function_definition")
        if function is None or docstring(function) == text:
            continue
        known = {"self", *bound_names(function)}
        names = {one if not text.count("{self.") else "self" for one in _FIELD.findall(text)}
        if names <= known:
            edits.append((code.places.start(node), code.places.start(node), "f"))
    yield from all_then_each(code, [[one] for one in edits])


def _is_template(node: Node) -> bool:
    """Return whether a text's fields are filled in by somebody else."""
    parent = node.parent
    if parent is None or parent.type in ("attribute", "concatenated_string"):
        return True
    if parent.type == "assignment":
        left = named(parent, "left")
        function = above(node, "function_definition")
        return left is None or function is None or f"{text_of(left)}.format" in text_of(function)
    if parent.type == "argument_list" and parent.parent is not None:
        return called(parent.parent).rpartition(".")[2] in ("format", "Template", "compile")
    return False


def eaten_patterns(code: Code) -> Iterator[SmallChange]:
    """``\\b`` is a backspace, unless the text is raw."""
    edits = []
    for node in code.nodes("call"):
        given = arguments(node)
        if called(node).rpartition(".")[2] not in _MATCHES or not given:
            continue
        for one in given[:2]:
            text = code.text(one)
            if one.type == "string" and text[:1] in "\"'" and _EATEN.search(text):
                edits.append((code.places.start(one), code.places.start(one), "r"))
    for node in code.nodes("assignment"):
        right = named(node, "right")
        text = code.text(right) if right is not None and right.type == "string" else ""
        if text[:1] in ("'", '"') and "\\b" in text and right is not None:
            edits.append((code.places.start(right), code.places.start(right), "r"))
    yield from all_then_each(code, [[one] for one in edits])


def flags_as_count(code: Code) -> Iterator[SmallChange]:
    """The fourth argument of ``re.sub`` is how often, not how; so is the third of ``split``."""
    for node in code.nodes("call"):
        at = {"re.sub": 3, "re.subn": 3, "re.split": 2}.get(called(node))
        given = arguments(node)
        if at is None or len(given) <= at or given[at].type == "keyword_argument":
            continue
        if _FLAGS.fullmatch(code.text(given[at])):
            yield code.put(given[at], f"flags={code.text(given[at])}")


def any_letter(code: Code) -> Iterator[SmallChange]:
    """A dot is any letter, and ``.*`` takes as much as it can."""
    for node in code.nodes("call"):
        given = arguments(node)
        if called(node).partition(".")[0] != "re" or not given or given[0].type != "string":
            continue
        text = code.text(given[0])
        if not re.match(r"[rR]?[\"']", text):
            continue
        greedy = re.sub(r"(?<!\\)(\.[*+])(?![?+)]*\$)(?!\?)", r"\1?", text)
        plain = re.sub(r"(?<![\\\[])\.(?![*+?{])", r"\\.", text) if text[0] in "rR" else text
        yield from (code.put(given[0], one) for one in (greedy, plain) if one != text)


def letters_of_times(code: Code) -> Iterator[SmallChange]:
    """``%m`` is a month and ``%M`` are minutes; ``%H`` goes to 23 and ``%I`` to 12."""
    edits: list[list[Edit]] = []
    for node in code.nodes("string", "format_specifier"):
        text = code.text(node)
        if node.type == "string" and not re.search(r"%[a-zA-Z]", text):
            continue
        if node.type == "string" and any(True for _ in below(node, "format_specifier")):
            continue
        new = _told(text)
        if new != text:
            edits.append([code.edit(node, new)])
    yield from all_then_each(code, edits)


def _told(text: str) -> str:
    """Return a format of times whose parts are those that their neighbours ask for."""
    text = re.sub(r"(%[HI][:.h ]?)%m", r"\1%M", text)
    text = re.sub(r"%m([:.]%S)", r"%M\1", text)
    text = re.sub(r"(%[Yy][-/. ]?)%M|%M([-/. ]?%[dY])", _month, text)
    text = re.sub(r"(%d[-/. ]?)%M(?=[-/. ]?%[Yy])", r"\1%m", text)
    if "%p" in text:
        return text.replace("%H", "%I")
    return text.replace("%I", "%H")


def _month(found: re.Match[str]) -> str:
    return f"{found[1]}%m" if found[1] else f"%m{found[2]}"


def exact_parts(code: Code) -> Iterator[SmallChange]:
    """A ``Decimal`` of a float has all of its digits; a byte of bytes is a number."""
    edits = []
    for node in code.nodes("call"):
        given = arguments(node)
        if called(node).rpartition(".")[2] != "Decimal" or len(given) != 1:
            continue
        is_named = given[0].type in ("identifier", "attribute", "call", "subscript")
        if given[0].type == "float":
            edits.append(code.edit(given[0], f'"{code.text(given[0])}"'))
        elif is_named and called(given[0]) != "str":
            edits.append(code.edit(given[0], f"str({code.text(given[0])})"))
    yield from all_then_each(code, [[one] for one in edits])
    for node in code.nodes("comparison_operator"):
        if len(node.named_children) != 2:
            continue
        left, right = node.named_children
        at = named(left, "subscript") if left.type == "subscript" else None
        if at is None or at.type == "slice" or not code.text(right).startswith(('b"', "b'")):
            continue
        place = code.text(at)
        end = f"{place} + 1" if place != "-1" else ""
        if at.type == "integer":
            end = str(int(place) + 1) if place.isdecimal() else end
        yield code.put(at, f"{place}:{end}")


def formatted_tuples(code: Code) -> Iterator[SmallChange]:
    """``"%s" % x`` takes the parts of a tuple one by one."""
    for node in code.nodes("binary_operator"):
        left, right, sign = (named(node, field) for field in ("left", "right", "operator"))
        if left is None or right is None or sign is None or text_of(sign) != "%":
            continue
        is_named = left.type == "string" and right.type in ("identifier", "attribute")
        if is_named and len(re.findall(r"%[^%(]", code.text(left))) == 1:
            yield code.put(right, f"({code.text(right)},)")


def parts_of_nothing(code: Code) -> Iterator[SmallChange]:
    """A text without anything in it has one part, which is empty."""
    for node in code.nodes("call"):
        found, given, parent = method(node), arguments(node), node.parent
        if found is None or found[1] != "split" or len(given) != 1 or parent is None:
            continue
        if found[0].type not in ("identifier", "attribute") or given[0].type != "string":
            continue
        text = f"{code.text(node)} if {code.text(found[0])} else []"
        if parent.type in ("return_statement", "assignment"):
            yield code.put(node, text)
        elif parent.type in LOOPS and named(parent, "right") == node:
            yield code.put(node, f"({text})")
