"""Files that the user has the speed lab and the list of threads write, wherever they want them."""

import asyncio
from pathlib import Path

from spark_desktop.domain.errors import FileError
from spark_desktop.domain.words import say


class LocalExports:
    """Implements the Exports port."""

    async def write(self, path: Path, data: bytes) -> None:
        """Write a file, or replace the one that is there. Raises FileError."""
        try:
            await asyncio.to_thread(path.write_bytes, data)
        except OSError as error:
            raise FileError(
                say(
                    "{path} cannot be written: {reason}.", path=path, reason=error.strerror or error
                ),
                say("Choose another place."),
            ) from error
