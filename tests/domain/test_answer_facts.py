"""What a short answer claims, and when other answers contradict it."""

import pytest

from spark_desktop.domain.answer_facts import (
    claims,
    contradict,
    lacks_number,
    only_repeats,
    says_nothing,
    tells_a_fact,
)

ASKED = "what does parking for 125 minutes cost?"


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("It costs 600 cents.", {"600"}),
        ("125 minutes are 3 hours, so it is 3 * 200. Therefore it costs 6.00 EUR.", {"6"}),
        ("Four times: the first attempt and three retries.", {"4", "3"}),
        ("It raises `KeyError`.", {"KeyError"}),
        ("It raises a ValueError. See below.\n\n```python\nx = 7\n```", {"ValueError"}),
        ("It is 600.\n\nSo be it.", {"600"}),
        ("Parking for 125 minutes is free.", set()),
        ("The answer is `600`", {"600"}),
        ('The next one is "jam".', {"jam"}),
        ("It says 'no more' then, and doesn't stop.", {"no more"}),
        ("It is 1,000, or 1_024.", {"1000", "1024"}),
        ("It waits 5s for 64KB.", {"5", "64"}),
        ("The mask is 0x1F.", {"31"}),
        ("It returns -1, not x-2.", {"-1", "2"}),
        ("It is -0.0.", {"0"}),
        ("Twenty-one of thirty, twice.", {"21", "30", "2"}),
        ("", set()),
    ],
)
def test_the_last_sentence_that_claims_something_counts(answer, found):
    assert claims(ASKED, answer) == found


def test_an_answer_that_explains_at_length_is_not_compared():
    assert claims(ASKED, "It costs 600 cents. " * 100) is None
    assert not contradict(ASKED, ("word 1. " * 400, "2", "3"))


@pytest.mark.parametrize(
    ("answers", "alone"),
    [
        (("It costs 200 cents.", "It is 400.", "It costs 600."), True),
        (("It costs 600 cents.", "600", "It costs 200."), False),
        (("It costs 6.00 EUR.", "6 EUR", "nothing"), False),
        (("4 times, 3 of them retries.", "4", "5"), False),
        (("It raises `KeyError`.", "A KeyError is raised.", "None"), False),
        (("It raises `KeyError`.", "It raises `ValueError`.", "It returns `None`."), True),
        (("It is free.", "It costs 200.", "It costs 400."), False),
        (("It costs 200.",), False),
        (('It returns an empty string, `""`.', "It returns None."), False),
        (("It returns `''`.", "It returns `None`."), False),
        (("It returns `()`.", "It returns `None`."), False),
        (('It returns " ".', "It returns `None`."), False),
        (("It returns `None`.", 'It returns `""`.', "It is 5."), True),
        (("It returns `None`.", "None", "It returns None."), False),
        (("It returns `None`.", "It returns None where `key` is missing."), False),
        (("It calls `in`.", "It calls `out` in a loop."), True),
        (("It returns `None`.", "It never ends."), True),
        (("It is 1,000.", "1000", "It is 2."), False),
        (("`dict[str, int]`", "A `dict`."), False),
        (("A `dict`.", "`dict[str, int]`"), False),
        (("`dict[str, int]`", "`dict[int, str]`"), True),
        (("It returns -1.", "It returns 1.", "1"), True),
        (("It is 10,000.", "It is 10.", "ten"), True),
        (("0x10 bytes", "16"), False),
        (("Twenty-five.", "25"), False),
    ],
)
def test_an_answer_that_none_of_the_others_repeats_stands_alone(answers, alone):
    assert contradict(ASKED, answers) is alone


def test_a_short_answer_tells_a_fact_unless_it_explains():
    assert tells_a_fact(ASKED, "It costs 600 cents.")
    assert tells_a_fact(ASKED, "It raises `KeyError`.")
    assert tells_a_fact("# which part? AI?", "The first one.")
    assert not tells_a_fact("what about parking?", "It is so. " * 200)
    assert not tells_a_fact("// Why is it 600? AI?", "It costs 600 cents.")
    assert not tells_a_fact("what does this function do? AI?", "It costs 600 cents.")
    assert tells_a_fact("what does `f(1)` give? AI?", "600")
    assert tells_a_fact("can you tell me how many there are?", "600")


LONG = "First one looks at it. Then one counts. " * 40 + "So it is 7."


@pytest.mark.parametrize(
    "question",
    [
        "# it starts at 0. at which minute does it go on again? AI?",
        "how many of them fit? AI?",
        "// When is this called AI?",
        "what's the default limit here?",
        "# What is the longest possible length? AI?",
        "what number comes out for 3?",
        "# what is `driven` after streets of 4000 and 3000 metres? AI?",
        "what does parking for 125 minutes cost?",
        "what would `park` return for a car without a ticket?",
        "wie oft wird das aufgerufen?",
        "\u0441\u043a\u043e\u043b\u044c\u043a\u043e \u0438\u0445?",
    ],
)
def test_what_is_asked_for_by_number_place_or_time_is_a_fact_at_any_length(question):
    assert tells_a_fact(question, LONG)


@pytest.mark.parametrize(
    "question",
    [
        "# what do you think of this? AI?",
        "what is the purpose of this class?",
        "# why is it done when it starts? AI?",
        "explain which of them wins",
        "how does it know where to begin?",
    ],
)
def test_what_is_told_at_length_and_not_asked_so_is_no_fact(question):
    assert not tells_a_fact(question, LONG)


@pytest.mark.parametrize(
    "question",
    [
        "# Can you explain why this works? AI?",
        "# Please explain this AI?",
        "// tell me why it is sorted AI?",
        "how come it fails",
        "How to make it faster?",
        "How'd you test this?",
        "# suggest a better name AI?",
        "warum wird hier sortiert?",
        "\u043f\u043e\u0447\u0435\u043c\u0443 \u0442\u0443\u0442?",
        "\u0437\u0430\u0447\u0435\u043c \u0442\u0443\u0442?",
        "\u043e\u0431\u044a\u044f\u0441\u043d\u0438 \u044d\u0442\u043e",
    ],
)
def test_what_asks_for_reasons_or_proposals_asks_for_no_fact(question):
    assert not tells_a_fact(question, "A set: its lookups take the same time.")


@pytest.mark.parametrize(
    ("answer", "repeats"),
    [
        ("what does parking for 125 minutes cost?", True),
        ("# What does parking for 125 minutes cost? AI?", True),
        ("# what does parking for 125 minutes cost? AI?\n    return 0", True),
        ("what does parking for 125 minutes cost?\nIt is free.", False),
        ("return 0", False),
        ("```python\nreturn 0\n```", False),
        ("", False),
        ("```python\ndef price(minutes):\n        return 0\n```", True),
        ("def price(minutes):\n    return 1", False),
        ("It is free.", False),
        ("Return what it costs.", False),
        ("def price(minutes):\nReturn what it costs.", True),
        ("return", False),
        ("0", False),
    ],
)
def test_an_answer_that_only_repeats_what_was_shown_is_told_from_a_line_of_it(answer, repeats):
    shown = (
        'a.py\n\n```python\ndef price(minutes):\n    """Return what it costs."""\n    return 0\n```'
    )
    assert only_repeats(ASKED, answer, shown) is repeats


def test_lines_that_were_asked_for_are_no_repeating():
    shown = "def f():\n    start = now()\n    return start\n"
    lines = "```python\n    start = now()\n    return start\n```"
    assert not only_repeats("# Which lines use start? AI?", lines, shown)
    assert not only_repeats("in what two lines is it used?", lines, shown)
    assert only_repeats("what does this line do?", lines, shown)
    assert only_repeats("which lines use start?", "Which lines use start?\nreturn start", shown)


@pytest.mark.parametrize(
    ("answer", "nothing"),
    [("", True), (" \n", True), ("AI?", True), ("# AI?", True), ("```\n```", True), ("`%`", False)],
)
def test_an_answer_without_a_word_or_a_sign_says_nothing(answer, nothing):
    assert says_nothing(answer) is nothing


@pytest.mark.parametrize(
    ("question", "answer", "lacks"),
    [
        ("how many bytes may a file have?", "It is specified in `LIMIT`.", True),
        ("which size? (the number)", "The size of LIMIT.", True),
        ("how much does it cost? AI?", "It costs six.", False),
        ("how many are there?", "There are 5.", False),
        ("how many are there?", "None: zero.", False),
        ("how does it count?", "By words.", False),
        ("how many seconds?", "5s", False),
        ("how much memory?", "64KB", False),
        ("how many bytes?", "It reads 4096B at a time.", False),
        ("how many bytes?", "1_024", False),
        ("how many bytes?", "It is 0x10.", False),
        ("how many retries?", "It retries twice.", False),
        ("how many retries?", "None, it never retries.", False),
        ("how many times?", "Once per row.", False),
        ("how many times?", "Once it is read, by `LIMIT`.", True),
        ("how many?", "thirteen", False),
        ("how many?", "There is no limit.", False),
        ("what is the number of the house called?", "`number`", False),
    ],
)
def test_a_number_that_was_asked_for_is_missed(question, answer, lacks):
    assert lacks_number(question, answer) is lacks
