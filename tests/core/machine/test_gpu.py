from pathlib import Path

import pytest

from inference_core.machine.gpu import gpus, makers_here
from inference_core.machine.installed import Device

CPU = Device("CPU", "AMD EPYC", "cpu", 1, 2)
CUDA = Device("CUDA0", "NVIDIA T4", "gpu", 1, 2)


@pytest.mark.parametrize(
    ("devices", "makers", "advice"),
    [
        ([CPU], [], "none found"),
        ([CPU, CUDA], ["NVIDIA"], "NVIDIA T4: used by default"),
        ([CPU], ["NVIDIA"], "the CUDA build"),
        ([CPU], ["AMD"], "the ROCm or Vulkan build"),
        ([CPU], ["Intel"], "the Vulkan build"),
    ],
)
def test_what_would_help_is_named(devices, makers, advice, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    assert advice in gpus(devices, makers).advice


def _pci(folder: Path, *entries: tuple[str, str]) -> Path:
    for number, (kind, maker) in enumerate(entries):
        device = folder / f"0000:00:{number:02d}.0"
        device.mkdir(parents=True)
        (device / "class").write_text(f"{kind}\n")
        (device / "vendor").write_text(f"{maker}\n")
    return folder


@pytest.mark.parametrize(
    ("entries", "makers"),
    [
        ([("0x030000", "0x10de")], ("NVIDIA",)),
        ([("0x030000", "0x8086"), ("0x038000", "0x1002")], ("AMD",)),
        ([("0x030000", "0x8086")], ("Intel",)),
        ([("0x020000", "0x10de"), ("0x030000", "0x1af4")], ()),
    ],
)
def test_graphics_processors_are_found_on_the_bus(tmp_path, entries, makers):
    folder = _pci(tmp_path / "pci", *entries)
    assert makers_here(folder, tmp_path / "none", lambda name: None) == makers


def test_a_driver_or_its_program_tells_of_one_too(tmp_path):
    driver = tmp_path / "version"
    assert makers_here(tmp_path / "none", driver, lambda name: None) == ()
    driver.touch()
    assert makers_here(tmp_path / "none", driver, lambda name: None) == ("NVIDIA",)
    found = makers_here(
        tmp_path / "none", tmp_path / "none", lambda name: name if name == "rocminfo" else None
    )
    assert found == ("AMD",)
