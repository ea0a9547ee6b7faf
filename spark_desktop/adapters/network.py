"""One policy of TLS and proxies for everything that asks an endpoint, by HTTP or WebSocket."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

import httpx

from spark_desktop.adapters.ledger import noting
from spark_desktop.adapters.network_transport import EndpointTransport, Way, netloc
from spark_desktop.adapters.redaction import REDACTION
from spark_desktop.adapters.trust import trust_of
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, Route
from spark_desktop.domain.errors import AccessRefusedError, RouteError
from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.words import say
from spark_desktop.services.ledger import Ledger

_CONNECT_S = 10.0
# For short answers; a stream's deadlines count what was parsed, and are its reader's.
_ANSWER_S = 30.0
_SCHEMES = ("https", "http")
_LAST_PORT = 65535
# RFC 9110, 5.6.2. A line end in a value would begin another header.
_TOKEN = regex(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """What holds for every endpoint: the variables of the program, and the user's general route.

    An endpoint's own route goes before the general one; CA files add up.
    """

    environment: Mapping[str, str] = field(default_factory=dict)
    general: Route = field(default_factory=Route)

    def way(self, route: Route) -> Way:
        """Return how an endpoint with this route is reached. Raises RouteError for a bad file."""
        general = self.general
        own = route if route.client_certificate else general
        trust = trust_of(
            self.environment,
            (general.ca_file, route.ca_file),
            own.client_certificate,
            own.client_key,
        )
        trust.check()
        # Consent to plain HTTP is given for one endpoint, never for all.
        return Way(trust, route.proxy or general.proxy, self.environment, route.plain_http)

    def variables(self) -> dict[str, str]:
        """Return the variables by which the core's downloads follow the general route.

        They are added to the environment of a core that is started; the others it has already.
        """
        found: dict[str, str] = {}
        if self.general.ca_file:
            found["SPARK_CA_FILE"] = self.general.ca_file
        if self.general.proxy == "none":
            found |= {"NO_PROXY": "*", "no_proxy": "*"}
        elif self.general.proxy:
            names = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")
            found |= dict.fromkeys(names, self.general.proxy)
        return found


@dataclass(frozen=True, slots=True)
class SocketOptions:
    """What a WebSocket is opened with.

    ``tls`` is None for plain ``ws://``; ``proxy`` is a URL, None for none, and ``proxy_tls`` is for
    one that is spoken to over TLS; ``headers`` hold the key, so they are never logged; ``purpose``
    is for the ledger. ``network_socket.open_socket`` opens it, and follows no redirect.
    """

    url: str
    tls: ssl.SSLContext | None
    proxy: str | None
    proxy_tls: ssl.SSLContext | None
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    purpose: str


def client_for(
    spec: EndpointSpec, key: Secret | None, policy: NetworkPolicy, ledger: Ledger
) -> httpx.AsyncClient:
    """Return the client that asks an endpoint; it belongs to the caller.

    Everything it raises on the way is an EndpointError. Raises RouteError where the address, a
    file or the proxy cannot be used, or plain HTTP lacks the consent (PlainHttpError), and
    AccessRefusedError for a key that no header can hold.
    """
    base = _address(spec)
    _check_headers(spec)
    way = policy.way(spec.route)
    way.check(base)
    way.proxy_for(str(base))
    purpose = say("ask {title}", title=spec.title)
    transport = EndpointTransport(base, key_headers(spec, key), way, ledger, purpose)
    return httpx.AsyncClient(
        base_url=base,
        transport=transport,
        headers=(*spec.headers, ("User-Agent", _agent()), ("Accept-Encoding", "identity")),
        timeout=httpx.Timeout(_ANSWER_S, connect=_CONNECT_S),
        trust_env=False,
        follow_redirects=False,
        event_hooks=noting(ledger, purpose),
    )


def socket_options(spec: EndpointSpec, key: Secret | None, policy: NetworkPolicy) -> SocketOptions:
    """Return what a WebSocket to the endpoint is opened with; reads the system's store (50 ms).

    Call it in an OS thread. Raises what ``client_for`` raises.
    """
    base = _address(spec)
    _check_headers(spec)
    way = policy.way(spec.route)
    way.check(base)
    is_secure = base.scheme == "https"
    url = base.copy_with(scheme="wss" if is_secure else "ws")
    proxy = way.proxy_for(str(base))
    return SocketOptions(
        str(url),
        way.trust.context() if is_secure else None,
        proxy or None,
        way.trust.context() if proxy.startswith("https://") else None,
        (*spec.headers, *key_headers(spec, key)),
        say("ask {title}", title=spec.title),
    )


def key_headers(spec: EndpointSpec, key: Secret | None) -> tuple[tuple[str, str], ...]:
    """Return the header that tells the key, none without one. Raises AccessRefusedError."""
    if spec.auth is AuthKind.NONE or not key:
        return ()
    text = key.reveal().strip()
    if not text.isascii() or not text.isprintable():
        raise AccessRefusedError(
            say("The key for {title} has characters that no key has.", title=spec.title),
            say("Copy it again, and enter it in the settings, under Endpoints."),
        )
    REDACTION.learn(key)
    if spec.auth is AuthKind.BEARER:
        return (("Authorization", f"Bearer {text}"),)
    return ((spec.auth_header, text),)


def _address(spec: EndpointSpec) -> httpx.URL:
    try:
        url = httpx.URL(spec.url)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in _SCHEMES or not url.host or (url.port or 0) > _LAST_PORT:
        raise RouteError(
            say("The address of {title} is no web address: {url}", title=spec.title, url=spec.url),
            say("It begins with https://, or with http:// for this machine."),
        )
    if url.userinfo:
        raise RouteError(
            say("The address of {title} holds a user's name.", title=spec.title),
            say("Write only {host}; keys are entered by themselves.", host=netloc(url)),
        )
    return url


def _check_headers(spec: EndpointSpec) -> None:
    named = ((spec.auth_header, ""),) if spec.auth is AuthKind.HEADER else ()
    for name, value in (*spec.headers, *named):
        if not _TOKEN.fullmatch(name) or not value.isascii() or not (value + " ").isprintable():
            raise RouteError(
                say(
                    "{title} has a header that cannot be sent: {name}",
                    title=spec.title,
                    name=repr(name),
                ),
                say("Mend it in endpoints.toml, beside the settings."),
            )


def _agent() -> str:
    try:
        return f"spark-desktop/{version('spark-desktop')}"
    except PackageNotFoundError:
        return "spark-desktop"
