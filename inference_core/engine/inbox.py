"""What comes in for the engine's OS thread while it computes, and what cannot wait for a batch.

A batch of a prompt takes up to a second, and one of a long draft not much less. A request of better
priority cuts it short, and so does the cancelling of all requests in it; everything else waits for
its end. One lock covers the messages and the decision to start a batch: so no message can come
between looking for messages and computing.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from inference_core.domain.generation import Priority
from inference_core.engine.job import Job


@dataclass(frozen=True, slots=True)
class Start:
    """A request has come."""

    job: Job


@dataclass(frozen=True, slots=True)
class Cancel:
    """Nobody waits for this request's answer any more."""

    job_id: int


@dataclass(frozen=True, slots=True)
class Close:
    """Stop everything."""


Message = Start | Cancel | Close


@dataclass(frozen=True, slots=True)
class _Running:
    jobs: set[int]
    priority: Priority
    long: bool


class Inbox:
    """Messages in order of arrival; ``stop`` is the decoder's."""

    def __init__(self, stop: Callable[[bool], None]) -> None:
        self._stop = stop
        self._changed = threading.Condition()
        self._messages: list[Message] = []
        self._running: _Running | None = None

    def put(self, message: Message) -> None:
        """Add a message, from any OS thread; it cuts the running batch short if it must."""
        with self._changed:
            self._messages.append(message)
            if self._running is not None and _is_urgent(message, self._running):
                self._stop(True)
            self._changed.notify()

    def take(self, wait: bool) -> list[Message]:
        """Return what has come; ``wait`` until there is something."""
        with self._changed:
            while wait and not self._messages:
                self._changed.wait()
            messages, self._messages = self._messages, []
            return messages

    def enter(self, jobs: frozenset[int], priority: Priority, long: bool) -> bool:
        """Announce a batch, ``long`` where it takes the time of several tokens.

        False where messages have come that are to be looked at first.
        """
        with self._changed:
            if self._messages:
                return False
            self._running = _Running(set(jobs), priority, long)
            self._stop(False)
            return True

    def leave(self) -> None:
        """The batch is over."""
        with self._changed:
            self._running = None


def _is_urgent(message: Message, running: _Running) -> bool:
    match message:
        case Close():
            return True
        case Cancel(job_id):
            # One step of answers is over sooner than it could be begun anew. And while others are
            # in the batch, who asks and cancels again and again must not keep them from advancing.
            running.jobs.discard(job_id)
            return running.long and not running.jobs
        case Start(job):
            return running.long and job.request.priority < running.priority
