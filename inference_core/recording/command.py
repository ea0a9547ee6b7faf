"""``spark-core record`` and ``replay``."""

import argparse
import asyncio
import json
import math
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx

from inference_core.domain.errors import UsageError
from inference_core.models.command import guarded
from inference_core.plumbing.loopback import is_loopback
from inference_core.recording.exchange import Exchange
from inference_core.recording.loopback import loopback_listener, serve_until
from inference_core.recording.pace import Pace, Wait
from inference_core.recording.proxy import RecordingProxy, upstream_client, upstream_url
from inference_core.recording.reader import read_recording
from inference_core.recording.recorder import Recorder
from inference_core.recording.replaying import Replay

# Gives exchanges the moments of a profile, which is named by its id; raises CoreError.
Retiming = Callable[[str], Callable[[Exchange], Exchange]]

# Opens a wait for the running event loop.
Waiting = Callable[[], AbstractContextManager[Wait]]


def add_recording_parsers(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    help_texts: Mapping[str, str],
    retiming: Retiming,
    waiting: Waiting,
) -> None:
    """Add both commands; ``arguments.run(arguments)`` returns the exit code.

    ``help_texts`` has a line for each: the one who lists the commands has them already.
    """
    record = commands.add_parser(
        "record",
        help=help_texts["record"],
        description="Passes requests on to a server and its answers back, and keeps both in a new "
        "file, without the keys. The address to ask is printed as one line of JSON; Ctrl+C ends.",
    )
    record.add_argument(
        "--upstream", required=True, metavar="URL", help="the server, as http://127.0.0.1:8080"
    )
    record.add_argument(
        "--output", required=True, type=Path, metavar="FILE", help="a file that is not there yet"
    )
    _add_address(record)
    record.set_defaults(run=guarded(_record))
    replay = commands.add_parser(
        "replay",
        help=help_texts["replay"],
        description="Answers the requests of a recording again, byte for byte. The address to ask "
        "is printed as one line of JSON; Ctrl+C ends.",
    )
    replay.add_argument("--recording", required=True, type=Path, metavar="FILE")
    speed = replay.add_mutually_exclusive_group()
    speed.add_argument(
        "--speed",
        type=_pace,
        default=Pace(),
        metavar="SPEED",
        help="recorded (the default), instant, or a factor: 2 is twice as fast",
    )
    speed.add_argument(
        "--profile",
        metavar="ID",
        help="at the pace of a profile ('spark-core profile list')",
    )
    _add_address(replay)
    replay.set_defaults(run=guarded(_replay), retiming=retiming, waiting=waiting)


def _add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (%(default)s)")
    parser.add_argument("--port", type=_port, default=0, help="0, the default, takes a free one")


def _record(arguments: argparse.Namespace) -> None:
    path: Path = arguments.output.absolute()
    asyncio.run(_run_record(arguments, path))


async def _run_record(arguments: argparse.Namespace, path: Path) -> None:
    url = upstream_url(arguments.upstream)
    closing = asyncio.Event()
    with (
        # First: an address that is refused leaves no file behind.
        loopback_listener(arguments.host, arguments.port) as listener,
        _other_than(listener, url),
        Recorder(path, str(url)) as recorder,
    ):
        async with upstream_client(url) as client:
            proxy = RecordingProxy(client, url, recorder, closing)
            ready = _ready(upstream=str(url), output=str(path))
            await serve_until(proxy, listener, closing, ready)
    _say(f"Recorded {_exchanges(recorder.written)} in {path}.")
    if proxy.unanswered:
        _say(f"{proxy.unanswered} more got no answer from {url} and are not in it.")
    if proxy.failed is not None:
        raise proxy.failed


@contextmanager
def _other_than(listener: socket.socket, url: httpx.URL) -> Iterator[None]:
    """Refuse an upstream that is the proxy itself: a request would go round for ever."""
    if is_loopback(url.host) and url.port == listener.getsockname()[1]:
        raise UsageError(
            "--upstream is the address at which the proxy itself would answer.",
            "Name the server's own port with --upstream, or another --port.",
        )
    yield


def _replay(arguments: argparse.Namespace) -> None:
    path: Path = arguments.recording.absolute()
    recording = read_recording(path)
    if recording.cut:
        _say(f"The last line of {path} was cut off, as by a crash, and is left out.")
    exchanges = recording.exchanges
    if arguments.profile is not None:
        exchanges = tuple(map(arguments.retiming(arguments.profile), exchanges))
    asyncio.run(_run_replay(arguments, path, exchanges))


async def _run_replay(
    arguments: argparse.Namespace, path: Path, exchanges: Sequence[Exchange]
) -> None:
    closing = asyncio.Event()
    with loopback_listener(arguments.host, arguments.port) as listener, arguments.waiting() as wait:
        replay = Replay(exchanges, closing, arguments.speed, wait)
        ready = _ready(recording=str(path), exchanges=len(exchanges))
        await serve_until(replay, listener, closing, ready)
    _say(f"Replayed {_exchanges(replay.served)} of {path}.")


def _ready(**fields: object) -> Callable[[str], None]:
    """Return what prints the ready line once the address is known."""

    def ready(url: str) -> None:
        try:
            print(json.dumps({"url": url, "pid": os.getpid(), **fields}), flush=True)
        except BrokenPipeError:
            # Whoever started us no longer reads; clients may still know the port.
            return

    return ready


def _say(sentence: str) -> None:
    print(f"spark-core: {sentence}", file=sys.stderr, flush=True)


def _exchanges(count: int) -> str:
    return f"{count} exchange{'' if count == 1 else 's'}"


def _pace(text: str) -> Pace:
    if text == "recorded":
        return Pace()
    if text == "instant":
        return Pace(None)
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    # Slower than that an answer of a minute would take months.
    if not 1e-5 <= factor <= 1e6:
        raise argparse.ArgumentTypeError(
            f"must be 'recorded', 'instant' or a factor from 0.00001 to 1000000, not {text!r}"
        )
    return Pace(factor)


def _port(text: str) -> int:
    try:
        port = int(text)
    except ValueError:
        port = -1
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"must be from 0 to 65535, not {text}")
    return port
