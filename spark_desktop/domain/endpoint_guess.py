"""What a pasted address may mean: the protocol's own paths are cut off, and added where missing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from spark_desktop.domain.endpoints import AuthKind, EndpointSpec, WireProtocol
from spark_desktop.domain.errors import RouteError
from spark_desktop.domain.hosts import is_loopback
from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_text import secret_in
from spark_desktop.domain.words import say

# What documentation shows behind the address; the longer ones first.
_TAILS = (
    *("/chat/completions", "/fim/completions", "/completions", "/responses", "/messages"),
    *("/api/chat", "/api/generate", "/api/tags", "/api/show", "/api", "/embeddings", "/models"),
    *("/infill", "/props", "/tokenize", "/health"),
)
_SCHEMES = {"https": "https", "http": "http", "wss": "https", "ws": "http"}
_VERSION = regex(r"/v\d+(?:beta\d*)?$")
_ANTHROPIC_VERSION = ("anthropic-version", "2023-06-01")
_OLLAMA_PORT = 11434
# Parameters of a query that hold a key: it would be kept in a file with the address.
_KEYS = regex(r"(?:^|[&;])[^=&;]*(?:key|token|secret|sig|signature|password)=", re.IGNORECASE)


def tidied(pasted: str) -> tuple[str, str]:
    """Return the address without a protocol's own path, and that path, "" for none.

    A missing scheme is https, for this machine http; a query, as Azure's ``?api-version=…``, stays.
    Raises RouteError for what is no address, or holds a key.
    """
    text = pasted.strip().strip("\"'`<>").strip()
    if secret_in(text) is not None:
        raise _has_key()
    if "://" not in text:
        host = text.partition("/")[0].rpartition(":")[0] or text.partition("/")[0]
        text = f"{'http' if is_loopback(host) else 'https'}://{text}"
    try:
        parts = urlsplit(text)
        known = parts.scheme.lower() in _SCHEMES and parts.hostname and (parts.port or 0) >= 0
    except ValueError:
        known = False
    if not known or re.search(r"\s", text) or "@" in parts.netloc:
        raise RouteError(
            say("This is no address of a server: {text}", text=text[:200]),
            say("Paste one like https://host/v1, without a user's name."),
        )
    if _KEYS.search(parts.query):
        raise _has_key()
    path = parts.path.rstrip("/")
    tail = next((one for one in _TAILS if path.endswith(one)), "")
    scheme, path = parts.scheme.lower(), path.removesuffix(tail).rstrip("/")
    base = urlunsplit((_SCHEMES[scheme], parts.netloc.lower(), path, parts.query, ""))
    if scheme in ("wss", "ws"):
        return base, f"socket{tail or '/responses'}"
    return base, tail


def guesses(pasted: str) -> tuple[EndpointSpec, ...]:
    """Return the endpoints that a pasted address may mean, the likeliest first.

    Raises RouteError for what is no address.
    """
    base, tail = tidied(pasted)
    found = [spec for spec in _likely(base, tail) if spec is not None]
    found += [_chat(base), _ollama(base), _anthropic(base)]
    return tuple(dict.fromkeys(found))


def id_of(url: str) -> str:
    """Return a short id for the server at an address: its name, or "localhost-8000"."""
    parts = urlsplit(url)
    host = parts.hostname or "endpoint"
    if is_loopback(host) or re.fullmatch(r"[0-9.:]+", host):
        name = host if parts.port is None else f"{host}-{parts.port}"
    else:
        labels = [label for label in host.split(".") if label not in ("api", "www")]
        name = labels[-2] if len(labels) > 1 else labels[0]
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "endpoint"


def _likely(base: str, tail: str) -> Iterator[EndpointSpec | None]:
    host, port = urlsplit(base).hostname or "", urlsplit(base).port
    if tail.startswith("socket"):
        yield replace(_chat(base), protocol=WireProtocol.RESPONSES_SOCKET)
    if tail == "/responses":
        yield replace(_chat(base), protocol=WireProtocol.RESPONSES)
    if tail == "/messages" or host.endswith("anthropic.com"):
        yield _anthropic(base)
    if tail.startswith("/api") or port == _OLLAMA_PORT:
        yield _ollama(base)


def _chat(base: str) -> EndpointSpec:
    # Whoever shows a path of his own means it.
    return _spec(_with_path(base, urlsplit(base).path or "/v1"), WireProtocol.CHAT)


def _ollama(base: str) -> EndpointSpec:
    return _spec(_with_path(base, _VERSION.sub("", urlsplit(base).path)), WireProtocol.OLLAMA)


def _anthropic(base: str) -> EndpointSpec:
    path = urlsplit(base).path
    url = _with_path(base, path if _VERSION.search(path) else f"{path}/v1")
    return replace(
        _spec(url, WireProtocol.ANTHROPIC),
        auth=AuthKind.HEADER,
        auth_header="x-api-key",
        headers=(_ANTHROPIC_VERSION,),
    )


def _with_path(base: str, path: str) -> str:
    return urlunsplit(urlsplit(base)._replace(path=path))


def _has_key() -> RouteError:
    # Not told back.
    return RouteError(
        say("There is a name or a key in the address."), say("Put the key into its own field.")
    )


def _spec(url: str, protocol: WireProtocol) -> EndpointSpec:
    parts = urlsplit(url)
    return EndpointSpec(id_of(url), parts.netloc, url, protocol)
