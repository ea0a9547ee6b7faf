"""A request to a model, the chunks of its answer, and what it measured."""

from dataclasses import dataclass, field
from enum import Enum

from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.words import say


class Role(Enum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A model's wish to have a tool run; ``arguments`` is JSON as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt.

    An assistant's may hold ``calls``; a tool's answers the call that ``call_id`` names.
    """

    role: Role
    text: str
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model may ask to have run; ``parameters`` is a JSON schema as JSON text."""

    name: str
    description: str
    parameters: str


class Priority(Enum):
    """Who goes first: where the model's server knows these, a question pauses suggestions.

    A warm-up has its prompt read and writes nothing; it yields to both.
    """

    QUESTION = "question"
    SUGGESTION = "suggestion"
    WARMUP = "warmup"


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Ask for the next message; ``max_tokens`` bounds the answer.

    ``schema`` is a JSON schema, as JSON text, that the answer has to follow; "" for none.
    ``prediction`` is text that much of the answer is expected to repeat. ``thread`` is the same for
    the requests of one conversation, so that a stateful protocol may send only what is new.
    ``seed`` tells samples of one prompt apart. ``likelihood`` asks how sure the model was, which
    only our core is asked.
    """

    messages: tuple[Message, ...]
    max_tokens: int = 1024
    temperature: float = 0.2
    stop: tuple[str, ...] = ()
    priority: Priority = Priority.QUESTION
    tools: tuple[Tool, ...] = ()
    schema: str = ""
    prediction: str = ""
    thread: str = ""
    seed: int | None = None
    likelihood: bool = False


@dataclass(frozen=True, slots=True)
class InfillRequest:
    """Ask for what stands between ``prefix`` and ``suffix``; ``extra`` is (file name, text)."""

    prefix: str
    suffix: str
    extra: tuple[tuple[str, str], ...] = ()
    max_tokens: int = 512
    temperature: float = 0.0
    stop: tuple[str, ...] = ()
    priority: Priority = Priority.QUESTION
    seed: int | None = None


Request = ChatRequest | InfillRequest


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one completion; ``cached_tokens`` is the part of the prompt that was reused.

    ``written_tokens`` is the part that a vendor has kept for later, where that costs extra.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    written_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one completion; ``first_token`` and ``total`` by our clock, the rest the server's.

    ``queue``, ``prefill`` and ``decode`` are None where the server does not report them.
    ``connect`` is what opening the connection took, by our clock: 0 where an open one was used,
    None where that was not measured.
    """

    first_token: float
    total: float
    prefill: float | None = None
    decode: float | None = None
    connect: float | None = None
    queue: float | None = None


class FinishReason(Enum):
    """Why the answer ended; what a server says beyond these is OTHER."""

    STOP = "stop"
    LENGTH = "length"
    TOOLS = "tools"
    FILTER = "filter"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TextChunk:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ReasoningChunk:
    """A piece of the model's reasoning, which never enters a file."""

    text: str


@dataclass(frozen=True, slots=True)
class Bucket:
    """One of a vendor's limits as its answer told it: ``name`` is like "tokens-minute".

    ``reset`` is in seconds from the answer on; None for what was not told.
    """

    name: str
    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of the answer; without it a stream is incomplete.

    ``emulation`` is None for an answer at the server's own pace. ``calls`` are the tools that the
    model wants to have run, ``buckets`` what is left of the account's limits, ``cost`` what it took
    in US dollars, None where that is not known. ``likelihood`` is the mean natural logarithm of the
    tokens' probabilities, None where nobody asked or told.
    """

    reason: FinishReason = FinishReason.STOP
    usage: Usage = field(default_factory=Usage)
    timing: Timing | None = None
    emulation: Emulation | None = None
    calls: tuple[ToolCall, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    cost: float | None = None
    likelihood: float | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers, where it may be another one than was asked first: an endpoint and its model.

    ``endpoint`` is its title, "" for the local core.
    """

    model: str
    endpoint: str


# Answering and Emulation come before the first text: what is shown is marked from then on.
Chunk = TextChunk | ReasoningChunk | Answering | Emulation | Finished


# An edit format: several files, by blocks of what is searched and what replaces it.
SEARCH_REPLACE = "search-replace"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a model can do; ``formats`` are the edit formats that it is known to follow.

    ``priorities`` are those that its server knows; most know none. One that ``is_local`` costs
    nothing but time.
    """

    id: str
    context: int
    fim: bool
    formats: tuple[str, ...] = ("region",)
    label: str = say("local")
    is_local: bool = True
    priorities: frozenset[Priority] = frozenset()
