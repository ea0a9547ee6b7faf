"""What came of one answer, kept for a reply that is not streamed and for its figures."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from inference_core.domain.chat import (
    ArgumentsPart,
    CallPart,
    ChatPart,
    ContentPart,
    ReasoningPart,
    ToolCall,
)
from inference_core.domain.generation import (
    Event,
    Finished,
    TextPiece,
    Timings,
    TokenLogprob,
)

Part = ChatPart | Event


@dataclass(slots=True)
class Collected:
    """One answer as far as it has come; ``finished`` None until its end."""

    pieces: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    logprobs: list[TokenLogprob] = field(default_factory=list)
    calls: dict[int, tuple[CallPart, list[str]]] = field(default_factory=dict)
    reasoning_tokens: int = 0
    finished: Finished | None = None

    @property
    def text(self) -> str:
        """The text for the user."""
        return "".join(self.pieces)

    def add(self, part: Part) -> None:
        """Keep the next part."""
        match part:
            case TextPiece() | ContentPart():
                self.pieces.append(part.text)
                self.logprobs.extend(part.logprobs)
            case ReasoningPart():
                self.reasoning.append(part.text)
            case CallPart():
                self.calls[part.index] = (part, [])
            case ArgumentsPart():
                self.calls[part.index][1].append(part.text)
        self.count(part)

    def count(self, part: Part) -> None:
        """Keep only what the figures need: a stream's text is gone once it is sent."""
        match part:
            case ReasoningPart():
                self.reasoning_tokens += part.tokens
            case Finished():
                self.finished = part

    def tool_calls(self) -> list[ToolCall]:
        """Return the calls in the order of their numbers."""
        ordered = [self.calls[index] for index in sorted(self.calls)]
        return [ToolCall(call.id, call.name, "".join(text)) for call, text in ordered]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of all answers to a request together."""

    timings: Timings
    reasoning_tokens: int = 0


def figures_of(answers: Sequence[Collected], per_prompt: int) -> Figures:
    """Return the figures of finished answers, of which ``per_prompt`` in turn share a prompt.

    A prompt counts once, as the answer saw it that processed most of it; tokens and drafts are
    summed; of times that ran side by side the longest counts.
    """
    each = [answer.finished.timings for answer in answers if answer.finished is not None]
    prompts = [
        max(each[start : start + per_prompt], key=lambda timings: timings.prompt_n)
        for start in range(0, len(each), per_prompt)
    ]
    timings = replace(
        each[0],
        cache_n=sum(prompt.cache_n for prompt in prompts),
        prompt_n=sum(prompt.prompt_n for prompt in prompts),
        prompt_ms=max(prompt.prompt_ms for prompt in prompts),
        predicted_n=sum(timings.predicted_n for timings in each),
        predicted_ms=max(timings.predicted_ms for timings in each),
        queue_ms=max(timings.queue_ms for timings in each),
        draft_n=sum(timings.draft_n for timings in each),
        draft_n_accepted=sum(timings.draft_n_accepted for timings in each),
    )
    return Figures(timings, sum(answer.reasoning_tokens for answer in answers))
