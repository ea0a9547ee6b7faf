"""Sentences for the user that can be put into their language later, where that is known."""


class Said(str):
    """A sentence in English that remembers its template and what was filled in."""

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]


def say(template: str, **values: object) -> Said:
    """Return the template with ``values`` filled in, as ``str.format`` does, as English text.

    A view model shows it in the user's language (``viewmodels.translation.in_language``), which
    it can since the template is kept. The template must be a literal: the tool that collects
    what is to be translated finds it in the source. Raises KeyError for a value that is missing.
    """
    said = Said(template.format(**values))
    said.template = template
    said.values = values
    return said
