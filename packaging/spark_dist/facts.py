"""What every package is made of and named after: version, commit, time, machine, sizes."""

import os
import platform
import subprocess
import tomllib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


# Behind a commit whose files were changed since.
MODIFIED = "-modified"


class DistError(Exception):
    """Something that cannot be built; its text says why, and what to do next."""


class Size(Enum):
    """With the first model inside, or without it: that one fetches it at the first start."""

    FULL = "full"
    SLIM = "slim"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is built: ``epoch`` is the commit's time in seconds since 1970, ``machine`` x86_64."""

    version: str
    commit: str
    epoch: int
    machine: str
    root: Path = ROOT


@dataclass(frozen=True, slots=True)
class Build:
    """One package to be made of a finished ``tree`` of this size, as a file in ``dist``."""

    facts: Facts
    tree: Path
    size: Size
    dist: Path


def facts_here(root: Path = ROOT) -> Facts:
    """Return the facts of this checkout; raises DistError where one is not known.

    Where files of the commit were changed since, that is told behind its name.
    ``SOURCE_DATE_EPOCH`` goes before the commit's time, as that standard wants it; without git,
    as in a source archive, it has to be given.
    """
    with (root / "pyproject.toml").open("rb") as file:
        version = str(tomllib.load(file)["project"]["version"])
    commit = _git(root, "rev-parse", "HEAD")
    if commit and _git(root, "status", "--porcelain", "--untracked-files=no"):
        commit += MODIFIED
    given = os.environ.get("SOURCE_DATE_EPOCH") or _git(root, "log", "-1", "--format=%ct")
    if not given.isascii() or not given.isdigit():
        raise DistError(
            f"The time of the commit is not known ({given or 'no git history here'}); "
            "set SOURCE_DATE_EPOCH to its seconds since 1970."
        )
    return Facts(version, commit, int(given), platform.machine() or "unknown", root)


def checked_out(facts: Facts, folder: Path) -> Facts:
    """Check the commit out into a new folder and return the facts of that; raises DistError."""
    clone = ("clone", "--quiet", "--shared", "--no-checkout", str(facts.root), str(folder))
    # Somebody may have committed meanwhile.
    checkout = (
        "-C",
        str(folder),
        "checkout",
        "--quiet",
        "--detach",
        facts.commit.removesuffix(MODIFIED),
    )
    try:
        for words in (clone, checkout):
            subprocess.run(["git", *words], capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise DistError("git is missing; install the package git.") from None
    except subprocess.CalledProcessError as error:
        raise DistError(f"The commit cannot be checked out: {error.stderr.strip()}") from error
    return facts_here(folder)


def _git(root: Path, *words: str) -> str:
    try:
        told = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""
