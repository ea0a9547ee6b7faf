"""Which names a text uses, by its language; implements NamesReader."""

from spark_desktop.adapters.names_called import called_names
from spark_desktop.adapters.names_python import python_names
from spark_desktop.domain.names_used import NamesUsed


class LanguageNames:
    """Reads texts by the language that their names tell."""

    def names(self, path: str, content: str) -> NamesUsed | None:
        """Return the names; None where the language, or the text, cannot be read."""
        if path.endswith((".py", ".pyw")):
            return python_names(content)
        return called_names(path, content)
