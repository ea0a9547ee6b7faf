"""From a chat to what an engine is asked: the prompt, and what the answer must look like.

| tool_choice | response_format | the answer is held to |
|---|---|---|
| none, or no tools | text | nothing |
| none, or no tools | JSON | the schema |
| auto | text | nothing until it writes ``<tool_call>``, then a valid call |
| auto | JSON | one JSON value: a call of a tool (without tags), or what validates the schema |
| required, or a named tool | any | a call, or several where calls may be parallel |

What is written without ``<tool_call>`` under ``auto`` is held to nothing: a strict tool's call is
read with its tags only, and otherwise is text.
With ``auto`` and JSON the tags are left out, so that the answer is JSON from its first character,
and what is no call validates. With ``required`` the text that the format is for does not come.
Of the schemas of tools that are not ``strict``, as OpenAI has it, what a grammar cannot express is
left out; anywhere else the engine refuses it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from inference_core.chat.reading import CALL_CLOSE, CALL_OPEN, THINK_CLOSE, THINK_OPEN
from inference_core.chat.schemas import (
    calls_schema,
    check_schema,
    check_tools,
    form_schema,
    one_of_schema,
    schema_text,
)
from inference_core.chat.template import ChatTemplate
from inference_core.domain.chat import ChatRequest, JsonAnswer, NamedTool, Tool, ToolUse
from inference_core.domain.errors import RequestError
from inference_core.domain.generation import Constraint, GenerationRequest, MarkedPrompt, Special

_ANY_OBJECT = {"type": "object"}


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Layout:
    """What all answers to one request have in common.

    ``origin`` is what it was made of. ``tools`` are the names of those that may be called, ``bare``
    of those whose calls are read without tags as well; ``thinking``: the prompt ends in the
    beginning of a reasoning.
    """

    origin: tuple[object, ...]
    prompt: MarkedPrompt
    constraint: Constraint | None
    tools: tuple[str, ...]
    bare: tuple[str, ...]
    thinking: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What the engine is asked, and the layout that its answer is read by."""

    asked: GenerationRequest
    layout: Layout


@dataclass(frozen=True, slots=True, weakref_slot=True)
class _Refusal:
    """Why there is no layout; no error itself, whose trace would keep it and what it refers to."""

    origin: tuple[object, ...]
    message: str
    param: str | None
    code: str | None
    next_step: str

    def error(self) -> RequestError:
        return RequestError(
            self.message, param=self.param, code=self.code, next_step=self.next_step
        )


# By the identities of what they were made of, for as long as a question with one of them is being
# answered. The several answers to one request are asked for at the same time; comparing long
# messages would cost as much as laying them out.
_known: WeakValueDictionary[tuple[int, ...], Layout | _Refusal] = WeakValueDictionary()


def question_of(template: ChatTemplate, request: ChatRequest) -> Question:
    """Return what to ask; requests that differ only in sampling share one layout.

    Raises RequestError for a schema that is unsound, a choice among tools that are not offered, and
    messages that the template refuses.
    """
    layout = _shared_layout(template, request)
    asked = GenerationRequest(
        layout.prompt,
        request.sampling,
        layout.constraint,
        prediction=request.prediction,
        priority=request.priority,
    )
    return Question(asked, layout)


def _shared_layout(template: ChatTemplate, request: ChatRequest) -> Layout:
    origin = (
        *(template, request.messages, request.tools, request.tool_choice),
        *(request.parallel_tool_calls, request.response_format),
    )
    # No identity is given anew while the layout lives: it has all that they belong to.
    identities = tuple(map(id, origin))
    found = _known.get(identities)
    if found is None:
        found = _known[identities] = _made(template, request, origin)
    if isinstance(found, _Refusal):
        # The error's trace keeps this call, and so the refusal, until the error is dealt with: by
        # then the request's other answers have asked, too.
        raise found.error()
    return found


def _made(
    template: ChatTemplate, request: ChatRequest, origin: tuple[object, ...]
) -> Layout | _Refusal:
    try:
        return _layout_of(template, request, origin)
    except RequestError as error:
        return _Refusal(origin, error.message, error.param, error.code, error.next_step)


def _layout_of(template: ChatTemplate, request: ChatRequest, origin: tuple[object, ...]) -> Layout:
    check_tools(request.tools)
    if request.response_format is not None and request.response_format.schema is not None:
        check_schema(request.response_format.schema, "The fields of the answer", "response_format")
    callable_tools = _callable_tools(request)
    constraint = _constraint(request, callable_tools)
    # Tools that must not be called are not shown: a small model calls what it sees.
    shown = () if request.tool_choice is ToolUse.NONE else request.tools
    prompt = template.render(request.messages, shown)
    thinking = _begins_reasoning(prompt)
    if thinking and constraint is not None and not constraint.lazy:
        # The constraint leaves no room for a reasoning: it is over before it began, in the form
        # that models are taught for it.
        prompt = MarkedPrompt((*prompt.parts, Special(f"\n{THINK_CLOSE}\n\n")))
        thinking = False
    names = tuple(tool.name for tool in callable_tools)
    bare = tuple(tool.name for tool in callable_tools if not _is_loose(constraint, tool))
    return Layout(origin, prompt, constraint, names, bare, thinking)


def _callable_tools(request: ChatRequest) -> tuple[Tool, ...]:
    match request.tool_choice:
        case NamedTool(name):
            named = tuple(tool for tool in request.tools if tool.name == name)
            if not named:
                raise _bad_choice(f"'tool_choice' names {name[:100]!r}, which is none of 'tools'.")
            return named
        case ToolUse.REQUIRED:
            if not request.tools:
                raise _bad_choice("'tool_choice' requires a call, but there are no 'tools'.")
            return request.tools
        case ToolUse.AUTO:
            return request.tools
    return ()


def _constraint(request: ChatRequest, tools: Sequence[Tool]) -> Constraint | None:
    form = request.response_format
    if not tools:
        return None if form is None else Constraint(schema_text(_form_schema(form)))
    calls = calls_schema(tools)
    auto = request.tool_choice is ToolUse.AUTO
    if auto and form is not None:
        return Constraint(schema_text(one_of_schema([calls, _form_schema(form)])))
    return Constraint(
        schema_text(calls),
        before=f"{CALL_OPEN}\n",
        after=f"\n{CALL_CLOSE}",
        repeat=request.parallel_tool_calls,
        lazy=auto,
    )


def _is_loose(constraint: Constraint | None, tool: Tool) -> bool:
    """Return whether a call without tags could break the schema that a strict tool promises."""
    return tool.strict and constraint is not None and constraint.lazy


def _form_schema(form: JsonAnswer) -> dict[str, Any]:
    return _ANY_OBJECT if form.schema is None else form_schema(form.schema)


def _begins_reasoning(prompt: MarkedPrompt) -> bool:
    last = prompt.parts[-1] if prompt.parts else None
    return isinstance(last, Special) and last.text.rstrip().endswith(THINK_OPEN)


def _bad_choice(message: str) -> RequestError:
    return RequestError(
        message,
        param="tool_choice",
        code="invalid_value",
        next_step="Offer the tool in 'tools', or leave 'tool_choice' out.",
    )
