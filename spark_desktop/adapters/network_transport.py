"""Requests of one endpoint: its key to its host only, through its proxy, with bounded answers."""

import asyncio
from collections.abc import Mapping

import httpx

from spark_desktop.adapters.network_bodies import bounded
from spark_desktop.adapters.network_errors import FAILURES, Place, proxy_wants_a_name, translated
from spark_desktop.adapters.proxies import proxy_for, shown
from spark_desktop.adapters.redaction import REDACTION
from spark_desktop.adapters.trust import Trust
from spark_desktop.domain.contact import Contact
from spark_desktop.domain.errors import EndpointError, EndpointRejectedError, PlainHttpError
from spark_desktop.domain.hosts import is_loopback
from spark_desktop.domain.words import say
from spark_desktop.services.ledger import Ledger

# A gateway that moves a path, one that asks for a slash, and TLS in between.
_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_SEE_OTHER = 303
_PROXY_WANTS_A_NAME = 407
_PORTS = {"https": 443, "http": 80, "wss": 443, "ws": 80}
_LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=5, keepalive_expiry=30.0)


class Way:
    """How one endpoint is reached: its trust, its proxy, and the consent to plain HTTP."""

    def __init__(
        self, trust: Trust, proxy: str, environment: Mapping[str, str], plain_http: bool
    ) -> None:
        self.trust = trust
        self._proxy = proxy
        self._environment = environment
        self._plain_http = plain_http

    def proxy_for(self, url: str) -> str:
        """Return the proxy's URL, "" for none. Raises RouteError."""
        return proxy_for(url, self._proxy, self._environment)

    def check(self, url: httpx.URL) -> None:
        """Raise PlainHttpError for another machine without TLS and without consent."""
        if url.scheme in ("http", "ws") and not self._plain_http and not is_loopback(url.host):
            raise PlainHttpError(
                say(
                    "{host} would be spoken to without TLS: whoever is in between could read the "
                    "key, your code and the answers.",
                    host=netloc(url),
                ),
                say("Write https:// in its address, or allow plain HTTP in its settings."),
            )


class EndpointTransport(httpx.AsyncBaseTransport):
    """Sends what a client asks of ``base``, and nothing to anybody else.

    ``secret_headers`` are added here, after the client: what logs requests or shows them in a
    traceback never holds them. Redirects are followed within the origin, or to TLS at the same
    host. Errors are EndpointErrors, in mid-answer as well. ``purpose`` is for the ledger.
    """

    def __init__(
        self,
        base: httpx.URL,
        secret_headers: tuple[tuple[str, str], ...],
        way: Way,
        ledger: Ledger,
        purpose: str,
    ) -> None:
        self._base = base
        self._secret_headers = secret_headers
        self._way = way
        self._ledger = ledger
        self._purpose = purpose
        self._opening = asyncio.Lock()
        self._transports: dict[tuple[bool, str], httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer; see the class. Raises EndpointError."""
        url = request.url
        if not self._may_go(self._base, url):
            raise _leads_away(self._base, url)
        for _ in range(_MOST_REDIRECTS + 1):
            proxy = self._way.proxy_for(str(url))
            place = Place(netloc(url), shown(proxy) if proxy else "")
            answer = await self._ask(request, url, proxy, place)
            if answer.status_code == _PROXY_WANTS_A_NAME and proxy:
                await answer.aclose()
                raise proxy_wants_a_name(place.proxy)
            if answer.status_code not in _REDIRECTS:
                return await _read(answer, place)
            await answer.aclose()
            url = self._redirected(request, answer, url)
        raise EndpointRejectedError(
            say("{host} sends every request on and on in a circle.", host=netloc(self._base)),
            say("Check the endpoint's address, and ask who runs the server."),
        )

    async def aclose(self) -> None:
        """Close every connection."""
        for transport in self._transports.values():
            await transport.aclose()

    async def _ask(
        self, request: httpx.Request, url: httpx.URL, proxy: str, place: Place
    ) -> httpx.Response:
        self._way.check(url)
        transport = await self._transport(url.scheme == "https", proxy)
        if proxy:
            self._ledger.note(proxy_contact(proxy, place))
        if url != request.url and port_of(url) != port_of(request.url):
            # The client has noted the first address.
            self._ledger.note(Contact(url.host, port_of(url), self._purpose))
        try:
            return await transport.handle_async_request(self._addressed(request, url))
        except FAILURES as error:
            raise translated(error, place) from error

    def _addressed(self, request: httpx.Request, url: httpx.URL) -> httpx.Request:
        headers = request.headers.copy()
        if url != request.url:
            headers["Host"] = url.netloc.decode("ascii")
        for name, value in self._secret_headers:
            headers[name] = value
        return httpx.Request(
            request.method,
            url,
            headers=headers,
            stream=request.stream,
            extensions=request.extensions,
        )

    def _redirected(
        self, request: httpx.Request, answer: httpx.Response, url: httpx.URL
    ) -> httpx.URL:
        location = answer.headers.get("Location", "")
        try:
            target = url.join(location)
        except httpx.InvalidURL:
            location = ""
        if not location:
            raise EndpointRejectedError(
                say("{host} redirects the request, but does not say where to.", host=netloc(url)),
                say("Check the endpoint's address."),
            )
        if not self._may_go(url, target):
            raise _leads_away(url, target)
        is_lost = answer.status_code == _SEE_OTHER and request.method not in ("GET", "HEAD")
        if is_lost or not isinstance(request.stream, httpx.ByteStream):
            raise EndpointRejectedError(
                say(
                    "{host} redirects to {target}, where the question could not be asked again.",
                    host=netloc(url),
                    target=_shown(target),
                ),
                say("Check the endpoint's address; for many servers it ends in /v1."),
            )
        return target

    @staticmethod
    def _may_go(before: httpx.URL, after: httpx.URL) -> bool:
        if after.host != before.host:
            return False
        if after.scheme == before.scheme:
            return port_of(after) == port_of(before)
        return (before.scheme, after.scheme) == ("http", "https")

    async def _transport(self, is_secure: bool, proxy: str) -> httpx.AsyncHTTPTransport:
        needs_trust = is_secure or proxy.startswith("https://")
        async with self._opening:
            found = self._transports.get((needs_trust, proxy))
            if found is None:
                found = await self._open(needs_trust, proxy)
                self._transports[needs_trust, proxy] = found
            return found

    async def _open(self, needs_trust: bool, proxy: str) -> httpx.AsyncHTTPTransport:
        # Reading the system's store would hold the window up; what needs no TLS trusts nobody.
        trust = self._way.trust if needs_trust else Trust()
        context = await asyncio.to_thread(trust.context if needs_trust else trust.nobody)
        chosen = None
        if proxy:
            secure = context if proxy.startswith("https://") else None
            chosen = httpx.Proxy(proxy, ssl_context=secure)
        return httpx.AsyncHTTPTransport(
            verify=context, trust_env=False, limits=_LIMITS, proxy=chosen
        )


async def _read(answer: httpx.Response, place: Place) -> httpx.Response:
    try:
        return bounded(answer, place)
    except EndpointError:
        await answer.aclose()
        raise


def proxy_contact(proxy: str, place: Place) -> Contact:
    """Return what the ledger is told of a proxy on the way to a place."""
    there = httpx.URL(proxy)
    purpose = say("pass on what is asked of {host}", host=place.host)
    return Contact(there.host, port_of(there), purpose)


def netloc(url: httpx.URL) -> str:
    """Return host and port, as a person would write them; never a user's name."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    return host if url.port is None else f"{host}:{url.port}"


def port_of(url: httpx.URL) -> int:
    """Return the port, the scheme's own where none is named."""
    return url.port or _PORTS.get(url.scheme, 0)


def _shown(url: httpx.URL) -> str:
    # Without the query, which may hold a token.
    return REDACTION.redacted(f"{url.scheme}://{netloc(url)}{url.path}")[:200]


def _leads_away(before: httpx.URL, after: httpx.URL) -> EndpointRejectedError:
    return EndpointRejectedError(
        say(
            "{host} redirects to {target}: nothing was sent there, as it is not the same server.",
            host=netloc(before),
            target=_shown(after),
        ),
        say("If that is right, make it the endpoint's address."),
    )
