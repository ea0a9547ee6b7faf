"""The store: fetching, resuming, verifying, sharing between processes."""

import errno
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from filelock import FileLock

from inference_core.models.catalogue import Catalogue, CatalogueModel
from inference_core.models.errors import (
    DamagedModelError,
    FetchCancelledError,
    MissingModelError,
    ModelBusyError,
    NoSourceError,
    NotEnoughSpaceError,
    SourceFailedError,
    StoreFolderError,
)
from inference_core.models.progress import (
    Checking,
    DamagedRemoved,
    Progress,
    SourceSkipped,
    Verifying,
    WaitingForOther,
)
from inference_core.models.sources.port import Fetch, Source
from inference_core.models.store import FileState, ModelStore
from tests.core.models.conftest import CONTENT, FILE_PATH, Site

MEBIBYTE = 1024 * 1024


@dataclass
class FakeSource:
    """Delivers ``content`` from where the part file ends, then raises ``error``, if any."""

    content: bytes = CONTENT
    error: Exception | None = None
    name: str = "fake"
    working: int = 0
    asked: int = 0

    def working_bytes(self, model: CatalogueModel) -> int:
        return self.working

    def fetch(self, fetch: Fetch) -> None:
        self.asked += 1
        start = fetch.part.size
        with fetch.part.append_at(start) as target:
            target.write(self.content[start:])
        fetch.step(fetch.part.size)
        if self.error is not None:
            raise self.error


def store_of(folder: Path, *sources: Source, free: int = 10**12) -> ModelStore:
    return ModelStore(folder, lambda model: sources, lambda folder: free)


def told_by(work: Callable[[Callable[[Progress], None]], object]) -> list[Progress]:
    told: list[Progress] = []
    work(told.append)
    return told


def flipped(content: bytes) -> bytes:
    return bytes([content[0] ^ 1]) + content[1:]


def test_a_missing_model_is_fetched(tmp_path: Path, tiny: CatalogueModel) -> None:
    path = store_of(tmp_path / "new" / "folder", FakeSource()).ensure(tiny)
    assert path == tmp_path / "new" / "folder" / "tiny.gguf"
    assert path.read_bytes() == CONTENT


def test_nothing_but_the_file_its_note_and_its_lock_stays(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    store_of(tmp_path, FakeSource()).ensure(tiny)
    names = {path.name for path in tmp_path.iterdir()} - {"tiny.gguf.lock"}
    assert names == {"tiny.gguf", "tiny.gguf.verified.json"}


def test_a_model_that_is_here_is_neither_fetched_nor_hashed_again(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    source = FakeSource()
    store_of(tmp_path, source).ensure(tiny)
    told = told_by(lambda listener: store_of(tmp_path, source).ensure(tiny, listener))
    assert (source.asked, told) == (1, [Checking("tiny")])


def test_a_file_that_was_put_here_by_hand_is_hashed_once(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    (tmp_path / "tiny.gguf").write_bytes(CONTENT)
    store = store_of(tmp_path)
    assert Verifying(tiny.bytes, tiny.bytes) in told_by(lambda told: store.ensure(tiny, told))
    assert told_by(lambda told: store.ensure(tiny, told)) == [Checking("tiny")]


def test_a_damaged_file_is_named_removed_and_fetched_again(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(flipped(CONTENT))
    told = told_by(lambda listener: store_of(tmp_path, FakeSource()).ensure(tiny, listener))
    removed = [event for event in told if isinstance(event, DamagedRemoved)]
    assert [event.path for event in removed] == [path]
    assert "SHA-256" in removed[0].reason
    assert path.read_bytes() == CONTENT


def test_a_half_copied_file_is_fetched_again(tmp_path: Path, tiny: CatalogueModel) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(CONTENT[:100])
    store_of(tmp_path, FakeSource()).ensure(tiny)
    assert path.read_bytes() == CONTENT


def test_what_one_source_left_the_next_one_goes_on_with(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    broken = FakeSource(CONTENT[:MEBIBYTE], SourceFailedError("went away"), "first")
    starts: list[int] = []

    class Second(FakeSource):
        def fetch(self, fetch: Fetch) -> None:
            starts.append(fetch.part.size)
            super().fetch(fetch)

    store = store_of(tmp_path, broken, Second())
    told = told_by(lambda listener: store.ensure(tiny, listener))
    assert SourceSkipped("first", "went away") in told
    assert starts == [MEBIBYTE]


def test_every_failed_source_is_named_with_its_reason(tmp_path: Path, tiny: CatalogueModel) -> None:
    first = FakeSource(b"", SourceFailedError("is silent"), "first")
    second = FakeSource(b"", SourceFailedError("has nothing"), "second")
    with pytest.raises(NoSourceError, match="first: is silent\n  second: has nothing") as caught:
        store_of(tmp_path, first, second).ensure(tiny)
    assert caught.value.failures == (("first", "is silent"), ("second", "has nothing"))


def test_a_source_that_sends_wrong_bytes_is_passed_over(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    wrong = FakeSource(flipped(CONTENT), name="wrong")
    store = store_of(tmp_path, wrong, FakeSource())
    told = told_by(lambda listener: store.ensure(tiny, listener))
    assert [event.source for event in told if isinstance(event, SourceSkipped)] == ["wrong"]
    assert store.path(tiny).read_bytes() == CONTENT


def test_wrong_bytes_of_an_earlier_fetch_do_not_condemn_the_source(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    (tmp_path / "tiny.gguf.part").write_bytes(b"rot" * 1000)
    source = FakeSource()
    store_of(tmp_path, source).ensure(tiny)
    assert source.asked == 2


def test_a_full_disk_is_refused_before_anything_is_fetched(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    source = FakeSource()
    with pytest.raises(NotEnoughSpaceError, match=r"needs 3 MB .* 1 MB are free") as caught:
        store_of(tmp_path, source, free=1_000_000).ensure(tiny)
    assert (caught.value.needed, caught.value.free, source.asked) == (tiny.bytes, 1_000_000, 0)


def test_only_what_is_missing_needs_space(tmp_path: Path, tiny: CatalogueModel) -> None:
    (tmp_path / "tiny.gguf.part").write_bytes(CONTENT[: 2 * MEBIBYTE])
    assert store_of(tmp_path, FakeSource(), free=MEBIBYTE).ensure(tiny).is_file()


def test_a_source_that_needs_more_space_than_there_is_is_passed_over(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    greedy = FakeSource(name="greedy", working=10 * MEBIBYTE)
    store = store_of(tmp_path, greedy, FakeSource(), free=4 * MEBIBYTE)
    told = told_by(lambda listener: store.ensure(tiny, listener))
    assert SourceSkipped("greedy", "needs 14 MB of free space, 4 MB are there") in told
    assert greedy.asked == 0


def test_a_disk_that_fills_up_meanwhile_is_named_and_the_part_is_kept(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    full = FakeSource(CONTENT[:MEBIBYTE], OSError(errno.ENOSPC, "No space left on device"))
    with pytest.raises(NotEnoughSpaceError):
        store_of(tmp_path, full).ensure(tiny)
    assert (tmp_path / "tiny.gguf.part").stat().st_size == MEBIBYTE


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, tiny: CatalogueModel) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreFolderError, match=r"file/models cannot be used: Not a directory"):
        store_of(tmp_path / "file" / "models", FakeSource()).ensure(tiny)


def test_an_error_of_the_disk_names_the_folder(tmp_path: Path, tiny: CatalogueModel) -> None:
    broken = FakeSource(b"", OSError(errno.EIO, "Input/output error"))
    with pytest.raises(StoreFolderError, match="Input/output error"):
        store_of(tmp_path, broken).ensure(tiny)


def test_a_store_that_cannot_be_written_serves_what_it_has(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    (tmp_path / "tiny.gguf").write_bytes(CONTENT)
    # A folder in the place of the note's temporary file: what a read-only disk does, for root too.
    (tmp_path / "tiny.gguf.verified.json.new").mkdir()
    assert store_of(tmp_path).ensure(tiny) == tmp_path / "tiny.gguf"
    assert store_of(tmp_path).verify(tiny) == tmp_path / "tiny.gguf"


def test_a_cancelled_fetch_keeps_its_part_and_goes_on_later(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    cancelled = threading.Event()

    class Stopping(FakeSource):
        def fetch(self, fetch: Fetch) -> None:
            cancelled.set()
            super().fetch(fetch)

    with pytest.raises(FetchCancelledError):
        store_of(tmp_path, Stopping(CONTENT[:MEBIBYTE])).ensure(tiny, cancelled=cancelled)
    assert (tmp_path / "tiny.gguf.part").stat().st_size == MEBIBYTE
    assert store_of(tmp_path, FakeSource()).ensure(tiny).read_bytes() == CONTENT


def test_a_fetch_that_is_cancelled_before_it_begins_asks_no_source(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    cancelled, source = threading.Event(), FakeSource()
    cancelled.set()
    with pytest.raises(FetchCancelledError):
        store_of(tmp_path, source).ensure(tiny, cancelled=cancelled)
    assert source.asked == 0


def test_waiting_for_another_process_can_be_cancelled(tmp_path: Path, tiny: CatalogueModel) -> None:
    cancelled = threading.Event()
    (tmp_path / "tiny.gguf.part").write_bytes(b"abc")
    told: list[Progress] = []

    def listener(event: Progress) -> None:
        told.append(event)
        if isinstance(event, WaitingForOther):
            cancelled.set()

    with FileLock(tmp_path / "tiny.gguf.lock"), pytest.raises(FetchCancelledError):
        store_of(tmp_path, FakeSource()).ensure(tiny, listener, cancelled)
    assert told == [Checking("tiny"), WaitingForOther(3, tiny.bytes)]


def test_verifying_names_a_damaged_file_and_leaves_it(tmp_path: Path, tiny: CatalogueModel) -> None:
    store = store_of(tmp_path, FakeSource())
    path = store.ensure(tiny)
    stat = path.stat()
    path.write_bytes(flipped(CONTENT))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # rot that no note can notice
    with pytest.raises(DamagedModelError, match=r"tiny\.gguf of the model tiny is damaged"):
        store.verify(tiny)
    assert path.exists()
    store.ensure(tiny)
    assert path.read_bytes() == CONTENT


def test_verifying_what_is_not_here_says_how_to_get_it(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    with pytest.raises(MissingModelError) as caught:
        store_of(tmp_path).verify(tiny)
    assert "models pull tiny" in caught.value.next_step


def test_removing_leaves_nothing_but_the_lock(tmp_path: Path, tiny: CatalogueModel) -> None:
    store = store_of(tmp_path, FakeSource())
    store.ensure(tiny)
    (tmp_path / "tiny.gguf.part").write_bytes(b"abc")
    (tmp_path / "tiny.gguf.scratch").mkdir()
    assert store.remove(tiny) == tiny.bytes + 3
    assert {path.name for path in tmp_path.iterdir()} <= {"tiny.gguf.lock"}


def test_removing_from_a_store_that_does_not_exist_frees_nothing(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    assert store_of(tmp_path / "absent").remove(tiny) == 0


def test_a_model_that_is_being_fetched_is_not_removed(tmp_path: Path, tiny: CatalogueModel) -> None:
    (tmp_path / "tiny.gguf.part").write_bytes(b"abc")
    with FileLock(tmp_path / "tiny.gguf.lock"), pytest.raises(ModelBusyError):
        store_of(tmp_path).remove(tiny)
    assert (tmp_path / "tiny.gguf.part").exists()


def test_the_list_tells_the_state_of_every_model(tmp_path: Path, tiny: CatalogueModel) -> None:
    names = ("absent", "partial", "unverified", "verified")
    models = tuple(replace(tiny, id=name, file=f"{name}.gguf") for name in names)
    store = store_of(tmp_path, FakeSource())
    (tmp_path / "partial.gguf.part").write_bytes(b"abc")
    (tmp_path / "unverified.gguf").write_bytes(CONTENT)
    store.ensure(models[3])
    listed = store.list(Catalogue(models, models[0]))
    assert [(entry.model.id, entry.state.name.lower()) for entry in listed] == [
        (name, name) for name in names
    ]
    assert [entry.bytes_here for entry in listed] == [0, 3, tiny.bytes, tiny.bytes]
    assert listed[0].state is FileState.ABSENT


def test_the_environment_names_the_folder_and_the_first_source(
    tmp_path: Path, tiny: CatalogueModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "tiny.gguf").write_bytes(CONTENT)
    monkeypatch.setenv("SPARK_MODELS_DIR", str(tmp_path / "store"))
    monkeypatch.setenv("SPARK_MODEL_SOURCE", str(tmp_path / "given"))
    assert ModelStore.default().ensure(tiny) == tmp_path / "store" / "tiny.gguf"


def test_without_the_environment_the_users_cache_folder_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SPARK_MODELS_DIR", raising=False)
    assert ModelStore.default().folder.parts[-2:] == ("spark-desktop", "models")


def test_after_the_users_file_the_catalogues_sources_are_asked_in_order(
    hub: Site, index: Site, tmp_path: Path, tiny: CatalogueModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_MODELS_DIR", str(tmp_path))
    hub.files.pop(FILE_PATH)
    store = ModelStore.default(tmp_path / "absent.gguf")
    told = told_by(lambda listener: store.ensure(tiny, listener))
    skipped = [event.source for event in told if isinstance(event, SourceSkipped)]
    assert skipped == [f"local {tmp_path}/absent.gguf", "Hugging Face someone/tiny"]
    assert store.path(tiny).read_bytes() == CONTENT


_ENSURE = """
import json, sys
from pathlib import Path
from inference_core.models.catalogue import CatalogueModel, HuggingFaceFile
from inference_core.models.fetching import sources_of
from inference_core.models.store import ModelStore
fields = json.loads(sys.argv[2])
model = CatalogueModel(**fields | {"sources": (HuggingFaceFile(*fields["sources"]),)})
ModelStore(Path(sys.argv[1])).ensure(model, lambda e: print(type(e).__name__, flush=True))
"""


@contextmanager
def running(command: list[str]) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run a process; the list grows with its lines, and at the end it is waited for."""
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        output = process.stdout

        def read() -> None:
            for line in output:
                lines.append(line.strip())

        reader = threading.Thread(target=read)
        reader.start()
        yield process, lines
        reader.join()


def wait_until(met: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not met():
        assert time.monotonic() < deadline, "it never came"
        pause.wait(0.01)


@pytest.mark.e2e
def test_two_processes_fetch_a_model_once(
    hub: Site, gate: threading.Event, tmp_path: Path, tiny: CatalogueModel
) -> None:
    begun = threading.Event()

    def hold_the_body_back(method: str, path: str) -> None:
        if method == "GET":
            begun.set()
            gate.wait()

    hub.on_request = hold_the_body_back
    fields = json.dumps(vars(tiny) | {"sources": ["someone/tiny", "tiny.gguf"]})
    command = [sys.executable, "-c", _ENSURE, str(tmp_path), fields]
    with running(command) as (first, told), running(command) as (second, told_too):
        assert begun.wait(30)
        # Whichever came second waits; the gate opens when it has said so.
        wait_until(lambda: "WaitingForOther" in told + told_too)
        gate.set()
    assert (first.returncode, second.returncode) == (0, 0)
    assert hub.got() == [FILE_PATH]
    assert (tmp_path / "tiny.gguf").read_bytes() == CONTENT
