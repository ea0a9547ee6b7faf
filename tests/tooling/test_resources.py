"""The data files are found in a checkout, an installed wheel and a frozen app."""

import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import spark_resources
from spark_resources import resource

ROOT = Path(__file__).parents[2]


def test_a_checkout_has_them_at_its_top() -> None:
    assert resource("models.toml") == ROOT / "resources" / "models.toml"


def test_an_installed_wheel_has_them_in_the_desktops_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    assert (site / "spark_resources" / "__init__.py").is_file()
    monkeypatch.setattr(spark_resources, "_HERE", site)
    assert resource("prompts", "region.md") == site / "spark_desktop/resources/prompts/region.md"
    missing = {
        path.relative_to(ROOT / "resources")
        for path in (ROOT / "resources").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    } - {
        path.relative_to(site / "spark_desktop/resources")
        for path in (site / "spark_desktop/resources").rglob("*")
    }
    assert missing == set()


def test_a_frozen_app_has_them_where_the_freezer_unpacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "models.toml").touch()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resource("models.toml") == tmp_path / "resources" / "models.toml"


def test_a_missing_one_is_named_with_the_folders_that_were_searched() -> None:
    with pytest.raises(FileNotFoundError, match=r"prompts/nothing\.md is missing \(searched .*"):
        resource("prompts", "nothing.md")
