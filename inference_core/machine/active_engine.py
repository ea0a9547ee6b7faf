"""The engine that was built on this machine, where one is in use.

``engines/active.json`` names a folder beside it; its ``build.json`` tells what was built, for which
CPU, and that its check was passed. What does not fit this machine any more is not used.
"""

import json
import logging
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from inference_core.domain.errors import EngineError
from inference_core.machine.errors import BuildFolderError
from inference_core.machine.hardware import Hardware
from inference_core.machine.installed import EngineBuild, engine_version
from inference_core.machine.places import engines_folder
from inference_core.models.files import write_json

_log = logging.getLogger(__name__)

_ACTIVE = "active.json"
_BUILD = "build.json"


@dataclass(frozen=True, slots=True)
class BuiltEngine:
    """What was built: for which ``version`` of the wheel and which CPU, and from which archive.

    ``library`` is a file of the engine's folder, of ``library_bytes``. ``prefill_gain`` and
    ``decode_gain`` are how many times as fast as the wheel's it was in its check, with ``model``,
    None where that could not be timed; ``built_at`` is in seconds since 1970.
    """

    version: str
    cpu: str
    source_sha256: str
    library: str
    library_bytes: int
    model: str
    prefill_gain: float | None
    decode_gain: float | None
    agreement: float
    built_at: float

    @property
    def gain_text(self) -> str:
        """Return the gains for a person."""
        if self.prefill_gain is None or self.decode_gain is None:
            return "its speed was not measured, since the machine was busy or the wheel's cannot be"
        return (
            f"prompts {self.prefill_gain:.2f}, answers {self.decode_gain:.2f} times as fast as "
            f"with the wheel's engine ({self.model})"
        )


@dataclass(frozen=True, slots=True)
class ActiveEngine:
    """A built engine that is in use, and the path of its library."""

    built: BuiltEngine
    library: Path


def active_engine_library() -> Path | None:
    """Return the library of the engine that was built here, None where the wheel's is to be used.

    Never raises: what does not fit is logged and not used.
    """
    active = active_engine()
    return None if active is None else active.library


def engine_in_use() -> EngineBuild:
    """Return the build of the engine that a core on this machine uses. Raises EngineError."""
    return EngineBuild(engine_version(), active_engine_library())


def active_engine(
    folder: Path | None = None, version: str | None = None, cpu: str | None = None
) -> ActiveEngine | None:
    """Return the engine in use; ``version`` and ``cpu`` are this machine's unless given."""
    folder = folder or engines_folder()
    try:
        named = json.loads((folder / _ACTIVE).read_text(encoding="utf-8"))["engine"]
        if not isinstance(named, str) or Path(named).name != named:
            raise ValueError(f"not the name of a folder: {named!r}")
        data = json.loads((folder / named / _BUILD).read_text(encoding="utf-8"))
        built = BuiltEngine(**data)
        library = folder / named / Path(built.library).name
        size = library.stat().st_size
        installed = version or engine_version()
    except FileNotFoundError as error:
        if Path(error.filename).name != _ACTIVE:
            _log.warning(
                "The engine that was built here is not used: %s is missing", error.filename
            )
        return None
    except (OSError, ValueError, KeyError, TypeError, EngineError) as error:
        _log.warning("The engine that was built here is not used: %s", error)
        return None
    reason = _unfit(built, size, installed, cpu or Hardware.here().cpu_fingerprint)
    if reason:
        _log.warning("The engine that was built here is not used: %s", reason)
        return None
    return ActiveEngine(built, library)


def _unfit(built: BuiltEngine, size: int, installed: str, cpu: str) -> str:
    if built.version != installed:
        return f"it is for version {built.version}, installed is {installed}; build it again"
    if built.cpu != cpu:
        return "it was built for another CPU; build it again"
    if size != built.library_bytes:
        return "its library was changed; build it again"
    return ""


def folder_name(built_version: str, cpu: str) -> str:
    """Return the name of the folder for one version and CPU."""
    return f"{built_version}-{cpu}"


def activate(folder: Path, prepared: Path, built: BuiltEngine) -> Path:
    """Move a prepared and checked engine to its place, use it from now on, and return its library.

    Until the last step the one before stays in use. Raises OSError.
    """
    write_json(prepared / _BUILD, asdict(built))
    name = final = folder_name(built.version, built.cpu)
    number = 1
    while (folder / final).exists():
        number += 1
        final = f"{name}-{number}"
    prepared.rename(folder / final)
    write_json(folder / _ACTIVE, {"engine": final})
    for other in folder.iterdir():
        if other.is_dir() and other.name != final:
            # A core that runs may have it open, which Windows does not let go: the next time then.
            shutil.rmtree(other, ignore_errors=True)
    return folder / final / built.library


def remove_engines(folder: Path | None = None) -> int:
    """Remove every engine that was built here, and return the bytes that became free.

    Raises BuildFolderError where something stays.
    """
    folder = folder or engines_folder()
    if not folder.is_dir():
        return 0
    freed = sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
    try:
        # First, so that whatever stays is used by nobody.
        (folder / _ACTIVE).unlink(missing_ok=True)
        shutil.rmtree(folder)
    except OSError as error:
        raise BuildFolderError(folder, error.strerror or str(error)) from error
    return freed
