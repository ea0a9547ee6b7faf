"""From the settings to a theme: its colours, and the fonts in which it is drawn."""

from dataclasses import replace

from spark_desktop.domain.settings import Looks, ThemeChoice
from spark_desktop.views.theme import Theme, load_theme, system_theme


def theme_of(looks: Looks, forced: str | None = None) -> Theme:
    """Return the theme of the settings; ``forced`` is the name of another, for this start."""
    if forced is not None:
        return in_type(load_theme(forced), looks)
    if looks.theme is ThemeChoice.SYSTEM:
        return in_type(system_theme(), looks)
    return in_type(load_theme(looks.theme.value), looks)


def in_type(theme: Theme, looks: Looks) -> Theme:
    """Return a theme with the fonts of the settings."""
    return replace(theme, font_size=looks.font_size, code_family=looks.code_font)
