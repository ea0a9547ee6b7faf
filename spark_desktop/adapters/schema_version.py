"""Which schema a database has, told from its bytes: to open one would change some of them.

SQLite opens a write-ahead log by making two files beside it, and takes them away, or their pages
in, when it closes: also where it was only asked a question. A newer Spark's files are left alone.
The formats: https://www.sqlite.org/fileformat2.html, 1.3 and 4.
"""

import struct
from pathlib import Path

from spark_desktop.adapters.migrations import STEPS, refuse_newer

DATABASE = "spark.db"
_MAGIC = b"SQLite format 3\0"
# Where PRAGMA user_version stands in the first page.
_PLACE = 60
_HEAD, _FRAME = struct.Struct(">IIIIIIII"), struct.Struct(">IIIIII")
# The last bit says in which order checksums are made.
_LOG = 0x377F0682
_NUMBER = struct.Struct(">I")


def schema_of(file: Path) -> int:
    """Return the schema's number, 0 where there is none, or nothing that can be read.

    What stands in the log counts as far as it was committed. Raises OSError.
    """
    try:
        with file.open("rb") as stream:
            head = stream.read(_PLACE + _NUMBER.size)
    except FileNotFoundError:
        return 0
    if len(head) < _PLACE + _NUMBER.size or not head.startswith(_MAGIC):
        return 0
    found = int(_NUMBER.unpack_from(head, _PLACE)[0])
    return max(found, _logged(file.with_name(f"{file.name}-wal")))


def check_schema(file: Path, steps: tuple[tuple[str, ...], ...] = STEPS) -> None:
    """Raise StoreError where the database is of a newer Spark; no byte of it is changed.

    One that cannot be read is left to whoever opens it.
    """
    try:
        found = schema_of(file)
    except OSError:
        return
    refuse_newer(found, len(steps))


def _logged(log: Path) -> int:
    """Return the number in the newest first page that the log holds as committed, else 0."""
    try:
        stream = log.open("rb")
    except FileNotFoundError:
        return 0
    with stream:
        head = stream.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return 0
        magic, _version, size, _number, *salts, _sum1, _sum2 = _HEAD.unpack(head)
        if magic & ~1 != _LOG:
            return 0
        written = committed = 0
        while len(frame := stream.read(_FRAME.size)) == _FRAME.size:
            page, commits, *salted, _sum1, _sum2 = _FRAME.unpack(frame)
            if salted != salts:
                # What an earlier run of the log has left.
                break
            if page == 1:
                first = stream.read(_PLACE + _NUMBER.size)
                if len(first) < _PLACE + _NUMBER.size:
                    break
                written = int(_NUMBER.unpack_from(first, _PLACE)[0])
                stream.seek(size - len(first), 1)
            else:
                stream.seek(size, 1)
            if commits:
                committed = written
        return committed
