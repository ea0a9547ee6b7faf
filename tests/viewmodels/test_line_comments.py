"""Comments on lines, kept until they go to the model together."""

from dataclasses import replace

import pytest

from spark_desktop.domain.errors import ConflictError
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.viewmodels.notice import Intent
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.review import ReviewViewModel
from spark_desktop.viewmodels.review_words import comment_place
from tests.answer_fakes import changed, put_answer
from tests.interface_fakes import FakeProject

OLD = LineComment(2, False, "line 3", "Why?", "src/parser.py")
NEW = LineComment(9, True, "more", "Less.", "src/parser.py")


@pytest.fixture
def review(project: FakeProject, models: ProjectViewModels) -> ReviewViewModel:
    put_answer(project)
    models.review.show_proposal("p1")
    return models.review


def comment(review: ReviewViewModel, line: int, is_new_side: bool, text: str) -> None:
    review.comments.begin(line, is_new_side)
    review.comments.set_text(text)
    review.comments.keep()


async def test_a_comment_quotes_its_line_of_either_side(review: ReviewViewModel) -> None:
    comment(review, 2, False, "Why?")
    comment(review, 9, True, "Less.")
    assert review.comments.listed == (OLD, NEW)
    assert [comment_place(one, with_path=False) for one in review.comments.listed] == [
        "line 3 before",
        "line 10",
    ]
    assert comment_place(NEW, with_path=True) == "src/parser.py, line 10"


async def test_comments_on_all_files_of_an_answer_are_sent_together(
    project: FakeProject, review: ReviewViewModel
) -> None:
    comment(review, 2, False, "Why?")
    review.decide.next_file()
    comment(review, 0, True, "No.")
    other = LineComment(0, True, "made = True", "No.", "src/new.py")
    assert review.comments.listed == (OLD, other)
    assert review.comments.here == (other,)
    review.comments.send()
    assert project.turns.revised == [("p2", (OLD, other))]
    assert review.proposal is not None
    assert review.proposal.id == "p2*"
    review.show_proposal("p1")
    assert review.comments.listed == ()


async def test_what_cannot_be_sent_stays(project: FakeProject, review: ReviewViewModel) -> None:
    comment(review, 2, False, "Why?")
    project.turns.error = ConflictError("No model is there.", "Choose one.")
    review.comments.send()
    assert review.notice is not None
    assert review.notice.text == "No model is there."
    assert review.comments.listed == (OLD,)


async def test_without_a_comment_nothing_is_sent(
    project: FakeProject, review: ReviewViewModel
) -> None:
    review.comments.send()
    assert project.turns.revised == []


async def test_a_comment_without_a_word_is_none(review: ReviewViewModel) -> None:
    comment(review, 2, False, "  \n")
    assert review.comments.listed == ()
    assert review.comments.open is None


async def test_a_listed_comment_is_written_anew_or_taken_away(review: ReviewViewModel) -> None:
    comment(review, 2, False, "Why?")
    comment(review, 9, True, "Less.")
    review.comments.begin_again(0)
    review.comments.set_text("How?")
    review.comments.keep()
    assert [one.text for one in review.comments.listed] == ["How?", "Less."]
    review.comments.begin_again(1)
    review.comments.set_text("")
    review.comments.keep()
    assert [one.text for one in review.comments.listed] == ["How?"]
    review.comments.remove(7)
    review.comments.begin_again(7)
    review.comments.remove(0)
    assert review.comments.listed == ()
    assert review.comments.open is None


async def test_what_was_begun_and_left_is_there_again(review: ReviewViewModel) -> None:
    review.comments.begin(2, False)
    review.comments.set_text("Wh")
    review.decide.next_file()
    assert review.comments.open is None
    review.decide.previous_file()
    review.comments.begin(2, False)
    assert review.comments.open is not None
    assert review.comments.open.comment.text == "Wh"
    review.comments.keep()
    review.comments.begin(2, False)
    assert review.comments.open.comment.text == ""


async def test_a_comment_on_a_hunk_is_on_its_first_line(
    project: FakeProject, review: ReviewViewModel
) -> None:
    places = []
    for _press in range(3):
        review.comments.begin_at_hunk(review.current_hunk)
        assert review.comments.open is not None
        comment = review.comments.open.comment
        places.append((comment.line, comment.is_new_side, comment.quoted))
        review.decide.next_hunk()
    assert places == [(2, True, "three"), (8, True, "nine"), (14, False, "line 15")]
    review.comments.leave()
    review.comments.begin_at_hunk(None)
    assert review.comments.open is None


async def test_a_line_that_is_not_there_is_refused(review: ReviewViewModel) -> None:
    review.comments.begin(400, True)
    assert review.comments.open is None
    assert review.notice is not None
    assert review.notice.text == "This line is gone."


async def test_comments_stay_when_the_proposal_is_decided(review: ReviewViewModel) -> None:
    comment(review, 2, False, "Why?")
    review.decide.reject_all()
    assert review.comments.listed == (OLD,)


async def test_comments_go_with_the_proposal(project: FakeProject, review: ReviewViewModel) -> None:
    project.turns.put(replace(changed("q1", "other.py"), group=""))
    comment(review, 2, False, "Why?")
    project.turns.known = {"q1": project.turns.known["q1"]}
    review.show_proposal("q1")
    review.act(Intent.REPEAT)
    assert review.comments.listed == ()


async def test_without_a_proposal_there_is_nothing_to_comment_on(
    models: ProjectViewModels,
) -> None:
    comments = models.review.comments
    comments.begin(0, True)
    comments.set_text("x")
    comments.keep()
    comments.leave()
    comments.send()
    assert comments.listed == ()
