"""Where this user's data lives; cheap to import, so that the window need not wait for it."""

import os
from pathlib import Path

import platformdirs


def data_folder() -> Path:
    """Return where threads and applied changes are kept; SPARK_DATA_DIR names another place."""
    named = os.environ.get("SPARK_DATA_DIR")
    return Path(named) if named else platformdirs.user_data_path("spark-desktop", appauthor=False)


# Where the self-test, which works on a folder of its own, finds the user's.
USERS_DATA = "SPARK_SELF_TEST_DATA"


def users_data_folder() -> Path:
    """Return the user's data folder, also in a process of the self-test; it is only read there."""
    named = os.environ.get(USERS_DATA)
    return Path(named) if named else data_folder()


def settings_file() -> Path:
    """Return where the settings are kept; SPARK_CONFIG_DIR names another folder for them."""
    named = os.environ.get("SPARK_CONFIG_DIR")
    folder = (
        Path(named) if named else platformdirs.user_config_path("spark-desktop", appauthor=False)
    )
    return folder / "settings.toml"


def downloads_folder() -> Path:
    """Return where the user's downloads go; SPARK_DOWNLOADS_DIR names another folder for ours."""
    named = os.environ.get("SPARK_DOWNLOADS_DIR")
    return Path(named) if named else platformdirs.user_downloads_path()


def cache_folder() -> Path:
    """Return where copies for checks lie, which may be removed; SPARK_CACHE_DIR names another."""
    named = os.environ.get("SPARK_CACHE_DIR")
    return Path(named) if named else platformdirs.user_cache_path("spark-desktop", appauthor=False)
