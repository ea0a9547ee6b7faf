import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_core.machine.hardware import Hardware
from inference_core.machine.tuned import (
    KV_TYPES,
    Tuned,
    TunedEntry,
    age_text,
    entry_for,
    model_key,
    remember,
    tuned_for,
)

HERE = Hardware("CPU", ("AVX2",), 4, 4, 8, 1 << 34)
TUNED = Tuned(3, 4, 256, None, "f16", ((1, 20.5), (8, 60.0)))
ENTRY = TunedEntry(TUNED, "small", 1e9, 100.0, 120.0, 20.0, 25.0)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "small.gguf"
    path.write_bytes(b"GGUF and so on")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "tuned.json"


def test_what_was_measured_is_found_again(model, file):
    remember(ENTRY, model, "1.0", HERE, file)
    assert entry_for(model, "1.0", HERE, file) == ENTRY
    assert tuned_for(model, "1.0", HERE, file) == TUNED


def test_nothing_is_known_of_another_engine_machine_or_model(model, file):
    remember(ENTRY, model, "1.0", HERE, file)
    assert tuned_for(model, "1.0-native", HERE, file) is None
    assert tuned_for(model, "1.0", replace(HERE, usable=2), file) is None
    model.write_bytes(b"GGUF of another kind")
    assert tuned_for(model, "1.0", HERE, file) is None


def test_nothing_is_known_of_a_missing_model(tmp_path, file):
    assert tuned_for(tmp_path / "none.gguf", "1.0", HERE, file) is None


def test_a_new_measurement_takes_the_place_of_the_old_one(model, file):
    remember(ENTRY, model, "1.0", HERE, file)
    remember(replace(ENTRY, decode_after=30.0), model, "1.0", HERE, file)
    assert len(json.loads(file.read_text())["entries"]) == 1
    found = entry_for(model, "1.0", HERE, file)
    assert found is not None
    assert found.decode_after == 30.0


def test_the_oldest_measurements_are_forgotten(model, file):
    for number in range(70):
        remember(ENTRY, model, f"{number}", HERE, file)
    assert len(json.loads(file.read_text())["entries"]) == 64
    assert tuned_for(model, "5", HERE, file) is None
    assert tuned_for(model, "69", HERE, file) == TUNED


@pytest.mark.parametrize("text", ["", "[]", "{", '{"format": 99}', '{"format": 1, "entries": 3}'])
def test_a_damaged_file_counts_as_nothing_and_can_be_written_again(model, file, text):
    file.parent.mkdir()
    file.write_text(text)
    assert tuned_for(model, "1.0", HERE, file) is None
    remember(ENTRY, model, "1.0", HERE, file)
    assert tuned_for(model, "1.0", HERE, file) == TUNED


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("threads", 0),
        ("threads_batch", True),
        ("batch", "512"),
        ("flash_attention", "auto"),
        ("kv_type", "q9"),
        ("step_ms", [[1, -2.0]]),
        ("step_ms", 3),
    ],
)
def test_a_setting_that_makes_no_sense_is_logged_and_not_used(model, file, key, value, caplog):
    remember(ENTRY, model, "1.0", HERE, file)
    data = json.loads(file.read_text())
    next(iter(data["entries"].values()))["tuned"][key] = value
    file.write_text(json.dumps(data))
    with caplog.at_level(logging.WARNING):
        assert tuned_for(model, "1.0", HERE, file) is None
    assert str(file) in caplog.text


def test_models_of_one_size_are_told_apart_by_their_beginning(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"a" * 100)
    other.write_bytes(b"b" * 100)
    assert model_key(one) != model_key(other)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "just now"), (61, "1 minute ago"), (7300, "2 hours ago"), (3 * 86400, "3 days ago")],
)
def test_an_age_is_said_in_one_unit(seconds, text):
    assert age_text(1000.0, 1000.0 + seconds) == text


@given(
    tuned=st.builds(
        Tuned,
        st.integers(1, 512),
        st.integers(1, 512),
        st.integers(1, 4096),
        st.sampled_from([None, True, False]),
        st.sampled_from(KV_TYPES),
        st.lists(st.tuples(st.integers(1, 64), st.floats(0.001, 1e4)), max_size=9).map(tuple),
    )
)
def test_settings_survive_the_file(tuned, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuned")
    model = folder / "m.gguf"
    model.write_bytes(b"GGUF")
    remember(replace(ENTRY, tuned=tuned), model, "1.0", HERE, folder / "tuned.json")
    assert tuned_for(model, "1.0", HERE, folder / "tuned.json") == tuned
