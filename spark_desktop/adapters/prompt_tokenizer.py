"""Counts tokens as the model does that answers questions; a Tokenizer."""

from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.services.answers import Answers

# The core's route takes 256 KiB of JSON; four bytes a character, and quotes, fit.
_CHARS = 48_000


class PromptTokenizer:
    """Asks who is asked first in a chat; long texts go in parts, cut at line ends."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    @property
    def model_id(self) -> str | None:
        """Return whose tokens are counted; None while that is not known."""
        model = self._answers.model_for(WorkKind.CHAT)
        return None if model is None else model.id

    async def count(self, text: str) -> int:
        """Return the tokens of ``text``.

        Raises EndpointRejectedError where the server cannot count, else SparkError.
        """
        endpoint = await self._answers.endpoint_for(WorkKind.CHAT)
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
