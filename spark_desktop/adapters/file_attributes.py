"""What a file carries beside its bytes, so that a new file in its place can carry it too."""

import base64
import contextlib
import json
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Attributes:
    """Permission bits, owner, and on Linux the extended attributes with access control lists."""

    mode: int
    owner: int
    group: int
    extended: tuple[tuple[str, bytes], ...] = ()

    def to_json(self) -> str:
        """Return what ``from_json`` takes."""
        extended = [[name, base64.b64encode(value).decode()] for name, value in self.extended]
        return json.dumps([self.mode, self.owner, self.group, extended])

    @staticmethod
    def from_json(text: str) -> "Attributes":
        """Return what ``to_json`` was made of."""
        mode, owner, group, extended = json.loads(text)
        values = tuple((name, base64.b64decode(value)) for name, value in extended)
        return Attributes(mode, owner, group, values)


def attributes_of(file: Path) -> Attributes:
    """Return the attributes of a file, links followed. Raises OSError where it cannot be found."""
    status = file.stat()
    return Attributes(
        stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, tuple(_extended(file))
    )


def give(attributes: Attributes, file: Path) -> None:
    """Set the attributes of ``file`` as far as the system allows. Raises OSError for the mode."""
    if sys.platform == "linux":
        for name, value in attributes.extended:
            with contextlib.suppress(OSError):
                os.setxattr(file, name, value)
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # only root may give files away
            os.chown(file, attributes.owner, attributes.group)
    # Last, since a change of owner clears the set-user-id bits.
    file.chmod(attributes.mode)


def _extended(file: Path) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            for name in sorted(os.listxattr(file)):
                found.append((name, os.getxattr(file, name)))
    return found
