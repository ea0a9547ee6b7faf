"""Makes a proposal from code that is there already, without asking a model."""

from dataclasses import replace

from spark_desktop.domain.checks import Candidate, check, failure
from spark_desktop.domain.insertion import inserted
from spark_desktop.domain.patch import compute
from spark_desktop.domain.proposal import Proposal, Ready, Withheld
from spark_desktop.domain.text import split_lines
from spark_desktop.domain.trigger import Insertion
from spark_desktop.services.ports import Syntax

# Whoever replaces selected lines means them: fewer lines than before are no sign of a fault.
_MEANT = "replace"


def inserted_proposal(proposal: Proposal, trigger: Insertion, syntax: Syntax) -> Proposal:
    """Return the proposal of an insertion, ready, or withheld with what its checks found.

    ``trigger`` is the proposal's on the file as it is now.
    """
    path, content = trigger.snapshot.path, trigger.snapshot.text.content
    after, region = inserted(content, trigger.lines, trigger.code)
    candidate = Candidate(
        before=content,
        after=after,
        region_before="".join(split_lines(content)[region.start : region.end]),
        region_after=trigger.code,
        errors_before=syntax.errors(path, content),
        errors_after=syntax.errors(path, after),
        instruction=_MEANT,
        reasoning=False,
        finished=True,
    )
    evidence = check(candidate)
    reason = failure(evidence)
    return replace(
        proposal,
        trigger=trigger,
        state=Ready() if reason is None else Withheld(reason),
        region=region,
        patch=compute(path, trigger.snapshot.digest, content, after),
        evidence=evidence,
    )
