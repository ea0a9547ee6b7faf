"""What a finished run left: its exit code and the end of its output."""

from dataclasses import dataclass

# Bytes of an output's end that are kept while a command runs.
KEPT_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class RunReport:
    """``code`` is the exit code as shells tell it: 128 and more for a signal.

    ``output`` is the end of what was written, ``interrupted`` whether the user broke it off.
    """

    code: int
    output: str
    interrupted: bool = False


class Tail:
    """The end of an output: the last ``most`` bytes of what was added."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._most = most
        self._kept = bytearray()

    def add(self, data: bytes) -> None:
        """Take what was written."""
        self._kept += data
        # Not at each piece: moving the rest costs its length.
        if len(self._kept) > 2 * self._most:
            del self._kept[: -self._most]

    @property
    def text(self) -> str:
        """Return the end as text; what is no UTF-8 is marked."""
        return bytes(self._kept[-self._most :]).decode("utf-8", "replace")
