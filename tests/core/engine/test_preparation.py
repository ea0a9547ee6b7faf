"""Texts and tokens as the engine's process tells of them: in parts that are the whole."""

import pytest

from inference_core.domain.errors import RequestError
from inference_core.domain.generation import ModelInfo
from inference_core.engine import preparation
from inference_core.engine.preparation import Preparation


class ByteDecoder:
    """Its tokens are the bytes of a text."""

    info = ModelInfo(context=64, vocabulary=256)

    def __init__(self):
        self.asked = 0

    def tokenize(self, text, special):
        return list(text.encode())

    def piece(self, token, special=False):
        self.asked += 1
        return bytes([token])


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_a_character_that_is_told_in_two_parts_stays_whole(at_once, monkeypatch):
    monkeypatch.setattr(preparation, "_TOLD_AT_ONCE", at_once)
    text = "né\U0001f600 語"
    assert "".join(Preparation(ByteDecoder()).text(list(text.encode()))) == text


def test_half_a_character_at_the_end_is_told_as_one_that_is_unknown():
    assert "".join(Preparation(ByteDecoder()).text(b"a\xc3")) == "a\ufffd"


@pytest.mark.parametrize("at_once", [1, 4, 100])
def test_each_token_is_named_once_however_often_it_comes(at_once, monkeypatch):
    monkeypatch.setattr(preparation, "_TOLD_AT_ONCE", at_once)
    decoder = ByteDecoder()
    parts = list(Preparation(decoder).tokens("abababc", special=False))
    assert [token for some, _ in parts for token in some] == list(b"abababc")
    assert sorted(named for _, fresh in parts for named in fresh) == [
        [97, "a"],
        [98, "b"],
        [99, "c"],
    ]
    assert decoder.asked == 3


def test_the_names_of_tokens_are_asked_for_part_by_part(monkeypatch):
    monkeypatch.setattr(preparation, "_TOLD_AT_ONCE", 2)
    decoder = ByteDecoder()
    next(iter(Preparation(decoder).tokens("abcdefgh", special=False)))
    assert decoder.asked == 2


def test_tokens_whose_text_gets_too_long_are_refused(monkeypatch):
    monkeypatch.setattr(preparation, "TEXT_LIMIT_BYTES", 10)
    assert "".join(Preparation(ByteDecoder()).text([97] * 10)) == "a" * 10
    with pytest.raises(RequestError, match="more than 10 bytes") as caught:
        list(Preparation(ByteDecoder()).text([97] * 11))
    assert caught.value.param == "tokens"
