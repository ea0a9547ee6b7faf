"""Laws of the inbox, on random days: nothing saved is lost, and nothing of ours starts anything."""

import asyncio
from dataclasses import dataclass

import pytest
from fakes import Answer, MemoryFiles
from hypothesis import given
from hypothesis import strategies as st
from law_cases import law
from worlds import World, build

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import SaveSettled
from spark_desktop.domain.inbox_entry import InboxEntry, Outcome
from spark_desktop.domain.proposal import Cancelled, Queued, Ready, Streaming
from spark_desktop.domain.trigger import Repair, Span
from spark_desktop.services import save_bursts
from spark_desktop.services.quiet import Quiet
from spark_desktop.services.recent_saves import WINDOW

PATHS = [f"{letter}.py" for letter in "abcdef"]
MANY = 4
TEXTS = [
    "x = 1\n",
    "def one():\n    pass\n",
    "# above\ndef one():\n    pass\n",
    "def one():\n    # two AI!\n    return 2\n",
    "def one():\n    # two AI!\n    return 3\n",
    "def one():\n    pass\n\n\ndef two():\n    pass\n",
    "x = (1\n",
]


@dataclass(frozen=True)
class Saved:
    """Somebody saves these files, with these texts; None removes one."""

    texts: dict[str, str | None]


@dataclass(frozen=True)
class Ours:
    """We write a file."""

    path: str
    text: str


@dataclass(frozen=True)
class Decide:
    """The user accepts, undoes or redoes what is next, or changes how much starts."""

    what: str


@dataclass(frozen=True)
class Rest:
    """The models answer what waits, or do not get to it."""

    answers: bool


ACTS = st.one_of(
    st.dictionaries(st.sampled_from(PATHS), st.none() | st.sampled_from(TEXTS), min_size=1).map(
        Saved
    ),
    st.builds(Ours, st.sampled_from(PATHS), st.sampled_from(TEXTS)),
    st.sampled_from(["accept", "undo", "redo", "pause", "resume", "quiet", "loud"]).map(Decide),
    st.booleans().map(Rest),
)


class Endless(list[Answer]):
    """The same answer for ever."""

    def pop(self, _index: object = 0) -> Answer:  # type: ignore[override]
        return Answer("return 1\n")


class Day:
    """A world, and what was saved in it."""

    def __init__(self, seconds: float) -> None:
        """``seconds`` lie between two saves; few of them make one change of many."""
        self.world: World = build(MemoryFiles(**{p.replace(".", "__"): "x = 1\n" for p in PATHS}))
        self.world.endpoint.answers = Endless()
        self.quiet = Quiet(self.world.clock, self.world.seen_bus, self.world.scope)
        self.world.inbox.finders.append(self.repair)
        self.seconds, self.now = seconds, 0.0
        self.world.inbox._bursts.recent.now = lambda: self.now

    async def repair(self, before, saved):
        text = saved.text.content
        broken = text.count("(") != text.count(")")
        return [Repair(saved, Span(0, 1), "a bracket is open")] if broken else []

    async def act(self, act: object) -> None:
        match act:
            case Saved(texts):
                await self.save(texts)
            case Ours(path, text):
                await self.write(path, text)
            case Decide(what):
                await self.decide(what)
            case Rest(answers=True):
                await self.world.turns.idle()
            case Rest():
                await asyncio.sleep(0)

    async def save(self, texts: dict[str, str | None]) -> None:
        for path, text in texts.items():
            if text is None:
                self.world.files.data.pop(path, None)
            else:
                self.world.files.write(path, text)
        await self.tell(list(texts))

    async def write(self, path: str, text: str) -> None:
        if path in self.world.files.data:
            snapshot = self.world.files.snapshot(path)
            await self.world.files.replace(path, snapshot.text.with_content(text), snapshot.digest)
            await self.tell_ours([path])

    async def decide(self, what: str) -> None:
        world = self.world
        try:
            match what:
                case "accept":
                    ready = [p for p in world.turns.proposals() if isinstance(p.state, Ready)]
                    if ready:
                        step = await world.review.accept(ready[0].id)
                        await self.tell_ours([change.path for change in step.changes])
                case "undo" | "redo":
                    step = await (world.edits.undo() if what == "undo" else world.edits.redo())
                    await self.tell_ours([change.path for change in step.changes])
                case "pause":
                    world.inbox.pause()
                case "resume":
                    await self.tell(list(world.inbox.resume()))
                case _:
                    self.quiet.use(what == "quiet")
        except SparkError:
            # Nothing to undo, or a file that changed since: the disk is as it was.
            return

    async def tell_ours(self, paths: list[str]) -> None:
        """Let the folder's watch tell our own writes: they start nothing."""
        before = self.requested()
        await self.tell(paths)
        started = self.requested() - before
        # What was being written and is asked anew since its place changed was asked for before.
        stale = [
            one
            for one in self.world.turns.proposals()
            if isinstance(one.state, Streaming | Cancelled)
        ]
        assert len(started) <= len(stale)
        assert all(
            any(type(one.trigger) is type(self.world.board.get(new).trigger) for one in stale)
            for new in started
        )

    async def tell(self, paths: list[str]) -> None:
        """Let the folder's watch tell a burst: each path of it ends in one entry."""
        known = {entry.id: entry for entry in self.entries()}
        self.now += self.seconds
        await self.world.inbox.saved(paths)
        new = [entry for entry in self.entries() if entry.id not in known]
        told = [path for entry in new for path in entry.paths]
        if self.seconds < WINDOW:
            # It may be part of a change that began before.
            bursts = [one for one in self.entries() if one.is_burst]
            assert set(paths) <= {*told, *(path for one in bursts for path in one.paths)}
            return
        assert sorted(told) == sorted(set(paths))
        assert all(entry.reason for entry in new)
        if len(paths) >= MANY:
            assert len(new) == 1
            assert new[0].outcome is Outcome.IGNORED
            assert not new[0].requests

        offering = [one.paths for one in self.entries() if one.offered and not one.is_burst]
        # What is held back of a file is offered once.
        assert len(offering) == len(set(offering))

    def entries(self) -> list[InboxEntry]:
        """Return the newest value of each entry."""
        newest = {one.entry.id: one.entry for one in self.world.seen.of(SaveSettled)}
        return list(newest.values())

    def requested(self) -> set[str]:
        return {one.id for one in self.world.turns.proposals()}

    async def end(self) -> None:
        await self.world.turns.idle()
        left = [p for p in self.world.turns.proposals() if isinstance(p.state, Queued | Streaming)]
        assert left == []
        asked = {request for entry in self.entries() for request in entry.requests}
        # Each proposal is one that an entry asked for, or took the place of such a one.
        for proposal in self.world.turns.proposals():
            if proposal.id not in asked:
                assert any(
                    isinstance(other.state, Cancelled)
                    and other.trigger.snapshot.path == proposal.trigger.snapshot.path
                    for other in self.world.turns.proposals()
                )
        await self.world.turns.close()
        await self.world.chat.close()
        await self.world.scope.close()


@law
@given(st.lists(ACTS, max_size=12), st.sampled_from([0.1, 2 * WINDOW]))
def test_each_saved_path_ends_in_one_entry_and_our_own_writes_start_nothing(acts, seconds):
    async def live() -> None:
        day = Day(seconds)
        for act in acts:
            await day.act(act)
        await day.end()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(save_bursts, "MANY", MANY)
        asyncio.run(live())
