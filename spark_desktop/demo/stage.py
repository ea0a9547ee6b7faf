"""The open window, the bus, and the pictures that are taken of them."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.events import Event
from spark_desktop.viewmodels.project import ProjectViewModels
from spark_desktop.views.project_view import ProjectView
from spark_desktop.views.theme import load_theme
from spark_desktop.wiring import Project

E = TypeVar("E", bound=Event)

# Seconds until a state that does not come is the product's fault: a slow machine's model is slow.
PATIENCE_S = 300.0
_LOOK_S = 0.02
# Highlighting follows one tick after the text, at most a few frames later.
_SETTLE_S = 0.25


class DemoError(Exception):
    """The product did not do what it promises; the text says what was waited for."""


class Stage:
    """Waits for states, as a user looks at the screen, and takes pictures in both themes."""

    def __init__(self, desktop: DesktopApp, folder: Path) -> None:
        self._desktop = desktop
        self._folder = folder
        self._count = 0

    @property
    def project(self) -> Project:
        """Return the open project. Raises DemoError where none is open."""
        if self._desktop.project is None:
            raise DemoError("The project could not be opened.")
        return self._desktop.project

    @property
    def view(self) -> ProjectView:
        """Return the open project's widgets. Raises DemoError."""
        if self._desktop.window.project is None:
            raise DemoError("The window shows no project.")
        return self._desktop.window.project

    @property
    def models(self) -> ProjectViewModels:
        """Return the view models that the window shows."""
        return self.view.models

    def listen(self, event_type: type[E]) -> list[E]:
        """Return a list that grows with each event of the type."""
        heard: list[E] = []
        self.project.bus.subscribe(event_type, heard.append)
        return heard

    def press(self, action: str) -> None:
        """Do what the key of this name does, as the user's press would."""
        self._desktop.window.keys[action].trigger()

    async def until(self, what: str, holds: Callable[[], bool]) -> float:
        """Return the seconds until ``holds``; raises DemoError, naming ``what``, if never."""
        begin = time.monotonic()
        while not holds():
            if time.monotonic() - begin > PATIENCE_S:
                raise DemoError(f"Waited {PATIENCE_S:.0f} s for this: {what}.")
            await asyncio.sleep(_LOOK_S)
        return time.monotonic() - begin

    async def picture(self, name: str) -> list[str]:
        """Save what the window shows, in both themes; return the files' names."""
        window = self._desktop.window
        before = window.theme
        self._count += 1
        names = []
        for theme in ("dark", "light"):
            window.set_theme(load_theme(theme))
            await asyncio.sleep(_SETTLE_S)
            file = f"{self._count:02d}-{name}-{theme}.png"
            if not window.grab().save(str(self._folder / file)):
                raise DemoError(f"The picture {file} could not be saved.")
            names.append(file)
        window.set_theme(before)
        return names

    async def small_picture(self, name: str) -> list[str]:
        """Save what a window of 1,024 by 700 pixels shows, and restore the size."""
        window = self._desktop.window
        size = window.size()
        window.resize(1024, 700)
        names = await self.picture(name)
        window.resize(size)
        return names
