"""The page about the presets is written from their data."""

import presets_page

from spark_desktop.adapters.preset_files import load_preset_files


def test_the_page_is_as_new_as_the_presets() -> None:
    assert presets_page.main(["--check"]) == 0, "run python packaging/presets_page.py"


def test_a_stale_page_is_said_and_written_anew(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(presets_page, "PAGE", tmp_path / "presets.md")
    assert presets_page.main(["--check"]) == 1
    assert "stale" in capsys.readouterr().err
    assert presets_page.main([]) == 0
    assert presets_page.main(["--check"]) == 0


def test_the_page_has_every_preset_and_the_source_of_every_price() -> None:
    page = presets_page.page()
    for preset in load_preset_files().values():
        assert f"| `{preset.spec.id}` | {preset.spec.title} |" in page
        for model in preset.spec.models:
            assert f"| `{preset.spec.id}` | `{model.id}` |" in page
            assert model.price is None or model.price.source in page
