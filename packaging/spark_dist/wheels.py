"""Wheels for another system: fetched by pip with the lock's hashes, kept, and unpacked."""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from spark_dist.facts import DistError
from spark_dist.lock import Lock, LockError


class FetchError(DistError):
    """A wheel could not be had."""


class WheelShelf:
    """A folder of wheels for one kind of system, such as ``win_amd64`` and ``3.13``."""

    def __init__(self, folder: Path, lock: Lock, platform: str, python: str) -> None:
        self._folder = folder
        self._lock = lock
        self._platform = platform
        self._python = python

    def fetch(self, names: list[str]) -> dict[str, Path]:
        """Return the wheel of each package; what is here already is not fetched again.

        Every file was compared with the lock's hashes. Raises FetchError, LockError.
        """
        here = self.on_shelf()
        missing = [name for name in names if name not in here]
        if missing:
            self._download(missing)
            here = self.on_shelf()
        lacking = [name for name in missing if name not in here]
        if lacking:
            raise FetchError(f"pip delivered no wheel of {', '.join(lacking)}")
        return {name: here[name] for name in names}

    def on_shelf(self) -> dict[str, Path]:
        """Return what is here, of the right version, with a hash of the lock."""
        found = {}
        for path in sorted(self._folder.glob("*.whl")):
            try:
                name, version, _, tags = parse_wheel_filename(path.name)
            except InvalidWheelFilename:
                continue
            if name not in self._lock or not self._fits(tags):
                continue
            entry = self._lock[name]
            if entry.version == str(version) and sha256(path) in entry.hashes:
                found[str(name)] = path
        return found

    def _fits(self, tags: frozenset[Tag]) -> bool:
        return any(tag.platform in ("any", self._platform) for tag in tags)

    def _download(self, names: Sequence[str]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{self._lock[name].requirement()}\n" for name in names)
        with tempfile.TemporaryDirectory() as scratch:
            listed = Path(scratch, "requirements.txt")
            listed.write_text(lines, encoding="utf-8")
            command = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--no-input",
            ]
            command += ["--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
            command += ["--platform", self._platform, "--python-version", self._python]
            command += ["--implementation", "cp", "--dest", str(self._folder), "-r", str(listed)]
            done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            last = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            raise FetchError(
                f"pip could not fetch {', '.join(names)}: {(last or ['no reason given'])[-1]}"
            )


def sha256(path: Path) -> str:
    """Return a file's hash in hexadecimal. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unpack_wheel(wheel: Path, target: Path) -> list[PurePosixPath]:
    """Unpack what of a wheel belongs into site-packages; return the paths inside of ``target``.

    Of a ``.data`` folder purelib and platlib do, and scripts, headers and data do not. Raises
    LockError for a path that leads outside.
    """
    written = []
    with ZipFile(wheel) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            inside = None if info.is_dir() else _installed(PurePosixPath(info.filename))
            if inside is None:
                continue
            if inside.is_absolute() or ".." in inside.parts:
                raise LockError(f"{wheel.name} has a path that leads outside: {inside}")
            path = target.joinpath(*inside.parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(info))
            path.chmod(0o644)
            written.append(inside)
    return written


def _installed(path: PurePosixPath) -> PurePosixPath | None:
    if not path.parts[0].endswith(".data"):
        return path
    kind, *rest = path.parts[1:]
    return PurePosixPath(*rest) if kind in ("purelib", "platlib") else None
