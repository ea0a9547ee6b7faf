"""The engine's process: ``python -m inference_core.engine.host``.

The model lives in a process of its own, so that the core goes on serving (and can say what is
wrong) when the engine crashes, and so that computing and HTTP do not share an interpreter lock.

It reads lines of JSON: first an EngineSpec, then ``start``, ``cancel``, ``tokenize``,
``detokenize``, ``ping`` and ``close``. It writes ``loading``, then ``ready`` or ``failed``, then
``events`` after each batch, with the ``slots`` if they have changed. A question gets lines with its
number as ``answer``: some with a ``part`` each, and one with ``done`` or ``error``.
When its input ends, the core is gone, and it ends at once, whatever it is doing.
"""

import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, BinaryIO, NoReturn

from inference_core.domain.errors import CoreError, EngineError
from inference_core.domain.generation import Event, PromptProgress
from inference_core.engine.decoder import Decoder
from inference_core.engine.drafting import StepCosts
from inference_core.engine.host_wire import (
    error_json,
    event_json,
    info_json,
    read_request,
    slot_json,
)
from inference_core.engine.inbox import Cancel, Close, Inbox, Start
from inference_core.engine.job import Job
from inference_core.engine.openmp import spin_briefly
from inference_core.engine.preparation import Preparation
from inference_core.engine.scheduler import Limits, Scheduler
from inference_core.engine.spec import EngineSpec
from inference_core.engine.text_work import TextWork


def main() -> int:
    """Serve one model until told to close, or until the input ends; the process ends with it."""
    # Ctrl+C in a terminal reaches the whole group; the core decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    spin_briefly()
    channel = Channel(_private_output())
    source = _private_input()
    spec = EngineSpec.from_line(source.readline())
    lines = Lines(source)
    lines.start()
    # Here, not above: the environment for OpenMP must be set before the library is loaded.
    from inference_core.engine.llama_decoder import LlamaDecoder

    try:
        decoder = LlamaDecoder.load(
            spec.model,
            spec.decoder,
            library=spec.library,
            on_progress=lambda done: channel.say({"loading": round(done, 3)}),
        )
    except CoreError as error:
        channel.say({"failed": error_json(error)})
        leave(1)
    host = Host(decoder, spec.limits, StepCosts(spec.step_ms), channel)
    channel.say({"ready": info_json(decoder.info), "slots": host.slots_json()})
    lines.deliver_to(host.receive)
    # The first answer that is held to a schema would wait a second for it.
    threading.Thread(target=decoder.prepare, name="prepare", daemon=True).start()
    with _Leaving():
        host.run()
        decoder.close()
    return 0


class _Leaving:
    """Ends the process after its block; what the block raised is printed first."""

    def __enter__(self) -> None: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            traceback.print_exception(error)
        leave(0 if error is None else 1)


def leave(code: int) -> NoReturn:
    """End without the interpreter's teardown, which a thread in the engine would crash."""
    sys.stderr.flush()
    os._exit(code)


class Channel:
    """Lines to the core, whole ones from any OS thread."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._lock = threading.Lock()

    def say(self, message: dict[str, Any]) -> None:
        """Write one line; where nobody reads any more, the process ends."""
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        # Half a surrogate pair may come back in an error about what somebody sent.
        line = text.encode("utf-8", "surrogatepass") + b"\n"
        try:
            with self._lock:
                self._out.write(line)
                self._out.flush()
        except OSError:
            leave(0)


class Host:
    """One decoder, its scheduler and its inbox."""

    def __init__(
        self, decoder: Decoder, limits: Limits, costs: StepCosts, channel: Channel
    ) -> None:
        self._channel = channel
        self._inbox = Inbox(decoder.stop)
        self._events: list[list[Any]] = []
        self._scheduler = Scheduler(decoder, limits, self._emit, costs)
        self._preparation = Preparation(decoder)
        # Beside the engine's OS thread, and a short text never waits for a long one.
        self._short_texts = TextWork("short texts")
        self._long_texts = TextWork("long texts")
        self._guard = threading.Lock()
        self._working: set[int] = set()
        self._told = self._scheduler.slots()

    def receive(self, message: dict[str, Any]) -> None:
        """Take a message of the core; called from the thread that reads."""
        number = int(message.get("id", 0))
        match message["op"]:
            case "start":
                request = message["request"]
                self._work(message, lambda: self._prepare(number, request))
            case "tokenize":
                text, special = message["text"], message["special"]
                self._ask(message, lambda: self._preparation.tokens(text, special))
            case "detokenize":
                tokens = message["tokens"]
                self._ask(message, lambda: self._preparation.text(tokens))
            case "cancel":
                self._cancel(number)
            case "ping":
                self._channel.say({"answer": number, "done": True})
            case "close":
                self._inbox.put(Close())

    def run(self) -> None:
        """Compute until told to close; the calling OS thread becomes the engine's."""
        stuck = False
        while True:
            messages = self._inbox.take(wait=False)
            if not messages and (stuck or self._scheduler.idle):
                if self._scheduler.tidy():
                    continue
                messages = self._inbox.take(wait=True)
            for message in messages:
                match message:
                    case Start(job):
                        self._add(job)
                    case Cancel(job_id):
                        self._scheduler.cancel(job_id)
                    case Close():
                        return
            batch = self._scheduler.compose()
            stuck = batch is None
            if batch is not None and self._inbox.enter(batch.jobs, batch.priority, batch.long):
                self._flush()
                self._scheduler.run(batch)
                self._inbox.leave()
            self._flush()

    def slots_json(self) -> list[list[Any]]:
        """Return the state of the slots as it is sent."""
        return [slot_json(slot) for slot in self._scheduler.slots()]

    def _add(self, job: Job) -> None:
        said = len(self._events)
        self._scheduler.add(job)
        if len(self._events) == said:
            # It was not refused: from here on whoever asked may tell its own client that all is
            # well, which can take long to show otherwise.
            self._emit(job.id, PromptProgress(len(job.tokens), 0, 0))

    def _work(self, message: dict[str, Any], work: Callable[[], None]) -> None:
        """Let work on a text be done in its turn, unless it is cancelled before."""
        number = int(message["id"])

        def do() -> None:
            try:
                work()
            except Exception as fault:  # noqa: BLE001 - told to whoever waits, and printed
                self._tell_fault(number, fault)
            finally:
                with self._guard:
                    self._working.discard(number)

        with self._guard:
            self._working.add(number)
        (self._long_texts if message["long"] else self._short_texts).put(number, do)

    def _cancel(self, number: int) -> None:
        with self._guard:
            if number not in self._working:
                self._inbox.put(Cancel(number))
                return
            self._working.discard(number)
        self._short_texts.drop(number)
        self._long_texts.drop(number)

    def _wanted(self, number: int) -> bool:
        with self._guard:
            return number in self._working

    def _prepare(self, number: int, data: dict[str, Any]) -> None:
        try:
            job = self._preparation.job(number, read_request(data), self._wanted)
        except CoreError as error:
            self._channel.say({"events": [[number, *event_json(error)]]})
            return
        with self._guard:
            if job is not None and number in self._working:
                self._inbox.put(Start(job))
                self._working.discard(number)

    def _ask(self, message: dict[str, Any], parts: Callable[[], Iterator[Any]]) -> None:
        number = int(message["id"])

        def answer() -> None:
            try:
                for part in parts():
                    if not self._wanted(number):
                        return
                    self._channel.say({"answer": number, "part": part})
                self._channel.say({"answer": number, "done": True})
            except CoreError as error:
                self._channel.say({"answer": number, "error": error_json(error)})

        self._work(message, answer)

    def _tell_fault(self, number: int, fault: Exception) -> None:
        """Report a fault of ours: the one who asked must not wait for ever."""
        traceback.print_exception(fault)
        error = error_json(EngineError(f"The engine failed: {type(fault).__name__}."))
        self._channel.say({"answer": number, "error": error})
        self._channel.say({"events": [[number, "e", error]]})

    def _emit(self, number: int, event: Event | CoreError) -> None:
        self._events.append([number, *event_json(event)])

    def _flush(self) -> None:
        slots = self._scheduler.slots()
        # They stay as they are while an answer is written, and each step is waited for.
        changed = slots != self._told
        if not self._events and not changed:
            return
        events, self._events, self._told = self._events, [], slots
        self._channel.say({"events": events} | ({"slots": self.slots_json()} if changed else {}))


class Lines:
    """Reads the core's messages in an OS thread, from the start: its end must be seen at once."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._receiver: Callable[[dict[str, Any]], None] | None = None
        self._ready = threading.Event()

    def start(self) -> None:
        """Begin to read; messages wait until somebody takes them."""
        threading.Thread(target=self._read, name="messages", daemon=True).start()

    def deliver_to(self, receiver: Callable[[dict[str, Any]], None]) -> None:
        """Let every message go to ``receiver``, in the reading thread."""
        self._receiver = receiver
        self._ready.set()

    def _read(self) -> None:
        with _Leaving():
            for line in self._source:
                if not line.endswith(b"\n"):
                    return  # the core died while it wrote
                self._ready.wait()
                if self._receiver is not None:
                    self._receiver(json.loads(line))


def _private_input() -> BinaryIO:
    """Return the standard input, and let others find an empty one.

    On Windows whoever asks for the kind of a pipe waits while a thread reads from it, and a library
    that is loaded asks for the kind of the standard input.
    """
    source = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    return source


def _private_output() -> BinaryIO:
    """Return the standard output, and let what others print go to standard error instead."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


if __name__ == "__main__":
    main()
