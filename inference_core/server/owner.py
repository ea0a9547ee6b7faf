"""The process that started this core and that it must not outlive."""

import psutil


class Owner:
    """A process by number and start time: numbers are used again, the pair is not."""

    def __init__(self, pid: int) -> None:
        self._process: psutil.Process | None
        try:
            self._process = psutil.Process(pid)
        except psutil.NoSuchProcess:
            self._process = None

    def is_alive(self) -> bool:
        """Return whether the process still runs; one that waits to be reaped does not."""
        if self._process is None:
            return False
        try:
            # is_running compares the start time, too.
            running = self._process.is_running()
            return running and self._process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True
