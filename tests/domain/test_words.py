import pytest

from spark_desktop.domain.words import say


def test_a_sentence_is_english_text_with_its_values():
    assert say("The prompt has {count} tokens.", count=12) == "The prompt has 12 tokens."


def test_a_sentence_keeps_its_template_and_values():
    said = say("{path} is gone.", path="a.py")
    assert (said.template, said.values) == ("{path} is gone.", {"path": "a.py"})


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError):
        say("{path} is gone.")
