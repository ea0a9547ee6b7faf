"""The model files of this machine, looked after by the core's program."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from spark_desktop.adapters.core_commands import CoreCommands, Json
from spark_desktop.adapters.core_events import contact_in
from spark_desktop.domain.errors import ModelStoreError
from spark_desktop.domain.model_shelf import FetchStep, Phase, Presence, Shelf, ShelfModel
from spark_desktop.domain.words import say
from spark_desktop.services.ledger import Ledger


class CoreModels:
    """Implements the ModelStore port; servers that a fetch asks go into the ledger."""

    def __init__(self, command: tuple[str, ...], ledger: Ledger) -> None:
        self._commands = CoreCommands(command)
        self._ledger = ledger

    async def shelf(self) -> Shelf:
        """Return every model. Raises ModelStoreError."""
        answer = await self._commands.answer(("models", "list", "--json"))
        try:
            known = tuple(_known(entry) for entry in answer["models"])
            own = tuple(_own(entry) for entry in answer["own"])
            free = answer["free"]
            return Shelf(
                Path(str(answer["folder"])),
                str(answer["default"]),
                known + own,
                None if free is None else int(free),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelStoreError(
                say("The core's list of models cannot be read: {reason}.", reason=repr(error)),
                say("Install Spark Desktop again, so that both programs are of one version."),
            ) from error

    async def pull(self, choice: str, told: Callable[[FetchStep], None]) -> None:
        """Fetch a model; cancelling keeps what came. Raises ModelStoreError."""
        await self._fetch(("models", "pull", choice), told)

    async def bring_in(self, file: Path, told: Callable[[FetchStep], None]) -> str:
        """Copy a model file into the store and return its place. Raises ModelStoreError."""
        return await self._fetch(("models", "import", str(file)), told)

    async def remove(self, choice: str) -> int:
        """Remove a model's file; return the bytes that are free. Raises ModelStoreError."""
        answer = await self._commands.answer(("models", "remove", choice, "--json"))
        return int(answer.get("freed") or 0)

    async def _fetch(self, words: tuple[str, ...], told: Callable[[FetchStep], None]) -> str:
        place = ""

        def hear(event: Json) -> None:
            nonlocal place
            if event.get("event") == "done":
                place = str(event.get("path"))
                return
            contact = contact_in(event)
            if contact is not None:
                self._ledger.note(contact)
            step = step_in(event)
            if step is not None:
                told(step)

        await self._commands.steps((*words, "--json", "--stop-at-eof"), hear)
        return place


def step_in(event: Json) -> FetchStep | None:
    """Return how far a fetch is by a line of the core; None for a line that says nothing of it."""
    done, total = int(_number(event, "done")), int(_number(event, "total"))
    match event.get("event"):
        case "checking":
            return FetchStep(Phase.STARTING)
        case "downloading":
            left = event.get("left_s")
            return FetchStep(
                Phase.FETCHING,
                *(done, total, _number(event, "rate")),
                None if left is None else _number(event, "left_s"),
                str(event.get("source") or ""),
            )
        case "verifying":
            return FetchStep(Phase.VERIFYING, done, total)
        case "waiting_for_other":
            return FetchStep(Phase.WAITING, done, total)
        case "source_skipped":
            skipped = f"{event.get('source')}: {event.get('reason')}"
            return FetchStep(Phase.STARTING, skipped=skipped)
        case _:
            return None


def _known(entry: dict[str, Any]) -> ShelfModel:
    return ShelfModel(
        choice=str(entry["id"]),
        id=str(entry["id"]),
        presence=Presence(entry["state"]),
        bytes=int(entry["bytes"]),
        bytes_here=int(entry["bytes_here"]),
        licence=str(entry["licence"]),
        context=int(entry["context"]),
        memory=int(entry["memory_bytes"]),
        refusal=str(entry["refusal"]),
        is_busy=entry["busy"] is True,
    )


def _own(entry: dict[str, Any]) -> ShelfModel:
    fault = str(entry["fault"])
    return ShelfModel(
        choice=str(entry["path"]),
        id=str(entry["id"]),
        presence=Presence.DAMAGED if fault else Presence.HERE,
        bytes=int(entry["bytes"]),
        bytes_here=int(entry["bytes"]),
        licence=str(entry["licence"]),
        context=int(entry["context"]),
        fault=fault,
        is_own=True,
    )


def _number(event: Json, name: str) -> float:
    value = event.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
