"""Words of an answer that nobody else uses."""

from pathlib import Path

import pytest
from fakes import MemoryFiles
from local_index import LocalIndex

from spark_desktop.adapters.names_reader import LanguageNames
from spark_desktop.services.invented_names import InventedNames

BOOK = """\
from shop.contact import Contact


class Book:
    def __init__(self):
        self.contacts = []

    def listing(self):
        return [one.first for one in self.contacts]
"""
CONTACT = (
    "class Contact:\n    def __init__(self, first, last):\n        self.last = last\n"
    "        # plan_b, or c\n"
)


async def invented(tmp_path: Path, after: str, asked: str = "", is_ready: bool = True):
    root = tmp_path / "root"
    (root / "shop").mkdir(parents=True)
    (root / "shop/contact.py").write_text(CONTACT)
    (root / "shop/book.py").write_text(BOOK)
    (root / "shop/__init__.py").write_text("")
    index = LocalIndex(root, tmp_path / "index.db", is_ready)
    files = MemoryFiles()
    for path in ("shop/contact.py", "shop/book.py"):
        files.write(path, (root / path).read_text())
    text = BOOK.replace("[one.first for one in self.contacts]", after)
    return await InventedNames(LanguageNames(), index, files)("shop/book.py", BOOK, text, asked)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        ("sorted(self.contacts, key=lambda one: one.lastname.lower())", ("lastname",)),
        ("sorted(self.contacts, key=lambda one: one['last_name'])", ("last_name",)),
        ("sorted(self.contacts, key=lambda one: one.last.casefold())", ()),
        ("sorted(self.contacts, key=lambda one: one['plan_b'])", ()),
        ("[one.first.strip().title() for one in self.contacts]", ()),
        ("{'last_name': one.first for one in self.contacts}", ()),
    ],
)
async def test_a_word_that_stands_nowhere_is_named(tmp_path: Path, after: str, words) -> None:
    assert await invented(tmp_path, after) == words


async def test_what_the_user_asked_for_is_no_invention(tmp_path: Path) -> None:
    after = "[one.lastname for one in self.contacts]"
    assert await invented(tmp_path, after, "return their LastName") == ()


async def test_objects_of_a_library_that_nobody_knows_here_may_have_anything(
    tmp_path: Path,
) -> None:
    after = "[one.lastname for one in self.contacts]\n\nimport sqlalchemy"
    assert await invented(tmp_path, after) == ()


async def test_without_an_index_nothing_is_said(tmp_path: Path) -> None:
    after = "[one.lastname for one in self.contacts]"
    assert await invented(tmp_path, after, is_ready=False) == ()


async def test_a_text_that_cannot_be_read_has_none(tmp_path: Path) -> None:
    assert await invented(tmp_path, "[one.lastname for") == ()
