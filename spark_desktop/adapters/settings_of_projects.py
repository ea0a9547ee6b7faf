"""Writes what was chosen for single folders into the TOML document of the settings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # Only a change of the settings needs it; see settings_file.
    import tomlkit


def merge_projects(
    document: "tomlkit.TOMLDocument", before: Mapping[str, object], now: Mapping[str, object]
) -> None:
    """Write the tables of the folders over what the document means (``before``).

    What is as everywhere is not written, comments and unknown keys of the user stay.
    """
    import tomlkit

    if before == now:
        return
    if not isinstance(document.get("projects"), Mapping):
        # Without a heading of its own: only its tables have one.
        document["projects"] = tomlkit.table(is_super_table=True)
    tables: Any = document["projects"]
    for root in [root for root in before if root not in now]:
        del tables[root]
    for root, meant in now.items():
        if before.get(root) == meant:
            continue
        if not isinstance(tables.get(root), Mapping):
            tables[root] = tomlkit.table()
        _merge(tables[root], _of(before.get(root)), _of(meant), _DEFAULTS)


_DEFAULTS: Mapping[str, object] = {
    "allow_commands": False,
    "without_sandbox": False,
    "ask_commands": True,
    "test_command": "",
}


def _merge(
    table: Any,
    before: Mapping[str, object],
    now: Mapping[str, object],
    defaults: Mapping[str, object],
) -> None:
    import tomlkit

    for key in [key for key in before if key not in now and key in table]:
        del table[key]
    for key, value in now.items():
        if isinstance(value, Mapping):
            if not isinstance(table.get(key), Mapping):
                table[key] = tomlkit.table()
            _merge(table[key], _of(before.get(key)), value, {})
        elif value != before.get(key, defaults.get(key)):
            table[key] = value


def _of(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
