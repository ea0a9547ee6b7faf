"""What the demo does, as data: which file an outside editor changes, and what that asks for."""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """How a step asks for something."""

    STUB = "stub"
    EDIT_COMMENT = "AI!"
    INSTRUCTION = "instruction"
    QUESTION = "AI?"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the editor replaces ``old`` by ``new`` in a file and saves it.

    An instruction is typed for the lines that hold ``old``, and nothing is saved.
    """

    name: str
    kind: Kind
    path: str
    old: str
    new: str = ""
    instruction: str = ""


STORY = (
    Step(
        name="answer a question",
        kind=Kind.QUESTION,
        path="invoices/discounts.py",
        old="    if total >= FREE_SHIPPING_FROM:\n",
        new=("    # when is shipping free AI?\n    if total >= FREE_SHIPPING_FROM:\n"),
    ),
    Step(
        name="fill in a stub",
        kind=Kind.STUB,
        path="invoices/statistics.py",
        old="def median(amounts: Sequence[Decimal]) -> Decimal:\n",
        new=(
            "def median(amounts: Sequence[Decimal]) -> Decimal:\n"
            '    """Return the middle one of sorted amounts, or the mean of the middle two."""\n'
        ),
    ),
    Step(
        name="do what a comment asks",
        kind=Kind.EDIT_COMMENT,
        path="invoices/discounts.py",
        old="    return total - percent\n",
        new=("    # subtract total * percent / 100 instead AI!\n    return total - percent\n"),
    ),
    Step(
        name="edit the selected lines",
        kind=Kind.INSTRUCTION,
        path="invoices/money.py",
        old="    return Decimal(text)\n",
        instruction='remove every "," from text before it becomes a Decimal',
    ),
)
