"""The core's end of one engine process: start it, ask it, notice its end."""

import asyncio
import itertools
import json
import logging
import os
import sys
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import suppress
from typing import Any

from inference_core.domain.errors import CoreError, EngineDownError, EngineError
from inference_core.domain.generation import (
    Event,
    Finished,
    GenerationRequest,
    ModelInfo,
    PromptProgress,
    TextPiece,
    Token,
)
from inference_core.engine.host_wire import (
    read_error,
    read_event,
    read_info,
    read_slot,
    request_json,
)
from inference_core.engine.openmp import spin_briefly
from inference_core.engine.slot import SlotState
from inference_core.engine.spec import EngineSpec

# How often a request that waits or pauses is told how far it is, though nothing has changed:
# whoever reads it could take silence for a broken connection.
SIGN_OF_LIFE_S = 5.0

# The tokens of a text of 8 MiB, as JSON, make the longest line.
_LINE_BYTES = 512 * 1024 * 1024

# A process that closes its output is about to end; one that does not get there is killed.
_EXIT_S = 2.0

# A living process answers this at once, also while it computes: messages have a thread of their own
# there. Three in a row, since a machine that wakes up may find the time of one over.
PULSE_S = 5.0
PULSE_ANSWER_S = 10.0
_PULSES_MISSED = 3

_log = logging.getLogger(__name__)


class EngineLink:
    """One engine process; ``open`` starts it. ``ended`` is set when it is gone."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._jobs: dict[int, _Events] = {}
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
        link = cls(process)
        try:
            await link._say_line(spec.to_line())
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
        number = next(self._numbers)
        events = self._jobs[number] = _Events()
        finished = False
        try:
            await self._say(op="start", id=number, request=request_json(request))
            progress = PromptProgress(0, 0, 0)
            while not finished:
                try:
                    async with asyncio.timeout(SIGN_OF_LIFE_S):
                        event = await events.get()
                except TimeoutError:
                    # It waits, or pauses for another request: nothing is wrong, so say that.
                    yield progress
                    continue
                if isinstance(event, PromptProgress):
                    progress = event
                finished = isinstance(event, Finished | CoreError)
                if isinstance(event, CoreError):
                    raise event
                yield event
        finally:
            del self._jobs[number]
            if not finished and not self.ended.is_set():
                self._write(op="cancel", id=number)

    async def tokenize(self, text: str, special: bool) -> list[Token]:
        """Return the tokens of a text."""
        listed = await self._ask(op="tokenize", text=text, special=special)
        return [Token(number, piece) for number, piece in listed]

    async def detokenize(self, tokens: Sequence[int]) -> str:
        """Return the text of tokens. Raises RequestError for a number that is no token."""
        return str(await self._ask(op="detokenize", tokens=list(tokens)))

    async def close(self, seconds: float) -> None:
        """Let the process end in order; what takes longer is killed."""
        if not self.ended.is_set():
            self._write(op="close")
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), seconds)
        await self.kill()

    async def kill(self) -> None:
        """End the process now, and wait until it is gone."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
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
        await self._process.wait()
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
        """Kill a process that takes no messages any more: it hangs, or somebody stopped it."""
        missed = 0
        while missed < _PULSES_MISSED:
            await asyncio.sleep(PULSE_S)
            try:
                async with asyncio.timeout(PULSE_ANSWER_S):
                    await self._ask(op="ping")
                missed = 0
            except TimeoutError:
                missed += 1
            except CoreError:
                return  # it has ended already
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
            if not answer.done():
                answer.set_exception(gone)

    def _receive(self, message: dict[str, Any]) -> None:
        if "slots" in message:
            self._slots = [read_slot(slot) for slot in message["slots"]]
        for number, *event in message.get("events", ()):
            if (events := self._jobs.get(number)) is not None:
                events.put(read_event(event))
        answer = self._answers.get(message.get("answer", 0))
        if answer is not None and not answer.done():
            if "error" in message:
                answer.set_exception(read_error(message["error"]))
            else:
                answer.set_result(message["value"])

    async def _ask(self, **message: Any) -> Any:
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            await self._say(id=number, **message)
            return await answer
        finally:
            del self._answers[number]
            if answer.done() and not answer.cancelled():
                answer.exception()  # looked at: it may have come after the caller left

    async def _say(self, **message: Any) -> None:
        if self.ended.is_set():
            raise EngineDownError(f"The engine's process {self.why_ended()}.")
        await self._say_line(json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    async def _say_line(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            # Half a surrogate pair is no text, but it is not for the link to say so.
            self._process.stdin.write(line.encode("utf-8", "surrogatepass") + b"\n")
            await self._process.stdin.drain()
        except ConnectionError:
            return  # its end is noticed where it is read

    def _write(self, **message: Any) -> None:
        assert self._process.stdin is not None
        if not self._process.stdin.is_closing():
            self._process.stdin.write(json.dumps(message).encode("utf-8") + b"\n")


class _Events:
    """The events of one answer; text that nobody has taken yet is joined, so that few are kept."""

    def __init__(self) -> None:
        self._waiting: deque[Event | CoreError] = deque()
        self._some = asyncio.Event()

    def put(self, event: Event | CoreError) -> None:
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, TextPiece) and isinstance(event, TextPiece):
            self._waiting[-1] = TextPiece(
                last.text + event.text,
                last.tokens + event.tokens,
                last.logprobs + event.logprobs,
            )
        elif isinstance(last, PromptProgress) and isinstance(event, PromptProgress):
            self._waiting[-1] = event
        else:
            self._waiting.append(event)
        self._some.set()

    async def get(self) -> Event | CoreError:
        while not self._waiting:
            self._some.clear()
            await self._some.wait()
        return self._waiting.popleft()


def host_command() -> list[str]:
    """Return the command of an engine's process: in a frozen app there is no ``python -m``."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "engine-host"]
    # -P: a file json.py in the current folder, the user's project perhaps, must not be run.
    return [sys.executable, "-P", "-m", "inference_core.engine.host"]
