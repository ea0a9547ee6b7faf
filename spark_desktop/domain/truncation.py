"""Finds out that a server read less of a prompt than was sent. No I/O."""

import re

from spark_desktop.domain.completion import InfillRequest, Request, Usage
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.regex import regex

# The estimate is rather too large, and one token may hold a long run of one sign, so only a large
# shortfall says that something is missing.
_SHARE = 0.4
_AT_LEAST = 500
_RUN = regex(r"(.)\1{3,}", re.DOTALL)


def prompt_text(request: Request) -> str:
    """Return all text of a request that the model reads."""
    if isinstance(request, InfillRequest):
        return "".join((*(text for _, text in request.extra), request.prefix, request.suffix))
    return "".join(message.text for message in request.messages)


def tokens_cut(request: Request, usage: Usage) -> int | None:
    """Return about how many tokens were sent where clearly fewer were read; else None.

    A server that counts no prompt at all tells nothing.
    """
    read = usage.prompt_tokens
    if read <= 0:
        return None
    sent = estimate_tokens(_RUN.sub(r"\1", prompt_text(request)))
    return sent if read < _SHARE * sent and sent - read > _AT_LEAST else None
