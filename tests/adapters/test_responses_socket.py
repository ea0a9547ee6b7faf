"""Responses over one WebSocket: only what is new is sent, and nothing is lost when it breaks."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from adapters.responses_events import (
    call,
    completed,
    created,
    failed,
    incomplete,
    message,
    refusal,
    sse,
)
from adapters.responses_server import SocketServer, answers, leaves, says, tell
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection

from spark_desktop.adapters.responses_endpoint import ResponsesEndpoint
from spark_desktop.adapters.responses_socket import SocketResponsesEndpoint
from spark_desktop.domain.completion import (
    ChatRequest,
    Chunk,
    Finished,
    FinishReason,
    InfillRequest,
    Message,
    Role,
    TextChunk,
    ToolCall,
)
from spark_desktop.domain.endpoints import EndpointSpec, RemoteModel
from spark_desktop.domain.errors import (
    AccessRefusedError,
    AnswerTooLargeError,
    EndpointError,
    EndpointRejectedError,
    EndpointUnreachableError,
    ProxyFailedError,
)

SPEC = EndpointSpec("one", "One", "http://unused/v1", model="m", models=(RemoteModel("m"),))
SYSTEM, HI = Message(Role.SYSTEM, "Be short."), Message(Role.USER, "Hi")
HELLO, MORE = Message(Role.ASSISTANT, "Hello"), Message(Role.USER, "More")
CHAT = ChatRequest((SYSTEM, HI), thread="t")
NEXT = replace(CHAT, messages=(SYSTEM, HI, HELLO, MORE))
OVER_HTTP = b"".join(sse([*created(), *message("by HTTP"), *completed()]))


@dataclass
class World:
    """An endpoint with its socket's server, and what went by HTTP."""

    server: SocketServer
    endpoint: SocketResponsesEndpoint
    by_http: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    broken: EndpointError | None = None
    # What came of the last answer, whatever ended it.
    came: list[Chunk] = field(default_factory=list)

    async def ask(self, request: ChatRequest = CHAT) -> list[Chunk]:
        came: list[Chunk] = []
        self.came = came
        async with self.endpoint.stream(request) as chunks:
            async for chunk in chunks:
                came.append(chunk)
        return came

    async def say(self, request: ChatRequest = CHAT) -> str:
        return text_of(await self.ask(request))

    @property
    def sent(self) -> list[tuple[int, str, list[str]]]:
        """The connection, the parent and the input's texts of each message."""
        return [
            (
                told["on"],
                told.get("previous_response_id", ""),
                [item.get("content", item.get("output", "call")) for item in told["input"]],
            )
            for told in self.server.messages
        ]


def text_of(chunks: list[Chunk]) -> str:
    return "".join(chunk.text for chunk in chunks if isinstance(chunk, TextChunk))


@asynccontextmanager
async def world(*scripts: Any, silence: float = 20.0) -> AsyncIterator[World]:
    made: World

    def over_http(request: httpx.Request) -> httpx.Response:
        made.by_http.append(json.loads(request.content))
        return httpx.Response(200, content=OVER_HTTP)

    async def open_socket() -> ClientConnection:
        if made.broken is not None:
            raise made.broken
        return await made.server.open()

    transport = httpx.MockTransport(over_http)
    async with (
        SocketServer(list(scripts)).running() as server,
        httpx.AsyncClient(transport=transport, base_url="http://one/v1") as client,
    ):
        fallback = ResponsesEndpoint(client, SPEC, silence=silence)
        endpoint = SocketResponsesEndpoint(
            open_socket, fallback, SPEC, silence=silence, now=lambda: made.seconds
        )
        made = World(server, endpoint)
        try:
            yield made
        finally:
            await endpoint.close()


async def never(connection: ServerConnection, _asked: Any) -> None:
    """Begin an answer that does not end."""
    await tell(connection, *created(), *message("Hel")[:3])


async def test_an_answer_comes_over_the_socket() -> None:
    async with world(answers("Hel", "lo")) as one:
        chunks = await one.ask()
    assert text_of(chunks) == "Hello"
    assert isinstance(chunks[-1], Finished)
    (told,) = one.server.messages
    assert told["type"] == "response.create"
    assert (told["instructions"], told["store"]) == ("Be short.", False)
    assert "stream" not in told
    assert one.by_http == []


async def test_the_next_turn_sends_only_what_is_new() -> None:
    async with world(answers("Hello"), answers("Yes", response_id="resp_2")) as one:
        await one.say()
        await one.say(NEXT)
    assert one.sent == [(1, "", ["Hi"]), (1, "resp_1", ["More"])]


async def test_the_results_of_calls_go_alone() -> None:
    wish = says(*created(), *message("I look."), *call("{}", place=1), *completed())
    async with world(wish, answers("Nothing")) as one:
        end = (await one.ask())[-1]
        assert isinstance(end, Finished)
        assert (end.reason, end.calls) == (
            FinishReason.TOOLS,
            (ToolCall("call_1", "look", "{}"),),
        )
        said = Message(Role.ASSISTANT, "I look.", end.calls)
        found = Message(Role.TOOL, "nothing", call_id="call_1")
        await one.say(replace(CHAT, messages=(SYSTEM, HI, said, found)))
    assert one.sent[1] == (1, "resp_1", ["nothing"])


async def test_an_answer_that_ends_in_half_a_call_is_not_gone_on_with() -> None:
    half = [*message("Hello"), *call('{"at', place=1, status="incomplete")]
    cut = says(*created(), *half, *incomplete("max_output_tokens"))
    async with world(cut, answers("Yes")) as one:
        end = (await one.ask())[-1]
        assert isinstance(end, Finished)
        assert (end.reason, end.calls) == (FinishReason.LENGTH, ())
        await one.say(NEXT)
    assert one.sent[1] == (1, "", ["Hi", "Hello", "More"])


async def test_an_answer_that_reached_its_limit_is_gone_on_with() -> None:
    cut = says(*created(), *message("Hello"), *incomplete("max_output_tokens"))
    async with world(cut, answers("Yes")) as one:
        await one.say()
        await one.say(NEXT)
    assert one.sent[1] == (1, "resp_1", ["More"])


async def test_an_edited_history_is_sent_whole() -> None:
    async with world(answers("Hello")) as one:
        await one.say()
        edited = (SYSTEM, Message(Role.USER, "Hello"), HELLO, MORE)
        await one.say(replace(CHAT, messages=edited))
    assert one.sent[1] == (1, "", ["Hello", "Hello", "More"])


async def test_threads_take_turns_on_one_connection() -> None:
    other = replace(CHAT, thread="other", messages=(SYSTEM, MORE))
    async with world(
        answers("Hello"), answers("Yes", response_id="resp_2"), answers("Good")
    ) as one:
        await one.say()
        await one.say(other)
        await one.say(NEXT)
    assert one.sent[2] == (1, "resp_1", ["More"])
    assert one.server.opened == 1


async def test_what_the_server_has_forgotten_is_sent_once_more_with_everything() -> None:
    gone = says(refusal(400, "previous_response_not_found", "Not found."))
    async with world(answers("Hello"), gone, answers("Yes")) as one:
        await one.say()
        assert await one.say(NEXT) == "Yes"
    assert one.sent[1:] == [(1, "resp_1", ["More"]), (1, "", ["Hi", "Hello", "More"])]


async def test_a_server_that_never_knows_a_response_is_told_of_once() -> None:
    async with world(says(refusal(400, "previous_response_not_found", "Not found."))) as one:
        with pytest.raises(EndpointRejectedError, match="Not found"):
            await one.say()
    assert len(one.sent) == 1


async def test_a_server_that_left_between_turns_is_met_again() -> None:
    async with world(leaves(*created(), *message("Hello"), *completed()), answers("Yes")) as one:
        await one.say()
        assert await one.say(NEXT) == "Yes"
    assert one.sent[1] == (2, "", ["Hi", "Hello", "More"])


async def test_a_connection_that_breaks_before_the_first_token_is_opened_anew() -> None:
    async with world(answers("Hello"), leaves(*created(), code=1011), answers("Yes")) as one:
        await one.say()
        assert await one.say(NEXT) == "Yes"
    assert [on for on, _, _ in one.sent] == [1, 1, 2]
    assert one.by_http == []


async def test_a_connection_that_is_too_old_for_its_server_is_opened_anew() -> None:
    old = says(refusal(400, "websocket_connection_limit_reached", "60 minutes."))
    async with world(answers("Hello"), old, answers("Yes")) as one:
        await one.say()
        assert await one.say(NEXT) == "Yes"
    assert [on for on, _, _ in one.sent] == [1, 1, 2]


async def test_a_connection_is_left_before_its_server_ends_it() -> None:
    async with world(answers("Hello"), answers("Yes")) as one:
        await one.say()
        one.seconds = 56 * 60
        await one.say(NEXT)
    assert one.sent[1] == (2, "", ["Hi", "Hello", "More"])


async def test_a_connection_that_breaks_in_mid_answer_is_an_error_that_keeps_what_came() -> None:
    async with world(leaves(*created(), *message("Hel", "lo")), answers("Yes")) as one:
        with pytest.raises(EndpointUnreachableError, match="One broke off"):
            await one.ask()
        assert text_of(one.came) == "Hello"
        assert await one.say() == "Yes"
    assert len(one.sent) == 2


async def test_an_answer_cut_after_any_event_is_never_taken_for_whole() -> None:
    events = [*created(), *message("Hel", "lo"), *completed()]
    for cut in range(len(events)):
        async with world(leaves(*events[:cut])) as one:
            try:
                text = await one.say()
            except EndpointUnreachableError:
                assert cut > 4, cut
            else:
                # Before the first text another way is tried.
                assert (text, cut <= 4) == ("by HTTP", True), cut


async def test_sockets_that_close_in_vain_are_given_up_for_http(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with world(leaves(code=1008)) as one:
        with caplog.at_level(logging.WARNING):
            assert await one.say() == "by HTTP"
            assert await one.say() == "by HTTP"
        assert one.server.opened == 1
        assert "over HTTP for 10 minutes" in caplog.text
        one.seconds = 601
        assert await one.say() == "by HTTP"
        assert one.server.opened == 2


@pytest.mark.parametrize(
    "error",
    [
        EndpointRejectedError("No WebSocket."),
        # What servers answer that have no such route, or a key that HTTP refuses, too.
        AccessRefusedError("403."),
        ProxyFailedError("No way."),
    ],
)
async def test_where_no_socket_opens_http_is_the_way_for_a_while(
    error: EndpointError, caplog: pytest.LogCaptureFixture
) -> None:
    async with world(answers("Hello")) as one:
        one.broken = error
        with caplog.at_level(logging.WARNING):
            assert await one.say() == "by HTTP"
        assert str(error) in caplog.text
        one.broken = None
        assert await one.say() == "by HTTP"
        assert not await one.endpoint.warm(CHAT)
        one.seconds = 601
        assert await one.say() == "Hello"
    whole = [{"role": "user", "content": "Hi"}]
    assert [body["input"] for body in one.by_http] == [whole, whole]


async def test_what_http_cannot_help_with_is_told() -> None:
    async with world(answers("Hello")) as one:
        one.broken = EndpointUnreachableError("Nobody.")
        with pytest.raises(EndpointUnreachableError):
            await one.say()
        one.broken = None
        assert await one.say() == "Hello"
    assert one.by_http == []


async def test_a_second_question_at_a_time_goes_by_http() -> None:
    go = asyncio.Event()

    async def slow(connection: ServerConnection, _asked: Any) -> None:
        await tell(connection, *created(), *message("Hel", "lo")[:3])
        await go.wait()
        await tell(connection, *message("Hel", "lo")[3:], *completed())

    async with world(slow) as one, one.endpoint.stream(CHAT) as chunks:
        came = [await anext(chunks)]
        assert await one.say(replace(CHAT, thread="other")) == "by HTTP"
        go.set()
        came += [chunk async for chunk in chunks]
        assert text_of(came) == "Hello"
    assert one.server.opened == 1


async def test_leaving_in_mid_answer_closes_the_connection_and_the_next_turn_opens_one() -> None:
    left = asyncio.Event()

    async def watched(connection: ServerConnection, asked: Any) -> None:
        await never(connection, asked)
        await connection.wait_closed()
        left.set()

    async with world(watched, answers("Yes")) as one:
        async with one.endpoint.stream(CHAT) as chunks:
            await anext(chunks)
        await asyncio.wait_for(left.wait(), 20)
        assert await one.say() == "Yes"
    assert [on for on, _, _ in one.sent] == [1, 2]


async def test_cancelling_before_the_first_token_closes_the_connection() -> None:
    asked, left = asyncio.Event(), asyncio.Event()

    async def silent(connection: ServerConnection, _asked: Any) -> None:
        asked.set()
        await connection.wait_closed()
        left.set()

    async with world(silent) as one:
        task = asyncio.ensure_future(one.say())
        await asyncio.wait_for(asked.wait(), 20)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(left.wait(), 20)


async def test_a_stop_text_closes_the_connection_as_the_server_knows_none() -> None:
    async with world(answers("one END", "two"), answers("Yes")) as one:
        stopped = replace(CHAT, stop=("END",))
        assert await one.say(stopped) == "one "
        one_said = (SYSTEM, HI, Message(Role.ASSISTANT, "one "), MORE)
        await one.say(replace(CHAT, messages=one_said))
    assert one.sent[1] == (2, "", ["Hi", "one ", "More"])


async def test_an_error_in_an_answer_leaves_the_connection_and_sends_all_the_next_time() -> None:
    sorry = says(*created(), *failed("server_error", "Sorry."))
    async with world(answers("Hello"), sorry, answers("Yes")) as one:
        await one.say()
        with pytest.raises(EndpointError, match="Sorry"):
            await one.say(NEXT)
        assert await one.say(NEXT) == "Yes"
    assert one.sent[2] == (1, "", ["Hi", "Hello", "More"])


async def test_a_field_that_the_model_refuses_is_left_out_from_then_on() -> None:
    no = says(refusal(400, "unsupported_parameter", "Unsupported parameter: 'temperature'"))
    async with world(no, answers("Hello")) as one:
        assert await one.say() == "Hello"
    assert ["temperature" in told for told in one.server.messages] == [True, False]
    assert one.server.opened == 1


async def test_a_server_that_says_nothing_is_given_up_and_left() -> None:
    async with world(never, answers("Yes"), silence=0.2) as one:
        with pytest.raises(EndpointUnreachableError, match="One said nothing"):
            await one.say()
        assert await one.say() == "Yes"
    assert one.server.opened == 2


@pytest.mark.parametrize("rubbish", ["rubbish", b"\x00", b"\xff"])
async def test_rubbish_is_named(rubbish: str | bytes) -> None:
    async def talks(connection: ServerConnection, _asked: Any) -> None:
        await tell(connection, *created(), *message("Hel")[:3])
        await connection.send(rubbish)

    async with world(talks) as one:
        with pytest.raises(EndpointError) as raised:
            await one.say()
    assert raised.value.next_step


async def test_a_message_that_is_too_large_is_named() -> None:
    async def floods(connection: ServerConnection, _asked: Any) -> None:
        await connection.send("x" * 2_000_000)

    async with world(floods) as one:
        with pytest.raises(AnswerTooLargeError):
            await one.say()


async def test_a_question_that_is_too_large_is_named() -> None:
    async with world(leaves(code=1009)) as one:
        with pytest.raises(EndpointRejectedError, match="larger than One takes"):
            await one.say()


async def test_half_a_character_is_named() -> None:
    async with world(answers("Hello")) as one:
        with pytest.raises(EndpointRejectedError, match="half a character"):
            await one.say(replace(CHAT, messages=(Message(Role.USER, "\ud800"),)))


async def test_a_fill_in_is_refused_and_nothing_is_counted() -> None:
    async with world(answers("Hello")) as one:
        with pytest.raises(EndpointRejectedError, match="One cannot fill in"):
            async with one.endpoint.stream(InfillRequest("a", "b")):
                pass
        with pytest.raises(EndpointRejectedError):
            await one.endpoint.count_tokens("x")
        assert one.endpoint.model.id == "m"
    assert one.server.opened == 0


# -- warming up ------------------------------------------------------------------------------


async def test_a_warm_up_writes_nothing_and_the_question_after_it_goes_alone() -> None:
    async with world(answers(response_id="warm_1"), answers("Hello")) as one:
        assert await one.endpoint.warm(replace(CHAT, messages=(SYSTEM, HI, HELLO)))
        assert not await one.endpoint.warm(replace(CHAT, messages=(SYSTEM, HI, HELLO)))
        assert await one.say(NEXT) == "Hello"
    assert one.server.messages[0]["generate"] is False
    assert one.sent == [(1, "", ["Hi", "Hello"]), (1, "warm_1", ["More"])]


async def test_what_the_server_answered_is_warm_already() -> None:
    async with world(answers("Hello")) as one:
        await one.say()
        assert not await one.endpoint.warm(replace(CHAT, messages=(SYSTEM, HI, HELLO)))
    assert len(one.sent) == 1


async def test_a_question_of_the_same_thread_waits_for_its_warm_up_another_does_not() -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow(connection: ServerConnection, asked: Any) -> None:
        begun.set()
        await go.wait()
        await answers(response_id="warm_1")(connection, asked)

    async with world(slow, answers("Hello")) as one:
        warming = asyncio.ensure_future(one.endpoint.warm(CHAT))
        await asyncio.wait_for(begun.wait(), 20)
        assert await one.say(replace(NEXT, thread="other")) == "by HTTP"
        asking = asyncio.ensure_future(one.say(NEXT))
        await asyncio.sleep(0)
        assert await one.say(NEXT) == "by HTTP"
        go.set()
        assert await warming
        assert await asking == "Hello"
    assert one.sent[1] == (1, "warm_1", ["Hello", "More"])


async def test_no_warm_up_disturbs_an_answer() -> None:
    async with world(never) as one, one.endpoint.stream(CHAT) as chunks:
        await anext(chunks)
        assert not await one.endpoint.warm(replace(CHAT, thread="other"))
    assert len(one.sent) == 1


async def test_a_warm_up_that_fails_is_nobodys_error() -> None:
    sorry = says(refusal(500, "server_error", "Sorry."))
    async with world(sorry, answers("Hello")) as one:
        assert not await one.endpoint.warm(CHAT)
        one.broken = EndpointUnreachableError("Nobody.")
        assert await one.say() == "Hello"


async def test_a_warm_up_that_is_cancelled_stops_the_server() -> None:
    begun, left = asyncio.Event(), asyncio.Event()

    async def slow(connection: ServerConnection, _asked: Any) -> None:
        begun.set()
        await connection.wait_closed()
        left.set()

    async with world(slow) as one:
        warming = asyncio.ensure_future(one.endpoint.warm(CHAT))
        await asyncio.wait_for(begun.wait(), 20)
        warming.cancel()
        with pytest.raises(asyncio.CancelledError):
            await warming
        await asyncio.wait_for(left.wait(), 20)


async def test_a_closed_endpoint_asks_nothing() -> None:
    async with world(answers("Hello")) as one:
        await one.say()
        await one.endpoint.close()
        with pytest.raises(EndpointUnreachableError, match="was closed"):
            await one.say()
        assert not await one.endpoint.warm(CHAT)


async def test_an_endpoint_that_is_closed_in_mid_answer_opens_no_other_connection() -> None:
    begun = asyncio.Event()

    async def silent(_connection: ServerConnection, _asked: Any) -> None:
        begun.set()

    async with world(silent) as one:
        asking = asyncio.ensure_future(one.ask())
        await asyncio.wait_for(begun.wait(), 20)
        await one.endpoint.close()
        with pytest.raises(EndpointError):
            await asking
    assert one.server.opened == 1
