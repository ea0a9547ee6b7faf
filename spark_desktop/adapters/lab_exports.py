"""Files that the user has the speed lab and the list of threads write, wherever they want them."""

import asyncio
from pathlib import Path

from spark_desktop.domain.errors import FileError


class LocalExports:
    """Implements the Exports port."""

    async def write(self, path: Path, data: bytes) -> None:
        """Write a file, or replace the one that is there. Raises FileError."""
        try:
            await asyncio.to_thread(path.write_bytes, data)
        except OSError as error:
            raise FileError(
                f"{path} cannot be written: {error.strerror or error}.", "Choose another place."
            ) from error
