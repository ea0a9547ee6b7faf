"""Where a field of a class that holds another type now is read, set or given. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import Call, FileNames, Occurrence, Role
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.name_uses import uses_in
from spark_desktop.domain.parameter_objects import fields_of
from spark_desktop.domain.receivers import type_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.target_names import Target, Uses

_KEYED = regex(r"([\w.]+)\[[\"']$")


def made_with(changed: Iterable[NameChange], defined: Iterable[Defined]) -> Iterator[NameChange]:
    """Yield a change for what makes the class of each field, by the place of the field in it.

    ``defined`` are the definitions of now. A class that may be made in another way has none.
    """
    classes = {one.name: one.text for one in defined if not one.container}
    for change in changed:
        if not change.holds_other or not change.new.path.endswith((".py", ".pyi")):
            continue
        fields = fields_of("python", classes.get(change.new.container, ""))
        if change.new.name in fields:
            yield replace(change, made_at=fields.index(change.new.name))


def field_uses(change: NameChange, target: Target, file: FileNames, tree: Tree) -> Uses:
    """Return what reads or sets the field in a file, or makes the class with a value for it.

    ``target`` is the class where the change is of what makes it.
    """
    uses = uses_in(target, file, tree)
    if change.made_at is not None:
        place = change.made_at
        return Uses(tuple(one for one in uses.found if _gives_at(one.call, place)))
    found = [one for one in uses.found if one.role is not Role.BOUND or one.shape is not None]
    found += _keyed(target, file) if file.language == "python" else ()
    return Uses(tuple(found), uses.doubtful)


def _gives_at(call: Call | None, place: int) -> bool:
    """Return whether a call passes something at a place, from 0, and does not name it."""
    for number, one in enumerate(() if call is None else call.arguments):
        if one.keyword or one.text.startswith("**"):
            return False
        if one.is_spread or number == place:
            return True
    return False


def _keyed(target: Target, file: FileNames) -> Iterator[Occurrence]:
    """Yield where the field is the key of what surely is such a dictionary: ``trip["crew"]``."""
    for one in file.occurrences:
        if one.role is not Role.TEXT or one.name != target.name:
            continue
        before, _, line = file.content[: one.start].rpartition("\n")
        keyed = _KEYED.search(line)
        is_closed = file.content[one.end : one.end + 2] in ('"]', "']")
        if keyed is None or not is_closed or "#" in line:
            continue
        # In another function it may be of another type.
        inside = before[max(before.rfind("def "), 0) :]
        if type_of(keyed[1], file.language, f"{inside}\n{line}") == target.container:
            yield one
