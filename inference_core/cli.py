"""``spark-core``: serve a model on this machine, and look after the model files.

What a command needs is imported when it runs: ``--help`` must not load an engine.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inference_core.server.emulation.options import EmulationOptions
    from inference_core.server.serving import ServeOptions

FAILED = 1
USAGE = 2

# For the core itself, and no command for people: a frozen app has no ``python -m``.
ENGINE_HOST = "engine-host"

_MODELS_HELP = "list, fetch, verify and remove model files"
_PROFILE_HELP = "list, explain, check and measure profiles of published hardware"
_MACHINE_HELP = {
    "info": "tell what the engine and this machine can do, and what was measured",
    "tune": "measure which settings suit this machine, within a minute",
    "build-engine": "build the engine for this machine's CPU",
}
_RECORDING_HELP = {
    "record": "keep a session with a server in a file, as a proxy before it",
    "replay": "answer the requests of a recording again",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 wrong usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words == [ENGINE_HOST]:
        from inference_core.engine.host import main as host

        return host()
    if words and words[0] in _PROCESSES:
        _PROCESSES[words[0]](words[1:])
        return 0
    logging.basicConfig(level=logging.WARNING, format="spark-core: %(message)s")
    arguments = _parser(words[:1]).parse_args(words)
    run: Callable[[argparse.Namespace], int] = arguments.run
    return run(arguments)


def _engine_probe(words: list[str]) -> None:
    from inference_core.machine.probe import main

    main(words)


def _engine_trial(words: list[str]) -> None:
    from inference_core.machine.trial import main

    main()


# What a frozen app, which has no ``python -m``, starts of itself; no commands for a person.
_PROCESSES: dict[str, Callable[[list[str]], None]] = {
    "engine-probe": _engine_probe,
    "engine-trial": _engine_trial,
}


def whole_parser() -> argparse.ArgumentParser:
    """Return the grammar of every command, for man pages and completions; it imports them all."""
    return _parser(["models", "profile", *_MACHINE_HELP, *_RECORDING_HELP])


def _parser(wanted: Collection[str]) -> argparse.ArgumentParser:
    """Return a grammar that knows the arguments of ``serve`` and of the commands that are wanted.

    The others are only named: to know more they would have to be imported.
    """
    parser = argparse.ArgumentParser(
        prog="spark-core", description="Answers on this machine, without a network."
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_serve_parser(commands)
    if "models" in wanted:
        from inference_core.models.command import add_models_parser

        add_models_parser(commands)
    else:
        commands.add_parser("models", help=_MODELS_HELP)
    if not _MACHINE_HELP.keys().isdisjoint(wanted):
        from inference_core.machine.command import add_machine_parsers

        add_machine_parsers(commands, _MACHINE_HELP)
    else:
        for name, help_text in _MACHINE_HELP.items():
            commands.add_parser(name, help=help_text)
    if not _RECORDING_HELP.keys().isdisjoint(wanted):
        from inference_core.machine.places import profiles_folder
        from inference_core.recording.command import add_recording_parsers
        from inference_core.server.emulation.retiming import precise_wait, retiming

        own = profiles_folder()
        add_recording_parsers(
            commands, _RECORDING_HELP, lambda profile: retiming(profile, own), precise_wait
        )
    else:
        for name, help_text in _RECORDING_HELP.items():
            commands.add_parser(name, help=help_text)
    if "profile" in wanted:
        from inference_core.machine.places import profiles_folder
        from inference_core.models.command import guarded
        from inference_core.pacing.command import add_profile_parser

        add_profile_parser(commands, _PROFILE_HELP, profiles_folder(), guarded)
    else:
        commands.add_parser("profile", help=_PROFILE_HELP)
    return parser


def _add_serve_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = commands.add_parser(
        "serve",
        help="load a model and answer over HTTP on the loopback interface",
        description="Loads a model, fetching it first where needed, and answers over HTTP on the "
        "loopback interface. The address and the token are printed as one line of JSON.",
    )
    add = serve.add_argument
    add(
        "--model",
        metavar="ID_OR_PATH",
        help="a model of the catalogue, a GGUF file, or replay:FILE.json for scripted answers "
        "(default: the catalogue's default)",
    )
    add("--host", default="127.0.0.1", help="a loopback address (default: %(default)s)")
    add("--port", type=_number(0, 65535), default=0, help="0, the default, takes a free one")
    _add_access_flags(serve)
    _add_engine_flags(serve)
    _add_emulation_flags(serve)
    add("--ready-file", type=Path, metavar="FILE", help="write the address and the token here")
    add("--owner", type=_number(1, 2**31 - 1), metavar="PID", help="end with this process")
    add(
        "--linger",
        type=_seconds,
        default=180.0,
        metavar="SECONDS",
        help="how long to stay when nobody uses the core (default: %(default)g)",
    )
    add("--events", action="store_true", help="tell the way to readiness as lines of JSON")
    serve.set_defaults(run=_serve)


def _add_engine_flags(serve: argparse.ArgumentParser) -> None:
    add = serve.add_argument
    add(
        "--context",
        type=_number(64, 1_048_576),
        default=8192,
        metavar="TOKENS",
        help="prompt and answer together (default: %(default)s)",
    )
    add("--threads", type=_number(1, 1024), metavar="N", help="default: one per usable core")
    add(
        "--parallel",
        type=_number(1, 64),
        default=4,
        metavar="N",
        help="answers that are made at once (default: %(default)s)",
    )
    add(
        "--queue",
        type=_number(0, 4096),
        default=64,
        metavar="N",
        help="requests that may wait; more are told to come back (default: %(default)s)",
    )
    add(
        "--prefix-memory",
        type=_number(0, 1_048_576),
        default=256,
        metavar="MIB",
        help="for known beginnings that the engine has no room for (default: %(default)s)",
    )


def _add_emulation_flags(serve: argparse.ArgumentParser) -> None:
    add = serve.add_argument_group("answering in the place of Cerebras' service").add_argument
    add(
        "--emulate",
        choices=("cerebras",),
        help="speak its protocol, and answer at the pace of a profile",
    )
    add("--profile", metavar="ID", help="see 'spark-core profile list' (default: codex-spark)")
    add(
        "--source",
        choices=("engine", "buffered", "replay"),
        help="the text is the model's as it writes, the model's once it is done, or a recording's "
        "(default: engine)",
    )
    add("--recording", type=Path, metavar="FILE", help="for replay; default: one that we ship")
    add("--free-tier", action="store_true", help="the smaller limits of an account that pays none")
    add(
        "--requests-per-day",
        type=_number(1, 1_000_000_000),
        metavar="N",
        help="what the emulated account may ask",
    )
    add("--tokens-per-minute", type=_number(1, 1_000_000_000), metavar="N", help="the same")
    add("--fault", metavar="FAULTS", help="what goes wrong, such as 429@0.1,delay=2000")
    add("--seed", type=_number(0, 2**31 - 1), default=0, metavar="N", help="of jitter and faults")


def _add_access_flags(serve: argparse.ArgumentParser) -> None:
    add = serve.add_argument_group("letting others in").add_argument
    add(
        "--allow-remote",
        action="store_true",
        help="take a --host that other machines can reach; needs a key of yours",
    )
    add(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name by which others call this machine; may be repeated",
    )
    add(
        "--allow-origin",
        action="append",
        default=[],
        metavar="URL",
        help="let the pages of one web site ask, such as http://localhost:3000; may be repeated",
    )
    add(
        "--api-key-file",
        type=Path,
        metavar="FILE",
        help="a file of mode 0600 with the key that clients send (or set SPARK_CORE_API_KEY); "
        "default: a new key at each start, told in the ready line",
    )


def _serve(arguments: argparse.Namespace) -> int:
    import asyncio

    from inference_core.domain.errors import CoreError, UsageError
    from inference_core.engine.openmp import spin_briefly

    # Before the engine: OpenMP reads it when it is loaded.
    spin_briefly()
    from inference_core.server.announce import EventLines, PlainLines
    from inference_core.server.serving import serve

    announce = EventLines() if arguments.events else PlainLines()
    try:
        at_rest = asyncio.run(serve(_serve_options(arguments), announce))
    except CoreError as error:
        announce.failed(error)
        return USAGE if isinstance(error, UsageError) else FAILED
    if not at_rest:
        _leave_at_once()
    return 0


def _serve_options(arguments: argparse.Namespace) -> "ServeOptions":
    """Return what the flags say. Raises UsageError."""
    from inference_core.server.access import read_access, user_key
    from inference_core.server.engine_choice import EngineOptions
    from inference_core.server.serving import ServeOptions

    return ServeOptions(
        model=arguments.model,
        host=arguments.host,
        port=arguments.port,
        engine=EngineOptions(
            context=arguments.context,
            threads=arguments.threads or 0,
            parallel=arguments.parallel,
            queue=arguments.queue,
            prefix_memory_mib=arguments.prefix_memory,
        ),
        ready_file=arguments.ready_file,
        owner=arguments.owner,
        linger_s=arguments.linger,
        emulation=_emulation_options(arguments),
        access=read_access(arguments.allow_remote, arguments.allow_host, arguments.allow_origin),
        api_key=user_key(arguments.api_key_file, os.environ),
        prints_key=arguments.events,
    )


def _emulation_options(arguments: argparse.Namespace) -> "EmulationOptions | None":
    """Return what is to be emulated, None for nothing. Raises UsageError."""
    from inference_core.domain.emulation import Source
    from inference_core.server.emulation.options import (
        DEFAULT_PROFILE,
        EmulationOptions,
        refuse_without_emulation,
    )

    given = {
        "--profile": arguments.profile,
        "--source": arguments.source,
        "--recording": arguments.recording,
        "--free-tier": arguments.free_tier or None,
        "--requests-per-day": arguments.requests_per_day,
        "--tokens-per-minute": arguments.tokens_per_minute,
        "--fault": arguments.fault,
    }
    if arguments.emulate is None:
        refuse_without_emulation(given)
        return None
    return EmulationOptions(
        profile=arguments.profile or DEFAULT_PROFILE,
        source=arguments.source or Source.ENGINE.value,
        recording=arguments.recording,
        free_tier=arguments.free_tier,
        requests_per_day=arguments.requests_per_day,
        tokens_per_minute=arguments.tokens_per_minute,
        faults=arguments.fault or "",
        seed=arguments.seed,
    )


def _leave_at_once() -> None:
    """End without the interpreter's teardown, which an OS thread in the engine would crash."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        try:
            # None where the process was started with the stream closed.
            if stream is not None:
                stream.flush()
        except OSError:
            continue  # nobody reads it any more
    os._exit(0)


def _number(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be from {low} to {high}, not {value}")
        return value

    read.__name__ = "number"
    return read


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1e9:
        raise argparse.ArgumentTypeError(f"must be 0 or more seconds, not {text}")
    return value
