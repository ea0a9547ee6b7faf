"""The trap of Python's groupby, which begins a group anew whenever the key changes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.code import Code, Edit, above, below, named
from spark_desktop.adapters.pitfalls.python_nodes import arguments, called, parameters
from spark_desktop.domain.small_change import SmallChange

_GROUPS = ("groups", "grouped", "by_key")
_ITEMS = ("item", "entry", "one")
# ``itemgetter(0)``, ``attrgetter("name")``: what they take of an element.
_GETTER = re.compile(
    r"(?:operator\.)?(?:itemgetter\((?P<place>[^(),]+)\)|attrgetter\(['\"](?P<name>[\w.]+)['\"]\))"
)


def split_groups(code: Code) -> Iterator[SmallChange]:
    """What has the same key is one group only where it stands together.

    Collected, the groups come in the order of their first elements, as they did where each stood
    together; else what is grouped is sorted.
    """
    for call in code.nodes("call"):
        if called(call) not in ("groupby", "itertools.groupby"):
            continue
        grouped = _Grouped.of(code, call)
        if grouped is None:
            continue
        if (collected := grouped.collected(code)) is not None:
            yield collected
        key = f", key={code.text(grouped.key)}" if grouped.key is not None else ""
        if called(grouped.values) != "sorted":
            yield code.put(grouped.values, f"sorted({code.text(grouped.values)}{key})")


@dataclass(frozen=True, slots=True)
class _Grouped:
    """A call with what it groups, by which key."""

    call: Node
    values: Node
    key: Node | None

    @classmethod
    def of(cls, code: Code, call: Node) -> "_Grouped | None":
        given = arguments(call)
        if not given or given[0].type in ("keyword_argument", "list_splat"):
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
        is_walked = walk is not None and walk.type in ("for_statement", "for_in_clause")
        names = named(walk, "left")
        statement = self._statement()
        if not is_walked or names is None or statement is None or function is None:
            return None
        taken = {text_of(one) for one in below(function, "identifier")}
        taken |= set(parameters(function))
        bound = [text_of(one) for one in below(names, "identifier")]
        # A list can be walked again, and is not read on by ``next``.
        if len(bound) != 2 or re.search(rf"\bnext\(\s*{bound[1]}\b", code.text(function)):
            return None
        if walk is not None and walk.type == "for_in_clause" and self._depends(walk):
            return None
        groups = next((one for one in _GROUPS if one not in taken), None)
        found = self._key_of(code, taken)
        if groups is None or found is None:
            return None
        item, key = found
        lines = (
            f"{groups} = {{}}",
            f"for {item} in {code.text(self.values)}:",
            f"    {groups}.setdefault({key}, []).append({item})",
        )
        edits = [code.before(statement, *lines), code.edit(self.call, f"{groups}.items()")]
        return code.together([*edits, *self._unused_import(code)])

    def _statement(self) -> Node | None:
        """Return the statement of a block that the call is in."""
        node: Node | None = self.call
        while node is not None and (node.parent is None or node.parent.type != "block"):
            node = node.parent
        # Other values than now would be read in the condition of a loop, or not at all.
        is_whole = node is not None and node.type in (
            *("for_statement", "return_statement", "expression_statement"),
        )
        return node if is_whole else None

    def _depends(self, walk: Node) -> bool:
        """Return whether what is grouped comes from another walk of the same expression."""
        around = walk.parent
        walks = [one for one in around.children if one.type == "for_in_clause"] if around else []
        nested = above(walk, "lambda", "list_comprehension", "generator_expression")
        return walks[:1] != [walk] or (nested is not None and nested != around)

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

    def _unused_import(self, code: Code) -> list[Edit]:
        """Return what takes the import away, where it was only for this call."""
        if len(re.findall(r"\bgroupby\b", code.content)) != 2:
            return []
        for one in code.every("import_from_statement"):
            names = one.children_by_field_name("name")
            if [text_of(name) for name in names] == ["groupby"]:
                begin = code.before(one)[0]
                end = code.places.end(one)
                return [(begin, end + len(code.newline), "")]
            for before, name in zip([None, *names], names, strict=False):
                if text_of(name) == "groupby":
                    start = code.places.start(name) if before is None else code.places.end(before)
                    end = code.places.end(name)
                    if before is None:
                        end = code.places.start(names[1])
                    return [(start, end, "")]
        return []


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
