"""The body of an answer, unpacked in small pieces and bounded: a server may send anything."""

import zlib
from collections.abc import AsyncGenerator, Iterator

import httpx

from spark_desktop.adapters.network_errors import FAILURES, Place, broken, translated
from spark_desktop.domain.errors import (
    AnswerTooLargeError,
    EndpointError,
    EndpointRejectedError,
    IncompleteStreamError,
)
from spark_desktop.domain.words import say

# A megabyte of zeros packs into a thousand bytes; so much of it is unpacked at a time.
_PIECE = 64 * 1024
# Of an error page a person reads the beginning.
_ERROR_MOST = 256 * 1024
# What comes in one piece: the longest list of models has some 300 KB.
_WHOLE_MOST = 32 * 1024 * 1024
_ERROR = 400
_STREAMS = ("text/event-stream", "application/x-ndjson", "application/jsonl")
_PACKED = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}


def bounded(answer: httpx.Response, place: Place) -> httpx.Response:
    """Return the same answer with a body that is unpacked, bounded, and fails in our words.

    Raises EndpointRejectedError for a body that is packed in a way we do not know, or for a web
    page where an answer should be.
    """
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if answer.status_code < _ERROR and kind == "text/html":
        raise EndpointRejectedError(
            say("{host} answered with a web page, not as a model's server does.", host=place.host),
            say("Check the endpoint's address; for many servers it ends in /v1."),
        )
    packing = answer.headers.get("Content-Encoding", "").strip().lower()
    if packing not in ("", "identity", *_PACKED):
        raise EndpointRejectedError(
            say(
                "{host} packed its answer as {packing}, which was not asked for.",
                host=place.host,
                packing=packing[:40],
            ),
            say("Ask who runs it; Spark reads gzip, deflate and what is not packed."),
        )
    most = None if kind in _STREAMS else _WHOLE_MOST
    stream = answer.stream
    assert isinstance(stream, httpx.AsyncByteStream)
    body = _Body(stream, place, _Unpacker(_PACKED.get(packing), place), most)
    if answer.status_code >= _ERROR:
        body.cut_at(_ERROR_MOST)
    unpacked = ("content-encoding", "content-length") if packing else ()
    headers = [
        (name, value)
        for name, value in answer.headers.multi_items()
        if name.lower() not in unpacked
    ]
    return httpx.Response(
        answer.status_code, headers=headers, stream=body, extensions=answer.extensions
    )


class _Body(httpx.AsyncByteStream):
    """No generator: one that is dropped half-way would be closed as garbage, in a loop's absence.

    ``most`` is in bytes after unpacking, None where the reader bounds what it keeps.
    """

    def __init__(
        self,
        inner: httpx.AsyncByteStream,
        place: Place,
        unpacker: "_Unpacker",
        most: int | None,
    ) -> None:
        self._inner = inner
        self._source = inner.__aiter__()
        self._place = place
        self._unpacker = unpacker
        self._most = most
        self._is_cut = False
        self._pieces: Iterator[bytes] = iter(())
        self._size = 0

    def cut_at(self, most: int) -> None:
        """End the body after so many bytes without an error."""
        self._most = most
        self._is_cut = True

    def __aiter__(self) -> "_Body":
        return self

    async def __anext__(self) -> bytes:
        while True:
            if self._is_cut and self._size >= (self._most or 0):
                raise StopAsyncIteration
            piece = next(self._pieces, None)
            if piece is not None:
                self._count(len(piece))
                return piece
            data = await self._read()
            if data is None:
                self._unpacker.end()
                raise StopAsyncIteration
            self._pieces = self._unpacker.take(data)

    async def aclose(self) -> None:
        await self._inner.aclose()
        if isinstance(self._source, AsyncGenerator):
            # Here, in a task: as garbage it would look for the loop that runs it, and complain.
            await self._source.aclose()

    async def _read(self) -> bytes | None:
        try:
            return await anext(self._source, None)
        except httpx.RemoteProtocolError as error:
            # Whatever breaks the rules of HTTP here, the answer had begun: it was cut.
            raise broken(self._place) from error
        except FAILURES as error:
            raise translated(error, self._place) from error

    def _count(self, size: int) -> None:
        self._size += size
        if self._most is not None and self._size > self._most and not self._is_cut:
            raise AnswerTooLargeError(
                say(
                    "{host} sent more than {megabytes} MB where a short answer was due.",
                    host=self._place.host,
                    megabytes=self._most // (1024 * 1024),
                ),
                say("Check the endpoint's address, and ask who runs the server."),
            )


class _Unpacker:
    """Unpacks in pieces of a bounded size; ``window`` is zlib's ``wbits``, None for nothing."""

    def __init__(self, window: int | None, place: Place) -> None:
        self._window = window
        self._place = place
        self._unpack = None if window is None else zlib.decompressobj(window)
        self._is_begun = False

    def take(self, data: bytes) -> Iterator[bytes]:
        """Return what the data hold, as it is asked for. Raises EndpointError."""
        if self._unpack is None:
            return iter((data,) if data else ())
        return self._unpacked(data)

    def end(self) -> None:
        """Note that nothing more comes. Raises IncompleteStreamError where something is missing."""
        if self._unpack is not None and self._is_begun and not self._unpack.eof:
            raise IncompleteStreamError(
                say("The packed answer of {host} broke off.", host=self._place.host),
                say("Try again in a moment."),
            )

    def _unpacked(self, data: bytes) -> Iterator[bytes]:
        assert self._unpack is not None
        while data:
            if self._unpack.eof:
                # Several packed pieces may follow one another.
                assert self._window is not None
                self._unpack = zlib.decompressobj(self._window)
            piece = self._piece(data)
            data = self._unpack.unconsumed_tail or self._unpack.unused_data
            if piece:
                yield piece

    def _piece(self, data: bytes) -> bytes:
        assert self._unpack is not None
        try:
            return self._unpack.decompress(data, _PIECE)
        except zlib.error as error:
            if self._window == zlib.MAX_WBITS and not self._is_begun:
                # Some servers mean by "deflate" the bare stream without zlib's head.
                self._window = -zlib.MAX_WBITS
                self._unpack = zlib.decompressobj(self._window)
                return self._piece(data)
            raise self._damaged() from error
        finally:
            self._is_begun = True

    def _damaged(self) -> EndpointError:
        return EndpointRejectedError(
            say("The packed answer of {host} is damaged.", host=self._place.host),
            say("Try again; if it stays so, ask who runs the server."),
        )
