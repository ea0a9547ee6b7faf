"""What a request orders to raise by name is raised by the answer's code."""

import time

import pytest

from spark_desktop.domain.asked_errors import raises_asked

BEFORE = "def clamp ( value , low , high ) : return value"
AFTER = "def clamp ( value , low , high ) : return min ( max ( value , low ) , high )"


def missing(asked, after=AFTER, before=BEFORE, code="", path="a.py"):
    found = raises_asked(path, asked, code or before, before, after)
    return "" if found is None else found.detail


@pytest.mark.parametrize(
    "asked",
    [
        "raise ValueError where low is above high",
        "Keep the value between both. Raise ValueError where low is above high.",
        "keep it between both; please raise a ValueError if low > high",
        "If low is above high, raise `ValueError`",
        "if low is above high raise ValueError",
        "where low isn't below high raise ValueError with both",
        "keep it between both, otherwise raise ValueError",
        "keep it between both, and raise ValueError where low is above high",
        "keep it between both and raise ValueError where low is above high",
        "do not swap them but raise ValueError",
        "don't swap them, raise ValueError",
        "it should raise ValueError where low is above high",
        "This function must raise a ValueError for low above high",
        "should raise ValueError when low is above high",
        "make it raise ValueError if low is above high",
        "change this to raise ValueError for low above high",
        "make sure that it raises ValueError",
        "write a function clamp(value, low, high) that raises ValueError if low is above high",
        "Limits:\n- keep it between both\n- raise ValueError for low above high",
        "raise ValueError instead of swapping",
        "Instead of returning low, raise ValueError",
        "throw a ValueError in that case",
        "where low is above high: raise ValueError",
    ],
)
def test_an_order_must_be_followed(asked):
    assert missing(asked) == "The answer does not raise ValueError, which was asked for."
    assert not missing(asked, "def clamp ( ) : if low > high : raise ValueError ( 'x' )")


@pytest.mark.parametrize(
    "asked",
    [
        "do not raise ValueError where low is above high",
        "don't raise ValueError",
        "never raise ValueError",
        "it must not raise ValueError",
        "it no longer raises ValueError",
        "swap them instead of raising ValueError",
        "swap them rather than raise ValueError",
        "swap them without a raise ValueError",
        "if low is above high do not raise ValueError",
        "if low is above high it should not raise ValueError",
        "nobody wants it to raise ValueError",
        "I don't think it should raise ValueError",
        "Do not:\n- raise ValueError\n- swap them",
        "callers catch ValueError",
        "callers raise ValueError for that already",
        "the callbacks log it and raise ValueError",
        "if callers raise ValueError, return low",
        "where they raise ValueError return low",
        "when low is empty int and float raise ValueError",
        "if it is a case in which others raise ValueError return low",
        "int raises ValueError there",
        "int() raises ValueError there, so catch it",
        "it raises ValueError for low above high, swap them",
        "this now raises ValueError",
        "raises ValueError for low above high: swap them",
        "fix the function that raises ValueError",
        "wrap the call that raises ValueError",
        "add a function around the call that raises ValueError",
        "it may raise ValueError",
        "it used to raise ValueError",
        "it seems to raise ValueError",
        "why does it raise ValueError?",
        "should it raise ValueError or swap them?",
        "raise ValueError here?",
        "raise ValueError or swap them",
        "raise ValueError or TypeError",
        "raise ValueError as before",
        "raise ValueError stays",
        "raise ValueError will follow in the next change",
        "Old behaviour:\n- raise ValueError\nNew behaviour:\n- return low",
        "Currently it does this:\n1. raise ValueError\nMake it return low.",
        "raise ValueError should become a return of low",
        "raise ValueError -> return low",
        "raise ValueError(low) => TypeError",
        "- raise ValueError\n+ return low",
        "raise ValueError only from the callers",
        "Document the errors:\n- raise ValueError for low above high",
        "raise ValueError no more",
        "raise ValueError is wrong here",
        "raise ValueError in the callers",
        "swap them (raise ValueError would be too hard)",
        'remove "raise ValueError"',
        "replace `raise ValueError` by a swap",
        "handle what plugins do, e.g. raise ValueError",
        "broken ones still have to raise ValueError",
        "catch what int() may do: raise ValueError",
        "the old code did this: raise ValueError. Swap them now.",
        "skip those that are broken and raise ValueError",
        "don't let it raise ValueError",
        "raise an error where low is above high",
        "raise the value to LOW",
        "raise `Limit` to 5",
        "raise Limit to 5",
        "return the value between both",
        "",
    ],
)
def test_all_else_orders_nothing(asked):
    assert not missing(asked)


@pytest.mark.parametrize(
    ("name", "is_missing"),
    [
        ("KeyError", False),
        ("IndexError", False),
        ("LookupError", False),
        ("ZeroDivisionError", False),
        ("AssertionError", False),
        ("RuntimeError", True),
        ("`ConfigError`", True),
        ("errors.ConfigError", True),
        ("Broken", True),
        ("Closed", False),
    ],
)
def test_only_an_error_that_nothing_raises_by_itself_is_demanded(name, is_missing):
    code = f"class Broken ( Exception ) : pass class Closed ( Door ) : pass {BEFORE}"
    assert bool(missing(f"raise {name} where low is above high", code=code)) is is_missing


@pytest.mark.parametrize(
    ("after", "is_missing"),
    [
        ("raise ValueError", False),
        ("raise errors . ValueError ( 'x' )", False),
        ("error = ValueError ( 'x' ) ; raise error", False),
        ("raise UnicodeError ( 'x' )", False),
        ("raise OutOfRange ( 'x' )", False),
        ("raise", False),
        ("raise RuntimeError ( 'x' )", True),
        ("print ( 'raise ValueError' )", True),
        ("try : return low except ValueError : return high", True),
        ("low , high = high , low", True),
        ("low , high = min ( low , high ) , max ( low , high ) return low", True),
        ("low , high = pair", False),
        ("return max ( values )", False),
        ("return sorted ( values , key = int )", False),
        ("return list ( zip ( low , high , strict = True ) )", False),
        ("return list ( zip ( low , high ) )", True),
        ("return int ( value )", False),
        ("return values . index ( value )", False),
        ("check ( low , high )", False),
        ("return range ( low , high , value )", False),
        ("return range ( low , high )", True),
        ("return low if low > high else None", True),
    ],
)
def test_what_may_raise_it_in_another_way_is_left_alone(after, is_missing):
    asked = "raise ValueError where low is above high"
    assert bool(missing(asked, f"def clamp ( value , low , high ) : {after}")) is is_missing


def test_a_call_that_was_there_counts_where_less_guards_it():
    before = "def read ( text ) : if text . isdigit ( ) : return int ( text ) return 0"
    asked = "raise ValueError for other texts"
    assert missing(asked, before.replace("0", "None"), before)
    assert not missing(asked, "def read ( text ) : return int ( text )", before)
    caught = "def read ( text ) : try : return int ( text ) except ValueError : return 0"
    assert not missing(asked, "def read ( text ) : return int ( text )", caught)


def test_a_function_of_the_file_may_raise_it():
    before = "def clamp ( low , high ) : self . check ( low )"
    helper = "def check ( low ) : raise ValueError ( 'x' )"
    asked = "raise ValueError where low is above high"
    assert missing(asked, before, before)
    assert not missing(asked, before, before, f"{helper} {before}")
    assert missing(asked, BEFORE, BEFORE, f"{helper} {BEFORE}")


@pytest.mark.parametrize(
    ("path", "asked", "after", "is_missing"),
    [
        ("a.ts", "throw a RangeError if low is above high", "return Math . min ( a , b ) ;", True),
        ("a.ts", "throw a RangeError if low is above high", "throw new RangeError ( ) ;", False),
        ("a.ts", "throw a RangeError if low is above high", "throw new Error ( 'x' ) ;", True),
        ("a.ts", "throw a RangeError if low is above high", "throw new Low ( ) ;", False),
        ("a.ts", "throw a RangeError if low is above high", "return checked ( low ) ;", False),
        ("a.ts", "throw a TypeError if it is none", "return low ;", False),
        ("a.ts", "throw an Error if it is none", "return low ;", False),
        ("a.cpp", "throw std::out_of_range with the term", "return low ;", True),
        ("a.cpp", "throw std::out_of_range", "throw std :: out_of_range ( a ) ;", False),
        ("a.cpp", "throw std::out_of_range", "throw std :: logic_error ( a ) ;", True),
        ("a.cpp", "throw std::logic_error", "throw std :: out_of_range ( a ) ;", False),
        ("a.cpp", "throw std::out_of_range", "return items_ . at ( a ) ;", False),
        ("a.cpp", "throw std::exception", "return low ;", False),
        ("a.go", "raise ValueError", "return low", False),
        ("a.rs", "throw ValueError", "low", False),
    ],
)
def test_other_languages_that_throw(path, asked, after, is_missing):
    assert bool(missing(asked, after, "", path=path)) is is_missing


def test_calls_in_calls_cost_no_time():
    deep = f"def clamp ( value ) : return {'abs ( ' * 3000}value{' )' * 3000}"
    begun = time.perf_counter()
    assert not missing("raise ValueError", deep)
    assert time.perf_counter() - begun < 5
