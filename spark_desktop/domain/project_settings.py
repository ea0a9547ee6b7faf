"""What the user chose for one folder. It stands in their settings, never in the folder itself."""

import types
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import PurePath, PurePosixPath, PureWindowsPath

from spark_desktop.domain.quick_actions import ActionsHere
from spark_desktop.domain.setting_values import read_into, refused
from spark_desktop.domain.words import Said, say


@dataclass(frozen=True, slots=True)
class WatchingHere:
    """Which saves start a proposal in one folder; None: as everywhere."""

    enabled: bool | None = None
    comments: bool | None = None
    stubs: bool | None = None
    repairs: bool | None = None
    follow_ups: bool | None = None
    failing_tests: bool | None = None


@dataclass(frozen=True, slots=True)
class ProjectSettings:
    """The choices for one folder.

    ``allow_commands``: the project's own commands may be run, which nobody but the user says;
    ``without_sandbox``: also where nothing can shut them in. ``ask_commands``: the user may be
    asked for it.
    ``test_command`` is watched for failing tests, "" for none. ``quiet`` None: as everywhere.
    """

    allow_commands: bool = False
    test_command: str = ""
    quiet: bool | None = None
    watching: WatchingHere = WatchingHere()
    without_sandbox: bool = False
    ask_commands: bool = True
    actions: ActionsHere = field(default_factory=ActionsHere)


def projects_of(
    data: Mapping[str, object], name: str, problems: list[Said]
) -> Mapping[str, ProjectSettings]:
    """Return the choices by folder that a table holds; ``problems`` gets what is refused."""
    found: dict[str, ProjectSettings] = {}
    for root, table in data.items():
        own = f'{name}."{root}"'
        if not _is_absolute(root):
            problems.append(refused(own, root, say("the full path of a folder")))
        elif not isinstance(table, Mapping):
            problems.append(say("{name} is not a table.", name=own))
        else:
            found[root] = read_into(ProjectSettings(), table, f"{own}.", problems)
    return types.MappingProxyType(found)


def project_data(project: ProjectSettings) -> dict[str, object]:
    """Return the table of one folder's choices, without those that are as everywhere."""
    table: dict[str, object] = {
        "allow_commands": project.allow_commands,
        "without_sandbox": project.without_sandbox,
        "ask_commands": project.ask_commands,
        "test_command": project.test_command,
    }
    if project.quiet is not None:
        table["quiet"] = project.quiet
    for name, here in (("watching", project.watching), ("actions", project.actions)):
        if chosen := chosen_here(here):
            table[name] = chosen
    return table


def chosen_here(here: WatchingHere | ActionsHere) -> dict[str, bool]:
    """Return what is not as everywhere."""
    values = {one.name: getattr(here, one.name) for one in fields(here)}
    return {name: value for name, value in values.items() if value is not None}


def key_in(projects: Mapping[str, ProjectSettings], root: PurePath) -> str:
    """Return the name by which a folder stands in the table, or would stand there."""
    same = (key for key in projects if type(root)(key) == root)
    return next(same, root.as_posix())


def _is_absolute(root: str) -> bool:
    # The same file may be used on several systems.
    return PurePosixPath(root).is_absolute() or PureWindowsPath(root).is_absolute()
