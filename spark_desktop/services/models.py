"""Models: what there is, fetching, bringing in, removing, measuring, and which one answers."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from spark_desktop.domain.completion import ChatRequest, Finished, Message, Role
from spark_desktop.domain.core_state import CoreState
from spark_desktop.domain.errors import CoreError, ModelStoreError
from spark_desktop.domain.model_shelf import (
    FetchStep,
    ModelSpeed,
    Shelf,
    ShelfModel,
    SpeedSample,
    speeds_of,
)
from spark_desktop.domain.words import say
from spark_desktop.services.ports import Core
from spark_desktop.services.settings import SettingsService

Told = Callable[[FetchStep], None]

# Long enough to be read in more than one batch, and always the same.
_MEASURED_PROMPT = "\n".join(
    f"def step_{number}(values: list[int]) -> int:\n    return sum(values) * {number}"
    for number in range(24)
)
_MEASURED_TOKENS = 64


class ModelStore(Protocol):
    """The model files of this machine. Every method raises ModelStoreError."""

    async def shelf(self) -> Shelf:
        """Return every model."""
        ...

    async def pull(self, choice: str, told: Told) -> None:
        """Fetch a model, going on from what is here.

        Cancelling it stops the fetch in order and keeps what came.
        """
        ...

    async def bring_in(self, file: Path, told: Told) -> str:
        """Copy a model file into the store and return its place; cancelling removes the copy."""
        ...

    async def remove(self, choice: str) -> int:
        """Remove a model's file, and what was fetched of it; return the bytes that are free."""
        ...


class SpeedStore(Protocol):
    """Measured answers, across restarts. Raises StoreError."""

    async def samples(self) -> tuple[SpeedSample, ...]:
        """Return the newest measured answers of every model, none of them emulated."""
        ...

    async def keep(self, sample: SpeedSample) -> None:
        """Keep an answer that was made for measuring."""
        ...


class SwitchingCore(Core, Protocol):
    """A core that can go over to another model."""

    @property
    def choice(self) -> str:
        """Return which model is asked for."""
        ...

    async def switch(self, choice: str, told: Callable[[CoreState], None]) -> None:
        """Let another model answer from now on; answers that run go on to their end.

        Raises CoreError where that one cannot be started; the earlier one goes on answering.
        """
        ...


class ModelsService:
    """One for the program; ``cores`` makes a core for measuring a model that does not answer now.

    ``in_use`` tells the ids of the models that some program's core serves now; ``named`` is a
    model that counts instead of the settings' until another is chosen.
    """

    def __init__(
        self,
        store: ModelStore,
        speeds: SpeedStore,
        cores: Callable[[str], Core],
        in_use: Callable[[], frozenset[str]],
        settings: SettingsService,
        named: str = "",
    ) -> None:
        self._named = named
        self._store = store
        self._speeds = speeds
        self._cores = cores
        self._in_use = in_use
        self._settings = settings
        self._core: SwitchingCore | None = None

    def attach(self, core: SwitchingCore | None) -> None:
        """Serve the open project's core; None where no project is open."""
        self._core = core

    def name(self, choice: str) -> None:
        """Let a model count instead of the settings' for the next project, as a start named it."""
        self._named = choice

    @property
    def choice(self) -> str:
        """Return which model answers, or will when a project is opened; empty: the default."""
        if self._core is not None:
            return self._core.choice
        return self._named or self._settings.current.model.model

    async def shelf(self) -> Shelf:
        """Return every model. Raises ModelStoreError."""
        return await self._store.shelf()

    async def speeds(self) -> dict[str, ModelSpeed]:
        """Return how fast each model was on this machine, by its id. Raises StoreError."""
        return speeds_of(await self._speeds.samples())

    async def pull(self, choice: str, told: Told) -> None:
        """Fetch a model; cancelling pauses. Raises ModelStoreError."""
        await self._store.pull(choice, told)

    async def bring_in(self, file: Path, told: Told) -> str:
        """Copy a file into the store; return what it is asked for by. Raises ModelStoreError."""
        return await self._store.bring_in(file, told)

    async def remove(self, model: ShelfModel) -> int:
        """Remove a model's file; return the bytes that are free. Raises ModelStoreError.

        One that answers in any program of this user is refused.
        """
        if model.is_usable and (self._is_chosen(model) or model.id in self._in_use()):
            raise ModelStoreError(
                say("{name} is in use.", name=model.id),
                say("Use another model first, or close what uses this one."),
            )
        freed = await self._store.remove(model.choice)
        if model.is_own and self.choice == model.choice:
            # It cannot be fetched again, so the next project must not ask for it.
            await self._choose("")
        return freed

    async def use(self, choice: str, told: Callable[[CoreState], None]) -> None:
        """Let a model answer from now on, and keep the choice.

        Raises CoreError where it cannot be started (the earlier one goes on, and stays chosen),
        StoreError where the choice cannot be kept: it counts until the program ends then.
        """
        if self._core is not None:
            await self._core.switch(choice, told)
        await self._choose(choice)

    async def _choose(self, choice: str) -> None:
        self._named = ""
        settings = self._settings.current
        await self._settings.update(replace(settings, model=replace(settings.model, model=choice)))

    async def measure(self, model: ShelfModel) -> SpeedSample:
        """Have a model write a little, and keep how long it took.

        Raises CoreError, EndpointError and StoreError.
        """
        core = self._core
        if core is not None and self._is_chosen(model):
            sample = await _measured(core)
        else:
            other = self._cores(model.choice)
            other.start()
            try:
                sample = await _measured(other)
            finally:
                await other.close()
        await self._speeds.keep(sample)
        return sample

    def _is_chosen(self, model: ShelfModel) -> bool:
        return self._core is not None and self._core.choice == model.choice


async def _measured(core: Core) -> SpeedSample:
    endpoint = await core.endpoint()
    # A prompt that the engine knows already would tell nothing about reading.
    prompt = f"# {uuid.uuid4().hex}\n{_MEASURED_PROMPT}\nExplain step_7 at length."
    request = ChatRequest((Message(Role.USER, prompt),), max_tokens=_MEASURED_TOKENS)
    async with endpoint.stream(request) as chunks:
        async for chunk in chunks:
            if isinstance(chunk, Finished):
                if chunk.timing is None or chunk.emulation is not None:
                    break
                return SpeedSample(endpoint.model.id, chunk.usage, chunk.timing)
    raise CoreError(
        say("The answer of {name} told no times.", name=endpoint.model.id),
        say("Measure a model that answers at its own pace."),
    )
