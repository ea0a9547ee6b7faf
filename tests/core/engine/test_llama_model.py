"""The vocabulary of the real model, and files that are no model."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_core.domain.errors import ModelError, RequestError
from inference_core.engine.llama_model import LlamaModel

GGUF = b"GGUF\x03\x00\x00\x00"


@pytest.mark.model
@settings(max_examples=60)
@given(text=st.text())
def test_the_pieces_of_a_text_are_the_text(model: LlamaModel, text: str) -> None:
    for special in (False, True):
        tokens = model.tokenize(text, special)
        assert b"".join(model.piece(token, special=True) for token in tokens) == text.encode()


@pytest.mark.model
@pytest.mark.parametrize(
    "text", ["a" * 100_000, " " * 100_000, "\n" * 100_000, "é" * 50_000, "\0a\0"]
)
def test_long_and_odd_texts_are_cut_whole(model: LlamaModel, text: str) -> None:
    tokens = model.tokenize(text, special=False)
    assert b"".join(map(model.piece, tokens)) == text.encode()


@pytest.mark.model
def test_half_a_surrogate_pair_becomes_a_question_mark(model: LlamaModel) -> None:
    assert b"".join(map(model.piece, model.tokenize("a\ud800b", special=False))) == b"a?b"


@pytest.mark.model
def test_a_special_token_is_read_only_where_it_is_asked_for(model: LlamaModel) -> None:
    (token,) = model.tokenize("<|im_end|>", special=True)
    assert len(model.tokenize("<|im_end|>", special=False)) > 1
    assert model.is_end(token)
    assert model.piece(token) == b""
    assert model.piece(token, special=True) == b"<|im_end|>"


@pytest.mark.model
def test_all_pieces_are_those_of_each_token(model: LlamaModel) -> None:
    pieces = model.pieces()
    (control,) = model.tokenize("<|im_end|>", special=True)
    (word,) = model.tokenize("def", special=False)
    assert pieces[control] == (b"<|im_end|>", True)
    assert pieces[word] == (b"def", False)
    assert len(pieces) == model.size


@pytest.mark.model
@pytest.mark.parametrize("token", [-1, 10_000_000])
def test_a_number_that_is_no_token_is_refused(model: LlamaModel, token: int) -> None:
    with pytest.raises(RequestError, match=f"{token} is no token"):
        model.piece(token)


@pytest.mark.model
def test_the_model_tells_of_itself(model: LlamaModel) -> None:
    info = model.info(512)
    assert (info.context, info.trained_context, info.vocabulary) == (512, 32768, model.size)
    assert (info.bos, info.eos, info.adds_bos) == ("<|endoftext|>", "<|im_end|>", False)
    assert "<|im_start|>" in info.chat_template
    assert {"<|im_start|>", "<|im_end|>", "<|fim_prefix|>"} < set(info.special)
    # Text of a tool call, which a program reads.
    assert "<tool_call>" not in info.special
    assert model.partial


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no model at all",
        GGUF,
        GGUF + b"\xff" * 64,
        GGUF + (0).to_bytes(8, "little") + (0).to_bytes(8, "little"),
    ],
)
def test_a_file_that_is_no_model_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"cannot load broken\.gguf") as caught:
        LlamaModel.load(path, gpu_layers=0)
    assert "verify" in caught.value.next_step


@pytest.mark.model
def test_a_model_that_was_cut_off_is_refused_with_what_the_engine_says(
    tmp_path: Path, model_path: Path
) -> None:
    path = tmp_path / "half.gguf"
    with model_path.open("rb") as whole:
        path.write_bytes(whole.read(8_000_000))
    with pytest.raises(ModelError, match=r"half\.gguf: "):
        LlamaModel.load(path, gpu_layers=0)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model at"):
        LlamaModel.load(tmp_path / "none.gguf", gpu_layers=0)
