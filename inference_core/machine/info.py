"""What ``spark-core info`` tells: the engine, the machine, and what was measured on it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from inference_core.domain.errors import EngineError
from inference_core.machine.active_engine import ActiveEngine, active_engine
from inference_core.machine.cpu import worth_building_for
from inference_core.machine.gpu import Gpus, gpus, makers_here
from inference_core.machine.hardware import Hardware
from inference_core.machine.installed import EngineBuild, engine_version
from inference_core.machine.places import data_folder, engines_folder, tuned_file
from inference_core.machine.probe import Probe, probe
from inference_core.machine.tuned import TunedEntry, age_text, counted_threads, entry_for
from inference_core.models.catalogue import Catalogue
from inference_core.models.store import ModelStore


@dataclass(frozen=True, slots=True)
class Info:
    """Everything about this machine; memory in bytes.

    ``unused`` are CPU features that a native build would use. ``tuned`` has an entry, or None, for
    each model that is here. ``trouble`` is why the engine could not be asked, or empty.
    """

    engine: EngineBuild
    native: ActiveEngine | None
    engine_features: tuple[str, ...]
    hardware: Hardware
    unused: tuple[str, ...]
    memory_free: int
    gpus: Gpus
    devices: tuple[dict[str, Any], ...]
    tuned: dict[str, TunedEntry | None]
    files: dict[str, Path]
    trouble: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        native = None if self.native is None else asdict(self.native.built)
        return {
            "engine": {
                "version": self.engine.version,
                "library": None if self.engine.library is None else str(self.engine.library),
                "features": self.engine_features,
                "native": native,
                "trouble": self.trouble,
            },
            "machine": {
                **asdict(self.hardware),
                "unused_features": self.unused,
                "memory_free": self.memory_free,
                "fingerprint": self.hardware.fingerprint,
            },
            "gpus": {**asdict(self.gpus), "devices": self.devices},
            "tuned": {
                name: None if entry is None else asdict(entry) for name, entry in self.tuned.items()
            },
            "files": {name: str(path) for name, path in self.files.items()},
        }

    def lines(self) -> list[str]:
        """Return it as a table for a person."""
        hardware = self.hardware
        rows = [
            ("Engine", f"{self.engine.version}, {self._build()}"),
            ("  built to use", " ".join(self.engine_features) or f"unknown: {self.trouble}"),
            ("CPU", hardware.cpu),
            ("  has", " ".join(hardware.features) or "unknown"),
            ("  not used", self._unused()),
            (
                "Cores",
                f"{hardware.usable} used of {hardware.physical} ({hardware.logical} logical)",
            ),
            ("Memory", f"{hardware.memory / 1e9:.1f} GB, {self.memory_free / 1e9:.1f} GB free"),
            ("GPU", self.gpus.advice),
        ]
        rows += [(f"Tuned {name}", _tuned(entry)) for name, entry in self.tuned.items()]
        rows += [(f"{name.capitalize()} in", str(path)) for name, path in self.files.items()]
        width = max(len(name) for name, _ in rows) + 2
        return [f"{name:<{width}}{text}" for name, text in rows]

    def _build(self) -> str:
        if self.native is None:
            return "the wheel's own build"
        built = self.native.built
        return f"built on this machine {age_text(built.built_at)}: {built.gain_text}"

    def _unused(self) -> str:
        if not self.unused:
            return "nothing that a native build would gain"
        return f"{' '.join(self.unused)}: 'spark-core build-engine' would"


def collect_info(ask: Callable[[Path | None], Probe] = probe) -> Info:
    """Return everything about this machine; asks the engine in a process, which takes a second.

    Raises EngineError where no engine is installed, and CatalogueError.
    """
    hardware = Hardware.here()
    native = active_engine()
    engine = EngineBuild(engine_version(), None if native is None else native.library)
    wheel, trouble = _asked(ask, None)
    used = wheel
    if engine.library is not None:
        used, trouble = _asked(ask, engine.library)
    features = used.features if used else frozenset()
    devices = wheel.devices if wheel else ()
    return Info(
        engine=engine,
        native=native,
        engine_features=tuple(sorted(features)),
        hardware=hardware,
        unused=worth_building_for(hardware.features, features) if used else (),
        memory_free=psutil.virtual_memory().available,
        gpus=gpus(devices, makers_here()),
        devices=tuple(asdict(device) for device in devices),
        tuned=_tuned_models(engine.name, hardware),
        files={
            "models": ModelStore.default().folder,
            "engines": engines_folder(),
            "tuning": tuned_file(),
            "data": data_folder(),
        },
        trouble=trouble,
    )


def _asked(ask: Callable[[Path | None], Probe], library: Path | None) -> tuple[Probe | None, str]:
    try:
        return ask(library), ""
    except EngineError as error:
        return None, error.message


def _tuned_models(engine: str, hardware: Hardware) -> dict[str, TunedEntry | None]:
    stored = ModelStore.default().list(Catalogue.load())
    return {
        entry.model.id: entry_for(entry.path, engine, hardware)
        for entry in stored
        if entry.path.is_file()
    }


def _tuned(entry: TunedEntry | None) -> str:
    if entry is None:
        return "not yet: 'spark-core tune' measures what suits this machine"
    tuned = entry.tuned
    return (
        f"{counted_threads(tuned.threads)} for answers, {tuned.threads_batch} for prompts, batch "
        f"{tuned.batch}, flash attention {flash_text(tuned.flash_attention)}, KV {tuned.kv_type}; "
        f"measured {age_text(entry.measured_at)}"
    )


def flash_text(value: bool | None) -> str:
    """Return a setting of flash attention for a person."""
    return "automatic" if value is None else "on" if value else "off"
