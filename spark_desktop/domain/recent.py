"""The folders that were opened last."""

from pathlib import Path

MOST_RECENT = 10


def newest_first(folders: tuple[Path, ...], opened: Path) -> tuple[Path, ...]:
    """Return the folders with ``opened`` in front, each once, at most ``MOST_RECENT``."""
    others = (folder for folder in folders if folder != opened)
    return (opened, *others)[:MOST_RECENT]
