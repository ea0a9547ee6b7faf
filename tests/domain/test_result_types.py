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
        ("int", "Any", "a.py", False),
        ("unknown", "string", "a.ts", False),
        # A maybe.
        ("User", "User | None", "a.py", True),
        ("User | None", "User", "a.py", False),
        ("int | str", "int", "a.py", False),
        # Other spellings.
        ("Optional[User]", "User | None", "a.py", False),
        ("Union[int, Optional[str]]", "int | str | None", "a.py", False),
        ("Union[int, str]", "int|str", "a.py", False),
        ("typing.List[int]", "list[int]", "a.py", False),
        ('"User"', "User", "a.py", False),
        ('Optional["User"]', "User | None", "a.py", False),
        ("tuple[int,int]", "tuple[ int, int, ]", "a.py", False),
        ("dict[str, Optional[int]]", "dict[str, int | None]", "a.py", False),
        ("pathlib.Path", "Path", "a.py", False),
        ("FrozenSet[int]", "frozenset[int]", "a.py", False),
        ("bool", "TypeGuard[str]", "a.py", False),
        ("str", "Literal['a', 'b']", "a.py", False),
        ("Generator[int, None, None]", "Iterator[int]", "a.py", False),
        ("Array<string>", "string[]", "a.ts", False),
        ("string[]", "readonly string[]", "a.ts", False),
        ("Map<string,number>", "Map<string, number>", "a.ts", False),
        ("{ a: string }", "{a: string}", "a.ts", False),
        ("React.ReactNode", "ReactNode", "a.ts", False),
        ("boolean", "x is Foo", "a.ts", False),
        ("(n int, err error)", "(int, error)", "a.go", False),
        # Numbers.
        ("int", "float", "a.py", True),
        ("float", "int", "a.py", False),
        ("int", "float64", "a.go", True),
        ("int", "long", "a.cpp", False),
        ("int", "int64_t", "a.c", False),
        ("unsigned int", "size_t", "a.c", False),
        # Containers.
        ("list[int]", "Sequence[int]", "a.py", False),
        ("dict[str, int]", "defaultdict[str, int]", "a.py", False),
        ("dict[str, int]", "collections.OrderedDict[str, int]", "a.py", False),
        ("dict[str, int]", "defaultdict[str, str]", "a.py", True),
        ("Sequence[int]", "list[int]", "a.py", False),
        ("list[int]", "Iterable[int]", "a.py", True),
        ("list[int]", "Iterator[int]", "a.py", True),
        ("list[int]", "list[tuple[str, int]]", "a.py", True),
        ("list[int]", "dict[str, int]", "a.py", True),
        ("Mapping[str, int]", "dict[str, int]", "a.py", False),
        ("dict[str, int]", "dict[str, list[int]]", "a.py", True),
        ("list[int]", "list", "a.py", True),
        ("list", "list[int]", "a.py", False),
        ("dict[str, Any]", "dict[str, int]", "a.py", False),
        ("Sequence[int]", "tuple[int, ...]", "a.py", False),
        ("Sequence[int]", "tuple[str, ...]", "a.py", True),
        ("list[int]", "tuple[int, ...]", "a.py", True),
        ("string", "string[]", "a.ts", True),
        # What a field says beside its type.
        ("str", "Final[str]", "a.py", False),
        ("str", "Final", "a.py", False),
        ("Annotated[str, Len(1, 2)]", "typing.ClassVar[str]", "a.py", False),
        ("Required[str]", "NotRequired[int]", "a.py", True),
        ("Type[User]", "type[User]", "a.py", False),
        # Other things.
        ("std::string", "const std::string&", "a.cpp", False),
        ("bool", "std::optional<std::string>", "a.cpp", True),
        ("char*", "char", "a.c", True),
        ("number | null", "PriceResult", "a.ts", True),
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


@pytest.mark.parametrize(
    ("texts", "is_other"),
    [
        (FAILS, True),
        (("return null;", "throw new Error();"), True),
        (("    return None", "    return -1"), True),
        (("return None", '"""Never raises; raise no error."""\nreturn a'), False),
        (("return None", "return a  # raise later"), False),
    ],
)
def test_what_fails_instead_of_giving_nothing_asks_something_of_callers(texts, is_other):
    assert is_other_result("User | None", "User", texts, "a.py", {}) is is_other


def test_a_type_that_only_has_another_name_now_asks_nothing():
    assert not is_other_result("list[User]", "list[Person]", PLAIN, "a.py", {"User": "Person"})
