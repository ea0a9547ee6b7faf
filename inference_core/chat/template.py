"""Lay out a chat as the model was trained to read it."""

from collections.abc import Sequence
from typing import Protocol

from inference_core.domain.chat import ChatMessage, Tool
from inference_core.domain.generation import MarkedPrompt, ModelInfo, Special


class ChatTemplate(Protocol):
    """Turns messages into a prompt that ends where the model's answer begins."""

    def render(self, messages: Sequence[ChatMessage], tools: Sequence[Tool] = ()) -> MarkedPrompt:
        """Return the prompt. Raises RequestError where the template refuses the messages."""
        ...


class PlainTemplate:
    """``role: content`` and a line break for each message: what replay scripts are matched with."""

    def render(self, messages: Sequence[ChatMessage], tools: Sequence[Tool] = ()) -> MarkedPrompt:
        """Return the messages one after the other; tools are left out."""
        text = "".join(f"{message.role}: {message.content}\n" for message in messages)
        return MarkedPrompt((Special(text),))


class ChatMlTemplate:
    """ChatML, which the models of the catalogue were trained with."""

    def render(self, messages: Sequence[ChatMessage], tools: Sequence[Tool] = ()) -> MarkedPrompt:
        """Return the prompt."""
        text = "".join(f"<|im_start|>{m.role}\n{m.content}<|im_end|>\n" for m in messages)
        return MarkedPrompt((Special(text + "<|im_start|>assistant\n"),))


def template_of(info: ModelInfo) -> ChatTemplate:
    """Return the template that a model comes with."""
    return ChatMlTemplate() if info.chat_template else PlainTemplate()
