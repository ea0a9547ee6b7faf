"""A copy of the workspace in which checks may write, kept up to date from one check to the next.

Every file of it is compared, before each check, with the one that it was copied from (time of
change, size, number) and with itself as it was left: the time of a file's last change of any kind
(ctime) cannot be set by a program, so what a test changed, added or removed is found without
reading, and undone. Copies share their blocks with the original where the file system can.
"""

import contextlib
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.adapters.shadow_packages import ShadowPackages
from spark_desktop.adapters.shadow_removal import is_folder, remove, remove_tree
from spark_desktop.adapters.shadow_scope import LARGEST_FILE, Scope, Scopes
from spark_desktop.domain.errors import NotTextError
from spark_desktop.domain.text import decode
from spark_desktop.domain.words import say

if sys.platform == "linux":
    import fcntl

# linux/fs.h: _IOW(0x94, 9, int)
_FICLONE = 0x40049409
# Of files over LARGEST_FILE: how many a sandbox shows, and without one their bytes in the copy.
_MOST_SHOWN = 200
_MOST_LARGE = 100_000_000
_Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Laid:
    """A shadow that is ready for one check.

    ``shown`` are the folders of dependencies, as paths in it, and ``large`` the files, that a
    sandbox has to show there; ``size`` its bytes; ``is_whole``: the workspace is not too large to
    be in it with every watched file.
    """

    folder: Path
    shown: tuple[str, ...]
    size: int
    is_whole: bool
    large: tuple[str, ...] = ()


class ShadowCopy:
    """The shadow of ``root`` in ``folder``, which is its own; one check at a time may use it."""

    def __init__(
        self, root: Path, folder: Path, rules: IgnoreRules, scopes: Scopes | None = None
    ) -> None:
        self._root, self._folder = root, folder
        self._scopes = scopes or Scopes(root, rules)
        self._files: dict[str, tuple[_Mark | None, _Mark, int]] = {}
        self._folders: dict[str, int] = {}
        self._packages = ShadowPackages(root, folder, remove)
        self._clones = sys.platform == "linux"
        self._stamp = 0.0
        # Files too large to be copied for a sandbox, which can show the real ones.
        self._large: list[str] = []
        self._is_open = False

    def laid(
        self,
        texts: Mapping[str, str | None],
        around: Sequence[str] = (),
        is_open: bool = False,
    ) -> Laid:
        """Return the shadow as the workspace is now, with ``texts`` in their files' place.

        None takes a file away. A text for a link is laid where the link leads, as it would be
        written. ``around``: further files that the check is about. ``is_open``:
        there is no sandbox, in which folders of dependencies could be shown. Raises OSError, also
        for a path that leads out of the workspace.
        """
        for path in texts:
            _require_inside(path)
        written = {self._written(path, text): text for path, text in texts.items()}
        scope = self._scopes.scope((*texts, *written, *around))
        # Tools that go by a file's time, to whole seconds some of them, must see every change.
        self._stamp = max(time.time(), self._stamp + 1.0)
        try:
            self._tidy()
        except OSError:
            self._begin_anew()
        self._is_open = is_open
        self._follow(scope)
        self._packages.show(scope.shown, is_open)
        for path, text in written.items():
            self._lay(path, text)
        self._folders = {path: _ctime(self._place(path)) for path in self._folders}
        size = sum(one[2] for one in self._files.values())
        large = tuple(path for path in self._large if path not in written)
        return Laid(self._folder, scope.shown, size, scope.is_whole, large)

    def close(self) -> None:
        """Remove it."""
        remove_tree(self._folder)
        self._files, self._folders = {}, {}
        self._packages.show((), False)

    def _place(self, path: str) -> str:
        return f"{self._folder}/{path}" if path else str(self._folder)

    def _tidy(self) -> None:
        """Take away what a check has made, and forget what it changed."""
        for path, known in sorted(self._folders.items()):
            place = self._place(path)
            if is_folder(place) and _ctime(place) == known:
                continue
            if not is_folder(place):
                remove(place)
                del self._folders[path]
                continue
            os.chmod(place, 0o700)
            with os.scandir(place) as entries:
                names = [entry.name for entry in entries]
            for name in names:
                inner = f"{path}/{name}" if path else name
                if not (inner in self._files or inner in self._folders or inner in self._packages):
                    remove(self._place(inner))
        for path, (_, own, _) in list(self._files.items()):
            if _own_mark(self._place(path)) != own:
                remove(self._place(path))
                del self._files[path]

    def _begin_anew(self) -> None:
        """Leave the folder as it is beside a fresh one: not all in it can be taken away.

        It goes with the folder around both, as soon as the system lets it.
        """
        os.rename(self._folder, f"{self._folder}-{secrets.token_hex(4)}")
        self._files, self._folders = {}, {}
        self._packages.show((), False)

    def _follow(self, scope: Scope) -> None:
        """Make it what the workspace is."""
        wanted = set(scope.files)
        for path in [path for path in self._files if path not in wanted]:
            remove(self._place(path))
            del self._files[path]
        folders = set(scope.folders) | {""}
        for path in sorted((one for one in self._folders if one not in folders), reverse=True):
            remove(self._place(path))
            del self._folders[path]
        for path in sorted(folders):
            self._make_folder(path)
        self._large.clear()
        for path in scope.files:
            self._copy(path)

    def _make_folder(self, path: str) -> None:
        place = self._place(path)
        if path in self._folders and is_folder(place):
            return
        if not is_folder(place):
            remove(place)
            os.makedirs(place, 0o700)
        self._folders[path] = 0

    def _copy(self, path: str) -> None:
        source, place = f"{self._root}/{path}", self._place(path)
        known = self._files.get(path)
        try:
            status = os.lstat(source)
            mark = (status.st_mtime_ns, status.st_size, status.st_ino)
            if known is not None and known[0] == mark:
                return
            remove(place)
            self._files.pop(path, None)
            if stat.S_ISLNK(status.st_mode):
                if not self._copy_link(source, place):
                    return
            elif not stat.S_ISREG(status.st_mode):
                return
            elif status.st_size <= LARGEST_FILE or self._has_room(status.st_size):
                self._copy_file(source, place, status, is_new=known is None)
            else:
                self._show(path, place)
                return
        except FileNotFoundError:
            return  # removed meanwhile
        except PermissionError:
            return  # not ours to read
        self._files[path] = (mark, _own_mark(place), status.st_size)

    def _has_room(self, size: int) -> bool:
        """Return whether a large file is copied, since there is no sandbox to show it."""
        if not self._is_open:
            return False
        return size + sum(one[2] for one in self._files.values() if one[2] > LARGEST_FILE) <= (
            _MOST_LARGE
        )

    def _show(self, path: str, place: str) -> None:
        """Let a sandbox show a file, for which something must stand at its place."""
        if self._is_open or len(self._large) >= _MOST_SHOWN:
            return
        with open(place, "xb"):
            pass
        self._large.append(path)
        self._files[path] = (None, _own_mark(place), 0)

    def _copy_link(self, source: str, place: str) -> bool:
        """Make a link that leads to the same file of the shadow; none that leads out of it."""
        root, target = (Path(os.path.realpath(one)) for one in (self._root, source))
        if not target.is_relative_to(root):
            return False
        inside = target.relative_to(root)
        os.symlink(os.path.relpath(f"{self._folder}/{inside}", os.path.dirname(place)), place)
        return True

    def _copy_file(self, source: str, place: str, status: os.stat_result, is_new: bool) -> None:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        with open(os.open(source, flags), "rb") as given, open(place, "xb") as taken:
            if not self._is_cloned(given.fileno(), taken.fileno()):
                shutil.copyfileobj(given, taken)
            if hasattr(os, "fchmod"):
                os.fchmod(taken.fileno(), 0o600 | (status.st_mode & 0o111))
        moment = status.st_mtime if is_new else self._stamp
        os.utime(place, (moment, moment))

    def _is_cloned(self, source: int, target: int) -> bool:
        if sys.platform != "linux" or not self._clones:
            return False
        try:
            fcntl.ioctl(target, _FICLONE, source)
        except OSError:
            self._clones = False
            return False
        return True

    def _written(self, path: str, text: str | None) -> str:
        """Return the path of the file that a text would be written to."""
        if text is None:
            return path
        root, target = (Path(os.path.realpath(one)) for one in (self._root, self._root / path))
        if not target.is_relative_to(root):
            raise _outside(path)
        return target.relative_to(root).as_posix()

    def _lay(self, path: str, text: str | None) -> None:
        place = self._place(path)
        if text is None:
            remove(place)
            self._files.pop(path, None)
            return
        data = self._encoded(path, text)
        if path in self._files and not os.path.islink(place):
            with open(place, "rb") as file:
                if file.read() == data:
                    return
        folder = path.rpartition("/")[0]
        parts = folder.split("/") if folder else []
        for count in range(len(parts) + 1):
            self._make_folder("/".join(parts[:count]))
        mode = os.lstat(place).st_mode & 0o777 if path in self._files else 0o600
        remove(place)
        with open(place, "xb") as file:
            file.write(data)
        os.chmod(place, mode | 0o600)
        os.utime(place, (self._stamp, self._stamp))
        self._files[path] = (None, _own_mark(place), len(data))

    def _encoded(self, path: str, text: str) -> bytes:
        """Return the bytes of a text in the encoding that its file has."""
        with contextlib.suppress(OSError, NotTextError):
            return decode((self._root / path).read_bytes()).with_content(text).encode()
        return text.encode("utf-8", "surrogatepass")


def _require_inside(path: str) -> None:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\0" in path:
        raise _outside(path)


def _outside(path: str) -> OSError:
    return OSError(None, say("{path} leads out of the folder", path=path))


def _own_mark(place: str) -> _Mark:
    """Return what tells whether a file is the one that we left; no program can set all of it."""
    try:
        status = os.lstat(place)
    except OSError:
        return (0, 0, 0)
    return (_clock(status), status.st_size, status.st_ino)


def _ctime(place: str) -> int:
    try:
        return _clock(os.lstat(place))
    except OSError:
        return 0


def _clock(status: os.stat_result) -> int:
    # Windows has the time of making there.
    return status.st_mtime_ns if sys.platform == "win32" else status.st_ctime_ns
