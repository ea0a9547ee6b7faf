"""Amounts and choices that a documentation is to tell, which only the code's own values tell."""

import pytest

from spark_desktop.domain.asked_amounts import unsaid_amounts
from spark_desktop.domain.unsaid import unsaid

CODE = """def fare(metres: float, late: bool = False) -> str | None:
    if late or metres < SHORT:
        return None
    if metres < 800:
        return "single"
    return 'weekly'
"""
CONTENT = f"SHORT = 50\n\n\n{CODE}"
ASKED = "docstring: the two tickets and how many metres each needs"


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (ASKED, "Return single from SHORT metres on, and weekly from 800 on."),
        (ASKED, "Tells which of the tickets: Single below 800 metres, Weekly above."),
        (ASKED, "Gibt fuer eine Strecke die Fahrkarte zurueck, die man braucht."),
        ("docstring with the two parameters", "Return the ticket for a distance."),
        ("docstring: the three tickets", "Return the ticket for a distance."),
        ("docstring: how many metres it needs", "Return how many metres are missing."),
        ("docstring: how many there are", "Return the ticket for a distance."),
        ("docstring: how many metres each needs", "Return None below SHORT."),
    ],
)
def test_what_tells_them(asked: str, text: str) -> None:
    assert unsaid_amounts(asked, text, CODE, CONTENT) is None


@pytest.mark.parametrize(
    ("asked", "text", "reason"),
    [
        (ASKED, "Return the ticket for a distance in metres.", "does not name single"),
        (ASKED, "Return single, for 800 metres.", "does not name weekly."),
        (ASKED, "Return single or weekly, by the metres.", "say how many metres each needs."),
        (ASKED, "Return single or weekly, of some SHORTER metres.", "how many metres each needs."),
    ],
)
def test_what_does_not(asked: str, text: str, reason: str) -> None:
    said = unsaid_amounts(asked, text, CODE, CONTENT)
    assert said is not None
    assert reason in str(said)


def test_a_code_without_numbers_has_none_to_tell() -> None:
    code = "def fare(metres):\n    return table[0][metres]\n"
    assert unsaid_amounts(ASKED, "Return the ticket by its metres.", code, code) is None


def test_it_is_asked_of_small_models() -> None:
    told = CODE.replace(
        "    if late", '    """Return the ticket for the metres."""\n    if late', 1
    )
    for is_strict in (False, True):
        asked = "docstring: the two tickets"
        check = unsaid(asked, "a.py", told, CODE, content=CONTENT, is_strict=is_strict)
        assert check.passed is not is_strict
