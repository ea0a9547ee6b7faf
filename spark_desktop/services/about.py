"""What this Spark is, and what it is made of; all of it is read in other OS threads."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from spark_desktop.domain.errors import NoticesError
from spark_desktop.domain.notices import About, Component
from spark_desktop.domain.words import say

# Bytes that are read of one text; the longest known licence has less than a tenth.
_MOST = 2_000_000


class AboutService:
    """``look`` and ``components`` read files and may take long; ``model`` names what answers now.

    ``components`` raises NoticesError.
    """

    def __init__(
        self,
        look: Callable[[], About],
        components: Callable[[], tuple[Component, ...]],
        model: Callable[[], str],
    ) -> None:
        self._look = look
        self._components = components
        self._model = model

    @property
    def model(self) -> str:
        """Return the model that answers, or will; empty: the default."""
        return self._model()

    async def facts(self) -> About:
        """Return what this Spark is."""
        return await asyncio.to_thread(self._look)

    async def components(self) -> tuple[Component, ...]:
        """Return what it is made of, by name. Raises NoticesError."""
        return await asyncio.to_thread(self._components)

    async def text(self, component: Component) -> str:
        """Return the licence's texts of a component, one after the other; empty where it has none.

        Raises NoticesError where one cannot be read.
        """
        return await asyncio.to_thread(_read, component.texts)


def _read(files: tuple[Path, ...]) -> str:
    texts = []
    for file in files:
        try:
            with file.open("rb") as stream:
                text = stream.read(_MOST).decode("utf-8", "replace")
        except OSError as error:
            reason = error.strerror or str(error)
            raise NoticesError(
                say("{file} cannot be read: {reason}", file=file, reason=reason),
                say("Install Spark Desktop again."),
            ) from error
        texts.append(text.replace("\r\n", "\n").strip("\n"))
    line = "-" * 72
    return f"\n\n{line}\n\n".join(texts)
