"""Which failures of a command that runs by itself are not proposed for again."""

from collections.abc import Sequence

from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.proposal import Cancelled, Closed, Conflict, Queued, Ready, Streaming
from spark_desktop.domain.test_output import Failure
from spark_desktop.domain.trigger import FailingTest
from spark_desktop.services.bus import Bus
from spark_desktop.services.test_runs import Pointed, keys_of, name_of_run


class KnownFailures:
    """What failed when the command ran last, and was asked for or told.

    What an accepted proposal mended is not known any more: broken again, it is new. Taken back by
    the user, the fix is not offered once more. What was left for later is new as soon as no
    proposal for a failing test waits any more: one mistake may be behind all of them. What is held
    back is known from when it is started.
    """

    def __init__(self, bus: Bus) -> None:
        self._keys: frozenset[str] = frozenset()
        # Those without the name of a test: a proposal is named after the command then.
        self._nameless: frozenset[str] = frozenset()
        self._held: frozenset[str] = frozenset()
        # What was mended since the run began: that ran on the text before.
        self._mended: frozenset[str] = frozenset()
        # What else fails in the function that a test's proposal is about, by the test's name.
        self._beside: dict[str, frozenset[str]] = {}
        self._left: frozenset[str] = frozenset()
        # Proposals that were accepted, and stand; and those that are not decided.
        self._accepted: set[str] = set()
        self._open: set[str] = set()
        bus.subscribe(ProposalChanged, self._on_proposal)

    def begin(self) -> None:
        """Note that a run begins."""
        self._mended = frozenset()

    def new(self, failures: Sequence[Failure]) -> list[Failure]:
        """Return which failures of the run are to be proposed for.

        Those that are held back come first, so that they stay, then those that waited.
        """
        old = self._keys | self._mended | (self._left if self._open else frozenset())
        found = [one for one in failures if not keys_of([one]) <= old]

        def turn(one: Failure) -> tuple[bool, bool]:
            keys = keys_of([one])
            return not keys <= self._held, not keys <= self._left

        return sorted(found, key=turn)

    def keep(
        self, failures: Sequence[Failure], pointed: Pointed, held: Sequence[FailingTest] = ()
    ) -> None:
        """Let these be what failed last, with what has become of those that were new.

        Nobody was asked for those that are ``held`` back.
        """
        failed, about = keys_of(failures), [keys_of(some) for some in pointed.about]
        told = keys_of(pointed.lost).union(*about)
        self._left = ((self._left & failed) | keys_of(pointed.left)) - told
        kept = [one for one in failures if not keys_of([one]) <= self._left]
        self._nameless = keys_of([one for one in kept if not one.name])
        names = (one.key or one.name for one in pointed.places)
        known = {name: keys for name, keys in self._beside.items() if name in failed}
        self._beside = {**known, **dict(zip(names, about, strict=True))}
        self._held = frozenset[str]().union(*map(self._of, held))
        self._keys = keys_of(kept) - self._mended - self._held

    def _on_proposal(self, event: ProposalChanged) -> None:
        proposal, state = event.proposal, event.proposal.state
        trigger = proposal.trigger
        if not isinstance(trigger, FailingTest):
            return
        if isinstance(state, Queued | Streaming | Ready | Conflict):
            self._open.add(proposal.id)
        else:
            self._open.discard(proposal.id)
        # One that is taken off the list stands as it stood.
        if isinstance(state, Cancelled):
            return
        if isinstance(state, Queued):
            asked = self._of(trigger) & self._held
            self._keys, self._held = self._keys | asked, self._held - asked
        stands = isinstance(state, Closed) and state.applied > 0 and not state.undone
        if stands == (proposal.id in self._accepted):
            return
        keys = self._of(trigger)
        if stands:
            self._accepted.add(proposal.id)
            self._mended |= keys
            self._keys -= keys
        else:
            self._accepted.discard(proposal.id)
            self._mended -= keys
            self._keys |= keys

    def _of(self, trigger: FailingTest) -> frozenset[str]:
        """Return what names the failures that a trigger is about."""
        if trigger.name == name_of_run(trigger.command):
            return self._nameless
        key = trigger.key or trigger.name
        return frozenset({key}) | self._beside.get(key, frozenset())
