"""Which failures of a command that runs by itself are not proposed for again."""

from collections.abc import Sequence

from spark_desktop.domain.events import ProposalChanged
from spark_desktop.domain.proposal import Cancelled, Closed
from spark_desktop.domain.test_output import Failure
from spark_desktop.domain.trigger import FailingTest
from spark_desktop.services.bus import Bus
from spark_desktop.services.test_runs import keys_of, name_of_run


class KnownFailures:
    """What failed when the command ran last.

    What an accepted proposal mended is not known any more: broken again, it is new. Taken back by
    the user, the fix is not offered once more.
    """

    def __init__(self, bus: Bus) -> None:
        self._keys: frozenset[str] = frozenset()
        # Those without the name of a test: a proposal is named after the command then.
        self._nameless: frozenset[str] = frozenset()
        # What was mended since the run began: that ran on the text before.
        self._mended: frozenset[str] = frozenset()
        # Proposals that were accepted, and stand.
        self._accepted: set[str] = set()
        bus.subscribe(ProposalChanged, self._on_proposal)

    def begin(self) -> None:
        """Note that a run begins."""
        self._mended = frozenset()

    def new(self, failures: Sequence[Failure]) -> list[Failure]:
        """Return which failures of the run are to be proposed for."""
        old = self._keys | self._mended
        return [one for one in failures if not keys_of([one]) <= old]

    def keep(self, failures: Sequence[Failure]) -> None:
        """Let these be what failed last."""
        self._nameless = keys_of([one for one in failures if not one.name])
        self._keys = keys_of(failures) - self._mended

    def _on_proposal(self, event: ProposalChanged) -> None:
        proposal, state = event.proposal, event.proposal.state
        trigger = proposal.trigger
        # One that is taken off the list stands as it stood.
        if not isinstance(trigger, FailingTest) or isinstance(state, Cancelled):
            return
        stands = isinstance(state, Closed) and state.applied > 0 and not state.undone
        if stands == (proposal.id in self._accepted):
            return
        is_named = trigger.name != name_of_run(trigger.command)
        keys = frozenset({trigger.name}) if is_named else self._nameless
        if stands:
            self._accepted.add(proposal.id)
            self._mended |= keys
            self._keys -= keys
        else:
            self._accepted.discard(proposal.id)
            self._mended -= keys
            self._keys |= keys
