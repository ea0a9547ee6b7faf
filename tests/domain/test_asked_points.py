"""What a documentation was asked to say, and whether its text says it."""

import pytest

from spark_desktop.domain.asked_points import (
    names_to_tell,
    unsaid_details,
    unsaid_value,
    unsaid_words,
)
from spark_desktop.domain.unsaid import unsaid

SNAP = (
    "write a doc comment (///) for `snap` that names `minutes` and `step`, says what is returned, "
    "where a time in the middle between two steps goes, and what is returned for a step of 0"
)
NAMES = ("snap", "minutes", "step")
GOOD = """\
/// Returns the multiple of `step` that is nearest to `minutes`.
///
/// A time in the middle goes to the later step. For a step of 0 the minutes are returned.
"""


def unmade_point(instruction, text, names):
    return unsaid_value(instruction, text) or unsaid_words(instruction, text, names)


def test_a_text_that_makes_all_points_lacks_none():
    assert unmade_point(SNAP, GOOD, NAMES) is None
    assert unmade_point(SNAP, GOOD.replace(" 0 ", " zero "), NAMES) is None


def test_a_point_that_no_word_is_said_about_is_told():
    text = GOOD.replace("A time in the middle goes to the later step. ", "")
    told = "The documentation does not say where a time in the middle between two steps goes."
    assert unmade_point(SNAP, text, NAMES) == told


def test_a_number_that_was_asked_for_is_said():
    text = GOOD.replace("For a step of 0 the minutes are returned.", "")
    told = "The documentation does not say what is returned for a step of 0."
    assert unmade_point(SNAP, text, NAMES) == told
    assert unmade_point(SNAP, text + "10 is a step.", NAMES) == told


@pytest.mark.parametrize(
    ("instruction", "text"),
    [
        ("a docstring that says when the result is None", "The port, None where all are taken."),
        ("a docstring that says when the result is None", "Find a port. There may be no free one."),
        ("say when it returns False", "Return whether the place is free."),
        # Other words for the same thing.
        ("say what is done with the rest", "What is left over goes to the first."),
        # What the signature is to have is not in the text.
        ("say what is returned, and types for the two values None and 3", "The larger one."),
        ("name the rows and the size of 5", "Cut `rows` into parts of `size`."),
        ("document it", "Something."),
        ("mention what happens with size 0", "ValueError: If size is below 1."),
        ("mention what happens with size 0", "A size that is not positive is refused."),
        (
            "explains that the last chunk may be shorter than the others",
            "Cut it into lists; the final one holds the remainder and can be smaller.",
        ),
        (
            "explains how things are grouped when they do not divide evenly",
            "Split it into lists of at most ten; the last one may be shorter.",
        ),
        ("says which errors callers need to handle", "Raises ValueError for no text."),
        ("say what it returns and names both parameters", "Return `count` of `word`."),
    ],
)
def test_what_is_said_in_other_words_or_was_not_asked_for_is_no_point(instruction, text):
    assert unmade_point(instruction, text, ()) is None


@pytest.mark.parametrize(
    ("instruction", "text"),
    [
        ("a docstring that says when the result is None", "Find a port that is free."),
        ("explain what happens when retries run out or the server is gone", "Send it again."),
        ("say what is returned for 12 or more", "Return the price for up to 2."),
    ],
)
def test_what_is_not_said_is_told(instruction, text):
    assert unmade_point(instruction, text, ()) is not None


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("How fast the wind is, in metres per second.", True),
        ("The wind in km/h.", True),
        ("It's the strength of the wind.", False),
        ("At 12 m it is None.", True),
    ],
)
def test_a_unit_that_was_asked_for_is_told(text, is_told):
    asked = "doc comment please - what `wind` means (unit!), with a `# Panics` section"
    assert (unsaid_value(asked, text) is None) is is_told
    assert unsaid_value("document it, there are unit tests", text) is None


def test_points_that_are_only_listed_are_read():
    asked = "doc comment please - what it gives back and when that's None, plus an example"
    assert unsaid_value(asked, "How much cloth is set; None in a storm.") is None
    told = "The documentation does not say when that's None."
    assert unsaid_value(asked, "How much cloth is set.") == told


def test_what_is_asked_behind_a_preposition_is_a_point_of_its_own():
    asked = "doc comment: what the two lists of the result hold, in which order `limit` is used"
    told = "The documentation does not say in which order `limit` is used."
    text = "The lists of the result hold the items that fit, and the rest."
    assert unsaid_words(asked, text, ("limit",)) == told


def test_names_without_marks_are_those_of_the_code():
    asked = "a docstring that names taken, lowest and highest and says when the result is None"
    assert names_to_tell(asked, ("taken", "lowest", "highest", "result")) == [
        "taken",
        "lowest",
        "highest",
    ]
    assert names_to_tell("say what text is", ("text",)) == []


PORT = "def free_port(taken, lowest=1):\n    return None\n"


def test_the_names_and_the_types_of_a_request_without_a_verb_are_looked_for():
    asked = "a docstring that names taken and lowest; and types for the parameters"
    answer = PORT.replace("\n", '\n    """Find a port that is not taken."""\n', 1)
    assert unsaid(asked, "a.py", answer, PORT).detail == "The documentation does not name lowest."
    answer = answer.replace("not taken", "not taken, from lowest on")
    told = "There is no type for taken, lowest, the result."
    assert unsaid(asked, "a.py", answer, PORT).detail == told


CLASS = '''\
class Leases:
    """The leases."""

    def acquire(self, name):
        """Take `name`. Raises ValueError where it is empty."""
        if not name:
            raise ValueError(name)

    def holder(self, name):
        """Return who has `name`."""
        return name
'''


def test_what_is_said_of_one_method_is_not_asked_of_the_others():
    asked = "add docstrings to `acquire` (naming `name`, and saying that it raises ValueError)"
    asked += " and `holder` (naming `name`)"
    assert unsaid(asked, "a.py", CLASS).passed
    broken = CLASS.replace(" Raises ValueError where it is empty.", "")
    assert not unsaid(asked, "a.py", broken).passed


def test_what_the_result_is_may_be_said_without_the_word():
    asked = "write a doc comment for `shares` that says what is returned"
    code = "pub fn shares(cents: u32) -> u32 {\n    cents\n}\n"
    assert unsaid(asked, "a.rs", "/// The share of each.\n" + code).passed
    assert not unsaid(asked, "a.rs", "/// A function for shares.\n" + code).passed
    assert not unsaid(asked, "a.rs", "/// Cuts it.\n" + code).passed


@pytest.mark.parametrize(
    ("instruction", "text", "told"),
    [
        (
            "a docstring, incl. that it can be None and who wins a tie",
            "Find the nearest free pylon, or None.",
            "who wins a tie",
        ),
        ("a docstring, including who wins a tie", "Find the nearest.", "who wins a tie"),
        ("a docstring (what is left after nine throws)", "Return it.", "what is left after nine"),
    ],
)
def test_what_is_jotted_down_behind_it_is_a_point_too(instruction, text, told):
    assert told in (unmade_point(instruction, text, ()) or "")
    full = f"{text} Of equal ones the first; None is left after nine throws."
    assert unmade_point(instruction, full, ()) is None


def lacking(instruction, text, signature="", parameters=()):
    return unsaid_details(instruction, text, signature, parameters)


TYRE = "function pressure(load: number, tubeless = false): number {"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Return the pressure. tubeless: whether it has no tube.", False),
        ("Return the pressure. tubeless: no tube, false by default.", True),
        ("Return the pressure, with a tube unless tubeless.", True),
        ("Return the pressure. tubeless (false): whether it has no tube.", True),
    ],
)
def test_defaults_that_were_asked_for_are_told(text, told):
    asked = "JSDoc with the default where there is one"
    names = ("load", "tubeless")
    lacks = lacking(asked, text, TYRE, names)
    assert lacks == (None if told else "The documentation does not tell the defaults.")
    # Nobody asked, or there is none.
    assert lacking("JSDoc", text, TYRE, names) is None
    assert lacking(asked, text, "function pressure(load: number) {", ("load",)) is None


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("@returns the pressure in bar, from 1.5 to 6, rounded to one decimal of the two", None),
        ("@returns the pressure in bar, at most 6, to the nearest tenth of all", None),
        ("@returns the pressure in bar for the load", "limits"),
        ("@returns the pressure in bar, at most the limit of it", "to what it is rounded"),
    ],
)
def test_each_part_of_what_a_tag_is_to_tell_is_told(text, lacks):
    asked = "JSDoc, @returns with unit, limits and to what it is rounded, and @throws. Thanks"
    found = lacking(asked, text)
    assert found == (lacks and f"The documentation does not say {lacks}.")


@pytest.mark.parametrize(
    ("text", "is_empty"),
    [
        (
            "Calculate the price of a vehicle by night.\nnight (bool): if it is a night",
            True,
        ),
        ("Calculate the price of a vehicle.\nnight (bool): halves the price", False),
        ("Calculate the price, which is half at night", False),
    ],
)
def test_what_a_parameter_does_is_more_than_its_name(text, is_empty):
    found = lacking("docstring: what it returns, what night does", text, "", ("axles", "night"))
    told = "The documentation says no more of night than its name."
    assert found == (told if is_empty else None)


def test_details_in_another_language_are_not_read():
    assert lacking("JSDoc with the defaults", "Возвращает давление.", TYRE, ("tubeless",)) is None


@pytest.mark.parametrize(
    ("instruction", "text"),
    [
        # Most of the words, or the same in others, and no unit but the word.
        ("say what the first call returns", "Return the count. The counter starts at 0."),
        ("say in which unit it is", "Return the pulses in the unit of `per_pulse` for it."),
        ("say how the lists are ordered", "Return the two lists of tickets."),
    ],
)
def test_a_point_that_is_only_half_there_is_missed(instruction, text):
    assert unmade_point(instruction, text, ()) is not None
