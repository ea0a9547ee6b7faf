"""The settings that were measured on this machine, kept from one run to the next.

An entry holds for one CPU with its usable cores, one build of the engine and one model file: a
change of any of these and nothing is known, so that the defaults are used again.
"""

import hashlib
import json
import logging
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inference_core.machine.hardware import Hardware
from inference_core.machine.places import tuned_file
from inference_core.models.files import write_json

_log = logging.getLogger(__name__)

_FORMAT = 1
KV_TYPES = ("f16", "q8_0", "q4_0")
# The metadata of a GGUF file comes first; with the size it tells models and quantisations apart.
_HEAD_BYTES = 1 << 20
# The oldest go first: models come and go, and each entry is about 600 bytes.
_MOST_ENTRIES = 64


@dataclass(frozen=True, slots=True)
class Tuned:
    """How to load a model on this machine; sizes in tokens.

    ``threads`` decode, ``threads_batch`` process prompts. ``flash_attention`` None leaves it to the
    engine. ``step_ms`` is the measured cost of a step, in milliseconds by its number of rows.
    """

    threads: int
    threads_batch: int
    batch: int
    flash_attention: bool | None
    kv_type: str
    step_ms: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class TunedEntry:
    """Settings, what they were found for, and when (seconds since 1970).

    The rates are tokens per second with the defaults and with these settings.
    """

    tuned: Tuned
    model: str
    measured_at: float
    prefill_before: float
    prefill_after: float
    decode_before: float
    decode_after: float


def model_key(model: Path) -> str:
    """Return what tells this model file from others; reads its first MiB. Raises OSError."""
    with model.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    return f"{model.stat().st_size}-{hashlib.sha256(head).hexdigest()[:16]}"


def tuned_for(
    model: Path, engine: str, hardware: Hardware | None = None, file: Path | None = None
) -> Tuned | None:
    """Return what ``spark-core tune`` found for this model file, engine and machine, or None.

    ``engine`` names the build, as ``EngineBuild.name`` does. Never raises: what cannot be read is
    logged and counts as nothing.
    """
    entry = entry_for(model, engine, hardware, file)
    return None if entry is None else entry.tuned


def entry_for(
    model: Path, engine: str, hardware: Hardware | None = None, file: Path | None = None
) -> TunedEntry | None:
    """Return the same with what else is known about it."""
    file = file or tuned_file()
    try:
        key = _key(model, engine, hardware or Hardware.here())
    except OSError:
        return None
    found = _entries(file).get(key)
    if found is None:
        return None
    try:
        return _entry(found)
    except (KeyError, TypeError, ValueError) as error:
        _log.warning("%s is not used for %s: %r", file, model.name, error)
        return None


def remember(
    entry: TunedEntry,
    model: Path,
    engine: str,
    hardware: Hardware | None = None,
    file: Path | None = None,
) -> None:
    """Keep an entry, in the place of an earlier one for the same three. Raises OSError."""
    file = file or tuned_file()
    entries = _entries(file)
    key = _key(model, engine, hardware or Hardware.here())
    entries.pop(key, None)
    kept = list(entries.items())[-(_MOST_ENTRIES - 1) :]
    file.parent.mkdir(parents=True, exist_ok=True)
    write_json(file, {"format": _FORMAT, "entries": dict([*kept, (key, asdict(entry))])})


def counted_threads(count: int) -> str:
    """Return a number of OS threads for a person."""
    return f"{count} thread{'' if count == 1 else 's'}"


def age_text(measured_at: float, now: float | None = None) -> str:
    """Return for a person how long ago that was."""
    minutes = max(0, int((time.time() if now is None else now) - measured_at)) // 60
    for unit, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        count = minutes // size
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _key(model: Path, engine: str, hardware: Hardware) -> str:
    return f"{hardware.fingerprint}/{engine}/{model_key(model)}"


def _entries(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        _log.warning("%s cannot be read, so nothing is known of earlier tuning: %s", file, error)
        return {}
    if not isinstance(data, dict) or data.get("format") != _FORMAT:
        return {}
    entries = data.get("entries")
    return entries if isinstance(entries, dict) else {}


def _entry(data: dict[str, Any]) -> TunedEntry:
    """Return the entry; raises KeyError, TypeError or ValueError where it is not one."""
    tuned = data["tuned"]
    steps = tuple((_size(rows), _rate(ms)) for rows, ms in tuned["step_ms"])
    flash = tuned["flash_attention"]
    if not isinstance(flash, bool | None):
        raise ValueError(f"flash_attention: {flash!r}")
    if tuned["kv_type"] not in KV_TYPES:
        raise ValueError(f"kv_type: {tuned['kv_type']!r}")
    rates = ("prefill_before", "prefill_after", "decode_before", "decode_after", "measured_at")
    return TunedEntry(
        tuned=Tuned(
            threads=_size(tuned["threads"]),
            threads_batch=_size(tuned["threads_batch"]),
            batch=_size(tuned["batch"]),
            flash_attention=flash,
            kv_type=tuned["kv_type"],
            step_ms=steps,
        ),
        model=str(data["model"]),
        **{name: _rate(data[name]) for name in rates},
    )


def _size(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 65_536:
        raise ValueError(f"not a size: {value!r}")
    return value


def _rate(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
        raise ValueError(f"not a number above zero: {value!r}")
    return float(value)
