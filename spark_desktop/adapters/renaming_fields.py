"""The types of a class's fields, where the file alone tells what they are."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tree_sitter import Node

from spark_desktop.adapters.languages import Parsed, text_of
from spark_desktop.domain.defined import Defined
from spark_desktop.domain.regex import regex

_WORD = regex(r"\w+")
# By grammar: what declares a field, and what gives a type another name.
_FIELDS = {
    "python": ("assignment",),
    "go": ("field_declaration",),
    "rust": ("field_declaration",),
}
_OF_SCRIPTS = (
    *("property_signature", "public_field_definition"),
    *("required_parameter", "optional_parameter"),
)
_ALIASES = {
    "python": ("type_alias_statement",),
    "go": ("type_alias", "type_spec"),
    "rust": ("type_item",),
}
_MADE_OF_FIELDS = ("struct_type", "interface_type", "object_type")


def type_of_field(node: Node, grammar: str) -> Node | None:
    """Return the type that is written for a field, in the languages where it is followed."""
    is_field = node.type in _FIELDS.get(grammar, _OF_SCRIPTS if _is_script(grammar) else ())
    return node.child_by_field_name("type") if is_field else None


def may_be_missing(node: Node) -> bool:
    """Return whether a field of TypeScript may be left out: ``crew?: number``."""
    return node.type in _OF_SCRIPTS and any(child.type == "?" for child in node.children)


def _is_script(grammar: str) -> bool:
    return grammar in ("typescript", "tsx")


def only_told(defined: Iterable[Defined], parsed: Parsed) -> Iterator[Defined]:
    """Yield the definitions, fields without a type that may be another one than it says.

    So is one with a name that the file gives to a type, and one that is told in two ways.
    """
    known, grammar = tuple(defined), parsed.grammar.name
    if grammar not in _FIELDS and not _is_script(grammar):
        yield from known
        return
    is_python = grammar == "python"
    aliases = {
        one.name
        for one in known
        if is_python and one.definition.kind == "constant" and not one.container
    }
    default = ("type_alias_declaration",) if _is_script(grammar) else ()
    for node in parsed.nodes(_ALIASES.get(grammar, default)):
        named = node.child_by_field_name("left" if is_python else "name")
        meant = node.child_by_field_name("value") or node.child_by_field_name("type")
        if named is None or (meant is not None and meant.type in _MADE_OF_FIELDS):
            continue
        aliases.add(text_of(named).partition("[")[0].strip())
    told: dict[tuple[str, str], set[str]] = {}
    for one in known:
        told.setdefault((one.container, one.name), set()).add(one.result)
    for one in known:
        is_field = bool(one.container) and one.parameters is None
        is_open = bool(aliases & {*_WORD.findall(one.result)})
        is_open = is_open or len(told[one.container, one.name]) > 1
        yield replace(one, result="") if is_field and is_open else one
