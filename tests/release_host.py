"""A host of releases at loopback: it serves paths, and misbehaves where a test says so."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spark_desktop.adapters.network import NetworkPolicy
from spark_desktop.adapters.package_file import PackageFile
from spark_desktop.adapters.release_requests import ReleaseRequests
from spark_desktop.adapters.release_server import HttpReleaseServer
from spark_desktop.domain.contact import Contact
from spark_desktop.domain.release_feed import ReleaseFile, feed_of
from spark_desktop.domain.updates import UpdateSource
from tests.hostile.server import Asked, HostileServer, Script, head
from tests.update_fakes import PACKAGE, PUBLIC, feed, package, release, signature, written

FEED, NAME = "/stable.json", "spark-desktop_0.2.0_amd64_full.deb"


@dataclass
class Noted:
    """A Ledger that remembers."""

    contacts: list[Contact] = field(default_factory=list)

    def note(self, contact: Contact) -> None:
        self.contacts.append(contact)


@dataclass
class ReleaseHost:
    """``pages`` are bodies or scripts by path; a range is served where ``knows_ranges``."""

    pages: dict[str, bytes | Script] = field(default_factory=dict)
    knows_ranges: bool = True
    server: HostileServer = field(init=False)

    def __post_init__(self) -> None:
        self.server = HostileServer(self._answer)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ReleaseHost"]:
        async with self.server.running():
            self.publish(feed(release(files=[self.package()])))
            self.pages[f"/{NAME}"] = PACKAGE
            yield self

    @property
    def source(self) -> UpdateSource:
        return UpdateSource(self.server.url + FEED, "stable", (PUBLIC,))

    def package(self, **changes: object) -> dict[str, object]:
        return package(**({"url": f"{self.server.url}/{NAME}"} | changes))

    def file(self, **changes: object) -> ReleaseFile:
        """Return the package as a feed that was read names it."""
        data = written(feed(release(files=[self.package(**changes)])))
        return feed_of(data).releases[0].files[0]

    def publish(self, document: Any) -> None:
        data = written(document)
        self.pages |= {FEED: data, f"{FEED}.minisig": signature(data)}

    @property
    def asked(self) -> list[str]:
        return [asked.target for asked in self.server.requests]

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        page = self.pages.get(asked.target)
        if page is None:
            writer.write(head("404 Not Found", content_length="0"))
        elif not isinstance(page, bytes):
            await page(asked, writer)
            return
        else:
            writer.write(self._page(page, asked.headers.get("range", "")))
        await writer.drain()

    def _page(self, page: bytes, wanted: str) -> bytes:
        found = re.fullmatch(r"bytes=(\d+)-", wanted)
        if found is None or not self.knows_ranges:
            return head(content_length=str(len(page))) + page
        first = int(found[1])
        told = f"bytes {first}-{len(page) - 1}/{len(page)}"
        rest = page[first:]
        length = str(len(rest))
        return head("206 Partial Content", content_range=told, content_length=length) + rest


def server_for(
    downloads: Path, noted: Noted | None = None, silence: float = 5.0, patience: float = 10.0
) -> HttpReleaseServer:
    """Return the adapter, with the user's downloads in a folder."""
    requests = ReleaseRequests(NetworkPolicy(), noted or Noted(), silence)
    return HttpReleaseServer(requests, lambda file: PackageFile(downloads, file), patience)
