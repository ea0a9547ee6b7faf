"""What servers tell of their models, in whatever shape: from JSON to values. No I/O."""

import re
from typing import Any

from spark_desktop.domain.endpoints import FillInWay, RemoteModel
from spark_desktop.domain.regex import regex

Json = dict[str, Any]

# vLLM and SGLang; OpenRouter; Groq; Mistral; LM Studio; Anthropic.
_CONTEXTS = (
    "max_model_len",
    "context_length",
    "context_window",
    "max_context_length",
    "max_input_tokens",
)
# Groq; OpenRouter tells it of whoever serves the model best.
_OUTPUTS = ("max_completion_tokens", "max_output_tokens")
_SIZE_IN_ERROR = regex(
    r"(?:context (?:length|size|window)|n_ctx|max_model_len)\D{0,40}(\d{3,9})", re.IGNORECASE
)
_OLLAMA_CONTEXT = regex(r"^\s*num_ctx\s+(\d+)\s*$", re.MULTILINE)


def models_in(answer: object) -> tuple[RemoteModel, ...]:
    """Return the models of a list as OpenAI, Anthropic or Ollama send it; () for anything else."""
    if not isinstance(answer, dict):
        return ()
    listed = answer.get("data", answer.get("models"))
    entries = listed if isinstance(listed, list) else []
    found = [_model(entry) for entry in entries if isinstance(entry, dict)]
    return tuple(dict.fromkeys(model for model in found if model.id))


def context_in_props(answer: object) -> int | None:
    """Return the context of llama-server's ``/props``; None where it tells none."""
    settings = answer.get("default_generation_settings") if isinstance(answer, dict) else None
    return _size(settings, ("n_ctx",)) if isinstance(settings, dict) else None


def context_in_error(body: str) -> int | None:
    """Return the context that an error about too many tokens names; None where it names none."""
    found = _SIZE_IN_ERROR.search(body)
    return int(found[1]) if found else None


def ollama_model(known: RemoteModel, shown: object, running: object) -> RemoteModel:
    """Return a model with what Ollama's ``/api/show`` and ``/api/ps`` tell.

    The context is the one it runs with, as Ollama cuts longer prompts without a word; what the
    model itself could take does not count.
    """
    details: Json = shown if isinstance(shown, dict) else {}
    can = details.get("capabilities")
    names = can if isinstance(can, list) else []
    context = _running_context(known.id, running)
    if context is None:
        set_to = _OLLAMA_CONTEXT.search(str(details.get("parameters", "")))
        context = int(set_to[1]) if set_to else None
    return RemoteModel(
        known.id,
        context=context,
        fill_in=FillInWay.SUFFIX if "insert" in names else FillInWay.NONE,
        tools="tools" in names,
        reasoning="thinking" in names,
    )


def text_in(answer: object) -> str:
    """Return the text of a completion: of OpenAI's, Mistral's or llama-server's kind."""
    if not isinstance(answer, dict):
        return ""
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        return str(answer.get("content") or answer.get("response") or "")
    message = choice.get("message")
    return str((message.get("content") if isinstance(message, dict) else choice.get("text")) or "")


def _model(entry: Json) -> RemoteModel:
    meta, top = entry.get("meta"), entry.get("top_provider")
    context = _size(entry, _CONTEXTS) or _size(meta, ("n_ctx",))
    return RemoteModel(
        str(entry.get("id") or entry.get("model") or entry.get("name") or ""),
        title=str(entry.get("display_name") or ""),
        context=_size(entry, ("loaded_context_length",)) or context,
        max_output=_size(entry, _OUTPUTS) or _size(top, _OUTPUTS),
    )


def _running_context(model_id: str, running: object) -> int | None:
    models = running.get("models") if isinstance(running, dict) else None
    for entry in models if isinstance(models, list) else []:
        if isinstance(entry, dict) and model_id in (entry.get("name"), entry.get("model")):
            return _size(entry, ("context_length",))
    return None


def _size(entry: object, names: tuple[str, ...]) -> int | None:
    if not isinstance(entry, dict):
        return None
    for name in names:
        value = entry.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return None
