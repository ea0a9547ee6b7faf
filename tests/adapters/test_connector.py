"""One connection pool an endpoint, made anew when the endpoint or its key is another."""

import asyncio
import gc
import sys
from dataclasses import replace

import pytest
import websockets.asyncio.server

from spark_desktop.adapters.connector import HttpConnector
from spark_desktop.adapters.network import NetworkPolicy
from spark_desktop.domain.completion import ChatRequest, Message, Role, TextChunk
from spark_desktop.domain.endpoints import (
    ASSUMED_CONTEXT,
    AuthKind,
    EndpointSpec,
    FillInWay,
    RemoteModel,
    Route,
    WireProtocol,
    model_info,
)
from spark_desktop.domain.errors import (
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    PlainHttpError,
    RouteError,
)
from spark_desktop.domain.secret import Secret
from spark_desktop.services.answers import WarmedUp
from tests.hostile.asking import Noted
from tests.hostile.server import GOOD, HostileServer, head

HI = ChatRequest((Message(Role.USER, "Hi"),))
SPEC = EndpointSpec("one", "One", "http://127.0.0.1:9/v1", model="m")
KEY = Secret("key-1")


@pytest.fixture
async def connector():
    made = HttpConnector(NetworkPolicy({}), Noted())
    yield made
    await made.close()


async def text_of(endpoint):
    async with endpoint.stream(HI) as chunks:
        return "".join([chunk.text async for chunk in chunks if isinstance(chunk, TextChunk)])


async def good(asked, writer):
    writer.write(head(content_type="text/event-stream") + GOOD)
    await writer.drain()
    writer.close()


async def test_an_endpoint_stays_open_while_it_and_its_key_are_the_same(connector):
    first = await connector.open(SPEC, KEY)
    assert await connector.open(replace(SPEC), Secret("key-1")) is first
    other_key = await connector.open(SPEC, Secret("key-2"))
    assert other_key is not first
    other_model = await connector.open(replace(SPEC, model="m2"), Secret("key-2"))
    assert other_model is not other_key
    assert other_model.model.id == "m2"


async def test_what_was_dropped_is_closed_and_opened_anew(connector):
    async with HostileServer(good).running() as server:
        spec = replace(SPEC, url=server.url)
        first = await connector.open(spec, KEY)
        assert await text_of(first) == "héllo héllo "
        await connector.drop("one")
        await connector.drop("never opened")
        with pytest.raises((EndpointUnreachableError, RuntimeError)):
            await text_of(first)
        again = await connector.open(spec, KEY)
        assert await text_of(again) == "héllo héllo "
        sent = [request.headers["authorization"] for request in server.requests]
        assert sent == ["Bearer key-1"] * 2


async def test_a_route_that_cannot_be_used_is_told_and_leaves_the_one_before(connector):
    first = await connector.open(SPEC, None)
    away = replace(SPEC, url="http://far.example/v1")
    with pytest.raises(PlainHttpError):
        await connector.open(away, None)
    with pytest.raises(RouteError, match="certificates of authorities"):
        await connector.open(replace(SPEC, route=Route(ca_file="/nowhere.pem")), None)
    assert await connector.open(SPEC, None) is first


def test_what_is_known_of_a_model_is_told_and_the_rest_is_assumed():
    known = RemoteModel("m", context=131072, fill_in=FillInWay.SUFFIX)
    told = model_info(replace(SPEC, models=(known,)))
    assert (told.id, told.context, told.fim, told.label) == ("m", 131072, True, "One")
    unknown = model_info(replace(SPEC, auth=AuthKind.NONE))
    assert (unknown.context, unknown.fim) == (ASSUMED_CONTEXT, False)


@pytest.mark.parametrize("protocol", list(WireProtocol))
async def test_every_protocol_is_spoken_and_says_the_model_that_is_known(connector, protocol):
    models = (RemoteModel("m", context=131072, fill_in=FillInWay.SUFFIX),)
    spec = replace(SPEC, protocol=protocol, models=models)
    endpoint = await connector.open(spec, KEY)
    assert endpoint.model == model_info(spec)
    await connector.drop(spec.id)


async def test_what_is_left_of_a_broken_answer_is_closed_in_its_task(connector, monkeypatch):
    async def cut(_asked, writer):
        body = GOOD.partition(b"\n\n")[0] + b"\n\n"
        writer.write(head(content_type="text/event-stream", content_length="9999") + body)
        await writer.drain()

    found, errors = [], []
    monkeypatch.setattr(sys, "unraisablehook", found.append)
    async with HostileServer(cut).running() as server:
        endpoint = await connector.open(replace(SPEC, url=server.url), KEY)
        # As in the window's loop, which closes no generators that were dropped.
        hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(None, None)
        try:
            async with endpoint.stream(HI) as chunks:
                async for _chunk in chunks:
                    raise LookupError("The reader leaves.")
        except LookupError as error:
            errors.append(error)
        finally:
            sys.set_asyncgen_hooks(*hooks)
        # Collected outside of any task, as the window does.
        asyncio.get_running_loop().call_soon(errors.clear)
        asyncio.get_running_loop().call_soon(gc.collect)
        await asyncio.sleep(0)
    assert (errors, found) == ([], [])


async def test_a_websocket_is_opened_with_the_key_below_the_endpoints_address(connector):
    asked = []

    async def serve(connection):
        asked.append((connection.request.path, connection.request.headers["Authorization"]))

    async with websockets.asyncio.server.serve(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"http://127.0.0.1:{port}/v1"
        spec = replace(SPEC, url=url, protocol=WireProtocol.RESPONSES_SOCKET)
        with pytest.raises(EndpointError):
            await text_of(await connector.open(spec, KEY))
    assert asked[0] == ("/v1/responses", "Bearer key-1")


async def test_an_endpoint_over_a_socket_is_one_that_can_be_warmed_up(connector):
    socket = replace(SPEC, id="socket", protocol=WireProtocol.RESPONSES_SOCKET)
    assert isinstance(await connector.open(socket, KEY), WarmedUp)
    assert not isinstance(await connector.open(SPEC, KEY), WarmedUp)


@pytest.mark.parametrize("protocol", [WireProtocol.CHAT, WireProtocol.RESPONSES_SOCKET])
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"headers": (("bad name", "v"),)}, "a header that cannot be sent: 'bad name'"),
        ({"headers": (("x-a", "v\r\nx-b: w"),)}, "a header that cannot be sent: 'x-a'"),
        ({"headers": (("x-a", "\u20ac"),)}, "a header that cannot be sent: 'x-a'"),
        ({"auth": AuthKind.HEADER, "auth_header": "a b"}, "a header that cannot be sent: 'a b'"),
        ({"url": "http://127.0.0.1:99999/v1"}, "no web address"),
    ],
)
async def test_what_a_hand_wrote_wrong_into_the_file_is_said(connector, protocol, changed, said):
    with pytest.raises(RouteError, match=said) as raised:
        await text_of(await connector.open(replace(SPEC, protocol=protocol, **changed), KEY))
    assert raised.value.next_step


async def test_half_a_character_is_said_and_no_crash(connector):
    endpoint = await connector.open(SPEC, KEY)
    with pytest.raises(EndpointRejectedError, match="half a character"):
        async with endpoint.stream(ChatRequest((Message(Role.USER, "\ud800"),))):
            pass
