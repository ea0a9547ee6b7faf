"""A chat as the core understands it, whichever protocol it came by, and the parts of its answer."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from inference_core.domain.generation import (
    Finished,
    Priority,
    PromptProgress,
    Sampling,
    TokenLogprob,
)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model made: ``arguments`` is JSON as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a chat; ``role`` is the wire's word (system, user, assistant, tool).

    ``tool_call_id`` says which call a message of the role tool answers; ``name`` is the tool's, or
    the person's.
    """

    role: str
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call; ``parameters`` is the JSON schema of its arguments."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    strict: bool = False


class ToolUse(Enum):
    """Whether the model may call tools, as ``tool_choice`` says it."""

    AUTO = "auto"
    NONE = "none"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class NamedTool:
    """The model must call this one tool."""

    name: str


ToolChoice = ToolUse | NamedTool


@dataclass(frozen=True, slots=True)
class JsonAnswer:
    """The answer must be JSON that validates ``schema``; any object where it is None."""

    schema: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question of a chat. ``param`` names for errors are the wire's business."""

    messages: tuple[ChatMessage, ...]
    sampling: Sampling = field(default_factory=Sampling)
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = ToolUse.AUTO
    parallel_tool_calls: bool = True
    response_format: JsonAnswer | None = None
    prediction: str = ""
    priority: Priority = Priority.QUESTION


@dataclass(frozen=True, slots=True)
class ContentPart:
    """The next piece of the text for the user."""

    text: str
    tokens: int = 1
    logprobs: tuple[TokenLogprob, ...] = ()


@dataclass(frozen=True, slots=True)
class ReasoningPart:
    """The next piece of the model's reasoning, which is no part of the answer."""

    text: str
    tokens: int = 1


@dataclass(frozen=True, slots=True)
class CallPart:
    """The model begins its call number ``index``, counted from 0."""

    index: int
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ArgumentsPart:
    """The next piece of the arguments (JSON) of call number ``index``."""

    index: int
    text: str


ChatPart = PromptProgress | ContentPart | ReasoningPart | CallPart | ArgumentsPart | Finished
