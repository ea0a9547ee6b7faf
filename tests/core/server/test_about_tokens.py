"""Texts to tokens and back, for Spark and for llama-server's clients."""

from dataclasses import replace

import pytest
from generating import ScriptedEngine, asking

from inference_core.domain.generation import ModelInfo, Token
from inference_core.server import tokens as tokens_module


class WordEngine(ScriptedEngine):
    """A token is a word; what was asked is kept."""

    def __init__(self, **info):
        super().__init__(())
        self.info = replace(ModelInfo(context=64, vocabulary=100), **info)
        self.texts = []

    async def tokenize(self, text, special):
        self.texts.append((text, special))
        return [Token(number, word) for number, word in enumerate(text.split())]


PIECES = [{"id": 0, "piece": "a"}, {"id": 1, "piece": "b"}]


@pytest.mark.parametrize(
    ("more", "answer", "special"),
    [
        ({}, {"count": 2, "tokens": PIECES}, False),
        ({"special": True}, {"count": 2, "tokens": PIECES}, True),
        ({"with_pieces": True}, {"tokens": PIECES}, True),
        ({"with_pieces": False}, {"tokens": [0, 1]}, True),
        ({"parse_special": False}, {"tokens": [0, 1]}, False),
        ({"add_special": True}, {"tokens": [0, 1]}, True),
    ],
)
async def test_llama_servers_fields_bring_llama_servers_answer(more, answer, special):
    engine = WordEngine()
    async with asking(engine) as client:
        got = (await client.post("/tokenize", json={"content": "a b"} | more)).json()
    assert got == answer
    assert engine.texts == [("a b", special)]


async def test_the_token_before_every_text_comes_where_the_model_wants_it():
    async with asking(WordEngine(adds_bos=True, bos="<s>")) as client:
        body = {"content": "a", "add_special": True, "with_pieces": True}
        got = (await client.post("/tokenize", json=body)).json()
    assert [token["piece"] for token in got["tokens"]] == ["<s>", "a"]


async def test_tokens_become_the_text_again():
    async with asking(WordEngine()) as client:
        got = (await client.post("/detokenize", json={"tokens": [7, 8]})).json()
    assert got == {"content": "<7><8>"}


@pytest.mark.parametrize(
    ("tokens", "param", "says"),
    [
        (None, "tokens", "must be a list of token numbers"),
        ("7", "tokens", "must be a list of token numbers"),
        ([1, "7"], "tokens[1]", "must be a token number, not a string"),
        ([True], "tokens[0]", "not a boolean"),
        ([-1], "tokens[0]", "is no token number"),
        ([0, 100], "tokens[1]", "whose last one is 99"),
        ([2**40], "tokens[0]", "is no token number"),
    ],
)
async def test_what_is_no_token_is_named(tokens, param, says):
    async with asking(WordEngine()) as client:
        response = await client.post("/detokenize", json={"tokens": tokens})
    error = response.json()["error"]
    assert (response.status_code, error["param"]) == (400, param)
    assert says in error["message"]


async def test_a_text_is_cut_up_to_its_limit_and_not_beyond(monkeypatch):
    monkeypatch.setattr(tokens_module, "TEXT_LIMIT_BYTES", 4)
    engine = WordEngine()
    async with asking(engine) as client:
        fits = await client.post("/tokenize", json={"content": "a b "})
        # Bytes, not characters, are what the engine works through.
        more = await client.post("/tokenize", json={"content": "a é "})
    assert fits.status_code == 200
    assert (more.status_code, more.json()["error"]["param"]) == (400, "content")
    assert "has 5 bytes; at most 4" in more.json()["error"]["message"]
    assert [text for text, _ in engine.texts] == ["a b "]


async def test_more_tokens_than_are_joined_are_refused(monkeypatch):
    monkeypatch.setattr(tokens_module, "TOKENS_LIMIT", 2)
    async with asking(WordEngine()) as client:
        back = await client.post("/detokenize", json={"tokens": [1, 2, 3]})
    assert (back.status_code, back.json()["error"]["param"]) == (400, "tokens")


async def test_tokens_with_signs_that_json_escapes_are_listed_as_they_are():
    async with asking(WordEngine()) as client:
        got = (await client.post("/tokenize", json={"content": 'say "é\\" \u0001'})).json()
    assert [token["piece"] for token in got["tokens"]] == ["say", '"é\\"', "\u0001"]


async def test_an_empty_text_has_no_tokens():
    async with asking(WordEngine()) as client:
        got = (await client.post("/tokenize", json={"content": ""})).json()
    assert got == {"count": 0, "tokens": []}
