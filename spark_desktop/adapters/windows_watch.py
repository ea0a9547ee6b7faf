"""Watching folders on Windows without waiting for a pause.

watchdog collects what Windows tells until nothing came for a second. Each save would be known a
second late, and while a build writes without a pause nothing would be heard at all.
"""

import queue
import sys
from typing import Any

from watchdog.observers.api import BaseObserver


class PromptQueue(queue.Queue[Any]):
    """A queue whose reader asks until it is empty: only the first item is waited for.

    One OS thread reads it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._has_given = False

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Return the next item; raise queue.Empty at once where others were just returned."""
        waits = block and not self._has_given
        self._has_given = False
        item = super().get(waits, timeout)
        self._has_given = True
        return item


if sys.platform == "win32":
    from watchdog.observers.read_directory_changes import WindowsApiEmitter
    from watchdog.observers.winapi import DirectoryChangeReader

    class PromptEmitter(WindowsApiEmitter):
        """Tells the changes of one folder as they come."""

        def on_thread_start(self) -> None:
            """Begin to read, into a queue of ours."""
            reader = DirectoryChangeReader(self.watch.path, recursive=self.watch.is_recursive)
            reader._buf_queue = PromptQueue()
            with self._lock:
                self._reader = reader
            reader.start()

    def observer() -> BaseObserver:
        """Return an observer that tells changes as they come."""
        return BaseObserver(PromptEmitter)

else:
    from watchdog.observers import Observer

    def observer() -> BaseObserver:
        """Return the system's own observer, which needs no help."""
        return Observer()
