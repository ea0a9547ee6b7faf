"""Orders of preference as a user changes them."""

from collections.abc import Iterable
from dataclasses import replace

from spark_desktop.domain.endpoint_book import LOCAL, EndpointBook
from spark_desktop.domain.endpoints import EndpointSpec, WorkKind


def shown_order(book: EndpointBook, kind: WorkKind) -> tuple[str, ...]:
    """Return every endpoint's id: those that are asked in their order, then the others."""
    asked = book.order(kind)
    others = (LOCAL, *(spec.id for spec in book.specs))
    return (*asked, *(one for one in others if one not in asked))


def moved(order: tuple[str, ...], endpoint_id: str, place: int) -> tuple[str, ...]:
    """Return the order with an id at a place, counted from 0; it is added where it was not in."""
    others = [one for one in order if one != endpoint_id]
    others.insert(max(0, min(place, len(others))), endpoint_id)
    return tuple(others)


def added(book: EndpointBook, spec: EndpointSpec, kinds: Iterable[WorkKind]) -> EndpointBook:
    """Return the book with a new endpoint, which is asked first for these kinds of work."""
    changed = book.with_spec(spec)
    for kind in kinds:
        changed = changed.with_order(kind, moved(changed.order(kind), spec.id, 0))
    return changed


def restored(book: EndpointBook, before: EndpointBook, endpoint_id: str) -> EndpointBook:
    """Return the book with a removed endpoint where it was in the book ``before`` that.

    What else was changed since then stays.
    """
    spec = before.spec(endpoint_id)
    if spec is None or book.spec(endpoint_id) is not None:
        return book
    specs = list(book.specs)
    specs.insert(before.specs.index(spec), spec)
    changed = replace(book, specs=tuple(specs))
    for kind in WorkKind:
        old = before.order(kind)
        if endpoint_id not in old:
            continue
        now = changed.order(kind)
        if now == (LOCAL,) and LOCAL not in old:
            # It only stood in for the one that was removed.
            now = ()
        changed = changed.with_order(kind, moved(now, endpoint_id, old.index(endpoint_id)))
    return changed
