"""One response of OpenAI's Responses: from its events to chunks. No I/O."""

from dataclasses import dataclass, field

from spark_desktop.adapters.answer_usage import usage_of
from spark_desktop.adapters.json_fields import (
    Json,
    child_in,
    children_in,
    object_of,
    text_in,
)
from spark_desktop.adapters.openai_wire import error_of
from spark_desktop.adapters.responses_wire import problem_in
from spark_desktop.adapters.stop_texts import StopTexts
from spark_desktop.domain.completion import (
    Bucket,
    Chunk,
    Finished,
    FinishReason,
    Message,
    ReasoningChunk,
    Role,
    TextChunk,
    Timing,
    ToolCall,
)

_INCOMPLETE = {"max_output_tokens": FinishReason.LENGTH, "content_filter": FinishReason.FILTER}
_SUMMARY_GAP = "\n\n"


@dataclass(slots=True)
class ResponsesAnswer:
    """What has come of one response; ``reason`` is None until it is over.

    ``id`` is the response's, "" until it was told. ``ended`` is whether the server ended it, be it
    with an error, whose code is ``code``; else one of our stops did, or nobody.
    """

    stops: StopTexts
    buckets: tuple[Bucket, ...] = ()
    id: str = ""
    reason: FinishReason | None = None
    ended: bool = False
    code: str = ""
    has_begun: bool = False
    _texts: list[str] = field(default_factory=list)
    _calls: dict[int, ToolCall] = field(default_factory=dict)
    _whole: set[int] = field(default_factory=set)
    _usage: Json = field(default_factory=dict)
    _refused: bool = False
    _has_text: bool = False

    @property
    def is_over(self) -> bool:
        """Return whether nothing more is wanted."""
        return self.reason is not None

    @property
    def said(self) -> Message:
        """Return the answer as the message that the server has of it."""
        return Message(Role.ASSISTANT, "".join(self._texts), self._made())

    @property
    def can_go_on(self) -> bool:
        """Return whether the next request may continue it: half a call is answered by nobody."""
        return self.ended and not self.code and self._whole == self._calls.keys()

    def take(self, data: str) -> list[Chunk]:
        """Return the chunks in one event's data. Raises EndpointError for an error told in it."""
        if data == "[DONE]":
            # Of gateways that know the other protocol only.
            return []
        event = object_of(data)
        kind = str(event.get("type", ""))
        problem = problem_in(event)
        if problem is not None:
            self.ended, self.code = True, text_in(problem[1], "code")
            raise error_of(*problem)
        match kind.removeprefix("response."):
            case "output_text.delta":
                return self._tell(text_in(event, "delta"))
            case "refusal.delta":
                self._refused = True
                return self._tell(text_in(event, "delta"))
            case "reasoning_text.delta" | "reasoning_summary_text.delta":
                self.has_begun = True
                text = text_in(event, "delta")
                return [ReasoningChunk(text)] if text else []
            case "reasoning_summary_part.added":
                return [ReasoningChunk(_SUMMARY_GAP)] if event.get("summary_index") else []
            case "output_item.added" | "output_item.done":
                self._item(_place(event), child_in(event, "item"), kind.endswith("done"))
            case "function_call_arguments.delta":
                self._argue(_place(event), text_in(event, "delta"), more=True)
            case "function_call_arguments.done":
                self._argue(_place(event), text_in(event, "arguments"), more=False)
            case "created":
                self.id = text_in(child_in(event, "response"), "id")
            case "completed" | "incomplete":
                return self._end(child_in(event, "response"), is_whole=kind.endswith("completed"))
        return []

    def rest(self) -> list[Chunk]:
        """Return what was held back, as nothing follows."""
        return self._told(self.stops.rest())

    def finished(self, timing: Timing) -> Finished:
        """Return the end; the tokens of the reasoning are among those of the answer."""
        usage = usage_of(self._usage, {})
        reason = self.reason or FinishReason.OTHER
        return Finished(reason, usage, timing, calls=self._made(), buckets=self.buckets)

    def _tell(self, text: str) -> list[Chunk]:
        self._has_text = self._has_text or bool(text)
        self.has_begun = self.has_begun or self._has_text
        text = self.stops.feed(text)
        if self.stops.is_met:
            self.reason = FinishReason.STOP
        return self._told(text)

    def _told(self, text: str) -> list[Chunk]:
        if not text:
            return []
        self._texts.append(text)
        return [TextChunk(text)]

    def _item(self, place: int, item: Json, is_done: bool) -> None:
        if item.get("type") != "function_call":
            return
        self.has_begun = True
        call_id = text_in(item, "call_id") or text_in(item, "id")
        self._calls[place] = ToolCall(call_id, text_in(item, "name"), text_in(item, "arguments"))
        if is_done and item.get("status", "completed") == "completed":
            self._whole.add(place)

    def _argue(self, place: int, text: str, more: bool) -> None:
        call = self._calls.get(place)
        if call is not None and place not in self._whole:
            arguments = call.arguments + text if more else text
            self._calls[place] = ToolCall(call.id, call.name, arguments)

    def _end(self, response: Json, is_whole: bool) -> list[Chunk]:
        self.ended = True
        self.id = text_in(response, "id") or self.id
        self._usage = child_in(response, "usage")
        output = children_in(response, "output")
        for place, item in enumerate(output):
            self._item(place, item, is_done=True)
        # Gateways that ask their server without a stream send the text in one piece, here.
        told = [] if self._has_text else self._tell(_whole_text(output))
        if self.is_over:
            return told
        if not is_whole:
            why = text_in(child_in(response, "incomplete_details"), "reason")
            self.reason = _INCOMPLETE.get(why, FinishReason.OTHER)
        elif self._refused:
            self.reason = FinishReason.FILTER
        else:
            self.reason = FinishReason.TOOLS if self._made() else FinishReason.STOP
        return told

    def _made(self) -> tuple[ToolCall, ...]:
        # Half a call is none.
        return tuple(self._calls[place] for place in sorted(self._whole))


def _whole_text(output: list[Json]) -> str:
    parts = [part for item in output for part in children_in(item, "content")]
    return "".join(text_in(part, "text") for part in parts if part.get("type") == "output_text")


def _place(event: Json) -> int:
    place = event.get("output_index")
    return place if isinstance(place, int) else 0
