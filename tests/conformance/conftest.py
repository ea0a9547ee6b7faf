"""One core with the real model for each module, and the official clients, used as documented."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from cerebras.cloud.sdk import AsyncCerebras, Cerebras

# What most tests ask: short, and answered the same way each time.
ASK: list[Any] = [{"role": "user", "content": "Say hello in one short sentence."}]
LONG: list[Any] = [{"role": "user", "content": "Write a very long story about the sea."}]


@pytest.fixture(scope="module")
def core(model_path: Path, start_core_for_module: Callable[..., Any]) -> Any:
    """A core that the tests of one module share."""
    return start_core_for_module("--model", str(model_path), "--context", "4096")


@pytest.fixture
async def client(core: Any) -> AsyncIterator[openai.AsyncOpenAI]:
    """OpenAI's client; without its retries, so that a failure is seen as it is."""
    async with openai.AsyncOpenAI(
        base_url=f"{core.url}/v1", api_key=core.token, max_retries=0
    ) as client:
        yield client


@pytest.fixture
def blocking(core: Any) -> Iterator[openai.OpenAI]:
    """The same without asyncio."""
    with openai.OpenAI(base_url=f"{core.url}/v1", api_key=core.token, max_retries=0) as client:
        yield client


@pytest.fixture
def cerebras(core: Any) -> Iterator[Cerebras]:
    """Cerebras' client: its base has no /v1."""
    with Cerebras(base_url=core.url, api_key=core.token, max_retries=0) as client:
        yield client


@pytest.fixture
async def async_cerebras(core: Any) -> AsyncIterator[AsyncCerebras]:
    """The same with asyncio."""
    async with AsyncCerebras(base_url=core.url, api_key=core.token, max_retries=0) as client:
        yield client


@pytest.fixture
def ask() -> list[Any]:
    """A chat with a short answer."""
    return ASK


@pytest.fixture
def long() -> list[Any]:
    """A chat whose answer would not end within any limit that a test sets."""
    return LONG
