import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.thread_search import excerpt, match_expression, name_parts, searchable


def index(*texts: str) -> sqlite3.Connection:
    """Return an index as the database has it."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE VIRTUAL TABLE found USING fts5 (body, parts, "
        'tokenize = "unicode61 remove_diacritics 2")'
    )
    rows = [(searchable(text), name_parts(text)) for text in texts]
    connection.executemany("INSERT INTO found VALUES (?, ?)", rows)
    return connection


def holds(text: str, query: str) -> bool:
    expression = match_expression(query)
    if expression is None:
        return False
    connection = index(text)
    try:
        found = connection.execute("SELECT 1 FROM found WHERE found MATCH ?", (expression,))
        return found.fetchone() is not None
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Why does parse() accept code?", "parse"),
        ("Why does parse() accept code?", "acc why"),
        ("Why does parse() accept code?", '"accept code"'),
        ("Why does parse() accept code?", '"does parse'),
        ("call read_text(path)", "read_text"),
        ("call read_text(path)", "text"),
        ("the parseConfig function", "config"),
        ("the parseConfig function", "parseconf"),
        ("an HTTPServer", "server"),
        ("Straße nach Köln", "koln"),
        ("日本語の注釈を読めるか", "注釈"),
        ("日本語の注釈を読めるか", "釈"),
        ("한국어 설명", "국어"),
        ("a 🔥 hot path", "🔥"),
        ("hot🔥path", "path"),
        ("AND OR NOT NEAR", "not"),
        ("it's a C++ file: a.py", "it's a.py"),
    ],
)
def test_words_are_found_by_their_beginnings(text: str, query: str) -> None:
    assert holds(text, query)
    assert excerpt(text, query) is not None


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Why does parse() accept code?", "parse files"),
        ("Why does parse() accept code?", '"code accept"'),
        ("Why does parse() accept code?", '"accept cod"'),
        ("reparse", "parse"),
        ("日本語", "本日"),
    ],
)
def test_other_words_are_not_found(text: str, query: str) -> None:
    assert not holds(text, query)


@pytest.mark.parametrize("query", ["", "  ", '"', '""', "-", "* ( ) :", "\0", "\ud800", "…"])
def test_a_query_without_words_asks_for_nothing(query: str) -> None:
    assert not holds("text", query)
    assert excerpt("text", query) is None


@given(st.text(alphabet=st.characters(), max_size=40))
def test_any_query_is_safe(query: str) -> None:
    holds("some text", query)
    excerpt("some text", query)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1), st.text())
def test_the_marks_of_an_excerpt_stand_in_its_text(text: str, query: str) -> None:
    shown = excerpt(text, query)
    for start, end in shown.marks if shown else ():
        assert 0 <= start < end <= len(shown.text) if shown else False


def test_an_excerpt_begins_at_a_word_near_the_first_hit_and_marks_all() -> None:
    shown = excerpt(f"{'word ' * 50}a median, and the\nMedians {'more ' * 90}", "median")
    assert shown is not None
    assert shown.text.startswith("…word")
    assert shown.text.endswith("…")
    assert [shown.text[a:b] for a, b in shown.marks] == ["median", "Median"]


def test_a_part_of_a_name_is_marked_where_no_word_begins_so() -> None:
    shown = excerpt("the parseConfig function", "config")
    assert shown is not None
    assert [shown.text[a:b] for a, b in shown.marks] == ["Config"]


def test_data_has_no_parts_and_costs_no_time() -> None:
    assert name_parts("aB" * 200_000) == ""
    assert name_parts("plain words, CAPITALS and parseConfig, parseConfig") == "parse Config"
