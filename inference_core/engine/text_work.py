"""An OS thread that cuts texts into tokens, beside the one that computes."""

import threading
from collections.abc import Callable


class TextWork:
    """Does one thing after the other, in the order in which they came.

    What is dropped before its turn is forgotten with the text that it holds; a thread pool would
    keep both until then.
    """

    def __init__(self, name: str) -> None:
        self._changed = threading.Condition()
        self._waiting: dict[int, Callable[[], None]] = {}
        threading.Thread(target=self._run, name=name, daemon=True).start()

    @property
    def waiting(self) -> list[int]:
        """The numbers of what waits for its turn."""
        with self._changed:
            return list(self._waiting)

    def put(self, number: int, work: Callable[[], None]) -> None:
        """Let ``work``, which must not raise, be done; from any OS thread."""
        with self._changed:
            self._waiting[number] = work
            self._changed.notify()

    def drop(self, number: int) -> None:
        """Forget what waits under this number, if it still does."""
        with self._changed:
            self._waiting.pop(number, None)

    def _run(self) -> None:
        while True:
            self._next()()

    def _next(self) -> Callable[[], None]:
        with self._changed:
            while not self._waiting:
                self._changed.wait()
            return self._waiting.pop(next(iter(self._waiting)))
