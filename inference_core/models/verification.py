"""Hashing a model's file, and remembering that it was found right."""

import hashlib
import json
import threading
from collections.abc import Callable
from pathlib import Path

from inference_core.models.catalogue import CatalogueModel
from inference_core.models.errors import FetchCancelledError
from inference_core.models.files import write_json
from inference_core.models.progress import Listener, Verifying

_BLOCK = 4 * 1024 * 1024


def sha256_of(path: Path, each_block: Callable[[int], None] = lambda done: None) -> str:
    """Return the file's SHA-256 in hexadecimal; ``each_block`` hears the bytes read so far.

    Raises OSError.
    """
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            done += len(block)
            each_block(done)
    return digest.hexdigest()


def fault(
    path: Path,
    model: CatalogueModel,
    listener: Listener,
    cancelled: threading.Event | None = None,
) -> str:
    """Return what is wrong with the file, or an empty text if its bytes are the model's.

    The size is compared first, since that costs nothing. Raises OSError and FetchCancelledError.
    """
    size = path.stat().st_size
    if size != model.bytes:
        return f"it has {size:,} bytes instead of {model.bytes:,}"

    def each_block(done: int) -> None:
        if cancelled is not None and cancelled.is_set():
            raise FetchCancelledError(model.id)
        listener(Verifying(done, model.bytes))

    found = sha256_of(path, each_block)
    if found != model.sha256:
        return f"its SHA-256 is {found[:16]}… instead of {model.sha256[:16]}…"
    return ""


def remember(path: Path, model: CatalogueModel, note: Path | None = None) -> None:
    """Note that the file was found right in its present state; raises OSError.

    ``note`` is where, for a file in a folder that is not the user's; else it is beside the file.
    """
    write_json(note or _note(path), {"sha256": model.sha256, **_state(path)})


def is_remembered(path: Path, model: CatalogueModel, note: Path | None = None) -> bool:
    """Return True if this very state of the file was found right before; ``note`` as above.

    Size and modification time stand for the bytes: enough to notice a file that was replaced or
    half copied, at no cost at every start. Rot that keeps both is found by ``verify`` alone.
    """
    try:
        noted = json.loads((note or _note(path)).read_text(encoding="utf-8"))
        return bool(noted == {"sha256": model.sha256, **_state(path)})
    except (OSError, ValueError):
        return False


def forget(path: Path) -> None:
    """Remove the note of an earlier success; raises OSError."""
    _note(path).unlink(missing_ok=True)


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.verified.json")


def _state(path: Path) -> dict[str, int]:
    stat = path.stat()
    return {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
