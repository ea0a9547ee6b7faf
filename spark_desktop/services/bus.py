"""Typed publish and subscribe, in the loop's thread only."""

from collections.abc import Callable
from typing import TypeVar

from spark_desktop.domain.events import Event

E = TypeVar("E", bound=Event)


class Bus:
    """Delivers each event to the subscribers of its type, in the order of subscription."""

    def __init__(self) -> None:
        self._subscribers: dict[type, list[Callable[..., None]]] = {}

    def subscribe(self, event_type: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Call ``handler`` for each event of the type; return the function that ends it."""
        handlers = self._subscribers.setdefault(event_type, [])
        handlers.append(handler)

        def unsubscribe() -> None:
            if handler in handlers:
                handlers.remove(handler)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Deliver ``event``; a handler may subscribe or unsubscribe meanwhile."""
        for handler in tuple(self._subscribers.get(type(event), ())):
            handler(event)
