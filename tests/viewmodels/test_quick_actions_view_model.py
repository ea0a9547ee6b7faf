"""Which quick actions there are now, and where they lead."""

from spark_desktop.domain.errors import SparkError, StoreError
from spark_desktop.domain.quick_actions import Actions
from spark_desktop.domain.trigger import Instruction, QuickAction, Span, title_of
from spark_desktop.domain.words import say
from spark_desktop.services.quick_actions import Asked
from spark_desktop.viewmodels.project import ProjectViewModels
from tests.interface_fakes import FakeProject, proposal, snapshot, until


async def with_lines(models: ProjectViewModels) -> None:
    models.review.open_file("src/parser.py")
    await until(lambda: models.review.path == "src/parser.py")
    models.review.select(Span(2, 5))


def test_the_inbox_names_what_was_asked_for_in_which_lines() -> None:
    def title(lines: Span | None, action: QuickAction) -> str:
        return title_of(Instruction(snapshot(), lines, "words for a model", action))

    assert title(Span(2, 3), QuickAction.FIX) == "fix line 3"
    assert title(Span(2, 5), QuickAction.EXPLAIN) == "explain lines 3 to 5"
    assert title(None, QuickAction.SIMPLIFY) == "simplify the file"


async def test_every_action_says_what_it_still_needs(
    models: ProjectViewModels, project: FakeProject
) -> None:
    model = models.quick_actions
    assert model.missing == "Show a file first, and select lines of it."
    models.review.open_file("src/parser.py")
    await until(lambda: models.review.path is not None)
    assert model.missing == "Select lines first."
    models.review.select(Span(0, 1))
    assert model.missing == ""
    assert [one.label for one in model.offers()] == [
        "Explain",
        "Fix",
        "Document",
        "Write a test",
        "Simplify",
    ]
    assert not any(one.reason for one in model.offers())
    project.turns.put(proposal())
    models.review.show_proposal("p1")
    assert model.missing == "Show the file itself first: this is a proposal."


async def test_what_is_switched_off_is_not_offered(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.quick_actions.chosen = Actions(explain=False, test=False)
    await with_lines(models)
    offered = [one.action for one in models.quick_actions.offers()]
    assert offered == [QuickAction.FIX, QuickAction.DOCUMENT, QuickAction.SIMPLIFY]
    models.quick_actions.run(QuickAction.TEST)
    assert models.review.notice is not None
    assert models.review.notice.text == "This quick action is switched off in the settings."
    assert not project.quick_actions.begun


async def test_without_lines_an_action_says_why_it_does_nothing(
    models: ProjectViewModels, project: FakeProject
) -> None:
    models.quick_actions.run(QuickAction.FIX)
    assert models.review.notice is not None
    assert models.review.notice.text == "Show a file first, and select lines of it."
    assert not project.quick_actions.begun


async def test_a_proposal_that_was_asked_for_is_shown(
    models: ProjectViewModels, project: FakeProject
) -> None:
    await with_lines(models)
    project.turns.put(proposal())
    models.quick_actions.run(QuickAction.SIMPLIFY)
    await until(lambda: models.review.proposal is not None)
    begun = (QuickAction.SIMPLIFY, "src/parser.py", Span(2, 5))
    assert project.quick_actions.begun == [begun]


async def test_a_question_goes_to_the_chat_with_its_lines(
    models: ProjectViewModels, project: FakeProject
) -> None:
    text = say("Explain {lines}", lines=say("{name}, line {line}", name="parser.py", line=3))
    project.quick_actions.answer = Asked(text, "src/parser.py", Span(2, 5))
    models.chat.load()
    await until(lambda: models.chat.thread_id is not None)
    await with_lines(models)
    asked: list[bool] = []
    models.quick_actions.asked.connect(lambda: asked.append(True))
    models.quick_actions.run(QuickAction.EXPLAIN)
    await until(lambda: bool(asked))
    await project.composing.outbox.idle()
    (question,) = project.chat.answered
    assert (question.text, question.path) == ("Explain parser.py, line 3", "src/parser.py")
    assert [(one.path, one.lines) for one in question.refs] == [("src/parser.py", Span(2, 5))]


async def test_before_the_threads_are_there_a_question_is_refused_and_they_are_read(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.quick_actions.answer = Asked(say("Explain it"), "src/parser.py", Span(2, 5))
    await with_lines(models)
    models.quick_actions.run(QuickAction.EXPLAIN)
    await until(lambda: models.chat.thread_id is not None)
    assert models.review.notice is not None
    assert models.review.notice.text == "The threads are not there yet."


async def test_what_fails_is_told_over_the_review(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.quick_actions.error = SparkError("No test.", "Select a function.")
    await with_lines(models)
    models.quick_actions.run(QuickAction.TEST)
    await until(
        lambda: models.review.notice is not None and models.review.notice.text == "No test."
    )
    assert models.review.notice is not None
    assert models.review.notice.hint == "Select a function."


async def test_a_question_that_cannot_be_kept_is_told(
    models: ProjectViewModels, project: FakeProject
) -> None:
    project.quick_actions.answer = Asked(say("Explain it"), "src/parser.py", Span(2, 5))
    models.chat.load()
    await until(lambda: models.chat.thread_id is not None)
    await with_lines(models)
    project.drafts.error = StoreError("The disk is full.")
    models.quick_actions.run(QuickAction.EXPLAIN)
    await until(
        lambda: (
            models.review.notice is not None and models.review.notice.text == "The disk is full."
        )
    )
