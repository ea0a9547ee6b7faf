"""Release feeds of tests: signed with a key that is worth nothing, as minisign itself would."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from spark_dist.release_key import SecretKey, secret_key_of

from spark_desktop.domain.minisign import PublicKey, public_key_of
from spark_desktop.domain.release_feed import ReleaseFile
from spark_desktop.domain.release_version import version_of
from spark_desktop.domain.updates import Fetched, Fetching, Installed, Memory, Offer, UpdateSource

DATA = Path(__file__).parent / "data" / "updates"
# Made by minisign 0.11 itself.
KEY: SecretKey = secret_key_of((DATA / "test.key").read_text())
PUBLIC: PublicKey = public_key_of((DATA / "test.pub").read_text(), "tests")
OTHER: PublicKey = public_key_of((DATA / "other.pub").read_text(), "another")
NOW = datetime(2027, 1, 10, 12, 0, tzinfo=UTC)
ISSUED, EXPIRES = NOW - timedelta(days=10), NOW + timedelta(days=80)
PACKAGE = bytes(range(256)) * 40
SOURCE = UpdateSource("https://dl.example.org/stable.json", "stable", (PUBLIC,))
INSTALLED = Installed(version_of("0.1.0"), "0.1.0", "linux", "x86_64", "deb", "full")


def package(data: bytes = PACKAGE, **changes: object) -> dict[str, object]:
    """Return a feed's entry of a package with these bytes."""
    return {
        "system": "linux",
        "architecture": "x86_64",
        "kind": "full",
        "format": "deb",
        "url": "https://dl.example.org/spark-desktop_0.2.0_amd64_full.deb",
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    } | changes


def release(version: str = "0.2.0", **changes: object) -> dict[str, object]:
    """Return a feed's entry of a release."""
    return {"version": version, "notes": "Faster.", "files": [package()]} | changes


def feed(*releases: Mapping[str, object], **changes: object) -> dict[str, object]:
    """Return a feed; without releases it has version 0.2.0."""
    return {
        "format": 1,
        "channel": "stable",
        "sequence": 7,
        "issued": ISSUED.isoformat(),
        "expires": EXPIRES.isoformat(),
        "releases": list(releases) or [release()],
    } | changes


def written(document: Any) -> bytes:
    """Return a feed as bytes."""
    return json.dumps(document).encode()


def signature(data: bytes, comment: str = "timestamp:1", key: SecretKey = KEY) -> bytes:
    """Return the signature of a feed."""
    return key.signature(data, comment, "of a test").encode()


@dataclass
class FakeServer:
    """Has one feed; ``error`` is raised instead."""

    data: bytes = field(default_factory=lambda: written(feed()))
    signature: bytes | None = None
    error: Exception | None = None
    asked: int = 0

    async def feed(self, source: UpdateSource) -> tuple[bytes, bytes]:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.data, signature(self.data) if self.signature is None else self.signature

    async def fetch(self, file: ReleaseFile, told: Callable[[Fetching], None]) -> Path:
        if self.error is not None:
            raise self.error
        told(Fetching(file.bytes, file.bytes))
        return Path("/downloads/spark.deb")


@dataclass
class MemoryOfFeeds:
    """An UpdateMemory; ``error`` is raised instead of keeping anything."""

    kept: Memory = field(default_factory=Memory)
    error: Exception | None = None

    async def load(self) -> Memory:
        return self.kept

    async def save(self, memory: Memory) -> None:
        if self.error is not None:
            raise self.error
        self.kept = memory


def fetched(offer: Offer, path: Path = Path("/downloads/spark.deb")) -> Fetched:
    """Return a package of an offer that is here."""
    return Fetched(path, offer)
