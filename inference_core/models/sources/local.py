"""A file, or a folder with the file, that the user names."""

from pathlib import Path

from inference_core.models.catalogue import CatalogueModel
from inference_core.models.errors import SourceFailedError
from inference_core.models.sources.port import BLOCK, Fetch


class LocalSource:
    """Copies: a link would let a later change of the user's file change the store's."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """Return the path as the user gave it."""
        return f"local {self._path}"

    def working_bytes(self, model: CatalogueModel) -> int:
        """Return 0: the copy is written straight to its place."""
        return 0

    def fetch(self, fetch: Fetch) -> None:
        """Copy the file; it starts anew each time, since copying is quick."""
        path = self._path / fetch.model.file if self._path.is_dir() else self._path
        try:
            size = path.stat().st_size
            source = path.open("rb")
        except OSError as error:
            raise SourceFailedError(f"cannot be read: {error.strerror or error}") from error
        with source:
            if size != fetch.model.bytes:
                raise SourceFailedError(
                    f"{path.name} has {size:,} bytes instead of {fetch.model.bytes:,}"
                )
            with fetch.part.append_at(0) as target:
                fetch.step(0)
                while block := source.read(BLOCK):
                    target.write(block)
                    fetch.step(target.tell())
