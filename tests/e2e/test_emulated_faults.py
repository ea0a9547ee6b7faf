"""Each fault of the emulation, as the desktop's own client and chat take it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from composer_fakes import chat_of
from fakes import FakeClock, FakeCore, MemoryFiles, MemoryThreads

from spark_desktop.adapters.openai_endpoint import OpenAIEndpoint
from spark_desktop.domain.completion import ModelInfo
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.services.bus import Bus
from spark_desktop.services.chat import ChatService

pytestmark = pytest.mark.e2e

MODEL = ModelInfo("gpt-oss-120b", context=8192, fim=False)


@pytest.fixture(scope="module")
def core(start_core_for_module: Callable[..., Any]) -> Any:
    """A recording answers in the place of a model, at 3,000 tokens a second."""
    profile = ("--profile", "gpt-oss-120b-wse3", "--source", "replay")
    return start_core_for_module("--emulate", "cerebras", *profile)


@asynccontextmanager
async def chatting(core: Any, fault: str) -> AsyncIterator[tuple[ChatService, httpx.AsyncClient]]:
    """A chat over the emulation, whose client asks for a fault in each request."""
    headers = {"Authorization": f"Bearer {core.token}", "x-spark-fault": fault}
    async with httpx.AsyncClient(base_url=core.url, headers=headers) as client:
        endpoint = OpenAIEndpoint(client, MODEL, silence=20)
        clock = FakeClock()
        bus = Bus()
        core_fake = FakeCore(endpoint)
        chat, _composing = chat_of(MemoryThreads(clock), MemoryFiles(), core_fake, bus, clock)
        yield chat, client
        await chat.close()


async def failed_and_repeated(core: Any, fault: str) -> tuple[Turn, Turn]:
    """Ask with a fault, and again without; what the thread keeps must be the one turn."""
    async with chatting(core, fault) as (chat, client):
        failed = await chat.ask("Write a stack in Python.")
        thread = await chat.current()
        assert thread.turns == (failed,)
        del client.headers["x-spark-fault"]
        again = await chat.repeat(thread.id, failed.id)
        assert [turn.id for turn in (await chat.current()).turns] == [failed.id]
    return failed, again


@pytest.mark.parametrize(
    ("fault", "says", "next_step"),
    [
        ("refuse", "broke off the connection", "Try again in a moment."),
        ("429=7", "has too much to do", "Ask again in 7 s."),
        ("503", "has too much to do", "Ask again in 1 s."),
        ("cut=3", "broke off the connection", "Try again in a moment."),
        ("error=3", "failed", "Try again in a moment."),
        ("malformed=3", "no JSON object", "Try again"),
    ],
)
async def test_a_fault_fails_the_turn_with_a_next_step_and_it_can_be_repeated(
    core: Any, fault: str, says: str, next_step: str
) -> None:
    failed, again = await failed_and_repeated(core, fault)
    assert failed.state is TurnState.FAILED
    assert says in failed.error
    assert next_step in failed.error
    assert failed.question == again.question
    assert (again.state, again.error) == (TurnState.DONE, "")
    assert again.answer.startswith(failed.answer)


@pytest.mark.parametrize("fault", ["cut=6", "error=6", "malformed=6"])
async def test_what_came_before_a_fault_is_kept(core: Any, fault: str) -> None:
    failed, again = await failed_and_repeated(core, fault)
    assert failed.answer
    assert again.answer.startswith(failed.answer)


@pytest.mark.parametrize("fault", ["queue=200", "delay=200", "trickle=0"])
async def test_what_is_only_slow_is_waited_for(core: Any, fault: str) -> None:
    async with chatting(core, fault) as (chat, _):
        turn = await chat.ask("Write a stack in Python.")
    assert (turn.state, turn.error) == (TurnState.DONE, "")
    assert turn.answer


async def test_a_wait_over_the_queue_threshold_is_told(core: Any) -> None:
    async with chatting(core, "queue=900") as (chat, client):
        client.headers["queue_threshold"] = "100"
        turn = await chat.ask("Write a stack in Python.")
    assert turn.state is TurnState.FAILED
    assert "over the queue threshold" in turn.error
    assert "Ask again" in turn.error


async def test_a_wrong_key_is_told_with_what_to_check(core: Any) -> None:
    async with chatting(core, "") as (chat, client):
        client.headers["Authorization"] = "Bearer wrong"
        turn = await chat.ask("Write a stack in Python.")
    assert turn.state is TurnState.FAILED
    assert "Wrong API Key" in turn.error
    assert "Check the token or the key" in turn.error
