"""Newer releases: looked for when the user wants it, verified, fetched; never installed."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from spark_desktop.domain.errors import EndpointUnreachableError, SignatureError, UpdateError
from spark_desktop.domain.minisign import Verify, check, signature_of
from spark_desktop.domain.release_feed import ReleaseFile, feed_of
from spark_desktop.domain.settings import Updates
from spark_desktop.domain.updates import (
    Fetched,
    Fetching,
    Installed,
    Memory,
    Offer,
    UpdateSource,
    accept,
    offer_of,
)
from spark_desktop.domain.words import say
from spark_desktop.services.ports import Clock


class ReleaseServer(Protocol):
    """Where the feed and its packages are."""

    async def feed(self, source: UpdateSource) -> tuple[bytes, bytes]:
        """Return the feed and its signature, each within its bounds.

        Raises UpdateError and EndpointError.
        """
        ...

    async def fetch(self, file: ReleaseFile, told: Callable[[Fetching], None]) -> Path:
        """Fetch a package, and return where it lies once its bytes are those of the feed.

        One that was cut short goes on. Cancelling leaves nothing. Raises PackageError and
        EndpointError.
        """
        ...


class UpdateMemory(Protocol):
    """Keeps what was accepted. Raises StoreError."""

    async def load(self) -> Memory:
        """Return what is kept; nothing where nothing is."""
        ...

    async def save(self, memory: Memory) -> None:
        """Keep this instead."""
        ...


class UpdateService:
    """Asks nobody unless it is told to; whether it may be told is ``may_ask``."""

    def __init__(
        self,
        source: UpdateSource,
        installed: Installed,
        server: ReleaseServer,
        memory: UpdateMemory,
        verify: Verify,
        clock: Clock,
    ) -> None:
        self.source = source
        self.installed = installed
        self._server = server
        self._memory = memory
        self._verify = verify
        self._clock = clock
        self._one = asyncio.Lock()

    def may_ask(self, choices: Updates) -> bool:
        """Return whether the user agreed to the host that would be asked."""
        return self.source.is_usable and choices.host == self.source.host

    async def is_due(self, choices: Updates) -> bool:
        """Return whether it is time for a check that nobody asked for. Raises StoreError."""
        if not choices.check or not self.may_ask(choices):
            return False
        return (await self._memory.load()).is_due(self._clock.now())

    async def check(self) -> Offer | None:
        """Ask for the feed, and return what is newer than this Spark; None for nothing.

        Raises UpdateError, EndpointError and StoreError; nothing of the feed is used then.
        """
        if not self.source.is_usable:
            raise UpdateError(
                say("This build has no release key, so nothing it fetched could be verified."),
                say("Look for new versions where you got this one."),
            )
        async with self._one:
            memory = replace(await self._memory.load(), attempted=self._clock.now(), reached=True)
            # Before anybody is asked: also a check that fails was today's.
            await self._memory.save(memory)
            try:
                data, signature = await self._server.feed(self.source)
            except EndpointUnreachableError:
                await self._memory.save(replace(memory, reached=False))
                raise
            return await self._judged(data, signature, memory)

    async def fetch(self, offer: Offer, told: Callable[[Fetching], None]) -> Fetched:
        """Fetch the package of an offer; cancelling leaves nothing.

        Raises UpdateError and EndpointError.
        """
        if offer.file is None:
            raise UpdateError(
                say("The release feed names no package for the way this Spark was installed."),
                say("Install {version} in the same way as this one.", version=offer.release.name),
            )
        return Fetched(await self._server.fetch(offer.file, told), offer)

    async def _judged(self, data: bytes, signature: bytes, memory: Memory) -> Offer | None:
        signed = signature_of(_text(signature))
        key = check(data, signed, self.source.keys, self._verify)
        # Read only now: whoever cannot sign reaches no parser.
        feed = feed_of(data)
        digest = hashlib.sha256(data).hexdigest()
        seen = accept(feed, digest, signed, self.source, memory, self._clock.now())
        # Before it is used: what cannot be kept could be undone by an older feed later.
        await self._memory.save(replace(memory, feeds={**memory.feeds, key.shown: seen}))
        return offer_of(feed, self.installed)


def _text(signature: bytes) -> str:
    try:
        return signature.decode()
    except UnicodeDecodeError as error:
        raise SignatureError(
            say("The signature of the release feed cannot be read."),
            say("Try again later; if it stays so, ask whoever runs the feed."),
        ) from error
