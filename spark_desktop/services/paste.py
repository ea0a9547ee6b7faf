"""Putting text where the user was before the quick prompt came."""

from typing import Protocol

from spark_desktop.domain.errors import PasteError
from spark_desktop.domain.words import say


class PreviousWindow(Protocol):
    """The window that had the keyboard; text goes there only as a paste, never as typing."""

    def remember(self) -> None:
        """Note which window has the keyboard now; called before ours is shown."""
        ...

    def raise_ours(self, window: int) -> None:
        """Give the keyboard to our window, where the platform would rather not."""
        ...

    @property
    def refusal(self) -> str:
        """Return why nothing can be pasted into a window here; empty where it can."""
        ...

    async def paste(self) -> None:
        """Give the keyboard back to the window that was noted, and press the keys that paste.

        Raises PasteError, with no key pressed, where that window does not get the keyboard.
        """
        ...

    def close(self) -> None:
        """Give up what was held for it."""
        ...


class NoPreviousWindow:
    """A PreviousWindow of a desktop where programs cannot press keys for the user."""

    def __init__(self, refusal: str) -> None:
        self._refusal = refusal

    def remember(self) -> None:
        """Do nothing."""

    def raise_ours(self, window: int) -> None:
        """Do nothing: Qt asks for the keyboard itself."""

    @property
    def refusal(self) -> str:
        """Return why nothing can be pasted."""
        return self._refusal

    async def paste(self) -> None:
        """Raise PasteError: the user pastes from the clipboard."""
        raise not_pasted(self._refusal)

    def close(self) -> None:
        """Do nothing."""


def not_pasted(reason: str) -> PasteError:
    """Return the error of a paste that did not happen; ``reason`` is a sentence."""
    return PasteError(
        say("Nothing was pasted: {reason}", reason=reason),
        say("The answer is on the clipboard: paste it yourself."),
    )
