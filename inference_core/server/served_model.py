"""The model that this core serves, as requests and /v1/models know it."""

from dataclasses import dataclass
from pathlib import Path

from inference_core.domain.errors import UnknownModelNameError
from inference_core.models.catalogue import Catalogue, CatalogueModel, FimTokens

_SEPARATORS = frozenset("/\\")


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A loaded model; ``names`` are what a request may call it besides its id.

    ``formats`` are the edit formats that it follows, ``memory_bytes`` what it needs in all,
    ``created`` the age of its file in seconds since 1970, 0 where that is not known.
    """

    id: str
    names: frozenset[str] = frozenset()
    fim: FimTokens | None = None
    formats: tuple[str, ...] = ()
    memory_bytes: int = 0
    created: int = 0

    @property
    def known_names(self) -> tuple[str, ...]:
        """What a person would call it: the id and the other names, without paths of this disk."""
        others = {name for name in self.names if not _SEPARATORS & set(name)} - {self.id}
        return (self.id, *sorted(others))

    def check_name(self, asked: str) -> None:
        """Raise UnknownModelNameError if a request asks for another model."""
        if asked != self.id and asked not in self.names:
            raise UnknownModelNameError(asked, self.id, self.known_names)


def from_catalogue(model: CatalogueModel, path: Path) -> ServedModel:
    """Return what the catalogue knows about a model at a path."""
    names = frozenset({model.file, path.stem, str(path)})
    created = _created(path)
    return ServedModel(model.id, names, model.fim, model.formats, model.memory_bytes, created)


def from_path(path: Path, catalogue: Catalogue) -> ServedModel:
    """Return the model of a user's own file.

    A file with the name and the size of a catalogue model is taken for that model: FIM tokens and
    formats do no harm if that is wrong, and a copy in another folder keeps its abilities.
    """
    size = path.stat().st_size if path.is_file() else 0
    for known in catalogue.models:
        if known.file == path.name and known.bytes == size:
            return from_catalogue(known, path)
    names = frozenset({path.name, str(path)})
    return ServedModel(path.stem, names, memory_bytes=size, created=_created(path))


def _created(path: Path) -> int:
    return int(path.stat().st_mtime) if path.is_file() else 0
