"""Text in the user's language, by Qt's translations."""

from PySide6.QtCore import QCoreApplication

from spark_desktop.domain.words import Said

# One context for all: a sentence means the same wherever it stands.
CONTEXT = "spark"


def tr(text: str, comment: str = "", n: int = -1, **values: object) -> str:
    """Return a literal text in the user's language, with ``values`` filled in by ``str.format``.

    ``comment`` tells texts apart that are the same in English only. With ``n`` the text holds
    ``%n`` and has a form for each number ("%n line(s)"): called as ``tr(text, "", n)``, which is
    how the tool that collects texts knows of the forms.
    """
    found = QCoreApplication.translate(CONTEXT, text, comment or None, n)
    return found.format(**values) if values else found


def in_language(text: str) -> str:
    """Return what a service or an error says in the user's language; other text as it is."""
    if not isinstance(text, Said):
        return text
    values = {
        name: in_language(value) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    return QCoreApplication.translate(CONTEXT, text.template).format(**values)
