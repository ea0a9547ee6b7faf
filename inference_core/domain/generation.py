"""What an engine is asked, and what it answers: plain values, the same for every engine."""

from dataclasses import dataclass, field
from enum import Enum, IntEnum

from inference_core.domain.emulation import Pace


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
    """Text of ours or of a template, in which special tokens are read: ``<|fim_prefix|>``."""

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


Prompt = TextPrompt | TokenPrompt | MarkedPrompt


class Priority(IntEnum):
    """Who goes first: a lower number is worked on before a higher one, which pauses meanwhile."""

    QUESTION = 0
    SUGGESTION = 1
    WARMUP = 2


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are chosen; None leaves the engine's default, as llama-server documents it.

    ``max_tokens`` None means up to the end of the context, 0 that only the prompt is processed.
    ``min_tokens`` keeps the model from ending its answer earlier. ``logprobs`` None asks for none,
    N for those of the chosen token and of the N most probable ones. ``logit_bias`` holds pairs of
    token number and bias; a bias of -100 or less bans the token.
    """

    max_tokens: int | None = None
    min_tokens: int = 0
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    logprobs: int | None = None
    logit_bias: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Constraint:
    """What the answer must look like: ``before``, JSON that validates ``schema``, ``after``.

    ``schema`` is the text of a JSON schema. With ``repeat`` the whole may come several times, each
    on a line of its own. With ``lazy`` the model may write freely until it writes ``before``,
    and is held to the rest from there.
    """

    schema: str
    before: str = ""
    after: str = ""
    repeat: bool = False
    lazy: bool = False


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """One question to an engine.

    ``prediction`` is text that the answer is expected to resemble: drafts are taken from it and
    from the prompt, and what the model would not have written is rejected, so that it changes the
    speed and never the answer.
    """

    prompt: Prompt
    sampling: Sampling = field(default_factory=Sampling)
    constraint: Constraint | None = None
    prediction: str = ""
    priority: Priority = Priority.QUESTION


@dataclass(frozen=True, slots=True)
class Timings:
    """Tokens and milliseconds of one answer, named as llama-server names them.

    ``cache_n`` prompt tokens were reused, ``prompt_n`` were processed in ``prompt_ms``;
    ``predicted_n`` tokens were generated in ``predicted_ms``. ``queue_ms`` passed before the
    engine began. Of ``draft_n`` drafted tokens ``draft_n_accepted`` were what the model wrote.
    """

    cache_n: int
    prompt_n: int
    prompt_ms: float
    predicted_n: int
    predicted_ms: float
    queue_ms: float = 0.0
    draft_n: int = 0
    draft_n_accepted: int = 0

    @property
    def prompt_tokens(self) -> int:
        """The whole prompt: reused and processed tokens."""
        return self.cache_n + self.prompt_n


class StopReason(Enum):
    """Why an answer ended, as the wire's ``finish_reason`` says it.

    STOP: the model ended its answer or wrote a stop string; LENGTH: the limit or the context;
    TOOL_CALLS: it ended in calls of tools (said by the chat layer, never by an engine).
    """

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"


@dataclass(frozen=True, slots=True)
class PromptProgress:
    """``processed`` of ``total`` prompt tokens are in the cache, ``cached`` of them from before."""

    total: int
    cached: int
    processed: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A token that could have come: its text, its bytes, and the logarithm of its probability.

    A token may be part of a character; ``text`` then has a replacement character, ``data`` not.
    """

    text: str
    data: bytes
    logprob: float


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """The chosen token, and the most probable ones at its place, best first."""

    chosen: Candidate
    top: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class TextPiece:
    """The next piece of the answer; ``tokens`` is how many tokens it took.

    ``logprobs`` has one entry for each of these tokens where the request asked for them.
    """

    text: str
    tokens: int = 1
    logprobs: tuple[TokenLogprob, ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of an answer; a stream without it was cut off.

    ``stop`` is the stop string that ended it, if one did; ``pace`` is there where its speed was
    emulated.
    """

    reason: StopReason
    timings: Timings
    stop: str | None = None
    pace: Pace | None = None


Event = PromptProgress | TextPiece | Finished


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its number and its text."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a loaded model says about itself.

    ``context`` is how many tokens a prompt and its answer may have together here,
    ``trained_context`` what the model was trained for, ``vocabulary`` the number of its tokens.
    ``chat_template`` is a Jinja template, empty where the model has none; ``bos`` and ``eos`` are
    the texts it may use, and ``adds_bos`` says that every prompt begins with ``bos``. ``special``
    are the texts of the control tokens.
    """

    context: int
    trained_context: int = 0
    vocabulary: int = 0
    chat_template: str = ""
    bos: str = ""
    eos: str = ""
    adds_bos: bool = False
    special: tuple[str, ...] = ()
