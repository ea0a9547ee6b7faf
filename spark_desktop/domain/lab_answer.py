"""An answer to watch at other paces: a turn of a thread, or the code of a proposal."""

from dataclasses import dataclass, replace

from spark_desktop.domain.completion import Timing, Usage
from spark_desktop.domain.context import estimate_tokens
from spark_desktop.domain.conversation import Turn, TurnState
from spark_desktop.domain.emulation import Emulation
from spark_desktop.domain.errors import ConflictError
from spark_desktop.domain.lab_profile import Schedule, recorded_schedule
from spark_desktop.domain.patch import apply
from spark_desktop.domain.proposal import Proposal, Streaming
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import title_of
from spark_desktop.domain.words import joined

_FENCE = "`" * 3
_TITLE = 60


@dataclass(frozen=True, slots=True)
class LabAnswer:
    """``text`` is markdown. ``is_counted`` says that the tokens were counted, not estimated.

    The recorded times are None where there are none, as for an answer that broke off.
    """

    id: str
    title: str
    text: str
    usage: Usage
    is_counted: bool = True
    is_streaming: bool = False
    timing: Timing | None = None
    emulation: Emulation | None = None

    @property
    def tokens(self) -> int:
        """Return how many tokens the text has."""
        return self.usage.completion_tokens

    @property
    def recorded(self) -> Schedule | None:
        """Return when its tokens came; None where that was not recorded."""
        if self.timing is None or not self.is_counted:
            return None
        return recorded_schedule(self.usage, self.timing)


def revealed(length: int, tokens: int, total: int) -> int:
    """Return how many of ``length`` characters ``tokens`` of ``total`` tokens make.

    Which characters are which token is not recorded, so they are shared out evenly.
    """
    return length if tokens >= total else length * max(0, tokens) // total


def answer_of_turn(turn: Turn) -> LabAnswer:
    """Return the turn's answer; where its tokens were not counted, they are estimated."""
    usage = turn.usage
    is_counted = usage is not None and usage.completion_tokens > 0
    if usage is None or not is_counted:
        usage = replace(usage or Usage(), completion_tokens=estimate_tokens(turn.answer))
    return LabAnswer(
        id=turn.id,
        title=_short(turn.question),
        text=turn.answer,
        usage=usage,
        is_counted=is_counted,
        is_streaming=turn.state is TurnState.STREAMING,
        timing=turn.timing,
        emulation=turn.emulation,
    )


def answer_of_proposal(proposal: Proposal) -> LabAnswer | None:
    """Return the code that was written for a proposal; None where there is none (yet)."""
    code = _code(proposal)
    is_streaming = isinstance(proposal.state, Streaming)
    if not code.strip() and not is_streaming:
        return None
    usage = proposal.usage
    is_counted = usage is not None and usage.completion_tokens > 0
    if usage is None or not is_counted:
        usage = replace(usage or Usage(), completion_tokens=estimate_tokens(code))
    path = proposal.trigger.snapshot.path
    suffix = path.rpartition(".")[2] if "." in path else ""
    return LabAnswer(
        id=proposal.id,
        # Cut by the view, in whose language it may be longer.
        title=joined((path, title_of(proposal.trigger)), ": "),
        text=f"{_FENCE}{suffix}\n{code.rstrip()}\n{_FENCE}\n",
        usage=usage,
        is_counted=is_counted,
        is_streaming=is_streaming,
        timing=proposal.timing,
        emulation=proposal.emulation,
    )


def _code(proposal: Proposal) -> str:
    patch, region = proposal.patch, proposal.region
    if patch is None or region is None:
        return ""
    before = proposal.trigger.snapshot.text.content
    try:
        after = split_lines(apply(before, patch.hunks))
    except ConflictError:
        return ""
    behind = len(split_lines(before)) - region.end
    return "".join(after[region.start : len(after) - behind])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TITLE else f"{line[: _TITLE - 1]}…"
