"""What the model is told: templates from ``resources/prompts``, filled and measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import PurePosixPath
from string import Template

from spark_desktop.domain.completion import ChatRequest, InfillRequest, Message, Role
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.context_item import ContextItem
from spark_desktop.domain.fault import fault_in
from spark_desktop.domain.line_comment import LineComment
from spark_desktop.domain.regex import regex
from spark_desktop.domain.secret_lines import without_secrets
from spark_desktop.domain.trigger import FailingTest, Repair, Span
from spark_resources import resource

# For a fill-in. The beginning of the prefix moves in steps, so that the engine's cache of it stays
# good while a file is edited at the end.
_PREFIX = 4000
_PREFIX_STEP = 1000
_SUFFIX = 1000
# Characters of a test's report that a model is shown: the end says what failed.
_REPORT = 1500
_TICKS = regex("`{3,}")


@cache
def _template(name: str) -> Template:
    return Template(resource("prompts", f"{name}.md").read_text(encoding="utf-8").rstrip("\n"))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands in front of a region in its prompt; ``extra`` are files for a fill-in."""

    text: str = ""
    extra: tuple[tuple[str, str], ...] = ()


def region_request(
    path: str,
    region: str,
    instruction: str,
    attempts: Sequence[tuple[str, str]] = (),
    around: str = "",
    *,
    is_documented: bool = False,
) -> ChatRequest:
    """Return the request to rewrite ``region``, a part of the file at ``path``.

    An empty ``instruction`` asks for a missing body, an empty ``region`` for new code. ``attempts``
    are earlier answers, each with what was said to it (``refused``, ``revised``); they are
    appended, so that the engine's cache of the prompt stays good.

    ``around`` is what is told of the surroundings, never their text: of eight edits of the demo's
    project the 0.5B model got four right without that and two with it, since it likes to repeat
    what it sees. Of 20 tasks of ``suggestion_quality`` where an answer of the 1.5B model repeated
    other code, since nothing said which of it is meant, the first answer of none does now.
    """
    is_shown = bool(region.strip())
    template = "stub" if not instruction else "region" if is_shown else "write"
    if template == "region" and is_documented:
        template = "region-documented"
    elif around and is_shown:
        template = f"{template}-only"
    question = _template(template).substitute(
        path=path,
        language=language_of(path),
        region=_plain(region).rstrip("\n"),
        instruction=" ".join(instruction.split()).rstrip("."),
    )
    if around:
        question = f"{_template('reference').substitute(around=around)}\n\n{question}"
    messages = [
        Message(Role.SYSTEM, _template("system").substitute()),
        Message(Role.USER, question),
    ]
    for answer, said in attempts:
        messages.append(Message(Role.ASSISTANT, answer))
        messages.append(Message(Role.USER, said))
    return ChatRequest(
        messages=tuple(messages),
        max_tokens=answer_tokens(region),
        # The second answer should be another one.
        temperature=0.5 if attempts else 0.0,
    )


def blocks_request(
    path: str,
    content: str,
    instruction: str,
    attempts: Sequence[tuple[str, str]] = (),
    around: str = "",
) -> ChatRequest:
    """Return the request to change the file at ``path`` by search and replace blocks.

    For models that follow that form; else as ``region_request``.
    """
    question = _template("blocks").substitute(
        path=path,
        language=language_of(path),
        fence=_fence_for(content),
        content=_plain(content).rstrip("\n"),
        instruction=" ".join(instruction.split()).rstrip("."),
    )
    messages = [
        Message(Role.SYSTEM, _template("system").substitute()),
        Message(Role.USER, f"{around}\n\n{question}" if around else question),
    ]
    for answer, said in attempts:
        messages += (Message(Role.ASSISTANT, answer), Message(Role.USER, said))
    return ChatRequest(
        messages=tuple(messages),
        max_tokens=answer_tokens(content),
        temperature=0.5 if attempts else 0.0,
    )


def repair_instruction(trigger: Repair) -> str:
    """Return what is asked where a save broke the syntax."""
    return _template("repair").substitute(problem=trigger.problem)


def failing_instruction(trigger: FailingTest, *, brief: bool = False) -> str:
    """Return what is asked where a test fails, with the end of what it wrote.

    In ``brief``, for models that would repeat it, only the line that failed and how.
    """
    told = without_secrets(trigger.report)
    fault = fault_in(told)
    if brief and fault.code:
        return _template("failing-brief").substitute(code=fault.code, words=fault.words)
    report = told.rstrip()[-_REPORT:]
    return _template("failing").substitute(name=without_secrets(trigger.name), report=report)


def refused(reason: str) -> str:
    """Return what is said to an answer that cannot be used; ``reason`` is a sentence.

    What programs wrote about it may be behind that: lines that may hold a secret are masked.
    """
    return _template("retry").substitute(reason=without_secrets(reason))


def revised(comments: Sequence[LineComment]) -> str:
    """Return what the user says to an answer, line by line."""
    return _template("revise").substitute(comments=_told(comments))


def revised_answer(path: str, comments: Sequence[LineComment]) -> str:
    """Return the question that tells what the user says to an answer's change of a file."""
    return _template("revise-answer").substitute(path=path, comments=_told(comments))


def region_answer(path: str, region: str) -> str:
    """Return a region as a model answers it: what is there already, as if it had written it."""
    fence = _fence_for(region)
    return f"{fence}{language_of(path)}\n{_plain(region).rstrip()}\n{fence}"


def infill_request(content: str, start: int, end: int) -> InfillRequest:
    """Return the request for what stands between the characters ``start`` and ``end``."""
    cut = max(0, start - _PREFIX) // _PREFIX_STEP * _PREFIX_STEP
    if cut:
        line = content.find("\n", cut, start)
        # Of one long line its end is shown.
        cut = line + 1 if line >= 0 else cut
    return InfillRequest(
        prefix=_plain(content[cut:start]),
        suffix=_plain(_head(content[end:], _SUFFIX)),
        max_tokens=256,
    )


# A preview shows the same items again and again, which for long ones takes milliseconds.
@lru_cache(maxsize=16)
def item_text(item: ContextItem, lines: Span | None) -> str:
    """Return an item, or only the ``lines`` of it, as it stands in front of a question."""
    content, title = item.text, item.title
    if lines is not None:
        content = "".join(item.lines[lines.start : lines.end])
        first = item.first_line + lines.start + 1
        title = f"{title} (lines {first} to {item.first_line + lines.end})"
    plain = _plain(content).rstrip("\n")
    return _template("item").substitute(
        title=title, fence=_fence_for(plain), language=item.language, content=plain
    )


def question_text(question: str, items: Sequence[str]) -> str:
    """Return a question with its items, as ``item_text`` gives them, in front of it."""
    return "\n\n".join((*items, question))


def question_system(summary: str = "", edits: bool = False) -> Message:
    """Return the first message of every chat, with what was summed up of it.

    With ``edits`` it says how an answer changes files; small models would then do little else.
    """
    text = _template("question-system").substitute()
    if edits:
        text = f"{text}\n\n{_template('edit-form').substitute()}"
    if summary:
        text = f"{text}\n\n{_template('summary').substitute(summary=summary)}"
    return Message(Role.SYSTEM, text)


def told(turns: Sequence[tuple[str, str]]) -> tuple[list[Message], str]:
    """Return the messages of (question, answer) pairs, and the questions that got no answer.

    Those are asked with the next one, in whose place the user stopped them: a chat's template
    wants the two sides to take turns.
    """
    messages, unanswered = [], ""
    for question, answer in turns:
        question = question_text(question, [unanswered] if unanswered else [])
        unanswered = "" if answer.strip() else question
        if not unanswered:
            messages.append(Message(Role.USER, question))
            messages.append(Message(Role.ASSISTANT, answer))
    return messages, unanswered


def continuation() -> str:
    """Return what asks for the rest of an answer that was cut."""
    return _template("continue").substitute()


def compaction_request(turns: Sequence[tuple[str, str]], system: Message, room: int) -> ChatRequest:
    """Return the request to sum up the turns, (question, answer) each, within ``room`` tokens.

    It begins as the prompts did, with their first message ``system``, so that the engine has
    processed nearly all of it already.
    """
    messages, unanswered = told(turns)
    wish = question_text(_template("compaction").substitute(), [unanswered] if unanswered else [])
    messages = [system, *messages, Message(Role.USER, wish)]
    return ChatRequest(tuple(messages), max_tokens=room, temperature=0.0)


def placing_request(question: str, answer: str, problems: str, edits: bool) -> ChatRequest:
    """Return the request to write the blocks of an ``answer`` again that cannot be used.

    ``problems`` names each of them with the reason; ``question`` is what was sent for the answer.
    """
    again = _template("edit-retry").substitute(problems=problems)
    messages = (
        question_system(edits=edits),
        Message(Role.USER, question),
        Message(Role.ASSISTANT, answer),
        Message(Role.USER, again),
    )
    return ChatRequest(messages, max_tokens=answer_tokens(answer), temperature=0.0)


def answer_tokens(region: str) -> int:
    """Return how many tokens a rewritten region may take: half more than it has, and some."""
    return estimate_tokens(region) * 3 // 2 + 256


def language_of(path: str) -> str:
    """Return the word after a code fence for a file: its extension, or its name."""
    name = PurePosixPath(path)
    extension = name.suffix.lstrip(".").lower()
    return _FENCES.get(extension, extension) or name.name.lower()


_FENCES = {"py": "python", "pyi": "python", "js": "javascript", "ts": "typescript", "rs": "rust"}


def _told(comments: Sequence[LineComment]) -> str:
    return "\n".join(f"- `{one.quoted.strip()}`: {one.text.strip()}" for one in comments)


def _head(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    cut = text[:limit]
    return cut[: cut.rfind("\n") + 1] or cut


def _fence_for(content: str) -> str:
    """Return a fence that is longer than any in the content."""
    if "```" not in content:  # hundreds of times faster than the pattern in a long file
        return "```"
    longest = max((len(run) for run in _TICKS.findall(content)), default=0)
    return "`" * max(3, longest + 1)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
