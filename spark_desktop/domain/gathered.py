"""What joins a proposal's prompt beside the region that it asks for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the prompt: ``title`` names it for the user and the model ("src/a.py, line 3").

    ``is_stable``: it stays the same for many proposals in a row, so it stands first. ``tokens`` are
    counted by the model's tokenizer, or estimated.
    """

    kind: str
    title: str
    text: str
    language: str = ""
    is_stable: bool = False
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A piece that did not join, and why."""

    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """The parts in the order in which they stand in the prompt, and what was left out."""

    parts: tuple[Part, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def tokens(self) -> int:
        """Return the tokens of all parts."""
        return sum(part.tokens for part in self.parts)
