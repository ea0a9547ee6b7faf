"""What the model is told: templates from ``resources/prompts``, filled and measured."""

from functools import cache
from pathlib import PurePosixPath
from string import Template

from spark_desktop.domain.completion import ChatRequest, InfillRequest, Message, Role
from spark_desktop.domain.context import estimate_tokens
from spark_resources import resource

# For a fill-in. The beginning of the prefix moves in steps, so that the engine's cache of it stays
# good while a file is edited at the end.
_PREFIX = 4000
_PREFIX_STEP = 1000
_SUFFIX = 1000


@cache
def _template(name: str) -> Template:
    return Template(resource("prompts", f"{name}.md").read_text(encoding="utf-8").rstrip("\n"))


def region_request(
    path: str, region: str, instruction: str, attempts: tuple[str, ...] = ()
) -> ChatRequest:
    """Return the request to rewrite ``region``, a part of the file at ``path``.

    An empty ``instruction`` asks for a missing body, an empty ``region`` for new code. ``attempts``
    are an earlier answer and why it cannot be used; they are appended, so that the engine's cache
    of the prompt stays good.

    The region's surroundings are not shown: of eight edits of the demo's project the 0.5B model got
    four right without them and two with them, since it likes to repeat what it sees.
    """
    template = "stub" if not instruction else "region" if region.strip() else "write"
    question = _template(template).substitute(
        path=path,
        language=language_of(path),
        region=_plain(region).rstrip("\n"),
        instruction=" ".join(instruction.split()).rstrip("."),
    )
    messages = [
        Message(Role.SYSTEM, _template("system").substitute()),
        Message(Role.USER, question),
    ]
    if attempts:
        answer, reason = attempts
        messages.append(Message(Role.ASSISTANT, answer))
        messages.append(Message(Role.USER, _template("retry").substitute(reason=reason)))
    return ChatRequest(
        messages=tuple(messages),
        max_tokens=answer_tokens(region),
        # The second answer should be another one.
        temperature=0.5 if attempts else 0.0,
    )


def infill_request(content: str, start: int, end: int) -> InfillRequest:
    """Return the request for what stands between the characters ``start`` and ``end``."""
    cut = max(0, start - _PREFIX) // _PREFIX_STEP * _PREFIX_STEP
    if cut:
        cut = content.find("\n", cut, start) + 1
    return InfillRequest(
        prefix=_plain(content[cut:start]),
        suffix=_plain(_head(content[end:], _SUFFIX)),
        max_tokens=256,
    )


def question_text(question: str, path: str, content: str) -> str:
    """Return a question with the file that it is about in front of it."""
    return _template("question").substitute(
        path=path, language=language_of(path), content=_plain(content), question=question
    )


def question_system() -> Message:
    """Return the first message of every chat."""
    return Message(Role.SYSTEM, _template("question-system").substitute())


def answer_tokens(region: str) -> int:
    """Return how many tokens a rewritten region may take: half more than it has, and some."""
    return estimate_tokens(region) * 3 // 2 + 256


def language_of(path: str) -> str:
    """Return the word after a code fence for a file: its extension, or its name."""
    name = PurePosixPath(path)
    extension = name.suffix.lstrip(".").lower()
    return _FENCES.get(extension, extension) or name.name.lower()


_FENCES = {"py": "python", "pyi": "python", "js": "javascript", "ts": "typescript", "rs": "rust"}


def _head(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    cut = text[:limit]
    return cut[: cut.rfind("\n") + 1] or cut


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
