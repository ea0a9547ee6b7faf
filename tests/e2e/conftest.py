from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The user's project, empty."""
    made = tmp_path / "project"
    made.mkdir()
    return made


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Where the program under test keeps its things."""
    return tmp_path / "data"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    """The file that a replay core answers from."""
    return tmp_path / "replay.json"
