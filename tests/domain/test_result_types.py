"""Which other types of a result ask callers to do something."""

import pytest

from spark_desktop.domain.result_types import is_other_result

PLAIN = ("return a", "return a")
FAILS = ("return None", "raise KeyError(a)")


@pytest.mark.parametrize(
    ("old", "new", "path", "is_other"),
    [
        ("int", "str", "a.py", True),
        ("int", "int", "a.py", False),
        ("", "int", "a.py", False),
        ("int", "", "a.py", False),
        ("None", "int", "a.py", False),
        ("int", "None", "a.py", True),
        ("User", "User | None", "a.py", True),
        ("User | None", "User", "a.py", False),
        ("Optional[User]", "User | None", "a.py", False),
        ("Union[int, str]", "int|str", "a.py", False),
        ("typing.List[int]", "list[int]", "a.py", False),
        ('"User"', "User", "a.py", False),
        ("list[int]", "Sequence[int]", "a.py", False),
        ("list[int]", "Iterator[int]", "a.py", True),
        ("list[int]", "dict[str, int]", "a.py", True),
        ("dict[str, int]", "Mapping[str, int]", "a.py", False),
        ("int", "float", "a.py", False),
        ("int", "float64", "a.go", True),
        ("int", "long", "a.cpp", False),
        ("std::string", "const std::string&", "a.cpp", False),
        ("bool", "std::optional<std::string>", "a.cpp", True),
        ("int", "Any", "a.py", False),
        ("unknown", "string", "a.ts", False),
        ("number | null", "PriceResult", "a.ts", True),
        ("string[]", "readonly string[]", "a.ts", False),
        ("Promise<number>", "Promise<string>", "a.ts", True),
        ("number", "Promise<number>", "a.ts", False),  # that it waits is followed by itself
        ("(a: number) => void", "(a: number) => boolean", "a.ts", True),
        ("Map<string, A | B>", "Map<string, A>", "a.ts", True),
        ("string", "(string, error)", "a.go", True),
        ("Option<u8>", "Result<u8, Error>", "a.rs", True),
    ],
)
def test_a_type_is_another_one_where_callers_have_to_look(old, new, path, is_other):
    assert is_other_result(old, new, PLAIN, path, {}) is is_other


def test_what_fails_instead_of_giving_nothing_asks_something_of_callers():
    assert is_other_result("User | None", "User", FAILS, "a.py", {})
    assert is_other_result("User | null", "User", ("", "throw new Error()"), "a.ts", {})


def test_a_type_that_only_has_another_name_now_asks_nothing():
    assert not is_other_result("list[User]", "list[Person]", PLAIN, "a.py", {"User": "Person"})
