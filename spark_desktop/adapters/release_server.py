"""The feed and the packages of releases, over the network; a ReleaseServer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx

from spark_desktop.adapters.package_file import PackageFile
from spark_desktop.adapters.release_requests import ReleaseRequests, ask, host_of
from spark_desktop.domain.errors import (
    EndpointUnreachableError,
    FeedError,
    PackageError,
    SparkError,
)
from spark_desktop.domain.release_feed import MOST_FEED_BYTES, ReleaseFile
from spark_desktop.domain.updates import Fetching, UpdateSource
from spark_desktop.domain.words import say
from spark_desktop.services.tasks import to_end

# Bytes: one of minisign has some 300.
_MOST_SIGNATURE = 16 * 1024
# Seconds for the feed with its signature, however slowly it comes.
_PATIENCE = 60.0
_WHOLE, _PART, _NO_SUCH_PART = 200, 206, 416
# Bytes that are written at once.
_PIECE = 1024 * 1024

T = TypeVar("T")
Packages = Callable[[ReleaseFile], PackageFile]


class HttpReleaseServer:
    """``packages`` says where a package is put; ``patience`` is in seconds."""

    def __init__(
        self, requests: ReleaseRequests, packages: Packages, patience: float = _PATIENCE
    ) -> None:
        self._requests = requests
        self._packages = packages
        self._patience = patience

    async def feed(self, source: UpdateSource) -> tuple[bytes, bytes]:
        """Return the feed and its signature. Raises UpdateError and EndpointError."""
        try:
            async with asyncio.timeout(self._patience):
                data = await self._short(source.url, MOST_FEED_BYTES)
                return data, await self._short(source.signature_url, _MOST_SIGNATURE)
        except TimeoutError as error:
            raise EndpointUnreachableError(
                say("{host} did not answer in time.", host=source.host),
                say("Try again in a moment."),
            ) from error

    async def fetch(self, file: ReleaseFile, told: Callable[[Fetching], None]) -> Path:
        """Fetch a package; see ReleaseServer. Raises PackageError and EndpointError."""
        package = self._packages(file)
        try:
            return await self._fetched(file, package, told)
        except EndpointUnreachableError:
            # What came is kept: the next download goes on from there.
            raise
        except (SparkError, asyncio.CancelledError):
            with contextlib.suppress(PackageError):
                await _on_disk(package, package.remove)
            raise

    async def _fetched(
        self, file: ReleaseFile, package: PackageFile, told: Callable[[Fetching], None]
    ) -> Path:
        told(Fetching(0, file.bytes))
        found = await _on_disk(package, package.found)
        if found is not None:
            return found
        here = await _on_disk(package, package.begin)
        if here < file.bytes:
            await self._receive(file, package, here, told)
        told(Fetching(file.bytes, file.bytes, verifying=True))
        await _on_disk(package, package.verify)
        return await _on_disk(package, package.appear)

    async def _short(self, url: str, most: int) -> bytes:
        async with self._requests.answer(url, say("look for a new version")) as answer:
            if answer.status_code != _WHOLE:
                raise FeedError(
                    say(
                        "{host} has no release feed where this build looks for it (status "
                        "{status}).",
                        host=host_of(url),
                        status=answer.status_code,
                    ),
                    ask(),
                )
            data = bytearray()
            async for piece in answer.aiter_raw():
                data += piece
                if len(data) > most:
                    raise FeedError(
                        say(
                            "{host} sent more than {most} kB for the release feed.",
                            host=host_of(url),
                            most=most // 1024,
                        ),
                        ask(),
                    )
        return bytes(data)

    async def _receive(
        self,
        file: ReleaseFile,
        package: PackageFile,
        here: int,
        told: Callable[[Fetching], None],
    ) -> None:
        async with self._opened(file, here) as (answer, start):
            if start == 0:
                await _on_disk(package, package.restart)
            done = start
            async for piece in answer.aiter_raw(_PIECE):
                done += len(piece)
                if done > file.bytes:
                    raise _other_size(file, done)
                await _on_disk(package, partial(package.add, piece))
                told(Fetching(done, file.bytes))
        if done < file.bytes:
            raise EndpointUnreachableError(
                say(
                    "{host} ended after {done:,} of {total:,} bytes.",
                    host=host_of(file.url),
                    done=done,
                    total=file.bytes,
                ),
                say("Download it again: it goes on from there."),
            )

    @contextlib.asynccontextmanager
    async def _opened(
        self, file: ReleaseFile, here: int
    ) -> AsyncIterator[tuple[httpx.Response, int]]:
        """Open the rest of a package, or all of it where the server cannot go on."""
        purpose = say("fetch a new version")
        if here:
            wanted = {"Range": f"bytes={here}-"}
            async with self._requests.answer(file.url, purpose, wanted) as answer:
                if _goes_on(answer, here, file.bytes):
                    yield answer, here
                    return
                if answer.status_code == _WHOLE:
                    yield _checked(answer, file), 0
                    return
        async with self._requests.answer(file.url, purpose) as answer:
            yield _checked(answer, file), 0


async def _on_disk(package: PackageFile, work: Callable[[], T]) -> T:
    """Return what ``work`` returns in an OS thread; to its end also where the caller is cancelled.

    Raises PackageError.
    """
    try:
        return await to_end(asyncio.to_thread(work))
    except OSError as error:
        raise PackageError(
            say(
                "{name} could not be written to {folder}: {reason}.",
                name=package.name,
                folder=package.part.parent,
                reason=error.strerror or error,
            ),
            say("Allow writing to that folder, then download it again."),
        ) from error


def _goes_on(answer: httpx.Response, here: int, total: int) -> bool:
    told = answer.headers.get("Content-Range", "").strip().lower()
    return answer.status_code == _PART and told == f"bytes {here}-{total - 1}/{total}"


def _checked(answer: httpx.Response, file: ReleaseFile) -> httpx.Response:
    if answer.status_code != _WHOLE:
        raise PackageError(
            say(
                "{host} does not have the package that the release feed names (status {status}).",
                host=host_of(file.url),
                status=answer.status_code,
            ),
            ask(),
        )
    told = answer.headers.get("Content-Length", "")
    if told.isdecimal() and int(told) != file.bytes:
        raise _other_size(file, int(told))
    return answer


def _other_size(file: ReleaseFile, found: int) -> PackageError:
    return PackageError(
        say(
            "The package has {found:,} bytes or more, the release feed says {wanted:,}: it is not "
            "the file that was released. Nothing of it was kept.",
            found=found,
            wanted=file.bytes,
        ),
        say("Download it again; if it stays so, report it, and install nothing."),
    )
