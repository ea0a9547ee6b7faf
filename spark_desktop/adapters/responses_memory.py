"""What a server knows of conversations, so that only what is new is sent. No I/O."""

from collections import OrderedDict
from dataclasses import dataclass

from spark_desktop.adapters.responses_wire import parted
from spark_desktop.domain.completion import ChatRequest, Message

# Our own core keeps as many on a connection; what a server has forgotten, it says.
_MOST = 64


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    messages: tuple[Message, ...]


class ServerMemory:
    """The last response of each thread on one connection; the longest unused are forgotten."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def split(self, request: ChatRequest) -> tuple[str, tuple[Message, ...]]:
        """Return the response that a request continues, and the messages that are new.

        "" and all messages where the thread is not known, or its history is another one by now:
        an edited question, a message that was left out. Instructions are never among them.
        """
        messages = parted(request.messages)[1]
        known = self._known.get(request.thread)
        if known is None or len(messages) <= len(known.messages):
            return "", messages
        length = len(known.messages)
        if messages[:length] != known.messages:
            return "", messages
        return known.id, messages[length:]

    def has_all(self, request: ChatRequest) -> bool:
        """Return whether the server has every message of the request already."""
        known = self._known.get(request.thread)
        messages = parted(request.messages)[1]
        return known is not None and known.messages[: len(messages)] == messages

    def keep(self, request: ChatRequest, response_id: str, *said: Message) -> None:
        """Note that the server has the request, and what was said to it, under this id.

        A request without a thread is continued by none.
        """
        if not request.thread or not response_id:
            return
        self._known[request.thread] = _Known(response_id, (*parted(request.messages)[1], *said))
        self._known.move_to_end(request.thread)
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def forget(self, request: ChatRequest) -> None:
        """Send everything of this thread the next time."""
        self._known.pop(request.thread, None)
