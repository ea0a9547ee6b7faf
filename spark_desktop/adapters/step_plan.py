"""Decides how each file of an operation will be written, before anything is."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from spark_desktop.adapters.file_attributes import attributes_of
from spark_desktop.adapters.planned_write import PlannedWrite, Way, staged_beside
from spark_desktop.adapters.step_memory import Memory
from spark_desktop.adapters.workspace_folder import WorkspaceFolder, removed, write_failure
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.operation import FileWrite
from spark_desktop.domain.patch import ABSENT
from spark_desktop.domain.text import digest_of
from spark_desktop.domain.words import say


@dataclass(frozen=True, slots=True)
class Plan:
    """The writes in their order, and the old and new bytes by digest."""

    writes: tuple[PlannedWrite, ...]
    contents: Mapping[str, bytes] = field(repr=False)


def plan(folder: WorkspaceFolder, writes: tuple[FileWrite, ...], memory: Memory) -> Plan:
    """Return how the files will be written.

    A write that would change nothing is left out. Raises FileError, as StepStore.commit says.
    """
    token = secrets.token_hex(6)
    contents: dict[str, bytes] = {}
    planned = []
    for number, write in enumerate(writes):
        target = folder.target(write.path)
        staged = staged_beside(target, token, number)
        try:
            found = _planned(folder, write, target, staged, contents)
        except OSError as error:
            raise write_failure(write.path, error) from error
        planned.append(_as_remembered(found, memory))
    _refuse_twins(planned)
    return Plan(tuple(write for write in planned if write.before != write.after), contents)


def _planned(
    folder: WorkspaceFolder,
    write: FileWrite,
    target: Path,
    staged: Path,
    contents: dict[str, bytes],
) -> PlannedWrite:
    """Return how one file will be written; raises OSError too."""
    after = ABSENT
    if write.text is not None:
        data = folder.writable_bytes(write.path, write.text)
        after = digest_of(data)
        contents[after] = data
    if write.base == ABSENT:
        return _creation(folder, write, target, staged, after)
    if write.text is None and folder.is_link(write.path):
        raise FileError(
            say("{path} is a link, and only files are removed.", path=write.path),
            say("Remove the link yourself, or name the file that it leads to."),
        )
    contents[write.base] = folder.base_bytes(write.path, target, write.base)
    folder.require_writable(write.path, target)
    status = target.stat()
    way = Way.REMOVE if write.text is None else Way.REPLACE
    if way is Way.REPLACE and status.st_nlink > 1:
        way = Way.IN_PLACE
    return PlannedWrite(
        path=write.path,
        target=target,
        way=way,
        before=write.base,
        after=after,
        staged=staged,
        inode=status.st_ino,
        attributes=attributes_of(target),
    )


def _creation(
    folder: WorkspaceFolder, write: FileWrite, target: Path, staged: Path, after: str
) -> PlannedWrite:
    folder.require_absent(write.path, target)
    missing = _missing_above(target)
    if folder.root in missing:
        raise removed(folder.root.name)
    existing = missing[0].parent if missing else target.parent
    if not existing.is_dir():
        raise FileError(
            say("{path} cannot be made: {name} is no folder.", path=write.path, name=existing.name),
            say("Choose another name."),
        )
    folder.require_writable_folder(write.path, existing)
    return PlannedWrite(
        path=write.path,
        target=target,
        way=Way.CREATE,
        before=ABSENT,
        after=after,
        staged=staged,
        attributes=attributes_of(folder.target(write.like)) if write.like else None,
        folders=missing,
        source=write.like,
    )


def _as_remembered(write: PlannedWrite, memory: Memory) -> PlannedWrite:
    if write.way is Way.CREATE and write.attributes is None:
        return replace(write, attributes=memory.removed.get((write.path, write.after)))
    if write.way is Way.REMOVE:
        above = (folder for folder in write.target.parents if folder in memory.made)
        return replace(write, folders=tuple(reversed(tuple(above))))
    return write


def _missing_above(target: Path) -> tuple[Path, ...]:
    missing = []
    above = target.parent
    while not above.exists():
        missing.append(above)
        above = above.parent
    return tuple(reversed(missing))


def _refuse_twins(writes: list[PlannedWrite]) -> None:
    """Refuse two writes for one file: the second would find what the first has written."""
    known: dict[object, str] = {}
    for write in writes:
        for key in (write.target, write.inode or write.target):
            first = known.setdefault(key, write.path)
            if first != write.path:
                raise FileError(
                    say("{first} and {path} are the same file.", first=first, path=write.path),
                    say("Change it by one of its names only."),
                )
