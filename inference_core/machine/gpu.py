"""Graphics processors: which are in this machine, and whether the engine can use them."""

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from inference_core.machine.installed import Device

# PCI's numbers of the makers, as Linux lists them.
_MAKERS = {"0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel"}
_DISPLAY_CLASS = "0x03"
_PCI = Path("/sys/bus/pci/devices")
_NVIDIA_DRIVER = Path("/proc/driver/nvidia/version")

# Which build of the engine drives whose processors.
_BUILDS = {
    "NVIDIA": "the CUDA build of xllamacpp",
    "AMD": "the ROCm or Vulkan build of xllamacpp",
    "Intel": "the Vulkan build of xllamacpp",
}


@dataclass(frozen=True, slots=True)
class Gpus:
    """The makers of the processors in this machine, and what to tell about using them."""

    makers: tuple[str, ...]
    advice: str


def gpus(devices: Sequence[Device], makers: Sequence[str]) -> Gpus:
    """Return what to say, given the engine's devices and what the machine has.

    The engine puts all layers on its GPU by itself; where it has none, but the machine does, the
    build that would help is named.
    """
    driven = [device for device in devices if device.is_gpu]
    if driven:
        names = ", ".join(device.description or device.name for device in driven)
        return Gpus(tuple(makers), f"{names}: used by default")
    if not makers:
        return Gpus((), "none found")
    if sys.platform == "darwin":
        # The wheels for Apple's machines hold Metal: without a device, the GPU cannot be had.
        return Gpus(tuple(makers), "found, but the engine cannot use it")
    builds = " or ".join(dict.fromkeys(_BUILDS[maker] for maker in makers))
    return Gpus(
        tuple(makers),
        f"{', '.join(makers)} found, but this engine cannot use it; {builds} could",
    )


def makers_here(
    pci: Path = _PCI,
    nvidia_driver: Path = _NVIDIA_DRIVER,
    which: Callable[[str], str | None] = shutil.which,
) -> tuple[str, ...]:
    """Return the makers of this machine's graphics processors, without running anything.

    Intel's are named only where no other is there: next to one they serve the screen.
    """
    makers = set(_from_pci(pci))
    if nvidia_driver.exists() or which("nvidia-smi"):
        makers.add("NVIDIA")
    if which("rocm-smi") or which("rocminfo"):
        makers.add("AMD")
    if len(makers) > 1:
        makers.discard("Intel")
    return tuple(sorted(makers))


def _from_pci(folder: Path) -> list[str]:
    found = []
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return []
    for entry in entries:
        try:
            kind = (entry / "class").read_text(encoding="ascii").strip()
            maker = (entry / "vendor").read_text(encoding="ascii").strip()
        except OSError:
            continue  # pulled out meanwhile
        if kind.startswith(_DISPLAY_CLASS) and maker in _MAKERS:
            found.append(_MAKERS[maker])
    return found
