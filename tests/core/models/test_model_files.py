"""Part files, verification notes and redaction."""

import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.models.catalogue import CatalogueModel
from inference_core.models.errors import FetchCancelledError
from inference_core.models.files import write_json
from inference_core.models.part_file import PartFile
from inference_core.models.progress import Verifying
from inference_core.models.redaction import redacted
from inference_core.models.verification import fault, forget, is_remembered, remember
from tests.core.models.conftest import CONTENT


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(CONTENT)
    return path


def test_a_part_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "tiny.gguf")
    assert (part.size, part.note()) == (0, {})


def test_appending_at_an_offset_drops_what_came_after(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "tiny.gguf")
    with part.append_at(0) as target:
        target.write(b"abcdef")
    with part.append_at(3) as target:
        target.write(b"X")
    assert part.path.read_bytes() == b"abcX"


@pytest.mark.parametrize("damaged", ["", "{", "[1]", "null"])
def test_a_damaged_note_counts_as_none(tmp_path: Path, damaged: str) -> None:
    part = PartFile(tmp_path / "tiny.gguf")
    part.take_note({"finished": 1})
    (tmp_path / "tiny.gguf.part.json").write_text(damaged)
    assert part.note() == {}


def test_discarding_removes_the_bytes_and_the_note(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "tiny.gguf")
    part.path.write_bytes(b"abc")
    part.take_note({"finished": 1})
    part.discard()
    assert list(tmp_path.iterdir()) == []


def test_writing_json_leaves_no_temporary_file(tmp_path: Path) -> None:
    write_json(tmp_path / "note.json", {"a": 1})
    write_json(tmp_path / "note.json", {"a": 2})
    assert (tmp_path / "note.json").read_text() == '{"a": 2}'
    assert len(list(tmp_path.iterdir())) == 1


def test_the_right_bytes_have_no_fault(file: Path, tiny: CatalogueModel) -> None:
    told: list[object] = []
    assert fault(file, tiny, told.append) == ""
    assert told[-1] == Verifying(tiny.bytes, tiny.bytes)


def test_a_wrong_size_is_named_with_both_sizes(file: Path, tiny: CatalogueModel) -> None:
    file.write_bytes(b"abc")
    assert fault(file, tiny, print) == "it has 3 bytes instead of 3,145,728"


def test_one_flipped_bit_is_found(file: Path, tiny: CatalogueModel) -> None:
    file.write_bytes(CONTENT[:-1] + bytes([CONTENT[-1] ^ 1]))
    assert fault(file, tiny, lambda event: None).startswith("its SHA-256 is ")


def test_verifying_stops_when_cancelled(file: Path, tiny: CatalogueModel) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(FetchCancelledError):
        fault(file, tiny, lambda event: None, cancelled)


def test_a_file_found_right_is_remembered(file: Path, tiny: CatalogueModel) -> None:
    assert not is_remembered(file, tiny)
    remember(file, tiny)
    assert is_remembered(file, tiny)


def test_a_touched_file_is_not_remembered(file: Path, tiny: CatalogueModel) -> None:
    remember(file, tiny)
    os.utime(file, ns=(1, 1))
    assert not is_remembered(file, tiny)


def test_a_forgotten_file_is_not_remembered(file: Path, tiny: CatalogueModel) -> None:
    remember(file, tiny)
    forget(file)
    assert not is_remembered(file, tiny)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://user:pw@host/simple failed", "https://***@host/simple failed"),
        ("https://token@host/a?sig=abc&x=1 gone", "https://***@host/a?*** gone"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("no secrets: a@b.c, 2 > 1?", "no secrets: a@b.c, 2 > 1?"),
    ],
)
def test_credentials_are_taken_out(text: str, clean: str) -> None:
    assert redacted(text) == clean


@given(st.text(st.characters(categories=["L", "N"]), min_size=8), st.sampled_from(["u:", ""]))
def test_no_password_before_a_host_survives(password: str, user: str) -> None:
    assert password not in redacted(f"see https://{user}{password}@host/x for more")
