"""``spark-core models``: list, fetch, find, verify and remove model files."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from inference_core.domain.errors import CoreError, UsageError
from inference_core.models.catalogue import Catalogue, CatalogueModel, offered
from inference_core.models.errors import UnknownModelError
from inference_core.models.gguf import names_a_file, read_gguf
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
    pull = _model_command(commands, "pull", "fetch a model, or finish what was begun", _pull)
    pull.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FILE_OR_FOLDER",
        help="copy from here before the sources of the catalogue are asked",
    )
    _model_command(commands, "path", "print where a model's file is", _path)
    _model_command(
        commands, "verify", "compare a model's file with its SHA-256, or check a GGUF file", _verify
    )
    # Removing what was not named would be a surprise, so it has no default.
    _model_command(commands, "remove", "remove a model's file", _remove, has_default=False)


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
    for offer, entry in zip(offered(catalogue), stored, strict=True):
        mark = "*" if offer.model is catalogue.default else " "
        suits = "suits this machine" if offer.offered else f"not offered: {offer.refusal}"
        size = f"{offer.model.bytes / 1e6:,.0f} MB"
        print(f"{mark} {offer.model.id:<20} {size:>9}  {_state(entry):<24} {suits}")
    print(f"\n* is the default. The files are in {store.folder}")


def _state(entry: StoredModel) -> str:
    if entry.state is FileState.PARTIAL:
        return f"{entry.state.value} ({100 * entry.bytes_here // entry.model.bytes} %)"
    return str(entry.state.value)


def _pull(arguments: argparse.Namespace) -> None:
    model = _asked_for(arguments)
    with ProgressLines(sys.stderr) as lines:
        try:
            path = ModelStore.default(arguments.source).ensure(model, lines)
        except KeyboardInterrupt:
            lines.say(f"What was fetched of {model.id} is kept; pull it again to go on.")
            raise
    print(path)


def _path(arguments: argparse.Namespace) -> None:
    print(ModelStore.default().path(_asked_for(arguments)))


def _verify(arguments: argparse.Namespace) -> None:
    if arguments.model and names_a_file(arguments.model):
        _verify_header(Path(arguments.model))
        return
    model = _asked_for(arguments)
    with ProgressLines(sys.stderr) as lines:
        path = ModelStore.default().verify(model, lines)
    print(f"{path} is right: SHA-256 {model.sha256}")


def _verify_header(path: Path) -> None:
    """Say what a user's own file says of itself; there is no hash to compare it with."""
    header = read_gguf(path)
    print(
        f"{path} has a sound header: {header.architecture}, {header.layers} layers, "
        f"a context of {header.context:,} tokens, {header.tensors} tensors"
    )


def _remove(arguments: argparse.Namespace) -> None:
    model = _asked_for(arguments)
    freed = ModelStore.default().remove(model)
    if freed:
        print(f"Removed {model.id}: {freed / 1e6:,.0f} MB are free again.")
    else:
        print(f"Nothing of {model.id} was here.")
