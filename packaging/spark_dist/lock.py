"""requirements.lock: which version of each package, for which systems, with which hashes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name

from spark_dist.facts import DistError

_HASH = "--hash=sha256:"


class LockError(DistError):
    """The lock cannot be read, or does not have what is asked for."""


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of the lock; ``hashes`` are SHA-256 in hexadecimal, one of each of its files."""

    name: NormalizedName
    version: str
    hashes: frozenset[str]
    marker: Marker | None = None

    def holds_for(self, environment: Mapping[str, str]) -> bool:
        """Return whether this package is meant for such a system."""
        return self.marker is None or self.marker.evaluate(dict(environment))

    def requirement(self) -> str:
        """Return the line with which pip installs this very file."""
        hashes = " ".join(f"{_HASH}{digest}" for digest in sorted(self.hashes))
        return f"{self.name}=={self.version} {hashes}"


class Lock:
    """All that is locked, for one kind of system (the environment of its markers)."""

    def __init__(self, entries: list[Locked], environment: Mapping[str, str]) -> None:
        self._entries = {entry.name: entry for entry in entries if entry.holds_for(environment)}

    def __getitem__(self, name: str) -> Locked:
        """Return the entry of a package. Raises LockError where there is none."""
        try:
            return self._entries[canonicalize_name(name)]
        except KeyError:
            raise LockError(
                f"{name} is needed, but requirements.lock does not have it for this system. "
                "Compile the lock again (CONTRIBUTING.md says how)."
            ) from None

    def __contains__(self, name: str) -> bool:
        return canonicalize_name(name) in self._entries


def read_lock(path: Path, environment: Mapping[str, str], also: list[Locked]) -> Lock:
    """Read the lock; ``also`` is pinned elsewhere. Raises LockError and OSError."""
    return Lock([*parse_lock(path.read_text(encoding="utf-8")), *also], environment)


def parse_lock(text: str) -> list[Locked]:
    """Return the entries of a lock's text. Raises LockError, naming the line."""
    return [_entry(line) for line in _logical_lines(text)]


def _logical_lines(text: str) -> Iterator[str]:
    pending = ""
    for line in text.splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        pending += line.removesuffix("\\")
        if not line.endswith("\\"):
            yield pending
            pending = ""
    if pending:
        raise LockError(f"requirements.lock ends within an entry: {pending.split()[0]}")


def _entry(line: str) -> Locked:
    words, *hashes = line.split(_HASH)
    try:
        requirement = Requirement(words.strip())
    except InvalidRequirement as error:
        raise LockError(f"requirements.lock has a line that is none: {words}: {error}") from error
    pins = [pin.version for pin in requirement.specifier if pin.operator == "=="]
    if len(pins) != 1 or not hashes:
        raise LockError(f"requirements.lock does not pin {words.strip()} with its hashes")
    return Locked(
        canonicalize_name(requirement.name),
        pins[0],
        frozenset(digest.strip() for digest in hashes),
        requirement.marker,
    )
