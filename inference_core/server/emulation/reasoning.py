"""Where an answer's reasoning goes, as ``reasoning_format`` asks for it.

``raw`` writes it into the text, between the tags that reasoning models write; ``hidden`` leaves it
out, though its tokens are counted and paid for; all others have a field of its own for it, which is
what the service does for its models where nothing is asked.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from inference_core.domain.chat import ArgumentsPart, CallPart, ContentPart, ReasoningPart
from inference_core.domain.generation import TextPiece
from inference_core.server.answers import Json
from inference_core.server.collected import Part
from inference_core.server.fields import Fields

_OPEN = "<think>\n"
_CLOSE = "\n</think>\n\n"


class ReasoningFormat(Enum):
    """The words of ``reasoning_format``."""

    NONE = "none"
    PARSED = "parsed"
    TEXT_PARSED = "text_parsed"
    RAW = "raw"
    HIDDEN = "hidden"


def read_reasoning_format(fields: Fields) -> ReasoningFormat:
    """Return what a chat asks for. Raises RequestError."""
    words = [each.value for each in ReasoningFormat]
    return ReasoningFormat(fields.choice("reasoning_format", words, ReasoningFormat.NONE.value))


@dataclass(slots=True)
class ReasoningWriter:
    """Dresses the deltas and messages of one request's answers; ``index`` is an answer's number."""

    format: ReasoningFormat
    _open: set[int] = field(default_factory=set)

    def written(self, index: int, part: Part) -> Part | None:
        """Return what is written in the place of a part, None for nothing."""
        match part:
            case ReasoningPart() if self.format is ReasoningFormat.HIDDEN:
                return None
            case ReasoningPart() if self.format is ReasoningFormat.RAW:
                before = "" if index in self._open else _OPEN
                self._open.add(index)
                return ContentPart(before + part.text, part.tokens)
            case ContentPart() | TextPiece() if index in self._open:
                self._open.discard(index)
                return ContentPart(_CLOSE + part.text, part.tokens, part.logprobs)
            case _:
                return part

    def dress_delta(self, index: int, part: Part, delta: Json) -> None:
        """Give a delta its one field for reasoning; a call ends what is still open."""
        _keep_one_name(delta)
        if isinstance(part, CallPart | ArgumentsPart) and index in self._open:
            self._open.discard(index)
            delta["content"] = _CLOSE

    def dress_message(self, message: dict[str, Any]) -> None:
        """Put the reasoning of a whole answer where it belongs."""
        _keep_one_name(message)
        if self.format is ReasoningFormat.HIDDEN:
            message.pop("reasoning", None)
        elif self.format is ReasoningFormat.RAW and "reasoning" in message:
            reasoning, text = message.pop("reasoning"), message.get("content") or ""
            # Without anything behind it the reasoning was cut off, and nothing closed it.
            is_over = bool(text) or "tool_calls" in message
            message["content"] = _OPEN + reasoning + (_CLOSE + text if is_over else "")


def _keep_one_name(message: dict[str, Any]) -> None:
    # Of the core's two names for it the service has one.
    message.pop("reasoning_content", None)
