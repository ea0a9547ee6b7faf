"""The global hotkey, as the settings want it, with the reason where it cannot be had."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from spark_desktop.domain.errors import HotkeyError
from spark_desktop.domain.hotkey import Chord, HotkeyFailed, HotkeyOff, HotkeyState, chord_of
from spark_desktop.services.tasks import TaskScope

Handler = Callable[[HotkeyState], None]


class Hotkey(Protocol):
    """One key of the whole desktop, by the means of one platform."""

    async def start(self, chord: Chord, pressed: Callable[[], None]) -> HotkeyState:
        """Take the key and call ``pressed``, in the loop's thread, each time it goes down.

        Returns HotkeyOn, or HotkeyFailed with nothing taken.
        """
        ...

    async def stop(self) -> None:
        """Give the key back; without one this does nothing."""
        ...


class HotkeyService:
    """Takes the wanted key; the newest wish counts, and one is worked on at a time."""

    def __init__(self, hotkey: Hotkey, pressed: Callable[[], None], scope: TaskScope) -> None:
        self._hotkey = hotkey
        self._pressed = pressed
        self._scope = scope
        self._handlers: list[Handler] = []
        self._wanted = self._used = ""
        self._worker: asyncio.Task[None] | None = None
        self.state: HotkeyState = HotkeyOff()

    def subscribe(self, handler: Handler) -> Callable[[], None]:
        """Call ``handler`` with each new state; return the function that ends it."""
        self._handlers.append(handler)

        def unsubscribe() -> None:
            if handler in self._handlers:
                self._handlers.remove(handler)

        return unsubscribe

    def use(self, sequence: str) -> None:
        """Take this key instead of the one before, in the background; empty for none."""
        self._wanted = sequence
        if self._worker is None or self._worker.done():
            self._worker = self._scope.start("hotkey", self._work())

    async def settled(self) -> HotkeyState:
        """Return the state once the last wish was worked on."""
        if self._worker is not None:
            await asyncio.wait({self._worker})
        return self.state

    async def close(self) -> None:
        """Give the key back."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.cancel()
            await asyncio.wait({worker})
        await self._hotkey.stop()

    async def _work(self) -> None:
        while self._wanted != self._used:
            wanted = self._wanted
            await self._hotkey.stop()
            self._tell(await self._taken(wanted))
            self._used = wanted

    async def _taken(self, sequence: str) -> HotkeyState:
        if not sequence.strip():
            return HotkeyOff()
        try:
            chord = chord_of(sequence)
        except HotkeyError as error:
            return HotkeyFailed(error.message, error.next_step)
        return await self._hotkey.start(chord, self._pressed)

    def _tell(self, state: HotkeyState) -> None:
        self.state = state
        for handler in tuple(self._handlers):
            handler(state)
