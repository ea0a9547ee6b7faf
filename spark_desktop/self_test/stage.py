"""What the checks share: the open window with its project, and the model that answers there."""

import json
import time
from asyncio import sleep, to_thread
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from spark_desktop.adapters.core_commands import CoreCommands
from spark_desktop.adapters.core_lookup import CoreFiles, address_of
from spark_desktop.adapters.core_models import CoreModels
from spark_desktop.adapters.core_process import EMULATED, core_command
from spark_desktop.adapters.ledger import NoLedger
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.errors import ModelStoreError, SparkError
from spark_desktop.domain.model_shelf import Presence
from spark_desktop.domain.words import say
from spark_desktop.wiring import Project, open_project

REPLAY = "replay:"
_LOOK_S = 0.02


class NotTriedError(SparkError):
    """What the check needs is not there; the next step is that of the check that found it."""


@dataclass(frozen=True, slots=True)
class ModelHere:
    """A model that can answer; ``size`` in bytes and ``seconds`` are of comparing its hash."""

    choice: str
    path: str = ""
    size: int = 0
    seconds: float = 0.0
    is_bundled: bool = False


class Stage:
    """Opens what is asked for once, in ``folder``; ``started`` hears the core's process.

    ``model`` is what the command line named, "" for the default.
    """

    def __init__(self, folder: Path, model: str, started: Callable[[int], None]) -> None:
        self.folder = folder
        self.waiting_for = ""
        self._named, self._started = model, started
        self._found: ModelHere | ModelStoreError | None = None
        self._desktop: DesktopApp | None = None
        self._alone: Project | None = None
        self._is_told = False

    @property
    def project_folder(self) -> Path:
        """Return the folder of the project, which is there."""
        made = self.folder / "project"
        made.mkdir(exist_ok=True)
        return made

    @property
    def core(self) -> CoreFiles:
        """Return the files of the core that answers."""
        return CoreFiles(self.folder / "data" / "run", self._serving())

    async def model(self) -> ModelHere:
        """Return the model, whose hash was compared. Raises ModelStoreError; fetches nothing."""
        if self._found is None:
            try:
                self._found = await self._look()
            except ModelStoreError as error:
                self._found = error
        if isinstance(self._found, ModelStoreError):
            raise self._found
        return self._found

    async def window(self) -> DesktopApp:
        """Return the real window with the project open in it. Raises SparkError."""
        if self._desktop is None:
            await self._prepare()
            desktop = DesktopApp(
                self.folder / "data", self._serving(), opener=self._opener, settings=None
            )
            self._desktop = desktop
            desktop.window.show()
            await desktop.open_folder(self.project_folder)
        return self._desktop

    async def project(self) -> Project:
        """Return the window's project; one without a window where that does not open."""
        if self._desktop is None and self._alone is None:
            try:
                await self.window()
            except Exception:  # noqa: BLE001 - the check of the window tells it
                self._alone = await self._opener(
                    self.project_folder, self._serving(), self.folder / "alone"
                )
        if self._desktop is not None and self._desktop.project is not None:
            return self._desktop.project
        if self._alone is None:
            raise NotTriedError(say("not tried: the project did not open"))
        return self._alone

    async def until(self, what: str, holds: Callable[[], bool]) -> float:
        """Return the seconds until ``holds``; a deadline in between tells ``what``, a sentence."""
        began, self.waiting_for = time.monotonic(), what
        # Whatever it is, it can be seen and need not be told.
        async for _ in _looks():
            if holds():
                break
        self.waiting_for = ""
        return time.monotonic() - began

    def tell_core(self) -> None:
        """Tell which process the core is, so that nobody forgets it."""
        address = address_of(self.core)
        if address is not None and not self._is_told:
            self._is_told = True
            self._started(address.pid)

    async def close(self) -> None:
        """Close the window, and give up the core."""
        self.tell_core()
        if self._desktop is not None:
            await self._desktop.close()
        if self._alone is not None:
            await self._alone.close()

    async def _look(self) -> ModelHere:
        if self._named.startswith(REPLAY):
            return ModelHere(self._named)
        commands = CoreCommands(core_command())
        began = time.monotonic()
        if Path(self._named).suffix == ".gguf":
            await commands.answer(("models", "verify", self._named, "--json"))
            size = await to_thread(_size_of, Path(self._named))
            return ModelHere(self._named, self._named, size, time.monotonic() - began)
        shelf = await CoreModels(core_command(), NoLedger()).shelf()
        # At another pace it is the default model that answers.
        choice = "" if self._named.startswith(EMULATED) else self._named
        choice = choice or shelf.default
        known = shelf.find(choice)
        if known is None:
            raise ModelStoreError(
                say("there is no model {name}", name=choice),
                say("'spark-core models list' shows what there is."),
            )
        if not known.is_usable:
            raise ModelStoreError(
                say(
                    "{name} is not here: {here:,.0f} of {total:,.0f} MB",
                    name=choice,
                    here=known.bytes_here / 1e6,
                    total=known.bytes / 1e6,
                ),
                say(
                    "Fetch it in the window's Models, or with: spark-core models pull {name}",
                    name=choice,
                ),
            )
        found = await commands.answer(("models", "verify", choice, "--json"))
        return ModelHere(
            self._named or choice,
            str(found.get("path") or ""),
            known.bytes_here,
            time.monotonic() - began,
            known.presence is Presence.BUNDLED,
        )

    async def _prepare(self) -> None:
        """Find out what can answer; without a model the core is tried with a recorded answer."""
        try:
            await self.model()
        except ModelStoreError:
            script = self.folder / "answer.json"
            script.write_text(json.dumps([{"match": "", "text": "1, 2, 3"}]), encoding="utf-8")

    def _serving(self) -> str:
        if isinstance(self._found, ModelHere):
            return self._found.choice
        return f"{REPLAY}{self.folder / 'answer.json'}"

    async def _opener(self, folder: Path, model: str | None, data_dir: Path) -> Project:
        return await open_project(folder, model=model, data_dir=data_dir)


async def _looks() -> AsyncIterator[None]:
    while True:
        yield
        await sleep(_LOOK_S)


def _size_of(path: Path) -> int:
    return path.stat().st_size
