"""Removes folders in which a program of the project was let write: of any depth, with any modes.

``shutil.rmtree`` calls itself for each level and needs paths that the system takes; a test that
nests 1,500 folders defeats it. Here folders come up to the top one, one after the other, so that
no path is long and two descriptors are enough.
"""

import errno
import os
import secrets
import shutil
import stat
import sys
from pathlib import Path

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


def remove_tree(folder: Path) -> None:
    """Remove a folder, whatever modes a program gave to what is in it; links are not followed.

    One that is not there is fine. Raises OSError.
    """
    remove(str(folder))


def remove(place: str) -> None:
    """Remove a file, a link or a whole folder; what is not there is fine. Raises OSError."""
    try:
        os.unlink(place)
        return
    except FileNotFoundError:
        return
    except OSError:
        if not is_folder(place):
            raise
    if sys.platform == "win32":
        _remove_by_paths(place)
        return
    os.chmod(place, 0o700)
    top = os.open(place, _FOLDER)
    try:
        _empty(top)
    finally:
        os.close(top)
    os.rmdir(place)


def is_folder(place: str) -> bool:
    """Return whether a folder is there, and not a link to one."""
    try:
        return stat.S_ISDIR(os.lstat(place).st_mode)
    except OSError:
        return False


def _empty(top: int) -> None:
    """Remove what is in an open folder."""
    # No name that a program chose: a folder would replace an empty one of its name.
    lead = secrets.token_hex(8)
    waiting = _folders_left(top)
    count = 0
    while waiting:
        name = waiting.pop()
        os.chmod(name, 0o700, dir_fd=top)
        folder = os.open(name, _FOLDER, dir_fd=top)
        try:
            for inner in _folders_left(folder):
                count += 1
                # To move a folder is to write in it: it has another one above it then.
                os.chmod(inner, 0o700, dir_fd=folder)
                os.rename(inner, f"{lead}-{count}", src_dir_fd=folder, dst_dir_fd=top)
                waiting.append(f"{lead}-{count}")
        finally:
            os.close(folder)
        os.rmdir(name, dir_fd=top)


def _folders_left(folder: int) -> list[str]:
    """Remove the files and links of an open folder; return the names of its folders."""
    with os.scandir(folder) as found:
        entries = [(one.name, one.is_dir(follow_symlinks=False)) for one in found]
    for name, is_inner in entries:
        if not is_inner:
            os.unlink(name, dir_fd=folder)
    return [name for name, is_inner in entries if is_inner]


def _remove_by_paths(place: str) -> None:
    try:
        _allow(place)
        shutil.rmtree(place)
    except RecursionError as error:
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG)) from error


def _allow(place: str) -> None:
    """Let us into every folder below, whatever mode a program gave it."""
    waiting = [place]
    while waiting:
        folder = waiting.pop()
        os.chmod(folder, 0o700)
        with os.scandir(folder) as entries:
            waiting += [one.path for one in entries if one.is_dir(follow_symlinks=False)]
