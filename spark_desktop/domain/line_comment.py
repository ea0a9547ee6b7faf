"""What the user says about one line of a proposal; it goes back to the model with the others."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineComment:
    """A comment on ``line``, counted from 0, of the proposed text, or of the one before it.

    ``quoted`` is that line without its ending, so that a reader knows it also where the numbers
    are others by then. ``path`` is the file in the workspace, the proposal's own where it is empty.
    """

    line: int
    is_new_side: bool
    quoted: str
    text: str
    path: str = ""
