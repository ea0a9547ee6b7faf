"""One answer in the chat, followed block by block while it is written."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from spark_desktop.domain.anchor import Anchor
from spark_desktop.domain.anchoring import StreamedAnchor
from spark_desktop.domain.answer_reader import AnswerReader
from spark_desktop.domain.edit_blocks import (
    AnswerEvent,
    Block,
    BlockEnded,
    BlockGrew,
    BlockRefused,
    Region,
    Rewrite,
    WholeFile,
)
from spark_desktop.domain.workspace import Snapshot

Numbered = tuple[tuple[int, Block], ...]


@dataclass(frozen=True, slots=True)
class Growing:
    """A block that is being written, and where it stands as far as that is known."""

    path: str
    anchor: Anchor


class AnswerReading:
    """Collects the blocks of an answer that are about files; those of ``passed`` are known already.

    ``default_path`` is the file of blocks that name none.
    """

    def __init__(self, default_path: str = "", passed: Iterable[int] = ()) -> None:
        self._reader = AnswerReader(default_path)
        self.passed = frozenset(passed)
        self._blocks: dict[int, Block] = {}
        self._whole: set[int] = set()
        self._anchors: dict[int, StreamedAnchor] = {}
        self.unread: list[BlockRefused] = []
        self.retracted: list[BlockRefused] = []
        self.cut: dict[int, Block] = {}

    @property
    def has_edits(self) -> bool:
        """Return whether anything in the answer so far is about a file."""
        return bool(self._blocks or self.cut or self.unread)

    @property
    def ended(self) -> Numbered:
        """Return the blocks that are whole, in the answer's order."""
        return tuple((n, self._blocks[n]) for n in sorted(self._whole))

    @property
    def blocks(self) -> Numbered:
        """Return the blocks that are whole or are being written, in the answer's order."""
        return tuple(sorted(self._blocks.items()))

    def feed(self, piece: str) -> bool:
        """Take a piece of the answer; return whether a block was changed by it."""
        return self._take(self._reader.feed(piece))

    def finish(self) -> bool:
        """Take the end of the answer: what is still open is cut. Return as ``feed`` does."""
        return self._take(self._reader.finish())

    def rewritten(self, blocks: Numbered, name: Callable[[str], str]) -> None:
        """Note that blocks were written once more: those of their files that were cut are not.

        ``name`` gives the name of a path in ``blocks``.
        """
        paths = {block.path for _n, block in blocks if not isinstance(block, Region)}
        for number, block in tuple(self.cut.items()):
            if not isinstance(block, Region) and name(block.path) in paths:
                del self.cut[number]

    def growing(self, snapshots: Mapping[str, Snapshot | None]) -> Iterator[Growing]:
        """Yield the blocks that are being written in files that are there."""
        for number, block in self.blocks:
            snapshot = snapshots.get(block.path) if not isinstance(block, Region) else None
            if number in self._whole or snapshot is None:
                continue
            if isinstance(block, Rewrite | WholeFile):
                if number not in self._anchors:
                    self._anchors[number] = StreamedAnchor(snapshot, number)
                yield Growing(block.path, self._anchors[number].grow(block))

    def _take(self, events: Iterable[AnswerEvent]) -> bool:
        changed = False
        for event in events:
            changed |= self._taken(event)
        return changed

    def _taken(self, event: AnswerEvent) -> bool:
        match event:
            case BlockGrew(number, block) | BlockEnded(number, block):
                if isinstance(block, Region) or number in self.passed:
                    return False
                if isinstance(event, BlockEnded) and event.is_cut:
                    self._blocks.pop(number, None)
                    self.cut[number] = block
                else:
                    self._blocks[number] = block
                    if isinstance(event, BlockEnded):
                        self._whole.add(number)
                        self._anchors.pop(number, None)
                return True
            case BlockRefused(number):
                is_late = number in self._whole
                self._blocks.pop(number, None)
                self._whole.discard(number)
                if number not in self.passed:
                    # One that was whole turned out to be reasoning: nobody meant it as an edit.
                    (self.retracted if is_late else self.unread).append(event)
                return True
        return False
