"""What a lexer's rules may begin with."""

import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.views.first_characters import RuleTables
from spark_desktop.views.highlighting import lexer_for_language

LANGUAGES = ["python", "c++", "javascript", "rust", "bash", "html", "sql", "csharp", "yaml"]
TEXTS = [
    *(chr(code) + rest for code in range(128) for rest in ("", " ", "a", "=", '"x"', "1\n", "--")),
    "SELECT 1",
    "def f",
    "r'x'",
    "B'x'",
    "0x1F",
    "#include <x>",
    "\u212a is not k",
    "\u017f",
]


def ready(states: dict[str, list[Any]]) -> RuleTables:
    tables = RuleTables(states)
    for state in states:
        tables.rules(state, "a")
    tables.prepare(time.perf_counter() + 60)
    return tables


def table_of(*patterns: str, flags: int = 0) -> RuleTables:
    return ready({"root": [(re.compile(p, flags).match, None, None) for p in patterns]})


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_rule_that_matches_is_left_out(language: str) -> None:
    lexer: Any = lexer_for_language(language)
    states = lexer._tokens
    tables = ready(states)
    for state, rules in states.items():
        for text in TEXTS:
            tried = tables.rules(state, text[0])
            missing = [rule for rule in rules if rule not in tried]
            assert not [rule for rule in missing if rule[0](text, 0)], (state, text)


@given(st.text(alphabet=st.characters(max_codepoint=0x2FF), min_size=1, max_size=4))
def test_a_class_of_characters_is_taken_for_what_it_is(text: str) -> None:
    patterns = [r"\s+x?", r"[^\S\n]", r"(?i:k)", r"[^a-z\d]", r"\W", r"(?=a)b|c", r"\bx", r"(a|)b"]
    for pattern in patterns:
        for flags in (0, re.IGNORECASE):
            match = re.compile(pattern, flags).match
            tables = ready({"root": [(match, None, None)]})
            assert tables.rules("root", text[0]) or not match(text)


def test_rules_that_cannot_match_are_not_tried() -> None:
    tables = table_of("[a-f]+", "x", r"\d", "")
    patterns = [rule[0].__self__.pattern for rule in tables.rules("root", "x")]
    assert patterns == ["x", ""]


def test_beyond_ascii_all_rules_are_tried() -> None:
    assert len(table_of("a", "b").rules("root", "\u00e9")) == 2


def test_until_a_state_is_looked_at_all_its_rules_are_tried() -> None:
    rules: list[Any] = [(re.compile(p).match, None, None) for p in "abc"]
    tables = RuleTables({"root": rules})
    tried = []
    for _ in range(5):
        tried.append(len(tables.rules("root", "a")))
        tables.prepare(0.0)
    assert tried == [3, 3, 3, 3, 1]


def test_what_is_no_pattern_counts_as_one_that_may_match() -> None:
    rule: Any = (lambda _text, _place: None, None, None)
    assert ready({"root": [rule]}).rules("root", "a") == [rule]


def test_where_pythons_parser_cannot_be_had_every_rule_is_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("spark_desktop.views.first_characters._parser", None)
    tables = table_of("a", r"\d", "[b-d]x")
    assert len(tables.rules("root", "z")) == 3
