"""The settings as a TOML file that the user may edit: comments and unknown keys are kept."""

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spark_desktop.adapters.settings_of_projects import merge_projects
from spark_desktop.adapters.toml_file import read_text, reason_of, replace_text, set_aside
from spark_desktop.domain.errors import StoreError
from spark_desktop.domain.project_settings import ProjectSettings, project_data
from spark_desktop.domain.settings import Settings, data_of, settings_of
from spark_desktop.domain.words import Said, say
from spark_desktop.services.ports import LoadedSettings

if TYPE_CHECKING:
    # Only a change of the settings needs it; a start would take 60 ms longer.
    import tomlkit

_AS_THEY_WERE = say("The settings stay as they were. Mend the file, and save it.")
_SOME = "/home/me/project"


class TomlSettings:
    """One file; a SettingsStore."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = asyncio.Lock()
        # The text that was read or written last: what differs is somebody else's.
        self._known: str | None = None

    @property
    def file(self) -> Path:
        """Return the file."""
        return self._file

    def load(self) -> LoadedSettings:
        """Return what the file holds; one that is not TOML is moved aside, and named."""
        try:
            text = read_text(self._file)
        except FileNotFoundError:
            return LoadedSettings(Settings())
        except OSError as error:
            said = say("{problem} The defaults are used.", problem=self._unreadable(error))
            return LoadedSettings(Settings(), (said,))
        except UnicodeDecodeError as error:
            return self._broken(reason_of(error))
        try:
            settings, problems = settings_of(tomllib.loads(text))
        except (ValueError, RecursionError) as error:
            return self._broken(reason_of(error))
        self._known = text
        told = (
            say("{file}: {problem} The default is used.", file=self._file, problem=problem)
            for problem in problems
        )
        return LoadedSettings(settings, tuple(told))

    async def edited(self) -> Settings | None:
        """Return what somebody else wrote meanwhile, None for nothing new. Raises StoreError."""
        async with self._lock:
            return await asyncio.to_thread(self._edited)

    async def save(self, settings: Settings) -> Said | None:
        """Write what differs from the file into it, atomically. Raises StoreError.

        A file that somebody broke meanwhile is kept aside, which the answer tells.
        """
        async with self._lock:
            try:
                return await asyncio.to_thread(self._write, settings)
            except OSError as error:
                raise self._unwritable(error) from error

    async def prepare(self) -> None:
        """Make the file, all in comments, where there is none. Raises StoreError."""
        async with self._lock:
            try:
                await asyncio.to_thread(self._begin)
            except OSError as error:
                raise self._unwritable(error) from error

    def _edited(self) -> Settings | None:
        try:
            text = read_text(self._file)
        except FileNotFoundError:
            # Somebody who saves may take it away for a moment.
            return None
        except OSError as error:
            raise StoreError(self._unreadable(error), _AS_THEY_WERE) from error
        except UnicodeDecodeError as error:
            raise self._refused(reason_of(error)) from error
        if text == self._known:
            return None
        self._known = text
        try:
            settings, problems = settings_of(tomllib.loads(text))
        except (ValueError, RecursionError) as error:
            raise self._refused(reason_of(error)) from error
        if problems:
            raise StoreError(
                say("{file}: {problem}", file=self._file, problem=problems[0]), _AS_THEY_WERE
            )
        return settings

    def _refused(self, reason: object) -> StoreError:
        said = say("{file} is not a settings file ({reason}).", file=self._file, reason=reason)
        return StoreError(said, _AS_THEY_WERE)

    def _unreadable(self, error: OSError) -> Said:
        reason = error.strerror or error
        return say("{file} cannot be read ({reason}).", file=self._file, reason=reason)

    def _unwritable(self, error: OSError) -> StoreError:
        return StoreError(
            say(
                "The settings could not be written to {file} ({reason}).",
                file=self._file,
                reason=error.strerror or error,
            ),
            say("They hold until Spark ends. Make the folder writable."),
        )

    def _broken(self, reason: object) -> LoadedSettings:
        try:
            aside = set_aside(self._file)
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

    def _write(self, settings: Settings) -> Said | None:
        import tomlkit

        told = None
        try:
            text = read_text(self._file)
            meant, _problems = settings_of(tomllib.loads(text))
            document = tomlkit.parse(text)
        except FileNotFoundError:
            document, meant = tomlkit.document(), Settings()
        except (ValueError, RecursionError):
            # What one of the two parsers does not take, or bytes that are no text.
            document, meant = tomlkit.document(), Settings()
            told = say(
                "{file} was broken meanwhile. It is kept as {aside}, and written anew.",
                file=self._file,
                aside=set_aside(self._file).name,
            )
        _merge(document, settings, meant)
        self._replace(tomlkit.dumps(document))
        return told

    def _begin(self) -> None:
        if not self._file.exists():
            self._replace(_template())

    def _replace(self, text: str) -> None:
        replace_text(self._file, text)
        self._known = text


def _template() -> str:

    lines = ["# The settings of Spark Desktop. A line without its # counts; saving takes effect."]
    for name, values in data_of(Settings()).items():
        if name == "projects":
            continue
        lines += ["", f"[{name}]"]
        lines += [f"# {key} = {_written(value)}" for key, value in values.items()]
    lines += ["", "# What is another in one folder, by its full path:", f'# [projects."{_SOME}"]']
    lines += [f"# {key} = {_written(one)}" for key, one in project_data(ProjectSettings()).items()]
    lines += ["# quiet = false", f'# [projects."{_SOME}".watching]', "# stubs = true"]
    return "\n".join(lines) + "\n"


def _written(value: object) -> str:
    import tomlkit

    # A table has no text of its own as a value.
    return "{}" if isinstance(value, Mapping) else tomlkit.item(value).as_string()


def _merge(document: "tomlkit.TOMLDocument", settings: Settings, meant: Settings) -> None:
    """Write the settings over what the document means; what was refused in it stays until then."""
    import tomlkit

    before = data_of(meant)
    for name, values in data_of(settings).items():
        if name == "projects":
            merge_projects(document, before[name], values)
            continue
        table = document.get(name)
        known = table if isinstance(table, Mapping) else {}
        if name == "keys":
            _drop_gone(known, before[name], values)
        # What is the default is not written: a later default then takes effect.
        changed = {key: one for key, one in values.items() if one != before[name].get(key)}
        for key, value in changed.items():
            if name not in document or not isinstance(document[name], Mapping):
                document[name] = tomlkit.table()
            target: Any = document[name]
            target[key] = value


def _drop_gone(table: Any, before: Mapping[str, object], values: Mapping[str, object]) -> None:
    # A shortcut that was reset; in the other tables an unknown key is a newer program's.
    for key in before:
        if key in table and key not in values:
            del table[key]
