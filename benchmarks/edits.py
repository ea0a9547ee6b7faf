"""The edits that ``edit_speed`` asks for: five changes of one file."""

from dataclasses import dataclass

FILE = '''\
"""Books of a small library: who has which, and since when."""

from datetime import date


class Book:
    def __init__(self, title, author, copies):
        self.title = title
        self.author = author
        self.copies = copies
        self.loans = {}

    def free(self):
        return self.copies - len(self.loans)

    def lend(self, reader, day=None):
        if self.free() < 0:
            raise ValueError(f"{self.title} is not there")
        self.loans[reader] = day or date.today()

    def take_back(self, reader):
        if reader not in self.loans:
            raise KeyError(f"{reader} does not have {self.title}")
        del self.loans[reader]

    def overdue(self, today, days=28):
        late = []
        for reader, since in self.loans.items():
            if (today - since).days > days:
                late.append(reader)
        return sorted(late)


class Library:
    def __init__(self):
        self.books = {}

    def add(self, book):
        if book.title in self.books:
            self.books[book.title].copies += book.copies
        else:
            self.books[book.title] = book

    def find(self, words):
        found = []
        for book in self.books.values():
            text = f"{book.title} {book.author}".lower()
            if all(word in text for word in words.lower().split()):
                found.append(book)
        return found

    def report(self, today):
        lines = []
        for title, book in sorted(self.books.items()):
            late = ", ".join(book.overdue(today)) or "nobody"
            lines.append(f"{title}: {book.free()} free, late: {late}")
        return "\\n".join(lines)
'''


@dataclass(frozen=True)
class Edit:
    """``wanted`` is what is asked; ``shows`` is a text that is in the file where it was done."""

    name: str
    wanted: str
    shows: str


EDITS = (
    Edit(
        "insert a function",
        "Add a method `authors(self)` to the class Library, right after `add`. It returns the "
        "sorted list of the authors of all books, each once.",
        "def authors(self",
    ),
    Edit(
        "fix a bug",
        "`lend` lends one copy too many: with no copy free it must raise. Fix its condition.",
        "<= 0",
    ),
    Edit(
        "rename",
        "Rename the method `take_back` to `give_back`, and the attribute `loans` to `lent`, "
        "everywhere.",
        "self.lent = {}",
    ),
    Edit(
        "add types",
        "Add type annotations to the parameters and the result of every method.",
        "title: str",
    ),
    Edit("no change", "Change nothing: repeat the file as it is.", "self.free() < 0"),
)


def messages(edit: Edit) -> list[dict[str, str]]:
    """The chat that asks for an edit."""
    text = (
        f"Here is library.py:\n\n```python\n{FILE}```\n\n{edit.wanted}\n"
        "Answer with the whole new file in one code block and nothing else."
    )
    return [{"role": "user", "content": text}]
