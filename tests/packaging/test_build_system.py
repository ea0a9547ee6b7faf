"""The programs that building needs: here, installed, or named with what to type."""

import subprocess
from collections.abc import Callable

import pytest
from spark_dist import build_system
from spark_dist.pipeline import KINDS


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[list[str]]]:
    """Returns a way to say which programs are here, and what apt-get does; it lists the calls."""

    def prepared(here: set[str], user: int = 1000, brings: int | None = None) -> list[list[str]]:
        present, calls = set(here), []

        def run(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
            calls.append(command)
            if brings == 0 and "install" in command:
                present.update(name for kind in build_system.PROGRAMS.values() for name in kind)
            return subprocess.CompletedProcess(command, brings or 0)

        monkeypatch.setattr(
            build_system.shutil, "which", lambda name: name if name in present else None
        )
        monkeypatch.setattr(build_system.os, "geteuid", lambda: user)
        monkeypatch.setattr(build_system.subprocess, "run", run)
        return calls

    return prepared


def test_what_is_missing_is_named_with_what_to_type(
    machine: Callable[..., list[list[str]]],
) -> None:
    calls = machine({"apt-get", "dpkg-deb", "strip", "readelf", "cmake"})
    missing = build_system.prepare(("tar", "windows"))
    assert missing["tar"].endswith("sudo apt-get install -y --no-install-recommends patchelf")
    assert "nsis" in missing["windows"]
    assert "cmake" not in missing["windows"]
    assert calls == []


def test_without_apt_the_packages_are_named(machine: Callable[..., list[list[str]]]) -> None:
    machine(set())
    assert "binutils, dpkg, patchelf" in build_system.prepare(("deb",))["deb"]


def test_root_has_them_installed(machine: Callable[..., list[list[str]]]) -> None:
    calls = machine({"apt-get"}, user=0, brings=0)
    assert build_system.prepare(("tar",)) == {}
    assert calls[-1][:2] == ["apt-get", "install"]
    assert {"binutils", "patchelf"} <= set(calls[-1])


def test_a_failed_installation_is_told(machine: Callable[..., list[list[str]]]) -> None:
    machine({"apt-get"}, user=0, brings=100)
    assert "could not install" in build_system.prepare(("tar",))["tar"]


def test_nothing_is_installed_where_all_is_here(
    machine: Callable[..., list[list[str]]],
) -> None:
    names = {name for kind in build_system.PROGRAMS.values() for name in kind}
    calls = machine(names | {"apt-get"}, user=0)
    assert build_system.prepare(KINDS) == {}
    assert calls == []
