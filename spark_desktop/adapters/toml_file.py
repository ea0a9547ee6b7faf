"""A TOML file that a person may edit: read with care, kept aside where it is broken."""

import os
import secrets
import stat
from pathlib import Path

from spark_desktop.domain.words import say

# Bytes; what a person writes by hand is far less.
_MOST = 1 << 20


def read_text(file: Path) -> str:
    """Return the file's text. Raises OSError, also for what is no file or too large.

    Raises UnicodeDecodeError for bytes that are not UTF-8.
    """
    status = file.stat()
    if not stat.S_ISREG(status.st_mode):
        # Reading a pipe or a device might never end.
        raise OSError(0, say("it is no file"))
    if status.st_size > _MOST:
        raise OSError(0, say("it has more than {most} bytes", most=_MOST))
    return file.read_text(encoding="utf-8-sig")


def reason_of(error: ValueError | RecursionError) -> object:
    """Return why a text is none, for the user."""
    if isinstance(error, UnicodeDecodeError):
        return say("it is not UTF-8")
    if isinstance(error, RecursionError):
        return say("it is nested too deeply")
    return error.args[0] if error.args else error


def set_aside(file: Path) -> Path:
    """Rename a broken file, and return where it is. Raises OSError."""
    return file.rename(file.with_name(f"{file.name}.broken-{secrets.token_hex(3)}"))


def replace_text(file: Path, text: str) -> None:
    """Write the file, or a new one, whole or not at all. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # A link to a file elsewhere stays a link.
    target = Path(os.path.realpath(file))
    temporary = target.with_name(f".{target.name}-{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
