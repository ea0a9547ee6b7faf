"""The user's endpoints, live: changed in the settings, asked by the router."""

from collections.abc import Callable, Sequence
from typing import Protocol

from spark_desktop.domain.core_state import CoreReady
from spark_desktop.domain.endpoint_book import LOCAL, EndpointBook
from spark_desktop.domain.endpoints import EndpointSpec, WorkKind, model_info
from spark_desktop.domain.errors import EndpointUnreachableError
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.words import Said, say
from spark_desktop.services.candidates import Candidate
from spark_desktop.services.endpoint_health import Health
from spark_desktop.services.keys import Keys
from spark_desktop.services.ports import Core, Endpoint

Handler = Callable[[EndpointBook], None]


class EndpointStore(Protocol):
    """The user's endpoints, across restarts."""

    def load(self) -> tuple[EndpointBook, tuple[Said, ...]]:
        """Return what is kept and what of it could not be used; never raises."""
        ...

    async def save(self, book: EndpointBook) -> Said | None:
        """Keep the book; return what the user should know. Raises StoreError."""
        ...


class Connector(Protocol):
    """Makes endpoints that can be asked."""

    async def open(self, spec: EndpointSpec, key: Secret | None) -> Endpoint:
        """Return the endpoint; the same one while spec and key are the same.

        Nothing is asked yet. Raises EndpointError where the route to it is not usable, as a CA file
        that cannot be read, or plain HTTP to another machine without the user's consent.
        """
        ...

    async def drop(self, endpoint_id: str) -> None:
        """Close what is open to an endpoint, as it is another one now."""
        ...

    async def close(self) -> None:
        """Close everything."""
        ...


class EndpointsService:
    """One for the program; in the loop's thread only."""

    def __init__(
        self, store: EndpointStore, keys: Keys, connector: Connector, health: Health
    ) -> None:
        """Load; ``problems`` says what could not be read, for the user."""
        self._store = store
        self._connector = connector
        self._health = health
        self._handlers: list[Handler] = []
        self.keys = keys
        self.book, self.problems = store.load()

    def subscribe(self, handler: Handler) -> Callable[[], None]:
        """Call ``handler`` with each new book; return the function that ends it."""
        self._handlers.append(handler)

        def unsubscribe() -> None:
            if handler in self._handlers:
                self._handlers.remove(handler)

        return unsubscribe

    async def change(self, book: EndpointBook) -> Said | None:
        """Use another book at once, and keep it; return what the user should know.

        Raises StoreError: it is in use all the same.
        """
        before, self.book = self.book, book
        for spec in before.specs:
            if book.spec(spec.id) != spec:
                self._health.forget(spec.id)
                await self._connector.drop(spec.id)
        # Closing takes a moment: what was changed meanwhile is not to be written over.
        for handler in tuple(self._handlers):
            handler(self.book)
        return await self._store.save(self.book)

    async def key_changed(self, endpoint_id: str) -> None:
        """Try an endpoint anew: its key is another one."""
        self._health.forget(endpoint_id)
        await self._connector.drop(endpoint_id)

    async def open(self, spec: EndpointSpec) -> Endpoint:
        """Return an endpoint with its key. Raises SparkError."""
        key = await self.keys.require(spec)
        if self.book.spec(spec.id) != spec:
            # A keyring may wait for its password: by now that is the key of another server.
            raise EndpointUnreachableError(
                say("The connection to {title} was closed.", title=spec.title), say("Ask again.")
            )
        return await self._connector.open(spec, key)


class ProjectPreferences:
    """Who may be asked in one project: the user's endpoints, and that project's core."""

    def __init__(self, endpoints: EndpointsService, core: Core) -> None:
        self._endpoints = endpoints
        self._core = core
        # Whether the core was ever begun: one that the user stopped since then stays stopped.
        self.has_begun = False

    def order(self, kind: WorkKind) -> Sequence[Candidate]:
        """Return those that may be asked for this kind of work, the preferred one first."""
        return [self._candidate(one) for one in self._endpoints.book.order(kind)]

    def hedge(self, kind: WorkKind) -> float:
        """Return the seconds without a first token after which the next is asked too; 0: never."""
        return self._endpoints.book.hedge.get(kind, 0.0)

    def _candidate(self, endpoint_id: str) -> Candidate:
        spec = None if endpoint_id == LOCAL else self._endpoints.book.spec(endpoint_id)
        if spec is None:
            state = self._core.state
            model = state.model if isinstance(state, CoreReady) else None
            return Candidate(LOCAL, "", self._connect_core, model=model, begin=self._begin_core)
        return Candidate(
            spec.id, spec.title, lambda: self._endpoints.open(spec), spec, model_info(spec)
        )

    def _begin_core(self) -> None:
        self.has_begun = True
        self._core.start()

    async def _connect_core(self) -> Endpoint:
        # One that only steps in for others is not started before that.
        if not self.has_begun:
            self._begin_core()
        return await self._core.endpoint()


class LocalPreferences:
    """Only the local core may be asked, as where a model was named on the command line."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def order(self, kind: WorkKind) -> Sequence[Candidate]:
        """Return the core."""
        state = self._core.state
        model = state.model if isinstance(state, CoreReady) else None
        return [
            Candidate(LOCAL, "", self._core.endpoint, model=model, begin=self._core.start),
        ]

    def hedge(self, kind: WorkKind) -> float:
        """Return 0: there is nobody else to ask."""
        return 0.0


class UnkeptEndpoints:
    """No endpoints, kept nowhere: for a demonstration or a measurement. An EndpointStore."""

    def load(self) -> tuple[EndpointBook, tuple[Said, ...]]:
        """Return the empty book."""
        return EndpointBook(), ()

    async def save(self, book: EndpointBook) -> Said | None:
        """Keep nothing."""
        return None
