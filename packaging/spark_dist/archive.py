"""Archives whose bytes depend on their contents alone, and the sums of what was built."""

import gzip
import hashlib
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, cast

from spark_dist.facts import Build

_BLOCK = 1024 * 1024
SUMS = "SHA256SUMS"


def build(build: Build) -> tuple[Path, ...]:
    """Make the portable archive: one folder that can lie anywhere; return its path."""
    facts = build.facts
    stem = f"spark-desktop-{facts.version}-linux-{facts.machine}-{build.size.value}"
    target = build.dist / f"{stem}.tar.gz"
    with target.open("wb") as raw:
        write_tar_gz(raw, build.tree, f"spark-desktop-{facts.version}", facts.epoch)
    return (target,)


def write_tar_gz(raw: BinaryIO, tree: Path, top: str, epoch: int, level: int = 6) -> None:
    """Write a tree as a compressed archive below the folder ``top``; see ``write_tar``."""
    # No name and no time in the header.
    with gzip.GzipFile("", "wb", level, raw, mtime=0) as packed:
        write_tar(cast(BinaryIO, packed), tree, top, epoch)


def write_tar(raw: BinaryIO, tree: Path, top: str, epoch: int) -> None:
    """Write a tree as a tar archive: sorted, of root, of one time, readable by all.

    Of the modes only whether a file is executable counts: the rest is the umask of who built it.
    """
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for path in (tree, *sorted(tree.rglob("*"))):
            name = f"{top}/{path.relative_to(tree).as_posix()}" if path != tree else top
            member = archive.gettarinfo(str(path), name)
            # One file under two names is two files, wherever it lay before.
            if member.islnk():
                member.type, member.linkname = tarfile.REGTYPE, ""
                member.size = path.stat().st_size
            member.uid = member.gid = 0
            member.uname = member.gname = "root"
            member.mtime = epoch
            member.mode = mode_of(path)
            if member.isreg():
                with path.open("rb") as file:
                    archive.addfile(member, file)
            else:
                archive.addfile(member)


def mode_of(path: Path) -> int:
    """Return the mode that a file has in every package."""
    if path.is_symlink():
        return 0o777
    return 0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644


def sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def write_sums(dist: Path) -> Path:
    """Write ``SHA256SUMS`` for every file of the folder, as ``sha256sum --check`` reads it."""
    target = dist / SUMS
    names = sorted(path for path in dist.iterdir() if path.is_file() and path != target)
    lines = (f"{sha256(path)}  {path.name}\n" for path in names)
    target.write_text("".join(lines), encoding="utf-8", newline="\n")
    return target


def differences(first: Path, second: Path) -> list[str]:
    """Return what differs between two trees: missing names, other bytes, links, modes."""
    one, other = _listing([first]), _listing([second])
    return [name for name in sorted(one | other) if one.get(name) != other.get(name)]


def _listing(roots: Iterable[Path]) -> dict[str, str]:
    found = {}
    for root in roots:
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_symlink():
                found[name] = f"link {path.readlink()}"
            elif path.is_file():
                found[name] = f"{mode_of(path):o} {sha256(path)}"
    return found
