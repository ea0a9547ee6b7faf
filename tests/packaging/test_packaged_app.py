"""What code asks of the installed app it is a part of."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inference_core.engine import llama_library
from spark_resources.packaged import bundled, is_packaged, own_environment, programs_folder

PROGRAMS = Path(__file__).parents[2] / "packaging" / "programs"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "spark-core"))
    return tmp_path


def test_a_checkout_is_no_installed_app() -> None:
    assert (is_packaged(), programs_folder(), bundled("models")) == (False, None, None)


def test_what_lies_beside_the_programs_is_found(app: Path) -> None:
    (app / "models").mkdir()
    assert is_packaged()
    assert programs_folder() == app
    assert bundled("models") == app / "models"
    assert bundled("models", "missing.gguf") is None


def test_a_bundle_of_macos_keeps_it_in_its_resources(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = tmp_path / "Spark Desktop.app" / "Contents"
    (contents / "Resources" / "models").mkdir(parents=True)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(contents / "MacOS" / "spark-core"))
    assert bundled("models") == contents / "Resources" / "models"
    assert bundled("engine") is None


def test_the_engine_beside_the_programs_goes_before_the_wheels(app: Path) -> None:
    assert llama_library.library_path().name.startswith("xllamacpp")
    (app / "engine").mkdir()
    (app / "engine" / "llama.dll").touch()
    assert llama_library.library_path() == app / "engine" / "llama.dll"


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """What a process was started with."""
    path = tmp_path / "environ"
    path.write_bytes(b"HOME=/home/me\0VIRTUAL_ENV=/home/me/\xc3\xa9=1\0EMPTY=\0")
    return path


@pytest.mark.usefixtures("app")
def test_the_users_virtual_environment_is_given_back(given: Path) -> None:
    environment = {"HOME": "/home/me"}
    own_environment(environment, given)
    assert environment == {"HOME": "/home/me", "VIRTUAL_ENV": "/home/me/\u00e9=1"}


@pytest.mark.usefixtures("app")
def test_no_virtual_environment_is_made_up(tmp_path: Path) -> None:
    environment = {"HOME": "/home/me"}
    own_environment(environment, tmp_path / "missing")
    assert environment == {"HOME": "/home/me"}


@pytest.mark.usefixtures("app")
def test_the_users_own_library_path_is_given_back(tmp_path: Path) -> None:
    environment = {
        "LD_LIBRARY_PATH": "/app/_internal",
        "LD_LIBRARY_PATH_ORIG": "/opt/theirs",
        "_PYI_APPLICATION_HOME_DIR": "/app/_internal",
        "HOME": "/home/me",
    }
    own_environment(environment, tmp_path / "missing")
    assert environment == {"LD_LIBRARY_PATH": "/opt/theirs", "HOME": "/home/me"}


@pytest.mark.usefixtures("app")
def test_a_library_path_that_the_user_did_not_set_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    environment = {"LD_LIBRARY_PATH": "/app/_internal"}
    own_environment(environment, tmp_path / "missing")
    assert environment == {}


def test_a_checkout_leaves_the_environment_alone() -> None:
    environment = {"LD_LIBRARY_PATH": "/opt/theirs", "_PYI_X": "1"}
    own_environment(environment)
    assert environment == {"LD_LIBRARY_PATH": "/opt/theirs", "_PYI_X": "1"}


def test_each_program_gives_the_environment_back_before_it_imports_the_rest() -> None:
    for name in ("desktop", "command", "core"):
        text = (PROGRAMS / f"{name}.py").read_text(encoding="utf-8")
        assert text.index("own_environment()\n") < text.index("import main")


def test_a_missing_library_of_the_system_is_named_with_the_next_step(tmp_path: Path) -> None:
    broken = tmp_path / "spark_desktop"
    broken.mkdir()
    (broken / "__init__.py").touch()
    (broken / "app.py").write_text("raise ImportError('libGL.so.1: cannot open shared object')\n")
    done = subprocess.run(
        [sys.executable, str(PROGRAMS / "desktop.py")],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "libGL.so.1" in done.stderr
    assert "libgl1" in done.stderr
