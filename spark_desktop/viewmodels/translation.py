"""Text in the user's language, by Qt's translations, and numbers as their language writes them."""

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale

from spark_desktop.domain.words import Said

# One context for all: a sentence means the same wherever it stands.
CONTEXT = "spark"


class _Filled(Formatter):
    """Fills values into a template as ``str.format`` does, numbers by the locale."""

    def get_field(self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Return the value, put into the user's language where a service said it."""
        value, key = super().get_field(field_name, args, kwargs)
        return (in_language(value) if isinstance(value, str) else value), key

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return the value as text; one with decimals or in thousands is a number to be read."""
        if isinstance(value, int | float) and format_spec:
            return number_text(value, format_spec)
        return str(super().format_field(value, format_spec))


def tr(text: str, comment: str = "", n: int = -1, **values: object) -> str:
    """Return a literal text in the user's language, with ``values`` filled in by ``str.format``.

    ``comment`` tells texts apart that are the same in English only. With ``n`` the text holds
    ``%n`` and has a form for each number ("%n line(s)"): called as ``tr(text, "", n)``, which is
    how the tool that collects texts knows of the forms. Numbers with a format ("{size:,}") are
    written as the locale does; what a service said is put into the user's language, too.
    """
    found = QCoreApplication.translate(CONTEXT, text, comment or None, n)
    return _FILLED.vformat(found, (), values) if values else found


def in_language(text: str) -> str:
    """Return what a service or an error says in the user's language; other text as it is."""
    if not isinstance(text, Said):
        return text
    found = QCoreApplication.translate(CONTEXT, text.template, text.comment or None, text.n)
    if text.n >= 0 and found == text.template.replace("%n", str(text.n)):
        # Nobody has the forms of it: Qt would leave "line(s)".
        return str(text)
    return _FILLED.vformat(found, (), text.values)


def number_text(value: float, spec: str) -> str:
    """Return a number by a format of Python's, with the signs of the user's language.

    ``number_text(1234.5, ",.1f")`` is "1,234.5" in English and "1 234,5" in Russian.
    """
    written = format(value, spec)
    locale = QLocale()
    signs = {",": locale.groupSeparator(), ".": locale.decimalPoint()}
    return "".join(signs.get(sign, sign) for sign in written)


_FILLED = _Filled()
