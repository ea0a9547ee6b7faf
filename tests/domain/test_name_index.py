from hypothesis import given
from hypothesis import strategies as st

from spark_desktop.domain.name_index import NameIndex

NAMES = ("src/view_model.py", "src/model/view.py", "docs/overview.md", "tests/test_view.py")
LETTERS = st.text("ab/._-", max_size=8)


def test_letters_where_a_word_begins_come_before_those_inside_one() -> None:
    index = NameIndex(("docs/overview.md", "src/view.py"))
    assert index.holding("view", 9) == ["src/view.py", "docs/overview.md"]


def test_first_letters_of_words_come_before_letters_anywhere() -> None:
    index = NameIndex(("save_amp.py", "src/app_main.py"))
    assert index.holding("sam", 9) == ["src/app_main.py", "save_amp.py"]


def test_case_and_blanks_do_not_count() -> None:
    assert NameIndex(("README.md",)).holding("Read Me", 9) == ["README.md"]


def test_no_more_than_wanted_are_returned() -> None:
    assert len(NameIndex(NAMES).holding("view", 2)) == 2


def test_no_letters_find_nothing() -> None:
    assert NameIndex(NAMES).holding("  ", 9) == []
    assert NameIndex().holding("a", 9) == []


def test_signs_of_expressions_are_letters_like_any_other() -> None:
    names = ("a^b].py", "a-b.py", "a\\b.py", "[x]*.py")
    for name in names:
        assert NameIndex(names).holding("".join(name), 9) == [name]
    assert NameIndex(names).holding("^]", 9) == ["a^b].py"]


def test_a_name_with_a_line_break_is_one_name() -> None:
    assert NameIndex(("new\nline.py", "b.py")).holding("nline", 9) == ["new\nline.py"]
    assert NameIndex(("new\nline.py", "b.py")).holding("wb", 9) == []


@given(st.lists(LETTERS, unique=True, max_size=12), LETTERS.filter(bool))
def test_every_name_with_the_letters_in_their_order_is_found_once(
    names: list[str], letters: str
) -> None:
    def holds(name: str) -> bool:
        rest = iter(name)
        return all(letter in rest for letter in letters)

    found = NameIndex(names).holding(letters, len(names) + 1)
    assert sorted(found) == sorted(name for name in names if holds(name))
