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
from spark_desktop.domain.regex import regex

Json = dict[str, Any]

_log = logging.getLogger(__name__)

# What an answer is the same kind of answer without. Models that reason refuse a temperature, those
# of Anthropic from Claude Opus 4.7 on; summaries of the reasoning want a verified account.
_OPTIONAL = ("temperature", "reasoning")
# Two names of one thing: whoever refuses the one takes the other.
_INSTEAD = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
# Other names are words of English, or stand in the error for a number that is too large, which is
# no reason to leave the bound out: it must say as well that the field is not known.
_UNKNOWN = regex(
    r"unsupported|not support|unrecogni[sz]ed|unknown|unexpected|not permitted|not allowed|"
    r"extra (?:inputs|fields)|additional propert|extra_forbidden|deprecated|removed|"
    r"invalid (?:parameter|field|argument)|not a valid|cannot be used",
    re.IGNORECASE,
)


class RefusedFields:
    """What one server's model was found to refuse; it is left out from then on.

    ``optional`` are the fields that an answer can do without.
    """

    def __init__(self, optional: tuple[str, ...] = _OPTIONAL) -> None:
        self._optional = optional
        self._names: set[str] = set()

    def without(self, body: Json) -> Json:
        """Return the body without the fields that were refused before, or under another name."""
        kept: Json = {}
        for name, value in body.items():
            if name not in self._names:
                kept[name] = value
            elif name in _INSTEAD and _INSTEAD[name] not in self._names:
                kept[_INSTEAD[name]] = value
        return kept

    def learn(self, error: EndpointError, body: Json) -> bool:
        """Note what the error names; return whether the body had it, so that asking anew helps."""
        if not isinstance(error, EndpointRejectedError):
            return False
        if isinstance(error, AccessRefusedError | ContextExceededError):
            return False
        sent = self.without(body)
        named = {
            name
            for name in self._optional
            if name in sent
            and re.search(rf"(?<!\w){name}(?!\w)", error.message)
            and (name in _OPTIONAL or _UNKNOWN.search(error.message))
        }
        if named:
            _log.info("leaving out from now on what the model refuses: %s", ", ".join(named))
        self._names |= named
        return bool(named)

    @asynccontextmanager
    async def asking(
        self, ask: Callable[[Json], AbstractAsyncContextManager[StreamedAnswer]], body: Json
    ) -> AsyncIterator[StreamedAnswer]:
        """Open the answer, and again without each field that is refused. Raises EndpointError.

        It ends, as each time one field fewer is sent.
        """
        async with AsyncExitStack() as stack:
            while True:
                sent = self.without(body)
                try:
                    answer = await stack.enter_async_context(ask(sent))
                    break
                except EndpointRejectedError as error:
                    # Another answer may have taught the same meanwhile.
                    if not self.learn(error, body) and self.without(body) == sent:
                        raise
            yield answer
