"""Every error the core can show to a person, as one tree.

Each carries two texts: what happened (it names the thing) and the next step for the user. Foreign
exceptions are translated into these once, where they are met; above that only these exist.
"""

from collections.abc import Sequence


class CoreError(Exception):
    """Something the core cannot do, said for a person.

    ``message`` names the thing and what is wrong with it; ``next_step`` is what the user can do,
    or an empty string where nothing can be done. ``status`` is the HTTP status that tells it,
    ``kind`` its type on the wire, ``code`` a stable word for programs, ``retry_after_s`` when it is
    worth asking again, None where that does not help.
    """

    status = 500
    kind = "server_error"
    code: str | None = "core_failed"
    retry_after_s: int | None = None

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step


class ModelError(CoreError):
    """A model cannot be found, fetched, verified or loaded."""


class EngineError(CoreError):
    """The engine failed while it loaded a model or answered a request."""

    code = "engine_failed"


class EngineDownError(EngineError):
    """The engine's process is gone; another one is being started, or could not be."""

    status = 503
    code = "engine_down"

    def __init__(self, message: str, next_step: str = "", retry_after_s: int = 2) -> None:
        super().__init__(message, next_step)
        self.retry_after_s = retry_after_s


class BusyError(CoreError):
    """More requests wait than the core keeps in its queue."""

    status = 429
    kind = "rate_limit_error"
    code = "engine_busy"

    def __init__(self, waiting: int, retry_after_s: int = 1) -> None:
        super().__init__(
            f"The engine is busy, and {waiting} requests wait already.",
            f"Ask again in {retry_after_s} s.",
        )
        self.waiting = waiting
        self.retry_after_s = retry_after_s


class UsageError(CoreError):
    """The command line asks for something the core refuses, such as a public address."""


class RequestError(CoreError):
    """A request cannot be answered as it was asked.

    ``param`` is the path of the offending field in the body (``messages[2].content``) or None;
    ``code`` is a stable word for programs, as OpenAI's errors have it, or None.
    """

    status = 400
    kind = "invalid_request_error"

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        next_step: str = "",
    ) -> None:
        super().__init__(message, next_step)
        self.param = param
        self.code = code


class ContextExceededError(RequestError):
    """The prompt has more tokens than the context holds; both numbers are in the message.

    ``at_least`` where so many were counted and the rest was not.
    """

    def __init__(self, prompt_tokens: int, context_tokens: int, at_least: bool = False) -> None:
        count = f"at least {prompt_tokens}" if at_least else f"{prompt_tokens}"
        super().__init__(
            f"The prompt has {count} tokens, but the context holds {context_tokens}.",
            code="context_length_exceeded",
            next_step="Shorten the prompt, or start the core with a larger --context.",
        )
        self.prompt_tokens = prompt_tokens
        self.context_tokens = context_tokens
        self.at_least = at_least


class UnknownModelNameError(RequestError):
    """The request names a model other than the one that is loaded; ``known`` may be asked for."""

    status = 404

    def __init__(self, asked: str, loaded: str, known: Sequence[str] = ()) -> None:
        listed = ", ".join(repr(name) for name in (known or (loaded,)))
        # A name is as long as a client makes it.
        super().__init__(
            f"The model {asked[:128]!r} is not loaded; this core serves {loaded!r}. "
            f"Known here: {listed}.",
            param="model",
            code="model_not_found",
            next_step=f"Ask for {listed.replace(', ', ' or ')}, or start another core: "
            "'spark-core models list' tells what there is for 'spark-core serve --model'.",
        )


class NotAuthorisedError(RequestError):
    """The bearer token is missing or wrong."""

    status = 401
    kind = "authentication_error"

    def __init__(self) -> None:
        super().__init__(
            "The bearer token is missing or wrong.",
            code="invalid_api_key",
            next_step="Send 'Authorization: Bearer TOKEN' with the token of the ready file.",
        )


class ForeignHostError(RequestError):
    """The Host header names no loopback address: a web page may be trying DNS rebinding."""

    status = 403
    kind = "permission_error"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"The host {host!r} is not a loopback address.",
            code="host_not_allowed",
            next_step="Use the URL of the ready file.",
        )


class BodyTooLargeError(RequestError):
    """The request's body is larger than the core reads."""

    status = 413

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"The request's body is larger than {limit_bytes} bytes.", code="body_too_large"
        )
