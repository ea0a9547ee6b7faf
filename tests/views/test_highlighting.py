import argparse
import ast
import bisect
import calendar
import configparser
import csv
import dataclasses
import difflib
import inspect
import json
import textwrap
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.token import Comment, Keyword, Name, String

from spark_desktop.views.code_style import (
    added_word,
    blend,
    colors_of,
    removed_word,
    token_color,
)
from spark_desktop.views.highlighting import (
    Highlighter,
    Spans,
    lexer_for_language,
    lexer_for_path,
)
from spark_desktop.views.theme import load_theme
from spark_desktop.views.utf16 import utf16_spans

PYTHON = lexer_for_language("python")
SOURCE = inspect.getsource(textwrap) + inspect.getsource(json)


def lexed(text: str, language: str = "python") -> list[Spans]:
    lines = text.split("\n")
    highlighter = Highlighter(lexer_for_language(language), lines)
    while not highlighter.advance(len(lines)):
        pass
    return [highlighter.spans(n) for n in range(len(lines))]


def merged(spans: Spans) -> str:
    return "".join(str(token) * length for _, length, token in spans)


@pytest.mark.parametrize(
    "language", ["python", "c", "javascript", "json", "html", "yaml", "bash", "csharp"]
)
def test_spans_are_what_pygments_says(language: str) -> None:
    text = SOURCE if language == "python" else 'a = {"b": [1, 2]}\n# c\n\nif (x) { y(); }\n'
    lexer = lexer_for_language(language)
    assert lexer is not None
    lines: list[str] = [""]
    for _, token, value in lexer.get_tokens_unprocessed(text):
        for n, part in enumerate(value.split("\n")):
            if n:
                lines.append("")
            lines[-1] += str(token) * len(part)
    own = [merged(spans) for spans in lexed(text, language)]
    if language == "c":
        # Its lexer renames names that it knows; the places are the same.
        assert [bool(line) for line in own] == [bool(line) for line in lines]
    else:
        assert own == lines


def test_a_growing_text_gives_what_lexing_it_whole_gives() -> None:
    whole = lexed(SOURCE)
    highlighter = Highlighter(PYTHON, [""])
    for end in [*range(0, len(SOURCE), 487), len(SOURCE)]:
        lines = SOURCE[:end].split("\n")
        highlighter.extend(lines)
        highlighter.advance(len(lines), 60)
    assert [merged(highlighter.spans(n)) for n in range(len(whole))] == [merged(s) for s in whole]


@pytest.mark.parametrize(
    "module", [argparse, ast, bisect, calendar, configparser, csv, dataclasses, difflib]
)
def test_a_module_that_grows_gives_what_lexing_it_whole_gives(module: ModuleType) -> None:
    source = inspect.getsource(module)[:24_000]
    whole = [merged(spans) for spans in lexed(source)]
    highlighter = Highlighter(PYTHON, [""])
    for end in [*range(0, len(source), 811), len(source)]:
        highlighter.grow(source[:end])
        # The last, growing line and a budget that a frame has: a pass may end in any place.
        highlighter.advance(source.count("\n", 0, end), 0.001)
    while not highlighter.advance(len(whole), 60):
        pass
    assert [merged(highlighter.spans(n)) for n in range(len(whole))] == whole


def test_what_is_final_is_not_lexed_in_another_way_when_the_text_grows() -> None:
    highlighter = Highlighter(PYTHON, [""])
    final: dict[int, Spans] = {}
    for end in range(0, 9000, 353):
        highlighter.grow(SOURCE[:end])
        highlighter.advance(SOURCE.count("\n", 0, end), 60)
        for line, spans in final.items():
            assert highlighter.spans(line) == spans
        final = {line: highlighter.spans(line) for line in range(highlighter.final)}
    assert len(final) > 100


def test_an_unknown_language_has_no_lexer_and_everything_is_final() -> None:
    assert lexer_for_language("no-such-language") is None
    highlighter = Highlighter(None, ["a", "b"])
    assert highlighter.advance(1)
    assert highlighter.final == 1


def test_a_growing_text_is_taken_up_near_its_end() -> None:
    lines = SOURCE.split("\n")
    highlighter = Highlighter(PYTHON, lines[:400])
    highlighter.advance(400, 60)
    highlighter.extend(lines[:401])
    assert highlighter.known > 300


def test_a_text_that_grows_during_a_pass_is_finished_by_a_second_one() -> None:
    lines = SOURCE.split("\n")
    highlighter = Highlighter(PYTHON, lines[:200])
    highlighter.advance(200, 0)
    highlighter.extend(lines)
    while not highlighter.advance(len(lines), 0):
        pass
    assert merged(highlighter.spans(300)) == merged(lexed(SOURCE)[300])


def test_one_slice_of_a_large_text_ends_before_the_text() -> None:
    highlighter = Highlighter(PYTHON, SOURCE.split("\n"))
    assert not highlighter.advance(10_000, 0)
    assert 0 < highlighter.known < 100


def test_another_text_forgets_the_former_one() -> None:
    highlighter = Highlighter(PYTHON, ["import a"])
    highlighter.advance(0)
    highlighter.extend(["# note"])
    assert highlighter.spans(0) == ()
    highlighter.advance(0, 60)
    assert highlighter.spans(0) == ((0, 6, Comment.Single),)


def test_an_unknown_language_has_no_spans_and_is_done_at_once() -> None:
    assert lexer_for_language("no such") is None
    assert lexer_for_language("") is None
    assert lexer_for_path("notes.no-such") is None
    highlighter = Highlighter(None, ["a"])
    assert highlighter.advance(5)
    assert highlighter.spans(0) == ()


def test_a_file_name_finds_its_lexer() -> None:
    found = lexer_for_path("src/parser.py")
    assert found is not None
    assert found.name == "Python"


@given(st.text("a😀é\u4e2d\t", max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_spans_in_utf16_cut_out_the_same_characters(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    ((first, count),) = utf16_spans(text, [(start, min(length, len(text) - start))])
    encoded = text.encode("utf-16-le")[first * 2 : (first + count) * 2]
    assert encoded.decode("utf-16-le") == text[start : start + length]


def luminance(color: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", ["dark", "light"])
def test_code_can_be_read_on_every_background(name: str) -> None:
    theme = load_theme(name)
    grounds = (
        theme.window,
        theme.surface,
        theme.raised,
        theme.added_line,
        theme.removed_line,
        added_word(theme),
        removed_word(theme),
    )
    poor = []
    for color in {*colors_of(theme.is_dark), theme.text}:
        for ground in grounds:
            low, high = sorted((luminance(color), luminance(ground)))
            if (high + 0.05) / (low + 0.05) < 4.5:
                poor.append((color, ground))
    assert poor == []


def test_a_token_has_the_colour_of_the_nearest_kind_above_it() -> None:
    assert token_color(Keyword.Namespace, True) == token_color(Keyword, True)
    assert token_color(String.Doc, False) == token_color(String, False)
    assert token_color(Name, True) is None


def test_a_blend_lies_between() -> None:
    assert blend("#000000", "#ffffff", 0.5) == "#808080"
