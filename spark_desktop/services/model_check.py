"""The later steps of a connection's test: how fast the model is, and what it can do."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace

from spark_desktop.domain.check_questions import (
    COLOUR,
    COUNTING,
    DOOR,
    DOOR_TOOL,
    SCHEMA,
    follows_the_schema,
    saw_the_suffix,
)
from spark_desktop.domain.completion import (
    ChatRequest,
    Chunk,
    Finished,
    Message,
    ReasoningChunk,
    Role,
    TextChunk,
)
from spark_desktop.domain.connection_check import WAYS, CheckOutcome, CheckReport, with_model
from spark_desktop.domain.endpoints import EndpointSpec, FillInWay, RemoteModel, WireProtocol
from spark_desktop.domain.errors import (
    AccessRefusedError,
    EndpointRejectedError,
    IncompleteStreamError,
)
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.words import say
from spark_desktop.services.endpoints import Connector
from spark_desktop.services.ports import Clock, Endpoint
from spark_desktop.services.probe import Ended, Probe

# Enough for a speed, and for a short thought before it; a fast vendor charges it up front.
_MOST_TOKENS = 256
# A proxy that collects an answer and sends it whole tells nothing of the model.
_AT_ONCE_S = 0.02
_CHAT_WAYS = (FillInWay.INFILL, FillInWay.SUFFIX, FillInWay.FIM_ROUTE, FillInWay.TOKENS)
# Made for filling in: a server that has them uses both sides.
_SURE_WAYS = (FillInWay.INFILL, FillInWay.FIM_ROUTE)


class ModelCheck:
    """Asks the chosen model; every method raises SparkError for a step that failed."""

    def __init__(
        self, probe: Probe, connector: Connector, key: Secret | None, clock: Clock
    ) -> None:
        self._probe = probe
        self._connector = connector
        self._key = key
        self._clock = clock
        self._held = AsyncExitStack()
        self._chunks: AsyncIterator[Chunk] | None = None
        self._began = 0.0

    async def close(self) -> None:
        """Close the answer that is still open."""
        await self._held.aclose()

    async def first_token(self, report: CheckReport) -> Ended:
        """Begin an answer, and wait for its first word or thought."""
        spec = report.spec
        if not spec.model:
            raise EndpointRejectedError(
                say("No model is named."), say("Name the one that is to be asked.")
            )
        endpoint = await self._connector.open(spec, self._key)
        started = self._clock.monotonic()
        request = ChatRequest(_asking(COUNTING), _MOST_TOKENS)
        self._chunks = await self._held.enter_async_context(endpoint.stream(request))
        async for chunk in self._chunks:
            if isinstance(chunk, Finished):
                break
            if isinstance(chunk, TextChunk | ReasoningChunk):
                return self._begun(report, chunk, started)
        raise IncompleteStreamError(
            say("{model} ended its answer without a word.", model=spec.model),
            say("Ask it in a chat; if it stays so, choose another model."),
        )

    async def speed(self, report: CheckReport) -> Ended:
        """Read the rest of the answer."""
        assert self._chunks is not None
        pieces, tokens, last = 1, 0, self._began
        async for chunk in self._chunks:
            if isinstance(chunk, Finished):
                tokens = chunk.usage.completion_tokens
            elif isinstance(chunk, TextChunk | ReasoningChunk):
                pieces, last = pieces + 1, self._clock.monotonic()
        await self._held.aclose()
        count, seconds = tokens or pieces, last - self._began
        if count < 2:
            return report, CheckOutcome.ABSENT, say("The answer was too short to tell.")
        if seconds < _AT_ONCE_S:
            return (
                report,
                CheckOutcome.ABSENT,
                say("The answer came at once: no speed can be told."),
            )
        rate = (count - 1) / seconds
        found = say("{rate:.0f} tokens a second, over {count} tokens.", rate=rate, count=count)
        return report, CheckOutcome.PASSED, found

    async def context(self, report: CheckReport) -> Ended:
        """Ask the server how long a prompt may be."""
        told = await self._probe.described(report.spec, self._key)
        known = report.spec.chosen
        merged = replace(
            known,
            context=told.context or known.context,
            max_output=told.max_output or known.max_output,
            tools=known.tools or told.tools,
            reasoning=known.reasoning or told.reasoning,
        )
        report = _written(report, merged)
        if told.context is not None:
            found = say("{tokens} tokens, as the server tells.", tokens=told.context)
        elif known.context is not None:
            found = say("{tokens} tokens by what is known of the model.", tokens=known.context)
        else:
            found = say("Not told: a prompt that is too long may be cut without a word.")
            return report, CheckOutcome.ABSENT, found
        return report, CheckOutcome.PASSED, found

    async def fill_in(self, report: CheckReport) -> Ended:
        """Try the ways to fill a hole in a text, the known one first."""
        ways = _ways(report.spec)
        if not ways:
            return report, CheckOutcome.SKIPPED, say("The protocol has no way to fill in.")
        for way in ways:
            try:
                answer = await self._probe.fill_in(report.spec, self._key, way)
            except AccessRefusedError:
                raise
            except EndpointRejectedError:
                continue
            if saw_the_suffix(answer) or (way in _SURE_WAYS and answer.strip()):
                report = _written(report, replace(report.spec.chosen, fill_in=way))
                return report, CheckOutcome.PASSED, say("Through {way}.", way=WAYS[way])
        report = _written(report, replace(report.spec.chosen, fill_in=FillInWay.NONE))
        return report, CheckOutcome.ABSENT, say("None of the known ways fills in.")

    async def tools(self, report: CheckReport) -> Ended:
        """Offer a tool, and see whether it is called."""
        request = ChatRequest(_asking(DOOR), _MOST_TOKENS, 0.0, tools=(DOOR_TOOL,))
        try:
            _, end = await self._answer(_hoped(report.spec, tools=True), request)
        except AccessRefusedError:
            raise
        except EndpointRejectedError as error:
            report = _written(report, replace(report.spec.chosen, tools=False))
            return report, CheckOutcome.ABSENT, error.message
        called = any(call.name == DOOR_TOOL.name for call in end.calls)
        report = _written(report, replace(report.spec.chosen, tools=called))
        if called:
            return report, CheckOutcome.PASSED, say("The model called the tool.")
        return report, CheckOutcome.ABSENT, say("The model did not call the tool.")

    async def structured(self, report: CheckReport) -> Ended:
        """Give a schema, and see whether the answer is held to it."""
        request = ChatRequest(_asking(COLOUR), _MOST_TOKENS, 0.0, schema=SCHEMA)
        try:
            text, _ = await self._answer(_hoped(report.spec, structured_output=True), request)
        except AccessRefusedError:
            raise
        except EndpointRejectedError as error:
            report = _written(report, replace(report.spec.chosen, structured_output=False))
            return report, CheckOutcome.ABSENT, error.message
        held = follows_the_schema(text)
        report = _written(report, replace(report.spec.chosen, structured_output=held))
        if held:
            return report, CheckOutcome.PASSED, say("The answer followed the schema.")
        return report, CheckOutcome.ABSENT, say("The answer did not follow the schema.")

    def _begun(self, report: CheckReport, chunk: Chunk, started: float) -> Ended:
        self._began = self._clock.monotonic()
        if isinstance(chunk, ReasoningChunk):
            report = _written(report, replace(report.spec.chosen, reasoning=True))
        found = say(
            "{model} began after {seconds:.2f} s.",
            model=report.spec.model,
            seconds=self._began - started,
        )
        return report, CheckOutcome.PASSED, found

    async def _answer(self, spec: EndpointSpec, request: ChatRequest) -> tuple[str, Finished]:
        endpoint: Endpoint = await self._connector.open(spec, self._key)
        text, end = "", Finished()
        async with endpoint.stream(request) as chunks:
            async for chunk in chunks:
                if isinstance(chunk, TextChunk):
                    text += chunk.text
                elif isinstance(chunk, Finished):
                    end = chunk
        return text, end


def _asking(text: str) -> tuple[Message, ...]:
    return (Message(Role.USER, text),)


def _hoped(
    spec: EndpointSpec, *, tools: bool = False, structured_output: bool = False
) -> EndpointSpec:
    """Return the endpoint with a model that is said to have what is to be tested.

    Nobody is asked for what their model is known not to have.
    """
    known = spec.chosen
    hoped = replace(
        known,
        tools=known.tools or tools,
        structured_output=known.structured_output or structured_output,
    )
    return with_model(spec, hoped)


def _written(report: CheckReport, model: RemoteModel) -> CheckReport:
    return replace(report, spec=with_model(report.spec, model))


def _ways(spec: EndpointSpec) -> tuple[FillInWay, ...]:
    if spec.protocol is WireProtocol.OLLAMA:
        return (FillInWay.SUFFIX,)
    if spec.protocol is not WireProtocol.CHAT:
        return ()
    known = spec.chosen.fill_in
    first = () if known is FillInWay.NONE else (known,)
    return (*first, *(way for way in _CHAT_WAYS if way is not known))
