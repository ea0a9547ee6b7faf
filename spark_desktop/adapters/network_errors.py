"""What goes wrong between us and a server, from httpx's words to sentences for a person."""

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from spark_desktop.adapters.redaction import REDACTION
from spark_desktop.domain.errors import (
    EndpointError,
    EndpointUnreachableError,
    ProxyFailedError,
    UntrustedServerError,
)
from spark_desktop.domain.words import Said, say

# OpenSSL's numbers for what is wrong with a certificate (X509_V_ERR_…).
_NOT_YET, _EXPIRED, _SELF_SIGNED, _SELF_SIGNED_CHAIN = 9, 10, 18, 19
_REVOKED, _WRONG_NAME, _WRONG_ADDRESS = 23, 62, 64
# What httpcore says, without a type of its own, where a server closes instead of answering.
_CLOSED = ("disconnected without sending", "closed connection without")


@dataclass(frozen=True, slots=True)
class Place:
    """Whom we asked, as host and port, and through which proxy, "" for none."""

    host: str
    proxy: str = ""


# What is raised on the way: in the middle of an answer a TLS alert comes as it is (anyio 4.16).
FAILURES = (httpx.HTTPError, OSError)


def translated(error: Exception, place: Place) -> EndpointError:
    """Return the error for the user, the most specific one."""
    # A TLS stream that waits for bytes says so by an exception, which stands behind every other.
    waits = ssl.SSLWantReadError | ssl.SSLWantWriteError
    causes = tuple(cause for cause in _causes(error) if not isinstance(cause, waits))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(cause, place.host)
    for cause in causes:
        if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return broken(place)
        if isinstance(cause, ssl.SSLError):
            return _tls_failed(cause, place.host)
    if isinstance(error, httpx.ProxyError):
        return proxy_refused(str(error), place.proxy)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | OSError):
        return _not_connected(error, causes, place)
    if isinstance(error, httpx.TimeoutException):
        return EndpointUnreachableError(
            say("{host} did not answer in time.", host=place.host), _again()
        )
    if isinstance(error, httpx.RemoteProtocolError):
        return _not_http(REDACTION.redacted(str(error)), place)
    return broken(place)


def broken(place: Place) -> EndpointUnreachableError:
    """Return the error for a connection that ended before the answer did."""
    if not place.proxy:
        return EndpointUnreachableError(
            say("{host} broke off the connection.", host=place.host), _again()
        )
    return ProxyFailedError(
        say(
            "The connection to {host} through the proxy {proxy} broke off.",
            host=place.host,
            proxy=place.proxy,
        ),
        _again(),
    )


def proxy_wants_a_name(proxy: str) -> ProxyFailedError:
    """Return the error for status 407."""
    return ProxyFailedError(
        say("The proxy {proxy} wants a user's name and password.", proxy=proxy),
        say("Put them into its address: http://name:password@host:port."),
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk through what an error came from, with the members of groups."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting.extend(one.exceptions)
        waiting.extend(each for each in (one.__cause__, one.__context__) if each is not None)


def _untrusted(error: ssl.SSLCertVerificationError, host: str) -> UntrustedServerError:
    make = _CERTIFICATES.get(error.verify_code, _unknown_issuer)
    message, next_step = make(host, error)
    return UntrustedServerError(message, next_step)


def _expired(host: str, _error: ssl.SSLCertVerificationError) -> tuple[Said, Said]:
    return (
        say("The certificate of {host} has expired.", host=host),
        say("Look at this machine's clock; if it is right, its operator must renew it."),
    )


def _not_yet(host: str, _error: ssl.SSLCertVerificationError) -> tuple[Said, Said]:
    return (
        say("The certificate of {host} is not valid yet.", host=host),
        say("Look at this machine's clock."),
    )


def _revoked(host: str, _error: ssl.SSLCertVerificationError) -> tuple[Said, Said]:
    return (
        say("The certificate of {host} was revoked.", host=host),
        say("Ask its operator; do not use it until then."),
    )


def _wrong_name(host: str, _error: ssl.SSLCertVerificationError) -> tuple[Said, Said]:
    return (
        say("The certificate that {host} shows is for another host.", host=host),
        say("Check the address of the endpoint; use the name that the certificate is for."),
    )


def _self_signed(host: str, _error: ssl.SSLCertVerificationError) -> tuple[Said, Said]:
    return (
        say("The certificate of {host} is signed by nobody but itself.", host=host),
        say("If you know the server, name its certificate as CA file in the endpoint's settings."),
    )


def _unknown_issuer(host: str, error: ssl.SSLCertVerificationError) -> tuple[Said, Said]:
    return (
        say(
            "Nobody whom this machine trusts vouches for the certificate of {host}: {reason}.",
            host=host,
            reason=error.verify_message or error,
        ),
        say("If you know who issued it, name their CA file in the endpoint's settings."),
    )


_Sentences = Callable[[str, ssl.SSLCertVerificationError], tuple[Said, Said]]
_CERTIFICATES: dict[int, _Sentences] = {
    _EXPIRED: _expired,
    _NOT_YET: _not_yet,
    _REVOKED: _revoked,
    _WRONG_NAME: _wrong_name,
    _WRONG_ADDRESS: _wrong_name,
    _SELF_SIGNED: _self_signed,
    _SELF_SIGNED_CHAIN: _unknown_issuer,
}


def _tls_failed(error: ssl.SSLError, host: str) -> UntrustedServerError:
    reason = getattr(error, "reason", None) or str(error)
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"):
        return UntrustedServerError(
            say("{host} does not speak TLS.", host=host),
            say("Check the port; if it speaks plain HTTP, write http:// in the address."),
        )
    if "CERTIFICATE_REQUIRED" in reason:
        return UntrustedServerError(
            say("{host} wants a client certificate.", host=host),
            say("Name one in the endpoint's settings."),
        )
    return UntrustedServerError(
        say("No TLS connection to {host} could be made: {reason}.", host=host, reason=reason),
        say("Check the address; if it is right, ask its operator."),
    )


def proxy_refused(reason: str, proxy: str) -> ProxyFailedError:
    """Return the error for a proxy that answers, but does not connect."""
    if reason.startswith("407"):
        return proxy_wants_a_name(proxy)
    return ProxyFailedError(
        say(
            "The proxy {proxy} refused to connect: {reason}.",
            proxy=proxy,
            reason=REDACTION.redacted(reason.strip()),
        ),
        say("Ask who runs it, or leave this host out in NO_PROXY."),
    )


def _not_connected(
    error: Exception, causes: tuple[BaseException, ...], place: Place
) -> EndpointUnreachableError:
    if not any(isinstance(cause, OSError | TimeoutError) for cause in causes):
        # The other side took the connection, and closed it during the TLS handshake.
        return broken(place)
    # Through a proxy, only the proxy itself is connected to by us.
    if place.proxy:
        return _no_proxy(error, causes, place.proxy)
    host = place.host
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return EndpointUnreachableError(
            say("The name of {host} cannot be looked up.", host=host),
            say("Check the address, and whether this machine is online."),
        )
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return EndpointUnreachableError(
            say("Nothing listens at {host}: the connection was refused.", host=host),
            say("Check the port, and whether the server runs."),
        )
    if isinstance(error, httpx.ConnectTimeout | TimeoutError):
        return EndpointUnreachableError(
            say("{host} did not take the connection in time.", host=host),
            say("Check the address, and whether a firewall is in between."),
        )
    return EndpointUnreachableError(
        say("{host} cannot be reached: {reason}.", host=host, reason=_system(causes, error)),
        say("Check the address, and whether this machine is online."),
    )


def _no_proxy(error: Exception, causes: tuple[BaseException, ...], proxy: str) -> ProxyFailedError:
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        message = say("The name of the proxy {proxy} cannot be looked up.", proxy=proxy)
    elif any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        message = say("Nothing listens at the proxy {proxy}.", proxy=proxy)
    elif isinstance(error, httpx.ConnectTimeout | TimeoutError):
        message = say("The proxy {proxy} did not take the connection in time.", proxy=proxy)
    else:
        reason = _system(causes, error)
        message = say("The proxy {proxy} cannot be reached: {reason}.", proxy=proxy, reason=reason)
    return ProxyFailedError(
        message, say("Check the proxy in the settings and in HTTPS_PROXY, or switch it off.")
    )


def _not_http(told: str, place: Place) -> EndpointUnreachableError:
    if any(words in told for words in _CLOSED):
        return broken(place)
    if place.proxy:
        return ProxyFailedError(
            say(
                "What comes from {host} through the proxy {proxy} is not HTTP: {reason}.",
                host=place.host,
                proxy=place.proxy,
                reason=told,
            ),
            say("Check the proxy in the settings and in HTTPS_PROXY, or switch it off."),
        )
    return EndpointUnreachableError(
        say("What {host} sends is not HTTP: {reason}.", host=place.host, reason=told),
        say("Check the port of the endpoint; another program may listen there."),
    )


def _system(causes: tuple[BaseException, ...], error: Exception) -> str:
    """Return what the system said, in its own words."""
    told = (cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror)
    return next(told, None) or str(error) or type(error).__name__


def _again() -> Said:
    return say("Try again in a moment.")
