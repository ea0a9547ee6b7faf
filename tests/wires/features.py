"""What servers can do, and how a cell of the table of servers and features is known."""

from dataclasses import dataclass
from enum import Enum


class Feature(Enum):
    """One line of the table; the value is what the described wires call it."""

    CHAT = "chat"
    USAGE = "usage"
    CACHED = "cached"
    REASONING = "reasoning"
    TOOLS = "tools"
    STRUCTURED = "structured"
    STOP = "stop"
    PREDICTION = "prediction"
    CANCEL = "cancel"
    MODELS = "models"
    CONTEXT = "context"
    FILL_IN = "fill-in"
    TOKENIZE = "tokenize"
    LIMITS = "limits"
    OVERFLOW = "overflow"
    BROKEN = "broken"
    RESPONSES = "responses"
    SOCKET = "socket"


TITLES = {
    Feature.CHAT: "Chat, streamed",
    Feature.USAGE: "Tokens counted by the server",
    Feature.CACHED: "Reused prompt tokens told",
    Feature.REASONING: "Reasoning apart from the answer",
    Feature.TOOLS: "Tool calls, streamed",
    Feature.STRUCTURED: "Answer held to a JSON schema",
    Feature.STOP: "Stop texts",
    Feature.PREDICTION: "Predicted output",
    Feature.CANCEL: "A stop frees the server",
    Feature.MODELS: "List of models",
    Feature.CONTEXT: "Real context told",
    Feature.FILL_IN: "Fill-in between two texts",
    Feature.TOKENIZE: "Tokens of a text counted",
    Feature.LIMITS: "Rate limits told",
    Feature.OVERFLOW: "Too long a prompt recognised",
    Feature.BROKEN: "Error in mid-stream recognised",
    Feature.RESPONSES: "Responses over HTTP",
    Feature.SOCKET: "Responses over WebSocket",
}


class Known(Enum):
    """How it is known: the server itself ran, or its documents describe the wire."""

    REAL = "real"
    DESCRIBED = "described"


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether a feature works with a server, how that is known, and what is to be said of it."""

    works: bool
    known: Known
    note: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """One column: ``version`` is what ran or was described on the day ``as_of`` (ISO)."""

    id: str
    title: str
    version: str
    as_of: str
    cells: dict[Feature, Cell]


def real(note: str = "") -> Cell:
    """It was seen to work."""
    return Cell(True, Known.REAL, note)


def described(note: str = "") -> Cell:
    """It works with what the documents of the server describe."""
    return Cell(True, Known.DESCRIBED, note)


def refused(note: str = "") -> Cell:
    """The running server was seen to lack it."""
    return Cell(False, Known.REAL, note)


def absent(note: str = "") -> Cell:
    """The documents of the server know nothing of it, or say that it is not there."""
    return Cell(False, Known.DESCRIBED, note)
