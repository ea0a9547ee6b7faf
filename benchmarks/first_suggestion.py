"""From a saved file to the first token and to a reviewable patch, through the whole program.

What a user waits for: the watch's burst, the parser, the prompt, the model, the checks. Four
cases: the file is saved while the core still loads its model (``starting``), into a core that has
answered nothing yet (``cold``), after other saves of the same file (``warm``), and into a core that
has answered nothing, but was warmed up (``ahead``): the file was opened before a stub was written
in it, and the function saved before a comment for Spark was.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.cores import OtherLoad, catalogue_path, model_path
from spark_desktop.adapters.core_lookup import CoreFiles, address_of
from spark_desktop.domain.events import FilesChanged, ProposalChanged, ProposalStreamed
from spark_desktop.domain.proposal import Proposal, Ready, Streaming, Withheld
from spark_desktop.wiring import Project, open_project

SUMMARY = "seconds from a save to the first token and to a reviewable patch, cold and warm"

LONGEST_S = 120.0
POLL_S = 0.01
# The core ends with the program, so that the next one is begun anew. With less it would end while
# a slow machine still waits for it.
LINGER_S = 1.0

# A file as people have it: what stands above the change is most of the prompt.
ABOVE = "import math\n\n\n" + "".join(
    f'''def {name}(width, height):
    """Return the {name} of a rectangle, in the unit of its sides."""
    if width < 0 or height < 0:
        raise ValueError(f"no rectangle has the sides {{width}} and {{height}}")
    return {code}


'''
    for name, code in (
        ("area", "width * height"),
        ("perimeter", "2 * (width + height)"),
        ("diagonal", "math.hypot(width, height)"),
        ("aspect", "width / height if height else math.inf"),
    )
)
STUB = 'def {name}(radius):\n    """Return the {name} of a circle."""\n    pass\n'
COMMENT = "def {name}(radius):\n    # return the {name} of a circle AI!\n    return 0\n"
UNASKED = "def {name}(radius):\n    return 0\n"
NAMES = ("circumference", "area_of_circle", "diameter", "curvature", "half_circumference", "arc")


@dataclass(frozen=True)
class Wait:
    """One save, and how long its answer took, in seconds."""

    case: str
    first_token_s: float
    decided_s: float
    proposal: Proposal


def options(words: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the models to measure; () for the one that is measured by default."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks first_suggestion")
    parser.add_argument(
        "--model", action="append", default=[], help="an id of the catalogue; may be repeated"
    )
    return tuple(parser.parse_args(words).model)


def run(quick: bool, models: Sequence[str] = ()) -> list[dict[str, object]]:
    """Return a row for each model, kind of trigger and case, with medians over its saves.

    ``reviewable_s`` is the time until the checks were passed, over the saves where they were;
    ``first_token_s`` until the first piece that was shown, over all.
    """
    paths = [str(catalogue_path(model)) for model in models] or [str(model_path())]
    return [row for path in paths for row in _measured(path, quick)]


def _measured(model: str, quick: bool) -> list[dict[str, object]]:
    programs, warm = (2, 2) if quick else (5, len(NAMES) - 1)
    rows = []
    for trigger, text, before in (("stub", STUB, ""), ("AI! comment", COMMENT, UNASKED)):
        waits: list[Wait] = []
        shares: list[float] = []
        for number in range(programs):
            asyncio.run(_starting(model, text, waits))
            # Saves of one program are warm after the first, so the others need only that one.
            saves = warm if number == 0 else 0
            shares.append(asyncio.run(_answering(model, text, saves, waits)))
            shares.append(asyncio.run(_ahead(model, text, before, waits)))
        rows += [
            {"model": Path(model).stem, **_row(trigger, case, waits, shares)}
            for case in ("starting", "cold", "warm", "ahead")
        ]
    return rows


async def _starting(model: str, text: str, waits: list[Wait]) -> None:
    """Save while the core comes up."""
    async with _program(model) as project:
        await _watching(project)
        project.core.start()
        waits.append(await _saved(project, "starting", text.format(name=NAMES[0])))


async def _answering(model: str, text: str, warm: int, waits: list[Wait]) -> float:
    """Save with the core up; return what share of the machine others had meanwhile."""
    async with _program(model) as project:
        await _watching(project)
        project.core.start()
        await project.core.endpoint()
        address = address_of(CoreFiles(_data(project) / "run", model))
        load = OtherLoad() if address is None else OtherLoad(address.pid)
        waits.append(await _saved(project, "cold", text.format(name=NAMES[0])))
        for name in NAMES[1 : 1 + warm]:
            waits.append(await _saved(project, "warm", text.format(name=name)))
        return load.share()


async def _ahead(model: str, text: str, before: str, waits: list[Wait]) -> float:
    """Open the file in a program whose core was asked nothing, then save what asks.

    ``before`` is saved first, where it is not empty; the user needs longer for the rest than the
    core does for reading it.
    """
    async with _program(model) as project:
        file = project.root / "shapes.py"
        await asyncio.to_thread(file.write_text, ABOVE, "utf-8")
        await _watching(project)
        project.core.start()
        await project.core.endpoint()
        address = address_of(CoreFiles(_data(project) / "run", model))
        load = OtherLoad() if address is None else OtherLoad(address.pid)
        project.look("shapes.py", None)
        await project.context.warmup.idle()
        if before:
            noticed = asyncio.Event()
            stop = project.bus.subscribe(FilesChanged, lambda _event: noticed.set())
            await asyncio.to_thread(file.write_text, ABOVE + before.format(name=NAMES[0]), "utf-8")
            await noticed.wait()
            stop()
            await project.context.warmup.idle()
        waits.append(await _saved(project, "ahead", text.format(name=NAMES[0])))
        return load.share()


async def _saved(project: Project, case: str, text: str) -> Wait:
    """Save the file as an editor does, and wait for what becomes of it."""
    first: list[float] = []
    decided: asyncio.Future[Proposal] = asyncio.get_running_loop().create_future()
    known = {proposal.id for proposal in project.turns.proposals()}

    def on_streamed(event: ProposalStreamed) -> None:
        if event.proposal_id not in known and not first:
            first.append(time.perf_counter())

    def on_changed(event: ProposalChanged) -> None:
        proposal = event.proposal
        if proposal.id in known or decided.done():
            return
        if not isinstance(proposal.state, Streaming) and proposal.usage is not None:
            decided.set_result(proposal)

    stops = (
        project.bus.subscribe(ProposalStreamed, on_streamed),
        project.bus.subscribe(ProposalChanged, on_changed),
    )
    saved = time.perf_counter()
    await asyncio.to_thread((project.root / "shapes.py").write_text, ABOVE + text, "utf-8")
    async with asyncio.timeout(LONGEST_S):
        proposal = await decided
    ended = time.perf_counter()
    for stop in stops:
        stop()
    await project.turns.idle()
    return Wait(case, first[0] - saved, ended - saved, proposal)


def _row(trigger: str, case: str, waits: list[Wait], shares: list[float]) -> dict[str, object]:
    of_case = [wait for wait in waits if wait.case == case]
    passed = [wait.decided_s for wait in of_case if isinstance(wait.proposal.state, Ready)]
    usages = [wait.proposal.usage for wait in of_case if wait.proposal.usage is not None]
    return {
        "trigger": trigger,
        "case": case,
        "saves": len(of_case),
        "first_token_s": _median(wait.first_token_s for wait in of_case),
        "reviewable_s": _median(passed),
        "worst_reviewable_s": round(max(passed), 3) if passed else None,
        "reviewable": len(passed),
        "withheld": sum(isinstance(wait.proposal.state, Withheld) for wait in of_case),
        "prompt_tokens": _median(usage.prompt_tokens for usage in usages),
        "cached_tokens": _median(usage.cached_tokens for usage in usages),
        "answer_tokens": _median(usage.completion_tokens for usage in usages),
        "others_cpu": max(shares),
    }


def _median(values: Iterable[float]) -> float | None:
    known = list(values)
    return round(statistics.median(known), 3) if known else None


@asynccontextmanager
async def _program(model: str) -> AsyncIterator[Project]:
    """A program with an empty folder; at the end its core is gone, too."""
    with tempfile.TemporaryDirectory() as place:
        root, data = Path(place) / "project", Path(place) / "data"
        root.mkdir()
        project = await open_project(root, model=model, linger=LINGER_S, data_dir=data)
        try:
            yield project
        finally:
            address = address_of(CoreFiles(data / "run", model))
            await project.close()
            if address is not None:
                await _until(lambda: not psutil.pid_exists(address.pid))


def _data(project: Project) -> Path:
    return project.root.parent / "data"


async def _watching(project: Project) -> None:
    """Return when the folder is watched, which only a change that is noticed tells."""
    noticed: list[FilesChanged] = []
    stop = project.bus.subscribe(FilesChanged, noticed.append)
    project.watch()
    probe = project.root / "probe.txt"

    def told() -> bool:
        probe.write_text("is anybody there?", "utf-8")
        return bool(noticed)

    await _until(told)
    stop()


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONGEST_S):
        async for _ in _ticks():
            if condition():
                return


async def _ticks() -> AsyncIterator[None]:
    while True:
        yield
        await asyncio.sleep(POLL_S)
