"""Reading a recording."""

from pathlib import Path
from typing import BinaryIO

from inference_core.recording.errors import (
    DamagedRecordingError,
    NewerRecordingError,
    RecordingError,
)
from inference_core.recording.exchange import Exchange, Recording
from inference_core.recording.lines import VERSION, read_exchange, read_head

# What a first line has at most: three numbers and an address.
_HEAD_BYTES = 65_536


def read_recording(path: Path) -> Recording:
    """Return what a file holds; a last line that was cut off by a crash is left out and told.

    Raises RecordingError where the file cannot be read, is no recording, is damaged, or was made by
    a later version.
    """
    try:
        # Line by line: a file that is none of ours may be larger than the memory, or have no end.
        with path.open("rb") as stream:
            return _read(path, stream)
    except OSError as error:
        raise RecordingError(
            f"The recording {path} cannot be read: {error.strerror or error}.", "Check the path."
        ) from error


def _read(path: Path, stream: BinaryIO) -> Recording:
    try:
        version, created, upstream = read_head(stream.readline(_HEAD_BYTES))
    except ValueError as error:
        raise RecordingError(
            f"{path} is no recording: its first line is not that of one ({error}).",
            "Name a file that 'spark-core record' has written.",
        ) from error
    if version > VERSION:
        raise NewerRecordingError(path, version, VERSION)
    exchanges: list[Exchange] = []
    cut = False
    for number, line in enumerate(stream, start=2):
        try:
            exchanges.append(read_exchange(line))
        except ValueError as error:
            # A last line that was not written to its end; some editors leave out the end alone.
            cut = not line.endswith(b"\n")
            if not cut:
                raise DamagedRecordingError(path, number, str(error)) from error
    exchanges.sort(key=lambda exchange: exchange.number)
    return Recording(version, created, upstream, tuple(exchanges), cut)
