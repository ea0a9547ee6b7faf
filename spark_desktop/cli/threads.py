"""``spark threads``: the folder's chats, listed, searched, exported, deleted and brought back."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from spark_desktop.cli import folders
from spark_desktop.cli.exit_codes import ExitCode
from spark_desktop.cli.json_shapes import Json
from spark_desktop.cli.output import Output
from spark_desktop.cli.session import ProjectFactory, project_at
from spark_desktop.domain.conversation import ThreadHit, ThreadInfo
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.thread_search import excerpt
from spark_desktop.services.threads import ExportFormat, ThreadService

_TITLE = 60
_MOST_LISTED, _MOST_FOUND = 1_000_000, 20
_Action = Callable[[argparse.Namespace, Output, ThreadService], Awaitable[None]]


async def run(args: argparse.Namespace, output: Output, factory: ProjectFactory) -> ExitCode:
    """Do what ``args.action`` says with the chats of the folder; no core is needed."""
    actions: dict[str, _Action] = {
        "list": _list,
        "search": _search,
        "export": _export,
        "import": _import,
        "delete": _delete,
        "restore": _restore,
        "purge": _purge,
    }
    async with project_at(folders.named_folder(None), None, output, factory) as project:
        await actions[args.action or "list"](args, output, project.threads)
    return ExitCode.OK


def thread_json(thread: ThreadInfo) -> Json:
    """Return a chat as a list shows it; ``active`` is when something last happened in it."""
    return {
        "id": thread.id,
        "title": " ".join(thread.title.split()),
        "turns": thread.turns,
        "created": thread.created.isoformat(),
        "active": thread.active.isoformat(),
        "pinned": thread.is_pinned,
        "folder": thread.workspace,
    }


async def _list(args: argparse.Namespace, output: Output, threads: ThreadService) -> None:
    if args.deleted:
        known = await threads.deleted()
    else:
        most = args.limit if args.limit > 0 else _MOST_LISTED
        known = await threads.page(0, most, everywhere=args.everywhere)
    if output.structured:
        listed = [thread_json(thread) for thread in known]
        output.record({"event": "threads", "deleted": args.deleted, "threads": listed})
        return
    for thread in known:
        output.line(_line(thread, args.everywhere))
    if not known:
        output.note("No chats." if not args.deleted else "No deleted chats.")


async def _search(args: argparse.Namespace, output: Output, threads: ThreadService) -> None:
    most = args.limit if args.limit > 0 else _MOST_FOUND
    hits = await threads.search(args.query, most, everywhere=args.everywhere)
    if output.structured:
        found = [_hit_json(hit, args.query) for hit in hits]
        output.record({"event": "found", "query": args.query, "hits": found})
        return
    for hit in hits:
        shown = excerpt(hit.text, args.query)
        output.line(_line(hit.thread, args.everywhere))
        output.line(f"    {shown.text if shown else ' '.join(hit.text.split())[:100]}")
    if not hits:
        output.note("Nothing is found. Words are found by their beginnings; --all looks further.")


async def _export(args: argparse.Namespace, output: Output, threads: ThreadService) -> None:
    form = ExportFormat(args.format)
    if args.output is not None:
        await threads.export(args.id, Path(args.output), form)
        output.note(f"Written to {args.output}")
    text = await threads.text_of(args.id, form)
    if output.structured:
        told = {"format": form.value, "output": args.output}
        output.record({"event": "exported", "id": args.id, **told, "text": text})
    elif args.output is None:
        output.text(text)


async def _import(args: argparse.Namespace, output: Output, threads: ThreadService) -> None:
    file = folders.existing_file(args.file)
    try:
        text = (await asyncio.to_thread(file.read_bytes)).decode("utf-8")
    except OSError as error:
        told = f"{args.file} cannot be read: {error.strerror or error}."
        raise FileError(told, "Choose another file.") from error
    except UnicodeDecodeError as error:
        told = f"{args.file} is not UTF-8 text."
        raise FileError(told, "Choose a file that Spark exported as JSON.") from error
    thread = await threads.take_in(text)
    if output.structured:
        output.record({"event": "imported", "id": thread.id, "turns": len(thread.turns)})
    else:
        output.line(thread.id)


async def _delete(args: argparse.Namespace, output: Output, threads: ThreadService) -> None:
    await threads.delete(args.ids)
    _told(output, "deleted", args.ids, "To bring it back: spark threads restore ID")


async def _restore(args: argparse.Namespace, output: Output, threads: ThreadService) -> None:
    await threads.restore(args.ids)
    _told(output, "restored", args.ids, "")


async def _purge(_args: argparse.Namespace, output: Output, threads: ThreadService) -> None:
    count = await threads.purge(all_of_them=True)
    if output.structured:
        output.record({"event": "purged", "count": count})
    else:
        output.line(f"{count} removed for good.")


def _told(output: Output, event: str, ids: Sequence[str], hint: str) -> None:
    if output.structured:
        output.record({"event": event, "ids": list(ids)})
        return
    output.line(f"{len(ids)} {event}.")
    if hint:
        output.note(hint)


def _hit_json(hit: ThreadHit, query: str) -> Json:
    shown = excerpt(hit.text, query)
    return {
        "thread": thread_json(hit.thread),
        "turn": hit.turn_id,
        "excerpt": shown.text if shown else "",
        "marks": [list(mark) for mark in shown.marks] if shown else [],
    }


def _line(thread: ThreadInfo, with_folder: bool) -> str:
    pin = "*" if thread.is_pinned else " "
    title = " ".join(thread.title.split())
    shown = title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"
    folder = f"  {thread.workspace}" if with_folder else ""
    return f"{pin} {thread.id}  {thread.active:%Y-%m-%d %H:%M}  {thread.turns:3}  {shown}{folder}"
