"""Regular expressions that are compiled when they are first used.

The rules know some nine hundred, of which a start needs few and a suggestion tens. Compiling all
was over a third of the time that importing what a project needs takes (``cold_start`` in
docs/performance.md).
"""

import re
from typing import cast


def regex(text: str, flags: re.RegexFlag | int = 0) -> re.Pattern[str]:
    """Return what is used as the compiled ``text`` is: its methods, ``pattern`` and the rest.

    It is no ``re.Pattern`` to ``isinstance``, nor to functions of ``re`` that take one. A text that
    is no regular expression raises ``re.error`` when it is first used.
    """
    return cast("re.Pattern[str]", _Late(text, flags))


class _Late:
    def __init__(self, text: str, flags: re.RegexFlag | int) -> None:
        self.pattern = text
        self._given_flags = flags

    def __getattr__(self, name: str) -> object:
        """Compile it for the first name that is not there yet; what is found costs nothing more."""
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "_compiled":
            self._compiled = re.compile(self.pattern, self._given_flags)
            return self._compiled
        found: object = getattr(self._compiled, name)
        setattr(self, name, found)
        return found
