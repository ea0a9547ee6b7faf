"""The ``.run`` of one user: a shell text that installs, then the packed app.

The text is put together from the parts in packaging/linux/run; it is the same for every size.
"""

import gzip
import hashlib
import io
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from spark_dist import integration
from spark_dist.facts import Build, DistError
from spark_dist.needs import depends, package_names
from spark_dist.versions import rank

PARTS = Path(__file__).resolve().parents[1] / "linux" / "run"
# In the place of the programs' folder, which only the installer knows. The space in it has every
# command quoted, as the folder's real name may need.
PROGRAMS = "/@SPARK PROGRAMS@"
_ORDER = ("settings.sh.in", "talk.sh", "look.sh", "place.sh", "change.sh", "main.sh")
# What an installed app says of itself; the text reads both.
_FILES = ".spark-desktop/files"
_VERSION = ".spark-desktop/version"
# Written by the installer, not packed.
_WRITTEN = ("uninstall", ".spark-desktop/placed")
# Compressing these takes 20 seconds and gains 2 %.
_DENSE = {".gguf"}
_SPECIAL = re.compile(r"""([\s'"\\])""")
_BLOCK = 4096


def build(build: Build) -> tuple[Path, ...]:
    """Make the installer of a finished tree in ``build.dist`` and return it.

    Raises OSError, and DistError, also for a version or a file that cannot be installed.
    """
    facts = build.facts
    name = f"spark-desktop-{facts.version}-linux-{facts.machine}-{build.size.value}.run"
    with tempfile.TemporaryDirectory(dir=build.dist, prefix=".run-") as work:
        share = Path(work, "share")
        integration.install(share, PROGRAMS)
        libraries = package_names(depends(build.tree))
        out = build.dist / name
        pack(build, Contents(build.tree, share), out, libraries)
    return (out,)


@dataclass(frozen=True)
class Contents:
    """What is packed: the app's tree, and the desktop's files, which go into its ``share``."""

    tree: Path
    share: Path

    def named(self) -> Iterator[tuple[str, Path]]:
        """Return every file and folder with the name that it gets, sorted by that."""
        found = {path.relative_to(self.tree).as_posix(): path for path in self.tree.rglob("*")}
        found = {name: path for name, path in found.items() if name.split("/")[0] != "share"}
        if self.share.is_dir():
            found["share"] = self.share
            beside = self.share.parent
            found |= {path.relative_to(beside).as_posix(): path for path in self.share.rglob("*")}
        yield from sorted(found.items())


def pack(build: Build, contents: Contents, out: Path, libraries: Sequence[str] = ()) -> None:
    """Write the installer ``out``; ``libraries`` are the Debian packages that the window needs.

    A file of the share may name the programs' folder as ``PROGRAMS``.
    """
    packed = out.with_name(f"{out.name}.packed")
    try:
        _pack(contents, packed, build)
        text = _text(contents, packed, build, libraries)
        with out.open("wb") as target, packed.open("rb") as source:
            target.write(text)
            shutil.copyfileobj(source, target, 1 << 20)
    finally:
        packed.unlink(missing_ok=True)
    out.chmod(0o755)


def template() -> str:
    """Return the text with its settings not yet filled in."""
    return "".join((PARTS / name).read_text(encoding="utf-8") for name in _ORDER)


def _text(contents: Contents, packed: Path, build: Build, libraries: Sequence[str]) -> bytes:
    facts = build.facts
    values = {
        "VERSION": facts.version,
        "RANK": " ".join(map(str, rank(facts.version))),
        "SIZE": build.size.value,
        "MACHINE": facts.machine,
        "LIBRARIES": " ".join(libraries),
        "NEEDED_KIB": str(_needed(contents) // 1024),
        "PACKED_BYTES": str(packed.stat().st_size),
    }
    plain = template()
    for name, value in values.items():
        plain = plain.replace(f"@{name}@", value)
    length = 0
    # The length names itself; it settles at the second try, or the third.
    while True:
        sized = plain.replace("@TEXT_BYTES@", str(length))
        if (grown := len(sized.replace("@SHA256@", "0" * 64).encode())) == length:
            break
        length = grown
    summed = hashlib.sha256(re.sub(r"(?m)^sha256=.*\n", "", sized).encode())
    with packed.open("rb") as file:
        while data := file.read(1 << 20):
            summed.update(data)
    return sized.replace("@SHA256@", summed.hexdigest()).encode()


def _needed(contents: Contents) -> int:
    sizes = (path.lstat().st_size for _, path in contents.named())
    return sum(-(-size // _BLOCK) * _BLOCK for size in sizes)


def _pack(contents: Contents, packed: Path, build: Build) -> None:
    named = list(contents.named())
    version, epoch = build.facts.version, build.facts.epoch
    ranks = " ".join(map(str, rank(version)))
    facts = f"version={version}\nrank={ranks}\nsize={build.size.value}\n"
    listed = "".join(
        f"{line}\n" for line in _listed(name for name, path in named if _is_file(path))
    )
    # GNU's form: names of more than 100 bytes, and no times in fractions of a second.
    with (
        packed.open("wb") as file,
        _Pieces(file) as pieces,
        tarfile.open(fileobj=pieces, mode="w", format=tarfile.GNU_FORMAT) as tar,  # type: ignore[call-overload]
    ):
        for name, path in named:
            pieces.level(0 if path.suffix in _DENSE else 9)
            _add(tar, path, name, epoch)
        pieces.level(9)
        _add_text(tar, _FILES, listed, epoch)
        _add_text(tar, _VERSION, facts, epoch)


def _listed(names: Iterable[str]) -> Iterator[str]:
    """Names as xargs reads them; those that tell whose folder it is come last."""
    for name in names:
        if "\n" in name or name in _WRITTEN or name.startswith(".spark-desktop"):
            raise DistError(f"{name!r} cannot be installed: the name is not for the app")
        # For rm, "-x" would be an option.
        yield _SPECIAL.sub(r"\\\1", f"./{name}")
    yield from (f"./{_FILES}", f"./{_VERSION}")


def _is_file(path: Path) -> bool:
    return path.is_symlink() or not path.is_dir()


def _add(tar: tarfile.TarFile, path: Path, name: str, epoch: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.mtime = epoch
    if path.is_symlink():
        entry.type, entry.linkname = tarfile.SYMTYPE, str(path.readlink())
        tar.addfile(entry)
    elif path.is_dir():
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(entry)
    else:
        status = path.stat()
        entry.size = status.st_size
        entry.mode = 0o755 if status.st_mode & 0o100 else 0o644
        with path.open("rb") as source:
            tar.addfile(entry, source)


def _add_text(tar: tarfile.TarFile, name: str, text: str, epoch: int) -> None:
    data = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime, entry.mode = len(data), epoch, 0o644
    tar.addfile(entry, io.BytesIO(data))


class _Pieces:
    """A gzip file of several members, since one has one level; gzip reads them as one."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._level = 9
        self._member = self._begun()
        self._written = 0

    def __enter__(self) -> "_Pieces":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.write(self._member.flush())

    def level(self, level: int) -> None:
        """Compress what follows at this level of zlib."""
        if level != self._level:
            self._file.write(self._member.flush())
            self._level = level
            self._member = self._begun()

    def write(self, data: bytes) -> int:
        """Compress data; return how much that was, in bytes."""
        self._file.write(self._member.compress(data))
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        """Return how much was written, in bytes before compression."""
        return self._written

    def _begun(self) -> "zlib._Compress":
        # 31: a gzip header, without a name or a time.
        return zlib.compressobj(self._level, zlib.DEFLATED, 31)


def unpacked(path: Path) -> bytes:
    """Return the tar of an installer, for tests and small ones only. Raises OSError."""
    data = path.read_bytes()
    found = re.search(rb"^text_bytes=(\d+)$", data, re.MULTILINE)
    if found is None:
        raise OSError(f"{path} is no installer of this project")
    return gzip.decompress(data[int(found[1]) :])
