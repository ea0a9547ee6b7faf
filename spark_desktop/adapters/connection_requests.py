"""Single short requests of a connection's test, each with a client of its own."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from spark_desktop.adapters.network import NetworkPolicy, client_for
from spark_desktop.adapters.network_transport import netloc
from spark_desktop.adapters.openai_wire import error_of_response
from spark_desktop.adapters.redaction import REDACTION
from spark_desktop.domain.endpoints import AuthKind, EndpointSpec
from spark_desktop.domain.errors import AccessRefusedError, EndpointError, EndpointRejectedError
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.words import say
from spark_desktop.services.ledger import Ledger

_REFUSED = (401, 403)
_ERROR = 400
_FAULT = 500
Trace = Callable[[str, Mapping[str, Any]], Awaitable[None]]


class Requests:
    """Raises EndpointError for whatever goes wrong on the way."""

    def __init__(self, policy: NetworkPolicy, ledger: Ledger) -> None:
        self._policy = policy
        self._ledger = ledger

    async def client(self, spec: EndpointSpec, key: Secret | None) -> httpx.AsyncClient:
        """Return a client, which the caller closes. Raises RouteError."""
        return client_for(spec, key, self._policy, self._ledger)

    async def send(
        self,
        spec: EndpointSpec,
        key: Secret | None,
        method: str,
        url: str,
        body: object = None,
        trace: Trace | None = None,
    ) -> object:
        """Return the JSON of an answer, None for one that is no JSON. Raises for status 400 on."""
        async with await self.client(spec, key) as client:
            extensions = {} if trace is None else {"trace": trace}
            answer = await client.request(method, url, json=body, extensions=extensions)
        if answer.status_code >= _ERROR:
            raise refused(spec, key, answer)
        try:
            return answer.json()
        except (ValueError, RecursionError):
            return None

    async def optional(
        self,
        spec: EndpointSpec,
        key: Secret | None,
        method: str,
        url: str,
        body: object = None,
    ) -> object:
        """Return the JSON of what not every server has; None where it refuses."""
        try:
            return await self.send(spec, key, method, url, body)
        except AccessRefusedError:
            raise
        except EndpointRejectedError:
            return None

    async def status(
        self,
        spec: EndpointSpec,
        key: Secret | None,
        method: str,
        url: str,
        body: object = None,
    ) -> int:
        """Return the status of an answer. Raises for a refused key, and where the server fails."""
        async with await self.client(spec, key) as client:
            answer = await client.request(method, url, json=body)
        if answer.status_code in _REFUSED or answer.status_code >= _FAULT:
            raise refused(spec, key, answer)
        return answer.status_code

    async def refusal(
        self, spec: EndpointSpec, key: Secret | None, url: str, body: object
    ) -> str | None:
        """Return the text of an error; None where the server began to answer, which is ended."""
        async with (
            await self.client(spec, key) as client,
            client.stream("POST", url, json=body) as answer,
        ):
            if answer.status_code < _ERROR:
                return None
            await answer.aread()
            return answer.text


def refused(spec: EndpointSpec, key: Secret | None, answer: httpx.Response) -> EndpointError:
    """Return the error for an answer of status 400 and above."""
    host = netloc(answer.request.url)
    if answer.status_code not in _REFUSED:
        after = answer.headers.get("Retry-After")
        # Some servers repeat the key that they do not like.
        text = REDACTION.redacted(answer.text)
        return error_of_response(answer.status_code, text, after)
    if key is None or spec.auth is AuthKind.NONE:
        return AccessRefusedError(
            say("{host} wants a key: HTTP status {status}.", host=host, status=answer.status_code),
            say("Enter the key of this endpoint, and say how it is told."),
        )
    return AccessRefusedError(
        say("{host} refused the key: HTTP status {status}.", host=host, status=answer.status_code),
        say("Check that the key is whole, of this vendor, and not expired."),
    )
