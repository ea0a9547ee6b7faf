"""Counts tokens as the core's model does; a Tokenizer."""

from spark_desktop.domain.core_state import CoreReady
from spark_desktop.services.ports import Core

# The route takes 256 KiB of JSON; four bytes a character, and quotes, fit.
_CHARS = 48_000


class CoreTokenizer:
    """Asks the ready core; long texts go in parts, cut at line ends."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @property
    def model_id(self) -> str | None:
        """Return whose tokens are counted; None while the core is not ready."""
        state = self._core.state
        return state.model.id if isinstance(state, CoreReady) else None

    async def count(self, text: str) -> int:
        """Return the tokens of ``text``.

        Raises EndpointRejectedError where the server cannot count, CoreError, EndpointError.
        """
        endpoint = await self._core.endpoint()
        return sum([await endpoint.count_tokens(part) for part in _parts(text)])


def _parts(text: str) -> list[str]:
    parts = []
    start = 0
    while len(text) - start > _CHARS:
        end = text.rfind("\n", start, start + _CHARS) + 1
        # One line without an end is cut anywhere: a token more or less.
        end = end if end > start else start + _CHARS
        parts.append(text[start:end])
        start = end
    return [*parts, text[start:]]
