"""What the user says about a line of a proposal, for the model's next try."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineComment:
    """A comment on a line, from 0, of the proposed text or (not ``is_new_side``) of the old one.

    ``quoted`` is that line as it is shown.
    """

    line: int
    is_new_side: bool
    quoted: str
    text: str
