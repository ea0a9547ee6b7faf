"""The engine's source: llama.cpp, inside the source distribution of the installed wheel."""

import hashlib
import shutil
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from inference_core.machine.errors import SourceArchiveError
from inference_core.machine.installed import PACKAGE
from inference_core.models.errors import SourceFailedError
from inference_core.models.sources.pip_download import PipDownload

INSIDE = PurePosixPath("thirdparty/llama.cpp")

# Large, and no part of the library: 130 of 180 MB.
_UNUSED = frozenset({"models", "docs", "tests", "tools", "examples", "benches", "media", "gguf-py"})
# Ten times what today's has: an archive with more is something else.
_MOST_BYTES = 2_000_000_000
_MOST_FILES = 50_000

_ELSEWHERE = (
    "Check the network and pip's settings, or fetch the archive on another machine with 'pip "
    "download --no-deps --no-binary :all: {requirement}' and name it with --source FILE."
)


def fetch_source(version: str, scratch: Path) -> Path:
    """Return the archive of this version, fetched into the scratch folder by the user's pip.

    pip has compared it with the hash of the index. Raises SourceArchiveError.
    """
    requirement = f"{PACKAGE}=={version}"
    try:
        return PipDownload(scratch, lambda done: None).source(requirement)
    except SourceFailedError as error:
        raise SourceArchiveError(
            f"The source of {requirement} could not be fetched: {error.reason}.",
            _ELSEWHERE.format(requirement=requirement),
        ) from error


def sha256_of(archive: Path) -> str:
    """Return the archive's hash, to be kept with what is built of it. Raises OSError."""
    with archive.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def unpack(archive: Path, version: str, target: Path) -> Path:
    """Unpack llama.cpp into a folder that is new, and return where its CMakeLists.txt is.

    Only plain files are taken, and none outside of the folder. Raises SourceArchiveError where the
    archive is damaged or holds another version, and OSError where there is no room.
    """
    root = PurePosixPath(f"{PACKAGE}-{version}") / INSIDE
    try:
        with tarfile.open(archive, "r:*") as tar:
            _take(tar, root, target)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise _unusable(archive, f"it is damaged: {error}") from error
    if not (target / "CMakeLists.txt").is_file():
        raise _unusable(archive, f"it does not hold the source of {PACKAGE} {version}")
    return target


def _take(tar: tarfile.TarFile, root: PurePosixPath, target: Path) -> None:
    taken_bytes = taken_files = 0
    for member in tar:
        path = PurePosixPath(member.name)
        if not member.isfile() or not path.is_relative_to(root):
            continue
        inside = path.relative_to(root)
        if ".." in inside.parts or inside.parts[0] in _UNUSED:
            continue
        taken_files += 1
        taken_bytes += member.size
        if taken_bytes > _MOST_BYTES or taken_files > _MOST_FILES:
            raise tarfile.TarError("it is far too large")
        source = tar.extractfile(member)
        if source is None:
            continue
        final = target.joinpath(*inside.parts)
        final.parent.mkdir(parents=True, exist_ok=True)
        with source, final.open("xb") as stream:
            shutil.copyfileobj(source, stream)


def _unusable(archive: Path, reason: str) -> SourceArchiveError:
    return SourceArchiveError(
        f"The archive {archive} cannot be used: {reason}.",
        "Fetch it again; without --source it comes from the package index.",
    )
