"""Which files are tests that a runner finds, and whether names have something in common."""

import pytest

from spark_desktop.domain.test_pairs import is_run_as_test, is_slow_test, words_shared


@pytest.mark.parametrize(
    ("path", "is_run"),
    [
        ("tests/test_shop.py", True),
        ("shop_test.go", True),
        ("src/shop.spec.ts", True),
        ("tests/shop.rs", True),
        ("tests/conftest.py", False),
        ("tests/fakes.py", False),
        ("shop.py", False),
    ],
)
def test_what_tests_share_is_run_by_nobody(path: str, is_run: bool) -> None:
    assert is_run_as_test(path) is is_run


def test_tests_of_whole_programs_are_told_by_their_folder() -> None:
    assert is_slow_test("tests/e2e/test_shop.py")
    assert not is_slow_test("tests/domain/test_e2e.py")


@pytest.mark.parametrize(
    ("path", "test", "count"),
    [
        ("a/result_changes.py", "tests/test_follow_results.py", 1),
        ("a/result_changes.py", "tests/test_changed_results.py", 1),
        ("a/test_runs.py", "tests/test_run.py", 1),
        ("a/shop.py", "tests/test_stay.py", 0),
    ],
)
def test_words_count_whatever_their_number(path: str, test: str, count: int) -> None:
    assert words_shared(path, test) == count
