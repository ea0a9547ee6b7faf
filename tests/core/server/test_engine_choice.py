"""What the engine gets to work with: flags before measurements before defaults."""

from pathlib import Path

import pytest

from inference_core.machine.hardware import Hardware
from inference_core.machine.installed import EngineBuild
from inference_core.machine.tuned import Tuned
from inference_core.server import engine_choice
from inference_core.server.engine_choice import EngineOptions, engine_spec

MODEL = Path("model.gguf")
MEASURED = Tuned(3, 4, 128, True, "q8_0", ((1, 20.0), (9, 60.0)))


@pytest.fixture
def measured(monkeypatch):
    asked = []

    def tuned_for(model, engine, hardware):
        asked.append((model, engine))
        return MEASURED

    build = EngineBuild("2026.10", Path("libllama.so"))
    monkeypatch.setattr(engine_choice, "engine_in_use", lambda: build)
    monkeypatch.setattr(engine_choice, "tuned_for", tuned_for)
    return asked


def test_what_was_measured_for_this_model_and_build_is_used(measured):
    spec = engine_spec(MODEL, EngineOptions())
    assert measured == [(MODEL, "2026.10-native")]
    decoder = spec.decoder
    assert (decoder.threads, decoder.threads_batch, decoder.batch) == (3, 4, 128)
    assert (decoder.flash_attention, decoder.kv_type) == (True, "q8_0")
    assert spec.step_ms == MEASURED.step_ms
    assert spec.library == Path("libllama.so")


def test_a_flag_goes_before_what_was_measured(measured):
    decoder = engine_spec(MODEL, EngineOptions(threads=7)).decoder
    assert (decoder.threads, decoder.threads_batch) == (7, 7)


def test_without_a_measurement_the_engine_gets_its_defaults(monkeypatch):
    monkeypatch.setattr(engine_choice, "engine_in_use", lambda: EngineBuild("2026.10"))
    monkeypatch.setattr(engine_choice, "tuned_for", lambda *asked: None)
    spec = engine_spec(MODEL, EngineOptions(parallel=2, queue=3, prefix_memory_mib=5))
    assert (spec.decoder.threads, spec.decoder.batch) == (Hardware.here().usable, 512)
    assert spec.library is None
    assert (spec.limits.parallel, spec.limits.queue) == (2, 3)
    assert spec.limits.saved_bytes == 5 * 1024 * 1024


@pytest.mark.parametrize(("context", "cells"), [(8192, 16_384), (16_384, 32_768), (32_768, 32_768)])
def test_there_is_room_for_a_second_conversation_unless_the_context_is_large(
    measured, context, cells
):
    assert engine_spec(MODEL, EngineOptions(context)).decoder.cells == cells
