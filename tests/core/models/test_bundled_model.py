"""A model that the installed app brings along: used where it lies, and never written to."""

import threading
from pathlib import Path

import pytest

from inference_core.models.catalogue import CatalogueModel
from inference_core.models.errors import (
    BundledModelError,
    DamagedModelError,
    MissingModelError,
    NoSourceError,
)
from inference_core.models.progress import Checking, Progress, Verifying
from inference_core.models.store import FileState, ModelStore
from spark_resources import packaged
from tests.core.models.conftest import CONTENT


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    folder = tmp_path / "installed" / "models"
    folder.mkdir(parents=True)
    file = folder / "tiny.gguf"
    file.write_bytes(CONTENT)
    return file


def store_with(tmp_path: Path, brought: Path | None) -> ModelStore:
    return ModelStore(
        tmp_path / "store",
        sources=lambda model: (),
        bundled_file=lambda model: brought if brought is not None and brought.exists() else None,
    )


def test_it_is_used_where_it_lies(tmp_path: Path, tiny: CatalogueModel, installed: Path) -> None:
    assert store_with(tmp_path, installed).ensure(tiny) == installed
    assert [path.name for path in installed.parent.iterdir()] == ["tiny.gguf"]


def test_it_is_hashed_once(tmp_path: Path, tiny: CatalogueModel, installed: Path) -> None:
    first: list[Progress] = []
    store_with(tmp_path, installed).ensure(tiny, first.append)
    again: list[Progress] = []
    store_with(tmp_path, installed).ensure(tiny, again.append)
    assert Verifying(tiny.bytes, tiny.bytes) in first
    assert again == [Checking("tiny")]


def test_it_serves_where_the_users_folder_cannot_be_made(
    tmp_path: Path, tiny: CatalogueModel, installed: Path
) -> None:
    (tmp_path / "store").write_text("a file in the way")
    assert store_with(tmp_path, installed).ensure(tiny) == installed


def test_a_file_in_the_users_folder_goes_before_it(
    tmp_path: Path, tiny: CatalogueModel, installed: Path
) -> None:
    own = tmp_path / "store" / "tiny.gguf"
    own.parent.mkdir()
    own.write_bytes(CONTENT)
    store = store_with(tmp_path, installed)
    assert (store.ensure(tiny), store.path(tiny)) == (own, own)


def test_it_takes_the_place_of_a_damaged_file_of_the_user_which_stays(
    tmp_path: Path, tiny: CatalogueModel, installed: Path
) -> None:
    own = tmp_path / "store" / "tiny.gguf"
    own.parent.mkdir()
    own.write_bytes(CONTENT[:-1])
    assert store_with(tmp_path, installed).ensure(tiny) == installed
    assert own.exists()


def test_a_damaged_one_stays_and_the_sources_are_asked(
    tmp_path: Path, tiny: CatalogueModel, installed: Path
) -> None:
    installed.write_bytes(b"x" * tiny.bytes)
    with pytest.raises(NoSourceError):
        store_with(tmp_path, installed).ensure(tiny)
    assert installed.exists()


def test_a_damaged_one_is_named_by_verify(
    tmp_path: Path, tiny: CatalogueModel, installed: Path
) -> None:
    store = store_with(tmp_path, installed)
    assert store.verify(tiny) == installed
    installed.write_bytes(b"x" * tiny.bytes)
    with pytest.raises(DamagedModelError, match="installed"):
        store.verify(tiny)


def test_one_that_must_not_be_read_is_as_good_as_none(
    tmp_path: Path, tiny: CatalogueModel, installed: Path
) -> None:
    installed.unlink()
    installed.mkdir()  # reading it fails, also for root
    with pytest.raises(NoSourceError):
        store_with(tmp_path, installed).ensure(tiny)


def test_the_list_says_that_it_comes_with_the_app(
    tmp_path: Path, tiny: CatalogueModel, installed: Path
) -> None:
    stored = store_with(tmp_path, installed)._stored(tiny)
    assert (stored.path, stored.state, stored.bytes_here) == (
        installed,
        FileState.BUNDLED,
        tiny.bytes,
    )


def test_it_cannot_be_removed(tmp_path: Path, tiny: CatalogueModel, installed: Path) -> None:
    with pytest.raises(BundledModelError, match="part of the installed Spark") as caught:
        store_with(tmp_path, installed).remove(tiny)
    assert "slim" in caught.value.next_step
    assert installed.exists()


def test_the_users_own_copy_is_removed_beside_it(
    tmp_path: Path, tiny: CatalogueModel, installed: Path
) -> None:
    own = tmp_path / "store" / "tiny.gguf"
    own.parent.mkdir()
    own.write_bytes(CONTENT)
    assert store_with(tmp_path, installed).remove(tiny) == len(CONTENT)
    assert (own.exists(), installed.exists()) == (False, True)


def test_without_it_the_path_is_missing(tmp_path: Path, tiny: CatalogueModel) -> None:
    with pytest.raises(MissingModelError):
        store_with(tmp_path, None).path(tiny)


def test_hashing_it_can_be_stopped(tmp_path: Path, tiny: CatalogueModel, installed: Path) -> None:
    from inference_core.models.errors import FetchCancelledError

    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(FetchCancelledError):
        store_with(tmp_path, installed).ensure(tiny, cancelled=cancelled)


def test_the_default_store_looks_beside_the_programs(
    tmp_path: Path, tiny: CatalogueModel, installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_MODELS_DIR", str(tmp_path / "store"))
    monkeypatch.setattr(packaged, "programs_folder", lambda: installed.parent.parent)
    assert ModelStore.default().ensure(tiny) == installed
