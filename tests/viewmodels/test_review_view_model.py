from dataclasses import replace

import pytest

from spark_desktop.domain.errors import ConflictError
from spark_desktop.domain.events import FilesChanged, ProposalStreamed
from spark_desktop.domain.proposal import (
    Cancelled,
    Check,
    Closed,
    Conflict,
    Failed,
    Proposal,
    Queued,
    State,
    Streaming,
    Withheld,
)
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.notice import Intent, Tone
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.review_words import counts_text, position_text
from spark_desktop.viewmodels.wording import evidence_of
from tests.interface_fakes import FakeProject, proposal, until


@pytest.fixture
def hunks(project: FakeProject, models: ProjectViewModels) -> list[str]:
    one = proposal()
    project.turns.put(one)
    models.review.show_proposal("p1")
    assert one.patch is not None
    return [hunk.id for hunk in one.patch.hunks]


async def test_nothing_is_reviewed_at_first(models: ProjectViewModels) -> None:
    assert models.review.snapshot is None
    assert models.review.notice is not None
    assert models.review.notice.text == "Nothing to review."
    models.review.decide.accept()
    models.review.decide.next_hunk()
    assert models.review.current_hunk is None


async def test_a_proposal_begins_at_its_first_hunk(
    models: ProjectViewModels, hunks: list[str]
) -> None:
    assert models.review.current_hunk == hunks[0]
    assert position_text(models.review.proposal, hunks[0]) == "hunk 1 of 3"
    assert counts_text(models.review.patch) == "+3 \u22123"
    assert evidence_of(models.review.proposal).text == "✓ differs · parses"
    assert models.review.notice is None


async def test_next_and_previous_go_round(models: ProjectViewModels, hunks: list[str]) -> None:
    review = models.review
    review.decide.previous_hunk()
    assert review.current_hunk == hunks[2]
    review.decide.next_hunk()
    review.decide.next_hunk()
    assert review.current_hunk == hunks[1]
    review.decide.go_to_hunk(hunks[2])
    assert review.current_hunk == hunks[2]
    review.decide.go_to_hunk("unknown")
    assert review.current_hunk == hunks[2]


async def test_accepting_goes_on_to_the_next_hunk(
    project: FakeProject, models: ProjectViewModels, hunks: list[str]
) -> None:
    models.review.decide.next_hunk()
    models.review.decide.accept()
    assert models.review.current_hunk == hunks[2]
    await until(lambda: project.review.accepted == [(hunks[1],)])
    models.review.decide.accept()
    assert models.review.current_hunk == hunks[0]


async def test_keys_pressed_fast_write_one_hunk_after_the_other(
    project: FakeProject, models: ProjectViewModels, hunks: list[str]
) -> None:
    for _press in range(4):
        models.review.decide.accept()
    await until(lambda: len(project.review.accepted) == 3)
    assert project.review.accepted == [(hunk,) for hunk in hunks]
    assert project.review.most_at_once == 1
    assert not models.review.decide.is_possible


async def test_rejecting_one_hunk_keeps_the_others(
    project: FakeProject, models: ProjectViewModels, hunks: list[str]
) -> None:
    models.review.decide.reject(hunks[1])
    assert project.review.rejected == [(hunks[1],)]
    models.review.decide.next_hunk()
    assert models.review.current_hunk == hunks[2]


async def test_all_hunks_are_accepted_in_one_step(
    project: FakeProject, models: ProjectViewModels, hunks: list[str]
) -> None:
    models.review.decide.accept_all()
    models.review.decide.accept_all()
    await until(lambda: bool(project.review.accepted))
    assert project.review.accepted == [tuple(hunks)]
    assert models.review.notice is not None
    assert models.review.notice.text == "Applied 3 hunks."
    assert models.review.notice.action is not None
    assert models.review.notice.action.intent is Intent.UNDO


async def test_all_hunks_are_rejected_in_one_step(
    project: FakeProject, models: ProjectViewModels, hunks: list[str]
) -> None:
    models.review.decide.reject_all()
    assert project.review.rejected == [tuple(hunks)]
    assert models.review.notice is not None
    assert models.review.notice.text == "Rejected."


async def test_a_failed_write_is_told_and_the_hunk_waits_again(
    project: FakeProject, models: ProjectViewModels, hunks: list[str]
) -> None:
    project.review.error = ConflictError("Line 3 changed.", "Ask again.")
    models.review.decide.accept()
    await until(lambda: models.review.notice is not None)
    assert models.review.notice is not None
    assert (models.review.notice.text, models.review.notice.hint) == (
        "Line 3 changed.",
        "Ask again.",
    )
    models.review.decide.previous_hunk()
    assert models.review.current_hunk == hunks[0]
    models.review.act(Intent.DISMISS)
    assert models.review.notice is None


@pytest.mark.parametrize(
    ("state", "text", "intent"),
    [
        (Queued(), "Queued: another turn is running.", Intent.DISMISS),
        (
            Queued(answered=True),
            "Answered: it waits for the other places of this change.",
            Intent.DISMISS,
        ),
        (Streaming(), "Writing…", Intent.STOP),
        (Withheld("does not parse"), "Withheld: does not parse", Intent.REPEAT),
        (Conflict("line 3 changed"), "Conflict: line 3 changed", Intent.REPEAT),
        (
            Failed("The model's server ended.", "Try again."),
            "The model's server ended.",
            Intent.REPEAT,
        ),
        (Cancelled("stopped"), "Not finished: stopped", Intent.REPEAT),
        (Closed(2), "Applied 2 hunks.", Intent.UNDO),
        (Closed(0), "Rejected.", Intent.REPEAT),
    ],
)
async def test_each_state_says_what_happened_and_what_to_do(
    project: FakeProject, models: ProjectViewModels, state: State, text: str, intent: Intent
) -> None:
    project.turns.put(proposal(state))
    models.review.show_proposal("p1")
    notice = models.review.notice
    assert notice is not None
    assert notice.text == text
    assert notice.action is not None
    assert notice.action.intent is intent


def withheld() -> Proposal:
    """Return a proposal that failed its checks."""
    failed = (Check("differs", True), Check("parses", False, "It has 1 error."))
    return replace(proposal(Withheld("It has 1 error.")), evidence=failed)


async def test_what_was_withheld_is_shown_where_the_user_asks_for_it(
    project: FakeProject, models: ProjectViewModels
) -> None:
    review = models.review
    project.turns.put(withheld())
    review.show_proposal("p1")
    assert review.notice is not None
    assert review.notice.other is not None
    assert review.notice.other.label == "Show anyway"
    assert review.patch is None
    review.act(review.notice.other.intent)
    await until(lambda: review.patch is not None)
    assert project.review.shown_anyway == ["p1"]
    assert review.decide.is_possible
    assert position_text(review.proposal, review.current_hunk) == "hunk 1 of 3"
    assert evidence_of(review.proposal).failed == "✗ parses"


async def test_what_was_shown_anyway_keeps_its_reason_and_can_be_asked_for_again(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(withheld())
    models.review.show_proposal("p1")
    models.review.act(Intent.SHOW_ANYWAY)
    await until(lambda: models.review.patch is not None)
    notice = models.review.notice
    assert notice is not None
    assert (notice.text, notice.tone) == ("Failed its checks: It has 1 error.", Tone.WARNING)
    assert notice.other is None
    models.review.act(Intent.REPEAT)
    assert project.turns.repeats == ["p1"]


async def test_the_look_at_it_is_offered_only_where_there_is_something_to_see(
    project: FakeProject, models: ProjectViewModels
) -> None:
    one = withheld()
    cut = (Check("complete", False, "It was cut off."),)
    for nothing in (
        replace(one, patch=None),
        replace(one, evidence=cut),
        replace(one, state=Conflict("line 3 changed")),
        replace(one, state=Closed(0)),
    ):
        project.turns.put(nothing)
        models.review.show_proposal("p1")
        assert models.review.notice is not None
        assert models.review.notice.other is None


async def test_why_it_cannot_be_shown_is_told(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(withheld())
    models.review.show_proposal("p1")
    project.review.error = ConflictError("It is gone.", "Ask again.")
    models.review.act(Intent.SHOW_ANYWAY)
    await until(
        lambda: models.review.notice is not None and models.review.notice.text == "It is gone."
    )
    assert models.review.patch is None


async def test_a_second_try_says_so(project: FakeProject, models: ProjectViewModels) -> None:
    project.turns.put(proposal(Streaming(2)))
    assert models.review.notice is not None
    assert "second try" in models.review.notice.text


async def test_what_is_written_now_is_shown_unless_something_is_being_decided(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(proposal(Streaming()))
    assert models.review.proposal is not None
    assert models.review.is_streaming
    project.turns.put(proposal())
    project.turns.put(proposal(Streaming(), name="p2"))
    assert models.review.proposal is not None
    assert models.review.proposal.id == "p1"


async def test_a_selection_is_not_taken_away(
    project: FakeProject, models: ProjectViewModels
) -> None:
    models.review.open_file("stats.py")
    await until(lambda: models.review.path == "stats.py")
    models.review.select(Span(0, 1))
    project.turns.put(proposal(Streaming()))
    assert models.review.proposal is None
    assert models.review.selection == Span(0, 1)


async def test_streamed_text_arrives_once_a_frame(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(proposal(Streaming()))
    frames: list[str] = []
    models.review.streamed.connect(lambda: frames.append(models.review.streaming_text))
    for tokens in range(1, 101):
        project.bus.publish(ProposalStreamed("p1", "x" * tokens, tokens, tokens / 50))
    await until(lambda: bool(frames))
    assert frames == ["x" * 100]
    assert models.review.notice is not None
    assert models.review.notice.hint == "50 tokens/s"


async def test_a_file_is_shown_as_it_is_and_again_when_it_changes(
    project: FakeProject, models: ProjectViewModels
) -> None:
    models.changes.choose_file("stats.py")
    await until(lambda: models.review.path == "stats.py")
    project.files.texts["stats.py"] = "import numbers\n"
    project.bus.publish(FilesChanged(("other.py", "stats.py")))
    await until(
        lambda: (
            models.review.snapshot is not None
            and models.review.snapshot.text.content == "import numbers\n"
        )
    )
    assert models.review.notice is not None
    assert models.review.notice.text == "The file as it is on disk."


async def test_a_file_that_cannot_be_read_is_named(models: ProjectViewModels) -> None:
    models.review.open_file("gone.py")
    await until(lambda: models.review.notice is not None and "gone.py" in models.review.notice.text)
    assert models.review.snapshot is None


async def test_a_proposal_is_repeated_and_the_new_one_is_shown(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(proposal(Failed("The server ended.")))
    models.review.show_proposal("p1")
    models.review.act(Intent.REPEAT)
    assert project.turns.repeats == ["p1"]
    assert models.review.proposal is not None
    assert models.review.proposal.id == "p1+"
    models.review.act(Intent.DISMISS)
    assert models.review.proposal is None


async def test_a_repeat_that_is_refused_is_told(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(proposal(Failed("The server ended.")))
    models.review.show_proposal("p1")
    project.turns.error = ConflictError("It is gone.")
    models.review.act(Intent.REPEAT)
    assert models.review.notice is not None
    assert models.review.notice.text == "It is gone."


async def test_stop_reaches_the_running_turn_and_the_window_gets_the_rest(
    project: FakeProject, models: ProjectViewModels
) -> None:
    raised: list[object] = []
    models.review.intent_raised.connect(raised.append)
    models.review.act(Intent.STOP)
    models.review.act(Intent.REPEAT)
    models.review.act(Intent.HELP)
    assert project.turns.stops == 1
    assert raised == [Intent.HELP]


async def test_a_rebased_proposal_keeps_a_current_hunk(
    project: FakeProject, models: ProjectViewModels, hunks: list[str]
) -> None:
    models.review.decide.next_hunk()
    one = project.turns.known["p1"]
    assert one.patch is not None
    fewer = replace(one.patch, hunks=(one.patch.hunks[0], one.patch.hunks[2]))
    project.turns.put(replace(one, patch=fewer))
    assert models.review.current_hunk == hunks[2]


async def test_an_unknown_proposal_changes_nothing(
    models: ProjectViewModels, hunks: list[str]
) -> None:
    models.review.show_proposal("unknown")
    assert models.review.proposal is not None
    assert models.review.proposal.id == "p1"


async def test_after_an_undo_the_file_is_shown_as_it_is(
    project: FakeProject, models: ProjectViewModels
) -> None:
    project.turns.put(proposal(Closed(1)))
    models.review.show_proposal("p1")
    models.changes.undo()
    await until(lambda: models.review.proposal is None)
    assert models.review.path == "src/parser.py"


async def test_a_proposal_that_is_found_in_another_file_is_what_is_asked_about_then(
    project: FakeProject, models: ProjectViewModels
) -> None:
    told: list[object] = []
    models.review.target_changed.connect(lambda path, lines: told.append(path))
    project.turns.put(proposal(Streaming(1)))
    models.review.show_proposal("p1")
    project.turns.put(proposal(path="src/lexer.py"))
    assert (models.review.path, told[-1]) == ("src/lexer.py", "src/lexer.py")
    count = len(told)
    project.turns.put(proposal(path="src/lexer.py", after="one\n"))
    project.turns.put(proposal(name="p2"))
    assert len(told) == count
