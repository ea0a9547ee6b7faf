import asyncio
import os
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from spark_desktop.adapters.settings_file import TomlSettings
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.project_settings import ProjectSettings, WatchingHere
from spark_desktop.domain.quick_actions import ActionsHere
from spark_desktop.domain.settings import Looks, Settings, ThemeChoice
from spark_desktop.services.settings import SettingsService

LIGHT = replace(Settings(), looks=Looks(theme=ThemeChoice.LIGHT))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.toml"


def test_what_is_saved_is_loaded(file: Path) -> None:
    asyncio.run(TomlSettings(file).save(LIGHT))
    assert TomlSettings(file).load().settings == LIGHT


def test_without_a_file_there_are_the_defaults(file: Path) -> None:
    loaded = TomlSettings(file).load()
    assert (loaded.settings, loaded.problems) == (Settings(), ())


def test_comments_and_unknown_keys_of_the_user_stay(file: Path) -> None:
    file.parent.mkdir()
    text = '# mine\n[looks]\nfont_size = 15 # big\nlater = 1\n\n[other]\nx = "y"\n'
    file.write_text(text)
    loaded = TomlSettings(file).load().settings
    asyncio.run(TomlSettings(file).save(replace(loaded, looks=replace(loaded.looks, font_size=16))))
    assert file.read_text() == text.replace("15", "16")


def test_a_default_is_not_written(file: Path) -> None:
    asyncio.run(TomlSettings(file).save(LIGHT))
    assert file.read_text() == '[looks]\ntheme = "light"\n'


def test_a_shortcut_that_is_reset_goes_from_the_file(file: Path) -> None:
    asyncio.run(TomlSettings(file).save(replace(Settings(), keys={"ask": ("Ctrl+J",)})))
    asyncio.run(TomlSettings(file).save(Settings()))
    assert TomlSettings(file).load().settings == Settings()


def test_a_file_that_is_not_toml_is_kept_aside_and_named(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("[looks\n")
    loaded = TomlSettings(file).load()
    (aside,) = file.parent.iterdir()
    assert aside.read_text() == "[looks\n"
    assert loaded.settings == Settings()
    assert aside.name in loaded.problems[0]


def test_a_file_that_is_not_utf_8_is_kept_aside(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in TomlSettings(file).load().problems[0]
    assert not file.exists()


def test_a_refused_value_is_told_with_its_file(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('[looks]\ntheme = "pink"\n')
    loaded = TomlSettings(file).load()
    assert str(file) in loaded.problems[0]
    assert "looks.theme" in loaded.problems[0]
    assert file.exists()


def test_a_file_that_cannot_be_read_is_told_and_left(file: Path) -> None:
    file.mkdir(parents=True)
    loaded = TomlSettings(file).load()
    assert str(file) in loaded.problems[0]
    assert file.is_dir()


def test_a_folder_that_cannot_be_made_is_a_store_error(file: Path) -> None:
    file.parent.write_text("not a folder")
    with pytest.raises(StoreError, match="could not be written"):
        asyncio.run(TomlSettings(file).save(LIGHT))


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_to_the_file_stays_a_link(file: Path, tmp_path: Path) -> None:
    file.parent.mkdir()
    real = tmp_path / "dotfiles.toml"
    real.write_text("# mine\n")
    file.symlink_to(real)
    asyncio.run(TomlSettings(file).save(LIGHT))
    assert file.is_symlink()
    assert real.read_text().startswith("# mine\n")


async def test_who_asked_is_told_of_each_change_before_it_is_kept(file: Path) -> None:
    service = SettingsService(TomlSettings(file))
    told: list[Settings] = []
    stop = service.subscribe(told.append)
    await service.update(LIGHT)
    await service.update(LIGHT)
    stop()
    await service.update(Settings())
    assert told == [LIGHT]


async def test_a_choice_that_cannot_be_kept_is_in_use_all_the_same(file: Path) -> None:
    file.parent.write_text("not a folder")
    service = SettingsService(TomlSettings(file))
    with pytest.raises(StoreError):
        await service.update(LIGHT)
    assert service.current == LIGHT


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = " + "[" * 100_000, id="lists in lists"),
        pytest.param("x = " + "{a = " * 3_000, id="tables in tables"),
        pytest.param("x = " + "9" * 5_000, id="a number of too many digits"),
    ],
)
def test_what_no_parser_takes_is_kept_aside_like_any_broken_file(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    assert "It is kept as settings.toml.broken-" in TomlSettings(file).load().problems[0]
    file.write_text(text)
    told = asyncio.run(TomlSettings(file).save(LIGHT))
    assert told is not None
    assert "was broken meanwhile" in told
    assert TomlSettings(file).load().settings == LIGHT
    assert len(list(file.parent.glob("settings.toml.broken-*"))) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
def test_a_pipe_in_place_of_the_file_is_not_waited_for(file: Path) -> None:
    file.parent.mkdir()
    os.mkfifo(file)
    assert "cannot be read (it is no file)" in TomlSettings(file).load().problems[0]


def test_a_refused_value_stays_in_the_file_until_another_is_chosen(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('[looks]\ntheme = "pink"\nfont_size = "big"\n[keys]\naccept = "a"\n')
    asyncio.run(TomlSettings(file).save(LIGHT))
    kept = file.read_text()
    assert 'theme = "light"' in kept
    assert 'font_size = "big"' in kept
    assert 'accept = "a"' in kept


ROOT = PurePosixPath("/home/me/project")


def test_choices_for_a_folder_are_written_as_its_table(file: Path) -> None:
    own = ProjectSettings(True, watching=WatchingHere(stubs=False))
    asyncio.run(TomlSettings(file).save(Settings().with_project(ROOT, own)))
    assert file.read_text() == (
        '[projects."/home/me/project"]\nallow_commands = true\n\n'
        '[projects."/home/me/project".watching]\nstubs = false\n'
    )
    assert TomlSettings(file).load().settings.project(ROOT) == own


def test_the_quick_actions_of_a_folder_are_written_as_a_table_of_their_own(file: Path) -> None:
    own = ProjectSettings(actions=ActionsHere(explain=False))
    asyncio.run(TomlSettings(file).save(Settings().with_project(ROOT, own)))
    assert file.read_text() == '[projects."/home/me/project".actions]\nexplain = false\n'
    assert TomlSettings(file).load().settings.project(ROOT) == own


def test_comments_and_unknown_keys_stay_in_the_tables_of_folders(file: Path) -> None:
    file.parent.mkdir()
    text = (
        '[looks]\nfont_size = 15\n\n# the big one\n[projects."/home/me/project"] # mine\n'
        'quiet = true # for now\nlater = 1\n\n[projects."/other"]\nallow_commands = true\n'
    )
    file.write_text(text)
    loaded = TomlSettings(file).load().settings
    own = replace(loaded.project(ROOT), quiet=False)
    asyncio.run(TomlSettings(file).save(loaded.with_project(ROOT, own)))
    assert file.read_text() == text.replace("quiet = true", "quiet = false")


def test_what_is_as_everywhere_again_goes_from_the_file(file: Path) -> None:
    file.parent.mkdir()
    file.write_text('[projects."/home/me/project"]\nquiet = true\nwatching = {stubs = false}\n')
    loaded = TomlSettings(file).load().settings
    own = ProjectSettings(quiet=None, watching=WatchingHere(comments=False))
    asyncio.run(TomlSettings(file).save(loaded.with_project(ROOT, own)))
    assert TomlSettings(file).load().settings.project(ROOT) == own
    assert "quiet" not in file.read_text()
    asyncio.run(TomlSettings(file).save(loaded.with_project(ROOT, ProjectSettings())))
    assert TomlSettings(file).load().settings == Settings()


def test_the_file_that_is_made_shows_how_a_folder_is_written(file: Path) -> None:
    store = TomlSettings(file)
    asyncio.run(store.prepare())
    assert store.load().settings == Settings()
    shown = file.read_text().partition('# [projects."/home')[2]
    lines = ('# [projects."/home' + shown).splitlines()
    file.write_text("\n".join(line.removeprefix("# ") for line in lines))
    loaded = store.load()
    assert loaded.problems == ()
    assert loaded.settings.project(ROOT) == ProjectSettings(
        quiet=False, watching=WatchingHere(stubs=True)
    )
