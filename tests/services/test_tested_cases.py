"""Which files are read for the cases of a function, and when nothing is known."""

import pytest
from fakes import MemoryFiles
from services.test_signature_types import StandingIndex

from spark_desktop.domain.shown_cases import ENOUGH
from spark_desktop.services.tested_cases import TestedCases as Cases

ONE = "def test_price():\n    assert price(3) == 6000\n"
RUST = "fn price(n: u32) -> u32 {\n    n\n}\n\nfn all() -> u32 {\n    price(1) + price(2)\n}\n"
INSIDE = "\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn one() {\n        price(3);\n    }\n}\n"


@pytest.mark.parametrize(
    ("path", "files", "cases"),
    [
        ("stay.py", {"tests/test_stay.py": ONE}, 1),
        ("stay.py", {"tests/test_stay.py": ONE, "tests/test_all.py": ONE}, ENOUGH),
        # Uses that are no tests show no cases.
        ("stay.py", {"stay.py": "price(1)\nprice(2)\n", "bill.py": "price(2)\n"}, 0),
        ("src/stay.rs", {"src/stay.rs": RUST}, None),
        # A property, which nothing calls.
        (
            "stay.py",
            {"tests/test_stay.py": "def test_it():\n    assert Stay(3).price == 6\n"},
            None,
        ),
        ("src/stay.rs", {"src/stay.rs": RUST + INSIDE}, 1),
    ],
)
async def test_tests_are_read_wherever_they_stand(path, files, cases):
    known = Cases(StandingIndex(references=list(files)), MemoryFiles(**files))
    assert await known(path, "price") == cases


async def test_what_cannot_be_read_shows_nothing():
    index = StandingIndex(references=["tests/gone.py", "tests/test_stay.py"])
    assert await Cases(index, MemoryFiles(**{"tests/test_stay.py": ONE}))("stay.py", "price") == 1


async def test_an_index_that_is_not_ready_shows_nothing():
    index = StandingIndex(references=["tests/test_stay.py"], is_ready=False)
    assert (
        await Cases(index, MemoryFiles(**{"tests/test_stay.py": ONE}))("stay.py", "price") is None
    )


@pytest.mark.parametrize("name", ["__init__", "__eq__", "constructor", "operator==", "~Stay"])
async def test_of_what_is_called_by_what_it_does_nothing_is_known(name):
    index = StandingIndex(references=["stay.py"])
    assert await Cases(index, MemoryFiles())("stay.py", name) is None
