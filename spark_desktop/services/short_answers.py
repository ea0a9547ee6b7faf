"""One line that a model fills in, asked for several times at once."""

import asyncio
from dataclasses import replace

from spark_desktop.domain.completion import Finished, InfillRequest, TextChunk, Usage
from spark_desktop.services.judging import sum_of
from spark_desktop.services.ports import Endpoint

_TEMPERATURE = 0.7
_SEED = 300


async def short_answers(
    endpoint: Endpoint, request: InfillRequest, count: int
) -> tuple[list[str], Usage]:
    """Return so many first lines, the first one without chance, and what all of them took.

    Raises EndpointError.
    """
    # Together: the core decodes several answers in little more time than one.
    asked = [
        asyncio.ensure_future(
            _answered(
                endpoint,
                replace(request, temperature=_TEMPERATURE, seed=_SEED + number)
                if number
                else request,
            )
        )
        for number in range(count)
    ]
    try:
        answers = await asyncio.gather(*asked)
    finally:
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    usage = Usage()
    for _, each in answers:
        usage = sum_of(usage, each)
    return [said for said, _ in answers], usage


async def _answered(endpoint: Endpoint, request: InfillRequest) -> tuple[str, Usage]:
    said, usage = "", Usage(0, 0)
    async with endpoint.stream(request) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, TextChunk):
                said += chunk.text
            elif isinstance(chunk, Finished):
                usage = chunk.usage
    return said.partition("\n")[0].strip(), usage
