import pytest
from composer_fakes import FakeTokenizer

from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.errors import CoreError, EndpointRejectedError, EndpointUnreachableError
from spark_desktop.services import token_counter
from spark_desktop.services.token_counter import TokenCounter

TEXT = "one two three four"


async def test_a_text_is_estimated_until_it_was_counted_and_then_kept():
    tokenizer = FakeTokenizer("m")
    counter = TokenCounter(tokenizer)
    assert (counter.tokens(TEXT), counter.is_exact(TEXT)) == (estimate_tokens(TEXT), False)
    assert await counter.measure([TEXT, ""])
    assert (counter.tokens(TEXT), counter.is_exact(TEXT)) == (4, True)
    assert not await counter.measure([TEXT])
    assert tokenizer.counted == [TEXT]


async def test_another_model_counts_anew():
    tokenizer = FakeTokenizer("m")
    counter = TokenCounter(tokenizer)
    await counter.measure([TEXT])
    tokenizer.model_id = "n"
    assert not counter.is_exact(TEXT)


@pytest.mark.parametrize(
    ("error", "asked"),
    [
        (EndpointRejectedError("No such route."), 1),
        (EndpointUnreachableError("Lost."), 2),
        (CoreError("Ended."), 2),
    ],
)
async def test_a_server_that_cannot_count_is_not_asked_again(error, asked):
    tokenizer = FakeTokenizer("m", error)
    counter = TokenCounter(tokenizer)
    assert not await counter.measure([TEXT, "more"])
    assert not await counter.measure([TEXT])
    assert len(tokenizer.counted) == asked
    assert counter.tokens(TEXT) == estimate_tokens(TEXT)


async def test_while_no_model_is_ready_nothing_is_asked():
    tokenizer = FakeTokenizer(None)
    assert not await TokenCounter(tokenizer).measure([TEXT])
    assert tokenizer.counted == []


async def test_only_so_many_counts_are_kept(monkeypatch):
    monkeypatch.setattr(token_counter, "_KEPT", 2)
    counter = TokenCounter(FakeTokenizer("m"))
    await counter.measure(["a", "b", "c"])
    assert [counter.is_exact(text) for text in "abc"] == [False, True, True]
