"""Lets a model go on with an answer that was cut."""

from dataclasses import replace

from spark_desktop.domain.completion import ChatRequest, Message, Role
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.errors import ContextExceededError
from spark_desktop.domain.prompt_plan import MESSAGE_TOKENS, Plan
from spark_desktop.services.prompts import continuation

# Tokens of the answer that the model must at least see to go on from it.
_LEAST = 32
_CHARS_PER_TOKEN = 3


def continued(request: ChatRequest, plan: Plan, answer: str) -> ChatRequest:
    """Return the request for the rest of an answer, the end of which is sent as far as it fits.

    Raises ContextExceededError where there is no room for any of it.
    """
    step = continuation()
    around = estimate_tokens(step) + 2 * MESSAGE_TOKENS
    room = plan.context - plan.answer - plan.prompt - around
    needed = estimate_tokens(answer)
    if room < min(needed, _LEAST):
        raise ContextExceededError(plan.prompt + plan.answer + around + needed, plan.context)
    shown = answer if needed <= room else answer[-_CHARS_PER_TOKEN * room :]
    # Behind all that was sent before, so that the engine's cache of the prompt stays good.
    end = (Message(Role.ASSISTANT, shown), Message(Role.USER, step))
    return replace(request, messages=(*request.messages, *end))
