"""What can go wrong with a recording, and while one is made or served."""

from pathlib import Path

from inference_core.domain.errors import CoreError, RequestError


class RecordingError(CoreError):
    """A recording cannot be written or read; the message names its file."""

    code = "recording_failed"


class NewerRecordingError(RecordingError):
    """A recording was made by a later program; ``version`` is its format's."""

    def __init__(self, path: Path, version: int, known: int) -> None:
        super().__init__(
            f"The recording {path} has format version {version}; this program reads up to {known}.",
            "Update Spark Desktop, or record the session again with this version.",
        )
        self.version = version


class DamagedRecordingError(RecordingError):
    """A line before the last one is not what the format says; ``line`` counts from 1."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(
            f"The recording {path} is damaged in line {line}: {reason}.",
            "Remove that line, or record the session again.",
        )
        self.line = line


class UpstreamError(CoreError):
    """The upstream server gave no answer, or none that can be passed on."""

    status = 502
    code = "upstream_unreachable"


class ClosingError(CoreError):
    """The proxy or the replay ends before it could answer."""

    status = 503
    code = "closing"

    def __init__(self) -> None:
        super().__init__("The program ends.", "Start it again, then repeat the request.")


class NotRecordedError(RequestError):
    """No exchange of the recording has this request; the message tells the nearest one."""

    status = 404

    def __init__(self, message: str) -> None:
        super().__init__(
            message,
            code="not_recorded",
            next_step="Send the request as it was recorded, or record it with 'spark-core record'.",
        )
