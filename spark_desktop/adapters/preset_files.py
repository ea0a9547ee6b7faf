"""Reads the endpoints that come with the program."""

import tomllib
from pathlib import Path

from spark_desktop.adapters.endpoint_tables import spec_of
from spark_desktop.domain.presets import Preset, PresetField
from spark_desktop.domain.tables import Table
from spark_desktop.domain.words import Said
from spark_resources import resource


def load_preset_files(folder: Path | None = None) -> dict[str, Preset]:
    """Return the presets by id, in the order of their files.

    Raises ValueError for a file that is wrong, which the tests would have found.
    """
    found: dict[str, Preset] = {}
    for file in sorted((folder or resource("endpoints")).iterdir(), key=lambda one: one.stem):
        if file.name.endswith(".toml"):
            preset = _preset(file)
            found[preset.spec.id] = preset
    return found


def _preset(file: Path) -> Preset:
    problems: list[Said] = []
    table = Table(tomllib.loads(file.read_text(encoding="utf-8")), file.name, problems)
    spec = spec_of(table, {})
    fields = tuple(
        PresetField(one.text("name"), one.text("example")) for one in table.tables("fields")
    )
    if spec is None or problems:
        raise ValueError(f"a preset is wrong: {problems[0]}")
    return Preset(spec, fields)
