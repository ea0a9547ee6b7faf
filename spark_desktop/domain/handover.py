"""What a second start of the program tells the one that runs already."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import Any

# Bytes of one message; a longer one is nothing that a start of the program says.
MOST_BYTES = 64 * 1024
_VERSION = 1


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """Open this folder (an absolute path, empty for none) and show the window.

    ``model`` is what ``--model`` named. ``activation`` is the token by which the desktop lets a
    window come to the front, empty where it gave none. One that is ``hidden`` shows no window.
    """

    folder: str = ""
    model: str = ""
    hidden: bool = False
    activation: str = ""


@dataclass(frozen=True, slots=True)
class QuickText:
    """Open the quick prompt with this question, which may be empty."""

    text: str = ""
    activation: str = ""


@dataclass(frozen=True, slots=True)
class ChooseFolder:
    """Show the window, and let the user choose a folder in it."""

    activation: str = ""


@dataclass(frozen=True, slots=True)
class FollowLink:
    """Do what a URL asks for, as far as ``spark_link`` can read it and the user agrees."""

    link: str = ""
    activation: str = ""


@dataclass(frozen=True, slots=True)
class FailedCommand:
    """A command failed in ``folder`` of the project in ``root``: propose a fix.

    ``root`` is an absolute path, ``folder`` one in it; ``command`` is written as for a shell,
    ``output`` is the end of what it wrote.
    """

    root: str = ""
    folder: str = ""
    command: str = ""
    output: str = ""
    activation: str = ""


@dataclass(frozen=True, slots=True)
class Snooze:
    """Let the open project start nothing for so many minutes, or until the next morning.

    With neither a snooze ends.
    """

    minutes: int = 0
    until_morning: bool = False


Handover = OpenWindow | QuickText | ChooseFolder | FollowLink | FailedCommand | Snooze
_KINDS: dict[str, type[Handover]] = {
    "open": OpenWindow,
    "quick": QuickText,
    "choose": ChooseFolder,
    "link": FollowLink,
    "failed": FailedCommand,
    "snooze": Snooze,
}


def within(message: FailedCommand, root: PurePath) -> FailedCommand | None:
    """Return the message as one about the project in ``root``; None where it ran elsewhere.

    A terminal takes the git work tree for the project, of which a window may show a part, or the
    current folder where there is no git.
    """
    folder = PurePath(message.root, message.folder)
    if ".." in folder.parts or not folder.is_relative_to(root):
        return None
    inside = folder.relative_to(root)
    return replace(
        message, root=str(root), folder="" if inside == PurePath() else inside.as_posix()
    )


def encode(message: Handover) -> bytes:
    """Return the message as one line of JSON."""
    kind = next(name for name, known in _KINDS.items() if isinstance(message, known))
    return _line({"spark": _VERSION, "kind": kind, **asdict(message)})


def fitting(message: FailedCommand) -> FailedCommand:
    """Return the message with as much of its output's end as one message holds."""
    while len(encode(message)) > MOST_BYTES and message.output:
        # A character takes one byte or six, as JSON writes it.
        message = replace(message, output=message.output[len(message.output) // 4 + 1 :])
    return message


def decode(line: bytes) -> Handover | None:
    """Return what a line says; None for what is no message of ours.

    A value that a newer program added is passed over.
    """
    data = _table(line)
    kind = _KINDS.get(str(data.get("kind")))
    if kind is None or data.get("spark") != _VERSION:
        return None
    default = asdict(kind())
    given = {name: data[name] for name in default if name in data}
    if any(type(value) is not type(default[name]) for name, value in given.items()):
        return None
    return kind(**given)


def _line(data: dict[str, object]) -> bytes:
    return json.dumps(data).encode() + b"\n"


def _table(line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
