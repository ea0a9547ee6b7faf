"""What a test of a connection needs from the network."""

from typing import Protocol

from spark_desktop.domain.connection_check import (
    Access,
    CheckOutcome,
    CheckReport,
    Connected,
    Handshake,
    Lookup,
)
from spark_desktop.domain.endpoints import EndpointSpec, FillInWay, RemoteModel
from spark_desktop.domain.secret import Secret

# How a step ends: the report with what it found, its outcome, and the words for it.
Ended = tuple[CheckReport, CheckOutcome, str]


class Probe(Protocol):
    """Asks a server by itself; every method raises EndpointError, worded for the user."""

    async def look_up(self, spec: EndpointSpec) -> Lookup:
        """Return the addresses of the server, or of the proxy on the way to it."""
        ...

    async def connect(self, spec: EndpointSpec) -> Connected:
        """Open a connection to the server or its proxy, and close it."""
        ...

    async def shake_hands(self, spec: EndpointSpec) -> Handshake | None:
        """Return what TLS was agreed on; None for plain HTTP."""
        ...

    async def access(self, spec: EndpointSpec, key: Secret | None) -> Access:
        """Ask what costs nothing. Raises AccessRefusedError where the key is refused."""
        ...

    async def models(self, spec: EndpointSpec, key: Secret | None) -> tuple[RemoteModel, ...]:
        """Return the models that the server tells, with what it tells of them."""
        ...

    async def described(self, spec: EndpointSpec, key: Secret | None) -> RemoteModel:
        """Return the chosen model with what the server tells of it beyond the list."""
        ...

    async def fill_in(self, spec: EndpointSpec, key: Secret | None, way: FillInWay) -> str:
        """Return what the chosen model puts into the hole of ``check_questions``, in one way.

        Raises EndpointRejectedError where the server, or this program, knows no such way.
        """
        ...
