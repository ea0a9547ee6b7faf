"""The real model in this process, loaded once for all tests of the engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inference_core.engine.decoder_settings import DecoderSettings
from inference_core.engine.llama_decoder import LlamaDecoder
from inference_core.engine.llama_model import LlamaModel
from inference_core.engine.openmp import spin_briefly

SETTINGS = DecoderSettings(context=1024, sequences=4, batch=256)


@pytest.fixture(scope="session")
def loading() -> list[float]:
    """What the loading of ``loaded`` told of its progress."""
    return []


@pytest.fixture(scope="session")
def loaded(model_path: Path, loading: list[float]) -> Iterator[LlamaDecoder]:
    spin_briefly()
    decoder = LlamaDecoder.load(model_path, SETTINGS, on_progress=loading.append)
    yield decoder
    decoder.close()


@pytest.fixture
def decoder(loaded: LlamaDecoder) -> Iterator[LlamaDecoder]:
    """The real model with nothing in its sequences."""
    yield loaded
    loaded.stop(False)
    for sequence in range(loaded.sequences):
        loaded.cut(sequence, 0)


@pytest.fixture(scope="session")
def model(model_path: Path) -> Iterator[LlamaModel]:
    """Only the vocabulary matters: the weights are mapped, and not read."""
    spin_briefly()
    model = LlamaModel.load(model_path, gpu_layers=0)
    yield model
    model.close()
