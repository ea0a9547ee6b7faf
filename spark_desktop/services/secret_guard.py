"""What looks like a secret goes into a prompt only when the user has named and confirmed it."""

import asyncio
from typing import Protocol

from spark_desktop.domain.context_item import ItemKind, ItemRef
from spark_desktop.domain.errors import SecretFileError, UnconfirmedSecretError
from spark_desktop.domain.secret_files import secret_in_file
from spark_desktop.domain.secret_text import secret_in
from spark_desktop.domain.text import digest_of
from spark_desktop.domain.words import Said, joined, say
from spark_desktop.domain.workspace import IgnoreReason, Snapshot
from spark_desktop.services.ports import FileStore

_IN_FILES = frozenset({ItemKind.OPEN, ItemKind.FILE, ItemKind.SYMBOL})
_TEXTS = frozenset({ItemKind.CLIPBOARD, ItemKind.TEXT})


class Reader(Protocol):
    """What reads a file for a prompt."""

    async def read(self, path: str) -> Snapshot:
        """Return the file's text. Raises FileError."""
        ...


class Lister(Reader, Protocol):
    """What knows which files there are, too."""

    async def files(self, below: str = "") -> tuple[str, ...]:
        """Return the watched files below a folder, sorted; see ``FileStore``."""
        ...


class SecretGuard:
    """One a project. Consent is for one file or one text, and ends with the program.

    A save in a file that looks like a secret starts nothing, whatever was confirmed.
    """

    def __init__(self, files: FileStore) -> None:
        self._files = files
        self._confirmed: set[str] = set()

    async def read(self, path: str) -> Snapshot:
        """Return a file's text for a prompt.

        Raises UnconfirmedSecretError where its name or its text looks like a secret and nobody has
        confirmed it, else FileError as the store does.
        """
        if _of_file(path) in self._confirmed:
            return await self._files.read_secret(path)
        ignored = await self._files.ignored(path)
        if ignored is not None and ignored.reason is IgnoreReason.SECRET:
            raise _unconfirmed(path, ignored.detail)
        try:
            snapshot = await self._files.read(path)
        except SecretFileError as error:
            raise UnconfirmedSecretError(error.message, _step()) from error
        found = await asyncio.to_thread(secret_in_file, path, snapshot.text.content)
        if found is not None:
            raise _unconfirmed(path, found)
        return snapshot

    async def files(self, below: str = "") -> tuple[str, ...]:
        """Return the watched files below a folder, as the store does: none is named as a secret."""
        return await self._files.files(below)

    def check_text(self, text: str) -> None:
        """Raise UnconfirmedSecretError where a text holds what looks like a secret."""
        if _of_text(text) in self._confirmed:
            return
        found = secret_in(text)
        if found is not None:
            raise UnconfirmedSecretError(
                say("The text looks like it holds a secret: {what}.", what=found), _step()
            )

    def confirm(self, ref: ItemRef) -> None:
        """Note that the user wants this very item to be sent; a folder cannot be confirmed."""
        if ref.kind in _IN_FILES:
            self._confirmed.add(_of_file(ref.path))
        elif ref.kind in _TEXTS:
            self._confirmed.add(_of_text(ref.text))


def _of_file(path: str) -> str:
    return f"file {path}"


def _of_text(text: str) -> str:
    return f"text {digest_of(text.encode('utf-8', 'surrogatepass'))}"


def _unconfirmed(path: str, why: str) -> UnconfirmedSecretError:
    message = say("{path} may hold secrets: {why}.", path=path, why=why or say("by its name"))
    return UnconfirmedSecretError(message, _step())


def _step() -> Said:
    return say("Add it with @ in the window and allow it there, if it is to be sent.")


def left_out(paths: tuple[str, ...]) -> tuple[Said, ...]:
    """Return the note that names what was left out, none for nothing."""
    if not paths:
        return ()
    return (say("Left out, may hold secrets: {names}.", names=joined(paths, ", ")),)
