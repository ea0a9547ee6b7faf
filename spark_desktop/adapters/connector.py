"""Keeps one connection pool for each endpoint, by the program's one policy of TLS and proxies."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import httpx

from spark_desktop.adapters.endpoint_factory import endpoint_for
from spark_desktop.adapters.network import NetworkPolicy, client_for, socket_options
from spark_desktop.domain.endpoints import EndpointSpec
from spark_desktop.domain.secret import Secret
from spark_desktop.services.ledger import Ledger
from spark_desktop.services.ports import Endpoint

if TYPE_CHECKING:
    # It takes a while to import, and few endpoints need it.
    from websockets.asyncio.client import ClientConnection


@runtime_checkable
class _Held(Protocol):
    """An endpoint that holds a connection of its own."""

    async def close(self) -> None:
        """Close it."""
        ...


@dataclass(frozen=True, slots=True)
class _Line:
    """What is open to one endpoint, and what it was opened with."""

    spec: EndpointSpec
    key: Secret | None
    client: httpx.AsyncClient
    endpoint: Endpoint

    async def close(self) -> None:
        if isinstance(self.endpoint, _Held):
            await self.endpoint.close()
        await self.client.aclose()


class HttpConnector:
    """Implements the Connector port; one for the program."""

    def __init__(self, policy: NetworkPolicy, ledger: Ledger) -> None:
        self._policy = policy
        self._ledger = ledger
        self._lines: dict[str, _Line] = {}

    async def open(self, spec: EndpointSpec, key: Secret | None) -> Endpoint:
        """Return the endpoint; the same one while spec and key are the same.

        Nothing is asked yet. Raises EndpointError where the route to it is not usable.
        """
        line = self._lines.get(spec.id)
        if line is not None and (line.spec, line.key) == (spec, key):
            return line.endpoint
        # Made first: an endpoint that cannot be used takes nothing from the one before.
        made = self._lines[spec.id] = self._line(spec, key)
        if line is not None:
            await line.close()
        return made.endpoint

    async def drop(self, endpoint_id: str) -> None:
        """Close what is open to an endpoint; an answer that runs there breaks off."""
        line = self._lines.pop(endpoint_id, None)
        if line is not None:
            await line.close()

    async def close(self) -> None:
        """Close everything."""
        while self._lines:
            await self.drop(next(iter(self._lines)))

    def _line(self, spec: EndpointSpec, key: Secret | None) -> _Line:
        client = client_for(spec, key, self._policy, self._ledger)

        async def socket() -> "ClientConnection":
            from spark_desktop.adapters.network_socket import open_socket

            # It reads the system's store of certificates, which takes a while.
            options = await asyncio.to_thread(socket_options, spec, key, self._policy)
            return await open_socket(options, self._ledger, "/responses")

        return _Line(spec, key, client, endpoint_for(spec, client, socket))
