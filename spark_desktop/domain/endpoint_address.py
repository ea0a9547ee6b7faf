"""What somebody types as an endpoint's address, or what is wrong with it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from spark_desktop.domain.endpoint_guess import guesses, tidied
from spark_desktop.domain.endpoints import EndpointSpec, WireProtocol
from spark_desktop.domain.errors import RouteError
from spark_desktop.domain.hosts import is_loopback
from spark_desktop.domain.presets import placeholders
from spark_desktop.domain.words import say

# These have the same paths as chat completions.
_LIKE_CHAT = (WireProtocol.RESPONSES, WireProtocol.RESPONSES_SOCKET)


@dataclass(frozen=True, slots=True)
class Address:
    """``likely`` is what it means by itself; ``is_bare``: a host without a path."""

    likely: EndpointSpec
    host: str
    is_bare: bool

    @property
    def is_open(self) -> bool:
        """Return whether another machine would be spoken to without encryption."""
        return self.likely.url.startswith("http://") and not is_loopback(self.host)


def read_address(text: str) -> Address:
    """Return what a typed address means. Raises RouteError, which says what is wrong with it."""
    typed = text.strip()
    if not typed:
        raise _wrong(say("There is no address."))
    if placeholders(typed):
        raise _wrong(say("{{{field}}} is not filled in.", field=placeholders(typed)[0]))
    if "@" in typed.partition("://")[2].partition("/")[0]:
        # Not told back: it may be the key itself.
        raise RouteError(
            say("There is a name or a key in the address."), say("Put the key into its own field.")
        )
    likely = guesses(typed)[0]
    base, tail = tidied(typed)
    parts = urlsplit(base)
    return Address(likely, parts.hostname or "", not parts.path and not tail)


def url_for(text: str, protocol: WireProtocol) -> str:
    """Return a typed address as an endpoint with this protocol has it. Raises RouteError."""
    address = read_address(text)
    wanted = WireProtocol.CHAT if protocol in _LIKE_CHAT else protocol
    for spec in guesses(text):
        if spec.protocol is protocol or spec.protocol is wanted:
            return spec.url
    return address.likely.url


def _wrong(problem: str) -> RouteError:
    return RouteError(problem, say("Paste it as in https://host/v1."))
