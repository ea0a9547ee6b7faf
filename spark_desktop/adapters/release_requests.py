"""Requests to the hosts that publish releases: over TLS, told to the ledger, without a name."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urljoin

import httpx

from spark_desktop.adapters.ledger import noting
from spark_desktop.adapters.network import NetworkPolicy
from spark_desktop.adapters.network_errors import FAILURES, Place, proxy_wants_a_name, translated
from spark_desktop.adapters.network_transport import Way, netloc, proxy_contact
from spark_desktop.adapters.proxies import shown
from spark_desktop.domain.endpoints import Route
from spark_desktop.domain.errors import UpdateError
from spark_desktop.domain.release_feed import usable_url
from spark_desktop.domain.words import say
from spark_desktop.services.ledger import Ledger

# The same for every version and machine, so that nobody is told apart by it.
AGENT = "spark-desktop"
# Seconds.
_CONNECT, _SILENCE = 10.0, 30.0
# A release's page leads to a store, and that to the nearest copy.
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_PROXY_WANTS_A_NAME = 407


class ReleaseRequests:
    """Opens answers; ``policy`` says which proxy and whose certificates, as for endpoints.

    ``silence`` is how many seconds a server may send nothing.
    """

    def __init__(self, policy: NetworkPolicy, ledger: Ledger, silence: float = _SILENCE) -> None:
        self._policy = policy
        self._ledger = ledger
        self._timeout = httpx.Timeout(silence, connect=min(silence, _CONNECT))

    @asynccontextmanager
    async def answer(
        self, url: str, purpose: str, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[httpx.Response]:
        """Open the answer to a GET, behind at most five redirects, none of which leaves TLS.

        ``purpose`` is for the ledger. Raises UpdateError and EndpointError, also in mid-answer:
        the caller lets no OSError of its own pass through.
        """
        way = self._policy.way(Route())
        # Reading the system's store takes 50 ms, which the window's thread does not have.
        context = await asyncio.to_thread(way.trust.context)
        for _ in range(_MOST_REDIRECTS + 1):
            place = _place(url, way)
            try:
                async with (
                    self._client(url, way, context, purpose) as client,
                    client.stream("GET", url, headers=headers) as answer,
                ):
                    if answer.status_code == _PROXY_WANTS_A_NAME and place.proxy:
                        raise proxy_wants_a_name(place.proxy)
                    if answer.status_code not in _REDIRECTS:
                        yield answer
                        return
                    url = _redirected(answer, url)
            except FAILURES as error:
                raise translated(error, place) from error
        raise UpdateError(
            say("{host} sends every request on and on in a circle.", host=host_of(url)), ask()
        )

    def _client(
        self, url: str, way: Way, context: ssl.SSLContext, purpose: str
    ) -> httpx.AsyncClient:
        proxy = way.proxy_for(url)
        chosen = None
        if proxy:
            self._ledger.note(proxy_contact(proxy, _place(url, way)))
            secure = context if proxy.startswith("https://") else None
            chosen = httpx.Proxy(proxy, ssl_context=secure)
        return httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(verify=context, trust_env=False, proxy=chosen),
            headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
            timeout=self._timeout,
            trust_env=False,
            follow_redirects=False,
            event_hooks=noting(self._ledger, purpose),
        )


def host_of(url: str) -> str:
    """Return host and port of an address, as a person would write them."""
    return netloc(httpx.URL(url))


def ask() -> str:
    """Return the next step where a server does what it should not."""
    return say("Check again later; if it stays so, ask whoever publishes the releases.")


def _place(url: str, way: Way) -> Place:
    proxy = way.proxy_for(url)
    return Place(host_of(url), shown(proxy) if proxy else "")


def _redirected(answer: httpx.Response, url: str) -> str:
    there = url
    try:
        there = usable_url(urljoin(url, answer.headers.get("Location", "")))
        is_safe = there.startswith("https://") or url.startswith("http://")
    except ValueError:
        is_safe = False
    if not is_safe or there == url:
        raise UpdateError(
            say(
                "{host} redirects to an address without TLS, or to none: nothing was sent there.",
                host=host_of(url),
            ),
            ask(),
        )
    return there
