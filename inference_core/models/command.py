"""``spark-core models``: list, fetch, bring in, find, verify and remove model files."""

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from inference_core.domain.errors import CoreError, UsageError
from inference_core.models.catalogue import Catalogue, CatalogueModel, offered
from inference_core.models.errors import UnknownModelError
from inference_core.models.gguf import names_a_file, read_gguf
from inference_core.models.listing import listing_json
from inference_core.models.own_models import OwnModels, is_own, known_as
from inference_core.models.progress import Listener, event_of
from inference_core.models.progress_lines import ProgressLines
from inference_core.models.store import FileState, ModelStore, StoredModel

FAILED = 1
USAGE = 2
# 128 + SIGINT, as shells report it.
INTERRUPTED = 130

_ENVIRONMENT = (
    "SPARK_MODELS_DIR names the folder of the files, SPARK_MODEL_SOURCE a file or folder to copy "
    "from. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted."
)


def add_models_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
    load: Callable[[], Catalogue] = Catalogue.load,
) -> None:
    """Add ``models`` and its commands; ``arguments.run(arguments)`` returns the exit code.

    ``load`` returns the catalogue that the commands are about.
    """
    models = subparsers.add_parser(
        "models",
        help="list, fetch, verify and remove model files",
        description="Looks after the model files of this machine.",
        epilog=_ENVIRONMENT,
    )
    models.set_defaults(load=load)
    commands = models.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listing = commands.add_parser(
        "list", help="the models, what is here, and what suits this machine"
    )
    listing.set_defaults(run=guarded(_list))
    _json_flag(listing, "print one line of JSON, with all that is known")
    pull = _model_command(commands, "pull", "fetch a model, or finish what was begun", _pull)
    pull.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FILE_OR_FOLDER",
        help="copy from here before the sources of the catalogue are asked",
    )
    _for_programs(pull)
    bring_in = commands.add_parser(
        "import", help="copy a GGUF file of your own into the store", epilog=_ENVIRONMENT
    )
    bring_in.add_argument("file", type=Path, metavar="FILE.gguf")
    bring_in.set_defaults(run=guarded(_import))
    _for_programs(bring_in)
    _model_command(commands, "path", "print where a model's file is", _path)
    verify = _model_command(
        commands, "verify", "compare a model's file with its SHA-256, or check a GGUF file", _verify
    )
    _json_flag(verify, "print one line of JSON, with the path or what is wrong")
    # Removing what was not named would be a surprise, so it has no default.
    remove = _model_command(commands, "remove", "remove a model's file", _remove, has_default=False)
    _json_flag(remove, "print one line of JSON")


def _json_flag(parser: argparse.ArgumentParser, help_text: str) -> None:
    parser.add_argument("--json", action="store_true", help=help_text)


def _for_programs(parser: argparse.ArgumentParser) -> None:
    _json_flag(parser, "tell each step as a line of JSON, and the path with the last one")
    parser.add_argument(
        "--stop-at-eof",
        action="store_true",
        help="stop when standard input ends, as it does with the program that holds its other end",
    )


def _model_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    help_text: str,
    work: Callable[[argparse.Namespace], None],
    has_default: bool = True,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help_text, epilog=_ENVIRONMENT)
    parser.add_argument(
        "model",
        metavar="MODEL",
        nargs="?" if has_default else None,
        help="default: the catalogue's default" if has_default else "a model of the catalogue",
    )
    parser.set_defaults(run=guarded(work))
    return parser


def guarded(
    work: Callable[[argparse.Namespace], None],
) -> Callable[[argparse.Namespace], int]:
    """Return the command with its errors told on standard error and turned into exit codes."""

    def run(arguments: argparse.Namespace) -> int:
        try:
            work(arguments)
        except CoreError as error:
            if getattr(arguments, "json", False):
                failed: dict[str, object] = {"event": "failed", "kind": type(error).__name__}
                _say(failed | {"message": error.message, "next_step": error.next_step})
            print(f"spark-core: {error.message}", file=sys.stderr)
            if error.next_step:
                print(f"  {error.next_step}", file=sys.stderr)
            wrong = isinstance(error, UnknownModelError | UsageError)
            return USAGE if wrong else FAILED
        except KeyboardInterrupt:
            print("spark-core: interrupted", file=sys.stderr)
            return INTERRUPTED
        return 0

    return run


def _asked_for(arguments: argparse.Namespace) -> CatalogueModel:
    catalogue: Catalogue = arguments.load()
    return catalogue.find(arguments.model) if arguments.model else catalogue.default


def _list(arguments: argparse.Namespace) -> None:
    catalogue: Catalogue = arguments.load()
    store = ModelStore.default()
    stored = store.list(catalogue)
    own = OwnModels(store.folder).list()
    if arguments.json:
        print(json.dumps(listing_json(store, catalogue, own)))
        return
    for offer, entry in zip(offered(catalogue), stored, strict=True):
        mark = "*" if offer.model is catalogue.default else " "
        suits = "suits this machine" if offer.offered else f"not offered: {offer.refusal}"
        size = f"{offer.model.bytes / 1e6:,.0f} MB"
        print(f"{mark} {offer.model.id:<20} {size:>9}  {_state(entry):<24} {suits}")
    for file in own:
        size = f"{file.bytes / 1e6:,.0f} MB"
        print(f"  {file.path.name:<20} {size:>9}  {'your own file':<24} {file.fault or file.path}")
    print(f"\n* is the default. The files are in {store.folder}")


def _state(entry: StoredModel) -> str:
    if entry.state is FileState.PARTIAL:
        return f"{entry.state.value} ({100 * entry.bytes_here // entry.model.bytes} %)"
    return str(entry.state.value)


def _pull(arguments: argparse.Namespace) -> None:
    model = _asked_for(arguments)
    with _steps(arguments) as (listener, cancelled):
        try:
            path = ModelStore.default(arguments.source).ensure(model, listener, cancelled)
        except KeyboardInterrupt:
            print(
                f"What was fetched of {model.id} is kept; pull it again to go on.", file=sys.stderr
            )
            raise
    _done(arguments, path)


def _import(arguments: argparse.Namespace) -> None:
    file: Path = arguments.file
    catalogue: Catalogue = arguments.load()
    store = ModelStore.default(file)
    with _steps(arguments) as (listener, cancelled):
        known = known_as(file, catalogue, listener, cancelled)
        if known is not None:
            # Its own place is the better one: with its abilities and its hash.
            path = store.ensure(known, listener, cancelled)
        else:
            path = OwnModels(store.folder).bring_in(file, listener, cancelled)
    _done(arguments, path)


@contextmanager
def _steps(arguments: argparse.Namespace) -> Iterator[tuple[Listener, threading.Event]]:
    """Give who is told of the steps, and what stops the work."""
    cancelled = threading.Event()
    if arguments.stop_at_eof:
        threading.Thread(target=_await_eof, args=(cancelled,), name="eof", daemon=True).start()
    if arguments.json:
        yield (lambda step: _say(event_of(step))), cancelled
        return
    with ProgressLines(sys.stderr) as lines:
        yield lines, cancelled


def _await_eof(cancelled: threading.Event) -> None:
    # Not through sys.stdin, whose buffer a thread must not hold when the interpreter ends.
    while os.read(0, 1):
        continue
    cancelled.set()


def _say(event: dict[str, object]) -> None:
    print(json.dumps(event, default=str), flush=True)


def _done(arguments: argparse.Namespace, path: Path) -> None:
    if arguments.json:
        _say({"event": "done", "path": str(path)})
    else:
        print(path)


def _path(arguments: argparse.Namespace) -> None:
    print(ModelStore.default().path(_asked_for(arguments)))


def _verify(arguments: argparse.Namespace) -> None:
    if arguments.model and names_a_file(arguments.model):
        _verify_header(Path(arguments.model), arguments)
        return
    model = _asked_for(arguments)
    with ProgressLines(sys.stderr) as lines:
        path = ModelStore.default().verify(model, lines)
    if arguments.json:
        _done(arguments, path)
        return
    print(f"{path} is right: SHA-256 {model.sha256}")


def _verify_header(path: Path, arguments: argparse.Namespace) -> None:
    """Say what a user's own file says of itself; there is no hash to compare it with."""
    header = read_gguf(path)
    if arguments.json:
        _done(arguments, path)
        return
    print(
        f"{path} has a sound header: {header.architecture}, {header.layers} layers, "
        f"a context of {header.context:,} tokens, {header.tensors} tensors"
    )


def _remove(arguments: argparse.Namespace) -> None:
    store = ModelStore.default()
    if is_own(arguments.model, store.folder):
        name, freed = arguments.model, OwnModels(store.folder).remove(Path(arguments.model))
    else:
        model = _asked_for(arguments)
        name, freed = model.id, store.remove(model)
    if arguments.json:
        _say({"event": "removed", "model": name, "freed": freed})
    elif freed:
        print(f"Removed {name}: {freed / 1e6:,.0f} MB are free again.")
    else:
        print(f"Nothing of {name} was here.")
