"""Shuts a program in, with bubblewrap: no network, a private /tmp, an empty home, read-only tools.

The project's folder inside is the shadow copy, at the place of the real one, so that every absolute
path that tools have kept stays right. Everything else of the user's is not there at all.
"""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from spark_desktop.domain.sandboxing import Limits, Sandboxing
from spark_desktop.domain.words import say

_LEAST_VERSION = (0, 8)
_PROBE_S = 10.0
# The system's programs and libraries; of what is not there nothing is said.
_SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt"),
    *("/nix/store", "/gnu/store", "/run/current-system"),
)
# Only root can read these; who works as root shall not show them either.
_HIDDEN = ("/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/sudoers")
_HIDDEN_FOLDERS = ("/etc/ssh", "/etc/ssl/private", "/etc/sudoers.d")


@dataclass(frozen=True, slots=True)
class View:
    """What a program sees: ``shadow`` stands at ``root``, and it starts in ``folder`` below.

    ``readable`` maps places to folders or files that stand there, read-only; ``kept`` is a folder
    that it may write and that stays from one run to the next.
    """

    root: Path
    shadow: Path
    folder: Path
    readable: Mapping[Path, Path]
    kept: Path


class Bubblewrap:
    """The sandbox of Linux. Whether it works here is found out once."""

    def __init__(self, program: str = "bwrap", platform: str = sys.platform) -> None:
        self._program, self._platform = program, platform
        self._lock = threading.Lock()
        self._state: Sandboxing | None = None

    def state(self) -> Sandboxing:
        """Return whether it works, by trying; call it in an OS thread. It never raises."""
        with self._lock:
            if self._state is None:
                self._state = self._probed()
            return self._state

    def words(self, view: View, home: Path, limits: Limits) -> tuple[str, ...]:
        """Return the words that lead into the sandbox; "{status}" stands for a descriptor."""
        return (
            *self._base(limits),
            *("--size", str(limits.scratch // 4), "--tmpfs", str(home)),
            *_read_only(view.readable, before=view.root),
            *("--bind", str(view.shadow), str(view.root)),
            *_read_only(view.readable, below=view.root),
            *("--bind", str(view.kept), str(view.kept)),
            *("--remount-ro", "/", "--chdir", str(view.folder)),
            *("--json-status-fd", "{status}", "--"),
        )

    def _base(self, limits: Limits) -> tuple[str, ...]:
        own = (place for place in _SYSTEM if os.path.lexists(place))
        hidden = (place for place in _HIDDEN if os.access(place, os.R_OK))
        folders = (place for place in _HIDDEN_FOLDERS if os.access(place, os.X_OK))
        return (
            *(self._program, "--unshare-all", "--unshare-user", "--disable-userns"),
            *("--new-session", "--die-with-parent", "--cap-drop", "ALL", "--hostname", "sandbox"),
            *(word for place in own for word in ("--ro-bind", place, place)),
            *(word for place in hidden for word in ("--ro-bind", "/dev/null", place)),
            *(word for place in folders for word in ("--tmpfs", place)),
            *("--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"),
            *("--size", str(limits.scratch // 4), "--tmpfs", "/dev/shm"),
            *("--perms", "1777", "--size", str(limits.scratch), "--tmpfs", "/tmp"),
            *("--dir", "/var", "--symlink", "../tmp", "/var/tmp", "--dir", "/run"),
        )

    def _probed(self) -> Sandboxing:
        if self._platform != "linux":
            return Sandboxing(False, say("there is none on this system yet"))
        found = shutil.which(self._program)
        if found is None:
            return Sandboxing(False, say("bubblewrap (bwrap) is not installed"))
        self._program = found
        version = _told(found, "--version")[1].rpartition(" ")[2].strip()
        numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
        if numbers < _LEAST_VERSION:
            return Sandboxing(
                False,
                say("bubblewrap {version} is too old: 0.8 is the least", version=version or "?"),
                version,
            )
        code, told = _told(*self._base(Limits()), "--", "/bin/sh", "-c", "exit 0")
        if code != 0:
            line = told.strip().rpartition("\n")[2]
            reason = say("the system does not let bubblewrap work: {line}", line=line or code)
            return Sandboxing(False, reason, version)
        return Sandboxing(True, "", version)


def _read_only(
    readable: Mapping[Path, Path], *, before: Path | None = None, below: Path | None = None
) -> Iterable[str]:
    """Yield binds in an order in which none covers another: outer ones first.

    ``before`` the project's folder is in its place those that are not in it, then those ``below``.
    """
    for place, source in sorted(readable.items(), key=lambda pair: len(pair[0].parts)):
        is_in = place.is_relative_to(before or below or place)
        if is_in == (before is None):
            yield from ("--ro-bind", str(source), str(place))


def _told(*words: str) -> tuple[int, str]:
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PROBE_S,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return 1, str(error)
    return done.returncode, done.stdout.decode("utf-8", "replace")
