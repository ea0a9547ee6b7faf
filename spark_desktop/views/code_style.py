"""Colours of code: a token's colour in a theme, and the backgrounds of changed words.

Every colour here reaches 4.5 : 1 on the window, on added and on removed lines, and on the changed
words inside these; a test computes it.
"""

from functools import lru_cache

from pygments.token import Comment, Keyword, Literal, Name, Number, Operator, String, _TokenType

from spark_desktop.views.theme import Theme

# Enough to see the word inside the line, little enough to read on.
_EMPHASIS = 0.17
_FADED = 0.45

# The first match of the token type or of one it stands under; (dark, light).
_COLORS: dict[_TokenType, tuple[str, str]] = {
    Comment: ("#b3bcc9", "#4f5967"),
    Comment.Preproc: ("#e6a3c4", "#8f1f5a"),
    Keyword: ("#cdacff", "#6f2aa8"),
    Keyword.Constant: ("#f5bd86", "#7d3f00"),
    Keyword.Type: ("#8fd3e3", "#0a566f"),
    String: ("#96dcc4", "#0a5c4a"),
    String.Escape: ("#f5bd86", "#7d3f00"),
    String.Interpol: ("#f5bd86", "#7d3f00"),
    Number: ("#f5bd86", "#7d3f00"),
    Literal: ("#f5bd86", "#7d3f00"),
    Name.Function: ("#86c8ff", "#0b4c9e"),
    Name.Class: ("#ffd67e", "#6f4500"),
    Name.Exception: ("#ffd67e", "#6f4500"),
    Name.Builtin: ("#8fd3e3", "#0a566f"),
    Name.Builtin.Pseudo: ("#cdacff", "#6f2aa8"),
    Name.Decorator: ("#e6a3c4", "#8f1f5a"),
    Name.Tag: ("#86c8ff", "#0b4c9e"),
    Name.Attribute: ("#8fd3e3", "#0a566f"),
    Operator.Word: ("#cdacff", "#6f2aa8"),
}


@lru_cache(maxsize=1024)
def token_color(token: _TokenType, is_dark: bool) -> str | None:
    """Return the token's colour as ``#rrggbb``; None where it is that of plain text."""
    kind: _TokenType | None = token
    while kind is not None:
        if kind in _COLORS:
            dark, light = _COLORS[kind]
            return dark if is_dark else light
        kind = kind.parent
    return None


def colors_of(is_dark: bool) -> frozenset[str]:
    """Return every colour that code is written in besides the theme's text."""
    return frozenset(dark if is_dark else light for dark, light in _COLORS.values())


def added_word(theme: Theme) -> str:
    """Return the background of the changed words of an added line."""
    return blend(theme.added_line, theme.added_text, _EMPHASIS)


def removed_word(theme: Theme) -> str:
    """Return the background of the changed words of a removed line."""
    return blend(theme.removed_line, theme.removed_text, _EMPHASIS)


def faded(background: str, theme: Theme) -> str:
    """Return a background that is half on its way to the window's: a decided hunk."""
    return blend(background, theme.window, _FADED)


def blend(first: str, second: str, share: float) -> str:
    """Return the colour that is ``share`` (0 to 1) of the way from ``first`` to ``second``."""
    parts = (
        round(int(first[i : i + 2], 16) * (1 - share) + int(second[i : i + 2], 16) * share)
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{part:02x}" for part in parts)
