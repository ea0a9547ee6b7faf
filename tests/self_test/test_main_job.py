"""The main job of the self-test, over fakes: what goes wrong in each part is told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spark_desktop.domain.completion import Finished, ModelInfo, Timing, Usage
from spark_desktop.domain.core_state import (
    CoreDownloading,
    CoreFailed,
    CoreReady,
    CoreStarting,
    CoreState,
)
from spark_desktop.domain.errors import FileError, ModelStoreError
from spark_desktop.domain.events import FilesChanged
from spark_desktop.domain.self_test import Outcome
from spark_desktop.domain.text import decode
from spark_desktop.domain.workspace import Snapshot
from spark_desktop.self_test import main_job
from spark_desktop.self_test.stage import ModelHere, NotTriedError
from spark_desktop.services.bus import Bus
from tests.fakes import Answer, FakeEndpoint
from tests.interface_fakes import until as until_holds

MODEL = ModelInfo("small", 4096, fim=True)
TEN = [f"{number} " for number in range(10)]


def ended(tokens: int) -> Finished:
    return Finished(usage=Usage(9, tokens), timing=Timing(0.1, 0.6))


class FakeEdits:
    """Writes what it is asked to, or ``other`` where that is given for a step of it."""

    def __init__(self, folder: Path, other: dict[int, bytes] | None = None) -> None:
        self._path, self._other = folder / "letter.txt", other or {}
        self._before, self._after = b"", b""
        self.writes = 0

    async def apply(self, changes: Any, _title: str) -> SimpleNamespace:
        self._before = self._path.read_bytes()
        self._after = self._before.replace(b"it rains", b"the sun shines")
        assert changes[0].hunks
        return self._write(self._after)

    async def undo(self, _step: str) -> SimpleNamespace:
        return self._write(self._before)

    async def redo(self, _step: str) -> SimpleNamespace:
        return self._write(self._after)

    def _write(self, data: bytes) -> SimpleNamespace:
        self._path.write_bytes(self._other.get(self.writes, data))
        self.writes += 1
        return SimpleNamespace(id="s1")


class FakeFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def read(self, path: str) -> Snapshot:
        return Snapshot(path, decode((self._folder / path).read_bytes()), 0.0)


class FakeStage:
    """A stage whose project is made of fakes."""

    def __init__(self, folder: Path) -> None:
        self.folder = self.project_folder = folder
        self.waiting_for = ""
        self.found: ModelHere | ModelStoreError = ModelHere("small", "/x.gguf", 5_000_000, 0.5)
        self.state: CoreState = CoreReady(MODEL)
        self.endpoint = FakeEndpoint(Answer(*TEN, end=ended(10)))
        self.bus = Bus()
        self.edits = FakeEdits(folder)
        self.stopped = False

    async def model(self) -> ModelHere:
        if isinstance(self.found, ModelStoreError):
            raise self.found
        return self.found

    async def project(self) -> Any:
        stage = self

        class Core:
            state = stage.state

            def start(self) -> None:
                pass

            def stop(self) -> None:
                stage.stopped = True

            async def endpoint(self) -> FakeEndpoint:
                return stage.endpoint

        return SimpleNamespace(
            bus=self.bus, edits=self.edits, files=FakeFiles(self.folder), core=Core()
        )

    async def until(self, what: str, holds: Callable[[], bool]) -> float:
        self.waiting_for = what
        await until_holds(holds)
        return 0.0

    def tell_core(self) -> None:
        pass


@pytest.fixture
def stage(tmp_path: Path) -> FakeStage:
    return FakeStage(tmp_path)


async def test_a_model_is_told_with_its_size_and_where_it_is(stage: FakeStage) -> None:
    seen = await main_job.model_file(stage)
    assert seen.text == "small, 5 MB, hash compared in 0.5 s, /x.gguf"


async def test_recorded_answers_are_a_note(stage: FakeStage) -> None:
    stage.found = ModelHere("replay:x.json")
    assert (await main_job.model_file(stage)).outcome is Outcome.NOTE


async def test_a_missing_model_says_how_to_fetch_it(stage: FakeStage) -> None:
    stage.found = ModelStoreError("small is not here", "Fetch it.")
    with pytest.raises(ModelStoreError, match="small is not here"):
        await main_job.model_file(stage)
    with pytest.raises(NotTriedError, match=r"not tried.*Fetch it"):
        await main_job.tokens(stage)


async def test_a_saved_file_that_is_seen_is_told(stage: FakeStage) -> None:
    saved = stage.folder / "notes.txt"
    waits = stage.until

    async def until(what: str, holds: Callable[[], bool]) -> float:
        holds()
        assert saved.read_text(encoding="utf-8") == "save 1\n"
        stage.bus.publish(FilesChanged(("other.txt",)))
        assert not holds()
        stage.bus.publish(FilesChanged(("notes.txt",)))
        return await waits(what, holds)

    stage.until = until  # type: ignore[method-assign]
    seen = await main_job.watcher(stage)
    assert seen.text.endswith("ms (save 1)")


async def test_an_edit_that_comes_and_goes_byte_for_byte_is_fine(stage: FakeStage) -> None:
    seen = await main_job.edit(stage)
    assert seen.outcome is Outcome.OK
    assert stage.edits.writes == 4


@pytest.mark.parametrize(
    ("write", "said"), [(0, "applied"), (1, "undone"), (2, "redone"), (3, "undone")]
)
async def test_one_other_byte_after_an_edit_is_a_failure(
    stage: FakeStage, write: int, said: str
) -> None:
    stage.edits = FakeEdits(stage.folder, {write: b"Dear\n"})
    with pytest.raises(FileError, match=rf"letter\.txt has other bytes after it was {said}"):
        await main_job.edit(stage)


async def test_a_core_that_is_ready_is_told_with_its_model(stage: FakeStage) -> None:
    seen = await main_job.core(stage)
    assert seen.text.endswith("small, context 4,096 tokens")


async def test_a_core_that_failed_says_why(stage: FakeStage) -> None:
    stage.state = CoreFailed("It ended 5 times.", "See the log.")
    seen = await main_job.core(stage)
    assert (seen.outcome, seen.text, seen.next_step) == (
        Outcome.FAILED,
        "It ended 5 times.",
        "See the log.",
    )


async def test_a_core_that_fetches_a_model_is_stopped(stage: FakeStage) -> None:
    stage.state = CoreDownloading("hub", 1, 100, 1.0, None)
    with pytest.raises(ModelStoreError, match="began to fetch"):
        await main_job.core(stage)
    assert stage.stopped


async def test_a_core_that_only_starts_is_waited_for_by_name(stage: FakeStage) -> None:
    stage.state = CoreStarting()
    task = asyncio.create_task(main_job.core(stage))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stage.waiting_for == "the core does not become ready"


async def test_ten_tokens_are_told_with_their_times(stage: FakeStage) -> None:
    seen = await main_job.tokens(stage)
    assert seen.text == "10 tokens, pieces: 10, the first after 100 ms, 18 tokens/s"
    assert stage.endpoint.requests[0].max_tokens == 10


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(*TEN[:3], end=ended(3)), "3 tokens came"),
        (Answer("".join(TEN), end=ended(10)), "10 tokens came, pieces: 1"),
        (Answer(end=ended(0)), "0 tokens came"),
        (Answer(*TEN, end=None), "0 tokens came, pieces: 10"),
    ],
)
async def test_fewer_tokens_or_all_at_once_are_a_failure(
    stage: FakeStage, answer: Answer, said: str
) -> None:
    stage.endpoint = FakeEndpoint(answer)
    seen = await main_job.tokens(stage)
    assert seen.outcome is Outcome.FAILED
    assert seen.text.startswith(said)


def opened(project: object, view: object, *pictures: object) -> Callable[[], Awaitable[Any]]:
    """A window with these pictures, one a theme."""
    left = list(pictures)

    async def window() -> Any:
        grabbed = SimpleNamespace(grab=lambda: SimpleNamespace(toImage=lambda: left.pop(0)))
        notice = SimpleNamespace(text="The database is damaged.")
        shown = SimpleNamespace(
            project=view,
            set_theme=lambda _theme: None,
            welcome=SimpleNamespace(notice=notice),
            **vars(grabbed),
        )
        return SimpleNamespace(project=project, window=shown)

    return window


@dataclass(frozen=True)
class Picture:
    seed: int
    colours: int = 99

    def width(self) -> int:
        return 300

    height = width

    def pixel(self, x: int, y: int) -> int:
        return (x * self.seed + y) % self.colours


@pytest.mark.parametrize(
    ("window", "outcome", "said"),
    [
        (opened(1, 1, Picture(2), Picture(3)), Outcome.OK, "opened with a project"),
        (opened(None, 1), Outcome.FAILED, "did not open: The database is damaged."),
        (opened(1, 1, Picture(2, 3)), Outcome.FAILED, "empty in the theme dark"),
        (opened(1, 1, Picture(2), Picture(2)), Outcome.FAILED, "both themes look the same"),
    ],
)
async def test_the_window_has_to_show_a_project_in_both_themes(
    stage: FakeStage, window: Callable[[], Awaitable[Any]], outcome: Outcome, said: str
) -> None:
    stage.window = window  # type: ignore[attr-defined]
    seen = await main_job.window(stage)
    assert seen.outcome is outcome
    assert said in seen.text
