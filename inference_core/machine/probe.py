"""``python -m inference_core.machine.probe [LIBRARY]``: ask an engine about itself.

It runs as a process of its own: loading a library that is broken, or that was built for another
CPU, may end it, and the one who asks must live. It prints one line of JSON.
"""

import ctypes
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference_core.domain.errors import EngineError
from inference_core.machine.child import child_command
from inference_core.machine.cpu import engine_features
from inference_core.machine.installed import Device
from spark_resources.packaged import bundled

_WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Probe:
    """What an engine says: the CPU features it was built with, and its devices."""

    features: frozenset[str]
    devices: tuple[Device, ...]


def probe(library: Path | None = None) -> Probe:
    """Return what the engine in this library says, None for the wheel's; takes half a second.

    Raises EngineError where it does not load.
    """
    command = child_command("engine-probe", "inference_core.machine.probe")
    command += [str(library)] if library else []
    name = str(library or "the wheel's engine")
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_WITHIN_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"{name} does not answer: {error}") from error
    if answer.returncode != 0:
        last = answer.stderr.strip().splitlines()[-1:] or [f"exit code {answer.returncode}"]
        raise EngineError(f"{name} does not load: {last[0]}")
    return read_answer(answer.stdout)


def read_answer(text: str) -> Probe:
    """Return what a probe printed. Raises EngineError where it is something else."""
    try:
        data = json.loads(text)
        devices = tuple(Device(**device) for device in data["devices"])
        return Probe(engine_features(data["system_info"]), devices)
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(f"The engine said something unexpected: {error!r}") from error


def main(arguments: list[str]) -> None:
    """Print what the engine says."""
    answer: dict[str, Any]
    brought = bundled("engine", "llama.dll")
    library = arguments[0] if arguments else str(brought or "")
    if library:
        # A native build drives the CPU alone, as does the one that the installed app brings for
        # Windows, and its library does not list devices there.
        answer = {"system_info": _system_info(library), "devices": []}
    else:
        import xllamacpp

        answer = {"system_info": xllamacpp.get_system_info(), "devices": _devices()}
    print(json.dumps(answer))


def _system_info(path: str) -> str:
    library = ctypes.CDLL(path)
    library.llama_print_system_info.restype = ctypes.c_char_p
    said: bytes = library.llama_print_system_info()
    return said.decode("utf-8", "replace")


def _devices() -> list[dict[str, Any]]:
    import xllamacpp

    kinds = xllamacpp.ggml_backend_dev_type
    names = {
        kinds.GGML_BACKEND_DEVICE_TYPE_CPU: "cpu",
        kinds.GGML_BACKEND_DEVICE_TYPE_GPU: "gpu",
        kinds.GGML_BACKEND_DEVICE_TYPE_IGPU: "igpu",
    }
    return [
        {
            "name": device["name"],
            "description": device["description"],
            "kind": names.get(device["type"], "accel"),
            "memory_free": device["memory_free"],
            "memory_total": device["memory_total"],
        }
        for device in xllamacpp.get_device_info()
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
