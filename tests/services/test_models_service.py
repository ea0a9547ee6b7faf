from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from spark_desktop.domain.completion import Finished, FinishReason, Timing, Usage
from spark_desktop.domain.core_state import CoreReady, CoreState
from spark_desktop.domain.errors import CoreError, ModelStoreError, StoreError
from spark_desktop.domain.model_shelf import (
    ModelSpeed,
    Presence,
    Shelf,
    ShelfModel,
    SpeedSample,
    speeds_of,
)
from spark_desktop.domain.settings import Settings
from spark_desktop.services.models import ModelsService
from spark_desktop.services.ports import LoadedSettings
from spark_desktop.services.settings import SettingsService
from tests.fakes import EMULATION, MODEL, Answer, FakeCore, FakeEndpoint

SMALL = ShelfModel("small", "small", Presence.HERE, 400, 400, "Apache-2.0")
LARGE = ShelfModel("large", "large", Presence.ABSENT, 900, 0)


@dataclass
class MemorySettings:
    saved: list[Settings] = field(default_factory=list)
    error: StoreError | None = None

    def load(self) -> LoadedSettings:
        return LoadedSettings(Settings())

    async def save(self, settings: Settings) -> None:
        if self.error is not None:
            raise self.error
        self.saved.append(settings)


@dataclass
class MemoryModels:
    removed: list[str] = field(default_factory=list)

    async def shelf(self) -> Shelf:
        return Shelf(Path("models"), "small", (SMALL, LARGE))

    async def pull(self, choice: str, told: object) -> None:
        return None

    async def bring_in(self, file: Path, told: object) -> str:
        return f"own/{file.name}"

    async def remove(self, choice: str) -> int:
        self.removed.append(choice)
        return 400


@dataclass
class MemorySpeeds:
    kept: list[SpeedSample] = field(default_factory=list)

    async def samples(self) -> tuple[SpeedSample, ...]:
        return tuple(self.kept)

    async def keep(self, sample: SpeedSample) -> None:
        self.kept.append(sample)


class Switching(FakeCore):
    def __init__(self, endpoint: FakeEndpoint) -> None:
        super().__init__(endpoint)
        self.choice = "small"
        self.closed = False

    async def switch(self, choice: str, told: object) -> None:
        if self.error is not None:
            raise self.error
        self.choice = choice

    async def close(self) -> None:
        self.closed = True


class World:
    def __init__(self, *answers: Answer | str, named: str = "") -> None:
        self.store, self.speeds, self.settings = MemoryModels(), MemorySpeeds(), MemorySettings()
        self.core = Switching(FakeEndpoint(*answers))
        self.others: list[Switching] = []
        self.answers = answers
        self.in_use: frozenset[str] = frozenset()
        self.service = ModelsService(
            self.store,
            self.speeds,
            self.another,
            lambda: self.in_use,
            SettingsService(self.settings),
            named,
        )

    def another(self, choice: str) -> Switching:
        self.others.append(Switching(FakeEndpoint(*self.answers)))
        return self.others[-1]


def heard(state: CoreState) -> None:
    assert isinstance(state, CoreReady)


async def test_without_a_project_the_choice_is_the_settings() -> None:
    world = World()
    assert world.service.choice == ""
    await world.service.use("large", heard)
    assert world.service.choice == "large"
    assert world.settings.saved[0].model.model == "large"


async def test_a_model_that_was_named_counts_until_another_is_chosen() -> None:
    world = World()
    world.service.name("mine.gguf")
    assert world.service.choice == "mine.gguf"
    await world.service.use("large", heard)
    assert world.service.choice == "large"


async def test_an_open_projects_core_goes_over_and_the_choice_is_kept() -> None:
    world = World()
    world.service.attach(world.core)
    assert world.service.choice == "small"
    await world.service.use("large", heard)
    assert world.core.choice == "large"
    assert world.settings.saved[0].model.model == "large"


async def test_a_model_that_cannot_be_started_is_not_kept_as_the_choice() -> None:
    world = World()
    world.service.attach(world.core)
    world.core.error = CoreError("It does not start.", "Choose another.")
    with pytest.raises(CoreError):
        await world.service.use("large", heard)
    assert world.settings.saved == []
    assert world.service.choice == "small"


async def test_what_answers_is_not_removed() -> None:
    world = World()
    world.service.attach(world.core)
    with pytest.raises(ModelStoreError, match="small is in use"):
        await world.service.remove(SMALL)
    world.service.attach(None)
    world.in_use = frozenset({"small"})
    with pytest.raises(ModelStoreError, match="small is in use"):
        await world.service.remove(SMALL)
    world.in_use = frozenset()
    assert await world.service.remove(SMALL) == 400
    assert world.store.removed == ["small"]


async def test_without_its_file_a_chosen_model_of_ones_own_is_chosen_no_more() -> None:
    world = World(named="own/mine.gguf")
    own = replace(SMALL, choice="own/mine.gguf", is_own=True)
    await world.service.remove(own)
    assert world.service.choice == ""
    await world.service.use("small", heard)
    await world.service.remove(SMALL)
    assert world.service.choice == "small"


async def test_an_unfinished_download_of_the_chosen_model_may_go() -> None:
    world = World()
    world.service.attach(world.core)
    await world.service.remove(replace(SMALL, presence=Presence.PARTIAL))
    assert world.store.removed == ["small"]


async def test_the_model_that_answers_is_measured_where_it_runs() -> None:
    world = World("words")
    world.service.attach(world.core)
    sample = await world.service.measure(SMALL)
    assert (sample.model, sample.usage.completion_tokens) == (MODEL.id, 8)
    assert world.speeds.kept == [sample]
    assert world.others == []
    assert not world.core.closed


async def test_another_model_is_measured_in_a_core_of_its_own_that_is_let_go() -> None:
    world = World("words")
    world.service.attach(world.core)
    await world.service.measure(LARGE)
    (other,) = world.others
    assert other.started
    assert other.closed
    assert (await world.service.speeds())[MODEL.id].answers == 1


@pytest.mark.parametrize(
    "answer",
    [
        Answer("a", emulation=EMULATION),
        Answer("a", end=Finished(FinishReason.STOP, Usage(1, 1))),
        Answer("a", end=None),
    ],
)
async def test_an_answer_that_tells_no_times_of_its_own_is_not_kept(answer: Answer) -> None:
    world = World(answer)
    with pytest.raises(CoreError, match="told no times"):
        await world.service.measure(LARGE)
    assert world.speeds.kept == []
    assert world.others[0].closed


def sample(prompt: int, cached: int, prefill: float | None, tokens: int, decode: float | None):
    return SpeedSample("m", Usage(prompt, tokens, cached), Timing(0.1, 1.0, prefill, decode))


@pytest.mark.parametrize(
    ("samples", "speed"),
    [
        ([sample(100, 0, 0.5, 50, 1.0)], ModelSpeed(200.0, 50.0, 1)),
        # Tokens and seconds are added up: a long answer says more than a short one.
        ([sample(100, 0, 1.0, 10, 1.0), sample(300, 0, 1.0, 90, 1.0)], ModelSpeed(200.0, 50.0, 2)),
        # What was reused was not read.
        ([sample(100, 90, 0.1, 50, 1.0)], ModelSpeed(None, 50.0, 1)),
        ([sample(100, 0, None, 2, 0.1)], ModelSpeed(None, None, 1)),
        ([sample(100, 0, 0.0, 8, None)], ModelSpeed(None, None, 1)),
    ],
)
def test_speeds_are_tokens_by_seconds(samples: list[SpeedSample], speed: ModelSpeed) -> None:
    assert speeds_of(samples) == {"m": speed}


def test_of_nothing_there_is_no_speed() -> None:
    assert speeds_of([]) == {}
