"""Reads from an error how long a prompt was and what the model's context holds. No I/O."""

import re
from typing import Any

from spark_desktop.domain.regex import regex

# Codes and types by which servers name a prompt over the context (OpenAI, vLLM; llama-server).
_CODES = ("context_length_exceeded", "exceed_context_size_error")
_WORDS = regex(
    r"context (?:length|size|window|holds)|maximum context|prompt is too long", re.IGNORECASE
)
_NUMBER = regex(r"\d{1,3}(?:,\d{3})+|\d+")
# "maximum context length is 8192", "the context holds 8192", "context size (8192 tokens)".
_HELD = regex(
    r"context\W{0,3}(?:(?:length|window|size|limit)\W{0,3})?(?:is|of|holds)?\W{0,3}(\d[\d,]*)",
    re.IGNORECASE,
)
# "for model with 32768 maximum context length".
_HELD_BEFORE = regex(r"(\d[\d,]*)(?: tokens)? (?:maximum|max)\b", re.IGNORECASE)


def context_sizes(problem: dict[str, Any], message: str) -> tuple[int, int] | None:
    """Return the tokens of the prompt and of the context; None where the error is another one.

    Also None where both are not told, or the prompt is not the larger.
    """
    prompt, context = problem.get("n_prompt_tokens"), problem.get("n_ctx")
    if isinstance(prompt, int) and isinstance(context, int):
        return prompt, context
    named = problem.get("code") in _CODES or problem.get("type") in _CODES
    if not named and not _WORDS.search(message):
        return None
    numbers = sorted({_value(number) for number in _NUMBER.findall(message)})
    if len(numbers) < 2:
        return None
    # The order of the two differs between servers, and some tell what the sum is made of.
    held = _HELD_BEFORE.search(message) or _HELD.search(message)
    context = _value(held[1]) if held else numbers[-2]
    return (numbers[-1], context) if numbers[-1] > context else None


def _value(text: str) -> int:
    # Longer runs of digits are no count of tokens, and slow to read.
    return int(text.replace(",", "")[:18] or 0)
