"""Splitting and rewriting hunks, choosing sides, placing what found no place."""

from dataclasses import replace

import pytest

from spark_desktop.domain.errors import ConflictError
from spark_desktop.domain.merge import Side
from spark_desktop.domain.proposal import Closed, Decision
from spark_desktop.domain.trigger import Span
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.review import ReviewViewModel
from tests.answer_fakes import PART, changed, conflicting, hunks_of
from tests.interface_fakes import FakeProject, until

ONE = changed("p1", "src/parser.py")
FIRST, SECOND, THIRD = hunks_of(ONE)


@pytest.fixture
def review(project: FakeProject, models: ProjectViewModels) -> ReviewViewModel:
    project.turns.put(ONE)
    models.review.show_proposal("p1")
    return models.review


def told(review: ReviewViewModel) -> str:
    return "" if review.notice is None else review.notice.text


async def test_a_hunk_is_written_anew_before_it_is_accepted(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.decide.next_hunk()
    review.work.begin_edit()
    draft = review.work.draft
    assert draft is not None
    assert (draft.line, draft.text) == (8, "nine\nmore")
    review.work.set_text("nine\nand ten")
    review.work.keep()
    assert project.review.edited == [(SECOND, "nine\nand ten\n")]
    assert review.work.draft is None
    assert review.current_hunk == SECOND


async def test_a_last_line_without_an_ending_stays_so(
    project: FakeProject, review: ReviewViewModel
) -> None:
    project.turns.put(changed("p3", "end.py", "x\ny", "x\nz"))
    review.show_proposal("p3")
    review.work.begin_edit()
    review.work.set_text("q")
    review.work.keep()
    assert [text for _hunk, text in project.review.edited] == ["q"]


async def test_a_hunk_without_new_lines_is_written_as_one(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.work.begin_edit(FIRST)
    review.work.set_text("")
    review.work.keep()
    assert project.review.edited == [(FIRST, "")]


async def test_what_was_written_and_left_is_there_again(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.work.begin_edit()
    review.work.set_text("tres")
    review.work.leave()
    assert review.work.draft is None
    review.work.begin_edit()
    assert review.work.draft is not None
    assert review.work.draft.text == "tres"
    review.work.reset()
    assert review.work.draft.text == "three"
    assert project.review.edited == []


async def test_a_draft_waits_while_another_proposal_is_shown(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.work.begin_edit()
    review.work.set_text("tres")
    project.turns.put(changed("p2", "src/other.py"))
    review.show_proposal("p2")
    assert review.work.draft is None
    review.work.keep()
    assert project.review.edited == []
    review.show_proposal("p1")
    assert review.work.draft is not None
    assert review.work.draft.text == "tres"


async def test_a_refused_text_stays_in_the_editor(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.work.begin_edit()
    review.work.set_text("tres")
    project.review.error = ConflictError("The hunk is gone.", "Copy your text.")
    review.work.keep()
    assert told(review) == "The hunk is gone."
    assert review.work.draft is not None
    assert review.work.draft.text == "tres"
    project.review.error = None
    review.work.keep()
    assert told(review) == ""


async def test_only_a_hunk_that_waits_is_written_anew_or_split(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.decide.reject(FIRST)
    for work in (review.work.begin_edit, review.work.split):
        work(FIRST)
        assert told(review) == "No hunk is chosen."
        review.act(Intent.DISMISS)
    project.turns.put(replace(ONE, state=Closed(3)))
    review.work.begin_edit()
    assert review.work.draft is None
    assert project.review.splits == []


async def test_the_drafts_of_a_proposal_that_is_gone_go_with_it(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.work.begin_edit()
    review.act(Intent.REPEAT)
    assert review.work.draft is None


async def test_a_hunk_is_split_where_it_falls_apart_or_where_asked(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.decide.next_hunk()
    review.work.split()
    assert review.current_hunk == f"{SECOND}a"
    review.work.split(f"{SECOND}b", new_at=1)
    assert project.review.splits == [(SECOND, None, None), (f"{SECOND}b", None, 1)]


async def test_a_hunk_that_cannot_be_split_says_so(
    project: FakeProject, review: ReviewViewModel
) -> None:
    project.review.error = ConflictError("This hunk is one line.")
    review.work.split()
    assert told(review) == "This hunk is one line."
    assert review.current_hunk == FIRST


@pytest.mark.parametrize("side", list(Side))
async def test_a_conflict_is_resolved_by_a_choice(
    project: FakeProject, review: ReviewViewModel, side: Side
) -> None:
    project.turns.put(conflicting(ONE))
    assert review.work.conflict is not None
    assert review.work.conflict.id == FIRST
    review.work.resolve(side)
    assert project.review.resolved == [(FIRST, side)]
    assert review.work.conflict is None


async def test_a_conflict_is_not_accepted_unseen_and_rejecting_keeps_the_file(
    project: FakeProject, review: ReviewViewModel
) -> None:
    project.turns.put(conflicting(ONE))
    assert review.decide.is_possible
    review.decide.accept()
    assert told(review) == "This hunk conflicts with what was saved since."
    assert project.review.accepted == []
    review.decide.reject()
    assert project.review.resolved == [(FIRST, Side.DISK)]
    assert told(review) == ""


async def test_a_conflict_alone_waits_for_the_user(
    project: FakeProject, review: ReviewViewModel
) -> None:
    done = dict.fromkeys((SECOND, THIRD), Decision.REJECTED)
    project.turns.put(conflicting(replace(ONE, decisions=done)))
    assert review.decide.is_possible
    assert review.current_hunk == FIRST


async def test_a_part_without_a_place_is_placed_by_hand(
    project: FakeProject, review: ReviewViewModel
) -> None:
    project.turns.put(replace(ONE, failed=(PART,)))
    assert review.work.failed_parts == (PART,)
    review.work.place("f1", None)
    assert told(review) == "No lines are selected."
    review.work.place("f1", Span(6, 7))
    assert project.review.placed == [("f1", Span(6, 7))]
    assert review.work.failed_parts == ()
    assert review.current_hunk == "placed f1"
    assert told(review) == ""


async def test_a_part_without_a_place_is_dropped(
    project: FakeProject, review: ReviewViewModel
) -> None:
    project.turns.put(replace(ONE, failed=(PART,)))
    review.work.drop("f1")
    assert project.review.dropped == ["f1"]
    assert review.work.failed_parts == ()


@pytest.mark.parametrize("what", ["place", "drop", "resolve"])
async def test_what_is_refused_is_told(
    project: FakeProject, review: ReviewViewModel, what: str
) -> None:
    project.turns.put(conflicting(replace(ONE, failed=(PART,))))
    project.review.error = ConflictError("The lines overlap.", "Choose others.")
    match what:
        case "place":
            review.work.place("f1", Span(2, 3))
        case "drop":
            review.work.drop("f1")
        case _:
            review.work.resolve(Side.MINE)
    assert told(review) == "The lines overlap."
    assert review.work.failed_parts == (PART,)


async def test_without_a_proposal_nothing_is_worked_on(
    project: FakeProject, models: ProjectViewModels
) -> None:
    work = models.review.work
    work.keep()
    work.leave()
    work.reset()
    work.place("f1", Span(0, 1))
    work.drop("f1")
    work.resolve(Side.BOTH)
    work.split()
    assert work.failed_parts == ()
    assert work.conflict is None
    assert told(models.review) == "No hunk is chosen."
    await until(lambda: not project.review.placed)
