"""Looking at a user's own model file before an engine does.

An engine parses in C what the file says: counts, lengths, offsets. So a file that nobody vouches
for is read here first, in Python, where a wrong number is an error and nothing else. The layout is
that of ggml's docs/gguf.md.
"""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from inference_core.models.errors import ModelFileError
from inference_core.models.gguf_cursor import Cursor
from inference_core.models.gguf_metadata import KEYS_LIMIT, read_metadata
from inference_core.models.gguf_tensors import TENSORS_LIMIT, read_tensors

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a sound GGUF file says of its model.

    ``context`` is the trained context in tokens, ``tokens`` the size of the vocabulary, ``bytes``
    the file's size up to the end of the last tensor; ``name`` and ``licence`` may be empty.
    """

    version: int
    architecture: str
    name: str
    context: int
    layers: int
    tokens: int
    tensors: int
    chat_template_bytes: int
    bytes: int
    licence: str = ""


def names_a_file(asked: str) -> bool:
    """Return whether a user's word for a model is a path, not the id of a known one."""
    separators = [os.sep, os.altsep] if os.altsep else [os.sep]
    return asked.endswith(".gguf") or any(sign in asked for sign in separators)


def read_gguf(path: Path) -> GgufHeader:
    """Return the header of a model file, every bound of which was found to hold.

    Takes 0.1 s for a vocabulary of 150,000 tokens and 1 MB of memory; reads nothing of the
    tensors. A link is followed. Raises ModelFileError, BadGgufError and SplitModelError.
    """
    try:
        _refuse_special(path, path.stat().st_mode)
        # A pipe put here after the look above would let a plain open wait for its writer.
        with open(path, "rb", buffering=0, opener=_open_without_waiting) as stream:
            status = os.fstat(stream.fileno())
            _refuse_special(path, status.st_mode)
            return parse_gguf(stream, status.st_size, path.name)
    except FileNotFoundError as error:
        raise ModelFileError(f"There is no model file {path}.", "Check the path.") from error
    except (OSError, ValueError) as error:
        # A ValueError where the path holds a zero byte.
        reason = getattr(error, "strerror", None) or error
        raise ModelFileError(
            f"The model file {path} cannot be read: {reason}.", "Check the path and its rights."
        ) from error


def parse_gguf(stream: BinaryIO, size: int, name: str) -> GgufHeader:
    """Return the header of a stream of ``size`` bytes; ``name`` is for the errors.

    Raises BadGgufError, SplitModelError and OSError.
    """
    cursor = Cursor(stream, size, name)
    if size == 0:
        cursor.fail("it is empty")
    magic = cursor.raw(len(_MAGIC), "the first four bytes")
    if magic != _MAGIC:
        cursor.fail(f"it begins with {magic!r} instead of {_MAGIC!r}", 0)
    version = _version(cursor)
    tensors = _count(cursor, "tensors", TENSORS_LIMIT)
    keys = _count(cursor, "keys", KEYS_LIMIT)
    metadata = read_metadata(cursor, keys)
    end = read_tensors(cursor, tensors, metadata.alignment)
    return GgufHeader(
        version=version,
        architecture=metadata.architecture,
        name=metadata.name,
        context=metadata.context,
        layers=metadata.layers,
        tokens=metadata.tokens,
        tensors=tensors,
        chat_template_bytes=metadata.chat_template_bytes,
        bytes=end,
        licence=metadata.licence,
    )


def _version(cursor: Cursor) -> int:
    begun = cursor.position
    version = cursor.u32("the version")
    if version and not version & 0xFFFF:
        cursor.fail("its numbers are big-endian, for another kind of machine", begun)
    if version not in _VERSIONS:
        cursor.fail(f"its version is {version}; 2 and 3 can be read", begun)
    return version


def _count(cursor: Cursor, what: str, limit: int) -> int:
    begun = cursor.position
    count = cursor.u64(f"the number of {what}")
    if not 1 <= count <= limit:
        cursor.fail(f"it has {count:,} {what}, not from 1 to {limit:,}", begun)
    return count


def _refuse_special(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise ModelFileError(f"{path} is a folder.", "Name the GGUF file in it.")
    if not stat.S_ISREG(mode):
        raise ModelFileError(f"{path} is no file, but a pipe or a device.", "Name a GGUF file.")


def _open_without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
