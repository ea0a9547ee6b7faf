"""Files that a user brings into the store."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock

from inference_core.models.catalogue import Catalogue, CatalogueModel
from inference_core.models.errors import (
    BadGgufError,
    FetchCancelledError,
    MissingModelError,
    ModelBusyError,
    ModelFileError,
    NameTakenError,
    NotEnoughSpaceError,
    StoreFolderError,
)
from inference_core.models.own_models import OwnModels, known_as
from inference_core.models.progress import Downloading, Progress
from tests.core.models.gguf_writer import TEXT, GgufFile, scalar, with_, with_key, written


@pytest.fixture
def own(tmp_path: Path) -> OwnModels:
    return OwnModels(tmp_path / "store")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.gguf"
    path.write_bytes(written(with_key("general.license", scalar(TEXT, "MIT"))))
    return path


def bring(own: OwnModels, file: Path, cancelled: bool = False) -> list[Progress]:
    events: list[Progress] = []
    stop = threading.Event()
    if cancelled:
        stop.set()
    own.bring_in(file, events.append, stop)
    return events


def test_a_sound_file_is_copied_and_listed_with_what_its_header_says(
    own: OwnModels, file: Path
) -> None:
    events = bring(own, file)
    last = events[-1]
    assert isinstance(last, Downloading)
    assert last.done == last.total == file.stat().st_size
    (listed,) = own.list()
    assert listed.path == own.folder / "mine.gguf"
    assert (listed.name, listed.licence, listed.context) == ("Tiny", "MIT", 2048)
    assert listed.path.read_bytes() == file.read_bytes()
    # From the note, with the same answer.
    assert own.list() == (listed,)


def test_the_copy_is_no_link(own: OwnModels, file: Path) -> None:
    bring(own, file)
    file.write_bytes(b"changed")
    assert own.list()[0].fault == ""


def test_the_same_file_once_more_is_no_mistake_and_another_of_its_name_is(
    own: OwnModels, file: Path
) -> None:
    bring(own, file)
    bring(own, file)
    file.write_bytes(written(with_key("general.name", scalar(TEXT, "Tine"))))
    with pytest.raises(NameTakenError, match=r"another model file named mine\.gguf"):
        bring(own, file)


def test_a_file_without_a_sound_header_is_refused(own: OwnModels, file: Path) -> None:
    file.write_bytes(b"GGML")
    with pytest.raises(BadGgufError, match=r"mine\.gguf is no usable model file"):
        bring(own, file)
    assert own.list() == ()


@pytest.mark.parametrize("name", ["-flag.gguf", "a\nb.gguf", "model.bin"])
def test_a_name_that_could_be_taken_for_something_else_is_refused(
    own: OwnModels, file: Path, name: str
) -> None:
    with pytest.raises(ModelFileError, match="cannot be used in the store"):
        bring(own, file.rename(file.with_name(name)))


def test_a_full_disk_is_told_before_anything_is_copied(tmp_path: Path, file: Path) -> None:
    own = OwnModels(tmp_path / "store", lambda folder: 10)
    with pytest.raises(NotEnoughSpaceError):
        bring(own, file)
    assert not list(own.folder.glob("*.part"))


def test_a_cancelled_copy_leaves_nothing(own: OwnModels, file: Path) -> None:
    with pytest.raises(FetchCancelledError):
        bring(own, file, cancelled=True)
    assert [path.suffix for path in own.folder.iterdir()] in ([], [".lock"])


def test_two_programs_do_not_copy_the_same_file_at_once(own: OwnModels, file: Path) -> None:
    own.folder.mkdir(parents=True)
    with FileLock(own.folder / "mine.gguf.lock"):
        with pytest.raises(ModelBusyError):
            bring(own, file)
        (own.folder / "mine.gguf").write_bytes(b"x")
        with pytest.raises(ModelBusyError):
            own.remove(own.folder / "mine.gguf")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, file: Path) -> None:
    (tmp_path / "store").write_bytes(b"")
    with pytest.raises(StoreFolderError, match="store"):
        bring(OwnModels(tmp_path / "store"), file)


def test_removing_frees_the_files_bytes(own: OwnModels, file: Path) -> None:
    bring(own, file)
    assert own.remove(own.folder / "mine.gguf") == file.stat().st_size
    assert own.list() == ()


def test_only_files_of_the_folder_can_be_removed(own: OwnModels, file: Path) -> None:
    bring(own, file)
    for path in (file, own.folder / "other.gguf", own.folder / ".." / "own" / "mine.gguf"):
        with pytest.raises(MissingModelError):
            own.remove(path)
    assert file.exists()


def test_a_file_that_was_damaged_since_is_listed_with_its_fault(own: OwnModels, file: Path) -> None:
    bring(own, file)
    (own.folder / "mine.gguf").write_bytes(GgufFile(magic=b"GGML").content())
    assert "no usable model file" in own.list()[0].fault
    bring(own, write(file.with_name("old.gguf")))
    (own.folder / "old.gguf.header.json").write_text("{}")
    assert own.list()[1].fault == ""


def write(path: Path) -> Path:
    path.write_bytes(written(with_(after=b"tail")))
    return path


def test_a_file_with_the_bytes_of_a_known_model_is_known(file: Path, tiny: CatalogueModel) -> None:
    from tests.core.models.conftest import CONTENT

    alike = replace(tiny, id="alike", sha256="0" * 64)
    catalogue = Catalogue((alike, tiny), tiny)
    file.write_bytes(CONTENT)
    assert known_as(file, catalogue, lambda step: None, threading.Event()) is tiny
    file.write_bytes(CONTENT[:-1] + b"x")
    assert known_as(file, catalogue, lambda step: None, threading.Event()) is None
    file.write_bytes(CONTENT[:-1])
    assert known_as(file, catalogue, lambda step: None, threading.Event()) is None
    with pytest.raises(ModelFileError, match="none"):
        known_as(file.with_name("none"), catalogue, lambda step: None, threading.Event())
