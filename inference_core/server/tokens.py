"""``/tokenize`` and ``/detokenize``: texts and the model's numbers for them."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from inference_core.domain.errors import RequestError
from inference_core.domain.generation import Token
from inference_core.server.body import read_fields
from inference_core.server.disconnect import ClientGoneError, while_connected
from inference_core.server.fields import Fields
from inference_core.server.problems import closing_error
from inference_core.server.sampling_fields import INT32_MAX, read_token
from inference_core.server.service import Service

T = TypeVar("T")

# Several times the largest context.
TOKENS_LIMIT = 1_000_000

# The engine cuts a text in one go, in which nothing can stop it, and llama.cpp takes time by the
# square of the number of special tokens: for 1 MiB of nothing else a minute, for this 4 s.
TEXT_LIMIT_BYTES = 256 * 1024

# Who sends one of these speaks to llama-server and expects its answer.
_LLAMA_SERVERS = ("add_special", "parse_special", "with_pieces")


def token_routes(service: Service) -> list[BaseRoute]:
    """Return the routes between texts and tokens."""
    handlers = _Handlers(service)
    return [
        Route("/tokenize", handlers.tokenize, methods=["POST"]),
        Route("/detokenize", handlers.detokenize, methods=["POST"]),
    ]


class _Handlers:
    def __init__(self, service: Service) -> None:
        self._engine = service.engine
        self._activity = service.activity

    async def tokenize(self, request: Request) -> Response:
        """Count and list the tokens of a text; in llama-server's shape for its clients."""
        fields = await read_fields(request)
        if not any(fields.has(name) for name in _LLAMA_SERVERS):
            tokens = await self._tokens(request, fields, fields.flag("special"))
            return await _listed(tokens, _with_piece, {"count": len(tokens)})
        with_pieces = fields.flag("with_pieces")
        first = await self._first(fields)
        # llama-server's default, unlike that of the route's own field.
        tokens = await self._tokens(request, fields, fields.flag("parse_special", True))
        return await _listed([*first, *tokens], _with_piece if with_pieces else _number, {})

    async def detokenize(self, request: Request) -> Response:
        """Return the text of tokens."""
        fields = await read_fields(request)
        tokens = _read_tokens(fields, self._engine.info.vocabulary)
        text = await self._work(request, self._engine.detokenize(tokens))
        return JSONResponse({"content": text})

    async def _first(self, fields: Fields) -> list[Token]:
        """Return the token that the model wants before every text, if it is asked for."""
        info = self._engine.info
        if not fields.flag("add_special") or not info.adds_bos:
            return []
        return await self._engine.tokenize(info.bos, special=True)

    async def _tokens(self, request: Request, fields: Fields, special: bool) -> list[Token]:
        text = fields.text("content")
        if (size := len(text.encode("utf-8"))) > TEXT_LIMIT_BYTES:
            raise RequestError(
                f"'content' has {size} bytes; at most {TEXT_LIMIT_BYTES} are cut into tokens.",
                param="content",
                code="invalid_value",
                next_step="Send it in several requests, cut where a line begins.",
            )
        return await self._work(request, self._engine.tokenize(text, special))

    async def _work(self, request: Request, work: Coroutine[Any, Any, T]) -> T:
        with self._activity.request():
            try:
                return await while_connected(request.receive, self._activity.closing, work)
            except ClientGoneError:
                gone = not self._activity.closing.is_set()
                raise (ClientDisconnect() if gone else closing_error()) from None


def _read_tokens(fields: Fields, vocabulary: int) -> list[int]:
    items = fields.data.get("tokens")
    if not isinstance(items, list):
        raise fields.wrong("tokens", "must be a list of token numbers")
    if len(items) > TOKENS_LIMIT:
        raise RequestError(
            f"'tokens' must have at most {TOKENS_LIMIT} entries, not {len(items)}.",
            param="tokens",
            code="invalid_value",
            next_step="Send them in several requests.",
        )
    last = vocabulary - 1 if vocabulary else INT32_MAX
    for index, item in enumerate(items):
        # Only what is wrong is named: a million names would take longer than the tokens.
        if type(item) is not int or not 0 <= item <= last:
            read_token(fields, f"tokens[{index}]", item, vocabulary)
    return items


async def _listed(
    tokens: Sequence[Token], show: Callable[[Token], object], beside: dict[str, object]
) -> Response:
    """Answer with the list of tokens, and what stands beside it.

    It is written in an OS thread: a long list must not hold up everybody's streams.
    """
    body = await asyncio.to_thread(_written, tokens, show, beside)
    return Response(body, media_type="application/json")


def _written(
    tokens: Sequence[Token], show: Callable[[Token], object], beside: dict[str, object]
) -> str:
    # A long text has few different tokens: each is written once.
    known = {token: _json(show(token)) for token in set(tokens)}
    listed = ",".join([known[token] for token in tokens])
    head = "".join(f"{_json(name)}:{_json(value)}," for name, value in beside.items())
    return f'{{{head}"tokens":[{listed}]}}'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _with_piece(token: Token) -> dict[str, object]:
    return {"id": token.id, "piece": token.text}


def _number(token: Token) -> int:
    return token.id
