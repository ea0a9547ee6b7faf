"""Which occurrences of a name are the member of one class, by what they are called on."""

import re
from collections.abc import Collection

from spark_desktop.domain.element_types import element_type
from spark_desktop.domain.file_names import (
    WRITTEN,
    Brought,
    FileNames,
    Occurrence,
    Role,
    Shape,
)
from spark_desktop.domain.heirs import called, is_interface, is_of_other_module
from spark_desktop.domain.language_members import (
    is_language_field,
    is_language_member,
    is_language_type,
)
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.receivers import type_of, whole_type_of
from spark_desktop.domain.regex import regex
from spark_desktop.domain.target_names import Target, Uses

# What a copy is made of: dataclasses.replace(trip, crew=1), trip._replace(crew=1).
_COPIED = regex(r"(?<![\w.])(?:(?:dataclasses|copy)\.)?replace\(\s*([\w.]+)\s*,[^()]*$")
# What stands before a field in the list with which a constructor of C++ begins.
_IN_LIST = regex(r"\)\s*(?:noexcept\s*)?:(?!:)(?:[^;{}]|\{[^;{}]*\})*$")
# A pattern of Python names fields as a call names parameters.
_CASE = regex(r"^\s*case\b[^\n]*\Z", re.MULTILINE)
_LONGEST_LIST = 2000
_MEMBERS = (Role.MEMBER, Role.BOUND, Role.LABEL)
_OWN = ("self", "this", "cls", "super()", "Self", "type(self)", "self.__class__", "super")


def member_uses(target: Target, file: FileNames, tree: Tree) -> Uses:
    """Return the uses of a member of a class.

    Clear are those on the object itself, on the class, on what was made by it or has its type, and
    on anything where no other definition of the workspace, and no type of the language, has such a
    member.
    """
    here = [
        one
        for one in file.occurrences
        if one.name == target.name
        and (one.role in _MEMBERS or one.shape is not None)
        and not (file.language == "rust" and _is_of_other_kind(one, target, file))
    ]
    classes = called(target, target.heirs, file, tree)
    in_rust, in_cpp = _variants(target, file), _alone_in_cpp(target, file, classes)
    alone, unsure = in_rust[0] + in_cpp[0], in_rust[1] + in_cpp[1]
    if not (here or alone or unsure) or _has_other(target, file, tree):
        return Uses()
    # A parameter of a constructor that is a field keeps its name: its class has the one before.
    classes -= {one.owner for one in here if _is_own_parameter(one)}
    near = {
        one.local
        for one in file.brought
        if tree.files(file.language, file.path, one.module) & target.paths
    }
    near |= {one.name for one in file.defined if file.path in target.homes}
    found, doubtful = [*alone], [*unsure]
    # What a variable holds is as clear as the literal that it was given.
    unclear: set[str] = set()
    for one in sorted(here, key=lambda one: one.shape is None):
        if one.shape is not None and one.shape.is_element:
            is_meant = _is_given(one.shape, target, classes, near)
        else:
            is_meant = _is_meant(one, target, file, classes)
        if one.shape is not None and not is_meant:
            unclear.add(one.shape.holder)
        elif is_meant and one.receiver and one.receiver in unclear:
            told = type_of(one.receiver, file.language, _before(one, file))
            is_meant = told in classes or None
        if is_meant is None:
            doubtful.append(one)
        elif is_meant and not _is_of_library(one, target, file, tree):
            found.append(one)
    doubtful.sort(key=lambda one: one.start)
    is_elsewhere = file.language == "go" and file.package != target.package
    return Uses(tuple(found), tuple(doubtful), False, is_elsewhere and target.is_private)


def _variants(target: Target, file: FileNames) -> tuple[list[Occurrence], list[Occurrence]]:
    """Return the uses of a variant of Rust by its name alone, and those that may be one."""
    if file.language != "rust" or target.kind != "constant":
        return [], []
    brought = [one for one in file.brought if one.module.rpartition("::")[2] == target.container]
    direct = [one for one in brought if one.name == target.name]
    is_brought = any(one.local == target.name for one in direct)
    has_all = any(one.name == "*" for one in brought)
    named = {one.name_at for one in direct}
    uses = [one for one in file.occurrences if one.name == target.name]
    found = [one for one in uses if one.start in named]
    bare = [one for one in uses if one.role is Role.BARE]
    if is_brought or (has_all and target.is_unique):
        return found + bare, []
    return found, bare if has_all else []


def _alone_in_cpp(
    target: Target, file: FileNames, classes: frozenset[str]
) -> tuple[list[Occurrence], list[Occurrence]]:
    """Return the uses of a member of C++ by its name alone, and those that may be one.

    So it is called in its class, and where a ``using`` brings it.
    """
    if file.language != "cpp":
        return [], []
    brings = rf"\busing\s+(?:enum\s+(?:\w+::)*{target.container}\s*;|(?:\w+::)*{target.container}::"
    is_brought = re.search(rf"{brings}{target.name}\s*;)", file.content) is not None
    uses = [one for one in file.occurrences if one.name == target.name]
    hidden = [one.scopes for one in uses if one.role is Role.BOUND and not one.receiver]
    found = [
        one
        for one in uses
        if one.role is Role.BARE
        and (one.owner in classes or is_brought)
        and (
            not any(scopes and one.scopes[: len(scopes)] == scopes for scopes in hidden)
            or _is_initialised(one, file)
        )
    ]
    return (found, []) if target.is_unique else ([], found)


def _is_initialised(one: Occurrence, file: FileNames) -> bool:
    """Return whether a constructor of C++ begins with the field: it may take one of the name."""
    before, after = file.content[: one.start].rstrip(), file.content[one.end :].lstrip()
    is_begun = before.endswith((":", ",")) and not before.endswith("::")
    begins = file.content[max(one.around[0], one.start - _LONGEST_LIST) : one.start]
    return is_begun and after.startswith(("(", "{")) and _IN_LIST.search(begins) is not None


def _is_meant(
    one: Occurrence, target: Target, file: FileNames, classes: frozenset[str]
) -> bool | None:
    """Return whether it is the target's member; None where that is not clear."""
    if one.shape is not None:
        return _is_field_of(one, one.shape, target, file, classes)
    if one.role is Role.LABEL:
        # A class is made, or matched, by the names of its fields.
        made = one.receiver.replace("::", ".").rpartition(".")[2]
        if target.is_set and not _CASE.search(_before(one, file)):
            # What a constructor takes is called as it says, whatever it sets then.
            return False
        if made in ("replace", "_replace") and target.kind == "constant":
            return _is_copied(one, file, classes)
        if not made and file.language in ("c", "cpp") and target.kind == "constant":
            # A list of values that is passed on has the type of whatever takes it.
            return None
        is_own = made in ("cls", "Self") and one.owner in classes
        return target.kind == "constant" and (made in classes or is_own)
    if one.role is Role.BOUND:
        return _is_declared(one, target, file, classes)
    if one.receiver in _OWN or one.receiver.startswith("super"):
        return one.owner in classes
    last = one.receiver.replace("::", ".").rpartition(".")[2]
    if last in classes:
        return True
    brought = next((each for each in file.brought if each.local == one.receiver), None)
    if brought is not None and not file.is_hidden(one) and (not brought.name or _is_class(brought)):
        # What a module has is no member of a class; another class may come from this one.
        return None if brought.name else False
    told = _type_of(one.receiver, file.language, _before(one, file))
    if told is not None:
        if told in classes:
            return True
        # An interface or a base of the class may be meant: only names tell, so nobody knows.
        may_be = target.is_unique or target.is_open
        return None if may_be and not is_language_type(told) else False
    return _is_by_name(one, last, target, file, classes) or None


def _is_of_library(one: Occurrence, target: Target, file: FileNames, tree: Tree) -> bool:
    """Return whether it is called on a class of the same name in another module of Python."""
    if file.language != "python" or one.role not in (Role.MEMBER, Role.LABEL):
        return False
    whole = whole_type_of(one.receiver, file.language, _before(one, file)) or one.receiver
    name = whole.rpartition(".")[2]
    paths = {path for heir, path in target.heirs if heir == name}
    paths |= target.paths if name == target.container else set()
    return bool(paths) and is_of_other_module(whole, paths, file, tree)


def _is_declared(
    one: Occurrence, target: Target, file: FileNames, classes: frozenset[str]
) -> bool | None:
    """Return whether the member itself is declared, in its class or in one that comes from it."""
    if file.language in ("c", "cpp") and all(each.name_at != one.start for each in file.defined):
        # A parameter of a method that is only declared stands in the class as well.
        return False
    if one.receiver.rpartition("::")[2] in classes:
        return True
    # Who has a method of an interface, and whose it is, Go does not say.
    may_be = target.is_open or is_interface(one.receiver, file)
    return None if may_be and target.kind == "method" and one.receiver else False


def _is_by_name(
    one: Occurrence, last: str, target: Target, file: FileNames, classes: frozenset[str]
) -> bool:
    """Return whether a member is the target's where nothing but its name tells."""
    if not target.is_unique or _is_of_named_type(one, last, target, file):
        # Nothing is got at through another type but what comes from there.
        return False
    if target.is_set:
        # Such names are those of options, tables and answers of libraries as well.
        return _is_named_after(last, classes)
    is_usual = is_language_field if target.kind == "constant" else is_language_member
    return not is_usual(target.name, file.language) or _is_named_after(last, classes)


def _is_field_of(
    one: Occurrence, shape: Shape, target: Target, file: FileNames, classes: frozenset[str]
) -> bool | None:
    """Return whether a literal or a pattern names the target's field."""
    if target.kind != "constant":
        return False
    type_: str | None = shape.type.replace("::", ".").rpartition(".")[2]
    if type_ == "Self":
        type_ = one.owner
    if not type_ and shape.taken in _OWN:
        type_ = one.owner
    if not type_ and shape.taken:
        type_ = _type_of(shape.taken, file.language, _before(one, file))
    if type_ == WRITTEN:
        return False
    if type_ in classes:
        # Beside ``mut`` or ``ref`` the name alone cannot be replaced.
        return shape.is_plain or None
    if type_:
        return None if target.is_unique and not is_language_type(type_) else False
    if not shape.keys <= target.fields:
        return False
    if not target.is_unique:
        # Where the class is known it may be meant.
        is_known = file.path in target.homes
        is_known |= any(each.name == target.container for each in file.brought)
        return None if is_known else False
    if target.is_set:
        return None
    return _is_distinct(shape, target) or None


def _is_of_named_type(one: Occurrence, last: str, target: Target, file: FileNames) -> bool:
    """Return whether a value, or a variant, is got at through what is another type by its name."""
    if target.kind != "constant":
        return False
    if file.content[: one.start].endswith("::"):
        return True
    is_named = last[:1].isupper() and not last.isupper()
    return is_named and file.language in ("javascript", "typescript", "tsx")


def _is_own_parameter(one: Occurrence) -> bool:
    shape = one.shape
    return one.role is Role.BOUND and shape is not None and not (shape.is_plain or shape.is_short)


def _is_of_other_kind(one: Occurrence, target: Target, file: FileNames) -> bool:
    """Return whether a method of Rust is named where a field is meant, or a field for a method."""
    is_field = target.kind == "constant"
    if one.role is Role.BOUND:
        defined = next((each for each in file.defined if each.name_at == one.start), None)
        return defined is not None and (defined.parameters is None) is not is_field
    if one.role is not Role.MEMBER or file.content[one.start - 1 : one.start] != ".":
        return False
    # With its types it is called as well.
    is_called = one.call is not None or file.content.startswith("::", one.end)
    return is_called is is_field


def _is_given(
    shape: Shape, target: Target, classes: frozenset[str], near: Collection[str]
) -> bool | None:
    """Return whether JSX gives an element the target; ``near`` is what is from where it is."""
    is_props = target.kind == "constant" or target.container.endswith("Props")
    if not shape.type[:1].isupper() or not is_props:
        return False
    if f"{shape.type}Props" in classes:
        return True
    if not target.is_unique:
        return None if shape.type in near else False
    # Props that are called as another element are not this one's.
    is_of_other = target.container.endswith("Props") and target.container != "Props"
    return (not is_of_other and _is_distinct(shape, target)) or None


def _is_distinct(shape: Shape, target: Target) -> bool:
    """Return whether there are two fields of the class, that not all have, and nothing else."""
    own = [one for one in shape.keys if not is_language_field(one, target.language)]
    return len(own) > 1 and target.name in own and shape.keys <= target.fields


def _is_class(brought: Brought) -> bool:
    """Return whether a name that is imported is a class's, as it is written."""
    return brought.name[:1].isupper() and not brought.name.isupper()


def _is_copied(one: Occurrence, file: FileNames, classes: frozenset[str]) -> bool | None:
    """Return True where a copy is surely made of the class; None else, as it may be of any."""
    before = _before(one, file)
    of = one.receiver.rpartition(".")[0]
    if not one.receiver.endswith("._replace"):
        copied = _COPIED.search(before)
        of = "" if copied is None else copied[1]
    if of in _OWN:
        return one.owner in classes or None
    return type_of(of, file.language, before) in classes or None


def _is_named_after(receiver: str, classes: frozenset[str]) -> bool:
    """Return whether a variable is called as a class is: ``_job_queue`` after ``JobQueue``.

    Where nothing tells its type its name does, to a reader as well.
    """
    name = receiver.rpartition("->")[2].replace("_", "").casefold()
    return any(name == one.replace("_", "").casefold() for one in classes)


def _type_of(receiver: str, language: str, before: str) -> str | None:
    """Return the type that is told of a value, or of what it is an element of."""
    told = type_of(receiver, language, before)
    return told if told is not None else element_type(receiver, language, before)


def _before(one: Occurrence, file: FileNames) -> str:
    """Return the text in which the receiver gets its type."""
    start, end = one.around
    is_field = one.receiver.startswith(("self.", "this.", "this->")) or not end
    # A field may be given its type anywhere in the file.
    return file.content if is_field else file.content[start : one.start]


def _has_other(target: Target, file: FileNames, tree: Tree) -> bool:
    """Return whether the file means another class by the name."""
    if file.path in target.homes:
        return False
    if any(
        one.name == target.container and not one.container and one.definition.kind != "function"
        for one in file.defined
    ):
        return file.language not in ("go", "rust", "c", "cpp")
    for brought in file.brought:
        if brought.local == target.container and brought.name == target.container:
            files = tree.files(file.language, file.path, brought.module)
            return bool(files) and not files & target.paths
    return False
