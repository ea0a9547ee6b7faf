"""Addresses of an endpoint's routes. No I/O."""

from urllib.parse import urlsplit, urlunsplit

# What servers put OpenAI's routes below, and their own beside.
_VERSIONS = ("/v1", "/v1beta", "/beta")


def below(url: str, route: str) -> str:
    """Return the address of a route below an endpoint's URL; a query stays behind it.

    Azure's older addresses end in ``?api-version=…``.
    """
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + route))


def at_root(url: str, route: str) -> str:
    """Return the address of a route beside the ``/v1`` in which an endpoint's URL may end."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    for version in _VERSIONS:
        if path.endswith(version):
            path = path.removesuffix(version)
            break
    return urlunsplit(parts._replace(path=path + route))
