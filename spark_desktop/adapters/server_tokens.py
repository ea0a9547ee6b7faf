"""Asks a server how many tokens a text has, in whichever of two forms it knows."""

from enum import Enum
from typing import Any

import httpx

from spark_desktop.adapters.answer_stream import unreachable
from spark_desktop.adapters.connection_reuse import posted
from spark_desktop.adapters.openai_wire import error_of_response
from spark_desktop.adapters.remote_model import uncounted
from spark_desktop.adapters.routes import at_root
from spark_desktop.domain.endpoints import EndpointSpec
from spark_desktop.domain.errors import (
    EndpointBusyError,
    EndpointError,
    EndpointUnreachableError,
    EngineDownError,
)
from spark_desktop.domain.words import say

_ROUTE = "/tokenize"
# Tokenizing is work of milliseconds; a server that takes longer is stuck.
_TOKENIZE_S = 30.0
# Asked first: whoever has no such route is not sent the user's text to find that out.
_TRIAL = "Hello"


class _Form(Enum):
    """How the text is told: llama-server's field, or vLLM's and SGLang's."""

    CONTENT = "content"
    PROMPT = "prompt"


class ServerTokens:
    """Counts by the model's own tokenizer; a server that cannot is not asked again."""

    def __init__(self, client: httpx.AsyncClient, spec: EndpointSpec) -> None:
        self._client = client
        self._spec = spec
        self._url = at_root(spec.url, _ROUTE)
        self._form: _Form | None = None
        self._cannot = False

    async def count(self, text: str) -> int:
        """Return the tokens of a text.

        Raises EndpointRejectedError where the server cannot count, else EndpointError.
        """
        if not text:
            return 0
        if self._form is None and not self._cannot:
            self._form = await self._found()
            self._cannot = self._form is None
        if self._form is None:
            raise uncounted(self._spec)
        count = await self._ask(self._form, text)
        if count is None:
            raise EndpointError(
                say("The model's server did not say how many tokens there are."),
                say("Try again in a moment."),
            )
        return count

    async def _found(self) -> _Form | None:
        for form in _Form:
            try:
                # A server that overlooks the field counts nothing.
                if await self._ask(form, _TRIAL):
                    return form
            except (EndpointUnreachableError, EndpointBusyError, EngineDownError):
                # It says nothing about whether it can.
                raise
            except EndpointError:
                continue
        return None

    async def _ask(self, form: _Form, text: str) -> int | None:
        """Return the count; None where the answer holds none. Raises EndpointError."""
        body = {form.value: text}
        if form is _Form.PROMPT:
            body["model"] = self._spec.model
        try:
            response = await posted(self._client, self._url, body, _TOKENIZE_S)
            if response.status_code >= 400:
                after = response.headers.get("Retry-After")
                raise error_of_response(response.status_code, response.text, after)
            return count_in_answer(response.json())
        except httpx.HTTPError as error:
            raise unreachable(self._client.base_url, error) from error
        except (ValueError, RecursionError):
            return None


def count_in_answer(answer: Any) -> int | None:
    """Return the number of tokens that an answer tells or lists; None where it does neither."""
    if not isinstance(answer, dict):
        return None
    count, tokens = answer.get("count"), answer.get("tokens")
    if isinstance(count, int):
        return count
    return len(tokens) if isinstance(tokens, list) else None
