"""What the user can choose, as frozen values, and how they stand in a table of data."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from pathlib import PurePath
from types import MappingProxyType

from spark_desktop.domain.project_settings import (
    ProjectSettings,
    chosen_here,
    key_in,
    project_data,
    projects_of,
)
from spark_desktop.domain.quick_actions import Actions
from spark_desktop.domain.setting_values import read_into
from spark_desktop.domain.words import Said, say


class ThemeChoice(Enum):
    """Which colours; ``SYSTEM`` follows the desktop."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


class Language(Enum):
    """Which language the window speaks; ``SYSTEM`` follows the desktop."""

    SYSTEM = "system"
    ENGLISH = "en"
    RUSSIAN = "ru"


class Motion(Enum):
    """Whether things move; ``SYSTEM`` follows the desktop."""

    SYSTEM = "system"
    FULL = "full"
    REDUCED = "reduced"


@dataclass(frozen=True, slots=True)
class Looks:
    """Colours, type and language; ``font_size`` is the base size in pixels."""

    theme: ThemeChoice = ThemeChoice.SYSTEM
    language: Language = Language.SYSTEM
    font_size: int = field(default=13, metadata={"least": 9, "most": 32})
    # Empty: the platform's fixed-width font.
    code_font: str = ""
    motion: Motion = Motion.SYSTEM


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """What answers: a catalogue id, a GGUF file or ``emulated:PROFILE``; empty: the default."""

    model: str = ""


@dataclass(frozen=True, slots=True)
class Watching:
    """Which saves start a proposal, and whether only what the user typed does (``quiet``)."""

    enabled: bool = True
    comments: bool = True
    stubs: bool = True
    repairs: bool = True
    follow_ups: bool = True
    failing_tests: bool = True
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Desktop:
    """The tray icon, log-in, and what is told while the window is hidden."""

    tray: bool = True
    keep_in_tray: bool = True
    autostart: bool = False
    notify: bool = True


@dataclass(frozen=True, slots=True)
class Quick:
    """The quick prompt; ``hotkey`` is in Qt's portable notation, empty for none."""

    hotkey: str = "Ctrl+Alt+Space"


@dataclass(frozen=True, slots=True)
class Privacy:
    """What is kept of the user's words and files beyond the threads.

    ``history_mb`` is how many megabytes the steps of one folder may take that can be undone.
    """

    keep_quick_history: bool = True
    keep_ledger: bool = True
    history_mb: int = field(default=100, metadata={"least": 1, "most": 100_000})

    @property
    def history_bytes(self) -> int:
        """Return how many bytes the steps of one folder may take."""
        return self.history_mb * 1_000_000


@dataclass(frozen=True, slots=True)
class Checks:
    """The user's own commands for proposals: file patterns with theirs, see ``project_checks``.

    ``withhold``: what they newly find keeps a proposal from being shown. Each run may take so many
    ``seconds``.
    """

    withhold: bool = False
    seconds: int = field(default=10, metadata={"least": 1, "most": 120})
    commands: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, metadata={"of": say("a list of commands")}
    )


@dataclass(frozen=True, slots=True)
class Updates:
    """Looking for newer releases: daily with ``check``, and never where ``host`` is another.

    ``host`` is whom the user agreed to ask; empty: nobody.
    """

    check: bool = False
    host: str = ""


@dataclass(frozen=True, slots=True)
class ProjectChoices:
    """What holds in one folder: the choices for it, over those for everywhere."""

    watching: Watching = Watching()
    allow_commands: bool = False
    test_command: str = ""
    without_sandbox: bool = False
    actions: Actions = field(default_factory=Actions)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the user can choose; ``keys`` maps an action's name to its shortcuts.

    ``projects`` holds what is another in single folders, by their full paths.
    """

    looks: Looks = Looks()
    model: ModelChoice = ModelChoice()
    watching: Watching = Watching()
    actions: Actions = field(default_factory=Actions)
    desktop: Desktop = Desktop()
    quick: Quick = Quick()
    privacy: Privacy = Privacy()
    checks: Checks = Checks()
    updates: Updates = Updates()
    keys: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, metadata={"of": say("a list of keys")}
    )
    projects: Mapping[str, ProjectSettings] = field(
        default_factory=dict, metadata={"tables": projects_of}
    )

    def project(self, root: PurePath) -> ProjectSettings:
        """Return what the user chose for this folder alone."""
        return self.projects.get(key_in(self.projects, root), ProjectSettings())

    def for_project(self, root: PurePath) -> ProjectChoices:
        """Return what holds in this folder."""
        own = self.project(root)
        chosen = chosen_here(own.watching)
        if own.quiet is not None:
            chosen["quiet"] = own.quiet
        watching = replace(self.watching, **chosen)
        return ProjectChoices(
            watching,
            own.allow_commands,
            own.test_command,
            own.without_sandbox,
            replace(self.actions, **chosen_here(own.actions)),
        )

    def with_project(self, root: PurePath, project: ProjectSettings) -> "Settings":
        """Return the settings with these choices for a folder; the defaults take it off the list.

        ``root`` is its full path.
        """
        key = key_in(self.projects, root)
        others = {name: one for name, one in self.projects.items() if name != key}
        if project != ProjectSettings():
            others[key] = project
        return replace(self, projects=MappingProxyType(others))


def settings_of(data: Mapping[str, object]) -> tuple[Settings, tuple[Said, ...]]:
    """Return the settings that a table holds, and a sentence for each value that was refused.

    What is missing or refused has its default. A key that is not known is passed over: a newer
    program may have written it.
    """
    problems: list[Said] = []
    settings: Settings = read_into(Settings(), data, "", problems)
    return settings, tuple(problems)


def data_of(settings: Settings) -> dict[str, dict[str, object]]:
    """Return the table of the settings, every one of them; ``settings_of`` reads it back."""
    table: dict[str, dict[str, object]] = {}
    for part in fields(settings):
        value = getattr(settings, part.name)
        if is_dataclass(value):
            table[part.name] = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        elif "tables" in part.metadata:
            table[part.name] = {root: project_data(one) for root, one in value.items()}
        else:
            table[part.name] = _lists(value)
    return table


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return _lists(value)
    return value.value if isinstance(value, Enum) else value


def _lists(value: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    return {name: list(texts) for name, texts in value.items()}
