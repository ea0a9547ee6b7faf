"""Read what the official clients stream."""

from typing import Any


async def chunks_of(stream: Any) -> list[Any]:
    """Every chunk of a stream."""
    return [chunk async for chunk in stream]


def text_of(chunks: list[Any], index: int = 0) -> str:
    """The text of one choice of a streamed chat."""
    choices = [choice for chunk in chunks for choice in chunk.choices if choice.index == index]
    return "".join(choice.delta.content or "" for choice in choices)
