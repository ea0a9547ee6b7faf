"""What an engine is asked, and what it answers: plain values, the same for every engine."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a chat; ``role`` is the wire's word (system, user, assistant, tool)."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """Messages, laid out by the chat template that comes with the model."""

    messages: tuple[ChatMessage, ...]


@dataclass(frozen=True, slots=True)
class TextPrompt:
    """Text as it is; special tokens written in it are read as such, as llama-server does."""

    text: str


@dataclass(frozen=True, slots=True)
class TokenPrompt:
    """Token numbers of the loaded model."""

    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Special:
    """A special token, by its text: ``<|fim_prefix|>``."""

    text: str


@dataclass(frozen=True, slots=True)
class Plain:
    """The user's text, in which nothing is read as a special token."""

    text: str


@dataclass(frozen=True, slots=True)
class MarkedPrompt:
    """Special tokens and plain text in turn.

    A file that contains the text ``<|fim_suffix|>`` (this project's sources do) must not be able to
    end its own prefix, so the two kinds are never joined as text.
    """

    parts: tuple[Special | Plain, ...]


Prompt = ChatPrompt | TextPrompt | TokenPrompt | MarkedPrompt


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen; None leaves the engine's default, as llama-server documents it.

    ``max_tokens`` None means up to the end of the context.
    """

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timings:
    """Tokens and milliseconds of one answer, named as llama-server names them.

    ``cache_n`` prompt tokens were reused, ``prompt_n`` were processed in ``prompt_ms``;
    ``predicted_n`` tokens were generated in ``predicted_ms``.
    """

    cache_n: int
    prompt_n: int
    prompt_ms: float
    predicted_n: int
    predicted_ms: float

    @property
    def prompt_tokens(self) -> int:
        """The whole prompt: reused and processed tokens."""
        return self.cache_n + self.prompt_n


class StopReason(Enum):
    """Why an answer ended, as the wire's ``finish_reason`` says it.

    STOP: the model ended its answer or wrote a stop string; LENGTH: the limit or the context.
    """

    STOP = "stop"
    LENGTH = "length"


@dataclass(frozen=True, slots=True)
class PromptProgress:
    """``processed`` of ``total`` prompt tokens are in the cache, ``cached`` of them from before."""

    total: int
    cached: int
    processed: int


@dataclass(frozen=True, slots=True)
class TextPiece:
    """The next piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningPiece:
    """The next piece of the model's reasoning, which is no part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of an answer; a stream without it was cut off."""

    reason: StopReason
    timings: Timings


Event = PromptProgress | TextPiece | ReasoningPiece | Finished


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its number and its text."""

    id: int
    text: str
