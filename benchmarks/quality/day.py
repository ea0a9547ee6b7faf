"""Replays commits as saves in an open project, and judges what it proposes."""

import asyncio
import difflib
import re
import time
from pathlib import Path

from benchmarks.quality.commits import Commit, WorkTree
from benchmarks.quality.day_judging import Filled, TestsOfDay, Verdict, judged_follow_up
from benchmarks.quality.day_tally import FOLLOW_UP, STUB, UNASKED, Seen, Tally
from benchmarks.quality.judging import is_shown, why_not_shown
from benchmarks.quality.product import Happened, Watcher
from benchmarks.quality.stubbing import emptied, renamed
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Proposal, Ready, Withheld
from spark_desktop.domain.trigger import FollowUp, Stub
from spark_desktop.wiring import Project

# Seconds in which a switch to another commit is noticed; often it changes nothing.
_SWITCHED_S = 2.0


class Day:
    """One open project, through one commit after the other."""

    def __init__(self, project: Project, tree: WorkTree, tests: TestsOfDay, tally: Tally) -> None:
        self._project = project
        self._tree = tree
        self._tests = tests
        self._tally = tally

    async def replay(self, commit: Commit, until: float) -> None:
        """Save what the commit changed, as a user at the keyboard would, before a point in time.

        The folder is brought to the commit's parent first, which is a switch like any other.
        """
        switched = Watcher(self._project)
        await asyncio.to_thread(self._tree.check_out, commit.parent)
        await self._unasked(commit, "", await switched.settled(_SWITCHED_S))
        self._tally.commits += 1
        self._tally.renames += len(followed(commit))
        for change in commit.changes:
            found = None if change.is_test else emptied(change.before, change.after)
            if time.monotonic() > until:
                return
            if found is not None:
                self._tally.stub_saves += 1
                happened = await self._save(change.path, found.text)
                await self._filled(Filled(commit, change, found, ""), happened)
                await self._others(commit, change.path, happened, found.name)
            self._tally.plain_saves += 1
            happened = await self._save(change.path, change.after)
            await self._others(commit, change.path, happened)

    async def _save(self, path: str, text: str) -> Happened:
        watcher = Watcher(self._project)
        await asyncio.to_thread(_write, self._project.root / path, text)
        return await watcher.settled()

    async def _filled(self, filled: Filled, happened: Happened) -> None:
        """Judge what is proposed for the stub; what is right is accepted, else it is rejected."""
        name = filled.emptied.name.rpartition(".")[2]
        asked = [one for one in happened.proposals.values() if _fills(one, name)]
        commit, path = filled.commit, filled.change.path
        if not any(map(is_shown, asked)):
            fate, reason = why_not_shown(asked, happened.notes)
            self._tally.seen.append(
                Seen(STUB, commit.id, commit.title, path, Verdict(fate.value), reason)
            )
            return
        proposal = next(one for one in asked if is_shown(one))
        before = proposal.trigger.snapshot.text.content
        proposed = proposed_text(proposal)
        filled = Filled(commit, filled.change, filled.emptied, proposed)
        verdict, reason = await asyncio.to_thread(self._tests.verdict, filled)
        self._tally.seen.append(
            Seen(
                STUB,
                commit.id,
                commit.title,
                path,
                verdict,
                reason,
                diff_of(path, before, proposed),
                diff_of(path, before, filled.change.after),
                happened.first_s,
                happened.reviewable_s,
            )
        )
        await self._decide(proposal, accept=verdict is Verdict.RIGHT)

    async def _others(self, commit: Commit, path: str, happened: Happened, stub: str = "") -> None:
        """Judge what is proposed beside the stub: follow-ups by the commit, the rest is wrong."""
        name = stub.rpartition(".")[2]
        rest = [one for one in happened.proposals.values() if not (stub and _fills(one, name))]
        follow_ups = [one for one in rest if isinstance(one.trigger, FollowUp)]
        for proposal in follow_ups:
            self._tally.seen.append(await self._followed(commit, proposal, happened))
            await self._decide(proposal, accept=False)
        others = Happened({one.id: one for one in rest if one not in follow_ups})
        await self._unasked(commit, path, others)

    async def _followed(self, commit: Commit, proposal: Proposal, happened: Happened) -> Seen:
        path = proposal.trigger.snapshot.path
        if not is_shown(proposal):
            fate, reason = why_not_shown([proposal], ())
            return Seen(FOLLOW_UP, commit.id, commit.title, path, Verdict(fate.value), reason)
        real = next((one.after for one in commit.changes if one.path == path), None)
        before, after = proposal.trigger.snapshot.text.content, proposed_text(proposal)
        verdict, reason = judged_follow_up(before, after, real)
        return Seen(
            FOLLOW_UP,
            commit.id,
            commit.title,
            path,
            verdict,
            reason,
            diff_of(path, before, after),
            diff_of(path, before, before if real is None else real),
            happened.first_s,
            happened.reviewable_s,
        )

    async def _unasked(self, commit: Commit, path: str, happened: Happened) -> None:
        """Count what nobody asked for: shown it is wrong, since the user wrote all there is."""
        for proposal in happened.proposals.values():
            place = proposal.trigger.snapshot.path or path
            shown = is_shown(proposal)
            held = isinstance(proposal.state, Withheld)
            verdict = Verdict.WRONG if shown else Verdict.WITHHELD if held else Verdict.NOTHING
            text = proposal.trigger.snapshot.text.content
            diff = diff_of(place, text, proposed_text(proposal)) if shown else ""
            reason = f"unasked: {type(proposal.trigger).__name__}"
            self._tally.seen.append(
                Seen(UNASKED, commit.id, commit.title, place, verdict, reason, diff)
            )
            await self._decide(proposal, accept=False)

    async def _decide(self, proposal: Proposal, *, accept: bool) -> None:
        known = {one.id: one for one in self._project.turns.proposals()}
        if not isinstance(known.get(proposal.id, proposal).state, Ready):
            return
        try:
            if accept:
                await self._project.review.accept(proposal.id)
            else:
                self._project.review.reject(proposal.id)
        except SparkError:
            # A save in between has taken it back: there is nothing left to decide.
            return


def followed(commit: Commit) -> dict[str, str]:
    """Return the names that a commit gave another in one file and then used in other ones."""
    found = {}
    for change in commit.changes:
        others = [one for one in commit.changes if one is not change]
        for was, now in renamed(change.before, change.after).items():
            if any(_uses(one.before, was) and _uses(one.after, now) for one in others):
                found[was] = now
    return found


def _uses(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _fills(proposal: Proposal, name: str) -> bool:
    return isinstance(proposal.trigger, Stub) and proposal.trigger.name == name


def proposed_text(proposal: Proposal) -> str:
    """Return the file with all of a proposal."""
    before = proposal.trigger.snapshot.text.content
    return before if proposal.patch is None else apply(before, proposal.patch.hunks)


def diff_of(path: str, before: str, after: str) -> str:
    """Return the change for reading."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    return "".join(difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=2))


def _write(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8", newline="")
