import pytest
from cli.conftest import git

from spark_desktop.cli.git_diff import diff_text, git_diff, refused_by_git
from spark_desktop.domain.errors import NotTextError
from spark_desktop.domain.patch import compute
from spark_desktop.domain.text import decode

LINES = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n"


def diff_of(path: str, before: bytes, after: bytes) -> bytes:
    text = decode(before)
    return git_diff(compute(path, text.digest, text.content, decode(after).content), text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(LINES, LINES.replace("five\n", "5\n"), id="one line"),
        pytest.param(LINES, "0\n" + LINES.replace("nine\n", ""), id="both ends"),
        pytest.param(
            LINES.replace("\n", "\r\n"),
            LINES.replace("\n", "\r\n").replace("five", "5"),
            id="CRLF",
        ),
        pytest.param("a\r\nb\nc\r\n", "a\r\nB\nc\r\n", id="mixed line endings"),
        pytest.param(LINES[:-1], LINES[:-1].replace("nine", "9"), id="no final line break"),
        pytest.param(LINES[:-1], LINES, id="a final line break is added"),
        pytest.param(LINES, LINES[:-1], id="the final line break is taken away"),
        pytest.param("", "one\n", id="an empty file is filled"),
        pytest.param("one\n", "", id="a file is emptied"),
        pytest.param("a\x0cb\nc\n", "a\x0cb\nC\n", id="form feed"),
        pytest.param("a\u2028b\nc\n", "a\u2028b\nC\n", id="Unicode line separator"),
        pytest.param("-- a\n++ b\n", "-- a\n++ c\n", id="lines like a header"),
        pytest.param("\ufeffone\ntwo\n", "\ufeff1\ntwo\n", id="mark on a changed line"),
        pytest.param("\ufeffone\ntwo\n", "\ufeffone\n2\n", id="mark on a line of context"),
    ],
)
def test_git_apply_makes_exactly_the_proposed_bytes(folder, before, after):
    (folder / "f.txt").write_bytes(before.encode())
    git(folder, "apply", data=diff_of("f.txt", before.encode(), after.encode()))
    assert (folder / "f.txt").read_bytes() == after.encode()


def test_git_apply_takes_a_latin_1_file(folder):
    before, after = "caf\xe9\nzwei\n".encode("latin-1"), "caf\xe9\ndr\xfcber\n".encode("latin-1")
    (folder / "f.txt").write_bytes(before)
    git(folder, "apply", data=diff_of("f.txt", before, after))
    assert (folder / "f.txt").read_bytes() == after


@pytest.mark.parametrize(
    "name",
    ["with space.txt", "end ", "sub/a b/c.txt", "größe.txt", 'qu"ote.txt', "tab\there.txt", "b\\s"],
)
def test_git_apply_finds_a_file_of_any_name(folder, name):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"one\n")
    git(folder, "apply", data=diff_of(name, b"one\n", b"two\n"))
    assert (folder / name).read_bytes() == b"two\n"


def test_the_diff_is_taken_in_a_folder_above_the_file(folder):
    (folder / "sub" / "f.txt").write_bytes(b"one\n")
    git(folder / "sub", "apply", data=diff_of("sub/f.txt", b"one\n", b"two\n"))
    assert (folder / "sub" / "f.txt").read_bytes() == b"two\n"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("one\n".encode("utf-16"), "git takes a file in utf-16-le for a binary one"),
        ("one\n".encode("utf-32"), "git takes a file in utf-32-le for a binary one"),
        (b"one\rtwo\r", "git does not end lines at a lone carriage return"),
        (b"one\r\ntwo\n", ""),
    ],
)
def test_what_git_cannot_take_is_known(data, reason):
    assert refused_by_git(decode(data)) == reason


def test_a_link_is_known_as_what_git_cannot_take():
    assert "a link" in refused_by_git(decode(b"one\n"), is_link=True)


def test_a_patch_without_hunks_is_no_diff(folder):
    assert diff_of("f.txt", b"one\n", b"one\n") == b""


def test_a_line_that_the_encoding_cannot_hold_is_an_error_but_still_text():
    text = decode("caf\xe9\n".encode("latin-1"))
    patch = compute("f.txt", text.digest, text.content, "caf\xe9 →\n")
    with pytest.raises(NotTextError, match="latin-1"):
        git_diff(patch, text)
    assert "+caf\xe9 →\n" in diff_text(patch, text)
