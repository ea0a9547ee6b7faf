"""The user's choices, live: whoever asked is told of each change."""

from collections.abc import Callable

from spark_desktop.domain.settings import Settings
from spark_desktop.domain.words import Said
from spark_desktop.services.ports import LoadedSettings, SettingsStore

Handler = Callable[[Settings], None]


class UnkeptSettings:
    """The defaults, kept nowhere: for a demonstration or a measurement. A SettingsStore."""

    def load(self) -> LoadedSettings:
        """Return the defaults."""
        return LoadedSettings(Settings())

    async def save(self, settings: Settings) -> None:
        """Keep nothing."""


class SettingsService:
    """Holds the settings of the running program; in the loop's thread only."""

    def __init__(self, store: SettingsStore) -> None:
        """Load; ``problems`` says what could not be read, for the user."""
        self._store = store
        self._handlers: list[Handler] = []
        loaded = store.load()
        self.current: Settings = loaded.settings
        self.problems: tuple[Said, ...] = loaded.problems

    def subscribe(self, handler: Handler) -> Callable[[], None]:
        """Call ``handler`` with each new value; return the function that ends it."""
        self._handlers.append(handler)

        def unsubscribe() -> None:
            if handler in self._handlers:
                self._handlers.remove(handler)

        return unsubscribe

    async def update(self, settings: Settings) -> None:
        """Use these settings at once, and keep them. Raises StoreError where they cannot be kept.

        They are in use then, until the program ends.
        """
        if settings == self.current:
            return
        self.current = settings
        for handler in tuple(self._handlers):
            handler(settings)
        await self._store.save(settings)
