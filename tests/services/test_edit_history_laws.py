"""Laws of accepting, undoing and redoing among the user's own edits, in any order."""

import asyncio
from collections import Counter

import pytest
from fakes import FakeClock, MemoryFiles, MemorySteps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from spark_desktop.domain.errors import (
    ConflictError,
    NothingToUndoError,
    SparkError,
    UndoBlockedError,
)
from spark_desktop.domain.history import AppliedChange
from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import Conflict, Decision, Proposal, Ready
from spark_desktop.domain.review import pending, undecided
from spark_desktop.domain.text import decode, digest_of, split_lines
from spark_desktop.domain.trigger import Instruction
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.edits import EditService, FileChange
from spark_desktop.services.review import ReviewService

PATH = "a.txt"
ENDINGS = ("\n", "\r\n", "\r")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "latin-1")
# Lines that occur often, as in real code, beside those that the machines number.
COMMON = ("", "}", "    return x", "é = 1")
SETTINGS = settings(
    max_examples=30,
    stateful_step_count=15,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def bare(content: str) -> Counter[str]:
    """Return the lines without their endings, which a line may gain where the file goes on."""
    return Counter(line.rstrip("\r\n") for line in split_lines(content))


class History(RuleBasedStateMachine):
    """A user, an editor and Spark on one file."""

    common: tuple[str, ...] = COMMON

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        bus = Bus()
        self.files = MemoryFiles(**{PATH.replace(".", "__"): "one\ntwo\nthree\nfour\nfive\n"})
        self.board = ProposalBoard(bus)
        self.edits = EditService(self.files, MemorySteps(self.files), bus, FakeClock())
        self.review = ReviewService(self.board, self.edits, self.files)
        self.number = 0
        # The last step of ours, and the bytes before and after it.
        self.last: tuple[AppliedChange, bytes, bytes] | None = None

    def teardown(self) -> None:
        self.runner.close()

    @property
    def text(self) -> str:
        return decode(self.files.data[PATH]).content

    def edited(self, draw: st.DataObject, mark: str) -> str:
        """Return the file's text with some lines replaced, inserted and deleted."""
        lines = split_lines(self.text)
        for _ in range(draw.draw(st.integers(1, 3))):
            start = draw.draw(st.integers(0, len(lines)))
            end = draw.draw(st.integers(start, min(len(lines), start + 2)))
            lines[start:end] = [self.line(draw, mark) for _ in range(draw.draw(st.integers(0, 2)))]
        if lines and draw.draw(st.booleans()):
            lines[-1] = lines[-1].rstrip("\r\n")
        return "".join(
            line if line.endswith(("\r", "\n")) or at == len(lines) - 1 else line + "\n"
            for at, line in enumerate(lines)
        )

    def line(self, draw: st.DataObject, mark: str) -> str:
        if self.common and draw.draw(st.booleans()):
            text = draw.draw(st.sampled_from(self.common))
        else:
            self.number += 1
            text = f"{mark}{self.number}"
        return text + draw.draw(st.sampled_from(ENDINGS))

    @precondition(lambda self: PATH in self.files.data)
    @rule(draw=st.data(), told=st.booleans())
    def user_saves(self, draw: st.DataObject, told: bool) -> None:
        encoded = decode(self.files.data[PATH]).with_content(self.edited(draw, "user"))
        self.files.data[PATH] = encoded.encode()
        self.last = None
        if told:
            self.runner.run(self.review.file_changed(PATH))

    @precondition(lambda self: PATH in self.files.data)
    @rule(encoding=st.sampled_from(ENCODINGS))
    def user_converts(self, encoding: str) -> None:
        self.files.data[PATH] = self.text.encode(encoding)
        self.last = None

    @precondition(lambda self: PATH in self.files.data)
    @rule(told=st.booleans())
    def user_deletes_for_a_moment(self, told: bool) -> None:
        kept = self.files.data.pop(PATH)
        if told:
            self.runner.run(self.review.file_changed(PATH))
        for step in (self.edits.undo, self.edits.redo):
            with pytest.raises((NothingToUndoError, UndoBlockedError)):
                self.runner.run(step())
        self.files.data[PATH] = kept

    @rule(draw=st.data())
    def spark_proposes(self, draw: st.DataObject) -> None:
        snapshot = self.files.snapshot(PATH)
        before = snapshot.text.content
        patch = compute(PATH, snapshot.digest, before, self.edited(draw, "spark"))
        self.number += 1
        trigger = Instruction(snapshot, None, "change it")
        self.board.put(Proposal(f"p{self.number}", trigger, Ready(), patch=patch))

    @precondition(lambda self: self.open())
    @rule(draw=st.data(), some=st.booleans())
    def user_accepts(self, draw: st.DataObject, some: bool) -> None:
        proposal = draw.draw(st.sampled_from(self.open()))
        ids = None
        if some:
            offered = [hunk.id for hunk in pending(proposal)]
            ids = draw.draw(st.lists(st.sampled_from(offered), min_size=1)) if offered else []
        rejected = {id_ for id_, said in proposal.decisions.items() if said is Decision.REJECTED}
        before = self.files.data[PATH]
        try:
            (change,) = self.runner.run(self.review.accept(proposal.id, ids)).changes
        except SparkError:
            assert self.files.data[PATH] == before
            return
        assert not rejected & {hunk.id for hunk in change.hunks}
        assert ids is None or {hunk.id for hunk in change.hunks} <= set(ids)
        self.only_these_lines_differ(change, before)

    @precondition(lambda self: self.open())
    @rule(draw=st.data())
    def user_rejects(self, draw: st.DataObject) -> None:
        proposal = draw.draw(st.sampled_from(self.open()))
        if isinstance(proposal.state, Conflict):
            return
        offered = [hunk.id for hunk in pending(proposal)]
        before = self.files.data[PATH]
        self.review.reject(proposal.id, offered[:1])
        assert self.files.data[PATH] == before

    @rule()
    def user_undoes(self) -> None:
        before, last = self.files.data[PATH], self.last
        try:
            change = self.runner.run(self.edits.undo()).changes[0]
        except (ConflictError, NothingToUndoError):
            assert self.files.data[PATH] == before
            return
        self.only_these_lines_differ(change, before)
        if last is not None and last[0].id == change.id and self.exactly(last):
            assert self.files.data[PATH] == last[1]

    @rule()
    def user_redoes(self) -> None:
        before, last = self.files.data[PATH], self.last
        try:
            change = self.runner.run(self.edits.redo()).changes[0]
        except (ConflictError, NothingToUndoError):
            assert self.files.data[PATH] == before
            return
        self.only_these_lines_differ(change, before)
        if last is not None and last[0].id == change.id and self.exactly(last):
            assert self.files.data[PATH] == last[1]

    def open(self) -> list[Proposal]:
        return [
            proposal
            for proposal in self.board.all()
            if isinstance(proposal.state, Ready | Conflict) and pending(proposal)
        ]

    def exactly(self, step: tuple[AppliedChange, bytes, bytes]) -> bool:
        """Return whether the step found the very bytes that the change was made for."""
        change, before, after = step
        return {digest_of(before), digest_of(after)} == {change.before, change.after}

    def only_these_lines_differ(self, change: AppliedChange, before: bytes) -> None:
        old = Counter(line.rstrip("\r\n") for hunk in change.hunks for line in hunk.old)
        new = Counter(line.rstrip("\r\n") for hunk in change.hunks for line in hunk.new)
        if change.undone:
            old, new = new, old
        was, now = bare(decode(before).content), bare(self.text)
        assert was - now <= old
        assert now - was <= new
        self.last = (change, before, self.files.data[PATH])

    @invariant()
    def every_user_line_that_is_not_accepted_away_is_where_the_user_left_it(self) -> None:
        for proposal in self.board.all():
            if isinstance(proposal.state, Ready) and proposal.patch is not None:
                lines = split_lines(proposal.trigger.snapshot.text.content)
                for hunk in undecided(proposal):
                    assert tuple(lines[hunk.start : hunk.end]) == hunk.old


class NumberedHistory(History):
    """Every line occurs once, so that it can be told whether undo did what it says."""

    common = ()

    def only_these_lines_differ(self, change: AppliedChange, before: bytes) -> None:
        super().only_these_lines_differ(change, before)
        old = {line.rstrip("\r\n") for hunk in change.hunks for line in hunk.old}
        new = {line.rstrip("\r\n") for hunk in change.hunks for line in hunk.new}
        gone, back = (new - old, old) if change.undone else (old - new, new)
        now = set(bare(self.text))
        assert not gone & now
        assert back <= now


TestHistory = History.TestCase
TestHistory.settings = SETTINGS
TestNumberedHistory = NumberedHistory.TestCase
TestNumberedHistory.settings = SETTINGS

texts = st.lists(
    st.tuples(st.sampled_from([*COMMON, "a", "b", "c"]), st.sampled_from(ENDINGS)), max_size=12
).map(lambda lines: "".join(text + ending for text, ending in lines))


@settings(max_examples=200)
@given(texts, texts, st.sampled_from(ENCODINGS), st.booleans())
def test_undo_of_an_applied_change_gives_every_byte_back(
    before: str, after: str, encoding: str, ends: bool
) -> None:
    data = (before if ends else before.rstrip("\r\n")).encode(encoding)
    files = MemoryFiles(a__txt=data)
    edits = EditService(files, MemorySteps(files), Bus(), FakeClock())

    async def there_and_back() -> None:
        snapshot = files.snapshot(PATH)
        patch = compute(PATH, snapshot.digest, snapshot.text.content, after)
        if not patch.hunks:
            return
        await edits.apply([FileChange(snapshot, patch.hunks)], "change it")
        written = files.data[PATH]
        await edits.undo()
        assert files.data[PATH] == data
        await edits.redo()
        assert files.data[PATH] == written

    asyncio.run(there_and_back())
