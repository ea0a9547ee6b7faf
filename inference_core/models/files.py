"""Writing files so that a crash or a power cut leaves the old one or the new one, never half."""

import json
import os
from collections.abc import Mapping
from pathlib import Path


def publish(temporary: Path, final: Path) -> None:
    """Give a complete file its final name, atomically and durably; raises OSError."""
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())
    temporary.replace(final)
    if os.name == "posix":
        # The rename itself is durable only when the folder is; Windows cannot open folders.
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def write_json(path: Path, value: Mapping[str, object]) -> None:
    """Replace a small JSON file; raises OSError."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_text(json.dumps(value), encoding="utf-8")
    publish(temporary, path)
