"""The entries that docs/scaling.md shows are read by the program as they are meant."""

import re
from pathlib import Path

import pytest

from spark_desktop.adapters.endpoint_file import EndpointFile, load_presets
from spark_desktop.adapters.fill_in_families import family_of
from spark_desktop.domain.endpoints import FillInWay

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scaling.md"
ENTRIES = re.findall(r"^```toml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.M)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.split('"')[1])
def test_an_entry_is_read_without_a_problem(entry: str, tmp_path: Path) -> None:
    file = tmp_path / "endpoints.toml"
    file.write_text(entry, encoding="utf-8")
    book, problems = EndpointFile(file, load_presets()).load()
    assert problems == ()
    assert len(book.specs) == 1
    spec = book.specs[0]
    assert spec.url.startswith("https://")
    assert spec.preset
    assert spec.chosen in spec.models


def test_every_way_to_fill_in_by_tokens_names_a_family_that_is_known(tmp_path: Path) -> None:
    asked = 0
    for entry in ENTRIES:
        file = tmp_path / "endpoints.toml"
        file.write_text(entry, encoding="utf-8")
        book, _ = EndpointFile(file, load_presets()).load()
        for model in book.specs[0].models:
            if model.fill_in is FillInWay.TOKENS:
                assert family_of(model.id) is not None, model.id
                asked += 1
    assert asked
