"""Functions that are called where their name does not lead: handed on, or exported without it."""

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import FileNames, Occurrence, Role
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.regex import regex
from spark_desktop.domain.target_names import Target

_JS = ("javascript", "typescript", "tsx")
_BEFORE = 500
# Exported by its own name, in front of it: who imports that is followed.
_IN_BRACES = regex(r"\bexport\s*\{[^{}]*$")
_IN_OBJECT = regex(r"\bexports\s*=\s*\{[^{}]*$")
_AS_MEMBER = regex(r"\bexports\.([\w$]+)\s*=\s*$")
_NO_VALUE = regex(r"(?:\bexport\s+default|\btypeof|\bexports\s*=)\s*$")
_RENAMED = regex(r"\s+as\b")
_DEFAULT = regex(r"\bexport\s+default\s+(?:async\s+)?function\s*\*?\s*$")
# A module that is loaded where it is used: what it is called, and its path.
_LOADED = regex(
    r"(?:(?<![\w$])(?P<name>[\w$]+)\s*=\s*)?(?:\bawait\s+)?\b(?:import|require)\s*\(\s*"
    r"([\"'`])(?P<module>[^\"'`\n]+)\2\s*\)"
    r"(?:\s*\.then\s*\(\s*(?:async\s+)?\(?\s*(?P<given>[\w$]+))?"
)
_LOADS = regex(r"\b(?:import|require)\s*\(")


def is_passed_on(one: Occurrence, file: FileNames) -> bool:
    """Return whether what is not called here is handed to who may call it without waiting.

    That is also who knows it by another name: only uses of its own are followed.
    """
    if one.call is not None:
        return False
    if any(
        brought.name_at == one.start and brought.local.removeprefix("export ") != one.name
        for brought in file.brought
    ):
        return True
    if one.role in (Role.IMPORTED, Role.EXPORTED, Role.BOUND, Role.LABEL):
        return False
    return file.language not in _JS or not _is_exported(one, file)


def is_handed_over(one: Occurrence, file: FileNames) -> bool:
    """Return whether a function is given, as a value, to what may call it.

    That is no export of it, nothing that is asked of the function itself (``area.cache_clear``),
    and no question for its type.
    """
    if not is_passed_on(one, file) or file.content[one.end : one.end + 1] == ".":
        return False
    return _NO_VALUE.search(file.content[max(0, one.start - _BEFORE) : one.start]) is None


def is_default(one: Defined, file: FileNames) -> bool:
    """Return whether a function is defined as what its module exports by default."""
    before = file.content[max(0, one.name_at - _BEFORE) : one.name_at]
    return file.language in _JS and _DEFAULT.search(before) is not None


def _is_exported(one: Occurrence, file: FileNames) -> bool:
    """Return whether other modules get it by its own name."""
    before = file.content[max(0, one.start - _BEFORE) : one.start]
    if _IN_BRACES.search(before):
        return _RENAMED.match(file.content, one.end) is None
    if one.role is Role.SHORTHAND:
        return _IN_OBJECT.search(before) is not None
    member = _AS_MEMBER.search(before)
    return member is not None and member[1] == one.name


def may_mean(target: Target, file: FileNames, tree: Tree) -> tuple[Occurrence, ...]:
    """Return the names that are the target's where its module, loaded as a whole, gives it."""
    if file.language not in _JS or target.container or file.path in target.homes:
        return ()
    modules = {
        one.local
        for one in file.brought
        if one.name == "default" and _leads(one.module, target, file, tree)
    }
    for found in _LOADED.finditer(file.content):
        if _leads(found["module"], target, file, tree):
            # Without a name for all of it, some of it is taken out by name.
            modules.add(found["name"] or found["given"] or target.name)
    if not modules:
        return ()
    return tuple(
        one
        for one in file.occurrences
        if one.name == target.name
        and (
            (one.role in (Role.BARE, Role.SHORTHAND) and target.name in modules)
            or (one.role is Role.MEMBER and _is_of(one.receiver, modules))
        )
    )


def _is_of(receiver: str, modules: set[str]) -> bool:
    return receiver in modules or _LOADS.search(receiver) is not None


def _leads(module: str, target: Target, file: FileNames, tree: Tree) -> bool:
    return bool(tree.files(file.language, file.path, module) & target.paths)
