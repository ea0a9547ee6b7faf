import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.domain.settings import Settings, ThemeChoice
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.notice import Intent, Tone
from spark_desktop.viewmodels.settings import SettingsViewModel
from tests.interface_fakes import until


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


@pytest.fixture
async def scope() -> AsyncIterator[TaskScope]:
    made = TaskScope("test")
    yield made
    await made.close()


@pytest.fixture
def model(qapp: object, file: Path, scope: TaskScope) -> SettingsViewModel:
    return SettingsViewModel(SettingsService(TomlSettings(file)), scope)


async def test_a_choice_is_in_use_at_once_and_kept_soon(
    model: SettingsViewModel, file: Path
) -> None:
    model.set("looks.theme", ThemeChoice.LIGHT)
    assert model.value("looks.theme") is ThemeChoice.LIGHT
    assert not model.is_default("looks.theme")
    await until(lambda: file.exists() and "light" in file.read_text())
    model.reset("looks.theme")
    assert model.current == Settings()


async def test_keys_are_given_and_given_back(model: SettingsViewModel) -> None:
    model.set_keys("ask", ["Ctrl+J"])
    model.set_keys("edit", [])
    assert model.current.keys == {"ask": ("Ctrl+J",), "edit": ()}
    model.set_keys("ask", None)
    assert model.current.keys == {"edit": ()}
    model.use_keys({})
    assert model.current == Settings()


async def test_an_edit_of_the_file_takes_effect(model: SettingsViewModel, file: Path) -> None:
    file.write_text("[looks]\nfont_size = 20\n")
    model.reload()
    await until(lambda: model.current.looks.font_size == 20)
    assert model.notice is None


@pytest.mark.parametrize(
    ("text", "said"),
    [("[looks\n", "is not a settings file"), ("[looks]\nfont_size = 99\n", "looks.font_size")],
)
async def test_a_broken_edit_is_told_and_changes_nothing(
    model: SettingsViewModel, file: Path, text: str, said: str
) -> None:
    model.set("looks.font_size", 15)
    await until(file.exists)
    await asyncio.sleep(0)
    file.write_text(text)
    model.reload()
    await until(lambda: model.notice is not None)
    assert model.notice is not None
    assert (model.notice.tone, said in model.notice.text) == (Tone.PROBLEM, True)
    assert model.current.looks.font_size == 15
    assert file.read_text() == text
    model.act(Intent.DISMISS)
    assert model.notice is None


async def test_a_broken_file_is_not_written_over(model: SettingsViewModel, file: Path) -> None:
    file.write_text("[looks\n# my words\n")
    model.set("looks.font_size", 15)
    await until(lambda: model.notice is not None)
    assert model.notice is not None
    (aside,) = file.parent.glob("settings.toml.broken-*")
    assert aside.read_text() == "[looks\n# my words\n"
    assert aside.name in model.notice.text
    assert "font_size = 15" in file.read_text()


async def test_a_choice_that_cannot_be_kept_is_told_with_the_next_step(
    qapp: object, tmp_path: Path, scope: TaskScope
) -> None:
    (tmp_path / "folder").write_text("not a folder")
    store = TomlSettings(tmp_path / "folder" / "settings.toml")
    model = SettingsViewModel(SettingsService(store), scope)
    model.set("looks.font_size", 15)
    await until(lambda: model.notice is not None and "written" in model.notice.text)
    assert model.notice is not None
    assert "Make the folder writable." in model.notice.hint
    assert model.current.looks.font_size == 15


async def test_what_was_broken_at_the_start_is_told(
    qapp: object, file: Path, scope: TaskScope
) -> None:
    file.write_text("[looks\n")
    model = SettingsViewModel(SettingsService(TomlSettings(file)), scope)
    (aside,) = file.parent.glob("settings.toml.broken-*")
    assert model.notice is not None
    assert aside.name in model.notice.text


async def test_the_file_is_made_with_every_setting_before_it_is_opened(
    model: SettingsViewModel, file: Path
) -> None:
    opened: list[str] = []
    model.file_ready.connect(opened.append)
    model.open_file()
    await until(lambda: bool(opened))
    assert opened == [str(file)]
    assert '# theme = "system"' in file.read_text()
    assert TomlSettings(file).load().settings == Settings()
    file.write_text("# mine\n")
    model.open_file()
    await until(lambda: len(opened) == 2)
    assert file.read_text() == "# mine\n"
