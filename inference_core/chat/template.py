"""Lay out a chat as the model was trained to read it."""

from collections.abc import Sequence
from typing import Protocol

from inference_core.chat.bounded_jinja import FAILURES, BoundedTemplate
from inference_core.chat.layout import message_values, tool_values, without_tools
from inference_core.chat.marking import ControlTexts, Marking
from inference_core.domain.chat import ChatMessage, Tool
from inference_core.domain.errors import RequestError
from inference_core.domain.generation import MarkedPrompt, ModelInfo, Special

_CHATML = """\
{%- for message in messages -%}
{{ '<|im_start|>' ~ message.role ~ '\\n' ~ message.content ~ '<|im_end|>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{ '<|im_start|>assistant\\n' }}
{%- endif -%}
"""
_CHATML_CONTROLS = ("<|im_start|>", "<|im_end|>")

# llama.cpp lets a model name this one instead of bringing its own.
_CHATML_NAME = "chatml"

# Of a reason that a template gives; some quote the whole message that they refuse.
_REASON_LENGTH = 500


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


class JinjaTemplate:
    """A model's own template; the control texts in what it lays out stay plain text."""

    def __init__(self, source: str, controls: Sequence[str], bos: str = "", eos: str = "") -> None:
        """Compile; raises one of bounded_jinja.FAILURES for what is no template."""
        self._source = source
        self._template = BoundedTemplate(source)
        self._controls = ControlTexts(controls)
        self._ends = {"bos_token": bos, "eos_token": eos}

    def render(self, messages: Sequence[ChatMessage], tools: Sequence[Tool] = ()) -> MarkedPrompt:
        """Return the prompt; tools are written out in a system message if the template has none.

        Raises RequestError where the template refuses the messages.
        """
        listed, offered = message_values(messages), tool_values(tools)
        try:
            marking = Marking(self._controls, [listed, offered], self._source)
            listed, offered = marking.protect(listed), marking.protect(offered)
            if not self._template.mentions("tools"):
                listed, offered = without_tools(listed, offered), []
            text = self._template.render(
                messages=listed,
                # As Hugging Face's renderer says that there are none.
                tools=offered or None,
                add_generation_prompt=True,
                **self._ends,
            )
        except FAILURES as error:
            raise _refusal(f"The model's chat template refuses these messages: {error}") from error
        return marking.split(text)


class RefusedTemplate:
    """Stands for a template that is none: the model still completes texts, but it cannot chat."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def render(self, messages: Sequence[ChatMessage], tools: Sequence[Tool] = ()) -> MarkedPrompt:
        """Raise RequestError, always."""
        raise _refusal(f"The model's chat template cannot be read: {self._reason}")


def template_of(info: ModelInfo) -> ChatTemplate:
    """Return the template that a model comes with, ChatML where it has none.

    A replay script has no vocabulary: its messages stay as they are.
    """
    source = info.chat_template
    if not source and not info.vocabulary:
        return PlainTemplate()
    if source in ("", _CHATML_NAME):
        return JinjaTemplate(_CHATML, (*_CHATML_CONTROLS, *info.special), info.bos, info.eos)
    try:
        return JinjaTemplate(source, info.special, info.bos, info.eos)
    except FAILURES as error:
        return RefusedTemplate(str(error))


def _refusal(message: str) -> RequestError:
    return RequestError(
        message[:_REASON_LENGTH],
        param="messages",
        code="template_refused",
        next_step="Change the messages, or send a prompt of your own to /v1/completions.",
    )
