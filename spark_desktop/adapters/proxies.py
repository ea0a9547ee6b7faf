"""Which proxy stands before a host: the user's choice, or the variables that curl reads too."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from spark_desktop.domain.errors import RouteError
from spark_desktop.domain.hosts import is_loopback
from spark_desktop.domain.regex import regex
from spark_desktop.domain.words import say

# What a choice says for "no proxy at all, whatever the variables say".
NONE = "none"
_SECURE = {"wss": "https", "ws": "http"}
_PORTS = {"https": 443, "http": 80}
_SEPARATORS = regex(r"[,\s]+")
_WITH_PORT = regex(r"^(\[[^\]]*\]|[^:\[\]]*):(\d+)$")


def proxy_for(url: str, chosen: str, environment: Mapping[str, str]) -> str:
    """Return the URL of the proxy that ``url`` is asked through, "" for none.

    ``chosen`` goes before the variables, ``NONE`` switches them off. This machine is never asked
    through a proxy. Raises RouteError for a proxy that cannot be used.
    """
    asked = urlsplit(url)
    scheme = _SECURE.get(asked.scheme, asked.scheme)
    host = asked.hostname or ""
    if is_loopback(host) or chosen == NONE:
        return ""
    if chosen:
        return _usable(chosen)
    if is_left_out(host, asked.port or _PORTS.get(scheme, 0), _variable(environment, "no_proxy")):
        return ""
    named = _variable(environment, f"{scheme}_proxy") or _variable(environment, "all_proxy")
    return _usable(named) if named else ""


def is_left_out(host: str, port: int, left_out: str) -> bool:
    """Return whether ``NO_PROXY`` names a host.

    It takes ``*``, names and what ends in them (with or without a leading dot or ``*.``),
    addresses, networks as ``10.0.0.0/8``, each of them with a port, apart by commas or spaces.
    """
    name = host.strip("[]").rstrip(".").lower()
    return any(_names(entry.lower(), name, port) for entry in _SEPARATORS.split(left_out) if entry)


def shown(proxy: str) -> str:
    """Return a proxy as host and port: its URL may hold a password."""
    parts = urlsplit(proxy)
    host = parts.hostname or ""
    bracketed = f"[{host}]" if ":" in host else host
    return f"{bracketed}:{parts.port or _PORTS.get(parts.scheme, 0)}"


def _names(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    with_port = _WITH_PORT.match(entry)
    if with_port is not None:
        if int(with_port[2]) != port:
            return False
        entry = with_port[1]
    entry = entry.strip("[]")
    address = _address(host)
    if address is not None:
        try:
            return address in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    suffix = entry.removeprefix("*").lstrip(".").rstrip(".")
    return bool(suffix) and (host == suffix or host.endswith(f".{suffix}"))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _variable(environment: Mapping[str, str], name: str) -> str:
    # In a CGI program HTTP_PROXY is what a client sent as the header "Proxy".
    forged = name == "http_proxy" and "REQUEST_METHOD" in environment
    upper = "" if forged else environment.get(name.upper(), "")
    return (environment.get(name) or upper).strip()


def _usable(proxy: str) -> str:
    url = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(url)
        parts_are_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        parts_are_whole = False
    if not parts_are_whole:
        # Not shown: what cannot be parsed may be a password.
        raise RouteError(
            say("The proxy that is set is no address."),
            say("Write it as http://host:port, in the settings or in HTTPS_PROXY."),
        )
    if parts.scheme.startswith("socks"):
        raise RouteError(
            say("The proxy {proxy} speaks SOCKS, which Spark does not.", proxy=shown(url)),
            say("Name one that speaks HTTP, or leave this host out in NO_PROXY."),
        )
    if parts.scheme not in _PORTS:
        raise RouteError(
            say(
                "The proxy {proxy} speaks {scheme}, which Spark does not.",
                proxy=shown(url),
                scheme=parts.scheme,
            ),
            say("Write it as http://host:port, in the settings or in HTTPS_PROXY."),
        )
    return url
