"""Asks a trial, which is a process of its own; its end is an error here and nothing worse."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Protocol

from inference_core.machine.child import child_command
from inference_core.machine.trial import TrialSpec

# Loading takes seconds, from a slow disk tens of them; no single question takes nearly as long.
_ANSWER_WITHIN_S = 90.0
# One whose output is closed is about to end.
_END_WITHIN_S = 1.0


class TrialFailedError(Exception):
    """A trial ended, or said that it cannot; the text is a line for a person."""


class Trial(Protocol):
    """One loaded model that can be timed; every method raises TrialFailedError."""

    def prefill(self, tokens: int) -> float:
        """Return the milliseconds that a prompt of so many tokens takes."""
        ...

    def decode(self, steps: int) -> float:
        """Return the median milliseconds of a token."""
        ...

    def step(self, rows: int) -> float:
        """Return the milliseconds of a step with so many rows."""
        ...

    def greedy(self, tokens: int) -> list[int]:
        """Return what the model writes after a fixed beginning."""
        ...

    def agreement(self, written: Sequence[int]) -> float:
        """Return for what share of these tokens the model chooses the same."""
        ...


OpenTrial = Callable[[TrialSpec], AbstractContextManager[Trial]]


@contextmanager
def trial_process(
    spec: TrialSpec,
    command: Sequence[str] = (),
    answer_within_s: float = _ANSWER_WITHIN_S,
) -> Iterator[Trial]:
    """Load a model in a process that ends with the block. Raises TrialFailedError.

    ``command`` is another program that answers the same way.
    """
    child = subprocess.Popen(
        command or child_command("engine-trial", "inference_core.machine.trial"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    with child:  # closes the pipes, waits
        trial = TrialProcess(child, answer_within_s)
        try:
            trial.tell(spec.to_line())
            trial.receive()
            yield trial
        finally:
            child.kill()
            with suppress(BrokenPipeError):
                # What could not be written to a process that ended is of no use now.
                trial.hang_up()


class TrialProcess:
    """A running trial; build it with ``trial_process``."""

    def __init__(self, child: subprocess.Popen[str], answer_within_s: float) -> None:
        self._child = child
        self._answer_within_s = answer_within_s

    def prefill(self, tokens: int) -> float:
        """Return the milliseconds that a prompt of so many tokens takes."""
        return self._number("prefill", tokens)

    def decode(self, steps: int) -> float:
        """Return the median milliseconds of a token."""
        return self._number("decode", steps)

    def step(self, rows: int) -> float:
        """Return the milliseconds of a step with so many rows."""
        return self._number("step", rows)

    def greedy(self, tokens: int) -> list[int]:
        """Return what the model writes after a fixed beginning."""
        answer = self._ask("greedy", tokens)
        if not isinstance(answer, list):
            raise TrialFailedError(f"it answered {answer!r} instead of tokens")
        return [int(token) for token in answer]

    def agreement(self, written: Sequence[int]) -> float:
        """Return for what share of these tokens the model chooses the same."""
        return self._number("agreement", list(written))

    def tell(self, line: str) -> None:
        """Write one line to the process. Raises TrialFailedError where it has ended."""
        stream = self._child.stdin
        assert stream is not None  # a pipe was asked for
        try:
            stream.write(line + "\n")
            stream.flush()
        except OSError as error:
            raise TrialFailedError(self._end()) from error

    def receive(self) -> object:
        """Return the next answer; a process that is silent for too long is ended."""
        stream = self._child.stdout
        assert stream is not None  # a pipe was asked for
        silent = threading.Timer(self._answer_within_s, self._child.kill)
        silent.start()
        try:
            line = stream.readline()
        finally:
            silent.cancel()
        try:
            told = json.loads(line)
            return told["answer"]
        except KeyError as error:
            raise TrialFailedError(str(told.get("failed", told))) from error
        except (ValueError, TypeError) as error:
            raise TrialFailedError(self._end()) from error

    def hang_up(self) -> None:
        """Close the way to the process, which ends it. Raises BrokenPipeError."""
        if self._child.stdin is not None:
            self._child.stdin.close()

    def _ask(self, what: str, of: object) -> object:
        self.tell(json.dumps({"ask": what, "of": of}))
        return self.receive()

    def _number(self, what: str, of: object) -> float:
        answer = self._ask(what, of)
        if not isinstance(answer, int | float):
            raise TrialFailedError(f"it answered {answer!r} instead of a number")
        return float(answer)

    def _end(self) -> str:
        """Return how the process ended; it is ended where it does not do so by itself."""
        try:
            self._child.wait(_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
        return f"its process ended with code {self._child.wait()}"
