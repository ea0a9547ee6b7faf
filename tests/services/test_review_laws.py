"""A user who decides, changes their mind and saves in between, in any order."""

import asyncio
from collections import Counter
from itertools import pairwise

from fakes import FakeClock, MemoryFiles, MemorySteps
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from law_cases import cases

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import StepReverted
from spark_desktop.domain.merge import Side
from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import Closed, Decision, Proposal, Ready
from spark_desktop.domain.review import undecided
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Instruction
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.edits import EditService
from spark_desktop.services.review import ReviewService

PATH = "a.txt"
COMMON = ("", "}", "    return x")


class Deciding(RuleBasedStateMachine):
    """One file, its proposals, and whoever changes them."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        bus = Bus()
        self.files = MemoryFiles(a__txt="".join(f"line {n}\n" for n in range(8)))
        self.board = ProposalBoard(bus)
        self.edits = EditService(self.files, MemorySteps(self.files), bus, FakeClock())
        self.review = ReviewService(self.board, self.edits, self.files)
        bus.subscribe(StepReverted, lambda event: self.review.reverted(event.step))
        self.number = 0

    def teardown(self) -> None:
        self.runner.close()

    def line(self, draw: st.DataObject, mark: str) -> str:
        self.number += 1
        own = f"{mark} {self.number}"
        return draw.draw(st.sampled_from((own, own, *COMMON))) + "\n"

    def edited(self, draw: st.DataObject, mark: str) -> str:
        lines = split_lines(self.files.text(PATH))
        for _ in range(draw.draw(st.integers(1, 3))):
            start = draw.draw(st.integers(0, len(lines)))
            end = draw.draw(st.integers(start, min(len(lines), start + 2)))
            lines[start:end] = [self.line(draw, mark) for _ in range(draw.draw(st.integers(0, 3)))]
        return "".join(lines)

    def users(self) -> Counter[str]:
        return Counter(
            line for line in split_lines(self.files.text(PATH)) if line.startswith("user")
        )

    def open(self) -> list[Proposal]:
        return [one for one in self.board.all() if isinstance(one.state, Ready)]

    def decided(self) -> list[Proposal]:
        return [one for one in self.board.all() if isinstance(one.state, Ready | Closed)]

    @rule(draw=st.data(), told=st.booleans())
    def user_saves(self, draw: st.DataObject, told: bool) -> None:
        self.files.write(PATH, self.edited(draw, "user"))
        if told:
            self.runner.run(self.review.file_changed(PATH))

    @rule(draw=st.data())
    def model_proposes(self, draw: st.DataObject) -> None:
        snapshot = self.files.snapshot(PATH)
        patch = compute(PATH, snapshot.digest, snapshot.text.content, self.edited(draw, "model"))
        self.number += 1
        trigger = Instruction(snapshot, None, "change it")
        self.board.put(Proposal(f"p{self.number}", trigger, Ready(), patch=patch))

    @precondition(lambda self: self.open())
    @rule(draw=st.data(), all_=st.booleans())
    def user_accepts(self, draw: st.DataObject, all_: bool) -> None:
        proposal = draw.draw(st.sampled_from(self.open()))
        ids = [hunk.id for hunk in undecided(proposal)]
        wanted = None if all_ or not ids else [draw.draw(st.sampled_from(ids))]
        before, users = self.files.data[PATH], self.users()
        try:
            step = self.runner.run(self.review.accept(proposal.id, wanted))
        except SparkError:
            assert self.files.data[PATH] == before
            return
        hunks = [hunk for change in step.changes for hunk in change.hunks]
        shown = Counter(line for hunk in hunks for line in hunk.old)
        assert users - self.users() <= shown

    @precondition(lambda self: self.decided())
    @rule(draw=st.data(), last=st.booleans())
    def user_takes_a_decision_back(self, draw: st.DataObject, last: bool) -> None:
        proposal = draw.draw(st.sampled_from(self.decided()))
        said = [Decision.ACCEPTED, Decision.REJECTED]
        ids = [key for key, decision in proposal.decisions.items() if decision in said]
        before, users = self.files.data[PATH], self.users()
        try:
            if last or not ids:
                self.runner.run(self.review.undo_decision(proposal.id))
            else:
                one = draw.draw(st.sampled_from(ids))
                self.runner.run(self.review.reconsider(proposal.id, [one]))
                assert self.board.get(proposal.id).decision(one) not in said
        except SparkError:
            assert self.files.data[PATH] == before
        assert not users - self.users()

    @rule()
    def user_undoes_in_the_list_of_changes(self) -> None:
        users = self.users()
        try:
            self.runner.run(self.edits.undo())
        except SparkError:
            return
        assert not users - self.users()

    @precondition(lambda self: any(undecided(one) for one in self.open()))
    @rule(draw=st.data(), work=st.sampled_from(["reject", "split", "edit", *Side]))
    def user_works_on_a_hunk(self, draw: st.DataObject, work: str) -> None:
        proposal = draw.draw(st.sampled_from([one for one in self.open() if undecided(one)]))
        hunk = draw.draw(st.sampled_from(undecided(proposal)))
        before = self.files.data[PATH]
        try:
            if work == "reject":
                self.review.reject(proposal.id, [hunk.id])
            elif work == "split":
                self.review.split(proposal.id, hunk.id)
            elif work == "edit":
                self.review.edit(proposal.id, hunk.id, self.line(draw, "mine"))
            else:
                self.review.resolve(proposal.id, hunk.id, Side(work))
        except SparkError:
            assert self.board.get(proposal.id) == proposal
        assert self.files.data[PATH] == before

    @invariant()
    def every_hunk_that_waits_is_about_lines_that_are_there(self) -> None:
        for proposal in self.open():
            assert proposal.patch is not None
            lines = split_lines(proposal.trigger.snapshot.text.content)
            waiting = undecided(proposal)
            for hunk in waiting:
                assert tuple(lines[hunk.start : hunk.end]) == hunk.old
                is_conflict = proposal.decision(hunk.id) is Decision.CONFLICTING
                assert is_conflict == (hunk.id in proposal.conflicts)
            for one, other in pairwise(waiting):
                assert one.end <= other.start
            assert len({hunk.id for hunk in proposal.patch.hunks}) == len(proposal.patch.hunks)


TestDeciding = Deciding.TestCase
TestDeciding.settings = settings(
    max_examples=cases(40),
    stateful_step_count=20,
    deadline=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
