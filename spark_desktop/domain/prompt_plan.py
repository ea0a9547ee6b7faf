"""What of a conversation is sent: one pure decision, shown before it is taken.

The order of a prompt never changes: the system's message, what was summed up, the earlier turns as
they were sent, the question behind its items. Only the beginning of the turns moves, and by halves,
so that the engine's cache of the prompt stays good.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from itertools import count as count_up

from spark_desktop.domain.context import Budget, first_fitting, window
from spark_desktop.domain.context_item import ContextItem
from spark_desktop.domain.errors import ContextExceededError
from spark_desktop.domain.trigger import Span
from spark_desktop.domain.words import say

ANSWER_TOKENS = 1024
# What a chat template puts around a message, rather too much than too little.
MESSAGE_TOKENS = 8
# Lines around the place that a question is about, where the whole file is too long.
_AROUND = 40
_LEAST_LINES = 3
_CHARS_PER_TOKEN = 8
_LIKELY = 6
_FULL = 0.75
_KEPT_TURNS = 0.25
_WORTH = 0.15

Count = Callable[[str], int]
# How an item looks in the prompt; None for all of its lines.
Show = Callable[[ContextItem, Span | None], str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What would be sent if there were room: texts' tokens, and the items themselves.

    ``turns`` are the earlier turns that are not summed up, oldest first. ``reserve`` is kept free,
    where it turned out that what fills the context has more tokens than was estimated.
    """

    system: int
    turns: tuple[int, ...]
    items: tuple[ContextItem, ...]
    question: int
    is_strict: bool = False
    reserve: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """An item, or the ``lines`` of it (None: all), that is sent."""

    item: ContextItem
    lines: Span | None
    tokens: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item that is not sent, or the ``lines`` of it that are not, counted from 0 in its file."""

    item: ContextItem
    lines: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """Return the lines for the user, counted from 1: "lines 400-900"; "all of it"."""
        if not self.lines:
            return say("all of it")
        spans = ", ".join(f"{span.start + 1}-{span.end}" for span in self.lines)
        return say("lines {spans}", spans=spans)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is sent, in tokens; ``first`` is the first of the turns that is.

    ``wanted`` is what the whole would have taken. ``answer`` is the room kept for the answer.
    """

    context: int
    answer: int
    system: int
    history: int
    question: int
    first: int
    pieces: tuple[Piece, ...]
    left_out: tuple[LeftOut, ...]
    wanted: int

    @property
    def items(self) -> int:
        """Return the tokens of the items."""
        return sum(piece.tokens for piece in self.pieces)

    @property
    def prompt(self) -> int:
        """Return the tokens of the prompt; with the answer they fit the context."""
        return self.system + self.history + self.items + self.question

    @property
    def is_whole(self) -> bool:
        """Return whether nothing is left out."""
        return not self.first and not self.left_out


def answer_room(context: int) -> int:
    """Return the tokens kept for an answer: a quarter of a small context."""
    return min(ANSWER_TOKENS, context // 4)


def plan(wanted: Wanted, context: int, count: Count, show: Show) -> Plan:
    """Return what is sent of ``wanted``: the question, then items, then the newest turns.

    The user named the items and may drop one, so they go before the turns. One that does not fit is
    cut to its first lines, or to those around its place. Raises ContextExceededError where the
    question alone is too long, or, if ``is_strict``, an item is that has no place to look at.
    """
    budget = Budget(context, answer_room(context))
    sizes = [count(show(item, None)) for item in wanted.items]
    asked = wanted.system + wanted.question
    whole = asked + sum(sizes) + sum(wanted.turns)
    if asked > budget.prompt:
        raise ContextExceededError(asked + budget.answer, context)
    room = max(0, budget.prompt - asked - wanted.reserve)
    pieces, left_out = _fit_items(wanted, sizes, room, (count, show))
    if wanted.is_strict and any(lost.item.ref.lines is None for lost in left_out):
        raise ContextExceededError(asked + sum(sizes) + budget.answer, context)
    room -= sum(piece.tokens for piece in pieces)
    first = first_fitting(wanted.turns, room)
    return Plan(
        context=context,
        answer=budget.answer,
        system=wanted.system,
        history=sum(wanted.turns[first:]),
        question=wanted.question,
        first=first,
        pieces=pieces,
        left_out=left_out,
        wanted=whole,
    )


def turns_to_sum_up(turns: Sequence[int], whole: int, context: int) -> int:
    """Return how many of the oldest turns should be summed up before the next question; often 0.

    It is early, at three quarters of the context, and only where the turns are what fills it. The
    newest turns stay word for word, as far as they take no more than a quarter.
    """
    if whole <= _FULL * context or sum(turns) <= _WORTH * context:
        return 0
    kept = total = 0
    for size in reversed(turns):
        if total + size > _KEPT_TURNS * context:
            break
        total += size
        kept += 1
    return len(turns) - kept


def _fit_items(
    wanted: Wanted, sizes: Sequence[int], room: int, measure: tuple[Count, Show]
) -> tuple[tuple[Piece, ...], tuple[LeftOut, ...]]:
    """Return the pieces in the items' order: whole ones first get their room, then parts."""
    fitting: dict[int, Piece] = {}
    for number, (item, size) in enumerate(zip(wanted.items, sizes, strict=True)):
        if size <= room:
            fitting[number] = Piece(item, None, size)
            room -= size
    left_out = []
    for number, item in enumerate(wanted.items):
        if number in fitting:
            continue
        part = _part(item, sizes[number], room, measure)
        if part is None or part.lines is None:
            left_out.append(LeftOut(item))
            continue
        fitting[number] = part
        room -= part.tokens
        left_out.append(LeftOut(item, _rest(item, part.lines)))
    return tuple(fitting[number] for number in sorted(fitting)), tuple(left_out)


def _part(item: ContextItem, size: int, room: int, measure: tuple[Count, Show]) -> Piece | None:
    count, show = measure
    lines = item.lines
    if item.place is not None:
        place = window(lines, item.place, _AROUND)
        tokens = count(show(item, place))
        if len(place) and tokens <= room:
            return Piece(item, place, tokens)
    sizes = list(accumulate(map(len, lines)))
    # The whole may be counted by the model where its parts are estimated: they are as dense. And
    # beyond some characters a token no tokenizer goes; what is longer need not be counted.
    chars = min(_CHARS_PER_TOKEN * room, len(item.text) * room // max(1, size))
    low, high, guess = 0, bisect_right(sizes, chars), bisect_right(sizes, chars)
    best: Piece | None = None
    for tries in count_up():
        if low >= high:
            break
        tokens = count(show(item, Span(0, guess)))
        if tokens <= room:
            low, best = guess, Piece(item, Span(0, guess), tokens)
        else:
            high = guess - 1
        # To count is what takes time: the next one is the likeliest, after a few the middle.
        likely = bisect_right(sizes, sizes[guess - 1] * room // max(1, tokens))
        guess = likely if tries < _LIKELY else (low + high + 1) // 2
        guess = min(max(guess, low + 1), high)
    return best if low >= min(_LEAST_LINES, len(lines)) and low < len(lines) else None


def _rest(item: ContextItem, sent: Span) -> tuple[Span, ...]:
    first, end = item.first_line, item.first_line + len(item.lines)
    around = (Span(first, first + sent.start), Span(first + sent.end, end))
    return tuple(span for span in around if len(span))
