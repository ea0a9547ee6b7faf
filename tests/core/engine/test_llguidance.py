"""Where the library that holds answers to a schema is."""

import sys
from pathlib import Path

import pytest

from inference_core.domain.errors import ModelError
from inference_core.engine.llama_library import library_path
from inference_core.engine.llguidance import guide_path


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "guidance_of_windows"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_the_engines_own_library_has_it():
    assert guide_path("linux") == library_path()


def test_on_windows_it_is_in_a_package_of_its_own(package):
    (package / "_lib.pyd").touch()
    assert guide_path("win32", package.name) == package / "_lib.pyd"
    assert package.name not in sys.modules


def test_without_that_package_the_reason_and_the_next_step_are_told(package):
    for name in (package.name, "no_such_package_at_all"):
        with pytest.raises(ModelError, match="held to a schema") as error:
            guide_path("win32", name)
        assert "pip install llguidance" in error.value.next_step
