import pytest
from fakes import FakeCore, FakeEndpoint

from spark_desktop.adapters.prompt_tokenizer import PromptTokenizer
from spark_desktop.domain.core_state import CoreStarting
from spark_desktop.domain.errors import CoreError
from spark_desktop.services.answers import CoreAnswers


async def test_the_ready_core_counts_as_its_model_does() -> None:
    tokenizer = PromptTokenizer(CoreAnswers(FakeCore(FakeEndpoint())))
    assert tokenizer.model_id == "fake-model"
    assert await tokenizer.count("one two three") == 3


async def test_a_long_text_is_counted_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[int] = []

    async def count(_self: FakeEndpoint, text: str) -> int:
        counted.append(len(text))
        return len(text.split())

    monkeypatch.setattr(FakeEndpoint, "count_tokens", count)
    tokenizer = PromptTokenizer(CoreAnswers(FakeCore(FakeEndpoint())))
    assert await tokenizer.count("one two\n" * 20_000) == 40_000
    assert sum(counted) == 160_000
    assert max(counted) <= 48_000
    counted.clear()
    await tokenizer.count("x" * 100_000)
    assert sum(counted) == 100_000


async def test_a_core_that_is_not_ready_has_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeCore, "state", CoreStarting())
    assert PromptTokenizer(CoreAnswers(FakeCore(FakeEndpoint()))).model_id is None


async def test_a_core_that_failed_says_so() -> None:
    failed = PromptTokenizer(CoreAnswers(FakeCore(FakeEndpoint(), CoreError("It ended."))))
    with pytest.raises(CoreError):
        await failed.count("one")
