"""What a program of the project may use while it checks a proposal, and what keeps it inside."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from spark_desktop.domain.words import Said, say

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a program and all that it starts may use together; sizes are in bytes.

    ``seconds`` is time on the wall; ``memory`` is real memory; ``disk`` what it adds to folders
    that are kept, ``scratch`` what it puts into its own /tmp; ``file`` is for one file. Of what it
    writes to its output the last ``output`` are kept, and ``flood`` ends it.
    """

    seconds: float = 30.0
    memory: int = 3000 * _MEGABYTE
    disk: int = 500 * _MEGABYTE
    scratch: int = 256 * _MEGABYTE
    file: int = 200 * _MEGABYTE
    processes: int = 256
    output: int = 256 * 1024
    flood: int = 16 * _MEGABYTE


@dataclass(frozen=True, slots=True)
class Sandboxing:
    """Whether programs can be shut in here; ``reason`` says why not, in a sentence.

    ``version`` is that of what shuts them in.
    """

    works: bool
    reason: Said | str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """What is run: ``words`` in ``folder`` of the workspace, on ``texts`` laid over it.

    ``around`` are further files that it is about; ``data`` is the standard input.
    """

    words: tuple[str, ...]
    texts: Mapping[str, str | None]
    limits: Limits
    folder: str = ""
    around: tuple[str, ...] = ()
    data: bytes = b""
    environment: Mapping[str, str] = field(default_factory=dict)


# What is said beside a result that came about without a sandbox.
OPEN_NOTE = say("without a sandbox: the network could not be forbidden")
