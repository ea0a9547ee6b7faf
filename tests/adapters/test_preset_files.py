"""Every endpoint that comes with the program is whole, and its prices say where they are from."""

from datetime import date
from urllib.parse import urlsplit

import pytest

from spark_desktop.adapters.preset_files import load_preset_files
from spark_desktop.domain.endpoint_book import LOCAL
from spark_desktop.domain.endpoints import AuthKind, WireProtocol
from spark_desktop.domain.hosts import is_loopback
from spark_desktop.domain.presets import placeholders

PRESETS = load_preset_files()
EACH = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
WANTED = {
    *("openai", "openai-chat", "cerebras", "anthropic", "groq", "openrouter", "azure", "vertex"),
    *("bedrock", "mistral", "ollama", "lm-studio", "llama-server", "vllm", "sglang", "litellm"),
}


def test_each_vendor_and_server_of_the_list_is_there() -> None:
    assert set(PRESETS) == WANTED


@EACH
def test_its_address_is_one(preset) -> None:
    filled = preset.filled({field.name: field.example for field in preset.fields})
    url = urlsplit(filled.url)
    assert url.scheme == ("http" if is_loopback(url.hostname or "") else "https")
    assert not filled.url.endswith("/")
    assert placeholders(filled.url) == ()
    assert preset.fits(filled.url)


@EACH
def test_its_fields_are_those_of_its_address_and_have_names_for_the_user(preset) -> None:
    assert {field.name for field in preset.fields} == set(placeholders(preset.spec.url))
    assert all(field.example and field.label != field.name for field in preset.fields)


@EACH
def test_it_names_itself_and_how_its_key_is_told(preset) -> None:
    spec = preset.spec
    assert spec.id
    assert spec.id != LOCAL
    assert spec.title
    assert isinstance(spec.protocol, WireProtocol)
    if spec.auth is AuthKind.HEADER:
        assert spec.auth_header != "Authorization"
    if is_loopback(urlsplit(spec.url).hostname or ""):
        return
    assert spec.auth is not AuthKind.NONE
    # Google's has none: its tokens live for an hour.
    assert spec.key_env or spec.id == "vertex"


@EACH
def test_the_model_that_is_asked_is_one_of_its_own(preset) -> None:
    ids = [model.id for model in preset.spec.models]
    assert len(set(ids)) == len(ids)
    assert preset.spec.model in {*ids} if ids else preset.spec.model == ""


@EACH
def test_its_figures_are_possible(preset) -> None:
    for model in preset.spec.models:
        assert model.title
        assert model.context is None or model.context >= 1024
        assert model.max_output is None or model.max_output <= (model.context or 10**9)


@EACH
def test_each_price_has_a_source_and_a_day_that_has_been(preset) -> None:
    for price in (model.price for model in preset.spec.models if model.price is not None):
        assert price.source.startswith("https://")
        assert date(2025, 1, 1) <= price.as_of <= date.today()
        assert 0 < price.input <= price.output
        assert price.cached is None or price.cached < price.input
        assert price.fast is None or price.fast > 1


@EACH
def test_no_preset_asks_for_what_costs_more_by_itself(preset) -> None:
    assert not any(model.fast for model in preset.spec.models)


def test_a_preset_that_is_wrong_is_named(tmp_path) -> None:
    (tmp_path / "bad.toml").write_text('id = "x"\nurl = "https://x"\nprotocol = "smoke"\n')
    with pytest.raises(ValueError, match="protocol is 'smoke'"):
        load_preset_files(tmp_path)
