"""Signatures that minisign 0.11 made itself (tests/data/updates) count; nothing else does."""

from pathlib import Path

import pytest
from spark_dist.release_key import new_key

from spark_desktop.adapters.ed25519 import verify
from spark_desktop.domain.errors import SignatureError
from spark_desktop.domain.minisign import PublicKey, check, public_key_of, signature_of

DATA = Path(__file__).parents[1] / "data" / "updates"
SIGNED = (DATA / "signed.txt").read_bytes()
PREHASHED = (DATA / "prehashed.minisig").read_text()
KEY = public_key_of((DATA / "test.pub").read_text(), "tests")
OTHER = public_key_of((DATA / "other.pub").read_text())


def test_a_signature_of_minisign_itself_counts_and_names_its_key() -> None:
    found = signature_of(PREHASHED)
    assert check(SIGNED, found, [OTHER, KEY], verify) is KEY
    assert found.comment == "expires:1893456000\ttold to everybody"
    assert found.number("expires") == 1893456000
    assert found.number("timestamp") is None
    assert KEY.shown == "9D329B73BEC04489"


def test_a_second_key_counts_as_well() -> None:
    found = signature_of((DATA / "other.minisig").read_text())
    assert check(SIGNED, found, [KEY, OTHER], verify) is OTHER


def test_a_key_that_is_none_of_the_builds_is_refused_by_its_id() -> None:
    with pytest.raises(SignatureError, match="AAF2D4A5ACE2CA2E, which is none of this build's"):
        check(SIGNED, signature_of((DATA / "other.minisig").read_text()), [KEY], verify)


def test_another_key_with_the_same_id_is_refused() -> None:
    thief = PublicKey(KEY.id, OTHER.public)
    with pytest.raises(SignatureError, match="not what was signed"):
        check(SIGNED, signature_of(PREHASHED), [thief], verify)


def test_changed_bytes_are_refused() -> None:
    with pytest.raises(SignatureError, match="somebody changed it") as caught:
        check(SIGNED + b" ", signature_of(PREHASHED), [KEY], verify)
    assert "Nothing of it is used" in caught.value.next_step


def test_a_changed_signature_is_refused() -> None:
    lines = PREHASHED.split("\n")
    lines[1] = lines[1][:40] + ("A" if lines[1][40] != "A" else "B") + lines[1][41:]
    with pytest.raises(SignatureError, match="somebody changed it"):
        check(SIGNED, signature_of("\n".join(lines)), [KEY], verify)


def test_a_changed_trusted_comment_is_refused() -> None:
    changed = PREHASHED.replace("expires:18", "expires:28")
    with pytest.raises(SignatureError, match=r"comment .* is not what was signed"):
        check(SIGNED, signature_of(changed), [KEY], verify)


def test_the_untrusted_comment_is_nobodys_business() -> None:
    changed = PREHASHED.replace("untrusted comment here", "anything")
    assert check(SIGNED, signature_of(changed), [KEY], verify) is KEY


def test_minisigns_old_form_is_refused_although_it_is_right() -> None:
    with pytest.raises(SignatureError, match="old form"):
        signature_of((DATA / "legacy.minisig").read_text())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "untrusted comment: x",
        PREHASHED.replace("untrusted comment: ", ""),
        PREHASHED.replace("trusted comment: expires", "comment: expires"),
        PREHASHED.replace("RUSJ", "!!!!"),
        PREHASHED.replace("RUSJ", "AASJ"),
        PREHASHED.replace("RUSJRMC+", ""),
        PREHASHED + "one more\n",
        PREHASHED.replace("told", "x" * 9000),
    ],
)
def test_what_is_no_signature_file_is_told(text: str) -> None:
    with pytest.raises(SignatureError, match="cannot be read"):
        signature_of(text)


@pytest.mark.parametrize(
    "text", ["", "RWQ", "no key at all", "a\nb\nc", f"RUS{'A' * 53}", f"RWS{'A' * 40}"]
)
def test_what_is_no_public_key_is_named(text: str) -> None:
    with pytest.raises(SignatureError, match="The release key of 2027 is no minisign key"):
        public_key_of(text, "of 2027")


def test_the_key_is_also_read_from_its_line_alone() -> None:
    key = new_key()
    assert public_key_of(key.public_line).public == key.public
