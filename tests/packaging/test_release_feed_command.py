"""The feed's own commands make what the app accepts, and keys that minisign reads and writes."""

import base64
import hashlib
import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from spark_dist import release_key
from spark_dist.feed import main
from spark_dist.release_key import KeyFileError, new_key, secret_key_of

from spark_desktop.adapters.ed25519 import verify
from spark_desktop.domain.minisign import check, public_key_of, signature_of
from spark_desktop.domain.release_feed import feed_of
from tests.law_cases import law
from tests.update_fakes import DATA, KEY, PUBLIC

NAMES = (
    "spark-desktop_0.2.0_amd64_full.deb",
    "spark-desktop-0.2.0-linux-x86_64-slim.run",
    "spark-desktop-0.2.0-linux-x86_64-full.tar.gz",
    "spark-desktop-0.2.0-windows-x86_64-full-setup.exe",
    "spark-desktop-0.2.0-macos-arm64-full.dmg",
)
URL = "https://dl.example.org/r"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    folder.mkdir()
    sums = []
    for name in (*NAMES, "spark-desktop_0.1.0_amd64_full.deb", "spark-desktop.cdx.json"):
        (folder / name).write_bytes(name.encode())
        sums.append(f"{hashlib.sha256(name.encode()).hexdigest()}  {name}\n")
    (folder / "SHA256SUMS").write_text("".join(sums))
    return folder


def run(*arguments: object) -> int:
    return main([str(one) for one in arguments])


def make(dist: Path, feed: Path, *more: object) -> int:
    return run("make", dist, feed, "--url", URL, "--version", "0.2.0", *more)


def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a password cost as little as libsodium allows: the real numbers take half a second."""
    monkeypatch.setattr(release_key, "_OPERATIONS", 32768)
    monkeypatch.setattr(release_key, "_MEMORY", 1 << 20)


def read(feed: Path) -> Any:
    return json.loads(feed.read_bytes())


def test_a_feed_names_every_package_of_the_version(
    dist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    notes = tmp_path / "notes.txt"
    notes.write_text("Faster.")
    assert make(dist, tmp_path / "feed.json", "--notes", notes) == 0
    found = feed_of((tmp_path / "feed.json").read_bytes())
    assert found.issued == datetime.fromtimestamp(1800000000, UTC)
    assert (found.expires - found.issued).days == 90
    (only,) = found.releases
    assert (only.name, only.notes) == ("0.2.0", "Faster.")
    named = {(f.system, f.architecture, f.format, f.kind, f.url) for f in only.files}
    assert named == {
        ("linux", "x86_64", "deb", "full", f"{URL}/{NAMES[0]}"),
        ("linux", "x86_64", "run", "slim", f"{URL}/{NAMES[1]}"),
        ("linux", "x86_64", "tar", "full", f"{URL}/{NAMES[2]}"),
        ("windows", "x86_64", "exe", "full", f"{URL}/{NAMES[3]}"),
        ("macos", "arm64", "dmg", "full", f"{URL}/{NAMES[4]}"),
    }


def test_the_next_feed_keeps_the_releases_before_and_withdraws_one(
    dist: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    assert run("make", dist, first, "--url", URL, "--version", "0.1.0") == 0
    more = ("--previous", first, "--withdraw", "0.1.0=It crashed.")
    assert make(dist, second, *more) == 0
    found = read(second)
    assert (read(first)["sequence"], found["sequence"]) == (1, 2)
    assert [one["version"] for one in found["releases"]] == ["0.2.0", "0.1.0"]
    assert found["releases"][1]["withdrawn"] == "It crashed."


def test_a_key_signs_and_the_app_and_the_command_verify(
    dist: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secret, public, feed = (tmp_path / name for name in ("a.key", "a.pub", "feed.json"))
    cheap(monkeypatch)
    password = tmp_path / "password"
    password.write_text("correct horse\n")
    assert run("new-key", secret, public, "--password-file", password) == 0
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert make(dist, feed) == 0
    assert run("sign", feed, "--key", secret, "--password-file", password) == 0
    assert run("verify", feed, "--public", public, "--dist", dist) == 0
    assert "5 packages" in capsys.readouterr().out
    signature = signature_of(Path(f"{feed}.minisig").read_text())
    assert signature.number("sequence") == 1
    assert signature.number("expires") == int(feed_of(feed.read_bytes()).expires.timestamp())


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
def test_a_secret_key_is_its_owners_whatever_the_umask_and_replaces_none(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert run("new-key", tmp_path / "k", tmp_path / "p", "--no-password") == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "k").stat().st_mode) == 0o600
    kept = (tmp_path / "k").read_bytes()
    assert run("new-key", tmp_path / "k", tmp_path / "p", "--no-password") == 1
    assert (tmp_path / "k").read_bytes() == kept


@pytest.mark.parametrize("what", ["feed", "package", "sum", "missing"])
def test_what_is_not_right_is_refused_by_name(
    dist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    secret, public, feed = (tmp_path / name for name in ("a.key", "a.pub", "feed.json"))
    run("new-key", secret, public, "--no-password")
    make(dist, feed)
    run("sign", feed, "--key", secret)
    capsys.readouterr()
    if what == "feed":
        feed.write_bytes(feed.read_bytes().replace(b"0.2.0", b"0.3.0"))
        assert run("verify", feed, "--public", public) == 1
        told = "not what was signed"
    elif what == "package":
        (dist / NAMES[0]).write_bytes(b"another")
        assert run("verify", feed, "--public", public, "--dist", dist) == 1
        told = f"{NAMES[0]} is not the file that the feed names"
    elif what == "sum":
        (dist / NAMES[0]).write_bytes(b"another")
        assert make(dist, feed) == 1
        told = f"{NAMES[0]} is not the file that SHA256SUMS names"
    else:
        assert run("make", dist, feed, "--url", URL, "--version", "7.0") == 1
        told = "holds no package of version 7.0"
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--url", "http://dl.example.org"), "no https address"),
        (("--withdraw", "9.9=bad"), "no version 9.9 to withdraw"),
        (("--days", "0"), "expires before it is issued"),
    ],
)
def test_a_feed_that_the_app_would_refuse_is_not_written(
    dist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], told: str
) -> None:
    assert make(dist, tmp_path / "feed.json", *more) == 1
    assert told in capsys.readouterr().err
    assert not (tmp_path / "feed.json").exists()


def test_a_feed_of_another_channel_is_not_gone_on_with(
    dist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(dist, tmp_path / "1.json", "--channel", "preview")
    assert make(dist, tmp_path / "2.json", "--previous", tmp_path / "1.json") == 1
    assert "of the channel preview" in capsys.readouterr().err


def test_our_signature_is_byte_for_byte_that_of_minisign() -> None:
    signed, theirs = (DATA / "signed.txt").read_bytes(), (DATA / "prehashed.minisig").read_text()
    comment = "expires:1893456000\ttold to everybody"
    assert KEY.signature(signed, comment, "untrusted comment here") == theirs


def test_a_password_protects_a_key_and_no_text_shows_its_seed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cheap(monkeypatch)
    key = new_key()
    text = key.packed("correct horse").decode()
    assert secret_key_of(text, "correct horse") == key
    with pytest.raises(KeyFileError, match="password is not that of this key"):
        secret_key_of(text, "wrong")
    assert repr(key) == f"SecretKey({key.id[::-1].hex().upper()})"


@law
@given(some.binary(max_size=200), some.text(some.characters(exclude_characters="\n"), max_size=40))
def test_whatever_is_signed_is_verified(data: bytes, comment: str) -> None:
    try:
        text = KEY.signature(data, comment, "u")
    except UnicodeEncodeError:
        return
    assert check(data, signature_of(text), [PUBLIC], verify) is PUBLIC


@pytest.mark.parametrize("text", ["", "a\nb", "a\nRWQ=", "a\nb\nc"])
def test_what_is_no_secret_key_is_told(text: str) -> None:
    with pytest.raises(KeyFileError, match="no secret key"):
        secret_key_of(text)


def test_a_damaged_or_greedy_secret_key_is_told(tmp_path: Path) -> None:
    head, line = (DATA / "test.key").read_text().splitlines()
    broken = line[:100] + ("A" if line[100] != "A" else "B") + line[101:]
    with pytest.raises(KeyFileError, match="do not fit"):
        secret_key_of(f"{head}\n{broken}")
    raw = base64.b64decode(line)
    for kdf, numbers, told in (
        (b"Xx", bytes(16), "not known here"),
        (b"Sc", b"\xff" * 16, "more memory"),
    ):
        changed = raw[:2] + kdf + raw[4:38] + numbers + raw[54:]
        with pytest.raises(KeyFileError, match=told):
            secret_key_of(f"{head}\n{base64.b64encode(changed).decode()}")


def test_a_public_key_file_is_read_by_the_app(tmp_path: Path) -> None:
    run("new-key", tmp_path / "k", tmp_path / "p", "--no-password")
    key = secret_key_of((tmp_path / "k").read_text())
    assert public_key_of((tmp_path / "p").read_text()).public == key.public
