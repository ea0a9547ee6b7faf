"""What one save did to the definitions of a file, told from two lists of them."""

import os
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_desktop.domain.code import Definition
from spark_desktop.domain.defined import Defined, Parameter
from spark_desktop.domain.definition_matching import is_same_moved
from spark_desktop.domain.name_changes import (
    Changes,
    changes_between,
    renamed_parameters,
)
from spark_desktop.domain.trigger import Span

CASES = int(os.environ.get("SPARK_LAW_CASES", "100"))


def parameters(words: str) -> tuple[Parameter, ...]:
    """Return parameters written as ``a b=`` with types behind a colon."""
    found = []
    for word in words.split():
        name, _, type_ = word.rstrip("=").partition(":")
        found.append(Parameter(name, type_, word.endswith("=")))
    return tuple(found)


def function(name, body="one two three four five six", takes="", container="", path="a.py"):
    text = f"def {name}({takes}):\n    return {body}\n"
    kind = "method" if container else "function"
    definition = Definition(name, kind, path, Span(0, 2), text.split("\n")[0], container)
    return Defined(definition, text, 0, parameters(takes))


def constant(name, value="3"):
    return Defined(Definition(name, "constant", "a.py", Span(0, 1), ""), f"{name} = {value}", 0)


def class_(name, body="something long enough to be told from all of the others here"):
    definition = Definition(name, "class", "a.py", Span(0, 9), "")
    return Defined(definition, f"class {name}:\n    {body}", 0)


def file(*defined):
    """Return the definitions in their order in the file."""
    places = count()
    return [
        Defined(one.definition, one.text, next(places), one.parameters, one.result)
        for one in defined
    ]


def renames(before, after):
    found = changes_between(file(*before), file(*after)).changed
    return [(one.old.name, one.new.name) for one in found if one.is_renamed]


A, B, C = (
    function("a", "first + words * of(the, file)"),
    function("b", "another - text / here[0]"),
    function("c", "not(like, any) or other"),
)


def test_the_same_body_under_another_name_is_a_rename():
    assert renames([A, B], [A, function("z", "another - text / here[0]")]) == [("b", "z")]


def test_a_name_within_its_own_body_may_be_changed_or_not():
    old = function("walk", "walk(tree.left) + walk(tree.right) + 1")
    for body in ("walk(tree.left) + walk(tree.right) + 1", "go(tree.left) + go(tree.right) + 1"):
        assert renames([old], [function("go", body)]) == [("walk", "go")]


def test_nothing_changed_says_nothing():
    assert changes_between(file(A, B), file(A, B)) == Changes()


def test_two_that_are_alike_are_a_guess():
    old, new = function("a", "same + words * of(it)"), function("y", "same + words * of(it)")
    other = function("z", "same + words * of(it)")
    assert renames([old], [new, other]) == []


def test_two_alike_in_two_places_are_told_apart_by_nothing():
    pair = [function("a", "same + words * of(it)"), function("b", "same + words * of(it)")]
    now = [function("y", "same + words * of(it)"), function("z", "same + words * of(it)")]
    assert renames(pair, now) == []


def test_a_name_that_was_there_before_is_no_new_name():
    assert renames([A, B], [B]) == []


def test_another_body_is_another_function():
    assert renames([A, B], [A, C]) == []


def test_a_kept_alias_is_no_rename():
    after = [function("z", "first + words * of(the, file)"), constant("a", "z")]
    assert renames([A], after) == []


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ([constant("A"), constant("B", "4")], [constant("Z"), constant("B", "4")], [("A", "Z")]),
        ([constant("A"), constant("B", "4")], [constant("B", "4"), constant("Z")], []),
        ([constant("A")], [constant("Z", "5")], []),
        ([constant("A"), constant("B")], [constant("Y"), constant("Z")], []),
    ],
    ids=["in its place", "elsewhere", "another value", "two at once"],
)
def test_a_constant_is_the_same_with_its_value_in_its_place(before, after, found):
    assert renames(before, after) == found


def test_the_members_of_a_renamed_class_are_not_renamed():
    before = [class_("Old"), function("m", "so + many * words(here)", container="Old")]
    after = [class_("New"), function("m", "so + many * words(here)", container="New")]
    assert renames(before, after) == [("Old", "New")]


def test_a_member_of_a_renamed_class_can_be_renamed_with_it():
    before = [class_("Old"), function("m", "so + many * words(here)", container="Old")]
    after = [class_("New"), function("k", "so + many * words(here)", container="New")]
    assert renames(before, after) == [("Old", "New"), ("m", "k")]


def test_other_parameters_are_a_changed_signature():
    found = changes_between(file(function("f", takes="a")), file(function("f", takes="a b")))
    assert [one.is_resigned for one in found.changed] == [True]


def test_overloads_say_nothing():
    before = [function("f", takes="a:int"), function("f", takes="a:str")]
    after = [function("f", takes="a:int b:int"), function("f", takes="a:str")]
    assert changes_between(file(*before), file(*after)).changed == ()


def test_what_went_and_what_came_are_told():
    found = changes_between(file(A, B), file(A, C))
    assert [one.name for one in found.gone] == ["b"]
    assert [one.name for one in found.come] == ["c"]


def test_a_moved_definition_has_its_name_and_its_text():
    there = function("b", "another - text / here[0]", path="b.py")
    assert is_same_moved(B, there)
    assert not is_same_moved(A, there)
    assert not is_same_moved(B, function("b", "quite + other(words)"))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("a b", "a c", {"b": "c"}),
        ("a b:int", "a c:str", None),
        ("a b", "c a", None),
        ("a b", "b a", {}),
        ("a", "a b", {}),
        ("a b", "c d", {"a": "c", "b": "d"}),
    ],
)
def test_a_parameter_is_renamed_in_its_place_with_its_type(old, new, found):
    assert renamed_parameters(parameters(old), parameters(new)) == found


@pytest.mark.parametrize(
    ("old", "new", "is_renamed"),
    [
        ("timeout_ms=1000", "timeout=1.0", False),
        ("timeout_ms", "timeout", False),
        ("delayMillis", "delayMs", True),
        ("widthPx", "widthPercent", False),
        ("wait=10", "timeout=10", True),
        ("wait=10", "timeout=5", False),
        ("wait", "timeout=5", True),
        ("min_size", "smallest", True),
        ("bytes", "data", True),
        ("days", "dates", True),
        ("seconds", "ms", False),
        ("sizeMiB", "sizeKiB", False),
        ("wait_seconds", "seconds", True),
    ],
)
def test_one_that_counts_in_something_else_is_not_only_renamed(old, new, is_renamed):
    def one(text):
        return (Parameter(text.partition("=")[0], has_default="=" in text, text=text),)

    found = renamed_parameters(one(old), one(new))
    assert (found is not None) is is_renamed


def test_what_is_no_number_counts_nothing():
    old, new = Parameter("raw_bytes", "[]byte"), Parameter("data", "[]byte")
    assert renamed_parameters((old,), (new,)) == {"raw_bytes": "data"}
    old, new = Parameter("wait_ms", "int64"), Parameter("wait", "int64")
    assert renamed_parameters((old,), (new,)) is None


names = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True)


@settings(max_examples=CASES)
@given(names, st.data())
def test_a_rename_and_its_way_back_are_one_another(known, data):
    bodies = {name: f"{name * 3} + {ord(name)} * of({name}1, {name}2)" for name in known}
    before = [function(name, bodies[name]) for name in known]
    chosen = data.draw(st.sampled_from(known))
    after = [
        function("zz" if name == chosen else name, bodies[name].replace(f"of({name}1", "of(x"))
        if name == chosen
        else function(name, bodies[name])
        for name in known
    ]
    there, back = renames(before, after), renames(after, before)
    assert there == [(one, other) for other, one in back]
    assert there in ([], [(chosen, "zz")])


@settings(max_examples=CASES)
@given(names, names)
def test_whatever_is_renamed_was_there_before_and_is_there_now(before, after):
    old = [function(name, f"{name} + 1") for name in before]
    new = [function(name, f"{name} + 1") for name in after]
    for one, other in renames(old, new):
        assert one in before
        assert one not in after
        assert other in after
        assert other not in before
