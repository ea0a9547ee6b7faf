"""An engine in a process of its own, started again when it dies."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from inference_core.domain.errors import CoreError, EngineDownError
from inference_core.domain.generation import Event, GenerationRequest, ModelInfo, Token
from inference_core.engine.link import EngineLink
from inference_core.engine.slot import SlotPhase, SlotState
from inference_core.engine.spec import EngineSpec

_log = logging.getLogger(__name__)

# Longest wait for the engine at the end; a batch that runs is cut short, which takes far less.
CLOSE_S = 1.2

# A process that died is started again at once, then after these pauses. One that lived for a minute
# begins anew; one that does not get that far would only die again.
_PAUSES_S = (0.0, 1.0, 5.0)
_LIVED_S = 60.0


class ProcessEngine:
    """One model in an engine process; build it with ``start``."""

    def __init__(self, spec: EngineSpec, link: EngineLink) -> None:
        self._spec = spec
        self._link: EngineLink | None = link
        self._info = link.info
        self._slots = link.slots
        self._closing = False
        self._why = ""
        self._watching = asyncio.create_task(self._watch(link), name="watch the engine")

    @classmethod
    async def start(
        cls, spec: EngineSpec, on_progress: Callable[[float], None] | None = None
    ) -> "ProcessEngine":
        """Start a process and load the model. Raises ModelError, EngineError."""
        return cls(spec, await EngineLink.open(spec, on_progress))

    @property
    def info(self) -> ModelInfo:
        """What the model says about itself."""
        return self._info

    @property
    def pid(self) -> int | None:
        """The engine's process, None while there is none."""
        return None if self._link is None else self._link.pid

    @property
    def down(self) -> EngineDownError | None:
        """Why the process cannot be asked now, None where it can."""
        if self._link is not None and not self._link.ended.is_set():
            return None
        if self._watching.done():
            return EngineDownError(
                f"The engine has died too often. {self._why}",
                "Start the core again; its log says more.",
                retry_after_s=60,
            )
        return EngineDownError(
            f"The engine is being started again. {self._why}", "Repeat the request in a moment."
        )

    def slots(self) -> list[SlotState]:
        """Return what each slot did when the engine last told; all are free while it is down."""
        if self._link is not None and not self._link.ended.is_set():
            self._slots = self._link.slots
            return self._slots
        return [
            SlotState(slot.id, SlotPhase.FREE, 0, 0, 0, slot.prompt_tokens_processed, slot.answers)
            for slot in self._slots
        ]

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Event, None]:
        """Answer; see Engine.generate."""
        async with aclosing(self._live().generate(request)) as events:
            async for event in events:
                yield event

    async def tokenize(self, text: str, special: bool) -> list[Token]:
        """Return the tokens of a text; ``special`` reads special tokens written in it as such."""
        return await self._live().tokenize(text, special)

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens. Raises RequestError for a number that is no token."""
        return await self._live().detokenize(tokens)

    async def close(self) -> bool:
        """End the process; always at rest afterwards, since a slow one is killed."""
        self._closing = True
        link = self._link
        if link is not None:
            await link.close(CLOSE_S)
        self._watching.cancel()
        await asyncio.gather(self._watching, return_exceptions=True)
        # One that was being started meanwhile.
        if self._link is not None and self._link is not link:
            await self._link.kill()
        return True

    def _live(self) -> EngineLink:
        if (down := self.down) is not None:
            raise down
        assert self._link is not None
        return self._link

    async def _watch(self, link: EngineLink) -> None:
        """Start another process whenever one has died, until that happens too fast."""
        deaths = 0
        while True:
            begun = time.monotonic()
            await link.ended.wait()
            if self._closing:
                return
            if time.monotonic() - begun >= _LIVED_S:
                deaths = 0
            self._why = f"Its process {link.why_ended()}."
            _log.error("the engine's process (%d) %s", link.pid, link.why_ended())
            await link.kill()
            self._link = None
            fresh = None
            while fresh is None:
                if deaths == len(_PAUSES_S):
                    _log.error("the engine has died too often and is not started again")
                    return
                await asyncio.sleep(_PAUSES_S[deaths])
                deaths += 1
                fresh = await self._start_again()
            self._link = link = fresh

    async def _start_again(self) -> EngineLink | None:
        try:
            return await EngineLink.open(self._spec)
        except (CoreError, OSError) as error:
            self._why = error.message if isinstance(error, CoreError) else f"{error}."
            _log.error("the engine cannot be started: %s", self._why)
            return None
