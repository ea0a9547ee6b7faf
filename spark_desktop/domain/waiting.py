"""What a parser tells of calls and functions about waiting, for Python and JavaScript alike."""

from dataclasses import dataclass
from enum import Enum, auto


class Place(Enum):
    """Where a call stands: whether its result can be waited for there.

    PLAIN is a function that others see, and TEST one without a name that a test runner takes. MADE
    is an object that is made, and OPTIONAL a chain that may end before the call.
    """

    ASYNC = auto()
    PLAIN = auto()
    TEST = auto()
    TOP = auto()
    CLASS = auto()
    NAMELESS = auto()
    INNER = auto()
    GENERATOR = auto()
    PARAMETER = auto()
    DECORATOR = auto()
    MADE = auto()
    OPTIONAL = auto()


class Obstacle(Enum):
    """Why a function cannot become async without more than the word.

    A MEMBER is one of an object that is no class; what is TYPED has its type told elsewhere, or one
    that a promise cannot have; a COMPONENT draws.
    """

    GENERATOR = auto()
    PROPERTY = auto()
    MEMBER = auto()
    TYPED = auto()
    OVERRIDE = auto()
    COMPONENT = auto()


@dataclass(frozen=True, slots=True)
class Wait:
    """A whole call, with what it is called on, and who has to wait for its result.

    ``function_at`` is where the name of a PLAIN function stands, or where a TEST begins. One that
    ``is_taken_apart`` needs brackets around the waiting; one that ``is_kept`` is awaited already,
    or handed to what waits, or returned as the promise that it is. ``awaited_at`` is where the
    ``await`` of it begins, and where it ends with the brackets that are there for it; (0, 0) for
    none. One that ``is_run_into`` begins a statement behind one without a semicolon.
    """

    start: int
    end: int
    place: Place
    function_at: int = -1
    is_taken_apart: bool = False
    is_kept: bool = False
    is_returned: bool = False
    awaited_at: tuple[int, int] = (0, 0)
    is_run_into: bool = False


@dataclass(frozen=True, slots=True)
class Turning:
    """How a function waits: calls of one that ``is_async`` give what is to be awaited.

    One that ``is_plain`` surely gives none of that. ``at`` is where ``async`` goes, ``result_at``
    where its declared result stands, (0, 0) for none or one that stays.
    """

    is_async: bool
    is_plain: bool
    at: int
    result_at: tuple[int, int] = (0, 0)
    obstacle: Obstacle | None = None
    decorators: tuple[str, ...] = ()


def awaited(gives: str) -> str:
    """Return what a call gives once it was waited for, in words; "" for unknown."""
    return "" if "promise" in gives or "plain" in gives else gives.partition(",")[0]
