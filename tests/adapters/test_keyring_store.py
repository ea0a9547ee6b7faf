"""Keys in a keyring: whole and in parts, through crashes, refusals and silence."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from spark_desktop.adapters.keyring_choice import Ring, name_of, usable_keyring
from spark_desktop.adapters.keyring_store import HELD_S, KeyringSecretStore
from spark_desktop.domain.errors import SecretStoreError
from spark_desktop.domain.secret import Secret

LONG = "".join(chr(33 + n % 90) for n in range(6_000))
OTHER = LONG[::-1]


class MemoryRing:
    """A keyring in memory; ``fails`` decides, by operation and entry, what is raised."""

    name = "Memory Ring"

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}
        self.writes = 0
        self.fails: Callable[[str, str], Exception | None] = lambda _what, _name: None

    def get_password(self, service: str, username: str) -> str | None:
        self._may_fail("get", username)
        assert service == f"Spark Desktop/{username}"
        return self.entries.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._may_fail("set", username)
        # The limit of Windows, in bytes of UTF-16.
        assert len(password.encode("utf-16-le")) <= 2560
        self.entries[username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._may_fail("delete", username)
        del self.entries[username]

    def _may_fail(self, what: str, name: str) -> None:
        error = self.fails(what, name)
        if error is not None:
            raise error


def store_of(ring: Ring, patience: float = 20.0) -> KeyringSecretStore:
    return KeyringSecretStore(patience=patience, choose=lambda: ring)


async def read(ring: Ring, name: str = "one") -> str | None:
    found = await store_of(ring).read(name)
    return found.reveal() if found else None


async def test_a_keyring_tells_its_name() -> None:
    assert await store_of(MemoryRing()).name() == name_of(MemoryRing())


async def test_a_key_is_kept_read_replaced_and_forgotten_as_one_entry() -> None:
    ring = MemoryRing()
    store = store_of(ring)
    assert await store.read("one") is None
    await store.keep("one", Secret("sk-first"))
    assert ring.entries == {"one": "sk-first"}
    await store.keep("one", Secret("sk-second"))
    assert await store.read("one") == Secret("sk-second")
    await store.forget("one")
    await store.forget("one")
    assert ring.entries == {}


@pytest.mark.parametrize("text", [LONG, "ключ🔑" * 500, "spark-parts a 1 0", "x" * 601])
async def test_a_key_beyond_windows_limit_goes_into_parts(text: str) -> None:
    ring = MemoryRing()
    store = store_of(ring)
    await store.keep("one", Secret(text))
    assert await read(ring) == text
    assert len(ring.entries) > 1
    await store.forget("one")
    assert ring.entries == {}


@pytest.mark.parametrize("texts", [(LONG, OTHER), (LONG, "short"), ("short", LONG, OTHER, LONG)])
async def test_replacing_leaves_no_part_of_an_old_key(texts: tuple[str, ...]) -> None:
    ring, fresh = MemoryRing(), MemoryRing()
    for text in texts:
        await store_of(ring).keep("one", Secret(text))
    await store_of(fresh).keep("one", Secret(texts[-1]))
    assert await read(ring) == texts[-1]
    assert len(ring.entries) == len(fresh.entries)


async def test_the_keyring_is_asked_once_a_minute_and_at_once_after_a_change() -> None:
    ring, now = MemoryRing(), [5.0]
    ring.entries["one"] = "first"
    store = KeyringSecretStore(choose=lambda: ring, now=lambda: now[0])
    assert await store.read("one") == Secret("first")
    assert await store.read("two") is None
    ring.entries |= {"one": "second", "two": "other"}
    now[0] += HELD_S - 1
    assert await store.read("one") == Secret("first")
    assert await store.read("two") is None
    now[0] += 1
    assert await store.read("one") == Secret("second")
    await store.keep("one", Secret("third"))
    assert await store.read("one") == Secret("third")
    await store.forget("one")
    assert await store.read("one") is None


async def test_a_key_that_was_being_read_when_it_was_replaced_is_not_remembered() -> None:
    ring, reading, go = MemoryRing(), threading.Event(), threading.Event()
    ring.entries["one"] = "first"

    def wait(what: str, _name: str) -> None:
        if what == "get" and not go.is_set():
            reading.set()
            go.wait(20)

    ring.fails = wait
    store = store_of(ring)
    before = asyncio.create_task(store.read("one"))
    await asyncio.to_thread(reading.wait, 20)
    keeping = asyncio.create_task(store.keep("one", Secret("second")))
    await asyncio.sleep(0)
    go.set()
    assert await before == Secret("first")
    await keeping
    assert await store.read("one") == Secret("second")


class _Crash(BaseException):
    """The process ends here: nothing of ours runs any more."""


@pytest.mark.parametrize("before", [LONG, "short"])
@pytest.mark.parametrize("after", [OTHER, "another"])
async def test_a_crash_at_any_step_leaves_the_old_key_or_the_new_one(
    before: str, after: str
) -> None:
    step, ended = 0, False
    while not ended:
        ring = MemoryRing()
        await store_of(ring).keep("one", Secret(before))
        left = step

        def crash(what: str, _name: str) -> Exception | None:
            nonlocal left
            if what == "get":
                return None
            left -= 1
            if left < 0:
                raise _Crash
            return None

        ring.fails = crash
        try:
            await store_of(ring).keep("one", Secret(after))
            ended = True
        except _Crash:
            pass
        ring.fails = lambda _what, _name: None
        assert await read(ring) in (before, after)
        # And the next one tidies up what the crash left.
        await store_of(ring).keep("one", Secret(LONG))
        assert await read(ring) == LONG
        assert len(ring.entries) == 11
        step += 1
    assert step > 1


@pytest.mark.parametrize("broken", ["one#a3", "one#b3"])
async def test_a_write_that_fails_leaves_the_key_before(broken: str) -> None:
    ring = MemoryRing()
    if broken == "one#b3":
        await store_of(ring).keep("one", Secret(LONG))
    kept = dict(ring.entries)
    ring.fails = lambda what, name: OSError("disk") if (what, name) == ("set", broken) else None
    with pytest.raises(SecretStoreError, match=r"Memory Ring.*disk"):
        await store_of(ring).keep("one", Secret(OTHER))
    assert ring.entries == kept


async def test_a_key_with_a_part_missing_is_said_to_be_incomplete() -> None:
    ring = MemoryRing()
    await store_of(ring).keep("one", Secret(LONG))
    del ring.entries["one#a4"]
    with pytest.raises(SecretStoreError, match="incomplete"):
        await read(ring)
    ring.entries["one"] = "spark-parts of something else"
    with pytest.raises(SecretStoreError, match="incomplete"):
        await read(ring)
    await store_of(ring).keep("one", Secret("new"))
    assert await read(ring) == "new"


async def test_a_keyring_that_keeps_nothing_is_found_out() -> None:
    class Forgetful(MemoryRing):
        def set_password(self, service: str, username: str, password: str) -> None:
            pass

    with pytest.raises(SecretStoreError, match="did not keep the key"):
        await store_of(Forgetful()).keep("one", Secret("key"))


@pytest.mark.parametrize("text", ["", "x" * 50_000])
async def test_what_is_no_key_is_refused_with_nothing_written(text: str) -> None:
    ring = MemoryRing()
    with pytest.raises(SecretStoreError, match=r"empty|too long"):
        await store_of(ring).keep("one", Secret(text))
    assert ring.entries == {}


KeyringLocked = type("KeyringLocked", (Exception,), {})
InitError = type("InitError", (Exception,), {})


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (KeyringLocked("dismissed"), "is locked"),
        (InitError("no collection"), "no longer there"),
        (ConnectionResetError("bus"), "no longer there"),
        (RuntimeError("odd"), "failed: RuntimeError: odd"),
    ],
)
async def test_each_failure_has_its_own_words_and_a_way_on(error: Exception, said: str) -> None:
    ring = MemoryRing()
    ring.fails = lambda _what, _name: error
    with pytest.raises(SecretStoreError, match=said) as raised:
        await store_of(ring).read("one")
    assert "this session only" in raised.value.next_step


async def test_an_error_that_repeats_the_key_is_told_without_it() -> None:
    ring = MemoryRing()
    ring.fails = lambda what, _name: RuntimeError("bad sk-echoed-9") if what == "set" else None
    with pytest.raises(SecretStoreError) as raised:
        await store_of(ring).keep("one", Secret("sk-echoed-9"))
    assert "echoed" not in str(raised.value)


async def test_a_keyring_that_went_is_looked_for_again() -> None:
    rings = [MemoryRing(), MemoryRing()]
    rings[0].fails = lambda _what, _name: ConnectionError("gone")
    rings[1].entries["one"] = "key"
    store = KeyringSecretStore(choose=lambda: rings.pop(0))
    with pytest.raises(SecretStoreError):
        await store.read("one")
    assert await store.read("one") == Secret("key")


async def test_a_keyring_without_an_answer_hangs_nobody_and_is_asked_again() -> None:
    ring, answers = MemoryRing(), threading.Event()
    ring.entries["one"] = "key"
    asked = threading.Event()

    def waits(_what: str, _name: str) -> None:
        asked.set()
        answers.wait()

    ring.fails = waits
    store = store_of(ring, patience=0.05)
    with pytest.raises(SecretStoreError, match="did not answer"):
        await store.read("one")
    assert asked.is_set()
    # One that waits behind it is given up before it began.
    with pytest.raises(SecretStoreError, match="did not answer"):
        await store.keep("one", Secret("late"))
    answers.set()
    patient = store_of(ring)
    patient._thread = store._thread
    assert await patient.read("one") == Secret("key")


# Which keyring.


class Judged(type):
    """A class of a backend with the priority that it was given, or the reason against it."""

    judged: float | str

    @property
    def priority(cls) -> float:
        if isinstance(cls.judged, str):
            raise RuntimeError(cls.judged)
        return cls.judged


def kind(module: str, judged: float | str, base: type = MemoryRing) -> type:
    return Judged("Keyring", (base,), {"__module__": module, "name": module, "judged": judged})


SECRET_SERVICE = "keyring.backends.SecretService"


def test_the_recommended_keyring_is_chosen_and_never_a_chain_with_a_file_in_it() -> None:
    plain = kind("keyrings.alt.file", 9.0)
    kinds = [
        kind("keyring.backends.chainer", 10.0),
        plain,
        kind("keyring.backends.kwallet", 4.9),
        kind(SECRET_SERVICE, 5.0),
    ]
    assert type(usable_keyring(lambda: None, lambda: kinds)).__module__ == SECRET_SERVICE
    chain = kinds[0]()
    chain.backends = [plain(), kinds[2]()]
    found = usable_keyring(lambda: chain, lambda: ())
    assert type(found).__module__ == "keyring.backends.kwallet"


def test_each_that_is_of_no_use_is_named_with_its_reason() -> None:
    crypt = kind("keyrings.cryptfile.cryptfile", 2.5)
    heir = kind("my.own", 5.0, base=kind("keyrings.alt.file_base", 1.0))
    kinds = [
        *(crypt, heir, kind("keyring.backends.fail", 0), kind("keyring.backends.null", -1)),
        kind(SECRET_SERVICE, "The Secret Service daemon is not running"),
        kind("keyring.backends.kwallet", 0.5),
    ]
    with pytest.raises(SecretStoreError) as raised:
        usable_keyring(lambda: None, lambda: kinds)
    assert raised.value.message == (
        "No keyring can be used. Looked for: "
        "keyring.backends.SecretService: The Secret Service daemon is not running; "
        "keyring.backends.kwallet: its makers do not recommend it; "
        "keyrings.cryptfile.cryptfile: it keeps keys in a file; "
        "my.own: it keeps keys in a file."
    )
    assert "this session only" in raised.value.next_step
    assert "environment variable" in raised.value.next_step


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        ("keyring.backends.null", "it keeps nothing"),
        ("keyring.backends.fail", "it keeps nothing"),
        ("keyrings.alt.file", "it keeps keys in a file"),
    ],
)
def test_a_configured_keyring_that_is_none_is_refused_and_no_other_taken(
    module: str, reason: str
) -> None:
    good = kind(SECRET_SERVICE, 5.0)
    with pytest.raises(SecretStoreError, match=reason):
        usable_keyring(kind(module, 1.0), lambda: [good])


def test_settings_of_the_library_that_name_nothing_real_are_said() -> None:
    def broken() -> object:
        raise ModuleNotFoundError("No module named 'gone'")

    with pytest.raises(SecretStoreError, match=r"keyring's own settings: .*'gone'"):
        usable_keyring(broken, lambda: ())
    good = kind(SECRET_SERVICE, 5.0)
    assert isinstance(usable_keyring(broken, lambda: [good]), good)


def test_the_librarys_own_backends_are_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(SecretStoreError, match=r"SecretService Keyring: .*; kwallet"):
        usable_keyring(lambda: None)
