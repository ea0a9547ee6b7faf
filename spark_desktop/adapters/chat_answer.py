"""One answer of the OpenAI family, from its events to chunks, whatever its dialect. No I/O.

Chat completions, completions, fill-in routes and llama-server's ``/infill`` differ little.
"""

from dataclasses import dataclass, field
from statistics import fmean

from spark_desktop.adapters.answer_usage import usage_of, with_server_times
from spark_desktop.adapters.emulation_wire import emulation_in
from spark_desktop.adapters.json_fields import Json, child_in, children_in, object_of, text_in
from spark_desktop.adapters.openai_wire import error_of, problem_in, status_in
from spark_desktop.adapters.stop_texts import StopTexts
from spark_desktop.adapters.think_tags import ThinkTags
from spark_desktop.adapters.tool_pieces import ToolPieces
from spark_desktop.domain.completion import (
    Bucket,
    Chunk,
    Finished,
    FinishReason,
    ReasoningChunk,
    TextChunk,
    Timing,
)
from spark_desktop.domain.emulation import Emulation

_DONE = "[DONE]"
_REASONS = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "word": FinishReason.STOP,
    "end_turn": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "limit": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOLS,
    "function_call": FinishReason.TOOLS,
    "tool_use": FinishReason.TOOLS,
    "content_filter": FinishReason.FILTER,
}


@dataclass(slots=True)
class ChatAnswer:
    """What has come of one streamed answer; ``reason`` is None until the server said it is over.

    ``tags`` looks for reasoning in the text, ``stops`` for texts at which the answer ends: what a
    server does not know is done here. ``buckets`` are what the headers told of limits.
    """

    tags: ThinkTags = field(default_factory=lambda: ThinkTags(is_reading=False))
    stops: StopTexts = field(default_factory=lambda: StopTexts(()))
    buckets: tuple[Bucket, ...] = ()
    reason: FinishReason | None = None
    is_over: bool = False
    has_begun: bool = False
    _tools: ToolPieces = field(default_factory=ToolPieces)
    _usage: Json = field(default_factory=dict)
    _times: Json = field(default_factory=dict)
    _emulation: Emulation | None = None
    _logprobs: list[float] = field(default_factory=list)

    def take(self, data: str) -> list[Chunk]:
        """Return the chunks in one event's data. Raises EndpointError for an error told in it."""
        if data.strip() == _DONE:
            self.reason = self.reason or FinishReason.OTHER
            self.is_over = True
            return []
        if not data.strip():
            # A sign of life of some gateways.
            return []
        event = object_of(data)
        problem = problem_in(event)
        if problem is not None:
            raise error_of(status_in(event), problem)
        self._measure(event)
        told = emulation_in(event)
        # Said once, before the text; the figures of its end come with Finished.
        begun: list[Chunk] = [] if told is None or self._emulation is not None else [told]
        self._emulation = told or self._emulation
        return begun + (self._infill(event) if "choices" not in event else self._choice(event))

    def rest(self) -> list[Chunk]:
        """Return what was held back, as nothing follows."""
        chunks = self._stopped(self.tags.rest())
        held = self.stops.rest()
        return [*chunks, TextChunk(held)] if held else chunks

    def finished(self, timing: Timing) -> Finished:
        """Return the end; ``timing`` is by our clock, what the server measured is added."""
        reason = self.reason or FinishReason.OTHER
        calls = self._tools.calls(is_cut=reason is FinishReason.LENGTH)
        if calls and reason in (FinishReason.STOP, FinishReason.OTHER):
            # Some say "stop" where they mean that a tool's turn has come.
            reason = FinishReason.TOOLS
        return Finished(
            reason,
            usage_of(self._usage, self._times),
            with_server_times(timing, self._usage, self._times),
            self._emulation,
            calls,
            self.buckets,
            likelihood=fmean(self._logprobs) if self._logprobs else None,
        )

    def _measure(self, event: Json) -> None:
        # Groq tells its usage in a field of its own, and some tell it with every chunk: the last
        # one counts.
        groq = child_in(event, "x_groq")
        self._usage = child_in(event, "usage") or child_in(groq, "usage") or self._usage
        self._times = child_in(event, "timings") or child_in(event, "time_info") or self._times

    def _choice(self, event: Json) -> list[Chunk]:
        choices = event["choices"]
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, dict):
            return []
        problem = choice.get("error")
        if isinstance(problem, dict) and problem:
            # OpenRouter, where the server behind it broke off.
            raise error_of(status_in(choice), problem)
        for token in children_in(child_in(choice, "logprobs"), "content"):
            logprob = token.get("logprob")
            if isinstance(logprob, (int, float)):
                self._logprobs.append(float(logprob))
        # An answer in one piece has a message, a completion its bare text.
        delta = child_in(choice, "delta") or child_in(choice, "message") or choice
        chunks = self._delta(delta)
        if isinstance(choice.get("finish_reason"), str) and choice["finish_reason"]:
            self.reason = _REASONS.get(choice["finish_reason"], FinishReason.OTHER)
        return chunks

    def _delta(self, delta: Json) -> list[Chunk]:
        self._tools.take(delta.get("tool_calls"))
        if isinstance(delta.get("function_call"), dict):
            self._tools.take([{"index": 0, "function": delta["function_call"]}])
        # vLLM and Ollama renamed the field that DeepSeek introduced.
        reasoning = text_in(delta, "reasoning_content") or text_in(delta, "reasoning")
        content, thoughts = _content(delta)
        reasoning += thoughts
        chunks: list[Chunk] = [ReasoningChunk(reasoning)] if reasoning else []
        chunks += self._told(content or text_in(delta, "refusal"))
        self.has_begun = self.has_begun or bool(reasoning) or self._tools.has_begun
        return chunks

    def _infill(self, event: Json) -> list[Chunk]:
        chunks = self._told(text_in(event, "content"))
        if event.get("stop") is True:
            self.reason = _REASONS.get(str(event.get("stop_type", "eos")), FinishReason.OTHER)
        return chunks

    def _told(self, text: str) -> list[Chunk]:
        if not text:
            return []
        self.has_begun = True
        return self._stopped(self.tags.feed(text))

    def _stopped(self, chunks: list[Chunk]) -> list[Chunk]:
        told: list[Chunk] = []
        for chunk in chunks:
            if not isinstance(chunk, TextChunk):
                told.append(chunk)
                continue
            text = self.stops.feed(chunk.text)
            if text:
                told.append(TextChunk(text))
        if self.stops.is_met:
            self.reason, self.is_over = FinishReason.STOP, True
        return told


def _content(delta: Json) -> tuple[str, str]:
    """Return the text and the reasoning in a delta's content.

    It is a text, or, with Mistral's models that reason, a list of parts.
    """
    content = delta.get("content", delta.get("text"))
    if not isinstance(content, list):
        return (content if isinstance(content, str) else ""), ""
    texts, thoughts = [], []
    for part in content:
        if not isinstance(part, dict):
            continue
        if part.get("type") == "thinking":
            thoughts.append(_thinking(part.get("thinking")))
        else:
            texts.append(text_in(part, "text"))
    return "".join(texts), "".join(thoughts)


def _thinking(value: object) -> str:
    if isinstance(value, str):
        return value
    parts = value if isinstance(value, list) else []
    return "".join(text_in(part, "text") for part in parts if isinstance(part, dict))
