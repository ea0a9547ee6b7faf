"""From a saved change of a name or signature to what it asks of the other files."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from spark_desktop.domain.checks import failure
from spark_desktop.domain.events import FilesChanged
from spark_desktop.domain.exports import words_for
from spark_desktop.domain.followed import FileFollow, Followed, Left
from spark_desktop.domain.key_uses import makes_other
from spark_desktop.domain.name_changes import NameChange
from spark_desktop.domain.parameter_objects import parameter_object
from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import (
    Cancelled,
    Check,
    Conflict,
    Proposal,
    Queued,
    Ready,
    Streaming,
)
from spark_desktop.domain.text_edits import edited
from spark_desktop.domain.trigger import FollowUp, Span
from spark_desktop.domain.waits import waits_for, waits_in
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Ignored, IgnoreReason, Snapshot
from spark_desktop.services.async_chain import Chain
from spark_desktop.services.board import ProposalBoard
from spark_desktop.services.bus import Bus
from spark_desktop.services.follow_instructions import instruction_for
from spark_desktop.services.follow_plan import MOST_FILES, Plan, Plans, asked
from spark_desktop.services.follow_words import (
    computed_check,
    left_checks,
    nothing_left,
    texts_check,
    title_for,
)
from spark_desktop.services.name_survey import CodeNames, Holding, Survey, workspace_tree
from spark_desktop.services.ports import FileStore, Syntax
from spark_desktop.services.saved_names import SavedNames
from spark_desktop.services.text_names import EvidenceOf, names_in_texts


class FollowedFiles(FileStore, Protocol):
    """Files of which some may be known by more than one name."""

    async def other_names(self, paths: Sequence[str]) -> frozenset[str]:
        """Return those of the paths that only name once more what another of them names.

        The name that is no link stays; of several such (hard links) the first.
        """
        ...


class FollowUps:
    """Finds what follows a change, and computes it where it can be computed.

    ``find`` is a finder of the inbox: one trigger a file, all with one title, so that they are one
    group; ``computed`` makes a proposal of such a trigger without a model.
    """

    def __init__(
        self,
        names: CodeNames,
        holding: Holding,
        files: FollowedFiles,
        syntax: Syntax,
        board: ProposalBoard,
        bus: Bus,
    ) -> None:
        self._names = names
        self._holding = holding
        self._files = files
        self._syntax = syntax
        self._board = board
        # What the project's checks say of all files together; there may be none.
        self.evidence: EvidenceOf | None = None
        self._saved_names = SavedNames(names, holding, files)
        self._plans = Plans()
        self._burst: frozenset[str] = frozenset()
        # The versions before files that do not parse, and the digests of those that do not.
        self._held: dict[str, tuple[Snapshot, str]] = {}
        bus.subscribe(FilesChanged, self._saved)

    async def find(self, before: Snapshot | None, after: Snapshot) -> Sequence[FollowUp | Ignored]:
        """Return what the save asks of other places, or what is left to the user of it.

        Nothing where it changed no name that is used.
        """
        if before is None:
            return ()
        held, broken = self._held.pop(after.path, (before, before.digest))
        if broken == before.digest:
            # Else another version was checked out, or came back, in between.
            before = held
        if not (await self._parses(after.path, before.text.content, after.text.content)).passed:
            # In the middle of a change: names that the parser does not see now are not gone.
            self._held[after.path] = before, after.digest
            return ()
        changed = await self._saved_names.changed(before, after)
        if not changed:
            return ()
        base = self._withdraw(after.path, before)
        if base is not before:
            # A name that was changed twice is followed from where it began, and from in between.
            earlier = await self._saved_names.changed(base, after)
            known = {(one.old.container, one.old.name) for one in earlier}
            between = [one for one in changed if (one.old.container, one.old.name) not in known]
            changed = [*earlier, *between]
        return await self._followed(base, after, changed, before.digest)

    async def computed(self, proposal: Proposal, trigger: FollowUp) -> Proposal | None:
        """Return the proposal ready, or ended where nothing is left; None where a model is asked.

        ``trigger`` is the proposal's on the file as it is now.
        """
        plan = self._plans.of(trigger)
        if plan is None:
            return None
        if isinstance(proposal.state, Cancelled):
            return proposal
        snapshot = trigger.snapshot
        path, content = snapshot.path, snapshot.text.content
        found = await self._in_file(plan, snapshot)
        if found is None or not found.edits:
            return replace(
                proposal, trigger=trigger, state=Cancelled(say("nothing is left to follow up"))
            )
        after = edited(content, found.edits)
        evidence = [computed_check(len(found.lines)), await self._parses(path, content, after)]
        left = [*found.left, *(plan.left if plan.told_by == path else ())]
        checks: tuple[Check, ...] = ()
        if self.evidence is not None:
            # It can be stopped, and taken back by a newer save, while the checks run.
            self._board.put(replace(proposal, trigger=trigger, state=Streaming(1)))
            checks = await self._checked(plan, proposal.id)
            if isinstance((now := self._board.get(proposal.id)).state, Cancelled):
                return now
        in_texts = plan.in_texts.get(path)
        if in_texts is not None and in_texts.before == after:
            after = in_texts.after
            evidence.append(texts_check(len(in_texts.places)))
            left = plan.not_in_texts(left, path, content)
        evidence += [*left_checks(left), *checks]
        return replace(
            proposal,
            trigger=trigger,
            state=Ready(),
            patch=compute(path, snapshot.digest, content, after),
            evidence=tuple(evidence),
        )

    async def _checked(self, plan: Plan, asked_by: str) -> tuple[Check, ...]:
        """Return what the project's checks say of all files of the plan; they run once."""
        if plan.checks is None and self.evidence is not None:
            told = await self.evidence(plan.texts)
            if failure(told) is not None:

                def goes_on() -> bool:
                    return not isinstance(self._board.get(asked_by).state, Cancelled)

                followed = goes_on() and await names_in_texts(
                    plan.texts, plan.renamed, self.evidence, told, goes_on
                )
                plan.in_texts, told = followed or ({}, told)
            # The user is in the middle of a change: what fails says so, and withholds nothing.
            plan.checks = tuple(replace(one, is_advice=True) for one in told)
        return plan.checks or ()

    def _withdraw(self, path: str, before: Snapshot) -> Snapshot:
        """Take back what an earlier change of the file still offers; return where it began."""
        plan = self._plans.newest(path)
        if plan is None:
            return before
        waiting = [
            one
            for one in self._board.all()
            if isinstance(one.trigger, FollowUp)
            and isinstance(one.state, Queued | Streaming | Ready | Conflict)
            and self._plans.of(one.trigger) is plan
        ]
        for one in waiting:
            self._board.put(replace(one, state=Cancelled(say("its name was changed again"))))
        # Compared with the same version again, it was held back: nothing of it is on the board.
        return plan.base if waiting or plan.before == before.digest else before

    async def _followed(
        self, base: Snapshot, after: Snapshot, changed: list[NameChange], before: str
    ) -> Sequence[FollowUp | Ignored]:
        words = {one.old.name for one in changed} | {one.new.name for one in changed}
        words |= {one.old.container for one in changed if one.old.container}
        holders: set[str] = {after.path, *(one.old.path for one in changed)}
        for one in changed:
            is_made = _is_constructor(one) or one.made_at is not None
            wanted = {one.old.container if is_made else one.old.name}
            # Who uses a value of a type need not name the type.
            wanted |= {one.literal[0]} if one.literal else set()
            wanted |= {one.key.old} if one.key else set()
            wanted |= words_for(one) if one.exported else set()
            holders |= set(await self._holding(after.path, wanted))
        tree = await workspace_tree(self._files, holders)
        survey = Survey(self._names, self._files, tree, words)
        await survey.take(after)
        await survey.read(sorted(holders))
        fresh = _fresh_lines(base, after)
        followed = []
        for each in changed:
            one = _told_apart(each, survey)
            target = await survey.target(one)
            if target is not None:
                gathered = parameter_object(one, _types(survey, one.new.path))
                file = survey.known.get(one.new.path)
                home = "" if file is None else file.content
                followed.append(Followed(target, one, self._burst, fresh, gathered, home))
        title = title_for(_distinct(changed))
        known = tree, frozenset(words)
        plan = Plan(title, base, tuple(followed), *known, before=before, change=after.digest)
        await self._let_wait(plan, survey)
        found = {path: plan.in_file(file) for path, file in survey.known.items()}
        # Links are surveyed, as what imports by their names is; but a file is changed only once.
        to_do = [path for path, one in found.items() if one.edits or one.asked]
        for path in await self._files.other_names(to_do):
            del found[path]
        return await self._triggers(plan, found, survey, after.path)

    async def _let_wait(self, plan: Plan, survey: Survey) -> None:
        """Find what has to become async with what is async now; it has to be possible there."""
        roots = [one for one in plan.followed if waits_for(one.change)]
        refused: frozenset[str] = frozenset()
        while roots:
            plan.waiting = await Chain(survey, self._holding, refused).waiting(roots)
            plan.words = survey.words
            wanted = {path for path, _, _ in plan.waiting.turned}
            worse = {path for path in wanted if not await self._fits(plan, survey, path)}
            if not worse:
                break
            # Whoever calls what stays as it is has nothing to wait for.
            refused |= worse

    async def _fits(self, plan: Plan, survey: Survey, path: str) -> bool:
        """Return whether all edits of a file in which a function becomes async can be done."""
        file = survey.known[path]
        done = plan.in_file(file).edits
        if not set(waits_in(plan.waiting, file, plan.tree).edits) <= set(done):
            return False
        return (await self._parses(path, file.content, edited(file.content, done))).passed

    async def _triggers(
        self, plan: Plan, found: dict[str, FileFollow], survey: Survey, origin: str
    ) -> Sequence[FollowUp | Ignored]:
        instruction = instruction_for(plan.followed)
        computed: list[FollowUp] = []
        for path, one in found.items():
            snapshot = survey.snapshots[path]
            content = snapshot.text.content
            if not one.edits or len(computed) == MOST_FILES:
                plan.left += one.left
                if one.edits:
                    reason = say("there are too many files at once")
                    plan.left.append(Left(path, one.lines[0], reason))
                continue
            after = edited(content, one.edits)
            if not (await self._parses(path, content, after)).passed:
                plan.left.append(Left(path, one.lines[0], say("the file would not parse")))
                continue
            plan.texts[path] = content, after
            lines = Span(one.lines[0], one.lines[-1] + 1)
            follow_up = FollowUp(
                snapshot, lines, plan.title, instruction, origin=origin, change=plan.change
            )
            computed.append(follow_up)
        called = asked(plan, found, survey, self._syntax)
        self._plans.keep(plan, computed, origin)
        if not computed and not called:
            detail = nothing_left(plan.title, plan.left)
            return (Ignored(origin, IgnoreReason.NO_TRIGGER, detail),)
        return (*computed, *called)

    async def _in_file(self, plan: Plan, snapshot: Snapshot) -> FileFollow | None:
        survey = Survey(self._names, self._files, plan.tree, plan.words)
        await survey.take(snapshot)
        file = survey.known.get(snapshot.path)
        if file is None:
            return None
        return plan.in_file(file)

    async def _parses(self, path: str, before: str, after: str) -> Check:
        was, now = await asyncio.to_thread(
            lambda: (self._syntax.errors(path, before), self._syntax.errors(path, after))
        )
        return Check(say("parses"), was is None or now is None or now <= was)

    def _saved(self, event: FilesChanged) -> None:
        self._burst = frozenset(event.paths)


def _told_apart(change: NameChange, survey: Survey) -> NameChange:
    """Return a change of a key with whether other dictionaries have the same one."""
    if change.key is None:
        return change
    known = [one for one in survey.known.values() if one.language == "python"]
    is_shared = any(makes_other(change.key, one) for one in known)
    return replace(change, key=replace(change.key, is_shared=is_shared))


def _distinct(changed: Sequence[NameChange]) -> list[NameChange]:
    """Return the changes by what came of them, each as it began."""
    found: dict[tuple[str, str, str], NameChange] = {}
    for one in changed:
        found.setdefault((one.new.path, one.new.container, one.new.name), one)
    return list(found.values())


def _types(survey: Survey, path: str) -> dict[str, str]:
    """Return the texts of what a file defines and nobody can call, by name."""
    file = survey.known.get(path)
    defined = () if file is None else file.defined
    return {one.name: one.text for one in defined if one.parameters is None and not one.container}


def _is_constructor(change: NameChange) -> bool:
    return change.old.name in ("__init__", "constructor") and bool(change.old.container)


def _fresh_lines(before: Snapshot, after: Snapshot) -> frozenset[int]:
    """Return the lines of ``after`` that ``before`` does not have in their place."""
    found: set[int] = set()
    shift = 0
    for hunk in compute("", "", before.text.content, after.text.content).hunks:
        start = hunk.start + shift
        found |= set(range(start, start + len(hunk.new)))
        shift += len(hunk.new) - len(hunk.old)
    return frozenset(found)
