"""Fakes of what the quick prompt works with."""

from collections.abc import Callable

from spark_desktop.domain.conversation import Turn
from spark_desktop.domain.errors import SparkError, StoreError
from spark_desktop.domain.hotkey import Chord, HotkeyOn, HotkeyState


class MemoryHistory:
    """Questions in memory."""

    def __init__(self, *kept: str) -> None:
        self.kept = list(kept)
        self.error: StoreError | None = None

    async def recent(self) -> tuple[str, ...]:
        if self.error is not None:
            raise self.error
        return tuple(self.kept)

    async def keep(self, question: str) -> None:
        if self.error is not None:
            raise self.error
        self.kept = [*(one for one in self.kept if one != question), question]

    async def clear(self) -> None:
        self.kept.clear()


class FakeTarget:
    """A project, or none."""

    def __init__(self, project: str = "", file: str = "") -> None:
        self.project, self.file = project, file
        self.threads: list[Turn] = []
        self.applied: list[str] = []
        self.error: SparkError | None = None

    async def open_as_thread(self, turn: Turn) -> None:
        if self.error is not None:
            raise self.error
        self.threads.append(turn)

    async def apply(self, instruction: str) -> None:
        if self.error is not None:
            raise self.error
        self.applied.append(instruction)


class FakePrevious:
    """The window that the user came from."""

    def __init__(self, refusal: str = "") -> None:
        self.refusal = refusal
        self.error: SparkError | None = None
        self.told: list[str] = []

    def remember(self) -> None:
        self.told.append("remember")

    def raise_ours(self, window: int) -> None:
        self.told.append("raise")

    async def paste(self) -> None:
        if self.error is not None:
            raise self.error
        self.told.append("paste")

    def close(self) -> None:
        self.told.append("close")


class FakeHotkey:
    """A key that a test presses."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.press: Callable[[], None] | None = None

    async def start(self, chord: Chord, pressed: Callable[[], None]) -> HotkeyState:
        self.taken.append(str(chord))
        self.press = pressed
        return HotkeyOn(str(chord))

    async def stop(self) -> None:
        self.press = None
