"""The user's choices, live: whoever asked is told of each change."""

from collections.abc import Callable
from pathlib import Path

from spark_desktop.domain.settings import Settings
from spark_desktop.domain.words import Said
from spark_desktop.services.ports import LoadedSettings, SettingsStore
from spark_desktop.services.tasks import to_end

Handler = Callable[[Settings], None]


class UnkeptSettings:
    """The defaults, kept nowhere: for a demonstration or a measurement. A SettingsStore."""

    file: Path | None = None

    def load(self) -> LoadedSettings:
        """Return the defaults."""
        return LoadedSettings(Settings())

    async def edited(self) -> Settings | None:
        """Return None: nobody can edit what is not there."""
        return None

    async def save(self, settings: Settings) -> Said | None:
        """Keep nothing."""
        return None

    async def prepare(self) -> None:
        """Make nothing."""


class SettingsService:
    """Holds the settings of the running program; in the loop's thread only."""

    def __init__(self, store: SettingsStore) -> None:
        """Load; ``problems`` says what could not be read, for the user."""
        self._store = store
        self._handlers: list[Handler] = []
        self._unsaved = 0
        loaded = store.load()
        self.current: Settings = loaded.settings
        self._kept = self.current
        self.problems: tuple[Said, ...] = loaded.problems

    @property
    def file(self) -> Path | None:
        """Return where the settings are kept; None where nobody keeps them."""
        return self._store.file

    def subscribe(self, handler: Handler) -> Callable[[], None]:
        """Call ``handler`` with each new value; return the function that ends it."""
        self._handlers.append(handler)

        def unsubscribe() -> None:
            if handler in self._handlers:
                self._handlers.remove(handler)

        return unsubscribe

    def use(self, settings: Settings) -> bool:
        """Use these settings at once; return whether they are others. ``keep`` writes them."""
        if settings == self.current:
            return False
        self.current = settings
        for handler in tuple(self._handlers):
            handler(settings)
        return True

    async def keep(self) -> Said | None:
        """Write the settings; return what the user should know of it. Raises StoreError.

        Where they cannot be written they are in use all the same, until the program ends.
        """
        self._unsaved += 1
        try:
            settings = self.current
            # To its end also where the program closes: half-way, an older one might come last.
            told = await to_end(self._store.save(settings))
            self._kept = settings
            return told
        finally:
            self._unsaved -= 1

    async def close(self) -> None:
        """Write what was chosen last, where it is not written yet. Raises StoreError."""
        if self.current != self._kept:
            await self.keep()

    async def update(self, settings: Settings) -> Said | None:
        """Use these settings at once, and keep them. Raises StoreError as ``keep`` does."""
        return await self.keep() if self.use(settings) else None

    async def reload(self) -> None:
        """Use what was edited into the file meanwhile. Raises StoreError where it is broken.

        The settings stay what they are then, and the file is left to whoever edits it.
        """
        found = await self._store.edited()
        # A choice that was made while the file was read is the newer one.
        if found is not None and not self._unsaved:
            self._kept = found
            self.use(found)

    async def prepare(self) -> None:
        """Make the file, which lists every setting, where there is none. Raises StoreError."""
        await self._store.prepare()
