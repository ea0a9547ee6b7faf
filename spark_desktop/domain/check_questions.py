"""What a model is asked while a connection is tested, and how its answers are judged."""

import json

from spark_desktop.domain.completion import Tool

COUNTING = "Count from one to thirty in words, and write nothing else."
DOOR = "Which colour does door 3 have? Call the tool to find out."
DOOR_TOOL = Tool(
    "door_colour",
    "Tells which colour a door has.",
    '{"type": "object", "properties": {"door": {"type": "integer"}}, "required": ["door"]}',
)
COLOUR = "Name a colour, as JSON."
# Nobody would answer so who is not held to the schema.
_ANSWER = "colour-7391"
SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"colour": {"type": "string", "enum": [_ANSWER]}},
        "required": ["colour"],
        "additionalProperties": False,
    }
)
# A text with a hole that only somebody who has seen both sides can fill.
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


def follows_the_schema(answer: str) -> bool:
    """Return whether an answer is what ``SCHEMA`` allows, and nothing else."""
    try:
        return bool(json.loads(answer) == {"colour": _ANSWER})
    except (ValueError, RecursionError):
        return False
