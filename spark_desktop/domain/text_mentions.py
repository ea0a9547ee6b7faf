"""Texts that name something by which code finds it. Pure."""

from collections.abc import Mapping

from spark_desktop.domain.file_names import FileNames, Occurrence
from spark_desktop.domain.regex import regex
from spark_desktop.domain.target_names import Target
from spark_desktop.domain.text_edits import TextEdit

# In the languages that are read here; a sign of a comment in a text, or a mark of Rust that looks
# like the beginning of one, hides what is behind it, and no more.
_COMMENT_OR_TEXT = regex(
    r'''"""[\s\S]*?"""|\'{3}[\s\S]*?\'{3}|\br(?P<marks>#+)"[\s\S]*?"(?P=marks)|`[^`]*`'''
    r"""|/\*[\s\S]*?\*/|(?:#|//)[^\n]*|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'"""
)


def is_field_key(one: Occurrence, file: FileNames, target: Target) -> bool:
    """Return whether a text is the name of a field and no more: ``Pick<Shape, "width">``."""
    before, after = file.content[one.start - 1 : one.start], file.content[one.end : one.end + 1]
    is_script = file.language in ("javascript", "typescript", "tsx")
    is_field = bool(target.container) and target.kind == "constant"
    return is_script and is_field and before == after and before in ("'", '"', "`")


def is_formatted(one: Occurrence, file: FileNames) -> bool:
    """Return whether a macro of Rust may put the value in the place of its name in a text."""
    before, after = file.content[one.start - 1], file.content[one.end : one.end + 1]
    return file.language == "rust" and before == "{" and after in ("}", ":")


def whole_texts(content: str, renamed: Mapping[str, str]) -> tuple[TextEdit, ...]:
    """Return edits of the texts that are one of these names and no more, in order.

    ``renamed`` holds the new names by the old ones. Code may find things by such a text, as
    ``attrgetter("width")`` does, or mean something else by it. What stands in a comment, in a text
    of several lines or in another text is none.
    """
    return tuple(
        TextEdit(one.start() + 1, one.end() - 1, renamed[one[0][1:-1]])
        for one in _COMMENT_OR_TEXT.finditer(content if renamed else "")
        if one[0][0] in "\"'" and one[0][1:-1] in renamed
    )
