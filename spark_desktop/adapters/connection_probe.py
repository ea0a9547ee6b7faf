"""Asks a server by itself for a test of the connection: its name, its door, its models."""

import asyncio
import errno
import os
import socket
import time
from collections.abc import Sequence
from dataclasses import replace

import httpx

from spark_desktop.adapters.connection_requests import Requests
from spark_desktop.adapters.fill_in_wire import fill_in_body, fill_in_route
from spark_desktop.adapters.handshakes import HandshakeListener
from spark_desktop.adapters.network import NetworkPolicy
from spark_desktop.adapters.network_errors import Place, translated
from spark_desktop.adapters.network_transport import netloc, port_of
from spark_desktop.adapters.probe_wire import (
    context_in_error,
    context_in_props,
    models_in,
    ollama_model,
    text_in,
)
from spark_desktop.adapters.proxies import shown
from spark_desktop.adapters.routes import at_root, below
from spark_desktop.domain.check_questions import MOST_TOKENS, PREFIX, SUFFIX
from spark_desktop.domain.completion import InfillRequest
from spark_desktop.domain.connection_check import Access, Connected, Handshake, Lookup, with_model
from spark_desktop.domain.contact import Contact
from spark_desktop.domain.endpoints import EndpointSpec, FillInWay, RemoteModel, WireProtocol
from spark_desktop.domain.errors import (
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    UntrustedServerError,
)
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.words import say
from spark_desktop.services.ledger import Ledger

_CONNECT_S = 10.0
# No model has so many: servers that count refuse the request, and name their limit.
_TOO_MANY = 100_000_000
_ERROR = 400
_NOTHING_THERE = (404, 405)
_TOO_MANY_REQUESTS = 429
# What answers questions, below the address; asked with nothing it refuses, and costs nothing.
_ANSWERING = {
    WireProtocol.CHAT: "/chat/completions",
    WireProtocol.RESPONSES: "/responses",
    WireProtocol.RESPONSES_SOCKET: "/responses",
    WireProtocol.ANTHROPIC: "/messages",
    WireProtocol.OLLAMA: "/api/chat",
}


class NetworkProbe:
    """Implements the Probe port, by the same policy as everything else that asks an endpoint."""

    def __init__(self, policy: NetworkPolicy, ledger: Ledger) -> None:
        self._policy = policy
        self._ledger = ledger
        self._requests = Requests(policy, ledger)

    async def look_up(self, spec: EndpointSpec) -> Lookup:
        """Return the addresses of the server, or of the proxy on the way to it."""
        url, proxy = await self._way(spec)
        there = httpx.URL(proxy) if proxy else url
        place = Place(netloc(url), shown(proxy) if proxy else "")
        try:
            found = await _found(there)
        except OSError as error:
            raise translated(error, place) from error
        return Lookup(url.host, tuple(dict.fromkeys(host for host, _ in found)), place.proxy)

    async def connect(self, spec: EndpointSpec) -> Connected:
        """Open a connection to the server or its proxy, and close it."""
        url, proxy = await self._way(spec)
        there = httpx.URL(proxy) if proxy else url
        place = Place(netloc(url), shown(proxy) if proxy else "")
        purpose = say("test the connection to {title}", title=spec.title)
        self._ledger.note(Contact(there.host, port_of(there), purpose))
        try:
            async with asyncio.timeout(_CONNECT_S):
                return Connected(await _connected(await _found(there)), place.proxy)
        except (OSError, TimeoutError) as error:
            raise translated(error, place) from error

    async def shake_hands(self, spec: EndpointSpec) -> Handshake | None:
        """Return what TLS was agreed on; None for plain HTTP."""
        if httpx.URL(spec.url).scheme != "https":
            return None
        heard = HandshakeListener()
        try:
            await self._requests.send(spec, None, "GET", at_root(spec.url, ""), trace=heard.hear)
        except UntrustedServerError:
            raise
        except EndpointUnreachableError as error:
            # Since TLS 1.3 a client certificate is missed after the handshake only; whether the
            # server's alert or its end of the connection is seen first is chance.
            if heard.shaken is None or spec.route.client_certificate:
                raise
            raise _left_after_the_handshake(spec) from error
        except EndpointError:
            # Whatever else it answers to a request without a key, TLS stood by then.
            if heard.shaken is None:
                raise
        return heard.shaken

    async def access(self, spec: EndpointSpec, key: Secret | None) -> Access:
        """Ask what costs nothing. Raises AccessRefusedError where the key is refused."""
        if await self._lets_in(spec, key):
            if key is None or not await self._is_open(spec):
                return Access.GRANTED
            return Access.OPEN
        # Some clouds list no models. A question without content is refused for its form, if the
        # key was taken and somebody is there to read it.
        route = below(spec.url, _ANSWERING[spec.protocol])
        if await self._requests.status(spec, key, "POST", route, {}) in _NOTHING_THERE:
            raise EndpointRejectedError(
                say("There is nothing at {url}.", url=spec.url),
                say("Check the endpoint's address; for many servers it ends in /v1."),
            )
        return Access.UNLISTED

    async def models(self, spec: EndpointSpec, key: Secret | None) -> tuple[RemoteModel, ...]:
        """Return the models that the server tells, with what it tells of them."""
        answer = await self._requests.optional(spec, key, "GET", _list_of(spec))
        return models_in(answer)

    async def described(self, spec: EndpointSpec, key: Secret | None) -> RemoteModel:
        """Return the chosen model with what the server tells of it beyond the list."""
        known = RemoteModel(spec.model)
        if spec.protocol is WireProtocol.OLLAMA:
            body = {"model": spec.model}
            details = await self._requests.optional(
                spec, key, "POST", below(spec.url, "/api/show"), body
            )
            running = await self._requests.optional(spec, key, "GET", below(spec.url, "/api/ps"))
            return ollama_model(known, details, running)
        listed = await self.models(spec, key)
        told = next((one for one in listed if one.id == spec.model), known)
        if told.context is not None or spec.protocol is not WireProtocol.CHAT:
            return told
        return await self._asked_for_its_context(spec, key, told)

    async def fill_in(self, spec: EndpointSpec, key: Secret | None, way: FillInWay) -> str:
        """Return what the chosen model puts into the hole of ``check_questions``, in one way."""
        url, body = _hole(spec, way)
        return text_in(await self._requests.send(spec, key, "POST", url, body))

    async def _asked_for_its_context(
        self, spec: EndpointSpec, key: Secret | None, told: RemoteModel
    ) -> RemoteModel:
        props = await self._requests.optional(spec, key, "GET", at_root(spec.url, "/props"))
        context = context_in_props(props)
        if context is None:
            entry = await self._requests.optional(
                spec, key, "GET", at_root(spec.url, "/api/v0/models")
            )
            same = (one for one in models_in(entry) if one.id == spec.model)
            context = next((one.context for one in same), None)
        if context is None and not spec.limits.charged_up_front:
            context = await self._refused_size(spec, key)
        return RemoteModel(told.id, told.title, context, told.max_output)

    async def _refused_size(self, spec: EndpointSpec, key: Secret | None) -> int | None:
        body = {
            "model": spec.model,
            "messages": [{"role": "user", "content": "Hi"}],
            "max_tokens": _TOO_MANY,
            "stream": True,
        }
        refusal = await self._requests.refusal(
            spec, key, below(spec.url, "/chat/completions"), body
        )
        return None if refusal is None else context_in_error(refusal)

    async def _lets_in(self, spec: EndpointSpec, key: Secret | None) -> bool:
        """Return whether the list of models may be read; False where there is none."""
        status = await self._requests.status(spec, key, "GET", _list_of(spec))
        if status < _ERROR or status == _TOO_MANY_REQUESTS:
            return True
        if status in _NOTHING_THERE:
            return False
        raise EndpointRejectedError(
            say("{url} answers with HTTP status {status}.", url=_list_of(spec), status=status),
            say("Check the endpoint's address, and the account that the key belongs to."),
        )

    async def _is_open(self, spec: EndpointSpec) -> bool:
        try:
            return await self._lets_in(spec, None)
        except EndpointError:
            return False

    async def _way(self, spec: EndpointSpec) -> tuple[httpx.URL, str]:
        async with await self._requests.client(spec, None) as client:
            url = client.base_url
            return url, self._policy.way(spec.route).proxy_for(str(url))


async def _found(there: httpx.URL) -> list[tuple[str, int]]:
    """Return the addresses of a host, with the port. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(there.host, port_of(there), type=socket.SOCK_STREAM)
    return [(str(entry[4][0]), int(entry[4][1])) for entry in found]


async def _connected(addresses: Sequence[tuple[str, int]]) -> float:
    """Return the seconds that it took to connect to the first that answers. Raises OSError."""
    failed = OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
    for host, port in addresses:
        started = time.monotonic()
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError as error:
            failed = error
            continue
        took = time.monotonic() - started
        writer.close()
        return took
    raise failed


def _left_after_the_handshake(spec: EndpointSpec) -> UntrustedServerError:
    return UntrustedServerError(
        say("{host} ended the connection after the handshake.", host=netloc(httpx.URL(spec.url))),
        say("It may want a client certificate: name one in the endpoint's settings."),
    )


def _list_of(spec: EndpointSpec) -> str:
    route = "/api/tags" if spec.protocol is WireProtocol.OLLAMA else "/models"
    return below(spec.url, route)


def _hole(spec: EndpointSpec, way: FillInWay) -> tuple[str, dict[str, object]]:
    """Return the address and the body of a request as it will be sent later, in one piece.

    Raises EndpointRejectedError for a model whose tokens are not known.
    """
    tried = with_model(spec, replace(spec.chosen, fill_in=way))
    if spec.protocol is WireProtocol.OLLAMA:
        tried = replace(tried, url=below(spec.url, "/v1"))
    body = fill_in_body(InfillRequest(PREFIX, SUFFIX, max_tokens=MOST_TOKENS), tried)
    body.pop("stream_options", None)
    return fill_in_route(tried), {**body, "stream": False}
