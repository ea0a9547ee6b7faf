"""A save after which a new method does what another one did, which takes something else now."""

import pytest

from spark_desktop.domain.events import ChangeIgnored

BOOK = '''class Book:
    """The glazes of a text."""

    def __init__(self, text):
        self.glazes = {}
        for line in text.splitlines():
            name, _, rest = line.partition(":")
            self.glazes[name.strip()] = [part.strip() for part in rest.split(",")]

    def only(self, names):
        book = Book("")
        for name in names:
            book.glazes[name] = self.glazes[name]
        return book
'''
USE = "from pots import book\nfrom pots.book import Book\n\n\n"
FILES = {
    "pots/book.py": BOOK,
    "pots/use.py": USE + "def load(text: str) -> Book:\n    return Book(text) or book.Book('')\n",
    "pots/sub.py": "from pots.book import Book\n\n\nclass Large(Book):\n    make = Book\n",
    "tests/test_book.py": "from pots.book import Book\n\nassert Book.parse('a: b').glazes\n"
    "assert Book({}).glazes == {}\n",
}


def parsed() -> str:
    """Return the book whose constructor takes glazes, and which another method reads."""
    head, loop = BOOK.split("        self.glazes = {}\n")
    loop = loop.replace("self.glazes[name.strip()]", "glazes[name.strip()]", 1)
    loop = loop.replace("\n\n    def only", "\n        return cls(glazes)\n\n    def only")
    made = "        self.glazes = glazes\n\n    @classmethod\n    def parse(cls, text):\n"
    return head.replace("self, text", "self, glazes") + made + "        glazes = {}\n" + loop


async def test_a_constructor_whose_work_another_method_does_is_called_by_that(project):
    one = project(FILES)
    await one.save(pots___book__py=parsed())
    assert one.offered == {
        "pots/book.py": parsed().replace('Book("")', 'Book.parse("")'),
        "pots/use.py": USE
        + "def load(text: str) -> Book:\n    return Book.parse(text) or book.Book.parse('')\n",
    }
    assert "Book.parse() in the place of Book()" in {one.trigger.title for one in one.ready}
    assert "tests/test_book.py, line 4: parse is called in the file already" in one.left


async def test_in_javascript_nothing_is_made_with_new_any_more(project):
    before = (
        "export class Book {\n  glazes: string[];\n  constructor(text: string) {\n"
        "    const lines = text.split('\\n').map((line) => line.trim());\n"
        "    this.glazes = lines.filter((line) => line.length > 0 && line[0] !== '#');\n  }\n}\n"
    )
    after = (
        "export class Book {\n  glazes: string[];\n  constructor(glazes: string[]) {\n"
        "    this.glazes = glazes;\n  }\n  static parse(text: string) {\n"
        "    const lines = text.split('\\n').map((line) => line.trim());\n"
        "    return new Book(lines.filter((line) => line.length > 0 && line[0] !== '#'));\n  }\n}\n"
    )
    use = 'import { Book } from "./book";\n\nexport const own: Book = new Book("a");\n'
    use += 'export const other = JSON.parse("{}");\n'
    one = project({"src/book.ts": before, "src/use.ts": use})
    await one.save(src___book__ts=after)
    assert one.offered == {"src/use.ts": use.replace("new Book(", "Book.parse(")}


async def test_a_method_that_takes_something_else_is_called_by_the_name_of_the_new_one(project):
    body = (
        "        words = [word.lower() for word in text.split()]\n        return '-'.join(words)\n"
    )
    use = "from a import Slug\n\nprint(Slug().make('A b'))\n"
    one = project({"a.py": f"class Slug:\n    def make(self, text):\n{body}", "b.py": use})
    now = "    def make(self, words):\n        return '-'.join(words)\n\n"
    await one.save(a__py=f"class Slug:\n{now}    def of_text(self, text):\n{body}")
    assert one.offered == {"b.py": use.replace(".make(", ".of_text(")}


async def test_a_new_method_that_does_something_else_takes_no_calls(project):
    one = project(FILES)
    ignored = []
    one.world.seen_bus.subscribe(ChangeIgnored, lambda event: ignored.append(event.ignored))
    other = BOOK.replace("self, text):\n", "self, source):\n").replace("text.split", "source.split")
    more = "\n    @classmethod\n    def parse(cls, text):\n        return cls(text.strip())\n"
    await one.save(pots___book__py=other + more)
    assert one.offered == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # It is called on an object, by nobody else, has to be awaited, or gives nothing.
        ("    @classmethod\n    def parse(cls, text)", "    def parse(self, text)"),
        ("def parse", "def _parse"),
        ("def parse", "async def parse"),
        ("        return cls(glazes)\n", "        cls(glazes)\n"),
        ("parse(cls, text):", 'parse(cls, text) -> "Book | None":'),
    ],
)
async def test_a_method_that_cannot_stand_for_the_constructor_takes_no_calls(project, old, new):
    one = project(FILES)
    now = parsed()
    assert old in now
    await one.save(pots___book__py=now.replace(old, new))
    assert one.offered == {}


@pytest.mark.parametrize(
    ("call", "now"),
    [
        ("new book.Book('a')", "book.Book.parse('a')"),
        ("new Book<string>('a')", None),
    ],
)
async def test_new_goes_from_before_the_whole_name(project, call, now):
    body = (
        "    const lines = text.split('\\n').map((line) => line.trim());\n"
        "    {} lines.filter((line) => line.length > 0 && line[0] !== '#'){};\n  }}\n"
    )
    before = "export class Book {\n  glazes: string[];\n  constructor(text: string) {\n"
    after = before.replace("text", "glazes") + "    this.glazes = glazes;\n  }\n"
    after += "  static parse(text: string) {\n" + body.format("return new Book(", ")") + "}\n"
    use = 'import * as book from "./book";\nimport { Book } from "./book";\n\nuse(CALL);\n'
    files = {"src/book.ts": before + body.format("this.glazes =", "") + "}\n"}
    one = project({**files, "src/use.ts": use.replace("CALL", call)})
    await one.save(src___book__ts=after)
    assert one.offered.get("src/use.ts") == (now and use.replace("CALL", now))


async def test_a_method_that_a_subclass_has_of_its_own_is_still_called(project):
    body = (
        "        words = [word.lower() for word in text.split()]\n        return '-'.join(words)\n"
    )
    use = (
        "from a import Slug\n\n\nclass Short(Slug):\n    def make(self, text):\n"
        "        return super().make(text)[:9]\n\n\nprint(Short().make('A b'))\n"
    )
    one = project({"a.py": f"class Slug:\n    def make(self, text):\n{body}", "b.py": use})
    now = "    def make(self, words):\n        return '-'.join(words)\n\n"
    await one.save(a__py=f"class Slug:\n{now}    def of_text(self, text):\n{body}")
    assert one.offered == {}
