"""The core's end of one engine process: start it, ask it, notice its end."""

import asyncio
import itertools
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from typing import Any

from inference_core.domain.errors import BusyError, CoreError, EngineDownError, EngineError
from inference_core.domain.generation import (
    Event,
    Finished,
    GenerationRequest,
    ModelInfo,
    Priority,
    PromptProgress,
    Token,
)
from inference_core.engine.awaited import Answer, Events, tokens_of
from inference_core.engine.host_wire import (
    LONG_TEXT,
    read_error,
    read_event,
    read_info,
    read_slot,
    request_json,
    text_length,
)
from inference_core.engine.openmp import spin_briefly
from inference_core.engine.outgoing import Outgoing
from inference_core.engine.scheduler import Limits
from inference_core.engine.slot import SlotState
from inference_core.engine.spec import EngineSpec

# How often a request that was accepted, and waits or pauses, is told how far it is, though nothing
# has changed: whoever reads it could take silence for a broken connection.
SIGN_OF_LIFE_S = 5.0

# The longest line has the text of a few thousand tokens, or of a chat template.
_LINE_BYTES = 64 * 1024 * 1024

# A process that closes its output is about to end; one that does not get there is killed.
_EXIT_S = 2.0
# How a process ends at an instruction that the processor lacks: by SIGILL, on Windows with
# STATUS_ILLEGAL_INSTRUCTION.
_ILLEGAL_INSTRUCTION = (-signal.SIGILL, 0xC000001D)

# A living process answers this at once, also while it computes: messages have a thread of their own
# there. Three in a row, since a machine that wakes up may find the time of one over.
PULSE_S = 5.0
PULSE_ANSWER_S = 10.0
_PULSES_MISSED = 3

_log = logging.getLogger(__name__)


class EngineLink:
    """One engine process; ``open`` starts it. ``ended`` is set when it is gone."""

    def __init__(self, process: asyncio.subprocess.Process, limits: Limits) -> None:
        assert process.stdin is not None
        self._process = process
        self._limits = limits
        self._out = Outgoing(process.stdin)
        # Of long texts only one is with the process, until it is cut into tokens: the others wait
        # here, where whoever leaves takes his own along.
        self._long = asyncio.Lock()
        self._heard = asyncio.Event()
        self._numbers = itertools.count(1)
        self._answers: dict[int, Answer] = {}
        self._jobs: dict[int, Events] = {}
        self._reading: asyncio.Task[None] | None = None
        self._slots: list[SlotState] = []
        self._info: ModelInfo | None = None
        self._fault = ""
        self.ended = asyncio.Event()

    @classmethod
    async def open(
        cls, spec: EngineSpec, on_progress: Callable[[float], None] | None = None
    ) -> "EngineLink":
        """Start a process and wait until its model is loaded.

        ``on_progress`` hears the share that is loaded. Raises ModelError, EngineError; a caller who
        is cancelled leaves no process behind.
        """
        environment = dict(os.environ)
        spin_briefly(environment)
        process = await asyncio.create_subprocess_exec(
            *host_command(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=environment,
            limit=_LINE_BYTES,
        )
        link = cls(process, spec.limits)
        try:
            link._out.send_line(spec.to_line())
            await link._until_ready(on_progress or (lambda done: None))
        finally:
            if link._info is None:
                await link.kill()
        link._reading = asyncio.create_task(link._read(), name="read the engine's process")
        return link

    @property
    def info(self) -> ModelInfo:
        """What the loaded model says about itself."""
        if self._info is None:
            raise EngineError("The engine is not ready.")
        return self._info

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    @property
    def slots(self) -> list[SlotState]:
        """What the slots did when the engine last told."""
        return self._slots

    async def generate(self, request: GenerationRequest) -> AsyncGenerator[Event, None]:
        """Answer; see Engine.generate."""
        self._require_room(request.priority)
        number = next(self._numbers)
        events = self._jobs[number] = Events(request.priority)
        long = text_length(request) > LONG_TEXT
        try:
            async with self._turn(long):
                await self._out.send(
                    lambda: events.sent_as(
                        {"op": "start", "id": number, "long": long}
                        | {"request": request_json(request)}
                    )
                )
                # The engine says nothing before the prompt has been cut into tokens, and found to
                # fit: until then nobody can say that all is well.
                event = await events.get()
            progress = PromptProgress(0, 0, 0)
            while True:
                if isinstance(event, CoreError):
                    raise event
                if isinstance(event, PromptProgress):
                    progress = event
                yield event
                if isinstance(event, Finished):
                    return
                event = await events.within(SIGN_OF_LIFE_S, progress)
        finally:
            del self._jobs[number]
            if events.sent and not events.over and not self.ended.is_set():
                self._out.send_short({"op": "cancel", "id": number})

    async def tokenize(self, text: str, special: bool) -> list[Token]:
        """Return the tokens of a text. Raises BusyError where too many ask."""
        parts = await self._ask(
            len(text), lambda: {"op": "tokenize", "text": text, "special": special}
        )
        # Joining the many parts of a long text takes longer than a stream should wait.
        return tokens_of(parts) if len(parts) < 2 else await asyncio.to_thread(tokens_of, parts)

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens.

        Raises RequestError for a number that is no token, BusyError where too many ask.
        """
        parts = await self._ask(len(tokens), lambda: {"op": "detokenize", "tokens": list(tokens)})
        return "".join(parts)

    async def close(self, seconds: float) -> None:
        """Let the process end in order; what takes longer is killed."""
        if not self.ended.is_set():
            self._out.send_short({"op": "close"})
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), seconds)
        await self.kill()

    async def kill(self) -> None:
        """End the process now, and wait until it is gone."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        self._out.close()
        if self._reading is not None:
            await asyncio.wait({self._reading})

    def why_ended(self) -> str:
        """Return how the process ended, for a log or an error."""
        code = self._process.returncode
        if self._fault:
            return self._fault
        if code is None:
            return "closed its output"
        return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"

    # -- inside ------------------------------------------------------------------------------

    async def _until_ready(self, on_progress: Callable[[float], None]) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            match json.loads(line):
                case {"loading": share}:
                    on_progress(float(share))
                case {"ready": info, "slots": slots}:
                    self._info = read_info(info)
                    self._slots = [read_slot(slot) for slot in slots]
                    return
                case {"failed": error}:
                    raise read_error(error)
        if await self._process.wait() in _ILLEGAL_INSTRUCTION:
            raise EngineError(
                "The engine uses instructions that this processor does not have (AVX2).",
                "Use a machine with AVX2 (from 2013 on), or a virtual machine that passes it "
                "through; 'spark doctor' says what this one has.",
            )
        raise EngineError(
            f"The engine's process {self.why_ended()} while it loaded the model.",
            "See the core's log; verify the file ('spark-core models verify').",
        )

    async def _read(self) -> None:
        pulse = asyncio.create_task(self._feel_pulse(), name="feel the engine's pulse")
        try:
            await self._receive_all()
        except (ValueError, LookupError, TypeError, CoreError) as error:
            # Waiting for more of it would be waiting for ever.
            _log.error("the engine's process says what is no message: %r", error)
            self._fault = "said something that is no message"
            self._process.kill()
        finally:
            pulse.cancel()
            await asyncio.wait({pulse})
        try:
            await asyncio.wait_for(self._process.wait(), _EXIT_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        self._end()

    async def _receive_all(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self._receive(json.loads(line))

    async def _feel_pulse(self) -> None:
        """Kill a process that takes no messages any more: it hangs, or somebody stopped it.

        Whatever it says is a sign of life, and so is every piece that it takes of a long message:
        the question stands behind that.
        """
        missed = 0
        while missed < _PULSES_MISSED:
            await asyncio.sleep(PULSE_S)
            self._heard.clear()
            self._out.send_short({"op": "ping"})
            taken = self._out.taken
            try:
                async with asyncio.timeout(PULSE_ANSWER_S):
                    await self._heard.wait()
                missed = 0
            except TimeoutError:
                missed = 0 if self._out.taken > taken else missed + 1
        self._fault = "did not answer any more"
        self._process.kill()

    def _end(self) -> None:
        """Tell all who wait that there is nobody any more."""
        self.ended.set()
        gone = EngineDownError(
            f"The engine's process {self.why_ended()}.", "It is being started again: repeat this."
        )
        for events in self._jobs.values():
            events.put(gone)
        for answer in self._answers.values():
            answer.fail(gone)

    def _receive(self, message: dict[str, Any]) -> None:
        self._heard.set()
        if "slots" in message:
            self._slots = [read_slot(slot) for slot in message["slots"]]
        for number, *event in message.get("events", ()):
            if (events := self._jobs.get(number)) is not None:
                events.put(read_event(event))
        answer = self._answers.get(message.get("answer", 0))
        if answer is not None:
            answer.take(message)

    def _require_room(self, priority: Priority) -> None:
        """Refuse what the engine's queue has no room for, before anything of it is written.

        Those that it would serve later do not stand in the way; see Scheduler.add.
        """
        self._require_life()
        before = sum(
            1 for each in self._jobs.values() if not each.over and each.priority <= priority
        )
        self._require_below_limit(before)

    def _require_below_limit(self, before: int) -> None:
        if before >= self._limits.parallel + self._limits.queue:
            raise BusyError(max(0, before - self._limits.parallel))

    def _require_life(self) -> None:
        if self.ended.is_set():
            raise EngineDownError(f"The engine's process {self.why_ended()}.")

    def _turn(self, long: bool) -> AbstractAsyncContextManager[None]:
        return self._long if long else nullcontext()

    async def _ask(self, length: int, question: Callable[[], dict[str, Any]]) -> list[Any]:
        """Return the parts of the answer to a question about a text or tokens of some length."""
        self._require_life()
        self._require_below_limit(len(self._answers))
        number = next(self._numbers)
        answer = self._answers[number] = Answer()
        long = length > LONG_TEXT
        try:
            async with self._turn(long):
                await self._out.send(
                    lambda: answer.sent_as(question() | {"id": number, "long": long})
                )
                return await answer.parts()
        finally:
            del self._answers[number]
            if answer.sent and not answer.over and not self.ended.is_set():
                self._out.send_short({"op": "cancel", "id": number})


def host_command() -> list[str]:
    """Return the command of an engine's process: in a frozen app there is no ``python -m``."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "engine-host"]
    # -P: a file json.py in the current folder, the user's project perhaps, must not be run.
    return [sys.executable, "-P", "-m", "inference_core.engine.host"]
