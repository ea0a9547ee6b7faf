"""Whether the machine runs on its battery, as far as the system tells."""

from types import SimpleNamespace

import psutil
import pytest

from spark_desktop.adapters.power import is_on_battery


@pytest.mark.parametrize(
    ("battery", "expected"),
    [
        (None, False),
        (SimpleNamespace(power_plugged=True), False),
        (SimpleNamespace(power_plugged=False), True),
        (SimpleNamespace(power_plugged=None), False),
    ],
)
def test_a_battery_that_nothing_feeds_is_in_use(monkeypatch, battery, expected):
    monkeypatch.setattr(psutil, "sensors_battery", lambda: battery, raising=False)
    assert is_on_battery() is expected


def test_a_system_that_cannot_tell_has_no_battery(monkeypatch):
    def fails():
        raise OSError("no such file")

    monkeypatch.setattr(psutil, "sensors_battery", fails, raising=False)
    assert is_on_battery() is False
    monkeypatch.delattr(psutil, "sensors_battery")
    assert is_on_battery() is False
