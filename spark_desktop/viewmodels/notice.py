"""One line that says what is happening and why, with at most one action."""

from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.errors import SparkError


class Tone(Enum):
    """What a text means; the view gives it a colour."""

    PLAIN = "plain"
    MUTED = "muted"
    BUSY = "busy"
    GOOD = "good"
    WARNING = "warning"
    PROBLEM = "problem"


class Intent(Enum):
    """What an action asks for."""

    OPEN_FOLDER = "open folder"
    RETRY_CORE = "start the core again"
    STOP = "stop"
    REPEAT = "repeat"
    SHOW_ANYWAY = "show what was withheld"
    GO_ON = "go on with an answer"
    DISMISS = "dismiss"
    UNDO = "undo"
    EDIT = "type an edit"
    ASK = "ask a question"
    HELP = "show how"
    RESUME = "watch again"
    TAKE_MISSED = "look at what was saved during a pause"
    START_HELD = "start what was held back"
    HIDE = "hide the window"
    ENDPOINTS = "show the endpoints"
    UPDATES = "show the updates"
    OPEN_LINKED = "open the folder that a link names"
    ALLOW_CHECKS = "show what allowing the project's commands means"
    NOT_NOW = "ask for the commands in another session"
    NEVER_CHECKS = "never ask for the project's commands"


@dataclass(frozen=True, slots=True)
class Action:
    """A button: its label, and what it asks for."""

    label: str
    intent: Intent


@dataclass(frozen=True, slots=True)
class Notice:
    """``text`` is the line, ``hint`` the next step in a quieter voice.

    ``other`` is a second way: to say no where ``action`` needs consent (``never`` says it for
    good), or to look at what was withheld.
    """

    text: str
    tone: Tone = Tone.PLAIN
    hint: str = ""
    action: Action | None = None
    other: Action | None = None
    never: Action | None = None


def notice_of(error: SparkError, action: Action | None = None) -> Notice:
    """Return the notice of an error, with its next step."""
    return Notice(error.message, Tone.PROBLEM, error.next_step, action)
