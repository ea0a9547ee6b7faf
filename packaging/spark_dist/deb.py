"""The Debian package: the tree in /usr/lib, its programs in /usr/bin, its papers in /usr/share.

Both sizes are the same package, so that one takes the place of the other. There are no maintainer
scripts: what keeps lists of entries, icons and man pages has triggers of its own.
"""

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from spark_dist import integration, xz_pieces
from spark_dist.deb_papers import PLACE, copyright_text, debian_changelog, packed
from spark_dist.desktop_files import PAGES
from spark_dist.facts import Build, DistError
from spark_dist.needs import depends
from spark_dist.versions import debian_version

LINUX = Path(__file__).resolve().parents[1] / "linux"
PROGRAMS = ("spark-desktop", "spark", "spark-core")
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}
_DENSE = ".gguf"


def build(build: Build) -> tuple[Path, ...]:
    """Make the package of a finished tree in ``build.dist`` and return it.

    Raises OSError, and DistError, also for a version that no package can have.
    """
    facts = build.facts
    architecture = _MACHINES.get(facts.machine)
    if architecture is None:
        raise DistError(f"Debian's name for {facts.machine} is not known; add it to deb.py.")
    out = build.dist / f"spark-desktop_{facts.version}_{architecture}_{build.size.value}.deb"
    with tempfile.TemporaryDirectory(dir=build.dist, prefix=".deb-") as work:
        root = Path(work, "root")
        _fill(root, build)
        _describe(root, build, architecture)
        _set_modes(root, facts.epoch)
        plain = Path(work, "plain.deb")
        _dpkg_deb(root, plain, facts.epoch)
        shutil.rmtree(root)
        compress(plain, out, facts.epoch)
    return (out,)


def _fill(root: Path, build: Build) -> None:
    target = root / PLACE
    # For itself the portable app brings what belongs to a desktop; here it goes to /usr/share.
    shutil.copytree(build.tree, target, symlinks=True, ignore=_share_of(build.tree))
    programs = root / "usr" / "bin"
    programs.mkdir(parents=True)
    for name in PROGRAMS:
        (programs / name).symlink_to(f"../lib/spark-desktop/{name}")
    share = root / "usr" / "share"
    integration.install(share)
    # Names of Debian's own: its zsh looks there, and man pages stay packed.
    doc = share / "doc" / "spark-desktop"
    doc.mkdir(parents=True)
    overrides = share / "lintian" / "overrides"
    overrides.mkdir(parents=True)
    shutil.copyfile(LINUX / "debian" / "lintian-overrides", overrides / "spark-desktop")
    facts = build.facts
    text = copyright_text(build.tree, facts, PAGES)
    (doc / "copyright").write_text(text, encoding="utf-8")
    version = debian_version(facts.version)
    (doc / "changelog.Debian.gz").write_bytes(debian_changelog(facts, version, _maintainer()))
    (doc / "changelog.gz").write_bytes(packed((facts.root / "CHANGELOG.md").read_bytes()))


def _share_of(tree: Path) -> Callable[[str, list[str]], set[str]]:
    return lambda folder, names: {"share"} & set(names) if Path(folder) == tree else set()


def _describe(root: Path, build: Build, architecture: str) -> None:
    control = root / "DEBIAN"
    files = list(_files(root))
    control.mkdir()
    model = (LINUX / "debian" / f"model-{build.size.value}.txt").read_text(encoding="utf-8")
    values = {
        "VERSION": debian_version(build.facts.version),
        "ARCHITECTURE": architecture,
        "INSTALLED_SIZE": str(_installed_kib(root)),
        "DEPENDS": ", ".join(depends(build.tree)),
        "HOMEPAGE": PAGES,
        "MODEL": model.rstrip(),
    }
    text = _template()
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    (control / "control").write_text(text, encoding="utf-8")
    sums = [f"{_md5(path)}  {path.relative_to(root).as_posix()}\n" for path in files]
    (control / "md5sums").write_text("".join(sums), encoding="utf-8")


def _template() -> str:
    return (LINUX / "debian" / "control.in").read_text(encoding="utf-8")


def _maintainer() -> str:
    lines = _template().splitlines()
    return next(line for line in lines if line.startswith("Maintainer: ")).partition(": ")[2]


def _files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*"), key=lambda path: path.relative_to(root).as_posix()):
        if path.is_file() and not path.is_symlink():
            yield path


def _installed_kib(root: Path) -> int:
    """As dpkg-gencontrol counts: files up to the next KiB, all else as one KiB."""
    sizes = (
        path.lstat().st_size if path.is_file() and not path.is_symlink() else 1024
        for path in root.rglob("*")
        if "DEBIAN" not in path.relative_to(root).parts[:1]
    )
    return sum(-(-size // 1024) for size in sizes)


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _set_modes(root: Path, epoch: int) -> None:
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or _is_program(path) else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)


def _is_program(path: Path) -> bool:
    """Wheels have libraries and texts that may be executed; only programs should be."""
    if ".so" in path.suffixes or not path.stat().st_mode & 0o100:
        return False
    with path.open("rb") as file:
        return file.read(4).startswith((b"\x7fELF", b"#!"))


def _dpkg_deb(root: Path, out: Path, epoch: int) -> None:
    words = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(root), str(out)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    try:
        done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    except OSError as error:
        raise DistError(f"dpkg-deb cannot be started: {error}; install dpkg.") from error
    if done.returncode:
        raise DistError(f"dpkg-deb refused the package: {done.stderr.strip()}")


def compress(plain: Path, out: Path, epoch: int) -> None:
    """Write a package whose parts are not compressed as one whose parts are, models excepted.

    Raises DistError for what is no package without compression.
    """
    with plain.open("rb") as source, out.open("wb") as target, tempfile.TemporaryFile() as part:
        members = list(_members(plain))
        if [name for name, _, _ in members] != ["debian-binary", "control.tar", "data.tar"]:
            raise DistError(f"{plain} is no Debian package of three plain parts.")
        target.write(b"!<arch>\n")
        for name, start, length in members:
            part.seek(0)
            part.truncate()
            if name.endswith(".tar"):
                xz_pieces.write(source, _pieces(plain, start, length), part)
                name += ".xz"
            else:
                source.seek(start)
                part.write(source.read(length))
            size = part.tell()
            part.seek(0)
            target.write(f"{name:<16}{epoch:<12}{0:<6}{0:<6}{100644:<8}{size:<10}`\n".encode())
            shutil.copyfileobj(part, target, 1 << 20)
            target.write(b"\n" * (size % 2))


def _members(archive: Path) -> Iterator[tuple[str, int, int]]:
    """The members of an ar archive: name, start, length in bytes."""
    with archive.open("rb") as file:
        file.seek(8)
        while len(head := file.read(60)) == 60:
            length = int(head[48:58])
            yield head[:16].decode().rstrip(" /"), file.tell(), length
            file.seek(length + length % 2, os.SEEK_CUR)


def _pieces(archive: Path, start: int, length: int) -> Iterator[xz_pieces.Piece]:
    place = start
    with archive.open("rb") as file:
        file.seek(start)
        # Its entries know their places in the whole file.
        with tarfile.open(fileobj=file, mode="r:") as tar:
            for entry in tar:
                if entry.name.endswith(_DENSE):
                    begin = entry.offset_data
                    yield xz_pieces.Piece(place, begin - place)
                    yield xz_pieces.Piece(begin, entry.size, is_dense=True)
                    place = begin + entry.size
    yield xz_pieces.Piece(place, start + length - place)
