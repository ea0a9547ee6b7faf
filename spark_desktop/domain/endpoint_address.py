"""What somebody pastes as an endpoint's address: where it is, and what is likely spoken there."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from spark_desktop.domain.endpoints import WireProtocol
from spark_desktop.domain.errors import RouteError
from spark_desktop.domain.hosts import is_loopback
from spark_desktop.domain.presets import placeholders
from spark_desktop.domain.words import say

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HOST = re.compile(r"[^\s/\\?#@<>\"'|^`{}%]+")
# A page of the API that was copied with its address; what is spoken there says its name.
_TAILS = (
    ("/chat/completions", WireProtocol.CHAT),
    ("/completions", WireProtocol.CHAT),
    ("/responses", WireProtocol.RESPONSES),
    ("/messages", WireProtocol.ANTHROPIC),
    ("/models", None),
    ("/api/chat", WireProtocol.OLLAMA),
    ("/api/generate", WireProtocol.OLLAMA),
    ("/api/tags", WireProtocol.OLLAMA),
    ("/api", WireProtocol.OLLAMA),
)
_OLLAMA_PORT = 11434
# Where every server with OpenAI's protocol has it.
_USUAL_PATH = "/v1"


@dataclass(frozen=True, slots=True)
class Address:
    """``url`` ends where the protocol's own paths begin; ``protocol`` is None where nothing tells.

    ``is_bare`` where no path was given, and ``url`` has the usual one.
    """

    url: str
    host: str
    protocol: WireProtocol | None = None
    is_bare: bool = False

    @property
    def is_open(self) -> bool:
        """Return whether another machine would be spoken to without encryption."""
        return self.url.startswith("http://") and not is_loopback(self.host)


def read_address(text: str) -> Address:
    """Return the address that a pasted text names, cut to what belongs to it.

    Raises RouteError, which says what is wrong with it.
    """
    pasted = text.strip().strip("<>\"'")
    if not pasted:
        raise _wrong(say("There is no address."))
    if placeholders(pasted):
        raise _wrong(say("{{{field}}} is not filled in.", field=placeholders(pasted)[0]))
    if any(sign.isspace() or not sign.isprintable() for sign in pasted):
        raise _wrong(say("There are spaces in the address."))
    try:
        parts = _split(pasted)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong(say("{text} is no address.", text=pasted)) from None
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    if scheme not in ("http", "https"):
        raise _wrong(say("{scheme} is not spoken here, only http and https.", scheme=scheme))
    if not host or not _HOST.fullmatch(host):
        raise _wrong(say("{text} names no host.", text=pasted))
    if parts.username is not None:
        raise RouteError(
            say("There is a name or a key in the address."), say("Put the key into its own field.")
        )
    place = f"[{host}]" if ":" in host else host
    base = f"{scheme}://{place}" + ("" if port is None else f":{port}")
    return _cut(base, host, parts, port)


def _split(pasted: str) -> SplitResult:
    if _SCHEME.match(pasted):
        return urlsplit(pasted)
    guessed = urlsplit(f"https://{pasted}")
    if is_loopback(guessed.hostname or ""):
        # Who runs a server on the own machine rarely has a certificate for it.
        return urlsplit(f"http://{pasted}")
    return guessed


def _cut(base: str, host: str, parts: SplitResult, port: int | None) -> Address:
    path = parts.path.rstrip("/")
    protocol = WireProtocol.RESPONSES_SOCKET if parts.scheme.lower() in ("ws", "wss") else None
    for tail, spoken in _TAILS:
        if path.endswith(tail):
            path = path.removesuffix(tail)
            return Address(base + path, host, protocol or spoken)
    if path:
        return Address(base + path, host, protocol)
    if port == _OLLAMA_PORT:
        return Address(base, host, WireProtocol.OLLAMA)
    return Address(base + _USUAL_PATH, host, protocol, is_bare=True)


def _wrong(problem: str) -> RouteError:
    return RouteError(problem, say("Paste it as in https://host/v1."))
