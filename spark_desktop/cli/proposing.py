"""One proposal of a command: asked for, shown as a diff, written where that was wanted."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from spark_desktop.cli.answer_notes import who_answered
from spark_desktop.cli.exit_codes import ExitCode
from spark_desktop.cli.git_diff import git_diff, refused_by_git
from spark_desktop.cli.json_shapes import change_json, proposal_json, reason_of
from spark_desktop.cli.output import Output
from spark_desktop.domain.errors import ConflictError, FileChangedError, SparkError
from spark_desktop.domain.events import ProposalStreamed
from spark_desktop.domain.history import AppliedChange
from spark_desktop.domain.proposal import Conflict, Failed, Proposal, Ready
from spark_desktop.domain.review import told_whole
from spark_desktop.domain.trigger import FailingTest, Instruction

if TYPE_CHECKING:
    from spark_desktop.wiring import Project


async def proposed(
    project: "Project", trigger: Instruction | FailingTest, output: Output
) -> Proposal:
    """Return what the model proposes; how far it is stands in the terminal meanwhile.

    Raises SparkError where the turn broke off.
    """
    show_progress(project, output)
    proposal_id = project.turns.request(trigger)
    await project.turns.idle()
    output.redraw("")
    proposal = next(p for p in project.turns.proposals() if p.id == proposal_id)
    if isinstance(proposal.state, Failed):
        raise SparkError(proposal.state.reason, proposal.state.next_step)
    return told_whole(proposal)


async def applied(project: "Project", proposal: Proposal) -> AppliedChange | SparkError | None:
    """Write a proposal that is ready; return the change, None where it is not ready.

    An error is returned: what cannot be written can still be shown. Raises ConflictError and
    FileChangedError, after which it fits no text any more.
    """
    if not isinstance(proposal.state, Ready):
        return None
    try:
        (change,) = (await project.review.accept(proposal.id)).changes
    except (ConflictError, FileChangedError):
        raise
    except SparkError as error:
        return error
    return change


def show_progress(project: "Project", output: Output) -> None:
    """Say how far the model is, in a terminal."""

    def on_text(event: ProposalStreamed) -> None:
        output.redraw(f"Writing: {event.tokens} tokens, {event.seconds:.1f} s")

    project.bus.subscribe(ProposalStreamed, on_text)


def end(
    proposal: Proposal,
    change: AppliedChange | SparkError | None,
    output: Output,
    advice: str,
    more: Mapping[str, object] | None = None,
    is_link: bool = False,
) -> ExitCode:
    """Write a proposal, or why there is none and the ``advice``; ``more`` joins the JSON.

    ``is_link``: the file that it is for is named by a link. Raises, after that, the error for which
    it was not applied.
    """
    if output.structured:
        done = change_json(change) if isinstance(change, AppliedChange) else None
        told = {**proposal_json(proposal), **(more or {})}
        output.record({"event": "proposal", **told, "applied": done})
    who = who_answered(proposal.endpoint, proposal.model, proposal.cost)
    if who and not output.structured:
        output.note(who)
    if isinstance(proposal.state, Ready) and proposal.patch:
        if not output.structured:
            text = proposal.trigger.snapshot.text
            output.data(git_diff(proposal.patch, text))
            if change is None and (refusal := refused_by_git(text, is_link)):
                output.note(f"spark: {refusal}: write this change with --apply.")
        if isinstance(change, SparkError):
            raise change
        if change:
            output.note(f"Applied to {change.path}. To take it back: spark undo")
        return ExitCode.OK
    reason = reason_of(proposal)
    if isinstance(proposal.state, Conflict):
        # Its diff was made for another text: git would refuse it, or worse, take it.
        output.note(f"spark: {reason} Ask once more.")
        return ExitCode.CONFLICT
    # A reason is a clause or a sentence, as the window shows it by itself.
    output.note(f"spark: No proposal: {reason.rstrip('.')}.")
    output.note(advice)
    return ExitCode.WITHHELD
