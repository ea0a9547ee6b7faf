"""What will likely be asked next about a file, word for word as a proposal would ask it."""

from collections.abc import Sequence

from spark_desktop.domain.completion import ChatRequest, InfillRequest, Request
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.generated_files import is_generated
from spark_desktop.domain.prompt_layout import told
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Instruction, Span
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.gathering import Gathering
from spark_desktop.services.ports import Endpoint, Syntax
from spark_desktop.services.prompts import infill_request, region_request
from spark_desktop.services.secret_guard import Reader

# Where the instruction will stand, which nobody knows yet: it is the prompt's last words.
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
        path, content = snapshot.path, split_lines(snapshot.text.content)
        room, count = endpoint.model.context // _SHARE, endpoint.count_tokens
        if place is None or place.start >= len(content):
            gathered = await self._gathering.beginning(snapshot, WorkKind.EDIT, room, count)
            around = told(gathered.parts)
            # Without stable parts there is nothing that such a prompt is known to begin with.
            return [region_request(path, "", _UNKNOWN, around=around)] if around else []
        around_place = self._syntax.enclosing(snapshot, place)
        region = Span(min(around_place.start, place.start), max(around_place.end, place.end))
        trigger = Instruction(snapshot, place, "")
        gathered = await self._gathering.gather(trigger, region, room, count)
        text = "".join(content[region.start : region.end])
        return [region_request(path, text, _UNKNOWN, around=told(gathered.parts))]

    def _filling_in(self, snapshot: Snapshot, place: Span | None) -> Sequence[InfillRequest]:
        content = snapshot.text.content
        lines = split_lines(content)
        # A stub is written below what stands there; the text above it is what the prompt begins
        # with, wherever that is.
        below = len(lines) if place is None else place.end
        end = sum(len(line) for line in lines[:below])
        return [infill_request(content, end, end)] if end else []
