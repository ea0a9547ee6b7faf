"""Laws of undoing and redoing steps, hunks, turns and restores, in any order that is possible."""

import asyncio
import os
from collections import Counter

from fakes import FakeClock, MemoryFiles, MemorySteps
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from spark_desktop.domain.errors import NothingToUndoError, SparkError
from spark_desktop.domain.history import FileChange, Step, StepKind
from spark_desktop.domain.patch import ABSENT, FileKind, Hunk, compute
from spark_desktop.domain.step_log import RESTORED, flips_of
from spark_desktop.domain.text import SourceText, decode, split_lines
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.bus import Bus
from spark_desktop.services.edits import EditService

CASES = int(os.environ.get("SPARK_LAW_CASES", "0"))
PATHS = ("a.txt", "b.txt", "c.txt")
COMMON = ("", "}", "    return x")
SETTINGS = settings(
    max_examples=CASES or 60,
    stateful_step_count=16,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
Disk = dict[str, bytes]


def bare(content: str) -> Counter[str]:
    """Return the lines without their endings, which a line may gain where the file goes on."""
    return Counter(line.rstrip("\r\n") for line in split_lines(content))


class Undoing(RuleBasedStateMachine):
    """Spark writes, the user writes, and what Spark wrote is switched on and off."""

    common: tuple[str, ...] = COMMON

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.files = MemoryFiles(a__txt="one\ntwo\nthree\nfour\nfive\n", b__txt="b1\r\nb2")
        self.store = MemorySteps(self.files, limit=10_000_000)
        self.edits = EditService(self.files, self.store, Bus(), FakeClock())
        self.number = 0
        # What Spark did last and has not been followed by anything: how it turned which bytes.
        self.last: tuple[str, Disk, Disk] | None = None

    def teardown(self) -> None:
        self.runner.close()

    def steps(self) -> tuple[Step, ...]:
        return self.runner.run(self.edits.steps())

    def lines(self) -> Counter[str]:
        return sum((bare(decode(data).content) for data in self.files.data.values()), Counter())

    def line(self, draw: st.DataObject, mark: str) -> str:
        if self.common and draw.draw(st.booleans()):
            return draw.draw(st.sampled_from(self.common)) + "\n"
        self.number += 1
        return f"{mark}{self.number}\n"

    def edited(self, draw: st.DataObject, content: str, mark: str) -> str:
        lines = split_lines(content)
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

    @precondition(lambda self: self.files.data)
    @rule(draw=st.data())
    def user_saves(self, draw: st.DataObject) -> None:
        path = draw.draw(st.sampled_from(sorted(self.files.data)))
        text = decode(self.files.data[path])
        self.files.data[path] = text.with_content(self.edited(draw, text.content, "user")).encode()
        self.last = None

    @precondition(lambda self: len(self.files.data) > 1)
    @rule(draw=st.data())
    def user_removes_or_moves(self, draw: st.DataObject) -> None:
        path = draw.draw(st.sampled_from(sorted(self.files.data)))
        free = [other for other in PATHS if other not in self.files.data]
        data = self.files.data.pop(path)
        if free and draw.draw(st.booleans()):
            self.files.data[free[0]] = data
        self.last = None

    @rule(draw=st.data(), turn=st.sampled_from(["", "t1", "t2"]))
    def spark_writes(self, draw: st.DataObject, turn: str) -> None:
        some = draw.draw(st.lists(st.sampled_from(PATHS), min_size=1, max_size=2, unique=True))
        taken: set[str] = set()
        changes = []
        for path in some:
            change = self.change(draw, path, taken)
            if change is not None:
                taken |= {change.snapshot.path, change.target}
                changes.append(change)
        if changes:
            before = dict(self.files.data)
            step = self.runner.run(self.edits.apply(changes, f"step {self.number}", turn))
            self.last = (step.id, before, dict(self.files.data))

    def change(self, draw: st.DataObject, path: str, taken: set[str]) -> FileChange | None:
        if path in taken:
            return None
        if path not in self.files.data:
            lines = tuple(self.line(draw, "new") for _ in range(draw.draw(st.integers(0, 3))))
            hunks = (Hunk("new", 0, (), lines),) if lines else ()
            return FileChange(Snapshot(path, SourceText(""), ABSENT), hunks, FileKind.CREATE)
        snapshot = self.files.snapshot(path)
        content = snapshot.text.content
        kind = draw.draw(
            st.sampled_from([*[FileKind.CHANGE] * 5, FileKind.DELETE, FileKind.RENAME])
        )
        free = [one for one in PATHS if one not in self.files.data and one not in taken]
        if kind is FileKind.RENAME and not free:
            return None
        after = "" if kind is FileKind.DELETE else self.edited(draw, content, "spark")
        hunks = compute(path, snapshot.digest, content, after).hunks
        if kind is FileKind.CHANGE and not hunks:
            return None
        return FileChange(snapshot, hunks, kind, free[0] if kind is FileKind.RENAME else "")

    @precondition(lambda self: self.store.kept)
    @rule(draw=st.data(), on=st.booleans(), some=st.booleans())
    def step_or_hunk_is_switched(self, draw: st.DataObject, on: bool, some: bool) -> None:
        step = draw.draw(st.sampled_from(self.steps()))
        hunks = None
        if some and step.kind is StepKind.EDIT:
            change = draw.draw(st.sampled_from(step.changes))
            if not change.hunks:
                return
            hunks = {change.id: [draw.draw(st.sampled_from([one.id for one in change.hunks]))]}
        work = self.edits.redo if on else self.edits.undo
        # Undo leaves nothing of a step: what stood of it before a redo brought the rest goes, too.
        is_rest = on and step.partly_undone
        if is_rest:
            # Nor does it take back a redo that brought only a part.
            self.last = None
        self.switched(lambda: work(step.id, hunks), step.id if hunks is None else "")
        if is_rest:
            self.last = None

    @rule(on=st.booleans())
    def last_is_switched(self, on: bool) -> None:
        self.switched(self.edits.redo if on else self.edits.undo, "")

    @rule(on=st.booleans(), turn=st.sampled_from(["t1", "t2"]))
    def turn_is_switched(self, on: bool, turn: str) -> None:
        work = self.edits.redo_origin if on else self.edits.undo_origin
        self.switched(lambda: work(turn), "")

    @precondition(lambda self: self.store.kept)
    @rule(draw=st.data())
    def files_are_restored(self, draw: st.DataObject) -> None:
        step = draw.draw(st.sampled_from(self.steps()))
        self.switched(lambda: self.edits.restore(step.id), "")

    def switched(self, work, step_id: str) -> None:
        """Do it, and look that nothing but what Spark wrote, or took away, comes or goes."""
        before, lines, last = dict(self.files.data), self.lines(), self.last
        kept = tuple(self.store.kept)
        try:
            done = self.runner.run(work())
        except SparkError as error:
            assert self.files.data == before
            assert tuple(self.store.kept) == kept
            self.says_what_to_do(error)
            return
        now = self.lines()
        assert not {line for line in lines - now if self.is_users(line)}, "a user's line is lost"
        self.last = (step_id, before, dict(self.files.data)) if step_id else None
        if self.was_by_hand() or (step_id and not self.was_whole(done)):
            self.last = None
            return
        if step_id:
            self.was_switched(done)
        if last is not None and last[0] == step_id and step_id:
            # The very step that was switched last is switched back: every byte is as it was.
            assert self.files.data == last[1]

    def says_what_to_do(self, error: SparkError) -> None:
        assert error.message
        assert error.next_step or isinstance(error, NothingToUndoError)

    def is_users(self, line: str) -> bool:
        """Return whether nobody but the user can have taken this line away."""
        if not line.startswith("user"):
            return False
        return not any(
            line in bare("".join(hunk.old)) or line in bare("".join(hunk.new))
            for step in self.store.kept
            if step.kind is StepKind.EDIT
            for change in step.changes
            for hunk in change.hunks
        )

    @rule()
    def the_last_thing_is_turned_back_and_forth(self) -> None:
        before = dict(self.files.data)
        try:
            step = self.runner.run(self.edits.undo())
        except SparkError:
            assert self.files.data == before
            return
        after = dict(self.files.data)
        if self.was_by_hand():
            return
        self.runner.run(self.edits.redo())
        assert self.files.data == before, "redo after undo gives the same bytes"
        self.runner.run(self.edits.undo(step.id))
        assert self.files.data == after
        self.last = None

    def was_switched(self, step: Step) -> None:
        """Look at a step that was undone or redone as a whole."""

    def was_whole(self, step: Step) -> bool:
        """Return whether the last switch was of all that a restore did: the rest was so already."""
        if step.kind is not StepKind.RESTORE:
            return True
        did = {key for flip in flips_of(step) for key in flip.keys}
        flips = [one for one in flips_of(self.store.kept[-1]) if one.parts != RESTORED]
        return {key for flip in flips for key in flip.keys} == did

    def was_by_hand(self) -> bool:
        """Return whether the user had done some of the last switch; redo does that as well."""
        flips = flips_of(self.store.kept[-1])
        return any(not flip.by and flip.parts != RESTORED for flip in flips)

    @invariant()
    def marks_fit_the_changes(self) -> None:
        for step in self.steps():
            for change in step.changes:
                if step.kind is StepKind.EDIT:
                    assert change.undone_hunks <= change.parts


class NumberedUndoing(Undoing):
    """Every line occurs once, so that it can be told whether undo did what it says."""

    common = ()

    @invariant()
    def no_line_stands_twice_in_a_file(self) -> None:
        for data in self.files.data.values():
            assert all(count == 1 for count in bare(decode(data).content).values())

    def was_switched(self, step: Step) -> None:
        for change in step.changes:
            if change.kind is not FileKind.CHANGE or change.off not in (change.parts, frozenset()):
                continue
            now = set(self.lines())
            flips = [one for one in flips_of(self.store.kept[-1]) if one.change_id == change.id]
            parts = frozenset().union(*(one.parts for one in flips))
            hunks = [hunk for hunk in change.hunks if hunk.id in parts]
            old = {line.rstrip("\r\n") for hunk in hunks for line in hunk.old}
            new = {line.rstrip("\r\n") for hunk in hunks for line in hunk.new}
            gone, back = (new - old, old) if change.off else (old - new, new)
            assert not gone & now
            assert back <= now


TestUndoing = Undoing.TestCase
TestUndoing.settings = SETTINGS
TestNumberedUndoing = NumberedUndoing.TestCase
TestNumberedUndoing.settings = SETTINGS
