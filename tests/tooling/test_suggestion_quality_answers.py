"""What ``suggestion_quality`` hears between the product and its model, and what it keeps of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from fakes import ENDED, MODEL, Answer
from quality_fakes import ScriptedWire

from benchmarks.quality.answer_cache import AnswerCache, KeptAnswer
from spark_desktop.domain.completion import (
    ChatRequest,
    Finished,
    InfillRequest,
    Message,
    Priority,
    Role,
    TextChunk,
)
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import EndpointError
from spark_desktop.services.answers import Answers, WarmedUp
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Endpoint
from spark_desktop.services.tasks import TaskScope

REQUEST = ChatRequest((Message(Role.USER, "Say something."),))
INFILL = InfillRequest("a = ", "\n")


def answers_of(wire: ScriptedWire) -> Answers:
    return wire.router(None, Bus(), TaskScope("test"))  # type: ignore[arg-type]


async def endpoint_of(wire: ScriptedWire) -> Endpoint:
    return await answers_of(wire).endpoint_for(WorkKind.EDIT)


async def said(endpoint: Endpoint, request: ChatRequest | InfillRequest, most: int = 99) -> str:
    """Return what was answered, by a reader who leaves after so many pieces."""
    pieces: list[str] = []
    async with endpoint.stream(request) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, TextChunk):
                pieces.append(chunk.text)
            if len(pieces) == most:
                break
    return "".join(pieces)


async def test_what_is_asked_and_answered_is_noted() -> None:
    wire = ScriptedWire(Answer("some", "thing"))
    assert await said(await endpoint_of(wire), REQUEST) == "something"
    (asked,) = wire.took()
    assert (asked.text, asked.finished, asked.is_kept) == ("something", ENDED, False)
    assert asked.prompt == "[user]\nSay something."
    assert asked.usage == ENDED.usage
    assert wire.took() == ()


async def test_what_a_reader_left_is_counted_by_its_pieces() -> None:
    wire = ScriptedWire(Answer("1", "2", "3"))
    assert await said(await endpoint_of(wire), INFILL, most=2) == "12"
    (asked,) = wire.took()
    assert (asked.finished, asked.usage.completion_tokens) == (None, 2)
    assert asked.prompt == "a = […]\n"
    assert wire.endpoint.closed_early == 1


async def test_a_known_answer_is_not_asked_for_again(tmp_path: Path) -> None:
    first = ScriptedWire(Answer("some", "thing"), cache=AnswerCache(tmp_path))
    await said(await endpoint_of(first), REQUEST)
    second = ScriptedWire(cache=AnswerCache(tmp_path))
    assert await said(await endpoint_of(second), replace(REQUEST, thread="x")) == "something"
    (asked,) = second.took()
    assert (asked.is_kept, asked.finished) == (True, ENDED)
    assert second.endpoint.requests == []


async def test_another_request_or_model_is_asked(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)
    cache.keep(MODEL.id, REQUEST, KeptAnswer(("x",), ENDED))
    assert cache.find(MODEL.id, replace(REQUEST, priority=Priority.SUGGESTION)) is not None
    assert cache.find("another", REQUEST) is None
    assert cache.find(MODEL.id, replace(REQUEST, temperature=0.7)) is None
    assert cache.find(MODEL.id, INFILL) is None


def test_how_long_a_test_took_makes_no_other_request(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path)

    def told(text: str) -> ChatRequest:
        return ChatRequest((Message(Role.USER, text),))

    cache.keep(
        "m", told("Ran 3 tests in 0.001s: <A at 0x7f12a4c0> != 2"), KeptAnswer(("x",), ENDED)
    )
    assert cache.find("m", told("Ran 3 tests in 0.240s: <A at 0x7f99a4c0> != 2")) is not None
    assert cache.find("m", told("Ran 3 tests in 0.001s: <A at 0x7f12a4c0> != 3")) is None


async def test_a_reader_who_goes_on_where_one_had_left_is_told_the_rest(tmp_path: Path) -> None:
    first = ScriptedWire(Answer("1", "2", "3", "4"), cache=AnswerCache(tmp_path))
    await said(await endpoint_of(first), INFILL, most=2)
    second = ScriptedWire(Answer("1", "2", "3", "4"), cache=AnswerCache(tmp_path))
    endpoint = await endpoint_of(second)
    assert await said(endpoint, INFILL, most=1) == "1"
    assert second.endpoint.requests == []
    assert await said(endpoint, INFILL) == "1234"
    assert len(second.endpoint.requests) == 1
    third = ScriptedWire(cache=AnswerCache(tmp_path))
    assert await said(await endpoint_of(third), INFILL) == "1234"


async def test_an_answer_that_failed_is_asked_for_again(tmp_path: Path) -> None:
    first = ScriptedWire(Answer("1", error=EndpointError("gone")), cache=AnswerCache(tmp_path))
    with pytest.raises(EndpointError):
        await said(await endpoint_of(first), REQUEST)
    second = ScriptedWire(Answer("1", "2"), cache=AnswerCache(tmp_path))
    assert await said(await endpoint_of(second), REQUEST) == "12"


async def test_tokens_are_counted_once(tmp_path: Path) -> None:
    wire = ScriptedWire(cache=AnswerCache(tmp_path))
    assert await (await endpoint_of(wire)).count_tokens("three short words") == 3
    assert AnswerCache(tmp_path).count(MODEL.id, "three short words") == 3
    assert AnswerCache(tmp_path).count(MODEL.id, "others") is None


async def test_what_is_known_of_a_model_is_kept_with_its_end(tmp_path: Path) -> None:
    model = replace(MODEL, priorities=frozenset({Priority.QUESTION}))
    cache = AnswerCache(tmp_path)
    cache.keep_model("a name", model)
    assert cache.model("a name") == model
    assert cache.model("another") is None
    cache.keep("m", REQUEST, KeptAnswer((), Finished(timing=None)))
    kept = cache.find("m", REQUEST)
    assert kept is not None
    assert kept.finished == Finished(timing=None)


async def test_nothing_is_read_ahead_where_the_core_cannot(tmp_path: Path) -> None:
    endpoint = await endpoint_of(ScriptedWire())
    assert isinstance(endpoint, WarmedUp)
    assert not await endpoint.warm(REQUEST)


async def test_the_model_is_known_once_it_was_asked_for() -> None:
    answers = answers_of(ScriptedWire())
    assert answers.model_for(WorkKind.EDIT) is None
    await answers.endpoint_for(WorkKind.EDIT)
    assert answers.model_for(WorkKind.EDIT) == MODEL
