"""Where the readers of an answer tell what they read, in the order in which it stands there."""

from collections.abc import Callable

from spark_desktop.domain.edit_blocks import (
    AnswerEvent,
    Block,
    BlockEnded,
    BlockGrew,
    BlockRefused,
    Hidden,
    Prose,
)


class BlockLog:
    """Gathers events; every character goes through it once, as prose, hidden, or a block's own."""

    def __init__(self) -> None:
        self._events: list[AnswerEvent] = []
        self._prose: list[str] = []
        self._growth: Callable[[], Block] | None = None
        self._own: list[str] = []
        self._ended: list[BlockRefused] = []
        self._number = 0
        self._position = 0

    def prose(self, text: str) -> None:
        """Give text to the chat."""
        self.release()
        self._position += len(text)
        self._prose.append(text)

    def hidden(self, text: str, is_reasoning: bool = False) -> None:
        """Give away text that is for nobody."""
        self.release()
        self._hide(text, is_reasoning)

    def own(self, text: str) -> None:
        """Keep text for the block that is being read, or comes next."""
        self._own.append(text)

    def release(self) -> None:
        """Hide the text that was kept: no block came."""
        if self._own:
            text = "".join(self._own)
            self._own.clear()
            self._hide(text)

    def grew(self, make: Callable[[], Block]) -> None:
        """Tell that the current block grew; only the newest growth of a feed is told."""
        self._growth = make

    def ended(self, block: Block, is_cut: bool = False) -> None:
        """Tell that the current block ended; the kept text is its own."""
        number, text, span = self._close()
        self._tell(BlockEnded(number, block, is_cut, span))
        self._ended.append(BlockRefused(number, "", text, span))

    def refused(self, reason: str) -> None:
        """Tell that the current block cannot be read, and why."""
        number, text, span = self._close()
        self._tell(BlockRefused(number, reason, text, span))

    def retract(self, reason: str) -> None:
        """Refuse every block that has ended so far."""
        for one in self._ended:
            self._tell(BlockRefused(one.number, reason, one.text, one.span))
        self._ended.clear()

    def drain(self) -> tuple[AnswerEvent, ...]:
        """Return the events since the last time."""
        self._tell_prose()
        if self._growth is not None:
            self._events.append(BlockGrew(self._number, self._growth))
            self._growth = None
        events = tuple(self._events)
        self._events.clear()
        return events

    def _close(self) -> tuple[int, str, tuple[int, int]]:
        text = "".join(self._own)
        self._own.clear()
        self._growth = None
        number, self._number = self._number, self._number + 1
        start, self._position = self._position, self._position + len(text)
        return number, text, (start, self._position)

    def _hide(self, text: str, is_reasoning: bool = False) -> None:
        if text:
            self._position += len(text)
            self._tell(Hidden(text, is_reasoning))

    def _tell(self, event: AnswerEvent) -> None:
        self._tell_prose()
        self._events.append(event)

    def _tell_prose(self) -> None:
        # In one piece: of a feed that holds many lines, that is one event.
        if self._prose:
            self._events.append(Prose("".join(self._prose)))
            self._prose.clear()
