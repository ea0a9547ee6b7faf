import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.settings import (
    Checks,
    Language,
    Looks,
    Motion,
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
SETTINGS = st.builds(
    Settings,
    looks=LOOKS,
    watching=st.builds(Watching),
    checks=st.builds(Checks, commands=TEXTS),
    keys=TEXTS,
)


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
    ],
)
def test_a_refused_value_is_named_and_its_default_used(data: dict[str, object], said: str) -> None:
    settings, problems = settings_of(data)
    assert (settings, list(problems)) == (Settings(), [said])


def test_one_refused_value_leaves_the_others() -> None:
    settings, problems = settings_of({"looks": {"theme": "pink", "font_size": 20}})
    assert settings.looks == Looks(font_size=20)
    assert len(problems) == 1
