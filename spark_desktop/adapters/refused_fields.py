"""Fields of a request that some models take and others refuse."""

import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from spark_desktop.adapters.answer_stream import StreamedAnswer
from spark_desktop.domain.errors import (
    AccessRefusedError,
    ContextExceededError,
    EndpointError,
    EndpointRejectedError,
)

Json = dict[str, Any]

_log = logging.getLogger(__name__)

# What an answer is the same kind of answer without. Models that reason refuse a temperature, those
# of Anthropic from Claude Opus 4.7 on; summaries of the reasoning want a verified account.
_OPTIONAL = ("temperature", "reasoning")


class RefusedFields:
    """What one server's model was found to refuse; it is left out from then on."""

    def __init__(self) -> None:
        self._names: set[str] = set()

    def without(self, body: Json) -> Json:
        """Return the body without the fields that were refused before."""
        return {name: value for name, value in body.items() if name not in self._names}

    def learn(self, error: EndpointError, body: Json) -> bool:
        """Note what the error names; return whether the body had it, so that asking anew helps."""
        if not isinstance(error, EndpointRejectedError):
            return False
        if isinstance(error, AccessRefusedError | ContextExceededError):
            return False
        named = {
            name
            for name in _OPTIONAL
            if name in self.without(body) and re.search(rf"\b{name}\b", error.message)
        }
        if named:
            _log.info("leaving out from now on what the model refuses: %s", ", ".join(named))
        self._names |= named
        return bool(named)

    @asynccontextmanager
    async def asking(
        self, ask: Callable[[Json], AbstractAsyncContextManager[StreamedAnswer]], body: Json
    ) -> AsyncIterator[StreamedAnswer]:
        """Open the answer, and once more without a field that is refused. Raises EndpointError."""
        async with AsyncExitStack() as stack:
            try:
                answer = await stack.enter_async_context(ask(self.without(body)))
            except EndpointRejectedError as error:
                if not self.learn(error, body):
                    raise
                answer = await stack.enter_async_context(ask(self.without(body)))
            yield answer
