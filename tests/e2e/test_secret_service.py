"""Keys in a real Secret Service (GNOME's), each test on a session bus of its own."""

from pathlib import Path

import pytest

from tests.e2e.secret_service import in_session, require_keyring

pytestmark = pytest.mark.e2e

# What each script begins with: it says how an operation ended, and never the key.
BEGIN = """
import asyncio, subprocess, sys
from spark_desktop.adapters.keyring_store import KeyringSecretStore
from spark_desktop.domain.errors import SecretStoreError
from spark_desktop.domain.secret import Secret
LONG = "".join(chr(33 + n % 90) for n in range(6000))
patience = float(sys.argv[1]) if len(sys.argv) > 1 else 60
ticks = iter(range(0, 10**9, 100))
# Each call is later than what was read is held.
store = KeyringSecretStore(patience=patience, now=lambda: next(ticks))
def did(call):
    try:
        return asyncio.run(call)
    except SecretStoreError as error:
        return f"{error.message} | {error.next_step}"
"""
ENTRIES = """
import secretstorage
def entries():
    bus = secretstorage.dbus_init()
    found = secretstorage.get_default_collection(bus).get_all_items()
    return sorted(item.get_attributes()["service"] for item in found)
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    require_keyring()
    return tmp_path / "home"


def test_keys_are_kept_read_replaced_and_forgotten(home: Path) -> None:
    told = in_session(
        home,
        BEGIN
        + ENTRIES
        + """
print(did(store.read("openai")))
did(store.keep("openai", Secret("sk-first")))
did(store.keep("vertex", Secret(LONG)))
print(did(store.read("openai")) == Secret("sk-first"), did(store.read("vertex")) == Secret(LONG))
print(len(entries()), entries()[0])
did(store.keep("openai", Secret(LONG[::-1])))
did(store.keep("vertex", Secret("short")))
print(did(store.read("openai")) == Secret(LONG[::-1]), did(store.read("vertex")) == Secret("short"))
print(len(entries()))
did(store.forget("openai")), did(store.forget("vertex")), did(store.forget("vertex"))
print(entries())
""",
    )
    assert told.splitlines() == [
        "None",
        "True True",
        "12 Spark Desktop/openai",
        "True True",
        "12",
        "[]",
    ]


def test_another_process_reads_the_key_and_so_does_the_next_session(home: Path) -> None:
    read = 'print(did(store.read("vertex")) == Secret(LONG))'
    keep = 'did(store.keep("vertex", Secret(LONG)))\n'
    other = f"print(subprocess.run([sys.executable, '-P', '-c', {BEGIN + read!r}]).returncode)"
    told = in_session(home, BEGIN + keep + other)
    assert told.splitlines() == ["True", "0"]
    assert in_session(home, BEGIN + read) == "True"
    # What lies on the disk is encrypted.
    written = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert written
    assert not any(b"0123456789:;<=>" in data for data in written)


def test_the_doctor_names_the_keyring(home: Path) -> None:
    script = (
        "from spark_desktop.adapters.surroundings_examinations import keyring_backend\n"
        "found = keyring_backend()\nprint(found.verdict.name, found.detail)"
    )
    assert in_session(home, script) == "OK SecretService Keyring, unlocked when it is needed"


def test_a_locked_keyring_that_nobody_unlocks_is_said_and_hangs_nothing(home: Path) -> None:
    told = in_session(
        home,
        BEGIN
        + """
import secretstorage
did(store.keep("openai", Secret("sk-locked-away")))
secretstorage.get_default_collection(secretstorage.dbus_init()).lock()
print(did(store.read("openai")))
""",
        "3",
    )
    assert "is locked" in told or "did not answer within 3 s" in told
    assert "this session only" in told
    assert "sk-locked" not in told


def test_without_any_keyring_the_reasons_and_the_ways_on_are_named(home: Path) -> None:
    script = BEGIN + 'print(did(store.keep("openai", Secret("sk-nowhere"))))'
    told = in_session(home, script, keyring=False)
    assert told.startswith("No keyring can be used. Looked for: SecretService Keyring: ")
    assert "kwallet" in told
    assert "use the key for this session only, or name an environment variable" in told
    # Never a plain file.
    written = [path for path in home.rglob("*") if path.is_file() and path.name != "bus.conf"]
    assert not [path for path in written if b"sk-nowhere" in path.read_bytes()]


def test_a_keyring_that_ends_in_mid_session_is_said(home: Path) -> None:
    told = in_session(
        home,
        BEGIN
        + """
import os, secretstorage
from jeepney import DBusAddress, new_method_call
did(store.keep("openai", Secret("sk-first")))
bus = secretstorage.dbus_init()
dbus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
ask = new_method_call(dbus, "GetConnectionUnixProcessID", "s", ("org.freedesktop.secrets",))
os.kill(bus.send_and_get_reply(ask).body[0], 15)
while secretstorage.check_service_availability(bus):
    pass
print(did(store.read("openai")))
print(did(store.read("openai")))
""",
    )
    first, second = told.splitlines()
    assert "The keyring (SecretService Keyring)" in first
    assert second.startswith("No keyring can be used.")
