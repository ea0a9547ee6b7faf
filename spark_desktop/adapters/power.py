"""Whether the machine runs on its battery."""

import psutil


def is_on_battery() -> bool:
    """Return whether nothing feeds the battery; False where there is none, or nobody knows.

    It reads the system's files for a few milliseconds: call it in an OS thread.
    """
    sensors = getattr(psutil, "sensors_battery", None)
    try:
        battery = None if sensors is None else sensors()
    except (OSError, RuntimeError):
        # Virtual machines have batteries that cannot be read.
        return False
    return battery is not None and battery.power_plugged is False
