"""What is looked for in other files, and what was found of it in one."""

from dataclasses import dataclass

from spark_desktop.domain.file_names import Occurrence


@dataclass(frozen=True, slots=True)
class Target:
    """A definition under the ``name`` that uses elsewhere have.

    ``paths`` are the files from which it can be imported: its own and those that pass it on;
    ``homes`` those that define it. ``included`` are those by whose inclusion a file of C gets it.
    ``is_unique`` says that no other definition of the workspace has the name; ``is_private`` that
    other packages cannot use it under its new name. ``space`` are the namespaces of C++ in which it
    is, "" for none and None where that is not known; ``called`` is its name of now. ``fields`` are
    the names of all that its class has, of a member; ``of_type`` is the type of a value of C that
    is called without it, too; ``heirs`` are the classes that come from its class, with their
    files. ``is_open`` says that its class is an interface of Go, which nobody names who has it;
    ``is_set`` that it is a field of which the class does not tell but where methods set it.
    """

    name: str
    container: str
    kind: str
    language: str
    paths: frozenset[str]
    homes: frozenset[str]
    included: frozenset[str] = frozenset()
    package: str = ""
    is_unique: bool = False
    is_private: bool = False
    space: str | None = None
    called: str = ""
    fields: frozenset[str] = frozenset()
    of_type: str = ""
    heirs: frozenset[tuple[str, str]] = frozenset()
    is_open: bool = False
    is_set: bool = False


@dataclass(frozen=True, slots=True)
class Uses:
    """``passes_on`` says that others may get the name from this file; ``is_out_of_reach`` that
    the new name cannot be used here."""

    found: tuple[Occurrence, ...] = ()
    doubtful: tuple[Occurrence, ...] = ()
    passes_on: bool = False
    is_out_of_reach: bool = False
