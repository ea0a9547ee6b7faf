"""The settings as the window shows them: read, changed at once, kept in the background."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.project_settings import ProjectSettings
from spark_desktop.domain.settings import Settings
from spark_desktop.services.settings import SettingsService, UnkeptSettings
from spark_desktop.services.tasks import TaskScope
from spark_desktop.viewmodels.intents import Intents
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone
from spark_desktop.viewmodels.translation import in_language, tr

# What keys of the open folder's own choices begin with.
OWN = "project."


class SettingsViewModel(QObject):
    """``changed`` says that a setting is another, ``told`` that the notice is.

    ``file_ready`` carries the path of the file, which exists by then.
    """

    changed = Signal()
    told = Signal()
    file_ready = Signal(str)

    def __init__(self, service: SettingsService, scope: TaskScope) -> None:
        super().__init__()
        self._service = service
        self._intents = Intents(scope, self._failed)
        self._notice: Notice | None = None
        self._remarks: dict[str, str] = {}
        self._root: PurePath | None = None
        if service.problems:
            text = " ".join(map(in_language, service.problems))
            self._notice = Notice(text, Tone.WARNING, "", _dismiss())
        service.subscribe(lambda _settings: self.changed.emit())

    @property
    def current(self) -> Settings:
        """Return the settings in use."""
        return self._service.current

    @property
    def file(self) -> Path | None:
        """Return the file that they are kept in."""
        return self._service.file

    @property
    def notice(self) -> Notice | None:
        """Return what went wrong with the file, if anything."""
        return self._notice

    @property
    def root(self) -> PurePath | None:
        """Return the folder that keys in ``project`` are about; None where none is open."""
        return self._root

    def follow(self, root: PurePath | None) -> None:
        """Let keys in ``project`` be about this folder, by its full path."""
        if root != self._root:
            self._root = root
            self.changed.emit()

    def value(self, key: str) -> Any:
        """Return the value of a setting by its key in the file, such as ``looks.theme``.

        One in ``project`` is what was chosen for the open folder: ``project.watching.stubs``.
        """
        if key.startswith(OWN):
            root = self._root
            own = ProjectSettings() if root is None else self.current.project(root)
            return _own_value(own, key)
        return _value(self.current, key)

    def is_default(self, key: str) -> bool:
        """Return whether a setting has its default."""
        return bool(self.value(key) == _default(key))

    def remark(self, key: str) -> str:
        """Return why what is chosen does not work; empty where it does."""
        return self._remarks.get(key, "")

    def set_remark(self, key: str, text: str) -> None:
        """Show this beside a setting until another is said; empty for nothing."""
        if text != self.remark(key):
            self._remarks[key] = text
            self.changed.emit()

    def set(self, key: str, value: object) -> None:
        """Use another value at once, and keep it; one in ``project`` needs an open folder."""
        if key.startswith(OWN):
            if self._root is not None:
                own = _with_own(self.current.project(self._root), key, value)
                self._use(self.current.with_project(self._root, own))
            return
        part, name = key.split(".")
        table: Any = getattr(self.current, part)
        self._use(replace(self.current, **{part: replace(table, **{name: value})}))

    def reset(self, key: str) -> None:
        """Use the default of one setting again."""
        self.set(key, _default(key))

    def set_own(self, root: PurePath, **values: object) -> None:
        """Use other values of ProjectSettings for a folder at once, and keep them."""
        own: Any = self.current.project(root)
        self._use(self.current.with_project(root, replace(own, **values)))

    def set_keys(self, action: str, keys: Iterable[str] | None) -> None:
        """Give an action other keys; None gives it its usual ones again."""
        chosen = {name: held for name, held in self.current.keys.items() if name != action}
        if keys is not None:
            chosen[action] = tuple(keys)
        self.use_keys(chosen)

    def use_keys(self, chosen: Mapping[str, tuple[str, ...]]) -> None:
        """Use these keys; actions that are not named have their usual ones."""
        self._use(replace(self.current, keys=dict(chosen)))

    def reload(self) -> None:
        """Take what was edited into the file meanwhile."""
        self._intents.start("reload settings", self._reload())

    def open_file(self) -> None:
        """Make the file where there is none yet; ``file_ready`` then names it."""
        self._intents.start("open settings", self._open())

    def act(self, intent: Intent) -> None:
        """Take the notice away where that is asked for."""
        if intent is Intent.DISMISS:
            self._tell(None)

    def _use(self, settings: Settings) -> None:
        if self._service.use(settings):
            self._intents.start("keep settings", self._keep())

    async def _keep(self) -> None:
        told = await self._service.keep()
        self._tell(None if told is None else _warning(told))

    async def _reload(self) -> None:
        before = self.current
        await self._service.reload()
        if self.current != before:
            self._tell(None)

    async def _open(self) -> None:
        await self._service.prepare()
        if self.file is not None:
            self.file_ready.emit(str(self.file))

    def _failed(self, error: SparkError) -> None:
        self._tell(
            Notice(
                in_language(error.message), Tone.PROBLEM, in_language(error.next_step), _dismiss()
            )
        )

    def _tell(self, notice: Notice | None) -> None:
        if notice != self._notice:
            self._notice = notice
            self.told.emit()


def unkept_settings() -> SettingsViewModel:
    """Return the defaults, for a window without a settings file; what is chosen is forgotten."""
    return SettingsViewModel(SettingsService(UnkeptSettings()), TaskScope("settings"))


def _value(settings: Settings, key: str) -> Any:
    part, name = key.split(".")
    return getattr(getattr(settings, part), name)


def _default(key: str) -> Any:
    return _own_value(ProjectSettings(), key) if key.startswith(OWN) else _value(Settings(), key)


def _own_value(own: ProjectSettings, key: str) -> Any:
    value: Any = own
    for name in key.removeprefix(OWN).split("."):
        value = getattr(value, name)
    return value


def _with_own(own: Any, key: str, value: object) -> ProjectSettings:
    *tables, name = key.removeprefix(OWN).split(".")
    for table in tables:
        name, value = table, replace(getattr(own, table), **{name: value})
    made: ProjectSettings = replace(own, **{name: value})
    return made


def _dismiss() -> Action:
    return Action(tr("Dismiss"), Intent.DISMISS)


def _warning(text: str) -> Notice:
    return Notice(in_language(text), Tone.WARNING, "", _dismiss())
