"""The types of a class's fields in Python, where the file alone tells what they are."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from spark_desktop.adapters.languages import Parsed, text_of
from spark_desktop.domain.defined import Defined

_WORD = re.compile(r"\w+")


def only_told(defined: Iterable[Defined], parsed: Parsed) -> Iterator[Defined]:
    """Yield the definitions, fields without a type that may be another one than it says.

    So is one with a name that the file gives to a type, and one that is told in two ways.
    """
    known = tuple(defined)
    aliases = {one.name for one in known if one.definition.kind == "constant" and not one.container}
    for node in parsed.nodes(("type_alias_statement",)):
        left = node.child_by_field_name("left")
        aliases |= set() if left is None else {text_of(left).partition("[")[0].strip()}
    told: dict[tuple[str, str], set[str]] = {}
    for one in known:
        told.setdefault((one.container, one.name), set()).add(one.result)
    for one in known:
        is_field = bool(one.container) and one.parameters is None
        is_open = bool(aliases & {*_WORD.findall(one.result)})
        is_open = is_open or len(told[one.container, one.name]) > 1
        yield replace(one, result="") if is_field and is_open else one
