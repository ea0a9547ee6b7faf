"""The evidence of a proposal: what is checked before it is shown as ready."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from spark_desktop.domain.omissions import (
    SHORT,
    asks_to_shrink,
    holds_reasoning,
    placeholder_in,
    written_lines,
)
from spark_desktop.domain.proposal import Check
from spark_desktop.domain.symbols import Oversights
from spark_desktop.domain.words import joined, say

# Lines that mending one syntax error may change.
_MOST_MENDED = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """An answer to be judged.

    ``before`` and ``after`` are the whole file, ``region_*`` the part that was asked for.
    ``errors_*`` counts syntax errors, None where no parser knows the language. ``reasoning`` tells
    that the model's reasoning leaked into the region; ``finished`` is False for an answer that
    the token limit cut off; ``stray`` is a line of it that belongs to other code of the file.
    ``signature`` is what has to stay of the region, "" for nothing. One that ``mends`` has to leave
    fewer syntax errors, and the rest of the region as it is. ``oversights`` are those of a function
    that was written from nothing; None for other regions.
    """

    before: str
    after: str
    region_before: str
    region_after: str
    errors_before: int | None
    errors_after: int | None
    instruction: str
    reasoning: bool
    finished: bool
    stray: str = ""
    signature: str = ""
    mends: bool = False
    oversights: Oversights | None = None


def check(candidate: Candidate) -> tuple[Check, ...]:
    """Return what was found, in the order in which it is shown.

    The detail of a failed check is a sentence; that of a passed one a short note or empty.
    """
    return (
        _complete(candidate),
        _differs(candidate),
        _parses(candidate),
        _inside(candidate),
        _no_placeholder(candidate),
        _no_reasoning(candidate),
        _not_shrunk(candidate),
        *_keeps_signature(candidate),
        *_mends(candidate),
        *_uses_all(candidate),
    )


def failure(checks: Iterable[Check]) -> str | None:
    """Return why the proposal is not shown, for the user and for the second attempt's prompt.

    None where every check passed. An answer that was cut off fails others too; only the cut is
    named then.
    """
    failed = [check for check in checks if not check.passed and not check.is_advice]
    if not failed:
        return None
    if failed[0].name == "complete":
        return failed[0].detail
    # A check without words still fails: its name has to say so.
    return joined(check.detail or check.name for check in failed)


def told_of(checks: Sequence[Check]) -> str:
    """Return what the model is told of what failed: the reason, and what a program wrote of it."""
    reports = [one.report.strip() for one in checks if one.report and not one.passed]
    reason = failure(checks) or ""
    return "\n".join((reason, *(f"```\n{report}\n```" for report in reports)))


def _complete(candidate: Candidate) -> Check:
    if candidate.finished:
        return Check(say("complete"), True)
    return Check(
        say("complete"),
        False,
        say("The answer was cut off at the token limit; a smaller region may fit."),
    )


def _differs(candidate: Candidate) -> Check:
    if candidate.before != candidate.after:
        return Check(say("differs"), True)
    return Check(say("differs"), False, say("The answer changes nothing in the file."))


def _parses(candidate: Candidate) -> Check:
    before, after = candidate.errors_before, candidate.errors_after
    if before is None or after is None:
        return Check(say("parses"), True, say("no parser for this language"))
    if after <= before:
        note = say("%n syntax error(s), {before} before", "", after, before=before)
        return Check(say("parses"), True, note if before else "")
    return Check(
        say("parses"),
        False,
        say(
            "With the answer the file has %n syntax error(s), before it had {before}.",
            "",
            after,
            before=before,
        ),
    )


def _inside(candidate: Candidate) -> Check:
    if not candidate.stray:
        return Check(say("inside"), True)
    return Check(
        say("inside"),
        False,
        say(
            "The answer goes beyond what was asked for: {stray!r} stands elsewhere in the file.",
            stray=candidate.stray,
        ),
    )


def _no_placeholder(candidate: Candidate) -> Check:
    before, after = candidate.region_before.splitlines(), candidate.region_after.splitlines()
    if text := placeholder_in(before, after):
        return Check(
            say("no placeholder"),
            False,
            say(
                "The answer leaves code out: it has the line {text!r} instead of the code itself.",
                text=text,
            ),
        )
    return Check(say("no placeholder"), True)


def _no_reasoning(candidate: Candidate) -> Check:
    if candidate.reasoning or holds_reasoning(candidate.region_before, candidate.region_after):
        return Check(
            say("no reasoning"),
            False,
            say("The answer mixes the model's reasoning into the code."),
        )
    return Check(say("no reasoning"), True)


def _not_shrunk(candidate: Candidate) -> Check:
    before, after = written_lines(candidate.region_before), written_lines(candidate.region_after)
    name = say("not shrunk")
    if after * 2 >= before:
        return Check(name, True, say("{before} → {after} lines", before=before, after=after))
    if before < SHORT:
        return Check(
            name, True, say("{before} → {after} lines, a short region", before=before, after=after)
        )
    if asks_to_shrink(candidate.instruction):
        return Check(
            name, True, say("{before} → {after} lines, as asked", before=before, after=after)
        )
    return Check(
        name,
        False,
        say(
            "The answer has {after} of the region's {before} lines, and nothing asked to remove "
            "any.",
            before=before,
            after=after,
        ),
    )


def _keeps_signature(candidate: Candidate) -> tuple[Check, ...]:
    if not candidate.signature:
        return ()
    name = say("same signature")
    if "".join(candidate.signature.split()) in "".join(candidate.region_after.split()):
        return (Check(name, True),)
    signature = " ".join(candidate.signature.split())
    said = say("The answer does not keep the signature {signature}", signature=signature)
    return (Check(name, False, said),)


def _mends(candidate: Candidate) -> tuple[Check, ...]:
    if not candidate.mends:
        return ()
    name = say("mends it")
    before, after = candidate.errors_before, candidate.errors_after
    if before is not None and after is not None and after >= max(before, 1):
        said = say("The file still has %n syntax error(s).", "", after)
        return (Check(name, False, said),)
    old, new = candidate.region_before.splitlines(), candidate.region_after.splitlines()
    kept = sum((Counter(map(str.strip, old)) & Counter(map(str.strip, new))).values())
    changed = max(len(old), len(new)) - kept
    if changed > max(_MOST_MENDED, len(old) // 4):
        said = say("The answer changes %n line(s), where one error was to be mended.", "", changed)
        return (Check(name, False, said),)
    return (Check(name, True),)


def _uses_all(candidate: Candidate) -> tuple[Check, ...]:
    found = candidate.oversights
    if found is None:
        return ()
    name = say("uses all")
    if found.only_calls_itself:
        return (Check(name, False, say("The function does nothing but call itself.")),)
    if found.same_branches:
        said = say("It does the same in both cases of: {line}", line=found.same_branches)
        return (Check(name, False, said),)
    if found.unused:
        names = joined(found.unused, ", ")
        return (Check(name, False, say("The function never uses {names}.", names=names)),)
    return (Check(name, True),)
