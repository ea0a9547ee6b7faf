"""One attempt at a proposal: asks the model and streams what comes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from spark_desktop.domain.completion import (
    Answering,
    ChatRequest,
    Finished,
    FinishReason,
    ReasoningChunk,
    TextChunk,
    Timing,
    Usage,
)
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.edit_format import RegionReader
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ProposalStreamed
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.repeating import loops
from spark_desktop.services.block_answer import BlockAnswer
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.fill_in import FillIn
from spark_desktop.services.ports import Clock, Endpoint
from spark_desktop.services.target import Target


@dataclass(frozen=True, slots=True)
class Answer:
    """One attempt: the region that it came to, and what the model literally said.

    ``proposal`` is marked with who answered. ``fault`` says why a part of it cannot be used, "" for
    none; a region that is the whole file (``is_whole``) was assembled of blocks. One that ``loops``
    was stopped, since it only said the same again and again.
    """

    proposal: Proposal
    region: str
    said: str
    reasoning: bool
    finished: Finished
    fault: str = ""
    is_whole: bool = False
    loops: bool = False


class Attempts:
    """Asks for regions; what a user may watch is published while it comes."""

    def __init__(self, board: ProposalBoard, clock: Clock, bus: Bus) -> None:
        self._board = board
        self._clock = clock
        self._bus = bus

    async def rewrite(
        self,
        proposal: Proposal,
        target: Target,
        endpoint: Endpoint,
        request: ChatRequest,
        *,
        is_watched: bool = True,
    ) -> Answer:
        """Return the region as the model rewrites it; nobody sees it come if not ``is_watched``.

        Raises EndpointError.
        """
        progress = _Progress(proposal, self._board, self._clock, self._bus, is_watched=is_watched)
        reader = RegionReader(target.text)

        def take(text: str) -> None:
            progress.show(reader.feed(text))

        said, finished, ended = await _read(endpoint, request, take, progress.mark)
        if ended:
            finished = await progress.cut_short(endpoint, _told(request))
        region = reader.finish()
        return Answer(progress.proposal, region, said, reader.has_reasoning, finished, loops=ended)

    async def in_blocks(
        self, proposal: Proposal, target: Target, endpoint: Endpoint, request: ChatRequest
    ) -> Answer:
        """Return the file as the model's blocks change it. Raises EndpointError."""
        progress = _Progress(proposal, self._board, self._clock, self._bus)
        answer = BlockAnswer(proposal.trigger.snapshot, target.content)

        def take(text: str) -> None:
            # Only what is complete can be shown: half a block has no place.
            if answer.feed(text):
                progress.show(answer.text)

        said, finished, ended = await _read(endpoint, request, take, progress.mark)
        if ended:
            finished = await progress.cut_short(endpoint, _told(request))
        fault = answer.finish()
        return Answer(
            progress.proposal, answer.text, said, False, finished, fault, True, loops=ended
        )

    async def fill_in(
        self, proposal: Proposal, fill_in: FillIn, endpoint: Endpoint, *, is_watched: bool = True
    ) -> Answer:
        """Return the function with the body that the model fills in; watched as ``rewrite``.

        Raises EndpointError.
        """
        said = ""
        ran_on = ended = False
        finished = Finished(FinishReason.STOP)
        progress = _Progress(proposal, self._board, self._clock, self._bus, is_watched=is_watched)
        async with endpoint.stream(fill_in.request) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, Finished):
                    finished = chunk
                elif isinstance(chunk, Answering | Emulation):
                    progress.mark(chunk)
                elif isinstance(chunk, TextChunk):
                    said += chunk.text
                    progress.show(fill_in.region(said, complete=False))
                    ran_on, ended = fill_in.runs_on(said), loops(said)
                    if ran_on or ended:
                        # It goes on behind the body: leaving the stream stops the engine.
                        break
        if ran_on or ended:
            prompt = fill_in.request.prefix + fill_in.request.suffix
            finished = await progress.cut_short(endpoint, prompt)
            finished = replace(finished, emulation=progress.proposal.emulation)
        cut = finished.reason is FinishReason.LENGTH
        region = fill_in.region(said, complete=not cut)
        return Answer(progress.proposal, region, said, False, finished, loops=ended)


async def _read(
    endpoint: Endpoint,
    request: ChatRequest,
    take: Callable[[str], None],
    mark: Callable[[Answering | Emulation], None],
) -> tuple[str, Finished, bool]:
    """Return what the model said, how it ended, and whether it was left for saying it in a loop.

    ``take`` gets each piece of it.
    """
    said = ""
    finished = Finished(FinishReason.OTHER)
    async with endpoint.stream(request) as chunks:
        async for chunk in chunks:
            match chunk:
                case TextChunk(text):
                    said += text
                    take(text)
                    if loops(said):
                        # Leaving the stream stops the engine.
                        return said, finished, True
                case ReasoningChunk():
                    # Kept apart by the server: it never reaches a file.
                    continue
                case Answering() | Emulation():
                    mark(chunk)
                case Finished():
                    finished = chunk
    return said, finished, False


def _told(request: ChatRequest) -> str:
    """Return the text of a request, for counting its tokens."""
    return "\n".join(message.text for message in request.messages)


class _Progress:
    """Tells how far one attempt came, and marks the proposal with who answers."""

    def __init__(
        self,
        proposal: Proposal,
        board: ProposalBoard,
        clock: Clock,
        bus: Bus,
        *,
        is_watched: bool = True,
    ) -> None:
        self.proposal = proposal
        self._is_watched = is_watched
        self._board = board
        self._clock = clock
        self._bus = bus
        self._asked = clock.monotonic()
        self._first: float | None = None
        self._tokens = 0

    def mark(self, chunk: Answering | Emulation) -> None:
        """Put on the board who answers, and at whose pace."""
        if not self._is_watched:
            return
        if isinstance(chunk, Answering):
            marked = replace(self.proposal, model=chunk.model, endpoint=chunk.endpoint)
        else:
            marked = replace(self.proposal, emulation=chunk)
        self.proposal = marked
        self._board.put(marked)

    def show(self, region: str) -> None:
        """Publish the region so far, in the file's style."""
        now = self._count()
        if not self._is_watched:
            return
        text = self.proposal.trigger.snapshot.text.in_style(region)
        first = now if self._first is None else self._first
        self._bus.publish(ProposalStreamed(self.proposal.id, text, self._tokens, now - first))

    def _count(self) -> float:
        """Count a piece of the answer; return when it came."""
        now = self._clock.monotonic()
        if self._first is None:
            self._first = now
        self._tokens += 1
        return now

    async def cut_short(self, endpoint: Endpoint, prompt: str) -> Finished:
        """Return the end of an answer that we stopped, as measured here: the server says nothing.

        The prompt's tokens are counted by the model's tokenizer, where the server has a route for
        that, the answer's as its chunks, of which our core sends one a token; the cached part stays
        unknown, as 0.
        """
        now = self._clock.monotonic()
        first = self._first or now
        try:
            sent = await endpoint.count_tokens(prompt)
        except SparkError:
            sent = estimate_tokens(prompt)
        usage = Usage(sent, self._tokens)
        return Finished(FinishReason.STOP, usage, Timing(first - self._asked, now - self._asked))
