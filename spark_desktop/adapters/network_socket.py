"""A WebSocket to an endpoint, by the same policy as HTTP."""

import logging
from typing import Any
from urllib.parse import urlsplit

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    InvalidHandshake,
    InvalidProxyStatus,
    InvalidStatus,
    ProxyError,
    WebSocketException,
)

from spark_desktop.adapters.network import SocketOptions
from spark_desktop.adapters.network_errors import Place, broken, proxy_refused, translated
from spark_desktop.adapters.network_transport import port_of, proxy_contact
from spark_desktop.adapters.proxies import shown
from spark_desktop.adapters.redaction import REDACTION
from spark_desktop.adapters.routes import below
from spark_desktop.domain.contact import Contact
from spark_desktop.domain.errors import (
    AccessRefusedError,
    EndpointError,
    EndpointRejectedError,
)
from spark_desktop.domain.words import say
from spark_desktop.services.ledger import Ledger

_OPEN_S = 10.0
# As for one event of a stream: the last one holds the whole answer.
_MOST = 16 * 1024 * 1024
_REFUSED = (401, 403)

# The library prints the headers of the handshake, the key among them, where it debugs.
_log = logging.getLogger(__name__)
_log.setLevel(logging.WARNING)


class _Straight(connect):
    """Follows no redirect: the library would send the key's header along, to any host."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def open_socket(options: SocketOptions, ledger: Ledger, path: str = "") -> ClientConnection:
    """Return an open connection to ``path`` below the endpoint's address; the caller closes it.

    Messages over 16 MB are refused, and are never packed. Raises EndpointError:
    EndpointRejectedError where there is a server that opens no WebSocket.
    """
    proxy = options.proxy
    # The library takes none of it for a proxy that speaks plain HTTP.
    extra: dict[str, Any] = {"proxy_ssl": options.proxy_tls} if options.proxy_tls else {}
    place = Place(urlsplit(options.url).netloc, shown(proxy) if proxy else "")
    _note(options, place, ledger)
    try:
        return await _Straight(
            below(options.url, path) if path else options.url.rstrip("/"),
            additional_headers=list(options.headers),
            ssl=options.tls,
            proxy=proxy,
            open_timeout=_OPEN_S,
            max_size=_MOST,
            compression=None,
            logger=_log,
            **extra,
        )
    except (WebSocketException, OSError, EOFError) as error:
        raise _reason(error, place) from error


def _note(options: SocketOptions, place: Place, ledger: Ledger) -> None:
    there = httpx.URL(options.url)
    ledger.note(Contact(there.host, port_of(there), options.purpose))
    if options.proxy:
        ledger.note(proxy_contact(options.proxy, place))


def _reason(error: Exception, place: Place) -> EndpointError:
    match error:
        case InvalidProxyStatus():
            status = error.response.status_code
            return proxy_refused(f"{status} {error.response.reason_phrase}", place.proxy)
        case ProxyError():
            return proxy_refused(str(error), place.proxy)
        case InvalidStatus():
            return _status(error.response.status_code, place)
        case InvalidHandshake():
            reason = REDACTION.redacted(str(error))
            return EndpointRejectedError(
                say("{host} opens no WebSocket: {reason}.", host=place.host, reason=reason),
                say("Choose the protocol without a WebSocket in the endpoint's settings."),
            )
        case OSError():
            return translated(error, place)
        case _:
            return broken(place)


def _status(status: int, place: Place) -> EndpointError:
    if status in _REFUSED:
        return AccessRefusedError(
            say("{host} refused the key: HTTP status {status}.", host=place.host, status=status),
            say("Enter it in the settings, under Endpoints."),
        )
    return EndpointRejectedError(
        say("{host} opens no WebSocket: HTTP status {status}.", host=place.host, status=status),
        say("Choose the protocol without a WebSocket in the endpoint's settings."),
    )
