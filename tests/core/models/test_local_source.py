"""Copying a model from a file or folder that the user names."""

from pathlib import Path

import pytest

from inference_core.models.errors import FetchCancelledError, SourceFailedError
from inference_core.models.sources.local import LocalSource
from tests.core.models.conftest import CONTENT, Attempt


@pytest.fixture
def given(tmp_path: Path) -> Path:
    folder = tmp_path / "usb stick"
    folder.mkdir()
    (folder / "tiny.gguf").write_bytes(CONTENT)
    return folder


def test_a_named_file_is_copied(given: Path, attempt: Attempt) -> None:
    LocalSource(given / "tiny.gguf").fetch(attempt.fetch)
    assert attempt.part.path.read_bytes() == CONTENT


def test_a_named_folder_is_searched_for_the_models_file(given: Path, attempt: Attempt) -> None:
    LocalSource(given).fetch(attempt.fetch)
    assert attempt.part.path.read_bytes() == CONTENT


def test_a_file_of_another_size_is_refused(given: Path, attempt: Attempt) -> None:
    (given / "tiny.gguf").write_bytes(b"short")
    with pytest.raises(SourceFailedError, match="has 5 bytes instead of"):
        LocalSource(given).fetch(attempt.fetch)


def test_a_missing_file_is_refused(given: Path, attempt: Attempt) -> None:
    with pytest.raises(SourceFailedError, match="cannot be read"):
        LocalSource(given / "absent.gguf").fetch(attempt.fetch)


def test_a_cancelled_copy_stops(given: Path, attempt: Attempt) -> None:
    attempt.cancelled.set()
    with pytest.raises(FetchCancelledError):
        LocalSource(given).fetch(attempt.fetch)
