"""The models: what is known and here, and what goes on with each."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.core_state import CoreDownloading, CoreState
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.model_shelf import FetchStep, ModelSpeed, Phase, Shelf, ShelfModel
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.amounts import bytes_text
from spark_desktop.viewmodels.frames import Frames
from spark_desktop.viewmodels.model_rows import ModelAction, ModelRow, Work, row_of
from spark_desktop.viewmodels.notice import Notice, Tone
from spark_desktop.viewmodels.translation import in_language, tr

# Milliseconds between two looks at a progress that changes ten times a second.
_INTERVAL = 100


class Models(Protocol):
    """What this view model needs of the models service."""

    @property
    def choice(self) -> str:
        """Return which model answers; empty: the default."""
        ...

    async def shelf(self) -> Shelf:
        """Return every model. Raises ModelStoreError."""
        ...

    async def speeds(self) -> dict[str, ModelSpeed]:
        """Return how fast each model was here. Raises StoreError."""
        ...

    async def pull(self, choice: str, told: Callable[[FetchStep], None]) -> None:
        """Fetch a model; cancelling pauses. Raises ModelStoreError."""
        ...

    async def bring_in(self, file: Path, told: Callable[[FetchStep], None]) -> str:
        """Copy a file into the store. Raises ModelStoreError."""
        ...

    async def remove(self, model: ShelfModel) -> int:
        """Remove a model's file. Raises ModelStoreError."""
        ...

    async def use(self, choice: str, told: Callable[[CoreState], None]) -> None:
        """Let a model answer from now on. Raises CoreError, StoreError."""
        ...

    async def measure(self, model: ShelfModel) -> object:
        """Have a model write a little. Raises SparkError."""
        ...


@dataclass(slots=True)
class _Task:
    work: Work
    task: asyncio.Task[Any] | None = None


@dataclass(slots=True)
class _Told:
    """What happened last, for the line over the list."""

    notice: Notice | None = None
    failures: dict[str, str] = field(default_factory=dict)


class ModelsViewModel(QObject):
    """``changed`` says that any attribute is another; ``act`` does what a button says.

    One thing goes on with each model at a time.
    """

    changed = Signal()

    def __init__(self, service: Models, scope: TaskScope) -> None:
        super().__init__()
        self._service = service
        self._scope = scope
        self._shelf: Shelf | None = None
        self._speeds: dict[str, ModelSpeed] = {}
        self._tasks: dict[str, _Task] = {}
        self._asked_to_remove: str | None = None
        self._told = _Told()
        self._frames = Frames(self, _INTERVAL)
        self._frames.frame.connect(self.changed)

    @property
    def notice(self) -> Notice | None:
        """Return what happened last; None where nothing needs to be said."""
        if self._shelf is None and self._told.notice is None:
            return Notice(tr("Looking for models…"), Tone.BUSY)
        return self._told.notice

    @property
    def place(self) -> str:
        """Return where the files are, and how much room is left."""
        if self._shelf is None:
            return ""
        if self._shelf.free is None:
            return str(self._shelf.folder)
        free = bytes_text(self._shelf.free)
        return tr("{folder} - {free} free", folder=self._shelf.folder, free=free)

    @property
    def rows(self) -> tuple[ModelRow, ...]:
        """Return a row a model; what is brought in is a row as long as it is copied."""
        shelf = self._shelf
        if shelf is None:
            return ()
        current = self._service.choice or shelf.default
        return tuple(
            row_of(
                model,
                self._work(model.choice),
                self._speeds.get(model.id),
                is_current=model.choice == current,
                is_removing=model.choice == self._asked_to_remove,
                failure=self._told.failures.get(model.choice, ""),
            )
            for model in shelf.models
        )

    @property
    def importing(self) -> Work | None:
        """Return how far a file that is brought in is; None without one."""
        return self._work("")

    def refresh(self) -> None:
        """Look again at what is here."""
        self._scope.start("models", self._refresh())

    def act(self, choice: str, action: ModelAction) -> None:
        """Do what the button of a model's row says."""
        model = self._shelf.find(choice) if self._shelf is not None else None
        if model is None:
            return
        if action is not ModelAction.CONFIRM_REMOVE:
            self._asked_to_remove = choice if action is ModelAction.REMOVE else None
        match action:
            case ModelAction.PULL | ModelAction.RESUME:
                self._begin(choice, Work(action), self._pull(choice))
            case ModelAction.PAUSE | ModelAction.STOP:
                self._scope.start("stop", self._stop(choice))
            case ModelAction.CANCEL:
                self._cancel(model)
            case ModelAction.CONFIRM_REMOVE:
                self._asked_to_remove = None
                self._begin(choice, Work(action), self._remove(model))
            case ModelAction.USE:
                self._begin(choice, Work(action), self._use(choice))
            case ModelAction.MEASURE:
                self._begin(choice, Work(action), self._measure(model))
            case ModelAction.REMOVE | ModelAction.KEEP:
                pass
        self.changed.emit()

    def import_file(self, path: str) -> None:
        """Bring a file of the user's into the store."""
        self._begin("", Work(ModelAction.PULL), self._import(Path(path)))
        self.changed.emit()

    def stop_import(self) -> None:
        """Stop bringing a file in; its copy is removed."""
        self._scope.start("stop", self._stop(""))

    def _work(self, choice: str) -> Work | None:
        known = self._tasks.get(choice)
        return None if known is None else known.work

    def _begin(self, choice: str, work: Work, do: Coroutine[Any, Any, None]) -> None:
        if choice in self._tasks:
            do.close()
            return
        self._told.failures.pop(choice, None)
        self._told.notice = None
        entry = _Task(work)
        self._tasks[choice] = entry
        entry.task = self._scope.start(work.action.value, self._run(choice, do))

    async def _run(self, choice: str, do: Coroutine[Any, Any, None]) -> None:
        try:
            await do
        except SparkError as error:
            text, step = in_language(error.message), in_language(error.next_step)
            self._told.failures[choice] = text
            self._told.notice = Notice(text, Tone.PROBLEM, step)
        finally:
            self._tasks.pop(choice, None)
            self.changed.emit()
        await self._refresh()

    async def _stop(self, choice: str) -> None:
        """End what goes on with a model, in order."""
        entry = self._tasks.get(choice)
        if entry is not None and entry.task is not None:
            entry.task.cancel()
            await asyncio.wait({entry.task})
        await self._refresh()

    def _cancel(self, model: ShelfModel) -> None:
        if model.choice in self._tasks:
            self._scope.start("cancel", self._stop_and_discard(model))
        else:
            # Paused before: what came lies there.
            self._begin(model.choice, Work(ModelAction.CANCEL), self._discard(model))

    async def _stop_and_discard(self, model: ShelfModel) -> None:
        await self._stop(model.choice)
        self._begin(model.choice, Work(ModelAction.CANCEL), self._discard(model))

    async def _discard(self, model: ShelfModel) -> None:
        await self._service.remove(model)

    async def _pull(self, choice: str) -> None:
        await self._service.pull(choice, lambda step: self._step(choice, step))

    async def _import(self, path: Path) -> None:
        await self._service.bring_in(path, lambda step: self._step("", step))
        self._told.notice = Notice(tr("{name} is in the store.", name=path.name), Tone.GOOD)

    async def _remove(self, model: ShelfModel) -> None:
        freed = await self._service.remove(model)
        text = tr("{name} was removed: {size} are free again.", name=model.id, size=_size(freed))
        self._told.notice = Notice(text, Tone.PLAIN)

    async def _use(self, choice: str) -> None:
        await self._service.use(choice, lambda state: self._state(choice, state))
        self._told.notice = Notice(tr("This model answers from now on."), Tone.GOOD)

    async def _measure(self, model: ShelfModel) -> None:
        await self._service.measure(model)

    def _step(self, choice: str, step: FetchStep) -> None:
        entry = self._tasks.get(choice)
        if entry is None:
            return
        if step.skipped:
            text = tr("A source was passed over. {reason}", reason=step.skipped)
            self._told.notice = Notice(text, Tone.WARNING)
        entry.work = Work(entry.work.action, step)
        self._frames.request()

    def _state(self, choice: str, state: CoreState) -> None:
        if isinstance(state, CoreDownloading):
            step = FetchStep(
                Phase.FETCHING, state.done, state.total, state.rate, state.left, state.source
            )
            self._step(choice, step)

    async def _refresh(self) -> None:
        try:
            self._shelf = await self._service.shelf()
            self._speeds = await self._service.speeds()
        except SparkError as error:
            self._told.notice = Notice(
                in_language(error.message), Tone.PROBLEM, in_language(error.next_step)
            )
        self.changed.emit()


def _size(count: int) -> str:
    return bytes_text(count)
