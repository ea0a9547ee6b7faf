"""The lanes of the speed lab: which answer, at which paces."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from spark_desktop.domain.conversation import Thread, TurnState
from spark_desktop.domain.errors import SparkError
from spark_desktop.domain.events import ProposalChanged, TurnChanged
from spark_desktop.domain.lab_answer import LabAnswer, answer_of_proposal, answer_of_turn
from spark_desktop.domain.lab_profile import Profile
from spark_desktop.domain.proposal import Proposal
from spark_desktop.domain.words import say
from spark_desktop.services.bus import Bus
from spark_desktop.services.tasks import LatestTask, TaskScope
from spark_desktop.viewmodels.lab_lane import RECORDED, Lane, profile_lane, recorded_lane
from spark_desktop.viewmodels.lab_player import LabPlayer
from spark_desktop.viewmodels.notice import Action, Intent, Notice, Tone, notice_of
from spark_desktop.viewmodels.ports import Lab
from spark_desktop.viewmodels.translation import tr

MOST_LANES = 6
_DEFAULT = (RECORDED, "codex", "opus-fast", "codex-spark", "gpt-oss-120b-wse3")
_NO_ANSWERS = Notice(
    say("No answers yet."),
    Tone.MUTED,
    say("Ask a question; its answer can be watched here at the pace of other hardware."),
    Action(say("Ask a question"), Intent.ASK),
)
_STREAMING = Notice(
    say("This answer is still being written."),
    Tone.BUSY,
    say("Its lanes appear here when it is done."),
)
_NO_LANES = Notice(say("No lanes."), Tone.MUTED, say("Add one below."))
_LOADING = Notice(say("Asking the core's program for its profiles."), Tone.BUSY)


@dataclass(frozen=True, slots=True)
class Choice:
    """Answers to choose from under one heading, newest first."""

    heading: str
    answers: tuple[LabAnswer, ...]


class LabLanesViewModel(QObject):
    """``changed`` says that the choices, the answer, the lanes or the notice are others.

    ``wanted_changed`` says that the user chose other lanes, which ``wanted`` names in their order.
    """

    changed = Signal()
    wanted_changed = Signal()

    def __init__(
        self, lab: Lab, bus: Bus, scope: TaskScope, reviewed: Callable[[], Proposal | None]
    ) -> None:
        super().__init__()
        self._lab = lab
        self._reviewed = reviewed
        self._work = LatestTask(scope)
        self._wanted: list[str] = list(_DEFAULT)
        self._chosen: str | None = None
        self._is_open = False
        self._told: Notice | None = _LOADING
        self._laned: LabAnswer | None = None
        self.player = LabPlayer()
        self.choices: tuple[Choice, ...] = ()
        self.profiles: tuple[Profile, ...] = ()
        self.answer: LabAnswer | None = None
        self.lanes: tuple[Lane, ...] = ()
        bus.subscribe(TurnChanged, self._on_turn)
        bus.subscribe(ProposalChanged, self._on_proposal)

    @property
    def notice(self) -> Notice | None:
        """Return the line that says why there are no lanes, or fewer; None where all is well."""
        if self._told is not None:
            return self._told
        if self.answer is None:
            return _NO_ANSWERS
        if self.answer.is_streaming:
            return _STREAMING
        return None if self.lanes else _NO_LANES

    @property
    def wanted(self) -> tuple[str, ...]:
        """Return the ids of the lanes that the user wants, also those that cannot be shown."""
        return tuple(self._wanted)

    def restore_wanted(self, names: Sequence[str]) -> None:
        """Want the lanes of an earlier time; an id that no profile has any more shows no lane."""
        self._wanted = list(dict.fromkeys(names))

    @property
    def addable(self) -> tuple[tuple[str, str], ...]:
        """Return id and title of what a lane can be changed to, or added for."""
        found = [(profile.id, profile.title) for profile in self.profiles]
        if self.answer is not None and self.answer.recorded is not None:
            found.insert(0, (RECORDED, tr("As it came")))
        used = {lane.id for lane in self.lanes}
        return tuple(one for one in found if one[0] not in used)

    @property
    def can_add(self) -> bool:
        """Return whether there is room for one more lane, and something to put there."""
        shown = self.answer is not None and not self.answer.is_streaming
        return shown and len(self.lanes) < MOST_LANES and bool(self.addable)

    def set_open(self, is_open: bool) -> None:
        """Say whether the lab is shown: then what was recorded meanwhile is read."""
        self._is_open = is_open
        if is_open:
            self.refresh()

    def refresh(self) -> None:
        """Read the answers and the profiles again."""
        self._work.start("lab lanes", self._guarded(self._load))

    def choose(self, answer_id: str) -> None:
        """Watch another answer."""
        self._chosen = answer_id
        self.refresh()

    def change_lane(self, lane_id: str, new_id: str) -> None:
        """Give a lane another pace."""
        self._want([new_id if name == lane_id else name for name in self._wanted])

    def add_lane(self, new_id: str) -> None:
        """Add a lane at the end."""
        if self.can_add and new_id in dict(self.addable):
            self._want([*self._wanted, new_id])

    def remove_lane(self, lane_id: str) -> None:
        """Take a lane away."""
        self._want([name for name in self._wanted if name != lane_id])

    def act(self, intent: Intent) -> None:
        """Try again where that is asked for."""
        if intent is Intent.REPEAT:
            self.refresh()

    def _want(self, names: list[str]) -> None:
        # One that had no room, or no times, was wanted already.
        self._wanted = list(dict.fromkeys(names))
        self.wanted_changed.emit()
        self._work.start("lab lanes", self._guarded(self._arrange))

    async def _load(self) -> None:
        threads = await self._lab.threads()
        self.choices = tuple(choice for choice in self._choices(threads) if choice.answers)
        found = {one.id: one for choice in self.choices for one in choice.answers}
        turns = [turn for thread in threads for turn in thread.turns if turn.id in found]
        turns.sort(key=lambda turn: turn.created)
        newest = found[turns[-1].id] if turns else next(iter(found.values()), None)
        self.answer = found.get(self._chosen or "", newest)
        await self._arrange()

    def _choices(self, threads: tuple[Thread, ...]) -> list[Choice]:
        proposal = self._reviewed()
        written = None if proposal is None else answer_of_proposal(proposal)
        made = [] if written is None else [Choice(tr("The proposal in review"), (written,))]
        for thread in threads:
            turns = [t for t in thread.turns if t.answer or t.state is TurnState.STREAMING]
            answers = tuple(answer_of_turn(turn) for turn in reversed(turns))
            made.append(Choice(" ".join(thread.title.split()), answers))
        return made

    async def _arrange(self) -> None:
        answer = self.answer
        if answer is None or answer.is_streaming:
            self._show(())
            return
        recorded = recorded_lane(answer)
        if answer != self._laned or not self.profiles:
            # At once: it needs no profiles, and stays where these cannot be read.
            self._laned = answer
            at_once = () if recorded is None or RECORDED not in self._wanted else (recorded,)
            self._show(at_once, _LOADING)
        self.profiles = await self._lab.profiles()
        known = {profile.id: profile for profile in self.profiles}
        names = [name for name in self._wanted if name in known]
        schedules = await self._lab.schedules(names, answer.usage)
        lanes = {
            name: profile_lane(known[name], answer, schedule)
            for name, schedule in zip(names, schedules, strict=True)
        }
        if recorded is not None:
            lanes[RECORDED] = recorded
        wanted = [lanes[name] for name in self._wanted if name in lanes]
        self._show(tuple(wanted[:MOST_LANES]))

    def _show(self, lanes: tuple[Lane, ...], told: Notice | None = None) -> None:
        self._told = told
        if lanes != self.lanes:
            # Only then: what is being played must not stop because another answer came.
            self.lanes = lanes
            self.player.load(max((lane.schedule.duration for lane in lanes), default=0.0))
        self.changed.emit()

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except SparkError as error:
            self._told = notice_of(error, Action(tr("Try again"), Intent.REPEAT))
            self.changed.emit()

    def _on_turn(self, event: TurnChanged) -> None:
        if self._is_open and (event.turn.state is not TurnState.STREAMING or self.answer is None):
            self.refresh()

    def _on_proposal(self, event: ProposalChanged) -> None:
        reviewed = self._reviewed()
        if self._is_open and reviewed is not None and reviewed.id == event.proposal.id:
            self.refresh()
