"""What can be wrong with a request for a response, beyond a field of it."""

from inference_core.domain.errors import RequestError


class PreviousNotFoundError(RequestError):
    """The response that a request continues is not kept here (any more)."""

    def __init__(self, response_id: str) -> None:
        super().__init__(
            f"Previous response with id '{response_id}' not found.",
            param="previous_response_id",
            code="previous_response_not_found",
            next_step="Send the whole conversation as 'input', without 'previous_response_id'.",
        )


class ResponseNotFoundError(RequestError):
    """No response with this id is kept; the oldest are forgotten first."""

    status = 404

    def __init__(self, response_id: str) -> None:
        super().__init__(
            f"Response with id '{response_id}' not found.",
            code="response_not_found",
            next_step="Responses live in the core's memory: ask again for what was forgotten.",
        )


class NotCancellableError(RequestError):
    """A response that is kept has ended; there is nothing to cancel."""

    def __init__(self, response_id: str) -> None:
        super().__init__(
            f"Response '{response_id}' has ended: only background responses can be cancelled.",
            param="response_id",
            code="response_not_cancellable",
            next_step="To stop a response while it is written, close its stream.",
        )


class StreamIdError(RequestError):
    """The name of a lane has characters or a length that it must not have."""

    def __init__(self) -> None:
        super().__init__(
            "'stream_id' must be 1 to 256 characters out of A-Z, a-z, 0-9, '_', '.' and '-'.",
            param="stream_id",
            code="invalid_stream_id",
        )


class StreamLimitError(RequestError):
    """A connection asks for more lanes, or for more in one lane, than it may have."""

    status = 429
    kind = "rate_limit_error"

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(
            what, param="stream_id", code="websocket_stream_limit_reached", next_step=next_step
        )


class ConnectionLimitError(RequestError):
    """A connection has lived for as long as one may."""

    def __init__(self, minutes: int) -> None:
        super().__init__(
            f"The WebSocket connection has reached its limit of {minutes} minutes.",
            code="websocket_connection_limit_reached",
            next_step="Open a new connection and go on there.",
        )
