"""Reads whole answers for the tests, and cuts them as a stream might."""

from collections.abc import Iterable
from dataclasses import dataclass

from spark_desktop.domain.answer_reader import AnswerReader
from spark_desktop.domain.edit_blocks import (
    AnswerEvent,
    Block,
    BlockEnded,
    BlockRefused,
    Hidden,
    Prose,
)


@dataclass(frozen=True)
class Read:
    """What an answer came to."""

    prose: str
    blocks: tuple[Block, ...]
    cut: tuple[int, ...]
    refused: tuple[tuple[int, str, str], ...]
    reasoning: str


def events_of(pieces: Iterable[str], default_path: str = "") -> list[AnswerEvent]:
    reader = AnswerReader(default_path)
    events = [event for piece in pieces for event in reader.feed(piece)]
    return [*events, *reader.finish()]


def read(*pieces: str, default_path: str = "") -> Read:
    events = events_of(pieces, default_path)
    return Read(
        "".join(event.text for event in events if isinstance(event, Prose)),
        tuple(event.block for event in events if isinstance(event, BlockEnded)),
        tuple(event.number for event in events if isinstance(event, BlockEnded) and event.is_cut),
        tuple(
            (event.number, event.reason, event.text)
            for event in events
            if isinstance(event, BlockRefused)
        ),
        "".join(e.text for e in events if isinstance(e, Hidden) and e.is_reasoning),
    )


def check_every_character_is_somewhere(answer: str, events: Iterable[AnswerEvent]) -> None:
    """Walk through the answer by the events: each tells of the text behind the one before."""
    position = 0
    told = set()
    for event in events:
        if isinstance(event, Prose | Hidden):
            assert answer.startswith(event.text, position)
            position += len(event.text)
        elif isinstance(event, BlockEnded | BlockRefused) and event.number not in told:
            told.add(event.number)
            assert event.span[0] == position
            position = event.span[1]
            if isinstance(event, BlockRefused):
                assert answer[slice(*event.span)] == event.text
    assert position == len(answer)
    assert told == set(range(len(told)))
