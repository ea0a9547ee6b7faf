import asyncio
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath

import pytest

from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.domain.project_settings import ProjectSettings, WatchingHere
from spark_desktop.domain.settings import Settings, ThemeChoice
from spark_desktop.services.settings import SettingsService
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.notice import Intent, Tone
from spark_desktop.viewmodels.settings import SettingsViewModel
from tests.interface_fakes import until


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def write(file: Path, text: str) -> None:
    """Save as another program does."""
    file.write_text(text, encoding="utf-8")


def read(file: Path) -> str:
    """Return what stands in a file; nothing where there is none."""
    return file.read_text(encoding="utf-8") if file.exists() else ""


def kept_aside(file: Path) -> Path:
    """Return the copy of a broken file."""
    (aside,) = file.parent.glob(f"{file.name}.broken-*")
    return aside


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
    await until(lambda: "light" in read(file))
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
    write(file, "[looks]\nfont_size = 20\n")
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
    write(file, text)
    model.reload()
    await until(lambda: model.notice is not None)
    assert model.notice is not None
    assert (model.notice.tone, said in model.notice.text) == (Tone.PROBLEM, True)
    assert model.current.looks.font_size == 15
    assert read(file) == text
    model.act(Intent.DISMISS)
    assert model.notice is None


async def test_a_broken_file_is_not_written_over(model: SettingsViewModel, file: Path) -> None:
    write(file, "[looks\n# my words\n")
    model.set("looks.font_size", 15)
    await until(lambda: model.notice is not None)
    assert model.notice is not None
    aside = kept_aside(file)
    assert read(aside) == "[looks\n# my words\n"
    assert aside.name in model.notice.text
    assert "font_size = 15" in read(file)


async def test_a_choice_that_cannot_be_kept_is_told_with_the_next_step(
    qapp: object, tmp_path: Path, scope: TaskScope
) -> None:
    write(tmp_path / "folder", "not a folder")
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
    write(file, "[looks\n")
    model = SettingsViewModel(SettingsService(TomlSettings(file)), scope)
    aside = kept_aside(file)
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
    assert '# theme = "system"' in read(file)
    assert TomlSettings(file).load().settings == Settings()
    write(file, "# mine\n")
    model.open_file()
    await until(lambda: len(opened) == 2)
    assert read(file) == "# mine\n"


SHOP = PurePosixPath("/home/me/shop")


async def test_what_is_chosen_for_a_folder_stands_in_its_table(
    model: SettingsViewModel, file: Path
) -> None:
    model.follow(SHOP)
    model.set("project.allow_commands", True)
    model.set("project.watching.stubs", False)
    assert model.value("project.watching.stubs") is False
    assert not model.is_default("project.watching.stubs")
    own = ProjectSettings(True, watching=WatchingHere(stubs=False))
    assert model.current.project(SHOP) == own
    await until(lambda: "stubs = false" in read(file))
    assert '[projects."/home/me/shop"]' in read(file)
    model.reset("project.watching.stubs")
    model.reset("project.allow_commands")
    assert model.current == Settings()


async def test_another_folder_has_choices_of_its_own(model: SettingsViewModel) -> None:
    changes: list[bool] = []
    model.changed.connect(lambda: changes.append(True))
    model.follow(SHOP)
    model.follow(SHOP)
    assert len(changes) == 1
    model.set("project.test_command", "pytest -q")
    model.follow(PurePosixPath("/home/me/other"))
    assert model.value("project.test_command") == ""
    model.follow(SHOP)
    assert model.value("project.test_command") == "pytest -q"


async def test_without_a_folder_nothing_is_chosen_for_one(model: SettingsViewModel) -> None:
    model.set("project.allow_commands", True)
    model.reset("project.quiet")
    assert model.value("project.allow_commands") is False
    assert model.current == Settings()
