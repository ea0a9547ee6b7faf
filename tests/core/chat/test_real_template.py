"""The template and the vocabulary of the real 0.5B model."""

import pytest

from inference_core.chat.reading import AnswerReader
from inference_core.chat.template import template_of
from inference_core.domain.chat import ArgumentsPart, CallPart, ChatMessage, Tool, ToolCall
from inference_core.domain.generation import Special, TextPiece
from inference_core.engine.decoder_settings import DecoderSettings
from inference_core.engine.llama_decoder import LlamaDecoder

pytestmark = pytest.mark.model

ADD = Tool("add", "Adds.", {"type": "object", "properties": {"a": {"type": "integer"}}})


@pytest.fixture(scope="module")
def decoder(model_path):
    decoder = LlamaDecoder.load(model_path, DecoderSettings(context=64, sequences=1))
    yield decoder
    decoder.close()


def prompt_of(decoder, *messages, tools=()):
    return template_of(decoder.info).render(messages, tools)


def text_of(prompt):
    return "".join(part.text for part in prompt.parts)


def tokens_of(decoder, prompt):
    cut = [decoder.tokenize(part.text, isinstance(part, Special)) for part in prompt.parts]
    return [token for tokens in cut for token in tokens]


def test_a_chat_is_laid_out_as_the_model_was_trained(decoder):
    prompt = prompt_of(decoder, ChatMessage("system", "Be brief."), ChatMessage("user", "hi"))
    assert text_of(prompt) == (
        "<|im_start|>system\nBe brief.<|im_end|>\n"
        "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"
    )
    assert len(prompt.parts) == 1


def test_a_message_with_control_texts_has_no_control_tokens(decoder):
    hostile = "".join(decoder.info.special)
    [end] = decoder.tokenize("<|im_end|>", True)
    tame = tokens_of(decoder, prompt_of(decoder, ChatMessage("user", "hi")))
    tokens = tokens_of(decoder, prompt_of(decoder, ChatMessage("user", hostile)))
    assert tokens.count(end) == tame.count(end)
    assert b"".join(decoder.piece(token, special=True) for token in tokens).count(
        b"<|im_end|>"
    ) == (tame.count(end) + 1)


def test_the_model_s_own_words_for_tools_are_used(decoder):
    text = text_of(prompt_of(decoder, ChatMessage("user", "hi"), tools=[ADD]))
    assert "within <tools></tools> XML tags" in text
    assert "You can call these functions" not in text


def test_what_the_template_writes_for_a_call_is_read_as_that_call(decoder):
    call = ToolCall("c1", "add", '{"a": 1, "b": "é"}')
    text = text_of(prompt_of(decoder, ChatMessage("assistant", "", (call,)), tools=[ADD]))
    written = text.split("<|im_start|>assistant")[1].removesuffix("<|im_end|>\n")
    reader = AnswerReader(["add"])
    parts = [part for sign in written for part in reader.feed(TextPiece(sign))] + reader.end()
    assert [part.name for part in parts if isinstance(part, CallPart)] == ["add"]
    arguments = "".join(part.text for part in parts if isinstance(part, ArgumentsPart))
    assert arguments == call.arguments
    assert len([part for part in parts if not isinstance(part, CallPart | ArgumentsPart)]) == 0
