"""What llama.cpp says while it works: into Python's logging, and the last error kept for messages.

The library has one log for everything in the process, so this is one object too.
"""

import ctypes as ct
import logging

LOG_CALLBACK = ct.CFUNCTYPE(None, ct.c_int, ct.c_char_p, ct.c_void_p)

_LOG = logging.getLogger(__name__)
_WARNING = 3
_ERROR = 4


class LibraryLog:
    """Takes the library's lines; set ``stopping`` where errors are what was asked for."""

    def __init__(self) -> None:
        self.stopping = False
        self._error = ""
        # Referred to by the library for ever.
        self.callback = LOG_CALLBACK(self.take)

    def take(self, level: int, text: bytes | None, data: object = None) -> None:
        """Take a line; those below a warning are dropped."""
        if level not in (_WARNING, _ERROR) or text is None:
            return
        line = text.decode("utf-8", "replace").strip()
        serious = level == _ERROR and not self.stopping
        if serious:
            self._error = line
        _LOG.log(logging.WARNING if serious else logging.DEBUG, "%s", line)

    def take_error(self) -> str:
        """Return the last error and forget it; empty where there was none."""
        text, self._error = self._error, ""
        return text


library_log = LibraryLog()
