from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.project_settings import ProjectSettings, WatchingHere
from spark_desktop.domain.quick_actions import Actions, ActionsHere
from spark_desktop.domain.settings import (
    Checks,
    Language,
    Looks,
    Motion,
    ProjectChoices,
    Settings,
    ThemeChoice,
    Watching,
    data_of,
    settings_of,
)

TEXTS = st.dictionaries(st.text(), st.lists(st.text()).map(tuple))
LOOKS = st.builds(
    Looks,
    theme=st.sampled_from(ThemeChoice),
    language=st.sampled_from(Language),
    font_size=st.integers(9, 32),
    code_font=st.text(),
    motion=st.sampled_from(Motion),
)
PERHAPS = st.none() | st.booleans()
PROJECT = st.builds(
    ProjectSettings,
    allow_commands=st.booleans(),
    test_command=st.text(),
    quiet=PERHAPS,
    watching=st.builds(WatchingHere, stubs=PERHAPS, repairs=PERHAPS),
    actions=st.builds(ActionsHere, fix=PERHAPS),
    without_sandbox=st.booleans(),
    ask_commands=st.booleans(),
)
PROJECTS = st.dictionaries(st.text().map("/{}".format), PROJECT, max_size=3)
SETTINGS = st.builds(
    Settings,
    looks=LOOKS,
    watching=st.builds(Watching),
    actions=st.builds(Actions),
    checks=st.builds(Checks, commands=TEXTS),
    keys=TEXTS,
    projects=PROJECTS,
)
ROOT = PurePosixPath("/home/me/project")


@given(SETTINGS)
def test_settings_come_back_from_their_table(settings: Settings) -> None:
    assert settings_of(data_of(settings)) == (settings, ())


def test_an_empty_table_gives_the_defaults() -> None:
    assert settings_of({}) == (Settings(), ())


def test_unknown_keys_are_passed_over() -> None:
    assert settings_of({"later": {"a": 1}, "looks": {"later": 2}}) == (Settings(), ())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            {"looks": {"theme": "pink"}},
            "looks.theme is 'pink', not one of system, dark, light.",
        ),
        (
            {"looks": {"font_size": 4}},
            "looks.font_size is 4, not a whole number from 9 to 32.",
        ),
        (
            {"looks": {"font_size": True}},
            "looks.font_size is True, not a whole number from 9 to 32.",
        ),
        ({"watching": {"enabled": "yes"}}, "watching.enabled is 'yes', not true or false."),
        ({"model": {"model": 3}}, "model.model is 3, not text."),
        ({"keys": {"ask": "Ctrl+L"}}, "keys.ask is 'Ctrl+L', not a list of keys."),
        ({"keys": 1}, "keys is not a table."),
        (
            {"checks": {"commands": {"*.py": "ruff"}}},
            "checks.commands.*.py is 'ruff', not a list of commands.",
        ),
        ({"checks": {"commands": []}}, "checks.commands is not a table."),
        ({"checks": {"seconds": 0}}, "checks.seconds is 0, not a whole number from 1 to 120."),
        ({"looks": []}, "looks is not a table."),
        ({"projects": []}, "projects is not a table."),
        ({"projects": {"/p": 1}}, 'projects."/p" is not a table.'),
    ],
)
def test_a_refused_value_is_named_and_its_default_used(data: dict[str, object], said: str) -> None:
    settings, problems = settings_of(data)
    assert (settings, list(problems)) == (Settings(), [said])


def test_one_refused_value_leaves_the_others() -> None:
    settings, problems = settings_of({"looks": {"theme": "pink", "font_size": 20}})
    assert settings.looks == Looks(font_size=20)
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"allow_commands": 1}, 'projects."/p".allow_commands is 1, not true or false.'),
        ({"test_command": True}, 'projects."/p".test_command is True, not text.'),
        ({"quiet": "no"}, "projects.\"/p\".quiet is 'no', not true or false."),
        ({"watching": {"stubs": 0}}, 'projects."/p".watching.stubs is 0, not true or false.'),
    ],
)
def test_a_refused_choice_for_a_folder_is_named(table: dict[str, object], said: str) -> None:
    settings, problems = settings_of({"projects": {"/p": {**table, "later": 1}}})
    assert settings.projects == {"/p": ProjectSettings()}
    assert list(problems) == [said]


def test_choices_for_no_full_path_are_refused() -> None:
    settings, problems = settings_of({"projects": {"src": {"allow_commands": True}}})
    assert settings == Settings()
    assert list(problems) == ["projects.\"src\" is 'src', not the full path of a folder."]


def test_a_folder_of_another_system_is_no_problem() -> None:
    data = {"projects": {"C:/work": {"quiet": True}}}
    assert settings_of(data)[1] == ()


def test_in_a_folder_its_own_choices_win_and_the_others_hold() -> None:
    own = ProjectSettings(True, "pytest -q", True, WatchingHere(stubs=True, repairs=False))
    everywhere = Settings(watching=Watching(stubs=False, comments=False))
    settings = everywhere.with_project(ROOT, own)
    watching = Watching(comments=False, stubs=True, repairs=False, quiet=True)
    assert settings.for_project(ROOT) == ProjectChoices(watching, True, "pytest -q")
    assert settings.for_project(PurePosixPath("/other")) == ProjectChoices(everywhere.watching)


def test_quick_actions_are_offered_unless_they_are_switched_off_here_or_everywhere() -> None:
    data = {"actions": {"fix": False}, "projects": {str(ROOT): {"actions": {"test": False}}}}
    settings, problems = settings_of(data)
    assert problems == ()
    assert settings.for_project(ROOT).actions == Actions(fix=False, test=False)
    assert settings.for_project(PurePosixPath("/other")).actions == Actions(fix=False)
    own = ProjectSettings(actions=ActionsHere(fix=True))
    assert settings.with_project(ROOT, own).for_project(ROOT).actions == Actions()


def test_a_folder_is_found_however_its_path_is_written() -> None:
    settings, _ = settings_of({"projects": {"/home/me/project/": {"allow_commands": True}}})
    assert settings.for_project(ROOT).allow_commands
    assert settings.with_project(ROOT, ProjectSettings()).projects == {}


def test_no_command_of_a_folder_is_allowed_until_the_user_says_so() -> None:
    assert not Settings().for_project(ROOT).allow_commands
    assert not Settings().for_project(ROOT).without_sandbox


def test_running_without_a_sandbox_is_another_word_than_running() -> None:
    allowing = Settings().with_project(ROOT, ProjectSettings(allow_commands=True))
    assert not allowing.for_project(ROOT).without_sandbox
    both = ProjectSettings(allow_commands=True, without_sandbox=True)
    assert Settings().with_project(ROOT, both).for_project(ROOT).without_sandbox
