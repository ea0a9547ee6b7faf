"""What the release workflow does besides building, with the standard library only.

python packaging/release.py version --ref refs/tags/v0.1.0   the version, which a tag has to name
python packaging/release.py try dist/….tar.gz                the self-test of a portable archive
python packaging/release.py gather parts dist                all packages in one folder, verified
python packaging/release.py feed                             where the feed is that apps see now
python packaging/release.py notes 0.1.0                      what the changelog says of a version
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from spark_dist.archive import SUMS, sha256, write_sums
from spark_dist.facts import ROOT, DistError

_TAGS = "refs/tags/"
_HEADING = re.compile(r"^## \[?(?P<version>[^\]\s]+)\]?.*$", re.MULTILINE)
_SUM = re.compile(r"(?P<sum>[0-9a-f]{64}) [ *](?P<name>[^/\\]+)")
# Seconds; the self-test has limits of its own, this one is for a program that hangs.
_PATIENCE = 600


def main(words: Sequence[str]) -> int:
    """Do what is asked; return 0, or 1 where it cannot be done, with the reason on stderr."""
    given = _arguments(words)
    try:
        if given.command == "version":
            print(f"version={version(given.ref)}")
        elif given.command == "try":
            try_archive(given.archive)
        elif given.command == "feed":
            print(feed_address())
        elif given.command == "gather":
            print("\n".join(path.name for path in gather(given.parts, given.dist)))
        else:
            print(notes(given.version))
    except DistError as failure:
        print(f"release: {failure}", file=sys.stderr)
        return 1
    return 0


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="release.py", description="Helps with releasing.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    told = commands.add_parser("version", help="print the version, which a tag has to name")
    told.add_argument("--ref", default="", help="the full name of the branch or tag")
    tried = commands.add_parser("try", help="unpack a portable archive and let it test itself")
    tried.add_argument("archive", type=Path)
    gathered = commands.add_parser("gather", help="verify packages and put them into one folder")
    gathered.add_argument("parts", type=Path)
    gathered.add_argument("dist", type=Path)
    commands.add_parser("feed", help="print the address of the feed that this build follows")
    said = commands.add_parser("notes", help="print what the changelog says of a version")
    said.add_argument("version")
    return parser.parse_args(words)


def version(ref: str = "", root: Path = ROOT) -> str:
    """Return the version of ``pyproject.toml``. Raises DistError for a tag of another one."""
    with (root / "pyproject.toml").open("rb") as file:
        told = str(tomllib.load(file)["project"]["version"])
    if ref.startswith(_TAGS) and ref != f"{_TAGS}v{told}":
        raise DistError(
            f"The tag {ref.removeprefix(_TAGS)} is not v{told}, the version of pyproject.toml; "
            "correct one of them."
        )
    return told


def feed_address(root: Path = ROOT) -> str:
    """Return the address of the release feed. Raises DistError where none is named."""
    with (root / "resources" / "updates.toml").open("rb") as file:
        address = str(tomllib.load(file).get("feed", ""))
    if not address.startswith("https://"):
        raise DistError(
            "resources/updates.toml names no feed (https); write its address and public key there."
        )
    return address


def notes(wanted: str, root: Path = ROOT) -> str:
    """Return the changelog's part about a version. Raises DistError where there is none."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = list(_HEADING.finditer(text))
    for place, heading in enumerate(headings):
        if heading["version"] == wanted:
            following = headings[place + 1 : place + 2]
            end = following[0].start() if following else len(text)
            return text[heading.end() : end].strip()
    raise DistError(
        f"CHANGELOG.md says nothing of {wanted}: give what is unreleased the heading "
        f"## [{wanted}] - and the day."
    )


def gather(parts: Path, dist: Path) -> tuple[Path, ...]:
    """Copy what each folder of ``parts`` holds into ``dist``, with one list of sums for all.

    Raises DistError for a folder without a list, for a file that is not the one of its folder's
    list, and for two of one name.
    """
    dist.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for folder in sorted(path for path in parts.iterdir() if path.is_dir()):
        sums = _sums(folder / SUMS)
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            if file.name == SUMS:
                continue
            expected = sums.get(file.name)
            if expected != sha256(file):
                raise DistError(f"{file} is not what {folder.name}/{SUMS} says; build it again.")
            target = dist / file.name
            if target.exists():
                raise DistError(f"There are two files named {file.name}; one is in {folder.name}.")
            shutil.copyfile(file, target)
            made.append(target)
    if not made:
        raise DistError(f"There are no packages in {parts}.")
    write_sums(dist)
    return tuple(made)


def try_archive(archive: Path) -> None:
    """Unpack a portable archive and let its programs test themselves. Raises DistError."""
    with tempfile.TemporaryDirectory(prefix="spark-try-") as place:
        try:
            with tarfile.open(archive) as packed:
                # Debian 12 may have a Python from before this was there.
                if hasattr(tarfile, "data_filter"):
                    packed.extraction_filter = tarfile.data_filter
                packed.extractall(place)
        except (OSError, tarfile.TarError) as error:
            raise DistError(f"{archive} cannot be unpacked: {error}") from error
        programs = sorted(Path(place).glob("*/spark-desktop"))
        if not programs:
            raise DistError(f"{archive} holds no program spark-desktop in its folder.")
        folder = programs[0].parent
        for words in (["spark", "--version"], ["spark-core", "--help"]):
            _run([str(folder / words[0]), *words[1:]])
        _run([str(programs[0]), "--self-test"])


def _run(command: Sequence[str]) -> None:
    environment = {"QT_QPA_PLATFORM": "offscreen"} | dict(os.environ)
    name = Path(command[0]).name
    try:
        code = subprocess.run(command, env=environment, timeout=_PATIENCE, check=False).returncode
    except OSError as error:
        raise DistError(f"{name} cannot be started: {error}") from error
    except subprocess.TimeoutExpired:
        raise DistError(f"{' '.join([name, *command[1:]])} did not end in time.") from None
    if code != 0:
        raise DistError(f"{' '.join([name, *command[1:]])} ended with {code}.")


def _sums(file: Path) -> dict[str, str]:
    if not file.is_file():
        raise DistError(f"{file.parent.name} has no {SUMS}; build it again.")
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        matched = _SUM.fullmatch(line)
        if matched is None:
            raise DistError(f"{file} holds a line that is no sum: {line}")
        found[matched["name"]] = matched["sum"]
    return found
