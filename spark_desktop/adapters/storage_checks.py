"""What the self-test tries of what keeps things: the database, the keyring."""

import secrets
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from spark_desktop.adapters.database import Database
from spark_desktop.adapters.keyring_choice import Ring, name_of, usable_keyring
from spark_desktop.adapters.keyring_store import KeyringSecretStore
from spark_desktop.adapters.system_clock import SystemClock
from spark_desktop.adapters.thread_library import SqliteThreadLibrary
from spark_desktop.adapters.thread_store import SqliteThreadStore
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.errors import SecretStoreError, StoreError
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.self_test import Outcome, Seen
from spark_desktop.domain.words import say

_QUESTION, _ANSWER, _SOUGHT = "Where does a kingfisher nest?", "In the bank of a river.", "river"
_SERVICE = "Spark Desktop self-test"
_PATIENCE_S = 20.0
_SECRET_SERVICE = "keyring.backends.SecretService"


async def database_works(folder: Path) -> Seen:
    """Write a thread, read it after opening the file anew, and find it. Raises StoreError."""
    path, clock = folder / "self-test.db", SystemClock()
    turn = Turn(uuid.uuid4().hex, _QUESTION, _ANSWER, TurnState.DONE, clock.now())
    database = Database(path)
    try:
        await database.open()
        store = SqliteThreadStore(database, folder, clock)
        thread = await store.create("")
        await store.save_turn(thread.id, turn)
    finally:
        await database.close()
    database = Database(path)
    try:
        kept = await SqliteThreadStore(database, folder, clock).thread(thread.id)
        hits = await SqliteThreadLibrary(database, folder, clock).search(_SOUGHT, 5)
        sound, journal = await database.run(_soundness)
    finally:
        await database.close()
    if [(one.question, one.answer) for one in kept.turns] != [(_QUESTION, _ANSWER)]:
        raise StoreError(say("What was written to the database is not what was read."))
    if sound != "ok":
        raise StoreError(say("The new database is not sound: {told}", told=sound))
    if [hit.thread.id for hit in hits] != [thread.id]:
        raise StoreError(say("The full-text index does not find what was written."))
    text = say(
        "SQLite {version}, journal {journal}: written, read, found by full text, integrity ok",
        version=sqlite3.sqlite_version,
        journal=journal,
    )
    return Seen(Outcome.OK, text)


def _soundness(connection: sqlite3.Connection) -> tuple[str, str]:
    """Return what SQLite says of the whole file, and of its journal."""
    sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    return str(sound), str(connection.execute("PRAGMA journal_mode").fetchone()[0])


async def keyring_works(
    choose: Callable[[], Ring] = usable_keyring,
    locked: Callable[[Ring], bool] | None = None,
    patience: float = _PATIENCE_S,
) -> Seen:
    """Keep a secret that nobody needs, read it, and remove it; nobody is asked for a password.

    Where there is no keyring, or a locked one, that is a note: keys last for the session then.
    Raises SecretStoreError where the one that there is does not keep it.
    """
    store = KeyringSecretStore(_SERVICE, patience, lambda: _unlocked(choose(), locked or is_locked))
    try:
        name = await store.name()
    except SecretStoreError as error:
        text = say("keys last for the session: {reason}", reason=error.message)
        return Seen(Outcome.NOTE, text, error.next_step)
    entry, secret = f"self-test-{uuid.uuid4().hex}", Secret(secrets.token_hex(16))
    try:
        await store.keep(entry, secret)
        found = await store.read(entry)
    finally:
        await store.forget(entry)
    if found is None or found.reveal() != secret.reveal():
        raise SecretStoreError(
            say("{name} gave another key than it was given.", name=name),
            say("Use your keys for this session only, or from an environment variable."),
        )
    if await store.read(entry) is not None:
        raise SecretStoreError(
            say("{name} did not remove the key of the self-test.", name=name),
            say("Remove the entry '{service}' by hand.", service=_SERVICE),
        )
    return Seen(Outcome.OK, say("{name}: kept, read and removed a secret", name=name))


def _unlocked(ring: Ring, locked: Callable[[Ring], bool]) -> Ring:
    if locked(ring):
        raise SecretStoreError(
            say("the keyring ({name}) is locked", name=name_of(ring)),
            say("Unlock it and run the self-test again, if you want it tried."),
        )
    return ring


def is_locked(ring: Ring) -> bool:
    """Return whether the keyring would ask for a password first, as far as it tells.

    Only the Secret Service does; one without a collection of its own would ask to make one.
    """
    if type(ring).__module__ != _SECRET_SERVICE:
        return False
    from secretstorage import Collection, dbus_init
    from secretstorage.exceptions import ItemNotFoundException

    with closing(dbus_init()) as connection:
        try:
            return bool(Collection(connection).is_locked())
        except ItemNotFoundException:
            return True
