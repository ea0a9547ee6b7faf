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
)
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.words import Said, say
from spark_desktop.domain.workspace import Ignored, Snapshot
from spark_desktop.services.ports import FileStore, Syntax
from spark_desktop.services.prompts import language_of

# Far more than any context holds; beyond, a folder was chosen by mistake.
MAX_FOLDER_FILES = 200
MAX_FOLDER_CHARS = 1_000_000
MAX_TEXT_CHARS = 1_000_000


class ContextItems:
    """``diff`` gives the uncommitted diff; it raises SparkError where there is none."""

    def __init__(
        self, files: FileStore, syntax: Syntax, diff: Callable[[], Awaitable[str]]
    ) -> None:
        self._files = files
        self._syntax = syntax
        self._diff = diff

    async def read(self, ref: ItemRef) -> ContextItem:
        """Return the item as it is now.

        Raises FileError where a file is gone, outside, ignored, secret, binary or too large, and
        SparkError where there is nothing to take; each names the item and the next step.
        """
        match ref.kind:
            case ItemKind.OPEN:
                return _file_item(ref, await self._files.read(ref.path))
            case ItemKind.FILE:
                return _file_item(ref, await self._allowed(ref.path))
            case ItemKind.FOLDER:
                return await self._folder(ref)
            case ItemKind.SYMBOL:
                return await self._symbol(ref)
            case ItemKind.DIFF:
                return ContextItem(ref, "Uncommitted changes:", await self._diff(), "diff")
            case ItemKind.CLIPBOARD | ItemKind.TEXT:
                return _text_item(ref)

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

    async def _allowed(self, path: str) -> Snapshot:
        # Reading first: its errors say more than the rule that also leaves the file alone.
        snapshot = await self._files.read(path)
        if ignored := await self._files.ignored(path):
            raise FileError(
                _left_alone(path, ignored),
                say("Take it out of the ignore rules, or paste the part that matters."),
            )
        return snapshot

    async def _folder(self, ref: ItemRef) -> ContextItem:
        # Of a large project all files would be too many to be listed.
        paths = await self._files.files("" if ref.path == "." else ref.path)
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
                content = (await self._files.read(path)).text.content
            except FileError as error:
                notes.append(error.message)
                continue
            size += len(content)
            if size > MAX_FOLDER_CHARS:
                raise self._too_large(ref, say("over {count} characters", count=MAX_FOLDER_CHARS))
            parts.append(f"==== {path} ====\n{content.rstrip()}\n")
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
        lines = next((symbol.lines for symbol in found if symbol.name == ref.symbol), None)
        if lines is None:
            raise FileError(
                say("{symbol} is no longer in {path}.", symbol=ref.symbol, path=ref.path),
                say("Choose it again where it is now."),
            )
        text = "".join(split_lines(snapshot.text.content)[lines.start : lines.end])
        title = f"{ref.symbol} in {ref.path} (lines {lines.start + 1} to {lines.end}):"
        return ContextItem(ref, title, text, language_of(ref.path), lines.start)


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
