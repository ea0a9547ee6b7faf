"""The user's endpoints, in which order they are asked, and what may be spent."""

import types
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from spark_desktop.domain.endpoints import EndpointSpec, WorkKind
from spark_desktop.domain.spending import Budget

# How the local core is called in an order of preference; no endpoint may have this id.
LOCAL = "local"
_ONLY_LOCAL = (LOCAL,)


@dataclass(frozen=True, slots=True)
class EndpointBook:
    """What the user has set up; one who has set up nothing uses the local core alone.

    ``hedge`` is in seconds for each kind of work, 0 where nothing is asked twice.
    """

    specs: tuple[EndpointSpec, ...] = ()
    orders: Mapping[WorkKind, tuple[str, ...]] = field(
        default_factory=lambda: types.MappingProxyType({})
    )
    hedge: Mapping[WorkKind, float] = field(default_factory=lambda: types.MappingProxyType({}))
    budget: Budget = field(default_factory=Budget)

    def order(self, kind: WorkKind) -> tuple[str, ...]:
        """Return the ids that are asked for this kind of work, without unknown and double ones."""
        known = {spec.id for spec in self.specs} | {LOCAL}
        wanted = self.orders.get(kind, _ONLY_LOCAL)
        return tuple(dict.fromkeys(one for one in wanted if one in known))

    def spec(self, endpoint_id: str) -> EndpointSpec | None:
        """Return an endpoint by its id; None where there is none."""
        return next((spec for spec in self.specs if spec.id == endpoint_id), None)

    def with_spec(self, spec: EndpointSpec) -> "EndpointBook":
        """Return the book with an endpoint, in the place of the one with its id, else behind."""
        if self.spec(spec.id) is None:
            return replace(self, specs=(*self.specs, spec))
        return replace(self, specs=tuple(spec if one.id == spec.id else one for one in self.specs))

    def without(self, endpoint_id: str) -> "EndpointBook":
        """Return the book without an endpoint; what it alone was to do goes to the local core."""
        specs = tuple(spec for spec in self.specs if spec.id != endpoint_id)
        orders = {
            kind: tuple(one for one in order if one != endpoint_id) or _ONLY_LOCAL
            for kind, order in self.orders.items()
        }
        return replace(self, specs=specs, orders=types.MappingProxyType(orders))

    def with_order(self, kind: WorkKind, order: tuple[str, ...]) -> "EndpointBook":
        """Return the book with another order of preference for a kind of work."""
        return replace(self, orders=types.MappingProxyType({**self.orders, kind: order}))

    def with_hedge(self, kind: WorkKind, seconds: float) -> "EndpointBook":
        """Return the book with another patience for a kind of work."""
        return replace(self, hedge=types.MappingProxyType({**self.hedge, kind: seconds}))

    def free_id(self, wanted: str) -> str:
        """Return ``wanted``, or with a number behind it where that is taken."""
        taken = {spec.id for spec in self.specs} | {LOCAL}
        number, free = 1, wanted
        while free in taken:
            number += 1
            free = f"{wanted}-{number}"
        return free
