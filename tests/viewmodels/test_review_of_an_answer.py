"""The files of one answer, reviewed together."""

from dataclasses import replace

import pytest

from spark_desktop.domain.errors import ConflictError
from spark_desktop.domain.history import WHOLE
from spark_desktop.domain.patch import FileKind
from spark_desktop.domain.proposal import Closed, Decision, Proposal, Ready, Streaming
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.review import ReviewViewModel
from tests.answer_fakes import PART, answer, changed, conflicting, hunks_of, put_answer
from tests.interface_fakes import FakeProject, until


@pytest.fixture
def files(project: FakeProject, models: ProjectViewModels) -> tuple[Proposal, ...]:
    made = put_answer(project)
    models.review.show_proposal("p1")
    return made


@pytest.fixture
def review(models: ProjectViewModels, files: tuple[Proposal, ...]) -> ReviewViewModel:
    return models.review


def place(review: ReviewViewModel) -> tuple[str | None, str | None]:
    return (review.proposal.id if review.proposal else None), review.current_hunk


async def test_each_file_has_a_row_with_its_kind_counts_and_decisions(
    project: FakeProject, review: ReviewViewModel
) -> None:
    said = [(row.title, row.detail, row.aside) for row in review.files.rows]
    assert said == [
        ("src/parser.py", "+3 \u22123", "0 of 3 decided"),
        ("src/new.py", "new file · +1 \u22120", "0 of 1 decided"),
        ("old.py", "becomes new.py", "0 of 1 decided"),
    ]
    review.decide.reject()
    assert review.files.rows[0].aside == "1 of 3 decided"
    project.turns.put(changed("p4", "gone.py", "x\n", "", kind=FileKind.DELETE))
    assert review.files.rows[3].detail == "is deleted · +0 \u22121"


async def test_a_single_file_has_no_list(models: ProjectViewModels, project: FakeProject) -> None:
    project.turns.put(answer()[0])
    models.review.show_proposal("p1")
    assert models.review.files.rows == ()
    assert [one.id for one in models.review.group] == ["p1"]


async def test_hunks_are_gone_through_in_all_files_and_round(
    review: ReviewViewModel, files: tuple[Proposal, ...]
) -> None:
    first, second = hunks_of(files[0]), hunks_of(files[1])
    walked = [place(review)]
    for _press in range(4):
        review.decide.next_hunk()
        walked.append(place(review))
    assert walked == [*(("p1", hunk) for hunk in first), ("p2", second[0]), ("p1", first[0])]
    review.decide.previous_hunk()
    assert place(review) == ("p2", second[0])
    review.decide.previous_hunk()
    assert place(review) == ("p1", first[2])


async def test_files_are_gone_through_and_round(review: ReviewViewModel) -> None:
    shown = []
    for step in (
        review.decide.next_file,
        review.decide.next_file,
        review.decide.next_file,
        review.decide.previous_file,
    ):
        step()
        shown.append(place(review)[0])
    assert shown == ["p2", "p3", "p1", "p3"]


async def test_after_the_last_hunk_of_a_file_comes_the_next_file(
    project: FakeProject, review: ReviewViewModel, files: tuple[Proposal, ...]
) -> None:
    for _press in range(3):
        review.decide.accept()
    assert place(review) == ("p2", hunks_of(files[1])[0])
    await until(lambda: len(project.review.accepted) == 3)
    review.decide.reject()
    assert place(review) == ("p3", None)
    assert review.decide.is_possible


async def test_a_file_that_is_only_renamed_is_decided_as_such(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.show_proposal("p3")
    assert review.decide.is_possible
    review.decide.accept()
    # The write is under way: the next key is for the next file.
    assert place(review)[0] == "p1"
    await until(lambda: project.review.accepted == [(WHOLE,)])
    assert isinstance(project.turns.known["p3"].state, Closed)


async def test_a_file_that_is_changed_and_renamed_has_both_to_decide(
    project: FakeProject, review: ReviewViewModel
) -> None:
    both = changed("p4", "a.py", "x\n", "y\n", kind=FileKind.RENAME, target="b.py")
    project.turns.put(both)
    review.show_proposal("p4")
    assert review.files.rows[3].aside == "0 of 2 decided"
    review.decide.reject()
    assert place(review) == ("p4", None)
    assert review.decide.is_possible
    review.decide.reject()
    assert project.review.rejected == [hunks_of(both), (WHOLE,)]
    assert isinstance(project.turns.known["p4"].state, Closed)


async def test_what_was_done_to_a_hunk_is_taken_back_like_a_decision(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.work.split()
    review.decide.next_file()
    review.decide.undo()
    await until(lambda: project.review.undone == ["p1"])


async def test_a_file_is_decided_without_the_others(
    project: FakeProject, review: ReviewViewModel, files: tuple[Proposal, ...]
) -> None:
    review.decide.accept_file()
    await until(lambda: bool(project.review.accepted))
    assert project.review.accepted == [hunks_of(files[0])]
    review.show_proposal("p2")
    review.decide.reject_file()
    assert project.review.rejected == [hunks_of(files[1])]
    assert isinstance(project.turns.known["p3"].state, Ready)


async def test_all_files_are_accepted_as_one(project: FakeProject, review: ReviewViewModel) -> None:
    review.decide.accept_all()
    assert not review.decide.is_possible
    await until(lambda: project.review.groups == ["g1"])
    await until(lambda: all(isinstance(one.state, Closed) for one in review.group))


async def test_all_files_are_rejected_as_one(project: FakeProject, review: ReviewViewModel) -> None:
    review.decide.reject_all()
    assert project.review.groups == ["g1"]
    assert all(isinstance(one.state, Closed) for one in review.group)


async def test_what_fails_for_all_files_is_told_and_they_wait_again(
    project: FakeProject, review: ReviewViewModel, files: tuple[Proposal, ...]
) -> None:
    project.review.error = ConflictError("old.py was saved.", "Look again.")
    review.decide.accept_all()
    await until(lambda: review.notice is not None)
    assert review.notice is not None
    assert review.notice.text == "old.py was saved."
    assert place(review) == ("p1", hunks_of(files[0])[0])
    review.decide.reject_all()
    assert project.review.groups == []


async def test_undo_takes_back_the_last_decision_in_whichever_file_it_was(
    project: FakeProject, review: ReviewViewModel, files: tuple[Proposal, ...]
) -> None:
    first = hunks_of(files[0])
    review.decide.reject(first[1])
    review.decide.reject(first[0])
    review.decide.reject(first[2])
    assert place(review)[0] == "p2"
    review.decide.undo()
    await until(lambda: place(review) == ("p1", first[2]))
    review.decide.undo()
    await until(lambda: place(review) == ("p1", first[0]))
    assert project.review.undone == ["p1", "p1"]
    assert review.proposal is not None
    assert review.proposal.decision(first[1]) is Decision.REJECTED


async def test_what_was_accepted_for_all_files_is_undone_for_all(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.decide.accept_all()
    await until(lambda: bool(project.review.groups))
    review.decide.undo()
    await until(lambda: all(isinstance(one.state, Ready) for one in review.group))
    assert review.proposal is not None


async def test_an_undone_decision_does_not_show_the_file_instead(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.decide.accept_file()
    await until(lambda: bool(project.review.accepted))
    review.show_proposal("p1")
    review.decide.undo()
    await until(lambda: project.review.undone == ["p1"] and review.decide.is_possible)
    assert place(review)[0] == "p1"


async def test_a_failed_undo_is_told(project: FakeProject, review: ReviewViewModel) -> None:
    review.decide.reject()
    project.review.error = ConflictError("Your own change is in the way.")
    review.decide.undo()
    await until(lambda: review.notice is not None)
    assert review.notice is not None
    assert review.notice.text == "Your own change is in the way."


async def test_a_decided_hunk_that_is_chosen_waits_again_on_undo(
    project: FakeProject, review: ReviewViewModel, files: tuple[Proposal, ...]
) -> None:
    first = hunks_of(files[0])
    review.decide.reject()
    review.decide.reject()
    review.decide.go_to_hunk(first[0])
    assert place(review) == ("p1", first[0])
    # Accept and reject are about what waits.
    review.decide.accept()
    review.decide.undo()
    await until(lambda: project.review.reconsidered == [(first[0],)])
    assert project.review.accepted == []
    assert place(review) == ("p1", first[0])
    review.decide.next_hunk()
    assert place(review) == ("p1", first[2])


async def test_without_a_proposal_there_is_nothing_to_undo(
    project: FakeProject, models: ProjectViewModels
) -> None:
    models.review.decide.undo()
    models.review.decide.next_file()
    assert project.review.undone == []


async def test_while_a_file_is_written_it_is_read_but_not_decided(
    project: FakeProject, models: ProjectViewModels
) -> None:
    review = models.review
    whole = changed("p1", "src/parser.py", state=Streaming())
    assert whole.patch is not None
    one_hunk = replace(whole.patch, hunks=whole.patch.hunks[:1])
    project.turns.put(replace(whole, patch=one_hunk))
    assert place(review) == ("p1", whole.patch.hunks[0].id)
    grown: list[object] = []
    review.streamed.connect(lambda: grown.append(review.patch))
    project.turns.put(whole)
    await until(lambda: bool(grown))
    assert grown == [whole.patch]
    review.decide.next_hunk()
    assert place(review) == ("p1", whole.patch.hunks[1].id)
    review.decide.accept()
    assert review.notice is not None
    assert review.notice.text == "The model still writes here."
    project.turns.put(replace(whole, state=Ready()))
    assert review.notice is None
    assert place(review) == ("p1", whole.patch.hunks[1].id)
    review.decide.accept()
    await until(lambda: project.review.accepted == [(whole.patch.hunks[1].id,)])


async def test_a_file_that_is_done_is_decided_while_the_next_is_written(
    project: FakeProject, models: ProjectViewModels
) -> None:
    review = models.review
    project.turns.put(changed("p1", "src/parser.py"))
    project.turns.put(changed("p2", "src/second.py", state=Streaming()))
    review.show_proposal("p1")
    review.decide.accept_all()
    assert review.notice is not None
    assert review.notice.text == "The model still writes here."
    review.decide.reject_all()
    assert project.review.groups == []
    for _press in range(3):
        review.decide.accept()
    await until(lambda: len(project.review.accepted) == 3)
    # The file that is being written is what there is to read next.
    assert place(review)[0] == "p2"


async def test_what_was_decided_is_said(project: FakeProject, review: ReviewViewModel) -> None:
    said: list[str] = []
    review.spoken.connect(said.append)
    review.decide.reject()
    review.decide.accept()
    await until(lambda: len(said) == 2)
    review.decide.undo()
    await until(lambda: len(said) == 3)
    assert said == [
        "1 hunk rejected. parser.py: 1 of 3 decided.",
        "1 hunk accepted. parser.py: 2 of 3 decided.",
        "1 hunk waits again. parser.py: 1 of 3 decided.",
    ]


async def test_a_file_whose_parts_wait_for_a_place_is_not_passed_over(
    project: FakeProject, models: ProjectViewModels
) -> None:
    one, other = answer()[:2]
    project.turns.put(replace(one, failed=(PART,)))
    project.turns.put(other)
    models.review.show_proposal("p1")
    models.review.decide.reject_file()
    assert place(models.review)[0] == "p1"
    assert models.review.files.rows[0].detail == "+3 \u22123 · 1 part without a place"
    assert models.review.files.rows[0].icon == "warning"


async def test_a_conflict_is_said_in_the_list_and_in_the_inbox(
    project: FakeProject, models: ProjectViewModels
) -> None:
    one, other = answer()[:2]
    project.turns.put(conflicting(one))
    project.turns.put(conflicting(other))
    models.review.show_proposal("p1")
    assert [row.icon for row in models.review.files.rows] == ["warning", "warning"]
    project.turns.put(conflicting(replace(other, id="p3", group="")))
    project.turns.put(conflicting(replace(one, id="p4", group="")))
    assert [row.detail for row in models.changes.inbox.rows][:2] == [
        "parser.py · 1 conflict · 2 hunks",
        "new.py · 1 conflict",
    ]
