"""The start at log-in on the three platforms."""

import plistlib
import re
import sys
from pathlib import Path

import pytest

from spark_desktop.adapters.autostart import (
    LaunchAgent,
    RunKey,
    XdgAutostart,
    start_command,
    system_autostart,
)
from spark_desktop.domain.errors import DesktopError

COMMAND = ("/opt/my programs/python", "-m", "spark_desktop.app", "--hidden")


class FakeRegistry:
    """The user's registry, in memory."""

    def __init__(self, error: OSError | None = None) -> None:
        self.values: dict[tuple[str, str], str] = {}
        self._error = error

    def set(self, key: str, name: str, value: str) -> None:
        if self._error is not None:
            raise self._error
        self.values[key, name] = value

    def remove(self, key: str, name: str) -> None:
        if self._error is not None:
            raise self._error
        self.values.pop((key, name), None)


def entry(file: Path) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "[Desktop Entry]"
    return dict(line.split("=", 1) for line in lines[1:])


def test_linux_gets_a_desktop_entry_that_goes_with_the_setting(tmp_path: Path) -> None:
    autostart = XdgAutostart(tmp_path, COMMAND)
    file = tmp_path / "autostart" / "spark-desktop.desktop"
    autostart.turn_on()
    assert entry(file)["Exec"] == '"/opt/my programs/python" -m spark_desktop.app --hidden'
    assert entry(file)["Type"] == "Application"
    autostart.turn_off()
    autostart.turn_off()
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize("argument", ['a"b', "a$b", "a`b", "a\\b", "a b", "a'b", "", "50%"])
def test_what_is_special_in_a_desktop_entry_is_quoted(argument: str, tmp_path: Path) -> None:
    XdgAutostart(tmp_path, ("run", argument)).turn_on()
    value = entry(tmp_path / "autostart" / "spark-desktop.desktop")["Exec"]
    # As the desktop reads it: the escapes of a value, the quoting, the field codes.
    read = value.replace("\\\\", "\\").removeprefix("run ")
    if read.startswith('"'):
        read = re.sub(r"\\(.)", r"\1", read.removeprefix('"').removesuffix('"'))
    assert read.replace("%%", "%") == argument


def test_an_entry_that_the_desktop_turned_off_is_left_alone(tmp_path: Path) -> None:
    autostart = XdgAutostart(tmp_path, COMMAND)
    autostart.turn_on()
    file = tmp_path / "autostart" / "spark-desktop.desktop"
    altered = file.read_text(encoding="utf-8") + "Hidden=true\n"
    file.write_text(altered, encoding="utf-8")
    autostart.turn_on()
    assert file.read_text(encoding="utf-8") == altered
    XdgAutostart(tmp_path, ("/moved/python",)).turn_on()
    assert entry(file)["Exec"] == "/moved/python"


def test_macos_gets_a_launch_agent(tmp_path: Path) -> None:
    autostart = LaunchAgent(tmp_path / "LaunchAgents", COMMAND)
    autostart.turn_on()
    autostart.turn_on()
    (file,) = (tmp_path / "LaunchAgents").iterdir()
    agent = plistlib.loads(file.read_bytes())
    assert agent["ProgramArguments"] == list(COMMAND)
    assert agent["RunAtLoad"] is True
    assert file.name == f"{agent['Label']}.plist"
    autostart.turn_off()
    assert not file.exists()


def test_windows_gets_a_value_of_the_run_key() -> None:
    registry = FakeRegistry()
    autostart = RunKey(registry, (r"C:\Program Files\Spark\spark.exe", "--hidden"))
    autostart.turn_on()
    ((key, name),) = registry.values
    assert key.endswith(r"CurrentVersion\Run")
    assert registry.values[key, name] == r'"C:\Program Files\Spark\spark.exe" --hidden'
    autostart.turn_off()
    assert registry.values == {}


def test_a_refusal_names_the_place_and_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "autostart").write_text("a file", encoding="utf-8")
    with pytest.raises(DesktopError, match=r"spark-desktop\.desktop") as raised:
        XdgAutostart(tmp_path, COMMAND).turn_on()
    assert raised.value.next_step
    registry = FakeRegistry(PermissionError(5, "Access is denied"))
    for change in (RunKey(registry, COMMAND).turn_on, RunKey(registry, COMMAND).turn_off):
        with pytest.raises(DesktopError, match="Access is denied"):
            change()
    (tmp_path / "agents").write_text("a file", encoding="utf-8")
    with pytest.raises(DesktopError, match=r"\.plist"):
        LaunchAgent(tmp_path / "agents", COMMAND).turn_on()


def test_a_program_from_python_is_started_as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    assert start_command()[1:] == ("-P", "-m", "spark_desktop.app", "--hidden")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert start_command() == (sys.executable, "--hidden")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG is of the others")
def test_the_configuration_folder_of_the_user_is_respected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    system_autostart(COMMAND).turn_on()
    assert (tmp_path / "config" / "autostart" / "spark-desktop.desktop").is_file()
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    system_autostart(COMMAND).turn_on()
    assert (tmp_path / "home" / ".config" / "autostart" / "spark-desktop.desktop").is_file()
