"""A thread as a file: Markdown for people, JSON (docs/threads.md) for programs."""

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, TypeVar

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.context_item import Attached, ItemKind, ItemRef
from spark_desktop.domain.conversation import Thread, Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import Said, joined, say

FORMAT = "spark-thread"
VERSION = 1
_UNTITLED = say("New thread")

# Puts what we say into a language.
Tell = Callable[[str], str]

T = TypeVar("T")


def to_markdown(thread: Thread, tell: Tell = str) -> str:
    """Return the thread as Markdown: a heading a question, the answers as they were written.

    What stands between them is in English, or what ``tell`` makes of it.
    """
    title = " ".join(thread.title.split()) or tell(_UNTITLED)
    begun = tell(say("Begun {when}", when=_minute(thread.created)))
    parts = [f"# {title}", f"*{begun}*"]
    for turn in thread.turns:
        heading = say("You · {when}", when=_minute(turn.created))
        about = [*_about(turn), *_with(turn)]
        parts += [f"## {tell(heading)}", *(f"*{tell(one)}*" for one in about)]
        parts += [turn.question.strip()]
        parts += [f"## Spark{f' · {turn.model}' if turn.model else ''}"]
        ended = tell(_ended(turn))
        parts += [text for text in (turn.answer.strip(), f"*{ended}*" if ended else "") if text]
    return "\n\n".join(parts) + "\n"


def to_json(thread: Thread) -> str:
    """Return the thread as JSON, with everything that is kept of it."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "id": thread.id,
        "title": thread.title,
        "created": thread.created.isoformat(),
        "pinned": thread.is_pinned,
        "turns": [_turn_json(turn) for turn in thread.turns],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str) -> Thread:
    """Return the thread of an exported file; fields that a later version added are passed over.

    Raises FileError, saying what is wrong, where it is no such file or of a newer version.
    """
    again = say("Choose a file that Spark exported as JSON.")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileError(say("The file is not JSON: {error}.", error=error), again) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FileError(say("The file holds no thread of Spark."), again)
    if document.get("version") != VERSION:
        raise FileError(
            say(
                "The file is of version {found}, this Spark knows {known}.",
                found=document.get("version"),
                known=VERSION,
            ),
            say("Update Spark, or export the thread again."),
        )
    try:
        return _thread(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        damage = say("The thread in the file is damaged: {error}.", error=repr(error))
        raise FileError(damage, again) from error


def _about(turn: Turn) -> list[Said]:
    return [] if turn.path is None else [say("About {file}", file=f"`{turn.path}`")]


def _with(turn: Turn) -> list[Said]:
    # The file that was shown is what the turn is about.
    items = [one for one in turn.attached if one.ref.kind is not ItemKind.OPEN]
    names = joined((f"`{one.ref.path or one.ref.label}`" for one in items), ", ")
    return [say("With {names}", names=names)] if names else []


def _ended(turn: Turn) -> str:
    match turn.state:
        case TurnState.STOPPED:
            return say("The answer was stopped.")
        case TurnState.FAILED:
            return say("The answer broke off: {reason}", reason=turn.error)
        case TurnState.STREAMING:
            return say("The answer was still being written.")
        case TurnState.DONE:
            return turn.doubt


def _minute(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M %Z}".rstrip()


def _turn_json(turn: Turn) -> dict[str, object]:
    return {
        "id": turn.id,
        "question": turn.question,
        "answer": turn.answer,
        "state": turn.state.value,
        "created": turn.created.isoformat(),
        "model": turn.model,
        "path": turn.path,
        "error": turn.error,
        "doubt": turn.doubt,
        "usage": asdict(turn.usage) if turn.usage else None,
        "timing": asdict(turn.timing) if turn.timing else None,
        "emulation": asdict(turn.emulation) if turn.emulation else None,
        "attached": [_item_json(item) for item in turn.attached],
    }


def _item_json(item: Attached) -> dict[str, object]:
    ref = item.ref
    return {
        "kind": ref.kind.value,
        "path": ref.path,
        "symbol": ref.symbol,
        "text": ref.text,
        "lines": [ref.lines.start, ref.lines.end] if ref.lines else None,
        "digest": item.digest,
        "tokens": item.tokens,
        "left_out": str(item.left_out),
    }


def _thread(document: dict[str, Any]) -> Thread:
    return Thread(
        id=_text(document["id"]),
        title=_text(document["title"]),
        created=_time(document["created"]),
        turns=tuple(_turn(one) for one in document["turns"]),
        is_pinned=bool(document.get("pinned", False)),
    )


def _turn(one: dict[str, Any]) -> Turn:
    path, usage, timing = one.get("path"), one.get("usage"), one.get("timing")
    emulation = one.get("emulation")
    return Turn(
        id=_text(one["id"]),
        question=_text(one["question"]),
        answer=_text(one["answer"]),
        state=TurnState(one["state"]),
        created=_time(one["created"]),
        model=_text(one.get("model", "")),
        path=None if path is None else _text(path),
        error=_text(one.get("error", "")),
        usage=None if usage is None else _values(Usage, usage),
        timing=None if timing is None else _values(Timing, timing),
        emulation=None if emulation is None else _values(Emulation, emulation),
        attached=tuple(_item(item) for item in one.get("attached", ()) if _is_known(item)),
    )


def _is_known(item: dict[str, Any]) -> bool:
    # Other kinds are of a later version: the question is worth keeping without them.
    return _text(item["kind"]) in [kind.value for kind in ItemKind]


def _item(one: dict[str, Any]) -> Attached:
    lines = one.get("lines")
    ref = ItemRef(
        ItemKind(one["kind"]),
        _text(one.get("path", "")),
        _text(one.get("symbol", "")),
        _text(one.get("text", "")),
        None if lines is None else Span(*(_number(line) for line in lines)),
    )
    digest, left_out = _text(one.get("digest", "")), _text(one.get("left_out", ""))
    return Attached(ref, digest, _number(one.get("tokens", 0)), left_out)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is not a number")
    return value


def _values(kind: Callable[..., T], given: dict[str, object]) -> T:
    """Return the record, each of its values a text, a number or null as its type says."""
    known = {}
    for field in fields(kind):  # type: ignore[arg-type]
        if field.name not in given:
            continue
        value = given[field.name]
        wanted = (str,) if field.type is str else (int,) if field.type is int else (int, float)
        is_absent = value is None and "None" in str(field.type)
        if isinstance(value, bool) or not (is_absent or isinstance(value, wanted)):
            raise TypeError(f"{field.name} is {value!r}")
        known[field.name] = value
    return kind(**known)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    # A half of a surrogate pair, which JSON can write, could not be kept.
    return value.encode("utf-8", "replace").decode("utf-8")


def _time(value: object) -> datetime:
    when = datetime.fromisoformat(_text(value))
    if when.tzinfo is None:
        raise ValueError(f"{value!r} has no zone")
    return when
