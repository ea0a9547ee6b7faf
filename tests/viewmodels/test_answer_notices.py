"""What the window tells while endpoints are asked, at the turn or proposal that it is about."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject

from spark_desktop.domain.answer_notices import sentences_of
from spark_desktop.domain.completion import Usage
from spark_desktop.domain.conversation import TurnState
from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.events import (
    AnswerMeasured,
    AnswerRerouted,
    AnswerWaits,
    BudgetTold,
    KeyRefused,
    PromptCut,
    TurnChanged,
)
from spark_desktop.domain.proposal import Streaming
from spark_desktop.domain.standings import AnswerRecord
from spark_desktop.services.bus import Bus
from spark_desktop.viewmodels.answer_notices import AnswerNotices
from spark_desktop.viewmodels.chat import ChatViewModel
from spark_desktop.viewmodels.notice import Intent, Notice, Tone
from spark_desktop.viewmodels.project import ProjectViewModels
from tests.interface_fakes import NOON, FakeProject, proposal, turn, until

CHAT = WorkKind.CHAT
REROUTED = AnswerRerouted(CHAT, "Fast", "", "It is down.")
WAITS = AnswerWaits(CHAT, "Fast", 12.4, "Too much to do.")
REFUSED = KeyRefused(CHAT)
ELSEWHERE = AnswerRecord(NOON, "fast", "m", CHAT, error="AccessRefusedError")


def said(notice: Notice | None) -> str:
    assert notice is not None
    return f"{notice.text} {notice.hint}".strip()


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (REROUTED, "Fast did not answer: It is down. The local core is asked instead."),
        (
            AnswerRerouted(CHAT, "Fast", "", "Fast is left out for now: Full.", was_asked=False),
            "Fast is left out for now: Full. The local core is asked instead.",
        ),
        (
            AnswerRerouted(CHAT, "", "Fast", "", hedged=True),
            "The local core has not begun yet, so Fast is asked as well. "
            "Whoever begins first answers.",
        ),
        (WAITS, "Fast cannot answer now: Too much to do. It is asked again in 12 s."),
        (replace(WAITS, seconds=0.0), ""),
        (
            PromptCut("Fast", 9000, 4096),
            "Fast read only 4096 of about 9000 tokens that were sent to it. "
            "Shorten the question, or let its server have a longer context.",
        ),
        (
            BudgetTold(8.5, 10.0, False),
            "$8.50 of this month's budget of $10.00 are spent. "
            "You can change it in the settings, under Endpoints.",
        ),
        (
            BudgetTold(10.5, 10.0, True),
            "This month's budget of $10.00 is spent. "
            "Raise it in the settings, or use an endpoint that costs nothing.",
        ),
    ],
)
def test_each_event_is_a_sentence_with_a_next_step(event, text: str) -> None:
    assert " ".join(sentences_of(event)).strip() == text


class World:
    """Notices of the chat on a bus, with a clock that stands still."""

    def __init__(self) -> None:
        self.bus, self.parent, self.seconds = Bus(), QObject(), 100.0
        self.notices = AnswerNotices(self.bus, {CHAT}, self.parent, lambda: self.seconds)
        self.changes = 0
        self.notices.changed.connect(self._count)
        self.bus.publish(TurnChanged("th1", turn("t1", "", TurnState.STREAMING)))

    def _count(self) -> None:
        self.changes += 1


@pytest.fixture
def world(qapp: object) -> World:
    return World()


def test_what_is_told_belongs_to_the_turn_and_can_be_dismissed(world: World) -> None:
    world.bus.publish(REROUTED)
    notice = world.notices.told_of("t1")
    assert notice is not None
    assert (notice.tone, notice.action and notice.action.intent) == (Tone.WARNING, Intent.DISMISS)
    world.bus.publish(TurnChanged("th1", turn("t1", "So.")))
    world.bus.publish(TurnChanged("th1", turn("t2", "", TurnState.STREAMING)))
    assert world.notices.told_of("t2") is None
    assert world.notices.told_of("t1") == notice
    world.notices.dismiss("t1")
    world.notices.dismiss("t1")
    assert world.notices.told_of("t1") is None
    assert world.changes == 2


def test_a_turn_that_is_asked_again_begins_without_notices(world: World) -> None:
    world.bus.publish(REROUTED)
    world.bus.publish(TurnChanged("th1", turn("t1", "So.")))
    world.bus.publish(TurnChanged("th1", turn("t1", "", TurnState.STREAMING)))
    assert world.notices.told_of("t1") is None


def test_a_wait_counts_down_and_can_be_stopped(world: World) -> None:
    world.bus.publish(WAITS)
    assert said(world.notices.waiting).endswith("in 13 s.")
    world.seconds += 10
    assert said(world.notices.waiting).endswith("in 3 s.")
    world.seconds += 10
    notice = world.notices.waiting
    assert said(notice).endswith("It is asked again now.")
    assert notice is not None
    assert notice.action is not None
    assert (notice.tone, notice.action.intent) == (Tone.BUSY, Intent.STOP)
    world.bus.publish(replace(WAITS, seconds=0.0))
    assert world.notices.waiting is None


def test_other_kinds_of_work_are_passed_over(world: World) -> None:
    world.bus.publish(replace(REROUTED, kind=WorkKind.EDIT))
    world.bus.publish(replace(WAITS, kind=WorkKind.EDIT))
    world.bus.publish(PromptCut("Fast", 9000, 100, WorkKind.SUGGESTION))
    world.bus.publish(replace(REFUSED, kind=WorkKind.EDIT))
    assert (world.changes, world.notices.waiting) == (0, None)
    assert not world.notices.is_refused("t1")


def test_a_refused_key_leads_to_where_it_is_entered(world: World) -> None:
    world.bus.publish(REFUSED)
    assert world.notices.is_refused("t1")
    world.bus.publish(REROUTED)
    notice = world.notices.told_of("t1")
    assert notice is not None
    assert notice.action is not None
    assert notice.action.intent is Intent.ENDPOINTS


def test_a_key_that_was_refused_to_another_window_is_none_of_this_one(world: World) -> None:
    world.bus.publish(AnswerMeasured(ELSEWHERE))
    assert not world.notices.is_refused("t1")


def test_the_next_question_leads_there_too_though_nobody_refused_a_key_again(world: World) -> None:
    left_out = replace(REROUTED, was_asked=False, is_refused=True)
    world.bus.publish(left_out)
    notice = world.notices.told_of("t1")
    assert notice is not None
    assert notice.action is not None
    assert notice.action.intent is Intent.ENDPOINTS


def test_a_cut_prompt_is_told(world: World) -> None:
    world.bus.publish(PromptCut("Fast", 9000, 4096))
    assert said(world.notices.told_of("t1")).startswith("Fast read only")


@pytest.fixture
async def chat(models: ProjectViewModels) -> ChatViewModel:
    models.chat.load()
    await until(lambda: models.chat.thread_id is not None)
    return models.chat


async def test_the_chat_tells_of_its_last_turn(project: FakeProject, chat: ChatViewModel) -> None:
    project.bus.publish(TurnChanged("th1", turn("t1", "", TurnState.STREAMING)))
    project.bus.publish(WAITS)
    assert said(chat.notice).startswith("Fast cannot answer now")
    chat.act(Intent.STOP)
    assert project.chat.stops == 1
    project.bus.publish(replace(WAITS, seconds=0.0))
    project.bus.publish(REROUTED)
    project.bus.publish(TurnChanged("th1", turn("t1", "So.")))
    assert said(chat.notice).startswith("Fast did not answer: It is down.")
    chat.act(Intent.DISMISS)
    assert chat.notice is None


async def test_a_question_that_failed_for_its_key_leads_to_the_settings(
    project: FakeProject, chat: ChatViewModel
) -> None:
    wanted: list[Intent] = []
    chat.intent_raised.connect(wanted.append)
    project.bus.publish(TurnChanged("th1", turn("t1", "", TurnState.STREAMING)))
    project.bus.publish(REFUSED)
    project.bus.publish(TurnChanged("th1", turn("t1", "", TurnState.FAILED)))
    assert chat.notice is not None
    assert chat.notice.action is not None
    chat.act(chat.notice.action.intent)
    assert wanted == [Intent.ENDPOINTS]


@pytest.mark.parametrize("state", [TurnState.FAILED, TurnState.STOPPED])
async def test_an_answer_that_was_cut_can_be_continued(
    project: FakeProject, chat: ChatViewModel, state: TurnState
) -> None:
    project.bus.publish(TurnChanged("th1", turn("t1", "Half an", state)))
    notice = chat.notice
    assert notice is not None
    assert notice.action is not None
    assert (notice.action.label, notice.action.intent) == ("Continue", Intent.GO_ON)
    chat.act(Intent.GO_ON)
    await until(lambda: bool(project.chat.gone_on))
    assert project.chat.gone_on == [("th1", "t1")]


async def test_the_review_tells_of_the_proposal_that_is_shown(
    project: FakeProject, models: ProjectViewModels
) -> None:
    review = models.review
    project.turns.put(proposal(Streaming(1)))
    review.show_proposal("p1")
    edit = replace(WAITS, kind=WorkKind.EDIT)
    project.bus.publish(edit)
    assert said(review.notice).startswith("Fast cannot answer now")
    project.bus.publish(replace(edit, seconds=0.0))
    project.bus.publish(replace(REROUTED, kind=WorkKind.EDIT))
    assert said(review.notice).startswith("Writing")
    project.turns.put(replace(proposal(), endpoint="Fast", model="big", cost=0.0123))
    assert said(review.notice).startswith("Fast did not answer")
    assert review.answered_text == "Fast · big · $0.0123"
    review.act(Intent.DISMISS)
    assert review.notice is None
    project.turns.put(proposal())
    assert review.answered_text == ""


@pytest.mark.parametrize(
    ("usage", "text"),
    [
        (Usage(1400, 80, 1240), "1,240 of 1,400 prompt tokens from the cache"),
        (Usage(1400, 80, 0), ""),
        (Usage(0, 80, 0), ""),
        (None, ""),
    ],
)
async def test_the_review_tells_how_much_of_the_prompt_was_cached(
    project: FakeProject, models: ProjectViewModels, usage: Usage | None, text: str
) -> None:
    project.turns.put(replace(proposal(), usage=usage))
    models.review.show_proposal("p1")
    assert models.review.cached_text == text
