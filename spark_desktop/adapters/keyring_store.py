"""The keys of the endpoints in the operating system's keyring; a SecretStore."""

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from spark_desktop.adapters.keyring_choice import Ring, name_of, short, usable_keyring
from spark_desktop.adapters.patient_thread import PatientThread
from spark_desktop.adapters.redaction import REDACTION
from spark_desktop.domain.errors import SecretStoreError
from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.words import Said, say

T = TypeVar("T")

# Windows keeps 2,560 bytes an entry (wincred.h, CRED_MAX_CREDENTIAL_BLOB_SIZE), which are 1,280
# UTF-16 units; a character is at most two of them.
_PART = 600
# More parts than a service account's key (2,400 characters) needs by far.
_MOST_PARTS = 64
# What the head entry of a key in parts begins with; a key that begins so goes into parts itself.
_MARK = "spark-parts "
_HEAD = regex(rf"{_MARK}([ab]) (\d{{1,2}}) ([0-9a-f]{{16}})")
_LOCKED = frozenset({"KeyringLocked", "LockedException", "PromptDismissedException"})
# The user may be asked for a password first, and may have to look it up.
PATIENCE_S = 120.0
# Asking takes 25 ms (GNOME's keyring), which would be added to every first token. So long another
# program's change is not seen, and a key that is missing is not looked for again.
HELD_S = 60.0


@dataclass(frozen=True, slots=True)
class _Head:
    """What the head entry says of a key in parts: "spark-parts a 4 1f2e…"."""

    generation: str
    count: int
    digest: str

    def __str__(self) -> str:
        return f"{_MARK}{self.generation} {self.count} {self.digest}"


class KeyringSecretStore:
    """One entry an endpoint; a key that is too long for one goes into numbered parts.

    The head entry is written last and names its generation of parts, so that a crash leaves the
    old key or the new one. Calls run one after the other in an OS thread of their own, each for at
    most ``patience`` seconds. ``choose`` gives the keyring; it is asked until it has one.
    """

    def __init__(
        self,
        service: str = "Spark Desktop",
        patience: float = PATIENCE_S,
        choose: Callable[[], Ring] = usable_keyring,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._patience = patience
        self._choose = choose
        self._ring: Ring | None = None
        self._now = now
        self._held: dict[str, tuple[float, Secret | None]] = {}
        self._thread = PatientThread("keyring")

    async def name(self) -> str:
        """Return what the keyring calls itself. Raises SecretStoreError where there is none."""
        return await self._call(name_of)

    async def read(self, endpoint_id: str) -> Secret | None:
        """Return the key of an endpoint as it was within the last minute, None where none is kept.

        Raises SecretStoreError.
        """
        read, held = self._held.get(endpoint_id, (float("-inf"), None))
        if self._now() - read < HELD_S:
            return held
        text = await self._call(lambda ring: self._read(ring, endpoint_id))
        key = Secret(text) if text else None
        if key is not None:
            REDACTION.learn(key)
        self._held[endpoint_id] = (self._now(), key)
        return key

    async def keep(self, endpoint_id: str, key: Secret) -> None:
        """Keep a key instead of the one before.

        Raises SecretStoreError; the one before is then still there, save where the keyring does not
        answer in time: it may do what it was asked later.
        """
        if not key:
            raise SecretStoreError(say("The key is empty."), say("Paste it again."))
        REDACTION.learn(key)
        await self._change(endpoint_id, lambda ring: self._keep(ring, endpoint_id, key.reveal()))

    async def forget(self, endpoint_id: str) -> None:
        """Remove a key; one that is not there is no error. Raises SecretStoreError."""
        await self._change(endpoint_id, lambda ring: self._forget(ring, endpoint_id))

    async def _change(self, endpoint_id: str, job: Callable[[Ring], None]) -> None:
        self._held.pop(endpoint_id, None)
        try:
            await self._call(job)
        finally:
            # What was read just before, and came meanwhile, is the old one.
            self._held.pop(endpoint_id, None)

    async def _call(self, job: Callable[[Ring], T]) -> T:
        def work() -> T:
            if self._ring is None:
                self._ring = self._choose()
            try:
                return job(self._ring)
            except SecretStoreError:
                raise
            except Exception as error:
                failed = _failure(self._ring, error)
                # The service may have gone: it is looked for anew.
                self._ring = None
                raise failed from error

        try:
            return await self._thread.call(work, self._patience)
        except TimeoutError as error:
            raise SecretStoreError(
                say("The keyring did not answer within {seconds:.0f} s.", seconds=self._patience),
                say("Look for its window that asks for a password. {instead}", instead=_instead()),
            ) from error

    def _read(self, ring: Ring, endpoint_id: str) -> str | None:
        # Anew once: another process may replace the key while its parts are read.
        for _ in range(2):
            kept = self._get(ring, endpoint_id)
            head = _head_of(kept)
            if head is None:
                return kept
            parts = [self._get(ring, _part(endpoint_id, head, n)) for n in range(head.count)]
            text = "".join(part or "" for part in parts)
            if _digest(text) == head.digest:
                return text
        raise SecretStoreError(
            say("The key in the keyring is incomplete."),
            say("Enter it again in the settings, under Endpoints."),
        )

    def _keep(self, ring: Ring, endpoint_id: str, text: str) -> None:
        before = _head_of(self._get(ring, endpoint_id))
        if len(text) <= _PART and not text.startswith(_MARK):
            self._set(ring, endpoint_id, text)
        else:
            self._keep_parts(ring, endpoint_id, text, before)
        if self._read(ring, endpoint_id) != text:
            raise SecretStoreError(
                say("{name} did not keep the key.", name=name_of(ring)), _instead()
            )
        now = _head_of(self._get(ring, endpoint_id))
        # What stays behind is the parts of an old key, which nothing reads.
        with suppress(Exception):
            self._clear(ring, endpoint_id, *({"a", "b"} - {now.generation if now else ""}))

    def _keep_parts(self, ring: Ring, endpoint_id: str, text: str, before: _Head | None) -> None:
        pieces = [text[begin : begin + _PART] for begin in range(0, len(text), _PART)]
        if len(pieces) > _MOST_PARTS:
            raise SecretStoreError(
                say("The key is too long: {count} characters.", count=len(text)),
                say("Copy the key alone."),
            )
        generation = "b" if before is not None and before.generation == "a" else "a"
        head = _Head(generation, len(pieces), _digest(text))
        try:
            self._clear(ring, endpoint_id, generation)
            for number, piece in enumerate(pieces):
                self._set(ring, _part(endpoint_id, head, number), piece)
        except Exception:
            with suppress(Exception):
                self._clear(ring, endpoint_id, generation)
            raise
        # Were it to fail here, nobody could say which head is kept: the parts stay for either.
        self._set(ring, endpoint_id, str(head))

    def _forget(self, ring: Ring, endpoint_id: str) -> None:
        # The head first: without it the parts mean nothing.
        if self._get(ring, endpoint_id) is not None:
            self._delete(ring, endpoint_id)
        self._clear(ring, endpoint_id, "a", "b")

    def _clear(self, ring: Ring, endpoint_id: str, *generations: str) -> None:
        for generation in generations:
            head = _Head(generation, 0, "")
            names = [_part(endpoint_id, head, number) for number in range(_MOST_PARTS)]
            count = next(
                (n for n, name in enumerate(names) if self._get(ring, name) is None), len(names)
            )
            # From the last on, so that what a crash leaves is found from the first on.
            for name in reversed(names[:count]):
                self._delete(ring, name)

    # Each entry is a service of its own: Windows keeps one user a service, and would move them.

    def _get(self, ring: Ring, name: str) -> str | None:
        return ring.get_password(f"{self._service}/{name}", name)

    def _set(self, ring: Ring, name: str, text: str) -> None:
        ring.set_password(f"{self._service}/{name}", name, text)

    def _delete(self, ring: Ring, name: str) -> None:
        ring.delete_password(f"{self._service}/{name}", name)


def _part(endpoint_id: str, head: _Head, number: int) -> str:
    return f"{endpoint_id}#{head.generation}{number}"


def _head_of(kept: str | None) -> _Head | None:
    if kept is None or not kept.startswith(_MARK):
        return None
    match = _HEAD.fullmatch(kept)
    # One that cannot be read has no parts, so that reading the key says that it is incomplete.
    return _Head(match[1], int(match[2]), match[3]) if match else _Head("a", 0, "")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _failure(ring: Ring, error: Exception) -> SecretStoreError:
    reason = short(error)
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & _LOCKED:
        return SecretStoreError(
            say("The keyring ({name}) is locked, and was not unlocked.", name=name_of(ring)),
            say("Unlock it, then try again. {instead}", instead=_instead()),
        )
    if isinstance(error, OSError) or kinds & {"InitError", "SecretServiceNotAvailableException"}:
        return SecretStoreError(
            say(
                "The keyring ({name}) is no longer there: {reason}.",
                name=name_of(ring),
                reason=reason,
            ),
            say("Start your desktop's keyring again. {instead}", instead=_instead()),
        )
    return SecretStoreError(
        say("The keyring ({name}) failed: {reason}.", name=name_of(ring), reason=reason),
        _instead(),
    )


def _instead() -> Said:
    return say(
        "You can use the key for this session only, or name an environment variable that holds it."
    )
