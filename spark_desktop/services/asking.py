"""What a question needs before its turn is answered: something to ask, and what goes with it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from spark_desktop.domain.context_item import Attached, ContextItem, ItemRef, Question
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.words import say
from spark_desktop.services.chat_prompt import ChatPrompt, without_mark

Items = tuple[ContextItem, ...]


async def read_items(prompt: ChatPrompt, question: Question) -> Items:
    """Return what goes with the question, as it is now.

    Raises SparkError where something cannot be read that the user named. What goes along unasked is
    left out then; where a comment asks, its file is shown without the mark.
    """
    chosen = tuple(ref for ref in question.refs if not ref.is_found)
    items = list(await prompt.read(replace(question, refs=chosen)))
    for ref in question.refs:
        if ref.is_found:
            with suppress(SparkError):
                items += await prompt.read(replace(question, refs=(ref,), path=None))
    asking = comment_of(question.refs)
    if asking is None or asking.lines is None:
        return tuple(items)
    require_shown(items)
    return tuple(without_mark(item, asking.lines) for item in items)


def comment_of(refs: Sequence[ItemRef]) -> ItemRef | None:
    """Return the file and place of the comment that asks; None for what was typed."""
    return next((ref for ref in refs if ref.asks), None)


def require_text(question: str) -> None:
    """Raise SparkError for a question without a word."""
    if not question.strip():
        raise SparkError(say("The question is empty."), say("Type one."))


def unread(refs: Sequence[ItemRef]) -> tuple[Attached, ...]:
    """Return what a turn keeps whose items could not be read: where the comment stands."""
    asking = comment_of(refs)
    return () if asking is None else (Attached(asking, "", 0),)


def gone_on_with(turn: Turn) -> Turn:
    """Return the turn as its answer goes on; raises SparkError for one that is whole."""
    if not turn.can_go_on:
        raise SparkError(
            say("There is no answer that could be gone on with."), say("Ask the question again.")
        )
    return replace(turn, error="", state=TurnState.STREAMING)


def asked_again(turn: Turn) -> Turn:
    """Return the turn as it is answered anew."""
    # What was measured, or emulated, belongs to the answer that goes.
    return replace(
        turn,
        answer="",
        error="",
        state=TurnState.STREAMING,
        usage=None,
        timing=None,
        emulation=None,
        endpoint="",
        cost=None,
        doubt="",
    )


def require_shown(items: Sequence[ContextItem]) -> None:
    """Raise where the file that a question names is withheld: nobody sees its chip here."""
    for item in items:
        if item.withheld:
            raise SparkError(*item.notes)
