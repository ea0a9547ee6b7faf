"""What will likely be asked next about a file, word for word as a proposal would ask it."""

from collections.abc import Sequence
from dataclasses import replace

from spark_desktop.domain.completion import ChatRequest, InfillRequest, Request
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import ContextExceededError, SparkError
from spark_desktop.domain.generated_files import is_generated
from spark_desktop.domain.prompt_layout import in_front
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Instruction, Span
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.gathering import Gathering
from spark_desktop.services.ports import Endpoint, Syntax
from spark_desktop.services.prompts import blocks_request, infill_request, region_request
from spark_desktop.services.secret_guard import Reader
from spark_desktop.services.target import is_in_blocks, require_room, target_of

# Where the instruction will stand, which nobody knows yet: what is read ends there.
_UNKNOWN = "…"
# The share of a model's context that parts may take, as where a proposal is asked for.
_SHARE = 4


class LikelyRequests:
    """Makes requests whose beginnings are those of the proposals that may be asked for."""

    def __init__(self, gathering: Gathering, reader: Reader, syntax: Syntax) -> None:
        self._gathering = gathering
        self._reader = reader
        self._syntax = syntax

    async def about(
        self, path: str, lines: Span | None, endpoint: Endpoint, kinds: frozenset[WorkKind]
    ) -> tuple[Request, ...]:
        """Return what may be asked about a file, the likeliest first.

        With selected ``lines``, or where a save changed some, that is to rewrite what they lie in;
        else only what every such prompt begins with. A model that fills in gets the text above the
        place, too. Nothing is likely for a file that may not be shown, or that a tool wrote.
        """
        try:
            snapshot = await self._reader.read(path)
        except SparkError:
            return ()
        if is_generated(path, snapshot.text.content):
            return ()
        changed = await self._gathering.edits.latest(path)
        place = lines
        if place is None and changed is not None:
            place = Span(changed, changed + 1)
        found: list[Request] = []
        if WorkKind.EDIT in kinds:
            found += await self._rewriting(snapshot, place, endpoint)
        if WorkKind.SUGGESTION in kinds and endpoint.model.fim and lines is None:
            found += self._filling_in(snapshot, place)
        return tuple(found)

    async def _rewriting(
        self, snapshot: Snapshot, place: Span | None, endpoint: Endpoint
    ) -> Sequence[ChatRequest]:
        room, count = endpoint.model.context // _SHARE, endpoint.count_tokens
        if place is None or not 0 <= place.start < min(place.end, _length_of(snapshot)):
            gathered = await self._gathering.beginning(snapshot, WorkKind.EDIT, room, count)
            around = in_front(gathered.parts, endpoint.model)
            # Without stable parts there is nothing that such a prompt is known to begin with.
            return [_beginning(snapshot.path, around)] if around else []
        trigger = Instruction(snapshot, place, _UNKNOWN)
        target = target_of(trigger, self._syntax)
        in_blocks = is_in_blocks(target, endpoint.model.formats)
        try:
            require_room(target, endpoint.model.context, 1 if in_blocks else 2)
        except ContextExceededError:
            # It will be refused without being asked.
            return []
        gathered = await self._gathering.gather(trigger, target.region, room, count)
        build = blocks_request if in_blocks else region_request
        shown = target.content if in_blocks else target.text
        around = in_front(gathered.parts, endpoint.model)
        return [_known(build(snapshot.path, shown, _UNKNOWN, around=around))]

    def _filling_in(self, snapshot: Snapshot, place: Span | None) -> Sequence[InfillRequest]:
        content = snapshot.text.content
        lines = split_lines(content)
        # A stub is written below what stands there; the text above it is what the prompt begins
        # with, wherever that is.
        below = len(lines) if place is None else place.end
        end = sum(len(line) for line in lines[:below])
        return [infill_request(content, end, end)] if end else []


def _length_of(snapshot: Snapshot) -> int:
    return len(split_lines(snapshot.text.content))


def _beginning(path: str, around: str) -> ChatRequest:
    """Return a prompt about a file as far as what stands in front of its question."""
    request = region_request(path, "", _UNKNOWN, around=around)
    return _cut(request, request.messages[-1].text.index(around) + len(around))


def _known(request: ChatRequest) -> ChatRequest:
    """Return a prompt as far as the instruction that nobody knows yet."""
    return _cut(request, request.messages[-1].text.rindex(_UNKNOWN))


def _cut(request: ChatRequest, end: int) -> ChatRequest:
    # A blank at the end would be a token of its own: in the prompt it begins the next word.
    last = request.messages[-1]
    known = replace(last, text=last.text[:end].rstrip())
    return replace(request, messages=(*request.messages[:-1], known))
