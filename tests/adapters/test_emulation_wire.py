import json

import httpx
import pytest

from spark_desktop.adapters.emulation_wire import emulation_in
from spark_desktop.adapters.openai_endpoint import OpenAIEndpoint
from spark_desktop.domain.completion import (
    ChatRequest,
    Chunk,
    Finished,
    Message,
    ModelInfo,
    Role,
    TextChunk,
)
from spark_desktop.domain.emulation import Emulation

TOLD = {
    "emulated": True,
    "profile": "codex-spark",
    "title": "Codex-Spark",
    "source": "engine",
    "kind": "vendor",
    "target_tps": 1000,
}


async def streamed(*events: object) -> list[Chunk]:
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text=body))
    async with httpx.AsyncClient(transport=transport, base_url="http://core") as client:
        endpoint = OpenAIEndpoint(client, ModelInfo("m", 8192, True))
        async with endpoint.stream(ChatRequest((Message(Role.USER, "Hi"),))) as chunks:
            return [chunk async for chunk in chunks]


def piece(text: str, **more: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": {"content": text}}], **more}


def test_a_whole_answer_says_what_it_imitates() -> None:
    told = {**TOLD, "achieved_tps": 998.5, "behind_share": 0.25, "engine_s": 12}
    assert emulation_in({"choices": [], "x_spark": told}) == Emulation(
        "codex-spark", "Codex-Spark", "engine", "vendor", 1000.0, 998.5, 0.25, 12.0
    )


async def test_the_first_chunk_marks_the_answer_and_the_last_brings_the_figures() -> None:
    end = {**TOLD, "achieved_tps": 998.5, "behind_share": 0.0, "engine_s": 1.5}
    chunks = await streamed(piece("a", x_spark=TOLD), piece("b"), piece("", x_spark=end))
    first, *texts, last = chunks
    assert first == Emulation("codex-spark", "Codex-Spark", "engine", "vendor", 1000.0)
    assert texts == [TextChunk("a"), TextChunk("b")]
    assert isinstance(last, Finished)
    assert last.emulation == Emulation(
        "codex-spark", "Codex-Spark", "engine", "vendor", 1000.0, 998.5, 0.0, 1.5
    )


async def test_an_answer_at_the_servers_own_pace_is_not_marked() -> None:
    (text, last) = await streamed(piece("a"))
    assert text == TextChunk("a")
    assert isinstance(last, Finished)
    assert last.emulation is None


@pytest.mark.parametrize(
    "told", [None, [], "yes", 1, {}, {"emulated": False}, {"emulated": "true"}, {"profile": "x"}]
)
async def test_what_does_not_say_that_it_is_emulated_is_passed_over(told: object) -> None:
    chunks = await streamed(piece("a", x_spark=told))
    assert [type(chunk) for chunk in chunks] == [TextChunk, Finished]


@pytest.mark.parametrize("junk", ["1000", True, [], {}, None, -1, float("nan"), float("inf")])
def test_a_figure_that_is_none_counts_as_not_said(junk: object) -> None:
    told = {"emulated": True, "profile": 7, "title": None, "target_tps": junk, "engine_s": junk}
    assert emulation_in({"x_spark": told}) == Emulation("")
