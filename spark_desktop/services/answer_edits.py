"""Turns what answers in the chat want changed into proposals, while they are written."""

import asyncio
from collections.abc import Awaitable, Callable

from spark_desktop.domain.assembly import Assembled, assemble, paths_of
from spark_desktop.domain.checks import failure
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.edit_blocks import Block, Region
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import TurnChanged, TurnStreamed
from spark_desktop.domain.file_assembly import FileEdit
from spark_desktop.domain.patch import FileKind
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.words import say
from spark_desktop.services.answer_evidence import AnswerEvidence, placed_checks, refused_checks
from spark_desktop.services.answer_faults import Faults, faults_of, with_cut
from spark_desktop.services.answer_files import AnswerFiles
from spark_desktop.services.answer_group import AnswerGroup
from spark_desktop.services.answer_reading import AnswerReading, Numbered
from spark_desktop.services.answer_streaming import streamed_edits
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Clock
from spark_desktop.services.second_try import SecondTry
from spark_desktop.services.tasks import TaskScope

# Seconds between two looks at an answer that streams; a review that changes more often cannot be
# read.
_PACE = 0.05
# Answers whose blocks are remembered in case they are gone on with.
_REMEMBERED = 20
# The blocks of the second try are numbered behind those of any answer.
_SECOND = 100_000


class AnswerEdits:
    """Follows every answer from ``follow`` on; an answer without blocks for files costs nothing.

    Each file becomes a proposal that grows with the answer and can be decided on once its blocks
    are whole and checked. What cannot be used goes back to the model once, when the answer is over.
    """

    def __init__(
        self,
        new_files: Callable[[], AnswerFiles],
        evidence: AnswerEvidence,
        board: ProposalBoard,
        second: SecondTry,
        bus: Bus,
        clock: Clock,
    ) -> None:
        self._new_files = new_files
        self._evidence = evidence
        self._board = board
        self._second = second
        self._bus = bus
        self._clock = clock
        self._scope = TaskScope("answer edits")
        self._followed: dict[str, _Followed] = {}
        self._passed: dict[str, frozenset[int]] = {}
        # Moves what waits onto a file that is another by now.
        self.file_changed: Callable[[str], Awaitable[None]] = _nothing

    def follow(self) -> None:
        """Begin to look at what answers want changed."""
        self._bus.subscribe(TurnChanged, self._on_turn)
        self._bus.subscribe(TurnStreamed, self._on_piece)

    async def settled(self) -> None:
        """Return when every answer that is over has become proposals."""
        for one in tuple(self._followed.values()):
            if one.is_over and one.task is not None:
                await asyncio.wait({one.task})

    def stop(self) -> bool:
        """Ask for no second answer any more; return whether one was being written.

        What could be used of the first one is shown.
        """
        running = [one.asking for one in self._followed.values() if one.asking is not None]
        for asking in running:
            asking.cancel()
        return bool(running)

    async def close(self) -> None:
        """Leave the answers; what is on the board stays."""
        await self._scope.close()

    def _on_turn(self, event: TurnChanged) -> None:
        turn, one = event.turn, self._followed.get(event.turn.id)
        if turn.state is TurnState.STREAMING:
            if one is None or one.is_over:
                one = self._begun(event.thread_id, turn, one)
            one.turn = turn
        elif one is not None and not one.is_over:
            one.turn = turn
            one.is_over = True
            one.reading.finish()
            if one.task is None and one.reading.has_edits:
                self._start(one)
            elif one.task is None:
                self._left(one)
            one.changed.set()

    def _begun(self, thread_id: str, turn: Turn, before: "_Followed | None") -> "_Followed":
        is_new = not turn.answer
        if before is not None and is_new:
            if before.task is not None:
                # Nobody waits for a second try at the answer that goes.
                before.task.cancel()
            before.group.withdraw(say("asked again"))
        if is_new:
            self._passed.pop(turn.id, None)
        # An answer that is gone on with is read from its beginning, which is on the board already.
        group = AnswerGroup(self._board, thread_id, turn)
        passed = self._passed.get(turn.id, frozenset())
        one = _Followed(thread_id, turn, AnswerReading(turn.path or "", passed), group)
        if before is not None and not is_new:
            one.group = before.group
            one.group.go_on(frozenset(before.reading.cut))
        one.files = self._new_files()
        self._followed[turn.id] = one
        while len(self._followed) > _REMEMBERED:
            oldest = next(iter(self._followed))
            if not self._followed[oldest].is_over:
                break
            del self._followed[oldest]
            self._passed.pop(oldest, None)
        if turn.answer:
            one.reading.feed(turn.answer)
        return one

    def _on_piece(self, event: TurnStreamed) -> None:
        one = self._followed.get(event.turn_id)
        if one is None or one.is_over or not one.reading.feed(event.piece):
            return
        if one.task is None:
            self._start(one)
        one.changed.set()

    def _start(self, one: "_Followed") -> None:
        one.task = self._scope.start("answer", self._work(one))

    def _left(self, one: "_Followed") -> None:
        # What is withheld may be sound with what comes when the answer is gone on with.
        withheld = one.group.withheld
        whole = one.files.named(one.reading.ended)
        used = {n for n, block in whole if isinstance(block, Region) or block.path not in withheld}
        self._passed[one.turn.id] = one.reading.passed | used

    async def _work(self, one: "_Followed") -> None:
        try:
            while not one.is_over:
                await one.changed.wait()
                one.changed.clear()
                await self._show(one)
                await self._clock.sleep(_PACE)
            await self._end(one)
        except Exception:
            # A mistake of ours goes on to whoever reports those; nothing is left half-way.
            one.group.give_up(say("Spark made a mistake while it read the answer."))
            raise
        finally:
            one.task = None
        self._left(one)
        for path in one.group.paths:
            # The files may have been saved while the model wrote.
            await self.file_changed(path)

    async def _show(self, one: "_Followed") -> None:
        """Show what is written so far; what is whole and sound can be decided on."""
        one.group.answered_by(one.turn)
        await one.files.admit(paths_of(one.reading.blocks))
        snapshots = one.files.snapshots
        edits = (await self._assembled(one, one.files.named(one.reading.ended))).edits
        writing = tuple(one.reading.growing(snapshots))
        for edit, anchor in streamed_edits(edits, writing, snapshots):
            if anchor is not None:
                one.group.stream(edit, (anchor,))
                continue
            evidence = await self._of(one, edit)
            if edit.failed or failure(evidence) is not None:
                # It may go back to the model when the answer is over.
                one.group.stream(edit, evidence)
            else:
                one.group.ready(edit, evidence)

    async def _end(self, one: "_Followed") -> None:
        one.group.answered_by(one.turn)
        await one.files.admit(paths_of(one.reading.blocks))
        await one.files.admit(paths_of(tuple(one.reading.cut.items())))
        ended = one.files.named(one.reading.ended)
        assembled = await self._assembled(one, ended)
        faults = await self._faults(one, assembled, ended)
        faults = faults.without(one.group.dismissed)
        if faults.problems and one.turn.state is TurnState.DONE:
            for edit in assembled.edits:
                if edit.patch.path in faults.paths:
                    one.group.stream(edit, placed_checks(edit), attempt=2)
            again = await self._again(one, faults)
            if again:
                one.reading.rewritten(again, one.files.name)
                kept = tuple(
                    (number, block)
                    for number, block in ended
                    if not _is_redone(number, block, again, faults)
                )
                second = await self._assembled(one, (*kept, *_unlike(again, kept)))
                assembled = await self._better(one, assembled, second)
        await self._decidable(one, assembled)

    async def _again(self, one: "_Followed", faults: Faults) -> Numbered:
        """Return the blocks of the second try; none where nobody answers it."""
        try:
            text = await self._asked(one, faults)
        except SparkError:
            # What could be used of the first try is shown, with the reasons for the rest.
            return ()
        reading = AnswerReading(one.turn.path or "")
        reading.feed(text)
        reading.finish()
        await one.files.admit(paths_of(reading.ended))
        ended = one.files.named(reading.ended)
        return tuple((_SECOND + number, block) for number, block in ended)

    async def _asked(self, one: "_Followed", faults: Faults) -> str:
        """Return what the model says to the faults; "" where the user stops it."""
        ask = self._second.ask(one.thread_id, one.turn, faults.problems)
        one.asking = self._scope.start("second try", ask)
        try:
            return await one.asking
        except asyncio.CancelledError:
            one.asking.cancel()
            own = asyncio.current_task()
            if own is not None and own.cancelling():
                raise
            return ""
        finally:
            one.asking = None

    async def _better(self, one: "_Followed", first: Assembled, second: Assembled) -> Assembled:
        """Return the second try, but the first for a file that it would make worse."""
        edits = {edit.patch.path: edit for edit in first.edits}
        for edit in second.edits:
            before = edits.get(edit.patch.path)
            is_sound = failure(await self._of(one, edit)) is None
            if before is None or is_sound or failure(await self._of(one, before)):
                edits[edit.patch.path] = edit
        refused = tuple(r for r in second.refused if r.path not in edits)
        return Assembled(tuple(edits.values()), refused)

    async def _decidable(self, one: "_Followed", assembled: Assembled) -> None:
        shown = set()
        for edit in with_cut(assembled.edits, one.reading.cut, one.files.snapshots):
            evidence = await self._of(one, edit)
            reason = failure(evidence)
            evidence += refused_checks(edit, assembled.refused)
            shown.add(edit.patch.path)
            if reason is not None:
                one.group.withhold(edit.patch.path, reason, edit, evidence)
            elif _is_empty(edit):
                reason = say("The answer changes nothing in the file.")
                one.group.withhold(edit.patch.path, reason, edit, evidence)
            else:
                one.group.ready(edit, evidence)
        for refused in (*assembled.refused, *one.files.refused.values()):
            if refused.path not in shown:
                shown.add(refused.path)
                one.group.withhold(refused.path, refused.told)
        for path in one.group.paths:
            if path not in shown:
                reasons = [e.reason for e in (*one.reading.retracted, *one.reading.unread)]
                reason = reasons[0] if reasons else say("The answer ends in the middle of it.")
                one.group.withhold(path, reason)

    async def _faults(self, one: "_Followed", assembled: Assembled, blocks: Numbered) -> Faults:
        failing = {}
        for edit in assembled.edits:
            reason = failure(await self._of(one, edit))
            if reason is not None:
                failing[edit.patch.path] = reason
        return faults_of(assembled, blocks, failing, one.reading)

    async def _assembled(self, one: "_Followed", blocks: Numbered) -> Assembled:
        if one.assembled is None or one.assembled[0] != blocks:
            # A place that must be looked for by likeness takes tenths of a second in a long file.
            made = await asyncio.to_thread(
                assemble, blocks, dict(one.files.snapshots), one.turn.question
            )
            one.assembled = (blocks, made)
        return one.assembled[1]

    async def _of(self, one: "_Followed", edit: FileEdit) -> tuple[Check, ...]:
        judged = (edit, one.is_over)
        known = one.judged.get(edit.patch.path)
        if known is None or known[0] != judged:
            evidence = await self._evidence.of(edit, one.turn.question, is_last=one.is_over)
            known = one.judged[edit.patch.path] = (judged, evidence)
        return known[1]


class _Followed:
    """One answer, and how far it has become proposals."""

    def __init__(
        self, thread_id: str, turn: Turn, reading: AnswerReading, group: AnswerGroup
    ) -> None:
        self.thread_id = thread_id
        self.turn = turn
        self.reading = reading
        self.group = group
        self.files: AnswerFiles
        self.changed = asyncio.Event()
        self.is_over = False
        self.task: asyncio.Task[None] | None = None
        self.asking: asyncio.Task[str] | None = None
        self.assembled: tuple[Numbered, Assembled] | None = None
        self.judged: dict[str, tuple[tuple[FileEdit, bool], tuple[Check, ...]]] = {}


def _unlike(again: Numbered, kept: Numbered) -> Numbered:
    """Return the blocks of the second try without those that only repeat what was fine."""
    known = {block for _number, block in kept}
    return tuple((number, block) for number, block in again if block not in known)


async def _nothing(_path: str) -> None:
    return None


def _is_empty(edit: FileEdit) -> bool:
    return edit.patch.kind is FileKind.CHANGE and not edit.patch.hunks and not edit.failed


def _is_redone(number: int, block: Block, again: Numbered, faults: Faults) -> bool:
    """Return whether the second try writes anew what is wrong with the block, or its whole file.

    What it does not come back to stays, with the reason why it cannot be used.
    """
    if isinstance(block, Region) or not (number in faults.numbers or block.path in faults.files):
        return False
    return any(not isinstance(new, Region) and new.path == block.path for _n, new in again)
