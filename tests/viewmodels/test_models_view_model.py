import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from spark_desktop.domain.core_state import CoreDownloading, CoreState
from spark_desktop.domain.errors import CoreError, ModelStoreError, SparkError
from spark_desktop.domain.model_shelf import (
    FetchStep,
    ModelSpeed,
    Phase,
    Presence,
    Shelf,
    ShelfModel,
)
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.model_rows import ModelAction, ModelRow, step_text
from spark_desktop.viewmodels.models import ModelsViewModel
from spark_desktop.viewmodels.notice import Tone
from tests.interface_fakes import until

FOLDER = Path("models")


def model(name: str, presence: Presence = Presence.HERE, here: int = 0, **more: object):
    return ShelfModel(name, name, presence, 400_000_000, here, "Apache-2.0", **more)


class FakeModels:
    """Does at once what is asked, but for a fetch, which goes on until a test ends it."""

    def __init__(self) -> None:
        self.choice = ""
        self.known = {"small": model("small"), "large": model("large", Presence.ABSENT)}
        self.told: Callable[[FetchStep], None] | None = None
        self.told_state: Callable[[CoreState], None] | None = None
        self.done = asyncio.Event()
        self.error: SparkError | None = None
        self.calls: list[str] = []

    async def shelf(self) -> Shelf:
        if self.error is not None:
            raise self.error
        return Shelf(FOLDER, "small", tuple(self.known.values()), 5_000_000_000)

    async def speeds(self) -> dict[str, ModelSpeed]:
        return {"small": ModelSpeed(900.4, 54.2, 3)}

    async def pull(self, choice: str, told: Callable[[FetchStep], None]) -> None:
        self.calls.append(f"pull {choice}")
        self.told = told
        try:
            await self.done.wait()
        except asyncio.CancelledError:
            self.known[choice] = model(choice, Presence.PARTIAL, 100_000_000)
            raise
        if self.error is not None:
            raise self.error
        self.known[choice] = model(choice)

    async def bring_in(self, file: Path, told: Callable[[FetchStep], None]) -> str:
        self.told = told
        await self.done.wait()
        if self.error is not None:
            raise self.error
        self.known["mine"] = model("mine", is_own=True)
        return "mine"

    async def remove(self, asked: ShelfModel) -> int:
        self.calls.append(f"remove {asked.choice}")
        if self.error is not None:
            raise self.error
        self.known[asked.choice] = model(asked.choice, Presence.ABSENT)
        return 400_000_000

    async def use(self, choice: str, told: Callable[[CoreState], None]) -> None:
        self.told_state = told
        await self.done.wait()
        if self.error is not None:
            raise self.error
        self.choice = choice

    async def measure(self, asked: ShelfModel) -> object:
        self.calls.append(f"measure {asked.choice}")
        if self.error is not None:
            raise self.error
        return None


@pytest.fixture
async def scope(qapp: object) -> AsyncIterator[TaskScope]:
    made = TaskScope("test")
    yield made
    await made.close()


@pytest.fixture
def service() -> FakeModels:
    return FakeModels()


@pytest.fixture
async def models(service: FakeModels, scope: TaskScope) -> ModelsViewModel:
    made = ModelsViewModel(service, scope)
    assert made.notice is not None
    assert made.notice.tone is Tone.BUSY
    assert made.rows == ()
    assert made.place == ""
    made.refresh()
    await until(lambda: bool(made.rows))
    return made


def row(models: ModelsViewModel, name: str) -> ModelRow:
    return next(one for one in models.rows if one.choice == name)


async def test_a_model_that_comes_with_the_app_can_be_used_but_not_removed(
    service: FakeModels, models: ModelsViewModel
) -> None:
    service.known["large"] = model("large", Presence.BUNDLED, 400_000_000, context=32_768)
    models.refresh()
    await until(lambda: row(models, "large").state == "here")
    assert row(models, "large").detail == "context 33k tokens · comes with Spark"
    assert row(models, "large").actions == (ModelAction.USE, ModelAction.MEASURE)


async def test_a_row_says_size_licence_speed_and_state(models: ModelsViewModel) -> None:
    small, large = models.rows
    assert (small.name, small.size, small.licence) == ("small", "400.0 MB", "Apache-2.0")
    assert small.speed == "writes 54 tokens/s, reads 900 tokens/s"
    assert "over 3 answers" in small.speed_tip
    assert (small.state, small.is_current) == ("in use", True)
    assert small.actions == (ModelAction.MEASURE,)
    assert (large.speed, large.state) == ("not measured yet", "not here")
    assert large.actions == (ModelAction.PULL,)
    assert models.place == "models - 5.00 GB free"
    assert models.notice is None


async def test_a_download_shows_bytes_rate_and_time_left(
    models: ModelsViewModel, service: FakeModels
) -> None:
    models.act("large", ModelAction.PULL)
    await until(lambda: service.told is not None)
    assert service.told is not None
    service.told(FetchStep(Phase.STARTING, skipped="mirror: it is silent"))
    service.told(FetchStep(Phase.FETCHING, 100_000_000, 400_000_000, 2e6, 150.0, "hub"))
    large = row(models, "large")
    assert large.detail == "100.0 MB of 400.0 MB · 2.0 MB/s · about 2 min left · from hub"
    assert (large.progress, large.state) == (0.25, "downloading")
    assert large.actions == (ModelAction.PAUSE, ModelAction.CANCEL)
    assert models.notice is not None
    assert "mirror: it is silent" in models.notice.text
    # A second press while it runs begins nothing.
    models.act("large", ModelAction.PULL)
    service.done.set()
    await until(lambda: row(models, "large").state == "here")
    assert service.calls == ["pull large"]
    assert row(models, "large").actions == (
        ModelAction.USE,
        ModelAction.MEASURE,
        ModelAction.REMOVE,
    )


async def test_a_paused_download_keeps_what_came_and_can_go_on(
    models: ModelsViewModel, service: FakeModels
) -> None:
    models.act("large", ModelAction.PULL)
    await until(lambda: service.told is not None)
    models.act("large", ModelAction.PAUSE)
    await until(lambda: row(models, "large").state == "paused at 25 %")
    assert row(models, "large").actions == (ModelAction.RESUME, ModelAction.CANCEL)
    service.done.set()
    models.act("large", ModelAction.RESUME)
    await until(lambda: row(models, "large").state == "here")


@pytest.mark.parametrize("paused", [False, True])
async def test_a_cancelled_download_leaves_nothing(
    models: ModelsViewModel, service: FakeModels, paused: bool
) -> None:
    models.act("large", ModelAction.PULL)
    await until(lambda: service.told is not None)
    if paused:
        models.act("large", ModelAction.PAUSE)
        await until(lambda: row(models, "large").actions[0] is ModelAction.RESUME)
    models.act("large", ModelAction.CANCEL)
    await until(lambda: row(models, "large").state == "not here")
    assert service.calls == ["pull large", "remove large"]


async def test_a_failed_download_says_why_and_what_to_do(
    models: ModelsViewModel, service: FakeModels
) -> None:
    service.done.set()
    models.act("large", ModelAction.PULL)
    await until(lambda: service.told is not None)
    service.error = ModelStoreError("The disk is full.", "Free 1 GB.")
    models.act("large", ModelAction.PULL)
    await until(lambda: models.notice is not None and models.notice.text == "The disk is full.")
    assert models.notice is not None
    assert models.notice.hint == "Free 1 GB."


async def test_removing_asks_in_the_row_first(models: ModelsViewModel, service: FakeModels) -> None:
    service.choice = "large"
    models.act("small", ModelAction.REMOVE)
    assert row(models, "small").detail == "Remove it? It can be downloaded again."
    assert row(models, "small").actions == (ModelAction.CONFIRM_REMOVE, ModelAction.KEEP)
    models.act("small", ModelAction.KEEP)
    assert ModelAction.REMOVE in row(models, "small").actions
    models.act("small", ModelAction.REMOVE)
    models.act("small", ModelAction.CONFIRM_REMOVE)
    await until(lambda: row(models, "small").state == "not here")
    assert models.notice is not None
    assert models.notice.text == "small was removed: 400.0 MB are free again."


async def test_a_refused_removal_is_told(models: ModelsViewModel, service: FakeModels) -> None:
    service.choice = "large"
    models.act("small", ModelAction.REMOVE)
    service.error = ModelStoreError("small is in use.", "Use another model first.")
    models.act("small", ModelAction.CONFIRM_REMOVE)
    await until(lambda: row(models, "small").detail == "small is in use.")
    assert row(models, "small").tone is Tone.PROBLEM


async def test_another_model_is_used_with_its_progress(
    models: ModelsViewModel, service: FakeModels
) -> None:
    service.known["large"] = model("large")
    models.refresh()
    await until(lambda: ModelAction.USE in row(models, "large").actions)
    models.act("large", ModelAction.USE)
    await until(lambda: service.told_state is not None)
    assert row(models, "large").state == "starting"
    assert "earlier model goes on" in row(models, "large").detail
    assert service.told_state is not None
    service.told_state(CoreDownloading("hub", 1, 2, 0.0, None))
    assert row(models, "large").progress == 0.5
    service.done.set()
    await until(lambda: row(models, "large").is_current)
    assert row(models, "small").actions[0] is ModelAction.USE


async def test_a_change_of_the_model_can_be_stopped(
    models: ModelsViewModel, service: FakeModels
) -> None:
    service.known["large"] = model("large")
    models.refresh()
    await until(lambda: ModelAction.USE in row(models, "large").actions)
    models.act("large", ModelAction.USE)
    await until(lambda: service.told_state is not None)
    assert row(models, "large").actions == (ModelAction.STOP,)
    models.act("large", ModelAction.STOP)
    await until(lambda: row(models, "large").state == "here")
    assert row(models, "small").is_current
    assert service.calls == []


async def test_a_model_that_cannot_be_started_leaves_the_earlier_in_use(
    models: ModelsViewModel, service: FakeModels
) -> None:
    service.known["large"] = model("large")
    models.refresh()
    await until(lambda: ModelAction.USE in row(models, "large").actions)
    models.act("large", ModelAction.USE)
    await until(lambda: service.told_state is not None)
    service.error = CoreError("large could not be started.", "Choose another.")
    service.done.set()
    await until(lambda: row(models, "large").tone is Tone.PROBLEM)
    assert row(models, "small").is_current


async def test_a_file_is_brought_in(models: ModelsViewModel, service: FakeModels) -> None:
    models.import_file("/home/me/mine.gguf")
    await until(lambda: service.told is not None)
    assert service.told is not None
    service.told(FetchStep(Phase.FETCHING, 1, 4))
    assert models.importing is not None
    assert models.importing.progress == 0.25
    service.done.set()
    await until(lambda: len(models.rows) == 3)
    assert models.notice is not None
    assert models.notice.text == "mine.gguf is in the store."
    models.act("mine", ModelAction.REMOVE)
    assert "cannot be downloaded again" in row(models, "mine").detail


async def test_bringing_in_can_be_stopped(models: ModelsViewModel, service: FakeModels) -> None:
    models.import_file("/home/me/mine.gguf")
    await until(lambda: service.told is not None)
    models.stop_import()
    await until(lambda: models.importing is None)
    assert len(models.rows) == 2


async def test_a_model_is_measured(models: ModelsViewModel, service: FakeModels) -> None:
    models.act("small", ModelAction.MEASURE)
    assert row(models, "small").state == "measuring"
    await until(lambda: row(models, "small").state == "in use")
    assert service.calls == ["measure small"]


async def test_a_list_that_cannot_be_read_is_told(service: FakeModels, scope: TaskScope) -> None:
    service.error = ModelStoreError("The core's program is missing.", "Install again.")
    models = ModelsViewModel(service, scope)
    models.refresh()
    await until(lambda: models.notice is not None and models.notice.tone is Tone.PROBLEM)
    models.act("small", ModelAction.PULL)
    assert service.calls == []


@pytest.mark.parametrize(
    ("shown", "state", "detail", "actions"),
    [
        (
            model("x", Presence.DAMAGED, fault="It is cut off."),
            "cannot be used",
            "It is cut off.",
            (ModelAction.REMOVE,),
        ),
        (
            model("x", refusal="wants 9 GB"),
            "here",
            "Not offered for this machine: it wants 9 GB.",
            (ModelAction.USE, ModelAction.MEASURE, ModelAction.REMOVE),
        ),
        (
            model("x", Presence.PARTIAL, 100_000_000, is_busy=True),
            "being downloaded",
            "Another part of Spark fetches it: 100.0 MB of 400.0 MB.",
            (),
        ),
        (
            model("x", Presence.UNVERIFIED, context=32768, memory=1_000_000_000),
            "here",
            "context 33k tokens · takes 1.00 GB of memory",
            (ModelAction.USE, ModelAction.MEASURE, ModelAction.REMOVE),
        ),
    ],
)
async def test_states_of_a_file(
    models: ModelsViewModel,
    service: FakeModels,
    shown: ShelfModel,
    state: str,
    detail: str,
    actions: tuple[ModelAction, ...],
) -> None:
    service.known["x"] = shown
    models.refresh()
    await until(lambda: len(models.rows) == 3)
    found = row(models, "x")
    assert (found.state, found.detail, found.actions) == (state, detail, actions)


async def test_a_chosen_model_that_is_not_here_says_so(
    models: ModelsViewModel, service: FakeModels
) -> None:
    service.choice = "large"
    assert row(models, "large").state == "chosen, not here yet"


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (FetchStep(Phase.STARTING), "Looking for a source…"),
        (FetchStep(Phase.WAITING, 1, 2), "Another program fetches it: 50 %"),
        (FetchStep(Phase.VERIFYING, 0, 0), "Comparing it with its SHA-256: 0 %"),
        (FetchStep(Phase.FETCHING, 0, 2000), "0 B of 2.0 kB · 0 B/s"),
    ],
)
def test_steps_in_words(step: FetchStep, text: str) -> None:
    assert step_text(step) == text
