"""The process that watches a folder for the window, and tells the bursts of its changes.

It is a process, not some OS threads: a switch of 5,000 files is tens of thousands of events, each
of which costs Python time, and the lock of its interpreter is what the window paints with. Lines of
JSON go out: ``{"watching": true}`` once no later change can be missed, ``{"changed": [paths]}`` for
each burst, and ``{"error": [sentences]}`` as the last one where the folder cannot be watched any
more. It ends with its input.
"""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from spark_desktop.adapters.file_watch import WatchdogFileWatch
from spark_desktop.adapters.ignore_rules import IgnoreRules
from spark_desktop.domain.errors import FileError
from spark_desktop.domain.words import kept

Message = Mapping[str, Any]


async def watch(root: Path, tell: Callable[[Message], None]) -> None:
    """Tell what changes below the folder until it can no longer be watched."""
    try:
        async with WatchdogFileWatch(root, IgnoreRules(root)).changes() as bursts:
            tell({"watching": True})
            async for paths in bursts:
                tell({"changed": paths})
    except FileError as error:
        sentences = (error.message, error.next_step)
        tell({"error": [(text, kept(text)) for text in sentences]})


def main(arguments: Sequence[str]) -> int:
    """Watch the folder that is named."""
    (root,) = arguments
    threading.Thread(target=_listen, name="input", daemon=True).start()
    asyncio.run(watch(Path(root), lambda message: print(json.dumps(message), flush=True)))
    return 0


def _listen() -> None:
    sys.stdin.read()
    # Nobody hears what comes now, and the system frees what was watched; watchdog's OS threads
    # would take a second for it.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
