"""A definition as one version of a file has it, with what its callers have to know."""

from dataclasses import dataclass, field

from spark_desktop.domain.code import Definition
from spark_desktop.domain.waiting import Turning


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``takes_rest`` is True for those that take any number of arguments.

    ``text`` is how it is written, by which none differs from another. One that is ``without_name``
    cannot be given by its name, as before a slash in Python.
    """

    name: str
    type: str = ""
    has_default: bool = False
    is_keyword_only: bool = False
    takes_rest: bool = False
    text: str = field(default="", compare=False)
    without_name: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Defined:
    """``text`` is the whole definition; ``parameters`` is None for what cannot be called.

    The receiver of a method (``self``) is none of its parameters. ``name_at`` is the place of the
    name in the file, in characters, ``parameters_at`` that of the parameters with their brackets;
    ``bases`` are the classes that a class names as its own, of a method of Rust the trait that it
    implements. ``result`` is the type of what a call gives, of what a field of a class in Python
    holds, or that has a value of C; "" where none is told. ``gives`` says in words what callers get
    of a function ("one value", "2 values", "a promise"), "" where that is not known; ``returned``
    are the values of its only ``return``, a name that is set once as what it is. A method that
    ``is_property`` is used without being called. ``turning`` says how a function waits, None where
    its language is not followed in that. ``space`` are the namespaces of C++ around it, as "a::b".
    ``above`` are the lines of comment right above it.
    """

    definition: Definition
    text: str
    name_at: int
    parameters: tuple[Parameter, ...] | None = None
    result: str = ""
    bases: tuple[str, ...] = ()
    parameters_at: tuple[int, int] = (0, 0)
    gives: str = ""
    returned: tuple[str, ...] = ()
    is_property: bool = False
    turning: Turning | None = None
    space: str = ""
    above: str = ""

    @property
    def heir(self) -> str:
        """Return the class that is from its ``bases``: itself, or that of a method."""
        return self.definition.container or self.name if self.parameters is not None else self.name

    @property
    def is_set(self) -> bool:
        """Return whether it is a field that methods set, and of which its class does not tell."""
        is_field = bool(self.container) and self.parameters is None
        return is_field and self.text.startswith(("self.", "this."))

    @property
    def name(self) -> str:
        """Return its name."""
        return self.definition.name

    @property
    def path(self) -> str:
        """Return its file."""
        return self.definition.path

    @property
    def container(self) -> str:
        """Return the class around it, "" for none."""
        return self.definition.container
