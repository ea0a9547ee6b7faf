"""Find where a JSON object ends, while it is still being written."""

import re

_STRUCTURE = re.compile(r'["{}\[\]<]')
_IN_STRING = re.compile(r'["\\]')


class JsonExtent:
    """Counts brackets outside of strings; ``depth`` are those that were open before.

    It does not check the grammar. A ``<`` outside of strings is in no JSON: it ends the object,
    too, so that a missing bracket does not swallow the tag behind it.
    """

    def __init__(self, depth: int = 0) -> None:
        self._depth = depth
        self._in_string = False
        self._escaped = False

    def feed(self, text: str) -> int | None:
        """Return how much of the next text belongs to the object, None if it goes on after it."""
        at = 0
        while at < len(text):
            if self._escaped:
                self._escaped = False
                at += 1
                continue
            sign = (_IN_STRING if self._in_string else _STRUCTURE).search(text, at)
            if sign is None:
                return None
            at = sign.end()
            if sign.group() == "<":
                return sign.start()
            if self._closes(sign.group()):
                return at
        return None

    def _closes(self, sign: str) -> bool:
        if sign == "\\":
            self._escaped = True
        elif sign == '"':
            self._in_string = not self._in_string
        elif sign in "{[":
            self._depth += 1
        else:
            self._depth -= 1
            return self._depth <= 0
        return False
