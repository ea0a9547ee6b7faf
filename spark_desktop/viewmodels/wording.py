"""What the interface says about a proposal: its row, its one line, its evidence."""

from dataclasses import dataclass, replace

from spark_desktop.domain.checks import failure
from spark_desktop.domain.proposal import (
    Cancelled,
    Check,
    Closed,
    Conflict,
    Decision,
    Failed,
    Proposal,
    Queued,
    Ready,
    Streaming,
    Withheld,
)
from spark_desktop.domain.trigger import kind_of, title_of
from spark_desktop.domain.withheld import can_be_shown, has_failed_checks, is_edited
from spark_desktop.domain.words import say
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.rows import Row
from spark_desktop.viewmodels.translation import in_language, tr

# The name of the check that says where an answer's parts stand in the file.
ANCHORED = "anchored"
_REPEAT = Action(say("Try again"), Intent.REPEAT)
_SHOW_ANYWAY = Action(say("Show anyway"), Intent.SHOW_ANYWAY)


def row_of(proposal: Proposal, rate: float | None = None) -> Row:
    """Return the inbox row; ``rate`` is in tokens per second while the model writes."""
    icon, tone = _look(proposal)
    name = proposal.trigger.snapshot.name
    detail = state_text(proposal, rate)
    kind = in_language(kind_of(proposal.trigger))
    tip = f"{kind} · {proposal.trigger.snapshot.path}\n{detail}"
    title = in_language(title_of(proposal.trigger))
    return Row(proposal.id, title, f"{name} · {detail}", icon, tone, "", tip)


def state_text(proposal: Proposal, rate: float | None = None) -> str:
    """Return how far the proposal came, in a few words."""
    match proposal.state:
        case Queued(answered=True):
            return tr("waits for other places")
        case Queued():
            return tr("waits for the running turn")
        case Streaming(attempt):
            speed = _speed(proposal, rate)
            return speed if attempt == 1 else tr("second try · {speed}", speed=speed)
        case Ready():
            if proposal.failed and not pending(proposal):
                return tr("%n part(s) without a place", "", len(proposal.failed))
            is_failed = has_failed_checks(proposal)
            failed = evidence_line(proposal.evidence).failed if is_failed else ""
            parses = any(check.name == "parses" and check.passed for check in proposal.evidence)
            hunks = tr("%n hunk(s)", "", len(pending(proposal)))
            collide = list(proposal.decisions.values()).count(Decision.CONFLICTING)
            if collide:
                conflicts = tr("%n conflict(s)", "", collide)
                return f"{conflicts} · {hunks}" if pending(proposal) else conflicts
            if failed:
                return f"{failed} · {hunks}"
            return tr("parses · {hunks}", hunks=hunks) if parses else hunks
        case Withheld(reason) | Conflict(reason) | Cancelled(reason) | Failed(reason):
            return in_language(reason)
        case Closed(undone=True):
            return tr("undone")
        case Closed(0) if _stands_already(proposal):
            return tr("no longer needed")
        case Closed(applied):
            return tr("applied %n hunk(s)", "", applied) if applied else tr("rejected")


def _speed(proposal: Proposal, rate: float | None) -> str:
    if rate is not None:
        return tr("streaming {rate:.0f} t/s", rate=rate)
    # A file of an answer has no rate of its own: what is there shows that it began.
    return tr("starting") if proposal.patch is None else tr("writing")


def _queued(is_answered: bool) -> Notice:
    off = Action(tr("Take off the list"), Intent.DISMISS)
    if is_answered:
        text = tr("Answered: it waits for the other places of this change.")
        return Notice(text, Tone.MUTED, tr("The tests say more when all are there."), off)
    text = tr("Queued: another turn is running.")
    return Notice(text, Tone.MUTED, tr("It starts by itself."), off)


def notice_of_proposal(proposal: Proposal, rate: float | None = None) -> Notice | None:
    """Return the line over the review with its action; None while hunks wait for a decision.

    Of a proposal that was shown although it failed its checks it says why it failed, and where the
    user edited it since, that this was before.
    """
    match proposal.state:
        case Queued(is_answered):
            return _queued(is_answered)
        case Streaming(attempt):
            text = (
                tr("Writing")
                if attempt == 1
                else tr("Writing a second try, the first failed its checks")
            )
            speed = "" if rate is None else tr("{rate:.0f} tokens/s", rate=rate)
            return Notice(f"{text}…", Tone.BUSY, speed, Action(tr("Stop"), Intent.STOP))
        case Ready() if (failed := failure(proposal.evidence)) is not None:
            return _notice_of_failed(proposal, failed)
        case Ready():
            return None
        case Withheld(reason):
            return Notice(
                tr("Withheld: {reason}", reason=reason),
                Tone.WARNING,
                tr("Nothing was written."),
                _REPEAT,
                _SHOW_ANYWAY if can_be_shown(proposal) else None,
            )
        case Conflict(reason):
            return Notice(
                tr("Conflict: {reason}", reason=reason),
                Tone.WARNING,
                tr("Nothing was written."),
                _REPEAT,
            )
        case Failed(reason, next_step):
            said, step = in_language(reason), in_language(next_step)
            return Notice(said, Tone.PROBLEM, step, _REPEAT)
        case Cancelled(reason):
            return Notice(tr("Not finished: {reason}", reason=reason), Tone.MUTED, "", _REPEAT)
        case Closed(undone=True):
            return Notice(tr("Undone."), Tone.MUTED, tr("Redo brings it back."), _REPEAT)
        case Closed(0):
            return _notice_of_nothing(proposal)
        case Closed(applied):
            text = tr("Applied %n hunk(s).", "", applied)
            return Notice(text, Tone.GOOD, "", Action(tr("Undo"), Intent.UNDO))


def _notice_of_failed(proposal: Proposal, reason: str) -> Notice:
    if not is_edited(proposal):
        said = tr("Failed its checks: {reason}", reason=reason)
        return Notice(said, Tone.WARNING, tr("Only what you accept is written."), _REPEAT)
    said = tr("Failed its checks before your edit: {reason}", reason=reason)
    tone = Tone.WARNING if has_failed_checks(proposal) else Tone.MUTED
    return Notice(said, tone, tr("Your edit is not checked."), _REPEAT)


def _notice_of_nothing(proposal: Proposal) -> Notice:
    if _stands_already(proposal):
        said = tr("The file holds it already.")
        return Notice(said, Tone.MUTED, tr("Nothing was written."), _REPEAT)
    return Notice(tr("Rejected."), Tone.MUTED, tr("The file is unchanged."), _REPEAT)


def _stands_already(proposal: Proposal) -> bool:
    """Return whether a proposal ended since its file holds the changes, not by a decision."""
    said = set(proposal.decisions.values())
    return Decision.STALE in said and Decision.REJECTED not in said


def pending(proposal: Proposal) -> tuple[str, ...]:
    """Return the ids of the hunks that wait for a decision, in the file's order."""
    if proposal.patch is None:
        return ()
    ids = (hunk.id for hunk in proposal.patch.hunks)
    return tuple(hunk for hunk in ids if proposal.decision(hunk) is Decision.PENDING)


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """What was checked, in one line: what failed, what is not sure, what passed."""

    failed: str = ""
    passed: str = ""
    tip: str = ""
    unsure: str = ""

    @property
    def text(self) -> str:
        """Return the whole line."""
        return " · ".join(part for part in (self.failed, self.unsure, self.passed) if part)


def evidence_of(proposal: Proposal | None) -> EvidenceLine:
    """Return what was checked of a proposal, in one line; see ``evidence_line``."""
    if proposal is None:
        return EvidenceLine()
    hunks = proposal.patch.hunks if proposal.patch else ()
    is_placed = any(hunk.id in proposal.places for hunk in hunks)
    line = evidence_line(proposal.evidence, is_placed=is_placed)
    if not proposal.evidence or not is_edited(proposal):
        return line
    # The checks were of the model's lines.
    before = "~ " + tr("before your edit: {failed}", failed=line.failed) if line.failed else ""
    edited = "~ " + tr("your edit is not checked")
    unsure = " · ".join(part for part in (before, line.unsure, edited) if part)
    return replace(line, failed="", unsure=unsure)


def evidence_line(checks: tuple[Check, ...], *, is_placed: bool = False) -> EvidenceLine:
    """Return "✗ parses", "✗ lint" and "✓ differs · not shrunk (3 → 10 lines)".

    Between what failed and what passed stands what the user should look at: advice that was not
    followed, and where hunks were placed by likeness (``is_placed``) how alike the lines are.
    ``tip`` has every detail.
    """
    failed: list[str] = []
    unsure: list[str] = []
    passed: list[str] = []
    for check in checks:
        if not check.passed:
            (unsure if check.is_advice else failed).append(f"✗ {in_language(check.name)}")
        elif is_placed and check.name == ANCHORED:
            unsure.append(f"~ {_passed(check)}")
        else:
            passed.append(_passed(check))
    tip = "\n".join(_in_full(check) for check in sorted(checks, key=lambda check: check.passed))
    said = " · ".join(passed)
    return EvidenceLine(" · ".join(failed), f"✓ {said}" if said else "", tip, " · ".join(unsure))


def _passed(check: Check) -> str:
    name, detail = in_language(check.name), in_language(check.detail)
    return f"{name} ({detail})" if detail else name


def _in_full(check: Check) -> str:
    mark = "✓" if check.passed else "✗"
    name, detail = in_language(check.name), in_language(check.detail)
    return f"{mark} {name}: {detail}" if detail else f"{mark} {name}"


def _look(proposal: Proposal) -> tuple[str, Tone]:
    match proposal.state:
        case Queued():
            return "queued", Tone.MUTED
        case Streaming():
            return "streaming", Tone.BUSY
        case Ready() if proposal.failed or proposal.conflicts or has_failed_checks(proposal):
            return "warning", Tone.WARNING
        case Ready():
            return "ready", Tone.GOOD
        case Withheld() | Conflict():
            return "warning", Tone.WARNING
        case Failed():
            return "problem", Tone.PROBLEM
        case Cancelled():
            return "stopped", Tone.MUTED
        case Closed(undone=True):
            return "undo", Tone.MUTED
        case Closed(applied):
            return ("applied", Tone.GOOD) if applied else ("rejected", Tone.MUTED)
