"""A preset's address is made whole with the user's words, and recognised again."""

import pytest

from spark_desktop.domain.endpoints import EndpointSpec
from spark_desktop.domain.errors import RouteError
from spark_desktop.domain.presets import Preset, PresetField, placeholders, preset_of

CLOUD = Preset(
    EndpointSpec("cloud", "Cloud", "https://{region}-ai.example/p/{project}/{region}/v1"),
    (PresetField("region", "us-west-2"), PresetField("project", "my-project")),
)
VENDOR = Preset(EndpointSpec("vendor", "Vendor", "https://api.vendor.example/v1"))
HERE = Preset(EndpointSpec("here", "Here", "http://localhost:8000/v1"))
ALL = {"cloud": CLOUD, "vendor": VENDOR, "here": HERE}
FILLED = "https://eu-1-ai.example/p/blue/eu-1/v1"


def test_the_words_stand_in_the_address_wherever_they_are_named() -> None:
    spec = CLOUD.filled({"region": " eu-1 ", "project": "blue"})
    assert (spec.url, spec.preset, spec.id) == (FILLED, "cloud", "cloud")


def test_a_missing_word_is_asked_for_with_an_example() -> None:
    with pytest.raises(RouteError) as raised:
        CLOUD.filled({"region": "eu-1"})
    assert raised.value.message == "Cloud needs its Project."
    assert "region=us-west-2, project=my-project" in raised.value.next_step


@pytest.mark.parametrize("word", ["evil.example/", "a@b", "a b", "x?y", "-", "a:1", "{region}"])
def test_a_word_that_would_lead_elsewhere_is_refused(word: str) -> None:
    with pytest.raises(RouteError) as raised:
        CLOUD.filled({"region": word, "project": "blue"})
    assert f"{word} cannot be the Region of Cloud." == raised.value.message


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(RouteError) as raised:
        VENDOR.filled({"zone": "a"})
    assert raised.value.message == "Vendor has no field zone."
    assert raised.value.next_step == "Its address is complete as it is."


def test_a_vendors_address_is_recognised() -> None:
    assert preset_of(FILLED, ALL) is CLOUD
    assert preset_of("https://api.vendor.example/v1", ALL) is VENDOR
    assert preset_of("https://eu-1-ai.example/p/blue/us-2/v1", ALL) is None
    assert preset_of("http://localhost:8000/v1", ALL) is None


def test_what_is_left_open_is_told() -> None:
    assert placeholders(CLOUD.spec.url) == ("region", "project")
    assert placeholders(FILLED) == ()
