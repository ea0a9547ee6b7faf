"""The user's own key, and the names and pages that the command line lets in."""

import os
from pathlib import Path

import pytest

from inference_core.domain.errors import UsageError
from inference_core.server.access import LOCAL_ONLY, Access, read_access, require_key, user_key

KEY = "0123456789-abcdefgh"


@pytest.fixture
def key_file(tmp_path: Path):
    def write(data: bytes, mode: int = 0o600) -> Path:
        path = tmp_path / "key"
        path.write_bytes(data)
        path.chmod(mode)
        return path

    return write


def test_without_a_key_of_the_user_there_is_none():
    assert user_key(None, {}) is None


def test_a_key_is_read_from_its_file_without_the_lines_end(key_file):
    assert user_key(key_file(f"{KEY}\n".encode()), {}) == KEY


def test_a_key_of_the_environment_is_taken_out_of_it():
    environment = {"SPARK_CORE_API_KEY": KEY, "PATH": "x"}
    assert user_key(None, environment) == KEY
    assert environment == {"PATH": "x"}


def test_the_file_counts_where_both_are_there(key_file):
    environment = {"SPARK_CORE_API_KEY": "another-key-of-some-length"}
    assert user_key(key_file(KEY.encode()), environment) == KEY
    assert environment == {}


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o622])
def test_a_file_that_others_may_read_or_change_is_refused(key_file, mode):
    with pytest.raises(UsageError, match=f"its mode is {mode:04o}") as refused:
        user_key(key_file(KEY.encode(), mode), {})
    assert KEY not in str(refused.value)
    assert "chmod 600" in refused.value.next_step


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "must have 16 to 1024 characters, not 0"),
        (b"short", "not 5"),
        (b"x" * 5000, "16 to 1024 characters"),
        (b"two keys in one file", "has a blank"),
        (b"first-line-of-key\nsecond-line", "a line break"),
        (b"a-key-with-a-\x00-inside", "a control character"),
        (b"\xff\xfe-is-no-text-at-all", "is no text"),
    ],
)
def test_what_is_no_key_is_refused_without_being_shown(key_file, data, says):
    with pytest.raises(UsageError, match=says) as refused:
        user_key(key_file(data), {})
    assert data == b"" or data.decode("utf-8", "replace") not in str(refused.value)


def test_a_file_that_is_missing_is_named(tmp_path: Path):
    with pytest.raises(UsageError, match="nothing cannot be read"):
        user_key(tmp_path / "nothing", {})


def test_a_key_of_the_environment_is_checked_as_well():
    with pytest.raises(UsageError, match="in SPARK_CORE_API_KEY must have 16"):
        user_key(None, {"SPARK_CORE_API_KEY": "short"})


def test_others_are_let_in_with_a_key_only():
    remote = Access(remote=True)
    with pytest.raises(UsageError, match="needs a key of yours") as refused:
        require_key(remote, None)
    assert "--api-key-file" in refused.value.next_step
    require_key(remote, KEY)
    require_key(LOCAL_ONLY, None)


@pytest.mark.parametrize(
    ("origin", "as_sent"),
    [
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("https://Chat.Example:443", "https://chat.example"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("vscode-file://vscode-app", "vscode-file://vscode-app"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(origin, as_sent):
    assert read_access(False, (), (origin,)).origins == {as_sent}


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "",
        "localhost:3000",
        "https://*.example",
        "https://a.example/path",
        "https://a.example?q",
        "https://me@a.example",
        "https://a.example:port",
        "https://[::1",
    ],
)
def test_what_is_no_single_origin_is_refused(origin):
    with pytest.raises(UsageError, match="--allow-origin takes the origin of one site"):
        read_access(False, (), (origin,))


def test_names_are_compared_without_case_dots_and_brackets():
    named = read_access(True, ("Box.LAN.", "[FE80::1]", "10.0.0.7"), ())
    assert named.hosts == {"box.lan", "fe80::1", "10.0.0.7"}


@pytest.mark.parametrize("name", ["", "box:8080", "http://box", "*.lan", "*"])
def test_what_is_no_host_name_is_refused(name):
    with pytest.raises(UsageError, match="--allow-host takes a host name"):
        read_access(True, (name,), ())


def test_a_name_alone_lets_nobody_in():
    with pytest.raises(UsageError) as refused:
        read_access(False, ("box.lan",), ())
    assert "--allow-remote" in refused.value.next_step
