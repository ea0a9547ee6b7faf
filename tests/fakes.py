"""Fakes of the ports, in memory; each does what its Protocol says, without the world."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar, get_args

from spark_desktop.domain.ai_comment import AiKind, parse_ai_comment
from spark_desktop.domain.completion import (
    Chunk,
    Finished,
    FinishReason,
    InfillRequest,
    ModelInfo,
    Request,
    TextChunk,
    Timing,
    Usage,
)
from spark_desktop.domain.conversation import Thread, Turn
from spark_desktop.domain.core_state import CoreReady, CoreState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.errors import (
    CoreError,
    FileChangedError,
    FileError,
    MissingFileError,
    ProfileError,
    StoreError,
)
from spark_desktop.domain.events import (
    Event,
)
from spark_desktop.domain.history import Step
from spark_desktop.domain.lab_profile import Profile, Schedule
from spark_desktop.domain.lab_proposal import ProposalFigures
from spark_desktop.domain.operation import FileWrite, Operation, Recovered, StoreUsage
from spark_desktop.domain.patch import ABSENT
from spark_desktop.domain.secret_files import secret_name
from spark_desktop.domain.small_change import SmallChange
from spark_desktop.domain.symbols import Oversights, Symbol
from spark_desktop.domain.text import SourceText, decode, digest_of, split_lines
from spark_desktop.domain.trigger import EditComment, QuestionComment, Span, Stub, Trigger
from spark_desktop.domain.workspace import Glance, Ignored, IgnoreReason, Snapshot, snapshot_of
from spark_desktop.services.bus import Bus
from spark_desktop.services.ports import Endpoint, FileStore

MODEL = ModelInfo("fake-model", context=8192, fim=True)
EMULATION = Emulation(
    "codex-spark", "Codex-Spark on WSE-3", "engine", "vendor", 1000.0, 998.0, 0.02, 12.5
)
ENDED = Finished(FinishReason.STOP, Usage(40, 8, 30), Timing(0.25, 0.5, 0.2, 0.25))
EVENTS: tuple[type, ...] = get_args(Event)


E = TypeVar("E")


class FakeClock:
    """Stands still until it is told otherwise; sleeping moves it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)


class Answer:
    """One scripted answer: pieces, then its end, an error, or silence for ever."""

    def __init__(
        self,
        *pieces: str,
        end: Chunk | None = ENDED,
        error: Exception | None = None,
        hangs: bool = False,
        emulation: Emulation | None = None,
    ) -> None:
        self.pieces = pieces
        self.end = end
        self.error = error
        self.hangs = hangs
        self.emulation = emulation
        if emulation is not None and isinstance(end, Finished):
            self.end = replace(end, emulation=emulation)


class FakeEndpoint:
    """Gives the scripted answers in order, and remembers what it was asked."""

    def __init__(self, *answers: Answer | str, model: ModelInfo = MODEL) -> None:
        self.answers = [a if isinstance(a, Answer) else Answer(a) for a in answers]
        self.requests: list[Request] = []
        self.closed_early = 0
        self.reached_silence = asyncio.Event()
        self._model = model

    @property
    def model(self) -> ModelInfo:
        return self._model

    def become(self, model: ModelInfo) -> None:
        """Answer as another model from now on."""
        self._model = model

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[AsyncIterator[Chunk]]:
        self.requests.append(request)
        answer = self.answers.pop(0)
        done = False

        async def chunks() -> AsyncIterator[Chunk]:
            nonlocal done
            if answer.emulation is not None:
                yield answer.emulation
            for piece in answer.pieces:
                await asyncio.sleep(0)
                yield TextChunk(piece)
            if answer.hangs:
                self.reached_silence.set()
                await asyncio.Event().wait()
            if answer.error is not None:
                raise answer.error
            if answer.end is not None:
                done = True
                yield answer.end

        try:
            yield chunks()
        finally:
            self.closed_early += not done

    async def count_tokens(self, text: str) -> int:
        return len(text.split())


class FakeCore:
    """Ready at once, or failed."""

    def __init__(self, endpoint: Endpoint, error: CoreError | None = None) -> None:
        self._endpoint = endpoint
        self.error = error
        self.started = False

    @property
    def state(self) -> CoreState:
        return CoreReady(self._endpoint.model)

    def start(self) -> None:
        self.started = True

    def stop(self) -> None:
        self.started = False

    async def endpoint(self) -> Endpoint:
        if self.error is not None:
            raise self.error
        return self._endpoint

    async def close(self) -> None:
        return None


class MemoryFiles:
    """A workspace in memory, with the hash guard."""

    def __init__(self, **contents: str | bytes) -> None:
        self.data: dict[str, bytes] = {}
        for name, content in contents.items():
            path = name.replace("__", ".")
            self.data[path] = content.encode() if isinstance(content, str) else content
        self.ignored_paths: dict[str, Ignored] = {}
        self.own: dict[str, str] = {}
        # Other names by the name that is the file's own.
        self.links: dict[str, str] = {}
        self.glanced: list[str] = []
        self.before_replace: list[str] = []
        self.error_on_replace: FileError | None = None
        self.error_on_read: dict[str, FileError] = {}

    @property
    def root(self) -> Path:
        return Path("workspace")

    def write(self, path: str, content: str) -> None:
        """Write as another program would."""
        self.data[path] = content.encode()

    def text(self, path: str) -> str:
        return self.data[path].decode()

    def snapshot(self, path: str) -> Snapshot:
        return snapshot_of(path, decode(self.data[path]))

    async def read(self, path: str) -> Snapshot:
        if path in self.error_on_read:
            raise self.error_on_read[path]
        if path not in self.data:
            raise MissingFileError(f"There is no file {path}.")
        return self.snapshot(path)

    async def read_secret(self, path: str) -> Snapshot:
        if path not in self.data:
            raise MissingFileError(f"There is no file {path}.")
        return self.snapshot(path)

    async def replace(self, path: str, text: SourceText, base: str) -> Snapshot:
        if self.before_replace:
            # Somebody saves between our look at the file and our write.
            self.write(path, self.before_replace.pop(0))
        if self.error_on_replace is not None:
            raise self.error_on_replace
        if (await self.read(path)).digest != base:
            raise FileChangedError(f"{path} was changed.", "Look at it again.")
        self.data[path] = text.encode()
        self.own[path] = text.digest
        return self.snapshot(path)

    async def ignored(self, path: str) -> Ignored | None:
        if pattern := secret_name(path):
            return Ignored(path, IgnoreReason.SECRET, f"its name matches {pattern}")
        return self.ignored_paths.get(path)

    async def glance(self, paths: Sequence[str], marks: Sequence[str]) -> tuple[Glance, ...]:
        self.glanced.extend(paths)
        found = []
        for path in paths:
            data = self.data.get(path)
            is_marked = data is not None and any(mark.encode() in data for mark in marks)
            digest = "" if data is None else digest_of(data)
            found.append(Glance(path, await self.ignored(path), digest, is_marked))
        return tuple(found)

    async def other_names(self, paths: Sequence[str]) -> frozenset[str]:
        return frozenset(path for path in paths if self.links.get(path) in paths)

    async def files(self, below: str = "") -> tuple[str, ...]:
        return tuple(
            sorted(
                path
                for path in self.data
                if path.startswith(f"{below}/" if below else "")
                and not secret_name(path)
                and path not in self.ignored_paths
            )
        )

    async def secrets(self, below: str = "") -> tuple[str, ...]:
        start = f"{below}/" if below else ""
        return tuple(path for path in self.data if path.startswith(start) and secret_name(path))

    def is_own_write(self, path: str, digest: str) -> bool:
        return self.own.get(path) == digest


class ScriptedWatch:
    """Yields the bursts that the test puts."""

    def __init__(self) -> None:
        self.bursts: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()

    @asynccontextmanager
    async def changes(self) -> AsyncIterator[AsyncIterator[tuple[str, ...]]]:
        async def bursts() -> AsyncIterator[tuple[str, ...]]:
            while True:
                yield await self.bursts.get()

        yield bursts()


class LineSyntax:
    """A parser for tests: ``#`` comments, Python's one-line stubs, functions by indent.

    An unbalanced bracket is a syntax error.
    """

    def triggers(self, snapshot: Snapshot) -> tuple[Trigger, ...]:
        lines = split_lines(snapshot.text.content)
        return tuple(self._triggers(snapshot, lines))

    def enclosing(self, snapshot: Snapshot, lines: Span) -> Span:
        all_lines = split_lines(snapshot.text.content)
        start = lines.start
        if not all_lines[start].startswith("def "):
            while start > 0 and not all_lines[start].startswith("def "):
                start -= 1
        end = start + 1
        while end < len(all_lines) and not all_lines[end].startswith("def "):
            end += 1
        return Span(start, end)

    def pitfalls(
        self, path: str, content: str, lines: Span, beside: str = ""
    ) -> tuple[SmallChange, ...]:
        return ()

    def small_changes(self, path: str, content: str, lines: Span) -> tuple[SmallChange, ...]:
        return tuple(
            SmallChange(match.start(1), match.end(1), ">=")
            for match in re.finditer(r" (>) ", content)
            if lines.start <= content.count("\n", 0, match.start()) < lines.end
        )

    def errors(self, path: str, content: str) -> int | None:
        if not path.endswith(".py"):
            return None
        return abs(content.count("(") - content.count(")"))

    def oversights(self, path: str, content: str, lines: Span) -> Oversights | None:
        return None

    def bare(self, path: str, content: str) -> str | None:
        return None

    def as_stub(self, snapshot: Snapshot, lines: Span) -> Stub | None:
        return None

    def symbols(self, snapshot: Snapshot) -> tuple[Symbol, ...]:
        lines = split_lines(snapshot.text.content)
        return tuple(
            Symbol(
                line.split("(")[0].removeprefix("def "),
                snapshot.path,
                self.enclosing(snapshot, Span(number, number + 1)),
            )
            for number, line in enumerate(lines)
            if line.startswith("def ")
        )

    def _triggers(self, snapshot: Snapshot, lines: list[str]) -> Iterable[Trigger]:
        for number, line in enumerate(lines):
            found = parse_ai_comment(line[line.index("#") :].rstrip()) if "#" in line else None
            span = Span(number, number + 1)
            if found is not None and found.kind is AiKind.EDIT:
                yield EditComment(snapshot, span, found.text)
            elif found is not None:
                yield QuestionComment(snapshot, span, found.text)
            elif line.strip() == "pass" and number:
                name = lines[number - 1].removeprefix("def ").partition("(")[0]
                yield Stub(snapshot, Span(number - 1, number + 1), span, name)


class MemorySteps:
    """Kept steps in memory; writes to the files of a test, all of an operation or nothing.

    ``limit`` is in bytes, ``cut_short`` what a crash left for ``recover``.
    """

    def __init__(self, files: FileStore | None = None, limit: int = 1_000_000) -> None:
        self.files = files
        self.kept: list[Step] = []
        self.contents: dict[str, bytes] = {}
        self.limit = limit
        self.cut_short: tuple[Recovered, ...] = ()
        self.error: StoreError | None = None
        self.commits: list[Operation] = []

    async def commit(self, operation: Operation) -> None:
        if self.error is not None:
            raise self.error
        before = {write.path: await self._bytes(write.path) for write in operation.writes}
        for write in operation.writes:
            data = before[write.path]
            if write.base != (ABSENT if data is None else digest_of(data)):
                raise FileChangedError(f"{write.path} was changed.", "Look at it again.")
        done: list[str] = []
        try:
            for write in operation.writes:
                await self._write(write)
                done.append(write.path)
        except BaseException:
            for path in done:
                self._put(path, before[path])
            raise
        texts = [write.text for write in operation.writes if write.text is not None]
        kept = [*before.values(), *(text.encode() for text in texts)]
        self.contents |= {digest_of(data): data for data in kept if data is not None}
        self._keep(operation)

    async def recover(self) -> tuple[Recovered, ...]:
        found, self.cut_short = self.cut_short, ()
        return found

    async def steps(self) -> tuple[Step, ...]:
        return tuple(self.kept)

    async def content(self, digest: str) -> bytes | None:
        return self.contents.get(digest)

    async def usage(self) -> StoreUsage:
        sizes = [self._size(step) for step in self.kept]
        surplus = 0
        while surplus < len(sizes) - 1 and sum(sizes[surplus:]) > self.limit:
            surplus += 1
        oldest = self.kept[0].created if self.kept else None
        return StoreUsage(sum(sizes), self.limit, oldest, surplus)

    async def drop_oldest(self, count: int) -> int:
        dropped = min(count, max(len(self.kept) - 1, 0))
        self.kept = self.kept[dropped:]
        return dropped

    def _keep(self, operation: Operation) -> None:
        for change in operation.step.changes if operation.step else ():
            for digest in (change.before, change.after):
                assert digest == ABSENT or digest in self.contents, "bytes that nobody wrote"
        marks = {change_id: (undone, hunks) for change_id, undone, hunks in operation.undone}
        known = {change.id for step in self.kept for change in step.changes}
        assert marks.keys() <= known, "a mark of a change that is not kept"
        self.kept = [
            replace(
                step,
                changes=tuple(
                    replace(one, undone=marks[one.id][0], undone_hunks=marks[one.id][1])
                    if one.id in marks
                    else one
                    for one in step.changes
                ),
            )
            for step in self.kept
        ]
        if operation.step is not None:
            self.kept.append(operation.step)
        self.commits.append(operation)

    def _size(self, step: Step) -> int:
        digests = {digest for one in step.changes for digest in (one.before, one.after)}
        return sum(len(self.contents.get(digest, b"")) for digest in digests)

    async def _write(self, write: FileWrite) -> None:
        if write.text is None or write.base == ABSENT:
            self._put(write.path, None if write.text is None else write.text.encode())
        elif isinstance(self.files, MemoryFiles):
            await self.files.replace(write.path, write.text, write.base)
        else:
            self._put(write.path, write.text.encode())

    async def _bytes(self, path: str) -> bytes | None:
        if (data := self._memory()) is not None:
            return data.get(path)
        found = self.files.root / path if self.files else Path()
        return found.read_bytes() if found.is_file() else None

    def _put(self, path: str, data: bytes | None) -> None:
        memory = self._memory()
        if memory is not None and data is None:
            memory.pop(path, None)
        elif memory is not None and data is not None:
            memory[path] = data
        elif self.files is not None and data is None:
            (self.files.root / path).unlink(missing_ok=True)
        elif self.files is not None and data is not None:
            (self.files.root / path).write_bytes(data)

    def _memory(self) -> dict[str, bytes] | None:
        found: dict[str, bytes] | None = getattr(self.files, "data", None)
        return found


class MemoryThreads:
    """Threads in memory; ``put_away`` holds when which were deleted, ``error`` ends each save."""

    def __init__(self, clock: FakeClock) -> None:
        self.now = clock.now
        self.kept: dict[str, Thread] = {}
        self.put_away: dict[str, datetime] = {}
        self.error: StoreError | None = None

    async def threads(self) -> tuple[Thread, ...]:
        shown = [one for one in reversed(self.kept.values()) if one.id not in self.put_away]
        return tuple(replace(thread, turns=()) for thread in shown)

    async def thread(self, thread_id: str) -> Thread:
        if thread_id not in self.kept:
            raise StoreError(f"There is no thread {thread_id}.", "Open another one.")
        thread = self.kept[thread_id]
        question = thread.turns[0].question if thread.turns else ""
        return replace(thread, title=thread.title or question)

    async def create(self, title: str) -> Thread:
        thread = Thread(f"thread-{len(self.kept) + 1}", title, self.now())
        self.kept[thread.id] = thread
        return thread

    def rename(self, thread_id: str, new: str) -> None:
        """Give a thread the id that a test knows."""
        self.kept[new] = replace(self.kept.pop(thread_id), id=new)

    async def save_turn(self, thread_id: str, turn: Turn) -> None:
        if self.error is not None:
            raise self.error
        thread = self.kept[thread_id]
        known = {kept.id: kept for kept in thread.turns} | {turn.id: turn}
        self.kept[thread_id] = replace(thread, turns=tuple(known.values()))


CODEX = Profile("codex", "GPT-5.3-Codex", 67.0, 0.5, kind="second-hand")
SPARK = Profile(
    *("codex-spark", "GPT-5.3-Codex-Spark on Cerebras WSE-3", 1000.0, 0.1, 0.00002),
    context=131072,
    price_in=1.0,
    price_cached=0.1,
    price_out=10.0,
    kind="vendor",
)


class MemoryProfiles:
    """Profiles in memory; each token comes at its profile's pace."""

    def __init__(self, *profiles: Profile) -> None:
        self.known = profiles or (CODEX, SPARK)
        self.asked: list[tuple[str, Usage, int]] = []
        self.error: ProfileError | None = None

    async def profiles(self) -> tuple[Profile, ...]:
        if self.error is not None:
            raise self.error
        return self.known

    async def schedule(self, profile_id: str, usage: Usage, seed: int) -> Schedule:
        if self.error is not None:
            raise self.error
        self.asked.append((profile_id, usage, seed))
        (profile,) = (known for known in self.known if known.id == profile_id)
        return Schedule.of(
            (profile.first_token_s + number / profile.decode_tps, 1)
            for number in range(usage.completion_tokens)
        )


class MemoryProposalLog:
    """Figures of proposals in memory."""

    def __init__(self) -> None:
        self.known: dict[str, ProposalFigures] = {}

    async def keep(self, figures: ProposalFigures) -> None:
        self.known[figures.id] = figures

    async def proposals(self) -> tuple[ProposalFigures, ...]:
        return tuple(self.known.values())


class MemoryExports:
    """Exported files in memory."""

    def __init__(self) -> None:
        self.written: dict[Path, bytes] = {}
        self.error: FileError | None = None

    async def write(self, path: Path, data: bytes) -> None:
        if self.error is not None:
            raise self.error
        self.written[path] = data


class Recorder:
    """Keeps every event of a bus, in order."""

    def __init__(self, bus: Bus) -> None:
        self.events: list[Event] = []
        for event_type in EVENTS:
            bus.subscribe(event_type, self.events.append)

    def of(self, event_type: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, event_type)]


def infills(endpoint: FakeEndpoint) -> list[InfillRequest]:
    """Return the fill-ins that were asked for."""
    return [request for request in endpoint.requests if isinstance(request, InfillRequest)]
