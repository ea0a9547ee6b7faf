"""Functions of Python and JavaScript that keep results by a key, and what the key leaves out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.cache_sources import Sources, choices, own, reads
from spark_desktop.adapters.pitfalls.code import below, named

_PARTS = ("attribute", "member_expression", "subscript", "subscript_expression")
_CHANGES = frozenset(
    {*("append", "extend", "insert", "remove", "pop", "clear", "update", "setdefault", "add")}
    | {*("discard", "push", "unshift", "splice", "shift", "sort", "reverse", "set", "delete")}
)
# An expression that is one of its parts.
_CHOSEN = frozenset(
    {*("boolean_operator", "conditional_expression", "ternary_expression", "await")}
    | {*("await_expression", "parenthesized_expression", "non_null_expression")}
)


@dataclass(frozen=True, slots=True)
class Use:
    """Where a container is asked or told about a key.

    ``value`` is what it is given there, only for want of one where the use ``is_default``.
    """

    whole: Node
    keys: tuple[Node, ...]
    value: Node | None = None
    is_default: bool = False
    is_drop: bool = False


class Kept:
    """A function with the uses of a container in it, all of them by one key."""

    def __init__(self, function: Node, names: Collection[str], uses: Sequence[Use]) -> None:
        self.function, self.uses = function, uses
        self.sources = Sources(function, names)
        self._stores = [(one, one.value) for one in uses if one.value is not None]
        self._wholes = [one.whole for one in uses if not one.is_drop]
        self._found = {
            name
            for name, ways in self.sources.made.items()
            if any(self._is_entry(way.source, set()) for way in ways)
        }

    def left_out(self) -> set[str]:
        """Return the parameters that results are made of and the key is not.

        None where the function may not keep results: a register of what was given, a sum.
        """
        if not self._stores or not all(map(self._is_result, self._stores)) or self._is_changed():
            return set()
        names = self._found | {text_of(value) for _, value in self._stores}
        if not any(self._is_entry(one, names) for one in own(self.function, "return_statement")):
            return set()
        covered = {name for one in self.uses[0].keys for name in self.sources.of(one, one)}
        made = {name for _, value in self._stores for name in self.sources.of(value, value)}
        heeded = {
            name
            for condition in choices(self.function)
            if self._is_entry(condition, self._found)
            for name in reads(condition)
        }
        left = made - covered - heeded
        begin = min(one.whole.start_byte for one in self.uses)
        is_late = any(
            way.node.start_byte > begin for name in left for way in self.sources.made.get(name, ())
        )
        return left if covered and not is_late else set()

    def parts(self, left: Collection[str]) -> list[Node | str]:
        """Return the parts of a key with what is left out, in the order of the parameters."""
        waiting = [(one, self.sources.of(one, one)) for one in self.uses[0].keys]
        found: list[Node | str] = [one for one, covered in waiting if not covered]
        for name in self.sources.names:
            found += [one for one, covered in waiting if name in covered and one not in found]
            found += [name] if name in left else []
        return found

    def _is_entry(self, node: Node, names: Collection[str]) -> bool:
        """Return whether a node uses the container or one of the names."""
        inside = any(
            node.start_byte <= one.start_byte and one.end_byte <= node.end_byte
            for one in self._wholes
        )
        return inside or not reads(node).isdisjoint(names)

    def _is_result(self, stored: tuple[Use, Node]) -> bool:
        """Return whether a value is worked out only where there is none yet, and not from it."""
        store, value = stored
        ways = [value]
        if value.type == "identifier":
            made = self.sources.made.get(text_of(value), [])
            if text_of(value) in self.sources.names or any(
                one.is_more and text_of(value) in self._found for one in made
            ):
                return False
            ways = [one.source for one in made]
        if not ways or any(self._adds_up(one) for one in ways):
            return False
        return store.is_default or self._is_guarded(store.whole)

    def _adds_up(self, value: Node) -> bool:
        """Return whether a value is more than the one that is there already."""
        is_one = value.type in _CHOSEN or value in self._wholes
        sign = named(value, "operator")
        is_one |= sign is not None and text_of(sign) in ("??", "||")
        return not is_one and self._is_entry(value, self._found)

    def _is_guarded(self, store: Node) -> bool:
        for one in own(self.function, "return_statement"):
            if one.end_byte <= store.start_byte and self._is_entry(one, self._found):
                return True
        around = store.parent
        while around is not None and around != self.function:
            if around.type in ("if_statement", "try_statement") and any(
                self._is_entry(one, self._found)
                for one in around.named_children
                if one.end_byte <= store.start_byte
            ):
                return True
            around = around.parent
        return False

    def _is_changed(self) -> bool:
        """Return whether something is done to what is kept."""
        body = named(self.function, "body")
        names = [] if body is None else below(body, "identifier")
        found = [one for one in names if text_of(one) in self._found]
        return any(_changes(one) for one in (*self._wholes, *found))


def _changes(node: Node) -> bool:
    inner, outer = node, node.parent
    while outer is not None and outer.type in (*_PARTS, "non_null_expression"):
        inner, outer = outer, outer.parent
    if outer is None or inner == node:
        return False
    if outer.type in ("call", "call_expression") and named(outer, "function") == inner:
        name = named(inner, "attribute") or named(inner, "property")
        return name is not None and text_of(name) in _CHANGES
    is_changed = outer.type in ("delete_statement", "update_expression")
    return is_changed or (named(outer, "left") == inner and "assignment" in outer.type)
