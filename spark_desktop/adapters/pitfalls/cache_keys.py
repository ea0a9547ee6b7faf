"""Where the key of a cache stands, in Python and JavaScript, and how another one comes there."""

from collections.abc import Sequence

from tree_sitter import Node

from spark_desktop.adapters.languages import text_of
from spark_desktop.adapters.pitfalls.cache_sources import Sources, reads
from spark_desktop.adapters.pitfalls.caches import Kept, Use
from spark_desktop.adapters.pitfalls.code import Code, Edit, below, named
from spark_desktop.adapters.pitfalls.shared import free_name, stands_alone


def key_source(function: Node, uses: Sequence[Use]) -> Node | None:
    """Return what the variable is set to that is the key in all places; None without such one."""
    keys = uses[0].keys
    if len(keys) != 1 or keys[0].type != "identifier":
        return None
    name = text_of(keys[0])
    ways = Sources(function, ()).made.get(name, [])
    there = [one for one in below(function, "identifier") if text_of(one) == name]
    is_only_key = len(ways) == 1 and len(there) == 1 + len(uses)
    is_plain = is_only_key and not ways[0].is_more and "for" not in ways[0].node.type
    return ways[0].source if is_plain else None


def key_edits(code: Code, kept: Kept, text: str, declared: str) -> list[Edit]:
    """Return what puts a key in all places: by its name, where one line above can hold it.

    ``declared`` is that line, with ``{}`` for the name.
    """
    first = min((one.keys[0] for one in kept.uses), key=lambda one: one.start_byte)
    statement, body = first, named(kept.function, "body")
    while statement.parent is not None and statement.parent != body:
        statement = statement.parent
    locals_ = set(kept.sources.made) - set(kept.sources.names)
    is_near = any(not reads(one).isdisjoint(locals_) for one in kept.uses[0].keys)
    edits: list[Edit] = []
    if len(kept.uses) > 1 and not is_near and stands_alone(code, statement):
        name = free_name(kept.function, code, "key", "cache_key")
        edits = [code.before(statement, declared.format(name))]
        text = name
    for use in kept.uses:
        edits.append((*_span(code, use), text))
    return edits


def _span(code: Code, use: Use) -> tuple[int, int]:
    """Return where a key begins and ends, with the brackets around its parts."""
    outer = use.keys[0].parent
    if outer is not None and outer.type in ("tuple", "parenthesized_expression"):
        return code.places.start(outer), code.places.end(outer)
    return code.places.start(use.keys[0]), code.places.end(use.keys[-1])
