"""A text with a hole that only somebody who has seen both sides can fill."""

_WORD = "violet42"
PREFIX = 'def colour():\n    return "'
SUFFIX = f'"\n\n\nassert colour() == "{_WORD}"\n'
# The word, and a little for models that go on behind it.
MOST_TOKENS = 16


def saw_the_suffix(answer: str) -> bool:
    """Return whether an answer used what stands behind the hole.

    A server that ignores the suffix only goes on with the prefix, and cannot know the word.
    """
    return answer.lstrip(" \"'").startswith(_WORD)


def rendered(model_id: str) -> str | None:
    """Return the prompt with the model's own tokens; None for a model whose are not known.

    Those of Qwen's coders are published with the models.
    """
    name = model_id.lower()
    if "qwen" not in name or "coder" not in name:
        return None
    return f"<|fim_prefix|>{PREFIX}<|fim_suffix|>{SUFFIX}<|fim_middle|>"
