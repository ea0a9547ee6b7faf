"""What the self-test tries of the database and the keyring."""

from pathlib import Path

import pytest

from spark_desktop.adapters.storage_checks import database_works, is_locked, keyring_works
from spark_desktop.domain.errors import SecretStoreError, StoreError
from spark_desktop.domain.self_test import Outcome


class FakeRing:
    """Keeps texts; ``forgets``, ``lies`` and ``clings`` are ways to fail."""

    name = "a ring of the test"

    def __init__(self, way: str = "") -> None:
        self.way = way
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        found = self.kept.get((service, username))
        return None if self.way == "forgets" else found

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.way == "raises":
            raise OSError("it broke")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.way != "clings":
            del self.kept[service, username]


async def test_a_database_is_written_read_and_searched(tmp_path: Path) -> None:
    seen = await database_works(tmp_path)
    assert seen.outcome is Outcome.OK
    assert "journal wal" in seen.text


async def test_a_folder_that_takes_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"self-test\.db"):
        await database_works(tmp_path / "file")


async def test_a_secret_goes_through_the_keyring_and_none_stays() -> None:
    ring = FakeRing()
    seen = await keyring_works(lambda: ring)
    assert (seen.outcome, seen.text) == (
        Outcome.OK,
        "a ring of the test: kept, read and removed a secret",
    )
    assert ring.kept == {}


async def test_without_a_keyring_there_is_a_note_with_the_reason() -> None:
    def none() -> FakeRing:
        raise SecretStoreError("No keyring can be used.", "Start one.")

    seen = await keyring_works(none)
    assert seen.outcome is Outcome.NOTE
    assert seen.text == "keys last for the session: No keyring can be used."
    assert seen.next_step == "Start one."


async def test_nobody_is_asked_for_the_password_of_a_locked_one() -> None:
    ring = FakeRing("raises")
    seen = await keyring_works(lambda: ring, lambda _ring: True)
    assert seen.outcome is Outcome.NOTE
    assert "(a ring of the test) is locked" in seen.text


def test_only_the_secret_service_is_asked_whether_it_is_locked() -> None:
    assert not is_locked(FakeRing())


@pytest.mark.parametrize(
    ("way", "said"),
    [("raises", "it broke"), ("forgets", "did not keep"), ("clings", "did not remove")],
)
async def test_a_keyring_that_does_not_keep_is_a_failure(way: str, said: str) -> None:
    with pytest.raises(SecretStoreError, match=said):
        await keyring_works(lambda: FakeRing(way))
