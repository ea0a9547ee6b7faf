"""Adds the imports that an answer forgot, where there is no doubt which are meant."""

from spark_desktop.domain.go_imports import with_go_imports
from spark_desktop.domain.grafting import with_imports
from spark_desktop.domain.library_uses import with_includes, with_uses
from spark_desktop.domain.qualified_names import qualified
from spark_desktop.services.name_evidence import NamesReader

_CPP = (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".h")


class MissingImports:
    """Of the libraries of Python, Go, C++ and Rust; what a project has only its author places."""

    def __init__(self, reader: NamesReader) -> None:
        self._reader = reader

    def __call__(self, path: str, before: str, after: str) -> str:
        """Return ``after`` with the imports of well-known names that only it uses.

        A name that the file has by way of a module is had so: no import is needed.
        """
        if path.endswith(".go"):
            return with_go_imports(before, after)
        if path.endswith(".rs"):
            return with_uses(before, after)
        if path.endswith(_CPP):
            return with_includes(before, after)
        if not path.endswith((".py", ".pyi")):
            return after
        new, old = self._reader.names(path, after), self._reader.names(path, before)
        if new is None or old is None or new.is_open:
            return after
        free = new.free - old.free
        hints = [new.hints[name] for name in sorted(free) if name in new.hints]
        after = qualified(before, after, free - new.hints.keys())
        return with_imports(after, hints) if hints else after
