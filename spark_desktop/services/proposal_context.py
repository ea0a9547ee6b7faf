"""What joins the prompts of proposals, and what is read ahead for them, put together."""

from dataclasses import dataclass

from spark_desktop.domain.endpoints import WorkKind
from spark_desktop.domain.prompt_layout import ContextPlan, plan_for
from spark_desktop.services.answers import Answers
from spark_desktop.services.bus import Bus
from spark_desktop.services.code_lookup import CodeLookup
from spark_desktop.services.composing import Surroundings
from spark_desktop.services.diagnostics import Diagnostics
from spark_desktop.services.gathering import Gathering
from spark_desktop.services.likely_requests import LikelyRequests
from spark_desktop.services.ports import Clock
from spark_desktop.services.recent_edits import RecentEdits
from spark_desktop.services.secret_guard import SecretGuard
from spark_desktop.services.tasks import TaskScope
from spark_desktop.services.warmup import WarmUp

# For a model that is not known yet.
_NOTHING = ContextPlan(frozenset(), 0)


@dataclass(frozen=True, slots=True)
class ProposalContext:
    """``gathering.gather`` is what a Suggester asks; ``warmup`` follows the user by itself."""

    gathering: Gathering
    warmup: WarmUp


def proposal_context(
    around: Surroundings, bus: Bus, clock: Clock, scope: TaskScope
) -> ProposalContext:
    """Return both, working in the caller's ``scope``.

    They read with a guard of their own: what the user allowed a question to send is not allowed to
    join other prompts.
    """
    reader = SecretGuard(around.files)
    lookup = CodeLookup(around.files, reader, around.syntax, clock)
    edits = RecentEdits(reader, bus, scope)
    diagnostics = Diagnostics(around.syntax)
    gathering = Gathering(lookup, edits, diagnostics, lambda work: _plan(around.answers, work))
    likely = LikelyRequests(gathering, reader, around.syntax)
    warmup = WarmUp(around.core, around.answers, likely, bus, clock, scope)
    return ProposalContext(gathering, warmup)


def _plan(answers: Answers, work: WorkKind) -> ContextPlan:
    model = answers.model_for(work)
    return _NOTHING if model is None else plan_for(model)
