"""Links come from strangers: what is not plainly one of two harmless requests is refused."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spark_desktop.domain.errors import LinkError
from spark_desktop.domain.handover import MOST_BYTES, FollowLink, decode, encode
from spark_desktop.domain.spark_link import (
    MOST_FOLDER,
    MOST_LINK,
    MOST_TEXT,
    AskLink,
    OpenLink,
    SparkLink,
    carried,
    is_link,
    local_folder,
    read_link,
)
from tests.law_cases import cases


def read(link: str, *, on_windows: bool = False) -> SparkLink:
    return read_link(link, on_windows=on_windows)


def reason(link: str, *, on_windows: bool = False) -> str:
    with pytest.raises(LinkError) as caught:
        read_link(link, on_windows=on_windows)
    assert caught.value.next_step
    return caught.value.message


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        ("spark://ask?text=Why%3F", AskLink("Why?")),
        ("spark://ask", AskLink()),
        ("spark://ask/?text=a", AskLink("a")),
        ("SPARK://Ask?text=a", AskLink("a")),
        ("spark://ask?text=", AskLink()),
        ("spark://ask?text=a+b", AskLink("a+b")),
        ("spark://ask?text=a=b", AskLink("a=b")),
        ("spark://ask?text=%D0%B4%D0%B0", AskLink("да")),
        ("spark://ask?text=да", AskLink("да")),
        ("spark://ask?text=a%0D%0Ab%0Dc%0Ad%09e", AskLink("a\nb\nc\nd\te")),
        ("spark://ask?text=%2525", AskLink("%25")),
        ("spark://open?folder=/home/me", OpenLink("/home/me")),
        ("spark://open?folder=%2Fhome%2Fme%20too", OpenLink("/home/me too")),
        ("spark://open?folder=/a/..b/c..", OpenLink("/a/..b/c..")),
        ("spark://open?folder=/a/c%2B%2B/~x", OpenLink("/a/c++/~x")),
    ],
)
def test_a_link_asks_a_question_or_names_a_folder(link: str, asked: SparkLink) -> None:
    assert read(link) == asked


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("", "names no folder"),
        ("project", "project, is no whole path"),
        ("./project", "is no whole path"),
        ("../project", "is no whole path"),
        ("~/project", "~/project, is no whole path"),
        ("~root", "is no whole path"),
        ("file:///etc", "file:///etc, is no whole path"),
        ("C:%5Cproject", "is no whole path"),
        ("/home/../etc", 'goes up by ".."'),
        ("/home/%2e%2e/etc", 'goes up by ".."'),
        ("/..", 'goes up by ".."'),
        ("//server/share", "//server/share, is another machine's"),
        ("%2F%2Fserver/share", "is another machine's"),
        ("/a%00b", "cannot be seen, U+0000"),
        ("/a%0Ab", "cannot be seen, U+000A"),
        ("/a\nb", "cannot be seen, U+000A"),
        ("/a%7F", "cannot be seen, U+007F"),
        ("/a%E2%80%AEb", "cannot be seen, U+202E"),
        ("/a%E2%80%8Bb", "cannot be seen, U+200B"),
        ("/a%E2%80%A8b", "cannot be seen, U+2028"),
        ("/a%", '"%" in the link is no percent-encoded character'),
        ("/a%zz", '"%zz" in the link is no percent-encoded character'),
        ("/a%ff", "bytes that are no UTF-8"),
        ("/a%C0%AE%C0%AE/b", "bytes that are no UTF-8"),
        ("/a\udcff", "bytes that are no UTF-8"),
        pytest.param(
            f"/{'a' * MOST_FOLDER}",
            f"folder has {MOST_FOLDER + 1} characters; {MOST_FOLDER} fit",
            id="long",
        ),
    ],
)
def test_a_folder_must_be_one_whole_path_of_this_machine(folder: str, why: str) -> None:
    assert why in reason(f"spark://open?folder={folder}")


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("C:project", "is no whole path"),
        ("/project", "is no whole path"),
        (r"\project", "is no whole path"),
        (r"\\server\share", "is another machine's"),
        ("//server/share", "is another machine's"),
        (r"\/server\share", "is another machine's"),
        (r"\\?\C:\project", "is another machine's"),
        (r"\\.\pipe\x", "is another machine's"),
        (r"C:\a\..\b", 'goes up by ".."'),
        ("C:/a/../b", 'goes up by ".."'),
    ],
)
def test_a_folder_of_windows_begins_with_its_drive(folder: str, why: str) -> None:
    assert read("spark://open?folder=C:%5Ca", on_windows=True) == OpenLink(r"C:\a")
    assert read("spark://open?folder=d:/a", on_windows=True) == OpenLink("d:/a")
    assert why in reason(f"spark://open?folder={quote(folder)}", on_windows=True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a%E2%80%8Bb", "cannot be seen, U+200B"),
        ("a%F3%A0%84%80b", "cannot be seen, U+E0100"),
        ("a%00", "cannot be seen, U+0000"),
        ("a%1B[2J", "cannot be seen, U+001B"),
        ("a%C2%85", "cannot be seen, U+0085"),
        ("a%E2%80%AEb", "cannot be seen, U+202E"),
        ("a%E2%81%A6b", "cannot be seen, U+2066"),
        ("a%F3%A0%81%81", "cannot be seen, U+E0041"),
        ("%f0%9f", "bytes that are no UTF-8"),
        pytest.param(
            "a" * (MOST_TEXT + 1),
            f"text has {MOST_TEXT + 1} characters; {MOST_TEXT} fit",
            id="long",
        ),
    ],
)
def test_a_question_holds_nothing_that_its_reader_would_not_see(text: str, why: str) -> None:
    assert why in reason(f"spark://ask?text={text}")


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("spark://run?command=rm", 'asks for "run"'),
        ("spark://", 'asks for ""'),
        ("spark://?text=a", 'asks for ""'),
        ("spark://me@ask?text=a", 'asks for "me@ask"'),
        ("spark://ask:80?text=a", 'asks for "ask:80"'),
        ("spark://a%0Ask?text=a", 'asks for "a%0Ask"'),
        ("spark://a\nsk", 'asks for "a?sk"'),
        ("spark://%61sk?text=a", 'asks for "%61sk"'),
        (f"spark://{'x' * 100}", f'asks for "{"x" * 59}…"'),
        ("spark://ask?text=a&text=b", 'says "text" twice'),
        ("spark://ask?folder=/a", 'says "folder"; spark://ask takes "text" only'),
        ("spark://ask?text=a&send=1", 'says "send"; spark://ask takes "text" only'),
        ("spark://open?folder=/a&&", 'says ""; spark://open takes "folder" only'),
        ("spark://open?folder=/a&a\x1b[b=1", 'says "a?[b"'),
        ("spark://ask?text=a#b", 'The link "spark://ask?text=a#b" is none that Spark can read'),
        ("spark://ask/now?text=a", "is none that Spark can read"),
        ("spark:ask?text=a", "is none that Spark can read"),
        ("spark:/ask", "is none that Spark can read"),
        (" spark://ask", "is no folder of this machine"),
        ("sftp://host/home", "sftp://host/home is no folder of this machine"),
        ("file://host/home", "file://host/home is no folder of this machine"),
        ("http://spark/ask", "is no folder of this machine"),
        pytest.param(
            "spark://ask?text=" + "a" * 65536, f"more than {MOST_LINK} characters", id="64 kB"
        ),
    ],
)
def test_a_link_that_asks_for_anything_else_is_refused_and_says_why(link: str, why: str) -> None:
    assert why in reason(link)


def test_a_refusal_says_that_nothing_was_done() -> None:
    assert reason("spark://run").endswith("Nothing was opened or asked.")


@given(st.text(max_size=200))
@settings(max_examples=cases(150), deadline=None)
def test_a_text_comes_back_as_it_was_or_is_refused(text: str) -> None:
    try:
        found = read(f"spark://ask?text={quote(text, safe='', errors='surrogatepass')}")
    except LinkError:
        return
    assert isinstance(found, AskLink)
    assert found.text == text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(alphabet="/.~\\:%25eC a\0\n", max_size=40), st.booleans())
@settings(max_examples=cases(150), deadline=None)
def test_no_folder_that_is_taken_is_relative_goes_up_or_is_elsewhere(
    folder: str, on_windows: bool
) -> None:
    try:
        found = read(f"spark://open?folder={folder}", on_windows=on_windows)
    except LinkError:
        return
    assert isinstance(found, OpenLink)
    path = found.folder.replace("\\", "/") if on_windows else found.folder
    assert ".." not in path.split("/")
    assert not path.startswith(("//", "~"))
    assert path[1:3] == ":/" if on_windows else path[0] == "/"
    assert path.isprintable()


@given(st.text(max_size=300))
@settings(max_examples=cases(150), deadline=None)
def test_whatever_a_link_is_only_a_link_error_comes_of_it(link: str) -> None:
    for word in (link, f"spark://{link}", f"spark://open?{link}"):
        message = FollowLink(carried(word), "token")
        assert decode(encode(message)) == message
        refused = ""
        try:
            read(message.link)
        except LinkError as error:
            refused = str(error)
        assert refused.isprintable()


@pytest.mark.parametrize("text", ["a", "д", "\U0001f600", '"', "\\", "%", "\udcff", "\0"])
def test_a_link_of_any_length_fits_into_a_message_and_stays_too_long(text: str) -> None:
    link = carried(f"spark://ask?text={text * 70_000}")
    assert len(encode(FollowLink(link, "t" * 4096))) <= MOST_BYTES
    assert "more than" in reason(link)


def test_the_longest_text_fits_into_a_link() -> None:
    link = f"spark://ask?text={quote(chr(0x1F600) * MOST_TEXT)}"
    assert carried(link) == link
    assert read(link) == AskLink(chr(0x1F600) * MOST_TEXT)


@pytest.mark.parametrize(
    ("word", "is_one"),
    [
        ("spark://ask", True),
        ("spark:ask", True),
        ("SPARK:x", True),
        ("file:///home", True),
        ("file:/home", True),
        ("sftp://host/", True),
        ("/home/me", False),
        ("project", False),
        ("C:\\project", False),
        ("c:/project", False),
        ("./spark:x", False),
        ("a:b", False),
        ("", False),
    ],
)
def test_a_url_is_told_from_a_path(word: str, is_one: bool) -> None:
    assert is_link(word) is is_one


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///home/me%20too", "/home/me too"),
        ("file:/home/me", "/home/me"),
        ("FILE://localhost/home", "/home"),
        ("file:///home/%D0%B4", "/home/д"),
        ("file://server/share", None),
        ("file:////server/share", None),
        ("file:///a?b", None),
        ("file:///a#b", None),
        ("file:///a%00b", None),
        ("file:///a%zz", None),
        ("file:///a%ff", None),
        ("sftp://host/a", None),
    ],
)
def test_a_url_of_a_file_manager_becomes_a_path(url: str, path: str | None) -> None:
    assert local_folder(url, on_windows=False) == path


def test_a_url_of_windows_has_its_drive_behind_a_slash() -> None:
    assert local_folder("file:///C:/a%20b", on_windows=True) == "C:/a b"
    assert local_folder("file:///home", on_windows=True) is None
