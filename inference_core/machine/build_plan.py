"""What a build of the engine will do, need and cost, said before it begins."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from inference_core.machine.errors import BuildFolderError
from inference_core.machine.toolchain import Toolchain

# xllamacpp 2026.10 on two AVX-512 cores: 165 s of computing, 38 MB of archive, 70 MB unpacked,
# 22 MB of objects, 8 MB of libraries.
_COMPUTING_S = 165
_SLOW_MACHINE = 4
DOWNLOAD_BYTES = 38_000_000
WORKING_BYTES = 400_000_000
KEPT_BYTES = 8_000_000


@dataclass(frozen=True, slots=True)
class BuildPlan:
    """One build: of which version, where, with what, for which features of this CPU.

    ``source`` is an archive that is here already, None to fetch it; ``model`` is what the result is
    checked with.
    """

    version: str
    folder: Path
    toolchain: Toolchain
    jobs: int
    features: tuple[str, ...]
    model: Path
    source: Path | None = None

    @property
    def minutes(self) -> tuple[int, int]:
        """About how long it takes: on a fast machine, and on a slow one."""
        fast = _COMPUTING_S / self.jobs / 60
        return max(1, round(fast + 0.7)), max(2, round(fast * _SLOW_MACHINE + 1))

    def lines(self) -> list[str]:
        """Return the plan for a person."""
        low, high = self.minutes
        source = (
            str(self.source) if self.source else (f"fetched by pip, {DOWNLOAD_BYTES / 1e6:.0f} MB")
        )
        gains = ", ".join(self.features) or "nothing that the installed engine lacks"
        return [
            f"Builds the engine {self.version} for this CPU: {gains}.",
            f"Source   {source}",
            f"Tools    {self.toolchain.cmake}, compiler {self.toolchain.compiler}",
            f"Time     about {low} to {high} minutes with {self.jobs} jobs",
            f"Disk     {WORKING_BYTES / 1e6:.0f} MB meanwhile, {KEPT_BYTES / 1e6:.0f} MB after, in "
            f"{self.folder}",
            f"Check    with {self.model.name}, against the installed engine",
        ]


def refuse_without_room(folder: Path) -> None:
    """Raise BuildFolderError where the disk of this folder, which need not exist, is too full."""
    here = folder
    while not here.exists():
        here = here.parent
    free = shutil.disk_usage(here).free
    if free < WORKING_BYTES:
        raise BuildFolderError(
            folder,
            f"the build needs {WORKING_BYTES / 1e6:.0f} MB, but {free / 1e6:.0f} MB are free",
        )
