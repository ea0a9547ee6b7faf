"""Minisign's public keys and signatures: read strictly, and what has to hold for one to count.

The format: https://jedisct1.github.io/minisign/ (Ed25519; the file goes in as its BLAKE2b-512).
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from spark_desktop.domain.errors import SignatureError
from spark_desktop.domain.words import Said, say

# A public key (32 bytes), a message, a signature (64 bytes) in; whether it is one of that key.
Verify = Callable[[bytes, bytes, bytes], bool]

# What the first two bytes say: of a key, of a signature over a digest, of one over the file.
_KEY, _PREHASHED, _LEGACY = b"Ed", b"ED", b"Ed"
_ID, _PUBLIC, _SIGNATURE = 8, 32, 64
_UNTRUSTED, _TRUSTED = "untrusted comment: ", "trusted comment: "
# Characters; minisign itself takes 1,024 and 8,192.
_MOST_COMMENT = 8_192
_LINES = 4


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Whose signature counts; ``id`` are the eight bytes by which signatures name it."""

    id: bytes
    public: bytes
    name: str = ""

    @property
    def shown(self) -> str:
        """Return the id as minisign writes it, in hexadecimal digits."""
        return shown_id(self.id)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature file holds; ``comment`` is the trusted one, which ``over_all`` vouches for.

    ``over_all`` is over ``of_file`` and the comment.
    """

    key_id: bytes
    of_file: bytes
    comment: str
    over_all: bytes

    def number(self, name: str) -> int | None:
        """Return a number of the trusted comment, such as ``timestamp``; None where it has none."""
        for field in self.comment.split("\t"):
            key, colon, value = field.partition(":")
            if colon and key.strip() == name and value.strip().isdecimal():
                return int(value.strip()[:20])
        return None


def shown_id(key_id: bytes) -> str:
    """Return a key's id as minisign writes it: a little-endian number in hexadecimal digits."""
    return key_id[::-1].hex().upper()


def public_key_of(text: str, name: str = "") -> PublicKey:
    """Return the key that a line, or a file with a comment above it, holds. Raises SignatureError.

    ``name`` is told to the user.
    """
    lines = [line for line in text.strip().splitlines() if line.strip()]
    wrong = say("The release key {name} is no minisign key.", name=name or text.strip()[:60])
    raw = _decoded(lines[-1], wrong) if lines else b""
    if len(lines) > 2 or len(raw) != len(_KEY) + _ID + _PUBLIC or raw[:2] != _KEY:
        raise SignatureError(wrong, say("Put the second line of minisign.pub there."))
    return PublicKey(raw[2 : 2 + _ID], raw[2 + _ID :], name)


def signature_of(text: str) -> Signature:
    """Return what a signature file holds. Raises SignatureError; see ``check`` for what it proves.

    Signatures over the whole file, which minisign made before 0.6, are refused: to check one, the
    file would have to be held in memory before anything of it is known.
    """
    wrong = say("The signature of the release feed cannot be read.")
    lines = text.rstrip("\n").split("\n")
    if len(lines) != _LINES or not lines[0].startswith(_UNTRUSTED):
        raise SignatureError(wrong, _ask())
    if not lines[2].startswith(_TRUSTED) or max(map(len, lines)) > _MOST_COMMENT:
        raise SignatureError(wrong, _ask())
    raw, over_all = _decoded(lines[1], wrong), _decoded(lines[3], wrong)
    if len(raw) != len(_PREHASHED) + _ID + _SIGNATURE or len(over_all) != _SIGNATURE:
        raise SignatureError(wrong, _ask())
    if raw[:2] == _LEGACY:
        raise SignatureError(
            say("The release feed is signed in minisign's old form, which is not accepted."),
            say("Whoever runs the feed signs it with minisign 0.6 or newer."),
        )
    if raw[:2] != _PREHASHED:
        raise SignatureError(wrong, _ask())
    comment = lines[2].removeprefix(_TRUSTED)
    return Signature(raw[2 : 2 + _ID], raw[2 + _ID :], comment, over_all)


def check(
    data: bytes, signature: Signature, keys: Iterable[PublicKey], verify: Verify
) -> PublicKey:
    """Return the key whose holder signed ``data`` and the trusted comment.

    Raises SignatureError where none of ``keys`` did.
    """
    key = next((key for key in keys if key.id == signature.key_id), None)
    if key is None:
        raise SignatureError(
            say(
                "The release feed is signed with the key {key}, which is none of this build's.",
                key=shown_id(signature.key_id),
            ),
            say("Nothing of it is used. Look at the project's page for what happened."),
        )
    digest = hashlib.blake2b(data, digest_size=64).digest()
    if not verify(key.public, digest, signature.of_file):
        raise SignatureError(
            say("The release feed is not what was signed: somebody changed it, or its signature."),
            _nothing(),
        )
    whole = signature.of_file + signature.comment.encode()
    if not verify(key.public, whole, signature.over_all):
        raise SignatureError(
            say("The comment in the release feed's signature is not what was signed."), _nothing()
        )
    return key


def _decoded(line: str, wrong: Said) -> bytes:
    try:
        return base64.b64decode(line.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SignatureError(wrong, _ask()) from error


def _ask() -> Said:
    return say("Try again later; if it stays so, ask whoever runs the feed.")


def _nothing() -> Said:
    return say(
        "Nothing of it is used. Check again from another network; if it stays so, report it."
    )
