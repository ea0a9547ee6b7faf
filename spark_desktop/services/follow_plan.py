"""What one save asks of other files, kept as long as its proposals may be looked at."""

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.file_names import FileNames, Occurrence
from spark_desktop.domain.follow_edits import follow
from spark_desktop.domain.followed import (
    FileFollow,
    Followed,
    Left,
    in_text,
    left_whole,
    together,
)
from spark_desktop.domain.generated_files import why_left
from spark_desktop.domain.module_paths import Tree
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.text_mentions import whole_texts
from spark_desktop.domain.trigger import FollowUp, Span
from spark_desktop.domain.waits import Waiting, waits_in
from spark_desktop.domain.words import Said, say
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.services.follow_instructions import instruction_for
from spark_desktop.services.follow_words import asked_title
from spark_desktop.services.name_survey import Survey
from spark_desktop.services.ports import Syntax
from spark_desktop.services.text_names import InTexts

# Files that one change is followed to; beyond it is work for a tool of the language.
MOST_FILES = 100
# Calls for which a model is asked after one save.
_MOST_ASKED = 8
# Changes that are remembered, as their proposals may be looked at later.
_KEPT_PLANS = 50


@dataclass(slots=True)
class Plan:
    """What one save asks of others; ``base`` is the version before the first change of it.

    ``before`` is the digest of the version that the save was compared with, ``change`` that of
    what was saved.
    """

    title: Said
    base: Snapshot
    followed: tuple[Followed, ...]
    tree: Tree
    words: frozenset[str]
    waiting: Waiting = field(default_factory=Waiting)
    left: list[Left] = field(default_factory=list)
    paths: tuple[str, ...] = ()
    told_by: str = ""
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    checks: tuple[Check, ...] | None = None
    before: str = ""
    change: str = ""
    in_texts: Mapping[str, InTexts] = field(default_factory=dict)

    @property
    def renamed(self) -> dict[str, str]:
        """Return the new names by the old ones, of what has one of both."""
        changes = [one.change for one in self.followed]
        return {one.old.name: one.new.name for one in changes if one.is_renamed}

    def in_file(self, file: FileNames) -> FileFollow:
        """Return what is to be done in one file."""
        parts = [follow(one, file, self.tree) for one in self.followed]
        asked = [one for part in parts for one in part.asked]
        found = together([*parts, waits_in(self.waiting, file, self.tree, asked)], file)
        # A use there breaks as well, so it is named; what is written there goes with the next run
        # of the tool, or with the next copy.
        reason = why_left(file.path, file.content)
        return found if reason is None else left_whole(found, reason)

    def not_in_texts(self, left: Sequence[Left], path: str, content: str) -> list[Left]:
        """Return what is left of a file once the texts that are a name have followed."""
        followed = self.in_texts[path]
        texts = whole_texts(content, self.renamed)
        if len(texts) != len(whole_texts(followed.before, self.renamed)):
            return list(left)
        done = {content.count("\n", 0, texts[place].start) for place in followed.places}
        return [
            one
            for one in left
            if one.path != path or one.line not in done or one.reason != in_text()
        ]


class Plans:
    """The plans of the last saves, by what they ask of which file, and by the file of the save."""

    def __init__(self) -> None:
        self._plans: OrderedDict[tuple[str, str, str], Plan] = OrderedDict()
        self._newest: dict[str, Plan] = {}

    def of(self, trigger: FollowUp) -> Plan | None:
        """Return the plan that a trigger is of; None where it is not remembered any more."""
        return self._plans.get((trigger.snapshot.path, trigger.title, trigger.origin))

    def newest(self, origin: str) -> Plan | None:
        """Return what the last save of a file asked for."""
        return self._newest.get(origin)

    def keep(self, plan: Plan, computed: list[FollowUp], origin: str) -> None:
        """Remember a plan of a save of ``origin``, with the triggers that need no model."""
        plan.paths = tuple(one.snapshot.path for one in computed)
        plan.told_by = plan.paths[0] if plan.paths else ""
        for path in plan.paths:
            self._plans[path, plan.title, origin] = plan
        self._newest[origin] = plan
        while len(self._plans) > _KEPT_PLANS + MOST_FILES:
            self._plans.popitem(last=False)


def asked(
    plan: Plan, found: dict[str, FileFollow], survey: Survey, syntax: Syntax
) -> list[FollowUp]:
    """Return a trigger for each function with calls whose arguments a model chooses.

    Those beyond the most are left to the user, which the plan then says.
    """
    asked: dict[tuple[str, int, int], tuple[list[Followed], list[Occurrence]]] = {}
    for path, one in found.items():
        for use in one.asked:
            place = Span(use.line, use.line + 1)
            region = syntax.enclosing(survey.snapshots[path], place)
            abouts, uses = asked.setdefault((path, region.start, region.end), ([], []))
            uses.append(use)
            abouts += [one for one in _about(plan, use) if one not in abouts]
    triggers = []
    for number, ((path, start, end), (abouts, uses)) in enumerate(asked.items()):
        if number >= _MOST_ASKED:
            reason = say("a value has to be chosen")
            plan.left += [Left(path, use.line, reason) for use in uses]
            continue
        title = asked_title(abouts[0].change, _place(survey.known[path], start, end))
        lines = Span(uses[0].line, uses[-1].line + 1)
        told = instruction_for(abouts)
        may_stay = all(map(_may_stay, abouts))
        at = survey.snapshots[path]
        triggers.append(
            FollowUp(at, lines, title, told, may_stay, plan.base.path, change=plan.change)
        )
    return triggers


def _about(plan: Plan, use: Occurrence) -> list[Followed]:
    """Return the changes that a use has to follow; one that makes a class, all of its fields."""
    # What a class gives its base is called by the constructor's own name.
    is_given = use.name == "__init__" and use.call is not None
    named = [
        one
        for one in plan.followed
        if one.target.name == use.name or (is_given and one.is_constructor)
    ]
    return named[:1] + [one for one in named[1:] if one.change.made_at is not None]


def _may_stay(about: Followed) -> bool:
    """Return whether a use may fit as it is.

    Other types may: many are converted, or were never narrowed.
    """
    signature, change = about.signature, about.change
    is_same_form = signature is None or not signature.has_other_form
    return is_same_form and not change.is_renamed and not change.turns


def _place(file: FileNames, start: int, end: int) -> str:
    """Return the name of the function at these lines, else the line."""
    inside: Collection[Defined] = [
        one
        for one in file.defined
        if one.definition.lines.start >= start and one.definition.lines.end <= end
    ]
    function = next((one for one in inside if one.parameters is not None), None)
    named = "" if function is None else f"{function.name}()"
    if function is not None and function.container:
        # Two places of one title would be taken for one.
        same = [one for one in file.defined if one.name == function.name]
        named = f"{function.container}.{named}" if len(same) > 1 else named
    first = split_lines(file.content)[start : start + 1]
    return f"{named}, {file.path}" if named else f"{file.path}:{start + 1 if first else 1}"
