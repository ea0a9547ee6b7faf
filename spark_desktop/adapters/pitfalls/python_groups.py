"""The trap of Python's groupby, which begins a group anew whenever the key changes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import arguments, called, parameters
from spark_desktop.adapters.pitfalls.python_walks import is_read_once, is_walked_at_once
from spark_desktop.adapters.pitfalls.shared import indent_of, stands_alone
from spark_desktop.domain.regex import regex
from spark_desktop.domain.small_change import SmallChange

_GROUPS = ("groups", "grouped", "by_key")
_ITEMS = ("item", "entry", "one")
# ``itemgetter(0)``, ``attrgetter("name")``: what they take of an element.
_GETTER = regex(
    r"(?:operator\.)?(?:itemgetter\((?P<place>[^(),*]+)\)|attrgetter\(['\"](?P<name>[\w.]+)['\"]\))"
)
# What never ends can be neither collected nor sorted.
_ENDLESS = regex(r"(?:itertools\.)?(?:count|cycle|repeat)")


def split_groups(code: Code) -> Iterator[SmallChange]:
    """What has the same key is one group only where it stands together.

    Collected, the groups come in the order of their first elements, as they did where each stood
    together; else what is grouped is sorted.
    """
    names = ("itertools.groupby", "groupby") if _imports_groupby(code) else ("itertools.groupby",)
    for call in code.nodes("call"):
        grouped = _Grouped.of(code, call) if called(call) in names else None
        if grouped is None or _ENDLESS.fullmatch(called(grouped.values)):
            continue
        if (collected := grouped.collected(code)) is not None:
            yield collected
        key = f", key={code.text(grouped.key)}" if grouped.key is not None else ""
        values = code.text(grouped.values)
        if grouped.values == named(call, "arguments"):
            # A generator that shares the brackets of the call.
            yield code.put(grouped.values, f"(sorted{values})")
        elif called(grouped.values) != "sorted":
            yield code.put(grouped.values, f"sorted({values}{key})")


def _imports_groupby(code: Code) -> bool:
    """Return whether the file's groupby is that of the standard library."""
    return any(
        text_of(name) == "groupby" and text_of(module) == "itertools"
        for one in code.every("import_from_statement")
        if (module := named(one, "module_name")) is not None
        for name in one.children_by_field_name("name")
    )


@dataclass(frozen=True, slots=True)
class _Grouped:
    """A call with what it groups, by which key."""

    call: Node
    values: Node
    key: Node | None

    @classmethod
    def of(cls, code: Code, call: Node) -> "_Grouped | None":
        given = arguments(call)
        splats = ("list_splat", "dictionary_splat")
        if not given or given[0].type == "keyword_argument" or any(g.type in splats for g in given):
            return None
        key = given[1] if len(given) == 2 else None
        if key is not None and key.type == "keyword_argument":
            name, key = named(key, "name"), named(key, "value")
            if name is None or code.text(name) != "key":
                return None
        return None if len(given) > 2 else cls(call, given[0], key)

    def collected(self, code: Code) -> SmallChange | None:
        """Return the change that collects the groups in front of the statement; None: cannot."""
        walk, function = self.call.parent, above(self.call, "function_definition")
        statement = self._statement(code)
        names = named(walk, "left")
        if walk is None or names is None or statement is None or function is None:
            return None
        if not is_walked_at_once(walk, statement) or not self._is_plain(code):
            return None
        bound = [text_of(one) for one in below(names, "identifier")]
        # A list can be walked again, and is not read on.
        if len(bound) != 2 or not is_read_once(walk, bound[1]):
            return None
        taken = {text_of(one) for one in below(function, "identifier")}
        taken |= set(parameters(function))
        groups = next((one for one in _GROUPS if one not in taken), None)
        found = self._key_of(code, taken)
        if groups is None or found is None:
            return None
        item, key = found
        step = "\t" if "\t" in indent_of(code, statement) else "    "
        lines = (
            f"{groups} = {{}}",
            f"for {item} in {code.text(self.values)}:",
            f"{step}{groups}.setdefault({key}, []).append({item})",
        )
        edits = [code.before(statement, *lines), code.edit(self.call, f"{groups}.items()")]
        return code.together([*edits, *_unused_import(code)])

    def _statement(self, code: Code) -> Node | None:
        """Return the statement of a function's block that the call is in."""
        node: Node | None = self.call
        while node is not None and (node.parent is None or node.parent.type != "block"):
            node = node.parent
        # Other values than now would be read in the condition of a loop, or not at all.
        is_whole = node is not None and node.type in (
            *("for_statement", "return_statement", "expression_statement"),
        )
        # What the body of a class binds stays there; what else stands in the line comes before.
        if node is None or not is_whole or not stands_alone(code, node):
            return None
        scope = above(node, "function_definition", "class_definition")
        return node if scope is not None and scope.type == "function_definition" else None

    def _is_plain(self, code: Code) -> bool:
        """Return whether what is grouped, and its key, read the same in lines of their own."""
        texts = [code.text(self.values)]
        texts += [code.text(self.key)] if self.key is not None else []
        parts = [self.values, *([self.key] if self.key is not None else [])]
        is_bracketed = texts[0][:1] in "([{" or "\n" not in texts[0]
        return is_bracketed and not any(
            True for one in parts for _ in below(one, "named_expression", "yield")
        )

    def _key_of(self, code: Code, taken: set[str]) -> tuple[str, str] | None:
        """Return a name for each element, and the key of the one of that name."""
        item = next((one for one in _ITEMS if one not in taken), None)
        if item is None:
            return None
        if self.key is None:
            return item, item
        text = code.text(self.key)
        if self.key.type == "lambda":
            own, body = named(self.key, "parameters"), named(self.key, "body")
            name = code.text(own) if own is not None else ""
            if body is None or not name.isidentifier() or "\n" in code.text(body):
                return None
            # Its parameter would be a variable of the function, which may have one of that name.
            return None if _is_known(_around(self.key), name) else (name, code.text(body))
        if (getter := _GETTER.fullmatch(text)) is not None:
            place, attribute = getter["place"], getter["name"]
            return item, f"{item}[{place}]" if place else f"{item}.{attribute}"
        return (item, f"{text}({item})") if self.key.type in ("identifier", "attribute") else None


def _unused_import(code: Code) -> list[Edit]:
    """Return what takes the import away, where it was only for this call and stands by itself."""
    if len(re.findall(r"\bgroupby\b", code.content)) != 2:
        return []
    for one in code.every("import_from_statement"):
        names = one.children_by_field_name("name")
        place = next((n for n, name in enumerate(names) if text_of(name) == "groupby"), None)
        if place is None or any(True for _ in below(one, "comment")):
            continue
        if len(names) == 1:
            return _import_line(code, one)
        if place == 0:
            return [(code.places.start(names[0]), code.places.start(names[1]), "")]
        return [(code.places.end(names[place - 1]), code.places.end(names[place]), "")]
    return []


def _import_line(code: Code, statement: Node) -> list[Edit]:
    """Return what takes the lines of an import out, with blank ones that would be too many."""
    begin, end = code.before(statement)[0], code.places.end(statement)
    rest = code.content[end:].partition("\n")[0]
    if statement.parent != code.root or not stands_alone(code, statement) or rest.strip():
        return []
    end = min(len(code.content), end + len(rest) + 1)
    behind = re.compile(r"(?:[ \t]*\r?\n)*").match(code.content, end)
    blank = behind.end() if behind is not None else end
    if begin == 0:
        return [(0, blank, "")]
    before = code.content[:begin]
    if blank > end and before.endswith(("\n\n", "\n\r\n")):
        begin = len(before.rstrip()) + len(code.newline)
    return [(begin, end, "")]


def _is_known(function: Node, name: str) -> bool:
    """Return whether a name means something in a function, but in a walk or lambda of its own."""
    return any(
        text_of(one) == name and not _is_attribute(one) and not _is_bound_inside(one, name)
        for one in below(function, "identifier")
    )


def _is_attribute(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type == "attribute" and named(parent, "object") != node


def _is_bound_inside(node: Node, name: str) -> bool:
    around = node.parent
    while around is not None and around.type not in ("function_definition", "module"):
        binders = [around] if around.type == "lambda" else []
        if around.type.endswith(("comprehension", "generator_expression")):
            binders = [one for one in around.children if one.type == "for_in_clause"]
        for one in binders:
            bound = named(one, "parameters") or named(one, "left")
            if bound is not None and any(
                text_of(each) == name for each in below(bound, "identifier")
            ):
                return True
        around = around.parent
    return False


def _around(node: Node) -> Node:
    """Return the function that a node is in, else the file."""
    return above(node, "function_definition") or above(node, "module") or node
