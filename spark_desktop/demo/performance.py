"""One performance of the demo, from an empty folder to the written report."""

import hashlib
import shutil
import time
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path

from spark_desktop.demo.outcome import Outcome
from spark_desktop.demo.player import Player
from spark_desktop.demo.stage import DemoError, Stage
from spark_desktop.demo.story import STORY
from spark_desktop.desktop import DesktopApp
from spark_desktop.domain.core_state import CoreDownloading, CoreFailed, CoreReady, CoreState
from spark_desktop.services.ports import Core
from spark_resources import resource


async def perform(out: Path, model: str | None) -> int:
    """Play the story in ``out``, which is emptied first; return the exit code."""
    shutil.rmtree(out, ignore_errors=True)
    folder = out / "invoices"
    shutil.copytree(resource("demo_project"), folder)
    expected = _as_the_editor_leaves_them(folder)
    outcome = Outcome(engine=f"llama.cpp in xllamacpp {version('xllamacpp')}", model=model or "")
    begin = time.monotonic()
    desktop = await DesktopApp.open(folder, model=model, theme="dark", data_dir=out / "data")
    # A user is asked for this at the first proposal: with it the sample's own tests prove. Shut in,
    # where the system can: else nothing of them runs.
    chosen = desktop.settings.current
    own = replace(chosen.project(folder), allow_commands=True)
    desktop.settings.use(chosen.with_project(folder, own))
    try:
        await _play(Stage(desktop, out), folder, outcome, expected)
    except DemoError as error:
        outcome.problems.append(str(error))
    finally:
        await desktop.close()
        outcome.seconds["total"] = round(time.monotonic() - begin, 3)
        outcome.write(out)
    return _report(out, outcome)


async def _play(stage: Stage, folder: Path, outcome: Outcome, expected: dict[str, str]) -> None:
    begin = time.monotonic()
    outcome.pictures += await stage.picture("starting")
    outcome.model = await _ready_model(stage, outcome)
    outcome.seconds["core_ready"] = round(time.monotonic() - begin, 3)
    player = Player(stage, folder, outcome)
    await player.run_tests("before")
    for step in STORY:
        print(f"{step.name} ({step.path})…", flush=True)
        await player.play(step)
        played = outcome.steps[-1]
        print(f"  {played.state}, {played.tokens['out']} tokens, {played.seconds['done']:.1f} s")
    await player.run_tests("after")
    outcome.pictures += await stage.small_picture("small-window")
    await player.undo_everything(expected)
    outcome.pictures += await stage.picture("undone")


async def _ready_model(stage: Stage, outcome: Outcome) -> str:
    """Wait for the core, which may have to fetch its model first; return the model's id."""
    print("Waiting for the core and its model…", flush=True)
    core = stage.project.core
    tenths = 0
    while not isinstance(core.state, CoreReady | CoreFailed):
        state = core.state
        await stage.until("the core gets on", partial(_has_moved, core, state))
        if isinstance(state, CoreDownloading) and 10 * state.done >= tenths * state.total:
            megabytes, total = state.done / 1e6, state.total / 1e6
            print(f"  {megabytes:.0f} of {total:.0f} MB from {state.source}", flush=True)
            if len(outcome.pictures) == 2:
                outcome.pictures += await stage.picture("downloading")
            tenths = 10 * state.done // state.total + 1
    if isinstance(core.state, CoreFailed):
        raise DemoError(f"The core cannot be started: {core.state.reason} {core.state.next_step}")
    return core.state.model.id


def _has_moved(core: Core, state: CoreState) -> bool:
    return core.state != state


def _as_the_editor_leaves_them(folder: Path) -> dict[str, str]:
    """Return the SHA-256 that each file of the story has with the editor's saves and nothing else.

    That is what undoing must come to, also where the editor saved after a change was applied.
    """
    digests = {}
    for path in {step.path for step in STORY}:
        text = (folder / path).read_text(encoding="utf-8")
        for step in STORY:
            if step.path == path and step.new:
                text = text.replace(step.old, step.new, 1)
        digests[path] = hashlib.sha256(text.encode()).hexdigest()
    return digests


def _report(out: Path, outcome: Outcome) -> int:
    completed = sum(step.completed for step in outcome.steps)
    print(f"{completed} of {len(STORY)} steps completed in {outcome.seconds['total']:.0f} s.")
    for when, found in outcome.tests.items():
        print(f"The project's tests {when}: {found['passed']} of {found['run']} pass.")
    if outcome.undone:
        print("Everything is undone, every byte is back.")
    for problem in outcome.problems:
        print(f"PROBLEM: {problem}")
    print(f"Pictures, demo.md and demo.json are in {out}.")
    return 1 if outcome.problems or completed < len(STORY) else 0
