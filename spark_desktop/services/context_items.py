"""Reads what goes with a question, or says why it cannot go."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from spark_desktop.domain.context_item import ContextItem, ItemKind, ItemRef
from spark_desktop.domain.errors import (
    FileError,
    FileTooLargeError,
    OutsideWorkspaceError,
    SparkError,
    UnconfirmedSecretError,
)
from spark_desktop.domain.secret_files import Shareable
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.words import Said, say
from spark_desktop.domain.workspace import Ignored, IgnoreReason, Snapshot
from spark_desktop.services.ports import FileStore, Syntax
from spark_desktop.services.prompts import language_of
from spark_desktop.services.secret_guard import SecretGuard, left_out

# Far more than any context holds; beyond, a folder was chosen by mistake.
MAX_FOLDER_FILES = 200
MAX_FOLDER_CHARS = 1_000_000
MAX_TEXT_CHARS = 1_000_000


class ContextItems:
    """``diff`` gives the uncommitted diff; it raises SparkError where there is none.

    ``guard`` is asked for everything that goes into a prompt.
    """

    def __init__(
        self, files: FileStore, syntax: Syntax, diff: Callable[[], Awaitable[Shareable]]
    ) -> None:
        self.guard = SecretGuard(files)
        self._files = files
        self._syntax = syntax
        self._diff = diff

    async def read(self, ref: ItemRef) -> ContextItem:
        """Return the item as it is now.

        Raises FileError where a file is gone, outside, ignored, binary or too large,
        UnconfirmedSecretError where it looks like a secret, and SparkError where there is nothing
        to take; each names the item and the next step. The file that is shown is no secret that
        the user named: its text is withheld.
        """
        match ref.kind:
            case ItemKind.OPEN:
                return await self._open(ref)
            case ItemKind.FILE:
                return _file_item(ref, await self._allowed(ref.path))
            case ItemKind.FOLDER:
                return await self._folder(ref)
            case ItemKind.SYMBOL:
                return await self._symbol(ref)
            case ItemKind.DIFF:
                return _diff_item(ref, await self._diff())
            case ItemKind.CLIPBOARD | ItemKind.TEXT:
                item = _text_item(ref)
                await asyncio.to_thread(self.guard.check_text, ref.text)
                return item

    async def ref_of(self, path: Path) -> ItemRef:
        """Return what a dropped path stands for. Raises OutsideWorkspaceError."""
        root = self._files.root
        real = await asyncio.to_thread(lambda: Path(os.path.realpath(path)))
        for known in (path, real):
            if known.is_relative_to(root):
                inside = known.relative_to(root).as_posix()
                is_folder = await asyncio.to_thread(real.is_dir)
                return ItemRef(ItemKind.FOLDER if is_folder else ItemKind.FILE, inside)
        raise OutsideWorkspaceError(
            say("{path} is not in {root}.", path=str(path), root=str(root)),
            say("Open the folder that holds it, or drop its text."),
        )

    async def _open(self, ref: ItemRef) -> ContextItem:
        try:
            return _file_item(ref, await self.guard.read(ref.path))
        except UnconfirmedSecretError as error:
            return ContextItem(
                ref,
                f"File: {ref.path}",
                "(Not shown: it may hold secrets.)\n",
                notes=(error.told,),
                withheld=say("its text, which may hold secrets"),
            )

    async def _allowed(self, path: str) -> Snapshot:
        # Reading first: its errors say more than the rule that also leaves the file alone.
        snapshot = await self.guard.read(path)
        ignored = await self._files.ignored(path)
        # One that may hold secrets was confirmed.
        if ignored is not None and ignored.reason is not IgnoreReason.SECRET:
            raise FileError(
                _left_alone(path, ignored),
                say("Take it out of the ignore rules, or paste the part that matters."),
            )
        return snapshot

    async def _folder(self, ref: ItemRef) -> ContextItem:
        # Of a large project all files would be too many to be listed.
        below = "" if ref.path == "." else ref.path
        paths = await self._files.files(below)
        secrets = list(await self._files.secrets(below))
        if not paths:
            raise FileError(
                say("The folder {path} has no files that may be shown.", path=ref.path or "."),
                say("Choose another one; ignored and secret files are left out."),
            )
        if len(paths) > MAX_FOLDER_FILES:
            raise self._too_large(ref, say("{count} files", count=len(paths)))
        parts: list[str] = []
        notes: list[str] = []
        size = 0
        for path in paths:
            try:
                content = (await self.guard.read(path)).text.content
            except UnconfirmedSecretError:
                secrets.append(path)
                continue
            except FileError as error:
                notes.append(error.message)
                continue
            size += len(content)
            if size > MAX_FOLDER_CHARS:
                raise self._too_large(ref, say("over {count} characters", count=MAX_FOLDER_CHARS))
            parts.append(f"==== {path} ====\n{content.rstrip()}\n")
        notes += left_out(tuple(secrets))
        if not parts:
            raise FileError(notes[0], say("Choose another folder."))
        title = f"Folder: {ref.path or '.'} ({len(parts)} files)"
        return ContextItem(ref, title, "\n".join(parts), notes=tuple(notes))

    def _too_large(self, ref: ItemRef, size: str) -> FileTooLargeError:
        return FileTooLargeError(
            say("The folder {path} is too large for a question: {size}.", path=ref.path, size=size),
            say("Choose a folder in it, or single files."),
        )

    async def _symbol(self, ref: ItemRef) -> ContextItem:
        snapshot = await self._allowed(ref.path)
        found = await asyncio.to_thread(self._syntax.symbols, snapshot)
        # Of several by this name that which stands nearest to where it was chosen.
        named = [symbol.lines for symbol in found if symbol.name == ref.symbol]
        near = 0 if ref.lines is None else ref.lines.start
        lines = min(named, key=lambda one: abs(one.start - near), default=None)
        if lines is None:
            raise FileError(
                say("{symbol} is no longer in {path}.", symbol=ref.symbol, path=ref.path),
                say("Choose it again where it is now."),
            )
        text = "".join(split_lines(snapshot.text.content)[lines.start : lines.end])
        title = f"{ref.symbol} in {ref.path} (lines {lines.start + 1} to {lines.end}):"
        return ContextItem(ref, title, text, language_of(ref.path), lines.start)


def _diff_item(ref: ItemRef, diff: Shareable) -> ContextItem:
    notes = left_out(diff.left_out)
    return ContextItem(ref, "Uncommitted changes:", diff.text, "diff", notes=notes)


def _file_item(ref: ItemRef, snapshot: Snapshot) -> ContextItem:
    return ContextItem(ref, f"File: {ref.path}", snapshot.text.content, language_of(ref.path))


def _text_item(ref: ItemRef) -> ContextItem:
    is_clipboard = ref.kind is ItemKind.CLIPBOARD
    if not ref.text.strip():
        raise SparkError(
            say("The clipboard holds no text.") if is_clipboard else say("The text is empty."),
            say("Copy some text, then choose it again."),
        )
    if len(ref.text) > MAX_TEXT_CHARS:
        raise SparkError(
            say("The text is too long: {count} characters.", count=len(ref.text)),
            say("Copy the part that matters."),
        )
    return ContextItem(ref, "From the clipboard:" if is_clipboard else "Text:", ref.text)


def _left_alone(path: str, ignored: Ignored) -> Said:
    reason = ignored.reason.value
    if not ignored.detail:
        return say("{path} is left alone: {reason}.", path=path, reason=reason)
    return say(
        "{path} is left alone: {reason} ({detail}).",
        path=path,
        reason=reason,
        detail=ignored.detail,
    )
