from pathlib import Path

import pytest

import spark_resources
from spark_desktop.views.theme import Theme, load_theme, other_theme, system_theme

_TEXT_ROLES = (
    "text",
    "text_secondary",
    "accent",
    "added_text",
    "removed_text",
    "warning",
    "problem",
    "emulated",
    "link",
)


def _luminance(color: str) -> float:
    # Relative luminance of WCAG 2.2.
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, bright = sorted((_luminance(one), _luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("role", _TEXT_ROLES)
@pytest.mark.parametrize("ground", ["window", "surface", "raised"])
def test_every_text_role_is_readable_on_every_ground(theme: str, role: str, ground: str) -> None:
    colors = load_theme(theme)
    assert _contrast(getattr(colors, role), getattr(colors, ground)) >= 4.5


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_code_is_readable_on_added_and_removed_lines(theme: str) -> None:
    colors = load_theme(theme)
    assert _contrast(colors.text, colors.added_line) >= 4.5
    assert _contrast(colors.text, colors.removed_line) >= 4.5
    assert _contrast(colors.added_text, colors.added_line) >= 4.5
    assert _contrast(colors.removed_text, colors.removed_line) >= 4.5


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_chosen_row_is_readable(theme: str) -> None:
    colors = load_theme(theme)
    assert _contrast(colors.text, colors.line) >= 4.5
    assert _contrast(colors.text_secondary, colors.line) >= 4.5


def test_each_theme_leads_to_the_other() -> None:
    dark = load_theme("dark")
    assert other_theme(dark).name == "light"
    assert other_theme(other_theme(dark)) == dark


def test_the_system_theme_is_one_of_the_two(qapp: object) -> None:
    assert isinstance(system_theme(), Theme)


def test_an_unknown_theme_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"solarized\.toml"):
        load_theme("solarized")


def _planted(folder: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    text = spark_resources.resource("themes", "dark.toml").read_text(encoding="utf-8")
    planted = folder / "dark.toml"
    planted.write_text(text.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(spark_resources, "resource", lambda *_parts: planted)


def test_a_colour_that_is_none_names_its_role(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _planted(tmp_path, monkeypatch, '"#ffb02e"', '"orange"')
    with pytest.raises(ValueError, match="accent is 'orange'"):
        load_theme("dark")


def test_a_role_that_no_theme_has_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _planted(tmp_path, monkeypatch, "accent =", "highlight =")
    with pytest.raises(ValueError, match="highlight"):
        load_theme("dark")
