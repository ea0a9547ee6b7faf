"""Every text for the user is translated, keeps its values, and none stands outside."""

import re
from pathlib import Path

import pytest
import translations

from tests.tooling.literals import findings, untranslated, untranslated_errors

SOURCES = Path(__file__).parents[2] / "spark_desktop"
# What looks like text and is none: a style sheet, words of the program's own.
_NO_TEXT = (
    "views/stylesheet.py",
    "views/transcript_documents.py",
    "viewmodels/notice.py",
    "viewmodels/model_rows.py",
)


def test_every_text_is_translated_and_compiled() -> None:
    assert list(translations.problems()) == []


def test_no_text_of_the_window_stands_outside_of_the_translations() -> None:
    found = findings(SOURCES, ("views", "viewmodels"))
    assert [one for one in found if not one.startswith(_NO_TEXT)] == []


def test_no_error_is_told_in_english_only() -> None:
    assert findings(SOURCES, ("domain", "services", "adapters"), errors=True) == []


@pytest.mark.parametrize(
    "source",
    [
        'label.setText("Send")',
        'label.setText(f"Send {name}")',
        'button = QPushButton("Send")',
        'text = "Nothing was written."',
        'notice = Notice(tr("Stopped."), Tone.MUTED, "Type one.")',
        'label.setText("Stop" if busy else tr("Send"))',
    ],
)
def test_a_text_without_translation_is_found(source: str) -> None:
    assert list(untranslated(source)) != []


@pytest.mark.parametrize(
    "source",
    [
        'label.setText(tr("Send"))',
        '"""A docstring of some words."""',
        'raise ValueError("a mistake of ours")',
        'button.setObjectName("main button")',
    ],
)
def test_what_is_translated_or_no_text_is_passed_over(source: str) -> None:
    assert list(untranslated(source)) == []


def test_an_error_without_say_is_found() -> None:
    assert list(untranslated_errors('raise FileError(f"{path} is gone.", "Look again.")')) == [
        (1, "{} is gone."),
        (1, "Look again."),
    ]


def test_no_text_hides_in_an_f_string_where_the_tool_does_not_look() -> None:
    hidden = [
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("*.py")
        if re.search(r"\{(tr|say)\(", path.read_text(encoding="utf-8"))
    ]
    assert hidden == []
