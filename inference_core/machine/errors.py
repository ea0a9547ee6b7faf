"""What can go wrong while this machine is measured or an engine is built for it."""

from pathlib import Path

from inference_core.domain.errors import CoreError


class CalibrationError(CoreError):
    """The engine with its usual settings cannot be measured; a candidate's failure is no error."""


class BuildError(CoreError):
    """The engine cannot be built here, or what was built is not used."""


class MissingToolsError(BuildError):
    """Programs that the build needs are not installed; ``missing`` has their names."""

    def __init__(self, missing: tuple[str, ...], packages: str) -> None:
        super().__init__(f"The build needs {' and '.join(missing)}, not found here.", packages)
        self.missing = missing


class BuildStepError(BuildError):
    """A program of the build failed; its output is in ``log``."""

    def __init__(self, step: str, reason: str, log: Path) -> None:
        super().__init__(f"The build failed while {step}: {reason}.", f"Its output is in {log}")
        self.log = log


class SourceArchiveError(BuildError):
    """The engine's source cannot be had, or is not what it should be."""


class BuildFolderError(BuildError):
    """The folder of the engines cannot be used; the message has the system's reason."""

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(
            f"The folder {folder} cannot be used: {reason}.",
            "Free some space or make it writable, or set SPARK_DATA_DIR to another folder.",
        )


class SelfCheckError(BuildError):
    """What was built does not compute what the wheel's engine computes; it was removed."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The engine that was built failed its check: {reason}.",
            "It was removed; the engine of the wheel stays in use.",
        )
