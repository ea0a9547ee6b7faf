"""What the user can choose, as frozen values, and how they stand in a table of data."""

import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from typing import Any, get_origin, get_type_hints

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
    """Which saves start a proposal."""

    enabled: bool = True
    comments: bool = True
    stubs: bool = True


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
class Settings:
    """Everything the user can choose; ``keys`` maps an action's name to its shortcuts."""

    looks: Looks = Looks()
    model: ModelChoice = ModelChoice()
    watching: Watching = Watching()
    desktop: Desktop = Desktop()
    quick: Quick = Quick()
    privacy: Privacy = Privacy()
    checks: Checks = Checks()
    updates: Updates = Updates()
    keys: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, metadata={"of": say("a list of keys")}
    )


def settings_of(data: Mapping[str, object]) -> tuple[Settings, tuple[Said, ...]]:
    """Return the settings that a table holds, and a sentence for each value that was refused.

    What is missing or refused has its default. A key that is not known is passed over: a newer
    program may have written it.
    """
    problems: list[Said] = []
    return _read(Settings(), data, "", problems), tuple(problems)


def data_of(settings: Settings) -> dict[str, dict[str, object]]:
    """Return the table of the settings, every one of them; ``settings_of`` reads it back."""
    table: dict[str, dict[str, object]] = {}
    for part in fields(settings):
        value = getattr(settings, part.name)
        if is_dataclass(value):
            table[part.name] = {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        else:
            table[part.name] = _lists(value)
    return table


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return _lists(value)
    return value.value if isinstance(value, Enum) else value


def _lists(value: Mapping[str, tuple[str, ...]]) -> dict[str, object]:
    return {name: list(texts) for name, texts in value.items()}


def _read(default: Any, data: Mapping[str, object], path: str, problems: list[Said]) -> Any:
    hints = get_type_hints(type(default))
    found: dict[str, object] = {}
    for one in fields(default):
        if one.name not in data:
            continue
        name = f"{path}{one.name}"
        current, value = getattr(default, one.name), data[one.name]
        if is_dataclass(current) or get_origin(hints[one.name]) is not None:
            if not isinstance(value, Mapping):
                problems.append(say("{name} is not a table.", name=name))
            elif is_dataclass(current):
                found[one.name] = _read(current, value, f"{name}.", problems)
            else:
                found[one.name] = _texts(value, name, one.metadata["of"], problems)
        else:
            read = _value(hints[one.name], value, one.metadata)
            if isinstance(read, _Refused):
                problems.append(
                    say(
                        "{name} is {value}, not {wanted}.",
                        name=name,
                        value=repr(value),
                        wanted=read.wanted,
                    )
                )
            else:
                found[one.name] = read
    return replace(default, **found)


@dataclass(frozen=True, slots=True)
class _Refused:
    wanted: Said


def _value(kind: Any, value: object, bounds: Mapping[str, Any]) -> object:
    if isinstance(kind, type) and issubclass(kind, Enum):
        known = [one.value for one in kind]
        if isinstance(value, str) and value in known:
            return kind(value)
        return _Refused(say("one of {known}", known=", ".join(known)))
    if kind is bool:
        return value if isinstance(value, bool) else _Refused(say("true or false"))
    if kind is int:
        least, most = bounds["least"], bounds["most"]
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        return _Refused(say("a whole number from {least} to {most}", least=least, most=most))
    return value if isinstance(value, str) else _Refused(say("text"))


def _texts(
    data: Mapping[str, object], name: str, wanted: Said, problems: list[Said]
) -> Mapping[str, tuple[str, ...]]:
    texts: dict[str, tuple[str, ...]] = {}
    for key, value in data.items():
        if isinstance(value, list) and all(isinstance(text, str) for text in value):
            texts[key] = tuple(value)
        else:
            problems.append(
                say(
                    "{name} is {value}, not {wanted}.",
                    name=f"{name}.{key}",
                    value=repr(value),
                    wanted=wanted,
                )
            )
    return types.MappingProxyType(texts)
