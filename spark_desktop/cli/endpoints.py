"""``spark endpoints``: who is asked beside the local core, set up, tested and compared."""

import argparse
import getpass
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from urllib.parse import urlsplit

from spark_desktop.cli.endpoint_adding import add, presets
from spark_desktop.cli.endpoint_figures import costs, leaderboard
from spark_desktop.cli.endpoint_keys import KeyReader, forget_key, key_line, set_key
from spark_desktop.cli.endpoint_shapes import endpoint_json, places
from spark_desktop.cli.endpoint_test import test
from spark_desktop.cli.endpoint_tools import EndpointTools, Opener
from spark_desktop.cli.exit_codes import ExitCode, UsageError
from spark_desktop.cli.output import Output
from spark_desktop.cli.session import ProjectFactory
from spark_desktop.domain.endpoint_book import LOCAL, EndpointBook
from spark_desktop.domain.endpoints import EndpointSpec, WorkKind
from spark_desktop.domain.errors import SecretStoreError

Action = Callable[[argparse.Namespace, Output, EndpointTools], Awaitable[ExitCode]]


def open_real_tools() -> AbstractAsyncContextManager[EndpointTools]:
    """Return the user's own endpoints, keyring and database."""
    from spark_desktop.cli.endpoint_opening import opened_tools

    return opened_tools()


def typed_key(title: str) -> str:
    """Return a key that the user types unseen, or that stands in standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(f"Key of {title}: ")
    return sys.stdin.readline()


async def run(
    args: argparse.Namespace,
    output: Output,
    factory: ProjectFactory,
    opener: Opener = open_real_tools,
    read_key: KeyReader = typed_key,
) -> ExitCode:
    """Do what ``args.action`` says; no project and no core is needed."""
    del factory  # Endpoints belong to the user, not to a folder.

    async def key(args: argparse.Namespace, output: Output, tools: EndpointTools) -> ExitCode:
        if args.key_action == "set":
            return await set_key(args, output, tools, read_key)
        return await forget_key(args, output, tools)

    actions: dict[str, Action] = {
        "list": _list,
        "presets": presets,
        "add": add,
        "show": _show,
        "test": test,
        "remove": _remove,
        "key": key,
        "order": _order,
        "leaderboard": leaderboard,
        "costs": costs,
    }
    async with opener() as tools:
        for problem in tools.endpoints.problems:
            output.note(f"spark: {problem}")
        return await actions[args.action or "list"](args, output, tools)


async def _list(_args: argparse.Namespace, output: Output, tools: EndpointTools) -> ExitCode:
    book = tools.endpoints.book
    if output.structured:
        listed = [endpoint_json(spec, book) for spec in book.specs]
        orders = {kind.value: list(book.order(kind)) for kind in WorkKind}
        output.record({"event": "endpoints", "endpoints": listed, "orders": orders})
        return ExitCode.OK
    width = max((len(spec.id) for spec in book.specs), default=0)
    for spec in book.specs:
        host = urlsplit(spec.url).netloc
        work = _work(spec, book) or "not asked"
        output.line(f"{spec.id:<{width}}  {spec.model or 'no model'}  {host}  {work}")
    if not book.specs:
        output.note("Only the local core is asked. To add one: spark endpoints add URL")
    return ExitCode.OK


async def _show(args: argparse.Namespace, output: Output, tools: EndpointTools) -> ExitCode:
    spec, book = tools.spec(args.id), tools.endpoints.book
    source = await _key_source(spec, tools)
    if output.structured:
        output.record({"event": "endpoint", **endpoint_json(spec, book), "key": source})
        return ExitCode.OK
    model = spec.chosen
    able = [
        name
        for name, has in (
            ("tools", model.tools),
            ("structured output", model.structured_output),
            ("prediction", model.prediction),
            ("reasoning", model.reasoning),
            ("fast mode", model.fast),
        )
        if has
    ]
    rows = [
        ("title", spec.title),
        ("address", spec.url),
        ("protocol", spec.protocol.value),
        ("key", key_line(spec, source)),
        ("model", spec.model or "none named"),
        ("context", f"{model.context} tokens" if model.context else "not known"),
        ("fill-in", model.fill_in.value),
        ("can do", ", ".join(able) or "not known"),
        ("price", _price(spec)),
        ("asked for", _work(spec, book) or "nothing"),
    ]
    for name, value in rows:
        output.line(f"{name:<10} {value}")
    return ExitCode.OK


async def _remove(args: argparse.Namespace, output: Output, tools: EndpointTools) -> ExitCode:
    spec = tools.spec(args.id)
    try:
        await tools.endpoints.keys.forget(spec.id)
    except SecretStoreError as error:
        # Without a keyring there is no key to remove either.
        output.note(f"spark: {error.message}")
    await _change(tools, tools.endpoints.book.without(spec.id), output)
    if output.structured:
        output.record({"event": "endpoint removed", "id": spec.id})
    else:
        output.line(f"Removed {spec.id}.")
    return ExitCode.OK


async def _order(args: argparse.Namespace, output: Output, tools: EndpointTools) -> ExitCode:
    for one in args.ids:
        if one != LOCAL:
            tools.spec(one)
    if len(set(args.ids)) != len(args.ids):
        raise UsageError("An endpoint is named twice.", "Name each once, the preferred one first.")
    kind = WorkKind(args.kind)
    await _change(tools, tools.endpoints.book.with_order(kind, tuple(args.ids)), output)
    if output.structured:
        output.record({"event": "order", "kind": kind.value, "ids": args.ids})
    else:
        output.line(f"{kind.value}: {', then '.join(args.ids)}")
    return ExitCode.OK


async def _change(tools: EndpointTools, book: EndpointBook, output: Output) -> None:
    told = await tools.endpoints.change(book)
    if told is not None:
        output.note(f"spark: {told}")


async def _key_source(spec: EndpointSpec, tools: EndpointTools) -> str | None:
    try:
        found = await tools.endpoints.keys.find(spec)
    except SecretStoreError as error:
        return error.message
    return None if found is None else found[1].value


def _work(spec: EndpointSpec, book: EndpointBook) -> str:
    return ", ".join(f"{kind} {place}" for kind, place in places(spec.id, book).items())


def _price(spec: EndpointSpec) -> str:
    price = spec.chosen.price
    if price is None:
        return "not known"
    return (
        f"${price.input:g} in, ${price.output:g} out for a million tokens "
        f"({price.as_of.isoformat()}, {price.source})"
    )
