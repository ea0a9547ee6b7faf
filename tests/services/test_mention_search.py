from fakes import LineSyntax, MemoryFiles

from spark_desktop.domain.events import FilesChanged
from spark_desktop.domain.mentions import mention_at
from spark_desktop.services import mention_search
from spark_desktop.services.bus import Bus
from spark_desktop.services.mention_search import ROWS, MentionSearch


async def found(search, text):
    """Return the rows as they came, each as a list of mentions."""
    mention = mention_at(text, len(text))
    return [[row.ref.mention for row in rows] async for rows in search.search(mention)]


def searching(**contents):
    files, bus = MemoryFiles(**contents), Bus()
    return files, bus, MentionSearch(files, LineSyntax(), bus)


async def test_an_at_alone_offers_diff_clipboard_files_and_folders():
    files, _bus, search = searching(a__py="")
    files.data["src/b.py"] = b""
    assert await found(search, "@") == [
        ["@diff", "@clipboard", "@file:a.py", "@file:src/b.py", "@folder:src"]
    ]


async def test_symbols_come_after_what_is_known_at_once():
    _files, _bus, search = searching(parse__py="def parse_all():\n    return 1\n")
    assert await found(search, "@pars") == [
        ["@file:parse.py"],
        ["@file:parse.py", "@symbol:parse_all"],
    ]
    # The second time all is known.
    assert await found(search, "@symbol:pars") == [["@symbol:parse_all"]]


async def test_a_name_in_two_files_has_two_rows():
    one = "def run():\n    return 1\n"
    _files, _bus, search = searching(a__py=one, b__py=one)
    mention = mention_at("@symbol:run", 11)
    *_, rows = [rows async for rows in search.search(mention)]
    assert [(row.ref.symbol, row.detail) for row in rows] == [("run", "a.py"), ("run", "b.py")]


async def test_only_files_are_offered_where_a_file_is_asked_for():
    files, _bus, search = searching()
    files.data |= {f"f{n}.py": b"def f():\n    pass\n" for n in range(40)}
    (rows,) = await found(search, "@file:f")
    assert len(rows) == ROWS
    assert all(row.startswith("@file:") for row in rows)


async def test_changed_files_are_looked_at_again():
    files, bus, search = searching(a__py="def old():\n    return 1\n")
    await found(search, "@symbol:o")
    files.write("a.py", "def other():\n    return 1\n")
    files.write("new.py", "def opened():\n    return 1\n")
    bus.publish(FilesChanged(("a.py", "new.py")))
    assert (await found(search, "@symbol:o"))[-1] == ["@symbol:other", "@symbol:opened"]


async def test_files_that_cannot_be_parsed_offer_no_symbols(monkeypatch):
    monkeypatch.setattr(mention_search, "MAX_CHARS", 20)
    files, _bus, search = searching(long__py="def long():\n    return 1\n")
    files.data["c.bin"] = b"\0"
    assert (await found(search, "@symbol:lo"))[-1] == []


async def test_no_more_files_are_parsed_than_allowed(monkeypatch):
    monkeypatch.setattr(mention_search, "MAX_PARSED", 1)
    code = "def same():\n    return 1\n"
    _files, _bus, search = searching(a__py=code, b__py=code)
    assert (await found(search, "@symbol:same"))[-1] == ["@symbol:same"]
