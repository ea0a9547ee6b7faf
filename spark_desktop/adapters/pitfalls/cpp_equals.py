"""A trap of C++: what is equal in a set's order is the same for it, and only the first stays."""

from collections.abc import Iterator

from spark_desktop.adapters.pitfalls.code import Code, named
from spark_desktop.domain.small_change import SmallChange

# A set with an order of its own mostly compares only a part of what it holds.
_ORDERED = 2


def lost_equals(code: Code) -> Iterator[SmallChange]:
    """Two values that differ in what the set's own order does not look at are both to stay."""
    for node in code.nodes("template_type"):
        name, given = named(node, "name"), named(node, "arguments")
        if name is None or given is None or code.text(name) != "set":
            continue
        if len(given.named_children) >= _ORDERED:
            yield code.put(name, "multiset")
