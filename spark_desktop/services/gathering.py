"""Gathers what joins a proposal's prompt beside its region, and says what it leaves out."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.file_outline import import_lines, names_in, outline, words_in
from spark_desktop.domain.gathered import Gathered, LeftOut, Part
from spark_desktop.domain.prompt_layout import (
    STABLE,
    ContextPlan,
    PartKind,
    file_of,
    fitted,
    in_order,
    part_text,
    place_in,
)
from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_files import secret_in_file
from spark_desktop.domain.symbols import Symbol
from spark_desktop.domain.trigger import (
    EditComment,
    FailingTest,
    FollowUp,
    Instruction,
    ModelTrigger,
    QuickAction,
    Repair,
    Span,
    Stub,
)
from spark_desktop.domain.words import say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.code_lookup import CodeLookup
from spark_desktop.services.diagnostics import Diagnostics
from spark_desktop.services.prompt_reading import Piece, Reading
from spark_desktop.services.prompts import language_of
from spark_desktop.services.recent_edits import MOST_LINES, RecentEdits

Count = Callable[[str], Awaitable[int]]
Gather = Callable[[ModelTrigger, Span, int, Count], Awaitable[Gathered]]

# The file in which projects tell programs such as this one their rules.
RULES = "AGENTS.md"
_RULE_LINES = 40
_MAP_CHARACTERS = 4_000
# Words that say that something is wrong with the code: its linter may know what.
_MENDING = regex(
    r"\b(?:fix|bug|error|warning|lint|typ(?:e|ing)s?|mypy|ruff|eslint|clippy|broken|wrong)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Ask:
    """What is gathered for: ``name`` is that of the function that the region is, "" for none."""

    trigger: ModelTrigger
    region: Span
    reading: Reading
    name: str
    names: dict[str, bool]

    @property
    def own(self) -> Snapshot:
        return self.trigger.snapshot


class Gathering:
    """``plan`` says what the model is shown that would be asked now for a kind of work."""

    def __init__(
        self,
        lookup: CodeLookup,
        edits: RecentEdits,
        diagnostics: Diagnostics,
        plan: Callable[[WorkKind], ContextPlan],
    ) -> None:
        self.plan = plan
        self.lookup = lookup
        self.edits = edits
        self.diagnostics = diagnostics

    async def gather(
        self, trigger: ModelTrigger, region: Span, budget_tokens: int, count: Count
    ) -> Gathered:
        """Return the parts in the order of the prompt, within the budget and the model's plan.

        ``count`` counts a text's tokens as the model does; where it fails they are estimated.
        """
        plan = self.plan(work_of(trigger))
        kinds, budget = plan.kinds, min(budget_tokens, plan.tokens)
        reading = self.lookup.reading(trigger.snapshot)
        self.edits.see(trigger.snapshot)
        stable, left = await self._stable(trigger.snapshot, reading, kinds)
        ask = await self._ask(trigger, region, reading)
        found = list(stable)
        for kind, gathered in (
            (PartKind.DEFINITIONS, self._definitions),
            (PartKind.CALLERS, self._callers),
            (PartKind.TESTS, self._tests),
            (PartKind.EDITS, self._edits),
            (PartKind.DIAGNOSTICS, self._diagnostics),
        ):
            if kind in kinds:
                parts, without = await gathered(ask)
                found += parts
                left += without
        return await _within(found, [*left, *reading.left_out.values()], budget, count)

    async def beginning(
        self, snapshot: Snapshot, work: WorkKind, budget_tokens: int, count: Count
    ) -> Gathered:
        """Return the stable parts alone: what every prompt about the file begins with."""
        plan = self.plan(work)
        reading = self.lookup.reading(snapshot)
        self.edits.see(snapshot)
        parts, left = await self._stable(snapshot, reading, plan.kinds)
        budget = min(budget_tokens, plan.tokens)
        return await _within(parts, [*left, *reading.left_out.values()], budget, count)

    async def _ask(self, trigger: ModelTrigger, region: Span, reading: Reading) -> _Ask:
        path = trigger.snapshot.path
        lines = await reading.lines(path)
        text = "".join(lines[region.start : region.end])
        symbols = await reading.symbols(path)
        name = trigger.name if isinstance(trigger, Stub) else _name_of(symbols, region)
        names = names_in(text) | words_in(_words_of(trigger))
        names.pop(name, None)
        return _Ask(trigger, region, reading, name, names)

    async def _stable(
        self, own: Snapshot, reading: Reading, kinds: frozenset[PartKind]
    ) -> tuple[list[Part], list[LeftOut]]:
        parts, left = [], []
        if PartKind.RULES in kinds and (lines := await reading.lines(RULES)):
            text = "".join(lines[:_RULE_LINES])
            parts.append(_part(PartKind.RULES, RULES, text, RULES))
            if len(lines) > _RULE_LINES:
                reason = say("only its first %n line(s) are shown", "", _RULE_LINES)
                left.append(LeftOut(RULES, reason))
        if PartKind.MAP in kinds:
            text = await self.lookup.map(own.path, _MAP_CHARACTERS)
            if text.strip():
                parts.append(_part(PartKind.MAP, say("Map of the workspace"), text, ""))
        lines = await reading.lines(own.path)
        if PartKind.IMPORTS in kinds and (imports := import_lines(lines)):
            title = say("Imports of {path}", path=own.path)
            parts.append(_part(PartKind.IMPORTS, title, "\n".join(imports), own.path))
        if PartKind.OUTLINE in kinds:
            signatures = outline(lines, await reading.symbols(own.path))
            if signatures:
                title = say("Defined in {path}", path=own.path)
                parts.append(_part(PartKind.OUTLINE, title, "\n".join(signatures), own.path))
        return parts, left

    async def _definitions(self, ask: _Ask) -> tuple[list[Part], list[LeftOut]]:
        pieces = await self.lookup.definitions(ask.reading, ask.region, ask.names)
        return _parts(PartKind.DEFINITIONS, pieces, ask.own.path), []

    async def _callers(self, ask: _Ask) -> tuple[list[Part], list[LeftOut]]:
        if not ask.name or not isinstance(ask.trigger, Stub | FollowUp | Repair):
            # What is there already says itself what it is called with.
            return [], []
        pieces = await self.lookup.callers(ask.reading, ask.region, ask.name)
        return _parts(PartKind.CALLERS, pieces, ask.own.path), []

    async def _tests(self, ask: _Ask) -> tuple[list[Part], list[LeftOut]]:
        failing = ask.trigger.name if isinstance(ask.trigger, FailingTest) else ""
        names = [ask.name] if ask.name else []
        if not names and not failing:
            return [], []
        pieces = await self.lookup.tests(ask.reading, names, failing)
        return _parts(PartKind.TESTS, pieces, ask.own.path), []

    async def _edits(self, ask: _Ask) -> tuple[list[Part], list[LeftOut]]:
        parts, left = [], []
        wanted = {*ask.names, ask.name} - {""}
        for edit in self.edits.about(ask.own.path, ask.region, wanted):
            title = say("Saved lately: {place}", place=place_in(edit.path, edit.line))
            size = len(edit.old) + len(edit.new)
            if size > MOST_LINES:
                left.append(LeftOut(title, say("a change of %n line(s)", "", size)))
            else:
                parts.append(Part(PartKind.EDITS, title, edit.text, "diff"))
        return parts, left

    async def _diagnostics(self, ask: _Ask) -> tuple[list[Part], list[LeftOut]]:
        if isinstance(ask.trigger, Repair):
            # What is wrong is the instruction.
            return [], []
        commands = _is_about_faults(ask.trigger)
        found = await self.diagnostics.of(ask.own, ask.region, commands=commands)
        if not found:
            return [], []
        title = say("Problems in this code")
        return [Part(PartKind.DIAGNOSTICS, title, "\n".join(found))], []


def work_of(trigger: ModelTrigger) -> WorkKind:
    """Return what the work is: a comment or an instruction was typed, the rest comes unasked."""
    asked = isinstance(trigger, EditComment | Instruction)
    return WorkKind.EDIT if asked else WorkKind.SUGGESTION


async def _within(
    parts: Iterable[Part], left: Iterable[LeftOut], budget: int, count: Count
) -> Gathered:
    kept, secret = await asyncio.to_thread(_without_secrets, tuple(parts))
    counted = await asyncio.gather(*(_counted(part, count) for part in in_order(kept)))
    fitting, too_large = fitted(counted, budget)
    return Gathered(fitting, (*left, *secret, *too_large))


def _without_secrets(parts: Sequence[Part]) -> tuple[list[Part], list[LeftOut]]:
    kept, left = [], []
    for part in parts:
        # The file's own words decide, since an excerpt may have lost what makes it harmless.
        found = secret_in_file(file_of(part), part.text)
        if found is None:
            kept.append(part)
        else:
            left.append(LeftOut(part.title, say("may hold secrets: {what}", what=found)))
    return kept, left


async def _counted(part: Part, count: Count) -> Part:
    text = f"{part_text(part)}\n\n"
    try:
        return replace(part, tokens=await count(text))
    except SparkError:
        return replace(part, tokens=estimate_tokens(text))


def _parts(kind: PartKind, pieces: Iterable[Piece], own: str) -> list[Part]:
    # Lines of the file itself have no numbers: they move with each line that is written above them,
    # a comment for Spark too, and the server would have to read all behind them again.
    titles = [one.path if one.path == own else place_in(one.path, one.line) for one in pieces]
    texts = zip(titles, pieces, strict=True)
    return [_part(kind, title, one.text, one.path) for title, one in texts]


def _part(kind: PartKind, title: str, text: str, path: str) -> Part:
    return Part(kind, title, text, language_of(path) if path else "", kind in STABLE)


def _name_of(symbols: Iterable[Symbol], region: Span) -> str:
    """Return the name of the definition that the region is or lies in, "" for none."""
    inside = [one for one in symbols if region.start <= one.lines.start < region.end]
    if inside:
        return inside[0].name
    around = [
        one for one in symbols if one.lines.start <= region.start and region.end <= one.lines.end
    ]
    return min(around, key=lambda one: len(one.lines)).name if around else ""


def _words_of(trigger: ModelTrigger) -> str:
    match trigger:
        case EditComment() | Instruction() | FollowUp():
            return trigger.instruction
        case FailingTest():
            return trigger.report
        case Repair():
            return trigger.problem
        case Stub():
            return ""


def _is_about_faults(trigger: ModelTrigger) -> bool:
    if isinstance(trigger, Instruction) and trigger.action is QuickAction.FIX:
        return True
    asked = isinstance(trigger, EditComment | Instruction)
    return asked and _MENDING.search(_words_of(trigger)) is not None
