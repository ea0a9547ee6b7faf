"""Functions and classes of the workspace."""

from dataclasses import dataclass

from spark_desktop.domain.trigger import Span


@dataclass(frozen=True, slots=True)
class Symbol:
    """A function or class; ``lines`` has what decorates it."""

    name: str
    path: str
    lines: Span


@dataclass(frozen=True, slots=True)
class Oversights:
    """What the body of a function leaves out: ``unused`` parameters, an end to its recursion.

    ``same_branches`` is the line of an ``if`` that does the same in both cases, "" for none.
    """

    unused: tuple[str, ...] = ()
    only_calls_itself: bool = False
    same_branches: str = ""
