"""What a changed signature asks of one call, as tables of calls."""

import re

import pytest

from spark_desktop.domain.call_changes import SignatureChange, Unclear, changed_call
from spark_desktop.domain.defined import Parameter
from spark_desktop.domain.file_names import Argument, Call
from spark_desktop.domain.text_edits import TextEdit, edited


def parameters(words: str) -> tuple[Parameter, ...]:
    """Return parameters; ``=`` behind one is a default, ``*`` takes the rest, all behind named."""
    found, is_named = [], False
    for word in words.split():
        if word == "*":
            is_named = True
            continue
        name = word.strip("*=")
        found.append(Parameter(name, "", word.endswith("="), is_named, word.startswith("*")))
    return tuple(found)


def call(text: str) -> Call:
    """Return the call ``f(…)``: arguments without commas in them."""
    found = []
    for match in re.finditer(r"[^,\s][^,\n]*", text[2:-1]):
        word = match[0].rstrip()
        keyword = re.match(r"(\w+)=", word)
        start = match.start() + 2
        found.append(
            Argument(
                start,
                start + len(word),
                word,
                keyword[1] if keyword else "",
                word.startswith("*"),
            )
        )
    return Call(2, len(text) - 1, tuple(found))


def change(old: str, new: str, *, has_keywords: bool = True) -> SignatureChange:
    return SignatureChange(parameters(old), parameters(new), has_keywords)


@pytest.mark.parametrize(
    ("old", "new", "before", "after"),
    [
        ("a b", "b a", "f(1, 2)", "f(2, 1)"),
        ("a b", "b a", "f(1, b=2)", "f(a=1, b=2)"),
        ("a b", "a", "f(1,\n  2,\n)", "f(1,\n)"),
        ("a b", "b", "f(1,\n  2,\n)", "f(2,\n)"),
        ("a b", "", "f(1, 2)", "f()"),
        ("a b=", "a c=", "f(1, b=2)", "f(1, c=2)"),
        ("a b= c=", "a c=", "f(1, 2, 3)", "f(1, 3)"),
        ("a b= c=", "a c=", "f(1, c=3, b=2)", "f(1, c=3)"),
        ("a b", "a * b", "f(1, 2)", "f(1, b=2)"),
        ("a b= c=", "a c= b=", "f(1, 2)", "f(1, b=2)"),
        ("a *r", "a", "f(1)", "f(1)"),
        ("a b c", "c b a", "f(1, 2, 3)", "f(3, 2, 1)"),
    ],
)
def test_a_call_gets_its_arguments_in_the_new_order(old, new, before, after):
    edits = changed_call(call(before), change(old, new))
    assert not isinstance(edits, Unclear)
    assert edited(before, edits) == after


@pytest.mark.parametrize(
    ("old", "new", "before", "why"),
    [
        ("a", "a b", "f(1)", Unclear.VALUE),
        ("a b=", "a b", "f(1)", Unclear.VALUE),
        ("a b", "b a", "f(*x)", Unclear.SPREAD),
        ("a b", "a", "f(1)", Unclear.UNFIT),
        ("a", "", "f(1, 2)", Unclear.UNFIT),
        ("a b", "a", "f(1, g())", Unclear.EFFECT),
        ("a b c", "d a e", "f(1, 2, 3)", Unclear.GUESS),
        ("a *r", "a b= *r", "f(1, 2)", Unclear.FORM),
        ("a *r", "a", "f(1, 2)", Unclear.UNFIT),
    ],
)
def test_what_cannot_be_computed_says_why(old, new, before, why):
    assert changed_call(call(before), change(old, new)) is why


def test_a_language_without_named_arguments_cannot_skip_one():
    skipped = change("a b= c=", "a c= b=", has_keywords=False)
    assert changed_call(call("f(1, 2)"), skipped) is Unclear.FORM


@pytest.mark.parametrize(
    ("old", "new", "asks"),
    [
        ("a", "a", False),
        ("a", "a b=", False),
        ("a", "a= b=", False),
        ("a", "a *r", False),
        ("a", "a b", True),
        ("a=", "a", True),
        ("a b", "b a", True),
        ("a b", "a * b", True),
        ("a * b", "a b", False),
        ("a b", "a", True),
    ],
)
def test_only_what_could_break_a_call_asks_for_something(old, new, asks):
    assert change(old, new).asks is asks


def test_edits_that_meet_are_refused():
    with pytest.raises(ValueError, match="two edits meet at character 1"):
        edited("abc", [TextEdit(0, 2, "x"), TextEdit(1, 3, "y")])


def test_the_same_edit_twice_is_one():
    assert edited("abc", [TextEdit(0, 1, "x"), TextEdit(0, 1, "x")]) == "xbc"


@pytest.mark.parametrize(
    ("type_", "found"),
    [
        ("std::string&", Unclear.EFFECT),
        ("int*", Unclear.EFFECT),
        ("&mut Vec<u8>", Unclear.EFFECT),
        ("const std::string&", "f(a)"),
        ("std::string&&", "f(a)"),
        ("int *const", Unclear.EFFECT),
        ("const int *", "f(a)"),
        ("*Ctx", "f(a)"),
        ("Props & Extra", "f(a)"),
        ("int", "f(a)"),
    ],
)
def test_an_argument_that_something_was_written_to_does_not_just_go(type_, found):
    old = (Parameter("name", "int"), Parameter("value", type_))
    change = SignatureChange(old, old[:1], has_keywords=False)
    done = changed_call(call("f(a, b)"), change)
    assert (done if isinstance(done, Unclear) else edited("f(a, b)", done)) == found


def test_what_was_not_given_was_not_written_to():
    old = (Parameter("name", "int"), Parameter("value", "int*", has_default=True))
    assert changed_call(call("f(a)"), SignatureChange(old, old[:1], has_keywords=False)) == ()


@pytest.mark.parametrize(
    ("old", "new", "asks"),
    [
        ("func(name string)", "func(name string) bool", True),
        ("func(name string)", "func(word string)", False),
        ("(item: Item) => void", "(item: Item) => boolean", True),
        ("(item: Item) => void", "(one: Item) => void", False),
        ("Callable[[int], None]", "Callable[[int], bool]", True),
        ("impl Fn(u8)", "impl Fn(u8) -> bool", True),
        ("std::function<void(int)>", "std::function<bool(int)>", True),
        ("func(a, b int)", "func(x, y int)", False),
        ("func(a, b int)", "func(a int, b string)", True),
        ("Callable[[int], None]", "Callable[[int], None] | None", False),
        ("typing.Optional[Callable[[int], None]]", "Callable[[int],None]|None", False),
        ("int", "str", False),
    ],
)
def test_a_function_that_is_passed_may_have_to_be_another_one(old, new, asks):
    one, other = (Parameter("visit", old),), (Parameter("visit", new),)
    change = SignatureChange(one, other, has_keywords=False)
    assert change.asks is asks
    if change.asks or old.startswith("func"):
        assert changed_call(call("f(a)"), change) == (Unclear.VALUE if asks else ())
    assert changed_call(call("f()"), SignatureChange((), other, has_keywords=False)) is (
        Unclear.VALUE
    )


@pytest.mark.parametrize(
    ("old", "new", "path", "asks"),
    [
        ("int", "Level", "a.hpp", True),
        ("int", "long", "a.hpp", False),
        ("const std::string&", "std::string", "a.hpp", False),
        ("int", "int64", "a.go", True),
        ("string", "string | null", "a.ts", False),
        ("string | null", "string", "a.ts", True),
        ("any", "Item", "a.ts", False),
        ("", "Item", "a.ts", False),
        ("int", "Level", "a.py", False),
    ],
)
def test_an_argument_of_another_type_is_asked_for(old, new, path, asks):
    one, other = (Parameter("level", old),), (Parameter("level", new),)
    assert SignatureChange(one, other, has_keywords=False, path=path).asks is asks


def test_an_argument_that_moves_is_asked_for_where_its_type_is_another_one():
    old = (Parameter("text", "str"), Parameter("level", "int"))
    for type_, done in (("Level", Unclear.VALUE), ("int", "f(b, a)")):
        new = (Parameter("level", type_), Parameter("text", "str"))
        found = changed_call(call("f(a, b)"), SignatureChange(old, new, False, "a.hpp"))
        assert (found if isinstance(found, Unclear) else edited("f(a, b)", found)) == done
