from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from spark_desktop.domain.completion import ModelInfo
from spark_desktop.domain.core_state import CoreFailed
from spark_desktop.domain.errors import IncompleteStreamError
from spark_desktop.viewmodels.quick_choices import Choice
from spark_desktop.views.quick_prompt import QuickPrompt
from spark_desktop.views.theme import load_theme
from tests.fakes import Answer
from tests.interface_fakes import until
from tests.viewmodels.test_quick_view_model import CODE, Desk
from tests.views.walking import without_name, without_tip

LONG = "".join(f"Line {number} of a long answer.\n\n" for number in range(200))


class Shown:
    """A prompt on the (offscreen) screen, and a user."""

    def __init__(self) -> None:
        self.desk = Desk()
        self.prompt = QuickPrompt(self.desk.model, load_theme("dark"))
        self.prompt.prepare()

    def type(self, text: str) -> None:
        QTest.keyClicks(self.prompt.input, text)

    def press(
        self,
        key: Qt.Key,
        modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        widget: QWidget | None = None,
    ) -> None:
        QTest.keyClick(widget or self.prompt.input, key, modifier)

    async def ask(self, text: str, answer: Answer | str) -> None:
        self.desk.endpoint.answers.append(answer if isinstance(answer, Answer) else Answer(answer))
        self.prompt.present()
        before = self.desk.model.turn
        self.type(text)
        self.press(Qt.Key.Key_Return)
        await until(lambda: self.desk.model.turn is not before and not self.desk.model.is_answering)


@pytest.fixture
async def shown(qapp: object) -> AsyncIterator[Shown]:
    made = Shown()
    yield made
    await made.desk.service.close()
    await made.desk.scope.close()
    made.prompt.hide()
    made.prompt.deleteLater()


async def test_it_is_prepared_hidden_and_shown_in_the_upper_third(shown: Shown) -> None:
    assert not shown.prompt.isVisible()
    shown.prompt.present()
    area = QGuiApplication.primaryScreen().availableGeometry()
    frame = shown.prompt.frameGeometry()
    assert abs(frame.center().x() - area.center().x()) <= 1
    assert area.height() * 0.1 < frame.center().y() - area.top() < area.height() / 3
    flags = shown.prompt.windowFlags()
    assert flags & Qt.WindowType.FramelessWindowHint
    assert flags & Qt.WindowType.WindowStaysOnTopHint
    assert shown.prompt.transcript.isHidden()


async def test_enter_asks_and_the_answer_stands_below(shown: Shown) -> None:
    height = shown.prompt.height()
    await shown.ask("Why?", CODE)
    assert shown.prompt.transcript.isVisible()
    assert shown.prompt.height() > height
    assert shown.prompt.buttons[Choice.PASTE].text() == "Paste code"
    assert "fake-model" in shown.prompt.label.text()


async def test_shift_and_enter_begin_a_line_and_the_input_grows(shown: Shown) -> None:
    shown.prompt.present()
    height = shown.prompt.input.height()
    shown.type("one")
    shown.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    shown.type("two")
    assert shown.prompt.input.toPlainText() == "one\ntwo"
    assert shown.prompt.input.height() > height
    assert shown.desk.model.turn is None


async def test_a_long_answer_grows_the_window_to_its_share_of_the_screen(shown: Shown) -> None:
    await shown.ask("Why?", LONG)
    area = QGuiApplication.primaryScreen().availableGeometry()
    await until(lambda: shown.prompt.height() > area.height() * 0.55)
    assert shown.prompt.height() <= area.height() * 0.6 + 1
    await shown.ask("And?", "So.")
    await until(lambda: shown.prompt.height() < area.height() * 0.5)


async def test_escape_closes_at_once_and_stops(shown: Shown) -> None:
    shown.desk.endpoint.answers.append(Answer("Beca", hangs=True))
    shown.prompt.present()
    shown.type("Why?")
    shown.press(Qt.Key.Key_Return)
    await shown.desk.endpoint.reached_silence.wait()
    shown.press(Qt.Key.Key_Escape)
    assert not shown.prompt.isVisible()
    await until(lambda: not shown.desk.model.is_answering)
    assert shown.desk.endpoint.closed_early == 1
    shown.prompt.present()
    assert shown.prompt.input.textCursor().selectedText() == "Why?"
    assert shown.prompt.notice.text == "The answer was stopped."


async def test_the_windows_close_button_hides_only(shown: Shown) -> None:
    shown.prompt.present()
    shown.prompt.close()
    assert not shown.prompt.isVisible()
    shown.prompt.present()
    assert shown.prompt.isVisible()


async def test_arrows_at_the_first_and_last_line_go_through_earlier_questions(
    shown: Shown,
) -> None:
    await shown.ask("One?", "1")
    shown.prompt.input.clear()
    shown.type("a")
    shown.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    shown.type("b")
    shown.press(Qt.Key.Key_Up)
    assert shown.prompt.input.toPlainText() == "a\nb"
    shown.press(Qt.Key.Key_Up)
    assert shown.prompt.input.toPlainText() == "One?"
    shown.press(Qt.Key.Key_Down)
    assert shown.prompt.input.toPlainText() == "a\nb"


@pytest.mark.parametrize("in_answer", [False, True])
async def test_copy_without_a_selection_copies_the_answer(shown: Shown, in_answer: bool) -> None:
    await shown.ask("Why?", CODE)
    widget = shown.prompt.transcript if in_answer else shown.prompt.input
    shown.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier, widget)
    assert QGuiApplication.clipboard().text() == CODE
    assert shown.prompt.notice.text == "Copied."


async def test_copy_of_selected_words_of_the_question_is_the_inputs(shown: Shown) -> None:
    await shown.ask("Why?", CODE)
    shown.prompt.input.selectAll()
    shown.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "Why?"


@pytest.mark.parametrize(
    ("key", "shift", "done"),
    [
        (Qt.Key.Key_C, True, "copied"),
        (Qt.Key.Key_Return, False, "pasted"),
        (Qt.Key.Key_O, False, "thread"),
        (Qt.Key.Key_E, False, "applied"),
    ],
)
async def test_every_choice_has_a_key_that_works_while_typing(
    shown: Shown, key: Qt.Key, shift: bool, done: str
) -> None:
    target, previous = shown.desk.target, shown.desk.previous
    target.project, target.file = "demo", "a.py"
    await shown.ask("Why?", CODE)
    held = Qt.KeyboardModifier.ControlModifier
    if shift:
        held |= Qt.KeyboardModifier.ShiftModifier
    shown.press(key, held)
    happened = {
        "copied": lambda: shown.desk.copied == [CODE],
        "pasted": lambda: previous.told == ["paste"],
        "thread": lambda: len(target.threads) == 1,
        "applied": lambda: target.applied == ["Why?"],
    }
    await until(happened[done])


async def test_a_click_pastes_and_hides(shown: Shown) -> None:
    await shown.ask("Why?", "So.")
    shown.prompt.buttons[Choice.PASTE].click()
    assert not shown.prompt.isVisible()
    assert QGuiApplication.clipboard().text() == "So."
    await until(lambda: shown.desk.previous.told == ["paste"])


async def test_grey_choices_say_why(shown: Shown) -> None:
    shown.prompt.present()
    button = shown.prompt.buttons[Choice.THREAD]
    assert not button.isEnabled()
    assert "No project is open" in button.toolTip()
    assert "No project is open" in button.accessibleDescription()


async def test_an_answer_that_broke_off_offers_to_ask_again(shown: Shown) -> None:
    await shown.ask("Why?", Answer("Beca", error=IncompleteStreamError("It ended.", "Again.")))
    assert shown.prompt.notice.text.startswith("The answer broke off.")
    shown.desk.endpoint.answers.append(Answer("Because."))
    shown.prompt.notice.button.click()
    await until(
        lambda: shown.desk.model.turn is not None and shown.desk.model.turn.answer == "Because."
    )
    assert shown.prompt.notice.isHidden()


async def test_a_model_that_cannot_be_started_says_what_to_do(shown: Shown) -> None:
    shown.prompt.present()
    shown.desk.core.become(CoreFailed("The model is missing.", "Pull it."))
    assert shown.prompt.notice.text == "The model is missing. Pull it."
    assert shown.prompt.notice.button.text() == "Try again"
    assert shown.prompt.label.text() == "failed"


async def test_another_theme_keeps_the_answer(shown: Shown) -> None:
    await shown.ask("Why?", CODE)
    height = shown.prompt.height()
    shown.prompt.set_theme(load_theme("light"))
    assert shown.prompt.transcript.isVisible()
    assert shown.prompt.height() == height


async def test_large_type_cuts_no_button(shown: Shown) -> None:
    sheet = shown.prompt.styleSheet()
    for size in (16, 13, 12):
        sheet = sheet.replace(f"font-size: {size}px", f"font-size: {size * 2}px")
    shown.prompt.setStyleSheet(sheet)
    shown.prompt.present()
    await until(lambda: shown.prompt.width() >= shown.prompt.minimumSizeHint().width())
    for button in shown.prompt.buttons.values():
        assert button.width() >= button.sizeHint().width()


async def test_everything_in_it_has_a_name(shown: Shown) -> None:
    await shown.ask("Why?", CODE)
    assert without_name(shown.prompt) == []
    assert without_tip(shown.prompt) == []


async def test_a_question_that_the_model_cannot_hold_fails_with_the_reason(shown: Shown) -> None:
    shown.desk.endpoint._model = ModelInfo("tiny", context=600, fim=False)
    await shown.ask("Why?", "never")
    shown.desk.endpoint.answers.clear()
    assert shown.prompt.notice.text == "No answer."
