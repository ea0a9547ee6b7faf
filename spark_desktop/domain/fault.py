"""What a report of a failed test says in two lines: the code that failed, and how. Pure."""

import re
from dataclasses import dataclass

from spark_desktop.domain.regex import regex

_TELLS = regex(r"\b(?:\w*(?:Error|Exception)|panicked|[Aa]ssertion|expected|FAIL)\b")
_PLACE = regex(r"^(?:File \"|Traceback |at |-->|[~^|\s]+$|={3,}|-{3,}|(?:FAIL|ERROR): )")
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Fault:
    """``code`` is the line of code in front of the ``words``, "" where the report shows none."""

    code: str
    words: str


def fault_in(report: str) -> Fault:
    """Return the last line that tells of a failure; of a report without one, its last line."""
    lines = [line.strip() for line in report.splitlines() if line.strip()]
    if (found := _of_pytest(lines)) is not None:
        return found
    telling = [number for number, line in enumerate(lines) if _TELLS.search(line)]
    if not lines:
        return Fault("", "")
    last = telling[-1] if telling else len(lines) - 1
    above = [line for line in lines[:last] if not _PLACE.match(line)]
    code = above[-1] if above and re.search(r"[(=]", above[-1]) else ""
    return Fault(code[:_LONGEST], lines[last][:_LONGEST])


def _of_pytest(lines: list[str]) -> Fault | None:
    """Return what pytest marks: the line with ">", and the first of those with "E" below it."""
    code = [number for number, line in enumerate(lines) if line.startswith("> ")]
    for number in reversed(code):
        said = [line[2:].strip() for line in lines[number + 1 :] if line.startswith("E ")]
        if said:
            return Fault(lines[number][2:].strip()[:_LONGEST], said[0][:_LONGEST])
    return None
