"""The settings as a TOML file that the user may edit: comments and unknown keys are kept."""

import asyncio
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.settings import Settings, data_of, settings_of
from spark_desktop.domain.words import Said, say
from spark_desktop.services.ports import LoadedSettings

# Bytes; a settings file of more than that is something else.
_MOST = 1 << 20


class TomlSettings:
    """One file; a SettingsStore."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = asyncio.Lock()

    def load(self) -> LoadedSettings:
        """Return what the file holds; one that is not TOML is moved aside, and named."""
        try:
            text = self._read()
        except FileNotFoundError:
            return LoadedSettings(Settings())
        except OSError as error:
            return LoadedSettings(
                Settings(),
                (
                    say(
                        "{file} cannot be read ({reason}). The defaults are used.",
                        file=self._file,
                        reason=error.strerror or error,
                    ),
                ),
            )
        except UnicodeDecodeError:
            return self._broken(say("it is not UTF-8"))
        try:
            settings, problems = settings_of(tomlkit.parse(text).unwrap())
        except TOMLKitError as error:
            return self._broken(Said(str(error)))
        told = (
            say("{file}: {problem} The default is used.", file=self._file, problem=problem)
            for problem in problems
        )
        return LoadedSettings(settings, tuple(told))

    async def save(self, settings: Settings) -> None:
        """Write what differs from the file into it, atomically. Raises StoreError."""
        async with self._lock:
            try:
                await asyncio.to_thread(self._write, settings)
            except OSError as error:
                raise StoreError(
                    say(
                        "The settings could not be written to {file} ({reason}).",
                        file=self._file,
                        reason=error.strerror or error,
                    ),
                    say("They hold until Spark ends. Make the folder writable."),
                ) from error

    def _read(self) -> str:
        if self._file.stat().st_size > _MOST:
            raise OSError(0, f"it has more than {_MOST} bytes")
        return self._file.read_text(encoding="utf-8-sig")

    def _broken(self, reason: str) -> LoadedSettings:
        aside = self._file.with_name(f"{self._file.name}.broken-{secrets.token_hex(3)}")
        try:
            self._file.rename(aside)
        except OSError as error:
            said = say(
                "{file} is not a settings file ({reason}) and could not be moved aside "
                "({error}). The defaults are used.",
                file=self._file,
                reason=reason,
                error=error.strerror or error,
            )
        else:
            said = say(
                "{file} is not a settings file ({reason}). It is kept as {aside}, and the "
                "defaults are used.",
                file=self._file,
                reason=reason,
                aside=aside.name,
            )
        return LoadedSettings(Settings(), (said,))

    def _write(self, settings: Settings) -> None:
        try:
            document = tomlkit.parse(self._read())
        except (FileNotFoundError, TOMLKitError, UnicodeDecodeError):
            document = tomlkit.document()
        _merge(document, settings)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        # A link to a file elsewhere stays a link.
        target = Path(os.path.realpath(self._file))
        temporary = target.with_name(f".{target.name}-{secrets.token_hex(4)}.tmp")
        try:
            with temporary.open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(tomlkit.dumps(document))
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def _merge(document: tomlkit.TOMLDocument, settings: Settings) -> None:
    defaults = data_of(Settings())
    for name, values in data_of(settings).items():
        table = document.get(name)
        known = table if isinstance(table, Mapping) else {}
        _drop_gone(known, values, is_open=name == "keys")
        # What is the default is not written: a later default then takes effect.
        changed = {
            key: value
            for key, value in values.items()
            if key in known or value != defaults[name].get(key)
        }
        for key, value in changed.items():
            if name not in document or not isinstance(document[name], Mapping):
                document[name] = tomlkit.table()
            target: Any = document[name]
            if key not in target or target[key] != value:
                target[key] = value


def _drop_gone(table: Any, values: Mapping[str, object], is_open: bool) -> None:
    # A shortcut that was reset; in the other tables an unknown key is a newer program's.
    for key in [key for key in table if is_open and key not in values]:
        del table[key]
