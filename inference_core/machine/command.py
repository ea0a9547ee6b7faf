"""``spark-core info``, ``tune`` and ``build-engine``."""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from inference_core.domain.errors import ModelError, UsageError
from inference_core.machine.active_engine import BuiltEngine, engine_in_use, remove_engines
from inference_core.machine.build_plan import BuildPlan, refuse_without_room
from inference_core.machine.business import busy_share, refuse_if_busy
from inference_core.machine.calibration import Calibrated, Calibration
from inference_core.machine.cpu import worth_building_for
from inference_core.machine.errors import BuildError, CalibrationError
from inference_core.machine.hardware import Hardware
from inference_core.machine.info import collect_info
from inference_core.machine.installed import EngineBuild, engine_version
from inference_core.machine.native_build import Listener, NativeBuild
from inference_core.machine.places import engines_folder
from inference_core.machine.probe import probe
from inference_core.machine.report import tried_line, tuned_json, tuned_lines
from inference_core.machine.self_check import check
from inference_core.machine.toolchain import find_toolchain
from inference_core.machine.trial import TrialSpec
from inference_core.machine.trial_process import trial_process
from inference_core.machine.tuned import TunedEntry, remember
from inference_core.machine.tuning import defaults
from inference_core.models.catalogue import Catalogue
from inference_core.models.command import guarded
from inference_core.models.store import ModelStore


def add_machine_parsers(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", help_texts: Mapping[str, str]
) -> None:
    """Add the three commands; ``arguments.run(arguments)`` returns the exit code.

    ``help_texts`` has a line for each: the one who lists the commands has them already.
    """
    info = commands.add_parser(
        "info",
        help=help_texts["info"],
        description="Tells which engine is used and what it was built for, what this machine has, "
        "what was measured on it, and where the files are.",
    )
    info.add_argument("--json", action="store_true", help="print one object of JSON")
    info.set_defaults(run=guarded(_info))
    tune = commands.add_parser(
        "tune",
        help=help_texts["tune"],
        description="Times threads, batch sizes, flash attention and types of the KV cache, and "
        "keeps what is clearly faster for 'spark-core serve'.",
    )
    _add_model(tune)
    tune.add_argument("--quick", action="store_true", help="try less, within 20 seconds")
    tune.add_argument("--busy", action="store_true", help="measure though other programs compute")
    tune.add_argument("--json", action="store_true", help="print one object of JSON")
    tune.set_defaults(run=guarded(_tune))
    build = commands.add_parser(
        "build-engine",
        help=help_texts["build-engine"],
        description="Builds the engine from the source of the installed version, for this "
        "machine's CPU, compares it with the installed one, and uses it from then on.",
    )
    _add_model(build)
    build.add_argument("--yes", action="store_true", help="do not ask before it begins")
    build.add_argument("--jobs", type=int, metavar="N", help="default: one per usable core")
    build.add_argument("--dry-run", action="store_true", help="only say what would be done")
    build.add_argument("--source", type=Path, metavar="FILE", help="the source archive, if here")
    build.add_argument("--remove", action="store_true", help="remove what was built")
    build.set_defaults(run=guarded(_build))


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        metavar="ID_OR_PATH",
        help="what to measure with: a model of the catalogue or a GGUF file (default: the "
        "catalogue's default)",
    )


def _info(arguments: argparse.Namespace) -> None:
    info = collect_info()
    if arguments.json:
        print(json.dumps(info.to_json()))
    else:
        print("\n".join(info.lines()))


def _tune(arguments: argparse.Namespace) -> None:
    model, hardware, engine = model_file(arguments.model), Hardware.here(), engine_in_use()
    if not arguments.busy:
        refuse_if_busy(busy_share())
    print(
        f"Measuring {model.name} with the engine {engine.name}; best on an otherwise idle machine.",
        file=sys.stderr,
    )
    found = Calibration(
        TrialSpec(model, defaults(hardware), engine.library),
        hardware,
        trial_process,
        quick=arguments.quick,
        each=lambda tried: print(tried_line(tried), file=sys.stderr, flush=True),
    ).run()
    if not arguments.busy:
        # Once more: a program that began meanwhile has spoilt what was measured.
        refuse_if_busy(busy_share())
    _keep(found, model, engine, hardware)
    if arguments.json:
        print(json.dumps(tuned_json(model.name, engine.name, found)))
    else:
        print("\n".join(["", *tuned_lines(found)]))


def _keep(found: Calibrated, model: Path, engine: EngineBuild, hardware: Hardware) -> None:
    entry = TunedEntry(
        tuned=found.tuned,
        model=model.name,
        measured_at=round(time.time(), 1),
        prefill_before=found.prefill[0],
        prefill_after=found.prefill[1],
        decode_before=found.decode[0],
        decode_after=found.decode[1],
    )
    try:
        remember(entry, model, engine.name, hardware)
    except OSError as error:
        raise CalibrationError(
            f"What was measured cannot be kept: {error}.",
            "Make the data folder writable, or set SPARK_DATA_DIR to another one.",
        ) from error


def _build(arguments: argparse.Namespace) -> None:
    if arguments.remove:
        freed = remove_engines()
        print(f"Removed what was built here: {freed / 1e6:.0f} MB are free again.")
        return
    hardware = Hardware.here()
    plan = _plan(arguments, hardware)
    print("\n".join(plan.lines()))
    if arguments.dry_run:
        return
    if not arguments.yes:
        _ask_before()
    built, library = NativeBuild(
        plan,
        hardware,
        lambda library, model: check(library, model, hardware, trial_process),
        _listener(),
    ).run()
    print(_outcome(built, library))


def _plan(arguments: argparse.Namespace, hardware: Hardware) -> BuildPlan:
    """Return what would be done. Raises CoreError where something needed is not here."""
    if arguments.jobs is not None and not 1 <= arguments.jobs <= 1024:
        raise UsageError(f"--jobs must be from 1 to 1024, not {arguments.jobs}.")
    source: Path | None = arguments.source
    if source is not None and not source.is_file():
        raise UsageError(f"There is no source archive {source}.", "Check the path.")
    installed = probe()
    if any(device.is_gpu for device in installed.devices):
        raise BuildError(
            "The installed engine computes on a GPU; one built for the CPU would be slower.",
            "Nothing needs to be done.",
        )
    plan = BuildPlan(
        version=engine_version(),
        folder=engines_folder(),
        toolchain=find_toolchain(),
        jobs=arguments.jobs or hardware.usable,
        features=worth_building_for(hardware.features, installed.features),
        model=model_file(arguments.model),
        source=source,
    )
    refuse_without_room(plan.folder)
    return plan


def _ask_before() -> None:
    if not sys.stdin.isatty():
        raise UsageError("Nobody is here to be asked.", "Add --yes to build without a question.")
    if input("Build it? [y/N] ").strip().lower() not in ("y", "yes"):
        raise BuildError("Nothing was built.")


def _listener() -> Listener:
    """Return a listener that writes steps as lines, and percents over one another at a terminal."""
    if not sys.stderr.isatty():
        return Listener(step=lambda line: print(line, file=sys.stderr, flush=True))

    def percent(done: int) -> None:
        print(f"\r{done:3d} % ", end="", file=sys.stderr, flush=True)

    return Listener(lambda line: print(f"\r{line}", file=sys.stderr, flush=True), percent)


def _outcome(built: BuiltEngine, library: Path) -> str:
    return (
        f"Built and in use from the next start: {library}\n"
        f"{built.gain_text}; it chooses the same tokens in {built.agreement:.0%}.\n"
        "What 'spark-core tune' measured before was for the other engine: tune again."
    )


def model_file(asked: str | None) -> Path:
    """Return the file of a path, or of a model of the catalogue; None is its default.

    Nothing is fetched: measuring waits for nobody's network. Raises ModelError.
    """
    if asked is not None and (asked.endswith(".gguf") or os.sep in asked):
        path = Path(asked).expanduser().absolute()
        if not path.is_file():
            raise ModelError(f"There is no model file {path}.", "Check the path.")
        return path
    catalogue = Catalogue.load()
    model = catalogue.find(asked) if asked else catalogue.default
    return ModelStore.default().path(model)
