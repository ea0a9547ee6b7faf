"""Keys are taken out of whatever is logged, printed or reported."""

import json
import logging
import re
import sys
import threading
import traceback
from types import TracebackType
from typing import TextIO
from urllib.parse import quote

from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret import Secret

MASK = "…"
# A key that is known by itself is masked wherever it stands; a shorter one stands everywhere.
_SHORTEST = 8
_HEADERS = "authorization|proxy-authorization|x-api-key|api-key|x-goog-api-key|cookie|set-cookie"
# A header as Python, JSON, curl, a raw request and a list of pairs show it: up to the closing
# quote, else to the end of the line.
_HEADER = regex(
    rf"(?P<name>\b(?:{_HEADERS})\b['\"]?\s*[:=,]\s*)(?P<value>b?'[^'\n]*'|b?\"[^\"\n]*\"|[^'\"\r\n]+)",
    re.IGNORECASE,
)
_BEARER = regex(r"\b(?P<name>Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_QUERY = regex(
    r"(?P<name>[?&](?:key|api[-_]?key|access_token|token|sig|signature)=)[^&\s'\"<>)]+",
    re.IGNORECASE,
)
_USER_INFO = regex(r"(?P<name>://)[^/\s@'\"]+@")
# Vendors begin their keys in ways of their own.
_VENDORS = regex(r"\b(?P<name>sk-|csk-|gsk_|hf_|AIza|xai-)[A-Za-z0-9_-]{12,}")
# They print headers and bodies while they debug.
_TALKATIVE = ("httpx", "httpcore", "hpack", "h2", "websockets", "urllib3")


class Redaction:
    """Masks by shape what looks like a key, and by value what is known to be one."""

    def __init__(self) -> None:
        self._known: dict[Secret, tuple[str, ...]] = {}

    def learn(self, key: Secret) -> None:
        """Mask this key from now on; one that is very short is masked by its place only."""
        text = key.reveal().strip()
        if len(text) >= _SHORTEST:
            self._known[key] = _forms(text)

    def redacted(self, text: str) -> str:
        """Return the text without keys, passwords in addresses, and headers that hold either."""
        for forms in tuple(self._known.values()):
            for form in forms:
                text = text.replace(form, MASK)
        text = _HEADER.sub(rf"\g<name>{MASK}", text)
        for pattern in (_BEARER, _QUERY, _VENDORS):
            keeps = r"\g<name>" + (" " if pattern is _BEARER else "") + MASK
            text = pattern.sub(keeps, text)
        return _USER_INFO.sub(rf"\g<name>{MASK}@", text)


def _forms(text: str) -> tuple[str, ...]:
    """Return a key as it is, and as URLs, JSON and Python write it, the longest first."""
    found = {
        text,
        quote(text, safe=""),
        quote(text),
        # Characters that a path may hold stay as they are in it.
        quote(text, safe="/+=!$&'()*,;:@~"),
        json.dumps(text)[1:-1],
        repr(text)[1:-1],
    }
    return tuple(sorted(found, key=len, reverse=True))


# One for the program: a traceback does not know which endpoint it came from.
REDACTION = Redaction()


class RedactingFormatter(logging.Formatter):
    """Formats as another one does, tracebacks included, and then takes the keys out."""

    def __init__(self, inner: logging.Formatter, redaction: Redaction = REDACTION) -> None:
        super().__init__()
        self._inner = inner
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or the lines, without keys."""
        return self._redaction.redacted(self._inner.format(record))


def keep_keys_out(root: logging.Logger | None = None) -> None:
    """Redact what the root's handlers write, or the one of a program that has set up none.

    Call it after the handlers are set up. Libraries that print headers are kept from it, also
    where the program's own level is DEBUG.
    """
    handlers = (root or logging.getLogger()).handlers
    last = logging.lastResort
    for handler in handlers or ([last] if last is not None else []):
        if not isinstance(handler.formatter, RedactingFormatter):
            handler.setFormatter(RedactingFormatter(handler.formatter or logging.Formatter()))
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def keep_keys_out_of_crashes(stream: TextIO | None = None) -> None:
    """Redact the traceback that ends the program or an OS thread; ``stream`` replaces stderr."""

    def uncaught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        lines = "".join(traceback.format_exception(kind, error, trace))
        out = stream or sys.stderr
        # There is none in a program without a console.
        if out is not None:
            out.write(REDACTION.redacted(lines))

    def uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and args.exc_type is not SystemExit:
            uncaught(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
