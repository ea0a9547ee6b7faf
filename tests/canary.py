"""One key a run that is told to endpoints, and the search for it in everything that was written.

The key's random part is looked for, in each form that it may be written in: as it is, which is
also how JSON, URLs and ``repr`` write it, in UTF-16, in hexadecimal, and in Base64 at each of its
three places.
"""

import base64
import logging
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from spark_desktop.adapters.redaction import RedactingFormatter
from spark_desktop.domain.secret import Secret

VARIABLE = "SPARK_CANARY"
# What JSON, a URL and a shell write otherwise surrounds the part that is looked for.
_BEGIN, _END = 'canary-"%/+', "+=/'end"
# Larger files are models and test data; nothing of ours writes so much in one.
MOST_FILE = 8_000_000
MOST_ALL = 400_000_000


def canary() -> Secret:
    """Return the key of this run; processes that are started share it by their environment."""
    return Secret(f"{_BEGIN}{core()}{_END}")


def core() -> str:
    """Return its random part, which is a key too: one that every writer writes alike."""
    return os.environ.setdefault(VARIABLE, secrets.token_hex(16))


def forms() -> tuple[bytes, ...]:
    """Return what the key's random part looks like, however it is written."""
    text, plain = core(), core().encode()
    found = [plain, text.encode("utf-16-le"), text.encode("utf-16-be")]
    found += [plain.hex().encode(), plain.hex().upper().encode()]
    for ahead in range(3):
        coded = base64.b64encode(b"\0" * ahead + plain + b"\0" * 3)
        # The ends depend on what stands beside the key.
        found.append(coded[4:-8])
    return tuple(found)


def in_bytes(data: bytes) -> bool:
    """Return whether the key is in there in any form."""
    return any(form in data for form in forms())


def in_files(*roots: Path, most: int = MOST_ALL) -> tuple[list[str], int]:
    """Return the files that hold the key, also in their names, and how many bytes were looked at.

    Nothing is looked at beyond ``most`` bytes.
    """
    found, looked = [], 0
    for path, size in _files(roots):
        if size > MOST_FILE or looked + size > most:
            continue
        try:
            data = path.read_bytes()
        except OSError:
            continue
        looked += len(data)
        if in_bytes(data) or in_bytes(os.fsencode(path)):
            found.append(str(path))
    return found, looked


def in_processes() -> list[str]:
    """Return the processes that show the key in their command line or in their environment.

    The one variable that holds it on purpose is passed over.
    """
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            environment = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        own = VARIABLE.encode() + b"="
        if in_bytes(command) or any(in_bytes(one) for one in environment if own not in one[:32]):
            found.append(process.name)
    return found


class Listener(logging.Handler):
    """Looks for the key in each log record, as the program's own handlers would write it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.setFormatter(RedactingFormatter(logging.Formatter("%(name)s: %(message)s")))

    def emit(self, record: logging.LogRecord) -> None:
        if in_bytes(self.format(record).encode("utf-8", "surrogatepass")):
            self.found.append(f"{record.name}, {record.pathname}:{record.lineno}")


def _files(roots: Iterable[Path]) -> Iterator[tuple[Path, int]]:
    for root in roots:
        for folder, _folders, names in os.walk(root):
            for name in names:
                path = Path(folder, name)
                try:
                    status = path.lstat()
                except OSError:
                    continue
                if stat.S_ISREG(status.st_mode):
                    yield path, status.st_size
