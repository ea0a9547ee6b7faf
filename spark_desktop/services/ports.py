"""What the services need from the world; adapters implement these Protocols."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from spark_desktop.domain.compaction import Summary
from spark_desktop.domain.completion import Chunk, ModelInfo, Request, Usage
from spark_desktop.domain.context_item import Draft, Question
from spark_desktop.domain.conversation import Thread, Turn
from spark_desktop.domain.core_state import CoreState
from spark_desktop.domain.lab_profile import Profile, Schedule
from spark_desktop.domain.lab_proposal import ProposalFigures
from spark_desktop.domain.secret import Secret
from spark_desktop.domain.secret_files import Shareable
from spark_desktop.domain.settings import Settings
from spark_desktop.domain.small_change import SmallChange
from spark_desktop.domain.symbols import Oversights, Symbol
from spark_desktop.domain.track_record import Tally, Way
from spark_desktop.domain.trigger import Span, Stub, Trigger
from spark_desktop.domain.words import Said
from spark_desktop.domain.workspace import Ignored, Snapshot


class Endpoint(Protocol):
    """A URL, a protocol and a model."""

    @property
    def model(self) -> ModelInfo:
        """Return what answers, and what it can do."""
        ...

    def stream(self, request: Request) -> AbstractAsyncContextManager[AsyncIterator[Chunk]]:
        """Open the answer; leaving the context closes the connection, which stops the engine.

        The last chunk is Finished. Raises EndpointError.
        """
        ...

    async def count_tokens(self, text: str) -> int:
        """Return the number of tokens of ``text`` by the model's own tokenizer."""
        ...


class Core(Protocol):
    """The local inference core, supervised."""

    @property
    def state(self) -> CoreState:
        """Return what it is doing now; changes are published as CoreStateChanged."""
        ...

    def start(self) -> None:
        """Begin looking for a running core, else start one; returns at once."""
        ...

    def stop(self) -> None:
        """Begin no core, and end one that is about to begin; ``start`` begins anew.

        What was fetched of its model is kept.
        """
        ...

    async def endpoint(self) -> Endpoint:
        """Return the endpoint once the core is ready; raises CoreError when it has failed."""
        ...

    async def close(self) -> None:
        """Give up our share of the core, which ends when nobody else uses it."""
        ...


class FileStore(Protocol):
    """The files of one workspace; paths are relative, with forward slashes."""

    @property
    def root(self) -> Path:
        """Return the watched folder."""
        ...

    async def read(self, path: str) -> Snapshot:
        """Return the file's text. Raises FileError (NotTextError, FileTooLargeError, …)."""
        ...

    async def read_secret(self, path: str) -> Snapshot:
        """Return the file's text as ``read`` does, also where its name is that of a secret.

        Only for a file that the user named and confirmed. Raises FileError.
        """
        ...

    async def ignored(self, path: str) -> Ignored | None:
        """Return why the path is left alone, or None where it is watched."""
        ...

    async def files(self, below: str = "") -> tuple[str, ...]:
        """Return the watched files below a folder, sorted, at most a few thousand.

        Raises OutsideWorkspaceError for a folder that is not in the workspace.
        """
        ...

    async def secrets(self, below: str = "") -> tuple[str, ...]:
        """Return what ``files`` leaves out since its name is that of a secret; folders with "/"."""
        ...

    def is_own_write(self, path: str, digest: str) -> bool:
        """Return whether these bytes at this path are the last ones that we wrote."""
        ...


class FileWatch(Protocol):
    """Changes of the watched folder."""

    def changes(self) -> AbstractAsyncContextManager[AsyncIterator[tuple[str, ...]]]:
        """Open the stream of changed paths; one burst of events is one tuple, without repeats.

        Raises FileError where the folder cannot be watched.
        """
        ...


class Syntax(Protocol):
    """What a parser knows about a file; the language follows from its name."""

    def triggers(self, snapshot: Snapshot) -> tuple[Trigger, ...]:
        """Return the comments for Spark and the stubs, in the file's order."""
        ...

    def enclosing(self, snapshot: Snapshot, lines: Span) -> Span:
        """Return the function, class or block around the lines, else a bounded window of lines."""
        ...

    def oversights(self, path: str, content: str, lines: Span) -> Oversights | None:
        """Return what the largest function within the lines leaves out; None without one."""
        ...

    def as_stub(self, snapshot: Snapshot, lines: Span) -> Stub | None:
        """Return the innermost function around the lines as if its body were missing.

        None where there is none, or where its body cannot be replaced alone.
        """
        ...

    def small_changes(self, path: str, content: str, lines: Span) -> tuple[SmallChange, ...]:
        """Return changes of one word or number within the lines, the likeliest slip first.

        Empty for a language without a parser. May run in any OS thread.
        """
        ...

    def pitfalls(
        self, path: str, content: str, lines: Span, beside: str = ""
    ) -> tuple[SmallChange, ...]:
        """Return ways out of the language's known traps within the lines, the likeliest first.

        What stands in other files that this one includes, or of its package, may be given
        ``beside`` it.
        Each trap has a rank of its own, below 0. Empty for a language without such knowledge. May
        run in any OS thread.
        """
        ...

    def errors(self, path: str, content: str) -> int | None:
        """Return the number of syntax errors; None for a language without a parser."""
        ...

    def bare(self, path: str, content: str) -> str | None:
        """Return the code without comments, docstrings and annotated types, for comparing only.

        None for a language without a parser.
        """
        ...

    def symbols(self, snapshot: Snapshot) -> tuple[Symbol, ...]:
        """Return the functions and classes in the file's order; may run in any OS thread."""
        ...


class Tokenizer(Protocol):
    """The model's own way to count."""

    @property
    def model_id(self) -> str | None:
        """Return whose tokens are counted; None while there is no model to ask."""
        ...

    async def count(self, text: str) -> int:
        """Return the tokens of ``text``.

        Raises EndpointRejectedError where the server cannot count, else EndpointError.
        """
        ...


class Diffs(Protocol):
    """What is not committed yet."""

    async def uncommitted(self) -> Shareable | None:
        """Return the diff of the work tree, "" without one; None where there is no git.

        It is without the files whose names are those of secrets, which are told.
        """
        ...


class ComposerStore(Protocol):
    """What the user typed and did not send, across restarts. Every method raises StoreError."""

    async def draft(self, thread_id: str) -> Draft:
        """Return the thread's draft, an empty one where none is kept."""
        ...

    async def save_draft(self, thread_id: str, draft: Draft) -> None:
        """Keep the draft instead of the one before; an empty one is forgotten."""
        ...

    async def queue(self, question: Question) -> None:
        """Keep an unsent question behind the others, or replace the one with its id in place."""
        ...

    async def unqueue(self, question_id: str) -> None:
        """Forget an unsent question."""
        ...

    async def queued(self) -> tuple[Question, ...]:
        """Return the unsent questions, oldest first, without those that became turns."""
        ...


class PromptMemory(Protocol):
    """What prompts were made of, across restarts. Every method raises StoreError."""

    async def sent(self, thread_id: str) -> dict[str, str]:
        """Return the questions of a thread as they were sent, with their items, by turn id."""
        ...

    async def keep_sent(self, thread_id: str, turn_id: str, text: str) -> None:
        """Keep a question as it was sent, or replace the one of that turn."""
        ...

    async def summary(self, thread_id: str) -> Summary | None:
        """Return the thread's newest summary."""
        ...

    async def keep_summary(self, summary: Summary) -> None:
        """Keep a summary; older ones stay."""
        ...


class ThreadStore(Protocol):
    """Threads and their turns, across restarts."""

    async def threads(self) -> tuple[Thread, ...]:
        """Return the threads, the last used first, without their turns; no deleted ones."""
        ...

    async def thread(self, thread_id: str) -> Thread:
        """Return a thread with its turns. Raises StoreError for an unknown one."""
        ...

    async def create(self, title: str) -> Thread:
        """Return a new, empty thread; without a title it goes by its first question."""
        ...

    async def save_turn(self, thread_id: str, turn: Turn) -> None:
        """Insert the turn, or replace the one with its id."""
        ...


class Profiles(Protocol):
    """Paces of published hardware."""

    async def profiles(self) -> tuple[Profile, ...]:
        """Return every profile. Raises ProfileError, like the other method."""
        ...

    async def schedule(self, profile_id: str, usage: Usage, seed: int) -> Schedule:
        """Return when the tokens of an answer would come; the same for the same ``seed``."""
        ...


class ProposalLog(Protocol):
    """What proposals took, kept over restarts."""

    async def keep(self, figures: ProposalFigures) -> None:
        """Keep the figures, or replace those of the same proposal. Raises StoreError."""
        ...

    async def proposals(self) -> tuple[ProposalFigures, ...]:
        """Return the figures, oldest first. Raises StoreError."""
        ...


class Exports(Protocol):
    """Files outside the workspace that the user names."""

    async def write(self, path: Path, data: bytes) -> None:
        """Write a file, or replace the one that is there. Raises FileError."""
        ...


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """What a settings file held, and what of it could not be used."""

    settings: Settings
    problems: tuple[Said, ...] = ()


class SettingsStore(Protocol):
    """The user's settings, across restarts."""

    @property
    def file(self) -> Path | None:
        """Return the file that the user may edit; None where there is none."""
        ...

    def load(self) -> LoadedSettings:
        """Return what is kept; before the window, so without waiting. Never raises.

        A file that cannot be read at all is kept aside, and the problem names the copy.
        """
        ...

    async def edited(self) -> Settings | None:
        """Return what somebody else wrote since it was read or written here; None for nothing new.

        Raises StoreError, which says where the file is broken; it is left as it is.
        """
        ...

    async def save(self, settings: Settings) -> Said | None:
        """Keep the settings; return what the user should know. Raises StoreError."""
        ...

    async def prepare(self) -> None:
        """Make the file where there is none. Raises StoreError."""
        ...


class SecretStore(Protocol):
    """The keys of the endpoints, in the operating system's keyring."""

    async def read(self, endpoint_id: str) -> Secret | None:
        """Return the key of an endpoint, None where none is kept. Raises SecretStoreError."""
        ...

    async def keep(self, endpoint_id: str, key: Secret) -> None:
        """Keep a key instead of the one before. Raises SecretStoreError, with nothing written."""
        ...

    async def forget(self, endpoint_id: str) -> None:
        """Remove a key; one that is not there is no error. Raises SecretStoreError."""
        ...


class TrackRecord(Protocol):
    """What has worked with which model on this machine. Every method raises StoreError."""

    async def tallies(self, model: str, kind: str) -> Mapping[Way, Tally]:
        """Return the answers of a model for a kind of trigger, by the way they were asked for."""
        ...

    async def keep(self, model: str, kind: str, way: Way, passed: bool) -> None:
        """Count one more answer, which passed its checks or did not."""
        ...


class Clock(Protocol):
    """Time, so that tests need not wait."""

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        ...

    def now(self) -> datetime:
        """Return the time of day, with its zone."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...
