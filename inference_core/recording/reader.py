"""Reading a recording."""

from contextlib import suppress
from pathlib import Path

from inference_core.recording.errors import (
    DamagedRecordingError,
    NewerRecordingError,
    RecordingError,
)
from inference_core.recording.exchange import Recording
from inference_core.recording.lines import VERSION, read_exchange, read_head


def read_recording(path: Path) -> Recording:
    """Return what a file holds; a last line that was cut off by a crash is left out and told.

    Raises RecordingError where the file cannot be read, is no recording, is damaged, or was made by
    a later version.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordingError(
            f"The recording {path} cannot be read: {error.strerror or error}.", "Check the path."
        ) from error
    first, *lines = data.split(b"\n")
    try:
        version, created, upstream = read_head(first)
    except ValueError as error:
        raise RecordingError(
            f"{path} is no recording: its first line is not that of one ({error}).",
            "Name a file that 'spark-core record' has written.",
        ) from error
    if version > VERSION:
        raise NewerRecordingError(path, version, VERSION)
    # Whatever follows the last line's end was not written to its own.
    rest = lines.pop() if lines else b""
    exchanges = []
    for number, line in enumerate(lines, start=2):
        try:
            exchanges.append(read_exchange(line))
        except ValueError as error:
            raise DamagedRecordingError(path, number, str(error)) from error
    if rest:
        # Some editors leave out the last line's end.
        with suppress(ValueError):
            exchanges.append(read_exchange(rest))
            rest = b""
    exchanges.sort(key=lambda exchange: exchange.number)
    return Recording(version, created, upstream, tuple(exchanges), cut=bool(rest))
