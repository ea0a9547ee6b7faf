"""Where the core keeps what it learned and built for this machine."""

import os
from pathlib import Path

import platformdirs

DATA_DIR = "SPARK_DATA_DIR"


def data_folder() -> Path:
    """Return the user's data folder; SPARK_DATA_DIR names another one."""
    named = os.environ.get(DATA_DIR)
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_data_path("spark-desktop", appauthor=False)


def tuned_file() -> Path:
    """Return the file with the settings that were measured on this machine."""
    return data_folder() / "tuned.json"


def engines_folder() -> Path:
    """Return the folder of the engines that were built on this machine."""
    return data_folder() / "engines"


def profiles_folder() -> Path:
    """Return the folder of the user's own pacing profiles."""
    return data_folder() / "profiles"
