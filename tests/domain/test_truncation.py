"""A prompt that a server cut in silence is found out."""

import pytest

from spark_desktop.domain.completion import ChatRequest, InfillRequest, Message, Role, Usage
from spark_desktop.domain.truncation import tokens_cut

CODE = "def area(width: float, height: float) -> float:\n    return width * height\n" * 200


def chat(text):
    return ChatRequest((Message(Role.USER, text),))


def test_a_large_shortfall_is_told_with_what_was_sent():
    sent = tokens_cut(chat(CODE), Usage(1024, 5))
    assert sent > 4000


def test_infill_counts_all_that_is_read():
    request = InfillRequest(CODE, CODE, (("a.py", CODE),))
    assert tokens_cut(request, Usage(2048, 5)) > 10_000


@pytest.mark.parametrize("share", [1.0, 0.7, 0.45])
def test_tokenizers_that_need_fewer_tokens_are_not_suspected(share):
    whole = tokens_cut(chat(CODE), Usage(1, 5))
    assert tokens_cut(chat(CODE), Usage(int(share * whole), 5)) is None


def test_short_prompts_and_servers_that_count_nothing_say_nothing():
    assert tokens_cut(chat("Hello, who are you?" * 10), Usage(1, 5)) is None
    assert tokens_cut(chat(CODE), Usage(0, 5)) is None


def test_long_runs_of_one_sign_are_few_tokens():
    assert tokens_cut(chat("=" * 100_000 + " " * 100_000), Usage(900, 5)) is None
