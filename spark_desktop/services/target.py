"""What exactly a proposal asks for: the region, and how an answer becomes the whole file."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import SequenceMatcher

from spark_desktop.domain.clipping import surroundings
from spark_desktop.domain.comment_removal import without_comment
from spark_desktop.domain.completion import SEARCH_REPLACE
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.errors import ContextExceededError, SparkError
from spark_desktop.domain.regex import regex
from spark_desktop.domain.text import dominant_newline, split_lines
from spark_desktop.domain.trigger import (
    EditComment,
    FailingTest,
    FollowUp,
    Instruction,
    ModelTrigger,
    Repair,
    Span,
    Stub,
)
from spark_desktop.domain.words import say
from spark_desktop.services.ports import Syntax
from spark_desktop.services.prompts import failing_instruction, repair_instruction

# Lines of a region that a model writes anew also where it could name the places: it is surer.
_MOST_REWRITTEN = 80
# A file with no more lines than this is rewritten as a whole where no place in it is meant.
_SMALL_FILE_LINES = 60
_WORD = regex(r"[A-Za-z_][A-Za-z0-9_]{2,}")


@dataclass(frozen=True, slots=True)
class Target:
    """The region in the snapshot, and the text that the model works on.

    ``content`` is the snapshot's without the comment that asked; ``lines`` is where the region
    stands in it. ``signature`` is what has to stay of it; one that ``mends`` is a syntax error's.
    """

    region: Span
    content: str
    lines: Span
    instruction: str
    signature: str = ""
    mends: bool = False

    @property
    def text(self) -> str:
        """Return the region's text as the model is shown it."""
        return "".join(split_lines(self.content)[self.lines.start : self.lines.end])

    @property
    def outside(self) -> str:
        """Return the rest of the content, which is not the model's to change."""
        lines = split_lines(self.content)
        return "".join(lines[: self.lines.start] + lines[self.lines.end :])

    @property
    def surroundings(self) -> str:
        """Return the lines around the region that an answer may repeat."""
        lines = split_lines(self.content)
        return surroundings(lines[: self.lines.start], self.text, lines[self.lines.end :])

    def in_style(self, answer: str) -> str:
        """Return the answer with the file's line endings.

        Lines that the region holds already keep their own: a file may mix styles.
        """
        own = split_lines(self.text)
        lines = [line.rstrip("\r\n") for line in split_lines(answer)]
        newline = dominant_newline(self.content)
        styled = [line + newline for line in lines]
        bare = [line.rstrip("\r\n") for line in own]
        matcher = SequenceMatcher(None, bare, lines, autojunk=False)
        for start, there, length in matcher.get_matching_blocks():
            styled[there : there + length] = own[start : start + length]
        if lines and not answer.endswith(("\r", "\n")):
            styled[-1] = lines[-1]
        return "".join(
            line if line.endswith(("\r", "\n")) or number == len(styled) - 1 else line + newline
            for number, line in enumerate(styled)
        )

    def with_region(self, text: str) -> str:
        """Return the whole content with ``text`` in the region's place."""
        lines = split_lines(self.content)
        head, tail = lines[: self.lines.start], lines[self.lines.end :]
        if text and tail and not text.endswith(("\n", "\r")):
            text += dominant_newline(self.content)
        return "".join(head) + text + "".join(tail)


def target_of(trigger: ModelTrigger, syntax: Syntax) -> Target:
    """Return what to ask for; raises SparkError where an instruction leaves the place open."""
    content = trigger.snapshot.text.content
    match trigger:
        case Stub():
            return Target(trigger.lines, content, trigger.lines, "", _signature_of(trigger))
        case EditComment():
            return _at_comment(trigger, syntax)
        case Instruction(instruction=text):
            region = _meant(trigger, text, syntax)
            return Target(region, content, region, text)
        case FollowUp(instruction=text):
            region = _meant(trigger, text, syntax)
            return Target(region, content, region, text)
        case FailingTest():
            region = _meant(trigger, trigger.report, syntax)
            return Target(region, content, region, failing_instruction(trigger))
        case Repair():
            around = syntax.enclosing(trigger.snapshot, trigger.lines)
            lines = trigger.lines
            region = Span(min(around.start, lines.start), max(around.end, lines.end))
            told = repair_instruction(trigger)
            return Target(region, content, region, told, mends=True)


def whole_file(trigger: Instruction | FollowUp | FailingTest) -> Target:
    """Return the whole file as what is asked for, for models that name the place themselves."""
    content = trigger.snapshot.text.content
    lines = Span(0, len(split_lines(content)))
    told = failing_instruction(trigger) if isinstance(trigger, FailingTest) else trigger.instruction
    return Target(lines, content, lines, told)


def is_in_blocks(target: Target, formats: Collection[str]) -> bool:
    """Return whether a model that follows these edit formats names the places of its changes."""
    return SEARCH_REPLACE in formats and len(target.lines) > _MOST_REWRITTEN


def require_room(target: Target, context: int, times: int = 2) -> None:
    """Raise ContextExceededError where the region does not fit so many times into the context.

    ``context`` is in tokens; a region that is written anew has to fit twice.
    """
    needed = times * estimate_tokens(target.text) + 800
    if needed > context:
        raise ContextExceededError(needed, context)


def _signature_of(stub: Stub) -> str:
    """Return the lines from the function's name to its body, or to its documentation."""
    lines = split_lines(stub.snapshot.text.content)[stub.lines.start : stub.body.start]
    named = (n for n, line in enumerate(lines) if re.search(rf"\b{re.escape(stub.name)}\b", line))
    first = next(named, len(lines))
    head = []
    for line in lines[first:]:
        head.append(line)
        if line.rstrip().endswith((":", "{", "=>")):
            return "".join(head)
    return ""


def _at_comment(trigger: EditComment, syntax: Syntax) -> Target:
    around = syntax.enclosing(trigger.snapshot, trigger.lines)
    region = Span(min(around.start, trigger.lines.start), max(around.end, trigger.lines.end))
    content, place = without_comment(trigger)
    gone = len(trigger.lines) - len(place)
    return Target(region, content, Span(region.start, region.end - gone), trigger.instruction)


def _meant(trigger: Instruction | FollowUp | FailingTest, words: str, syntax: Syntax) -> Span:
    snapshot = trigger.snapshot
    lines = split_lines(snapshot.text.content)
    if trigger.lines is not None and len(trigger.lines):
        # A selection inside a function means the function: half of one cannot be checked.
        around = syntax.enclosing(snapshot, trigger.lines)
        return Span(min(around.start, trigger.lines.start), max(around.end, trigger.lines.end))
    if len(lines) <= _SMALL_FILE_LINES:
        return Span(0, len(lines))
    if (named := _definition_named(words, lines)) is not None:
        return syntax.enclosing(snapshot, Span(named, named + 1))
    raise SparkError(
        say(
            "{path} has {lines} lines, and the instruction names none of its functions.",
            path=snapshot.path,
            lines=len(lines),
        ),
        say("Select the lines to change, or name the function."),
    )


def _definition_named(instruction: str, lines: list[str]) -> int | None:
    """Return the line that defines something which the instruction names."""
    for word in _WORD.findall(instruction):
        defines = re.compile(
            rf"\b(?:def|class|func|function|fn|struct|interface|type)\s+{word}\b"
            rf"|\b{word}\s*[=:]\s*(?:async\s*)?(?:function\b|\()"
            rf"|^\s*[\w<>\[\]&*:,\s]+\s[*&]?{word}\s*\([^;]*$"
        )
        for number, line in enumerate(lines):
            if defines.search(line):
                return number
    return None
