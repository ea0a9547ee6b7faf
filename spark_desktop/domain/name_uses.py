"""Which occurrences of a name in a file mean one definition: resolved, not equal in spelling."""

import re
from dataclasses import dataclass, field

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import GLOBAL, Brought, FileNames, Occurrence, Role
from spark_desktop.domain.member_uses import member_uses
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.target_names import Target, Uses

_JS = ("javascript", "typescript", "tsx")
_C = ("c", "cpp")


def uses_in(target: Target, file: FileNames, tree: Tree) -> Uses:
    """Return the uses of the target in the file; what cannot be told apart is ``doubtful``."""
    if target.container:
        return member_uses(target, file, tree)
    return _Top(target, file, tree).uses()


@dataclass
class _Reach:
    """The ways on which a file gets at the target."""

    direct: list[Brought] = field(default_factory=list)
    qualifiers: set[str] = field(default_factory=set)
    has_all: bool = False
    passes_on: bool = False
    is_doubtful: bool = False


class _Top:
    """Looks for a definition at the top of its file."""

    def __init__(self, target: Target, file: FileNames, tree: Tree) -> None:
        self._target = target
        self._file = file
        self._tree = tree
        self._here = [one for one in file.occurrences if one.name == target.name]
        self._reach = self._reached()

    def uses(self) -> Uses:
        reach, target = self._reach, self._target
        is_home = self._is_home()
        named = {one.name_at for one in reach.direct if one.name_at >= 0}
        bound = [one for one in self._here if one.role is Role.BOUND and one.start not in named]
        own = [one for one in bound if not one.scopes and not one.receiver]
        is_plain = is_home or reach.has_all or self._is_brought_plainly()
        others = self._other_imports()
        # The file makes a name of its own of it: what is meant by the bare word cannot be told.
        is_clash = bool(own) and not is_home and self._file.language not in _C
        is_clash |= () in others
        shared = {one.scopes for one in self._here if one.receiver == GLOBAL}
        members = self._with_member(bound)
        shadows = {one.scopes for one in bound if one.scopes and not one.receiver} - shared
        shadows |= others - {()}
        found: list[Occurrence] = []
        doubtful: list[Occurrence] = []
        for one in self._here:
            if self._is_use(one, named, is_plain=is_plain):
                is_hidden = one.start not in named and _is_shadowed(one, shadows)
                is_hidden |= one.owner in members or self._is_of_other_space(one)
                if one.role in (Role.BARE, Role.SHORTHAND) and is_hidden:
                    continue
                is_bare = one.role is not Role.MEMBER
                is_unsure = (reach.is_doubtful and not is_home) or (is_clash and is_bare)
                # The class may have, or inherit, one of its own.
                is_unsure |= self._is_in_class(one) and not target.is_unique
                (doubtful if is_unsure else found).append(one)
            elif one.role is Role.BOUND and one.scopes in shared and is_plain:
                found.append(one)
        passes_on = reach.passes_on and not reach.is_doubtful
        return Uses(tuple(found), tuple(doubtful), passes_on, not is_home and target.is_private)

    def _other_imports(self) -> set[tuple[int, ...]]:
        """Return the scopes in which an import brings something else of the name; () is the top."""
        direct = self._reach.direct
        others = [one for one in self._file.brought if one.local == self._target.name]
        return {
            use.scopes
            for use in self._here
            if use.role is Role.IMPORTED
            and any(one.start <= use.start < one.end for one in others if one not in direct)
            and all(one.name_at != use.start for one in direct)
        }

    def _is_use(self, one: Occurrence, named: set[int], *, is_plain: bool) -> bool:
        if one.start in named:
            return True
        match one.role:
            case Role.BARE | Role.SHORTHAND | Role.EXPORTED:
                return is_plain
            case Role.MEMBER:
                return self._is_qualified(one, is_plain)
            case Role.BOUND:
                is_declared = self._file.language in _C and not one.scopes and is_plain
                if one.receiver:
                    # What makes, or ends, an object is called as its class.
                    is_own = one.receiver in (self._target.name, self._target.called)
                    return is_declared and is_own and self._target.kind == "class"
                return is_declared and self._target.space in (None, one.space)
            case _:
                return False

    def _is_qualified(self, one: Occurrence, is_plain: bool) -> bool:
        language, target = self._file.language, self._target
        if language in _C:
            is_scoped = self._file.content[: one.start].endswith("::")
            is_std = one.receiver.partition("::")[0] == "std"
            return is_plain and is_scoped and not is_std and self._is_space(one.receiver)
        if one.receiver in self._reach.qualifiers:
            return not self._file.is_hidden(one)
        if language == "rust" and self._file.content[: one.start].rstrip().endswith("::"):
            first, _, rest = one.receiver.partition("::")
            for brought in self._file.brought:
                if brought.local == first and brought.name and first not in ("self", "super"):
                    whole = "::".join(part for part in (brought.module, brought.name, rest) if part)
                    return bool(self._files(whole) & target.paths)
            return bool(self._files(one.receiver) & target.paths)
        return False

    def _with_member(self, bound: list[Occurrence]) -> frozenset[str]:
        """Return the classes of C++ of the file in which the bare name is a member of theirs."""
        if self._file.language not in _C or self._target.kind == "class":
            return frozenset()
        classes = {one.receiver for one in bound if one.receiver and not one.scopes}
        size = -1
        while size != (size := len(classes)):
            classes |= {one.name for one in self._file.defined if classes & set(one.bases)}
        return frozenset(classes)

    def _is_in_class(self, one: Occurrence) -> bool:
        is_bare = one.role is Role.BARE and bool(one.owner)
        return is_bare and self._file.language in _C and self._target.kind != "class"

    def _is_of_other_space(self, one: Occurrence) -> bool:
        """Return whether a namespace around the use has one of its own of the name."""
        here = f"{one.space}::"
        return any(
            other.role is Role.BOUND
            and not (other.scopes or other.receiver)
            and self._target.space not in (None, other.space)
            and other.space
            and here.startswith(f"{other.space}::")
            for other in self._here
        )

    def _is_space(self, receiver: str) -> bool:
        """Return whether what stands before ``::`` may be where the target is."""
        space = self._target.space
        last = receiver.rpartition("::")[2]
        if space is None or last in space.split("::") or last == self._target.of_type != "":
            return True
        return (
            bool(space)
            and re.search(rf"\bnamespace\s+{re.escape(last)}\s*=", self._file.content) is not None
        )

    def _reached(self) -> _Reach:
        reach, target = _Reach(), self._target
        for brought in self._file.brought:
            files = self._files(brought.module)
            if brought.name in (target.name, "*") and files & target.paths:
                reach.is_doubtful |= len(files) > 1 and not files <= target.paths
                if brought.name == "*":
                    reach.has_all |= brought.local == "*" or brought.local == "."
                    reach.passes_on |= brought.is_passed_on
                else:
                    reach.direct.append(brought)
                    keeps_name = brought.local.removeprefix("export ") == target.name
                    reach.passes_on |= brought.is_passed_on and keeps_name
            elif (brought.name == "" and files & target.paths) or (
                brought.name and self._submodule(brought) & target.paths
            ):
                reach.qualifiers.add(brought.local)
        return reach

    def _submodule(self, brought: Brought) -> frozenset[str]:
        if self._file.language == "python":
            dot = "" if brought.module.endswith(".") else "."
            return self._files(f"{brought.module}{dot}{brought.name}")
        if self._file.language == "rust":
            whole = "::".join(part for part in (brought.module, brought.name) if part)
            return self._files(whole)
        return frozenset()

    def _files(self, module: str) -> frozenset[str]:
        files = self._tree.files(self._file.language, self._file.path, module)
        if self._file.language in _C and files & self._target.included:
            return self._target.paths
        return files

    def _is_home(self) -> bool:
        file, target = self._file, self._target
        if file.path in target.homes:
            return True
        if file.language == "go":
            return file.package == target.package and _folder(file.path) in {
                _folder(path) for path in target.homes
            }
        return False

    def _is_brought_plainly(self) -> bool:
        return any(one.local == self._target.name for one in self._reach.direct)


def target_of(defined: Defined, name: str, file: FileNames) -> Target:
    """Return what to look for: the definition under the name that others still use."""
    home = frozenset({file.path})
    return Target(
        name=name,
        container=defined.container,
        kind=defined.definition.kind,
        language=file.language,
        paths=home,
        homes=home,
        included=home,
        package=file.package,
        is_private=file.language == "go" and not defined.name[:1].isupper(),
        is_set=defined.is_set,
        of_type=defined.result if defined.parameters is None and not defined.container else "",
    )


def _is_shadowed(one: Occurrence, shadows: set[tuple[int, ...]]) -> bool:
    return any(one.scopes[: len(scopes)] == scopes for scopes in shadows)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
