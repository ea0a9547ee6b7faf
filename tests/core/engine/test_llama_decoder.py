"""Batches and sequences with the real model."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_writing import next_token, rows, sample, text, write

from inference_core.domain.errors import EngineError, ModelError
from inference_core.engine.decoder import Row
from inference_core.engine.decoder_settings import DecoderSettings
from inference_core.engine.llama_decoder import MOST_WANTED, LlamaDecoder

pytestmark = pytest.mark.model

PROMPT = "def add(a, b):\n    return a +"
OTHER = "The capital of France is"


@pytest.fixture(scope="module")
def narrow(model_path: Path) -> Iterator[LlamaDecoder]:
    """Room for 256 tokens in two sequences, stored in eight bits."""
    settings = DecoderSettings(context=256, cells=256, sequences=2, batch=64, kv_type="q8_0")
    decoder = LlamaDecoder.load(model_path, settings)
    yield decoder
    decoder.close()


def test_the_model_writes_sense(decoder: LlamaDecoder) -> None:
    assert text(decoder, write(decoder, PROMPT, most=4)).startswith(" b")


def test_it_tells_what_it_has_room_for(decoder: LlamaDecoder, narrow: LlamaDecoder) -> None:
    assert (decoder.info.context, decoder.cells, decoder.sequences) == (1024, 1024, 4)
    assert (narrow.info.context, narrow.cells, narrow.sequences) == (256, 256, 2)
    assert (narrow.batch, narrow.partial) == (64, True)


def test_loading_tells_its_progress_up_to_the_end(
    loaded: LlamaDecoder, loading: list[float]
) -> None:
    assert loading == sorted(loading)
    assert loading[-1] == 1.0


def test_no_more_context_than_the_model_was_trained_for(model_path: Path) -> None:
    decoder = LlamaDecoder.load(
        model_path, DecoderSettings(context=1_000_000, cells=256, sequences=1, batch=32)
    )
    assert decoder.info.context == 256
    assert decoder.info.trained_context == 32768
    decoder.close()


def test_an_unknown_way_to_store_keys_is_refused(model_path: Path) -> None:
    with pytest.raises(ModelError, match="'q3_k'") as caught:
        LlamaDecoder.load(model_path, DecoderSettings(kv_type="q3_k"))
    assert "f16" in caught.value.next_step


def test_settings_that_the_engine_refuses_are_refused_in_its_words(model_path: Path) -> None:
    settings = DecoderSettings(context=256, kv_type="q8_0", flash_attention=False)
    with pytest.raises(ModelError, match=r"cannot load .*: .*flash"):
        LlamaDecoder.load(model_path, settings)


def _fresh(decoder: LlamaDecoder, tokens: list[int]) -> int:
    decoder.cut(0, 0)
    return next_token(decoder, rows(tokens))


def _after_a_cut(decoder: LlamaDecoder, tokens: list[int]) -> int:
    wrong = [*tokens[:5], *decoder.tokenize(OTHER, special=False)]
    assert decoder.decode(rows(wrong))
    assert decoder.cut(0, 5)
    return next_token(decoder, rows(tokens[5:], start=5))


def _in_a_copy(decoder: LlamaDecoder, tokens: list[int]) -> int:
    assert decoder.decode(rows(tokens))
    decoder.copy(0, 1, len(tokens) - 1)
    assert decoder.cut(0, 0)
    return next_token(decoder, rows(tokens[-1:], sequence=1, start=len(tokens) - 1))


def _restored(decoder: LlamaDecoder, tokens: list[int]) -> int:
    assert decoder.decode(rows(tokens[:-1]))
    saved = decoder.save(0)
    assert decoder.cut(0, 0)
    assert decoder.restore(2, saved)
    return next_token(decoder, rows(tokens[-1:], sequence=2, start=len(tokens) - 1))


def _in_two_batches(decoder: LlamaDecoder, tokens: list[int]) -> int:
    assert decoder.decode([row._replace(wanted=False) for row in rows(tokens[:4])])
    return next_token(decoder, rows(tokens[4:], start=4))


def _beside_another(decoder: LlamaDecoder, tokens: list[int]) -> int:
    other = rows(decoder.tokenize(OTHER, special=False), sequence=3)
    mine = rows(tokens)
    assert decoder.decode([*mine, *other])
    return sample(decoder, len(mine) - 1).token


@pytest.mark.parametrize(
    "way", [_after_a_cut, _in_a_copy, _restored, _in_two_batches, _beside_another]
)
def test_however_a_text_got_there_the_next_token_is_the_same(decoder: LlamaDecoder, way) -> None:
    tokens = decoder.tokenize(PROMPT, special=False)
    expected = _fresh(decoder, tokens)
    decoder.cut(0, 0)
    assert way(decoder, tokens) == expected


def test_what_is_stopped_is_taken_back_and_can_be_done_again(decoder: LlamaDecoder) -> None:
    tokens = decoder.tokenize(PROMPT, special=False)
    other = decoder.tokenize(OTHER, special=False)
    expected = _fresh(decoder, tokens)
    decoder.cut(0, 0)
    assert decoder.decode(rows(tokens[:4]))
    decoder.stop(True)
    assert not decoder.decode([*rows(tokens[4:], start=4), *rows(other, sequence=1)])
    assert not decoder.decode(rows(other, sequence=1))
    decoder.stop(False)
    # The first four tokens are still there, and of the other sequence there is nothing.
    assert next_token(decoder, rows(tokens[4:], start=4)) == expected
    assert decoder.decode(rows(other, sequence=1))


def test_nothing_to_do_is_done(decoder: LlamaDecoder) -> None:
    assert decoder.decode([])


def test_several_rows_of_a_batch_can_be_sampled(decoder: LlamaDecoder) -> None:
    tokens = decoder.tokenize(PROMPT, special=False)
    expected = _fresh(decoder, tokens)
    decoder.cut(0, 0)
    batch = [row._replace(wanted=True) for row in rows(tokens)]
    assert decoder.decode(batch)
    answers = [sample(decoder, index).token for index in range(len(batch))]
    assert answers[-1] == expected
    # After "def add(a, b):\n" comes the indentation, which is also what follows in the prompt.
    assert answers[6:8] == tokens[7:9]


@pytest.mark.parametrize("row", [0, 99, -1])
def test_a_row_that_was_not_wanted_cannot_be_sampled(decoder: LlamaDecoder, row: int) -> None:
    assert decoder.decode(rows(decoder.tokenize(PROMPT, special=False)))
    for wanted in (None, 1):
        from inference_core.domain.generation import Sampling

        with pytest.raises(EngineError, match=f"Row {row} "):
            sample(decoder, row, Sampling(logprobs=wanted))


@pytest.mark.parametrize(
    "batch",
    [
        [Row(1, 0, at, False) for at in range(257)],
        [Row(1, 0, at, True) for at in range(MOST_WANTED + 1)],
    ],
)
def test_a_batch_that_is_too_large_is_refused(decoder: LlamaDecoder, batch: list[Row]) -> None:
    with pytest.raises(EngineError, match="too large"):
        decoder.decode(batch)


@pytest.mark.parametrize(
    "wrong", [Row(-7, 0, 3, True), Row(10_000_000, 0, 3, True), Row(1, 0, 9, True)]
)
def test_a_row_that_makes_no_sense_fails_and_leaves_all_as_it_was(
    decoder: LlamaDecoder, wrong: Row
) -> None:
    tokens = decoder.tokenize(PROMPT, special=False)
    expected = _fresh(decoder, tokens)
    decoder.cut(0, 0)
    assert decoder.decode(rows(tokens[:3]))
    with pytest.raises(EngineError, match=r"The engine failed \(-1\): "):
        decoder.decode([wrong])
    assert next_token(decoder, rows(tokens[3:], start=3)) == expected


def test_where_there_is_no_room_the_error_says_so_and_nothing_is_lost(
    narrow: LlamaDecoder,
) -> None:
    line = narrow.tokenize("x = 1\n" * 60, special=False)[:64]
    for start in range(0, 192, 64):
        assert narrow.decode(rows(line, start=start))
    saved = narrow.save(0)
    assert narrow.decode(rows(line[:32], sequence=1))
    with pytest.raises(EngineError, match="no room for 64 tokens more: 256 are the most"):
        narrow.decode(rows(line, start=192))
    assert narrow.decode(rows(line[:16], start=192))
    assert narrow.cut(1, 0)
    assert not narrow.restore(1, saved)
    assert narrow.decode(rows(line[:8], sequence=1))
    assert narrow.cut(0, 0)
    assert narrow.cut(1, 0)


def test_what_is_no_saved_memory_is_not_restored(decoder: LlamaDecoder) -> None:
    assert not decoder.restore(1, b"")
    assert not decoder.restore(1, b"nothing of use" * 10)
    assert decoder.decode(rows(decoder.tokenize(OTHER, special=False), sequence=1))
