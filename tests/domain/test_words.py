from pathlib import Path

import pytest

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.words import Said, joined, kept, recalled, say


def test_a_sentence_is_english_text_with_its_values():
    assert say("The prompt has {count} tokens.", count=12) == "The prompt has 12 tokens."


def test_a_sentence_keeps_its_template_and_values():
    said = say("{path} is gone.", path="a.py")
    assert (said.template, said.values) == ("{path} is gone.", {"path": "a.py"})


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError):
        say("{path} is gone.")


@pytest.mark.parametrize(("count", "text"), [(0, "0 answers"), (1, "1 answer"), (7, "7 answers")])
def test_a_number_takes_its_form_in_english(count: int, text: str) -> None:
    assert say("%n answer(s)", "", count) == text


def test_joined_texts_stay_sentences_and_empty_ones_are_left_out() -> None:
    whole = joined((say("{path} is gone.", path="a{b}.py"), "", say("Look again.")), " {} ")
    assert whole == "a{b}.py is gone. {} Look again."
    assert [getattr(one, "template", "") for one in whole.values.values()] == [
        "{path} is gone.",
        "Look again.",
    ]


def test_nothing_joined_is_no_text() -> None:
    assert joined(("", "")) == ""


def test_an_error_tells_message_and_next_step_as_sentences() -> None:
    error = SparkError(say("{path} is gone.", path="a.py"), say("Look again."))
    assert error.told == str(error) == "a.py is gone. Look again."
    assert [one for one in error.told.values.values() if isinstance(one, Said)] == [
        "a.py is gone.",
        "Look again.",
    ]


def test_a_sentence_that_was_kept_comes_back_with_all_it_is_made_of() -> None:
    inner = say("%n line(s), {rate:.1f} a second", "", 3, rate=1.25)
    said = say("{path}: {why}", "of a file", path=Path("a.py"), why=inner)
    back = recalled(str(said), kept(said))
    assert isinstance(back, Said)
    assert (back, back.template, back.comment) == (said, said.template, "of a file")
    again = back.values["why"]
    assert isinstance(again, Said)
    assert (again, again.template, again.n) == (inner, inner.template, 3)


def test_what_is_no_sentence_of_ours_is_kept_as_it_is() -> None:
    assert kept("the server's own words") is None
    assert recalled("the server's own words", None) == "the server's own words"


@pytest.mark.parametrize(
    "damaged",
    [
        "no JSON",
        "[]",
        "7",
        "{}",
        '{"template": "{path} is gone.", "values": {}}',
        '{"template": "{path} is gone.", "values": {"path": "other.py"}}',
        '{"template": "{path.x.y}", "values": {"path": "a.py"}}',
        '{"template": "{path", "values": {"path": "a.py"}}',
        '{"template": 1, "values": {}}',
        '{"template": "{path:d} is gone.", "values": {"path": "a.py"}}',
        '{"template": "a.py is gone.", "values": {}, "n": "x"}',
        '{"template": "a.py is gone.", "values": {}, "comment": 1}',
        "[" * 100_000,
    ],
)
def test_a_damaged_sentence_leaves_the_english_text(damaged: str) -> None:
    back = recalled("a.py is gone.", damaged)
    assert back == "a.py is gone."
    assert not isinstance(back, Said)
