"""What can go wrong with a model's file, each error with the user's next step."""

from pathlib import Path

from inference_core.domain.errors import ModelError


class CatalogueError(ModelError):
    """The catalogue cannot be read; the message names the file and the key."""


class UnknownModelError(ModelError):
    """No model of the catalogue has this id; the message names those that exist."""

    def __init__(self, asked: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"There is no model {asked!r} in the catalogue.",
            f"Use one of {', '.join(known)}, or the path of a GGUF file.",
        )
        self.asked = asked


class MissingModelError(ModelError):
    """The model's file is not in the store."""

    def __init__(self, model_id: str, path: Path) -> None:
        super().__init__(
            f"The model {model_id} is not here: there is no {path}.",
            f"Fetch it with 'spark-core models pull {model_id}'.",
        )


class BundledModelError(ModelError):
    """The model's file belongs to the installed app, so that it is not the user's to remove."""

    def __init__(self, model_id: str, path: Path) -> None:
        super().__init__(
            f"The model {model_id} is a part of the installed Spark: {path}.",
            "To be without it, install the slim package of Spark instead.",
        )


class DamagedModelError(ModelError):
    """The file's bytes are not those of the model."""

    def __init__(self, model_id: str, path: Path, reason: str) -> None:
        super().__init__(
            f"The file {path} of the model {model_id} is damaged: {reason}.",
            f"Fetch it again with 'spark-core models pull {model_id}'.",
        )


class ModelFileError(ModelError):
    """A user's own model file is not there, cannot be read, or is no file."""


class BadGgufError(ModelFileError):
    """The file is no GGUF model, or its header does not hold together; ``offset`` in bytes."""

    def __init__(self, name: str, reason: str, offset: int) -> None:
        super().__init__(
            f"{name} is no usable model file: {reason} (at byte {offset:,}).",
            "Fetch the file again, or use another one; 'spark-core models list' shows known ones.",
        )
        self.offset = offset


class SplitModelError(ModelFileError):
    """The file is one part of a model; ``parts`` says of how many."""

    def __init__(self, name: str, parts: int) -> None:
        super().__init__(
            f"{name} is one of {parts} parts of a model, which must be one file here.",
            "Join them with 'llama-gguf-split --merge FIRST_PART JOINED.gguf', and use that file.",
        )
        self.parts = parts


class NotEnoughSpaceError(ModelError):
    """The disk has less room than a fetch needs; both numbers, in bytes, are kept."""

    def __init__(self, folder: Path, needed: int, free: int) -> None:
        super().__init__(
            f"The model needs {needed / 1e6:,.0f} MB in {folder}, "
            f"but {free / 1e6:,.0f} MB are free{_shortfall(needed, free)}.",
            "Free some space, or set SPARK_MODELS_DIR to a folder on another disk.",
        )
        self.needed = needed
        self.free = free


def _shortfall(needed: int, free: int) -> str:
    if needed <= free:
        return ", of which the system lets no more be used (a quota)"
    # Upwards: "0 MB are missing" would be no help.
    return f": {-(-(needed - free) // 1_000_000):,} MB are missing"


class StoreFolderError(ModelError):
    """The store's folder cannot be read or written; the message has the system's reason."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            f"The model folder {folder} cannot be used: {error.strerror or error}.",
            "Make it writable, or set SPARK_MODELS_DIR to another folder.",
        )


class ModelBusyError(ModelError):
    """Another process is fetching the model, so its files must stay."""

    def __init__(self, model_id: str) -> None:
        super().__init__(
            f"The model {model_id} is being fetched by another process.",
            "Wait until it is done, or stop it, and try again.",
        )


class NameTakenError(ModelError):
    """Another file of that name was brought into the store before."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The store has another model file named {name}.",
            "Remove that one first, or give your file another name.",
        )


class NoSourceError(ModelError):
    """Every source failed; ``failures`` has each source's name and reason, in order."""

    def __init__(self, model_id: str, failures: tuple[tuple[str, str], ...]) -> None:
        tried = "".join(f"\n  {name}: {reason}" for name, reason in failures)
        super().__init__(
            f"The model {model_id} could not be fetched from any source.{tried}",
            "Check the network connection and try again, or fetch the file on another machine and "
            f"run 'spark-core models pull {model_id} --from FILE'.",
        )
        self.failures = failures


class FetchCancelledError(ModelError):
    """The fetch was stopped on request; what was fetched is kept."""

    def __init__(self, model_id: str) -> None:
        super().__init__(
            f"The fetch of {model_id} was stopped.",
            f"Go on with 'spark-core models pull {model_id}': what was fetched is kept.",
        )


class SourceFailedError(Exception):
    """One source cannot deliver, so the next is tried; never seen outside the store.

    ``reason`` is a line for a person; it holds no credentials.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
