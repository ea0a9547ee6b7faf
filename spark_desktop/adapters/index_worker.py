"""The process that reads the workspace for the index, and answers questions about it.

It is a process, not an OS thread: reading 100,000 files takes minutes of Python, and the lock of
its interpreter is what the window paints with. Lines of JSON come in on standard input, questions
``{"id", "ask", "with"}`` and changes ``{"update": [paths]}``; answers ``{"id", "answer"}`` and
``{"state": [done, total, is_ready]}`` go out. It ends with its input.
"""

import json
import os
import queue
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from spark_desktop.adapters.ignore_rules import is_utf8
from spark_desktop.adapters.index_answers import IndexAnswers
from spark_desktop.adapters.index_database import discard
from spark_desktop.adapters.index_files import IndexFiles, ReadFile, Stamp
from spark_desktop.adapters.index_store import IndexStore

# Files in one step of the database; a question waits for at most one file, or one such step.
_BATCH = 200
_WALKED = 200
_STATE_S = 0.3
# A question that follows so few changes is answered when they are read.
_FEW = 50
# After its input's end, seconds for what it is at.
_LAST_S = 5.0
_UNUSED_S = 90 * 86400.0
_NICE = 10
# A changed file of rules may change what belongs to the index.
_RULES = (".gitignore",)

Message = Mapping[str, Any]


class IndexWorker:
    """Keeps the database of one folder; ``tell`` takes what is said."""

    def __init__(self, root: Path, file: Path, tell: Callable[[Message], None]) -> None:
        self._files = IndexFiles(root)
        self._file = file
        self._tell = tell
        self._store = IndexStore.open(file)
        self._changed: dict[str, None] = {}
        self._done = self._total = 0
        self._is_ready = False
        self._was_mended = False
        self._told_at = 0.0
        self._work = self._scan()

    def run(self, messages: "queue.SimpleQueue[Message | None]") -> None:
        """Work until None comes. Raises sqlite3.Error where the database fails for good."""
        self._say_state()
        has_work = True
        while True:
            while not has_work or not messages.empty():
                message = messages.get()
                if message is None:
                    self._store.close()
                    return
                self._guarded(partial(self._take, message))
                has_work = True
            has_work = self._guarded(self._step)

    def _guarded(self, act: Callable[[], bool]) -> bool:
        """Return what ``act`` returns; a damaged database is made anew, once."""
        try:
            return act()
        except sqlite3.DatabaseError:
            if self._was_mended:
                raise
            self._was_mended = True
            self._begin_anew()
            return True

    def _begin_anew(self) -> None:
        self._store.close()
        discard(self._file)
        self._store = IndexStore.open(self._file)
        self._rescan()

    def _rescan(self) -> None:
        self._is_ready = False
        self._work = self._scan()

    def _step(self) -> bool:
        """Do a little of what is to be done; return whether there is more."""
        if self._changed:
            self._update(list(self._changed)[:_BATCH])
            return True
        return next(self._work, None) is not None

    def _take(self, message: Message) -> bool:
        if "update" in message:
            self._changed.update(dict.fromkeys(filter(is_utf8, message["update"])))
            return True
        answer: Any = None
        try:
            if 0 < len(self._changed) <= _FEW:
                self._update(list(self._changed))
            ask = getattr(IndexAnswers(self._store.queries, self._files), message["ask"])
            answer = ask(*message["with"])
        except UnicodeEncodeError:
            pass  # a name that is not UTF-8 is not in the database
        finally:
            # Whoever asked waits: an answer that failed is none.
            self._tell({"id": message["id"], "answer": answer})
        return True

    def _update(self, paths: Sequence[str]) -> None:
        read: list[ReadFile] = []
        gone: list[str] = []
        for path in paths:
            self._changed.pop(path, None)
            stamp = self._files.stamp(path) if self._files.is_wanted(path) else None
            if stamp is None:
                gone.append(path)
            elif stamp != self._store.stamp(path):
                file = self._files.read(path, stamp)
                if file.digest and file.digest == self._store.queries.digest(path):
                    self._store.restamp(path, stamp)
                else:
                    read.append(file)
        if gone:
            self._store.remove(gone)
        if read:
            self._store.put(read)
        if any(path.rpartition("/")[2] in _RULES for path in paths):
            self._rescan()
        elif self._store.is_worn:
            self._begin_anew()

    def _scan(self) -> Iterator[bool]:
        """Bring the database to what is on disk, a little with each step."""
        known = self._store.stamps()
        unread: list[tuple[str, Stamp]] = []
        self._done = self._total = 0
        for path in self._files.walk():
            stamp = self._files.stamp(path)
            if stamp is None:
                continue
            self._total += 1
            if known.pop(path, None) == stamp:
                self._done += 1
            else:
                unread.append((path, stamp))
            if self._total % _WALKED == 0:
                self._say_state()
                yield True
        self._store.remove(known)
        known.clear()
        yield from self._read(unread)
        self._is_ready = True
        self._told_at = 0.0
        self._say_state()
        _remove_unused(self._file)

    def _read(self, unread: list[tuple[str, Stamp]]) -> Iterator[bool]:
        # Like with like: the files of a folder are near one another in the database.
        for start in range(0, len(unread), _BATCH):
            batch: list[ReadFile] = []
            for path, stamp in unread[start : start + _BATCH]:
                batch.append(self._files.read(path, stamp))
                yield True
            self._store.put(batch)
            self._done += len(batch)
            self._say_state()
            yield True

    def _say_state(self) -> None:
        now = time.monotonic()
        if now - self._told_at >= _STATE_S:
            self._told_at = now
            self._tell({"state": [self._done, self._total, self._is_ready]})


def _remove_unused(file: Path) -> None:
    """Remove the databases of projects that nobody opened for long."""
    with suppress(OSError):
        os.utime(file)
        for other in file.parent.glob("*.db"):
            if other != file and time.time() - other.stat().st_mtime > _UNUSED_S:
                discard(other)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return asdict(value)  # type: ignore[call-overload]


def _listen(messages: "queue.SimpleQueue[Message | None]") -> None:
    for line in sys.stdin:
        with suppress(ValueError):
            messages.put(json.loads(line))
    messages.put(None)
    time.sleep(_LAST_S)
    # A step that takes longer is taken back by the database.
    os._exit(0)


def main(arguments: Sequence[str]) -> int:
    """Index the folder that is named first in the file that is named second."""
    with suppress(OSError, psutil.Error):
        if sys.platform == "win32":
            psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
        else:
            os.nice(_NICE)
    root, file = map(Path, arguments)
    messages: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(messages,), name="questions", daemon=True).start()

    def tell(message: Message) -> None:
        print(json.dumps(message, default=_plain), flush=True)

    try:
        IndexWorker(root, file, tell).run(messages)
    except (OSError, sqlite3.Error) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
