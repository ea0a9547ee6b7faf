"""The settings in the window: every choice takes effect at once, and every key can be changed."""

import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt, QTranslator
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.domain.settings import Language, Motion, ThemeChoice
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.viewmodels.settings import SettingsViewModel
from spark_desktop.viewmodels.settings_rows import Category
from spark_desktop.views.commands_control import CommandsControl
from spark_desktop.views.language import LanguageSwitch
from spark_desktop.views.layout_memory import LayoutMemory
from spark_desktop.views.main_window import MainWindow
from spark_desktop.views.motion import motion, use_motion
from spark_desktop.views.setting_controls import ModelControl
from spark_desktop.views.settings_dialog import SettingsDialog
from spark_desktop.views.settings_watch import SettingsWatch
from spark_desktop.views.shortcuts import KEYBOARD, SHORTCUTS, key_text
from spark_desktop.views.theme import load_theme
from tests.interface_fakes import FakeProject, proposal, until
from tests.views.walking import cut_off, without_name


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


@pytest.fixture
async def window(
    qtbot: QtBot, models: ProjectViewModels, project: FakeProject, tmp_path: Path, file: Path
) -> AsyncIterator[MainWindow]:
    scope = TaskScope("settings")
    settings = SettingsViewModel(SettingsService(TomlSettings(file)), scope)
    made = MainWindow(load_theme("dark"), LayoutMemory(tmp_path / "window.ini"), settings)
    qtbot.addWidget(made, before_close_func=lambda window: window.finish())
    made.show_project(models, tmp_path / "library", "main")
    project.turns.put(proposal())
    models.changes.choose_proposal("p1")
    made.resize(1280, 800)
    made.show()
    # Else it would look at the file after the test, when no loop runs.
    made.preferences.end()
    yield made
    await scope.close()
    KEYBOARD.use({})
    use_motion(Motion.SYSTEM)
    QLocale.setDefault(QLocale.system())


@pytest.fixture
async def dialog(window: MainWindow) -> SettingsDialog:
    return window.preferences.show()


def write(file: Path, text: str) -> None:
    """Save as another program does."""
    file.write_text(text, encoding="utf-8")


def read(file: Path) -> str:
    """Return what stands in a file; nothing where there is none."""
    return file.read_text(encoding="utf-8") if file.exists() else ""


def shown(dialog: SettingsDialog) -> list[str]:
    return [line.row.key for line in dialog.lines if not line.isHidden()]


async def test_the_dialog_shows_a_category_and_finds_in_all(dialog: SettingsDialog) -> None:
    assert not dialog.isModal()
    assert shown(dialog)[0] == "looks.theme"
    assert "watching.stubs" not in shown(dialog)
    dialog.search.setText("stubs")
    assert shown(dialog) == ["watching.stubs", "project.watching.stubs"]
    dialog.search.setText("keys question")
    assert shown(dialog) == []
    assert [name for name, line in dialog.keys.lines.items() if not line.isHidden()] == ["ask"]
    dialog.search.setText("xyzzy")
    assert not dialog.nothing.isHidden()
    dialog.show_category(Category.PRIVACY)
    kept = ("keep_quick_history", "keep_ledger", "history_mb")
    assert shown(dialog) == [f"privacy.{name}" for name in kept]


async def test_everything_in_the_dialog_has_a_name(dialog: SettingsDialog) -> None:
    assert without_name(dialog) == []


async def test_a_theme_is_used_at_once_kept_and_reset(
    window: MainWindow, dialog: SettingsDialog, file: Path
) -> None:
    line = dialog.line_of("looks.theme")
    assert line.reset.isHidden()
    assert isinstance(line.control, QComboBox)
    line.control.setCurrentIndex(2)
    line.control.activated.emit(2)
    assert window.theme.name == "light"
    await until(lambda: 'theme = "light"' in read(file))
    assert not line.reset.isHidden()
    line.reset.click()
    assert window.settings.current.looks.theme is ThemeChoice.SYSTEM


async def test_bigger_type_scales_rows_code_and_bars(window: MainWindow) -> None:
    view = window.project
    assert view is not None
    before = (view.changes.inbox.row_height, view.review.diff.rows.row_height, window.top.height())
    window.settings.set("looks.font_size", 26)
    await until(lambda: window.top.height() == 80)
    after = (view.changes.inbox.row_height, view.review.diff.rows.row_height, window.top.height())
    assert after == tuple(2 * height for height in before)
    assert view.is_narrow
    window.keys["smaller"].trigger()
    assert window.settings.current.looks.font_size == 25
    window.keys["usual_size"].trigger()
    assert view.changes.inbox.row_height == before[0]


@pytest.mark.parametrize("size", [13, 26, 32])
@pytest.mark.parametrize("width", [800, 1024, 1280])
async def test_nothing_is_cut_off_at_any_size_of_type(
    window: MainWindow, size: int, width: int
) -> None:
    window.settings.set("looks.font_size", size)
    window.resize(width, 640)
    assert window.width() == width
    await until(lambda: window.minimumSizeHint().width() <= width)
    # Over 200 % the lists at the left need a higher window.
    assert window.minimumSizeHint().height() <= (640 if size <= 26 else 720)


async def test_a_font_of_code_reaches_the_diff(window: MainWindow) -> None:
    window.settings.set("looks.code_font", "Some Mono")
    assert window.project is not None
    assert window.project.review.diff.viewport().font().families()[0] == "Some Mono"


async def test_reduced_motion_takes_the_time_out_of_what_moves(window: MainWindow) -> None:
    window.settings.set("looks.motion", Motion.FULL)
    assert motion(150) == 150
    window.settings.set("looks.motion", Motion.REDUCED)
    assert motion(150) == 0


async def test_an_edit_of_the_file_reaches_the_window(
    window: MainWindow, dialog: SettingsDialog, file: Path
) -> None:
    watch = SettingsWatch(file, window.settings.reload, window)
    write(file, '[looks]\ntheme = "light"\n')
    await until(lambda: window.theme.name == "light")
    assert not dialog.line_of("looks.theme").reset.isHidden()
    write(file, "[looks\n")
    await until(lambda: "is not a settings file" in dialog.notice.text)
    assert "is not a settings file" in window.notice.text
    assert window.theme.name == "light"
    watch.end()


async def test_a_model_is_chosen_from_a_file(window: MainWindow, dialog: SettingsDialog) -> None:
    dialog.model_asked.emit()
    (picker,) = window.findChildren(QFileDialog)
    picker.fileSelected.emit("/models/big.gguf")
    picker.reject()
    assert window.settings.current.model.model == "/models/big.gguf"


async def test_a_key_is_changed_by_pressing_another(
    window: MainWindow, dialog: SettingsDialog
) -> None:
    dialog.show_category(Category.KEYS)
    line = dialog.keys.lines["ask"]
    line.add.click()
    assert not line.field.isHidden()
    line.field.setKeySequence(QKeySequence("Ctrl+J"))
    assert KEYBOARD.keys("ask") == ("Ctrl+L", "Ctrl+J")
    line.chips[0].click()
    assert KEYBOARD.keys("ask") == ("Ctrl+J",)
    assert window.keys["ask"].shortcut().toString() == "Ctrl+J"
    assert window.project is not None
    assert "(Ctrl+J)" in window.project.chat.composer.ask.toolTip()
    window.show_sheet()
    assert window.sheet is not None
    assert "Ctrl+J" in window.sheet.text
    line.reset.click()
    assert KEYBOARD.keys("ask") == ("Ctrl+L",)


async def test_a_clash_is_told_before_and_after_and_takes_nothing_away(
    window: MainWindow, dialog: SettingsDialog
) -> None:
    line, other = dialog.keys.lines["ask"], dialog.keys.lines["edit"]
    line.begin()
    line.field.setKeySequence(QKeySequence("Ctrl+E"))
    assert "Ctrl+E is that of: Type an edit" in line.clash.text()
    assert KEYBOARD.keys("ask") == ("Ctrl+L",)
    line.take.click()
    assert KEYBOARD.keys("ask") == ("Ctrl+L", "Ctrl+E")
    assert KEYBOARD.keys("edit") == ("Ctrl+E",)
    assert "also that of: Type an edit" in line.clash.text()
    assert "also that of: Ask a question" in other.clash.text()
    dialog.keys.reset_all.click()
    assert line.clash.isHidden()
    line.begin()
    line.field.setKeySequence(QKeySequence("Ctrl+C"))
    assert "copies" in line.clash.text()
    line.cancel.click()
    assert KEYBOARD.keys("ask") == ("Ctrl+L",)


async def test_what_means_nothing_in_the_file_is_told(
    window: MainWindow, dialog: SettingsDialog
) -> None:
    window.settings.use_keys({"fly": ("Ctrl+F",), "ask": ("Hyper+Q", "Ctrl+J")})
    assert "keys.fly is no action" in dialog.keys.strange.text()
    assert "'Hyper+Q' is no key" in dialog.keys.strange.text()
    assert key_text("ask") == "Ctrl+J"


async def test_a_letter_that_was_changed_stands_on_the_buttons(window: MainWindow) -> None:
    window.settings.set_keys("accept", ["Y"])
    assert window.project is not None
    assert window.project.review.accept.text() == "Accept  y"
    assert "(y)" in window.project.review.accept.toolTip()
    window.settings.set_keys("accept", [])
    assert window.project.review.accept.text() == "Accept"


async def test_letters_typed_in_a_text_field_decide_nothing(
    window: MainWindow, project: FakeProject
) -> None:
    line = QLineEdit(window)
    line.show()
    window.activateWindow()
    line.setFocus()
    await until(line.hasFocus)
    QTest.keyClicks(line, "arnp")
    assert line.text() == "arnp"
    assert project.review.accepted == []


class _Russian(QTranslator):
    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str:
        return {"Settings": "Настройки", "Theme": "Тема"}.get(source, source)

    def isEmpty(self) -> bool:
        return False


async def test_a_language_is_spoken_at_once_and_the_draft_stays(
    window: MainWindow, dialog: SettingsDialog
) -> None:
    window.preferences._language = LanguageSwitch(lambda code: [_Russian()] if code == "ru" else [])
    window.preferences._language.use(Language.ENGLISH)
    assert window.project is not None
    before = window.project
    before.chat.composer.editor.setPlainText("half a thought")
    window.settings.set("looks.language", Language.RUSSIAN)
    assert window.project is not before
    assert window.project.chat.composer.editor.toPlainText() == "half a thought"
    assert window.keys["settings"].text() == "Настройки"
    assert window.preferences.dialog is not None
    assert window.preferences.dialog.windowTitle() == "Настройки"
    assert QLocale().language() == QLocale.Language.Russian
    window.settings.set("looks.language", Language.ENGLISH)
    assert window.keys["settings"].text() == "Settings"


async def test_every_action_is_in_the_palette_the_menu_and_the_keys(
    window: MainWindow, dialog: SettingsDialog
) -> None:
    names = {shortcut.name for shortcut in SHORTCUTS}
    window.finder.model.open()
    entries = {entry.id for entry in window.finder.model._entries}
    # The palette does not offer to open itself.
    assert {f"action:{name}" for name in names - {"palette"}} <= entries
    in_menu = {
        action
        for group in window.top._menu.actions()
        if (menu := group.menu()) is not None
        for action in menu.actions()
    }
    assert in_menu == set(window.keys.values())
    assert set(dialog.keys.lines) == names


async def test_the_menu_says_why_an_action_cannot_be_done(window: MainWindow) -> None:
    window.show_welcome()
    menu = window.top._menu.actions()[0].menu()
    assert menu is not None
    menu.aboutToShow.emit()
    assert not window.keys["accept"].isEnabled()
    assert window.keys["accept"].toolTip() == "Open a folder first."
    menu.aboutToHide.emit()
    assert window.keys["accept"].isEnabled()


async def test_the_wheel_scrolls_the_page_and_changes_no_setting(dialog: SettingsDialog) -> None:
    control = dialog.line_of("looks.theme").control
    assert control.focusPolicy() == Qt.FocusPolicy.StrongFocus


async def test_a_click_on_the_chosen_category_leaves_the_search(dialog: SettingsDialog) -> None:
    dialog.search.setText("ledger")
    assert dialog.line_of("looks.theme").isHidden()
    item = dialog.categories.item(0)
    place = dialog.categories.visualItemRect(item).center()
    QTest.mouseClick(dialog.categories.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert dialog.search.text() == ""
    assert not dialog.line_of("looks.theme").isHidden()


async def test_why_a_choice_does_not_work_stands_beside_it(
    dialog: SettingsDialog, window: MainWindow
) -> None:
    line = dialog.line_of("quick.hotkey")
    assert line.remark.isHidden()
    window.settings.set_remark("quick.hotkey", "Ctrl+Alt+Space is taken by another program.")
    assert line.remark.text() == "Ctrl+Alt+Space is taken by another program."
    assert not line.remark.isHidden()
    assert "is taken" in line.control.accessibleDescription()
    window.settings.set_remark("quick.hotkey", "")
    assert line.remark.isHidden()


async def test_a_model_that_is_half_typed_survives_another_choice(
    dialog: SettingsDialog, window: MainWindow
) -> None:
    control = dialog.line_of("model.model").control
    assert isinstance(control, ModelControl)
    control.line.setText("emulated:cer")
    window.settings.set("watching.stubs", False)
    assert control.line.text() == "emulated:cer"
    window.settings.set("model.model", "other")
    assert control.line.text() == "other"


def show_commands(dialog: SettingsDialog) -> CommandsControl:
    dialog.show_category(Category.CHECKS)
    control = dialog.line_of("checks.commands").control
    assert isinstance(control, CommandsControl)
    return control


async def test_the_users_commands_are_kept_when_the_focus_leaves_them(
    dialog: SettingsDialog, file: Path
) -> None:
    control = show_commands(dialog)
    control.lines.setPlainText("*.py: ruff check {file}\n*.py: mypy {file}\n*.js: eslint {file}")
    dialog.search.setFocus()
    control.finish()
    await until(lambda: "eslint" in read(file))
    kept = tomllib.loads(read(file))["checks"]["commands"]
    assert kept == {"*.py": ["ruff check {file}", "mypy {file}"], "*.js": ["eslint {file}"]}
    control.lines.setPlainText("*.js: eslint {file}")
    control.finish()
    await until(lambda: "ruff" not in read(file))
    assert tomllib.loads(read(file))["checks"]["commands"] == {"*.js": ["eslint {file}"]}


async def test_a_line_that_is_no_command_is_named_and_nothing_changed(
    dialog: SettingsDialog, window: MainWindow
) -> None:
    control = show_commands(dialog)
    control.lines.setPlainText("*.py: 'ruff")
    control.finish()
    assert control.problem.text() == "A quote is not closed in 'ruff."
    assert dialog.line_of("checks.commands")._model.value("checks.commands") == {}
    control.lines.setPlainText("")
    control.finish()
    assert not control.problem.isVisible()


async def test_commands_that_were_edited_into_the_file_are_shown(
    dialog: SettingsDialog, window: MainWindow, file: Path
) -> None:
    control = show_commands(dialog)
    write(file, '[checks.commands]\n"*.rs" = ["rustfmt --check {file}"]\n')
    dialog.line_of("checks.commands")._model.reload()
    await until(lambda: control.lines.toPlainText() == "*.rs: rustfmt --check {file}")


async def test_the_page_of_the_open_project_is_about_it_alone(
    window: MainWindow, dialog: SettingsDialog, tmp_path: Path, file: Path
) -> None:
    dialog.show_category(Category.PROJECT)
    assert dialog.folderless.isHidden()
    assert {f"project.watching.{name}" for name in ("enabled", "comments", "stubs")} < set(
        shown(dialog)
    )
    assert "project.without_sandbox" in shown(dialog)
    await until(lambda: cut_off(dialog) == [])
    assert without_name(dialog) == []
    line = dialog.line_of("project.watching.stubs")
    assert line.control.accessibleName() == "This project: Empty functions"
    assert isinstance(line.control, QComboBox)
    assert line.control.currentText() == "As everywhere"
    line.control.setCurrentIndex(2)
    line.control.activated.emit(2)
    root = tmp_path / "library"
    choices = window.settings.current.for_project(root)
    assert (choices.watching.stubs, window.settings.current.watching.stubs) == (False, True)
    await until(lambda: "stubs = false" in read(file))
    line.reset.click()
    assert window.settings.current.for_project(root).watching.stubs


async def test_the_command_of_the_tests_is_used_when_it_is_finished(
    window: MainWindow, dialog: SettingsDialog, tmp_path: Path
) -> None:
    dialog.show_category(Category.PROJECT)
    control = dialog.line_of("project.test_command").control
    assert isinstance(control, QLineEdit)
    control.setFocus()
    QTest.keyClicks(control, "pytest -q ")
    own = window.settings.current.project(tmp_path / "library")
    assert own.test_command == ""
    QTest.keyClick(control, Qt.Key.Key_Return)
    assert dialog.isVisible()
    own = window.settings.current.project(tmp_path / "library")
    assert own.test_command == "pytest -q"
    dialog.line_of("project.test_command").reset.click()
    assert control.text() == ""


async def test_without_a_folder_the_page_says_what_to_do(
    window: MainWindow, dialog: SettingsDialog, models: ProjectViewModels, tmp_path: Path
) -> None:
    dialog.show_category(Category.PROJECT)
    heading = "This project: library"
    assert heading in [label.text() for label in dialog.findChildren(QLabel)]
    window.show_welcome()
    assert not dialog.folderless.isHidden()
    assert (shown(dialog), dialog.nothing.isHidden()) == ([], True)
    dialog.search.setText("sandbox")
    assert (shown(dialog), dialog.nothing.isHidden()) == ([], False)
    dialog.search.clear()
    window.show_project(models, tmp_path / "library", "main")
    assert dialog.folderless.isHidden()
    assert "project.allow_commands" in shown(dialog)
