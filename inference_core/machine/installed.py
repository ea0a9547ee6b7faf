"""The engine that is installed: which version, and which devices it drives."""

import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

from inference_core.domain.errors import EngineError

PACKAGE = "xllamacpp"
_REINSTALL = "Install Spark again: its engine is part of it."


@dataclass(frozen=True, slots=True)
class Device:
    """Something the engine computes on; memory in bytes, ``kind`` is cpu, gpu, igpu or accel."""

    name: str
    description: str
    kind: str
    memory_free: int
    memory_total: int

    @property
    def is_gpu(self) -> bool:
        """Return whether layers of a model can be put on it."""
        return self.kind in ("gpu", "igpu")


@dataclass(frozen=True, slots=True)
class EngineBuild:
    """One build of the engine. ``library`` None is the wheel's own."""

    version: str
    library: Path | None = None

    @property
    def name(self) -> str:
        """Return what measurements are filed under: they do not hold for another build."""
        return f"{self.version}-native" if self.library else self.version


def engine_version() -> str:
    """Return the version of the installed engine, such as ``2026.10.11549``; imports nothing.

    Raises EngineError where it is not installed.
    """
    try:
        return importlib.metadata.version(PACKAGE)
    except importlib.metadata.PackageNotFoundError as error:
        raise EngineError(f"The engine ({PACKAGE}) is not installed.", _REINSTALL) from error


def source_version(version: str) -> str:
    """Return the version whose source it is: a GPU wheel has a label after a plus sign."""
    return version.partition("+")[0]
