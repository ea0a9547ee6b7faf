"""Versions of the program, and which of two is the newer one."""

from dataclasses import dataclass

from spark_desktop.domain.regex import regex

_FORM = regex(r"(\d{1,9}(?:\.\d{1,9}){0,3})(?:(a|b|rc)(\d{1,9}))?")
# Of what comes before a release, in its order; the release itself comes last.
_STAGES = {"a": 0, "b": 1, "rc": 2, None: 3}


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Numbers without zeros at their end, then the stage: ``0.2.0rc1`` comes before ``0.2``."""

    numbers: tuple[int, ...]
    stage: int
    stage_number: int

    @property
    def is_preview(self) -> bool:
        """Return whether it comes before a release."""
        return self.stage < _STAGES[None]


def version_of(text: str) -> Version:
    """Return a version such as ``0.2.1`` or ``0.3.0rc1``. Raises ValueError for any other text."""
    found = _FORM.fullmatch(text) if text.isascii() else None
    if found is None:
        raise ValueError(f"{text[:40]!r} is no version")
    numbers = [int(part) for part in found[1].split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return Version(tuple(numbers), _STAGES[found[2]], int(found[3] or 0))
