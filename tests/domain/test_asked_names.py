"""Names of code that a request speaks of are in the answer's code."""

import pytest

from spark_desktop.domain.asked_names import uses_names

CODE = "class Player : health_ = 1 ; armour_ = 2 ; LARGEST = 3 ; def slug ( ) : pass ; maxLevel = 1"


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ("take armour_ off the damage, but never below LARGEST", "armour_, LARGEST"),
        ("never more than maxLevel; use `slug`", "maxLevel, slug"),
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
        ("return 0 for none. Then use the `slug`", "slug"),
        ("cut it and use slug() for the rest", "slug"),
        ("it should use slug()", "slug"),
        ("change it to use slug()", "slug"),
        ("leave at most LARGEST of them", "LARGEST"),
        ("use `slug`, armour_ is not needed any more", "slug"),
        ("armour_ is not needed any more", ""),
        ("inline slug()", ""),
        ("turn the loop over armour_ into a comprehension", ""),
        ("slug() passes paths now, so accept both", ""),
        ("cut to the first ten (that is LARGEST)", ""),
        ("cut it (with slug() it was too long)", ""),
        ("find what is wrong with slug()", ""),
        ("make it work with slug()", ""),
        ("return what is given by slug()", ""),
        ("it crashes for more than LARGEST players", ""),
        ("call slug() no more", ""),
        ("use slug() or `armour_`", ""),
        ("take armour_ out", ""),
        ("take armour_ off", ""),
        ("take armour_ from the parameters", ""),
        ("cut it with slug() and add armour_", ""),
        ("sort the players by maxLevel", ""),
        ("multiply it by LARGEST", ""),
        ("this is slow, with armour_ scanned twice", ""),
        ("call slug() from the caller only once", ""),
        ("then apply slug() is called twice, fix it", ""),
        ("use slug() is called twice, fix it", ""),
        ("use slug() as a model and write it for players", ""),
        ("the callers use slug(), so return text", ""),
        ("there are at most LARGEST players, so do it in one loop", ""),
        ("damage is never below LARGEST: do it without the test", ""),
        ("the damage must never be above LARGEST", "LARGEST"),
    ],
)
def test_what_the_file_has_and_is_asked_for_must_be_used(asked, missing):
    found = uses_names(asked, CODE, "health_ -= damage")
    wanted = set(missing.split(", ")) - {"", "health_"}
    assert found.passed is not bool(wanted)
    assert all(name in found.detail for name in wanted)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("use `None` for unknown keys", "a = None"),
        ("return 0 if p is NULL", "a = NULL"),
        ("use NULL for it", "a = NULL"),
        ("send it with JSON", "JSON . stringify ( a )"),
        ("call it with `self`", "def a ( self ) : pass"),
    ],
)
def test_words_of_a_language_and_what_the_file_gives_no_value_are_no_names(asked, code):
    assert uses_names(asked, code, "return 1").passed


@pytest.mark.parametrize("code", ["LIMIT : usize = 5", "# define LIMIT 5", "LIMIT = 5"])
def test_capitals_are_a_name_where_the_file_gives_them_a_value(code):
    assert not uses_names("never more than LIMIT", code, "return 1").passed
