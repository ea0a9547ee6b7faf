"""Keys, endpoints and connections without a keyring, a file or a network."""

from fakes import FakeEndpoint

from spark_desktop.domain.endpoint_book import EndpointBook
from spark_desktop.domain.endpoints import EndpointSpec
from spark_desktop.domain.errors import SecretStoreError, StoreError
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.words import Said
from spark_desktop.services.ports import Endpoint


class MemorySecrets:
    """A keyring; ``broken`` is what it raises."""

    def __init__(self) -> None:
        self.kept: dict[str, Secret] = {}
        self.broken: SecretStoreError | None = None

    async def read(self, endpoint_id: str) -> Secret | None:
        self._check()
        return self.kept.get(endpoint_id)

    async def keep(self, endpoint_id: str, key: Secret) -> None:
        self._check()
        self.kept[endpoint_id] = key

    async def forget(self, endpoint_id: str) -> None:
        self._check()
        self.kept.pop(endpoint_id, None)

    def _check(self) -> None:
        if self.broken is not None:
            raise self.broken


class MemoryBook:
    """The endpoints' file; ``broken`` is what writing raises."""

    def __init__(self, book: EndpointBook | None = None, *problems: Said) -> None:
        self.kept = book or EndpointBook()
        self.problems = problems
        self.broken: StoreError | None = None

    def load(self) -> tuple[EndpointBook, tuple[Said, ...]]:
        return self.kept, self.problems

    async def save(self, book: EndpointBook) -> Said | None:
        if self.broken is not None:
            raise self.broken
        self.kept = book
        return None


class FakeConnector:
    """Opens the endpoints that a test puts in, and remembers with which keys."""

    def __init__(self, **endpoints: FakeEndpoint) -> None:
        self.endpoints = endpoints
        self.opened: list[tuple[str, Secret | None]] = []
        self.dropped: list[str] = []
        self.is_closed = False

    async def open(self, spec: EndpointSpec, key: Secret | None) -> Endpoint:
        self.opened.append((spec.id, key))
        return self.endpoints[spec.id]

    async def drop(self, endpoint_id: str) -> None:
        self.dropped.append(endpoint_id)

    async def close(self) -> None:
        self.is_closed = True
