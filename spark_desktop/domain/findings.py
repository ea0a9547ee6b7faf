"""What an examination found."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """OK; MISSING where something that is needed is not there; NOTE where it works without."""

    OK = "ok"
    MISSING = "missing"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One examined thing; ``next_step`` is empty where there is nothing to do."""

    name: str
    verdict: Verdict
    detail: str
    next_step: str = ""
