"""Judges paths that a model wrote by what is on the disk."""

import asyncio
import os
import stat
import sys
from pathlib import Path
from unicodedata import normalize

from spark_desktop.domain.errors import NotTextError
from spark_desktop.domain.path_rules import folded, plain_path, refusal_of_path
from spark_desktop.domain.refusals import RefusalReason, Refused, refusal_of_size
from spark_desktop.domain.text import decode
from spark_desktop.domain.words import say
from spark_desktop.services.path_guard import Admitted

# What git looks for in a folder to take it for a repository, or for a part of one.
_REPOSITORY = ("HEAD", "objects", "refs")
_WORKTREE = ("HEAD", "commondir", "gitdir")


class DiskPathGuard:
    """Admits what leads to a text file below ``root``, or to a place for a new one; a PathGuard.

    A link counts for where it leads, a name for the one that the folder has: what the file system
    takes for the same file gets that file's own name. Each part of the path is looked at, since a
    folder above may be the link. What is judged here may be changed before it is written: the
    writer looks again at where the path leads.
    """

    def __init__(self, root: Path, max_bytes: int = 1_000_000) -> None:
        self._root = Path(os.path.realpath(root))
        self._max_bytes = max_bytes

    async def admit(self, written: str) -> Admitted | Refused:
        """Return the path as it is on disk, or why it is refused."""
        return await asyncio.to_thread(self._admit, written)

    def _admit(self, written: str) -> Admitted | Refused:
        plain = plain_path(written, is_windows=sys.platform == "win32")
        if isinstance(plain, Refused):
            return plain
        try:
            return self._on_disk(plain, written)
        except (OSError, ValueError) as error:
            told = getattr(error, "strerror", None) or str(error)
            detail = say("The system says: {told}.", told=told)
            return Refused(RefusalReason.UNREADABLE, written, detail)

    def _on_disk(self, plain: str, written: str) -> Admitted | Refused:
        parts = plain.split("/")
        folder, names = self._root, list[str]()
        for depth, part in enumerate(parts):
            name = _name_in(folder, part)
            if name is None:
                # Nothing of it is there: the rest are new names.
                path = "/".join((*names, *parts[depth:]))
                return refusal_of_path(path, written) or Admitted(written, path, False)
            if not _is_same_text(name, part) and not _is_same(folder, part, name):
                detail = say("The folder has {name!r}.", name=name)
                return Refused(RefusalReason.LOOKALIKE, written, detail)
            names.append(name)
            target = Path(os.path.realpath(folder / name))
            if refused := self._refused_target(target, written):
                return refused
            if depth < len(parts) - 1 and not target.is_dir():
                detail = say("{name!r} is no folder.", name="/".join(names))
                return Refused(RefusalReason.BAD_NAME, written, detail)
            folder = target
        path = "/".join(names)
        return (
            refusal_of_path(path, written)
            or self._refused_file(folder, written)
            or Admitted(written, path, True)
        )

    def _refused_target(self, target: Path, written: str) -> Refused | None:
        """Return why nothing may be where a part of the path leads, links followed."""
        if not target.is_relative_to(self._root):
            detail = say("A link on the way leads out of it.")
            return Refused(RefusalReason.OUTSIDE, written, detail)
        real = target.relative_to(self._root).as_posix()
        if real != "." and (refused := refusal_of_path(real, written)):
            return refused
        if target.is_dir() and target != self._root and _is_repository(target):
            return Refused(RefusalReason.VERSION_CONTROL, written)
        return None

    def _refused_file(self, target: Path, written: str) -> Refused | None:
        if target.is_symlink() or not target.exists():
            detail = say("It is a link that leads nowhere.")
            return Refused(RefusalReason.UNREADABLE, written, detail)
        status = target.stat()
        if not stat.S_ISREG(status.st_mode):
            return Refused(RefusalReason.BAD_NAME, written, say("It is a folder or a device."))
        if refused := refusal_of_size(written, status.st_size, self._max_bytes):
            return refused
        try:
            decode(target.read_bytes())
        except NotTextError as error:
            return Refused(RefusalReason.BINARY, written, error.message)
        return None


def _name_in(folder: Path, part: str) -> str | None:
    """Return the folder's own name for a part of a path, or one that some system takes for it."""
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except FileNotFoundError:
        return None
    if part in names:
        return part
    if os.path.lexists(folder / part):
        # This file system knows it by another name: without case, or by a short one.
        return next((name for name in names if _is_same(folder, part, name)), part)
    wanted = folded(part)
    alike = [name for name in names if folded(name) == wanted]
    same = [name for name in alike if _is_same_text(name, part)]
    return next(iter(same or alike), None)


def _is_same_text(one: str, other: str) -> bool:
    """Return whether two names are the same letters in different Unicode forms."""
    return normalize("NFC", one) == normalize("NFC", other)


def _is_same(folder: Path, part: str, name: str) -> bool:
    """Return whether the file system takes two names for one entry."""
    try:
        return os.path.samestat(os.lstat(folder / part), os.lstat(folder / name))
    except FileNotFoundError:
        return False


def _is_repository(folder: Path) -> bool:
    return any(
        all((folder / name).exists() for name in names) for names in (_REPOSITORY, _WORKTREE)
    )
