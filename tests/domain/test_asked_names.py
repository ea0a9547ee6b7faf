"""Names of code that a request speaks of are in the answer's code."""

import pytest

from spark_desktop.domain.asked_names import uses_names

CODE = "class Player : health_ = 1 ; armour_ = 2 ; LARGEST = 3 ; def slug ( ) : pass ; maxLevel = 1"


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ("take armour_ off the damage, but never below LARGEST", "armour_, LARGEST"),
        ("never more than maxLevel; use `slug`", "maxLevel, slug"),
        ("cut it with slug() and add health_", "health_, slug"),
        ("take health_ off", ""),
        ("return the health", ""),
        ("take shield_ off, which nobody has", ""),
        ("remove the use of armour_", ""),
        ("rename armour_ to shield_", ""),
        ("do it without `slug`", ""),
        ("do not use `slug`", ""),
        ("send it as JSON", ""),
        ("fix the undefined name armour_", ""),
        ("as slug() does", ""),
        ("the caller of slug() wants a list", ""),
    ],
)
def test_what_the_file_has_and_is_asked_for_must_be_used(asked, missing):
    found = uses_names(asked, CODE, "health_ -= damage")
    wanted = set(missing.split(", ")) - {"", "health_"}
    assert found.passed is not bool(wanted)
    assert all(name in found.detail for name in wanted)
