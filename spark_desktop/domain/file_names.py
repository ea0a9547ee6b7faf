"""Where names stand in one file, and as what: what a parser tells, for all languages alike."""

from dataclasses import dataclass
from enum import Enum

from spark_desktop.domain.defined import Defined
from spark_desktop.domain.waiting import Wait


class Role(Enum):
    """What a name is used as, where it stands."""

    BARE = "bare"
    MEMBER = "member"
    IMPORTED = "imported"
    BOUND = "bound"
    SHORTHAND = "shorthand"
    EXPORTED = "exported"
    LABEL = "label"
    TEXT = "text"


# The receiver of a name in a ``global`` statement: the function means the file's.
GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call; places are characters of the file.

    ``keyword`` names the parameter where the call does; one that ``is_spread`` is any number.
    """

    start: int
    end: int
    text: str
    keyword: str = ""
    is_spread: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of a call, and where the place for them begins and ends.

    ``wait`` says what has to wait for its result, None where its language is not followed in that.
    """

    start: int
    end: int
    arguments: tuple[Argument, ...]
    wait: Wait | None = None


# A type that is written out where it is needed, which has no name.
WRITTEN = "{}"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a literal makes, or a pattern takes apart, by the names of its fields.

    ``type`` is what is written for it, "" for nothing; ``keys`` are all names that it has, with
    ``has_more`` not all; ``taken`` is the value that a pattern takes apart, ``holder`` the variable
    that a literal is given to. One that ``is_short`` is the name of a variable as well, alone where
    that ``is_plain``. One that ``is_made`` is a literal; of one that ``is_element`` the type is
    what JSX makes with the names.
    """

    type: str = ""
    keys: frozenset[str] = frozenset()
    taken: str = ""
    is_short: bool = False
    is_plain: bool = True
    has_more: bool = False
    is_made: bool = False
    is_element: bool = False
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One name in the file; ``start`` and ``end`` in characters, ``line`` from 0.

    ``receiver`` is what it is a member of, as it is written; ``scopes`` are the places where the
    functions and blocks around it begin, and ``owner`` is the class around. ``around`` is the
    outermost function, in characters; ``space`` are the namespaces of C++ around, as "a::b".
    ``shape`` is what it names a field of, by a literal or a pattern; None for all else.
    """

    name: str
    start: int
    end: int
    line: int
    role: Role
    receiver: str = ""
    scopes: tuple[int, ...] = ()
    owner: str = ""
    call: Call | None = None
    around: tuple[int, int] = (0, 0)
    space: str = ""
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """A name that an import brings: ``name`` of ``module`` as ``local``.

    ``name`` is "" for the module itself and "*" for all of it; ``start`` and ``end`` are the whole
    statement, ``name_at`` is where the name stands, -1 where it does not. ``count`` is how many
    names the statement brings; ``is_passed_on`` is True for what others may import from here.
    """

    module: str
    name: str
    local: str
    start: int
    end: int
    name_at: int = -1
    count: int = 1
    is_passed_on: bool = True


@dataclass(frozen=True, slots=True)
class FileNames:
    """What is known of one file; ``occurrences`` are those of the names that were asked for.

    ``hidden`` are the imported names on which one of them is called, with the scopes in which such
    a name is something else: a parameter, a variable.
    """

    path: str
    content: str
    language: str
    brought: tuple[Brought, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    defined: tuple[Defined, ...] = ()
    package: str = ""
    hidden: frozenset[tuple[str, tuple[int, ...]]] = frozenset()

    def is_hidden(self, one: Occurrence) -> bool:
        """Return whether what it is called on is no import where it stands, but a variable."""
        first = one.receiver.partition(".")[0].rstrip("?!")
        return any(
            first == name and one.scopes[: len(scopes)] == scopes for name, scopes in self.hidden
        )
