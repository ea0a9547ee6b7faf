"""Keys that sign release feeds, in minisign's own form: either program can use the other's.

A secret key is Ed25519's seed and public half, masked by scrypt of a password, or bare. The form:
https://jedisct1.github.io/minisign/#secret-key-format.
"""

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from spark_desktop.domain.minisign import shown_id

_ED25519, _PREHASHED, _BLAKE2B = b"Ed", b"ED", b"B2"
_SCRYPT, _BARE = b"Sc", b"\0\0"
_HEAD = len(_ED25519) + len(_SCRYPT) + len(_BLAKE2B)
_SALT, _ID, _SEED, _PUBLIC, _SUM = 32, 8, 32, 32, 32
_MASKED = _ID + _SEED + _PUBLIC + _SUM
# libsodium's operations and memory for N = 2^17, r = 8, p = 1: 128 MB and half a second.
_OPERATIONS, _MEMORY = 1 << 22, 1 << 27
# Minisign's own keys take a gigabyte.
_MOST_MEMORY = 1 << 30


class KeyFileError(Exception):
    """A key file cannot be read, or the password is not its."""


@dataclass(frozen=True, slots=True)
class SecretKey:
    """Signs; ``seed`` is in no ``repr`` and no message."""

    id: bytes
    _seed: bytes

    def __repr__(self) -> str:
        return f"SecretKey({shown_id(self.id)})"

    @property
    def public(self) -> bytes:
        """Return the public half, 32 bytes."""
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def public_line(self) -> str:
        """Return the line by which others know the key."""
        return _coded(_ED25519 + self.id + self.public)

    def signature(self, data: bytes, comment: str, untrusted: str) -> str:
        """Return the signature file over ``data`` and the trusted ``comment``."""
        if "\n" in comment + untrusted:
            raise ValueError("a comment is one line")
        of_file = self._key.sign(hashlib.blake2b(data, digest_size=64).digest())
        over_all = self._key.sign(of_file + comment.encode())
        return (
            f"untrusted comment: {untrusted}\n{_coded(_PREHASHED + self.id + of_file)}\n"
            f"trusted comment: {comment}\n{_coded(over_all)}\n"
        )

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._seed)

    def packed(self, password: str) -> bytes:
        """Return the secret key file; without a password anybody who reads it can sign."""
        inside = self.id + self._seed + self.public
        inside += hashlib.blake2b(_ED25519 + inside, digest_size=_SUM).digest()
        salt = secrets.token_bytes(_SALT) if password else bytes(_SALT)
        operations, memory = (_OPERATIONS, _MEMORY) if password else (0, 0)
        kdf = _SCRYPT if password else _BARE
        if password:
            inside = _masked(inside, password, salt, operations, memory)
        raw = _ED25519 + kdf + _BLAKE2B + salt
        raw += operations.to_bytes(8, "little") + memory.to_bytes(8, "little") + inside
        how = "encrypted" if password else "unencrypted"
        return f"untrusted comment: minisign {how} secret key\n{_coded(raw)}\n".encode()


def new_key() -> SecretKey:
    """Return a key that nobody else has."""
    return SecretKey(secrets.token_bytes(_ID), secrets.token_bytes(_SEED))


def needs_password(text: str) -> bool:
    """Return whether a secret key file asks for a password. Raises KeyFileError."""
    return _raw(text)[len(_ED25519) :][: len(_SCRYPT)] == _SCRYPT


def secret_key_of(text: str, password: str = "") -> SecretKey:
    """Return the key of a file. Raises KeyFileError, also for a wrong password."""
    raw = _raw(text)
    kdf, salt = raw[2:4], raw[_HEAD : _HEAD + _SALT]
    numbers, inside = raw[_HEAD + _SALT :][:16], raw[_HEAD + _SALT + 16 :]
    if kdf == _SCRYPT:
        operations = int.from_bytes(numbers[:8], "little")
        memory = int.from_bytes(numbers[8:], "little")
        inside = _masked(inside, password, salt, operations, memory)
        checked = hashlib.blake2b(_ED25519 + inside[:-_SUM], digest_size=_SUM).digest()
        if not secrets.compare_digest(checked, inside[-_SUM:]):
            raise KeyFileError("The password is not that of this key.")
    elif kdf != _BARE:
        raise KeyFileError("The secret key is protected in a way that is not known here.")
    key = SecretKey(inside[:_ID], inside[_ID : _ID + _SEED])
    if key.public != inside[_ID + _SEED : -_SUM]:
        raise KeyFileError("The secret key is damaged: its two halves do not fit.")
    return key


def write_secret(file: Path, data: bytes) -> None:
    """Write a secret key that only its owner can read. Raises FileExistsError, else OSError."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(file, flags, 0o600)
    try:
        # Whatever the umask says, and before there is anything to read.
        if hasattr(os, "fchmod"):
            os.fchmod(handle, 0o600)
        while data:
            data = data[os.write(handle, data) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def _raw(text: str) -> bytes:
    lines = text.strip().splitlines()
    try:
        raw = base64.b64decode(lines[-1], validate=True) if len(lines) == 2 else b""
    except binascii.Error:
        raw = b""
    if len(raw) != _HEAD + _SALT + 16 + _MASKED or raw[:2] != _ED25519 or raw[4:6] != _BLAKE2B:
        raise KeyFileError("This is no secret key of minisign.")
    return raw


def _masked(data: bytes, password: str, salt: bytes, operations: int, memory: int) -> bytes:
    """Mask ``data``, or take the mask off, by scrypt with what libsodium makes of the numbers."""
    n, p = _parameters(operations, memory)
    if memory > _MOST_MEMORY or n * p > _MOST_MEMORY // 512:
        raise KeyFileError("The secret key asks for more memory than any of minisign's.")
    most = 128 * 8 * (n + p + 2) + (1 << 20)
    mask = hashlib.scrypt(password.encode(), salt=salt, n=n, r=8, p=p, maxmem=most, dklen=len(data))
    return bytes(one ^ other for one, other in zip(data, mask, strict=True))


def _parameters(operations: int, memory: int) -> tuple[int, int]:
    """Return scrypt's N and p as libsodium's ``pickparams`` chooses them, for r = 8."""
    operations = max(operations, 32768)
    most = operations // 32 if operations < memory // 32 else memory // (8 * 128)
    log = next((log for log in range(1, 63) if 1 << log > most // 2), 63)
    if operations < memory // 32:
        return 1 << log, 1
    return 1 << log, max(1, min(operations // 4 >> log, 0x3FFFFFFF) // 8)


def _coded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
