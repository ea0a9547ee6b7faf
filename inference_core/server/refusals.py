"""What is refused before a route sees it: from a page, to a name, too slowly, or too often."""

from inference_core.domain.errors import CoreError, RequestError

# As much of a wrong name as an error shows.
_SHOWN = 128


class UnknownHostError(RequestError):
    """The Host header names an address that this core, which answers others too, does not have."""

    status = 403
    kind = "permission_error"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"The host {host[:_SHOWN]!r} is neither the address of this core nor a name of it.",
            code="host_not_allowed",
            next_step="Use its address, or start it with --allow-host NAME.",
        )


class ForeignOriginError(RequestError):
    """A web page of another origin asks, and nobody has allowed it to."""

    status = 403
    kind = "permission_error"

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"Pages of the origin {origin[:_SHOWN]!r} may not use this core.",
            code="origin_not_allowed",
            next_step="If you trust the page, start the core with --allow-origin and its origin.",
        )


class SlowBodyError(RequestError):
    """The body of a request does not come."""

    status = 408

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The request's body did not arrive within {seconds:g} s.",
            code="body_too_slow",
            next_step="Send it again on a new connection.",
        )


class TooManyLeasesError(CoreError):
    """As many programs hold the core as it lets."""

    status = 503
    code = "too_many_leases"
    retry_after_s = 5

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit} leases are held already.", "One is enough for a program: end the others."
        )


class TooManyConnectionsError(CoreError):
    """As many connections are in use as the core keeps."""

    status = 503
    code = "too_many_connections"
    retry_after_s = 1

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"All {limit} connections of the core are in use.", "Close some, or ask again in 1 s."
        )
